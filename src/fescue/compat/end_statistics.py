"""Statistics of end results, as ``moptipy.evaluation.end_statistics`` has them, and CSV files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

from fescue.compat.end_results import EndResult, as_number
from fescue.compat.groups import IDS, deliver, grouped, same_of
from fescue.evaluation.csv_files import read_table, write_table
from fescue.evaluation.statistics import Sample, describe, expected_running_time
from fescue.utils.naming import num_to_str, str_to_num

_Number = int | float
_TITLE: Final = "Experiment End Results Statistics"
#: the suffixes of the columns of a statistic, and their attributes
_PARTS: Final = {"min": "minimum", "mean": "mean_arith", "med": "median", "geom": "mean_geom",
                 "max": "maximum", "sd": "stddev"}
_STATISTICS: Final = {
    "bestF": "best_f", "lastImprovementFE": "last_improvement_fe",
    "lastImprovementTimeMillis": "last_improvement_time_millis", "totalFEs": "total_fes",
    "totalTimeMillis": "total_time_millis", "goalF": "goal_f", "bestFscaled": "best_f_scaled",
    "successFEs": "success_fes", "successTimeMillis": "success_time_millis", "maxFEs": "max_fes",
    "maxTimeMillis": "max_time_millis"}
_COLUMNS: Final = ("bestF", "lastImprovementFE", "lastImprovementTimeMillis", "totalFEs",
                   "totalTimeMillis", "goalF", "bestFscaled", "successN", "successFEs",
                   "successTimeMillis", "ertFEs", "ertTimeMillis", "maxFEs", "maxTimeMillis")
_SINGLE: Final = {"successN": "n_success", "ertFEs": "ert_fes", "ertTimeMillis": "ert_time_millis"}
_WHAT: Final = {
    "n": "the number of runs", "successN": "how many have reached the goal",
    "ertFEs": "the expected FEs until that, with restarts; inf if no run has",
    "ertTimeMillis": "the expected milliseconds, likewise"}


@dataclass(frozen=True)
class SampleStatistics:
    """The statistics of a sample.

    Attributes:
        n: the number of values
        minimum: the least
        mean_arith: the arithmetic mean
        median: the median
        mean_geom: the geometric mean, ``None`` unless all are positive
        maximum: the largest
        stddev: the standard deviation, ``None`` for a single value
    """

    n: int
    minimum: _Number
    mean_arith: _Number
    median: _Number
    mean_geom: _Number | None
    maximum: _Number
    stddev: _Number | None

    @classmethod
    def of(cls, sample: Sample) -> "SampleStatistics":
        """Return the record of our statistics."""
        def number(value: float) -> _Number:
            return as_number(value) if isfinite(value) else value

        return cls(sample.n, number(sample.minimum), number(sample.mean), number(sample.median),
                   None if isnan(sample.geometric) else number(sample.geometric),
                   number(sample.maximum), number(sample.sd) if sample.n > 1 else None)

    def is_constant(self) -> bool:
        """Return whether all values are the same."""
        return self.minimum >= self.maximum


_Statistic = SampleStatistics | _Number | None


@dataclass(frozen=True)
class EndStatistics:
    """The statistics of the end results of some runs.

    What is ``None`` is not the same for all runs (names), or there is none (the others). Goal and
    limits are numbers if all runs have the same, else statistics.
    """

    algorithm: str | None
    instance: str | None
    objective: str | None
    encoding: str | None
    n: int
    best_f: SampleStatistics
    last_improvement_fe: SampleStatistics
    last_improvement_time_millis: SampleStatistics
    total_fes: SampleStatistics
    total_time_millis: SampleStatistics
    goal_f: _Statistic = None
    best_f_scaled: SampleStatistics | None = None
    n_success: int | None = None
    success_fes: SampleStatistics | None = None
    success_time_millis: SampleStatistics | None = None
    ert_fes: _Number | None = None
    ert_time_millis: _Number | None = None
    max_fes: _Statistic = None
    max_time_millis: _Statistic = None


def create(source: Iterable[EndResult]) -> EndStatistics:
    """Return the statistics of at least one end result.

    Raises:
        ValueError: if there is none
    """
    runs = list(source)
    if not runs:
        raise ValueError("source is empty, must have at least one end result.")

    def of(values: Sequence[Any]) -> SampleStatistics:
        return SampleStatistics.of(describe(values))

    def limit(name: str) -> _Statistic:
        values = [getattr(run, name) for run in runs]
        if None in values:
            return None
        return values[0] if len({*values}) == 1 else of(values)

    more: dict[str, Any] = {name: of([getattr(run, name) for run in runs]) for name in (
        "best_f", "last_improvement_fe", "last_improvement_time_millis", "total_fes",
        "total_time_millis")}
    more |= {name: same_of(runs, name) for name in IDS}
    more |= {name: limit(name) for name in ("goal_f", "max_fes", "max_time_millis")}
    if all(run.goal_f is not None for run in runs):
        success = np.array([run.success() for run in runs])
        hits = [run for run in runs if run.success()]
        more["n_success"] = len(hits)
        for ert, last, total, name in (
                ("ert_fes", "last_improvement_fe", "total_fes", "success_fes"),
                ("ert_time_millis", "last_improvement_time_millis", "total_time_millis",
                 "success_time_millis")):
            value = expected_running_time(
                np.array([getattr(run, last) for run in runs]),
                np.array([getattr(run, total) for run in runs]), success)
            more[ert] = as_number(value) if isfinite(value) else inf
            more[name] = of([getattr(run, last) for run in hits]) if hits else None
        scaled = [run.get_scaled_best_f() for run in runs]
        if None not in scaled:
            more["best_f_scaled"] = of(scaled)
    return EndStatistics(n=len(runs), **more)


def from_end_results(source: Iterable[EndResult],
                     consumer: Callable[[EndStatistics], Any] | None = None,
                     join_all_algorithms: bool = False, join_all_instances: bool = False,
                     join_all_objectives: bool = False, join_all_encodings: bool = False) -> Any:
    """Return statistics for each combination of names, or hand them to a function.

    Args:
        source: the end results
        consumer: takes each record; ``None`` for an iterator of them
        join_all_algorithms: whether runs of all algorithms belong together
        join_all_instances: whether those on all instances do
        join_all_objectives: whether those with all objectives do
        join_all_encodings: whether those with all encodings do
    """
    joined = (join_all_algorithms, join_all_instances, join_all_objectives, join_all_encodings)
    found = (create(group) for group in grouped(source, joined))
    return deliver(found, consumer)


def aggregate_over_parameter(
        data: Iterable[EndResult], param_value: Callable[[EndResult], _Number],
        join_all_algorithms: bool = False, join_all_instances: bool = False,
        join_all_objectives: bool = False, join_all_encodings: bool = False,
) -> tuple[Callable[[EndStatistics], _Number], list[EndStatistics]]:
    """Return the statistics for each value of a parameter, and the function that tells the value.

    Args:
        data: the end results
        param_value: tells the value of an end result
        join_all_algorithms: as in :func:`from_end_results`, and so on
        join_all_instances: likewise
        join_all_objectives: likewise
        join_all_encodings: likewise
    """
    by_value: dict[_Number, list[EndResult]] = {}
    for result in data:
        by_value.setdefault(param_value(result), []).append(result)
    found: list[EndStatistics] = []
    values: dict[int, _Number] = {}
    for value, group in sorted(by_value.items()):
        for one in from_end_results(group, None, join_all_algorithms, join_all_instances,
                                    join_all_objectives, join_all_encodings):
            values[id(one)] = value
            found.append(one)
    return lambda one: values[id(one)], found


def to_csv(data: EndStatistics | Iterable[EndStatistics], file: str | PathLike[str]) -> Path:
    """Write statistics into a CSV file, and return its path.

    A statistic whose values are the same within each row gets a single column.

    Raises:
        OSError: if the file cannot be written
    """
    rows = [data] if isinstance(data, EndStatistics) else list(data)
    columns: list[str] = [name for name in IDS if any(getattr(row, name) for row in rows)]
    columns.append("n")
    for column in _COLUMNS:
        values = [_value(row, column) for row in rows]
        if all(value is None for value in values):
            continue
        is_flat = all(not isinstance(value, SampleStatistics) or value.is_constant()
                      for value in values) and column != "bestFscaled"
        columns += [column] if is_flat or column in _SINGLE else [
            f"{column}.{part}" for part in _PARTS]
    return write_table(file, _TITLE, columns, [[_text(row, column) for column in columns]
                                               for row in rows], _WHAT)


def _value(row: EndStatistics, column: str) -> Any:
    return getattr(row, _SINGLE.get(column) or _STATISTICS[column])


def _text(row: EndStatistics, column: str) -> str:
    if column in IDS or column == "n":
        value = getattr(row, column)
        return "" if value is None else str(value)
    name, _, part = column.partition(".")
    value = _value(row, name)
    if isinstance(value, SampleStatistics):
        value = getattr(value, _PARTS[part]) if part else value.minimum
    elif part and value is not None:
        value = 0 if part == "sd" else value
    return "" if value is None else num_to_str(value)


def from_csv(file: str | PathLike[str],
             consumer: Callable[[EndStatistics], Any] | None = None) -> Any:
    """Return the statistics in a CSV file, ours or moptipy's, or hand them to a function.

    Raises:
        OSError: if the file cannot be read
        ValueError: if it is no such file; the line is named
    """
    return deliver(read_table(file, ["n"], _read), consumer)


def _read(row: dict[str, str]) -> EndStatistics:
    n = int(row["n"])
    values: dict[str, Any] = {name: row.get(name) or None for name in IDS}
    for column, field in _STATISTICS.items():
        size = int(row.get("successN") or 0) if column.startswith("success") else n
        values[field] = _statistic(row, column, size)
    for column, field in _SINGLE.items():
        values[field] = str_to_num(row[column]) if row.get(column) else None
    return EndStatistics(n=n, **values)


def _statistic(row: dict[str, str], column: str, n: int) -> Any:
    if row.get(column):
        value = str_to_num(row[column])
        if column in ("goalF", "maxFEs", "maxTimeMillis"):
            return value
        return SampleStatistics(n, value, value, value, value if value > 0 else None, value,
                                0 if n > 1 else None)
    if not row.get(f"{column}.min"):
        return None
    parts = {field: str_to_num(text) if (text := row.get(f"{column}.{part}", "")) else None
             for part, field in _PARTS.items()}
    return SampleStatistics(n, **parts)  # type: ignore[arg-type]


def getter(dimension: str) -> Callable[[EndStatistics], Any]:
    """Return the function that takes a value from a record.

    Args:
        dimension: a column such as ``bestF.mean``, ``ertFEs`` or ``n``

    Raises:
        ValueError: for another name
    """
    name, _, part = dimension.partition(".")
    if name in (*IDS, "n"):
        return lambda one: getattr(one, name)
    name = {"plainF": "bestF", "scaledF": "bestFscaled"}.get(name, name)
    if name not in _COLUMNS or (part and part not in _PARTS):
        raise ValueError(f"dimension={dimension!r} is unknown, choose from "
                         f"{', '.join((*IDS, 'n', *_COLUMNS))}, with .{', .'.join(_PARTS)}.")

    def value(one: EndStatistics) -> Any:
        found = _value(one, name)
        if isinstance(found, SampleStatistics):
            return getattr(found, _PARTS[part]) if part else found
        return 0 if part == "sd" and found is not None else found

    return value


if __name__ == "__main__":
    import sys

    from fescue.compat.end_results import from_logs

    if len(sys.argv) != 3:
        sys.exit(f"usage: {sys.argv[0]} folder file.csv")
    print(to_csv(from_end_results(from_logs(sys.argv[1])), sys.argv[2]))
