"""The contract of strategies."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from numpy.random import Generator, default_rng

from fescue.api.component import Component
from fescue.spaces.parameters import Parameter, ParameterSpace
from fescue.tuning.trials import OptimizationResult, Trial


class OptimizationStrategy(Component):
    """A way to choose parameters: new ones override :meth:`ask`, and :meth:`tell` if they learn.

    All state belongs to one study: :meth:`begin` forgets what was before. Whoever wants to do
    everything himself overrides :meth:`optimize` instead.
    """

    _space: ParameterSpace | None = None
    _random: Generator | None = None

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study.

        Args:
            space: the parameters
            random: the only source of randomness
            n_trials: how many trials there will be, at most
            workers: how many are in flight, at most
        """
        self._space = space
        self._random = random

    def settings(self) -> dict[str, Any]:
        """Return the arguments that would create a strategy like this, numbers and texts only.

        A log holds them, so that every proposal can be derived again from it.
        """
        return {}

    def space(self) -> ParameterSpace:
        """Return the parameters of the study.

        Raises:
            RuntimeError: if none has begun
        """
        if self._space is None:
            raise RuntimeError(f"{self}: begin() has not been called.")
        return self._space

    def random(self) -> Generator:
        """Return the only source of randomness; before a study has begun, a fresh one."""
        if self._random is None:
            self._random = default_rng()
        return self._random

    def is_quick(self) -> bool:
        """Return whether proposals take next to no time; others are made in a thread."""
        return True

    def ask(self) -> dict[str, Any] | None:
        """Return new parameters, ``None`` if there are no more.

        When trials have ended since it was asked last, it is told of these before; it may be
        asked several times in between.
        """
        raise self._must_override("ask()")

    def tell(self, trial: Trial) -> None:
        """Learn how a trial has ended; by default nothing.

        Args:
            trial: the trial; those that were not proposed by this strategy are told, too
        """

    def generate_params(self, parameters: Iterable[Parameter]) -> dict[str, Any]:
        """Return random values for some parameters.

        Args:
            parameters: the parameters
        """
        space = ParameterSpace(parameters)
        return space.at(self.random().random(space.dimension))

    async def optimize(self, parameters: list[Parameter],
                       objective: Callable[[dict[str, Any]], Awaitable[float]],
                       iterations: int) -> OptimizationResult:
        """Minimize an objective, without any of the options of the optimizer.

        Args:
            parameters: the parameters
            objective: is called with a ``dict`` of values by name
            iterations: how many trials there will be

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range
        """
        from fescue.tuning.optimizer import Optimizer  # which uses strategies

        return await Optimizer(self).optimize(parameters, objective, iterations)

    def __str__(self) -> str:
        return type(self).__name__.removesuffix("Strategy").lower()
