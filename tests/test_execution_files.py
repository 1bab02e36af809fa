"""Log files in bad circumstances: no folder, a full disk, a process that nobody closes."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fescue.utils.path as files
from fescue.utils.errors import FescueError, LogWriteError
from run_parts import Values, progress, scan, sections, setup, state


@pytest.mark.parametrize("kind", ["missing folder", "file as folder", "is a folder", "read only"])
def test_unwritable_log_fails_before_the_first_fe(kind: str, tmp_path: Path) -> None:
    log = tmp_path / "sub" / "log.txt"
    if kind == "file as folder":
        (tmp_path / "sub").write_text("")
    elif kind == "is a folder":
        log.mkdir(parents=True)
    elif kind == "read only":
        if os.getuid() == 0:
            pytest.skip("root can write everywhere")
        (tmp_path / "sub").mkdir(mode=0o500)
    objective = Values([1])
    with pytest.raises(LogWriteError, match=r"log\.txt") as caught:
        setup(objective, lambda p: scan(p), log=log, max_fes=1).execute()
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, FescueError)
    assert objective.calls == 0


class FullDisk:
    """Replaces ``os.pwrite``; fails while ``is_full(call number)`` says so."""

    def __init__(self, is_full: Callable[[int], bool], most: int | None = None) -> None:
        self.is_full, self.most, self.calls = is_full, most, 0
        self._write = os.pwrite

    def __call__(self, fd: int, data: bytes, offset: int) -> int:
        self.calls += 1
        if self.is_full(self.calls):
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._write(fd, data[:self.most], offset)


def _values(n: int) -> list[int]:
    return [10 * n - i for i in range(n)]


def _check_complete(log: Path, n: int) -> None:
    assert progress(log) == [(str(i + 1), str(10 * n - i)) for i in range(n)]
    assert state(log)["totalFEs"] == str(n)
    assert list(sections(log)) == ["PROGRESS", "STATE", "SETUP", "SYS_INFO", "RESULT_Y"]


@pytest.mark.parametrize("encoded", [False, True])
def test_disk_full_until_the_end(encoded: bool, tmp_path: Path,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    log, n = tmp_path / "log.txt", 10_000
    monkeypatch.setattr(files.os, "pwrite", FullDisk(lambda call: True))
    process = setup(_values(n), log=log).set_log_all_fes().execute()
    assert process.get_best_f() == 9 * n + 1
    for _ in range(2):
        with pytest.raises(LogWriteError, match=r"log\.txt") as caught, process:
            pass
        assert caught.value.errno == errno.ENOSPC
        assert log.read_bytes() == b""
    monkeypatch.undo()
    with process:
        pass
    _check_complete(log, n)
    with process:
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["log.txt"]


@pytest.mark.parametrize(("is_full", "most"), [
    (lambda call: call == 1, None), (lambda call: call in (2, 3), None),
    (lambda call: call % 2 == 1, 7777), (lambda call: call > 3 and call % 5 != 0, 5000),
    (lambda call: False, 1000)],
    ids=["first", "second and third", "odd", "most", "short writes"])
def test_disk_full_for_a_while(is_full: Callable[[int], bool], most: int | None, tmp_path: Path,
                               monkeypatch: pytest.MonkeyPatch) -> None:
    log, n = tmp_path / "log.txt", 10_000
    disk = FullDisk(is_full, most)
    monkeypatch.setattr(files.os, "pwrite", disk)
    process = setup(_values(n), log=log).set_log_all_fes().execute()
    for _ in range(400):
        try:
            with process:
                pass
        except LogWriteError:
            continue
        break
    assert disk.calls > 1
    _check_complete(log, n)


def test_error_of_the_run_is_raised_on_a_full_disk(tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.txt"
    monkeypatch.setattr(files.os, "pwrite", FullDisk(lambda call: True))
    execution = setup([3, ZeroDivisionError("mine")], log=log)
    with pytest.raises(ZeroDivisionError, match="mine"):
        execution.execute()
    monkeypatch.undo()
    with execution.process:
        pass
    assert "ERROR_IN_RUN" in sections(log)
    assert state(log)["bestF"] == "3"


def test_execute_leaves_an_unpublished_log(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    process = setup([2, 1], log=log).execute()
    assert log.read_bytes() == b""
    with process:
        assert log.read_bytes() == b""
    assert state(log)["bestF"] == "1"


def test_collection_publishes_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    process = setup([2, 1], log=log).set_log_improvements().execute()
    assert process.get_best_f() == 1
    del process
    assert state(log)["bestF"] == "1"
    assert progress(log) == [("1", "2"), ("2", "1")]


_SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from run_parts import scan, setup
def solve(process):
    scan(process)
    {inside}
execution = setup([3, 2, 1], solve, log=Path({log!r}), max_fes=3).set_log_improvements()
process = execution.execute()
keep = [process, execution]
keep.append(keep)
{after}
"""


@pytest.mark.parametrize(("inside", "after", "code", "error"), [
    ("pass", "pass", 0, None),
    ("pass", "sys.exit(3)", 3, None),
    ("pass", "1 / 0", 1, None),
    ("pass", "raise KeyboardInterrupt", -2, None),
    ("1 / 0", "pass", 1, "ERROR_IN_RUN"),
    ("raise KeyboardInterrupt", "pass", -2, "ERROR_IN_RUN")])
def test_interpreter_exit_publishes_the_log(inside: str, after: str, code: int,
                                            error: str | None, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    script = _SCRIPT.format(
        tests=str(Path(__file__).parent), log=str(log), inside=inside, after=after)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60,
                          check=False)
    assert done.returncode in ({code, 130} if code < 0 else {code}), done.stderr
    assert state(log)["bestF"] == "1"
    assert progress(log) == [("1", "3"), ("2", "2"), ("3", "1")]
    assert [t for t in sections(log) if t.startswith("ERROR")] == ([error] if error else [])
    assert [p.name for p in tmp_path.iterdir()] == ["log.txt"]


def test_killed_run_leaves_an_empty_log_and_can_be_done_again(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    script = _SCRIPT.format(tests=str(Path(__file__).parent), log=str(log),
                            inside="import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
                            after="pass")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60,
                          check=False)
    assert done.returncode == -9
    assert log.read_bytes() == b""

    def solve(process: Any) -> None:
        scan(process)

    with setup([3, 2], solve, log=log, max_fes=2).execute():
        pass
    assert state(log)["bestF"] == "2"
    assert [p.name for p in tmp_path.iterdir()] == ["log.txt"]
