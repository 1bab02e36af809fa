"""What the validators are run over: the catalogues, with spaces and points for each entry."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.random import Generator

from fescue import algorithms, operators, problems
from fescue.api.catalogue import Task
from fescue.api.mo_problem import MOSOProblemBridge
from fescue.api.objective import Objective
from fescue.api.space import Space
from fescue.kernels.kernel import Kernel
from fescue.mo.problems import WeightedSum
from fescue.problems import LeadingOnes, OneMax, Trap, ZeroMax
from fescue.spaces import (
    BitStrings,
    IntSpace,
    OrderedChoices,
    Permutations,
    SignedPermutations,
    VectorSpace,
)
from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType

SPACES: dict[str, list[Space]] = {
    "bits": [BitStrings(n) for n in (1, 2, 7, 64)],
    "permutations": [
        Permutations.standard(2), Permutations.standard(5), Permutations.standard(40),
        Permutations.with_repetitions(2, 3), Permutations.with_repetitions(5, 4),
        Permutations([-7, -7, 3, 3, 3, 1000]), Permutations([0, 1, 1, 1])],
    "signed-permutations": [
        SignedPermutations.standard(2), SignedPermutations.standard(12),
        SignedPermutations.with_repetitions(3, 2), SignedPermutations([127, -3, 3, 7])],
    "ordered-choices": [
        OrderedChoices([[0, 1]]), OrderedChoices([[1, 2, 3], [7], [8, 9], [8, 9]]),
        OrderedChoices.signed_permutations(9)],
    "ints": [IntSpace(1, 0, 1), IntSpace(5, -3, 9), IntSpace(2, -2 ** 61, 2 ** 61),
             IntSpace(20, 0, 100), IntSpace(3, 0, 2 ** 32)],
    "vectors": [VectorSpace(1), VectorSpace(3, [-1, 2, -1e300], [1, 2.5, 1e-300]),
                VectorSpace(20, -5.0, 5.0)],
    "settings": [
        ParameterSpace([Parameter("n", ParameterType.INTEGER, 1, 9),
                        Parameter("kind", ParameterType.CATEGORICAL, choices=["a", "b"])]),
        ParameterSpace(
            [Parameter("on", ParameterType.CATEGORICAL, choices=[True, False]),
             Parameter("x", ParameterType.FLOAT, 1e-3, 10.0, log=True),
             Parameter("y", ParameterType.FLOAT, -1.0, 1.0, step=0.01),
             Parameter("n", ParameterType.INTEGER, 0, 10 ** 6)],
            [lambda x, y: x * x + y > -0.9], {"n": {"on": [True]}})],
}


def randomize(random: Generator, x: np.ndarray) -> np.ndarray:
    """Make a random valid point of a new one."""
    if x.dtype == bool:
        x[:] = random.integers(0, 2, len(x))
    else:
        random.shuffle(x)
    return x


def randomizer(space: Space) -> Any:
    """Return what makes a random valid point of a new one."""
    if isinstance(space, IntSpace):
        low, high = space.min_value, space.max_value
        return lambda random, x: np.copyto(x, np.where(
            random.integers(0, 4, len(x)) > 0, random.integers(low, high + 1, len(x)),
            random.choice([low, high], len(x)))) or x
    if isinstance(space, SignedPermutations):
        def signed(random: Generator, x: np.ndarray) -> np.ndarray:
            x *= random.choice([-1, 1], len(x)).astype(x.dtype)
            return randomize(random, x)

        return signed
    if isinstance(space, OrderedChoices):
        def chosen(random: Generator, x: np.ndarray) -> np.ndarray:
            x[:] = [random.choice(group) for group in space.choices]
            return randomize(random, x)

        return chosen
    if isinstance(space, ParameterSpace):
        def setting(random: Generator, x: dict[str, Any]) -> dict[str, Any]:
            y = space.at(random.random(space.dimension))
            while space.broken(y):
                y = space.at(random.random(space.dimension))
            space.copy(x, y)
            return x

        return setting
    if not isinstance(space, VectorSpace):
        return randomize

    def within(random: Generator, x: np.ndarray) -> np.ndarray:
        x[:] = space.lower_bound + (space.upper_bound - space.lower_bound) * random.random(len(x))
        # the bounds themselves are points as good as any
        at_bound = random.integers(0, 4, len(x))
        x[at_bound == 0] = space.lower_bound[at_bound == 0]
        x[at_bound == 1] = space.upper_bound[at_bound == 1]
        return x.clip(space.lower_bound, space.upper_bound, x)

    return within


def broken(base: type, **methods: Any) -> Any:
    """Return a class with some methods replaced."""
    return type("Broken", (base,), {"__str__": lambda self: "broken", **methods})


class Unrest(Objective):
    """The sum of the differences of neighbours, for spaces without a problem in the catalogue."""

    def kernel(self) -> Kernel:
        """Return the function, for compiled runs and others."""
        return Kernel(_unrest)

    def lower_bound(self) -> int:
        """Return that equal elements have no differences."""
        return 0

    def is_always_integer(self) -> bool:
        """Return that it is a sum of integers."""
        return True

    def __str__(self) -> str:
        return "unrest"


def _unrest(x: Any, data: Any) -> int:
    total = 0
    for i in range(1, len(x)):
        total += abs(int(x[i]) - int(x[i - 1]))
    return total


def tasks(kind: str) -> list[Task]:
    """Return the problems on which algorithms are tried: small ones of all in the catalogue."""
    found = [p.task(p.instance(name)) for p in problems.CATALOGUE if p.kind == kind
             for name in p.examples[:2]]
    if kind == "bits":
        found += [Task("bits", make(n), BitStrings(n)) for make, n in (
            (OneMax, 1), (OneMax, 12), (LeadingOnes, 9), (Trap, 1), (Trap, 8), (ZeroMax, 2))]
    if kind in ("ints", "signed-permutations"):
        found += [Task(kind, Unrest(), space) for space in SPACES[kind][:2]]
    return found


def mo_tasks() -> list[Task]:
    """Return the problems on which multi-objective algorithms are tried."""
    found = [Task("bits", WeightedSum(objectives, weights), BitStrings(n))
            for n in (1, 2, 10) for objectives, weights in (
                ([LeadingOnes(n), ZeroMax(n)], [1, 2]),
                ([LeadingOnes(n), ZeroMax(n), Trap(n)], [0.5, 1, 0.25]), ([OneMax(n)], [3]))]
    found += [p.task(p.instance(p.examples[0])) for p in problems.MO_CATALOGUE]
    return found + [replace(task, objective=MOSOProblemBridge(task.objective))
                   for task in (*tasks("permutations"), tasks("bits")[0])]


def made(entry: Any, task: Task) -> Any:
    """Return the algorithm of a catalogue entry for a task."""
    return entry.make(operators.kit_for(task.points()))


ALGORITHMS = [(entry, task) for entry in algorithms.CATALOGUE
              for kind in SPACES if not entry.kinds or kind in entry.kinds
              for task in tasks(kind)]
MO_ALGORITHMS = [(entry, task) for entry in algorithms.MO_CATALOGUE for task in mo_tasks()
                 if not entry.kinds or task.kind in entry.kinds]
OPERATORS = [(entry, space) for entry in operators.CATALOGUE
             for kind in entry.kinds for space in SPACES[kind]
             if entry.name != "ox2" or space.dimension >= 4]  # type: ignore[attr-defined]
