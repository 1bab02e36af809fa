"""What trials are worth to those that learn from them, whatever their state."""

from collections.abc import Sequence

import numpy as np

from fescue.tuning.trials import Trial, TrialState


def estimates(trials: Sequence[Trial]) -> np.ndarray:
    """Return finite scores of trials, a column for each objective.

    Failed trials get the worst score. Pruned ones get what they have reported last, but at least
    the median: they were given up since half of the others were better.

    Args:
        trials: at least one of them with a finite score

    >>> def trial(score, state=TrialState.COMPLETE, scores=()):
    ...     return Trial(0, {}, score, state, scores=scores)
    >>> estimates([trial(3.0), trial(1.0), trial(np.inf, TrialState.FAILED)]).tolist()
    [[3.0], [1.0], [3.0]]
    >>> estimates([trial(4.0, scores=(3.0, 1.0)), trial(np.inf, TrialState.FAILED)]).tolist()
    [[3.0, 1.0], [3.0, 1.0]]
    """
    n = next((len(t.scores) for t in trials if t.scores), 1)
    values = np.array([t.scores or (t.score,) * n for t in trials], float)
    known = np.array([t.is_informative() for t in trials])
    worst, middle = values[known].max(axis=0), np.median(values[known], axis=0)
    values[~known] = worst
    if n == 1:
        for i, trial in enumerate(trials):
            if trial.state is TrialState.PRUNED and trial.last_report() < np.inf:
                values[i] = max(trial.last_report(), middle[0])
    return values


def order(trials: Sequence[Trial]) -> np.ndarray:
    """Return the indices of trials, the best first, earlier ones before equal ones.

    With several objectives these are front after front of those that no other one dominates, and
    in a front those with the smallest sum of ranks first.

    >>> def trial(*scores):
    ...     return Trial(0, {}, sum(scores), TrialState.COMPLETE, scores=scores)
    >>> order([trial(2.0, 2.0), trial(1.0, 1.0), trial(0.0, 3.0)]).tolist()
    [1, 2, 0]
    """
    values = estimates(trials)
    if values.shape[1] == 1:
        return np.argsort(values[:, 0], kind="stable")
    ranks = np.argsort(np.argsort(values, axis=0, kind="stable"), axis=0, kind="stable")
    below = (values[:, None, :] <= values[None, :, :]).all(axis=2)
    dominates = below & ~below.T
    fronts = np.zeros(len(values), int)
    left, front = np.ones(len(values), bool), 0
    while left.any():
        free = left & ~(dominates & left[:, None]).any(axis=0)
        fronts[free] = front
        left &= ~free
        front += 1
    return np.lexsort((ranks.sum(axis=1), fronts))
