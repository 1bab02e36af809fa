"""Bayesian optimization: propose what the model expects to improve most."""

from collections.abc import Callable
from math import log, pi, sqrt
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.gp import GaussianProcess
from fescue.tuning.strategies.model import ModelStrategy
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import type_error

#: more observations are not given to the model: the best and the newest are
_MOST: Final = 400
#: how many candidates are drawn, how often the best ones are refined, and by how many neighbours
_CANDIDATES, _ROUNDS, _REFINED, _NEIGHBOURS = 400, 6, 4, 12
#: what must be improved, in standard deviations of the warped scores, when it explores
_EXPLORE: Final = 0.5
#: closer settings are no new ones
_CLOSE: Final = 1e-3
#: so many proposals are taken from the same candidates at most
_PICKS: Final = 32
#: so many of the newest trials in flight are believed in
_PENDING: Final = 100


class BayesianStrategy(ModelStrategy):
    """Fit a Gaussian process to the scores and propose the largest expected improvement.

    The first settings are spread by a Latin hypercube. Trials in flight are taken for what the
    model expects of them, failed ones for the worst score so far, pruned ones for what they had
    reported or the median, whichever is worse. Now and then the minimum of a quadratic model around
    the best setting is proposed, more often when that has been worth it. Nothing is proposed twice
    as long as there is anything else. With several objectives each has its model, and the expected
    improvement is that of a random scalarization, another one for each proposal.

    Source: D. R. Jones, M. Schonlau, W. J. Welch, Efficient Global Optimization of Expensive
    Black-Box Functions, 1998, 10.1023/A:1008306431147; S. Ament et al., Unexpected Improvements to
    Expected Improvement for Bayesian Optimization, 2023, arXiv:2310.20708; J. Knowles, ParEGO,
    2006, 10.1109/TEVC.2005.851274.
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
        super().__init__()
        if isinstance(exploration_rate, bool) or not isinstance(exploration_rate, int | float):
            raise type_error(exploration_rate, "exploration_rate", float)
        if not 0 <= exploration_rate <= 1:
            raise ValueError(
                f"exploration_rate={exploration_rate} is invalid, must be in [0, 1].")
        #: the share of proposals that explore
        self.exploration_rate: Final[float] = float(exploration_rate)

    def settings(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"exploration_rate": self.exploration_rate}

    def is_quick(self) -> bool:
        """Return that a proposal takes some hundredths of a second."""
        return False

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        n_first = max(2, min(2 * space.dimension + 2, 12, n_trials // 3))
        columns = [(random.permutation(n_first) + random.random(n_first)) / n_first
                   for _ in space.parameters]
        self._first = list(np.array(columns).T)
        self._asked = 0
        self._models: list[GaussianProcess] = []
        #: with many trials in flight, so many proposals are made before the models are brought
        #: up to date
        self._patience = max(1, workers // 8)
        self._picks = 0
        self._pool = _Pool(np.zeros((0, space.dimension)), [])

    def _has_begun(self) -> bool:
        return self._asked >= len(self._first)

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` if all have been there."""
        x = super().ask()
        self._asked += 1
        if x is not None and self._models:
            self._pool.take(self._cube.row(x), self._models)
        return x

    def _suggest(self) -> dict[str, Any] | None:
        if not self._has_begun():
            return self.space().at(self._first[self._asked])
        # with many in flight, most of the first ones may not have ended
        enough = max(2, len(self._first) - 2)
        if len(self._known) >= 2 * enough:
            enough = 2
        if self._known.n_informative < enough:
            return None
        if not self._models or not len(self._pool.rows) or self._picks >= _PICKS or (
                self._is_news and self._picks >= self._patience):
            self._refill()
        self._picks += 1
        if not len(self._pool.rows):
            return None
        values = self._improvement()(self._pool.means, self._pool.deviations())
        return self._cube.setting(self._pool.rows[int(np.argmax(values))])

    def _refill(self) -> None:
        """Bring models and candidates up to date."""
        chosen, scores = self._chosen()
        rows = self._known.rows()
        if len(self._models) != scores.shape[1]:
            self._models = [GaussianProcess(self._cube.is_choice) for _ in scores.T]
        for model, column in zip(self._models, scores.T, strict=True):
            model.fit(rows[chosen], column, len(rows))
            for row in list(self._pending.values())[-_PENDING:]:
                model.believe(row)
        self._picks, self._is_news = 0, False
        pool = self._candidates(rows[chosen], scores)
        self._pool = _Pool(pool, self._models)
        if not len(pool):
            return
        rate = self._improvement()
        values = rate(self._pool.means, self._pool.deviations())
        best = pool
        for round_ in range(_ROUNDS):
            order = np.argsort(-values)[:_REFINED]
            best, values = best[order], values[order]
            nearby = self._distinct(self._moved(
                np.repeat(best, _NEIGHBOURS, axis=0), 0.1 / 3 ** (round_ / 2), 1.5))
            if len(nearby):
                more = _Pool(nearby, self._models)
                best = np.vstack((best, nearby))
                values = np.concatenate((values, rate(more.means, more.deviations())))
                self._pool.add(more)

    def _chosen(self) -> tuple[np.ndarray, np.ndarray]:
        """Return which observations the model is given, and a column of scores per objective."""
        scores = self._known.estimates()
        total = scores.sum(axis=1)
        chosen = np.arange(len(scores))
        if len(scores) > _MOST:
            best = np.argsort(total, kind="stable")[:_MOST // 2]
            chosen = np.union1d(best, chosen[-(_MOST // 2):])
        return chosen, scores[chosen]

    def _improvement(self) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        """Return a function that rates means and deviations, larger is better."""
        n_objectives = len(self._models)
        margin = _EXPLORE if self.random().random() < self.exploration_rate else 0.0
        if n_objectives == 1:
            target = self._models[0].best() - margin

            def expected(means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
                return np.asarray(log_improvement(
                    (target - means[0]) / deviations[0]) + np.log(deviations[0]))

            return expected
        # Chebyshev distances from the best of each objective, with random weights
        weights = 1 / np.maximum(self.random().dirichlet(np.ones(n_objectives)), 1e-3)
        weights /= weights.sum()
        known = np.array([model.warped() for model in self._models])
        ideal = known.min(axis=1, keepdims=True) - 0.1
        noise = self.random().standard_normal((16, n_objectives, 1))

        def distance(y: np.ndarray) -> np.ndarray:
            scaled = weights[:, None] * (y - ideal)
            return np.asarray(scaled.max(axis=-2) + 0.05 * scaled.sum(axis=-2))

        nearest = distance(known).min() - margin * weights.mean()

        def improvement(means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
            samples = distance(means + deviations * noise)
            mean, spread = samples.mean(axis=0), samples.std(axis=0) + 1e-9
            return np.asarray(log_improvement((nearest - mean) / spread) + np.log(spread))

        return improvement

    def _candidates(self, rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """Return new settings: random ones, neighbours and mixtures of good ones."""
        random, d = self.random(), rows.shape[1]
        order = np.argsort(self._rating(scores), kind="stable")
        good = rows[order[:8]]

        def some(n: int) -> np.ndarray:
            return np.asarray(good[(len(good) * random.random(n) ** 2).astype(int)])

        n = _CANDIDATES // 8
        redrawn = some(n)
        columns = random.integers(0, d, n)
        redrawn[np.arange(n), columns] = self._cube.random(random, n)[np.arange(n), columns]
        mixed = np.where(random.random((n, d)) < 0.5, good[random.integers(0, len(good), n)],
                         good[random.integers(0, len(good), n)])
        found = self._distinct(np.vstack((
            self._cube.random(random, 4 * n),
            self._moved(some(2 * n), 10.0 ** -(1 + 2 * random.random((2 * n, 1))), 2.0),
            self._cube.snapped(redrawn), self._cube.snapped(mixed))))
        if len(found) and scores.shape[1] == 1 and (
                len(self._known) - self._found_at >= 2 * d + 4):
            # nothing better for a while: what is left around the best one does not matter
            away = found[self._cube.distances(found, good[:1])[:, 0] > 0.05]
            found = away if len(away) else found
        return np.asarray(found)

    def _rating(self, scores: np.ndarray) -> np.ndarray:
        """Return a number for each row of scores by which good ones are chosen."""
        if scores.shape[1] == 1:
            return scores[:, 0]
        low, high = scores.min(axis=0), scores.max(axis=0)
        weights = self.random().dirichlet(np.ones(scores.shape[1]))
        return np.asarray(((scores - low) / np.maximum(high - low, 1e-300) * weights).max(axis=1))

    def _moved(self, rows: np.ndarray, size: Any, changes: float) -> np.ndarray:
        """Return neighbours: some parameters are changed, at least one."""
        random, (n, d) = self.random(), rows.shape
        chosen = random.random((n, d)) < changes / d
        chosen[np.arange(n), random.integers(0, d, n)] = True
        # at least one step, where there are some
        width = np.maximum(size, 1.5 / self._cube.n_values)
        moved = rows + width * random.standard_normal((n, d))
        choices = self._cube.is_choice
        if choices.any():
            moved[:, choices] = self._cube.spread(random.random((n, d)))[:, choices]
        return self._cube.snapped(np.where(chosen, moved, rows))

    def _distinct(self, rows: np.ndarray) -> np.ndarray:
        """Return those that are not close to any that has been there, each once."""
        rows = np.unique(rows, axis=0)
        known = np.vstack((self._known.rows()[-_MOST:], *(
            row[None] for row in self._pending.values())))
        if len(known):
            # where all values can be listed, each of them is another one
            close = 1e-9 if self.space().is_finite() else _CLOSE
            rows = rows[self._cube.distances(rows, known).min(axis=1) > close]
        if self.space().constraint_names():
            rows = rows[[not self.space().broken(self._cube.setting(row)) for row in rows]]
        return rows

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and rate."""
        super().log_parameters_to(logger)
        logger.key_value("explorationRate", self.exploration_rate)


class _Pool:
    """Candidates, and what models expect of them."""

    def __init__(self, rows: np.ndarray, models: list[GaussianProcess]) -> None:
        predictions = [model.predict(rows) for model in models] if len(rows) else []
        self.rows = rows
        self.means = np.array([mean for mean, _, _ in predictions])
        self._variances = np.array([deviation ** 2 for _, deviation, _ in predictions])
        self._halves = [half for _, _, half in predictions]

    def deviations(self) -> np.ndarray:
        """Return a row of standard deviations for each model."""
        return np.asarray(np.sqrt(np.maximum(self._variances, 1e-12)))

    def add(self, other: "_Pool") -> None:
        """Add other candidates."""
        self.rows = np.vstack((self.rows, other.rows))
        self.means = np.hstack((self.means, other.means))
        self._variances = np.hstack((self._variances, other._variances))
        self._halves = [np.hstack(pair) for pair in zip(self._halves, other._halves, strict=True)]

    def take(self, row: np.ndarray, models: list[GaussianProcess]) -> None:
        """Take note of a setting that is in flight now."""
        if not len(self.rows):
            return
        for i, model in enumerate(models):
            change, self._halves[i] = model.believe(row, self.rows, self._halves[i])
            self._variances[i] -= change
        kept = (np.abs(self.rows - row) > 1e-12).any(axis=1)
        if not kept.all():
            self.rows, self.means = self.rows[kept], self.means[:, kept]
            self._variances = self._variances[:, kept]
            self._halves = [half[:, kept] for half in self._halves]


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
