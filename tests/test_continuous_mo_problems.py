"""ZDT and DTLZ: their values are those of the papers' formulas, their fronts cannot be beaten."""

from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from fescue.algorithms import MORLS, NSGA2
from fescue.operators.vectors import Op0Uniform, Op1Gaussian, Op1Polynomial, Op2SBX
from fescue.problems.continuous_mo import lattice
from fescue.problems.dtlz import DTLZ1, DTLZ2, DTLZ3, DTLZ4, DTLZ5, DTLZ6, DTLZ7
from fescue.problems.zdt import ZDT1, ZDT2, ZDT3, ZDT4, ZDT6
from fescue.spaces import VectorSpace
from fescue.testing import validate_mo_algorithm, validate_mo_problem
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values

ZDT = (ZDT1, ZDT2, ZDT3, ZDT4, ZDT6)
DTLZ = (DTLZ1, DTLZ2, DTLZ3, DTLZ4, DTLZ5, DTLZ6, DTLZ7)
PROBLEMS: list[Any] = [
    *(make(n) for make in ZDT for n in (2, 7)),  # type: ignore[call-arg]
    *(make(m, k) for make in DTLZ for m, k in ((2, 1), (3, 4), (5, 3)))]  # type: ignore[call-arg]


def _space(problem: Any) -> VectorSpace:
    return VectorSpace(problem.n, *problem.variable_bounds())


def _random(space: VectorSpace) -> Any:
    op = Op0Uniform(space)

    def randomize(random: np.random.Generator, x: np.ndarray) -> np.ndarray:
        op.op0(random, x)
        return x

    return randomize


def _zdt(problem: Any, x: np.ndarray) -> np.ndarray:
    """The formulas of the paper."""
    name, rest = type(problem).__name__, x[1:]
    f, g = x[0], 1 + 9 * rest.mean()
    if name == "ZDT4":
        g = 1 + 10 * len(rest) + (rest ** 2 - 10 * np.cos(4 * np.pi * rest)).sum()
    if name == "ZDT6":
        f = 1 - np.exp(-4 * x[0]) * np.sin(6 * np.pi * x[0]) ** 6
        g = 1 + 9 * rest.mean() ** 0.25
    h = 1 - (f / g) ** 2 if name in ("ZDT2", "ZDT6") else 1 - np.sqrt(f / g)
    if name == "ZDT3":
        h -= f / g * np.sin(10 * np.pi * f)
    return np.array([f, g * h])


def _dtlz(problem: Any, x: np.ndarray) -> np.ndarray:
    """The formulas of the paper."""
    name, m, k = type(problem).__name__, problem.m, problem.k
    place, rest = x[:m - 1], x[m - 1:]
    if name in ("DTLZ1", "DTLZ3"):
        g = 100 * (k + ((rest - 0.5) ** 2 - np.cos(20 * np.pi * (rest - 0.5))).sum())
    elif name == "DTLZ6":
        g = (rest ** 0.1).sum()
    elif name == "DTLZ7":
        g = 1 + 9 / k * rest.sum()
        h = m - (place / (1 + g) * (1 + np.sin(3 * np.pi * place))).sum()
        return np.array([*place, (1 + g) * h])
    else:
        g = ((rest - 0.5) ** 2).sum()
    if name == "DTLZ1":
        return np.array([0.5 * (1 + g) * place[:m - 1 - i].prod() * (
            1 - place[m - 1 - i] if i else 1) for i in range(m)])
    angle = place * np.pi / 2
    if name == "DTLZ4":
        angle = place ** 100 * np.pi / 2
    elif name in ("DTLZ5", "DTLZ6"):
        angle[1:] = np.pi / (4 * (1 + g)) * (1 + 2 * g * place[1:])
    return np.array([(1 + g) * np.cos(angle[:m - 1 - i]).prod() * (
        np.sin(angle[m - 1 - i]) if i else 1) for i in range(m)])


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_formulas(problem: Any) -> None:
    formula = _zdt if isinstance(problem, ZDT) else _dtlz
    random, space, fs = default_rng(1), _space(problem), problem.f_create()
    points = [_random(space)(random, space.create()) for _ in range(50)]
    points += [space.lower_bound, space.upper_bound, (space.lower_bound + space.upper_bound) / 2]
    for x in points:
        total = problem.f_evaluate(x, fs)
        assert fs == pytest.approx(formula(problem, x), rel=1e-9, abs=1e-12)
        assert total == pytest.approx(fs.sum())
        assert total > 0
        assert type(total) is float


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_compiled_form_gives_the_same_numbers(problem: Any) -> None:
    random, space = default_rng(2), _space(problem)
    problem.initialize()
    for _ in range(100):
        x = _random(space)(random, space.create())
        plain, fast = problem.f_create(), problem.f_create()
        assert type(problem).function(x, plain) == problem.f_evaluate(x, fast)
        assert plain.tolist() == fast.tolist()


@pytest.mark.parametrize("problem", PROBLEMS, ids=str)
def test_contract(problem: Any) -> None:
    space = _space(problem)
    validate_mo_problem(problem, space, _random(space), samples=20)


