"""Random settings."""

from typing import Any

from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Trial

#: so often a setting is drawn again that has been there
_TRIALS = 64
#: so often if constraints exclude most settings, and so many are looked at one after the other
_MANY, _MOST = 20_000, 1_000_000


class RandomSearchStrategy(OptimizationStrategy):
    """Draw settings independently; none twice as long as there are others.

    Steps are obeyed, and with ``log=True`` ratios count.
    """

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials)
        self._seen: set[Any] = set()

    def ask(self) -> dict[str, Any] | None:
        """Return a new setting, ``None`` if all have been there."""
        space, random = self.space(), self.random()
        found = None
        for trial in range(_TRIALS if space.is_finite() else _MANY):
            x = space.at(random.random(space.dimension))
            if space.broken(x):
                continue
            if self._is_new(x):
                return x
            found = x
            if trial >= _TRIALS:
                break
        if not space.is_finite():
            if found is None:
                raise ValueError(
                    f"None of {_MANY} random settings satisfies all constraints. Choose parameters "
                    "with which most settings do.")
            return found
        # hardly any are left: the next one that is, from a random place on
        n = space.n_points()
        start = int(random.random() * n)
        for i in range(min(n, _MOST)):
            x = space.setting((start + i) % n)
            if not space.broken(x) and self._is_new(x):
                return x
        return None

    def _is_new(self, x: dict[str, Any]) -> bool:
        key = self.space().key(x)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def tell(self, trial: Trial) -> None:
        """Remember that a setting has been tried, whoever proposed it."""
        self._seen.add(self.space().key(trial.parameters))
