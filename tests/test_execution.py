"""The builder: what each setter accepts, which call wins, what must be set."""

from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.utils.sections import parse_key_values
from run_parts import Do, Half, Points, Values, scan, sections, setup, state

BUILDERS = pytest.mark.parametrize("builder", [Execution, MOExecution])


def _limits(execution: Any) -> tuple[int | None, int | None]:
    with execution.execute() as process:
        return process.get_max_fes(), process.get_max_time_millis()


@BUILDERS
def test_setters_return_self(builder: type[Execution]) -> None:
    e = builder()
    for returned in (
            e.set_algorithm(Do(scan)), e.set_objective(Values([1])), e.set_encoding(Half()),
            e.set_encoding(None), e.set_solution_space(Points()), e.set_search_space(Points()),
            e.set_search_space(None), e.set_rand_seed(None), e.set_max_fes(1), e.set_goal_f(1),
            e.set_max_time_millis(10 ** 6), e.set_log_file(None), e.set_log_improvements(),
            e.set_log_all_fes(), e.set_log_host_details()):
        assert returned is e


def test_last_call_wins(tmp_path: Path) -> None:
    execution = setup([3, 1, 2], lambda p: pytest.fail("not this one"), max_fes=3)
    execution.set_algorithm(Do(scan, "second"))
    execution.set_solution_space(Points("second"))
    execution.set_search_space(Points("x")).set_encoding(Half())
    execution.set_search_space(None).set_encoding(None)
    execution.set_rand_seed(5).set_rand_seed(7)
    execution.set_log_file(tmp_path / "a.txt").set_log_file(str(tmp_path / "b.txt"))
    with execution.execute() as process:
        assert process.get_best_f() == 1
    assert [p.name for p in tmp_path.iterdir()] == ["b.txt"]
    settings = parse_key_values(sections(tmp_path / "b.txt")["SETUP"])
    assert settings["a.name"] == "second"
    assert settings["y.name"] == "second"
    assert settings["p.randSeed"] == "7"
    assert not any(key.startswith(("x.", "g.")) for key in settings)


def test_log_file_can_be_unset(tmp_path: Path) -> None:
    with setup([1], log=tmp_path / "a.txt").set_log_file(None).execute() as process:
        assert not process.has_log()
        assert process.get_log_basename() is None
    assert list(tmp_path.iterdir()) == []


def test_smallest_limit_wins_unless_forced() -> None:
    execution = setup([1] * 50, max_fes=20).set_max_time_millis(10 ** 7)
    assert _limits(execution) == (20, 10 ** 7)
    execution.set_max_fes(30).set_max_time_millis(10 ** 8)
    assert _limits(execution) == (20, 10 ** 7)
    execution.set_max_fes(10).set_max_time_millis(10 ** 6)
    assert _limits(execution) == (10, 10 ** 6)
    execution.set_max_fes(40, True).set_max_time_millis(10 ** 9, force_override=True)
    assert _limits(execution) == (40, 10 ** 9)


