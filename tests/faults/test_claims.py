"""Claims: one attempt at a time, whoever dies, on whatever machine."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import fescue._experiment.claims as claims
import fescue.utils.path as files
from experiment_parts import DEMO, Lab
from fescue._experiment.claims import Claim, End, current_claim, kills
from fescue._experiment.files import State
from fescue._experiment.owner import Owner
from fescue._experiment.survey import survey


def _log(folder: Path, name: str = DEMO[1]) -> Path:
    path = folder / "alg" / "demo" / f"alg_demo_{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_claim(log: Path, attempt: int = 1, age: float = 0, **changes: Any) -> Path:
    """Write the claim of another process."""
    path = Claim(log, attempt).path
    path.write_text(json.dumps({**json.loads(Owner.me().to_text()), **changes}) + "\n")
    then = time.time() - age
    os.utime(path, (then, then))
    return path


OTHER = "BEGIN_STATE\ntotalFEs: 1\nEND_STATE\nBEGIN_SETUP\na.name: alg\nEND_SETUP\n"
ELSEWHERE = {"machine": "another", "boot": "1", "pid": 1}


def test_one_claim_at_a_time(tmp_path: Path) -> None:
    log = _log(tmp_path)
    claim = Claim.acquire(log)
    assert claim is not None
    assert claim.attempt == 1
    assert Claim.acquire(log) is None
    assert current_claim(log) is not None
    claim.release()
    assert list(log.parent.iterdir()) == []
    again = Claim.acquire(log)
    assert again is not None
    again.note(End.PREEMPTED)
    third = Claim.acquire(log)
    assert third is not None
    assert third.attempt == 2
    third.release()
    assert list(log.parent.iterdir()) == [], "what attempts before have left goes, too"


@pytest.mark.parametrize("changes", [
    {"pid": 2 ** 22 + 1}, {"start": "1"}, {"boot": "another"}])
def test_dead_owners_on_this_machine_are_recognised_at_once(
        changes: dict[str, Any], tmp_path: Path) -> None:
    log = _log(tmp_path)
    _write_claim(log, **changes)
    claim = Claim.acquire(log)
    assert claim is not None
    assert claim.attempt == 2
    claim.release()


@pytest.mark.parametrize("changes", [ELSEWHERE, {"namespace": "another"}])
def test_owners_elsewhere_have_a_lease(changes: dict[str, Any], tmp_path: Path) -> None:
    log = _log(tmp_path)
    assert claims.LEASE >= 180
    path = _write_claim(log, age=claims.LEASE - 20, **changes)
    assert Claim.acquire(log) is None
    assert Claim(log, 1).is_remote()
    path.unlink()
    _write_claim(log, age=claims.LEASE + 20, **changes)
    claim = Claim.acquire(log)
    assert claim is not None
    claim.release()


def test_age_does_not_depend_on_the_clock_of_this_process(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _log(tmp_path)
    _write_claim(log, **ELSEWHERE)
    for shift in (-300.0, 300.0):
        now = time.time
        with monkeypatch.context() as patch:
            patch.setattr(time, "time", lambda now=now, shift=shift: now() + shift)
            assert abs(Claim(log, 1).age()) < 60
            assert Claim.acquire(log) is None


@pytest.mark.parametrize("text", ["", "x", "{}", "[1]", '{"pid": "a"}', "[" * 4000, "\x00\n"])
def test_claims_of_any_content(text: str, tmp_path: Path) -> None:
    log = _log(tmp_path)
    path = Claim(log, 1).path
    path.write_text(text)
    assert Claim.acquire(log) is None, "its maker may be about to sign it"
    then = time.time() - claims.SIGNING - 5
    os.utime(path, (then, then))
    claim = Claim.acquire(log)
    assert claim is not None
    claim.release()


def test_a_claim_is_renewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BEAT", 0.02)
    claim = Claim.acquire(_log(tmp_path))
    assert claim is not None
    os.utime(claim.path, (1, 1))
    end = time.monotonic() + 30
    while claim.path.stat().st_mtime < 2:
        assert time.monotonic() < end
        time.sleep(0.01)
    claim.release()


def test_kills_are_counted(tmp_path: Path) -> None:
    log = _log(tmp_path)
    for end in (End.KILLED, End.INTERRUPTED, End.KILLED):
        claim = Claim.acquire(log)
        assert claim is not None
        claim.note(end)
    assert kills(log) == 2


def test_an_experiment_takes_over_what_a_dead_machine_has_left(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LEASE", 2.0)
    lab = Lab(tmp_path)
    _write_claim(_log(tmp_path), **ELSEWHERE)
    (found,) = survey(tmp_path).runs
    assert found.state is State.RUNNING
    lab.run(1)  # waits for the end of the lease
    assert len(lab.runs) == 1
    assert {path.name for path in _log(tmp_path).parent.iterdir()} == {_log(tmp_path).name}


def test_an_experiment_leaves_a_living_machine_its_work(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = Lab(tmp_path)
    path = _write_claim(_log(tmp_path), **ELSEWHERE)
    renewing = subprocess.Popen([sys.executable, "-c", (
        f"import os, time\nwhile True:\n os.utime({str(path)!r}); time.sleep(0.05)")])
    try:
        lab.run(1)
    finally:
        renewing.kill()
        renewing.wait()
    assert lab.runs == []
    assert path.exists()


def test_the_first_complete_log_wins(tmp_path: Path) -> None:
    log = _log(tmp_path)
    outcomes = []
    lab = Lab(tmp_path, act=lambda *_: log.write_text(OTHER))
    lab.run(1, progress=lambda tally: outcomes.append(dict(tally.states)))
    assert log.read_text() == OTHER
    (late,) = (path for path in log.parent.iterdir() if path != log)
    assert late.name == f"{log.name}.late-1"
    assert "END_RESULT_Y" in late.read_text()
    assert outcomes[-1] == {State.DONE: 1}


def _refuse_links(monkeypatch: pytest.MonkeyPatch, errno: int, first: bool = False) -> None:
    real = os.link

    def link(*args: Any, **kwargs: Any) -> None:
        if first:
            real(*args, **kwargs)
        raise OSError(errno, os.strerror(errno))

    monkeypatch.setattr(files.os, "link", link)


@pytest.mark.parametrize("errno", [1, 95, 38])
def test_without_hard_links(errno: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse_links(monkeypatch, errno)
    lab = Lab(tmp_path)
    lab.run(3)
    assert set(lab.states().values()) == {State.DONE}
    assert len(lab.logs()) == 3
    log = _log(tmp_path / "other")
    lab = Lab(tmp_path / "other", act=lambda *_: log.write_text(OTHER))
    lab.run(1)
    assert log.read_text() == OTHER


@pytest.mark.parametrize("errno", [5, 17, 116])
def test_a_link_that_is_reported_as_failed(errno: int, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    _refuse_links(monkeypatch, errno, first=True)
    lab = Lab(tmp_path)
    lab.run(2)
    assert set(lab.states().values()) == {State.DONE}
    assert {path.suffix for path in tmp_path.rglob("*") if path.is_file()} == {".txt"}


def test_leftovers_beside_complete_logs_are_removed(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.run(2)
    log = lab.logs()[0]
    _write_claim(log, 1, pid=2 ** 22 + 1)
    Claim(log, 1).part.write_text("x")
    Claim(log, 2).part.write_text("x")
    alive = _write_claim(log, 3, **ELSEWHERE)
    lab.run(2)
    assert sorted(log.parent.iterdir()) == sorted([*lab.logs(), alive])
