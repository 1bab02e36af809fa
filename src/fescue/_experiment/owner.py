"""Who works on a run: a process, told apart from all others on all machines that share a folder."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from fescue.utils.types import check_int_range

_MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: its machine, boot, name space of process numbers, number and start.

    The machine is a digest, so that a claim does not publish the name of a host.
    """

    machine: str
    boot: str
    namespace: str
    pid: int
    start: str

    @classmethod
    def me(cls) -> Self:
        """Return this process."""
        pid = os.getpid()
        return cls(*_place(), pid, _start_of(pid) or "unknown")

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """Return the owner that :meth:`to_text` made ``text`` of, ``None`` for any other text."""
        try:
            data: Any = json.loads(text[:_MOST_BYTES])
            check_int_range(data["pid"], "pid", 1, 2 ** 31)
            return cls(**data)
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    def to_text(self) -> str:
        """Return the owner as one line of text."""
        return json.dumps(asdict(self))

    def is_dead(self) -> bool | None:
        """Return whether the process has ended, ``None`` if that cannot be known from here."""
        machine, boot, namespace = _place()
        if machine != self.machine:
            return None
        if boot != self.boot:
            return True
        if namespace != self.namespace:
            return None
        return _start_of(self.pid) != self.start


@cache
def _place() -> tuple[str, str, str]:
    """Return machine, boot and name space of this process."""
    identity = _read("/etc/machine-id") + platform.node()
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    boot = _read("/proc/sys/kernel/random/boot_id")
    if not boot:
        import psutil  # not needed on Linux

        boot = str(round(psutil.boot_time() / 60))
    return sha256(identity.encode()).hexdigest()[:16], boot, namespace


def _start_of(pid: int) -> str | None:
    """Return when the process of that number has started, ``None`` if there is none any more."""
    if os.path.exists("/proc/self/stat"):
        # behind the name, which may contain anything: state, then 18 fields, then the start
        fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        return fields[19] if len(fields) > 19 and fields[0] not in "ZX" else None
    import psutil  # other systems have no /proc

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else str(process.create_time())
    except psutil.Error:
        return None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace").strip()
    except OSError:
        return ""
