"""Functions of the number of ones that mislead or do not lead at all: Jump, Plateau, TwoMax."""

from typing import Any, Final

import numpy as np

from fescue.problems.bitstrings import BitStringProblem, BitStringProblemWithData, bits_entry
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range


def _jump(x: np.ndarray, data: Any) -> int:
    n, k = data
    ones = x.sum()
    return n - ones if ones == n or ones <= n - k else k + ones  # type: ignore[no-any-return]


def _plateau(x: np.ndarray, data: Any) -> int:
    n, k = data
    ones = x.sum()
    return n - ones if ones == n or ones <= n - k else k  # type: ignore[no-any-return]


def _twomax(x: np.ndarray) -> int:
    n, ones = len(x), x.sum()
    return 0 if ones == n else 1 + n - max(ones, n - ones)


class _Gap(BitStringProblemWithData):
    """A function that is special if less than ``k`` bits, but not none, are zeros."""

    def __init__(self, n: int, k: int) -> None:
        """Create the problem.

        Args:
            n: the number of bits, in ``3..10**8``
            k: the width of the gap, in ``2..n-1``

        Raises:
            TypeError: if an argument is no integer
            ValueError: if it is out of range
        """
        super().__init__(check_int_range(n, "n", 3, 100_000_000))
        #: the width of the gap
        self.k: Final[int] = check_int_range(k, "k", 2, n - 1)
        self.data = (self.n, self.k)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, bounds, number of bits and width of the gap."""
        super().log_parameters_to(logger)
        logger.key_value("k", self.k)

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()}_{self.n}_{self.k}"


class Jump(_Gap):
    """The number of zeros; but less than ``k`` of them are the worse, the fewer they are.

    Source: S. Droste, T. Jansen, I. Wegener, On the analysis of the (1+1) evolutionary algorithm,
    2002, 10.1016/S0304-3975(01)00182-7.

    >>> [Jump(6, 3).evaluate(np.arange(6) < ones) for ones in range(7)]
    [6, 5, 4, 3, 7, 8, 0]
    """

    function = staticmethod(_jump)

    def upper_bound(self) -> int:
        """Return the value of a string with a single zero."""
        return self.n + self.k - 1


class Plateau(_Gap):
    """The number of zeros; but less than ``k`` of them, if not none, are all as bad as ``k``.

    Source: D. Antipov, B. Doerr, Precise Runtime Analysis for Plateaus, PPSN XV, 2018,
    10.1007/978-3-319-99259-4_10.

    >>> [Plateau(6, 3).evaluate(np.arange(6) < ones) for ones in range(7)]
    [6, 5, 4, 3, 3, 3, 0]
    """

    function = staticmethod(_plateau)


class TwoMax(BitStringProblem):
    """The distance to all zeros or to all ones, whichever is less; only all ones are the optimum.

    Source: T. Friedrich, P. S. Oliveto, D. Sudholt, C. Witt, Analysis of diversity-preserving
    mechanisms for global exploration, 2009, 10.1162/evco.2009.17.4.17401.

    >>> [TwoMax(5).evaluate(np.arange(5) < ones) for ones in range(6)]
    [1, 2, 3, 3, 2, 0]
    """

    function = staticmethod(_twomax)

    def upper_bound(self) -> int:
        """Return the value of a string with as many zeros as ones."""
        return 1 + self.n // 2


ENTRIES: Final = (
    bits_entry(Jump, "number of zeros, but a few of them mislead",
               "10.1016/S0304-3975(01)00182-7", ("16_4", "64_4", "256_5", "1024_3")),
    bits_entry(Plateau, "number of zeros, but a few of them do not lead on",
               "10.1007/978-3-319-99259-4_10", ("16_4", "64_4", "256_5", "1024_3")),
    bits_entry(TwoMax, "distance to all zeros or all ones", "10.1162/evco.2009.17.4.17401"),
)
