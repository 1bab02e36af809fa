"""Records the course of a run: when, what and where are three separate choices."""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import numpy as np

from fescue._engine.clock import Clock
from fescue.utils.naming import num_to_str

#: rows are handed over in blocks of this size, or after this many nanoseconds
_BLOCK_ROWS = 4096
_BLOCK_NANOSECONDS = 1_000_000_000


class Recorder:
    """Turns evaluations into rows ``fe;time;f`` (and ``;f0;f1...``) of the progress table.

    * *when*: at improvements only, or at every FE;
    * *what*: the objective value, and the objective vector if there is one;
    * *where*: ``write`` receives blocks of lines; rows are not kept, so memory does not grow.
    """

    __slots__ = ("_clock", "_compare", "_due", "_kept", "_lock", "_rows", "_vector", "_write",
                 "every")

    def __init__(self, clock: Clock, write: Callable[[str], None], every: bool,
                 vector: Callable[[], np.ndarray] | None = None,
                 compare: Callable[[np.ndarray, np.ndarray], int] | None = None) -> None:
        """Start an empty table.

        Args:
            clock: the run's clock
            write: receives text that ends with a line break
            every: whether each FE makes a row, rather than each improvement
            vector: returns the objective vector of the point that is being noticed
            compare: the domination, needed with ``vector``
        """
        self.every = every
        self._clock = clock
        self._write = write
        self._vector = vector
        self._compare = compare
        self._rows: list[tuple[Any, ...]] = []
        self._kept: list[tuple[int | float, np.ndarray]] = []
        self._due = clock.start
        self._lock = Lock()

    def add(self, n: int, moment: int, f: int | float) -> None:
        """Append the row of FE number ``n``, which happened at ``moment``."""
        if self._vector is None:
            self._rows.append((n, moment, f))
        else:
            fs = self._vector()
            if not self.every and self._is_old_news(f, fs):
                return
            self._rows.append((n, moment, f, *fs.tolist()))
        if len(self._rows) >= _BLOCK_ROWS or moment >= self._due:
            self._due = moment + _BLOCK_NANOSECONDS
            self.flush()

    def flush(self) -> None:
        """Hand over all rows that are still here; may be called from any thread."""
        with self._lock:
            # the thread of the run may append a row at any time: only what was seen is removed
            rows = self._rows[:]
            del self._rows[:len(rows)]
            if rows:
                self._write(self._text(rows))

    def _is_old_news(self, f: int | float, fs: np.ndarray) -> bool:
        """Return whether an earlier row is at least as good in every respect."""
        if self._compare is None:
            return False
        if any(g <= f and self._compare(gs, fs) in (-1, 2) for g, gs in self._kept):
            return True
        self._kept.append((f, fs.copy()))
        return False

    def _text(self, rows: Sequence[tuple[Any, ...]]) -> str:
        start = self._clock.start
        if self._vector is None and all(type(row[2]) is int for row in rows):
            cells: list[int] = []
            for n, moment, f in rows:
                cells += (n, -((start - moment) // 1_000_000), f)
            return ("%d;%d;%d\n" * len(rows)) % tuple(cells)
        at = self._clock.millis_at
        return "".join(
            f"{row[0]};{at(row[1])};{';'.join(map(num_to_str, row[2:]))}\n" for row in rows)
