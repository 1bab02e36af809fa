"""Optimization problems; :data:`CATALOGUE` lists them."""

from typing import Final

from fescue.api.catalogue import Problem, collect
from fescue.problems.bitstrings import LeadingOnes, OneMax, Trap, ZeroMax

#: the modules that have entries, in the order of the catalogue
_MODULES: Final = (
    "bitstrings",
    "jssp",
)

CATALOGUE: Final[tuple[Problem, ...]] = collect(__name__, _MODULES)

__all__ = ["CATALOGUE", "LeadingOnes", "OneMax", "Trap", "ZeroMax"]
