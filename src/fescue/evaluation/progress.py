"""The curves of runs, and how runs would have ended had they stopped earlier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from os import PathLike
from typing import Final

import numpy as np

from fescue.api.logging import PROGRESS_CURRENT_F, PROGRESS_FES, PROGRESS_TIME_MILLIS
from fescue.evaluation.files import read_bytes
from fescue.evaluation.run_reader import read_runs, spread
from fescue.evaluation.runs import Runs
from fescue.utils.errors import LogFileError

_BEGIN: Final = b"BEGIN_PROGRESS\n"
_END: Final = b"\nEND_PROGRESS"
_HEADER: Final = ";".join((PROGRESS_FES, PROGRESS_TIME_MILLIS, PROGRESS_CURRENT_F)).encode()


@dataclass(frozen=True, slots=True)
class Curve:
    """The best-so-far curve of a run: its improvements, the first FE at least.

    Attributes:
        row: the row of the run in its table
        fes: the FEs of the improvements, increasing
        times: when they were made, in milliseconds
        f: the objective values, decreasing
        total_fes: the FEs of the run
        total_time_millis: the time that the run took
    """

    row: int
    fes: np.ndarray
    times: np.ndarray
    f: np.ndarray
    total_fes: int
    total_time_millis: int

    def at_fes(self, fes: np.ndarray) -> np.ndarray:
        """Return the best objective value after each number of FEs; ``inf`` before the first.

        After its end, a run keeps what it has found.
        """
        return self._at(self.fes, fes)

    def at_times(self, millis: np.ndarray) -> np.ndarray:
        """Return the best objective value after each number of milliseconds, likewise."""
        return self._at(self.times, millis)

    def _at(self, known: np.ndarray, where: np.ndarray) -> np.ndarray:
        values = np.concatenate([[np.inf], self.f])
        return np.asarray(values[np.searchsorted(known, where, side="right")])

    def hits(self, targets: np.ndarray) -> np.ndarray:
        """Return after how many FEs each target was reached, ``inf`` if it never was."""
        fes = np.concatenate([self.fes.astype(np.float64), [np.inf]])
        # the values decrease: look for the first that is not above the target
        return np.asarray(fes[np.searchsorted(-self.f, -np.asarray(targets, np.float64))])


def read_progress(runs: "Runs | str | PathLike[str]") -> list[Curve]:
    """Return the curves of all complete runs that have a result.

    A run that logged no progress has one point, its last improvement.

    Args:
        runs: a table of runs, or a folder

    Raises:
        OSError: if a log cannot be read
        LogFileError: if its progress is damaged; file and reason are named
    """
    if not isinstance(runs, Runs):
        runs = read_runs(runs)
    return list(_curves(runs))


def _curves(runs: Runs) -> Iterator[Curve]:
    fes, times = runs["total_fes"].tolist(), runs["total_time_millis"].tolist()
    for row, source in _sources(runs):
        points = _improvements(source)
        yield Curve(row, points[:, 0].astype(np.int64), points[:, 1].astype(np.int64),
                    points[:, 2], fes[row], times[row])


#: a log, the FEs of the run, and the point that it has if it logged no progress
_Source = tuple[str, int, tuple[float, float, float]]


def _sources(runs: Runs) -> Iterator[tuple[int, _Source]]:
    paths, best, last_fe, last_time, fes = (runs[name].tolist() for name in (
        "path", "best_f", "last_improvement_fe", "last_improvement_time_millis", "total_fes"))
    for row in np.flatnonzero((runs["state"] == "ok") & ~np.isnan(runs["best_f"])).tolist():
        yield row, (paths[row], fes[row], (last_fe[row], last_time[row], best[row]))


def _improvements(source: _Source) -> np.ndarray:
    """Return the improvements of a run: FE, milliseconds, objective value."""
    path, total_fes, last = source
    points = progress_rows(read_bytes(path), path) if path else None
    if points is None or len(points) == 0:
        return np.array([last], np.float64)
    points = points[points[:, 0] <= total_fes]  # of a run that is thought to end earlier
    is_better = np.ones(len(points), bool)
    is_better[1:] = points[1:, 2] < np.minimum.accumulate(points[:-1, 2])
    return np.asarray(points[is_better])


def progress_at(runs: Runs, fes: np.ndarray, jobs: int | None = None) -> np.ndarray:
    """Return the best objective value of each run after each number of FEs, a row per run.

    It is ``inf`` before the first improvement that was logged, and ``nan`` for runs without result.

    Args:
        runs: the table
        fes: the numbers of FEs, increasing
        jobs: how many processes read; by default one, above 2,000 files one per processor

    Raises:
        OSError: if a log cannot be read
        LogFileError: if its progress is damaged
    """
    result = np.full((len(runs), len(fes)), np.nan)
    found = list(_sources(runs))
    start = 0
    for part in spread(partial(_values_at, fes), [source for _, source in found], jobs):
        result[[row for row, _ in found[start:start + len(part)]]] = part
        start += len(part)
    return result


def _values_at(fes: np.ndarray, sources: Sequence[_Source]) -> np.ndarray:
    result = np.empty((len(sources), len(fes)))
    for row, source in zip(result, sources, strict=True):
        points = _improvements(source)
        values = np.concatenate([[np.inf], points[:, 2]])
        row[:] = values[np.searchsorted(points[:, 0], fes, side="right")]
    return result


def progress_rows(data: bytes, path: str) -> np.ndarray | None:
    """Return the table of progress in a log, ``None`` if it has none.

    Raises:
        LogFileError: if it is damaged
    """
    start = data.find(_BEGIN)
    if start < 0 or (start > 0 and data[start - 1] != 10):
        return None
    end = data.find(_END, start)
    header, _, body = data[start + len(_BEGIN):end].partition(b"\n")
    if end < 0 or not header.startswith(_HEADER):
        raise LogFileError(f"{path}: the section PROGRESS has no end, or another header.")
    n_columns = header.count(b";") + 1
    try:
        cells = np.array(body.replace(b";", b" ").split(), np.float64)
        return cells.reshape(-1, n_columns)
    except ValueError as error:
        raise LogFileError(f"{path}: the section PROGRESS is damaged: {error}.") from error


def stopped(runs: Runs, *, max_fes: int | None = None, max_time_millis: int | None = None,
            goal_f: float | None = None) -> Runs:
    """Return the table that there would be, had each run stopped at a limit.

    Rows whose log has no progress are left out if it is not known what they had found by then.

    Args:
        runs: the table
        max_fes: the number of FEs, at least 1
        max_time_millis: the time in milliseconds, at least 1
        goal_f: the objective value at which a run is over

    Raises:
        ValueError: if a limit is less than 1
        OSError: if a log cannot be read
        LogFileError: if its progress is damaged
    """
    for name, limit in (("max_fes", max_fes), ("max_time_millis", max_time_millis)):
        if limit is not None and limit < 1:
            raise ValueError(f"{name}={limit} is invalid, must be at least 1.")
    kept: list[int] = []
    rows: list[tuple[float, int, int, int, int]] = []
    for curve in read_progress(runs):
        end_fes, end_time = curve.total_fes, curve.total_time_millis
        index = len(curve.f)
        if goal_f is not None and curve.f[-1] <= goal_f:
            index = int(np.argmax(curve.f <= goal_f)) + 1
            end_fes, end_time = int(curve.fes[index - 1]), int(curve.times[index - 1])
        if max_fes is not None and end_fes > max_fes:
            index = min(index, int(np.searchsorted(curve.fes, max_fes, side="right")))
            end_fes = max_fes
            later = curve.times[curve.fes > max_fes]
            end_time = min(end_time, int(later[0])) if len(later) else end_time
        if max_time_millis is not None and end_time > max_time_millis:
            index = min(index, int(np.searchsorted(curve.times, max_time_millis, side="right")))
            end_time = max_time_millis
            later = curve.fes[curve.times > max_time_millis]
            end_fes = min(end_fes, max(int(later[0]) - 1, 1)) if len(later) else end_fes
        if index > 0:
            kept.append(curve.row)
            rows.append((float(curve.f[index - 1]), int(curve.fes[index - 1]),
                         int(curve.times[index - 1]), end_fes, end_time))
    result = runs.select(np.array(kept, np.int64))
    names = ("best_f", "last_improvement_fe", "last_improvement_time_millis", "total_fes",
             "total_time_millis")
    for i, name in enumerate(names):
        result.columns[name] = np.array([row[i] for row in rows], result[name].dtype)
    for name, limit in (("max_fes", max_fes), ("max_time_millis", max_time_millis)):
        if limit is not None:
            result.columns[name] = np.full(len(rows), limit)
    if goal_f is not None:
        result.columns["goal_f"] = np.full(len(rows), float(goal_f))
    return result
