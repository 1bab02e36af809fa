"""CSV files with semicolons and comments, as moptipy writes and reads them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, TypeVar

COMMENT: Final = "#"
SEPARATOR: Final = ";"
_Record = TypeVar("_Record")


def write_table(file: str | PathLike[str], title: str, columns: Sequence[str],
                rows: Sequence[Sequence[str]], what: Mapping[str, str]) -> Path:
    """Write a table, with what its columns mean below it.

    Raises:
        ValueError: if a text has a character that a cell cannot hold
        OSError: if the file cannot be written
    """
    for row in rows:
        for cell in row:
            if SEPARATOR in cell or COMMENT in cell or "\n" in cell:
                raise ValueError(f"{cell!r} cannot be written to a CSV file: it has a semicolon, "
                                 "a '#' or a line break.")
    lines = [f"{COMMENT} {title}", f"{COMMENT} See the description at the bottom of the file.",
             SEPARATOR.join(columns), *(SEPARATOR.join(row) for row in rows), COMMENT]
    lines += [f"{COMMENT} {column}: {what[column]}." for column in columns if column in what]
    path = Path(file)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def write_curve(file: str | PathLike[str], heads: Mapping[str, Any], columns: Sequence[str],
                rows: Sequence[Sequence[str]], put_header: bool = True) -> Path:
    """Write a curve: what it is as comments, and its points."""
    lines = [f"{COMMENT} {key}: {value}" for key, value in heads.items()
             if value is not None] if put_header else []
    lines += [SEPARATOR.join(columns), *(SEPARATOR.join(row) for row in rows)]
    path = Path(file)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def read_table(file: str | PathLike[str], needed: Sequence[str],
               read: Callable[[dict[str, str]], _Record]) -> Iterator[_Record]:
    """Yield what ``read`` makes of the rows of a table.

    Raises:
        OSError: if the file cannot be read
        ValueError: if a column is missing, a row has not as many cells as there are columns, or
            ``read`` can make nothing of it; file and line are named
    """
    columns: list[str] = []
    # a byte that is no text is no number: it is reported where it stands
    with Path(file).open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            text = line.partition(COMMENT)[0].strip()
            if not text:
                continue
            cells = [cell.strip() for cell in text.split(SEPARATOR)]
            if not columns:
                columns = cells
                missing = [column for column in needed if column not in columns]
                if missing:
                    raise ValueError(f"{file}, line {number}: there is no column "
                                     f"{', '.join(missing)}.")
                continue
            if len(cells) != len(columns):
                raise ValueError(f"{file}, line {number} has {len(cells)} cells, but there are "
                                 f"{len(columns)} columns.")
            try:
                record = read(dict(zip(columns, cells, strict=True)))
            except (ValueError, TypeError, OverflowError) as error:
                raise ValueError(f"{file}, line {number}: {error}") from error
            yield record
    if not columns:
        raise ValueError(f"{file} has no table.")
