"""The non-dominated sorting genetic algorithm, NSGA-II."""

from collections.abc import Callable
from typing import Any, Final, Self

import numpy as np
from numpy.random import Generator

from fescue.api.algorithm import Algorithm2
from fescue.api.catalogue import Entry
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_problem import is_pareto
from fescue.api.mo_process import MOProcess
from fescue.api.operators import Op0, Op1, Op2
from fescue.api.space import Space
from fescue.kernels.jit import compiled, jit_is_available
from fescue.kernels.kernel import kernel_of
from fescue.kernels.link import Linked
from fescue.kernels.names import op1, op2
from fescue.kernels.primitives import draw
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR, num_to_str_for_name
from fescue.utils.types import check_int_range, type_error

#: with so many FEs it is worth while to compile for a second
_WORTH_IT: Final = 10_000


class NSGA2(Algorithm2, MOAlgorithm):
    """Keep the members of the best fronts, and of the last of them the most isolated ones.

    Parents win binary tournaments: the better front counts first, then the crowding distance. All
    members of the fronts that are needed get their distances together.

    Source: K. Deb, A. Pratap, S. Agarwal, T. Meyarivan, A Fast and Elitist Multiobjective Genetic
    Algorithm: NSGA-II, 2002, 10.1109/4235.996017.
    """

    def __init__(self, op0: Op0, op1: Op1, op2: Op2, pop_size: int, cr: float) -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points
            op2: combines points
            pop_size: the number of parents and of offspring, in ``3..10**4``
            cr: the rate of offspring with two parents, in ``(0, 1)``

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range
        """
        #: the number of parents, and of offspring per generation
        self.pop_size: Final[int] = check_int_range(pop_size, "pop_size", 3, 10_000)
        if not isinstance(cr, float):
            raise type_error(cr, "cr", float)
        if not 0 < cr < 1:
            raise ValueError(f"cr={cr} is invalid, must be in (0, 1).")
        #: the rate of offspring with two parents
        self.cr: Final[float] = cr
        super().__init__(
            PART_SEPARATOR.join(("nsga2", str(pop_size), num_to_str_for_name(cr))), op0, op1, op2)
        self._relate: Callable[..., None] = _relate
        self._select: Callable[..., None] = _select
        self._breeds = False

    def initialize(self) -> None:
        """Reset the operators, and compile the sorting unless that has been done."""
        super().initialize()
        for dtype in (np.int64, np.float64):
            values, dominates = np.zeros((2, 1), dtype), np.zeros((2, 2), bool)
            self._relate = compiled(_relate, values, dominates)
            self._select = compiled(
                _select, values, dominates, np.arange(2), np.zeros(2, np.int64), 1)

    def prepare(self, space: Space, max_fes: int | None) -> None:
        """Get the machine code that makes a whole generation, if the operators have kernels.

        Args:
            space: the space of the points
            max_fes: the budget of the run; with a small one, nothing is compiled for it alone
        """
        self._breeds = False
        brood = Brood.of(self, space.create(), np.random.default_rng(0))
        if brood is not None and (brood.is_known() or max_fes is None or max_fes >= _WORTH_IT):
            brood.prepare()
            self._breeds = True

    def solve_mo(self, process: MOProcess) -> None:
        """Search until told to stop, then check in all members."""
        size, random = self.pop_size, process.get_random()
        evaluate, should_terminate = process.f_evaluate, process.should_terminate
        brood = Brood.of(self, process.create(), random) if self._breeds else None
        points = ([process.create() for _ in range(2 * size)] if brood is None
                  else list(brood.points))
        # one row per member: what is compiled wants a matrix, an evaluation a vector
        vectors = np.zeros((2 * size, process.f_dimension()), process.f_dtype())
        rows = list(vectors)
        for i, x in enumerate(points):
            if should_terminate():
                return _check_in(process, points, rows, range(i))
            self.op0.op0(random, x)
            evaluate(x, rows[i])
        order, rank = (np.arange(2 * size), np.zeros(2 * size, np.int64)) if brood is None else (
            brood.order, brood.rank)
        dominates = np.zeros((2 * size, 2 * size), bool)
        while True:
            self._rank(process.f_dominates, vectors, dominates, order, rank)
            members, ranks = order.tolist(), rank.tolist() if brood is None else []
            if brood is not None:
                for k, x in enumerate(brood.make(_left(process, size))):
                    if should_terminate():
                        brood.keep(k)
                        return _check_in(process, points, rows, members)
                    evaluate(x, rows[members[size + k]])
                brood.keep(size)
                continue
            for child in members[size:]:
                if should_terminate():
                    return _check_in(process, points, rows, members)
                self._make(random, points, child, members, ranks)
                evaluate(points[child], rows[child])

    def _make(self, random: Generator, points: list[Any], child: int, members: list[int],
              ranks: list[int]) -> None:
        """Overwrite a point with an offspring; :func:`_breed` does the same for many."""
        size, integers = self.pop_size, random.integers
        first, other = integers(size), integers(size)
        if ranks[other] < ranks[first]:
            first = other
        x = points[members[first]]
        if random.random() >= self.cr:
            self.op1.op1(random, points[child], x)
            return
        second = other = first
        while second == first:
            second = integers(size)
        while other == first:
            other = integers(size)
        if ranks[other] < ranks[second]:
            second = other
        self.op2.op2(random, points[child], x, points[members[second]])

    def _rank(self, compare: Callable[[np.ndarray, np.ndarray], int], vectors: np.ndarray,
              dominates: np.ndarray, order: np.ndarray, rank: np.ndarray) -> None:
        """Put the next parents to the front of ``order``, and write their ranks."""
        values = vectors.astype(np.float64 if vectors.dtype.kind == "f" else np.int64)
        if is_pareto(compare):
            self._relate(values, dominates)
        else:
            for i, a in enumerate(vectors):
                dominates[i] = [compare(a, b) == -1 for b in vectors]
        self._select(values, dominates, order, rank, self.pop_size)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, size and rate."""
        super().log_parameters_to(logger)
        logger.key_value("popSize", self.pop_size)
        logger.key_value("cr", self.cr)


