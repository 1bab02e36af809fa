"""Random settings."""

from typing import Any, Final, Literal

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Trial
from fescue.utils.logger import KeyValueLogSection

#: so often a setting is drawn again that has been there
_TRIALS = 64
#: so often if constraints exclude most settings, and so many are looked at one after the other
_MANY, _MOST = 20_000, 1_000_000
#: so many points of a sequence are made at a time
_BLOCK: Final = 1024
Sampling = Literal["uniform", "sobol", "latin"]


class RandomSearchStrategy(OptimizationStrategy):
    """Draw settings at random, none twice as long as there are others.

    Steps are obeyed, and with ``log=True`` ratios count.

    Source: M. D. McKay, R. J. Beckman, W. J. Conover, A Comparison of Three Methods for Selecting
    Values of Input Variables, 1979, 10.2307/1268522; A. B. Owen, Scrambled Net Variance for
    Integrals of Smooth Functions, 1997, 10.1214/aos/1031594731.
    """

    def __init__(self, sampling: Sampling = "uniform") -> None:
        """Create it.

        Args:
            sampling: ``"uniform"`` draws settings independently. ``"sobol"`` (a scrambled
                sequence) and ``"latin"`` (a Latin hypercube of all trials, or of 1024 at a time)
                spread them

        Raises:
            ValueError: if it is none of these
        """
        if sampling not in ("uniform", "sobol", "latin"):
            raise ValueError(
                f"sampling={sampling!r} is invalid, must be 'uniform', 'sobol' or 'latin'.")
        #: how settings are drawn
        self.sampling: Final[Sampling] = sampling

    def settings(self) -> dict[str, Any]:
        """Return the arguments of the constructor."""
        return {"sampling": self.sampling}

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        self._seen: set[Any] = set()
        self._block = min(n_trials, _BLOCK)
        self._points: list[np.ndarray] = []
        self._sequence: Any = None
        self._is_spread = type(self) is RandomSearchStrategy and self.sampling != "uniform"

    def _spread(self) -> np.ndarray:
        """Return the next point of a sequence in the unit cube."""
        if not self._points:
            from scipy.stats import qmc

            random, d = self.random(), self.space().dimension
            if self.sampling == "latin":
                block = qmc.LatinHypercube(d, rng=random).random(self._block)
            else:
                if self._sequence is None:
                    self._sequence = qmc.Sobol(d, rng=random)
                block = self._sequence.random(_BLOCK)
            self._points = list(block[::-1])
        return self._points.pop()

    def ask(self) -> dict[str, Any] | None:
        """Return a new setting, ``None`` if all have been there."""
        space, random = self.space(), self.random()
        if self._is_spread:
            x = space.at(self._spread())
            if not space.broken(x) and self._is_new(x):
                return x
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

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and how settings are drawn."""
        super().log_parameters_to(logger)
        if type(self) is RandomSearchStrategy:
            logger.key_value("sampling", self.sampling)

    def __str__(self) -> str:
        own = type(self) is RandomSearchStrategy and self.sampling != "uniform"
        return self.sampling if own else super().__str__()
