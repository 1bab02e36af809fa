"""What an objective may return, and what the run makes of it."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import inf, isinf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue.utils.errors import ObjectiveError
from run_parts import Points, Values, progress, scan, sections, setup, state

MODES = pytest.mark.parametrize("mode", ["none", "improvements", "all"])


def _log(execution: Any, mode: str) -> Any:
    if mode == "improvements":
        execution.set_log_improvements()
    elif mode == "all":
        execution.set_log_all_fes()
    return execution


@MODES
@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize(("values", "kind"), [
    ([7, 3, 5], int), ([7.5, 3.25, 5.0], float), ([7, 3.25, 5], None), ([7.5, 3, 5], None),
    ([True, False, True], int),
    (np.array([7, 3, 5], np.uint64), int), (np.array([7, 3, 5], np.int8), int),
    (np.array([7.5, 3.25, 5.0], np.float32), float), (np.array([7.5, 3.0, 5], np.float16), float),
    (np.array([7.5, 3.25, 5]), float), (np.array([7.5, 3.25, 5], np.longdouble), float),
    (np.array([True, False, True]), int),
    ([7, np.uint64(3), np.float32(5)], None), ([np.uint8(7), 3.25, np.int64(5)], None)])
def test_any_real_number(values: Any, kind: type | None, encoded: bool, mode: str,
                         tmp_path: Path) -> None:
    values = list(values)
    seen: list[Any] = []
    points = range(0, 6, 2) if encoded else range(3)

    def solve(process: Any) -> None:
        seen.extend(process.evaluate([i]) for i in points)

    log = tmp_path / "log.txt"
    with _log(setup(values, solve, log=log, encoded=encoded), mode).execute() as process:
        best = process.get_best_f()
    expected = [v.item() if isinstance(v, np.generic) else v for v in values]
    if isinstance(values[0], np.longdouble):
        expected = [7.5, 3.25, 5.0]
    assert seen == expected
    assert all(type(f) in (int, float) for f in [*seen, best])
    assert kind is None or {type(f) for f in seen} == {kind}
    assert best == expected[1]
    assert state(log)["bestF"] == f"{float(best):g}"
    rows = {"none": [], "improvements": expected[:2], "all": expected}[mode]
    assert [float(f) for _, f in progress(log)] == rows


def test_unsigned_results_never_reach_arithmetic() -> None:
    differences = []

    def solve(process: Any) -> None:
        fs = [process.evaluate([i]) for i in range(3)]
        differences.extend(b - a for a, b in pairwise(fs))

    with setup([np.uint64(2 ** 63 + 5), np.uint64(2), np.uint64(5)], solve).execute() as process:
        assert process.get_best_f() == 2
    assert differences == [-(2 ** 63 + 3), 3]


@pytest.mark.parametrize("fe", [1, 3])
@pytest.mark.parametrize("value", [
    None, "5", b"5", [5], (5,), np.array([5]), np.array(5), np.array([]), 1j, np.complex128(1),
    Decimal(5), Fraction(5, 2), object(), np.datetime64("2020-01-01"), np.str_("5"), {}])
def test_anything_else_is_a_type_error(value: Any, fe: int, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    values = [9, 8, 7, 6]
    values[fe - 1] = value
    execution = setup(values, log=log).set_log_improvements()
    with pytest.raises(TypeError, match="values"):
        execution.execute()
    assert state(log)["totalFEs"] == str(fe)
    assert "ERROR_IN_RUN" in sections(log)
    assert execution.process.has_best() == (fe > 1)
    assert progress(log) == [("1", "9"), ("2", "8")][:fe - 1]


@MODES
@pytest.mark.parametrize("fe", [1, 3])
@pytest.mark.parametrize("value", [nan, -inf, np.float32("nan"), np.float64(-inf)])
def test_nan_and_minus_infinity_are_errors(value: Any, fe: int, mode: str,
                                           tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    values = [1, 2, 3, 4]
    values[fe - 1] = value
    execution = _log(setup(values, log=log), mode)
    with pytest.raises(ObjectiveError, match=rf"FE {fe}\b") as caught:
        execution.execute()
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).endswith(f" {fe - 1}"), "the text of the point is missing"
    assert state(log)["totalFEs"] == str(fe)
    assert execution.process.has_best() == (fe > 1)
    if fe > 1:
        assert execution.process.get_best_f() == 1


@pytest.mark.parametrize("value", [nan, -inf])
def test_error_of_a_point_that_has_no_text(value: float) -> None:
    execution = setup([value])
    points = Points()
    points.to_str = lambda x: 1 // 0  # type: ignore[method-assign]
    execution.set_solution_space(points)
    with pytest.raises(ObjectiveError, match="FE 1"):
        execution.execute()


@MODES
@pytest.mark.parametrize("worthless", [inf, np.float32(inf)])
def test_infinity_is_worthless(worthless: Any, mode: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    values = [worthless, 5, worthless, 4, worthless]
    with _log(setup(values, log=log), mode).execute() as process:
        assert process.get_best_f() == 4
        assert process.get_last_improvement_fe() == 4
        assert process.get_consumed_fes() == 5
    rows = {"none": [], "improvements": [("2", "5"), ("4", "4")],
            "all": [("1", "inf"), ("2", "5"), ("3", "inf"), ("4", "4"), ("5", "inf")]}[mode]
    assert progress(log) == rows


@MODES
def test_a_run_that_saw_nothing_but_infinity(mode: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    seen = []

    def solve(process: Any) -> None:
        seen.extend(process.evaluate([i]) for i in range(3))

    with _log(setup([inf] * 3, solve, log=log), mode).execute() as process:
        assert not process.has_best()
        for method in ("get_best_f", "get_last_improvement_fe",
                       "get_last_improvement_time_millis"):
            with pytest.raises(ValueError):
                getattr(process, method)()
    assert all(map(isinf, seen))
    final = state(log)
    assert final["totalFEs"] == "3"
    assert "bestF" not in final
    assert "lastImprovementFE" not in final
    assert "RESULT_Y" not in sections(log)
    assert not any(title.startswith("ERROR") for title in sections(log))


def test_equal_values_never_replace_the_best() -> None:
    with setup([4, 2, 2, 3, 2]).execute() as process:
        x = process.create()
        process.get_copy_of_best_x(x)
        assert x == [1]
        assert process.get_last_improvement_fe() == 2


def test_points_are_copied() -> None:
    def solve(process: Any) -> None:
        x = [1]
        process.evaluate(x)
        x[0] = 0
        process.evaluate(x)

    with setup([4, 2], solve).execute() as process:
        y = process.create()
        process.get_copy_of_best_y(y)
        assert y == [1]
        y[0] = 0
        process.get_copy_of_best_x(y)
        assert y == [1]


def test_encoding() -> None:
    objective = Values([4, 2, 3])
    points = iter([0, 3, 2, 5])

    def solve(process: Any) -> None:
        assert process.to_str([5]) == "5"
        assert [process.evaluate([i]) for i in points] == [4, 2, 2, 3]

    with setup(objective, solve, encoded=True).execute() as process:
        x, y = process.create(), [9]
        process.get_copy_of_best_x(x)
        process.get_copy_of_best_y(y)
        assert (x, y) == ([3], [1])
    assert objective.calls == 5, "one call more than FEs: the check of the best point"


@pytest.mark.parametrize("encoded", [False, True])
def test_register(encoded: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    def solve(process: Any) -> None:
        process.register([0], 4)
        process.register(None, 4)
        process.register(None, inf)
        process.register([2], np.uint8(2))
        process.register([1], 4)

    execution = setup([4, 2], solve, log=log, encoded=encoded).set_log_all_fes()
    if not encoded:
        execution = setup([4, 4, 2], solve, log=log).set_log_all_fes()
    with execution.execute() as process:
        assert process.get_consumed_fes() == 5
        assert process.get_best_f() == 2
        assert type(process.get_best_f()) is int
        assert process.get_last_improvement_fe() == 4
        x, y = [9], [9]
        process.get_copy_of_best_x(x)
        process.get_copy_of_best_y(y)
        assert (x, y) == ([2], [1 if encoded else 2])
    assert [f for _, f in progress(log)] == ["4", "4", "inf", "2", "4"]


def test_register_ends_the_run_like_evaluate() -> None:
    def solve(process: Any) -> None:
        process.register([0], 5)
        assert not process.should_terminate()
        process.register([1], 3)
        assert process.should_terminate()

    for execution in (setup([5, 3], solve, max_fes=2), setup([5, 3], solve).set_goal_f(3)):
        with execution.execute() as process:
            assert process.get_best_f() == 3


def test_register_improvement_without_point() -> None:
    def solve(process: Any) -> None:
        process.register([1], 4)
        with pytest.raises(TypeError):
            process.register(None, 3)
        assert process.get_best_f() == 4
        assert process.get_last_improvement_fe() == 1
        process.evaluate([0])

    with setup([5, 4], solve).execute() as process:
        assert process.get_best_f() == 4


@pytest.mark.parametrize("f", [None, "3", 1j, np.array([1])])
def test_register_what_is_no_number(f: Any) -> None:
    with pytest.raises(TypeError):
        setup([5], lambda p: p.register([0], f)).execute()


@pytest.mark.parametrize("f", [nan, -inf])
def test_register_what_cannot_be(f: float) -> None:
    with pytest.raises(ValueError):
        setup([5], lambda p: p.register([0], f)).execute()


def test_registered_value_is_checked_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(ValueError):
        setup([5], lambda p: p.register([0], 3), log=log).execute()
    assert "ERROR_BEST_F_MISMATCH" in sections(log)


def test_forwarded_methods() -> None:
    objective = Values([3], lower=1, upper=9)
    objective.is_always_integer = lambda: True  # type: ignore[method-assign]

    def solve(process: Any) -> None:
        assert (process.lower_bound(), process.upper_bound()) == (1, 9)
        assert process.is_always_integer() is True
        x = process.create()
        process.copy(x, process.from_str("7"))
        assert process.is_equal(x, [7])
        assert process.n_points() == 2
        with pytest.raises(ValueError):
            process.validate([-1])
        with pytest.raises(ValueError):
            process.initialize()
        scan(process)

    with setup(objective, solve, max_fes=1).execute():
        pass
