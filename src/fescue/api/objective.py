"""The contract of objective functions; smaller is always better."""

from math import inf, isfinite
from typing import Any

from fescue.api.component import Component
from fescue.api.logging import KEY_F_LOWER_BOUND, KEY_F_UPPER_BOUND
from fescue.kernels.kernel import Kernel
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
        kernel = self.kernel()
        if kernel is None:
            raise self._must_override("evaluate(x)")
        return kernel.call(x)  # type: ignore[no-any-return]

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

    def kernel(self) -> Kernel | None:
        """Return ``evaluate(x, data)`` for compiled runs, ``None`` if there is none."""
        return None

    def kernel_through(self, encoding: Any) -> Kernel | None:
        """Return ``rate(x, data)``, which rates a point without making its solution.

        Args:
            encoding: the encoding of the run

        Returns:
            the kernel, ``None`` if there is none for such an encoding: then the solution is made
        """
        return None

    def kernel_from(self, encoding: Any) -> Kernel | None:
        """Return ``rate_from(x, first, known, bound, data)``, which need not begin at the front.

        It rates a point whose elements before ``first`` are those of the point rated before that
        the search has kept, and may keep in ``data`` what it will need for them again. What it
        has kept for the first ``known`` elements is still valid. If the value exceeds ``bound`` it
        may return any value that does.

        Args:
            encoding: the encoding of the run, ``None`` if there is none

        Returns:
            the kernel, ``None`` if there is none for such an encoding: then points are rated whole
        """
        return None

    def kernel_of_moves(self, op1: Any) -> Kernel | None:
        """Return ``rate_move(x, f, a, b, move, data)``, the value of ``x`` after a move.

        The move is not made yet, and ``f`` is the value before it.

        Args:
            op1: the operator whose moves these are; ``a`` and ``b`` are what it has chosen, and
                ``move`` is its data, where that may stand as well

        Returns:
            the kernel, ``None`` if there is none for such moves: then they are made and rated
        """
        return None

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
