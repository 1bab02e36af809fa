"""The order of random draws of each operator, by a second implementation, and its edges."""

from collections import Counter
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator, default_rng

from fescue.operators import (
    Op0Random,
    Op0Shuffle,
    Op1Flip1,
    Op1Insert1,
    Op1MoverNflip,
    Op1Swap2,
    Op1SwapN,
    Op2Uniform,
    kit_for,
)
from fescue.spaces import BitStrings, Permutations
from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.logger import InMemoryLogger

SIZES = (1, 2, 3, 8, 31, 100)
STRINGS = ([0, 1], [0, 0, 1], [0, 1, 1, 0, 1, 0], [0, 1, 2], [-1, 5, 5, 9], list(range(20)),
           [0, 1, 2, 3] * 5, [0] * 9 + [1])


def _flip1(rng: Generator, x: list[Any], _: list[int]) -> list[Any]:
    i = rng.integers(len(x))
    return [not v if k == i else v for k, v in enumerate(x)]


def _flip_b(m: int, at_least_1: bool) -> Callable[..., list[Any]]:
    def apply(rng: Generator, x: list[Any], buffer: list[int]) -> list[Any]:
        n = len(x)
        if not buffer:
            buffer.extend(range(n))
        k = rng.binomial(n, m / n)
        while k == 0 and at_least_1:
            k = rng.binomial(n, m / n)
        result = list(x)
        for i in range(n, n - k, -1):
            j = rng.integers(i)
            result[buffer[j]] = not x[buffer[j]]
            buffer[j], buffer[i - 1] = buffer[i - 1], buffer[j]
        return result
    return apply


def _swap2(rng: Generator, x: list[Any], _: list[int]) -> list[Any]:
    i = rng.integers(0, len(x))
    j = rng.integers(0, len(x))
    while x[i] == x[j]:
        j = rng.integers(0, len(x))
    result = list(x)
    result[i], result[j] = x[j], x[i]
    return result


def _swapn(rng: Generator, x: list[Any], _: list[int]) -> list[Any]:
    x = list(x)
    i = rng.integers(0, len(x))
    first = last = x[i]
    another = True
    while another:
        another = rng.integers(0, 2) == 0
        barred = {last} if another else {last, first}
        if set(x) <= barred:
            break
        j = rng.integers(0, len(x))
        while x[j] in barred:
            j = rng.integers(0, len(x))
        x[i] = last = x[j]
        i = j
    x[i] = first
    return x


def _insert1(rng: Generator, x: list[Any], _: list[int]) -> list[Any]:
    while True:
        a, b = rng.integers(0, len(x)), rng.integers(0, len(x))
        result = list(x)
        result.insert(b, result.pop(a))
        if result != x:
            return result


def _space(x: Any) -> Any:
    return BitStrings(len(x)) if x.dtype == bool else Permutations(x.tolist())


def _compare(op: Any, reference: Callable[..., list[Any]], start: np.ndarray, seed: int,
             calls: int = 25) -> None:
    """Apply both repeatedly; points and the state of the generators must stay the same."""
    space = _space(start)
    mine, theirs = default_rng(seed), default_rng(seed)
    buffer: list[int] = []
    x, dest = start.copy(), space.create()
    for _ in range(calls):
        before = x.tolist()
        op.op1(mine, dest, x)
        assert x.tolist() == before
        assert dest.tolist() == reference(theirs, before, buffer)
        assert mine.bit_generator.state == theirs.bit_generator.state
        space.validate(dest)
        x, dest = dest, x


# bit strings

@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("seed", range(5))
def test_flip1(n: int, seed: int) -> None:
    _compare(Op1Flip1(), _flip1, default_rng(seed).random(n) < 0.5, seed)


@pytest.mark.parametrize("at_least_1", [True, False])
@pytest.mark.parametrize(("n", "m"), [(n, m) for n in SIZES for m in sorted({1, 2, 7, n})
                                      if m <= n])
def test_flip_b(n: int, m: int, at_least_1: bool) -> None:
    op = Op1MoverNflip(n, m, at_least_1)
    start = default_rng(n).random(n) < 0.5
    for seed in range(3):
        # the buffer is right at first, kept between calls, and reset by initialize()
        _compare(op, _flip_b(m, at_least_1), start, seed)
        op.initialize()


def test_flip_b_without_reset_goes_on_with_its_buffer() -> None:
    kept, fresh = Op1MoverNflip(50, 10), Op1MoverNflip(50, 10)
    x, results = np.zeros(50, bool), []
    kept.op1(default_rng(1), np.zeros(50, bool), x)
    for op in (kept, fresh):
        dest = np.zeros(50, bool)
        op.op1(default_rng(2), dest, x)
        results.append(dest.tolist())
    assert results[0] != results[1]
    assert sum(results[0]) == sum(results[1])


def test_number_of_flips() -> None:
    x = np.zeros(4, bool)
    for at_least_1 in (True, False):
        op, rng, dest = Op1MoverNflip(4, 1, at_least_1), default_rng(3), x.copy()
        counts: Counter[int] = Counter()
        for _ in range(400):
            op.op1(rng, dest, x)
            counts[int(dest.sum())] += 1
        assert (counts[0] > 0) is not at_least_1
        assert counts[1] > counts[2] > counts[3] > 0


def test_all_bits_are_flipped() -> None:
    for n in SIZES:
        dest = np.zeros(n, bool)
        Op1MoverNflip(n, n).op1(default_rng(0), dest, np.zeros(n, bool))
        assert dest.all()


