"""The reader of logs: complete, failed and foreign ones, and those that are broken."""

from pathlib import Path
from typing import Any

import pytest

from fescue import read_log
from fescue.evaluation.chart import chart
from fescue.utils.errors import LogFileError
from run_parts import Values, scan, setup

#: as the reference writes it, with a comment and sections that are not known here
REFERENCE = """BEGIN_PROGRESS
fes;timeMS;f
1;3;267
5;3;235.5
84;5;180
END_PROGRESS
BEGIN_STATE
totalFEs: 84
totalTimeMillis: 5 # about
bestF: 180
lastImprovementFE: 84
lastImprovementTimeMillis: 5
someNewKey: 3
END_STATE
BEGIN_SETUP
p.name: LoggingProcessWithSearchSpace
p.randSeed: 6526669205530947346
p.randSeed(hex): 0x5a9363100a272f12
a.name: rls_swap2
f.weight: 0.5
f.weight(hex): 0x1.0000000000000p-1
END_SETUP
BEGIN_SYS_INFO
session.node: host
os.version: v1
END_SYS_INFO

BEGIN_RESULT_X
2;1;3
END_RESULT_X
BEGIN_RESULT_Y
1;20;30
END_RESULT_Y
BEGIN_NEW
anything: goes: here
END_NEW
"""


def test_foreign_log(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(REFERENCE)
    run = read_log(str(path))
    assert (run.path, run.total_fes, run.total_time_millis) == (path, 84, 5)
    assert (run.best_f, run.last_improvement_fe) == (180, 84)
    assert run.progress == [(1, 3, 267), (5, 3, 235.5), (84, 5, 180)]
    assert run.setup["a.name"] == "rls_swap2"
    assert run.sys_info["session.node"] == "host"
    assert (run.result_x, run.result_y) == ("2;1;3", "1;20;30")
    assert run.errors == {}
    assert run.sections[-1] == "NEW"


@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_line_ends(line_end: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(REFERENCE.replace("\n", line_end).encode())
    assert read_log(path).result_y == "1;20;30"


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    ends = [i for i in range(len(REFERENCE)) if REFERENCE.startswith("END_SETUP", i)]
    for size in range(ends[0]):
        path.write_text(REFERENCE[:size])
        with pytest.raises(LogFileError, match=r"log\.txt"):
            read_log(path)


@pytest.mark.parametrize(("old", "new"), [
    ("totalFEs: 84", "totalFEs: many"), ("totalFEs: 84\n", ""), ("bestF: 180", "bestF: nan"),
    ("1;3;267", "1;3"), ("1;3;267", "1;3;x"), ("BEGIN_STATE", "BEGIN_OTHER"),
    ("END_STATE", "END_OTHER"), ("a.name: rls_swap2", "a.name"), ("BEGIN_NEW", "oops")])
def test_malformed_logs(old: str, new: str, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text(REFERENCE.replace(old, new, 1))
    with pytest.raises(LogFileError, match=r"log\.txt"):
        read_log(path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_log(tmp_path / "none.txt")


def test_log_without_a_best_point(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    with setup(Values([float("inf")] * 3), scan, log=path, max_fes=3).execute():
        pass
    run = read_log(path)
    assert (run.best_f, run.last_improvement_fe, run.result_y, run.total_fes) == (
        None, None, None, 3)


def test_failed_log(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"

    def solve(process: Any) -> None:
        process.evaluate([0])
        raise RuntimeError("in the middle: # of it")

    execution = setup(Values([5, 4]), solve, log=path)
    with pytest.raises(RuntimeError):
        execution.execute()
    run = read_log(path)
    assert run.best_f == 5
    assert "exceptionValue: in the middle: # of it" in run.errors["ERROR_IN_RUN"].split("\n")


@pytest.mark.parametrize(("points", "end"), [
    ([(1, 5)], 1), ([(1, 5)], 100), ([(1, 5), (2, 5), (3, 7)], 3), ([(1, 1e300), (9, -1e300)], 10),
    ([(1, 3), (10 ** 12, 2)], 10 ** 12), ([(5, 0.1), (6, 0.05)], 6)])
@pytest.mark.parametrize("width", [1, 20, 80, 1000])
def test_charts_of_any_size(points: Any, end: int, width: int) -> None:
    lines = chart(points, end, width, 4).split("\n")
    assert len(lines) == 5
    assert len({len(line) for line in lines[:4]}) == 1
    assert lines[-1].strip().startswith(f"{points[0][0]:g}")
