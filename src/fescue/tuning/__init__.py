"""Tuning of parameters: see docs/tuning.md."""

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.tuning.bridge import StrategyAlgorithm
from fescue.tuning.calls import BlockedLoopWarning
from fescue.tuning.executor import TaskExecutor
from fescue.tuning.monitor import ResourceMonitor, SystemStats
from fescue.tuning.optimizer import Optimizer
from fescue.tuning.pruning import MedianPruning, PruningRule, SuccessiveHalving
from fescue.tuning.replay import StudyReplay, replay_study
from fescue.tuning.strategies import (
    STRATEGIES,
    AutoStrategy,
    BayesianStrategy,
    CMAESStrategy,
    GridSearchStrategy,
    OptimizationStrategy,
    RandomSearchStrategy,
    TPEStrategy,
)
from fescue.tuning.strategies.algorithm import AlgorithmStrategy
from fescue.tuning.study import Study
from fescue.tuning.trials import OptimizationResult, Trial, TrialState
from fescue.utils.errors import TrialPruned

__all__ = [
    "STRATEGIES",
    "AlgorithmStrategy",
    "AutoStrategy",
    "BayesianStrategy",
    "BlockedLoopWarning",
    "CMAESStrategy",
    "GridSearchStrategy",
    "MedianPruning",
    "OptimizationResult",
    "OptimizationStrategy",
    "Optimizer",
    "Parameter",
    "ParameterSpace",
    "ParameterType",
    "PruningRule",
    "RandomSearchStrategy",
    "ResourceMonitor",
    "StrategyAlgorithm",
    "Study",
    "StudyReplay",
    "SuccessiveHalving",
    "SystemStats",
    "TPEStrategy",
    "TaskExecutor",
    "Trial",
    "TrialPruned",
    "TrialState",
    "replay_study",
]
