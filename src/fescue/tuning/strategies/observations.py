"""What a strategy has learned from trials: their rows and what they are worth, in arrays."""

from typing import Any

import numpy as np

from fescue.tuning.strategies.cube import Cube
from fescue.tuning.trials import Trial, TrialState


class Observations:
    """Trials that have ended, whatever their state.

    Failed trials count as the worst score. Pruned ones count as what they have reported last, but
    at least as the median: they were given up since half of the others were better.
    """

    def __init__(self, cube: Cube) -> None:
        """Know nothing.

        Args:
            cube: makes rows of settings
        """
        self._cube = cube
        self._n = 0
        self._rows = np.zeros((16, len(cube.n_values)))
        #: a row of scores for each trial: ``inf`` if it has none, and the last report if pruned
        self._scores = np.full((16, 1), np.inf)
        self._is_pruned = np.zeros(16, bool)
        #: how many trials have a finite score
        self.n_informative = 0

    def __len__(self) -> int:
        return self._n

    def add(self, trial: Trial, row: np.ndarray | None = None) -> None:
        """Take note of a trial that has ended.

        Args:
            trial: the trial
            row: its row, if that is known
        """
        n = self._n
        if n == len(self._rows):
            self._rows = np.concatenate((self._rows, np.zeros_like(self._rows)))
            self._scores = np.concatenate((self._scores, np.full_like(self._scores, np.inf)))
            self._is_pruned = np.concatenate((self._is_pruned, np.zeros(n, bool)))
        self._rows[n] = self._cube.row(trial.parameters) if row is None else row
        if trial.is_informative():
            if len(trial.scores) > self._scores.shape[1]:
                self._scores = np.repeat(self._scores, len(trial.scores), axis=1)
            self._scores[n] = trial.scores or trial.score
            self.n_informative += 1
        elif trial.state is TrialState.PRUNED:
            self._scores[n] = trial.last_report()
            self._is_pruned[n] = True
        self._n += 1

    def rows(self) -> np.ndarray:
        """Return the rows of all trials, in their order."""
        return self._rows[:self._n]

    def informative(self) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and scores of the trials that have some."""
        known = np.isfinite(self._scores[:self._n]).all(axis=1) & ~self._is_pruned[:self._n]
        return self._rows[:self._n][known], self._scores[:self._n][known]

    def estimates(self) -> np.ndarray:
        """Return finite scores of all trials, a column for each objective.

        There must be a trial with a finite score.
        """
        scores, pruned = self._scores[:self._n].copy(), self._is_pruned[:self._n]
        known = np.isfinite(scores).all(axis=1) & ~pruned
        worst = scores[known].max(axis=0)
        if pruned.any():
            middle: Any = np.median(scores[known], axis=0)
            reported = pruned & np.isfinite(scores).all(axis=1)
            scores[reported] = np.maximum(scores[reported], middle)
            known = known | reported if scores.shape[1] == 1 else known
        scores[~known] = worst
        return scores

    def order(self) -> np.ndarray:
        """Return the numbers of all trials, the best first, earlier ones before equal ones.

        With several objectives these are front after front of those that no other one dominates,
        and in a front those with the smallest sum of ranks first.
        """
        values = self.estimates()
        if values.shape[1] == 1:
            return np.argsort(values[:, 0], kind="stable")
        ranks = np.argsort(np.argsort(values, axis=0, kind="stable"), axis=0, kind="stable")
        below = (values[:, None, :] <= values[None, :, :]).all(axis=2)
        dominates = below & ~below.T
        fronts, left, front = np.zeros(len(values), int), np.ones(len(values), bool), 0
        while left.any():
            free = left & ~(dominates & left[:, None]).any(axis=0)
            fronts[free] = front
            left &= ~free
            front += 1
        return np.lexsort((ranks.sum(axis=1), fronts))
