"""Studies that are asked and told, replayed, called elsewhere, begun from others; conditions."""

import asyncio
import json
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from math import inf
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from fescue.algorithms import RLS
from fescue.api.execution import Execution
from fescue.api.objective import Objective
from fescue.operators import Op0Setting, Op1Setting
from fescue.tuning import (
    STRATEGIES,
    AlgorithmStrategy,
    AutoStrategy,
    BayesianStrategy,
    BlockedLoopWarning,
    OptimizationStrategy,
    Optimizer,
    Parameter,
    ParameterSpace,
    ParameterType,
    RandomSearchStrategy,
    StrategyAlgorithm,
    Trial,
    TrialState,
    replay_study,
)
from fescue.utils.errors import LogFileError, TuningError

FLOAT, INT, CAT = ParameterType.FLOAT, ParameterType.INTEGER, ParameterType.CATEGORICAL
MIXED = [Parameter("x", FLOAT, -1.0, 1.0), Parameter("n", INT, 1, 50),
         Parameter("kind", CAT, choices=["a", None, (1, 2)])]
CODEC = [Parameter("codec", CAT, choices=["none", "lz4", "zstd"]), Parameter("level", INT, 1, 9),
         Parameter("window", INT, 10, 1000, log=True)]
CONDITIONS = {"level": {"codec": ["zstd"]}, "window": {"codec": ["zstd"], "level": [7, 8, 9]}}


def bowl(params: dict[str, Any]) -> float:
    return float(params["x"] ** 2 + abs(params["n"] - 20) / 50 + (params["kind"] != "a"))


# ask and tell

@pytest.mark.parametrize("strategy", STRATEGIES)
def test_asked_and_told_as_by_the_driver(strategy: str, tmp_path: Path) -> None:
    by_driver = Optimizer(strategy).optimize_sync(MIXED, bowl, 30, seed=1)
    with Optimizer(strategy).study(MIXED, 30, seed=1, log_file=tmp_path / "s.txt") as study:
        while (trial := study.ask()) is not None:
            study.tell(trial, bowl(trial.parameters))
    result = study.result()
    assert [r["parameters"] for r in result.history] == [
        r["parameters"] for r in by_driver.history]
    assert (result.score, result.stopped) == (by_driver.score, "iterations")
    assert replay_study(tmp_path / "s.txt").difference == ""


def test_several_are_out_at_a_time_and_a_study_is_left_in_the_middle(tmp_path: Path) -> None:
    log = tmp_path / "s.txt"

    def begin() -> Any:
        return Optimizer().study(MIXED, 5, seed=1, workers=3, log_file=log)

    study = begin()
    first, second, third = (study.ask() for _ in range(3))
    study.tell(second, 1.5)
    study.tell(first, reason="out of memory")
    study.close(RuntimeError("power cut"))
    with begin() as study:
        again = study.ask()
        assert again.parameters == third.parameters
        more = [study.ask() for _ in range(2)]
        assert study.ask() is None, "all five are done or out"
        for trial in (again, *more):
            study.tell(trial, 2.5)
        assert study.ask() is None
    states = [record["state"] for record in study.result().history]
    assert states == ["complete", "failed", "complete", "complete", "complete"]
    assert study.result().history[1]["reason"] == "out of memory"


def test_what_cannot_be_told() -> None:
    with Optimizer().study(MIXED, 5, seed=1) as study:
        trial = study.ask()
        assert trial is not None
        study.tell(trial, "many")
        for wrong in (trial, Trial(99, {}), 3):
            with pytest.raises(ValueError, match="is not in flight"):
                study.tell(wrong, 1.0)  # type: ignore[arg-type]
        with pytest.raises(TuningError, match="which is no real number"):
            study.result()


# replay

@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("workers", [1, 7])
def test_replay(strategy: str, workers: int, tmp_path: Path) -> None:
    async def objective(params: dict[str, Any]) -> float:
        await asyncio.sleep(0.001 * (params["n"] % 5))
        if params["n"] % 7 == 0:
            raise ValueError("bad")
        return bowl(params)

    log = tmp_path / "s.txt"
    Optimizer(strategy).optimize_sync(MIXED, objective, 40, seed=1, workers=workers, log_file=log,
                                      initial=[{"x": 0.5, "n": 3, "kind": None}])
    replayed = replay_study(log)
    assert (replayed.n_proposals, replayed.difference) == (40, "")
    text = log.read_text()
    number = json.loads(text[text.index('{"ask": 20,'):].partition("\n")[0])["parameters"]["n"]
    changed = text.replace(f'"n": {number}, ', f'"n": {number % 50 + 1}, ')
    log.write_text(changed)
    assert "now it would have" in replay_study(log).difference


