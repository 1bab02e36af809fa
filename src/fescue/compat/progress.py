"""Progress of runs and statistics over it, as ``moptipy.evaluation.progress`` has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

from fescue.compat.groups import deliver
from fescue.evaluation.csv_files import write_curve
from fescue.evaluation.files import read_bytes
from fescue.evaluation.progress import progress_rows
from fescue.evaluation.run_reader import read_runs
from fescue.utils.naming import num_to_str

TIME_UNIT_FES: Final = "FEs"
TIME_UNIT_MILLIS: Final = "ms"
F_NAME_RAW: Final = "plainF"
F_NAME_SCALED: Final = "scaledF"
F_NAME_NORMALIZED: Final = "normalizedF"
_UNITS: Final = (TIME_UNIT_FES, TIME_UNIT_MILLIS)
_NAMES: Final = (F_NAME_RAW, F_NAME_SCALED, F_NAME_NORMALIZED)


def check_time_unit(time_unit: Any) -> str:
    """Return a unit of time.

    Raises:
        ValueError: if it is another one
    """
    if time_unit not in _UNITS:
        raise ValueError(f"time_unit={time_unit!r} is invalid, must be one of {', '.join(_UNITS)}.")
    return str(time_unit)


def check_f_name(f_name: Any) -> str:
    """Return the name of a way to scale objective values.

    Raises:
        ValueError: if it is another one
    """
    if f_name not in _NAMES:
        raise ValueError(f"f_name={f_name!r} is invalid, must be one of {', '.join(_NAMES)}.")
    return str(f_name)


@dataclass(frozen=True, eq=False)
class Progress:
    """The progress of a run.

    Attributes:
        algorithm: the algorithm
        instance: the instance
        objective: the objective function
        encoding: the encoding, ``None`` if there is none
        rand_seed: the seed
        time: FEs or milliseconds, not decreasing; the last one is the end of the run
        time_unit: ``FEs`` or ``ms``
        f: the objective values then; with ``only_improvements`` they decrease, and the last one
            may repeat
        f_name: ``plainF``, ``scaledF`` (over ``f_standard``) or ``normalizedF`` (the distance from
            it, over it)
        f_standard: the value to which the others refer, ``None`` if there is none
        only_improvements: whether ``f`` is the best objective value so far
    """

    algorithm: str
    instance: str
    objective: str
    encoding: str | None
    rand_seed: int
    time: np.ndarray
    time_unit: str
    f: np.ndarray
    f_name: str
    f_standard: int | float | None = None
    only_improvements: bool = True

    def __post_init__(self) -> None:
        """Check that the attributes belong together."""
        check_time_unit(self.time_unit)
        check_f_name(self.f_name)
        if len(self.time) != len(self.f) or len(self.f) == 0:
            raise ValueError(f"time and f have {len(self.time)} and {len(self.f)} elements, must "
                             "have as many, and at least one.")
        if (np.diff(self.time) < 0).any():
            raise ValueError("time decreases.")
        steps = np.diff(self.f)
        if self.only_improvements and ((steps[:-1] >= 0).any() or (steps[-1:] > 0).any()):
            raise ValueError("f must decrease; only the last value may be that before it.")
        if self.f_name != F_NAME_RAW and not self.f_standard:
            raise ValueError(f"f_standard={self.f_standard} cannot be for f_name={self.f_name!r}.")


def from_logs(path: str | PathLike[str], consumer: Callable[[Progress], Any] | None = None,
              time_unit: str = TIME_UNIT_FES, f_name: str = F_NAME_RAW,
              f_standard: Mapping[str, int | float] | None = None,
              only_improvements: bool = True) -> Any:
    """Return the progress of all runs in a folder that logged it, or hand it to a function.

    Args:
        path: the folder, or a log
        consumer: takes each record; ``None`` for an iterator of them
        time_unit: ``FEs`` or ``ms``
        f_name: ``plainF``, ``scaledF`` or ``normalizedF``
        f_standard: for each instance the value to which others refer, by default that in the log
        only_improvements: whether values that are no improvement are left out
    """
    check_time_unit(time_unit)
    check_f_name(f_name)
    found = _from_logs(path, time_unit, f_name, f_standard or {}, only_improvements)
    return deliver(found, consumer)


def _from_logs(path: str | PathLike[str], time_unit: str, f_name: str,
               f_standard: Mapping[str, int | float], only_improvements: bool,
               ) -> Iterator[Progress]:
    runs = read_runs(path, cache=False).ok()
    for i in range(len(runs)):
        rows = progress_rows(read_bytes(runs["path"][i]), runs["path"][i])
        if rows is None or len(rows) == 0:
            continue
        if only_improvements:
            keep = np.ones(len(rows), bool)
            keep[1:] = rows[1:, 2] < np.minimum.accumulate(rows[:-1, 2])
            rows = rows[keep]
        time, f = rows[:, 0 if time_unit == TIME_UNIT_FES else 1], rows[:, 2]
        if only_improvements and time_unit == TIME_UNIT_MILLIS:
            last = np.append(np.diff(time) > 0, True)  # of a millisecond, the last improvement
            time, f = time[last], f[last]
        end = runs["total_fes" if time_unit == TIME_UNIT_FES else "total_time_millis"][i]
        if end > time[-1]:
            time, f = np.append(time, end), np.append(f, f[-1])
        standard = f_standard.get(runs["instance"][i], runs["goal_f"][i])
        if f_name != F_NAME_RAW:
            f = f / standard if f_name == F_NAME_SCALED else (f - standard) / standard
        elif (f == np.floor(f)).all() and np.abs(f).max() < 2 ** 53:
            f = f.astype(np.int64)
        yield Progress(
            runs["algorithm"][i], runs["instance"][i], runs["objective"][i],
            runs["encoding"][i] or None, int(runs["seed"][i]), time.astype(np.int64), time_unit, f,
            f_name, None if np.isnan(standard) else _plain(standard), only_improvements)


def _plain(value: Any) -> int | float:
    number = float(value)
    return int(number) if number.is_integer() else number


def to_csv(progress: Progress, file: str | PathLike[str], put_header: bool = True) -> Path:
    """Write a progress into a CSV file, and return its path.

    Raises:
        OSError: if the file cannot be written
    """
    heads = {"algorithm": progress.algorithm, "instance": progress.instance,
             "objective": progress.objective, "encoding": progress.encoding,
             "randSeed": hex(progress.rand_seed), "goalF": progress.f_standard}
    rows = [(num_to_str(t), num_to_str(f)) for t, f in zip(
        progress.time.tolist(), progress.f.tolist(), strict=True)]
    return write_curve(file, heads, (progress.time_unit, progress.f_name), rows, put_header)


def values_at(source: Iterable[Progress], time: np.ndarray) -> np.ndarray:
    """Return the values of each progress at each time, a row each; ``inf`` before the first."""
    return np.stack([np.append(np.inf, one.f)[np.searchsorted(one.time, time, side="right")]
                     for one in source])
