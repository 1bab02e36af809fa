"""Search operators; :data:`CATALOGUE` lists them, :func:`kit_for` chooses some for a space."""

from typing import Final

from fescue.api.catalogue import Entry, Kit, collect
from fescue.api.space import Space
from fescue.operators import intspace
from fescue.operators.bitstrings import (
    Op0Random,
    Op1Flip1,
    Op1FlipM,
    Op1MoverNflip,
    Op2Uniform,
)
from fescue.operators.forward import Op0Forward
from fescue.operators.intspace import Op1MNormal
from fescue.operators.parameters import Op0Setting, Op1Setting, Op2Setting
from fescue.operators.permutation_crossover import (
    Op2GeneralizedAlternatingPosition,
    Op2OrderBased,
)
from fescue.operators.permutation_steps import Op1SwapExactlyN, Op1SwapTryN
from fescue.operators.permutations import Op0Shuffle, Op1Insert1, Op1Swap2, Op1SwapN
from fescue.operators.signed_permutations import (
    Op0ChooseAndShuffle,
    Op0ShuffleAndFlip,
    Op1Swap2OrFlip,
)
from fescue.operators.vectors import Op0Uniform, Op1Gaussian, Op2SBXAndPolynomial
from fescue.spaces.bitstrings import BitStrings
from fescue.spaces.intspace import IntSpace
from fescue.spaces.parameters import ParameterSpace
from fescue.spaces.permutations import Permutations
from fescue.spaces.signed_permutations import SignedPermutations
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.types import type_error

#: the modules that have entries, in the order of the catalogue
_MODULES: Final = (
    "bitstrings",
    "permutations",
    "permutation_steps",
    "permutation_crossover",
    "signed_permutations",
    "intspace",
    "vectors",
    "parameters",
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
    if isinstance(space, SignedPermutations):
        return Kit(Op0ShuffleAndFlip(space), Op1Swap2OrFlip(), space=space)
    if isinstance(space, IntSpace):
        return Kit(intspace.Op0Random(space), Op1MNormal(space), Op2Uniform(), space=space)
    if isinstance(space, VectorSpace):
        return Kit(Op0Uniform(space), Op1Gaussian(space), Op2SBXAndPolynomial(space),
                   space=space)
    if isinstance(space, ParameterSpace):
        op1 = Op1Setting(space)
        return Kit(Op0Setting(space), op1, Op2Setting(space), op1, space)
    raise type_error(space, "space", (
        BitStrings, Permutations, SignedPermutations, IntSpace, VectorSpace, ParameterSpace))


__all__ = [
    "CATALOGUE",
    "Op0ChooseAndShuffle",
    "Op0Forward",
    "Op0Random",
    "Op0Setting",
    "Op0Shuffle",
    "Op0ShuffleAndFlip",
    "Op1Flip1",
    "Op1FlipM",
    "Op1Insert1",
    "Op1MNormal",
    "Op1MoverNflip",
    "Op1Setting",
    "Op1Swap2",
    "Op1Swap2OrFlip",
    "Op1SwapExactlyN",
    "Op1SwapN",
    "Op1SwapTryN",
    "Op2GeneralizedAlternatingPosition",
    "Op2OrderBased",
    "Op2Setting",
    "Op2Uniform",
    "kit_for",
]
