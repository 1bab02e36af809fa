"""Objectives that hang, fork, exit, eat memory or print without end harm no other run."""

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock
from typing import Any

import psutil
import pytest
from chaos import TESTS, orphans
from hostile_parts import Hostile, setup, start

from fescue import run_experiment
from fescue._experiment.files import State, state_of
from fescue._experiment.pool import Limits
from fescue._experiment.survey import survey
from fescue.utils.errors import ExperimentError, LogWriteError

LIMITS = Limits(seconds=2.0, memory=600_000_000)
# a busy machine must not take one fault for another
PATIENT = Limits(seconds=100.0, memory=600_000_000)


def _states(base: Path) -> dict[str, set[State]]:
    found: dict[str, set[State]] = {}
    for run in survey(base).runs:
        found.setdefault(run.log.parent.name, set()).add(run.state)
    return found


@pytest.mark.parametrize(("kind", "state"), [
    ("hang", State.TIMED_OUT), ("spin", State.TIMED_OUT), ("exit", State.POISON),
    ("sys exit", State.FAILED), ("interrupt", State.FAILED), ("memory", State.OUT_OF_MEMORY)])
def test_runs_that_fail(kind: str, state: State, tmp_path: Path) -> None:
    base = tmp_path / "results"
    limits = LIMITS if state is State.TIMED_OUT else PATIENT
    with pytest.raises(ExperimentError) as caught:
        start(base, kind, "calm", n_threads=2, run_limits=limits)
    name = kind.replace(" ", "_")
    assert _states(base) == {name: {state}, "calm": {State.DONE}}
    assert str(caught.value).count(name) >= 2
    assert "2 runs failed" in str(caught.value)
    for run in survey(base).runs:
        if run.state is not State.DONE:
            assert run.reason
            text = run.log.read_text()
            assert text.startswith("BEGIN_PROGRESS\nfes;timeMS;f\n1;"), "what was found is kept"
    with pytest.raises(ExperimentError):
        start(base, kind, "calm", n_threads=2, run_limits=limits)
    assert len(survey(base).runs) == 4
    assert survey(base).aside == [], "nothing is done again"


@pytest.mark.parametrize("kind", ["fork", "fork and go on", "fork and exit", "print"])
def test_runs_that_are_odd_but_complete(kind: str, tmp_path: Path) -> None:
    program = (f"import sys; sys.path[:0] = [{str(TESTS)!r}, {str(TESTS / 'faults')!r}]\n"
               "from pathlib import Path\nfrom hostile_parts import start\n"
               f"start(Path('results'), {kind!r}, 'calm', n_threads=2)")
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, timeout=100, check=False,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr.decode()
    assert _states(tmp_path / "results") == {
        kind.replace(" ", "_"): {State.DONE}, "calm": {State.DONE}}
    files = [path for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert len(files) == 4
    end = time.monotonic() + 10
    while orphans(tmp_path) and time.monotonic() < end:
        time.sleep(0.05)
    assert orphans(tmp_path) == []


@pytest.mark.slow
def test_a_gigabyte_of_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FESCUE_PRINT_MEGABYTES", "1000")
    test_runs_that_are_odd_but_complete("print", tmp_path)


def test_what_cannot_be_sent_is_named(tmp_path: Path) -> None:
    lock = Lock()

    def hold(instance: Any) -> Any:
        return setup(instance) if lock else None

    def call(n_threads: int) -> Path:
        return run_experiment(tmp_path, [lambda: Hostile("calm")], [hold], 1, n_threads,
                              perform_pre_warmup=False, perform_warmup=False)

    with pytest.raises(ValueError, match=r"setup of algorithm rls_flip1.*_thread.lock.*inside"):
        call(2)
    assert list(tmp_path.rglob("*.txt")) == []
    call(1)
    assert len(list(tmp_path.rglob("*.txt"))) == 1


def test_lambdas_and_a_script_without_a_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("""
import os
from fescue import *
counter = [0]
def setup(p):
    return (Execution().set_objective(p).set_solution_space(BitStrings(p.n)).set_max_fes(30)
            .set_algorithm(RLS(Op0Random(), Op1Flip1())))
n = 9
with open("started", "a") as stream:
    stream.write("x")
run_experiment("out", [lambda: OneMax(n), lambda: ZeroMax(n)], [setup], 3, n_threads=2)
""")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True,
                          timeout=100, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "started").read_text() == "x", "workers do not run the script"
    assert len(list((tmp_path / "out").rglob("*.txt"))) == 6


def test_folder_that_is_removed_in_the_middle(tmp_path: Path) -> None:
    import shutil

    from experiment_parts import Lab

    base = tmp_path / "results"
    lab = Lab(base, act=lambda *_: shutil.rmtree(base, ignore_errors=True))
    lab.run(1)
    assert set(lab.states().values()) == {State.DONE}


_LIMITED = """
import resource, sys
sys.path[:0] = {paths!r}
from pathlib import Path
from hostile_parts import start
start(Path("results"), "calm")
soft, hard = resource.getrlimit(resource.{what})
resource.setrlimit(resource.{what}, ({limit}, hard))
try:
    start(Path("results"), "calm", "other", "third")
except OSError as error:
    print(type(error).__name__, error)
resource.setrlimit(resource.{what}, (soft, hard))
start(Path("results"), "calm", "other", "third")
"""


@pytest.mark.parametrize(("what", "limit"), [("RLIMIT_FSIZE", 1000), ("RLIMIT_NOFILE", 3)])
def test_full_disk_and_too_many_open_files(what: str, limit: int, tmp_path: Path) -> None:
    paths = [str(TESTS), str(TESTS / "faults")]
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED.format(paths=paths, what=what, limit=limit)],
        cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert LogWriteError.__name__ in done.stdout or "Too many open files" in done.stdout
    logs = list((tmp_path / "results").rglob("*.txt"))
    assert len(logs) == 6
    assert {state_of(log) for log in logs} == {State.DONE}
    assert all(path.suffix == ".txt" for path in (tmp_path / "results").rglob("*")
               if path.is_file())


def test_workers_see_their_cores(tmp_path: Path) -> None:
    from fescue._experiment.cores import assign_cores

    for n in (1, 2, 3, 50):
        shares = assign_cores(n)
        assert len(shares) in (0, n)
        for cores in shares:
            assert cores
            assert set(cores) <= os.sched_getaffinity(0)
    usable = len(os.sched_getaffinity(0))
    assert not shares or len({cpu for cores in shares for cpu in cores}) == usable
    assert (psutil.cpu_count() or 1) >= usable
