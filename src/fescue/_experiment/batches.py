"""How many runs travel to an executor together: many if they are short, one if they take a while.

A cluster needs milliseconds for each call, which is much for a run of a millisecond. What is
decided here depends on the clock, but only how runs travel, never what comes out.
"""

from collections import deque
from statistics import median
from typing import Final

#: what travels together takes about so many seconds; a worker gives back what it has not begun then
SECONDS: Final = 0.05
_MOST: Final = 64
#: so many runs are handed over at first, one by one, until it shows how long they take
_FIRST: Final = 32
_PATIENCE: Final = 0.5
_LAST: Final = 31


class Batches:
    """Decides how many runs are handed over, and how many of them together."""

    def __init__(self, window: int, together: bool) -> None:
        """Begin.

        Args:
            window: how many calls go on at a time, at most
            together: whether a call may be that of several runs
        """
        self._window = window
        self._together = together
        self._seconds: deque[float] = deque(maxlen=_LAST)
        self._has_waited = not together

    def window(self) -> int:
        """Return how many calls may go on now."""
        return self._window if self._has_waited or self._seconds else min(_FIRST, self._window)

    def patience(self) -> float | None:
        """Return for how many seconds to wait for an end until more is handed over."""
        return None if self._has_waited or self._seconds else _PATIENCE

    def stop_waiting(self) -> None:
        """Take note that patience is over: the runs are long, and travel alone."""
        self._has_waited = True

    def size(self) -> int:
        """Return how many runs the next call is for, at least 1."""
        if not self._together or not self._seconds:
            return 1
        return min(_MOST, max(1, int(SECONDS / max(median(self._seconds), 1e-6))))

    def note(self, seconds: float) -> None:
        """Take note of how long a run has taken."""
        self._seconds.append(seconds)
