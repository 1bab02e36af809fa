"""Tuning of parameters: what is proposed, whatever the objective does, and what is left of it."""

import asyncio
import json
import threading
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue import read_log
from fescue.tuning import (
    BayesianStrategy,
    GridSearchStrategy,
    OptimizationResult,
    OptimizationStrategy,
    Optimizer,
    Parameter,
    ParameterSpace,
    ParameterType,
    RandomSearchStrategy,
    TrialState,
)
from fescue.utils.errors import TuningError
from fescue.utils.sections import parse_sections

INT, FLOAT, CAT = ParameterType.INTEGER, ParameterType.FLOAT, ParameterType.CATEGORICAL
MIXED = [Parameter("x", FLOAT, -5.0, 5.0), Parameter("n", INT, 1, 8),
         Parameter("kind", CAT, choices=["a", "b", "c"])]
SMALL = [Parameter("n", INT, 1, 3), Parameter("kind", CAT, choices=["a", "b"])]
STRATEGIES: list[Any] = [RandomSearchStrategy, GridSearchStrategy, BayesianStrategy]
every = pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: s.__name__)


async def bowl(params: dict[str, Any]) -> float:
    await asyncio.sleep(0)
    return float((params["x"] - 1) ** 2 + params["n"] + "abc".index(params["kind"]))


def tune(parameters: Any, objective: Any, *args: Any, strategy: Any = None,
         **more: Any) -> OptimizationResult:
    more.setdefault("seed", 1)
    return asyncio.run(Optimizer(strategy).optimize(parameters, objective, *args, **more))


@every
@pytest.mark.parametrize("workers", [1, 3, 16])
def test_study(strategy: Any, workers: int) -> None:
    running = most = 0

    async def objective(params: dict[str, Any]) -> float:
        nonlocal running, most
        running += 1
        most = max(most, running)
        score = await bowl(params)
        params.clear()  # its own business
        running -= 1
        return score

    result = tune(MIXED, objective, 60, strategy=strategy(), workers=workers)
    # what takes longer to propose than to evaluate is not in flight with others
    assert most == workers or (most < workers and strategy is BayesianStrategy)
    assert (result.iterations, result.stopped, len(result.history)) == (60, "iterations", 60)
    space = ParameterSpace(MIXED)
    for record in result.history:
        space.validate(record["parameters"])
        assert record["score"] == asyncio.run(bowl(record["parameters"]))
    best = min(result.history, key=lambda record: record["score"])
    assert (result.parameters, result.score) == (best["parameters"], best["score"])
    assert result.improvement == result.history[0]["score"] - result.score
    assert sorted(record["number"] for record in result.history) == list(range(60))
    assert result.elapsed_time > 0


@every
def test_same_seed_same_study(strategy: Any) -> None:
    optimizer = Optimizer(strategy())
    runs = [asyncio.run(optimizer.optimize(MIXED, bowl, 30, seed=seed)).history
            for seed in (1, 1, 2)]
    parameters = [[record["parameters"] for record in run] for run in runs]
    assert parameters[0] == parameters[1], "nothing leaks from one study into the next"
    assert (parameters[0] == parameters[2]) == (strategy is GridSearchStrategy)


@every
def test_finite_spaces_are_exhausted_without_repetition(strategy: Any) -> None:
    async def score(params: dict[str, Any]) -> float:
        return float(params["n"])

    for n in (1, 4, 6, 100):
        result = tune(SMALL, score, n, strategy=strategy())
        settings = [json.dumps(record["parameters"]) for record in result.history]
        assert len(settings) == len(set(settings)) == min(n, 6)
        assert result.stopped == ("exhausted" if n > 6 else "iterations")


