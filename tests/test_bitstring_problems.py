"""Problems on bit strings: their values, bounds and optima, proved by looking at all points."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from fescue.problems.bitstrings import LeadingOnes, OneMax, Trap, ZeroMax
from fescue.utils.logger import InMemoryLogger

PROBLEMS = (OneMax, ZeroMax, LeadingOnes, Trap)


def _value(problem: type, bits: tuple[int, ...]) -> int:
    """Return the objective value by the definition in words."""
    n = len(bits)
    if problem is OneMax:
        return bits.count(0)
    if problem is ZeroMax:
        return bits.count(1)
    if problem is LeadingOnes:
        return n - (bits.index(0) if 0 in bits else n)
    return 0 if bits.count(1) == n else bits.count(1) + 1


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_all_points_of_small_problems(problem: Any, compiled: bool) -> None:
    for n in range(1, 13):
        instance = problem(n)
        if compiled:
            instance.initialize()
        best = []
        worst = -1
        for bits in product((0, 1), repeat=n):
            f = instance.evaluate(np.array(bits, bool))
            assert f == _value(problem, bits)
            assert 0 <= f <= n
            worst = max(worst, f)
            if f == 0:
                best.append(bits)
        assert best == [(0,) * n if problem is ZeroMax else (1,) * n], "one optimum, of value 0"
        assert worst == instance.upper_bound()
        assert instance.lower_bound() == 0


@pytest.mark.parametrize("problem", PROBLEMS)
def test_results_before_initialize_are_python_integers(problem: Any) -> None:
    assert type(problem(3).evaluate(np.array([True, False, True]))) is int


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("n", [127, 128, 255, 256, 70_000])
def test_large_points(problem: Any, n: int) -> None:
    """Sums do not wrap where small types end."""
    instance = problem(n)
    for _ in range(2):
        for bits in (np.zeros(n, bool), np.ones(n, bool), np.arange(n) < n // 2):
            before = bits.copy()
            assert instance.evaluate(bits) == _value(problem, tuple(bits.astype(int).tolist()))
            assert np.array_equal(bits, before)
        instance.initialize()


@pytest.mark.parametrize(("problem", "name"), [
    (OneMax, "onemax_7"), (ZeroMax, "zeromax_7"), (LeadingOnes, "leadingones_7"),
    (Trap, "trap_7")])
def test_name_and_parameters(problem: Any, name: str) -> None:
    instance = problem(7)
    assert str(instance) == repr(instance) == name
    assert instance.is_always_integer() is True
    assert (type(instance.lower_bound()), type(instance.upper_bound())) == (int, int)
    with InMemoryLogger() as logger:
        with logger.key_values("F") as section:
            instance.log_parameters_to(section)
        assert logger.get_log()[1:-1] == [
            f"name: {name}", f"class: fescue.problems.bitstrings.{problem.__name__}",
            "lowerBound: 0", "upperBound: 7", "n: 7"]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("n", "error"), [
    (0, ValueError), (-1, ValueError), (10 ** 8 + 1, ValueError), (1.0, TypeError),
    ("3", TypeError), (None, TypeError)])
def test_bad_sizes(problem: Any, n: Any, error: type) -> None:
    with pytest.raises(error, match="n"):
        problem(n)


def test_trap_leads_astray() -> None:
    """Every step away from the optimum's opposite is a step up, but for the last one."""
    trap = Trap(9)
    values = [trap.evaluate(np.arange(9) < ones) for ones in range(10)]
    assert values == [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]
