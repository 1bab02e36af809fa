"""Claims: who attempts a run, so that every run is done and none is done twice.

Each attempt at a run has a claim file beside the run's log, ``<log>.claim-<k>``, which is created
exclusively and names its owner; the attempt writes its log to ``<log>.part-<k>``. A helper thread
renews the claim's time while the attempt goes on. An attempt whose owner is dead gets a successor;
on another machine an owner counts as dead when its claim has not been renewed for the *lease*,
which is measured as the difference of two files' times on that folder's server. An owner that was
taken for dead but was not can do no harm: the first complete log wins, any other is kept aside.
"""

import json
import os
import re
from contextlib import suppress
from enum import Enum
from pathlib import Path
from threading import Event, Thread
from typing import Final, Self

from fescue._experiment.owner import Owner

#: the seconds without renewal after which an owner that cannot be asked counts as dead
LEASE: Final = 180.0
#: the seconds that the maker of a claim has to write down who it is
SIGNING: Final = 5.0
#: the seconds between renewals
BEAT: Final = 20.0

#: the names of claims and unfinished logs: the log's name and the attempt
ATTEMPT: Final = re.compile(r"(.+\.txt)\.(?:claim|part)-([1-9][0-9]{0,8})")


class End(Enum):
    """How an attempt has ended that has not given a log."""

    #: its process was killed, or has exited by itself
    KILLED = "killed"
    #: Ctrl-C
    INTERRUPTED = "interrupted"
    #: its process was asked to end, by SIGTERM
    PREEMPTED = "pre-empted"


def claim_path(log: Path, attempt: int) -> Path:
    """Return the path of the claim of an attempt, which counts from 1."""
    return log.with_name(f"{log.name}.claim-{attempt}")


def part_path(log: Path, attempt: int) -> Path:
    """Return the path of an attempt's unfinished log."""
    return log.with_name(f"{log.name}.part-{attempt}")


class Claim:
    """The right to attempt a run; renewed by a helper thread until it is given up."""

    def __init__(self, log: Path, attempt: int) -> None:
        """Take note of a claim that exists; :meth:`acquire` makes one."""
        self.log = log
        self.attempt = attempt
        self.path = claim_path(log, attempt)
        self.part = part_path(log, attempt)
        self._over = Event()

    @classmethod
    def acquire(cls, log: Path) -> Self | None:
        """Claim the next attempt at the run of ``log``.

        Returns:
            the claim, ``None`` if somebody else is at work on the run

        Raises:
            OSError: if the folder cannot be written
        """
        attempt, signature = 1, f"{Owner.me().to_text()}\n".encode()
        while True:
            claim = cls(log, attempt)
            try:
                fd = os.open(claim.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                with suppress(FileNotFoundError):  # just given up: it is tried again
                    if not claim.is_over():
                        return None
                    attempt += 1
                continue
            try:
                os.write(fd, signature)
            finally:
                os.close(fd)
            Thread(target=claim._renew, name="fescue-claim", daemon=True).start()
            return claim

    def is_over(self) -> bool:
        """Return whether the attempt has ended: by a note, a dead owner or an old claim.

        Raises:
            FileNotFoundError: if the claim is gone
        """
        owner, end = self.read()
        if end is not None:
            return True
        if owner is None:  # killed before it could sign, or about to do so
            return self.age() > SIGNING
        dead = owner.is_dead()
        return self.age() > LEASE if dead is None else dead

    def read(self) -> tuple[Owner | None, End | None]:
        """Return what the claim says: its owner and how the attempt has ended, if it has.

        Raises:
            FileNotFoundError: if the claim is gone
        """
        lines = self.path.read_text(errors="replace").splitlines()
        owner = Owner.from_text(lines[0]) if lines else None
        for line in lines[1:]:
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                return owner, End(json.loads(line)["end"])
        return owner, None

    def age(self) -> float:
        """Return the seconds since the claim was renewed, by the clock of the folder's server.

        Raises:
            FileNotFoundError: if the claim is gone
        """
        from tempfile import NamedTemporaryFile  # only if somebody else has claimed a run

        with NamedTemporaryFile(dir=self.path.parent, prefix=".fescue-clock-") as probe:
            return os.fstat(probe.fileno()).st_mtime - self.path.stat().st_mtime

    def is_remote(self) -> bool:
        """Return whether only the lease can tell if the owner is dead."""
        with suppress(FileNotFoundError):
            owner = self.read()[0]
            return owner is None or owner.is_dead() is None
        return False

    def renewed(self) -> int | None:
        """Return when the claim was renewed, in nanoseconds by the server's clock."""
        with suppress(FileNotFoundError):
            return self.path.stat().st_mtime_ns
        return None

    def abandon(self) -> None:
        """Remove the claim, so that the run can be attempted anew; its unfinished log stays."""
        self._over.set()
        self.path.unlink(missing_ok=True)

    def note(self, end: End) -> None:
        """Write down how the attempt has ended; its unfinished log stays."""
        self._over.set()
        try:
            # without O_CREAT: a run that somebody else has finished needs no note
            fd = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        except OSError:
            return
        try:
            os.write(fd, f"{json.dumps({'end': end.value})}\n".encode())
        except OSError:  # the disk is full: a claim that is gone is over, too
            self.path.unlink(missing_ok=True)
        finally:
            os.close(fd)

    def release(self) -> None:
        """Remove the claim, and what attempts before it have left."""
        self._over.set()
        for attempt in range(self.attempt, 0, -1):
            earlier = Claim(self.log, attempt)
            with suppress(FileNotFoundError):
                if attempt == self.attempt or earlier.is_over():
                    earlier.part.unlink(missing_ok=True)
                    earlier.path.unlink()

    def _renew(self) -> None:
        while not self._over.wait(BEAT):
            with suppress(OSError):  # a server that is away for a while is no reason to give up
                os.utime(self.path)


def current_claim(log: Path) -> Claim | None:
    """Return the claim of the attempt at a run that goes on, ``None`` if there is none."""
    attempt = 1
    with suppress(FileNotFoundError):
        while True:
            claim = Claim(log, attempt)
            if not claim.is_over():
                return claim
            attempt += 1
    return None


def kills(log: Path) -> int:
    """Return how many attempts at a run have ended with the death of their process."""
    number, attempt = 0, 1
    with suppress(FileNotFoundError):
        while True:
            number += Claim(log, attempt).read()[1] is End.KILLED
            attempt += 1
    return number


def sweep(folder: Path, names: set[str]) -> None:
    """Remove what attempts have left beside logs that are complete.

    Args:
        folder: a folder of logs
        names: the names of its files
    """
    for name in names:
        match = ATTEMPT.fullmatch(name)
        if match is not None and match[1] in names:
            claim = Claim(folder / match[1], int(match[2]))
            try:
                if not claim.is_over():
                    continue
            except FileNotFoundError:
                pass
            claim.part.unlink(missing_ok=True)
            claim.path.unlink(missing_ok=True)