def _optimum(problem: Any, random: Any) -> np.ndarray:
    """Return a point whose last variables are the best ones."""
    space = _space(problem)
    x = _random(space)(random, space.create())
    if isinstance(problem, ZDT):
        x[1:] = 0
    else:
        x[problem.m - 1:] = 0 if isinstance(problem, DTLZ6 | DTLZ7) else 0.5
    return x


KNOWN = [p for p in PROBLEMS if not (isinstance(p, DTLZ5 | DTLZ6) and p.m > 3)]


@pytest.mark.parametrize("problem", KNOWN, ids=str)
@pytest.mark.parametrize("n", [2, 11, 300])
def test_front(problem: Any, n: int) -> None:
    front = problem.front(n)
    assert len(front) >= n
    assert front.shape[1] == problem.m
    if problem.m == 2:
        assert len(front) == n
    assert len(np.unique(front, axis=0)) == len(front)
    # no member dominates another one
    less = (front[:, None] < front[None] - 1e-12).any(axis=2)
    more = (front[:, None] > front[None] + 1e-12).any(axis=2)
    assert not (less & ~more).any()
    # nothing dominates a member, and nothing that is optimal is far from all of them
    random, fs, far = default_rng(n), problem.f_create(), []
    for i in range(200):
        x = _optimum(problem, random)
        if i % 4 == 0:
            space = _space(problem)
            x[problem.m - 1:] = _random(space)(random, space.create())[problem.m - 1:]
        problem.f_evaluate(x, fs)
        assert not ((fs < front - 1e-6).any(axis=1) & (fs <= front + 1e-9).all(axis=1)).any()
        far.append(np.clip(front - fs, 0, None).sum(axis=1).min())  # 0 if one is not worse
    if n == 300 and problem.m < 4:
        assert max(far) < 0.25


@pytest.mark.parametrize("problem", KNOWN, ids=str)
def test_front_is_reached(problem: Any) -> None:
    """Every point of the front is near a value of the function."""
    random, fs = default_rng(3), problem.f_create()
    values = []
    for _ in range(5_000 if problem.m < 5 else 2_000):
        x = _optimum(problem, random)
        if isinstance(problem, DTLZ4):
            x[:problem.m - 1] **= 0.01
        problem.f_evaluate(x, fs)
        values.append(fs.copy())
    front = problem.front(15)
    distances = np.abs(front[:, None] - np.array(values)[None]).max(axis=2).min(axis=1)
    assert distances.max() < (0.1 if problem.m < 5 else 0.3)


def test_front_of_zdt3_has_its_published_pieces() -> None:
    f0 = np.sort(ZDT3(30).front(5000)[:, 0])
    gaps = np.flatnonzero(np.diff(f0) > 0.02)
    pieces = [f0[0], *np.column_stack((f0[gaps], f0[gaps + 1])).ravel(), f0[-1]]
    assert pieces == pytest.approx([
        0, 0.0830015349, 0.1822287280, 0.2577623634, 0.4093136748, 0.4538821041, 0.6183967944,
        0.6525117038, 0.8233317983, 0.8518328654], abs=1e-4)


@pytest.mark.parametrize(("m", "n", "size"), [(2, 7, 7), (3, 10, 10), (3, 11, 15), (4, 2, 4)])
def test_lattice(m: int, n: int, size: int) -> None:
    points = lattice(m, n)
    assert points.shape == (size, m)
    assert points.sum(axis=1) == pytest.approx(1)
    assert len(np.unique(points, axis=0)) == size


@pytest.mark.parametrize("make", [lambda: DTLZ5(4, 3).front(5), lambda: DTLZ6(5, 3).front(5)])
def test_unknown_front(make: Any) -> None:
    with pytest.raises(ValueError, match="is not known"):
        make()


@pytest.mark.parametrize("make", [
    lambda: ZDT1(1), lambda: DTLZ1(1, 5), lambda: DTLZ7(3, 0), lambda: ZDT1().front(1)])
def test_arguments_out_of_range(make: Any) -> None:
    with pytest.raises(ValueError, match="is invalid"):
        make()


def test_sizes_and_names_of_the_papers() -> None:
    assert [p.n for p in (ZDT1(), ZDT2(), ZDT3(), ZDT4(), ZDT6())] == [30, 30, 30, 10, 10]
    assert [(p.m, p.k) for p in (DTLZ1(), DTLZ2(), DTLZ6(), DTLZ7())] == [
        (3, 5), (3, 10), (3, 10), (3, 20)]
    assert [str(p) for p in (ZDT4(), DTLZ7(4, 9))] == ["zdt4_10", "dtlz7_4_9"]
    with InMemoryLogger() as logger:
        with logger.key_values("F") as section:
            DTLZ7(4, 9).log_parameters_to(section)
        pairs = parse_key_values(logger.get_log()[1:-1])
    assert (pairs["nvars"], pairs["n"], pairs["k"]) == ("4", "12", "9")


@pytest.mark.parametrize("problem", [ZDT1(5), ZDT4(4), DTLZ2(3, 3)], ids=str)
def test_algorithms_on_vectors(problem: Any) -> None:
    space = _space(problem)
    for algorithm in (NSGA2(Op0Uniform(space), Op1Polynomial(space), Op2SBX(space), 5, 0.5),
                      MORLS(Op0Uniform(space), Op1Gaussian(space))):
        validate_mo_algorithm(algorithm, space, problem)
