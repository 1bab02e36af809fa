"""Tuning of parameters: what is there so far, see docs/architecture.md."""

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.tuning.executor import TaskExecutor
from fescue.tuning.monitor import ResourceMonitor, SystemStats
from fescue.tuning.optimizer import Optimizer
from fescue.tuning.strategies import (
    BayesianStrategy,
    GridSearchStrategy,
    OptimizationStrategy,
    RandomSearchStrategy,
)
from fescue.tuning.trials import OptimizationResult, Trial, TrialState

__all__ = [
    "BayesianStrategy",
    "GridSearchStrategy",
    "OptimizationResult",
    "OptimizationStrategy",
    "Optimizer",
    "Parameter",
    "ParameterSpace",
    "ParameterType",
    "RandomSearchStrategy",
    "ResourceMonitor",
    "SystemStats",
    "TaskExecutor",
    "Trial",
    "TrialState",
]
