"""What the validators are run over: the catalogues, with spaces and points for each entry."""

from typing import Any

import numpy as np
from numpy.random import Generator

from fescue import algorithms, operators, problems
from fescue.api.catalogue import Task
from fescue.api.space import Space
from fescue.mo.problems import WeightedSum
from fescue.problems import LeadingOnes, OneMax, Trap, ZeroMax
from fescue.spaces import BitStrings, Permutations

SPACES: dict[str, list[Space]] = {
    "bits": [BitStrings(n) for n in (1, 2, 7, 64)],
    "permutations": [
        Permutations.standard(2), Permutations.standard(5), Permutations.standard(40),
        Permutations.with_repetitions(2, 3), Permutations.with_repetitions(5, 4),
        Permutations([-7, -7, 3, 3, 3, 1000]), Permutations([0, 1, 1, 1])],
}


def randomize(random: Generator, x: np.ndarray) -> np.ndarray:
    """Make a random valid point of a new one."""
    if x.dtype == bool:
        x[:] = random.integers(0, 2, len(x))
    else:
        random.shuffle(x)
    return x


def tasks(kind: str) -> list[Task]:
    """Return the problems on which algorithms are tried."""
    jssp = next(p for p in problems.CATALOGUE if p.name == "jssp")
    if kind == "permutations":
        return [jssp.task(jssp.instance(name)) for name in ("demo", "ft06")]
    return [Task("bits", make(n), BitStrings(n))
            for make, n in ((OneMax, 1), (OneMax, 12), (LeadingOnes, 9), (Trap, 8), (ZeroMax, 2))]


def mo_tasks() -> list[Task]:
    """Return the problems on which multi-objective algorithms are tried."""
    return [Task("bits", WeightedSum([LeadingOnes(n), ZeroMax(n)], [1, 2]), BitStrings(n))
            for n in (2, 10)]


def made(entry: Any, task: Task) -> Any:
    """Return the algorithm of a catalogue entry for a task."""
    return entry.make(operators.kit_for(task.points()))


ALGORITHMS = [(entry, task) for entry in algorithms.CATALOGUE
              for kind in SPACES if not entry.kinds or kind in entry.kinds
              for task in tasks(kind)]
OPERATORS = [(entry, space) for entry in operators.CATALOGUE
             for kind in entry.kinds for space in SPACES[kind]]
