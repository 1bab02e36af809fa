"""The base of multi-objective problems over real vectors whose Pareto fronts are known."""

from collections.abc import Callable
from math import comb, inf
from typing import Any, Final

import numpy as np

from fescue.api.catalogue import Problem, Task
from fescue.api.logging import KEY_SPACE_NUM_VARS
from fescue.api.mo_problem import MOProblem
from fescue.kernels.jit import compiled
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range

#: fronts with gaps are found on a grid of so many points
_GRID: Final = 200_001


class ContinuousMOProblem(MOProblem):
    """A function of a vector of ``n`` real numbers with ``m`` values, all of which are >= 0.

    Their sum, the scalarization, is always above 0: no run ends because it has reached that.
    """

    #: is called as ``function(x, fs)``: writes the values of ``x`` to ``fs``, returns their sum
    function: Callable[[np.ndarray, np.ndarray], float]

    def __init__(self, n: int, m: int) -> None:
        """Create the problem.

        Args:
            n: the number of variables, in ``2..10**8``
            m: the number of objectives, in ``2..n``

        Raises:
            TypeError: if an argument is no integer
            ValueError: if it is out of range
        """
        #: the number of variables
        self.n: Final[int] = check_int_range(n, "n", 2, 100_000_000)
        #: the number of objectives
        self.m: Final[int] = check_int_range(m, "m", 2, self.n)

    def initialize(self) -> None:
        """Compile the function unless that has been done."""
        super().initialize()
        # an attribute, so that a run calls the compiled function itself
        self.f_evaluate = compiled(  # type: ignore[method-assign, assignment]
            type(self).function, np.zeros(self.m), np.zeros(self.m))

    def f_evaluate(self, x: np.ndarray, fs: np.ndarray) -> float:
        """Overwrite ``fs`` with the objective values of ``x`` and return their sum."""
        return float(type(self).function(x, fs))

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        return self.m

    def lower_bound(self) -> float:
        """Return 0, which is not reached."""
        return 0.0

    def upper_bound(self) -> float:
        """Return ``inf``."""
        return inf

    def variable_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the smallest and the largest value of each variable."""
        return np.zeros(self.n), np.ones(self.n)

    def front(self, n: int) -> np.ndarray:
        """Return points of the Pareto front, which are spread over all of it.

        Args:
            n: at least how many, in ``2..10**6``; there are more where a regular lattice has more

        Returns:
            a matrix with an objective vector in each row

        Raises:
            TypeError: if ``n`` is no integer
            ValueError: if it is out of range, or if the front is not known
        """
        return self._front(check_int_range(n, "n", 2, 1_000_000))

    def _front(self, n: int) -> np.ndarray:
        raise self._must_override("_front(n)")

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and bounds, and the numbers of objectives and of variables."""
        super().log_parameters_to(logger)
        logger.key_value(KEY_SPACE_NUM_VARS, self.m)
        logger.key_value("n", self.n)

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()}_{self.n}"


def lattice(m: int, n: int) -> np.ndarray:
    """Return at least ``n`` vectors of ``m`` numbers >= 0 whose sum is 1, on a regular lattice.

    Source: I. Das, J. E. Dennis, Normal-Boundary Intersection, 1998, 10.1137/S1052623496307510.

    >>> lattice(3, 4).tolist()[:3]
    [[0.0, 0.0, 1.0], [0.0, 0.5, 0.5], [0.0, 1.0, 0.0]]
    """
    h = 1
    while comb(h + m - 1, m - 1) < n:
        h += 1
    # each vector is a way to put m - 1 bars between h stars: their counts over h
    parts = np.zeros((1, 0), np.int64)
    for _ in range(m - 1):
        left = h - parts.sum(axis=1)
        parts = np.hstack((np.repeat(parts, left + 1, axis=0), np.concatenate(
            [np.arange(free + 1) for free in left])[:, None]))
    whole: Any = np.hstack((parts, h - parts.sum(axis=1, keepdims=True)))
    return whole / h  # type: ignore[no-any-return]


def records(value: Callable[[np.ndarray], np.ndarray], n: int) -> np.ndarray:
    """Return ``n`` numbers in ``[0, 1]`` at which ``value`` is below all of its values before.

    They are evenly spread over the parts of a fine grid where that is so.
    """
    grid: Any = np.linspace(0.0, 1.0, max(_GRID, 50 * n))
    values = value(grid)
    before = np.concatenate(([np.inf], np.minimum.accumulate(values)[:-1]))
    found = grid[values < before]
    return found[np.linspace(0, len(found) - 1, n).round().astype(np.int64)]  # type: ignore[no-any-return]


def mo_entry(problem: type[ContinuousMOProblem], source: str, sizes: tuple[str, ...]) -> Problem:
    """Return the entry of a problem.

    Args:
        problem: the class, whose constructor takes one integer or more
        source: where it is described
        sizes: the integers of some instances, as ``30`` or ``3_10``
    """
    name = problem.__name__.lower()

    def instance(text: str) -> Any:
        """Return the instance whose numbers are given as ``30`` or ``zdt1_30``."""
        numbers = text.removeprefix(name).lstrip("_").split("_")
        if not all(n.isascii() and n.isdigit() for n in numbers) or (
                len(numbers) != sizes[0].count("_") + 1):
            raise ValueError(f"instance {text!r} of {problem.__name__} is invalid, give its "
                             f"numbers, as in {sizes[0]}.")
        make: Any = problem
        return make(*map(int, numbers))

    def task(made: Any) -> Task:
        low, high = made.variable_bounds()
        return Task("vectors", made, VectorSpace(made.n, low, high))

    text = (problem.__doc__ or "").partition("\n")[0]
    return Problem(name, text[0].lower() + text[1:].rstrip("."), instance, task, sizes, "vectors",
                   source)
