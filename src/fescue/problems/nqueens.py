"""Queens on a chessboard of any size."""

from math import isqrt
from typing import Any, Final

import numpy as np

from fescue.problems.bitstrings import BitStringProblemWithData, bits_entry
from fescue.utils.types import check_int_range


def _nqueens(x: np.ndarray, data: Any) -> int:
    k, queens, too_many = data[0], 0, 0
    for line in range(k):
        row, column = 0, 0
        for i in range(k):
            if x[line * k + i]:
                row += 1
            if x[i * k + line]:
                column += 1
        queens += row
        too_many += max(0, row - 1) + max(0, column - 1)
    for line in range(1 - k, k):
        falling, rising = 0, 0
        for i in range(max(0, -line), min(k, k - line)):
            if x[i * k + i + line]:
                falling += 1
            if x[i * k + k - 1 - i - line]:
                rising += 1
        too_many += max(0, falling - 1) + max(0, rising - 1)
    return k - queens + k * too_many  # type: ignore[no-any-return]


def _nqueens_change(x: np.ndarray, f: int, at: int, _: int, move: Any, data: Any) -> int:
    k = data[0]
    row, column = at // k, at % k
    in_row = in_column = on_falling = on_rising = 0  # the other queens
    for i in range(k):
        if i != column and x[row * k + i]:
            in_row += 1
        if i == row:
            continue
        if x[i * k + column]:
            in_column += 1
        falling, rising = column + i - row, column + row - i
        if 0 <= falling < k and x[i * k + falling]:
            on_falling += 1
        if 0 <= rising < k and x[i * k + rising]:
            on_rising += 1
    threatened = min(1, in_row) + min(1, in_column) + min(1, on_falling) + min(1, on_rising)
    change = k * threatened - 1  # by a queen that is put there
    return f - change if x[at] else f + change  # type: ignore[no-any-return]


class NQueens(BitStringProblemWithData):
    """The number of missing queens, and k for each one too many on a row, column or diagonal.

    Source: C. Doerr, F. Ye, N. Horesh, H. Wang, O. M. Shir, T. Bäck, Benchmarking discrete
    optimization heuristics with IOHprofiler, 2020, 10.1016/j.asoc.2019.106027.

    >>> board = np.zeros(16, bool)
    >>> board[[1, 7, 8, 14]] = True
    >>> NQueens(16).evaluate(board)
    0
    """

    function = staticmethod(_nqueens)
    change = staticmethod(_nqueens_change)

    def __init__(self, n: int) -> None:
        """Create the problem.

        Args:
            n: the number of squares of the board, itself a square in ``16..10**6``

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range or no square
        """
        super().__init__(check_int_range(n, "n", 16, 1_000_000))
        k = isqrt(self.n)
        if k * k != self.n:
            raise ValueError(f"n={n} is invalid, must be the square of an integer.")
        #: the number of queens
        self.k: Final[int] = k
        self.data = (k, self.n)

    def upper_bound(self) -> int:
        """Return the value of a full board: each further queen shares a line with another one."""
        k = self.k
        return k - k * k + k * (2 * k * (k - 1) + 2 * (k * k - (2 * k - 1)))


ENTRIES: Final = (
    bits_entry(NQueens, "queens on a chessboard that threaten nobody",
               "10.1016/j.asoc.2019.106027", ("16", "25", "64", "256")),
)
