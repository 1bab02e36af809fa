"""Budgeted, logged, replicable black-box optimization.

These are the names that one starts from; all others stand in the packages ``api`` (contracts),
``spaces``, ``operators``, ``algorithms``, ``problems``, ``mo``, ``evaluation`` and ``testing``.
"""

from fescue.algorithms import (
    EA,
    MORLS,
    RLS,
    ExponentialSchedule,
    HillClimber,
    HillClimberWithRestarts,
    LogarithmicSchedule,
    RandomSampling,
    RandomWalk,
    SimulatedAnnealing,
)
from fescue.api.algorithm import Algorithm
from fescue.api.encoding import Encoding
from fescue.api.execution import Execution
from fescue.api.experiment import Parallelism, run_experiment
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.api.mo_process import MOProcess
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.api.process import Process
from fescue.api.space import Space
from fescue.api.subprocesses import for_fes, from_starting_point, without_should_terminate
from fescue.evaluation import read_log
from fescue.mo.archives import KeepFarthest
from fescue.mo.problems import WeightedSum
from fescue.operators import (
    Op0Random,
    Op0Shuffle,
    Op1Flip1,
    Op1Insert1,
    Op1MoverNflip,
    Op1Swap2,
    Op1SwapN,
    Op2Uniform,
)
from fescue.problems import LeadingOnes, OneMax, Trap, ZeroMax
from fescue.spaces import BitStrings, Permutations

__all__ = [
    "EA", "MORLS", "RLS", "Algorithm", "BitStrings", "Encoding", "Execution",
    "ExponentialSchedule", "HillClimber", "HillClimberWithRestarts", "KeepFarthest",
    "LeadingOnes", "LogarithmicSchedule", "MOAlgorithm", "MOExecution", "MOProblem", "MOProcess",
    "Objective", "OneMax", "Op0", "Op0Random", "Op0Shuffle", "Op1", "Op1Flip1", "Op1Insert1",
    "Op1MoverNflip", "Op1Swap2", "Op1SwapN", "Op1WithStepSize", "Op2", "Op2Uniform",
    "Parallelism", "Permutations", "Process", "RandomSampling", "RandomWalk",
    "SimulatedAnnealing", "Space", "Trap", "WeightedSum", "ZeroMax", "for_fes",
    "from_starting_point", "read_log", "run_experiment", "without_should_terminate",
]
