"""Budgeted, logged, replicable black-box optimization.

These are the names that one starts from; all others stand in the packages ``api`` (contracts),
``spaces``, ``operators``, ``algorithms``, ``problems``, ``mo``, ``evaluation`` and ``testing``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
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

#: where each name is from: it is imported when it is used, so that an import costs next to nothing
_HOMES: Final = {name: home for home, names in {
    "fescue.algorithms": ("EA", "MORLS", "RLS", "ExponentialSchedule", "HillClimber",
        "HillClimberWithRestarts", "LogarithmicSchedule", "RandomSampling", "RandomWalk",
        "SimulatedAnnealing",),
    "fescue.api.algorithm": ("Algorithm",),
    "fescue.api.encoding": ("Encoding",),
    "fescue.api.execution": ("Execution",),
    "fescue.api.experiment": ("Parallelism", "run_experiment",),
    "fescue.api.mo_algorithm": ("MOAlgorithm",),
    "fescue.api.mo_execution": ("MOExecution",),
    "fescue.api.mo_problem": ("MOProblem",),
    "fescue.api.mo_process": ("MOProcess",),
    "fescue.api.objective": ("Objective",),
    "fescue.api.operators": ("Op0", "Op1", "Op1WithStepSize", "Op2",),
    "fescue.api.process": ("Process",),
    "fescue.api.space": ("Space",),
    "fescue.api.subprocesses": ("for_fes", "from_starting_point", "without_should_terminate",),
    "fescue.evaluation": ("read_log",),
    "fescue.mo.archives": ("KeepFarthest",),
    "fescue.mo.problems": ("WeightedSum",),
    "fescue.operators": ("Op0Random", "Op0Shuffle", "Op1Flip1", "Op1Insert1", "Op1MoverNflip",
        "Op1Swap2", "Op1SwapN", "Op2Uniform",),
    "fescue.problems": ("LeadingOnes", "OneMax", "Trap", "ZeroMax",),
    "fescue.spaces": ("BitStrings", "Permutations",),
}.items() for name in names}


#: what names that will be gone are called now; see docs/stability.md
_RENAMED: Final[dict[str, str]] = {}


def __getattr__(name: str) -> Any:
    """Import a name when it is used for the first time."""
    if name in _RENAMED:
        import warnings  # hardly ever needed

        warnings.warn(f"fescue.{name} is called fescue.{_RENAMED[name]} now.",
                      DeprecationWarning, stacklevel=2)
        return __getattr__(_RENAMED[name])
    if name not in _HOMES:
        raise AttributeError(f"module 'fescue' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    """Return all names."""
    return sorted({*globals(), *__all__})
