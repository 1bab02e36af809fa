"""Reads text files of sections, as :mod:`fescue.utils.logger` writes them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, overload

from fescue.utils.errors import LogFileError
from fescue.utils.escaping import (
    COMMENT_CHAR,
    KEY_VALUE_SEPARATOR,
    SECTION_END,
    SECTION_START,
    unescape_line,
    unescape_value,
)

CSV_SEPARATOR: Final[str] = ";"
#: what some take for a blank or the end of a line
_CONTROL: Final = ("\r", "\f", "\v", "\x1c", "\x1d", "\x1e", "\x1f")


class SectionLines(Sequence[str]):
    """The lines of a section, which know where in the file they stand."""

    def __init__(self, first: int, text: str | None = None) -> None:
        """Begin at line number ``first``, from 1, with the lines of a text if there is one."""
        #: the number of the first line
        self.first = first
        #: all lines as one text, ``None`` if they come one by one
        self.text = text
        self._lines: list[str] | None = [] if text is None else None

    def _list(self) -> list[str]:
        if self._lines is None:  # many sections are read without looking at their lines
            self._lines = (self.text or "").split("\n")
        return self._lines

    def append(self, line: str) -> None:
        """Add a line."""
        self._list().append(line)
        self.text = None

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._list()[index]

    def __len__(self) -> int:
        return self.text.count("\n") + 1 if self._lines is None and self.text is not None else len(
            self._list())

    def __iter__(self) -> Iterator[str]:
        return iter(self._list())

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(
            other, SectionLines | list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def error(self, index: int, what: str) -> LogFileError:
        """Return the exception that says what is wrong with one of the lines."""
        return LogFileError(f"line {self.first + index}: {_shorten(self[index].strip())} {what}.")


def split_sections(text: str) -> dict[str, SectionLines] | None:
    """Return the lines of each section, quickly, of a file as it is usually written.

    Of a file with comments between lines, blanks at their ends, or anything that is to be looked at
    closely, ``None``: :func:`parse_sections` reads it, or says what is wrong with it.
    """
    sections: dict[str, SectionLines] = {}
    start, number, size = 0, 1, len(text)
    if not text.isascii() or any(sign in text for sign in _CONTROL):
        return None
    while start < size:
        head = text.find("\n", start)
        title = text[start + len(SECTION_START):head]
        if head < 0 or not text.startswith(SECTION_START, start) or not title.isidentifier():
            return None
        mark = f"\n{SECTION_END}{title}\n"
        end = text.find(mark, head)
        if end < 0:
            return None
        section = SectionLines(number + 1, text[head + 1:end] if end > head else None)
        sections[title] = section
        number += len(section) + 2
        start = end + len(mark)
    # if there are no more marks than these, there are none inside of sections
    n = len(sections)
    return sections if n and text.count(SECTION_START) == n == text.count(SECTION_END) else None


def parse_sections(lines: Iterable[str]) -> dict[str, SectionLines]:
    """Return the lines of each section, by its title.

    Raises:
        LogFileError: if there is text between sections, if a section is not complete or occurs
            twice, or if there is none; the line is named
    """
    sections: dict[str, SectionLines] = {}
    body: SectionLines | None = None
    title = ""
    number = 0
    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\r\n")
        mark = line.strip()
        if body is None:
            mark = mark.partition(COMMENT_CHAR)[0].strip()
            if not mark:
                continue
            if not mark.startswith(SECTION_START):
                raise LogFileError(f"line {number}: {_shorten(line)} is outside of any section.")
            title = mark.removeprefix(SECTION_START)
            if not title or title in sections:
                raise LogFileError(f"line {number}: section {title!r} has no name or is doubled.")
            body = sections[title] = SectionLines(number + 1)
        elif mark.startswith((SECTION_START, SECTION_END)):
            if mark != SECTION_END + title:
                raise LogFileError(f"line {number}: {_shorten(mark)} inside of section {title!r}.")
            body = None
        else:
            body.append(line)
    if body is not None:
        raise LogFileError(f"line {number}: the file ends inside of section {title!r}.")
    if not sections:
        raise LogFileError("there is no section in the file.")
    return sections


def _shorten(text: str) -> str:
    return repr(text if len(text) < 80 else text[:77] + "...")


def _numbered(lines: Iterable[str]) -> SectionLines:
    if isinstance(lines, SectionLines):
        return lines
    result = SectionLines(1)
    for line in lines:
        result.append(line)
    return result


def parse_key_values(lines: Iterable[str]) -> dict[str, str]:
    """Return the values of a section of key-values, by key; of equal keys the last one counts.

    A value that consists of a comment is empty: other programs do not escape them.

    Raises:
        LogFileError: if a line has no key or no value; it is named

    >>> parse_key_values(["a: 1", "b.c: x"])
    {'a': '1', 'b.c': 'x'}
    """
    section, result = _numbered(lines), {}
    if section.text is not None and _is_simple(section.text):
        with suppress(ValueError):  # nearly all are as simple as that
            result = dict([line.split(KEY_VALUE_SEPARATOR) for line in section.text.split("\n")])
            if "" not in result:
                return result
    result = {}
    for i, line in enumerate(section):
        text, comment, _ = line.partition(COMMENT_CHAR)
        if not text.strip():
            continue
        key, *values = text.strip().split(KEY_VALUE_SEPARATOR)
        if not values and comment and key.endswith(KEY_VALUE_SEPARATOR.strip()):
            key, values = key[:-1], [""]
        if len(values) != 1 or not key.strip() or not (values[0].strip() or comment):
            raise section.error(i, "is not a key, ': ' and a value")
        result[key.strip()] = unescape_value(values[0].strip())
    return result


def _is_simple(text: str) -> bool:
    """Return whether key-values have no comments, JSON, or blanks at edges."""
    return not (
        COMMENT_CHAR in text or '"' in text or " \n" in text or "\n " in text or ":  " in text
        or " :" in text or "\t" in text or text[:1] == " " or text[-1:] == " " or "\n\n" in text)


def parse_csv(lines: Iterable[str]) -> list[list[str]]:
    """Return the cells of a table, the header first.

    Raises:
        LogFileError: if a row has not as many cells as the header; it is named
    """
    section = _numbered(lines)
    rows: list[list[str]] = []
    for i, line in enumerate(section):
        text = line.partition(COMMENT_CHAR)[0].strip()
        if text:
            rows.append(text.split(CSV_SEPARATOR))
            if len(rows[-1]) != len(rows[0]):
                raise section.error(
                    i, f"has {len(rows[-1])} cells, but the header has {len(rows[0])}")
    return rows


def parse_text(lines: Iterable[str]) -> str:
    """Return the raw text of a section."""
    if isinstance(lines, SectionLines) and lines.text is not None and not (
            COMMENT_CHAR in lines.text or "\\" in lines.text):
        return lines.text
    result = []
    for line in lines:
        text, comment, _ = line.partition(COMMENT_CHAR)
        if not comment:
            result.append(unescape_line(line))
        elif text.strip():
            result.append(text.rstrip())
    return "\n".join(result)


def whole_lines(path: Path) -> list[str]:
    """Return the lines of a file that is being written; the last one, if cut off, is left out.

    Raises:
        OSError: if the file cannot be read
    """
    data = path.read_bytes()
    return data[:data.rfind(b"\n") + 1].decode("utf-8", "replace").splitlines()


def parse_json_lines(lines: Sequence[str], path: Path) -> list[dict[str, Any]]:
    """Return the JSON objects in the lines of ``path``, one per line.

    Raises:
        LogFileError: if a line holds none; file and line are named
    """
    with suppress(ValueError, RecursionError):  # all at once is faster, but says not where
        records = json.loads(f"[{','.join(lines)}]")
        if len(records) == len(lines) and all(type(record) is dict for record in records):
            return records  # type: ignore[no-any-return]
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
