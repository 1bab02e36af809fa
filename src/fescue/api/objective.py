"""The contract of objective functions; smaller is always better."""

from math import inf, isfinite
from typing import Any

from fescue.api.component import Component
from fescue.api.logging import KEY_F_LOWER_BOUND, KEY_F_UPPER_BOUND
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import type_error


class Objective(Component):
    """A function to be minimized over a solution space.

    An instance may replace ``evaluate`` by an attribute of its own, such as a compiled
    function: a run calls whatever ``objective.evaluate`` is after :meth:`initialize`.
    """

    def evaluate(self, x: Any) -> float | int:
        """Return the objective value of the solution ``x``, which is left unchanged.

        The value is a Python or NumPy number. It must be neither NaN nor ``-inf``; ``inf``
        marks a worthless solution, which is never taken as best. Equal solutions have equal
        values, unless the objective is declared noisy by its author.
        """
        raise self._must_override("evaluate(x)")

    def lower_bound(self) -> float | int:
        """Return a value that no solution can undercut, ``-inf`` if none is known.

        A finite lower bound is also the goal at which a run stops, unless it has a larger one.
        """
        return -inf

    def upper_bound(self) -> float | int:
        """Return a value that no solution can exceed, ``inf`` if none is known."""
        return inf

    def is_always_integer(self) -> bool:
        """Return whether all objective values are integers."""
        return False

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and those of the bounds that are finite."""
        super().log_parameters_to(logger)
        for key, bound in (KEY_F_LOWER_BOUND, self.lower_bound()), (
                KEY_F_UPPER_BOUND, self.upper_bound()):
            if isfinite(bound):
                logger.key_value(key, bound)


def check_objective(objective: Any) -> Objective:
    """Return ``objective`` if it is an :class:`Objective`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(objective, Objective):
        return objective
    raise type_error(objective, "objective function", Objective)
