"""Experiments: where the logs are, which runs are performed, in which order, with what calls."""

import gc
import os
import time
from math import inf
from pathlib import Path
from typing import Any

import pytest

from experiment_parts import DEMO, FAST, Instance, Lab
from fescue._experiment.files import State
from fescue.api.execution import Execution
from fescue.api.experiment import Parallelism, run_experiment
from fescue.api.process import Process
from fescue.utils.sections import parse_key_values
from run_parts import sections


def test_layout_and_names(tmp_path: Path) -> None:
    base = tmp_path / "a" / "b"
    lab = Lab(base, ("demo", "in-1.5"), ("rls_swap2", "ea"))
    assert lab.run(1) == base.resolve()
    names = [str(path.relative_to(base)) for path in lab.logs()]
    assert f"rls_swap2/demo/rls_swap2_demo_{DEMO[1]}.txt" in names
    assert f"ea/demo/ea_demo_{DEMO[1]}.txt" in names
    assert len(names) == 4
    assert sum(name.startswith("ea/inm1d5/ea_inm1d5_0x") for name in names) == 1
    assert set(lab.states().values()) == {State.DONE}
    assert sorted(lab.base.rglob("*")) == sorted(
        [*lab.logs(), *(p for p in base.rglob("*") if p.is_dir())])


