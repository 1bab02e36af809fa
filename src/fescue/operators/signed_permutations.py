"""Search operators for permutations with signs, and for permutations of choices."""

from typing import Any, Final

import numpy as np

from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.kernels.kernel import Kernel, Move
from fescue.kernels.primitives import copy, draw, shuffle
from fescue.spaces.ordered_choices import OrderedChoices
from fescue.spaces.signed_permutations import SignedPermutations
from fescue.utils.types import type_error


class Op0ShuffleAndFlip(Op0):
    """Sample all signed permutations with the same probability."""

    def __init__(self, space: SignedPermutations) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of signed permutations
        """
        if not isinstance(space, SignedPermutations):
            raise type_error(space, "space", SignedPermutations)
        self._blueprint = space.blueprint

    def kernel(self) -> Kernel:
        """Return the operator, for compiled runs and others."""
        return Kernel(_shuffle_and_flip, (self._blueprint,))

    def __str__(self) -> str:
        return "shuffleNflip"


class Op1Swap2OrFlip(Op1):
    """Exchange two different elements or change the sign of one, each with probability 1/2.

    If all elements are the same, a sign is changed in any case.
    """

    def kernel(self) -> Kernel:
        """Return the operator, for compiled runs and others."""
        return Kernel(_swap_or_flip)

    def move(self) -> Move:
        """Return the operator as a change in place."""
        return Move(_choose, _apply, _apply, first=_first)

    def __str__(self) -> str:
        return "swap2orFlip"


class Op0ChooseAndShuffle(Op0):
    """Choose from each group, all elements with the same probability, in any order."""

    def __init__(self, space: OrderedChoices) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of ordered choices
        """
        if not isinstance(space, OrderedChoices):
            raise type_error(space, "space", OrderedChoices)
        self._ends = np.cumsum([len(group) for group in space.choices])
        self._elements = np.array([e for group in space.choices for e in group], space.dtype)

    def kernel(self) -> Kernel:
        """Return the operator, for compiled runs and others."""
        return Kernel(_choose_and_shuffle, (self._ends, self._elements))

    def __str__(self) -> str:
        return "chooseNshuffle"


def _shuffle_and_flip(rng: Any, dest: Any, data: Any) -> None:
    copy(dest, data[0])
    shuffle(rng, dest)
    for i in range(len(dest)):
        if draw(rng, 2) == 1:
            dest[i] = -dest[i]


def _swap_or_flip(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    i, j = _choose(rng, x, data)
    _apply(dest, i, j, data)


def _choose(rng: Any, x: Any, data: Any) -> tuple[int, int]:
    """Return two indices, equal ones if a sign is to be changed."""
    n = len(x)
    swap = draw(rng, 2) == 1
    i = draw(rng, n)
    if swap and (x != x[i]).any():
        j = draw(rng, n)
        while x[j] == x[i]:
            j = draw(rng, n)
        return i, j
    return i, i


def _apply(x: Any, i: int, j: int, data: Any) -> None:
    if i == j:
        x[i] = -x[i]
    else:
        x[i], x[j] = x[j], x[i]


def _first(i: int, j: int, data: Any) -> int:
    return min(i, j)


def _choose_and_shuffle(rng: Any, dest: Any, data: Any) -> None:
    ends, elements = data
    start = 0
    for i in range(len(dest)):
        dest[i] = elements[start + draw(rng, ends[i] - start)]
        start = ends[i]
    shuffle(rng, dest)


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("shuffleNflip", "shuffle the elements, and choose signs", Op0ShuffleAndFlip,
          ("signed-permutations",)),
    Entry("swap2orFlip", "exchange two elements or change a sign", lambda space: Op1Swap2OrFlip(),
          ("signed-permutations",)),
    Entry("chooseNshuffle", "choose from each group, and shuffle", Op0ChooseAndShuffle,
          ("ordered-choices",)),
)
