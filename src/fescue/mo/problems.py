"""Multi-objective problems made of single objectives."""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, Final

import numpy as np

from fescue.api.logging import KEY_SPACE_NUM_VARS
from fescue.api.mo_problem import MOProblem
from fescue.api.mo_utils import dominates, objective_vector_dtype
from fescue.api.objective import Objective, check_objective
from fescue.utils.logger import CSV_SEPARATOR, KeyValueLogSection
from fescue.utils.naming import num_to_str
from fescue.utils.nputils import KEY_NUMPY_TYPE, numpy_type_to_str
from fescue.utils.types import type_error, type_name_of

#: turns an objective vector into a number
Scalarizer = Callable[[np.ndarray], int | float]
#: compares objective vectors as :meth:`~fescue.api.mo_problem.MOProblem.f_dominates` does
Domination = Callable[[np.ndarray, np.ndarray], int]


class BasicMOProblem(MOProblem):
    """Several objectives and a function that scalarizes their values."""

    def __init__(self, objectives: Iterable[Objective],
                 get_scalarizer: Callable[[bool, int, list[int | float], list[int | float]],
                                          Scalarizer],
                 domination: Domination = dominates) -> None:
        """Create the problem.

        Args:
            objectives: the objectives, at least one
            get_scalarizer: is called as ``get_scalarizer(always_int, n, lower, upper)`` with
                whether all objectives are integer, their number and their bounds; returns a
                function that turns an objective vector into a number. That must grow with each
                element, so that what it makes of the bounds are the bounds of the problem
            domination: compares objective vectors, see
                :meth:`~fescue.api.mo_problem.MOProblem.f_dominates`

        Raises:
            TypeError: if an argument has a wrong type, or what ``get_scalarizer`` returns
            ValueError: if there is no objective
        """
        if not isinstance(objectives, Iterable):
            raise type_error(objectives, "objectives", Iterable)
        #: the objectives
        self.objectives: Final[tuple[Objective, ...]] = tuple(map(check_objective, objectives))
        if not self.objectives:
            raise ValueError("objectives is empty, give at least one.")
        if not callable(get_scalarizer):
            raise type_error(get_scalarizer, "get_scalarizer", Callable, call=True)
        if not callable(domination):
            raise type_error(domination, "domination", Callable, call=True)
        self.f_dominates = domination  # type: ignore[method-assign, assignment]
        self._dtype = objective_vector_dtype(self.objectives)
        self._always_int = all(objective.is_always_integer() for objective in self.objectives)
        scalarize = get_scalarizer(
            self._always_int, len(self.objectives), self._lower(), self._upper())
        if not callable(scalarize):
            raise type_error(scalarize, "result of get_scalarizer", Callable, call=True)
        self._scalarize: Scalarizer = scalarize

    def initialize(self) -> None:
        """Reset all objectives."""
        super().initialize()
        for objective in self.objectives:
            objective.initialize()
        if type(self).f_evaluate is BasicMOProblem.f_evaluate:
            # an attribute, with all that it needs at hand
            self.f_evaluate = _evaluation(  # type: ignore[method-assign, assignment]
                [objective.evaluate for objective in self.objectives], self._scalarize)

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        return len(self.objectives)

    def f_dtype(self) -> np.dtype[Any]:
        """Return the smallest type that all objectives' values and their differences fit in."""
        return self._dtype

    def f_evaluate(self, x: Any, fs: np.ndarray) -> int | float:
        """Overwrite ``fs`` with the objective values of ``x`` and return their scalarization."""
        for i, objective in enumerate(self.objectives):
            fs[i] = objective.evaluate(x)
        return self._scalarize(fs)

    def lower_bound(self) -> int | float:
        """Return the scalarization of the lower bounds."""
        return self._bound(self._lower())

    def upper_bound(self) -> int | float:
        """Return the scalarization of the upper bounds."""
        return self._bound(self._upper())

    def _lower(self) -> list[int | float]:
        return [objective.lower_bound() for objective in self.objectives]

    def _upper(self) -> list[int | float]:
        return [objective.upper_bound() for objective in self.objectives]

    def _bound(self, bounds: list[int | float]) -> int | float:
        bound: Any = self._scalarize(np.array(bounds))
        return bound.item() if isinstance(bound, np.generic) else bound  # type: ignore[no-any-return]

    def is_always_integer(self) -> bool:
        """Return whether all objectives are integer, and what is made of their bounds is, too."""
        return self._always_int and isinstance(self.lower_bound(), int) and isinstance(
            self.upper_bound(), int)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, size and type, and each objective in a scope of its own."""
        super().log_parameters_to(logger)
        logger.key_value(KEY_SPACE_NUM_VARS, len(self.objectives))
        logger.key_value(KEY_NUMPY_TYPE, numpy_type_to_str(self._dtype))
        for i, objective in enumerate(self.objectives):
            with logger.scope(f"f{i}") as scope:
                objective.log_parameters_to(scope)

    def __str__(self) -> str:
        return "basicMoProblem"


def _evaluation(rates: list[Callable[[Any], int | float]], scalarize: Scalarizer,
                ) -> Callable[[Any, np.ndarray], int | float]:
    """Return a function that does what ``f_evaluate`` does."""
    numbered = list(enumerate(rates))

    def f_evaluate(x: Any, fs: np.ndarray) -> int | float:
        for i, rate in numbered:
            fs[i] = rate(x)
        return scalarize(fs)

    return f_evaluate


class WeightedSum(BasicMOProblem):
    """Several objectives, scalarized by the sum of their values, each times a weight."""

    def __init__(self, objectives: Iterable[Objective],
                 weights: Iterable[int | float] | None = None,
                 domination: Domination = dominates) -> None:
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
        super().__init__(objectives, self._scalarizer, domination)
        #: the weights
        self.weights: Final[tuple[int | float, ...]] = self._check_weights(weights)

    def _scalarizer(self, *_: Any) -> Scalarizer:
        return self._weigh

    def _weigh(self, fs: np.ndarray) -> int | float:
        # Python numbers: the sum of small NumPy integers could overflow
        total: int | float = 0
        for weight, value in zip(self.weights, fs.tolist(), strict=True):
            total += weight * value
        return total

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

    def _sum(self, values: Iterable[int | float]) -> int | float:
        total: int | float = 0
        for weight, value in zip(self.weights, values, strict=True):
            total += weight * value  # sum() of floats depends on Python's version
        return total

    def lower_bound(self) -> int | float:
        """Return the weighted sum of the lower bounds."""
        return self._sum(self._lower())

    def upper_bound(self) -> int | float:
        """Return the weighted sum of the upper bounds."""
        return self._sum(self._upper())

    def is_always_integer(self) -> bool:
        """Return whether all objectives and weights are integer."""
        return self._always_int and all(isinstance(weight, int) for weight in self.weights)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, size and type, each objective in a scope, and the weights."""
        super().log_parameters_to(logger)
        logger.key_value("weights", CSV_SEPARATOR.join(map(num_to_str, self.weights)))
        logger.key_value("weightsDtype", numpy_type_to_str(np.array(self.weights).dtype))

    def __str__(self) -> str:
        return "weightedSum"


