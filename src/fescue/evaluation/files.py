"""Finds log files, and what lies beside them, in a folder."""

import os
import re
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Final

from fescue.api.logging import FILE_SUFFIX

#: bytes that are read at a time: first, and if that was not all
_SMALL, _LARGE = 1 << 16, 1 << 24
#: the unfinished log of an attempt at a run; a claim beside it has the same number
_PART: Final = re.compile(r"(.+\.txt)\.part-\d{1,9}")


@dataclass(slots=True)
class Found:
    """The files below a folder, in alphabetical order.

    Attributes:
        folder: the folder
        logs: the paths of logs
        sizes: their sizes in bytes
        times: when they were changed, in nanoseconds
        parts: the paths of unfinished logs
    """

    folder: Path
    logs: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


def find_logs(folder: str | PathLike[str]) -> Found:
    """Return the logs in a folder and all below it, or the log with this path.

    Symbolic links are followed, each folder is visited once.

    Raises:
        OSError: if it cannot be read
    """
    root = Path(folder)
    found = Found(root)
    if not root.is_dir():
        stat = root.stat()
        return Found(root.parent, [str(root)], [stat.st_size], [stat.st_mtime_ns])
    files: list[tuple[str, int, int]] = []
    seen: set[tuple[int, int]] = set()
    folders = [str(root)]
    while folders:
        current = folders.pop()
        try:
            stat = os.stat(current)
            if (stat.st_dev, stat.st_ino) in seen:
                continue
            seen.add((stat.st_dev, stat.st_ino))
            entries = list(os.scandir(current))
        except OSError:
            if current == str(root):
                raise
            continue  # a link to nowhere, or a folder of somebody else's
        for entry in entries:
            try:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(FILE_SUFFIX):
                    stat = entry.stat()
                    files.append((entry.path, stat.st_size, stat.st_mtime_ns))
                elif _PART.fullmatch(entry.name):
                    found.parts.append(entry.path)
            except OSError:
                continue  # gone meanwhile
    files.sort()
    found.parts.sort()
    if files:
        logs, sizes, times = zip(*files, strict=True)
        found.logs, found.sizes, found.times = list(logs), list(sizes), list(times)
    return found


def read_bytes(path: str) -> bytes:
    """Return the contents of a file, with as few calls of the system as a small one needs.

    Raises:
        OSError: if it cannot be read
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = os.read(descriptor, _SMALL)
        if len(data) < _SMALL:
            return data
        parts = [data]
        while data := os.read(descriptor, _LARGE):
            parts.append(data)
        return b"".join(parts)
    finally:
        os.close(descriptor)
