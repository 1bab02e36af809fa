"""Problems made of several objectives: scalarizers, priorities, bounds, parameters."""

from itertools import product
from math import inf
from typing import Any

import numpy as np
import pytest

from fescue.api.mo_utils import dominates
from fescue.api.objective import Objective
from fescue.mo.problems import BasicMOProblem, Prioritize
from fescue.problems import LeadingOnes, OneMax, ZeroMax
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values


class Bounded(Objective):
    """Element ``i`` of the solution, which is between bounds."""

    def __init__(self, i: int, low: Any, high: Any) -> None:
        self.i, self.low, self.high = i, low, high

    def evaluate(self, x: Any) -> Any:
        return x[self.i]

    def lower_bound(self) -> Any:
        return self.low

    def upper_bound(self) -> Any:
        return self.high

    def is_always_integer(self) -> bool:
        return isinstance(self.low, int)


def _parameters(problem: Any) -> dict[str, str]:
    with InMemoryLogger() as logger:
        with logger.key_values("F") as section:
            problem.log_parameters_to(section)
        return parse_key_values(logger.get_log()[1:-1])


def test_scalarizer_learns_what_it_needs() -> None:
    calls = []

    def get_scalarizer(*args: Any) -> Any:
        calls.append(args)
        return max

    problem = BasicMOProblem([Bounded(0, -3, 5), Bounded(1, 0, 100)], get_scalarizer)
    assert calls == [(True, 2, [-3, 0], [5, 100])]
    fs = problem.f_create()
    assert (problem.f_evaluate([4, 2], fs), fs.tolist()) == (4, [4, 2])
    assert problem.evaluate([4, 20]) == 20
    assert (problem.lower_bound(), problem.upper_bound()) == (0, 100)
    assert problem.is_always_integer()
    assert problem.f_dtype() == np.int8
    assert problem.f_dominates is dominates


@pytest.mark.parametrize(("low", "high", "always_int", "bounds"), [
    (0, 4, False, (0.0, 2.0)), (0.0, 4.0, False, (0.0, 2.0)), (0, inf, False, (0.0, inf))])
def test_scalarizer_with_fractions(low: Any, high: Any, always_int: bool, bounds: Any) -> None:
    problem = BasicMOProblem([Bounded(0, low, high)], lambda *_: lambda fs: np.sqrt(fs[0]))
    assert (problem.lower_bound(), problem.upper_bound()) == bounds
    assert problem.is_always_integer() == always_int
    assert type(problem.upper_bound()) is float


@pytest.mark.parametrize("dtype_of", [(0, 127), (-128, 127), (-2 ** 40, 2 ** 40)])
def test_vectors_hold_differences(dtype_of: tuple[int, int]) -> None:
    low, high = dtype_of
    problem = BasicMOProblem([Bounded(0, low, high)], lambda *_: max)
    assert np.iinfo(problem.f_dtype()).max >= high - low


def test_parameters() -> None:
    problem = BasicMOProblem([LeadingOnes(9), ZeroMax(9)], lambda *_: max)
    pairs = _parameters(problem)
    assert (pairs["name"], pairs["nvars"], pairs["dtype"]) == ("basicMoProblem", "2", "b")
    assert (pairs["f0.name"], pairs["f1.name"]) == ("leadingones_9", "zeromax_9")
    assert pairs["upperBound"] == "9"
    pairs = _parameters(Prioritize([LeadingOnes(9), ZeroMax(9)]))
    assert (pairs["name"], pairs["weights"], pairs["weightsDtype"]) == ("prioritize", "10;1", "l")


def test_parts_are_initialized() -> None:
    resets = []
    objective = Bounded(0, 0, 5)
    objective.initialize = lambda: resets.append(1)  # type: ignore[method-assign]
    BasicMOProblem([objective] * 2, lambda *_: max).initialize()
    assert len(resets) == 2


@pytest.mark.parametrize("bounds", [
    [(0, 3), (0, 2), (0, 4)], [(-2, 1), (-3, -1), (2, 5)], [(5, 6), (0, 1), (-1, 0)], [(0, 3)]])
def test_priorities_are_the_order_of_vectors(bounds: list[tuple[int, int]]) -> None:
    problem = Prioritize([Bounded(i, *pair) for i, pair in enumerate(bounds)])
    points = list(product(*(range(low, high + 1) for low, high in bounds)))
    ranked = sorted(points, key=problem.evaluate)
    assert ranked == sorted(points)
    assert len({problem.evaluate(x) for x in points}) == len(points)
    values = [problem.evaluate(x) for x in points]
    assert min(values) == problem.lower_bound()
    assert max(values) == problem.upper_bound()
    assert problem.is_always_integer()


def test_priorities_of_many_objectives_are_exact() -> None:
    """Weights exceed all types of NumPy, and still the last objective counts."""
    problem = Prioritize([Bounded(i, 0, 2 ** 31) for i in range(4)])
    assert problem.weights == tuple((2 ** 31 + 1) ** k for k in (3, 2, 1, 0))
    x = [2 ** 31] * 4
    assert problem.evaluate(x) - problem.evaluate([*x[:3], x[3] - 1]) == 1
    assert problem.evaluate(x) == problem.upper_bound()
    _parameters(problem)


@pytest.mark.parametrize(("low", "high"), [(0, inf), (-inf, 3), (0.0, 1.0)])
@pytest.mark.parametrize("first", [True, False])
def test_priorities_need_bounded_integers(low: Any, high: Any, first: bool) -> None:
    parts = [Bounded(0, low, high), OneMax(3)]
    with pytest.raises(ValueError, match="priorities need integer values"):
        Prioritize(parts if first else parts[::-1])


@pytest.mark.parametrize("make", [
    lambda: BasicMOProblem(3, lambda *_: max), lambda: BasicMOProblem([3], lambda *_: max),
    lambda: BasicMOProblem([OneMax(3)], None), lambda: BasicMOProblem([OneMax(3)], lambda *_: 3),
    lambda: BasicMOProblem([OneMax(3)], lambda *_: max, 3), lambda: Prioritize(OneMax(3)),
    lambda: Prioritize([OneMax(3), "x"]), lambda: Prioritize([OneMax(3)], "x")])
def test_wrong_types(make: Any) -> None:
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize("make", [
    lambda: BasicMOProblem([], lambda *_: max), lambda: Prioritize([])])
def test_no_objectives(make: Any) -> None:
    with pytest.raises(ValueError, match="objectives is empty"):
        make()
