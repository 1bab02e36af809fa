"""Quality indicators: numbers that say how good a set of objective vectors is.

All objectives are to be minimized. Sets are matrices with one vector per row, or anything that
NumPy makes one of, such as ``[record.fs for record in process.get_archive()]``.
"""

from math import inf
from typing import Any

import numpy as np

from fescue.kernels.volume import dominated_volume

#: so many differences of vectors are held at a time
_BLOCK = 1 << 20


def hypervolume(points: Any, reference: Any) -> float:
    """Return the volume that is dominated by ``points`` and dominates ``reference``.

    It is exact. With three objectives or more it is computed by the package ``moocore``.

    Args:
        points: the set, which may be empty; what does not dominate ``reference`` adds nothing
        reference: a vector; larger values are worth nothing

    Raises:
        ValueError: if a vector is not finite or has another length than the reference
        ImportError: if ``moocore`` is needed and is not installed

    Source: E. Zitzler, L. Thiele, Multiobjective Evolutionary Algorithms: A Comparative Case Study
    and the Strength Pareto Approach, 1999, 10.1109/4235.797969.

    >>> hypervolume([[1, 3], [2, 2], [3, 3]], [4, 4])
    5.0
    """
    corner = _matrix([reference], "reference")[0]
    vectors = _matrix(points, "points", len(corner))
    return dominated_volume(vectors, corner)


def igd_plus(points: Any, front: Any) -> float:
    """Return how much worse, on average, the nearest point is than a point of the front (IGD+).

    Args:
        points: the set, not empty
        front: points of the Pareto front, or of another set to be compared with, not empty

    Raises:
        ValueError: if a vector is not finite, if lengths differ or if a set is empty

    Source: H. Ishibuchi, H. Masuda, Y. Tanigaki, Y. Nojima, Modified Distance Calculation in
    Generational Distance and Inverted Generational Distance, 2015, 10.1007/978-3-319-15892-1_8.

    >>> igd_plus([[1, 3], [3, 1]], [[1, 2], [2, 1]])
    1.0
    """
    nearest = _nearest(points, front, lambda worse: np.sqrt(
        (np.clip(worse, 0.0, None) ** 2).sum(axis=2)))
    return float(nearest.mean())


def additive_epsilon(points: Any, front: Any) -> float:
    """Return what must be taken from all values of ``points`` to be nowhere worse than ``front``.

    Args:
        points: the set, not empty
        front: points of the Pareto front, or of another set to be compared with, not empty

    Raises:
        ValueError: if a vector is not finite, if lengths differ or if a set is empty

    Source: E. Zitzler, L. Thiele, M. Laumanns, C. M. Fonseca, V. Grunert da Fonseca, Performance
    Assessment of Multiobjective Optimizers, 2003, 10.1109/TEVC.2003.810758.

    >>> additive_epsilon([[1, 3], [3, 1]], [[1, 2], [2, 1]])
    1.0
    """
    return float(_nearest(points, front, lambda worse: worse.max(axis=2)).max())


def _nearest(points: Any, front: Any, distance: Any) -> np.ndarray:
    """Return, for each point of the front, the smallest distance of a point of the set."""
    goal = _matrix(front, "front")
    vectors = _matrix(points, "points", goal.shape[1])
    for name, matrix in (("points", vectors), ("front", goal)):
        if len(matrix) == 0:
            raise ValueError(f"{name} is empty, there must be at least one vector.")
    nearest = np.full(len(goal), inf)
    step = max(1, _BLOCK // vectors.size)
    for start in range(0, len(goal), step):
        worse = vectors[None] - goal[start:start + step, None]
        nearest[start:start + step] = distance(worse).min(axis=1)
    return nearest


def _matrix(vectors: Any, name: str, m: int | None = None) -> np.ndarray:
    matrix = np.array(vectors, float)
    if matrix.size == 0 and m is not None:
        return np.zeros((0, m))
    if matrix.ndim != 2 or matrix.shape[1] != (matrix.shape[1] if m is None else m):
        raise ValueError(
            f"{name} has shape {matrix.shape}, must be vectors"
            f"{'' if m is None else f' of length {m}'}.")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{name} has elements that are not finite.")
    return matrix
