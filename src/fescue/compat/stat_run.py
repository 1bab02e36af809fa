"""Statistics over the progress of runs, as ``moptipy.evaluation.stat_run`` has them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fescue.compat.groups import IDS, deliver, grouped, same_of
from fescue.compat.progress import Progress, values_at

#: what each name of a statistic is, of a matrix with a row per run
STATISTICS: Final[dict[str, Callable[[np.ndarray], np.ndarray]]] = {
    "min": lambda v: v.min(axis=0), "med": lambda v: np.median(v, axis=0),
    "mean": lambda v: v.mean(axis=0), "geom": lambda v: np.exp(np.log(v).mean(axis=0)),
    "max": lambda v: v.max(axis=0),
    "sd": lambda v: v.std(axis=0, ddof=1) if len(v) > 1 else np.zeros(v.shape[1]),
    "mean-sd": lambda v: STATISTICS["mean"](v) - STATISTICS["sd"](v),
    "mean+sd": lambda v: STATISTICS["mean"](v) + STATISTICS["sd"](v),
    "q10": lambda v: np.quantile(v, 0.1, axis=0), "q90": lambda v: np.quantile(v, 0.9, axis=0),
    "q159": lambda v: np.quantile(v, 0.159, axis=0),
    "q841": lambda v: np.quantile(v, 0.841, axis=0)}


@dataclass(frozen=True, eq=False)
class StatRun:
    """A statistic of the objective value over time.

    Attributes:
        algorithm: the algorithm, ``None`` if there are several
        instance: the instance, likewise
        objective: the objective function, likewise
        encoding: the encoding, likewise
        n: the number of runs
        time_unit: ``FEs`` or ``ms``
        f_name: what the objective values are
        stat_name: the name of the statistic
        stat: a matrix of two columns, times and values
    """

    algorithm: str | None
    instance: str | None
    objective: str | None
    encoding: str | None
    n: int
    time_unit: str
    f_name: str
    stat_name: str
    stat: np.ndarray


def create(source: Iterable[Progress], statistics: str | Iterable[str],
           consumer: Callable[[StatRun], Any] | None = None) -> Any:
    """Return statistics over the progress of runs, or hand them to a function.

    Args:
        source: the progress of at least one run, all with the same units
        statistics: names of statistics, or one: ``min``, ``med``, ``mean``, ``geom``, ``max``,
            ``sd``, ``mean-sd``, ``mean+sd``, ``q10``, ``q90``, ``q159``, ``q841``
        consumer: takes each record; ``None`` for a list of them

    Raises:
        ValueError: if there is no run, or no such statistic
    """
    runs = list(source)
    unit, f_name = same_of(runs, "time_unit"), same_of(runs, "f_name")
    if not runs or unit is None or f_name is None:
        raise ValueError("source must be the progress of at least one run, all with the same "
                         "time_unit and f_name.")
    names = [statistics] if isinstance(statistics, str) else list(statistics)
    for name in names:
        if name not in STATISTICS:
            raise ValueError(f"there is no statistic {name!r}; choose from "
                             f"{', '.join(STATISTICS)}.")
    time = np.unique(np.concatenate([run.time for run in runs]))
    time = time[time >= max(int(run.time[0]) for run in runs)]
    values = values_at(runs, time)
    ids = {name: same_of(runs, name) for name in IDS}
    found = []
    for name in names:
        stat = STATISTICS[name](values)
        keep = np.ones(len(time), bool)  # steps alone, and the end
        keep[1:-1] = np.diff(stat)[:-1] != 0
        found.append(StatRun(
            n=len(runs), time_unit=unit, f_name=f_name, stat_name=name,
            stat=np.column_stack([time[keep], stat[keep]]), **ids))
    return deliver(found, consumer)


def from_progress(source: Iterable[Progress], statistics: str | Iterable[str],
                  consumer: Callable[[StatRun], Any] | None = None,
                  join_all_algorithms: bool = False, join_all_instances: bool = False,
                  join_all_objectives: bool = False, join_all_encodings: bool = False) -> Any:
    """Return statistics for each combination of names, or hand them to a function.

    Args:
        source: the progress of runs
        statistics: as in :func:`create`
        consumer: takes each record; ``None`` for an iterator of them
        join_all_algorithms: whether runs of all algorithms belong together
        join_all_instances: whether those on all instances do
        join_all_objectives: whether those with all objectives do
        join_all_encodings: whether those with all encodings do
    """
    joined = (join_all_algorithms, join_all_instances, join_all_objectives, join_all_encodings)
    names = [statistics] if isinstance(statistics, str) else list(statistics)

    def found() -> Iterator[StatRun]:
        for group in grouped(source, joined):
            yield from create(group, names)

    return deliver(found(), consumer)
