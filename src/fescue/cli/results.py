"""The table at the end of an experiment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from statistics import mean, median, stdev
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from fescue._experiment.files import State, state_of
from fescue.evaluation.log_reader import RunLog, read_log


@dataclass(frozen=True, slots=True)
class Row:
    """The results of an algorithm on an instance; those of failed runs are left out.

    Attributes:
        instance: the instance
        algorithm: the algorithm
        runs: the number of runs
        best: the best of their results
        median: their median
        mean: their mean
        sd: their standard deviation, ``None`` for a single run
        fes_per_second: FEs per second of run time
        known: the best objective value known from the literature, ``None`` if unknown
    """

    instance: str
    algorithm: str
    runs: int
    best: int | float
    median: int | float
    mean: float
    sd: float | None
    fes_per_second: float
    known: int | float | None

    def gap(self) -> str:
        """Return how far the best result is from the best known value."""
        if self.known is None:
            return ""
        distance = self.best - self.known
        return f"{distance:g}" if self.known == 0 else f"{100 * distance / self.known:.1f}%"

    def to_json(self) -> dict[str, Any]:
        """Return the row as a dictionary."""
        return asdict(self)


def rows(logs: Sequence[Path], known: Mapping[str, int | float | None]) -> list[Row]:
    """Return the results in complete log files, an instance after the other.

    Args:
        logs: the log files of an experiment
        known: the best value known, by the folder name of the instance
    """
    groups: dict[tuple[str, str], list[RunLog]] = {}
    for path in logs:
        if state_of(path) is State.DONE:
            groups.setdefault((path.parent.name, path.parent.parent.name), []).append(
                read_log(path))
    result = []
    for (instance, algorithm), group in groups.items():
        values = [log.best_f for log in group if log.best_f is not None]
        seconds = sum(log.total_time_millis for log in group) / 1000
        if values:
            result.append(Row(
                instance, algorithm, len(values), min(values), median(values), mean(values),
                stdev(values) if len(values) > 1 else None,
                sum(log.total_fes for log in group) / max(seconds, 0.001), known.get(instance)))
    return result


def table(title: str, found: Sequence[Row]) -> Table:
    """Return the results as a table in which the best ones of each instance are marked."""
    result = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    result.add_column("instance", no_wrap=True)
    result.add_column("algorithm")
    for column in ("runs", "best", "median", "mean", "sd", "FEs/s", "known", "gap"):
        result.add_column(column, justify="right", no_wrap=True)
    best: dict[str, int | float] = {}
    for row in found:
        best[row.instance] = min(row.best, best.get(row.instance, inf))
    last = ""
    for row in found:
        if last not in ("", row.instance):
            result.add_section()
        last = row.instance
        text = f"{row.best:.6g}"
        result.add_row(
            row.instance, row.algorithm, str(row.runs),
            f"[bold green]{text}[/bold green]" if row.best <= best[row.instance] else text,
            f"{row.median:.6g}", f"{row.mean:.5g}", "" if row.sd is None else f"{row.sd:.2g}",
            f"{row.fes_per_second:,.0f}", "" if row.known is None else f"{row.known:g}", row.gap())
    return result
