"""Comparisons of objective vectors."""

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from fescue.api.objective import Objective
from fescue.utils.nputils import DEFAULT_FLOAT, DEFAULT_INT, int_range_to_dtype


def dominates(a: np.ndarray, b: np.ndarray) -> int:
    """Compare two objective vectors in the sense of Pareto.

    Args:
        a: a vector of objective values, all to be minimized
        b: a vector of the same length

    Returns:
        -1 if ``a`` dominates ``b`` (it is nowhere larger and somewhere smaller), 1 if ``b``
        dominates ``a``, 2 if they are equal, 0 if neither dominates the other

    >>> dominates(np.array([1, 3]), np.array([2, 3]))
    -1
    >>> dominates(np.array([1, 3]), np.array([2, 2]))
    0
    """
    smaller = larger = False
    for u, v in zip(a.tolist(), b.tolist(), strict=True):
        if u < v:
            if larger:
                return 0
            smaller = True
        elif u > v:
            if smaller:
                return 0
            larger = True
    if smaller:
        return -1
    return 1 if larger else 2


def scan(vectors: np.ndarray, n: int, fs: np.ndarray, found: np.ndarray) -> int:
    """Compare a vector with many in the sense of Pareto; it is a function to be compiled.

    Args:
        vectors: a matrix, whose first ``n`` rows are compared
        n: how many these are
        fs: the vector
        found: gets the indices of the rows that ``fs`` dominates, the largest first

    Returns:
        how many these are, -1 if a row dominates or equals ``fs``
    """
    k = 0
    for i in range(n - 1, -1, -1):
        better = worse = False
        for d in range(len(fs)):
            better |= fs[d] < vectors[i, d]
            worse |= fs[d] > vectors[i, d]
        if not better:
            return -1
        if not worse:
            found[k] = i
            k += 1
    return k


def lexicographic(a: np.ndarray, b: np.ndarray) -> int:
    """Compare two vectors by their first elements that differ.

    Returns:
        -1 if ``a`` comes first, 1 if ``b`` comes first, 0 if they are equal

    >>> lexicographic(np.array([1, 3]), np.array([1, 2]))
    1
    """
    u, v = a.tolist(), b.tolist()
    return int(u > v) - int(u < v)


def objective_vector_dtype(objectives: Iterable[Objective]) -> np.dtype[Any]:
    """Return the smallest type for vectors of these objectives' values.

    It also holds the difference of any two values, and values that are worse and better by one
    than any legal one. If an objective may return fractions, or if 64 bits are not enough, then
    it is a floating point type.

    Args:
        objectives: the objectives; an infinite bound of an integer one asks for 64 bits
    """
    bounds: list[int | float] = []
    for objective in objectives:
        if not objective.is_always_integer():
            return DEFAULT_FLOAT
        bounds += (objective.lower_bound(), objective.upper_bound())
    if not all(map(isfinite, bounds)):
        return DEFAULT_INT
    low, high = int(min(bounds)) - 1, int(max(bounds)) + 1
    span = high - low
    if span >= 2 ** 63:
        return DEFAULT_FLOAT
    return int_range_to_dtype(min(low, -span), max(high, span), force_signed=True)