def test_what_a_log_does_not_hold(tmp_path: Path) -> None:
    log = tmp_path / "s.txt"

    def below(x: float) -> bool:
        return x < 0.5

    Optimizer().optimize_sync(MIXED, bowl, 10, seed=1, constraints=[below], log_file=log)
    with pytest.raises(ValueError, match=r"1 constraints: give these, \['below'\]"):
        replay_study(log)
    assert replay_study(log, constraints=[below]).difference == ""
    assert "now it would have" in replay_study(log, constraints=[lambda x: x > 0]).difference

    class Own(RandomSearchStrategy):
        """One of the user's."""

    other = tmp_path / "other.txt"
    Optimizer(Own()).optimize_sync(MIXED, bowl, 10, seed=1, log_file=other)
    with pytest.raises(ValueError, match=r"Own: give it as strategy=\."):
        replay_study(other)
    assert replay_study(other, Own()).difference == ""
    with pytest.raises(OSError, match="missing"):
        replay_study(tmp_path / "missing.txt")
    text = other.read_text()
    for wrong in (text.replace('"planned"', '"plan"'), text.replace("BEGIN_TRIALS", "BEGIN_OTHER"),
                  text.replace('"settings": {', '"settings": [')):
        other.write_text(wrong)
        with pytest.raises(LogFileError):
            replay_study(other, Own())


# an earlier log

def test_begun_with_what_is_known(tmp_path: Path) -> None:
    earlier, log = tmp_path / "earlier.txt", tmp_path / "s.txt"
    before = Optimizer("bayesian").optimize_sync(MIXED, bowl, 40, seed=1, log_file=earlier)
    result = Optimizer("bayesian").optimize_sync(
        MIXED, bowl, 20, seed=2, initial=earlier, log_file=log)
    known = [r["parameters"] for r in before.history]
    assert all(r["parameters"] not in known for r in result.history), "nothing is tried again"
    cold = Optimizer("bayesian").optimize_sync(MIXED, bowl, 20, seed=2)
    scores = [sorted(r["score"] for r in study.history) for study in (result, cold)]
    assert scores[0][10] < scores[1][10]
    assert len(result.history) == 20
    assert replay_study(log).difference == ""
    wider = [*MIXED, Parameter("more", INT, 1, 2)]
    with pytest.raises(ValueError, match="none of its 40 trials belongs"):
        Optimizer().optimize_sync(wider, bowl, 5, initial=str(earlier))
    with pytest.raises(OSError, match="nothing"):
        Optimizer().optimize_sync(MIXED, bowl, 5, initial=tmp_path / "nothing.txt")


# where objectives are called

@pytest.mark.parametrize("kind", ["threads", "processes", "pool", "pool of processes"])
@pytest.mark.parametrize("is_async", [False, True])
def test_executors(kind: str, is_async: bool) -> None:
    factor = 2.0  # a closure, which plain pickle would refuse

    def plain(params: dict[str, Any]) -> float:
        if params["n"] % 5 == 0:
            raise KeyError("five")
        return factor * params["x"] ** 2

    async def waits(params: dict[str, Any]) -> float:
        await asyncio.sleep(0)
        return plain(params)

    executor: Any = kind
    if kind == "pool":
        executor = ThreadPoolExecutor(2)
    elif kind == "pool of processes":
        executor = ProcessPoolExecutor(2, get_context("spawn"))
    result = Optimizer().optimize_sync(
        MIXED, waits if is_async else plain, 20, seed=1, workers=2, executor=executor)
    assert len(result.history) == 20
    for record in result.history:
        if record["parameters"]["n"] % 5 == 0:
            assert record["reason"] == "KeyError: 'five'"
        else:
            assert record["score"] == 2 * record["parameters"]["x"] ** 2
    if isinstance(executor, Executor):
        assert executor.submit(abs, -1).result() == 1, "it is the user's, and still there"
        executor.shutdown()


