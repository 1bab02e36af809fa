"""Binary operators for permutations, with and without repetitions."""

from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op2
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import draw
from fescue.spaces.permutations import Permutations
from fescue.utils.types import type_error


class _Op2(Op2):
    """A binary operator with buffers."""

    def __init__(self, space: Permutations) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of permutations
        """
        if not isinstance(space, Permutations):
            raise type_error(space, "space", Permutations)
        n = space.dimension
        self._used = np.zeros((2, n), bool)
        self._order = np.arange(n)

    def initialize(self) -> None:
        """Reset the buffers."""
        super().initialize()
        self._order[:] = np.arange(len(self._order))


class Op2GeneralizedAlternatingPosition(_Op2):
    """Take the next element that is left from either parent.

    It is alternating position crossover, made random and extended to repetitions. Source:
    P. Larrañaga, C. M. H. Kuijpers, R. H. Murga, I. Inza, S. Dizdarevic, Genetic Algorithms for the
    Travelling Salesman Problem, 1999, 10.1023/A:1006529012972.
    """

    def op2(self, random: Generator, dest: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> None:
        """Overwrite ``dest`` with the elements of ``x0`` and ``x1`` in a mixed order."""
        n, (used0, used1) = len(dest), self._used
        used0[:] = used1[:] = False
        i = j = 0  # the next elements of the two
        for k, other in enumerate(random.integers(2, size=n - 1)):
            if other:
                dest[k] = value = x1[j]
                used1[j] = True
                _mark(used0, x0, value, i)
            else:
                dest[k] = value = x0[i]
                used0[i] = True
                _mark(used1, x1, value, j)
            while used0[i]:
                i += 1
            while used1[j]:
                j += 1
        dest[n - 1] = x0[i]

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_gap, (np.zeros_like(self._used),))

    def __str__(self) -> str:
        return "gap"


class Op2OrderBased(_Op2):
    """Take elements at random places from one parent, the others in the order of the other one.

    Source: G. Syswerda, Schedule optimization using genetic algorithms, in L. Davis (ed.), Handbook
    of Genetic Algorithms, 1991.
    """

    def __init__(self, space: Permutations) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of permutations
            ValueError: if its points have less than four elements
        """
        super().__init__(space)
        if space.dimension < 4:
            raise ValueError(f"space {space} has points of {space.dimension} elements, order-based "
                             "crossover needs at least 4.")

    def op2(self, random: Generator, dest: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> None:
        """Overwrite ``dest`` with elements of ``x0`` and, in their order, of ``x1``."""
        n, order, used = len(dest), self._order, self._used[1]
        used[:] = False
        k = 0
        while not 1 < k < n - 1:
            k = random.binomial(n, 0.5)
        start = 0
        for left in range(n, n - k, -1):
            at = random.integers(left)
            i = order[at]
            order[at], order[left - 1] = order[left - 1], i
            dest[i] = value = x0[i]
            _mark(used, x1, value, start)
            while start < n and used[start]:
                start += 1
        for left in range(n - k, 0, -1):
            at = random.integers(left)
            i = order[at]
            order[at], order[left - 1] = order[left - 1], i
            while used[start]:
                start += 1
            dest[i] = x1[start]
            start += 1

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_ox2, (self._order.copy(), np.zeros_like(self._used[0])))

    def __str__(self) -> str:
        return "ox2"


def _mark(used: Any, x: Any, value: Any, start: int) -> None:
    """Mark the first element from ``start`` on that is not marked and has this value."""
    i = start
    while used[i] or x[i] != value:
        i += 1
    used[i] = True


def _gap(rng: Any, dest: Any, x0: Any, x1: Any, data: Any) -> None:
    used0, used1 = data[0][0], data[0][1]
    n = len(dest)
    for k in range(n):
        used0[k] = used1[k] = False
    i = j = 0
    for k in range(n - 1):
        if draw(rng, 2):
            dest[k] = x1[j]
            used1[j] = True
            _mark(used0, x0, dest[k], i)
        else:
            dest[k] = x0[i]
            used0[i] = True
            _mark(used1, x1, dest[k], j)
        while used0[i]:
            i += 1
        while used1[j]:
            j += 1
    dest[n - 1] = x0[i]


def _ox2(rng: Any, dest: Any, x0: Any, x1: Any, data: Any) -> None:
    order, used = data
    n = len(dest)
    for i in range(n):
        used[i] = False
    k = 0
    while not 1 < k < n - 1:
        k = rng.binomial(n, 0.5)
    start = 0
    for left in range(n, n - k, -1):
        at = draw(rng, left)
        i = order[at]
        order[at] = order[left - 1]
        order[left - 1] = i
        dest[i] = x0[i]
        _mark(used, x1, x0[i], start)
        while start < n and used[start]:
            start += 1
    for left in range(n - k, 0, -1):
        at = draw(rng, left)
        i = order[at]
        order[at] = order[left - 1]
        order[left - 1] = i
        while used[start]:
            start += 1
        dest[i] = x1[start]
        start += 1


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("ox2", "keep some places of one parent, fill in the others in the other's order",
          Op2OrderBased, ("permutations",), {"space.dimension": "at least 4"},
          "Syswerda, Handbook of Genetic Algorithms, 1991"),
    Entry("gap", "take the next element that is left from either parent",
          Op2GeneralizedAlternatingPosition, ("permutations",), source="10.1023/A:1006529012972"),
)
