"""Optimization algorithms; :data:`CATALOGUE` lists them."""

from typing import Final

from fescue.algorithms.annealing import (
    ExponentialSchedule,
    LogarithmicSchedule,
    SimulatedAnnealing,
    TemperatureSchedule,
)
from fescue.algorithms.ea import EA
from fescue.algorithms.ffa import FHC, FEA1plus1
from fescue.algorithms.hill_climber import HillClimber, HillClimberWithRestarts
from fescue.algorithms.morls import MORLS
from fescue.algorithms.nsga2 import NSGA2
from fescue.algorithms.ppa import PPA
from fescue.algorithms.random_search import RandomSampling, RandomWalk, SingleRandomSample
from fescue.algorithms.restarts import luby_restarts, restarts
from fescue.algorithms.rls import RLS
from fescue.api.catalogue import Entry, collect

#: the modules that have entries, in the order of the catalogue
_MODULES: Final = (
    "random_search",
    "rls",
    "hill_climber",
    "annealing",
    "ea",
    "ppa",
    "ffa",
    "restarts",
    "cmaes_lib",
    "scipy_lib",
    "morls",
    "nsga2",
)

#: each entry's ``make`` takes a :class:`~fescue.api.catalogue.Kit`
CATALOGUE: Final[tuple[Entry, ...]] = collect(__name__, _MODULES)

#: likewise, of the algorithms for several objectives
MO_CATALOGUE: Final[tuple[Entry, ...]] = collect(__name__, _MODULES, "MO_ENTRIES")

__all__ = [
    "CATALOGUE",
    "EA",
    "FHC",
    "MORLS",
    "MO_CATALOGUE",
    "NSGA2",
    "PPA",
    "RLS",
    "ExponentialSchedule",
    "FEA1plus1",
    "HillClimber",
    "HillClimberWithRestarts",
    "LogarithmicSchedule",
    "RandomSampling",
    "RandomWalk",
    "SimulatedAnnealing",
    "SingleRandomSample",
    "TemperatureSchedule",
    "luby_restarts",
    "restarts",
]
