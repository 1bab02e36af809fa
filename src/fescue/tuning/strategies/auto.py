"""The strategy that suits: chosen by the space, the budget and what trials cost."""

from typing import Any, Final

from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.strategies.bayesian import BayesianStrategy
from fescue.tuning.strategies.grid import GridSearchStrategy
from fescue.tuning.strategies.tpe import TPEStrategy
from fescue.tuning.trials import Trial, TrialState
from fescue.utils.logger import KeyValueLogSection

#: the seconds that a proposal of the Bayesian strategy takes, and one of a batch
_PROPOSAL, _IN_BATCH = 0.04, 0.006
#: so many seconds of proposals are worth while, even if trials take next to no time
_WORTH: Final = 20.0
#: after so many trials it is known what they cost
_FIRST: Final = 10


class AutoStrategy(OptimizationStrategy):
    """Choose a strategy, and another one when that has become clear to be better.

    - All settings, where there are no more of them than trials.
    - Else the Bayesian strategy, unless trials in flight would wait for its proposals, or these
      would take much longer than all trials: then Parzen estimators.

    What trials cost is what is in the log, so that the same log gives the same choice. The log says
    what was chosen, and why.
    """

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        self._n_trials, self._workers = n_trials, workers
        self._told: list[Trial] = []
        self._chosen: list[str] = []
        self._open: dict[Any, Trial] = {}
        self._seconds = 0.0
        if space.is_finite() and space.n_points() <= n_trials:
            self._current = self._changed(
                GridSearchStrategy(), f"all {space.n_points()} settings can be tried")
        else:
            self._current = self._changed(BayesianStrategy(), "trials may be expensive")

    def _changed(self, strategy: OptimizationStrategy, reason: str) -> OptimizationStrategy:
        """Return a strategy that has begun, and knows all that has happened."""
        strategy.begin(self.space(), self.random(), self._n_trials, self._workers)
        for trial in self._told:
            strategy.tell(trial)
        # nothing that is in flight is to be proposed again
        for trial in self._open.values():
            strategy.tell(trial)
        self._chosen.append(f"{strategy} from trial {len(self._told)} on: {reason}")
        return strategy

    def is_quick(self) -> bool:
        """Return whether the strategy that was chosen is."""
        return self._current.is_quick()

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` if all have been there."""
        self._choose()
        x = self._current.ask()
        if x is not None:
            self._open[self.space().key(x)] = Trial(-1, x, state=TrialState.CANCELLED)
        return x

    def tell(self, trial: Trial) -> None:
        """Learn how a trial has ended."""
        self._open.pop(self.space().key(trial.parameters), None)
        self._told.append(trial)
        self._seconds += trial.seconds
        self._current.tell(trial)

    def _choose(self) -> None:
        n = len(self._told)
        if n < _FIRST or not isinstance(self._current, BayesianStrategy):
            return
        ended = [t for t in self._told if t.number >= 0]
        if len(ended) >= _FIRST:
            pause = self._seconds / len(ended) / self._workers
            cost = _PROPOSAL if self._workers == 1 else _IN_BATCH + _PROPOSAL / self._workers
            wait = (self._n_trials - n) * cost
            if pause < cost / 2 and (self._workers > 1 or wait > _WORTH):
                self._current = self._changed(
                    TPEStrategy(), f"a trial ends each {pause:.2g} s, but a proposal takes "
                    f"{cost:.2g} s")

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and what was chosen."""
        super().log_parameters_to(logger)
        for i, text in enumerate(getattr(self, "_chosen", ())):
            logger.key_value(f"chosen{i}", text)
