"""Optimization algorithms; :data:`CATALOGUE` lists them."""

from typing import Final

from fescue.algorithms.annealing import (
    ExponentialSchedule,
    LogarithmicSchedule,
    SimulatedAnnealing,
    TemperatureSchedule,
)
from fescue.algorithms.ea import EA
from fescue.algorithms.hill_climber import HillClimber, HillClimberWithRestarts
from fescue.algorithms.morls import MORLS
from fescue.algorithms.random_search import RandomSampling, RandomWalk
from fescue.algorithms.rls import RLS
from fescue.api.catalogue import Entry

#: each entry's ``make`` takes a :class:`~fescue.api.catalogue.Kit`
CATALOGUE: Final[tuple[Entry, ...]] = (
    Entry("rs", "random sampling", lambda kit: RandomSampling(kit.op0)),
    Entry("rw", "random walk", lambda kit: RandomWalk(kit.op0, kit.op1)),
    Entry("rls", "randomized local search, accepts equal", lambda kit: RLS(kit.op0, kit.op1)),
    Entry("hc", "hill climber, accepts better", lambda kit: HillClimber(kit.op0, kit.op1)),
    Entry("hcr", "hill climber with restarts after 1000 failed moves",
          lambda kit: HillClimberWithRestarts(kit.op0, kit.op1, 1000),
          parameters={"max_moves_without_improvement": "1..10^12"}),
    Entry("sa", "simulated annealing, temperature 16 * 0.9998^t",
          lambda kit: SimulatedAnnealing(kit.op0, kit.op1, ExponentialSchedule(16.0, 0.0002)),
          parameters={"t0": "> 0", "epsilon": "(0, 1)"}, source="10.1126/science.220.4598.671"),
    Entry("sa-ln", "simulated annealing, temperature 16 / ln(e + t)",
          lambda kit: SimulatedAnnealing(kit.op0, kit.op1, LogarithmicSchedule(16.0, 1.0)),
          parameters={"t0": "> 0", "epsilon": "> 0"}, source="10.1287/moor.13.2.311"),
    Entry("ea", "(16+16) evolutionary algorithm",
          lambda kit: EA(kit.op0, kit.op1, kit.op2, 16, 16),
          parameters={"mu": "1..10^6", "lambda_": "1..10^6", "br": "[0, 1]"},
          source="10.1023/A:1015059928466"),
)

#: likewise, of the algorithms for several objectives
MO_CATALOGUE: Final[tuple[Entry, ...]] = (
    Entry("morls", "multi-objective randomized local search",
          lambda kit: MORLS(kit.op0, kit.op1),
          no_kernel="archives of points are kept by Python"),
)

__all__ = ["CATALOGUE", "EA", "MORLS", "MO_CATALOGUE", "RLS", "ExponentialSchedule",
           "HillClimber", "HillClimberWithRestarts", "LogarithmicSchedule", "RandomSampling",
           "RandomWalk", "SimulatedAnnealing", "TemperatureSchedule"]