class Prioritize(WeightedSum):
    """Several objectives, the first of which counts first, the second where it is equal, ...

    Their weights are so large that no change of later objectives makes up for one of an earlier.
    """

    def __init__(self, objectives: Iterable[Objective],
                 domination: Domination = dominates) -> None:
        """Create the problem.

        Args:
            objectives: the objectives, the most important one first; all have integer values
                between finite bounds
            domination: compares objective vectors, see
                :meth:`~fescue.api.mo_problem.MOProblem.f_dominates`

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if there is no objective, or if one is not integer or has no bounds
        """
        if not isinstance(objectives, Iterable):
            raise type_error(objectives, "objectives", Iterable)
        parts = tuple(map(check_objective, objectives))
        weights, weight = [1] * len(parts), 1
        for i in range(len(parts) - 1, 0, -1):
            weight *= _n_values(parts[i])
            weights[i - 1] = weight
        if parts:
            _n_values(parts[0])
        super().__init__(parts, weights, domination)

    def __str__(self) -> str:
        return "prioritize"


def _n_values(objective: Objective) -> int:
    """Return a number above the differences between all values of an objective and 0."""
    low, high = objective.lower_bound(), objective.upper_bound()
    if not (objective.is_always_integer() and isinstance(low, int) and isinstance(high, int)):
        raise ValueError(
            f"objective {objective} of type {type_name_of(objective)} has bounds {low} and {high}, "
            "but priorities need integer values between finite bounds.")
    return 1 + high - min(0, low)
