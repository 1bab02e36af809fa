"""Objective functions of job shop schedules."""

import numpy as np

from fescue.api.objective import Objective
from fescue.kernels.jit import compiled
from fescue.problems.jssp.instance import Instance
from fescue.utils.nputils import int_range_to_dtype
from fescue.utils.types import type_error


def _makespan(y: np.ndarray) -> int:
    return y[:, -1, 2].max()  # type: ignore[no-any-return]


class Makespan(Objective):
    """The time at which the last operation of a schedule ends."""

    def __init__(self, instance: Instance) -> None:
        """Create the objective for ``instance``.

        Raises:
            TypeError: if it is no :class:`~fescue.problems.jssp.instance.Instance`
        """
        if not isinstance(instance, Instance):
            raise type_error(instance, "instance", Instance)
        self._instance = instance
        self._sample = np.zeros((1, 1, 3), int_range_to_dtype(
            0, instance.makespan_upper_bound, force_signed=True))

    def initialize(self) -> None:
        """Compile the function unless that has been done."""
        super().initialize()
        # an attribute, so that a run calls the compiled function itself
        self.evaluate = compiled(_makespan, self._sample)  # type: ignore[method-assign, assignment]

    def evaluate(self, x: np.ndarray) -> int:
        """Return the makespan of the chart ``x``."""
        return int(_makespan(x))

    def lower_bound(self) -> int:
        """Return the best proven lower bound."""
        return self._instance.makespan_lower_bound

    def upper_bound(self) -> int:
        """Return the sum of all times."""
        return self._instance.makespan_upper_bound

    def is_always_integer(self) -> bool:
        """Return ``True``."""
        return True

    def __str__(self) -> str:
        return "makespan"
