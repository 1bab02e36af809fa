"""Parzen estimators: propose what is likely among good settings and unlikely among others."""

from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.cube import Cube
from fescue.tuning.strategies.model import ModelStrategy

#: so many random settings come first
_FIRST: Final = 10
#: the share of trials that are good ones, and how many there are at most
_SHARE, _MOST_GOOD = 0.1, 25
#: of how many others the density is made
_MOST_OTHERS: Final = 128
#: so many proposals at a time are made in a thread
_MANY: Final = 8
#: how many candidates there are for a proposal
_CANDIDATES: Final = 24
#: and how much less
_NARROW: Final = 0.5


class TPEStrategy(ModelStrategy):
    """Compare two densities of settings: that of good trials, and that of all others.

    A proposal is the candidate, drawn from the first density, for which their ratio is largest. The
    densities are mixtures with a component for each trial, over all parameters together. Trials in
    flight count as others. Now and then the minimum of a quadratic model around the best setting is
    proposed, more often when that has been worth it. It takes next to no time: for cheap trials,
    and for many in flight.

    Source: J. Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011; S. Watanabe,
    Tree-Structured Parzen Estimator: Understanding Its Algorithm Components and Their Roles, 2023,
    arXiv:2304.11127.
    """

    def __init__(self) -> None:
        """Create it."""
        super().__init__()

    def settings(self) -> dict[str, Any]:
        """Return no arguments."""
        return {}

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        self._ready: list[np.ndarray] = []
        #: with many trials in flight, so many proposals are made at a time
        self._batch = max(1, workers // 8)

    def is_quick(self) -> bool:
        """Return whether proposals take next to no time: unless many are made at a time."""
        return self._batch < _MANY

    def _has_begun(self) -> bool:
        return len(self._known) >= _FIRST and self._known.n_informative > 0

    def _suggest(self) -> dict[str, Any] | None:
        if not self._has_begun():
            return None
        if not self._ready or (self._is_news and self._batch == 1):
            self._ready = self._proposals()
            self._is_news = False
        return self._cube.setting(self._ready.pop())

    def _proposals(self) -> list[np.ndarray]:
        """Return the best of some candidates, for each of a batch of proposals."""
        ranked = self._known.rows()[self._global(self._known.order())]
        n_good = min(max(int(np.ceil(_SHARE * len(ranked))), 2), _MOST_GOOD)
        others = ranked[n_good:]
        if len(others) > _MOST_OTHERS:  # evenly from good to bad
            others = others[np.linspace(0, len(others) - 1, _MOST_OTHERS).astype(int)]
        pending = list(self._pending.values())[-_MOST_OTHERS:]
        good = _Mixture(ranked[:n_good], self._cube)
        bad = _Mixture(np.vstack((others, *(row[None] for row in pending))), self._cube)
        rows = good.draw(self.random(), _CANDIDATES * self._batch)
        rating = good.log_density(rows) - bad.log_density(rows)
        groups = rating.reshape(self._batch, _CANDIDATES)
        best = groups.argmax(axis=1) + _CANDIDATES * np.arange(self._batch)
        return list(rows[best])


class _Mixture:
    """A density over the rows of a space: a kernel around each of some rows, and a flat one."""

    def __init__(self, rows: np.ndarray, cube: Cube) -> None:
        self._rows, self._cube = rows, cube
        n, d = rows.shape
        numbers = ~cube.is_choice
        # a fifth of the interval, less with many rows or if all are close to each other
        widest = 0.2 * n ** (-1 / (d + 4))
        spread = rows[:, numbers].std(axis=0)
        widths = np.ones(d)
        widths[numbers] = np.clip(
            spread, np.maximum(_NARROW * widest, 0.5 / cube.n_values[numbers]), widest)
        self._widths, self._numbers = widths, numbers
        #: the share of a choice that is spread over all
        self._spread = cube.n_values[cube.is_choice] / (n + cube.n_values[cube.is_choice])

    def draw(self, random: Generator, n: int) -> np.ndarray:
        """Return ``n`` random rows."""
        which = random.integers(0, len(self._rows) + 1, n)
        rows = self._cube.random(random, n)
        near = which < len(self._rows)
        moved = self._rows[which[near]] + self._widths * random.standard_normal(
            (int(near.sum()), rows.shape[1]))
        # reflected at both ends of the interval
        moved = np.abs(moved)
        moved = 1 - np.abs(1 - moved)
        choices = self._cube.is_choice
        if choices.any():
            kept = random.random((len(moved), int(choices.sum()))) >= self._spread
            moved[:, choices] = np.where(
                kept, self._rows[which[near]][:, choices], rows[near][:, choices])
        rows[near] = moved
        return self._cube.snapped(rows)

    def log_density(self, rows: np.ndarray) -> np.ndarray:
        """Return the logarithm of the density of each row, up to a constant of the space."""
        numbers, choices = self._numbers, self._cube.is_choice
        w = self._widths[numbers]
        a, b = rows[:, numbers] / w, self._rows[:, numbers] / w
        exponent = a @ b.T
        exponent -= 0.5 * (a * a).sum(axis=1)[:, None]
        exponent -= 0.5 * (b * b).sum(axis=1)
        exponent -= np.log(w).sum() + 0.9189385332046727 * len(w)
        for j, share, n in zip(np.flatnonzero(choices), self._spread,
                               self._cube.n_values[choices], strict=True):
            same = rows[:, j, None] == self._rows[:, j]
            # the flat component of the mixture has density 1/n, which is left out of both
            exponent += np.where(same, np.log(n * (1 - share) + share), np.log(share))
        top = np.maximum(exponent.max(axis=1), 0.0)
        total = np.exp(exponent - top[:, None]).sum(axis=1) + np.exp(-top)
        return np.asarray(np.log(total) + top - np.log(len(self._rows) + 1))
