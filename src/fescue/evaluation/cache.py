"""What was read from logs before: columns in a file beside them, trusted by size and time alone."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np

from fescue.evaluation.files import Found
from fescue.evaluation.runs import COLUMNS, Runs, runs_of
from fescue.utils.path import fresh_path

NAME: Final = ".fescue-runs.npz"
#: another layout of the file has another number
_VERSION: Final = 1
_TEXTS: Final = tuple(name for name, kind in COLUMNS.items() if kind is object and name != "path")
_NUMBERS: Final = tuple(name for name, kind in COLUMNS.items() if kind is not object)


@dataclass(slots=True)
class Cached:
    """What is known of the logs in a folder.

    Attributes:
        rows: for each log, -1 if nothing is known, -2 if it cannot be read, else a row
        runs: the runs that were read before
        reasons: why logs cannot be read, by their index
    """

    rows: np.ndarray
    runs: Runs
    reasons: dict[int, str]

    @classmethod
    def nothing(cls, n: int) -> "Cached":
        """Return that nothing is known of ``n`` logs."""
        return cls(np.full(n, -1), runs_of([]), {})

    def joined(self, fresh: Runs, new: np.ndarray, problems: dict[int, str],
               found: Found) -> tuple[Runs, dict[int, str]]:
        """Return all runs in the order of the logs, and why some logs cannot be read.

        Args:
            fresh: a row for each log that has just been read
            new: the indices of these logs
            problems: why some of them cannot be read, by their rows in ``fresh``
            found: the logs
        """
        reasons = dict(self.reasons)
        reasons |= {int(new[i]): text for i, text in problems.items()}
        setups, places = list(self.runs.setups), []
        known = {tuple(setup.items()): i for i, setup in enumerate(setups)}
        for setup in fresh.setups:
            key = tuple(setup.items())
            if key not in known:
                known[key] = len(setups)
                setups.append(setup)
            places.append(known[key])
        rows = self.rows.copy()
        rows[new] = len(self.runs) + np.arange(len(new))
        readable = np.ones(len(rows), bool)
        readable[list(reasons)] = False
        columns = {}
        for name in COLUMNS:
            column = fresh[name]
            if name == "setup" and places:
                column = np.array(places)[column]
            columns[name] = np.concatenate([self.runs[name], column])[rows[readable]]
        paths = np.empty(len(found.logs), object)
        paths[:] = found.logs
        columns["path"] = paths[readable]
        listed = tuple((found.logs[i], reasons[i]) for i in sorted(reasons))
        return Runs(columns, tuple(setups), listed, found.folder), reasons


def load_cache(found: Found) -> Cached:
    """Return what is known of the logs of a folder whose sizes and times are unchanged."""
    nothing = Cached.nothing(len(found.logs))
    try:
        with np.load(BytesIO((found.folder / NAME).read_bytes()), allow_pickle=False) as file:
            data = {name: file[name] for name in file.files}
        head = json.loads(data["head"].tobytes())
        if head["version"] != _VERSION:
            return nothing
        return _of(data, head, found)
    except Exception:
        return nothing  # there is none, or it is damaged in any way: the logs are the truth


def _of(data: dict[str, np.ndarray], head: dict[str, Any], found: Found) -> Cached:
    n = len(data["row"])
    paths = data["paths"].tobytes().decode("utf-8", "surrogateescape").split("\0") if n else []
    columns = {name: data[name].astype(COLUMNS[name]) for name in _NUMBERS}
    for name in _TEXTS:
        texts = np.empty(len(head["texts"][name]), object)
        texts[:] = [str(text) for text in head["texts"][name]]
        columns[name] = texts[data[name]]
    columns["path"] = np.full(len(columns["seed"]), "", object)
    setups = tuple({str(k): str(v) for k, v in setup.items()} for setup in head["setups"])
    n_rows = len(columns["seed"])
    row, sizes, times = data["row"].astype(np.int64), data["sizes"], data["times"]
    if (any(len(column) != n_rows for column in columns.values())
            or not len(paths) == len(row) == len(sizes) == len(times)
            or (n > 0 and not -2 <= row.min() <= row.max() < n_rows)
            or (n_rows > 0 and not 0 <= columns["setup"].min() <= columns["setup"].max()
                < len(setups))):
        raise ValueError("the file is damaged")
    now = _relative(found)
    if paths == now:
        places = np.arange(n)
    else:
        index = {path: i for i, path in enumerate(paths)}
        places = np.array([index.get(path, -1) for path in now], np.int64)
    return matched(places, (sizes, times, row), Runs(columns, setups),
                   {int(i): str(text) for i, text in head["reasons"].items()}, found)


def matched(places: np.ndarray, then: tuple[np.ndarray, np.ndarray, np.ndarray], runs: Runs,
            reasons: Mapping[int, str], found: Found) -> Cached:
    """Return what is known of logs that were read before and are unchanged.

    Args:
        places: for each log that there is now, which one it was then, -1 if there was none
        then: sizes, times and rows of the logs that there were
        runs: the runs that were read
        reasons: why logs could not be read, by which they were then
        found: the logs that there are now
    """
    sizes, times, row = then
    rows = np.full(len(found.logs), -1)
    here = np.flatnonzero(places >= 0)
    there = places[here]
    same = ((sizes[there] == np.array(found.sizes, np.int64)[here])
            & (times[there] == np.array(found.times, np.int64)[here]))
    rows[here[same]] = row[there[same]]
    return Cached(rows, runs, {int(i): reasons[int(places[i])]
                               for i in np.flatnonzero(rows == -2)})


def rows_of(n: int, reasons: Mapping[int, str]) -> np.ndarray:
    """Return the row of each of ``n`` logs in the table of those that can be read, else -2."""
    row = np.full(n, -2)
    readable = np.ones(n, bool)
    readable[list(reasons)] = False
    row[readable] = np.arange(int(readable.sum()))
    return row


def save_cache(found: Found, runs: Runs, reasons: dict[int, str]) -> None:
    """Write what is known of the logs of a folder; where that is impossible, nothing happens."""
    row = rows_of(len(found.logs), reasons)
    head: dict[str, Any] = {
        "version": _VERSION, "setups": runs.setups, "texts": {},
        "reasons": {str(i): text for i, text in reasons.items()}}
    data: dict[str, np.ndarray] = {
        "row": row, "sizes": np.array(found.sizes, np.int64),
        "times": np.array(found.times, np.int64),
        "paths": np.frombuffer("\0".join(_relative(found)).encode("utf-8", "surrogateescape"),
                               np.uint8)}
    data |= {name: runs[name] for name in _NUMBERS}
    for name in _TEXTS:
        codes: dict[str, int] = {}
        data[name] = np.array([codes.setdefault(text, len(codes)) for text in runs[name]], np.int32)
        head["texts"][name] = list(codes)
    path = found.folder / NAME
    fresh = fresh_path(path)  # others may do the same at this moment
    # surrogates of damaged texts are what JSON escapes
    data["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    with suppress(OSError):  # the folder may belong to somebody else
        try:
            with fresh.open("wb") as stream:
                np.savez(stream, allow_pickle=False, **data)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def _relative(found: Found) -> list[str]:
    start = len(str(found.folder)) + 1 if str(found.folder) != "." else 0
    return [path[start:] if path.startswith(str(found.folder)) else path for path in found.logs]
