"""What a log says about the machine and the software that a run was made with."""

import os
import platform
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from fescue.utils.logger import InMemoryLogger, KeyValueLogSection, Logger
from fescue.utils.types import type_error

_SECTION: Final = "SYS_INFO"
#: scopes and their key-value pairs
_Scopes = dict[str, dict[str, str]]

_packages: set[str] = {"cloudpickle", "fescue", "numba", "numpy", "psutil", "rich", "scipy",
                       "typer"}


def add_dependency(package: str) -> None:
    """Have the version of one more package logged; to be called before the first run.

    Args:
        package: the name under which it is installed

    Raises:
        TypeError: if it is no string
        ValueError: if the information has been gathered already
    """
    if not isinstance(package, str):
        raise type_error(package, "package", str)
    if _scopes.cache_info().currsize:
        raise ValueError(
            f"package {package!r} comes too late: add it before the first log is written.")
    _packages.add(package)


def update_sys_info_cpu_affinity() -> None:
    """Find out again which processors this process may use; for new worker processes."""
    _scopes()["session"].update(_affinity())


def get_sys_info(host_details: bool = False) -> str:
    """Return the information as the lines of a log section.

    Args:
        host_details: whether host name, IP address, command line and working directory are
            included
    """
    logger = InMemoryLogger()
    with logger:
        log_sys_info(logger, host_details)
    return "\n".join(logger.get_log()[1:-1])


def log_sys_info(logger: Logger, host_details: bool = False) -> None:
    """Write the section ``SYS_INFO``; see :func:`get_sys_info`."""
    with logger.key_values(_SECTION) as section:
        for prefix, pairs in _scopes().items():
            details = _host_details() if host_details and prefix == "session" else {}
            _write(section, prefix, {**pairs, **details})


def _write(section: KeyValueLogSection, prefix: str, pairs: dict[str, str]) -> None:
    with section.scope(prefix) as scope:
        for key, value in pairs.items():
            scope.key_value(key, value)


@cache
def _scopes() -> _Scopes:
    """Gather everything, once per interpreter."""
    return {
        "session": {"start": str(datetime.now(UTC)), "processId": hex(os.getpid()),
                    **_affinity()},
        "version": dict(_versions()),
        "hardware": _hardware(),
        "python": {"version": sys.version.replace("\n", " "),
                   "implementation": platform.python_implementation()},
        "os": {"name": platform.system() or "unknown", "release": platform.release() or "unknown",
               "version": platform.version() or "unknown"},
    }


@cache
def _host_details() -> dict[str, str]:
    import socket  # seldom needed

    node = platform.node() or "unknown"
    try:
        address = socket.gethostbyname(node)
    except (OSError, UnicodeError):
        address = "unknown"
    return {"node": node, "commandLine": " ".join(map(repr, sys.orig_argv)),
            "workingDirectory": repr(str(Path.cwd())), "ipAddress": address}


def _affinity() -> dict[str, str]:
    if not hasattr(os, "sched_getaffinity"):
        return {}
    return {"cpuAffinity": ";".join(map(str, sorted(os.sched_getaffinity(0))))}


def _versions() -> Iterator[tuple[str, str]]:
    from importlib.metadata import (  # 20 ms that an import need not take
        PackageNotFoundError,
        version,
    )

    for package in sorted(_packages):
        try:
            text = version(package)
        except PackageNotFoundError:
            text = "notFound"
        yield package.replace("-", ""), text


def _hardware() -> dict[str, str]:
    info = {"machine": platform.machine() or "unknown", "byteOrder": sys.byteorder,
            "nLogicalCpus": str(os.cpu_count() or 1)}
    try:
        import psutil  # without it a few keys are missing
    except ImportError:
        pass
    else:
        physical: Any = psutil.cpu_count(logical=False)
        if physical:
            info["nPhysicalCpus"] = str(physical)
        info["memSize"] = str(psutil.virtual_memory().total)
    cpus = Path("/proc/cpuinfo")
    text = cpus.read_text(errors="replace") if cpus.is_file() else ""
    if "model name" not in text:  # the next one may start a process
        info["cpu"] = platform.processor() or platform.machine() or "unknown"
    if text:
        for key, pattern in (("cpu", r"^model name\s*:\s*(\S.*)$"),
                             ("cpuMhz", r"^cpu MHz\s*:\s*(\S+)$")):
            found = re.search(pattern, text, re.MULTILINE)
            if found:
                info[key] = found[1].strip()
    return info
