"""The contract of archive pruners."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from fescue.api.mo_archive import MOArchivePruner, MORecord
from fescue.api.mo_problem import MOProblem
from fescue.testing.components import require, validate_component


class _Vectors(MOProblem):
    """A problem that consists of its vectors' length and type."""

    def __init__(self, dimension: int, dtype: np.dtype[Any]) -> None:
        self._dimension = dimension
        self._dtype = dtype

    def f_dimension(self) -> int:
        """Return the length of vectors."""
        return self._dimension

    def f_dtype(self) -> np.dtype[Any]:
        """Return the type of vectors."""
        return self._dtype


def validate_mo_archive_pruner(
        make: Callable[[MOProblem], MOArchivePruner], *,
        dimensions: Iterable[int] = (1, 2, 3, 5),
        dtypes: Iterable[str] = ("int8", "int16", "int64", "float64"), samples: int = 20,
        seed: int = 0) -> None:
    """Check that a pruner only reorders archives, and always in the same way.

    Args:
        make: returns a pruner for a problem
        dimensions: the numbers of objectives to try
        dtypes: the types of objective vectors to try, whose extremes are among the values
        samples: the number of archives for each of them, at least 1
        seed: of the random numbers

    Raises:
        TypeError: if ``make`` does not return a pruner
        ValidationError: if it does not keep the contract
    """
    random = default_rng(seed)
    for dimension in dimensions:
        for dtype in map(np.dtype, dtypes):
            pruner = make(_Vectors(dimension, dtype))
            validate_component(pruner, kind=MOArchivePruner)
            for _ in range(samples):
                _check(pruner, random, dimension, dtype)


def _check(pruner: MOArchivePruner, random: Generator, dimension: int,
           dtype: np.dtype[Any]) -> None:
    used, spare = int(random.integers(1, 30)), int(random.integers(0, 4))
    n_keep = int(random.integers(1, used + 1))
    archive = [MORecord(i, _vector(random, dimension, dtype)) for i in range(used + spare)]
    vectors = [record.fs.copy() for record in archive]
    orders = []
    for _ in range(2):
        copy = list(archive)
        pruner.prune(copy, n_keep, used)
        require(len(copy) == len(archive), pruner,
                f"has changed the archive's length from {len(archive)} to {len(copy)}")
        order = [record.x for record in copy]
        require(sorted(order) == list(range(used + spare)), pruner,
                "has added, doubled or removed records")
        require(all(record is archive[record.x] for record in copy), pruner,
                "has exchanged records for others")
        require(order[used:] == list(range(used, used + spare)), pruner,
                f"has moved records that are not in use, of which there are {used}")
        orders.append(order)
    require(orders[0] == orders[1], pruner, "orders the same archive in different ways")
    require(all(np.array_equal(record.fs, fs) for record, fs in zip(
        archive, vectors, strict=True)), pruner, "has changed an objective vector")


def _vector(random: Generator, dimension: int, dtype: np.dtype[Any]) -> np.ndarray:
    if dtype.kind == "f":
        limit = np.finfo(dtype)
        values = random.choice([0.0, limit.tiny, limit.max, limit.min, 0.5], dimension)
        common = random.random(dimension) < 0.7
        return np.where(common, random.normal(size=dimension), values).astype(dtype)
    info = np.iinfo(dtype)
    if random.random() < 0.5:
        return random.integers(-3, 4, dimension, dtype)  # with many ties
    return random.integers(info.min, info.max, dimension, dtype, endpoint=True)
