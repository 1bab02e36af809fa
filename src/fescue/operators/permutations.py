"""Search operators for permutations, with and without repetitions."""

from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.kernels.kernel import Kernel, Move
from fescue.kernels.primitives import copy, draw, shuffle
from fescue.spaces.permutations import Permutations
from fescue.utils.types import type_error


class Op0Shuffle(Op0):
    """Sample all permutations with the same probability."""

    def __init__(self, space: Permutations) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of permutations
        """
        if not isinstance(space, Permutations):
            raise type_error(space, "space", Permutations)
        self._blueprint = space.blueprint

    def op0(self, random: Generator, dest: np.ndarray) -> None:
        """Overwrite ``dest`` with a shuffled base string."""
        dest[:] = self._blueprint
        random.shuffle(dest)

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_shuffle, (self._blueprint,))

    def __str__(self) -> str:
        return "shuffle"


class Op1Swap2(Op1):
    """Exchange two different elements."""

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with ``x`` but for two elements, which change places."""
        dest[:] = x
        n = len(dest)
        i = random.integers(0, n)
        a = dest[i]
        while True:
            j = random.integers(0, n)
            b = dest[j]
            if b != a:
                break
        dest[i] = b
        dest[j] = a

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_swap2)

    def move(self) -> Move:
        """Return the operator as a change in place."""
        return Move(_choose_pair, _exchange, _exchange, first=_first)

    def __str__(self) -> str:
        return "swap2"


class Op1SwapN(Op1):
    """Pass on elements in a cycle of random length.

    After each step the cycle ends with probability one half. If no element can be passed on,
    because the string has only two different ones, it ends as well.
    """

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with ``x`` but for the elements that were passed on.

        A cycle that comes back the way it went may leave all of them as they were.
        """
        dest[:] = x
        n = len(dest)
        i = random.integers(0, n)
        first = last = dest[i]
        is_last = False
        while not is_last:
            is_last = random.integers(0, 2) == 1
            if not any(e != last and not (is_last and e == first) for e in dest):
                break
            while True:
                j = random.integers(0, n)
                value = dest[j]
                if value != last and not (is_last and value == first):
                    break
            dest[i] = last = value
            i = j
        dest[i] = first

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_swapn)

    def __str__(self) -> str:
        return "swapn"


class Op1Insert1(Op1):
    """Take out an element and insert it elsewhere; those in between move by one place."""

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with ``x`` but for one element that has moved."""
        n = len(dest)
        while True:
            a = random.integers(0, n)
            b = random.integers(0, n)
            low, high = min(a, b), max(a, b)
            # nothing changes if all elements that move are the same
            if (x[low:high] != x[low + 1:high + 1]).any():
                break
        dest[:] = x
        if a < b:
            dest[a:b] = x[a + 1:b + 1]
        else:
            dest[b + 1:a + 1] = x[b:a]
        dest[b] = x[a]

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_insert1)

    def move(self) -> Move:
        """Return the operator as a change in place."""
        return Move(_choose_places, _shift, _shift_back, first=_first)

    def __str__(self) -> str:
        return "rot1"


def _shuffle(rng: Any, dest: Any, data: Any) -> None:
    copy(dest, data[0])
    shuffle(rng, dest)


def _swap2(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    i, j = _choose_pair(rng, x, data)
    _exchange(dest, i, j, data)


def _choose_pair(rng: Any, x: Any, data: Any) -> tuple[int, int]:
    n = len(x)
    i = draw(rng, n)
    j = draw(rng, n)
    while x[j] == x[i]:
        j = draw(rng, n)
    return i, j


def _exchange(x: Any, i: int, j: int, data: Any) -> None:
    x[i], x[j] = x[j], x[i]


def _first(i: int, j: int, data: Any) -> int:
    return min(i, j)


def _swapn(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    n = len(dest)
    i = draw(rng, n)
    first = last = dest[i]
    is_last = False
    while not is_last:
        is_last = draw(rng, 2) == 1
        possible = False
        for e in dest:
            if e != last and not (is_last and e == first):
                possible = True
                break
        if not possible:
            break
        j = draw(rng, n)
        while dest[j] == last or (is_last and dest[j] == first):
            j = draw(rng, n)
        last = dest[j]
        dest[i] = last
        i = j
    dest[i] = first


def _insert1(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    a, b = _choose_places(rng, x, data)
    _shift(dest, a, b, data)


def _choose_places(rng: Any, x: Any, data: Any) -> tuple[int, int]:
    n = len(x)
    while True:
        a = draw(rng, n)
        b = draw(rng, n)
        # nothing changes if all elements that move are the same
        for i in range(min(a, b), max(a, b)):
            if x[i] != x[i + 1]:
                return a, b


def _shift(x: Any, a: int, b: int, data: Any) -> None:
    element = x[a]
    if a < b:
        for i in range(a, b):
            x[i] = x[i + 1]
    else:
        for i in range(a, b, -1):
            x[i] = x[i - 1]
    x[b] = element


def _shift_back(x: Any, a: int, b: int, data: Any) -> None:
    _shift(x, b, a, data)


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("shuffle", "sample a permutation", Op0Shuffle, ("permutations",)),
    Entry("swap2", "exchange two different elements", lambda space: Op1Swap2(),
          ("permutations",)),
    Entry("swapn", "pass on elements in a cycle of random length", lambda space: Op1SwapN(),
          ("permutations",)),
    Entry("rot1", "move one element to another place", lambda space: Op1Insert1(),
          ("permutations",)),
)
