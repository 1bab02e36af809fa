"""A strategy as an algorithm: it runs by ``Execution`` and in experiments like any other."""

import copy
from typing import Any, Final

from fescue.api.algorithm import Algorithm
from fescue.api.process import Process
from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Trial, TrialState
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import sanitize_name
from fescue.utils.types import type_error

#: so many proposals are announced to a strategy if the run has no budget
_MANY: Final = 10_000


class StrategyAlgorithm(Algorithm):
    """Evaluates what a strategy proposes, one setting after the other.

    The objective gets settings, each a ``dict``, of the space. Use it to compare strategies with
    each other and with algorithms.
    """

    def __init__(self, space: ParameterSpace, strategy: OptimizationStrategy) -> None:
        """Create it.

        Args:
            space: the search space
            strategy: the strategy; each run begins with a copy of it

        Raises:
            TypeError: if an argument is something else
        """
        if not isinstance(space, ParameterSpace):
            raise type_error(space, "space", ParameterSpace)
        if not isinstance(strategy, OptimizationStrategy):
            raise type_error(strategy, "strategy", OptimizationStrategy)
        #: the search space
        self.space: Final = space
        #: the strategy
        self.strategy: Final = strategy

    def solve(self, process: Process) -> None:
        """Search until told to stop, or until all settings have been tried."""
        strategy: Any = copy.deepcopy(self.strategy)
        n = process.get_max_fes()
        strategy.begin(self.space, process.get_random(), _MANY if n is None else n)
        number = 0
        while not process.should_terminate():
            x = strategy.ask()
            if x is None:
                return
            score = process.evaluate(x)
            strategy.tell(Trial(number, dict(x), float(score), TrialState.COMPLETE))
            number += 1

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and the strategy in a scope."""
        super().log_parameters_to(logger)
        with logger.scope("strategy") as scope:
            self.strategy.log_parameters_to(scope)

    def __str__(self) -> str:
        return sanitize_name(str(self.strategy))
