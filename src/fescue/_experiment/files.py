"""The files of an experiment: where each log is, and what state it is in."""

import os
import re
from enum import Enum
from io import FileIO
from pathlib import Path
from typing import Final

from fescue.utils.naming import PART_SEPARATOR

#: the suffix of log files; claims and unfinished files never have it
LOG_SUFFIX: Final = ".txt"
#: begins the titles of sections that tell what went wrong
ERROR_PREFIX: Final = "ERROR_"

_TITLES: Final = re.compile(rb"\nBEGIN_([A-Z0-9_]+)(?=\n)")
_TAIL: Final = 65_536


class State(Enum):
    """What is known of a run."""

    #: there is no log
    MISSING = "missing"
    #: its log is empty or ends too early
    BAD = "bad"
    #: its log is complete
    DONE = "done"
    #: its log tells of an exception
    FAILED = "failed"
    #: it was killed because its time was over
    TIMED_OUT = "timed out"
    #: it was killed because it used too much memory
    OUT_OF_MEMORY = "out of memory"
    #: it has killed its process again and again
    POISON = "poison"
    #: it is being attempted
    RUNNING = "running"
    #: an attempt was ended by SIGTERM
    PREEMPTED = "pre-empted"
    #: an attempt was ended by Ctrl-C, or killed together with its experiment
    INTERRUPTED = "interrupted"


#: the sections that say why a run was killed
KILL_SECTIONS: Final = {
    "ERROR_TIMED_OUT": State.TIMED_OUT,
    "ERROR_OUT_OF_MEMORY": State.OUT_OF_MEMORY,
    "ERROR_POISON": State.POISON,
}
#: the states of logs that are complete but hold no result that can be relied on
FAILURES: Final = frozenset({State.FAILED, *KILL_SECTIONS.values()})


def log_name(algorithm: str, instance: str, seed: int) -> str:
    """Return the name of a run's log.

    >>> log_name("rls", "ft06", 255)
    'rls_ft06_0xff.txt'
    """
    return PART_SEPARATOR.join((algorithm, instance, hex(seed))) + LOG_SUFFIX


def log_path(base: Path, algorithm: str, instance: str, seed: int) -> Path:
    """Return the path of a run's log below the folder ``base`` of its experiment.

    >>> str(log_path(Path("results"), "rls", "ft06", 255))
    'results/rls/ft06/rls_ft06_0xff.txt'
    """
    return base / algorithm / instance / log_name(algorithm, instance, seed)


def state_of(log: Path) -> State:
    """Return the state of a log file, which says nothing of attempts that go on.

    Raises:
        OSError: if it exists but cannot be read
    """
    try:
        with FileIO(log) as stream:  # a start looks at all logs, so each should cost little
            size = os.fstat(stream.fileno()).st_size
            stream.seek(max(0, size - _TAIL))
            data = stream.readall()
            # errors stand behind SETUP: if that is in the tail, the rest need not be read
            if size > _TAIL and b"\nBEGIN_SETUP\n" not in data:
                stream.seek(0)
                data = stream.readall()
    except FileNotFoundError:
        return State.MISSING
    titles = _TITLES.findall(b"\n" + data)
    if b"SETUP" not in titles or not data.endswith(b"\nEND_" + titles[-1] + b"\n"):
        return State.BAD
    for title in titles:
        text = title.decode("ascii")
        if text.startswith(ERROR_PREFIX):
            return KILL_SECTIONS.get(text, State.FAILED)
    return State.DONE


def set_aside(path: Path, why: str, name: Path | None = None) -> Path:
    """Rename ``path`` to ``name``, by default its own, with ``.<why>-<k>``, ``k`` from 1.

    Returns:
        the new path
    """
    name = path if name is None else name
    k = 1
    while (aside := name.with_name(f"{name.name}.{why}-{k}")).exists():
        k += 1
    path.rename(aside)
    return aside
