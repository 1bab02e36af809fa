"""What is left to be done of an experiment, in which order, and what has become of it."""

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from numpy.random import default_rng

from fescue._experiment.claims import sweep
from fescue._experiment.driver import Outcome, Task
from fescue._experiment.files import FAILURES, State, log_name, state_of
from fescue._experiment.progress import Tally
from fescue.api._work import Pair
from fescue.utils.errors import ExperimentError
from fescue.utils.nputils import rand_seeds_from_str


class Agenda:
    """The runs that are left; of a million of them it holds little more than the seeds.

    Attributes:
        tally: how far the experiment is
    """

    def __init__(self, base: Path, pairs: Sequence[Pair], rounds: Sequence[int],
                 retry_failed: bool) -> None:
        """Look which runs are there.

        Args:
            base: the folder of the experiment; those of pairs are created below it
            pairs: the setups and instances
            rounds: increasing numbers of runs of each pair
            retry_failed: whether failed runs are to be done again

        Raises:
            OSError: if a folder cannot be created or read
        """
        self._base = base
        self._pairs = pairs
        self._rounds = rounds
        self._random = default_rng()  # only the order of work depends on it
        self._failures: dict[Path, str] = {}
        self._seeds = cache(rand_seeds_from_str)  # the same for all setups
        #: for each pair the seeds that are left, and the time of the failed log to be replaced
        self._left: list[dict[int, int | None]] = []
        for pair in pairs:
            folder = base / pair.algorithm / pair.instance
            folder.mkdir(parents=True, exist_ok=True)
            with os.scandir(folder) as entries:
                names = {entry.name for entry in entries}
            left: dict[int, int | None] = dict.fromkeys(self._seeds(pair.instance, rounds[-1]))
            if names:
                sweep(folder, names)
                for seed in list(left):
                    name = log_name(pair.algorithm, pair.instance, seed)
                    if name in names:
                        self._look_at(folder / name, seed, left, retry_failed)
            self._left.append(left)
        total = len(pairs) * rounds[-1]
        self.tally = Tally(total, total - sum(map(len, self._left)))

    def _look_at(self, log: Path, seed: int, left: dict[int, int | None],
                 retry_failed: bool) -> None:
        """Strike a run off if its log says so."""
        state = state_of(log)
        if state in FAILURES and retry_failed:
            left[seed] = log.stat().st_mtime_ns
        elif state in FAILURES:
            self._failures[log] = f"{state.value} earlier, see its log"
            del left[seed]
        elif state is State.DONE:
            del left[seed]

    def open_pairs(self) -> list[int]:
        """Return the indices of the pairs that have runs left."""
        return [index for index, left in enumerate(self._left) if left]

    def tasks(self) -> Iterator[Task]:
        """Yield the runs that are left, once, round by round, in random order."""
        for runs in self._rounds:
            for index in self._random.permutation(len(self._pairs)).tolist():
                pair, left = self._pairs[index], self._left[index]
                seeds = self._seeds(pair.instance, runs)
                folder = self._base / pair.algorithm / pair.instance
                for i in self._random.permutation(runs).tolist():
                    if seeds[i] in left:
                        yield Task(folder / log_name(pair.algorithm, pair.instance, seeds[i]),
                                   index, seeds[i], left.pop(seeds[i]))

    def settle(self, outcome: Outcome) -> None:
        """Take note of what has become of a run."""
        self.tally.count(outcome.state)
        if outcome.state not in (State.DONE, State.RUNNING):
            self._failures[outcome.log] = f"{outcome.state.value}: {outcome.text}"

    def raise_failures(self) -> None:
        """Raise all failures as one exception, if there are any."""
        if self._failures:
            lines = "\n".join(f"  {path}: {why}" for path, why in self._failures.items())
            raise ExperimentError(
                f"{len(self._failures)} runs failed, all others are complete; "
                f"retry_failed=True does them again:\n{lines}")
