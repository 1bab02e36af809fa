"""What a log says of machine and software, and what it does not say unless asked."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from subprocess import run
from typing import Any

import pytest

from fescue.utils import sysinfo
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values, parse_sections

HOST_KEYS = {"session.node", "session.ipAddress", "session.commandLine",
             "session.workingDirectory"}
#: what every machine knows of itself
KEYS = {"session.start", "session.processId", "version.fescue", "version.numpy",
        "version.numba", "version.scipy", "hardware.machine", "hardware.nLogicalCpus",
        "hardware.byteOrder", "hardware.cpu", "python.version", "python.implementation",
        "os.name", "os.release", "os.version"}

PROGRAM = r"""
import platform
platform.version = lambda: "#1 SMP: x\n"
platform.node = lambda: "#1: such..host"
from fescue.utils.sysinfo import add_dependency, get_sys_info
add_dependency("no-such-package")
add_dependency("pytest")
print(get_sys_info(True))
try:
    add_dependency("hypothesis")
except ValueError as error:
    print("# refused", error)
"""


def _info(host_details: bool = False) -> dict[str, str]:
    return parse_key_values(sysinfo.get_sys_info(host_details).splitlines())


def test_keys() -> None:
    info = _info()
    assert info.keys() >= KEYS
    assert {key.partition(".")[0] for key in info} == {
        "session", "version", "hardware", "python", "os"}
    assert all(info.values())
    versions = [key for key in info if key.startswith("version.")]
    assert versions == sorted(versions)


def test_values() -> None:
    info = _info()
    assert info["session.processId"] == hex(os.getpid())
    assert info["version.numpy"] == version("numpy")
    assert info["hardware.byteOrder"] == sys.byteorder
    assert info["hardware.nLogicalCpus"] == str(os.cpu_count())
    assert info["python.version"].startswith(platform.python_version())
    assert info["python.implementation"] == platform.python_implementation()
    assert info["os.name"] == platform.system()
    assert _info() == info


def test_host_details_only_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    with_details = _info(True)
    assert with_details.keys() - _info().keys() == HOST_KEYS
    assert not HOST_KEYS & _info().keys()
    assert with_details["session.node"] == platform.node()
    assert " ".join(map(repr, sys.orig_argv)) == with_details["session.commandLine"]
    assert {key: value for key, value in with_details.items() if key not in HOST_KEYS} == _info()
    text = sysinfo.get_sys_info()
    for private in (str(Path.cwd()), with_details["session.commandLine"]):
        assert private not in text


@pytest.mark.parametrize("host_details", [False, True])
def test_section(host_details: bool) -> None:
    with InMemoryLogger() as logger:
        sysinfo.log_sys_info(logger, host_details)
        log = logger.get_log()
    sections = parse_sections(log)
    assert list(sections) == ["SYS_INFO"]
    assert "\n".join(sections["SYS_INFO"]) == sysinfo.get_sys_info(host_details)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no affinity on this system")
def test_cpu_affinity() -> None:
    before = os.sched_getaffinity(0)
    assert _info()["session.cpuAffinity"] == ";".join(map(str, sorted(before)))
    try:
        os.sched_setaffinity(0, {min(before)})
        sysinfo.update_sys_info_cpu_affinity()
        assert _info()["session.cpuAffinity"] == str(min(before))
    finally:
        os.sched_setaffinity(0, before)
        sysinfo.update_sys_info_cpu_affinity()
    assert _info()["session.cpuAffinity"] == ";".join(map(str, sorted(before)))


@pytest.mark.parametrize("package", [None, 1, b"numpy"])
def test_dependency_of_wrong_type(package: Any) -> None:
    with pytest.raises(TypeError, match="package"):
        sysinfo.add_dependency(package)


def test_dependency_that_comes_too_late() -> None:
    sysinfo.get_sys_info()
    with pytest.raises(ValueError, match="'pytest' comes too late"):
        sysinfo.add_dependency("pytest")
    assert "version.pytest" not in _info()


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Dependencies count if they come early, and odd texts of the system read back."""
    done = run([sys.executable, "-c", PROGRAM, "a: b", "#"], capture_output=True, text=True,
               check=True, cwd=tmp_path)
    *lines, refusal = done.stdout.splitlines()
    info = parse_key_values(lines)
    assert refusal.startswith("# refused package 'hypothesis'")
    assert info["version.nosuchpackage"] == "notFound"
    assert info["version.pytest"] == version("pytest")
    assert info["os.version"] == "#1 SMP: x\n"
    assert info["session.node"] == "#1: such..host"
    assert info["session.ipAddress"] == "unknown"
    assert info["session.workingDirectory"] == repr(str(tmp_path))
    assert info["session.commandLine"].endswith("'a: b' '#'")
