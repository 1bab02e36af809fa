"""Search operators; :data:`CATALOGUE` lists them, :func:`kit_for` chooses some for a space."""

from typing import Any, Final

from fescue.api.catalogue import Entry, Kit
from fescue.api.space import Space
from fescue.operators.bitstrings import Op0Random, Op1Flip1, Op1MoverNflip, Op2Uniform
from fescue.operators.permutations import Op0Shuffle, Op1Insert1, Op1Swap2, Op1SwapN
from fescue.spaces.bitstrings import BitStrings
from fescue.spaces.permutations import Permutations
from fescue.utils.types import type_error


def _without_space(operator: type) -> Any:
    return lambda space: operator()


#: each entry's ``make`` takes the space that the operator is for
CATALOGUE: Final[tuple[Entry, ...]] = (
    Entry("randomize", "sample a bit string", _without_space(Op0Random), ("bits",)),
    Entry("flip1", "flip one bit", _without_space(Op1Flip1), ("bits",)),
    Entry("flipB1", "flip each bit with probability 1/n, at least one",
          lambda space: Op1MoverNflip(space.dimension), ("bits",),
          {"n": "1..10^8", "m": "1..n", "at_least_1": "bool"},
          "Mühlenbein, PPSN II, 1992"),
    Entry("flipB2n", "flip each bit with probability 2/n",
          lambda space: Op1MoverNflip(space.dimension, min(2, space.dimension), False), ("bits",),
          {"n": "1..10^8", "m": "1..n", "at_least_1": "bool"},
          "Mühlenbein, PPSN II, 1992"),
    Entry("uniform", "take each bit from either parent", _without_space(Op2Uniform), ("bits",),
          source="Syswerda, ICGA 1989"),
    Entry("shuffle", "sample a permutation", Op0Shuffle, ("permutations",)),
    Entry("swap2", "exchange two different elements", _without_space(Op1Swap2),
          ("permutations",)),
    Entry("swapn", "pass on elements in a cycle of random length", _without_space(Op1SwapN),
          ("permutations",)),
    Entry("rot1", "move one element to another place", _without_space(Op1Insert1),
          ("permutations",)),
)


def kit_for(space: Space) -> Kit:
    """Return the operators that are used on ``space`` unless others are chosen.

    Raises:
        TypeError: if there are none for such a space
    """
    if isinstance(space, BitStrings):
        return Kit(Op0Random(), Op1MoverNflip(space.dimension), Op2Uniform())
    if isinstance(space, Permutations):
        return Kit(Op0Shuffle(space), Op1Swap2())
    raise type_error(space, "space", (BitStrings, Permutations))


__all__ = ["CATALOGUE", "Op0Random", "Op0Shuffle", "Op1Flip1", "Op1Insert1", "Op1MoverNflip",
           "Op1Swap2", "Op1SwapN", "Op2Uniform", "kit_for"]
