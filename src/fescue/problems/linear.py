"""Linear functions of the bits: binary numbers, harmonic weights."""

from typing import Any, Final

import numpy as np

from fescue.api.objective import Objective
from fescue.kernels.kernel import Kernel
from fescue.problems.bitstrings import BitStringProblem, bits_entry
from fescue.utils.types import check_int_range

#: of so many bits the value can be compared exactly in compiled runs
_MOST_BITS: Final = 53


def _linear_harmonic(x: np.ndarray) -> int:
    total = 0
    for i in range(len(x)):
        if not x[i]:
            total += i + 1
    return total


def _linear_harmonic_change(x: np.ndarray, f: int, i: int, _: int, move: Any, data: Any) -> int:
    return f + i + 1 if x[i] else f - i - 1


def _binary(x: np.ndarray) -> int:
    value = 0
    for bit in x:
        value += value
        if not bit:
            value += 1
    return value


class LinearHarmonic(BitStringProblem):
    """The sum of the places, counted from 1, of all zeros.

    Source: C. Doerr, F. Ye, N. Horesh, H. Wang, O. M. Shir, T. Bäck, Benchmarking discrete
    optimization heuristics with IOHprofiler, 2020, 10.1016/j.asoc.2019.106027.

    >>> LinearHarmonic(4).evaluate(np.array([True, False, True, False]))
    6
    """

    function = staticmethod(_linear_harmonic)
    change = staticmethod(_linear_harmonic_change)

    def __init__(self, n: int) -> None:
        """Create the problem.

        Args:
            n: the number of bits, in ``1..10**7``

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        super().__init__(check_int_range(n, "n", 1, 10_000_000))

    def upper_bound(self) -> int:
        """Return the sum of all places."""
        return self.n * (self.n + 1) // 2

    def __str__(self) -> str:
        return f"linharm_{self.n}"


class BinInt(BitStringProblem):
    """What is missing from the largest number: the first bit counts most.

    It is computed with Python's integers, which have no bounds; up to 53 bits there is a kernel.

    >>> BinInt(4).evaluate(np.array([True, False, True, False]))
    5
    """

    def initialize(self) -> None:
        """Do nothing: there is no compiled form with integers of any size."""
        Objective.initialize(self)

    def evaluate(self, x: np.ndarray) -> int:
        """Return the number whose binary digits are the opposites of the bits ``x``."""
        size = len(x)
        return int.from_bytes(np.packbits(~x).tobytes(), "big") >> (-size % 8)

    def upper_bound(self) -> int:
        """Return the largest number of so many bits."""
        return (1 << self.n) - 1

    def kernel(self) -> Kernel | None:  # type: ignore[override]
        """Return the function for compiled runs, ``None`` if there are more than 53 bits."""
        return Kernel(_binary, None) if self.n <= _MOST_BITS else None


ENTRIES: Final = (
    bits_entry(LinearHarmonic, "sum of the places of all zeros", "10.1016/j.asoc.2019.106027"),
    bits_entry(BinInt, "binary number, to be maximized", "", ("16", "32", "53", "64")),
)
