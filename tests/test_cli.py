"""The command, as it is used: what it prints, what it writes, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fescue import read_log
from fescue.cli.experiment import Experiment

FESCUE = str(Path(sys.executable).with_name("fescue"))
OR_LIBRARY = "2 2\n0 3 1 4\n1 2 0 5\n"
TAILLARD = "2 2 1 1 8 8\nTimes\n3 4\n2 5\nMachines\n1 2\n2 1\n"


def fescue(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run([FESCUE, *args], cwd=cwd, capture_output=True, text=True, timeout=120,
                          check=False)


def run(out: Path, *args: str, target: str = "onemax") -> subprocess.CompletedProcess[str]:
    """Run a small experiment in this process."""
    return fescue("run", target, "--out", str(out), "--jobs", "1", *args)


def test_main_job(tmp_path: Path) -> None:
    args = ("run", "jssp", "--instances", "ft06,la24", "--algorithms", "rls,ea,hc,sa", "--runs",
            "3", "--max-fes", "2000", "--out", "results", "--jobs", "2")
    first = fescue(*args, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    logs = sorted((tmp_path / "results").rglob("*.txt"))
    assert len(logs) == 24
    for log in logs:
        algorithm, instance = log.parts[-3:-1]
        assert log.name.startswith(f"{algorithm}_{instance}_0x")
        found = read_log(log)
        assert found.total_fes <= 2000
        assert found.setup["a.name"] == algorithm
        assert found.errors == {}
    for word in ("rls_swap2", "ea_16_16_swap2", "hc_swap2", "sa_exp16_0d0002_swap2", "median",
                 "FEs/s", "gap", "935", "24 log files in", str(tmp_path / "results")):
        assert word in first.stdout
    times = [log.stat().st_mtime_ns for log in logs]
    second = fescue(*args, cwd=tmp_path)
    assert second.stdout == first.stdout, "nothing is done again"
    assert [log.stat().st_mtime_ns for log in logs] == times


def test_quiet_and_json(tmp_path: Path) -> None:
    quiet = run(tmp_path, "--instances", "8", "--quiet")
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    found = json.loads(run(tmp_path, "--instances", "8", "--json").stdout)
    assert found["logs"] == 12
    assert {row["best"] for row in found["results"]} == {0}
    assert {row["instance"] for row in found["results"]} == {"onemax_8"}


@pytest.mark.parametrize(("args", "part"), [
    (("run", "nope"), "choose from onemax"), (("run", "onemax", "--algorithms", "rls,x"), "'x'"),
    (("run", "jssp", "--instances", "la2"), "did you mean"),
    (("run", "onemax", "--instances", "a"), "'a'"),
    (("run", "onemax", "--runs", "0"), "--runs"),
    (("run", "onemax", "--max-fes", "-1"), "--max-fes"),
    (("run", "no_such_module:f"), "no_such_module"), (("run", "json:nothing"), "nothing"),
    (("run", "json:dumps"), "two lists"), (("run", "os:getcwd"), "two lists"),
    (("run", "none.toml"), "none.toml"),
    (("show", "none.txt"), "none.txt"), (("status", "none"), "none"), (("nope",), "nope")])
def test_wrong_calls(args: tuple[str, ...], part: str, tmp_path: Path) -> None:
    done = fescue(*args, cwd=tmp_path)
    assert done.returncode == 2
    assert part in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.rglob("*.txt")) == []


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "results", "--instances", "8")
    assert done.returncode == 2
    assert "file" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", [OR_LIBRARY, TAILLARD])
def test_instance_files(text: str, tmp_path: Path) -> None:
    (tmp_path / "my shop.txt").write_text(text)
    done = fescue("run", "jssp", "--instances", "my shop.txt", "--algorithms", "rls", "--runs", "2",
                  "--max-fes", "50", "--out", "out", "--jobs", "1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out" / "rls_swap2" / "my_shop").glob("*.txt"))) == 2


def test_corrupted_instance_file(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("2 2\n0 3 1 4\n1 2 1 5\n")
    done = fescue("run", "jssp", "--instances", "bad.txt", cwd=tmp_path)
    assert done.returncode == 2
    words = " ".join(done.stderr.replace("│", "").split())
    assert "line 3, column 5" in words
    assert "Traceback" not in done.stderr


def test_show(tmp_path: Path) -> None:
    run(tmp_path, "--instances", "16", "--algorithms", "rls", "--runs", "2")
    logs = sorted(map(str, tmp_path.rglob("*.txt")))
    done = fescue("show", *logs)
    assert done.returncode == 0
    for word in ("rls_flipB1", "onemax_16", "20000 FEs", "best objective value over FEs", "TTTT"):
        assert done.stdout.count(word) >= 2
    assert "⠉" in done.stdout
    for data in (b"", b"\x00\xff" * 100, Path(logs[0]).read_bytes()[:-20]):
        (tmp_path / "bad.txt").write_bytes(data)
        done = fescue("show", str(tmp_path / "bad.txt"))
        assert (done.returncode, done.stdout) == (2, "")
        assert "bad.txt" in done.stderr
        assert "Traceback" not in done.stderr


def test_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "fescue", "list"], capture_output=True, text=True,
                          timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, fescue("list").stdout)


def test_list() -> None:
    done = fescue("list")
    assert done.returncode == 0
    for word in ("jssp", "trap", "hcr", "sa-ln", "morls", "flipB1", "rot1", "permutations"):
        assert word in done.stdout


MODULE = """
from fescue import RLS, BitStrings, Execution, OneMax, Op0Random, Op1Flip1
class Fragile(OneMax):
    def initialize(self):
        pass
    def evaluate(self, x):
        if x.sum() > 6 and {fails}:
            raise ValueError("too many ones")
        return super().evaluate(x)
