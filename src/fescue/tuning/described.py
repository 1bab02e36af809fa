"""What stands for a strategy and a function of the user where a run is described."""

from collections.abc import Callable
from math import inf
from typing import Any, Final

import numpy as np

from fescue.api._run import Run
from fescue.api._setup import Destination, Setup
from fescue.api.algorithm import Algorithm
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.mo.archives import KeepFarthest
from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.pruning import PruningRule
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import sanitize_name

#: an archive of so many points is pruned when there are twice as many
_ARCHIVE: Final = 1000


class Tuning(Algorithm):
    """Stands for a strategy."""

    def __init__(self, strategy: OptimizationStrategy, pruning: PruningRule | None,
                 workers: int) -> None:
        self._strategy = strategy
        self._pruning = pruning
        self._workers = workers

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, the number in flight, strategy and rule in scopes."""
        super().log_parameters_to(logger)
        logger.key_value("workers", self._workers)
        with logger.scope("strategy") as scope:
            self._strategy.log_parameters_to(scope)
        if self._pruning is not None:
            with logger.scope("pruning") as scope:
                self._pruning.log_parameters_to(scope)

    def __str__(self) -> str:
        return f"tune_{sanitize_name(str(self._strategy))}"


class Asked(Objective):
    """Stands for a function that has to be waited for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


class AskedForSeveral(MOProblem):
    """Stands for a function with several values, and remembers them; they are summed up."""

    def __init__(self, name: str, dimension: int, space: ParameterSpace) -> None:
        self._name = name
        self._dimension = dimension
        self._space = space
        self._scores: dict[Any, tuple[float, ...]] = {}

    def remember(self, x: dict[str, Any], scores: tuple[float, ...]) -> None:
        """Take note of what a trial gave."""
        self._scores[self._space.key(x)] = scores

    def f_evaluate(self, x: dict[str, Any], fs: np.ndarray) -> float:
        """Overwrite ``fs`` with what the trial with the setting ``x`` gave, and return the sum."""
        scores = self._scores[self._space.key(x)]
        np.copyto(fs, scores)
        return sum(scores)

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        return self._dimension

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and the number of objectives."""
        super().log_parameters_to(logger)
        logger.key_value("nvars", self._dimension)

    def __str__(self) -> str:
        return self._name


def name_of(function: Callable[..., Any]) -> str:
    """Return the name of a function, as names are in logs."""
    name = getattr(function, "__name__", type(function).__name__)
    return sanitize_name(name.replace("<lambda>", "lambda"))


def open_run(algorithm: Algorithm, space: ParameterSpace, name: str, seed: int, max_fes: int,
             goal: float | None, destination: Destination | None, dimension: int = 1) -> Run:
    """Return a run that has started, of a function with one or several values."""
    several = AskedForSeveral(name, dimension, space) if dimension > 1 else None
    run = Run(Setup(
        algorithm=algorithm, solution_space=space, search_space=None, encoding=None,
        objective=several or Asked(name),
        rand_seed=seed, max_fes=max_fes, max_time_millis=None,
        goal_f=None if goal is None or goal == -inf else goal,
        log_progress=destination is not None, log_all_fes=True, log_host_details=False,
        compiled=False, pruner=None if several is None else KeepFarthest(several),
        archive_max_size=0 if several is None else _ARCHIVE,
        archive_prune_limit=0 if several is None else 2 * _ARCHIVE), destination)
    run.start()
    return run


def settle_several(run: Run, ticket: int, setting: dict[str, Any], scores: tuple[float, ...],
                   ) -> None:
    """Count an evaluation with several values."""
    problem: Any = run.problem
    problem.remember(setting, scores)
    run.ledger.settle(ticket, setting, problem.f_evaluate(setting, run.pipeline.fs))
