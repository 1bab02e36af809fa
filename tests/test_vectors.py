"""Real vectors: the space, its operators and the problems on it."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fescue.kernels.jit import jit_is_available
from fescue.operators.vectors import Op0Uniform, Op1Gaussian, Op1Polynomial, Op2SBX
from fescue.problems import vectors
from fescue.problems.vectors import Ackley, Sphere, VectorProblem
from fescue.spaces import BitStrings, VectorSpace
from fescue.utils.logger import InMemoryLogger

PROBLEMS = [problem for problem in vars(vectors).values()
            if isinstance(problem, type) and issubclass(problem, VectorProblem)
            and problem is not VectorProblem]


def test_the_space_in_logs() -> None:
    for space, bounds in ((VectorSpace(2, -10, 10), ["lb: -10", "ub: 10"]),
                          (VectorSpace(2, [0.5, -1], (1.0, 3)), ["lb: 0.5;-1", "ub: 1;3"])):
        with InMemoryLogger() as logger:
            with logger.key_values("A") as section:
                space.log_parameters_to(section)
            lines = logger.get_log()
        assert [line for line in lines if line[:2] in ("lb", "ub")] == bounds
        assert str(space) == "r2d"


@pytest.mark.parametrize(("make", "error", "text"), [
    (lambda: VectorSpace(0), ValueError, "dimension"),
    (lambda: VectorSpace(2.0), TypeError, "dimension"),  # type: ignore[arg-type]
    (lambda: VectorSpace(2, "0"), TypeError, "lower_bound"),
    (lambda: VectorSpace(2, True), TypeError, "lower_bound"),
    (lambda: VectorSpace(2, [0.0]), ValueError, "lower_bound has 1 values, but there are 2"),
    (lambda: VectorSpace(2, [0.0, "1"]), TypeError, "lower_bound"),
    (lambda: VectorSpace(2, 0.0, nan), ValueError, "upper_bound=nan"),
    (lambda: VectorSpace(2, -inf), ValueError, "lower_bound=-inf"),
    (lambda: VectorSpace(2, 1.0, 1.0), ValueError, "bounds 1.0 and 1.0 of element 0"),
    (lambda: VectorSpace(2, [0.0, 2.0]), ValueError, "bounds 2.0 and 1.0 of element 1"),
    (lambda: VectorSpace(2, -1e308, 1e308), ValueError, "difference finite"),
    (lambda: VectorSpace(2, dtype=np.dtype(int)), ValueError, "float64"),
    (lambda: Op0Uniform(BitStrings(2)), TypeError, "space"),  # type: ignore[arg-type]
    (lambda: Op1Gaussian(VectorSpace(2), 0.0), ValueError, "sd=0.0"),
    (lambda: Op1Polynomial(VectorSpace(2), 20), TypeError, "eta"),
    (lambda: Op2SBX(VectorSpace(2), nan), ValueError, "eta=nan"),
    (lambda: Sphere().space(), ValueError, "vectors of any length"),
    (lambda: Sphere(0), ValueError, "n=0"),
])
def test_wrong_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        make()


def test_what_is_no_point() -> None:
    space = VectorSpace(2, -1.0, 1.0)
    for x, error in (([0.0, 2.0], ValueError), ([nan, 0.0], ValueError), ([0.0], ValueError)):
        with pytest.raises(error):
            space.validate(np.array(x))
    for text in ("0", "0;1;0", "0;x", "0;1.0000001", "nan;0"):
        with pytest.raises(ValueError, match=r"r2d|must be in"):
            space.from_str(text)
    assert VectorSpace(2, 3.0, 4.0).create().tolist() == [3.0, 3.0]


def test_clipped() -> None:
    space, x = VectorSpace(3, [-1, 0, 1], 2), np.array([-5.0, 5.0, 1.5])
    assert space.clipped(np.sum)(x) == 2.5
    assert x.tolist() == [-1.0, 2.0, 1.5]


@given(st.floats(-1e300, 1e300), st.integers(1, 100))
def test_number_of_points(low: float, steps: int) -> None:
    high = low
    for _ in range(steps):
        high = float(np.nextafter(high, inf))
    assert VectorSpace(1, low, high).n_points() == steps + 1
    assert VectorSpace(2, low, high).n_points() == (steps + 1) ** 2


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("n", [1, 2, 10])
def test_optimum(problem: Any, n: int) -> None:
    f = problem(n)
    f.initialize()
    best = f.evaluate(np.full(n, problem.optimum))
    assert 0 <= best < 1e-9 * n
    random = np.random.default_rng(n)
    space = f.space()
    for _ in range(300):
        near = problem.optimum + random.normal(0, 1e-3, n)
        far = random.uniform(space.lower_bound, space.upper_bound)
        assert f.evaluate(near) >= best
        assert f.evaluate(far) > best


@pytest.mark.skipif(not jit_is_available(), reason="there is no numba to compile with")
@pytest.mark.parametrize("problem", PROBLEMS)
def test_both_paths_give_the_same_bits(problem: Any) -> None:
    plain, compiled = problem(), problem()
    compiled.initialize()
    random = np.random.default_rng(1)
    for n in (1, 2, 3, 17):
        for _ in range(200):
            x = random.normal(0, 3, n)
            assert plain.evaluate(x) == compiled.evaluate(x)


def test_where_children_are() -> None:
    space = VectorSpace(4, -1.0, 1.0)
    random, sbx, dest = np.random.default_rng(3), Op2SBX(space), space.create()
    x0, x1 = np.array([-0.5, 0.2, 0.9, 0.3]), np.array([0.5, 0.25, -0.9, 0.3])
    children = np.array([(sbx.op2(random, dest, x0, x1), dest.copy())[1] for _ in range(4000)])
    assert (children[:, 3] == 0.3).all(), "equal parents have equal children"
    assert np.allclose(children.mean(axis=0), (x0 + x1) / 2, atol=0.03)
    # a crossed element is spread around its parents; half of them are not crossed
    assert 0.4 < np.isin(children[:, 0], (-0.5, 0.5)).mean() < 0.6
    assert (abs(children) <= 1).all()


def test_size_of_changes() -> None:
    space = VectorSpace(50, -1.0, 3.0)
    x, dest, random = np.ones(50), space.create(), np.random.default_rng(4)
    for op, least in ((Op1Gaussian(space, 0.05), 1), (Op1Polynomial(space), 0)):
        steps, counts = [], []
        for _ in range(3000):
            op.op1(random, dest, x)
            changed = dest != x
            counts.append(changed.sum())
            steps += (dest - x)[changed].tolist()
        assert min(counts) == least
        assert 0.9 + least < np.mean(counts) < 1.1 + least
        assert abs(np.mean(steps)) < 0.02
        assert 0.1 < np.std(steps) < 0.3


def test_equal_names() -> None:
    assert str(Ackley()) == "ackley"
    assert str(Ackley(3)) == "ackley_3"
