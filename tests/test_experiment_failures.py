"""Experiments in which something goes wrong: failed, killed and interrupted runs, bad files."""

import gc
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import fescue.utils.path as files
from experiment_parts import DEMO, Lab
from fescue._experiment.files import State
from fescue.utils.errors import ExperimentError, FescueError, LogWriteError
from run_parts import sections


class Broken(Exception):
    """Raised by runs of the tests."""


def _fail_on(*bad: tuple[str, str]) -> Any:
    def act(algorithm: str, instance: str, process: Any) -> None:
        if (algorithm, instance) in bad:
            raise Broken(f"{algorithm} on {instance}")
    return act


def _complete(lab: Lab) -> set[str]:
    return {name for name, state in lab.states().items() if state is State.DONE}


@pytest.mark.parametrize("kind", ["empty", "truncated", "no last line end", "other text",
                                  "unfinished section", "binary"])
def test_bad_file_is_set_aside_and_the_run_done_again(kind: str, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.run(4)
    path = lab.logs()[2]
    data = path.read_bytes()
    bad = {"empty": b"", "truncated": data[:len(data) // 2], "no last line end": data[:-5],
           "other text": b"hello\n", "unfinished section": b"BEGIN_STATE\ntotalFEs: 3\n",
           "binary": bytes(range(256))}[kind]
    path.write_bytes(bad)
    lab.runs.clear()
    lab.run(4)
    assert len(lab.runs) == 1
    assert len(_complete(lab)) == 4
    aside = path.with_name(path.name + ".bad-1")
    assert aside.read_bytes() == bad
    assert sections(path)["RESULT_Y"] == sections(lab.logs()[2])["RESULT_Y"]
    path.write_bytes(b"")
    lab.run(4)
    assert path.with_name(path.name + ".bad-2").read_bytes() == b""
    assert aside.read_bytes() == bad
    assert len(_complete(lab)) == 4


def test_complete_logs_of_others_are_kept(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    folder = tmp_path / "alg" / "demo"
    folder.mkdir(parents=True)
    text = "BEGIN_STATE\ntotalFEs: 1\nEND_STATE\nBEGIN_SETUP\na.name: alg\nEND_SETUP\n"
    path = folder / f"alg_demo_{DEMO[1]}.txt"
    path.write_text(text)
    lab.run(1)
    assert lab.runs == []
    assert path.read_text() == text


@pytest.mark.parametrize("on_error", ["raise", "continue"])
def test_failed_runs_are_listed_and_the_others_complete(on_error: str, tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j"), ("a", "b"), act=_fail_on(("a", "j"), ("b", "i")))
    if on_error == "raise":
        with pytest.raises(ExperimentError) as caught:
            lab.run(2)
        assert isinstance(caught.value, FescueError)
        text = str(caught.value)
        assert "Broken: a on j" in text
        assert "Broken: b on i" in text
    else:
        assert lab.run(2, on_error=on_error) == tmp_path.resolve()
        text = None
    assert len(lab.runs) == 8
    for path in lab.logs():
        failed = path.parent.parent.name + path.parent.name in ("aj", "bi")
        assert lab.states()[path.name] is (State.FAILED if failed else State.DONE)
        assert ("ERROR_IN_RUN" in sections(path)) is failed
        if text is not None:
            assert (path.name in text) is failed
    assert len(lab.logs()) == 8


def test_failed_runs_are_done_again_only_when_asked(tmp_path: Path) -> None:
    Lab(tmp_path, ("i", "j"), act=_fail_on(("alg", "j"))).run(2, on_error="continue")
    lab = Lab(tmp_path, ("i", "j"))
    lab.run(2, on_error="continue")
    assert lab.runs == []
    failed = [p for p in lab.logs() if p.parent.name == "j"]
    old = [p.read_bytes() for p in failed]
    lab.run(2, retry_failed=True)
    assert [run[1] for run in lab.runs] == ["j", "j"]
    assert len(_complete(lab)) == 4
    assert [p.with_name(p.name + ".failed-1").read_bytes() for p in failed] == old
    lab.runs.clear()
    lab.run(2, retry_failed=True)
    assert lab.runs == []


def test_a_run_that_fails_again(tmp_path: Path) -> None:
    lab = Lab(tmp_path, act=_fail_on(("alg", "demo")))
    for _ in range(3):
        with pytest.raises(ExperimentError, match=DEMO[1]):
            lab.run([1, 2], retry_failed=True)
    assert len(lab.runs) == 6, "a failed run is not repeated within one call"
    names = sorted(p.name for p in (tmp_path / "alg" / "demo").iterdir())
    assert names == sorted(
        f"alg_demo_{seed}.txt{end}" for seed in (p.stem.rpartition("_")[2] for p in lab.logs())
        for end in ("", ".failed-1", ".failed-2"))


@pytest.mark.parametrize("what", ["no FE", "wrong value", "invalid point", "on_completion"])
def test_other_ways_to_fail(what: str, tmp_path: Path) -> None:
    def act(algorithm: str, instance: str, process: Any) -> None:
        if instance != "j":
            return
        if what == "wrong value":
            process.register([1], 1)
        elif what == "invalid point":
            process.register([-1], 1)
        elif what == "no FE":
            raise ValueError("no FE")

    def fail(instance: Any, log_file: Path, process: Any) -> None:
        if what == "on_completion" and str(instance) == "j":
            raise Broken("in the callback")

    lab = Lab(tmp_path, ("i", "j", "k"), act=act)
    with pytest.raises(ExperimentError, match="alg_j"):
        lab.run(1, on_completion=fail)
    states = {path.parent.name: lab.states()[path.name] for path in lab.logs()}
    assert states == {"i": State.DONE, "j": State.FAILED, "k": State.DONE}


@pytest.mark.parametrize("where", ["solve", "on_completion"])
def test_keyboard_interrupt_leaves_no_final_log(where: str, tmp_path: Path) -> None:
    interrupted: list[Path] = []

    def act(algorithm: str, instance: str, process: Any) -> None:
        if where == "solve" and len(lab.runs) == 3:
            interrupted.append(Path(process.get_log_basename() + ".txt"))
            raise KeyboardInterrupt

    def interrupt(instance: Any, log_file: Path, process: Any) -> None:
        if where == "on_completion" and len(lab.runs) == 3:
            interrupted.append(log_file)
            raise KeyboardInterrupt

    lab = Lab(tmp_path, ("i", "demo"), act=act)
    with pytest.raises(KeyboardInterrupt):
        lab.run(4, on_completion=interrupt)
    assert len(lab.runs) == 3
    assert not interrupted[0].exists()
    assert len(lab.logs()) == 2
    assert len(_complete(lab)) == 2
    lab.run(4)
    assert len(lab.runs) == 9, "each run that is left is done once"
    assert len(_complete(lab)) == 8
    assert {p.suffix for p in tmp_path.rglob("*") if p.is_file()} == {".txt"}


@pytest.mark.parametrize("kind", ["perform_warmup", "perform_pre_warmup"])
def test_failing_warm_up_stops_no_other_run(kind: str, tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j", "k"), act=_fail_on(("alg", "j")))
    with pytest.raises(ExperimentError, match="alg_j"):
        lab.run(1, **{kind: True})
    assert len(_complete(lab)) == 2


def test_folder_that_cannot_be_written_ends_the_experiment(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.write_text("a file")
    lab = Lab(base)
    with pytest.raises(OSError, match="base"):
        lab.run(1)
    assert lab.runs == []


def test_full_disk_is_no_failure_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    lab = Lab(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "pwrite", refuse)
        with pytest.raises(LogWriteError):
            lab.run(3)
    assert _complete(lab) == set()
    lab.run(3)
    assert len(_complete(lab)) == 3


_PROGRAM = """
import sys, os, signal
from pathlib import Path
sys.path.insert(0, {tests!r})
from experiment_parts import Lab
def act(algorithm, instance, process):
    with open({journal!r}, "a") as stream:
        stream.write(process.get_log_basename() + "\\n")
    {act}
Lab(Path({base!r}), act=act).run({n})
"""


def _program(tmp_path: Path, act: str, n: int = 1) -> int:
    script = _PROGRAM.format(
        tests=str(Path(__file__).parent), base=str(tmp_path / "base"), n=n, act=act,
        journal=str(tmp_path / "journal"))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=120,
                          check=False).returncode


def test_killed_runs_are_done_again_exactly_once(tmp_path: Path) -> None:
    kill = "os.kill(os.getpid(), signal.SIGKILL)"
    assert _program(tmp_path, kill, 3) == -9
    base = tmp_path / "base"
    assert list(base.rglob("*.txt")) == [], "claims and unfinished files never end in .txt"
    lab = Lab(base)
    lab.run(3)
    assert len(lab.runs) == 3
    assert len(_complete(lab)) == 3
    lab.run(3)
    assert len(lab.runs) == 3


def test_a_run_in_progress_is_not_begun_by_a_second_program(tmp_path: Path) -> None:
    codes: list[int] = []
    lab = Lab(tmp_path / "base", act=lambda *_: codes.append(_program(tmp_path, "pass", 2)))
    lab.run(1)
    # the other program has done the second run and left the first one to this one
    journal = (tmp_path / "journal").read_text().splitlines()
    assert codes == [0]
    assert len(journal) == 1
    assert DEMO[1] not in journal[0]
    assert len(_complete(lab)) == 2


def test_a_process_left_open_does_not_publish_a_later_run(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left_open: list[Any] = []

    def refuse(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    def collect(instance: Any, log_file: Path, process: Any) -> None:
        left_open.clear()
        gc.collect()
        assert not log_file.exists()

    lab = Lab(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "pwrite", refuse)
        # not pytest.raises: what it returns would keep the process alive
        with suppress(LogWriteError):
            lab.run(1, on_completion=lambda i, p, process: left_open.append(process))
    assert len(left_open) == 1
    lab.run(1, on_completion=collect)
    assert len(_complete(lab)) == 1
    assert len(lab.runs) == 2