def test_a_process_that_hangs_or_dies_ends_its_trial_only() -> None:
    def objective(params: dict[str, Any]) -> float:
        import os
        import time as clock

        if params["n"] == 1:
            clock.sleep(1000)
        if params["n"] == 2:
            os.kill(os.getpid(), 9)
        return float(params["n"])

    result = Optimizer("grid").optimize_sync(
        [Parameter("n", INT, 1, 4)], objective, 4, workers=2, executor="processes",
        trial_timeout=1.0)
    states = {r["parameters"]["n"]: (r["state"], r["reason"]) for r in result.history}
    assert states[1] == ("timed out", "it took longer than 1 seconds")
    assert states[2][0] == "failed"
    assert "SIGKILL" in states[2][1]
    assert result.score == 3


def test_what_cannot_be_called_elsewhere() -> None:
    def asks(params: dict[str, Any], trial: Trial) -> float:
        return 1.0

    with pytest.raises(ValueError, match="objective asks asks for a trial"):
        Optimizer().optimize_sync(MIXED, asks, 3, executor="processes")
    with pytest.raises(TypeError, match="executor should be"):
        Optimizer().optimize_sync(MIXED, bowl, 3, executor="cloud")  # type: ignore[arg-type]


def test_a_blocked_loop_is_warned_about_by_name() -> None:
    async def sleepy(params: dict[str, Any]) -> float:
        time.sleep(0.3)
        return 1.0

    with pytest.warns(BlockedLoopWarning, match="objective sleepy has kept the event loop busy"):
        Optimizer().optimize_sync(MIXED, sleepy, 2, seed=1)


# with many in flight

def test_a_slow_strategy_does_not_hold_trials_up(tmp_path: Path) -> None:
    threads: set[Any] = set()

    class Slow(RandomSearchStrategy):
        """Thinks in another thread."""

        def is_quick(self) -> bool:
            return False

        def ask(self) -> Any:
            threads.add(threading.current_thread())
            time.sleep(0.005)
            return super().ask()

    running: list[int] = []
    most: list[int] = []

    async def objective(params: dict[str, Any]) -> float:
        running.append(1)
        most.append(len(running))
        await asyncio.sleep(0.02)
        running.pop()
        return bowl(params)

    log = tmp_path / "s.txt"
    result = Optimizer(Slow()).optimize_sync(MIXED, objective, 60, seed=1, workers=6, log_file=log)
    assert len(result.history) == 60
    assert max(most) <= 6
    assert len(threads) == 1
    assert threading.main_thread() not in threads
    assert replay_study(log, Slow()).difference == ""
    told = [json.loads(line)["told"] for line in log.read_text().splitlines()
            if line.startswith('{"ask"')]
    assert told == sorted(told)


# conditions

def test_conditions_of_a_space() -> None:
    space = ParameterSpace(CODEC, [lambda level, window: level * window < 5000], CONDITIONS)
    assert space.create() == {"codec": "none"}
    for setting in ({"codec": "lz4"}, {"codec": "zstd", "level": 3},
                    {"codec": "zstd", "level": 7, "window": 10}):
        space.validate(setting)
        assert space.from_str(space.to_str(setting)) == setting
        assert space.setting(0) == {"codec": "none"}
    for wrong, text in (
            ({"codec": "lz4", "level": 3}, "'level' is there only with"),
            ({"codec": "zstd"}, "'level' is missing"), ({"codec": "zstd", "level": 7}, "'window'"),
            ({"codec": "zstd", "level": 9, "window": 900}, "breaks the constraint")):
        with pytest.raises(ValueError, match=text):
            space.validate(wrong)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_conditions(strategy: str, tmp_path: Path) -> None:
    seen: list[Any] = []

    def cost(params: dict[str, Any]) -> float:
        seen.append(params)
        return {"none": 9.0, "lz4": 5.0, "zstd": 4.0}[params["codec"]] - params.get(
            "level", 0) / 9 + abs(params.get("window", 10) - 100) / 1000

    log = tmp_path / "s.txt"
    result = Optimizer(strategy).optimize_sync(
        CODEC, cost, 60, seed=1, conditions=CONDITIONS, log_file=log)
    space = ParameterSpace(CODEC, (), CONDITIONS)
    for setting in seen:
        space.validate(setting)
    assert len({space.key(setting) for setting in seen}) == len(seen) == 60
    assert result.parameters["codec"] == "zstd"
    assert sum(setting == {"codec": "none"} for setting in seen) <= 1
    assert replay_study(log).difference == ""
    assert "y.p1.if: " in log.read_text()


