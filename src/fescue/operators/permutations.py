"""Search operators for permutations, with and without repetitions."""

import numpy as np
from numpy.random import Generator

from fescue.api.operators import Op0, Op1
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

    def __str__(self) -> str:
        return "rot1"
