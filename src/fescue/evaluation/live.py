"""A running experiment, watched from outside: only files are read, nothing is locked or written."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import Final

import numpy as np

from fescue.evaluation.run_reader import FolderReader
from fescue.evaluation.runs import FAILED, OK, PARTIAL, Runs
from fescue.utils.naming import duration_to_str

#: the rate is that of the runs that were over in the last seconds
_RECENT: Final = 120.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is there at one moment.

    Attributes:
        runs: all runs that have left files, those that go on included
        n_planned: how many runs there will be, ``None`` if that is unknown
        rate: how many runs are over per second, ``nan`` if that is unknown
    """

    runs: Runs
    n_planned: int | None
    rate: float

    def count(self, state: str) -> int:
        """Return how many runs are ``ok``, ``failed`` or ``partial``."""
        return int((self.runs["state"] == state).sum())

    @property
    def n_over(self) -> int:
        """The number of runs that are over."""
        return self.count(OK) + self.count(FAILED)

    @property
    def seconds_left(self) -> float:
        """The time that the rest will take at this rate, ``nan`` if that is unknown."""
        if self.n_planned is None or not self.rate > 0:
            return float("nan")
        return max(self.n_planned - self.n_over, 0) / self.rate

    def open_runs(self) -> Runs:
        """Return the runs that go on, or were killed, as far as they have written something."""
        return self.runs.select(self.runs["state"] == PARTIAL)

    def sentence(self) -> str:
        """Return the counts in words."""
        of = "" if self.n_planned is None else f" of {self.n_planned:,}"
        parts = [f"{self.n_over:,}{of} runs are over"]
        parts += [f"{n:,} {name}" for n, name in (
            (self.count(FAILED), "failed"), (self.count(PARTIAL), "not complete"),
            (len(self.runs.problems), "cannot be read")) if n]
        if self.rate > 0:
            parts.append(f"{self.rate:.3g} per second" if self.rate >= 0.1
                         else f"{60 * self.rate:.3g} per minute")
        if self.seconds_left > 0:
            parts.append(f"about {duration_to_str(self.seconds_left)} left")
        return ", ".join(parts)


class Watcher:
    """Looks at the folder of an experiment again and again."""

    def __init__(self, folder: str | PathLike[str], n_planned: int | None = None,
                 now: Callable[[], float] = time.time) -> None:
        """Prepare it.

        Args:
            folder: the folder
            n_planned: how many runs there will be, if that is known
            now: the clock of the files' times, in seconds
        """
        self._reader = FolderReader(folder)
        self._n_planned = n_planned
        self._now = now

    def look(self) -> Snapshot:
        """Return what is there now.

        Raises:
            OSError: if the folder cannot be read
        """
        runs = self._reader.read(partial=True)
        found = self._reader.found
        ends = np.sort(np.array([] if found is None else found.times, np.float64)) / 1e9
        recent = ends[ends > self._now() - _RECENT]
        rate = float("nan")
        if len(recent) > 1:
            rate = (len(recent) - 1) / max(self._now() - float(recent[0]), 0.001)
        return Snapshot(runs, self._n_planned, rate)
