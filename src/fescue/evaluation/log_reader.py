"""Reads single log files."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from json import loads
from os import PathLike
from pathlib import Path
from typing import Any, Final

from fescue.api.logging import (
    ERROR_SECTION_PREFIX,
    KEY_ARCHIVE_F,
    KEY_BEST_F,
    KEY_LAST_IMPROVEMENT_FE,
    KEY_RAND_SEED,
    KEY_TOTAL_FES,
    KEY_TOTAL_TIME_MILLIS,
    PROGRESS_CURRENT_F,
    PROGRESS_FES,
    PROGRESS_TIME_MILLIS,
    SCOPE_PROCESS,
    SECTION_ARCHIVE_QUALITY,
    SECTION_FINAL_STATE,
    SECTION_PROGRESS,
    SECTION_RESULT_X,
    SECTION_RESULT_Y,
    SECTION_SETUP,
    SECTION_SYS_INFO,
)
from fescue.evaluation.files import read_bytes
from fescue.utils.errors import LogFileError
from fescue.utils.escaping import COMMENT_CHAR
from fescue.utils.logger import CSV_SEPARATOR
from fescue.utils.naming import str_to_num
from fescue.utils.sections import (
    SectionLines,
    parse_csv,
    parse_key_values,
    parse_sections,
    parse_text,
    split_sections,
)

_COLUMNS: Final = [PROGRESS_FES, PROGRESS_TIME_MILLIS, PROGRESS_CURRENT_F]
_HEADER: Final = CSV_SEPARATOR.join(_COLUMNS)
_LINE: Final = "\n"
_SEED: Final = f"\n{SCOPE_PROCESS}.{KEY_RAND_SEED}: "
_SEED_HEX: Final = f"\n{SCOPE_PROCESS}.{KEY_RAND_SEED}(hex): "
#: rows of decimal numbers without exponents
_PLAIN: Final = re.compile(r"[0-9.;\n-]+")


@dataclass(frozen=True, slots=True)
class RunLog:
    """The contents of a log file.

    Attributes:
        path: the file
        total_fes: the number of FEs
        total_time_millis: the run time
        best_f: the best objective value, ``None`` if there is none
        last_improvement_fe: the FE that gave it, ``None`` likewise
        setup: the keys of the section ``SETUP``
        sys_info: the keys of the section ``SYS_INFO``
        progress: the rows of the progress table (FE, milliseconds, objective value and, with
            several objectives, their values)
        result_x: the best point as text, ``None`` if it is the same as the solution
        result_y: the best solution as text, ``None`` if there is none
        errors: the texts of all error sections
        archive: the rows of the table of the archive (objective value, and that of each objective),
            empty with a single objective
        sections: the titles of all sections, in order
    """

    path: Path
    total_fes: int
    total_time_millis: int
    best_f: int | float | None
    last_improvement_fe: int | None
    setup: dict[str, str]
    sys_info: dict[str, str]
    progress: list[tuple[int | float, ...]]
    result_x: str | None
    result_y: str | None
    errors: dict[str, str]
    archive: list[tuple[int | float, ...]]
    sections: tuple[str, ...]


def read_log(path: str | PathLike[str]) -> RunLog:
    """Return the contents of a complete log file.

    Raises:
        OSError: if the file cannot be read
        LogFileError: if it is malformed or not complete; file, line and reason are named
    """
    path = Path(path)
    try:
        text = read_bytes(str(path)).decode("utf-8", "surrogateescape")
        return _read(path, split_sections(text) or parse_sections(StringIO(text, newline="\n")))
    except LogFileError as error:
        raise LogFileError(f"{path}: {error}") from error
    except (KeyError, ValueError) as error:
        raise LogFileError(f"{path}: {type(error).__name__}: {error}") from error


def _read(path: Path, sections: dict[str, SectionLines]) -> RunLog:
    for needed in (SECTION_FINAL_STATE, SECTION_SETUP):
        if needed not in sections:
            raise LogFileError(f"the section {needed} is missing, the log is not complete.")
    state = sections[SECTION_FINAL_STATE]
    keys = parse_key_values(state)
    texts = {title: parse_text(sections[title]) for title in (SECTION_RESULT_X, SECTION_RESULT_Y)
             if title in sections}

    def value(key: str, read: Callable[[str], Any]) -> Any:
        try:
            return read(keys[key])
        except ValueError as error:
            index = max(i for i, line in enumerate(state) if line.strip().startswith(f"{key}:"))
            raise state.error(index, "has no valid number") from error

    return RunLog(
        path=path,
        total_fes=value(KEY_TOTAL_FES, int),
        total_time_millis=value(KEY_TOTAL_TIME_MILLIS, int),
        best_f=value(KEY_BEST_F, str_to_num) if KEY_BEST_F in keys else None,
        last_improvement_fe=value(KEY_LAST_IMPROVEMENT_FE, int)
        if KEY_LAST_IMPROVEMENT_FE in keys else None,
        setup=_key_values(sections[SECTION_SETUP]),
        sys_info=_key_values(sections.get(SECTION_SYS_INFO, SectionLines(1))),
        progress=_progress(sections[SECTION_PROGRESS]) if SECTION_PROGRESS in sections else [],
        result_x=texts.get(SECTION_RESULT_X),
        result_y=texts.get(SECTION_RESULT_Y),
        errors={title: parse_text(body) for title, body in sections.items()
                if title.startswith(ERROR_SECTION_PREFIX)},
        archive=_archive(sections[SECTION_ARCHIVE_QUALITY])
        if SECTION_ARCHIVE_QUALITY in sections else [],
        sections=tuple(sections))


def _key_values(section: SectionLines) -> dict[str, str]:
    """Return key-values, most of which many logs have in common: all but the seed."""
    text = section.text
    if text is None:
        return parse_key_values(section)
    start = text.find(_SEED)
    end = text.find(_LINE, text.find(_SEED_HEX, start) + 1)
    try:
        if not 0 < start < end:
            return dict(_known(text))
        return _known(text[:start]) | parse_key_values(
            text[start + 1:end].split(_LINE)) | _known(text[end + 1:])
    except LogFileError:
        return parse_key_values(section)  # which knows where in the file the line stands


@lru_cache(maxsize=256)
def _known(text: str) -> dict[str, str]:
    return parse_key_values(SectionLines(1, text))


def _archive(section: SectionLines) -> list[tuple[int | float, ...]]:
    rows = parse_csv(section)
    n = len(rows[0]) - 1 if rows else 0
    if rows and rows[0] != [KEY_ARCHIVE_F, *(f"{KEY_ARCHIVE_F}{i}" for i in range(n))]:
        raise section.error(0, "does not begin with f;f0;f1")
    return [tuple(map(str_to_num, row)) for row in rows[1:]]


def _progress(section: SectionLines) -> list[tuple[int | float, ...]]:
    if section.text is not None and section.text.startswith(_HEADER):
        header, _, body = section.text.partition("\n")
        if _PLAIN.fullmatch(body):  # as nearly all tables are
            with suppress(ValueError):
                found = loads(f"[[{body.replace(CSV_SEPARATOR, ',').replace(_LINE, '],[')}]]")
                if {*map(len, found)} == {header.count(CSV_SEPARATOR) + 1} and not (
                        "." in body and any(isinstance(v, float) for r in found for v in r[:2])):
                    return list(map(tuple, found))
    rows = parse_csv(section)
    if rows and rows[0][:3] != _COLUMNS:
        raise section.error(0, f"does not begin with {';'.join(_COLUMNS)}")
    try:
        return [(int(row[0]), int(row[1]), *map(str_to_num, row[2:])) for row in rows[1:]]
    except ValueError:
        for i, line in enumerate(section):
            cells = line.partition(COMMENT_CHAR)[0].strip().split(CSV_SEPARATOR)
            try:
                if cells[:3] != _COLUMNS and cells != [""]:
                    (int(cells[0]), int(cells[1]), *map(str_to_num, cells[2:]))
            except ValueError as error:
                raise section.error(i, "is not a row of numbers") from error
        raise
