"""Bayesian optimization: propose what the model expects to improve most."""

from collections.abc import Iterator
from math import isfinite, log, pi, sqrt
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace, ParameterType
from fescue.tuning.strategies.gp import GaussianProcess
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.trials import Trial, TrialState
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import type_error

#: more observations are not given to the model: the best and the newest are
_MOST: Final = 400
#: how many candidates are drawn, and how often the best ones are refined
_CANDIDATES, _ROUNDS, _REFINED = 400, 6, 4
#: what must be improved, in standard deviations of the warped scores, when it explores
_EXPLORE: Final = 0.5
#: closer settings are no new ones
_CLOSE: Final = 1e-3


class BayesianStrategy(RandomSearchStrategy):
    """Fit a Gaussian process to the scores and propose the largest expected improvement.

    The first settings are spread by a Latin hypercube. Trials in flight are taken for what the
    model expects of them, failed ones for the worst score so far. Nothing is proposed twice as long
    as there is anything else.

    Source: D. R. Jones, M. Schonlau, W. J. Welch, Efficient Global Optimization of Expensive
    Black-Box Functions, 1998, 10.1023/A:1008306431147; S. Ament et al., Unexpected Improvements to
    Expected Improvement for Bayesian Optimization, 2023, arXiv:2310.20708.
    """

    def __init__(self, exploration_rate: float = 0.1) -> None:
        """Create it.

        Args:
            exploration_rate: the share of proposals that are made where much is to be won rather
                than where it is likely, in ``[0, 1]``

        Raises:
            TypeError: if it is no number
            ValueError: if it is out of range
        """
        if isinstance(exploration_rate, bool) or not isinstance(exploration_rate, int | float):
            raise type_error(exploration_rate, "exploration_rate", float)
        if not 0 <= exploration_rate <= 1:
            raise ValueError(
                f"exploration_rate={exploration_rate} is invalid, must be in [0, 1].")
        #: the share of proposals that explore
        self.exploration_rate: Final[float] = float(exploration_rate)

    def is_quick(self) -> bool:
        """Return that a proposal takes some hundredths of a second."""
        return False

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials)
        is_choice = np.array([p.type is ParameterType.CATEGORICAL for p in space.parameters])
        self._is_choice = is_choice
        self._model = GaussianProcess(is_choice)
        n_first = max(2, min(2 * space.dimension + 2, 12, n_trials // 3))
        self._first = [
            (random.permutation(n_first) + random.random(n_first)) / n_first
            for _ in space.parameters]
        self._asked = 0
        self._pending: dict[Any, np.ndarray] = {}
        self._rows: list[np.ndarray] = []
        self._scores: list[float] = []
        self._best_at = 0

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` if all have been there."""
        x = self._propose()
        if x is None or self.space().broken(x) or not self._is_new(x):
            x = super().ask()
        self._asked += 1
        if x is not None:
            self._pending[self.space().key(x)] = self._row(x)
        return x

    def tell(self, trial: Trial) -> None:
        """Learn how a trial has ended."""
        super().tell(trial)
        self._pending.pop(self.space().key(trial.parameters), None)
        if trial.state is TrialState.CANCELLED:
            return
        score = trial.score if trial.is_informative() else np.inf
        if score < min(self._scores, default=np.inf):
            self._best_at = len(self._scores)
        self._rows.append(self._row(trial.parameters))
        self._scores.append(score)

    def _row(self, x: dict[str, Any]) -> np.ndarray:
        return np.array([p.choices.index(x[p.name]) if p.choices is not None else p.unit(x[p.name])
                         for p in self.space().parameters], float)

    def _propose(self) -> dict[str, Any] | None:
        space, n_first = self.space(), len(self._first[0])
        if self._asked < n_first:
            return space.at(column[self._asked] for column in self._first)
        if sum(map(isfinite, self._scores)) < 2:
            return None
        rows, scores = self._chosen()
        model = self._model
        model.fit(rows, scores)
        model.believe(np.array(list(self._pending.values())).reshape(-1, space.dimension))
        margin = _EXPLORE if self.random().random() < self.exploration_rate else 0.0
        target = model.best() - margin
        candidates = self._candidates(rows, scores)
        if not candidates:
            return None
        values = self._expected(candidates, target)
        for round_ in range(_ROUNDS):
            order = np.argsort(-values)[:_REFINED]
            nearby = self._distinct(
                self._moved(candidates[i], 0.1 / 3 ** (round_ / 2), 1.5) for i in order
                for _ in range(12))
            if nearby:
                better = self._expected(nearby, target)
                candidates = [candidates[i] for i in order] + nearby
                values = np.concatenate((values[order], better))
        return candidates[int(np.argmax(values))]

    def _chosen(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the observations that the model is given; failures count as the worst score."""
        scores = np.array(self._scores)
        worst = scores[np.isfinite(scores)].max()
        scores = np.where(np.isfinite(scores), scores, worst)
        rows = np.array(self._rows)
        if len(rows) > _MOST:
            best = np.argsort(scores, kind="stable")[:_MOST // 2]
            newest = np.arange(len(rows) - _MOST // 2, len(rows))
            kept = np.union1d(best, newest)
            rows, scores = rows[kept], scores[kept]
        return rows, scores

    def _candidates(self, rows: np.ndarray, scores: np.ndarray) -> list[dict[str, Any]]:
        """Return new settings: random ones, neighbours and mixtures of good ones."""
        space, random = self.space(), self.random()
        good = [self._setting(rows[i]) for i in np.argsort(scores, kind="stable")[:8]]

        def drawn() -> Iterator[dict[str, Any]]:
            for _ in range(_CANDIDATES // 2):
                yield space.at(random.random(space.dimension))
            for _ in range(_CANDIDATES // 4):
                x = good[int(len(good) * random.random() ** 2)]
                yield self._moved(x, 10.0 ** -(1 + 2 * random.random()), 2.0)
            for _ in range(_CANDIDATES // 8):  # one parameter is drawn again
                x = dict(good[int(len(good) * random.random() ** 2)])
                p = space.parameters[random.integers(space.dimension)]
                x[p.name] = p.at(random.random())
                yield x
            for _ in range(_CANDIDATES // 8):  # each parameter from one of two
                a, b = (good[random.integers(len(good))] for _ in range(2))
                yield {name: (a if random.random() < 0.5 else b)[name] for name in a}

        found = self._distinct(drawn())
        if len(self._scores) - self._best_at > 2 * space.dimension + 4:
            # nothing better for a while: what is left around the best one does not matter
            best = rows[int(np.argmin(scores))]
            away = [x for x in found if self._distance(self._row(x), best) > 0.05]
            return away or found
        return found

    def _setting(self, row: np.ndarray) -> dict[str, Any]:
        return {p.name: p.choices[int(v)] if p.choices is not None else p.at(float(v))
                for p, v in zip(self.space().parameters, row, strict=True)}

    def _moved(self, x: dict[str, Any], size: float, changes: float) -> dict[str, Any]:
        """Return a neighbour: some parameters are changed, at least one."""
        space, random = self.space(), self.random()
        chosen = random.random(space.dimension) < changes / space.dimension
        chosen[random.integers(space.dimension)] = True
        result = dict(x)
        for p, change in zip(space.parameters, chosen, strict=True):
            if change and p.choices is not None:
                result[p.name] = p.at(random.random())
            elif change:
                # at least one step, where there are some
                width = max(size, 1.5 / p.n_values())
                result[p.name] = p.at(float(np.clip(
                    p.unit(x[p.name]) + width * random.standard_normal(), 0, 1)))
        return result

    def _distinct(self, settings: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return those that have not been there, each once, and are not close to any that has."""
        space = self.space()
        found = {space.key(x): x for x in settings}
        new = [x for key, x in found.items() if key not in self._seen and not space.broken(x)]
        if not new or not self._rows:
            return new
        rows = np.array([self._row(x) for x in new])
        known = np.array(self._rows[-_MOST:])
        difference = np.abs(rows[:, None, :] - known[None, :, :])
        difference[:, :, self._is_choice] = difference[:, :, self._is_choice] > 0
        free = difference.max(axis=2).min(axis=1) > _CLOSE
        # where all values can be listed, each of them is another one
        return [x for x, is_free in zip(new, free, strict=True) if is_free] if (
            not space.is_finite()) else new

    def _distance(self, a: np.ndarray, b: np.ndarray) -> float:
        difference = np.abs(a - b)
        difference[self._is_choice] = difference[self._is_choice] > 0
        return float(difference.max())

    def _expected(self, settings: list[dict[str, Any]], target: float) -> np.ndarray:
        """Return the logarithm of the expected improvement."""
        mean, deviation = self._model.predict(np.array([self._row(x) for x in settings]))
        return np.asarray(log_improvement((target - mean) / deviation) + np.log(deviation))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and rate."""
        super().log_parameters_to(logger)
        logger.key_value("explorationRate", self.exploration_rate)


def log_improvement(z: np.ndarray) -> np.ndarray:
    """Return the logarithm of ``phi(z) + z * Phi(z)``, also where that is too small for floats.

    >>> log_improvement(np.array([0.0])).round(3).tolist()
    [-0.919]
    """
    from scipy.special import erfcx, ndtr

    z = np.asarray(z, float)
    density = -0.5 * z * z - 0.5 * log(2 * pi)
    result = np.empty_like(z)
    large = z > -1
    result[large] = np.log(np.exp(density[large]) + z[large] * ndtr(z[large]))
    far = z < -1e3
    result[far] = density[far] - 2 * np.log(-z[far])
    middle = ~large & ~far
    v = z[middle]
    result[middle] = density[middle] + np.log1p(
        np.maximum(v * sqrt(pi / 2) * erfcx(-v / sqrt(2)), -1 + 1e-16))
    return np.asarray(result)
