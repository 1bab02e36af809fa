"""The covariance matrix adaptation evolution strategy, for many trials with numbers."""

from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.trials import Trial, TrialState

#: the first step size, as a share of the unit interval, and the one from a setting that is known
_SIGMA, _NEAR = 0.3, 0.1
#: so many points in a row may stand for settings that are known already
_PATIENCE: Final = 200


class CMAESStrategy(RandomSearchStrategy):
    """Move a normal distribution over the unit cube, by the package ``cmaes``.

    Several trials may be in flight: a generation is complete when enough of its points have ended,
    whichever. When it has converged, it starts again with twice the population (IPOP). The search
    begins at the best of the trials that it was told of before, if any. Choices are taken for
    shares of an interval; it is made for numbers.

    Source: A. Auger, N. Hansen, A Restart CMA Evolution Strategy With Increasing Population Size,
    2005, 10.1109/CEC.2005.1554902.
    """

    def __init__(self) -> None:
        """Create it."""
        super().__init__()

    def settings(self) -> dict[str, Any]:
        """Return no arguments."""
        return {}

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`.

        Raises:
            ImportError: if the package is not installed
        """
        super().begin(space, random, n_trials, workers)
        _package()
        self._pending: dict[Any, np.ndarray] = {}
        self._known: dict[Any, float] = {}
        self._best: tuple[float, np.ndarray] | None = None
        self._worst = 0.0
        self._cma: Any = None
        self._factor = 1
        self._results: list[tuple[np.ndarray, float]] = []

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` if all have been there."""
        space = self.space()
        for _ in range(_PATIENCE):
            u = self._optimizer().ask()
            x = space.at(u[:space.dimension])
            key = space.key(x)
            if key in self._known:
                self._learn(u, self._known[key])
            elif space.broken(x):
                self._learn(u, np.inf)
            elif self._is_new(x):
                self._pending[key] = u
                return x
        return super().ask()

    def tell(self, trial: Trial) -> None:
        """Learn how a trial has ended."""
        super().tell(trial)
        space = self.space()
        key = space.key(trial.parameters)
        u = self._pending.pop(key, None)
        if trial.state is TrialState.CANCELLED:
            return
        score = trial.score if trial.is_informative() else np.inf
        if trial.state is TrialState.PRUNED:
            score = trial.last_report()
        self._known[key] = score
        if self._best is None or score < self._best[0]:
            self._best = (score, space.unit(trial.parameters))
        if u is not None:
            self._learn(u, score)

    def _optimizer(self) -> Any:
        """Return the search that is going on, or begin another one."""
        random, d = self.random(), max(self.space().dimension, 2)  # there is no covariance of one
        if self._cma is not None and not self._cma.should_stop():
            return self._cma
        mean, sigma = random.random(d), _SIGMA
        if self._cma is None and self._best is not None and self._best[0] < np.inf:
            mean[:self.space().dimension], sigma = self._best[1], _NEAR
        elif self._cma is not None:
            self._factor *= 2
        size = (4 + int(3 * np.log(d))) * self._factor
        self._cma = _package().CMA(
            mean=mean, sigma=sigma, bounds=np.tile([0.0, 1.0], (d, 1)),
            seed=int(random.integers(2 ** 32)), population_size=size)
        self._results.clear()
        self._pending.clear()
        return self._cma

    def _learn(self, u: np.ndarray, score: float) -> None:
        if score < np.inf:
            self._worst = max(self._worst, score)
        self._results.append((u, score if score < np.inf else 1.0 + 2 * abs(self._worst)))
        size = self._cma.population_size
        if len(self._results) >= size:
            self._cma.tell(self._results[:size])
            del self._results[:size]


    def __getstate__(self) -> dict[str, Any]:
        """Return the state, with the two parts that the package leaves out or rounds."""
        state = dict(vars(self))
        if state.get("_cma") is not None:
            state["_parts"] = {key: vars(self._cma)[key] for key in ("_rng", "_C")}
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a state."""
        parts = state.pop("_parts", None)
        vars(self).update(state)
        if parts is not None:
            vars(self._cma).update(parts)


def _package() -> Any:
    try:
        import cmaes
    except ImportError as error:
        raise ImportError("The strategy cmaes needs the package cmaes: "
                          "pip install 'fescue[cma]'.") from error
    return cmaes
