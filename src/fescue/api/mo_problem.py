"""The contract of multi-objective problems."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fescue.api.logging import KEY_SPACE_NUM_VARS
from fescue.api.mo_utils import dominates, objective_vector_dtype
from fescue.api.objective import Objective, check_objective
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.nputils import DEFAULT_FLOAT, KEY_NUMPY_TYPE, numpy_type_to_str
from fescue.utils.types import type_error


class MOProblem(Objective):
    """Several objectives, all to be minimized, and a number that sums them up.

    :meth:`f_evaluate` fills a vector with the objective values and returns their
    *scalarization*, by which a multi-objective problem is an objective function, too: every
    single-objective algorithm can work on it.
    """

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        raise self._must_override("f_dimension()")

    def f_dtype(self) -> np.dtype[Any]:
        """Return the type of objective vectors.

        It holds every legal value, one that is worse than all of these, and the difference of
        any two.
        """
        return DEFAULT_FLOAT

    def f_create(self) -> np.ndarray:
        """Return a new objective vector of :meth:`f_dimension` elements, all 0."""
        return np.zeros(self.f_dimension(), self.f_dtype())

    def f_evaluate(self, x: Any, fs: np.ndarray) -> int | float:
        """Rate the solution ``x`` by all objectives.

        Args:
            x: the solution, which is left unchanged
            fs: the objective vector, of which all elements are overwritten

        Returns:
            the scalarization of ``fs``
        """
        raise self._must_override("f_evaluate(x, fs)")

    def evaluate(self, x: Any) -> float | int:
        """Return the scalarized objective value of the solution ``x``."""
        return self.f_evaluate(x, self.f_create())

    def f_dominates(self, a: np.ndarray, b: np.ndarray) -> int:
        """Compare two objective vectors; by default :func:`~fescue.api.mo_utils.dominates`.

        Returns:
            -1 if ``a`` dominates ``b``, 1 if ``b`` dominates ``a``, 2 if they are equal, 0 if
            neither dominates the other
        """
        return dominates(a, b)

    def f_validate(self, x: np.ndarray) -> None:
        """Check that ``x`` is an objective vector of this problem.

        Raises:
            TypeError: if it is no array of the right type
            ValueError: if its length is wrong or if an element is not finite
        """
        if not isinstance(x, np.ndarray):
            raise type_error(x, "objective vector", np.ndarray)
        if x.dtype != self.f_dtype():
            raise TypeError(
                f"objective vector has dtype {x.dtype}, but {self} needs {self.f_dtype()}: "
                "create it with f_create().")
        if x.shape != (self.f_dimension(),):
            raise ValueError(
                f"objective vector has shape {x.shape}, but {self} has {self.f_dimension()} "
                "objectives: create it with f_create().")
        if not np.isfinite(x).all():
            raise ValueError(f"objective vector {x.tolist()} of {self} has non-finite elements.")

    def __str__(self) -> str:
        return "moProblem"


class MOSOProblemBridge(MOProblem):
    """A single objective that is used as a multi-objective problem of one dimension."""

    def __init__(self, objective: Objective) -> None:
        """Wrap ``objective``.

        Raises:
            TypeError: if it is no :class:`~fescue.api.objective.Objective`
        """
        self._objective = check_objective(objective)
        self._dtype = objective_vector_dtype((objective,))

    def initialize(self) -> None:
        """Reset the objective."""
        super().initialize()
        self._objective.initialize()

    def f_dimension(self) -> int:
        """Return 1."""
        return 1

    def f_dtype(self) -> np.dtype[Any]:
        """Return the type that the objective's values need."""
        return self._dtype

    def f_evaluate(self, x: Any, fs: np.ndarray) -> int | float:
        """Set ``fs[0]`` to the objective value of ``x`` and return it."""
        fs[0] = result = self._objective.evaluate(x)
        return result

    def evaluate(self, x: Any) -> float | int:
        """Return the objective value of ``x``."""
        return self._objective.evaluate(x)

    def lower_bound(self) -> float | int:
        """Return the objective's lower bound."""
        return self._objective.lower_bound()

    def upper_bound(self) -> float | int:
        """Return the objective's upper bound."""
        return self._objective.upper_bound()

    def is_always_integer(self) -> bool:
        """Return whether the objective's values are integers."""
        return self._objective.is_always_integer()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write the bridge's parameters, and the objective's in a scope ``f0``."""
        super().log_parameters_to(logger)
        logger.key_value(KEY_SPACE_NUM_VARS, 1)
        logger.key_value(KEY_NUMPY_TYPE, numpy_type_to_str(self._dtype))
        with logger.scope("f0") as scope:
            self._objective.log_parameters_to(scope)

    def __str__(self) -> str:
        return str(self._objective)


def is_pareto(compare: Callable[[np.ndarray, np.ndarray], int]) -> bool:
    """Return whether a comparison is that of Pareto, so that compiled code can stand for it.

    Args:
        compare: a function or method such as :meth:`MOProblem.f_dominates`

    >>> is_pareto(dominates), is_pareto(MOProblem().f_dominates), is_pareto(lambda a, b: 0)
    (True, True, False)
    """
    return compare is dominates or getattr(
        compare, "__func__", None) is MOProblem.f_dominates


def check_mo_problem(mo_problem: Any) -> MOProblem:
    """Return ``mo_problem`` if it is a :class:`MOProblem`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(mo_problem, MOProblem):
        return mo_problem
    # the misspelling is part of the documented text
    raise type_error(mo_problem, "multi-objective optimziation problem", MOProblem)
