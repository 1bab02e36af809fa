"""Multi-objective problems made of single objectives."""

from collections.abc import Callable, Iterable
from math import isfinite
from operator import mul
from typing import Any, Final

import numpy as np

from fescue.api.logging import KEY_SPACE_NUM_VARS
from fescue.api.mo_problem import MOProblem
from fescue.api.mo_utils import dominates, objective_vector_dtype
from fescue.api.objective import Objective, check_objective
from fescue.utils.logger import CSV_SEPARATOR, KeyValueLogSection
from fescue.utils.naming import num_to_str
from fescue.utils.nputils import KEY_NUMPY_TYPE, numpy_type_to_str
from fescue.utils.types import type_error


class WeightedSum(MOProblem):
    """Several objectives, scalarized by the sum of their values, each times a weight."""

    def __init__(self, objectives: Iterable[Objective],
                 weights: Iterable[int | float] | None = None,
                 domination: Callable[[np.ndarray, np.ndarray], int] = dominates) -> None:
        """Create the problem.

        Args:
            objectives: the objectives, at least one
            weights: one positive number per objective, used as given; ``None`` for all 1
            domination: compares objective vectors, see
                :meth:`~fescue.api.mo_problem.MOProblem.f_dominates`

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if there is no objective, if there are more or less weights than
                objectives, or if a weight is not positive and finite
        """
        if not isinstance(objectives, Iterable):
            raise type_error(objectives, "objectives", Iterable)
        #: the objectives
        self.objectives: Final[tuple[Objective, ...]] = tuple(map(check_objective, objectives))
        if not self.objectives:
            raise ValueError("objectives is empty, give at least one.")
        #: the weights
        self.weights: Final[tuple[int | float, ...]] = self._check_weights(weights)
        if not callable(domination):
            raise type_error(domination, "domination", Callable, call=True)
        self.f_dominates = domination  # type: ignore[method-assign, assignment]
        self._dtype = objective_vector_dtype(self.objectives)

    def _check_weights(self, weights: Any) -> tuple[int | float, ...]:
        if weights is None:
            return (1,) * len(self.objectives)
        if not isinstance(weights, Iterable):
            raise type_error(weights, "weights", Iterable)
        result = tuple(weights)
        if len(result) != len(self.objectives):
            raise ValueError(
                f"there are {len(result)} weights but {len(self.objectives)} objectives.")
        for weight in result:
            if isinstance(weight, bool) or not isinstance(weight, int | float):
                raise type_error(weight, "weight", (int, float))
            if not (weight > 0 and isfinite(weight)):
                raise ValueError(f"weight={weight} is invalid, must be positive and finite.")
        return result

    def initialize(self) -> None:
        """Reset all objectives."""
        super().initialize()
        for objective in self.objectives:
            objective.initialize()

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        return len(self.objectives)

    def f_dtype(self) -> np.dtype[Any]:
        """Return the smallest type that all objectives' values fit in."""
        return self._dtype

    def f_evaluate(self, x: Any, fs: np.ndarray) -> int | float:
        """Overwrite ``fs`` with the objective values of ``x`` and return their weighted sum."""
        for i, objective in enumerate(self.objectives):
            fs[i] = objective.evaluate(x)
        # Python numbers: the sum of small NumPy integers could overflow
        return self._sum(fs.tolist())

    def _sum(self, values: Iterable[int | float]) -> int | float:
        total: int | float = sum(map(mul, self.weights, values))
        return total

    def lower_bound(self) -> int | float:
        """Return the weighted sum of the lower bounds."""
        return self._sum(objective.lower_bound() for objective in self.objectives)

    def upper_bound(self) -> int | float:
        """Return the weighted sum of the upper bounds."""
        return self._sum(objective.upper_bound() for objective in self.objectives)

    def is_always_integer(self) -> bool:
        """Return whether all objectives and weights are integer."""
        return (all(objective.is_always_integer() for objective in self.objectives)
                and all(isinstance(weight, int) for weight in self.weights))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, size and type, the weights, and each objective in a scope."""
        super().log_parameters_to(logger)
        logger.key_value(KEY_SPACE_NUM_VARS, len(self.objectives))
        logger.key_value(KEY_NUMPY_TYPE, numpy_type_to_str(self._dtype))
        for i, objective in enumerate(self.objectives):
            with logger.scope(f"f{i}") as scope:
                objective.log_parameters_to(scope)
        logger.key_value("weights", CSV_SEPARATOR.join(map(num_to_str, self.weights)))
        logger.key_value("weightsDtype", numpy_type_to_str(np.array(self.weights).dtype))

    def __str__(self) -> str:
        return "weightedSum"
