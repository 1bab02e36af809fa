"""Unary operators for permutations that are told how far to go."""

from typing import Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op1WithStepSize
from fescue.operators.tools import exponential_step_size
from fescue.spaces.permutations import Permutations
from fescue.utils.types import type_error


class Op1SwapTryN(Op1WithStepSize):
    """Pass on elements in a cycle whose length the step size gives, if that is possible."""

    def __init__(self, perm: Permutations) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``perm`` is no space of permutations
        """
        if not isinstance(perm, Permutations):
            raise type_error(perm, "perm", Permutations)
        self._order = np.arange(perm.dimension)

    def initialize(self) -> None:
        """Reset the buffer from which places are drawn."""
        super().initialize()
        self._order[:] = np.arange(len(self._order))

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray,
            step_size: float = 0.0) -> None:
        """Overwrite ``dest`` with ``x`` but for elements that were passed on.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten; never the same object as ``x``
            x: the point to start from, which is left unchanged
            step_size: in ``[0, 1]``: 0 for two elements, 1 for all that it can reach
        """
        dest[:] = x
        n, order, integers = len(dest), self._order, random.integers
        steps = n if n <= 2 else exponential_step_size(step_size, 2, n)
        left = n  # places that are not part of the cycle stand in front
        at = integers(0, left)
        i = order[at]
        left -= 1
        order[at], order[left] = order[left], i
        first = last = dest[i]
        more = True
        while more:
            steps -= 1
            more = steps > 1 and left > 1
            tries = left
            while True:
                at = integers(0, tries)
                j = order[at]
                value = dest[j]
                if tries <= 1:  # no other one is left
                    more = False
                    break
                if value != last and (more or value != first):
                    left -= 1
                    order[at], order[left] = order[left], j
                    break
                tries -= 1
                order[at], order[tries] = order[tries], j
            dest[i] = last = value
            i = j
        dest[i] = first

    def __str__(self) -> str:
        return "swaptn"


_WHY: Final = "kernels get no step size"

#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("swaptn", "pass on elements in a cycle of a given length, if possible", Op1SwapTryN,
          ("permutations",), no_kernel=_WHY),
)
