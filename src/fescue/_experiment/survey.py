"""What is known of all runs of an experiment, from the files in its folder alone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fescue._experiment.claims import ATTEMPT, Claim, End, current_claim
from fescue._experiment.files import (
    ERROR_PREFIX,
    FAILURES,
    KILL_SECTIONS,
    LOG_SUFFIX,
    State,
    state_of,
)
from fescue.utils.errors import LogFileError
from fescue.utils.sections import parse_sections, parse_text

_ASIDE: Final = re.compile(r".+\.txt\.(bad|failed|late)-\d+")
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Found:
    """A run that has left files.

    Attributes:
        log: the path of its log, be it there or not
        state: what is known of it
        reason: why it is not done, as far as that is known
    """

    log: Path
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """All runs of an experiment that have left files, and the files that were kept aside."""

    runs: list[Found]
    aside: list[Path]


def survey(folder: Path) -> Survey:
    """Look at the folder of an experiment, whether or not it goes on.

    Raises:
        OSError: if it cannot be read
    """
    logs: set[Path] = set()
    aside: list[Path] = []
    if not folder.is_dir():
        raise NotADirectoryError(20, "not a folder", str(folder))
    for path in folder.glob("*/*/*"):
        attempt = ATTEMPT.fullmatch(path.name)
        if path.name.endswith(LOG_SUFFIX):
            logs.add(path)
        elif attempt is not None:
            logs.add(path.with_name(attempt[1]))
        elif _ASIDE.fullmatch(path.name):
            aside.append(path)
    return Survey([_look_at(log) for log in sorted(logs)], sorted(aside))


def _look_at(log: Path) -> Found:
    try:
        state = state_of(log)
        if state in FAILURES:
            return Found(log, state, _reason(log))
        if state not in (State.MISSING, State.BAD):
            return Found(log, state)
        if current_claim(log) is not None:
            return Found(log, State.RUNNING)
        if state is State.BAD:
            return Found(log, state, "its log is not complete")
        return _last_attempt(log)
    except OSError as error:
        return Found(log, State.BAD, str(error))


def _last_attempt(log: Path) -> Found:
    end, attempt = None, 0
    try:
        while True:
            end = Claim(log, attempt + 1).read()[1]
            attempt += 1
    except FileNotFoundError:
        pass
    if end is End.PREEMPTED:
        return Found(log, State.PREEMPTED, "ended by SIGTERM")
    return Found(log, State.INTERRUPTED, {
        None: "its process has ended without a trace", End.INTERRUPTED: "ended by Ctrl-C",
        End.KILLED: "its worker process was lost"}[end])


def _reason(log: Path) -> str:
    """Return the type and the text of the exception that a log tells of."""
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            sections = parse_sections(lines)
    except LogFileError as error:
        return str(error)
    for title, body in sections.items():
        if title.startswith(ERROR_PREFIX):
            found = dict(line.partition(": ")[::2] for line in parse_text(body).split("\n")[:2])
            text = found.get("exceptionValue", "")[:_LONGEST]
            kind = found.get("exceptionType", title).rpartition(".")[2]
            return text if title in KILL_SECTIONS else f"{kind}: {text}"
    return ""
