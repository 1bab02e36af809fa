"""Reads the table of runs from a folder of logs, each log once: what was read stays beside them."""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from math import nan
from os import PathLike
from typing import Any, Final, TypeVar

import numpy as np

from fescue._experiment.pool import WorkerPool
from fescue.evaluation.cache import Cached, load_cache, matched, rows_of, save_cache
from fescue.evaluation.files import Found, find_logs, read_bytes
from fescue.evaluation.runs import COLUMNS, FAILED, OK, PARTIAL, Runs, runs_of
from fescue.evaluation.scan import Scan, Scanner
from fescue.utils.errors import LogFileError
from fescue.utils.naming import PART_SEPARATOR, sanitize_name, str_to_num

#: above this number of files, all processors read
_MANY: Final = 2000
_BATCH: Final = 1000


_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def read_runs(folder: str | PathLike[str], *, partial: bool = False, cache: bool = True,
              jobs: int | None = None) -> Runs:
    """Return the table of all runs whose logs are in a folder, or of the log with that path.

    Logs of moptipy are read as well. What cannot be read is listed in ``problems``, and ends
    nothing; claims are passed over.

    Args:
        folder: the folder; those below it belong to it
        partial: whether runs that go on, or have been killed, are rows as well, as far as they have
            written something
        cache: whether what was read before is taken from the file ``.fescue-runs.npz`` in the
            folder, for logs with the same size and time of change, and written there
        jobs: how many processes read; by default one, above 2,000 files one per processor

    Raises:
        OSError: if the folder cannot be read
        ValueError: if ``jobs`` is less than 1
    """
    if jobs is not None and jobs < 1:
        raise ValueError(f"jobs={jobs} is invalid, must be at least 1.")
    return FolderReader(folder, cache=cache, jobs=jobs).read(partial=partial)


class FolderReader:
    """Reads the runs in a folder again and again; each log once."""

    def __init__(self, folder: str | PathLike[str], *, cache: bool = False,
                 jobs: int | None = None) -> None:
        """See :func:`read_runs`."""
        self._folder = folder
        self._cache = cache
        self._jobs = jobs
        self._last: tuple[Found, Runs, dict[int, str]] | None = None
        #: the files that the last table was read from
        self.found: Found | None = None

    def read(self, *, partial: bool = False) -> Runs:
        """Return the table of all runs that there are now; see :func:`read_runs`."""
        self.found = found = find_logs(self._folder)
        known = self._known(found)
        new = np.flatnonzero(known.rows == -1)
        rows, setups, problems = _read_all([found.logs[i] for i in new], self._jobs)
        runs, reasons = known.joined(runs_of(rows, setups), new, problems, found)
        self._last = found, runs, reasons
        if self._cache and len(new):
            save_cache(found, runs, reasons)
        return _with_parts(runs, found) if partial else runs

    def _known(self, found: Found) -> Cached:
        if self._last is None:
            return load_cache(found) if self._cache else Cached.nothing(len(found.logs))
        then, runs, reasons = self._last
        index = {path: i for i, path in enumerate(then.logs)}
        return matched(
            np.array([index.get(path, -1) for path in found.logs], np.int64),
            (np.array(then.sizes, np.int64), np.array(then.times, np.int64),
             rows_of(len(then.logs), reasons)), runs, reasons, found)


_Batch = tuple[list[dict[str, Any]], list[dict[str, str]], dict[int, str]]


def _read_all(paths: Sequence[str], jobs: int | None) -> _Batch:
    """Return the rows of logs, the setups that they refer to, and why some could not be read.

    A log that could not be read has an empty row.
    """
    return _merged(spread(_read_batch, paths, jobs))


def spread(work: Callable[[Sequence[_Item]], _Result], items: Sequence[_Item],
           jobs: int | None) -> Iterable[_Result]:
    """Yield what ``work`` returns for the parts of a list, in order.

    Args:
        work: the function
        items: the list
        jobs: how many processes work; ``None`` for one, with many items for one per processor
    """
    jobs = jobs or (os.cpu_count() or 1 if len(items) > _MANY else 1)
    parts = [items[i:i + _BATCH] for i in range(0, len(items), _BATCH)]
    if jobs == 1 or len(parts) < 2:
        yield from map(work, parts)
        return
    with WorkerPool(min(jobs, len(parts))) as pool:
        yield from pool.map(work, parts)


def _merged(batches: Iterable[_Batch]) -> _Batch:
    rows: list[dict[str, Any]] = []
    setups: list[dict[str, str]] = []
    problems: dict[int, str] = {}
    index: dict[tuple[tuple[str, str], ...], int] = {}
    for more, found, bad in batches:
        places = []
        for setup in found:
            key = tuple(setup.items())
            if key not in index:
                index[key] = len(setups)
                setups.append(setup)
            places.append(index[key])
        for i, text in bad.items():
            problems[len(rows) + i] = text
        for row in more:
            if row:
                row["setup"] = places[row["setup"]]
        rows += more
    return rows, setups, problems


