"""Unary operators for permutations that are told how far to go."""

from collections import Counter
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op1WithStepSize
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import copy, draw
from fescue.operators.tools import exponential_step_size, steps_of
from fescue.spaces.permutations import Permutations
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range, type_error


class Op1SwapTryN(Op1WithStepSize):
    """Pass on elements in a cycle whose length the step size gives, if that is possible."""

    def __init__(self, perm: Permutations) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``perm`` is no space of permutations
        """
        self._order = np.arange(_check(perm).dimension)

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

    def kernel(self) -> Kernel:
        """Return the operator with the smallest step for compiled runs."""
        return Kernel(_swap_few, (np.arange(len(self._order)),))

    def step_kernel(self, x: np.ndarray) -> Kernel:
        """Return the operator for compiled runs.

        Args:
            x: a point, such as it will get
        """
        return Kernel(_swap_try_n, (np.arange(len(self._order)),))

    def __str__(self) -> str:
        return "swaptn"


def _swap_few(rng: Any, dest: Any, x: Any, data: Any) -> None:
    _swap_try_n(rng, dest, x, 0.0, data)


def _swap_try_n(rng: Any, dest: Any, x: Any, step_size: float, data: Any) -> None:
    copy(dest, x)
    order = data[0]
    n = len(dest)
    steps = n if n <= 2 else steps_of(step_size, 2, n)
    left = n
    at = draw(rng, left)
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
            at = draw(rng, tries)
            j = order[at]
            value = dest[j]
            if tries <= 1:
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


class Op1SwapExactlyN(Op1WithStepSize):
    """Change exactly as many places as the step size says, by passing on their elements.

    With repetitions, not all numbers of places are possible: then it is the next smaller one that
    is. All choices of places, and all ways to change all of them, have the same probability, unless
    they are so rare that none is found by trial; then one is constructed.
    """

    def __init__(self, perm: Permutations, max_move_trials: int = 1000,
                 max_apply_trials: int = 1000) -> None:
        """Create the operator for a space.

        Args:
            perm: the space
            max_move_trials: how often places are drawn before some are constructed, in ``1..10**6``
            max_apply_trials: likewise, orders of their elements

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range
        """
        counts = list(Counter(_check(perm).blueprint.tolist()).values())
        #: how often places are drawn before some are constructed
        self.max_move_trials: Final[int] = check_int_range(
            max_move_trials, "max_move_trials", 1, 1_000_000)
        #: how often orders of elements are drawn before one is constructed
        self.max_apply_trials: Final[int] = check_int_range(
            max_apply_trials, "max_apply_trials", 1, 1_000_000)
        self._moves = [k for k in range(2, perm.dimension + 1)
                       # each of k places gets another element: none may be in more than half
                       if sum(min(count, k // 2) for count in counts) >= k]
        self._next = np.searchsorted(self._moves, np.arange(perm.dimension + 1), "right") - 1

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray,
            step_size: float = 0.0) -> None:
        """Overwrite ``dest`` with ``x`` but for elements that have changed places.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten; never the same object as ``x``
            x: the point to start from, which is left unchanged
            step_size: in ``[0, 1]``: 0 for two places, 1 for as many as possible
        """
        moves, k = self._moves, 2
        if len(moves) > 1:
            k = moves[self._next[exponential_step_size(step_size, 2, moves[-1])]]
        places = self._places(random, x, k)
        dest[:] = x
        dest[places] = self._others(random, x[places])

    def _places(self, random: Generator, x: np.ndarray, k: int) -> np.ndarray:
        """Return ``k`` places, at most half of which have the same element."""
        for _ in range(self.max_move_trials):
            places = random.choice(len(x), k, replace=False)
            if np.unique(x[places], return_counts=True)[1].max() <= k // 2:
                return places
        taken: Counter[Any] = Counter()
        found: list[int] = []
        for i in random.permutation(len(x)).tolist():
            if taken[x[i]] < k // 2 and len(found) < k:
                taken[x[i]] += 1
                found.append(i)
        return np.array(found)

    def _others(self, random: Generator, values: np.ndarray) -> np.ndarray:
        """Return the same values in an order in which each place has another one."""
        for _ in range(self.max_apply_trials):
            result = random.permutation(values)
            if (result != values).all():
                return result
        # sorted, by as many places as the most frequent value has
        order = np.argsort(values, kind="stable")
        most = np.unique(values, return_counts=True)[1].max()
        result = np.empty_like(values)
        result[order] = np.roll(values[order], most)
        return result

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, the numbers of trials, and how many places can be changed."""
        super().log_parameters_to(logger)
        logger.key_value("maxChanges", self._moves[-1])
        logger.key_value("maxMoveTrials", self.max_move_trials)
        logger.key_value("maxApplyTrials", self.max_apply_trials)
        logger.key_value("moves", len(self._moves))

    def __str__(self) -> str:
        return "swapxn"


def _check(perm: Any) -> Permutations:
    if not isinstance(perm, Permutations):
        raise type_error(perm, "perm", Permutations)
    return perm


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("swaptn", "pass on elements in a cycle of a given length, if possible", Op1SwapTryN,
          ("permutations",)),
    Entry("swapxn", "pass on elements so that a given number of places changes", Op1SwapExactlyN,
          ("permutations",), {"max_move_trials": "1..10^6", "max_apply_trials": "1..10^6"},
          no_kernel="it counts equal elements"),
)
