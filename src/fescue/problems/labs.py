"""Low autocorrelation binary sequences."""

from typing import Any, Final

import numpy as np

from fescue.kernels.kernel import Kernel
from fescue.problems.bitstrings import BitStringProblem, bits_entry
from fescue.utils.types import check_int_range

#: the least energies of 3, 4, ... bits, found by exhaustive search
_LEAST: Final = (
    1, 2, 2, 7, 3, 8, 12, 13, 5, 10, 6, 19, 15, 24, 32, 25, 29, 26, 26, 39, 47, 36, 36, 45, 37, 50,
    62, 59, 67, 64, 64, 65, 73, 82, 86, 87, 99, 108, 108, 101, 109, 122, 118, 131, 135, 140, 136,
    153, 153, 166, 170, 175, 171, 192, 188, 197, 205, 218, 226, 235, 207, 208, 240, 257)


def _labs(x: np.ndarray) -> int:
    n, energy = len(x), 0
    for k in range(1, n):
        equal = 0
        for i in range(n - k):
            if x[i] == x[i + k]:
                equal += 1
        c = 2 * equal - (n - k)
        energy += c * c
    return energy


def _labs_change(x: np.ndarray, f: int, flipped: int, _: int, move: Any, data: Any) -> int:
    """Return the energy after a flip, from the autocorrelations of ``x``, which are kept.

    The last flip that was rated has been made since if its bit is not what it was.
    """
    sums, last = data
    n = len(x)
    if last[0] < 0:
        for k in range(1, n):
            sums[k] = 0
            for i in range(n - k):
                sums[k] += 1 if x[i] == x[i + k] else -1
    elif x[last[0]] != last[1]:
        at = last[0]
        for k in range(1, n):
            for j in (at - k, at + k):
                if 0 <= j < n:
                    sums[k] += 2 if x[j] == x[at] else -2
    last[0], last[1] = flipped, x[flipped]
    energy = 0
    for k in range(1, n):
        c = sums[k]
        for j in (flipped - k, flipped + k):
            if 0 <= j < n:
                c += -2 if x[j] == x[flipped] else 2
        energy += c * c
    return energy


class LABS(BitStringProblem):
    """The energy of a sequence: the sum of the squares of its aperiodic autocorrelations.

    Source: T. Packebusch, S. Mertens, Low autocorrelation binary sequences, 2016,
    10.1088/1751-8113/49/16/165001.

    >>> LABS(7).evaluate(np.array([True, True, True, False, False, True, False]))
    3
    """

    function = staticmethod(_labs)
    change = staticmethod(_labs_change)

    def __init__(self, n: int) -> None:
        """Create the problem.

        Args:
            n: the number of bits, in ``3..10**5``

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        super().__init__(check_int_range(n, "n", 3, 100_000))

    def kernel_of_moves(self, op1: Any) -> Kernel | None:
        """Return the value after a bit is flipped, in linear time."""
        kernel = super().kernel_of_moves(op1)
        return None if kernel is None else Kernel(
            kernel.function, (np.zeros(self.n, np.int64), np.array([-1, 0], np.int64)))

    def lower_bound(self) -> int:
        """Return the number of sums of an odd number of terms, which cannot be 0."""
        return self.n // 2

    def upper_bound(self) -> int:
        """Return the energy of equal bits."""
        return self.n * (self.n - 1) * (2 * self.n - 1) // 6


def least_energy(n: int) -> int | None:
    """Return the least energy of ``n`` bits, ``None`` if it is not known for sure.

    Source: T. Packebusch, S. Mertens, 2016, 10.1088/1751-8113/49/16/165001.

    >>> least_energy(13), least_energy(1000)
    (6, None)
    """
    return _LEAST[n - 3] if 3 <= n < 3 + len(_LEAST) else None


ENTRIES: Final = (
    bits_entry(LABS, "energy of the autocorrelations", "10.1088/1751-8113/49/16/165001",
               ("16", "27", "64", "128"), least_energy),
)
