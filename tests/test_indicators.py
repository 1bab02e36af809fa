"""Indicators are what their definitions say, on sets where that can be counted."""

import sys
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from fescue.mo import indicators
from fescue.mo.indicators import additive_epsilon, hypervolume, igd_plus
from fescue.problems.dtlz import DTLZ2
from fescue.problems.zdt import ZDT1


def _cells(points: list[list[int]], reference: list[int]) -> int:
    """Return the number of unit cubes that are dominated."""
    return sum(any(all(a <= c for a, c in zip(point, cell, strict=True)) for point in points)
               for cell in product(*map(range, reference)))


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_hypervolume(m: int) -> None:
    if m > 2:
        pytest.importorskip("moocore")
    random = default_rng(m)
    for _ in range(30):
        points = random.integers(0, 9, (int(random.integers(1, 9)), m)).tolist()
        reference = random.integers(1, 8, m).tolist()
        assert hypervolume(points, reference) == _cells(points, reference)
        assert hypervolume(np.array(points, np.int8), np.array(reference)) == _cells(
            points, reference)


def test_hypervolume_of_a_front() -> None:
    assert hypervolume(ZDT1().front(20_001), [1, 1]) == pytest.approx(2 / 3, abs=1e-4)


def test_hypervolume_of_a_front_in_space() -> None:
    pytest.importorskip("moocore")
    assert hypervolume(DTLZ2(3, 10).front(3_000), [1, 1, 1]) == pytest.approx(
        1 - np.pi / 6, abs=0.02)


def test_hypervolume_of_nothing() -> None:
    assert hypervolume([], [1, 1]) == 0
    assert hypervolume([[1, 0], [0, 2]], [1, 1]) == 0


def test_hypervolume_needs_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moocore", None)
    with pytest.raises(ImportError, match=r"pip install 'fescue\[mo\]'"):
        hypervolume([[0, 0, 0]], [1, 1, 1])


@pytest.mark.parametrize("m", [1, 2, 5])
def test_distances(m: int) -> None:
    random = default_rng(m)
    for _ in range(20):
        points, front = (random.normal(size=(int(random.integers(1, 9)), m)) for _ in range(2))
        igd = [min(sum(max(a - z, 0.0) ** 2 for a, z in zip(p, q, strict=True)) ** 0.5
                   for p in points.tolist()) for q in front.tolist()]
        epsilon = max(min(max(a - z for a, z in zip(p, q, strict=True)) for p in points.tolist())
                      for q in front.tolist())
        assert igd_plus(points, front) == pytest.approx(sum(igd) / len(igd))
        assert additive_epsilon(points, front) == epsilon
        assert igd_plus(front, front) == additive_epsilon(front, front) == 0
        # shifted by the indicator, the set is as good
        assert additive_epsilon(points - epsilon, front) == pytest.approx(0, abs=1e-12)
        assert igd_plus(front - 1, front) == 0


def test_other_implementation() -> None:
    moocore: Any = pytest.importorskip("moocore")
    random = default_rng(9)
    points, front = random.random((40, 3)), random.random((70, 3))
    assert igd_plus(points, front) == pytest.approx(moocore.igd_plus(points, ref=front))
    assert additive_epsilon(points, front) == pytest.approx(
        moocore.epsilon_additive(points, ref=front))


def test_large_sets_are_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    random = default_rng(4)
    points, front = random.random((30, 3)), random.random((70, 3))
    whole = igd_plus(points, front), additive_epsilon(points, front)
    for block in (1, 90, 91, 300, 10 ** 4):
        monkeypatch.setattr(indicators, "_BLOCK", block)
        assert (igd_plus(points, front), additive_epsilon(points, front)) == whole


@pytest.mark.parametrize("call", [
    lambda: hypervolume([[1, 2, 3]], [4, 4]), lambda: hypervolume([1, 2], [4, 4]),
    lambda: hypervolume([[np.nan, 2]], [4, 4]), lambda: hypervolume([[1, 2]], [np.inf, 4]),
    lambda: hypervolume([[1, 2]], 4), lambda: igd_plus([], [[1, 2]]),
    lambda: igd_plus([[1, 2]], []), lambda: additive_epsilon([[1, 2]], [[1, 2, 3]]),
    lambda: additive_epsilon([[1, -np.inf]], [[1, 2]])])
def test_wrong_values(call: Any) -> None:
    with pytest.raises(ValueError, match=r"shape|finite|empty"):
        call()