@pytest.mark.parametrize("n", SIZES)
def test_random_bits(n: int) -> None:
    for seed in range(5):
        dest = np.ones(n, bool)
        mine, theirs = default_rng(seed), default_rng(seed)
        for _ in range(4):
            Op0Random().op0(mine, dest)
            assert dest.tolist() == theirs.integers(0, 2, n, bool).tolist()
            assert mine.bit_generator.state == theirs.bit_generator.state


@pytest.mark.parametrize("n", SIZES)
def test_uniform(n: int) -> None:
    for seed in range(5):
        mine, theirs = default_rng(seed), default_rng(seed)
        for _ in range(4):
            x0, x1 = (default_rng((seed, i)).random(n) < 0.5 for i in (0, 1))
            dest = np.zeros(n, bool)
            before = x0.tolist(), x1.tolist()
            Op2Uniform().op2(mine, dest, x0, x1)
            expected = [a if theirs.integers(0, 2) else b for a, b in zip(*before, strict=True)]
            assert dest.tolist() == expected
            assert (x0.tolist(), x1.tolist()) == before
            assert mine.bit_generator.state == theirs.bit_generator.state


# permutations

@pytest.mark.parametrize("string", STRINGS, ids=str)
@pytest.mark.parametrize(("op", "reference"), [
    (Op1Swap2(), _swap2), (Op1SwapN(), _swapn), (Op1Insert1(), _insert1)],
    ids=["swap2", "swapn", "insert1"])
def test_moves(op: Any, reference: Callable[..., list[Any]], string: list[int]) -> None:
    space = Permutations(string)
    for seed in range(8):
        start = space.create()
        default_rng(seed + 100).shuffle(start)
        _compare(op, reference, start, seed)
        op.initialize()


@pytest.mark.parametrize("string", STRINGS, ids=str)
@pytest.mark.parametrize("op", [Op1Swap2(), Op1Insert1()], ids=str)
def test_moves_always_change_something(op: Any, string: list[int]) -> None:
    space = Permutations(string)
    x, dest, rng = space.create(), space.create(), default_rng(11)
    for _ in range(100):
        op.op1(rng, dest, x)
        assert not space.is_equal(dest, x)
        space.validate(dest)


def test_reach_of_moves() -> None:
    """Each of them can reach exactly the neighbours that it should."""
    space = Permutations.standard(4)
    x, dest, rng = space.create(), space.create(), default_rng(0)
    reached = {}
    for op in (Op1Swap2(), Op1SwapN(), Op1Insert1()):
        found = set()
        for _ in range(2000):
            op.op1(rng, dest, x)
            found.add(tuple(dest.tolist()))
        reached[str(op)] = found
    assert len(reached["swap2"]) == 6
    assert len(reached["rot1"]) == 9
    # a cycle may come back to places that it has been at, and so undo itself
    assert reached["swapn"] == set(permutations(range(4)))


@pytest.mark.parametrize("string", STRINGS, ids=str)
def test_shuffle(string: list[int]) -> None:
    space = Permutations(string)
    op = Op0Shuffle(space)
    for seed in range(5):
        mine, theirs = default_rng(seed), default_rng(seed)
        dest = space.create()
        for _ in range(3):
            op.op0(mine, dest)
            expected = np.array(sorted(string), space.dtype)
            theirs.shuffle(expected)
            assert dest.tolist() == expected.tolist()
            assert mine.bit_generator.state == theirs.bit_generator.state
    assert space.blueprint.tolist() == sorted(string)


# names, parameters, arguments

@pytest.mark.parametrize(("op", "name"), [
    (Op0Random(), "randomize"), (Op1Flip1(), "flip1"), (Op1MoverNflip(9), "flipB1"),
    (Op1MoverNflip(9, 3, False), "flipB3n"), (Op2Uniform(), "uniform"), (Op1Swap2(), "swap2"),
    (Op0Shuffle(Permutations.standard(3)), "shuffle"), (Op1SwapN(), "swapn"),
    (Op1Insert1(), "rot1")])
def test_names(op: Any, name: str) -> None:
    assert str(op) == repr(op) == name


def test_logged_parameters() -> None:
    with InMemoryLogger() as logger:
        with logger.key_values("OP") as section:
            Op1MoverNflip(9, 3, False).log_parameters_to(section)
        assert logger.get_log()[1:-1] == [
            "name: flipB3n", "class: fescue.operators.bitstrings.Op1MoverNflip", "m: 3", "n: 9",
            "atLeast1: F"]


@pytest.mark.parametrize(("args", "error"), [
    ((0,), ValueError), ((10 ** 8 + 1,), ValueError), ((5, 0), ValueError), ((5, 6), ValueError),
    ((5.0,), TypeError), (("5",), TypeError), ((5, 1.0), TypeError), ((5, 1, 1), TypeError),
    ((5, 1, None), TypeError)])
def test_bad_arguments_of_flip_b(args: Any, error: type) -> None:
    with pytest.raises(error):
        Op1MoverNflip(*args)


@pytest.mark.parametrize("space", [None, 3, BitStrings(3), [0, 1], NPArraySpace(2, np.dtype("b"))])
def test_bad_arguments_of_shuffle(space: Any) -> None:
    with pytest.raises(TypeError, match="space"):
        Op0Shuffle(space)


def test_kits() -> None:
    kit = kit_for(BitStrings(1))
    assert list(map(str, (kit.op0, kit.op1, kit.op2))) == ["randomize", "flipB1", "uniform"]
    kit = kit_for(Permutations.with_repetitions(3, 2))
    assert list(map(str, (kit.op0, kit.op1, kit.op2))) == ["shuffle", "swap2", "None"]
    for space in (None, NPArraySpace(2, np.dtype(int))):
        with pytest.raises(TypeError, match="space"):
            kit_for(space)  # type: ignore[arg-type]
