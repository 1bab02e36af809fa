"""Descriptions of components: what tests, documentation and command line are fed from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from fescue.api.algorithm import Algorithm
from fescue.api.component import Component
from fescue.api.encoding import Encoding
from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.api.space import Space


@dataclass(frozen=True, slots=True)
class Entry:
    """A component that can be chosen by name.

    Attributes:
        name: the name to choose it by
        text: what it is, in half a sentence
        make: creates it; what it is given depends on the catalogue
        kinds: the kinds of search space it is for, empty for all
        parameters: the constructor's parameters with their ranges
        source: where it is described
        no_kernel: why it cannot take part in compiled runs, empty if it can
        may_end_early: whether it may end before its budget is used up
    """

    name: str
    text: str
    make: Callable[..., Component]
    kinds: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    no_kernel: str = ""
    may_end_early: bool = False


@dataclass(frozen=True, slots=True)
class Kit:
    """A space, and the operators that algorithms use on it unless told otherwise."""

    op0: Op0
    op1: Op1
    op2: Op2 | None = None
    op1_with_step_size: Op1WithStepSize | None = None
    space: Space | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A problem instance in the form in which runs need it.

    Attributes:
        kind: the kind of its search space
        objective: the function to be minimized
        solution_space: the space of the solutions
        search_space: the space that algorithms work on, ``None`` if it is the solution space
        encoding: the map between them, ``None`` likewise
        best_known: the best objective value known from the literature, ``None`` if unknown
    """

    kind: str
    objective: Objective
    solution_space: Space
    search_space: Space | None = None
    encoding: Encoding | None = None
    best_known: int | float | None = None

    def points(self) -> Space:
        """Return the space that algorithms work on."""
        return self.search_space or self.solution_space

    def execution(self, algorithm: Algorithm) -> Execution:
        """Return an execution of ``algorithm`` on this task, without limits."""
        builder = MOExecution if isinstance(self.objective, MOProblem) else Execution
        return (builder().set_algorithm(algorithm).set_objective(self.objective)
                .set_solution_space(self.solution_space).set_search_space(self.search_space)
                .set_encoding(self.encoding))


@dataclass(frozen=True, slots=True)
class Problem:
    """A family of problem instances that can be chosen by name.

    Attributes:
        name: the name to choose it by
        text: what it is, in half a sentence
        instance: creates an instance from its name; ``str`` of it names folders
        task: turns an instance into a task
        examples: names of instances, small ones first
        kind: the kind of its search space
        source: where it is described
    """

    name: str
    text: str
    instance: Callable[[str], Any]
    task: Callable[[Any], Task]
    examples: tuple[str, ...]
    kind: str
    source: str = ""


def collect(room: str, modules: Iterable[str], name: str = "ENTRIES") -> tuple[Any, ...]:
    """Return the entries of all modules of a room, a tuple in each that has this ``name``."""
    found = (getattr(import_module(f"{room}.{module}"), name, ()) for module in modules)
    return tuple(entry for entries in found for entry in entries)