class Brood:
    """Makes all offspring of a generation by one call of machine code."""

    def __init__(self, size: int, x: np.ndarray, random: Generator, cr: float,
                 names: dict[str, Callable[..., Any]], parts: tuple[Any, ...]) -> None:
        #: the members, one row each
        self.points = np.zeros((2 * size, len(x)), x.dtype)
        self.points[:] = x
        #: the offspring, likewise
        self.bred = np.zeros((size, len(x)), x.dtype)
        self._rows = list(self.bred)
        #: the members, the parents in front, and the ranks of these
        self.order, self.rank = np.arange(2 * size), np.zeros(2 * size, np.int64)
        self._n = np.zeros(1, np.int64)
        self._code = Linked(_breed, names, (
            random, self.points, self.bred, self.order, self.rank, self._n, cr, parts))

    @classmethod
    def of(cls, algorithm: NSGA2, x: Any, random: Generator) -> Self | None:
        """Return what makes points such as ``x`` for an algorithm, ``None`` if nothing can."""
        if not (jit_is_available() and isinstance(x, np.ndarray) and x.ndim == 1
                and x.dtype.kind in "biuf"):
            return None
        unary, binary = kernel_of(algorithm.op1, "op1"), kernel_of(algorithm.op2, "op2")
        if unary is None or binary is None:
            return None
        return cls(algorithm.pop_size, x, random, algorithm.cr,
                   {"op1": unary.function, "op2": binary.function},
                   (unary.data or (0,), binary.data or (0,)))

    def is_known(self) -> bool:
        """Return whether the code has been compiled before, on this machine."""
        return self._code.is_known()

    def prepare(self) -> None:
        """Load the code, or make it."""
        self._code.prepare()

    def make(self, n: int) -> list[np.ndarray]:
        """Return the offspring, of which the first ``n`` are new."""
        self._n[0] = n
        self._code()
        return self._rows

    def keep(self, n: int) -> None:
        """Let the first ``n`` offspring take the places of members that are not parents."""
        size = len(self.bred)
        self.points[self.order[size:size + n]] = self.bred[:n]


