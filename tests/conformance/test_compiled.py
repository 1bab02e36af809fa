"""Compiled runs are the plain runs: the same log but for times, from the same seed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fescue.algorithms import (
    EA,
    RLS,
    ExponentialSchedule,
    HillClimber,
    HillClimberWithRestarts,
    LogarithmicSchedule,
    RandomSampling,
    RandomWalk,
    SimulatedAnnealing,
)
from fescue.api.catalogue import Task
from fescue.kernels.jit import jit_is_available
from fescue.operators import (
    Op0Random,
    Op0Shuffle,
    Op1Flip1,
    Op1Insert1,
    Op1MoverNflip,
    Op1Swap2,
    Op1SwapN,
    Op2Uniform,
)
from fescue.problems import (
    LABS,
    BinInt,
    Ising1d,
    Ising2d,
    Jump,
    LeadingOnes,
    LinearHarmonic,
    NQueens,
    OneMax,
    Plateau,
    Trap,
    TwoMax,
    ZeroMax,
)
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.spaces import BitStrings
from fescue.utils.sections import parse_key_values, parse_sections

pytestmark = pytest.mark.skipif(not jit_is_available(), reason="there is no numba to compile with")

ALGORITHMS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "rs": lambda op0, op1, op2: RandomSampling(op0),
    "rw": lambda op0, op1, op2: RandomWalk(op0, op1),
    "rls": lambda op0, op1, op2: RLS(op0, op1),
    "hc": lambda op0, op1, op2: HillClimber(op0, op1),
    "hcr": lambda op0, op1, op2: HillClimberWithRestarts(op0, op1, 7),
    "sa": lambda op0, op1, op2: SimulatedAnnealing(op0, op1, ExponentialSchedule(3.0, 0.01)),
    "sa-ln": lambda op0, op1, op2: SimulatedAnnealing(op0, op1, LogarithmicSchedule(3.0, 0.5)),
    "ea": lambda op0, op1, op2: EA(op0, op1, op2, 4, 3),
    "ea-1": lambda op0, op1, op2: EA(op0, op1),
    "ea-op2": lambda op0, op1, op2: EA(op0, None, op2, 5, 2, 1.0) if op2 else EA(op0, op1, mu=5),
}
OPERATORS: dict[str, Callable[[Any], Any]] = {
    "flip1": lambda space: Op1Flip1(), "flipB1": lambda space: Op1MoverNflip(space.dimension),
    "flipB2n": lambda space: Op1MoverNflip(space.dimension, min(2, space.dimension), False),
    "swap2": lambda space: Op1Swap2(), "swapn": lambda space: Op1SwapN(),
    "rot1": lambda space: Op1Insert1()}
BITS = ("flip1", "flipB1", "flipB2n")
PERMUTATIONS = ("swap2", "swapn", "rot1")


def _task(name: str) -> Task:
    if name in ("demo", "ft06"):
        return jssp_task(jssp_instance(name))
    make, *numbers = name.split("-")
    problem: Any = {"onemax": OneMax, "leadingones": LeadingOnes, "zeromax": ZeroMax, "trap": Trap,
                    "jump": Jump, "plateau": Plateau, "twomax": TwoMax, "ising1d": Ising1d,
                    "ising2d": Ising2d, "linharm": LinearHarmonic, "binint": BinInt, "labs": LABS,
                    "nqueens": NQueens}[make](*map(int, numbers))
    return Task("bits", problem, BitStrings(problem.n))


def _log(task: Task, algorithm: str, op1: str, compiled: bool, path: Path, seed: int,
         **settings: Any) -> Any:
    """Perform a run and return its log without times."""
    space: Any = task.points()
    op0 = Op0Random() if task.kind == "bits" else Op0Shuffle(space)
    op2 = Op2Uniform() if task.kind == "bits" else None
    execution = task.execution(ALGORITHMS[algorithm](op0, OPERATORS[op1](space), op2))
    execution.set_rand_seed(seed).set_compiled(compiled).set_log_file(path)
    for name, value in settings.items():
        getattr(execution, name)(value)
    with execution.execute():
        pass
    sections: dict[str, Any] = dict(parse_sections(path.read_text().splitlines()))
    setup = parse_key_values(sections.pop("SETUP"))
    assert setup.pop("p.compiled") == "FT"[compiled]
    state = parse_key_values(sections.pop("STATE"))
    rows = [row.split(";") for row in sections.pop("PROGRESS", ())]
    times = [int(row[1]) for row in rows[1:]]
    assert times == sorted(times)
    assert all(1 <= time <= int(state["totalTimeMillis"]) for time in times)
    del sections["SYS_INFO"]
    return (setup, {k: v for k, v in state.items() if "Time" not in k},
            [row[::2] for row in rows], sections)


def _compare(task: Task, algorithm: str, op1: str, folder: Path, seed: int,
             **settings: Any) -> None:
    plain, compiled = (_log(task, algorithm, op1, flag, folder / f"{flag}.txt", seed, **settings)
                       for flag in (False, True))
    assert plain == compiled


QUICK = {("rls", "onemax-40", "flip1"), ("sa", "demo", "swap2"), ("ea", "leadingones-12", "flipB1"),
         ("hcr", "onemax-40", "flipB2n"), ("rs", "demo", "rot1")}


@pytest.mark.parametrize(("algorithm", "problem", "op1"), [
    pytest.param(a, p, o, marks=() if (a, p, o) in QUICK else pytest.mark.slow)
    for a in ALGORITHMS for p, o in [
    *((problem, op1) for problem in ("onemax-1", "onemax-40", "leadingones-12", "trap-9",
                                     "zeromax-33") for op1 in BITS),
    *((problem, op1) for problem in ("demo", "ft06") for op1 in PERMUTATIONS)]] + [
    pytest.param(a, p, o, marks=pytest.mark.slow) for a in ("rls", "ea") for p in (
        "jump-14-4", "plateau-14-3", "twomax-15", "ising1d-20", "ising2d-25", "linharm-19",
        "binint-53", "labs-21", "nqueens-36") for o in ("flip1", "flipB1")])
def test_same_logs(algorithm: str, problem: str, op1: str, tmp_path: Path) -> None:
    task = _task(problem)
    for seed, fes in ((1, 1), (2, 2), (3, 5), (4, 700)):
        _compare(task, algorithm, op1, tmp_path, seed, set_max_fes=fes, set_log_improvements=True)


@pytest.mark.parametrize(("algorithm", "problem", "op1"), [
    pytest.param(a, p, o, marks=() if (a, p, o) in QUICK else pytest.mark.slow)
    for a in ALGORITHMS for p, o in [("onemax-40", "flip1"), ("demo", "swap2")]])
def test_modes_and_goals(algorithm: str, problem: str, op1: str, tmp_path: Path) -> None:
    task = _task(problem)
    bound = task.objective.lower_bound()
    for settings in ({"set_log_all_fes": True}, {}, {"set_goal_f": bound + 5},
                     {"set_goal_f": bound + 0.5, "set_log_improvements": True},
                     {"set_goal_f": 10 ** 6, "set_log_all_fes": True}):
        _compare(task, algorithm, op1, tmp_path, 5, set_max_fes=9000, **settings)


def test_more_rows_than_are_kept_at_a_time(tmp_path: Path) -> None:
    _compare(_task("onemax-40"), "rs", "flip1", tmp_path, 1, set_max_fes=30_000,
             set_log_all_fes=True)