def test_grid() -> None:
    space = ParameterSpace([Parameter("x", FLOAT, 0.0, 1.0, step=0.01), Parameter("n", INT, 0, 9),
                            Parameter("kind", CAT, choices=["a", "b"])])
    grid = GridSearchStrategy()
    grid.begin(space, np.random.default_rng(1), 10 ** 9)
    settings = list(iter(grid.ask, None))
    assert len(settings) == len({space.key(x) for x in settings}) == space.n_points() == 2020
    assert {x["x"] for x in settings} == set(space.parameters[0].values())
    # all that have been tried so far are spread over the space
    for n in (8, 20, 64, 200):
        for name, middle in (("x", 0.5), ("n", 4.5)):
            below = sum(x[name] < middle for x in settings[:n])
            assert abs(below / n - 0.5) < 0.26, (n, name)
    # numbers of an interval get as many values as are needed, with both ends
    free = ParameterSpace([Parameter("x", FLOAT, 0, 3), Parameter("y", FLOAT, 1, 100, log=True)])
    grid.begin(free, np.random.default_rng(1), 12)
    settings = list(iter(grid.ask, None))
    assert len(settings) == 16
    assert {x["x"] for x in settings} == {0, 1, 2, 3}
    assert min(x["y"] for x in settings) == 1
    assert max(x["y"] for x in settings) == 100
    huge = ParameterSpace([Parameter(f"x{i}", INT, 0, 10 ** 15) for i in range(20)])
    grid.begin(huge, np.random.default_rng(1), 100)
    for _ in range(100):
        x = grid.ask()
        assert x is not None
        huge.validate(x)


def test_constants_and_steps_are_obeyed() -> None:
    parameters = [Parameter("c", INT, 7, 7), Parameter("d", FLOAT, 0.5, 0.5),
                  Parameter("s", FLOAT, 0.1, 10.0, step=0.1)]
    result = tune(parameters, lambda params: params["s"], 50)
    values = set(parameters[2].values())
    assert all(r["parameters"]["c"] == 7 and r["parameters"]["s"] in values
               for r in result.history)


# whatever the objective does

@pytest.mark.parametrize(("value", "reason"), [
    (None, "returned None, which is no real number"), ("3", "which is no real number"),
    (nan, "returned nan"), (-inf, "returned -inf"), (3 + 1j, "no real number"),
    (np.array([1.0, 2.0]), "returned 2 numbers, but 1 before"), (10 ** 400, "too large"),
    (ValueError("bad"), "ValueError: bad"), (SystemExit(3), "SystemExit: 3"),
    (TimeoutError("its own"), "TimeoutError: its own"),
    (asyncio.CancelledError(), "was cancelled")], ids=repr)
@pytest.mark.parametrize("is_async", [True, False])
def test_failures_are_recorded(value: Any, reason: str, is_async: bool) -> None:
    def plain(params: dict[str, Any]) -> Any:
        if params["n"] != 3:
            return params["n"]
        if isinstance(value, BaseException):
            raise value
        return value

    async def objective(params: dict[str, Any]) -> Any:
        return plain(params)

    result = tune(SMALL, objective if is_async else plain, 6, workers=2, trial_timeout=60)
    assert result.score == 1
    failed = [r for r in result.history if r["state"] == TrialState.FAILED]
    assert len(failed) == 2
    for record in failed:
        assert reason in record["reason"]
        assert record["score"] == inf


@pytest.mark.parametrize("value", [np.float32(0.5), np.int8(3), np.array(2.5), True, 7, inf])
def test_numbers_of_all_kinds(value: Any) -> None:
    result = tune(SMALL, lambda params: value, 3)
    assert result.score == float(value)
    assert result.parameters
    assert result.improvement == 0


