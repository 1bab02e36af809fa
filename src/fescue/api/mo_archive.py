"""Archives of non-dominated points, and how they are kept small."""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from fescue.api.component import Component
from fescue.api.mo_problem import MOProblem, check_mo_problem
from fescue.api.mo_utils import lexicographic
from fescue.kernels.jit import compiled
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.nputils import array_to_str
from fescue.utils.types import check_int_range, type_error


class MORecord:
    """A point and its objective vector; records sort lexicographically by vector.

    >>> MORecord("x", np.array([1, 2])) < MORecord("y", np.array([1, 3]))
    True
    """

    __slots__ = ("fs", "x")

    def __init__(self, x: Any, fs: np.ndarray) -> None:
        """Join a point with its objective vector; neither is copied.

        Raises:
            TypeError: if ``x`` is ``None`` or if ``fs`` is no array
        """
        if x is None:
            raise TypeError("x is None, but a record needs a point.")
        if not isinstance(fs, np.ndarray):
            raise type_error(fs, "fs", np.ndarray)
        #: the point in the search space
        self.x: Final[Any] = x
        #: its objective vector
        self.fs: Final[np.ndarray] = fs

    def __lt__(self, other: "MORecord") -> bool:
        return lexicographic(self.fs, other.fs) < 0

    def __str__(self) -> str:
        return f"fs={array_to_str(self.fs)}, x={self.x}"

    __repr__ = __str__


class MOArchivePruner(Component):
    """A rule for which points to keep when an archive is full; this one drops the oldest."""

    def prune(self, archive: list[MORecord], n_keep: int, size: int) -> None:
        """Reorder the archive so that the points to keep come first.

        Args:
            archive: the records; reordered, but none is added, removed or changed
            n_keep: how many records are to be kept, in ``1..size``
            size: the number of records in use, at the front of ``archive``
        """
        drop = size - n_keep
        if drop > 0:
            archive[:size] = archive[drop:size] + archive[:drop]

    def __str__(self) -> str:
        return "fifo" if type(self) is MOArchivePruner else super().__str__()


class KeepFarthest(MOArchivePruner):
    """Keeps the best record of each objective, then those farthest from the ones kept.

    Distances are Euclidean, in objective values scaled to the range that the archive spans.
    Ties go to records that are best in more objectives, then to those that come first.
    """

    def __init__(self, problem: MOProblem,
                 keep_best_of_dimension: Iterable[int] | None = None) -> None:
        """Create the pruner.

        Args:
            problem: the problem whose vectors are to be spread
            keep_best_of_dimension: the indices of the objectives of which a best record is
                always kept, ``None`` for all

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if there is no objective of such an index
        """
        n = check_mo_problem(problem).f_dimension()
        chosen = range(n) if keep_best_of_dimension is None else keep_best_of_dimension
        self._dimensions = sorted(
            {check_int_range(d, "keep_best_of_dimension", 0, n - 1) for d in chosen})
        self._all = len(self._dimensions) == n
        self._spread: Callable[..., None] = _spread

    def initialize(self) -> None:
        """Compile the choice unless that has been done."""
        super().initialize()
        self._spread = compiled(_spread, np.zeros((1, 2)), np.arange(2), 1, 1)

    def prune(self, archive: list[MORecord], n_keep: int, size: int) -> None:
        """Move the ``n_keep`` records to keep to the front; see the base class."""
        if n_keep >= size:
            return
        vectors = np.array([record.fs for record in archive[:size]], float)
        kept = self._best(vectors)[:n_keep]
        order = kept + [i for i in range(size) if i not in set(kept)]
        vectors /= 2  # the range of the largest floats is no float
        span = np.ptp(vectors, axis=0)
        span[~(span > 0)] = 1.0
        places = np.array(order)
        self._spread(np.ascontiguousarray((vectors[order] / span).T), places, len(kept), n_keep)
        archive[:size] = [archive[i] for i in places.tolist()]

    def _best(self, vectors: np.ndarray) -> list[int]:
        """Return, in ascending order, the indices of one best record per objective."""
        is_best = (vectors == vectors.min(axis=0))[:, self._dimensions]
        count = is_best.sum(axis=1)
        served = np.zeros(len(self._dimensions), bool)
        chosen = []
        for i in np.argsort(-count, kind="stable").tolist():
            if served.all():
                break
            if (is_best[i] & ~served).any():
                served |= is_best[i]
                chosen.append(i)
        return sorted(chosen)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and the chosen objectives unless they are all."""
        super().log_parameters_to(logger)
        if not self._all:
            logger.key_value("keepBestOfDim", ";".join(map(str, self._dimensions)))

    def __str__(self) -> str:
        return "keepFarthest"


def _spread(columns: np.ndarray, order: np.ndarray, n_kept: int, n_keep: int) -> None:
    """Move those that are farthest from the ones in front of them to the front of ``order``.

    Args:
        columns: the scaled vectors, one in each column; reordered likewise
        order: their indices
        n_kept: how many stay where they are, in front
        n_keep: how many are to be chosen, with these
    """
    m, n = columns.shape
    distance = np.full(n, np.inf)
    for position in range(1, n_keep):
        # the last one that was chosen may have come closer to those that are still free
        total = np.zeros(n - position)
        for d in range(m):
            step = columns[d, position:] - columns[d, position - 1]
            total += step * step
        distance[position:] = np.minimum(distance[position:], np.sqrt(total))
        if position >= n_kept:
            far = position + int(np.argmax(distance[position:]))
            order[position], order[far] = order[far], order[position]
            distance[position], distance[far] = distance[far], distance[position]
            for d in range(m):
                columns[d, position], columns[d, far] = columns[d, far], columns[d, position]


def check_mo_archive_pruner(pruner: Any) -> MOArchivePruner:
    """Return ``pruner`` if it is a :class:`MOArchivePruner`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(pruner, MOArchivePruner):
        return pruner
    raise type_error(pruner, "pruner", MOArchivePruner)
