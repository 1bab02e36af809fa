"""Curves over many runs: bands of progress, empirical cumulative distributions, running times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log10
from typing import Final

import numpy as np

from fescue.evaluation.progress import Curve
from fescue.evaluation.runs import Runs
from fescue.evaluation.statistics import expected_running_time

#: the quantiles of a band: quartiles and median
QUARTILES: Final = (0.25, 0.5, 0.75)
_PER_DECADE: Final = 24
UNITS: Final = ("FEs", "ms")


@dataclass(frozen=True, slots=True)
class Band:
    """How good runs are at the same time.

    Attributes:
        at: numbers of FEs or milliseconds, increasing
        low: the first quartile of the best objective values so far
        middle: the median
        high: the third quartile
    """

    at: np.ndarray
    low: np.ndarray
    middle: np.ndarray
    high: np.ndarray


def grid(end: float, first: float = 1.0, per_decade: int = _PER_DECADE) -> np.ndarray:
    """Return integers from ``first`` to ``end``, spread evenly on a logarithmic scale.

    >>> grid(10, per_decade=4).tolist()
    [1.0, 2.0, 3.0, 6.0, 10.0]
    """
    n = max(2, round(per_decade * log10(max(end, first) / first)) + 1)
    return np.unique(np.round(np.geomspace(first, max(end, first), n)))


def by_algorithm(runs: Runs, curves: Iterable[Curve]) -> dict[str, list[Curve]]:
    """Return the curves of each algorithm, in alphabetical order."""
    found: dict[str, list[Curve]] = {}
    for curve in curves:
        found.setdefault(str(runs["algorithm"][curve.row]), []).append(curve)
    return dict(sorted(found.items()))


def band(curves: Sequence[Curve], unit: str = "FEs", at: np.ndarray | None = None) -> Band:
    """Return the quartiles of the progress of runs.

    Args:
        curves: the curves of at least one run
        unit: ``FEs`` or ``ms``
        at: where; by default on a logarithmic grid up to the end of the longest run

    Raises:
        ValueError: if there is no curve, or the unit is another one
    """
    if not curves:
        raise ValueError("curves is empty, must have at least one.")
    values = _matrix(curves, unit, at := _end_of(curves, unit) if at is None else at)
    # a quantile between a number and infinity is infinity
    low, middle, high = np.quantile(values, QUARTILES, axis=0, method="inverted_cdf")
    known = np.isfinite(high)
    return Band(at[known], low[known], middle[known], high[known])


def _end_of(curves: Sequence[Curve], unit: str) -> np.ndarray:
    ends = [c.total_fes if unit == "FEs" else c.total_time_millis for c in curves]
    return grid(max(1, *ends))


def _matrix(curves: Sequence[Curve], unit: str, at: np.ndarray) -> np.ndarray:
    if unit not in UNITS:
        raise ValueError(f"unit={unit!r} is invalid, must be one of {', '.join(UNITS)}.")
    return np.stack([c.at_fes(at) if unit == "FEs" else c.at_times(at) for c in curves])


@dataclass(frozen=True, slots=True)
class Step:
    """A step function: from each place on it has the value beside it.

    Attributes:
        at: the places, increasing
        values: the values
    """

    at: np.ndarray
    values: np.ndarray


def targets_of(runs: Runs, n: int = 51) -> dict[str, np.ndarray]:
    """Return, for each instance, targets from the worst first-quartile result to the best.

    Args:
        runs: the runs that there are
        n: the number of targets; on a logarithmic scale of the distance to the best value
    """
    found = {}
    ok = runs.ok()
    for (instance,), rows in ok.groups("instance"):
        best_f = ok["best_f"][rows]
        best, worst = float(best_f.min()), float(best_f.max())
        # half of the targets are harder than what some runs end with
        span = max(worst - best, 1e-9 * max(abs(best), 1.0))
        found[instance] = best + np.concatenate(
            [[0.0], np.geomspace(span / 1000, 4 * span, n - 1)])
    return found


def ecdf(runs: Runs, curves: Sequence[Curve],
         targets: Mapping[str, np.ndarray | Sequence[float] | float]) -> Step:
    """Return which part of all pairs of a run and a target is reached, over the number of FEs.

    Args:
        runs: the table that the curves belong to
        curves: the runs; those on instances without a target are left out
        targets: for each instance the objective values to be reached

    Source: N. Hansen et al.: COCO: a platform for comparing continuous optimizers in a black-box
    setting. Optimization Methods and Software 36, 2021, doi:10.1080/10556788.2020.1808977.
    """
    hits = [curve.hits(np.atleast_1d(targets[instance])) for curve in curves
            if (instance := str(runs["instance"][curve.row])) in targets]
    return _distribution(np.concatenate(hits) if hits else np.array([]))


def _distribution(times: np.ndarray) -> Step:
    at, counts = np.unique(times[np.isfinite(times)], return_counts=True)
    return Step(at, np.cumsum(counts) / max(len(times), 1))


def ert_curve(curves: Sequence[Curve], unit: str = "FEs") -> Step:
    """Return the expected running time (the values) until objective values (the places) are found.

    Places are all objective values that some run had as its best one, increasing.

    Args:
        curves: runs of one algorithm on one instance
        unit: ``FEs`` or ``ms``
    """
    levels = np.unique(np.concatenate([curve.f for curve in curves]))
    return Step(levels, np.array([_ert(curves, level, unit) for level in levels]))


def ert_ecdf(runs: Runs, curves: Sequence[Curve],
             targets: Mapping[str, np.ndarray | Sequence[float] | float]) -> Step:
    """Return which part of the targets has an expected running time of at most so many FEs.

    Args:
        runs: the table that the curves belong to
        curves: the runs of one algorithm
        targets: for each instance the objective values to be reached
    """
    groups: dict[str, list[Curve]] = {}
    for curve in curves:
        groups.setdefault(str(runs["instance"][curve.row]), []).append(curve)
    return _distribution(np.array([
        _ert(group, float(target), "FEs") for instance, group in groups.items()
        for target in np.atleast_1d(targets.get(instance, np.array([])))]))


def _ert(curves: Sequence[Curve], target: float, unit: str) -> float:
    times, totals = [], []
    for curve in curves:
        index = int(np.searchsorted(-curve.f, -target))
        known = curve.fes if unit == "FEs" else curve.times
        times.append(float(known[index]) if index < len(known) else inf)
        totals.append(curve.total_fes if unit == "FEs" else curve.total_time_millis)
    hit = np.array(times)
    success = np.isfinite(hit)
    return expected_running_time(np.where(success, hit, 0.0), np.array(totals), success)
