"""Expected running times, as ``moptipy.evaluation.ert`` has them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from fescue.compat.groups import IDS, deliver, grouped, same_of
from fescue.compat.progress import F_NAME_NORMALIZED, F_NAME_SCALED, Progress
from fescue.evaluation.csv_files import write_curve
from fescue.evaluation.statistics import expected_running_time
from fescue.utils.naming import num_to_str

_Bound = int | float | Callable[[Progress], int | float] | None


@dataclass(frozen=True, eq=False)
class Ert:
    """The expected running time until an objective value is reached.

    Attributes:
        algorithm: the algorithm, ``None`` if there are several
        instance: the instance, likewise
        objective: the objective function, likewise
        encoding: the encoding, likewise
        n: the number of runs
        time_unit: ``FEs`` or ``ms``
        f_name: what the objective values are
        ert: a matrix of two columns, objective values (increasing) and times
    """

    algorithm: str | None
    instance: str | None
    objective: str | None
    encoding: str | None
    n: int
    time_unit: str
    f_name: str
    ert: np.ndarray


def compute_single_ert(source: Iterable[Progress], goal_f: int | float) -> float:
    """Return the expected running time until ``goal_f`` is reached, ``inf`` if it never was."""
    hits, ends = [], []
    for run in source:
        reached = np.flatnonzero(run.f <= goal_f)
        hits.append(float(run.time[reached[0]]) if len(reached) else inf)
        ends.append(float(run.time[-1]))
    success = np.isfinite(hits)
    return expected_running_time(np.where(success, hits, 0.0), np.array(ends), success)


def create(source: Iterable[Progress], f_lower_bound: _Bound = None,
           use_default_lower_bounds: bool = True) -> Ert:
    """Return the expected running times of runs.

    Args:
        source: the progress of at least one run, all with the same units
        f_lower_bound: the least objective value of interest; a number or a function of a progress
        use_default_lower_bounds: whether that is the goal in the logs if none is given

    Raises:
        ValueError: if there is no run, or units differ
    """
    runs = list(source)
    unit, f_name = same_of(runs, "time_unit"), same_of(runs, "f_name")
    if not runs or unit is None or f_name is None:
        raise ValueError("source must be the progress of at least one run, all with the same "
                         "time_unit and f_name.")
    bound = min((f_lower_bound(run) for run in runs), default=None) if callable(
        f_lower_bound) else f_lower_bound
    if bound is None and use_default_lower_bounds:
        bound = {F_NAME_SCALED: 1, F_NAME_NORMALIZED: 0}.get(f_name)
        if bound is None:
            known = [run.f_standard for run in runs if run.f_standard is not None]
            bound = min(known) if known else None
    levels = np.unique(np.concatenate([run.f for run in runs]))
    if bound is not None:
        levels = np.unique(np.append(levels[levels >= bound], bound))
    times = [compute_single_ert(runs, level) for level in levels]
    return Ert(n=len(runs), time_unit=unit, f_name=f_name, ert=np.column_stack([levels, times]),
               **{name: same_of(runs, name) for name in IDS})


def from_progresses(source: Iterable[Progress], consumer: Callable[[Ert], Any] | None = None,
                    f_lower_bound: _Bound = None, use_default_lower_bounds: bool = True,
                    join_all_algorithms: bool = False, join_all_instances: bool = False,
                    join_all_objectives: bool = False, join_all_encodings: bool = False) -> Any:
    """Return expected running times for each combination of names, or hand them to a function.

    Args:
        source: the progress of runs
        consumer: takes each record; ``None`` for an iterator of them
        f_lower_bound: as in :func:`create`
        use_default_lower_bounds: likewise
        join_all_algorithms: whether runs of all algorithms belong together
        join_all_instances: whether those on all instances do
        join_all_objectives: whether those with all objectives do
        join_all_encodings: whether those with all encodings do
    """
    joined = (join_all_algorithms, join_all_instances, join_all_objectives, join_all_encodings)
    found = (create(group, f_lower_bound, use_default_lower_bounds)
             for group in grouped(source, joined))
    return deliver(found, consumer)


def to_csv(ert: Ert, file: str | PathLike[str], put_header: bool = True) -> Path:
    """Write expected running times into a CSV file, and return its path.

    Raises:
        OSError: if the file cannot be written
    """
    heads = {"algorithm": ert.algorithm, "instance": ert.instance, "objective": ert.objective,
             "encoding": ert.encoding, "n": ert.n}
    rows = [(num_to_str(_plain(f)), num_to_str(_plain(t))) for f, t in ert.ert.tolist()]
    return write_curve(file, heads, (ert.f_name, f"ert[{ert.time_unit}]"), rows, put_header)


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value
