"""A study that was killed, or ended, goes on where it was."""

import asyncio
import gc
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fescue._experiment.owner import Owner, _start_of
from fescue.tuning import (
    BayesianStrategy,
    GridSearchStrategy,
    OptimizationResult,
    Optimizer,
    Parameter,
    ParameterType,
    RandomSearchStrategy,
)
from fescue.utils.errors import LogFileError, TuningError

PARAMETERS = [Parameter("x", ParameterType.FLOAT, -5.0, 5.0),
              Parameter("n", ParameterType.INTEGER, 1, 8),
              Parameter("kind", ParameterType.CATEGORICAL, choices=["a", "b", ("c", 1)])]
STRATEGIES: list[Any] = [RandomSearchStrategy, GridSearchStrategy, BayesianStrategy]
every = pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: s.__name__)


class Killed(BaseException):
    """Stands for the end of a process."""


class Service:
    """An objective that counts its calls, and may come to an end."""

    def __init__(self, last: int = 10 ** 9) -> None:
        self.calls = 0
        self._last = last

    async def __call__(self, params: dict[str, Any]) -> float:
        self.calls += 1
        if self.calls > self._last:
            raise Killed
        await asyncio.sleep(0)
        if params["n"] == 5:
            raise ValueError("five")
        return float((params["x"] - 1) ** 2 + params["n"])


def tune(objective: Any, log: Path, strategy: Any = None, iterations: int = 20,
         parameters: Any = PARAMETERS, **more: Any) -> OptimizationResult:
    more.setdefault("seed", 3)
    return asyncio.run(Optimizer(strategy).optimize(
        parameters, objective, iterations, log_file=log, **more))


def asked(result: OptimizationResult) -> list[Any]:
    return [(r["number"], r["parameters"], r["score"], r["state"], r["reason"])
            for r in result.history]


@every
@pytest.mark.parametrize("last", [0, 1, 7, 19])
def test_the_same_as_undisturbed(strategy: Any, last: int, tmp_path: Path) -> None:
    whole = tune(Service(), tmp_path / "whole.txt", strategy())
    log = tmp_path / "study.txt"
    with pytest.raises(Killed):
        tune(Service(last), log, strategy())
    assert (tmp_path / "study.txt.journal").exists()
    second = Service()
    result = tune(second, log, strategy())
    assert second.calls == 20 - last, "nothing is evaluated twice"
    assert asked(result) == asked(whole)
    assert (result.parameters, result.score) == (whole.parameters, whole.score)
    assert not (tmp_path / "study.txt.journal").exists()