@pytest.mark.parametrize(("conditions", "error", "text"), [
    ({"size": {"codec": ["lz4"]}}, ValueError, "condition for 'size', but no such parameter"),
    ({"codec": {"level": [1]}}, ValueError, "names 'level', which is no parameter before it"),
    ({"level": {"codec": ["gzip"]}}, ValueError, "none of the choices"),
    ({"level": {"codec": "zstd"}}, TypeError, "'codec' in the condition of 'level'"),
    ({"level": ["codec"]}, TypeError, "condition of 'level'"),
    ([1], TypeError, "conditions")])
def test_wrong_conditions(conditions: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Optimizer().optimize_sync(CODEC, lambda params: 1.0, 3, conditions=conditions)


# bridges

class Bowl(Objective):
    """A function of settings."""

    def evaluate(self, x: dict[str, Any]) -> float:
        """Return how far it is from the best one."""
        return bowl(x)

    def __str__(self) -> str:
        return "bowl"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_strategies_as_algorithms(strategy: str) -> None:
    space = ParameterSpace(MIXED)
    algorithm = StrategyAlgorithm(space, STRATEGIES[strategy]())
    execution = Execution().set_algorithm(algorithm).set_objective(Bowl()).set_solution_space(
        space).set_rand_seed(1).set_max_fes(30)
    with execution.execute() as process:
        assert process.get_consumed_fes() == 30
        best = process.get_best_f()
    assert best == Optimizer(strategy).optimize_sync(MIXED, bowl, 30, seed=1).score


def test_an_algorithm_makes_the_same_search_as_a_strategy() -> None:
    space = ParameterSpace(MIXED[:2])
    algorithm = RLS(Op0Setting(space), Op1Setting(space))

    def score(params: dict[str, Any]) -> float:
        return float(params["x"] ** 2 + params["n"])

    result = Optimizer(AlgorithmStrategy(algorithm, on_settings=True)).optimize_sync(
        MIXED[:2], score, 50, seed=1)
    assert result.score == min(r["score"] for r in result.history) < 5
    with pytest.raises(ZeroDivisionError):
        Optimizer(AlgorithmStrategy(Fails(), on_settings=True)).optimize_sync(MIXED, bowl, 5)


class Fails(RLS):
    """An algorithm with a fault."""

    def __init__(self) -> None:
        space = ParameterSpace(MIXED)
        super().__init__(Op0Setting(space), Op1Setting(space))

    def solve(self, process: Any) -> None:
        """Fail."""
        raise ZeroDivisionError("its fault")


# what suits

@pytest.mark.parametrize(("parameters", "seconds", "workers", "n", "chosen"), [
    (MIXED[1:], 10.0, 1, 200, "gridsearch"), (MIXED, 10.0, 1, 100, "bayesian"),
    (MIXED, 0.0, 1, 100, "bayesian"), (MIXED, 0.0, 1, 10_000, "tpe"),
    (MIXED, 0.1, 64, 1000, "tpe"), (MIXED, 10.0, 64, 1000, "bayesian")])
def test_auto(parameters: Any, seconds: float, workers: int, n: int, chosen: str) -> None:
    import numpy as np

    auto = AutoStrategy()
    auto.begin(ParameterSpace(parameters), np.random.default_rng(1), n, workers)
    for number in range(12):
        auto.tell(Trial(number, auto.ask() or {}, float(number), TrialState.COMPLETE,
                        seconds=seconds))
    auto.ask()
    assert str(auto._current) == chosen


def test_auto_says_what_it_chose(tmp_path: Path) -> None:
    log = tmp_path / "s.txt"
    Optimizer("auto").optimize_sync(MIXED[1:], lambda p: p["n"], 200, seed=1, log_file=log)
    assert "a.strategy.chosen0: \"gridsearch from trial 0 on:\\u0020all 150 settings" in (
        log.read_text()) or "all 150 settings can be tried" in log.read_text()


def test_names_of_strategies() -> None:
    with pytest.raises(ValueError, match=r"strategy='best' is invalid, must be auto, bayesian"):
        Optimizer("best")
    for name in STRATEGIES:
        assert isinstance(Optimizer(name).strategy, OptimizationStrategy)
    with pytest.raises(ValueError, match="sampling='halton' is invalid"):
        RandomSearchStrategy("halton")  # type: ignore[arg-type]


def test_unreliable_trials_do_not_stop_the_model() -> None:
    def objective(params: dict[str, Any]) -> float:
        if params["x"] > 0.5:
            return inf
        if params["x"] < -0.5:
            raise ValueError("bad")
        return bowl(params)

    result = Optimizer(BayesianStrategy()).optimize_sync(MIXED, objective, 50, seed=1)
    assert result.score < 0.05
