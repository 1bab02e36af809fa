"""The files of an experiment: where each log is, and what state it is in."""

import re
from enum import Enum
from pathlib import Path
from typing import Final

from fescue.utils.naming import PART_SEPARATOR

#: the suffix of log files; claims and unfinished files never have it
LOG_SUFFIX: Final = ".txt"

_LAST_SECTION: Final = re.compile(rb"(?:\A|\n)BEGIN_([A-Z0-9_]+)\n")


class State(Enum):
    """What a log file says of its run."""

    #: there is none
    MISSING = "missing"
    #: the file is empty or ends too early
    BAD = "bad"
    #: the log is complete and tells of an error
    FAILED = "failed"
    #: the log is complete
    DONE = "done"


def log_path(base: Path, algorithm: str, instance: str, seed: int) -> Path:
    """Return the path of a run's log below the folder ``base`` of its experiment.

    >>> str(log_path(Path("results"), "rls", "ft06", 255))
    'results/rls/ft06/rls_ft06_0xff.txt'
    """
    name = PART_SEPARATOR.join((algorithm, instance, hex(seed))) + LOG_SUFFIX
    return base / algorithm / instance / name


def state_of(path: Path) -> State:
    """Return the state of the log file ``path``.

    Raises:
        OSError: if it exists but cannot be read
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return State.MISSING
    titles = _LAST_SECTION.findall(data)
    if b"SETUP" not in titles or not data.endswith(b"\nEND_" + titles[-1] + b"\n"):
        return State.BAD
    return State.FAILED if any(t.startswith(b"ERROR_") for t in titles) else State.DONE


def set_aside(path: Path, why: str) -> Path:
    """Rename ``path`` to its name with ``.<why>-<k>``, ``k`` the first free number from 1.

    Returns:
        the new path
    """
    k = 1
    while (aside := path.with_name(f"{path.name}.{why}-{k}")).exists():
        k += 1
    path.rename(aside)
    return aside