def rls(problem):
    execution = Execution().set_objective(problem).set_solution_space(BitStrings(problem.n))
    return execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_log_improvements()
def setups():
    yield [lambda: OneMax(8), lambda: Fragile(9)]
    yield [rls]
"""


def test_functions_of_ones_own(tmp_path: Path) -> None:
    module = tmp_path / "mine.py"
    module.write_text(MODULE.format(fails=True))
    args = ("run", "mine:setups", "--runs", "2", "--max-fes", "300", "--out", "out")
    done = fescue(*args, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("ValueError: too many ones") == 2
    assert "onemax_8" in done.stdout
    status = fescue("status", "out", cwd=tmp_path)
    assert status.stdout.count("ValueError: too many ones") == 2
    counts = json.loads(fescue("status", "out", "--json", cwd=tmp_path).stdout)["counts"]
    assert counts == {"done": 2, "failed": 2}
    assert fescue(*args, cwd=tmp_path).returncode == 1, "failed runs are not done again"
    module.write_text(MODULE.format(fails=False))
    distrust = fescue("retry", "out", "--failed", cwd=tmp_path)
    assert "--trust" in distrust.stdout
    assert fescue("retry", "out", "--trust", cwd=tmp_path).returncode == 0
    found = json.loads(fescue("status", "out", "--json", cwd=tmp_path).stdout)
    assert found["counts"] == {"done": 4}
    assert len(found["kept_aside"]) == 2


def test_experiment_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('problem = "leadingones"\ninstances = ["8"]\nalgorithms = ["rls", "hc"]\n'
                    "runs = 2\nmax_fes = 500\ngoal = 1\n")
    done = fescue("run", "mine.toml", "--runs", "3", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["logs"] == 6
    assert {row["best"] for row in found["results"]} <= {0, 1}
    assert fescue("retry", "results", "--quiet", cwd=tmp_path).returncode == 0


def test_experiments_that_begin_at_the_same_moment(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each program writes the file of the experiment, and none disturbs another."""
    experiment = Experiment(problem="onemax", runs=2)
    fsync = os.fsync

    def disturbed(descriptor: int) -> None:
        # while this program is about to publish, another one does all of it
        monkeypatch.setattr(os, "fsync", fsync)
        experiment.save(tmp_path)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", disturbed)
    experiment.save(tmp_path)
    assert Experiment.of_folder(tmp_path) == [experiment]
    assert len([*tmp_path.iterdir()]) == 1


@pytest.mark.parametrize(("text", "part"), [
    ("runs = 3", "problem"), ('problem = "onemax"\nrun = 3', "'run'"), ("problem = 3", "a text"),
    ('problem = "onemax"\nruns = 0', "runs"), ('problem = "onemax"\nruns = true', "runs"),
    ('problem = "onemax"\nmax_fes = 1.5', "max_fes"), ("problem = ", "Invalid value"),
    ('problem = "onemax"\ninstances = "8"', "list"), ("\x00", "bad.toml"), ("\udcff", "bad.toml")])
def test_bad_experiment_files(text: str, part: str, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = fescue("run", "bad.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert part in done.stderr
    assert "Traceback" not in done.stderr


def _wait_for(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            pytest.fail("what was waited for did not happen")
        time.sleep(0.02)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c(jobs: str, tmp_path: Path) -> None:
    args = [FESCUE, "run", "jssp", "--instances", "ft06", "--algorithms", "hc", "--runs", "8",
            "--max-fes", "300000", "--out", "out", "--jobs", jobs]
    program = subprocess.Popen(args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    _wait_for(lambda: list(tmp_path.rglob("*.txt")))
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=30)
    assert program.returncode == 130
    assert "Interrupted." in errors
    assert "the same command continues" in errors
    assert "Traceback" not in errors
    done = set(tmp_path.rglob("*.txt"))
    assert 0 < len(done) < 8
    again = subprocess.run([*args, "--json"], cwd=tmp_path, capture_output=True, text=True,
                           timeout=120, check=False)
    assert again.returncode == 0
    assert {path.suffix for path in (tmp_path / "out" / "hc_swap2").rglob("*") if path.is_file()
            } == {".txt"}
    assert len(list(tmp_path.rglob("*.txt"))) == 8
