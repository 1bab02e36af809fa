"""Optimization problems; :data:`CATALOGUE` lists them."""

from typing import Final

from fescue.api.catalogue import Problem, collect
from fescue.problems.bitstrings import LeadingOnes, OneMax, Trap, ZeroMax
from fescue.problems.ising import Ising1d, Ising2d
from fescue.problems.jump import Jump, Plateau, TwoMax
from fescue.problems.labs import LABS
from fescue.problems.linear import BinInt, LinearHarmonic
from fescue.problems.nqueens import NQueens
from fescue.problems.vectors import (
    Ackley,
    Griewank,
    Levy,
    Rastrigin,
    Rosenbrock,
    Schwefel,
    Sphere,
)
from fescue.problems.w_model import WModel

#: the modules that have entries, in the order of the catalogue
_MODULES: Final = (
    "bitstrings",
    "jump",
    "ising",
    "linear",
    "labs",
    "nqueens",
    "w_model",
    "jssp",
    "vectors",
    "zdt",
    "dtlz",
)

CATALOGUE: Final[tuple[Problem, ...]] = collect(__name__, _MODULES)

#: likewise, of the problems with several objectives
MO_CATALOGUE: Final[tuple[Problem, ...]] = collect(__name__, _MODULES, "MO_ENTRIES")

__all__ = ["CATALOGUE", "LABS", "MO_CATALOGUE", "Ackley", "BinInt", "Griewank", "Ising1d",
           "Ising2d", "Jump", "LeadingOnes", "Levy", "LinearHarmonic", "NQueens", "OneMax",
           "Plateau", "Rastrigin", "Rosenbrock", "Schwefel", "Sphere", "Trap", "TwoMax", "WModel",
           "ZeroMax"]
