"""The builder of multi-objective runs."""

from dataclasses import replace
from typing import Any, Self, TypeVar, cast

from fescue.api._setup import Setup
from fescue.api.execution import Execution
from fescue.api.mo_archive import KeepFarthest, MOArchivePruner, check_mo_archive_pruner
from fescue.api.mo_problem import MOProblem, MOSOProblemBridge, check_mo_problem
from fescue.api.mo_process import MOProcess
from fescue.api.objective import Objective, check_objective
from fescue.utils.types import check_int_range

#: the type of a multi-objective execution, for functions that return the one they were given
TMOExecution = TypeVar("TMOExecution", bound="MOExecution")

_DEFAULT_SIZE = 32
_MAX_SIZE = 10 ** 9


class MOExecution(Execution):
    """Collects the parts and limits of a multi-objective run, then performs it.

    The archive of non-dominated points may grow up to its *pruning limit*; when it gets larger,
    the pruner cuts it back to its *maximum size*. Without further settings these are 128 and 32
    (1 and 1 if there is one objective), and the pruner is
    :class:`~fescue.api.mo_archive.KeepFarthest`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pruner: MOArchivePruner | None = None
        self._archive_max_size: int | None = None
        self._archive_prune_limit: int | None = None

    def set_objective(self, objective: Objective) -> Self:
        """Set the problem; a single objective is taken as a problem of one dimension.

        Raises:
            TypeError: if it is no :class:`~fescue.api.objective.Objective`
            ValueError: if there is one already
        """
        check_objective(objective)
        return super().set_objective(
            objective if isinstance(objective, MOProblem) else MOSOProblemBridge(objective))

    def set_archive_max_size(self, size: int) -> Self:
        """Set how many records the archive keeps when it is pruned.

        Args:
            size: in ``1..10**9``, not above the pruning limit

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        size = check_int_range(size, "size", 1, _MAX_SIZE)
        self._check_sizes(size, self._archive_prune_limit)
        self._archive_max_size = size
        return self

    def set_archive_pruning_limit(self, limit: int) -> Self:
        """Set the size above which the archive is pruned.

        Args:
            limit: in ``1..10**9``, not below the maximum size

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        limit = check_int_range(limit, "limit", 1, _MAX_SIZE)
        self._check_sizes(self._archive_max_size, limit)
        self._archive_prune_limit = limit
        return self

    def set_archive_pruner(self, pruner: MOArchivePruner) -> Self:
        """Set the rule for which records are kept.

        Raises:
            TypeError: if it is no :class:`~fescue.api.mo_archive.MOArchivePruner`
        """
        self._pruner = check_mo_archive_pruner(pruner)
        return self

    def execute(self) -> MOProcess:
        """Perform the run and return its process; see :meth:`Execution.execute`."""
        return cast(MOProcess, super().execute())

    def _build(self) -> Setup:
        setup = super()._build()
        problem = check_mo_problem(setup.objective)
        size, limit = self._archive_max_size, self._archive_prune_limit
        single = problem.f_dimension() == 1 and size is None
        if size is None:
            size = limit or (1 if single else _DEFAULT_SIZE)
        if limit is None:
            limit = 1 if single else 4 * size
        return replace(
            setup, pruner=KeepFarthest(problem) if self._pruner is None else self._pruner,
            archive_max_size=size, archive_prune_limit=limit)

    def _check_objective(self) -> MOProblem:
        return check_mo_problem(self._objective)

    @staticmethod
    def _check_sizes(size: Any, limit: Any) -> None:
        if size is not None and limit is not None and size > limit:
            raise ValueError(
                f"the maximum archive size {size} is above the pruning limit {limit}, but the "
                "archive is cut back to the first when it exceeds the second.")
