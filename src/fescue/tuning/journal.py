"""What a study has done so far, on disk: who starts it again goes on where it was.

A journal is a text file with a JSON object per line: first what the study is, then its events in
their order, ``{"ask": 3, "parameters": {...}}`` and ``{"end": 3, "score": 1.5, ...}``. A strategy
that is asked and told the same in the same order is in the same state again.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from fescue.utils.errors import LogFileError
from fescue.utils.path import cannot_write
from fescue.utils.sections import parse_sections

#: what the name of a journal ends with, behind that of the log
SUFFIX: Final = ".journal"
#: the title of the section of a log that holds the same lines when the study is over
SECTION_TRIALS: Final = "TRIALS"
_REMEDY: Final = "choose a folder that can be written"


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
        self._fd = -1
        self._synced = 0
        if log_file is None:
            return
        self._path = log_file.with_name(log_file.name + SUFFIX)
        known = self._known(log_file)
        if known:
            self.study |= {key: known[0].get(key) for key in adopted}
            self._check(known[0], log_file)
            self.events = known[1:]
            self._lines = [_text(self.study), *map(_text, self.events)]
        try:
            log_file.parent.mkdir(parents=True, exist_ok=True)
            # written anew, so that a line that was cut off is gone
            fresh = self._path.with_name(self._path.name + ".new")
            self._fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            self.sync()
            fresh.replace(self._path)
        except OSError as error:
            raise cannot_write(self._path, error, _REMEDY) from error

    def _known(self, log_file: Path) -> list[dict[str, Any]]:
        """Return the records of the journal or, if there is none, those of the log."""
        if self._path is not None and self._path.exists():
            data = self._path.read_bytes()
            whole = data[:data.rfind(b"\n") + 1]  # the last line may be cut off
            return _parsed(whole.decode("utf-8", "replace").splitlines(), self._path)
        if log_file.exists() and log_file.stat().st_size > 0:
            lines = log_file.read_text(encoding="utf-8", errors="replace").splitlines()
            found = parse_sections(lines).get(SECTION_TRIALS)
            if found is None:
                raise LogFileError(f"{log_file} is the log of something else: it has no section "
                                   f"{SECTION_TRIALS}. Choose another name.")
            return _parsed(list(found), log_file)
        return []

    def _check(self, there: Mapping[str, Any], log_file: Path) -> None:
        mine = json.loads(_text(self.study))
        for key in sorted({*mine, *there}):
            if mine.get(key) != there.get(key):
                raise ValueError(
                    f"{log_file} is the log of another study: its {key} is {there.get(key)!r}, but "
                    f"that of this one is {mine.get(key)!r}. Choose another name, or remove it.")

    def add(self, **event: Any) -> None:
        """Note an event; it is on disk after the next :meth:`sync`."""
        self._lines.append(_text(event))

    def sync(self) -> None:
        """Write all events to the disk.

        Raises:
            LogWriteError: if that is impossible
        """
        if self._fd < 0 or self._synced == len(self._lines):
            return
        data = "".join(f"{line}\n" for line in self._lines[self._synced:]).encode("utf-8")
        try:
            while data:
                data = data[os.write(self._fd, data):]
            os.fsync(self._fd)
        except OSError as error:
            raise cannot_write(Path(self._path or ""), error, "free some space; what was there "
                               "before is not lost") from error
        self._synced = len(self._lines)

    def text(self) -> str:
        """Return all lines, for the log."""
        return "\n".join(self._lines)

    def close(self, keep: bool) -> None:
        """Close the file, and remove it unless it is to be kept; callable repeatedly."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
            if not keep and self._path is not None:
                self._path.unlink(missing_ok=True)


def _text(record: dict[str, Any]) -> str:
    """Return a record as a line without marks of log files."""
    text = json.dumps(record, allow_nan=False).replace("#", "\\u0023")
    return text.replace("BEGIN_", "BEGIN\\u005f").replace("END_", "END\\u005f")


def _parsed(lines: list[str], path: Path) -> list[dict[str, Any]]:
    records = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise LogFileError(
                f"{path}, line {number} of the trials is no JSON: {error}.") from error
        if not isinstance(record, dict):
            raise LogFileError(f"{path}, line {number} of the trials is no JSON object.")
        records.append(record)
    return records