def _breed(rng: Any, points: Any, bred: Any, order: Any, rank: Any, numbers: Any, cr: float,
           parts: Any) -> None:
    size = len(bred)
    for k in range(numbers[0]):
        first, other = draw(rng, size), draw(rng, size)
        if rank[other] < rank[first]:
            first = other
        if rng.random() >= cr:
            op1(rng, bred[k], points[order[first]], parts[0])
            continue
        second = other = first
        while second == first:
            second = draw(rng, size)
        while other == first:
            other = draw(rng, size)
        if rank[other] < rank[second]:
            second = other
        op2(rng, bred[k], points[order[first]], points[order[second]], parts[1])


def _left(process: MOProcess, size: int) -> int:
    """Return how many offspring can be evaluated: no random numbers are drawn for others."""
    limit = process.get_max_fes()
    return size if limit is None else min(size, max(0, limit - process.get_consumed_fes()))


def _check_in(process: MOProcess, points: list[Any], rows: list[np.ndarray],
              members: Any) -> None:
    for i in members:
        process.check_in(points[i], rows[i])


def _relate(values: np.ndarray, dominates: np.ndarray) -> None:
    """Overwrite ``dominates[i, j]`` by whether member ``i`` dominates member ``j`` (Pareto)."""
    n, m = values.shape
    for i in range(n):
        dominates[i, i] = False
        for j in range(i):
            less = more = False
            for d in range(m):
                less |= values[i, d] < values[j, d]
                more |= values[i, d] > values[j, d]
            dominates[i, j] = less and not more
            dominates[j, i] = more and not less


def _select(values: np.ndarray, dominates: np.ndarray, order: np.ndarray, rank: np.ndarray,
            n_keep: int) -> None:
    """Choose the best members.

    Args:
        values: the objective vectors, one row per member
        dominates: whether member ``i`` dominates member ``j``
        order: the members; reordered so that those to be kept come first, the best ones in front
        rank: overwritten with their ranks in this order; equally good ones have the same
        n_keep: how many are to be kept
    """
    n, m = values.shape
    # how many of those that are in no front yet dominate each member, and how far it is from its
    # neighbours
    above, front, distance = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    for i in range(n):
        for j in range(n):
            above[j] += dominates[i, j]
    end = level = 0
    while end < n_keep:
        start = end
        for p in range(start, n):
            i = order[p]
            if above[i] == 0:
                order[p], order[end], front[i] = order[end], i, level
                end += 1
        for p in range(start, end):
            for j in range(n):
                above[j] -= dominates[order[p], j]
        level += 1
    for d in range(m + 1):
        # stable sorts by insertion: by each objective, and in the end by front and distance
        for p in range(1, end):
            i, q = order[p], p
            while q > 0:
                j = order[q - 1]
                if d < m:
                    if values[j, d] <= values[i, d]:
                        break
                elif front[j] < front[i] or (front[j] == front[i] and distance[j] >= distance[i]):
                    break
                order[q] = j
                q -= 1
            order[q] = i
        if d == m:
            break
        last = end - 1
        while last > 0 and values[order[last], d] == np.inf:
            last -= 1  # worthless members are not at the end of anything
        low, high = values[order[0], d], values[order[last], d]
        if low < high:
            distance[order[0]] = distance[order[last]] = np.inf
            for p in range(1, last):
                distance[order[p]] += (
                    values[order[p + 1], d] - values[order[p - 1], d]) / (high - low)
    rank[0] = 0
    for p in range(1, end):
        i, j = order[p - 1], order[p]
        same = front[i] == front[j] and distance[i] == distance[j]
        rank[p] = rank[p - 1] + (0 if same else 1)


MO_ENTRIES: Final = (
    Entry("nsga2", "non-dominated sorting genetic algorithm, 100 parents",
          lambda kit: NSGA2(kit.op0, kit.op1, kit.op2, 100, 0.9), ("bits", "vectors"),
          parameters={"pop_size": "3..10^4", "cr": "(0, 1)"}, source="10.1109/4235.996017",
          no_kernel="archives of points are kept by Python"),
)
