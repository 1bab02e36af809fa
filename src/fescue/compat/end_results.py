"""End results, as ``moptipy.evaluation.end_results`` has them: a record per run, and CSV files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import isnan
from os import PathLike
from pathlib import Path
from typing import Any, Final

from fescue.compat.groups import deliver
from fescue.evaluation.csv_files import read_table, write_table
from fescue.evaluation.progress import stopped
from fescue.evaluation.run_reader import read_runs
from fescue.evaluation.runs import Runs
from fescue.utils.naming import num_to_str, str_to_num

_TITLE: Final = "Experiment End Results"
_WHAT: Final = {
    "algorithm": "the algorithm", "instance": "the instance", "objective": "the objective function",
    "encoding": "the encoding", "randSeed": "the random seed, hexadecimal",
    "bestF": "the best objective value", "lastImprovementFE": "the FE that gave it",
    "lastImprovementTimeMillis": "the milliseconds until then", "totalFEs": "the FEs of the run",
    "totalTimeMillis": "its milliseconds", "goalF": "the objective value to be reached",
    "maxFEs": "the limit of FEs", "maxTimeMillis": "the limit of milliseconds",
    "x": "the point in the search space", "y": "the solution"}
_FIELDS: Final = {
    "algorithm": "algorithm", "instance": "instance", "objective": "objective",
    "encoding": "encoding", "randSeed": "rand_seed", "bestF": "best_f",
    "lastImprovementFE": "last_improvement_fe",
    "lastImprovementTimeMillis": "last_improvement_time_millis", "totalFEs": "total_fes",
    "totalTimeMillis": "total_time_millis", "goalF": "goal_f", "maxFEs": "max_fes",
    "maxTimeMillis": "max_time_millis", "x": "x", "y": "y"}
_OPTIONAL: Final = ("encoding", "goalF", "maxFEs", "maxTimeMillis", "x", "y")

_Number = int | float
_IntLimit = int | Callable[[str, str], int | None] | None
_Limit = _Number | Callable[[str, str], _Number | None] | None


@dataclass(frozen=True, order=True)
class EndResult:
    """The end of a run; attributes are those of the columns of :func:`to_csv`."""

    algorithm: str
    instance: str
    objective: str
    encoding: str | None
    rand_seed: int
    best_f: _Number
    last_improvement_fe: int
    last_improvement_time_millis: int
    total_fes: int
    total_time_millis: int
    goal_f: _Number | None = None
    max_fes: int | None = None
    max_time_millis: int | None = None
    x: str | None = None
    y: str | None = None

    def success(self) -> bool:
        """Return whether there is a goal, and the run has reached it."""
        return self.goal_f is not None and self.best_f <= self.goal_f

    def path_to_file(self, base_dir: str) -> Path:
        """Return the path of the run's log below the folder of its experiment."""
        name = f"{self.algorithm}_{self.instance}_{hex(self.rand_seed)}.txt"
        return Path(base_dir) / self.algorithm / self.instance / name

    def get_scaled_best_f(self) -> float | None:
        """Return the best objective value over the goal, ``None`` without a positive goal."""
        return self.best_f / self.goal_f if self.goal_f and self.goal_f > 0 else None

    def get_normalized_best_f(self) -> float | None:
        """Return the distance from the goal over the goal, ``None`` without a positive goal."""
        if not self.goal_f or self.goal_f <= 0:
            return None
        return (self.best_f - self.goal_f) / self.goal_f


def as_number(value: float) -> _Number:
    """Return a number as an integer if it is one."""
    return int(value) if value == int(value) else value


def from_runs(runs: Runs) -> Iterator[EndResult]:
    """Yield a record for each complete run with a result."""
    ok = runs.ok()
    names = ("algorithm", "instance", "objective", "encoding", "seed", "best_f",
             "last_improvement_fe", "last_improvement_time_millis", "total_fes",
             "total_time_millis", "goal_f", "max_fes", "max_time_millis")
    for row in zip(*(ok[name].tolist() for name in names), strict=True):
        algorithm, instance, objective, encoding, seed, best, last, last_time, fes, time = row[:10]
        goal, max_fes, max_time = row[10:]
        yield EndResult(
            algorithm, instance, objective, encoding or None, seed, as_number(best), last,
            last_time, fes, time, None if isnan(goal) else as_number(goal), max_fes or None,
            max_time or None)


