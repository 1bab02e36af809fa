"""SIGTERM and Ctrl-C end an experiment in order; started again, it goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from chaos import TESTS, orphans

from fescue._experiment.files import State, state_of
from fescue._experiment.survey import survey

_PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from functools import partial
import time
from fescue import *
class Slow(OneMax):
    def initialize(self):
        pass
    def lower_bound(self):
        return -1
    def evaluate(self, x):
        time.sleep(0.01)
        return super().evaluate(x)
def setup(p):
    return (Execution().set_objective(p).set_solution_space(BitStrings(p.n)).set_max_fes({fes})
            .set_algorithm(RLS(Op0Random(), Op1Flip1())).set_log_improvements())
run_experiment(Path("results"), [partial(Slow, 200)], [setup], 4, n_threads={n},
               perform_warmup=False, perform_pre_warmup=False, progress=False)
"""


def _launch(folder: Path, n: int, fes: int) -> "subprocess.Popen[str]":
    program = _PROGRAM.format(paths=[str(TESTS)], n=n, fes=fes)
    return subprocess.Popen([sys.executable, "-c", program], cwd=folder, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _wait_for_rows(folder: Path) -> Path:
    """Wait until an attempt has rows of progress in its unfinished log, while it goes on."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for part in folder.rglob("*.part-1"):
            if part.read_bytes().count(b"\n") > 3:
                return part
        time.sleep(0.02)
    pytest.fail("no row has reached an unfinished log")


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(("number", "state", "code"), [
    (signal.SIGTERM, State.PREEMPTED, -signal.SIGTERM),
    (signal.SIGINT, State.INTERRUPTED, -signal.SIGINT),
    (signal.SIGKILL, State.INTERRUPTED, -signal.SIGKILL)])
def test_signals(n: int, number: int, state: State, code: int, tmp_path: Path) -> None:
    program = _launch(tmp_path, n, 100_000)
    _wait_for_rows(tmp_path)
    program.send_signal(number)
    program.communicate(timeout=10)  # the grace that batch systems give
    assert program.returncode == code
    end = time.monotonic() + 60
    runs = survey(tmp_path / "results").runs
    # workers end when their program is gone, which they notice a moment later
    while time.monotonic() < end and any(run.state is State.RUNNING for run in runs):
        time.sleep(0.02)
        runs = survey(tmp_path / "results").runs
    assert len(runs) == n
    assert {run.state for run in runs} == {state}
    assert all(run.reason for run in runs)
    end = time.monotonic() + 10
    while orphans(tmp_path) and time.monotonic() < end:
        time.sleep(0.05)
    assert orphans(tmp_path) == []
    again = _launch(tmp_path, n, 20)
    assert again.wait(60) == 0, again.communicate()[1]
    again.communicate()
    logs = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert len(logs) == 4
    assert {state_of(log) for log in logs} == {State.DONE}


def test_a_worker_that_is_asked_to_end_is_replaced(tmp_path: Path) -> None:
    import psutil

    program = _launch(tmp_path, 2, 300)
    for _ in range(2):
        _wait_for_rows(tmp_path)
        for worker in psutil.Process(program.pid).children():
            os.kill(worker.pid, signal.SIGTERM)
    assert program.wait(90) == 0, program.communicate()[1]
    program.communicate()
    logs = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert len(logs) == 4
    assert {state_of(log) for log in logs} == {State.DONE}
