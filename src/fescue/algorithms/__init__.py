"""Optimization algorithms; :data:`CATALOGUE` lists them."""

from typing import Final

from fescue.algorithms.annealing import (
    ExponentialSchedule,
    ExponentialScheduleBasedOnBounds,
    LogarithmicSchedule,
    SimulatedAnnealing,
    TemperatureSchedule,
)
from fescue.algorithms.ea import EA
from fescue.algorithms.ffa import FHC, FEA1plus1
from fescue.algorithms.ffa_hybrids import (
    EAFEA,
    EAFEAA,
    EAFEAB,
    EAFEAN,
    SAFEAA,
    SAFEAB,
    SAFEAN,
)
from fescue.algorithms.fitness import FFA, Direct, Fitness, FRecord, Rank, RankAndIteration
from fescue.algorithms.general_ea import GeneralEA
from fescue.algorithms.greedy_ga import GreedyTwoPlusOneEAmod
from fescue.algorithms.hill_climber import HillClimber, HillClimberWithRestarts
from fescue.algorithms.memetic import MA, MARLS, GeneralMA
from fescue.algorithms.morls import MORLS
from fescue.algorithms.nsga2 import NSGA2
from fescue.algorithms.ppa import PPA
from fescue.algorithms.random_search import RandomSampling, RandomWalk, SingleRandomSample
from fescue.algorithms.restarts import luby_restarts, restarts
from fescue.algorithms.rls import RLS
from fescue.algorithms.selection import (
    Best,
    FitnessProportionateSUS,
    RandomWithoutReplacement,
    Selection,
    TournamentWithoutReplacement,
    TournamentWithReplacement,
)
from fescue.api.catalogue import Entry, collect

#: the modules that have entries, in the order of the catalogue
_MODULES: Final = (
    "random_search",
    "rls",
    "hill_climber",
    "annealing",
    "ea",
    "general_ea",
    "greedy_ga",
    "memetic",
    "ppa",
    "ffa",
    "ffa_hybrids",
    "restarts",
    "cmaes_lib",
    "scipy_lib",
    "nlopt_lib",
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
    "EAFEA",
    "EAFEAA",
    "EAFEAB",
    "EAFEAN",
    "FFA",
    "FHC",
    "MA",
    "MARLS",
    "MORLS",
    "MO_CATALOGUE",
    "NSGA2",
    "PPA",
    "RLS",
    "SAFEAA",
    "SAFEAB",
    "SAFEAN",
    "Best",
    "Direct",
    "ExponentialSchedule",
    "ExponentialScheduleBasedOnBounds",
    "FEA1plus1",
    "FRecord",
    "Fitness",
    "FitnessProportionateSUS",
    "GeneralEA",
    "GeneralMA",
    "GreedyTwoPlusOneEAmod",
    "HillClimber",
    "HillClimberWithRestarts",
    "LogarithmicSchedule",
    "RandomSampling",
    "RandomWalk",
    "RandomWithoutReplacement",
    "Rank",
    "RankAndIteration",
    "Selection",
    "SimulatedAnnealing",
    "SingleRandomSample",
    "TemperatureSchedule",
    "TournamentWithReplacement",
    "TournamentWithoutReplacement",
    "luby_restarts",
    "restarts",
]
