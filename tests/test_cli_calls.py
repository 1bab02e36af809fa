"""Single calls of the command: tables and files, wrong calls, logs of all kinds, Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time
from math import inf
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest
from typer.testing import CliRunner

from fescue import algorithms, cli, operators, problems, spaces
from fescue.evaluation.log_reader import read_log
from fescue.utils.nputils import rand_seeds_from_str
from run_parts import Points, Values, setup

FESCUE = str(Path(sys.executable).with_name("fescue"))
NAMES = {"rls": "rls_swap2", "ea": "ea_16_16_swap2", "hc": "hc_swap2",
         "sa": "sa_exp16_0d0002_swap2"}
SMALL = ("--algorithms", "rls", "--runs", "2", "--max-fes", "30", "--jobs", "1")


class Call:
    """Runs the command in this process: exit code, both outputs, and their words."""

    def __init__(self, capsys: Any, monkeypatch: Any) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch
        monkeypatch.setenv("COLUMNS", "160")
        for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS"):
            monkeypatch.delenv(name, raising=False)

    def __call__(self, *args: str) -> int:
        self.monkeypatch.setattr(sys, "argv", ["fescue", *args])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        self.out, self.err = self.capsys.readouterr()
        # without the frames that errors may have
        self.words = " ".join(re.sub("[─-╿]", " ", self.out + self.err).split())
        return int(end.value.code or 0)  # type: ignore[arg-type]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    return Call(capsys, monkeypatch)


# experiments

def test_folders_table_and_second_start(tmp_path: Path) -> None:
    args = ["run", "jssp", "--instances", "ft06,la24", "--algorithms", "rls,ea,hc,sa", "--runs",
            "3", "--max-fes", "500", "--jobs", "1", "--out", str(tmp_path / "out")]
    first = CliRunner().invoke(cli.app, args)
    assert first.exit_code == 0, first.output
    logs = {tmp_path / "out" / name / instance / f"{name}_{instance}_{seed:#x}.txt"
            for name in NAMES.values() for instance in ("ft06", "la24")
            for seed in rand_seeds_from_str(instance, 3)}
    assert set((tmp_path / "out").rglob("*.txt")) == logs
    for instance, known in (("ft06", 55), ("la24", 935)):
        for name in NAMES.values():
            values = [read_log(log).best_f for log in logs
                      if log.parts[-3:-1] == (name, instance)]
            row = next(line.split() for line in first.output.splitlines()
                       if line.split()[:2] == [instance, name])
            assert row[2:4] == ["3", str(min(values))]
            assert row[4] == f"{median(values):.6g}"
            assert float(row[5]) == pytest.approx(mean(values), rel=1e-4)
            assert row[-2:] == [str(known), f"{100 * (min(values) - known) / known:.1f}%"]
    assert f"24 log files in {(tmp_path / 'out').resolve()}" in first.output
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    second = CliRunner().invoke(cli.app, args)
    assert (second.exit_code, second.output) == (0, first.output)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_what_is_missing_is_done_again_in_the_same_way(tmp_path: Path, call: Call) -> None:
    args = ("run", "onemax", "--instances", "16", *SMALL, "--out", str(tmp_path), "--quiet")
    assert call(*args) == 0
    assert (call.out, call.err) == ("", "")
    lost, kept = sorted(tmp_path.rglob("*.txt"))
    old, text = read_log(lost), kept.read_bytes()
    lost.write_bytes(lost.read_bytes()[:-9])
    assert call(*args) == 0
    new = read_log(lost)
    assert (new.best_f, new.result_y, new.last_improvement_fe) == (
        old.best_f, old.result_y, old.last_improvement_fe)
    assert kept.read_bytes() == text
    assert len(list(tmp_path.rglob("*.bad-1"))) == 1


# wrong calls

@pytest.mark.parametrize(("args", "choices"), [
    (("nope",), [problem.name for problem in problems.CATALOGUE]),
    (("jssp", "--algorithms", "rls,nope"), [entry.name for entry in algorithms.CATALOGUE]),
    (("jssp", "--instances", "nope,ft07"), ["'nope'"]),
    (("onemax", "--instances", "nope"), ["number of bits"])])
def test_unknown_names(args: tuple[str, ...], choices: list[str], tmp_path: Path,
                       call: Call) -> None:
    assert call("run", *args, "--out", str(tmp_path / "out")) == 2
    assert call.out == ""
    assert "'nope'" in call.words
    for choice in choices:
        assert choice in call.words
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("args", "name"), [
    (("--goal", "nan"), "goal"), (("--goal", "inf"), "goal"), (("--max-fes", "0"), "max-fes"),
    (("--max-fes", str(10 ** 16)), "max.fes"), (("--max-time", "1e300"), "max.time"),
    (("--max-time", "0"), "max-time"), (("--jobs", "0"), "jobs"), (("--jobs", "99999"), "16384"),
    (("--runs", "x"), "runs"), (("--instances", "8,onemax_8"), "onemax_8"),
    (("--instances", "0"), "n=0")])
def test_values_out_of_range(args: tuple[str, ...], name: str, tmp_path: Path, call: Call) -> None:
    more = () if "--instances" in args else ("--instances", "8")
    assert call("run", "onemax", *more, *args, "--out", str(tmp_path / "out")) == 2
    assert call.out == ""
    assert re.search(name, call.words)


def test_two_files_of_one_name(tmp_path: Path, call: Call) -> None:
    files = [tmp_path / folder / "x.txt" for folder in "ab"]
    for file in files:
        file.parent.mkdir()
        file.write_text("2 1\n0 5\n0 7\n")
    instances = ",".join(map(str, files))
    assert call("run", "jssp", "--instances", instances, "--out", str(tmp_path / "out")) == 2
    assert "'x'" in call.words


@pytest.mark.parametrize(("text", "message"), [
    ("2 2\n0 3 1 4\n1 2 1 5\n", "line 3, column 5"), ("2 2\n0 3 1 x\n", "line 2, column 7"),
    ("1 2\nTimes\n1 2\nMachines\n1 3\n", "line 5, column 3"), ("", "line 1, column 1")])
def test_corrupted_instances(text: str, message: str, tmp_path: Path, call: Call) -> None:
    file = tmp_path / "bad.txt"
    file.write_text(text)
    assert call("run", "jssp", "--instances", str(file), "--out", str(tmp_path / "out")) == 2
    assert f"bad.txt, {message}: expected" in call.words
    assert not (tmp_path / "out").exists()


def test_instance_that_leaves_no_choice(tmp_path: Path, call: Call) -> None:
    file = tmp_path / "one.txt"
    file.write_text("1 2\n0 3 1 4\n")
    assert call("run", "jssp", "--instances", str(file), *SMALL, "--out", str(tmp_path)) == 2
    assert call.out == ""
    assert "n=1" in call.words


def test_folder_that_is_a_file(tmp_path: Path, call: Call) -> None:
    (tmp_path / "file").write_text("kept")
    assert call("run", "onemax", "--instances", "8", "--out", str(tmp_path / "file")) == 2
    assert (call.out, call.err.count("\n")) == ("", 1)
    assert "file" in call.err
    assert (tmp_path / "file").read_text() == "kept"


# looking at logs

def test_show(tmp_path: Path, call: Call) -> None:
    log = tmp_path / "[bold]log[x].txt"
    points = Points("[red]points[/nope]")
    points.to_str = lambda x: "[/b] the solution"  # type: ignore[method-assign]
    execution = setup(Values([9, 7, 8, 2.5], 0), log=log).set_solution_space(points)
    with execution.set_log_improvements().execute():
        pass
    assert call("show", str(log)) == 0
    for part in ("[bold]log[x].txt", "[red]points[/nope]", "[/b] the solution", "4 FEs", "0x1",
                 "2.5, found at FE 4", "best objective value over FEs", "9 |", "2.5 |"):
        assert part.replace(" ", "") in call.words.replace(" ", "")


@pytest.mark.parametrize("values", [
    [inf, 5, inf, 3], [inf, inf], [5, inf], [10 ** 400, 3], [1e308, -1e308], [0.0]])
def test_show_of_odd_values(values: list[Any], tmp_path: Path, call: Call) -> None:
    log = tmp_path / "log.txt"
    with setup(values, log=log).set_log_all_fes().execute():
        pass
    assert call("show", str(log)) == 0
    assert f"{len(values)} FEs" in call.out


@pytest.mark.parametrize("text", [chr(0xd800), chr(0xdcff), "\x1b", "a\x00b", "x" * 10_000])
def test_show_of_odd_texts(text: str, tmp_path: Path) -> None:
    """What a terminal cannot print is no reason to fail."""
    log = tmp_path / "log.txt"
    points = Points(f"name {text}")
    points.to_str = lambda x: f"solution {text}"  # type: ignore[method-assign]
    with setup([1], log=log).set_solution_space(points).execute():
        pass
    done = subprocess.run([FESCUE, "show", str(log)], capture_output=True, check=False,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"solution" in done.stdout


def test_show_of_a_failed_run(tmp_path: Path, call: Call) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(RuntimeError):
        setup([4, RuntimeError("[red] no: # more")], log=log).execute()
    assert call("show", str(log)) == 0
    for part in ("ERROR_IN_RUN", "exceptionType: RuntimeError", "[red] no: # more", "4, found at"):
        assert part in call.words


@pytest.mark.parametrize("data", [
    b"", b"\x00\xff\xfe" * 50, b"BEGIN_STATE\ntotalFEs: 1\n", b"no log at all\n", None])
def test_show_of_what_is_no_log(data: bytes | None, tmp_path: Path, call: Call) -> None:
    log = tmp_path / "bad.txt"
    if data is not None:
        log.write_bytes(data)
    assert call("show", str(log)) == 2
    assert (call.out, call.err.count("\n")) == ("", 1)
    assert "bad.txt" in call.err


@pytest.mark.parametrize("table", ["fes;timeMS\n1;2", "x;y;z\n1;2;3", "fes;timeMS;f\ninf;1;2"])
def test_show_of_other_tables(table: str, tmp_path: Path, call: Call) -> None:
    """A table of progress that is none is shown as far as possible, or refused in one line."""
    log = tmp_path / "log.txt"
    with setup([1], log=log).execute():
        pass
    log.write_text(f"BEGIN_PROGRESS\n{table}\nEND_PROGRESS\n" + log.read_text())
    assert call("show", str(log)) in (0, 2)


def test_list(call: Call) -> None:
    assert call("list") == 0
    for catalogue in (problems.CATALOGUE, problems.MO_CATALOGUE, algorithms.CATALOGUE,
                      algorithms.MO_CATALOGUE, operators.CATALOGUE, spaces.CATALOGUE):
        for entry in catalogue:
            assert re.search(rf"│ {re.escape(entry.name)} +│", call.out)


# Ctrl-C

MODULE = """
from pathlib import Path
from time import sleep
from fescue import RLS, BitStrings, Execution, OneMax, Op0Random, Op1Flip1
class Waiting(OneMax):
    count = 0
    def initialize(self):
        pass
    def evaluate(self, x):
        self.count += 1
        if self.count > 25:  # more than a warm-up has
            Path("waiting").touch()
            while not Path("go").exists():
                sleep(0.01)
        return super().evaluate(x)