@pytest.mark.parametrize("goals", [(3, 5), (5, 3), (-inf, 5), (5.0,)])
def test_largest_goal_wins(goals: tuple[float, ...], tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup([9, 7, 5, 3, 1], log=log)
    for goal in goals:
        execution.set_goal_f(goal)
    with execution.execute() as process:
        assert process.get_best_f() == 5
        assert process.get_consumed_fes() == 3
    assert parse_key_values(sections(log)["SETUP"])["p.goalF"] == "5"


@pytest.mark.parametrize(("lower", "goal", "fes"), [
    (5, None, 3), (5, 1, 3), (5, 7, 2), (-inf, None, 5), (-inf, 1, 5)])
def test_lower_bound_is_a_goal(lower: float, goal: float | None, fes: int) -> None:
    execution = setup(Values([9, 7, 5, 5, 5], lower), max_fes=5)
    if goal is not None:
        execution.set_goal_f(goal)
    with execution.execute() as process:
        assert process.get_consumed_fes() == fes
        assert process.lower_bound() == lower


@BUILDERS
def test_second_objective(builder: type[Execution]) -> None:
    execution = builder().set_objective(Values([1]))
    with pytest.raises(ValueError, match="values"):
        execution.set_objective(Values([2]))


@BUILDERS
@pytest.mark.parametrize("value", [1, 0, None, "yes", np.True_])
@pytest.mark.parametrize("name", ["improvements", "all_fes", "host_details"])
def test_flags_are_bool(builder: type[Execution], name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=f"log_{name}"):
        getattr(builder(), f"set_log_{name}")(value)


@BUILDERS
@pytest.mark.parametrize(("name", "value", "error"), [
    ("max_fes", 0, ValueError), ("max_fes", -1, ValueError), ("max_fes", 10 ** 15 + 1, ValueError),
    ("max_fes", 1.0, TypeError), ("max_fes", "1", TypeError), ("max_fes", None, TypeError),
    ("max_time_millis", 0, ValueError), ("max_time_millis", 10 ** 11 + 1, ValueError),
    ("max_time_millis", 1.5, TypeError), ("max_time_millis", None, TypeError),
    ("goal_f", nan, ValueError), ("goal_f", inf, ValueError), ("goal_f", None, TypeError),
    ("goal_f", "0", TypeError), ("goal_f", 1j, TypeError),
    ("rand_seed", -1, ValueError), ("rand_seed", 2 ** 64, ValueError),
    ("rand_seed", 1.0, TypeError), ("rand_seed", "1", TypeError),
    ("log_file", 1, TypeError), ("log_file", b"log.txt", TypeError)])
def test_bad_values(builder: type[Execution], name: str, value: Any, error: type) -> None:
    with pytest.raises(error, match=name):
        getattr(builder(), f"set_{name}")(value)


@pytest.mark.parametrize(("name", "value"), [
    ("max_fes", 1), ("max_fes", 10 ** 15), ("max_time_millis", 1), ("max_time_millis", 10 ** 11),
    ("goal_f", -inf), ("goal_f", 0.5), ("rand_seed", 0), ("rand_seed", 2 ** 64 - 1),
    ("rand_seed", None)])
def test_extreme_values(name: str, value: Any) -> None:
    getattr(Execution(), f"set_{name}")(value)


def test_text_of_seed_error() -> None:
    with pytest.raises(ValueError) as caught:
        Execution().set_rand_seed(-1)
    assert str(caught.value) == "rand_seed=-1 is invalid, must be in 0..18446744073709551615."


@BUILDERS
@pytest.mark.parametrize("name", ["algorithm", "encoding", "objective", "search_space",
                                  "solution_space"])
@pytest.mark.parametrize("value", ["A", 1])
def test_wrong_component(builder: type[Execution], name: str, value: Any) -> None:
    with pytest.raises(TypeError, match=r"should be an instance of fescue\.api"):
        getattr(builder(), f"set_{name}")(value)


@BUILDERS
@pytest.mark.parametrize("name", ["algorithm", "objective", "solution_space"])
def test_required_component_is_not_none(builder: type[Execution], name: str) -> None:
    with pytest.raises(TypeError, match="but is None"):
        getattr(builder(), f"set_{name}")(None)


@BUILDERS
@pytest.mark.parametrize(("missing", "text"), [
    ("algorithm", "algorithm should be an instance of fescue.api.algorithm.Algorithm but is None."),
    ("solution_space", "space should be an instance of fescue.api.space.Space but is None."),
    ("objective", None)])
def test_missing_component(builder: type[Execution], missing: str, text: str | None) -> None:
    execution = builder().set_max_fes(1)
    for name, part in (("algorithm", Do(scan)), ("solution_space", Points()),
                       ("objective", Values([1]))):
        if name != missing:
            getattr(execution, f"set_{name}")(part)
    if text is None:
        text = ("objective function should be an instance of fescue.api.objective.Objective"
                if builder is Execution else "multi-objective optimziation problem should be an "
                "instance of fescue.api.mo_problem.MOProblem") + " but is None."
    with pytest.raises(TypeError) as caught:
        execution.execute()
    assert str(caught.value) == text


@BUILDERS
def test_search_space_and_encoding_come_together(builder: type[Execution]) -> None:
    with pytest.raises(TypeError):
        setup([1], builder=builder).set_search_space(Points()).execute()
    with pytest.raises(TypeError):
        setup([1], builder=builder).set_encoding(Half()).execute()


@BUILDERS
@pytest.mark.parametrize("name", ["set_log_improvements", "set_log_all_fes"])
def test_progress_needs_a_log_file(builder: type[Execution], name: str, tmp_path: Path) -> None:
    execution = setup([1], builder=builder)
    getattr(execution, name)()
    with pytest.raises(ValueError, match="log file"):
        execution.execute()
    with execution.set_log_file(tmp_path / "log.txt").execute():
        pass
    getattr(execution.set_log_file(None), name)(False)
    with execution.execute() as process:
        assert process.get_best_f() == 1


def test_execute_again_truncates(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    seen = []

    def solve(process: Any) -> None:
        seen.append(log.read_text())
        scan(process)

    execution = setup([3, 2, 1], solve, log=log, max_fes=3)
    log.write_text("something else")
    for _ in range(2):
        with execution.execute() as process:
            assert process.get_best_f() == 1
        assert state(log)["totalFEs"] == "3"
    assert seen == ["", ""]


def test_same_seed_same_numbers() -> None:
    drawn: list[list[int]] = []

    def solve(process: Any) -> None:
        assert process.get_random() is process.get_random()
        drawn.append(process.get_random().integers(1000, size=5).tolist())
        scan(process)

    execution = setup([1], solve, max_fes=1)
    for seed in (3, 3, None, None):
        with execution.set_rand_seed(seed).execute():
            pass
    assert drawn[0] == drawn[1] == np.random.default_rng(3).integers(1000, size=5).tolist()
    assert drawn[2] != drawn[3]


def test_components_are_initialized_in_order() -> None:
    order = []
    execution = setup([1], encoded=True, max_fes=1)
    parts = {"objective": Values([1]), "encoding": Half(), "y": Points(), "x": Points(),
             "algorithm": Do(lambda p: (order.append("solve"), scan(p)))}
    for name, part in parts.items():
        part.initialize = lambda name=name: order.append(name)  # type: ignore[method-assign]
    execution = (Execution().set_algorithm(parts["algorithm"]).set_objective(parts["objective"])
                 .set_encoding(parts["encoding"]).set_solution_space(parts["y"])
                 .set_search_space(parts["x"]).set_max_fes(1))
    with execution.execute():
        pass
    assert order == ["objective", "encoding", "y", "x", "algorithm", "solve"]


@pytest.mark.parametrize(("encoded", "log"), [(a, b) for a in (False, True) for b in (False, True)])
@BUILDERS
def test_name_of_process(builder: type[Execution], encoded: bool, log: bool,
                         tmp_path: Path) -> None:
    execution = setup([1], encoded=encoded, builder=builder, max_fes=1, log=tmp_path / "l.txt")
    with execution.set_log_improvements(log).execute() as process:
        assert str(process) == (
            f"{'MO' if builder is MOExecution else ''}{'Logging' if log else ''}Process"
            f"With{'' if encoded else 'out'}SearchSpace")


def test_algorithm_that_stops_by_itself_needs_no_limit() -> None:
    with setup([4, 2, 3], lambda p: [p.evaluate([i]) for i in range(3)]).execute() as process:
        assert process.get_consumed_fes() == 3
        assert process.get_best_f() == 2
        assert process.get_max_fes() is None
        assert process.get_max_time_millis() is None
