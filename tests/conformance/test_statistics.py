"""Operators draw from the distributions that they should."""

from collections import Counter
from itertools import combinations, permutations, product
from math import comb
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

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
from fescue.spaces import Permutations
from fescue.testing import check_distribution, check_uniform
from fescue.utils.errors import ValidationError

N = 20_000


def _binomial(n: int, p: float) -> dict[Any, float]:
    return {k: comb(n, k) * p ** k * (1 - p) ** (n - k) for k in range(n + 1)}


def _flips(op: Any, n: int) -> list[tuple[int, ...]]:
    random, x, dest = default_rng(7), np.zeros(n, bool), np.zeros(n, bool)
    x[::2] = True
    result = []
    for _ in range(N):
        op.op1(random, dest, x)
        result.append(tuple(np.flatnonzero(dest != x).tolist()))
    return result


def _moves(op: Any, start: list[int]) -> list[tuple[int, ...]]:
    random, x, dest = default_rng(7), np.array(start), np.array(start)
    result = []
    for _ in range(N):
        op.op1(random, dest, x)
        result.append(tuple(dest.tolist()))
    return result


@pytest.mark.parametrize(("n", "m"), [(1, 1), (4, 1), (10, 1), (10, 3), (100, 2)])
@pytest.mark.parametrize("at_least_1", [True, False])
def test_number_of_flips(n: int, m: int, at_least_1: bool) -> None:
    expected = _binomial(n, m / n)
    if at_least_1:
        nothing = expected.pop(0)
        expected = {k: p / (1 - nothing) for k, p in expected.items()}
    counts = [len(flips) for flips in _flips(Op1MoverNflip(n, m, at_least_1), n)]
    check_distribution(counts, expected, f"flips of {m}/{n}")


def test_flipped_positions() -> None:
    for op in (Op1Flip1(), Op1MoverNflip(6, 2)):
        positions = [i for flips in _flips(op, 6) for i in flips]
        check_uniform(positions, range(6), f"positions of {op}")
    pairs = [flips for flips in _flips(Op1MoverNflip(6, 2), 6) if len(flips) == 2]
    check_uniform(pairs, combinations(range(6), 2), "pairs")
    assert {len(flips) for flips in _flips(Op1Flip1(), 6)} == {1}


@pytest.mark.parametrize("base", [[0, 1, 2, 3], [0, 0, 1, 2], [5, 5, 5, 9, 9]])
def test_shuffle(base: list[int]) -> None:
    op, random = Op0Shuffle(Permutations(base)), default_rng(3)
    dest = Permutations(base).create()
    seen = []
    for _ in range(N):
        op.op0(random, dest)
        seen.append(tuple(dest.tolist()))
    check_uniform(seen, set(permutations(base)), "shuffle")


def test_random_bits() -> None:
    op, random, dest = Op0Random(), default_rng(3), np.zeros(3, bool)
    seen = []
    for _ in range(N):
        op.op0(random, dest)
        seen.append(tuple(dest.tolist()))
    check_uniform(seen, product((False, True), repeat=3), "randomize")


@pytest.mark.parametrize("start", [[0, 1, 2, 3], [3, 1, 0, 2], [4, 5]])
def test_swap2(start: list[int]) -> None:
    neighbours = set()
    for i in range(len(start)):
        for j in range(i):
            y = list(start)
            y[i], y[j] = y[j], y[i]
            neighbours.add(tuple(y))
    check_uniform(_moves(Op1Swap2(), start), neighbours, "swap2")


def test_swap2_with_repetitions() -> None:
    # the first position is drawn evenly, the second one among those of another value
    expected: Counter[tuple[int, ...]] = Counter()
    start = [0, 0, 0, 1]
    for i, a in enumerate(start):
        others = [j for j, b in enumerate(start) if b != a]
        for j in others:
            y = list(start)
            y[i], y[j] = y[j], y[i]
            expected[tuple(y)] += 1 / len(start) / len(others)  # type: ignore[assignment]
    check_distribution(_moves(Op1Swap2(), start), dict(expected), "swap2")


def test_insert1() -> None:
    n = 4
    expected: dict[Any, float] = {}
    pairs = [(a, b) for a in range(n) for b in range(n) if a != b]
    for a, b in pairs:
        y = list(range(n))
        y.insert(b, y.pop(a))
        expected[tuple(y)] = expected.get(tuple(y), 0) + 1 / len(pairs)
    check_distribution(_moves(Op1Insert1(), list(range(n))), expected, "insert1")


def test_length_of_the_cycles_of_swapn() -> None:
    # two elements in the first round with probability 1/2, which all swaps of two then are
    lengths = [sum(a != b for a, b in enumerate(y)) for y in _moves(Op1SwapN(), list(range(30)))]
    share = lengths.count(2) / N
    assert 0.48 < share < 0.53
    assert max(lengths) > 6
    assert min(lengths) == 2


def test_uniform_crossover() -> None:
    random, dest = default_rng(5), np.zeros(4, bool)
    zeros, ones = np.zeros(4, bool), np.ones(4, bool)
    seen = []
    for _ in range(N):
        Op2Uniform().op2(random, dest, zeros, ones)
        seen.append(tuple(dest.tolist()))
    check_uniform(seen, product((False, True), repeat=4), "uniform")


def test_check_distribution_can_fail() -> None:
    random = default_rng(1)
    with pytest.raises(ValidationError, match="a die"):
        check_uniform(random.integers(0, 5, N).tolist(), range(6), "a die")
    with pytest.raises(ValidationError, match="cannot happen"):
        check_uniform([7], range(6), "a die")
    check_uniform(random.integers(0, 6, N).tolist(), range(6), "a die")
