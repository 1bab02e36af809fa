"""End results of runs with several objectives: a record for each point of their archives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from fescue.compat.end_results import EndResult, from_runs
from fescue.compat.groups import deliver
from fescue.evaluation.csv_files import write_table
from fescue.evaluation.log_reader import read_log
from fescue.evaluation.run_reader import read_runs
from fescue.utils.naming import num_to_str


@dataclass(frozen=True)
class MOEndResult:
    """A point that no other one of its run dominates.

    Attributes:
        end_result: the end of the run
        f: the objective value of the point as a whole
        fs: its value in each objective
    """

    end_result: EndResult
    f: int | float
    fs: tuple[int | float, ...]


def from_logs(path: str | PathLike[str],
              consumer: Callable[[MOEndResult], Any] | None = None) -> Any:
    """Return the points in the archives of all runs in a folder, or hand them to a function.

    Args:
        path: the folder, or a log; runs with one objective have no archive
        consumer: takes each record; ``None`` for an iterator of them
    """
    found = _from_logs(path)
    return deliver(found, consumer)


def _from_logs(path: str | PathLike[str]) -> Iterator[MOEndResult]:
    runs = read_runs(path, cache=False).ok()
    for log, end_result in zip(runs["path"].tolist(), from_runs(runs), strict=True):
        for f, *fs in read_log(log).archive:
            yield MOEndResult(end_result, f, tuple(fs))


def to_csv(results: list[MOEndResult], file: str | PathLike[str]) -> Path:
    """Write points into a CSV file, and return its path.

    Raises:
        ValueError: if runs have different numbers of objectives
        OSError: if the file cannot be written
    """
    sizes = {len(one.fs) for one in results}
    if len(sizes) > 1:
        raise ValueError(f"runs have different numbers of objectives: {sorted(sizes)}.")
    names = [f"f{i}" for i in range(max(sizes, default=0))]
    rows = [[one.end_result.algorithm, one.end_result.instance, one.end_result.objective,
             hex(one.end_result.rand_seed), *map(num_to_str, (one.f, *one.fs))]
            for one in results]
    return write_table(file, "Multi-Objective End Results",
                       ["algorithm", "instance", "objective", "randSeed", "f", *names], rows,
                       {"f": "the objective value as a whole"})
