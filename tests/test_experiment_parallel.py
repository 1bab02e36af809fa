"""Experiments by several processes, threads, executors and programs: the same logs in any way."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from fescue import (
    EA,
    RLS,
    BitStrings,
    Execution,
    LeadingOnes,
    OneMax,
    Op0Random,
    Op1Flip1,
    Op1MoverNflip,
    Op2Uniform,
    run_experiment,
)
from fescue._experiment.files import State, state_of
from fescue._experiment.pool import Limits
from fescue._experiment.progress import Tally
from fescue.utils.sections import parse_key_values, parse_sections


def setup(algorithm: str, problem: Any) -> Execution:
    """Return a run of 100 FEs."""
    n = problem.n
    made = (RLS(Op0Random(), Op1Flip1()) if algorithm == "rls"
            else EA(Op0Random(), Op1MoverNflip(n), Op2Uniform(), 4, 4))
    return (Execution().set_objective(problem).set_solution_space(BitStrings(n))
            .set_algorithm(made).set_max_fes(100).set_log_improvements())


def experiment(base: Path, n_runs: Any = 5, n_threads: int = 1, **settings: Any) -> Path:
    """Perform a small experiment: 4 pairs."""
    return run_experiment(
        base, [partial(OneMax, 20), partial(LeadingOnes, 12)],
        [partial(setup, "rls"), partial(setup, "ea")], n_runs, n_threads, **settings)


def contents(base: Path) -> dict[str, Any]:
    """Return what all logs say, but for times and the system."""
    found = {}
    for path in sorted(base.rglob("*.txt")):
        assert state_of(path) is State.DONE
        sections = parse_sections(path.read_text().splitlines())
        state = parse_key_values(sections["STATE"])
        found[str(path.relative_to(base))] = (
            [row.split(";")[::2] for row in sections["PROGRESS"]], sections["SETUP"],
            sections["RESULT_Y"], {k: v for k, v in state.items() if "Time" not in k})
    return found


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return contents(experiment(tmp_path_factory.mktemp("serial")))


EXECUTORS: dict[str, Callable[[], Executor]] = {
    "threads": partial(ThreadPoolExecutor, 3),
    "processes": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn"))}


@pytest.mark.parametrize("n_threads", [2, 3])
@pytest.mark.parametrize("warm", [True, False])
def test_workers(n_threads: int, warm: bool, serial: dict[str, Any], tmp_path: Path) -> None:
    experiment(tmp_path, n_threads=n_threads, perform_pre_warmup=warm, perform_warmup=warm)
    assert contents(tmp_path) == serial
    assert len(serial) == 20
    assert all(path.suffix == ".txt" for path in tmp_path.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", EXECUTORS)
def test_executors(kind: str, serial: dict[str, Any], tmp_path: Path) -> None:
    with EXECUTORS[kind]() as executor:
        experiment(tmp_path, executor=executor)
    assert contents(tmp_path) == serial


def test_one_worker_with_limits(serial: dict[str, Any], tmp_path: Path) -> None:
    experiment(tmp_path, run_limits=Limits(seconds=60, memory=4 * 10 ** 9))
    assert contents(tmp_path) == serial


_PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from test_experiment_parallel import experiment
def note(instance, log_file, process):
    with open({journal!r}, "a") as stream:
        stream.write(log_file.name + "\\n")
experiment(Path({base!r}), 20, {n}, on_completion=note, perform_pre_warmup=False)
"""


@pytest.mark.parametrize("n", [1, 2])
def test_several_programs_share_the_work(n: int, tmp_path: Path) -> None:
    base, journals = tmp_path / "base", [tmp_path / f"journal{i}" for i in range(3)]
    programs = [subprocess.Popen([sys.executable, "-c", _PROGRAM.format(
        tests=str(Path(__file__).parent), base=str(base), journal=str(journal), n=n)])
        for journal in journals]
    assert [program.wait(120) for program in programs] == [0, 0, 0]
    done = Counter(name for journal in journals if journal.exists()
                   for name in journal.read_text().split())
    assert len(done) == 80
    assert set(done.values()) == {1}, "each run was performed once"
    assert len(contents(base)) == 80
    assert all(path.suffix == ".txt" for path in base.rglob("*") if path.is_file())


def test_progress(tmp_path: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    texts: list[str] = []

    def note(tally: Tally) -> None:
        seen.append((tally.total, tally.finished, tally.failed))
        texts.append(str(tally))

    experiment(tmp_path, 2, progress=note)
    assert seen == [(8, i, 0) for i in range(9)]
    assert texts[0].startswith("0/8 runs")
    assert texts[-1].startswith("8/8 runs")
    seen.clear()
    experiment(tmp_path, 3, 2, progress=note)
    assert seen == [(12, i, 0) for i in range(8, 13)]
    seen.clear()
    experiment(tmp_path, 3, progress=note)
    assert seen == []


@pytest.mark.parametrize(("settings", "error"), [
    ({"executor": 3}, TypeError), ({"run_limits": 3}, TypeError), ({"on_error": "x"}, ValueError),
    ({"retry_failed": 1}, TypeError), ({"log_host_details": None}, TypeError)])
def test_wrong_settings(settings: dict[str, Any], error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error, match=next(iter(settings))):
        experiment(tmp_path / "base", **settings)
    assert not (tmp_path / "base").exists()


def test_limits_need_workers_of_our_own(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="run_limits"):
        experiment(tmp_path, executor=executor, run_limits=Limits(1))


def test_failures_of_workers_are_reported(tmp_path: Path) -> None:
    def fail(instance: Any, log_file: Path, process: Any) -> None:
        raise KeyError("in the callback")

    experiment(tmp_path, 1, 2, on_completion=fail, on_error="continue")
    logs = list(tmp_path.rglob("*.txt"))
    assert {state_of(log) for log in logs} == {State.FAILED}
    assert all("KeyError" in log.read_text() for log in logs)


def test_host_details_reach_the_workers(tmp_path: Path) -> None:
    experiment(tmp_path, 1, 2, log_host_details=True)
    for log in tmp_path.rglob("*.txt"):
        assert "session.node" in log.read_text()
