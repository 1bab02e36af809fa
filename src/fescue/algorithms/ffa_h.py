"""Tables of how often objective values have been seen, for frequency fitness assignment."""

from collections import Counter
from math import isfinite
from typing import Any, Final

import numpy as np

from fescue.api.objective import Objective
from fescue.api.process import Process
from fescue.utils.logger import CSV_SEPARATOR
from fescue.utils.naming import num_to_str

#: the title of the section of a log that holds the frequencies
SECTION_H: Final = "H"
#: the largest number of integers for which a table is an array
_LARGEST_ARRAY: Final = 2 ** 26


def create_h(objective: Objective) -> tuple[np.ndarray | Counter[int | float], int]:
    """Return an empty table and the offset of its indices: ``h[f + offset]`` belongs to ``f``.

    Args:
        objective: whose values are counted: with bounded integers of which there are at most
            ``2**26``, the table is an array, otherwise a counter, and the offset 0
    """
    low, high = objective.lower_bound(), objective.upper_bound()
    if objective.is_always_integer() and isfinite(low) and isfinite(high) and (
            high - low < _LARGEST_ARRAY):
        return np.zeros(int(high - low) + 1, np.int64), -int(low)
    return Counter(), 0


def clear_h(h: np.ndarray | Counter[int | float]) -> None:
    """Make a table empty, in place."""
    if isinstance(h, Counter):
        h.clear()
    else:
        h.fill(0)


def h_to_str(h: np.ndarray | Counter[Any], offset: int = 0) -> str:
    """Return how often each objective value has been seen, as text.

    It is a list of pairs of value and number, in increasing order; a value that is one more than
    the one before is left out, so is a number that is 1.

    Args:
        h: the table
        offset: the index of value 0

    >>> h_to_str(Counter({3: 7, 4: 1, 9: 2}))
    '3;7;;;9;2'
    """
    parts: list[str] = []
    last = None
    for index, count in sorted(h.items()) if isinstance(h, Counter) else enumerate(h.tolist()):
        if count > 0:
            value = index - offset
            parts.append("" if last is not None and value == last + 1 else num_to_str(value))
            parts.append("" if count == 1 else str(count))
            last = value
    return CSV_SEPARATOR.join(parts)


def log_h(process: Process, h: np.ndarray | Counter[Any], offset: int = 0) -> None:
    """Write a table into a section of its own of the log, if there is one.

    Args:
        process: the process whose log it is
        h: the table
        offset: the index of value 0
    """
    if process.has_log():
        process.add_log_section(SECTION_H, h_to_str(h, offset))
