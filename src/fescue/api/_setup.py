"""What defines a run, and where its log goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fescue.api.algorithm import Algorithm
from fescue.api.encoding import Encoding
from fescue.api.mo_archive import MOArchivePruner
from fescue.api.objective import Objective
from fescue.api.space import Space
from fescue.utils.path import UNFINISHED_SUFFIX, UnfinishedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that defines a run."""

    algorithm: Algorithm
    solution_space: Space
    objective: Objective
    search_space: Space | None
    encoding: Encoding | None
    rand_seed: int
    max_fes: int | None
    max_time_millis: int | None
    goal_f: int | float | None
    log_progress: bool
    log_all_fes: bool
    log_host_details: bool
    compiled: bool | Literal["auto"] = "auto"
    n_runs: int = 1
    pruner: MOArchivePruner | None = None
    archive_max_size: int = 0
    archive_prune_limit: int = 0

    def initialize(self) -> None:
        """Reset all components; nothing of this is charged to the run."""
        for component in (self.objective, self.encoding, self.solution_space, self.search_space,
                          self.pruner, self.algorithm):
            if component is not None:
                component.initialize()


class Destination:
    """Where a log is written while it is unfinished, and how it is published."""

    def __init__(self, final: Path) -> None:
        """Publish as ``final``, replacing what is there."""
        self.final = final

    def open(self) -> UnfinishedFile:
        """Empty the final file and return the unfinished one."""
        UnfinishedFile(self.final).close()
        return UnfinishedFile(self.final.with_name(self.final.name + UNFINISHED_SUFFIX))

    def publish(self, file: UnfinishedFile, errors: Iterable[BaseException]) -> None:
        """Publish the complete log of a run in which ``errors`` have occurred."""
        file.publish(self.final, overwrite=True)
