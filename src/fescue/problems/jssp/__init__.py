"""The job shop scheduling problem."""

from pathlib import Path
from typing import Final

from fescue.api.catalogue import Problem, Task
from fescue.problems.jssp.encoding import OperationBasedEncoding
from fescue.problems.jssp.gantt import GanttSpace
from fescue.problems.jssp.instance import Instance
from fescue.problems.jssp.objectives import Makespan, Worktime
from fescue.spaces.permutations import Permutations


def jssp_instance(name: str) -> Instance:
    """Return the bundled instance called ``name``, or the one in the file of that path."""
    path = Path(name)
    if path.suffix or path.name != name:
        return Instance.from_file(path)
    return Instance.from_resource(name)


def jssp_task(instance: Instance) -> Task:
    """Return the task of minimizing the makespan of ``instance``."""
    return Task("permutations", Makespan(instance), GanttSpace(instance),
                Permutations.with_repetitions(instance.jobs, instance.machines),
                OperationBasedEncoding(instance), instance.best_known)


ENTRIES: Final = (
    Problem("jssp", "job shop scheduling, makespan", jssp_instance, jssp_task,
            ("demo", "ft06", "la24", "abz7", "ta80"), "permutations", "10.1007/BF01719250"),
)

__all__ = ["GanttSpace", "Instance", "Makespan", "OperationBasedEncoding", "Worktime",
           "jssp_instance", "jssp_task"]
