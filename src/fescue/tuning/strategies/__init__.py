"""Strategies: they propose parameters, and learn what came out; none of them waits for anything."""

from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.strategies.bayesian import BayesianStrategy
from fescue.tuning.strategies.grid import GridSearchStrategy
from fescue.tuning.strategies.random_search import RandomSearchStrategy

__all__ = ["BayesianStrategy", "GridSearchStrategy", "OptimizationStrategy", "RandomSearchStrategy"]