def rls(problem):
    execution = Execution().set_objective(problem).set_solution_space(BitStrings(problem.n))
    return execution.set_algorithm(RLS(Op0Random(), Op1Flip1()))
def setups():
    return [lambda: Waiting(64)], [rls]
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_in_mid_run(jobs: str, tmp_path: Path) -> None:
    """All processes of the command get the signal, as from a terminal."""
    (tmp_path / "mine.py").write_text(MODULE)
    args = [FESCUE, "run", "mine:setups", "--runs", "2", "--max-fes", "60", "--jobs", jobs]
    program = subprocess.Popen(args, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, start_new_session=True)
    end = time.monotonic() + 60
    while not (tmp_path / "waiting").exists():
        assert time.monotonic() < end, "the run does not begin"
        time.sleep(0.02)
    os.killpg(program.pid, signal.SIGINT)
    out, err = program.communicate(timeout=30)
    assert (program.returncode, out) == (130, "")
    assert err == "Interrupted. 0 of 2 runs are complete; the same command continues.\n"
    assert list(tmp_path.rglob("*.txt")) == []
    (tmp_path / "go").touch()
    again = subprocess.run(args, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    logs = sorted((tmp_path / "results").rglob("*.txt"))
    assert [read_log(log).total_fes for log in logs] == [60, 60]
