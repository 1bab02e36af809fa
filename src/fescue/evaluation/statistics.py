"""Statistics of runs: what an algorithm finds on an instance, and what that costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, inf, isfinite, nan, sqrt
from typing import Final

import numpy as np

from fescue.evaluation.runs import Runs


@dataclass(frozen=True, slots=True)
class Sample:
    """The statistics of a sample of numbers.

    Attributes:
        n: how many there are
        minimum: the least
        mean: the arithmetic mean
        median: the median
        geometric: the geometric mean, ``nan`` unless all are positive
        maximum: the largest
        sd: the standard deviation with n - 1, 0 for a single number
    """

    n: int
    minimum: float
    mean: float
    median: float
    geometric: float
    maximum: float
    sd: float


def describe(values: Sequence[float] | np.ndarray) -> Sample:
    """Return the statistics of at least one number.

    Raises:
        ValueError: if there is none, or one is ``nan``

    >>> describe([1, 2, 4]).median, round(describe([1, 2, 4]).geometric, 9)
    (2.0, 2.0)
    """
    a = np.asarray(values, np.float64)
    if a.size == 0 or np.isnan(a).any():
        raise ValueError("values must be at least one number, and none of them may be nan.")
    if not np.isfinite(a).all():
        return Sample(a.size, float(a.min()), inf, float(np.median(a)), nan, float(a.max()), nan)
    if a.min() == a.max():  # so that rounding does not invent a difference
        one = float(a[0])
        return Sample(a.size, one, one, one, one if one > 0 else nan, one, 0.0)
    # exact sums do not depend on the order of the runs; squares must not overflow
    geometric = exp(fsum(np.log(a).tolist()) / a.size) if a.min() > 0 else nan
    scale = float(np.abs(a).max())
    scale = scale if scale > 1e150 else 1.0
    mean = fsum((a / scale).tolist()) / a.size
    variance = fsum(((a / scale - mean) ** 2).tolist()) / (a.size - 1)
    return Sample(a.size, float(a.min()), mean * scale, float(np.median(a)), geometric,
                  float(a.max()), sqrt(variance) * scale)


@dataclass(frozen=True, slots=True)
class Summary:
    """The statistics of a group of runs.

    Attributes:
        algorithm: the algorithm, empty if they are of several
        instance: the instance, likewise
        n: the number of runs
        best_f: their best objective values
        last_improvement_fe: the FEs that gave them
        last_improvement_time_millis: when that was
        total_fes: the FEs of the runs
        total_time_millis: the times that they took
        goal_f: the value to which the following ones refer, ``nan`` if there is none or several
        scaled: the best objective values over it, ``None`` if there is none or it is not positive
        n_successes: how many runs have reached it
        success_fes: the FEs that these needed, ``None`` if there is none
        success_time_millis: the time that these needed, likewise
        ert_fes: the expected FEs until it is reached, with restarts; ``inf`` if it never was,
            ``nan`` if there is no goal
        ert_time_millis: the expected time, likewise
    """

    algorithm: str
    instance: str
    n: int
    best_f: Sample
    last_improvement_fe: Sample
    last_improvement_time_millis: Sample
    total_fes: Sample
    total_time_millis: Sample
    goal_f: float
    scaled: Sample | None
    n_successes: int
    success_fes: Sample | None
    success_time_millis: Sample | None
    ert_fes: float
    ert_time_millis: float


_SAMPLES: Final = ("best_f", "last_improvement_fe", "last_improvement_time_millis", "total_fes",
                   "total_time_millis")


def summarize(runs: Runs, by: Sequence[str] = ("algorithm", "instance"),
              goals: Mapping[str, float] | None = None) -> list[Summary]:
    """Return the statistics of each group of runs; runs without a result are left out.

    Args:
        runs: the table
        by: the columns whose values make a group; ``()`` for one group of all runs
        goals: for each instance the value to reach, such as the best one known; by default that
            in the logs

    Source: the expected running time is that of K. V. Price: Differential evolution vs. the
    functions of the 2nd ICEO. ICEC 1997, doi:10.1109/ICEC.1997.592287, as in N. Hansen et al.:
    COCO, doi:10.1080/10556788.2020.1808977: all FEs over the number of successes.
    """
    runs = runs.ok()
    goal = runs["goal_f"]
    if goals is not None:
        goal = np.array([goals.get(instance, nan) for instance in runs["instance"]], np.float64)
    result = []
    for key, rows in (runs.groups(*by) if by else [((), np.arange(len(runs)))]):
        if len(rows):
            names = dict(zip(by, key, strict=True))
            result.append(_summary(runs, rows, goal[rows], names.get("algorithm", ""),
                                   names.get("instance", "")))
    return result


def _summary(runs: Runs, rows: np.ndarray, goal: np.ndarray, algorithm: str,
             instance: str) -> Summary:
    samples = {name: describe(runs[name][rows]) for name in _SAMPLES}
    best = runs["best_f"][rows]
    has_goal = bool(np.isfinite(goal).all())
    success = has_goal & (best <= goal)
    n = int(success.sum())
    fes, millis = (
        (runs[f"last_improvement_{unit}"][rows], runs[f"total_{total}"][rows])
        for unit, total in (("fe", "fes"), ("time_millis", "time_millis")))
    return Summary(
        algorithm, instance, len(rows), **samples,
        goal_f=float(goal[0]) if has_goal and (goal == goal[0]).all() else nan,
        scaled=describe(best / goal) if has_goal and goal.min() > 0 else None,
        n_successes=n,
        success_fes=describe(fes[0][success]) if n else None,
        success_time_millis=describe(millis[0][success]) if n else None,
        ert_fes=expected_running_time(*fes, success) if has_goal else nan,
        ert_time_millis=expected_running_time(*millis, success) if has_goal else nan)


def expected_running_time(hit: np.ndarray, total: np.ndarray, success: np.ndarray) -> float:
    """Return the expected time until success, if runs without success are started again.

    Args:
        hit: the time at which each run had success; of others anything
        total: the time that each run took
        success: which runs had success

    >>> expected_running_time(np.array([5, 0]), np.array([9, 10]), np.array([True, False]))
    15.0
    """
    n = int(np.sum(success))
    if n == 0:
        return inf
    return float(np.where(success, hit, total).astype(np.float64).sum()) / n


def best_per_instance(runs: Runs) -> dict[str, float]:
    """Return the best objective value that any run has found, for each instance."""
    runs = runs.ok()
    return {key[0]: float(runs["best_f"][rows].min()) for key, rows in runs.groups("instance")}


def over_parameter(runs: Runs, key: str) -> dict[float, Runs]:
    """Return the runs for each value of a number in their setups, such as ``a.mu``, increasing.

    Raises:
        ValueError: if no run has such a number
    """
    found: dict[float, list[int]] = {}
    values = {}
    for number, setup in enumerate(runs.setups):
        try:
            values[number] = float(setup[key])
        except (KeyError, ValueError):
            continue
    for row, number in enumerate(runs["setup"].tolist()):
        if isfinite(values.get(number, nan)):
            found.setdefault(values[number], []).append(row)
    if not found:
        numbers = sorted({name for setup in runs.setups for name in setup if name[:2] == "a."})
        raise ValueError(f"key={key!r} is no number in any setup; keys of algorithms are "
                         f"{', '.join(numbers)}.")
    return {value: runs.select(np.array(rows)) for value, rows in sorted(found.items())}
