"""The table of runs: one row for each log in a folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

#: the columns, in order, and their kinds
COLUMNS: Final[dict[str, Any]] = {
    "algorithm": object, "instance": object, "objective": object, "encoding": object,
    "seed": np.uint64, "best_f": np.float64, "last_improvement_fe": np.int64,
    "last_improvement_time_millis": np.int64, "total_fes": np.int64, "total_time_millis": np.int64,
    "goal_f": np.float64, "max_fes": np.int64, "max_time_millis": np.int64, "state": object,
    "setup": np.int64, "path": object}
OK, FAILED, PARTIAL = "ok", "failed", "partial"


@dataclass(frozen=True, slots=True)
class Runs:
    """A table with one row per run.

    Attributes:
        columns: arrays of equal lengths: ``algorithm``, ``instance``, ``objective``, ``encoding``
            (empty if there is none), ``seed``, ``best_f`` (``nan`` if there is none),
            ``last_improvement_fe`` (0 if there is none), ``last_improvement_time_millis``,
            ``total_fes``, ``total_time_millis``, ``goal_f`` (``nan`` if there is none), ``max_fes``
            and ``max_time_millis`` (0 if unlimited), ``state`` (``ok``; ``failed`` if the log tells
            of an error; ``partial`` if the run goes on or was killed), ``setup`` (an index into
            ``setups``), ``path`` of the file
        setups: the distinct setups, as key-values without seeds
        problems: for each file that could not be read, its path and the reason
        folder: where the files are
    """

    columns: dict[str, np.ndarray]
    setups: tuple[dict[str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()
    folder: Path = field(default_factory=Path)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.columns["path"])

    def __getitem__(self, name: str) -> np.ndarray:
        """Return a column.

        Raises:
            KeyError: if there is none of that name
        """
        return self.columns[name]

    def select(self, rows: np.ndarray) -> "Runs":
        """Return a table of some rows only, given by a mask or by indices."""
        return Runs({name: column[rows] for name, column in self.columns.items()}, self.setups,
                    self.problems, self.folder)

    def ok(self) -> "Runs":
        """Return the complete runs that have a result."""
        return self.select((self["state"] == OK) & ~np.isnan(self["best_f"]))

    def groups(self, *names: str) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
        """Yield, in alphabetical order, each combination of texts in some columns, and its rows.

        >>> runs = runs_of([{"algorithm": a, "instance": "i"} for a in "bab"])
        >>> [(key, rows.tolist()) for key, rows in runs.groups("algorithm")]
        [(('a',), [1]), (('b',), [0, 2])]
        """
        codes = np.zeros(len(self), np.int64)
        texts = []
        for name in names:
            known, inverse = np.unique(self[name].astype(str), return_inverse=True)
            codes = codes * len(known) + inverse
            texts.append(known)
        order = np.argsort(codes, kind="stable")
        starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
        for rows in np.split(order, starts[1:]) if len(starts) else ():
            yield tuple(str(self[name][rows[0]]) for name in names), rows

    def setup_of(self, row: int) -> dict[str, str]:
        """Return the setup of a run, without its seed."""
        return self.setups[int(self["setup"][row])]

    def to_frame(self, backend: str = "pandas") -> Any:
        """Return the table as a data frame of another library; what there is none of is missing.

        Args:
            backend: ``pandas``, ``polars`` or any other that narwhals knows and that is installed

        Raises:
            ImportError: if narwhals is not installed, or the library is not
        """
        try:
            import narwhals
        except ImportError as error:
            raise ImportError("data frames need narwhals: pip install 'fescue[frames]'") from error
        data: dict[str, Any] = {}
        for name, column in self.columns.items():
            if name == "setup":
                continue
            values = column.tolist()
            if name in ("max_fes", "max_time_millis", "last_improvement_fe"):
                values = [value or None for value in values]
            elif column.dtype.kind == "f":
                values = [None if value != value else value for value in values]
            data[name] = values
        return narwhals.from_dict(data, backend=backend).to_native()


def runs_of(rows: Sequence[dict[str, Any]], setups: Sequence[dict[str, str]] = (),
            problems: Sequence[tuple[str, str]] = (), folder: str | PathLike[str] = ".") -> Runs:
    """Return a table of rows, in which columns that are left out have their defaults."""
    defaults: dict[str, Any] = {"best_f": np.nan, "goal_f": np.nan, "state": OK}
    columns = {}
    for name, kind in COLUMNS.items():
        default = defaults.get(name, "" if kind is object else 0)
        column = np.empty(len(rows), kind)
        column[:] = [row.get(name, default) for row in rows]
        columns[name] = column
    return Runs(columns, tuple(setups), tuple(problems), Path(folder))
