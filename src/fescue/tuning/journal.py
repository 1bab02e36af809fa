"""What a study has done so far, on disk: who starts it again goes on where it was.

A journal is a text file with a JSON object per line: first what the study is, then its events in
their order, ``{"ask": 3, "told": 2, "parameters": {...}}`` and ``{"end": 3, "score": 1.5, ...}``.
``told`` is how many of the trials that had ended the strategy knew of. A strategy that is asked and
told the same in the same order is in the same state again.
"""

import json
import os
import weakref
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from time import sleep
from typing import Any, Final

from fescue._experiment.claims import LEASE, Claim, current_claim
from fescue._experiment.owner import Owner
from fescue.api.logging import JOURNAL_SUFFIX, TRIALS_SECTION
from fescue.utils.errors import LogFileError, TuningError
from fescue.utils.path import cannot_write
from fescue.utils.sections import parse_json_lines, parse_sections, whole_lines

_REMEDY: Final = "choose a folder that can be written"
#: the seconds between two looks at a claim that nobody has signed
_PAUSE: Final = 0.1


class Journal:
    """Keeps the events of a study; without a file, in memory alone."""

    def __init__(self, log_file: Path | None, study: Mapping[str, Any],
                 adopted: Iterable[str] = ()) -> None:
        """Read what is there of the same study.

        Args:
            log_file: the log of the study; the journal lies beside it until the study is over
            study: describes the study, by texts and numbers
            adopted: the keys whose values are those of an earlier start, if there was one

        Raises:
            TuningError: if the study is going on elsewhere
            LogFileError: if what is there is damaged
            ValueError: if it is of another study; the text says what differs
            LogWriteError: if the file cannot be written
        """
        #: describes the study
        self.study: dict[str, Any] = dict(study)
        self._lines = [_text(self.study)]
        #: the events that were there already
        self.events: list[dict[str, Any]] = []
        self._path: Path | None = None
        self._release: weakref.finalize[..., Journal] | None = None
        self._fd = -1
        self._synced = 0
        self._is_closed = False
        if log_file is None:
            return
        self._path = log_file.with_name(log_file.name + JOURNAL_SUFFIX)
        # a study that is forgotten without being closed is in nobody's way; but what a forked
        # process forgets at its end is none of its own
        self._release = weakref.finalize(self, _claimed(log_file).release)
        self._release.atexit = False
        try:
            self._begin(log_file, self._path, adopted)
        except BaseException:
            self.close(keep=True)
            raise

    def _begin(self, log_file: Path, path: Path, adopted: Iterable[str]) -> None:
        lines, source = self._known(log_file)
        known = parse_json_lines(lines, source)
        if known:
            self.study |= {key: known[0].get(key) for key in adopted}
            try:
                first = _text(self.study)
            except ValueError as error:  # a number beyond all limits
                raise LogFileError(f"{log_file}: the first line of its trials describes no study: "
                                   f"{error}") from error
            self._check(known[0], log_file)
            self.events = known[1:]
            self._lines = [first, *map(_unmarked, lines[1:])]
        try:
            # written anew, so that a line that was cut off is gone
            fresh = path.with_name(path.name + ".new")
            self._fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            self.sync()
            fresh.replace(path)
        except OSError as error:
            raise cannot_write(path, error, _REMEDY) from error

    def _known(self, log_file: Path) -> tuple[list[str], Path]:
        """Return the lines of the journal or, if there is none, those of the log."""
        if self._path is not None and self._path.exists():
            return whole_lines(self._path), self._path
        if log_file.exists() and log_file.stat().st_size > 0:
            return trials_of(log_file), log_file
        return [], log_file

    def _check(self, there: Mapping[str, Any], log_file: Path) -> None:
        mine = json.loads(_text(self.study))
        for key in sorted({*mine, *there}):
            if mine.get(key) != there.get(key):
                raise ValueError(
                    f"{log_file} is the log of another study: its {key} is {there.get(key)!r}, but "
                    f"that of this one is {mine.get(key)!r}. Choose another name, or remove it.")

    def ask(self, number: int, told: int, parameters: str) -> None:
        """Note a proposal, of which the parameters are given as JSON."""
        self._lines.append(_unmarked(
            f'{{"ask": {number}, "told": {told}, "parameters": {parameters}}}'))

    def add(self, **event: Any) -> None:
        """Note an event; it is on disk after the next :meth:`sync`."""
        self._lines.append(_text(event))

    def is_synced(self) -> bool:
        """Return whether there is nothing to be written to the disk."""
        return self._fd < 0 or self._synced == len(self._lines)

    def sync(self) -> None:
        """Write all events to the disk.

        Raises:
            LogWriteError: if that is impossible
        """
        if self.is_synced():
            return
        end = len(self._lines)  # others may add some meanwhile
        data = "".join(f"{line}\n" for line in self._lines[self._synced:end]).encode("utf-8")
        try:
            while data:
                data = data[os.write(self._fd, data):]
            os.fsync(self._fd)
        except OSError as error:
            raise cannot_write(Path(self._path or ""), error, "free some space; what was there "
                               "before is not lost") from error
        self._synced = end

    def text(self) -> str:
        """Return all lines, for the log."""
        return "\n".join(self._lines)

    def is_closed(self) -> bool:
        """Return whether nothing more can be noted."""
        return self._is_closed

    def close(self, keep: bool) -> None:
        """Close the file, and remove it unless it is to be kept; callable repeatedly."""
        self._is_closed = True
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            if not keep and self._path is not None:
                self._path.unlink(missing_ok=True)
        if self._release is not None:
            self._release()


def _claimed(log_file: Path) -> Claim:
    """Return the right to go on with the study of a log: two that write one would lose trials."""
    try:
        log_file.parent.mkdir(parents=True, exist_ok=True)
        while True:
            claim = Claim.acquire(log_file)
            if claim is not None:
                return claim
            owner, other = None, current_claim(log_file)
            if other is not None:
                with suppress(FileNotFoundError):
                    owner = other.read()[0]
            if owner is not None:
                break
            # just given up, or not signed: its maker is about to do so, or was killed and then
            # counts as dead within seconds
            sleep(_PAUSE)
    except OSError as error:
        raise cannot_write(log_file, error, _REMEDY) from error
    if owner == Owner.me():
        where, remedy = "in this program", "close() it"
    elif owner.is_dead() is None:
        where, remedy = "on another machine", (
            f"wait for its end (if it has died, that is known after {LEASE:.0f} s)")
    else:
        where, remedy = f"in process {owner.pid}", "wait for its end"
    raise TuningError(f"The study of {log_file} is going on {where}: {remedy}, or choose another "
                      "name.")


_encode: Final = json.JSONEncoder(allow_nan=False).encode


def _text(record: dict[str, Any]) -> str:
    """Return a record as a line without marks of log files."""
    return _unmarked(_encode(record))


def _unmarked(line: str) -> str:
    if "#" in line or "_" in line:
        line = line.replace("#", "\\u0023").replace("BEGIN_", "BEGIN\\u005f")
        return line.replace("END_", "END\\u005f")
    return line


def trials_of(log_file: Path) -> list[str]:
    """Return the lines of the trials in the log of a study.

    Raises:
        LogFileError: if it is damaged or the log of something else
    """
    lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        found = parse_sections(lines).get(TRIALS_SECTION)
    except LogFileError as error:
        raise LogFileError(f"{log_file}: {error}") from error
    if found is None:
        raise LogFileError(f"{log_file} is the log of something else: it has no section "
                           f"{TRIALS_SECTION}. Choose another name.")
    return list(found)
