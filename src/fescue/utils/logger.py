"""Text files of sections: key-values, tables and raw text, written and read back.

A section stands between the lines ``BEGIN_TITLE`` and ``END_TITLE``. Whatever is written reads
back the same: :mod:`fescue.utils.escaping` says how.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from fescue.utils.escaping import (
    COMMENT_CHAR,
    CONTROL,
    KEY_VALUE_SEPARATOR,
    SECTION_END,
    SECTION_START,
    escape_line,
    escape_value,
    unicode_escape,
)
from fescue.utils.naming import num_to_str, sanitize_name
from fescue.utils.nputils import np_to_py_number
from fescue.utils.sections import CSV_SEPARATOR as CSV_SEPARATOR
from fescue.utils.sections import parse_key_values as parse_key_values
from fescue.utils.types import type_error

SCOPE_SEPARATOR: Final[str] = "."
HEX_SUFFIX: Final[str] = "(hex)"

_TITLE = re.compile(r"[^\s#a-z][^\s#]*")


class Logger:
    """Writes sections, one after the other."""

    def __init__(self, name: str, writer: Callable[[str], Any],
                 closer: Callable[[], Any] | None = None) -> None:
        """Create a logger.

        Args:
            name: what errors call it
            writer: receives each line, without its end
            closer: is called when the logger is closed
        """
        if not isinstance(name, str):
            raise type_error(name, "name", str)
        if not callable(writer):
            raise type_error(writer, "writer", Callable, call=True)
        self._name = name
        self._writer = writer
        self._closer = closer
        self._titles: set[str] = set()
        self._open: str | None = None

    def key_values(self, title: str) -> "KeyValueLogSection":
        """Return a new section of key-values, for use in a ``with`` statement."""
        return KeyValueLogSection(self, title)

    def csv(self, title: str, header: Sequence[str]) -> "CsvLogSection":
        """Return a new section with a table, for use in a ``with`` statement."""
        return CsvLogSection(self, title, header)

    def text(self, title: str) -> "TextLogSection":
        """Return a new section of raw text, for use in a ``with`` statement."""
        return TextLogSection(self, title)

    def close(self) -> None:
        """Close the logger.

        Raises:
            ValueError: if a section is open
        """
        closer, self._closer = self._closer, None
        if closer is not None:
            closer()
        if self._open is not None:
            raise ValueError(f"Logger {self._name!r} is closed while {self._open!r} is open.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        if exception is not None:
            self._open = None  # the exception that is under way says more
        self.close()

    def _begin(self, title: str) -> None:
        if not isinstance(title, str):
            raise type_error(title, "title", str)
        if title != title.strip().upper() or not _TITLE.fullmatch(title):
            raise ValueError(
                f"Section title {title!r} of logger {self._name!r} is invalid, use capital "
                "letters, digits and '_'.")
        if self._open is not None:
            raise ValueError(
                f"Section {title!r} of logger {self._name!r} cannot be opened while "
                f"{self._open!r} is open.")
        if title in self._titles:
            raise ValueError(f"Logger {self._name!r} has a section {title!r} already.")
        self._titles.add(title)
        self._open = title
        self._writer(f"{SECTION_START}{title}")

    def _end(self, title: str) -> None:
        if self._open != title:
            raise ValueError(
                f"Section {title!r} of logger {self._name!r} is not open and cannot be closed.")
        self._writer(f"{SECTION_END}{title}")
        self._open = None


class LogSection:
    """A section of a log; open as long as its ``with`` block lasts."""

    def __init__(self, logger: Logger, title: str) -> None:
        """Open the section: write its first line."""
        self._logger = logger
        self._title = title
        logger._begin(title)

    def comment(self, text: str) -> None:
        """Write a line that readers skip; nothing if ``text`` is blank."""
        words = CONTROL.sub(unicode_escape, " ".join(text.split()))
        if words:
            self._write(f"{COMMENT_CHAR} {words}")

    def _write(self, line: str) -> None:
        if self._logger._open != self._title:
            raise self._error("is not open")
        self._logger._writer(line)

    def _error(self, what: str) -> ValueError:
        return ValueError(f"Section {self._title!r} of logger {self._logger._name!r} {what}.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        self._logger._end(self._title)


class KeyValueLogSection(LogSection):
    """A section of unique keys with their values."""

    def __init__(self, logger: Logger, title: str, prefix: str = "",
                 used: set[str] | None = None) -> None:
        """Open the section, or a scope of it if ``used`` is given."""
        self._prefix = prefix
        self._is_scope = used is not None
        self._used: set[str] = set() if used is None else used
        if self._is_scope:
            self._logger, self._title = logger, title
        else:
            super().__init__(logger, title)

    def key_value(self, key: str, value: Any, also_hex: bool = False) -> None:
        """Write a key and its value.

        Args:
            key: the key; characters that names must not have are replaced
            value: the value; a float that is not integer is written in hexadecimal as well
            also_hex: whether other numbers are, too

        Raises:
            TypeError: if ``key`` is no string
            ValueError: if the key is used already or looks like a mark, or if the value is NaN
        """
        name = self._prefix + sanitize_name(key)
        if name in self._used:
            raise self._error(f"has a key {name!r} already")
        if name.startswith((SECTION_START, SECTION_END)):
            raise self._error(f"cannot have the key {name!r}, which looks like a mark")
        hexadecimal = ""
        if isinstance(value, np.bool_):
            value = bool(value)
        elif isinstance(value, np.number):
            value = np_to_py_number(value)
        if isinstance(value, float):
            text = num_to_str(value)
            if abs(value) < float("inf") and (also_hex or "." in text or "e" in text):
                hexadecimal = value.hex()
        elif isinstance(value, bool | int):
            text = num_to_str(value)
            if also_hex and not isinstance(value, bool):
                hexadecimal = hex(value)
        else:
            text = escape_value(str(value))
        self._used.add(name)
        self._write(f"{name}{KEY_VALUE_SEPARATOR}{text}")
        if hexadecimal:
            self._write(f"{name}{HEX_SUFFIX}{KEY_VALUE_SEPARATOR}{hexadecimal}")

    def scope(self, prefix: str) -> "KeyValueLogSection":
        """Return a part of the section, all keys of which get a prefix.

        Raises:
            ValueError: if there is such a part already
        """
        name = f"{self._prefix}{sanitize_name(prefix)}{SCOPE_SEPARATOR}"
        if name in self._used:
            raise self._error(f"has a scope {name!r} already")
        self._used.add(name)
        return KeyValueLogSection(self._logger, self._title, name, self._used)

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        if not self._is_scope:
            super().__exit__(exception_type, exception, traceback)


class CsvLogSection(LogSection):
    """A section with a table of numbers."""

    def __init__(self, logger: Logger, title: str, header: Sequence[str]) -> None:
        """Open the section and write its header."""
        columns = list(header)
        for column in columns:
            if not isinstance(column, str):
                raise type_error(column, f"column of section {title!r}", str)
            if (not column or column != column.strip() or CSV_SEPARATOR in column
                    or escape_line(column) != column or "\n" in column):
                raise ValueError(f"Column {column!r} of section {title!r} is invalid.")
        if not columns:
            raise ValueError(f"Section {title!r} has no columns.")
        super().__init__(logger, title)
        self._n = len(columns)
        self._write(CSV_SEPARATOR.join(columns))

    def row(self, row: Iterable[Any]) -> None:
        """Write a row of numbers, ``bool`` and NumPy's included.

        Raises:
            TypeError: if an element is no number
            ValueError: if the row has not as many elements as the header, or if one is NaN
        """
        cells = list(row)
        if len(cells) != self._n:
            raise self._error(f"has {self._n} columns, but a row has {len(cells)}")
        self._write(CSV_SEPARATOR.join(
            num_to_str(bool(cell) if isinstance(cell, bool | np.bool_) else np_to_py_number(cell))
            for cell in cells))


class TextLogSection(LogSection):
    """A section of raw text."""

    def write(self, text: str) -> None:
        """Write lines of text.

        Raises:
            TypeError: if ``text`` is no string
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        for line in text.split("\n"):
            self._write(escape_line(line))


class FileLogger(Logger):
    """Writes to a file, which is replaced."""

    def __init__(self, path: str | PathLike[str]) -> None:
        """Open the file ``path``."""
        stream = open(path, "w", encoding="utf-8", newline="\n")  # noqa: SIM115 - closer closes it
        super().__init__(str(path), lambda line: stream.write(f"{line}\n"), stream.close)


class PrintLogger(Logger):
    """Writes to the standard output."""

    def __init__(self) -> None:
        """Create the logger."""
        super().__init__("printer", print)


class InMemoryLogger(Logger):
    """Keeps all lines in memory."""

    def __init__(self) -> None:
        """Create the logger."""
        self._lines: list[str] = []
        super().__init__("in-memory-logger", self._lines.append)

    def get_log(self) -> list[str]:
        """Return a copy of all lines written so far."""
        return list(self._lines)
