"""The Ising model: neighbours should be equal, on a ring or on a torus."""

from math import isqrt
from typing import Any, Final

import numpy as np

from fescue.problems.bitstrings import BitStringProblem, BitStringProblemWithData, bits_entry


def _ising1d(x: np.ndarray) -> int:
    changes, last = 0, x[-1]
    for bit in x:
        if bit != last:
            changes += 1
        last = bit
    return changes


def _ising1d_change(x: np.ndarray, f: int, i: int, _: int, move: Any, data: Any) -> int:
    n = len(x)
    if n == 1:
        return f
    bit = x[i]
    for other in (x[i - 1], x[i + 1 if i + 1 < n else 0]):
        f += 1 if other == bit else -1
    return f


def _ising2d(x: np.ndarray, data: Any) -> int:
    k, different = data[0], 0
    for i in range(k):
        for j in range(k):
            bit = x[i * k + j]
            if bit != x[i * k + (j + 1) % k]:
                different += 1
            if bit != x[(i + 1) % k * k + j]:
                different += 1
    return different


def _ising2d_change(x: np.ndarray, f: int, at: int, _: int, move: Any, data: Any) -> int:
    k = data[0]
    if k == 1:
        return f
    i, j, bit = at // k, at % k, x[at]
    for other in (x[i * k + (j + 1) % k], x[i * k + (j + k - 1) % k],
                  x[(i + 1) % k * k + j], x[(i + k - 1) % k * k + j]):
        f += 1 if other == bit else -1
    return f


class Ising1d(BitStringProblem):
    """The number of bits on a ring that differ from the one before.

    Source: S. Fischer, I. Wegener, The one-dimensional Ising model: Mutation versus recombination,
    2005, 10.1016/j.tcs.2005.04.002.

    >>> Ising1d(5).evaluate(np.array([True, False, False, True, True]))
    2
    """

    function = staticmethod(_ising1d)
    change = staticmethod(_ising1d_change)


class Ising2d(BitStringProblemWithData):
    """The number of pairs of neighbours on a torus of ``k`` times ``k`` bits that differ.

    Source: S. Fischer, A Polynomial Upper Bound for a Mutation-Based Algorithm on the
    Two-Dimensional Ising Model, GECCO 2004, 10.1007/978-3-540-24854-5_107.

    >>> Ising2d(9).evaluate(np.arange(9) == 4)
    4
    """

    function = staticmethod(_ising2d)
    change = staticmethod(_ising2d_change)

    def __init__(self, n: int) -> None:
        """Create the problem.

        Args:
            n: the number of bits, a square in ``1..10**8``

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range or no square
        """
        super().__init__(n)
        k = isqrt(self.n)
        if k * k != self.n:
            raise ValueError(f"n={n} is invalid, must be the square of an integer.")
        #: the length of a side
        self.k: Final[int] = k
        self.data = (k, self.n)

    def upper_bound(self) -> int:
        """Return the number of pairs of neighbours."""
        return 2 * self.n


ENTRIES: Final = (
    bits_entry(Ising1d, "number of differences on a ring", "10.1016/j.tcs.2005.04.002"),
    bits_entry(Ising2d, "number of differences on a torus", "10.1007/978-3-540-24854-5_107"),
)