@every
def test_a_finished_study_is_there_at_once_and_can_be_continued(strategy: Any,
                                                                tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    result = tune(Service(), log, strategy(), 12)
    idle = Service(0)
    again = tune(idle, log, strategy(), 12)
    assert idle.calls == 0
    assert asked(again) == asked(result)
    more = Service()
    longer = tune(more, log, strategy(), 15)
    assert more.calls == 3
    assert asked(longer)[:12] == asked(result)


def test_trials_in_flight_are_asked_again_first(tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    started: list[Any] = []

    async def hangs(params: dict[str, Any]) -> float:
        started.append(dict(params))
        if len(started) in (2, 3):
            await asyncio.sleep(1000)
        return params["x"]  # type: ignore[no-any-return]

    first = tune(hangs, log, iterations=8, workers=3, timeout=0.5)
    assert first.stopped in ("timeout", "iterations")
    in_flight = [r["parameters"] for r in first.history if r["state"] == "cancelled"]
    assert len(in_flight) == 2
    again: list[Any] = []

    async def hangs_no_more(params: dict[str, Any]) -> float:
        again.append(dict(params))
        return params["x"]  # type: ignore[no-any-return]

    hangs_no_more.__name__ = "hangs"
    result = tune(hangs_no_more, log, iterations=8, workers=3)
    assert again[:2] == in_flight
    assert result.iterations == 8
    assert len({json.dumps(r["parameters"]) for r in result.history}) == 8


def test_a_fresh_seed_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    with pytest.raises(Killed):
        tune(Service(5), log, seed=None)
    result = tune(Service(), log, seed=None)
    assert result.iterations == 20
    assert tune(Service(), tmp_path / "other.txt", seed=None).parameters != result.parameters


@pytest.mark.parametrize(("change", "text"), [
    ({"seed": 4}, "its seed is 3, but that of this one is 4"),
    ({"strategy": GridSearchStrategy()}, "its class is 'fescue.tuning.strategies.random"),
    ({"parameters": PARAMETERS[:2]}, "its parameters is"),
    ({"initial": [{"x": 0.0, "n": 1, "kind": "a"}]}, "its initial is"),
    ({"objective": lambda params: 1.0}, "its objective is 'Service'")])
def test_another_study_is_refused(change: dict[str, Any], text: str, tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    tune(Service(), log)
    before = log.read_bytes()
    with pytest.raises(ValueError, match=f"is the log of another study: {text}"):
        tune(**{"objective": Service(), "log": log, **change})
    assert log.read_bytes() == before


def _journal(tmp_path: Path) -> tuple[Path, Path]:
    log = tmp_path / "study.txt"
    with pytest.raises(Killed):
        tune(Service(9), log)
    return log, tmp_path / "study.txt.journal"


@pytest.mark.parametrize("cut", [1, 5, 40, 90])
def test_a_line_that_is_cut_off_is_done_again(cut: int, tmp_path: Path) -> None:
    whole = tune(Service(), tmp_path / "whole.txt")
    log, journal = _journal(tmp_path)
    data = journal.read_bytes()
    journal.write_bytes(data[:-cut])
    assert asked(tune(Service(), log)) == asked(whole)


@pytest.mark.parametrize(("edit", "text"), [
    (lambda lines: [*lines[:4], "nonsense", *lines[4:]], "line 5 of the trials is no JSON"),
    (lambda lines: [*lines[:4], "3", *lines[4:]], "line 5 of the trials is no JSON object"),
    (lambda lines: [*lines[:3], *lines[4:]], "does not fit"),
    (lambda lines: [*lines[:2], '{"end": 7, "score": 1.0, "state": "complete"}'], "ends no trial"),
    (lambda lines: [*lines[:2], '{"end": 0, "score": "1", "state": "complete"}'], "ends no trial"),
    (lambda lines: [*lines[:2], '{"end": 0, "score": 1, "state": "odd"}'], "ends no trial"),
    (lambda lines: [lines[0], '{"ask": 0, "parameters": {"x": 0}}'], "trial 0 had the parameters")])
def test_a_journal_that_was_changed_is_refused(edit: Any, text: str, tmp_path: Path) -> None:
    log, journal = _journal(tmp_path)
    journal.write_text("\n".join(edit(journal.read_text().splitlines())) + "\n")
    with pytest.raises(LogFileError, match=text):
        tune(Service(), log)


def test_a_study_that_is_going_on_is_left_alone(tmp_path: Path) -> None:
    """Two that write one log would lose trials of each other."""
    log, optimizer = tmp_path / "study.txt", Optimizer(RandomSearchStrategy())
    with optimizer.study(PARAMETERS, 4, seed=3, log_file=log) as study:
        first = study.ask()
        study.tell(first, 1.0)
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        with pytest.raises(TuningError, match=r"study.txt is going on in this program: close\(\)"):
            optimizer.study(PARAMETERS, 4, seed=3, log_file=log)
        assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
        study.tell(study.ask(), 0.5)
    assert [path.name for path in tmp_path.iterdir()] == ["study.txt"]
    # one that was refused, has failed, or was forgotten is in nobody's way
    optimizer.study(PARAMETERS, 4, seed=3, log_file=log)
    gc.collect()
    with pytest.raises(ValueError, match="another study"):
        optimizer.study(PARAMETERS, 4, seed=4, log_file=log)
    with optimizer.study(PARAMETERS, 4, seed=3, log_file=log) as study:
        assert study.result().iterations == 2
    assert [path.name for path in tmp_path.iterdir()] == ["study.txt"]


@pytest.mark.parametrize(("change", "text"), [
    ({"pid": os.getppid(), "start": None}, f"going on in process {os.getppid()}: wait"),
    ({"machine": "another"}, "going on on another machine: wait"),
    ({"start": "earlier"}, "")], ids=["other", "remote", "dead"])
def test_whose_study_it_is(change: dict[str, Any], text: str, tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    owner = json.loads(Owner.me().to_text()) | change
    owner["start"] = owner["start"] or _start_of(owner["pid"])
    (tmp_path / "study.txt.claim-1").write_text(json.dumps(owner) + "\n")
    if text:
        with pytest.raises(TuningError, match=text):
            tune(Service(), log)
        assert [path.name for path in tmp_path.iterdir()] == ["study.txt.claim-1"]
    else:
        tune(Service(), log)
        assert [path.name for path in tmp_path.iterdir()] == ["study.txt"]


def test_a_program_that_was_killed_before_it_signed_is_dead_soon(tmp_path: Path) -> None:
    claim = tmp_path / "study.txt.claim-1"
    claim.touch()
    os.utime(claim, (time.time() - 4, time.time() - 4))
    assert tune(Service(), tmp_path / "study.txt").iterations == 20
    assert [path.name for path in tmp_path.iterdir()] == ["study.txt"]


def test_the_log_of_something_else_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    log.write_text("BEGIN_X\nsomething\nEND_X\n")
    with pytest.raises(LogFileError, match="log of something else"):
        tune(Service(), log)
    assert log.read_text() == "BEGIN_X\nsomething\nEND_X\n"


PROGRAM = '''
import asyncio, sys, time
from fescue.tuning import *

async def objective(params):
    await asyncio.sleep(0.002)
    return (params["x"] - 1) ** 2 + params["n"]

asyncio.run(Optimizer().optimize(
    [Parameter("x", ParameterType.FLOAT, -5.0, 5.0), Parameter("n", ParameterType.INTEGER, 1, 8)],
    objective, 400, seed=1, workers=4, log_file="study.txt"))
'''


def test_killed_again_and_again(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    log, journal = tmp_path / "study.txt", tmp_path / "study.txt.journal"

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "program.py"], cwd=tmp_path, env=dict(os.environ),
                                stderr=subprocess.PIPE)

    kills, acknowledged = 0, 0
    for more in range(5):
        child = start()
        end = time.monotonic() + 60
        while child.poll() is None and time.monotonic() < end and not (
                journal.exists() and journal.read_bytes().count(b'"end"') > acknowledged + 20 * (
                    1 + more % 3)):
            time.sleep(0.005)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.communicate()
        acknowledged = journal.read_bytes().count(b'"end"') if journal.exists() else 400
    child = start()
    _, errors = child.communicate(timeout=120)
    assert child.returncode == 0, errors
    assert kills >= 3
    events = [json.loads(line) for line in log.read_text().splitlines()
              if line.startswith(('{"ask"', '{"end"'))]
    ends = [event["end"] for event in events if "end" in event]
    assert sorted(ends) == list(range(400)), "none is lost, none is there twice"
    assert not journal.exists()
