"""The command ``fescue tune``: functions, commands, wrong calls."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fescue import read_log
from fescue.tuning.command import Command

FESCUE = str(Path(sys.executable).with_name("fescue"))
STUDY = '''
from fescue.tuning import Parameter, ParameterType
parameters = [Parameter("x", ParameterType.FLOAT, -5, 5),
              Parameter("n", ParameterType.INTEGER, 1, 9)]

def objective(params):
    if params["n"] == 3:
        raise ValueError("no threes")
    return (params["x"] - 1) ** 2 + params["n"]

async def waits(params):
    return params["n"]
'''
PYTHON = ("--", sys.executable, "-c")


def fescue(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FESCUE, "tune", *args], cwd=folder, capture_output=True, text=True,
                          timeout=120, check=False, env={**os.environ, "COLUMNS": "200"})


def test_a_function(tmp_path: Path) -> None:
    (tmp_path / "study.py").write_text(STUDY)
    args = ("study.py:objective", "--trials", "30", "--seed", "1", "--log", "study.txt")
    done = fescue(tmp_path, *args, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["trials"] == 30
    assert result["score"] < 3
    assert result["command"] is None
    assert read_log(tmp_path / "study.txt").best_f == result["score"]
    # the same command has nothing left to do
    again = json.loads(fescue(tmp_path, *args, "--json").stdout)
    assert {**again, "seconds": 0} == {**result, "seconds": 0}
    done = fescue(tmp_path, *args)
    assert "30 trials," in done.stdout
    assert f"  x = {result['parameters']['x']}" in done.stdout
    done = fescue(tmp_path, "study:waits", "--strategy", "grid", "--trials", "9", "--param",
                  "n:int:1:9", "--workers", "3", "--quiet")
    assert (done.returncode, done.stdout) == (0, "")


def test_a_command(tmp_path: Path) -> None:
    program = "import time; time.sleep(0.02 * ({n} != 2)); print('score:', {n}, 'score:', {n} - 7)"
    args = ("--param", "n:int:1:4", "--strategy", "grid", "--trials", "4")
    done = fescue(tmp_path, *args, "--repeats", "3", "--json", *PYTHON, program)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["stopped"] == "iterations"
    assert 0 < result["score"] < 60
    done = fescue(tmp_path, *args, "--measure", r"score: (-?\d+)", "--quiet", *PYTHON, program)
    words = done.stdout.strip()
    assert words.startswith(sys.executable)
    assert "print('\"'\"'score:'\"'\"', 1, " in words
    for measure in ("cpu", "memory"):
        done = fescue(tmp_path, *args, "--measure", measure, "--json", *PYTHON, program)
        assert json.loads(done.stdout)["score"] > 0


def test_conditions_processes_and_earlier_logs(tmp_path: Path) -> None:
    program = "import sys; print('cost:', len(sys.argv) * 10 + int(sys.argv[-1][-1] == '3'))"
    args = ("--param", "codec:cat:none,zstd", "--param", "level:int:1:3:if=codec=zstd",
            "--measure", "cost: ([0-9]+)", "--trials", "9", "--json", *PYTHON, program,
            "--codec={codec}", "--level={level}")
    done = fescue(tmp_path, *args)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["trials"] == 4, "one without a level, three with one"
    assert result["stopped"] == "exhausted"
    assert result["command"].endswith("--codec=none")
    (tmp_path / "study.py").write_text(STUDY)
    first = ("study.py:objective", "--trials", "12", "--seed", "1", "--log", "a.txt", "--json")
    before = json.loads(fescue(tmp_path, *first).stdout)
    done = fescue(tmp_path, "study.py:objective", "--trials", "8", "--seed", "1", "--initial",
                  "a.txt", "--processes", "--workers", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["score"] < before["score"] + 1
    assert fescue(tmp_path, "study.py:objective", "--initial", "none.txt").returncode == 2


def test_several_objectives(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(STUDY.replace(
        'return (params["x"] - 1) ** 2 + params["n"]', 'return params["n"], -params["n"]'))
    done = fescue(tmp_path, "two.py:objective", "--trials", "20", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert "scores 1, -1 x=" in done.stdout
    assert done.stdout.count("scores") == 8


def test_names_are_no_pictures(tmp_path: Path) -> None:
    done = fescue(tmp_path, "--param", "c:cat:a,b", "--trials", "2", "--", "echo", ":cat:{c}")
    assert "echo :cat:a" in done.stdout or "echo :cat:b" in done.stdout
    assert "name:cat:a,b" in "".join(fescue(tmp_path, "--help").stdout.split())


def test_commands_that_fail_or_hang(tmp_path: Path) -> None:
    program = ("import subprocess, sys, time\n"
               "if {n} == 1: sys.exit('no ones')\n"
               "if {n} == 2:\n    subprocess.run([sys.executable, '-c', "
               "'import time; time.sleep(987)'])")
    done = fescue(tmp_path, "--param", "n:int:1:3", "--trials", "3", "--trial-timeout", "2",
                  "--workers", "3", "--strategy", "grid", "--log", "log.txt", *PYTHON, program)
    assert done.returncode == 0, done.stderr
    assert "3 trials, 2 without a score" in done.stdout
    assert "n = 3" in done.stdout
    text = (tmp_path / "log.txt").read_text()
    assert "exit code 1: no ones" in text
    assert "it has taken more than 2.0 seconds" in text
    assert not [p for p in psutil.process_iter(["cmdline"])
                if "import time; time.sleep(987)" in (p.info["cmdline"] or [])]


def test_ctrl_c(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [FESCUE, "tune", "--param", "n:int:1:90", "--log", "log.txt", *PYTHON,
         "import time; time.sleep(0.01 + 0.001 * {n})"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    journal, end = tmp_path / "log.txt.journal", time.monotonic() + 60
    while time.monotonic() < end and not (
            journal.exists() and journal.read_text().count('"end"') > 2):
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130, errors
    assert "Interrupted. The same command continues." in errors
    assert "Traceback" not in errors
    assert journal.read_text().count('"end"') > 2


@pytest.mark.parametrize(("args", "text"), [
    (("study.py:nothing",), "has no attribute 'nothing'"),
    (("no_such_module:f", "--param", "n:int:1:2"), "cannot be imported"),
    (("json:dumps",), "there are no parameters"),
    (("--", "echo", "{n}"), "a command needs parameters"),
    (("--param", "n:int:1:9", "--", "echo"), "does not occur in the command as {n}"),
    (("--param", "n:int:1:9", "--", "echo", "{n}{m}"), "{m} in the command is no parameter"),
    (("--param", "n:int:9:1", "--", "echo", "{n}"), "it is less than min_value=9"),
    (("--param", "n:int:1", "--", "echo", "{n}"), "--param n:int:1:"),
    (("--param", "n:complex:1:2", "--", "echo", "{n}"), "the type must be int, float or cat"),
    (("--param", "n:int:1:9:fast", "--", "echo", "{n}"), "'fast' is neither log nor step"),
    (("--param", "n:int:1:9:if=m=3", "--", "echo", "{n}"), "no earlier parameter 'm'"),
    (("--param", "m:int:1:2", "--param", "n:int:1:9:if=m=x", "--", "echo", "{n}"), "invalid lit"),
    (("--param", "n:cat:a,a", "--", "echo", "{n}"), "'a' occurs twice"),
    (("--param", "n:int:1:9", "--measure", "(", "--", "echo", "{n}"), "no regular expression"),
    (("--param", "n:int:1:9", "--measure", "x", "--", "echo", "{n}"), "has no group")])
def test_wrong_calls(args: tuple[str, ...], text: str, tmp_path: Path) -> None:
    (tmp_path / "study.py").write_text(STUDY)
    done = fescue(tmp_path, *args)
    assert done.returncode == 2, done.stdout
    assert text in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def test_nothing_works(tmp_path: Path) -> None:
    done = fescue(tmp_path, "--param", "n:int:1:9", "--trials", "2", "--", "no-such-program", "{n}")
    assert done.returncode == 2
    assert "no-such-program cannot be started: No such file" in " ".join(done.stderr.split())


def test_parameters_of_all_kinds() -> None:
    command = Command(["p", "--a={a}", "{b}{c}", "x y"], ["a", "b", "c"])
    assert command.line({"a": 1, "b": "u v", "c": 2.5}) == "p --a=1 'u v2.5' 'x y'"
