"""Strategies: they propose parameters, and learn what came out; none of them waits for anything."""

from collections.abc import Callable
from typing import Final

from fescue.tuning.strategies.auto import AutoStrategy
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.strategies.bayesian import BayesianStrategy
from fescue.tuning.strategies.cmaes import CMAESStrategy
from fescue.tuning.strategies.grid import GridSearchStrategy
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.strategies.tpe import TPEStrategy

#: how strategies are made that are chosen by name
STRATEGIES: Final[dict[str, Callable[[], OptimizationStrategy]]] = {
    "auto": AutoStrategy,
    "bayesian": BayesianStrategy,
    "tpe": TPEStrategy,
    "cmaes": CMAESStrategy,
    "random": RandomSearchStrategy,
    "sobol": lambda: RandomSearchStrategy("sobol"),
    "latin": lambda: RandomSearchStrategy("latin"),
    "grid": GridSearchStrategy,
}


def strategy_of(name: str) -> OptimizationStrategy:
    """Create a strategy that is chosen by name.

    Raises:
        ValueError: if there is none of this name

    >>> str(strategy_of("random"))
    'randomsearch'
    """
    if name not in STRATEGIES:
        raise ValueError(f"strategy={name!r} is invalid, must be {', '.join(STRATEGIES)}.")
    return STRATEGIES[name]()


__all__ = ["STRATEGIES", "AutoStrategy", "BayesianStrategy", "CMAESStrategy", "GridSearchStrategy",
           "OptimizationStrategy", "RandomSearchStrategy", "TPEStrategy", "strategy_of"]
