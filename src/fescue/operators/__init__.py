"""Search operators; :data:`CATALOGUE` lists them, :func:`kit_for` chooses some for a space."""

from typing import Final

from fescue.api.catalogue import Entry, Kit, collect
from fescue.api.space import Space
from fescue.operators.bitstrings import (
    Op0Random,
    Op1Flip1,
    Op1FlipM,
    Op1MoverNflip,
    Op2Uniform,
)
from fescue.operators.permutation_crossover import (
    Op2GeneralizedAlternatingPosition,
    Op2OrderBased,
)
from fescue.operators.permutation_steps import Op1SwapTryN
from fescue.operators.permutations import Op0Shuffle, Op1Insert1, Op1Swap2, Op1SwapN
from fescue.operators.vectors import Op0Uniform, Op1Gaussian, Op2SBXAndPolynomial
from fescue.spaces.bitstrings import BitStrings
from fescue.spaces.permutations import Permutations
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.types import type_error

#: the modules that have entries, in the order of the catalogue
_MODULES: Final = (
    "bitstrings",
    "permutations",
    "permutation_steps",
    "permutation_crossover",
    "vectors",
)

#: each entry's ``make`` takes the space that the operator is for
CATALOGUE: Final[tuple[Entry, ...]] = collect(__name__, _MODULES)


def kit_for(space: Space) -> Kit:
    """Return the operators that are used on ``space`` unless others are chosen.

    Raises:
        TypeError: if there are none for such a space
    """
    if isinstance(space, BitStrings):
        return Kit(Op0Random(), Op1MoverNflip(space.dimension), Op2Uniform(), Op1FlipM(),
                   space)
    if isinstance(space, Permutations):
        return Kit(Op0Shuffle(space), Op1Swap2(), op1_with_step_size=Op1SwapTryN(space),
                   space=space)
    if isinstance(space, VectorSpace):
        return Kit(Op0Uniform(space), Op1Gaussian(space), Op2SBXAndPolynomial(space),
                   space=space)
    raise type_error(space, "space", (BitStrings, Permutations, VectorSpace))


__all__ = ["CATALOGUE", "Op0Random", "Op0Shuffle", "Op1Flip1", "Op1FlipM", "Op1Insert1",
           "Op1MoverNflip", "Op1Swap2", "Op1SwapN", "Op1SwapTryN",
           "Op2GeneralizedAlternatingPosition", "Op2OrderBased", "Op2Uniform", "kit_for"]