def from_logs(path: str | PathLike[str], consumer: Callable[[EndResult], Any] | None = None,
              max_fes: _IntLimit = None, max_time_millis: _IntLimit = None, goal_f: _Limit = None,
              path_filter: Callable[[Path], bool] | None = None) -> Any:
    """Return the end results of all runs in a folder, or hand them to a function.

    Args:
        path: the folder, or a log
        consumer: takes each record; ``None`` for an iterator of them
        max_fes: the FEs after which runs are thought to have ended; a number, or a function of
            algorithm and instance
        max_time_millis: the milliseconds, likewise
        goal_f: the objective value, likewise
        path_filter: tells which logs are read
    """
    found = _from_logs(path, (max_fes, max_time_millis, goal_f), path_filter)
    return deliver(found, consumer)


def _from_logs(path: str | PathLike[str], limits: tuple[Any, Any, Any],
               path_filter: Callable[[Path], bool] | None) -> Iterator[EndResult]:
    import numpy as np

    runs = read_runs(path, cache=False)
    if path_filter is not None:
        runs = runs.select(np.array([bool(path_filter(Path(p))) for p in runs["path"]], bool))
    if limits == (None, None, None):
        yield from from_runs(runs)
        return
    for key, rows in runs.groups("algorithm", "instance"):
        mine = [limit(*key) if callable(limit) else limit for limit in limits]
        yield from from_runs(stopped(runs.select(rows), max_fes=mine[0], max_time_millis=mine[1],
                                     goal_f=mine[2]))


def to_csv(results: Iterable[EndResult], file: str | PathLike[str]) -> Path:
    """Write end results into a CSV file, and return its path; columns that none uses are left out.

    Raises:
        OSError: if the file cannot be written
    """
    rows = sorted(results, key=lambda r: (r.algorithm, r.instance, r.objective, r.encoding or "",
                                          r.rand_seed))
    columns = [column for column, field in _FIELDS.items() if column not in _OPTIONAL
               or any(getattr(row, field) is not None for row in rows)]
    return write_table(file, _TITLE, columns, [[_text(column, getattr(row, _FIELDS[column]))
                                                for column in columns] for row in rows], _WHAT)


def _text(column: str, value: Any) -> str:
    if value is None:
        return ""
    if column == "randSeed":
        return hex(value)
    return value if isinstance(value, str) else num_to_str(value)


def from_csv(file: str | PathLike[str], consumer: Callable[[EndResult], Any] | None = None,
             filterer: Callable[[EndResult], bool] = lambda _: True) -> Any:
    """Return the end results in a CSV file, ours or moptipy's, or hand them to a function.

    Raises:
        OSError: if the file cannot be read
        ValueError: if it is no such file; the line is named
    """
    needed = [column for column in _FIELDS if column not in _OPTIONAL]
    return deliver(filter(filterer, read_table(file, needed, _read)), consumer)


def _read(row: dict[str, str]) -> EndResult:
    values: dict[str, Any] = {}
    for column, field in _FIELDS.items():
        text = row.get(column, "")
        if column in ("algorithm", "instance", "objective"):
            values[field] = text
        elif column in ("encoding", "x", "y"):
            values[field] = text or None
        elif column == "randSeed":
            values[field] = int(text, 16)
        elif text:
            values[field] = str_to_num(text)
    return EndResult(**values)


def getter(dimension: str) -> Callable[[EndResult], Any]:
    """Return the function that takes a value from a record.

    Args:
        dimension: the name of a column, or ``plainF``, ``scaledF``, ``normalizedF``

    Raises:
        ValueError: for another name
    """
    special: dict[str, Callable[[EndResult], Any]] = {
        "plainF": lambda r: r.best_f, "scaledF": EndResult.get_scaled_best_f,
        "bestFscaled": EndResult.get_scaled_best_f,
        "normalizedF": EndResult.get_normalized_best_f, "success": EndResult.success,
        "fesPerTimeMilli": lambda r: r.total_fes / max(r.total_time_millis, 1)}
    if dimension in special:
        return special[dimension]
    if dimension not in _FIELDS:
        raise ValueError(f"dimension={dimension!r} is unknown, choose from "
                         f"{', '.join([*special, *_FIELDS])}.")
    field = _FIELDS[dimension]
    return lambda result: getattr(result, field)


if __name__ == "__main__":
    import sys

    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} folder file.csv")
    print(to_csv(from_logs(sys.argv[1]), sys.argv[2]))
