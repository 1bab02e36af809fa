"""Empirical cumulative distributions, as ``moptipy.evaluation.ecdf`` and ``ertecdf`` have them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import inf
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from fescue.compat.ert import compute_single_ert
from fescue.compat.groups import deliver, grouped, same_of
from fescue.compat.progress import F_NAME_NORMALIZED, F_NAME_SCALED, Progress
from fescue.evaluation.csv_files import write_curve
from fescue.utils.naming import num_to_str

_Goal = int | float | Callable[[str], int | float] | None


@dataclass(frozen=True, eq=False)
class Ecdf:
    """Which part of the runs has reached a goal by when.

    Attributes:
        algorithm: the algorithm, ``None`` if there are several
        objective: the objective function, likewise
        encoding: the encoding, likewise
        n: the number of runs
        n_insts: the number of instances
        time_unit: ``FEs`` or ``ms``
        f_name: what the objective values are
        goal_f: the goal, ``None`` if instances have different ones
        ecdf: a matrix of two columns, times from 0 to ``inf`` and parts from 0 to 1
    """

    algorithm: str | None
    objective: str | None
    encoding: str | None
    n: int
    n_insts: int
    time_unit: str
    f_name: str
    goal_f: int | float | None
    ecdf: np.ndarray

    def time_label(self) -> str:
        """Return what the times are."""
        return self.time_unit


class ErtEcdf(Ecdf):
    """Which part of the instances has an expected running time until the goal of at most that."""

    def time_label(self) -> str:
        """Return what the times are."""
        return f"ert[{self.time_unit}]"


def get_goal(ecdf: Ecdf) -> int | float | None:
    """Return the goal."""
    return ecdf.goal_f


def goal_to_str(goal_f: int | float | None) -> str:
    """Return the text of a goal, for legends."""
    return "undefined" if goal_f is None else num_to_str(goal_f)


def create(source: Iterable[Progress], goal_f: _Goal = None, use_default_goal_f: bool = True,
           kind: type[Ecdf] = Ecdf) -> Ecdf:
    """Return the distribution of the times at which runs reach a goal.

    Args:
        source: the progress of at least one run, all with the same units
        goal_f: the goal, a number or a function of an instance
        use_default_goal_f: whether the goal in the logs counts if none is given
        kind: ``Ecdf``, or ``ErtEcdf`` for that of the expected running times on the instances

    Raises:
        ValueError: if there is no run or no goal, or units differ
    """
    runs = list(source)
    unit, f_name = same_of(runs, "time_unit"), same_of(runs, "f_name")
    if not runs or unit is None or f_name is None:
        raise ValueError("source must be the progress of at least one run, all with the same "
                         "time_unit and f_name.")
    by_instance: dict[str, list[Progress]] = {}
    for run in runs:
        by_instance.setdefault(run.instance, []).append(run)
    goals = {name: _goal_on(name, group, f_name, goal_f, use_default_goal_f)
             for name, group in by_instance.items()}
    if kind is ErtEcdf:
        times = [compute_single_ert(group, goals[name]) for name, group in by_instance.items()]
    else:
        times = [float(run.time[hit[0]]) if len(hit := np.flatnonzero(
            run.f <= goals[run.instance])) else inf for run in runs]
    finite = np.array([time for time in times if time < inf])
    at, counts = np.unique(finite, return_counts=True)
    part = np.cumsum(counts) / len(times)
    matrix = np.column_stack([[0.0, *at, inf], [0.0, *part, part[-1] if len(part) else 0.0]])
    return kind(
        same_of(runs, "algorithm"), same_of(runs, "objective"), same_of(runs, "encoding"),
        len(runs), len(by_instance), unit, f_name,
        next(iter(goals.values())) if len({*goals.values()}) == 1 else None, matrix)


def _goal_on(name: str, group: list[Progress], f_name: str, goal_f: _Goal,
             use_default: bool) -> int | float:
    goal = goal_f(name) if callable(goal_f) else goal_f
    if goal is None and use_default:
        goal = {F_NAME_SCALED: 1, F_NAME_NORMALIZED: 0}.get(f_name, group[0].f_standard)
    if goal is None:
        raise ValueError(f"there is no goal for the instance {name!r}: give goal_f.")
    return goal


def from_progresses(source: Iterable[Progress], consumer: Callable[[Ecdf], Any] | None = None,
                    f_goal: _Goal | Iterable[_Goal] = None, join_all_algorithms: bool = False,
                    join_all_objectives: bool = False, join_all_encodings: bool = False,
                    kind: type[Ecdf] = Ecdf) -> Any:
    """Return distributions for each combination of names and each goal, or hand them to a function.

    Args:
        source: the progress of runs
        consumer: takes each record; ``None`` for an iterator of them
        f_goal: a goal or several, as in :func:`create`
        join_all_algorithms: whether runs of all algorithms belong together
        join_all_objectives: whether those with all objectives do
        join_all_encodings: whether those with all encodings do
        kind: as in :func:`create`
    """
    goals = list(f_goal) if isinstance(f_goal, Iterable) else [f_goal]
    joined = (join_all_algorithms, True, join_all_objectives, join_all_encodings)

    def found() -> Iterator[Ecdf]:
        for group in grouped(source, joined):
            for goal in goals:
                yield create(group, goal, kind=kind)

    return deliver(found(), consumer)


def to_csv(ecdf: Ecdf, file: str | PathLike[str], put_header: bool = True) -> Path:
    """Write a distribution into a CSV file, and return its path.

    Raises:
        OSError: if the file cannot be written
    """
    heads = {"algorithm": ecdf.algorithm, "n": ecdf.n, "nInsts": ecdf.n_insts,
             "fName": ecdf.f_name, "goalF": ecdf.goal_f, "objective": ecdf.objective,
             "encoding": ecdf.encoding}
    rows = [(num_to_str(_plain(t)), num_to_str(_plain(p))) for t, p in ecdf.ecdf.tolist()]
    return write_curve(file, heads, (ecdf.time_label(), "ecdf"), rows, put_header)


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value