def test_an_error_can_end_it() -> None:
    with pytest.raises(ZeroDivisionError):
        tune(SMALL, lambda params: 1 // (params["n"] - 2), 6, on_error="raise")


def test_nothing_but_failures() -> None:
    with pytest.raises(TuningError, match=r"None of 3 trials was complete. number 0, \{'n'.*nan"):
        tune(SMALL, lambda params: nan, 3)


def test_time_limits() -> None:
    async def hangs(params: dict[str, Any]) -> float:
        if params["n"] == 2:
            await asyncio.sleep(1000)
        return float(params["n"])

    result = tune(SMALL, hangs, 6, trial_timeout=0.05, workers=6)
    assert sorted(r["state"] for r in result.history) == ["complete"] * 4 + ["timed out"] * 2
    assert result.stopped == "iterations"
    result = tune(SMALL, hangs, 6, timeout=0.3, workers=6)
    assert (result.stopped, result.score, result.iterations) == ("timeout", 1.0, 4)
    assert [r["state"] for r in result.history[-2:]] == ["cancelled"] * 2
    with pytest.raises(TuningError, match=r"cancelled, the study has ended: timeout"):
        tune([Parameter("n", INT, 2, 2)], hangs, 3, timeout=0.05)


def test_functions_that_block_do_not_block_others() -> None:
    event = threading.Event()

    def blocks(params: dict[str, Any]) -> float:
        if params["n"] == 3:
            event.wait(20)
        return float(params["n"])

    try:
        result = tune(SMALL, blocks, 6, workers=4, timeout=1.0)
    finally:
        event.set()
    assert (result.stopped, result.score) == ("timeout", 1.0)


def test_goal_patience_initial_and_callbacks() -> None:
    seen = []
    result = tune(MIXED, bowl, 1000, goal=4.0, initial=[{"x": 0.0, "n": 8, "kind": "c"}],
                  callbacks=[seen.append])
    assert result.stopped == "goal"
    assert result.score <= 4
    assert all(r["score"] > 4 for r in result.history[:-1])
    assert result.history[0]["parameters"] == {"x": 0.0, "n": 8, "kind": "c"}
    assert [trial.number for trial in seen] == list(range(len(result.history)))
    result = tune(MIXED, lambda params: 5.0, 1000, patience=7)
    assert (result.stopped, result.iterations) == ("patience", 8)


def test_several_studies_at_a_time() -> None:
    async def main() -> list[OptimizationResult]:
        optimizer = Optimizer(RandomSearchStrategy())
        return await asyncio.gather(*(optimizer.optimize(MIXED, bowl, 20, seed=s) for s in (1, 1)))

    first, second = asyncio.run(main())
    assert [r["parameters"] for r in first.history] == [r["parameters"] for r in second.history]


def test_the_custom_strategy_of_the_document() -> None:
    class CustomStrategy(OptimizationStrategy):
        async def optimize(self, parameters: Any, objective: Any,
                           iterations: int) -> OptimizationResult:
            best_params = None
            best_score = float("inf")
            history = []

            for _ in range(iterations):
                params = self.generate_params(parameters)
                score = await objective(params)
                history.append({"parameters": params, "score": score})
                if score < best_score:
                    best_score = score
                    best_params = params

            return OptimizationResult(
                parameters=best_params, score=best_score, history=history, iterations=iterations)

    result = tune(MIXED, bowl, 25, strategy=CustomStrategy())
    assert result.iterations == len(result.history) == 25
    assert (result.elapsed_time, result.improvement) == (0.0, 0.0)
    result = asyncio.run(RandomSearchStrategy().optimize(MIXED, bowl, 10))
    assert result.iterations == 10


def test_log(tmp_path: Path) -> None:
    path = tmp_path / "study.txt"

    def objective(params: dict[str, Any]) -> float:
        if params["n"] == 2:
            raise ValueError("# END_TRIALS BEGIN_X")
        return float(params["n"])

    result = tune(SMALL, objective, 6, log_file=path, seed=5)
    log = read_log(path)
    assert (log.total_fes, log.best_f, log.setup["p.randSeed"]) == (6, 1.0, "5")
    assert log.setup["a.strategy.name"] == "randomsearch"
    assert log.setup["y.p1.choices"] == '["a", "b"]'
    assert json.loads(log.result_y) == result.parameters
    sections = parse_sections(path.read_text().splitlines())
    study, *events = [json.loads(line) for line in sections["TRIALS"]]
    assert (study["seed"], study["strategy"], study["planned"]) == (5, "randomsearch", 6)
    ended = [event for event in events if "end" in event]
    assert [e["parameters"] for e in events if "ask" in e] == [
        r["parameters"] for r in result.history]
    assert [e["score"] for e in ended] == [
        None if r["score"] == inf else r["score"] for r in result.history]
    assert {e["reason"] for e in ended} == {"", "ValueError: # END_TRIALS BEGIN_X"}
    assert list(tmp_path.iterdir()) == [path], "there is no journal when a study is over"
    # it is there, too, when something goes wrong
    path = tmp_path / "raises.txt"
    with pytest.raises(ValueError, match="END_TRIALS"):
        tune(SMALL, objective, 6, log_file=path, on_error="raise")
    assert '"ask": 0' in path.read_text()
    assert "ERROR_IN_RUN" in path.read_text()


@pytest.mark.parametrize(("arguments", "error", "text"), [
    ({"iterations": 0}, ValueError, "iterations=0"), ({"iterations": 2.0}, TypeError, "iterations"),
    ({"timeout": 0}, ValueError, "timeout=0"), ({"timeout": "1"}, TypeError, "timeout"),
    ({"trial_timeout": -1.0}, ValueError, "trial_timeout=-1.0"),
    ({"workers": 0}, ValueError, "workers=0"), ({"patience": 0}, ValueError, "patience=0"),
    ({"on_error": "ignore"}, ValueError, "on_error='ignore'"), ({"goal": nan}, TypeError, "goal"),
    ({"initial": [{"n": 1}]}, ValueError, "'kind' is missing"),
    ({"initial": [{"n": 9, "kind": "a"}]}, ValueError, "n=9 is invalid"),
    ({"seed": -1}, ValueError, "seed"), ({"objective": 3}, TypeError, "objective"),
    ({"parameters": [SMALL[0], SMALL[0]]}, ValueError, "two parameters with the name 'n'")])
def test_bad_input(arguments: dict[str, Any], error: type[Exception], text: str) -> None:
    call = {"parameters": SMALL, "objective": lambda params: 1.0, **arguments}
    with pytest.raises(error, match=text):
        asyncio.run(Optimizer().optimize(**call))


def test_a_strategy_is_needed() -> None:
    with pytest.raises(TypeError, match="strategy should be an instance of"):
        Optimizer(RandomSearchStrategy)  # type: ignore[arg-type]


def test_ctrl_c_is_not_swallowed() -> None:
    def interrupts(params: dict[str, Any]) -> float:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune(SMALL, interrupts, 6)


# constraints

@every
@pytest.mark.parametrize("parameters", [
    MIXED, [Parameter("x", INT, 1, 40), Parameter("n", INT, 1, 40)]], ids=["mixed", "finite"])
def test_constraints(strategy: Any, parameters: Any) -> None:
    def product(x: float, n: int) -> bool:
        return x * n <= (12 if parameters is MIXED else 120)

    result = tune(parameters, lambda params: -params["x"] * params["n"], 60, strategy=strategy(),
                  constraints=[product, lambda n: n != 3])
    # a grid has as many values of an interval as are needed without constraints
    assert len(result.history) == 60 or (strategy is GridSearchStrategy and parameters is MIXED)
    assert all(product(r["parameters"]["x"], r["parameters"]["n"]) and r["parameters"]["n"] != 3
               for r in result.history)


@every
def test_few_settings_that_satisfy_constraints(strategy: Any) -> None:
    result = tune([Parameter("n", INT, 1, 100), Parameter("m", INT, 1, 100)],
                  lambda params: params["n"], 50, strategy=strategy(),
                  constraints=[lambda n, m: n * m == 64])
    assert sorted(r["parameters"]["n"] for r in result.history) == [1, 2, 4, 8, 16, 32, 64]
    assert result.stopped == "exhausted"


@every
def test_constraints_that_nothing_satisfies(strategy: Any) -> None:
    with pytest.raises((ValueError, TuningError), match=r"satisfies all constraints|None of 0"):
        tune(MIXED, lambda params: 1.0, 50, strategy=strategy(), constraints=[lambda x: x > 99])


def test_wrong_constraints() -> None:
    with pytest.raises(ValueError, match="A constraint asks for 'z', but the parameters are kind"):
        tune(MIXED, lambda params: 1.0, 5, constraints=[lambda z: True])
    with pytest.raises(TypeError, match="an element of constraints"):
        tune(MIXED, lambda params: 1.0, 5, constraints=[3])

    def small(n: int) -> bool:
        return n < 3

    with pytest.raises(ValueError, match="breaks the constraint small"):
        tune(SMALL, lambda params: 1.0, 5, constraints=[small], initial=[{"n": 3, "kind": "a"}])
    with pytest.raises(ZeroDivisionError):
        tune(SMALL, lambda params: 1.0, 5, constraints=[lambda n: 1 // 0])


def test_without_async() -> None:
    result = Optimizer().optimize_sync(SMALL, lambda params: params["n"], 6, seed=1)
    assert result.score == 1

    async def inside() -> None:
        with pytest.raises(RuntimeError, match="await optimize"):
            Optimizer().optimize_sync(SMALL, lambda params: params["n"], 6)

    asyncio.run(inside())