def _read_batch(paths: Sequence[str]) -> _Batch:
    scanner = Scanner()
    setups: dict[int, int] = {}
    texts: list[dict[str, str]] = []
    derived: dict[tuple[int, str], dict[str, Any]] = {}
    rows: list[dict[str, Any]] = []
    problems: dict[int, str] = {}
    for path in paths:
        try:
            scan = scanner.scan(read_bytes(path))
            number = setups.setdefault(id(scan.setup), len(texts))
            if number == len(texts):
                texts.append(scan.setup)
            rows.append(_row(path, scan, number, derived))
        except (OSError, LogFileError) as error:
            problems[len(rows)] = str(error) or type(error).__name__
            rows.append({})
    return rows, texts, problems


def _row(path: str, scan: Scan, number: int,
         derived: dict[tuple[int, str], dict[str, Any]]) -> dict[str, Any]:
    """Return the row of a run; what all runs of a kind have in common is looked up."""
    folder, _, name = path.rpartition(os.sep)
    common = derived.get((number, folder))
    if common is None:
        common = derived[number, folder] = _common(folder, scan.setup, number)
    seed = scan.seed
    if name.startswith(common["start"]):
        named = seed_in(name, common["start"])
        if named is not None:
            if common["is_other"]:
                raise LogFileError(f"its name says that it is of {common['start']!r}, but its "
                                   f"algorithm is {common['columns']['algorithm']!r}.")
            if seed < 0:
                seed = named
            if named != seed:
                raise LogFileError(f"its name says that the seed is {hex(named)}, but the log "
                                   f"{hex(seed)}.")
    if not 0 <= seed < 1 << 64:
        raise LogFileError(f"the seed {seed} is invalid.")
    result: dict[str, Any] = common["columns"] | {
        "seed": seed, "best_f": scan.best_f, "last_improvement_fe": scan.last_improvement_fe,
        "last_improvement_time_millis": scan.last_improvement_time_millis,
        "total_fes": scan.total_fes, "total_time_millis": scan.total_time_millis, "path": path,
        "state": FAILED if scan.error else OK}
    limit = (1 << 63) - 1
    if max(scan.total_fes, scan.total_time_millis) > limit or min(
            scan.total_fes, scan.total_time_millis, scan.last_improvement_fe) < 0:
        raise LogFileError("it has an impossible number of FEs or milliseconds.")
    return result


def _common(folder: str, setup: dict[str, str], number: int) -> dict[str, Any]:
    """Return what the runs of one setup in one folder have in common."""
    def number_of(key: str, default: float) -> float:
        try:
            return float(str_to_num(setup[key])) if key in setup else default
        except (ValueError, OverflowError):
            raise LogFileError(f"{key}: {setup[key]!r} is no number.") from None

    try:
        algorithm = sanitize_name(setup["a.name"])
    except (KeyError, ValueError) as error:
        raise LogFileError("the section SETUP names no algorithm.") from error
    *_, above, instance = ("", "", *folder.split(os.sep))
    start = PART_SEPARATOR.join((above, instance, "0x"))
    if above != algorithm and _is_named(setup, "f"):
        instance = sanitize_name(setup["f.name"])
    limit = float(1 << 62)
    return {"start": start, "is_other": above != algorithm, "columns": {
        "algorithm": algorithm, "instance": instance, "objective": setup.get("f.name", ""),
        "encoding": setup.get("g.name", ""), "goal_f": number_of("p.goalF", nan),
        "max_fes": int(min(max(number_of("p.maxFEs", 0), 0), limit)),
        "max_time_millis": int(min(max(number_of("p.maxTimeMillis", 0), 0), limit)),
        "setup": number}}


def seed_in(name: str, start: str) -> int | None:
    """Return the seed in the name of a log that begins with ``start``, ``None`` if it has none."""
    try:
        return int(name[len(start):].partition(".")[0], 16)
    except ValueError:
        return None


def _is_named(setup: dict[str, str], scope: str) -> bool:
    return any(char.isalnum() for char in setup.get(f"{scope}.name", ""))


def _with_parts(runs: Runs, found: Found) -> Runs:
    """Return a table with the runs as well that have no complete log yet."""
    logs = set(found.logs)
    rows = []
    for path in found.parts:
        folder, _, name = path.rpartition(os.sep)
        *_, algorithm, instance = ("", "", *folder.split(os.sep))
        start = PART_SEPARATOR.join((algorithm, instance, "0x"))
        log = path.rpartition(".part-")[0]
        seed = seed_in(name, start) if name.startswith(start) else None
        if log in logs or seed is None or not 0 <= seed < 1 << 64:
            continue
        logs.add(log)
        row = {"algorithm": algorithm, "instance": instance, "seed": seed, "path": path,
               "state": PARTIAL, "setup": -1}
        with suppress(OSError, ValueError, IndexError, OverflowError):  # nothing is written yet
            row |= _last_row(path)
        rows.append(row)
    more = runs_of(rows)
    columns = {name: np.concatenate([runs[name], more[name]]) for name in COLUMNS}
    return Runs(columns, runs.setups, runs.problems, runs.folder)


def _last_row(path: str) -> dict[str, Any]:
    """Return how far an unfinished run is, by the last complete line of its progress."""
    lines = read_bytes(path).decode("utf-8", "replace").rpartition("\n")[0].split("\n")[2:]
    fes, millis, f = lines[-1].split(";")[:3]
    best = min(float(line.split(";")[2]) for line in lines[-2000:])
    return {"total_fes": int(fes), "total_time_millis": int(millis), "best_f": min(best, float(f))}
