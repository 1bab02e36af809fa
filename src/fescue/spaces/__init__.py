"""Search and solution spaces; :data:`CATALOGUE` lists them."""

from typing import Final

from fescue.api.catalogue import Entry
from fescue.spaces.bitstrings import BitStrings
from fescue.spaces.intspace import IntSpace
from fescue.spaces.ordered_choices import OrderedChoices
from fescue.spaces.permutations import Permutations
from fescue.spaces.signed_permutations import SignedPermutations
from fescue.spaces.vectorspace import VectorSpace

CATALOGUE: Final[tuple[Entry, ...]] = (
    Entry("bits", "bit strings", BitStrings, ("bits",), {"dimension": "1..10^8"}),
    Entry("permutations", "permutations, with or without repetitions", Permutations.standard,
          ("permutations",), {"n": "2..10^8"}),
    Entry("permutations-with-repetitions", "permutations of a multiset",
          Permutations.with_repetitions, ("permutations",),
          {"n": "2..10^8", "repetitions": "1..10^8/n"}),
    Entry("signed-permutations", "permutations whose elements have signs",
          SignedPermutations.standard, ("signed-permutations",), {"n": "2..10^8"}),
    Entry("ordered-choices", "permutations of one choice from each of some groups",
          OrderedChoices, ("ordered-choices",), {"selections": "groups of integers"}),
    Entry("ints", "integer vectors within bounds", IntSpace, ("ints",),
          {"dimension": "1..10^8", "min_value": "-2^61..2^61", "max_value": "> min_value"}),
    Entry("vectors", "real vectors within bounds", VectorSpace, ("vectors",),
          {"dimension": "1..10^8", "lower_bound": "finite", "upper_bound": "> lower_bound"}),
)

__all__ = ["CATALOGUE", "BitStrings", "IntSpace", "OrderedChoices", "Permutations",
           "SignedPermutations", "VectorSpace"]
