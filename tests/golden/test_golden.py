"""Runs of the published reference come out exactly: same seed, same run."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import Any

import pytest

from fescue.algorithms import (
    EA,
    MORLS,
    NSGA2,
    PPA,
    RLS,
    ExponentialSchedule,
    FEA1plus1,
    HillClimber,
    HillClimberWithRestarts,
    LogarithmicSchedule,
    RandomSampling,
    RandomWalk,
    SimulatedAnnealing,
)
from fescue.api.catalogue import Task
from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.evaluation import read_log
from fescue.kernels.jit import jit_is_available
from fescue.mo.problems import WeightedSum
from fescue.operators import (
    Op1Flip1,
    Op1FlipM,
    Op1Insert1,
    Op1MoverNflip,
    Op1Swap2,
    Op1SwapN,
    Op1SwapTryN,
    Op2GeneralizedAlternatingPosition,
    Op2OrderBased,
    Op2Uniform,
    kit_for,
)
from fescue.problems import Ackley, Ising1d, Jump, LeadingOnes, OneMax, Trap, ZeroMax
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.spaces import BitStrings, VectorSpace

RUNS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "runs.json").read_text())

_PROBLEMS = {"onemax": OneMax, "leadingones": LeadingOnes, "trap": Trap, "zeromax": ZeroMax,
             "ising1d": Ising1d, "jump": Jump}


def _task(run: dict[str, Any]) -> Task | None:
    problem = run["problem"]
    if problem.startswith("jssp makespan "):
        return jssp_task(jssp_instance(problem.removeprefix("jssp makespan ")))
    if problem == "ackley":
        n, low, high = re.findall(r"-?[\d.]+", run["space"])
        return Task("vectors", Ackley(), VectorSpace(int(n), float(low), float(high)))
    n = int(re.search(r"_(\d+)", problem.rpartition(" ")[2])[1]) if "_" in problem else 0
    if problem.startswith("weightedSum"):
        return Task("bits", WeightedSum([LeadingOnes(n), ZeroMax(n)], [1, 2]), BitStrings(n))
    make = _PROBLEMS.get(problem.partition("_")[0])
    if make is None:
        return None
    return Task("bits", make(*map(int, problem.split("_")[1:])), BitStrings(n))


def _op1(text: str | None, space: Any) -> Any:
    if text is None:
        return None
    if text.startswith("Op1MoverNflip"):
        _, m, at_least_1 = text[:-1].partition("(")[2].split(", ")
        return Op1MoverNflip(space.dimension, int(m), at_least_1 == "True")
    makers: dict[str, Any] = {
              "Op1FlipM()": Op1FlipM, "Op1SwapTryN(space)": lambda: Op1SwapTryN(space),
              "Op1Flip1()": Op1Flip1, "Op1Swap2()": Op1Swap2, "Op1SwapN()": Op1SwapN,
              "Op1Insert1()": Op1Insert1}
    return makers[text]() if text in makers else None


def _algorithm(run: dict[str, Any], task: Task) -> Any:
    space: Any = task.points()
    op0 = kit_for(space).op0
    op1 = _op1(run["op1"], space)
    name = run["name"]
    numbers = [float(v) if "." in v else int(v) for v in re.findall(r"(?<=[(=, ])[\d.]+", name)]
    if name == "RandomSampling":
        return RandomSampling(op0)
    if op1 is None:
        return None
    op2 = {"Op2Uniform()": Op2Uniform, "Op2OrderBased(space)": lambda: Op2OrderBased(space),
           "Op2GeneralizedAlternatingPosition(space)":
               lambda: Op2GeneralizedAlternatingPosition(space)}.get(run["op2"], lambda: None)()
    if name.startswith("EA"):
        return EA(op0, op1, op2, *numbers)
    if name.startswith("PPA"):
        return PPA(op0, op1, *numbers)
    if name.startswith("NSGA2"):
        return NSGA2(op0, op1, op2, *numbers)
    if name.startswith("SimulatedAnnealing"):
        schedule = ExponentialSchedule if "Exp" in name else LogarithmicSchedule
        return SimulatedAnnealing(op0, op1, schedule(*numbers))
    if name.startswith("HillClimberWithRestarts"):
        return HillClimberWithRestarts(op0, op1, *numbers)
    simple: dict[str, Any] = {
        "FEA1plus1": FEA1plus1, "RLS": RLS, "HillClimber": HillClimber, "RandomWalk": RandomWalk,
        "MORLS": MORLS}
    return simple[name](op0, op1) if name in simple else None


def _cases() -> Iterator[Any]:
    for run in RUNS:
        task = _task(run)
        algorithm = None if task is None else _algorithm(run, task)
        if task is not None and algorithm is not None:
            assert str(algorithm) == run["algorithm"]
            yield pytest.param(run, task, algorithm, id=f"{run['algorithm']}-{run['seed']}")


CASES = list(_cases())


def test_number_of_cases() -> None:
    """No entry is left out."""
    assert len(RUNS) == 433
    assert len(CASES) == 433
    without = {case.values[0]["name"].partition("(")[0] for case in CASES
               if case.values[2].search() is None}
    assert without == {"MORLS", "NSGA2"}, "all others run compiled, too"


def _execution(run: dict[str, Any], task: Task, algorithm: Any) -> Execution:
    execution: Execution = task.execution(algorithm)
    execution.set_rand_seed(run["seed"]).set_max_fes(run["max_fes"])
    if "goal_f" in run:
        execution.set_goal_f(run["goal_f"])
    return execution


@pytest.mark.parametrize(("run", "task", "algorithm"), CASES)
def test_golden_run(run: dict[str, Any], task: Task, algorithm: Any) -> None:
    execution = _execution(run, task, algorithm)
    if isinstance(execution, MOExecution) and "archive_max_size" in run:
        execution.set_archive_max_size(run["archive_max_size"])
        execution.set_archive_pruning_limit(run["archive_pruning_limit"])
    values: list[int | float] = []
    improvements: list[list[int | float]] = []

    class Spy(type(algorithm)):
        """Listens to the evaluations of the algorithm."""

        def solve(self, process: Any) -> None:
            evaluate = process.evaluate

            def listen(x: Any) -> int | float:
                f = evaluate(x)
                values.append(f)
                if len(values) == 1 or f < improvements[-1][1]:
                    improvements.append([len(values), f])
                return f

            process.evaluate = listen
            super().solve(process)

    spy = Spy.__new__(Spy)
    spy.__dict__.update(algorithm.__dict__)
    execution.set_algorithm(spy)
    with execution.execute() as process:
        x = process.create()
        process.get_copy_of_best_x(x)
        assert process.get_consumed_fes() == run["total_fes"]
        assert process.get_best_f() == run["best_f"]
        assert process.get_last_improvement_fe() == run["last_improvement_fe"]
        assert process.to_str(x) == run["best_x"]
        if "archive" in run:
            assert sorted(r.fs.tolist() for r in process.get_archive()) == run["archive"]
        else:
            assert improvements == run["improvements"]
            text = ";".join(map(str, values))
            assert sha256(text.encode()).hexdigest() == run["sha256_f"]


# compiling takes a second or more: one run of each combination of algorithm and problem is quick
# to do when that is paid for, so they are all in the second step
@pytest.mark.slow
@pytest.mark.skipif(not jit_is_available(), reason="there is no numba to compile with")
@pytest.mark.parametrize(("run", "task", "algorithm"), [
    case for case in CASES if case.values[2].search() is not None])
def test_golden_run_compiled(run: dict[str, Any], task: Task, algorithm: Any,
                             tmp_path: Path) -> None:
    execution = _execution(run, task, algorithm).set_compiled(True)
    execution.set_log_file(tmp_path / "log.txt").set_log_all_fes()
    with execution.execute():
        pass
    log = read_log(tmp_path / "log.txt")
    assert log.setup["p.compiled"] == "T"
    values = [row[2] for row in log.progress]
    best = inf
    improvements = []
    for fe, _, f, *_ in log.progress:
        if f < best:
            best = f
            improvements.append([fe, f])
    assert (log.total_fes, log.best_f, log.last_improvement_fe, log.result_x or log.result_y) == (
        run["total_fes"], run["best_f"], run["last_improvement_fe"], run["best_x"])
    assert improvements == run["improvements"]
    assert sha256(";".join(map(str, values)).encode()).hexdigest() == run["sha256_f"]