def test_path_may_be_text(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    result = run_experiment(str(tmp_path), lab.instances, lab.setups, 1, **FAST)
    assert isinstance(result, Path)
    assert result == tmp_path.resolve()


@pytest.mark.parametrize("n", [1, 4])
def test_seeds(n: int, tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.run(n)
    seeds = DEMO if n == 4 else DEMO[1:2]
    assert {path.stem.rpartition("_")[2] for path in lab.logs()} == set(seeds)
    for path in lab.logs():
        settings = parse_key_values(sections(path)["SETUP"])
        seed = path.stem.rpartition("_")[2]
        assert settings["p.randSeed(hex)"] == seed
        assert settings["p.randSeed"] == str(int(seed, 16))


def test_seeds_are_shared_by_algorithms(tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j"), ("a", "b"))
    lab.run(5)
    seeds = {pair: {p.stem.rpartition("_")[2] for p in (tmp_path / pair).iterdir()}
             for pair in ("a/i", "b/i", "a/j", "b/j")}
    assert seeds["a/i"] == seeds["b/i"]
    assert seeds["a/j"] == seeds["b/j"]
    assert seeds["a/i"] != seeds["a/j"]


def test_same_experiment_same_results(tmp_path: Path) -> None:
    results = []
    for name in ("first", "second"):
        lab = Lab(tmp_path / name)
        lab.run(4)
        results.append([(p.name, sections(p)["RESULT_Y"]) for p in lab.logs()])
    assert results[0] == results[1]


def test_rounds(tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j", "k"), ("a", "b"))
    lab.run([1, 3, 4])
    pairs = [run[:2] for run in lab.runs]
    assert len(pairs) == 24
    everything = {(a, i) for a in "ab" for i in "ijk"}
    assert set(pairs[:6]) == everything
    assert sorted(pairs[6:18]) == sorted([*everything, *everything])
    assert set(pairs[18:]) == everything
    assert len(lab.logs()) == 24


def test_restart_does_nothing(tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j"), ("a", "b"))
    lab.run(2)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in lab.logs()}
    lab.runs.clear()
    for n_runs in (2, 1, [1, 2]):
        lab.run(n_runs, perform_warmup=True, perform_pre_warmup=True)
    assert lab.runs == []
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in lab.logs()} == before
    assert gc.get_freeze_count() == 0


def test_more_runs_are_added(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.run(1)
    first = lab.logs()[0].read_bytes()
    lab.run(4)
    assert len(lab.runs) == 4
    assert {path.stem.rpartition("_")[2] for path in lab.logs()} == set(DEMO)
    assert next(p for p in lab.logs() if DEMO[1] in p.name).read_bytes() == first


def test_warm_ups(tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j"), ("a",))
    lab.run(2, perform_warmup=True, perform_pre_warmup=True, warmup_fes=70, pre_warmup_fes=30)
    assert lab.runs[:2] == [("a", "i", 30, False), ("a", "j", 30, False)]
    for start in (2, 5):
        name = lab.runs[start][1]
        assert lab.runs[start:start + 3] == [
            ("a", name, 70, False), ("a", name, 50, True), ("a", name, 50, True)]
    assert len(lab.runs) == 8
    assert len(lab.logs()) == 4
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize(("warm", "pre", "calls"), [
    (True, False, [20, 50, 50]), (False, True, [20, 50, 50]), (False, False, [50, 50])])
def test_warm_ups_one_by_one(warm: bool, pre: bool, calls: list[int], tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.run(2, perform_warmup=warm, perform_pre_warmup=pre)
    assert [run[2] for run in lab.runs] == calls
    assert [run[3] for run in lab.runs] == [calls_ == 50 for calls_ in calls]


def test_pre_warm_up_only_for_pairs_with_runs_left(tmp_path: Path) -> None:
    Lab(tmp_path, ("i",), ("a",)).run(2)
    lab = Lab(tmp_path, ("i", "j"), ("a",))
    lab.run(2, perform_pre_warmup=True)
    assert lab.runs[0] == ("a", "j", 20, False)
    assert {run[1] for run in lab.runs} == {"j"}


def test_warm_up_uses_the_seed_of_the_run(tmp_path: Path) -> None:
    drawn: list[int] = []
    lab = Lab(tmp_path, act=lambda a, i, p: drawn.append(int(p.get_random().integers(2 ** 60))))
    lab.run(1, perform_warmup=True, perform_pre_warmup=True)
    assert drawn[1] == drawn[2] != drawn[0]


def test_warm_up_has_no_time_limit_of_the_run(tmp_path: Path) -> None:
    limits: list[int] = []
    lab = Lab(tmp_path, act=lambda a, i, p: limits.append(p.get_max_time_millis()))
    setup = lab.setups[0]
    lab.setups[0] = lambda instance: setup(instance).set_max_time_millis(60_000)
    lab.run(1, perform_warmup=True, perform_pre_warmup=True)
    assert limits == [3_600_000, 3_600_000, 60_000]


def test_on_completion(tmp_path: Path) -> None:
    calls: list[Any] = []

    def note(instance: Any, log_file: Path, process: Process) -> None:
        assert isinstance(instance, Instance)
        assert isinstance(log_file, Path)
        assert isinstance(process, Process)
        assert not log_file.exists()
        assert process.get_log_basename() == str(log_file.with_suffix(""))
        assert process.has_best()
        process.add_log_section("NOTE", "n")
        calls.append((str(instance), log_file))

    lab = Lab(tmp_path, ("i", "j"))
    lab.run(2, on_completion=note, perform_warmup=True, perform_pre_warmup=True)
    assert sorted(path for _, path in calls) == lab.logs()
    assert all(path.parent.name == name for name, path in calls)
    assert all(sections(path)["NOTE"] == ["n"] for path in lab.logs())


def test_settings_of_the_setup_reach_the_run(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    setup = lab.setups[0]
    lab.setups[0] = lambda instance: setup(instance).set_log_all_fes().set_goal_f(-5)
    lab.run(1, perform_warmup=True, perform_pre_warmup=True, log_host_details=True)
    read = sections(lab.logs()[0])
    assert len(read["PROGRESS"]) == 3
    assert parse_key_values(read["SETUP"])["p.goalF"] == "-5"
    assert "session.node" in parse_key_values(read["SYS_INFO"])


def test_no_host_details_by_default(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.run(1)
    assert "session.node" not in parse_key_values(sections(lab.logs()[0])["SYS_INFO"])


@pytest.mark.parametrize(("settings", "error"), [
    ({"instances": 1}, TypeError), ({"instances": []}, ValueError),
    ({"instances": [1]}, TypeError), ({"instances": None}, TypeError),
    ({"setups": 1}, TypeError), ({"setups": []}, ValueError), ({"setups": ["a"]}, TypeError),
    ({"instances": [lambda: None]}, TypeError), ({"setups": [lambda instance: None]}, TypeError),
    ({"setups": [lambda instance: "x"]}, TypeError),
    ({"n_runs": 0}, ValueError), ({"n_runs": -1}, ValueError), ({"n_runs": 1.5}, TypeError),
    ({"n_runs": None}, TypeError), ({"n_runs": []}, ValueError), ({"n_runs": [2, 2]}, ValueError),
    ({"n_runs": [3, 2]}, ValueError), ({"n_runs": [0, 2]}, ValueError),
    ({"n_runs": [1, "2"]}, TypeError), ({"n_runs": "12"}, TypeError),
    ({"n_threads": 0}, ValueError), ({"n_threads": 16385}, ValueError),
    ({"n_threads": 1.0}, TypeError), ({"n_threads": None}, TypeError),
    ({"perform_warmup": 1}, TypeError), ({"perform_pre_warmup": None}, TypeError),
    ({"warmup_fes": 0}, ValueError), ({"warmup_fes": 1_000_001}, ValueError),
    ({"warmup_fes": 1.5}, TypeError), ({"pre_warmup_fes": 0}, ValueError),
    ({"pre_warmup_fes": 1_000_001}, ValueError), ({"pre_warmup_fes": "1"}, TypeError),
    ({"on_completion": 3}, TypeError), ({"on_error": "ignore"}, ValueError),
    ({"retry_failed": 1}, TypeError), ({"log_host_details": 1}, TypeError),
    ({"base_dir": 3}, TypeError), ({"base_dir": None}, TypeError)])
def test_bad_arguments(settings: dict[str, Any], error: type, tmp_path: Path) -> None:
    lab = Lab(tmp_path / "base")
    everything = {"base_dir": lab.base, "instances": lab.instances, "setups": lab.setups,
                  "n_runs": 1, **settings}
    with pytest.raises(error):
        run_experiment(**everything)
    assert lab.runs == []
    assert lab.logs() == []


@pytest.mark.parametrize(("instances", "algorithms"), [
    (("a-1", "am1"), ("x",)), (("ok", "a-1", "a--1"), ("x",)), (("a/b", "a:b"), ("x",)),
    (("i",), ("e+1", "ep1")), (("i", "j"), ("x", "1.5", "1..5")), (("a b", "a_b"), ("x",))])
def test_colliding_names_are_named_before_any_run(
        instances: tuple[str, ...], algorithms: tuple[str, ...], tmp_path: Path) -> None:
    lab = Lab(tmp_path / "base", instances, algorithms)
    with pytest.raises(ValueError) as caught:
        lab.run(1, perform_warmup=True, perform_pre_warmup=True)
    names = instances[-2:] if len(algorithms) == 1 else algorithms[-2:]
    assert all(name in str(caught.value) for name in names)
    assert lab.runs == []
    assert lab.logs() == []


def test_name_that_is_no_file_name(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "base", ("///",))
    with pytest.raises(ValueError, match="///"):
        lab.run(1)
    assert lab.runs == []


@pytest.mark.parametrize("n_threads", [2, Parallelism.RECKLESS])
def test_number_of_threads_changes_no_result(n_threads: int, tmp_path: Path) -> None:
    results = []
    for name, threads in (("one", 1), ("many", n_threads)):
        lab = Lab(tmp_path / name, ("i", "demo"))
        lab.run(3, n_threads=threads)
        assert set(lab.states().values()) == {State.DONE}
        results.append({p.name: sections(p)["RESULT_Y"] for p in lab.logs()})
    assert results[0] == results[1]
    assert len(results[0]) == 6


def test_several_processes_work_at_the_same_time(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    marks.mkdir()

    def meet(algorithm: str, instance: str, process: Any) -> None:
        is_first = not list(marks.iterdir())
        (marks / str(os.getpid())).touch()
        end = time.monotonic() + 8
        while is_first and len(list(marks.iterdir())) < 2 and time.monotonic() < end:
            time.sleep(0.01)

    lab = Lab(tmp_path / "base", act=meet)
    lab.run(2, n_threads=2)
    assert set(lab.states().values()) == {State.DONE}
    pids = {parse_key_values(sections(path)["SYS_INFO"])["session.processId"]
            for path in lab.logs()}
    assert len(pids) == 2


def test_instances_and_setups_may_be_iterators(tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("i", "j"), ("a", "b"))
    run_experiment(tmp_path, iter(lab.instances), iter(lab.setups), iter([1, 2]), **FAST)
    assert len(lab.logs()) == 8


def test_infinite_values_are_no_failure(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    setup = lab.setups[0]

    def worthless(instance: Any) -> Execution:
        execution = setup(instance)
        execution._objective.values = [inf] * 4
        return execution

    lab.setups[0] = worthless
    lab.run(1)
    assert set(lab.states().values()) == {State.DONE}
