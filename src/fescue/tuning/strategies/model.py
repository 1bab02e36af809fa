"""What strategies have in common that learn a model of all scores."""

from abc import abstractmethod
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.cube import Cube
from fescue.tuning.strategies.local import LocalModel
from fescue.tuning.strategies.observations import Observations
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.trials import Trial, TrialState

#: parameters with so many values are as good as continuous ones
_MANY: Final = 100


class ModelStrategy(RandomSearchStrategy):
    """Propose what a model of all scores suggests, and now and then the minimum of a local one.

    What a model suggests that is not possible or not new is replaced by a random setting.
    """

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        self._cube = Cube(space)
        self._known = Observations(self._cube)
        self._local = LocalModel(~self._cube.is_choice & (self._cube.n_values >= _MANY))
        #: the rows of trials in flight, by their keys
        self._pending: dict[Any, np.ndarray] = {}
        #: whether a trial has ended that the model does not know of
        self._is_news = True
        #: the least score, and how many trials were known when it was found, local ones apart
        self._least, self._found_at = np.inf, 0
        #: the numbers of trials that the local model has proposed
        self._local_ones: set[int] = set()

    @abstractmethod
    def _has_begun(self) -> bool:
        """Return whether the first settings, which need no model, have been proposed."""

    @abstractmethod
    def _suggest(self) -> dict[str, Any] | None:
        """Return the setting that the model suggests, ``None`` for a random one."""

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` if all have been there."""
        x = self._near_the_best()
        if x is None:
            x = self._suggest()
            if x is None or self.space().broken(x) or not self._is_new(x):
                x = super().ask()
        if x is not None:
            self._pending[self.space().key(x)] = self._cube.row(x)
        return x

    def tell(self, trial: Trial) -> None:
        """Learn how a trial has ended."""
        super().tell(trial)
        row = self._pending.pop(self.space().key(trial.parameters), None)
        if trial.state is TrialState.CANCELLED:
            return
        self._known.add(trial, row)
        self._is_news = True
        score = trial.score if trial.is_informative() else np.inf
        is_local = self._local.tell(self._known.rows()[-1], score)
        if is_local:
            self._local_ones.add(len(self._known) - 1)
        if score < self._least:
            self._least = score
            self._found_at = self._found_at if is_local else len(self._known)

    def _global(self, order: np.ndarray) -> np.ndarray:
        """Return numbers of trials, the best first, without local ones behind the first.

        These are so close to each other that they would stand for all that is good.
        """
        if not self._local_ones:
            return order
        return np.array([k for i, k in enumerate(order.tolist())
                         if i == 0 or k not in self._local_ones])

    def _near_the_best(self) -> dict[str, Any] | None:
        """Return the minimum of the local model, if it is time for that."""
        if not self._has_begun() or not self._local.is_due():
            return None
        rows, scores = self._known.informative()
        row = self._local.propose(rows, scores[:, 0]) if scores.shape == (len(rows), 1) else None
        if row is None:
            return None
        x = self._cube.setting(row)
        is_possible = not self.space().broken(x) and self._is_new(x)
        self._local.take(self._cube.row(x) if is_possible else None)
        return x if is_possible else None
