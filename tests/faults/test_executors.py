"""Experiments by executors of other libraries, each beside the serial one."""

import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from evaluation_parts import ea, rls
from fescue import (
    RLS,
    BitStrings,
    Execution,
    LeadingOnes,
    Objective,
    Op0Random,
    Op1Flip1,
    run_experiment,
)
from fescue.evaluation import read_runs
from fescue.tuning import Optimizer, Parameter, ParameterType, replay_study
from fescue.utils.errors import ExperimentError, TuningError

TESTS = Path(__file__).parents[1]
EXAMPLE = TESTS.parent / "examples" / "slurm_array.sh"
# other libraries, and what they install, are part of the second step
pytestmark = pytest.mark.slow

INSTANCES = [lambda: LeadingOnes(12), lambda: LeadingOnes(24)]
RUNS = 8


def threads():
    return ThreadPoolExecutor(2)


def processes():
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


def loky():
    return pytest.importorskip("loky").ProcessPoolExecutor(2)


def executorlib():
    return pytest.importorskip("executorlib").SingleNodeExecutor(
        max_workers=2, block_allocation=True)


MAKERS = [threads, processes, loky, executorlib]


def results(folder):
    """Return what each run of an experiment has found, by its log's name."""
    runs = read_runs(folder, cache=False)
    assert runs.problems == ()
    assert not [path for path in Path(folder).rglob("*") if path.is_file()
                and path.suffix not in (".txt", ".npz")]
    return {Path(path).name: found for path, *found in zip(
        runs["path"], runs["best_f"].tolist(), runs["total_fes"].tolist(),
        runs["last_improvement_fe"].tolist(), strict=True)}


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    return results(run_experiment(tmp_path_factory.mktemp("serial"), INSTANCES, [rls, ea], RUNS))


@pytest.fixture
def importable(monkeypatch):
    """Let workers import what the tests send them by name."""
    paths = [str(TESTS), str(TESTS / "faults"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("maker", MAKERS)
def test_same_as_serial(maker, shared, serial, importable, tmp_path):
    with maker() as executor:
        folder = run_experiment(tmp_path, INSTANCES, [rls, ea], RUNS, executor=executor,
                                shared_folder=shared)
        assert results(folder) == serial
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.txt")}
        run_experiment(folder, INSTANCES, [rls, ea], RUNS, executor=executor,
                       shared_folder=shared)  # all of it is there
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*.txt")}


class Killer(Objective):
    """Kills its process once."""

    def __init__(self, mark):
        self.mark = mark

    def evaluate(self, x):
        try:
            self.mark.touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)
        except FileExistsError:
            pass
        return int(x.sum())

    def __str__(self):
        return "killer"


def killing(mark):
    def setup(problem):
        return Execution().set_solution_space(BitStrings(12)).set_objective(
            Killer(mark)).set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(50)
    return setup


@pytest.mark.parametrize("maker", [processes, loky])
def test_a_pool_that_breaks_when_a_worker_dies(maker, importable, tmp_path):
    arguments = (tmp_path / "results", INSTANCES[:1], [killing(tmp_path / "mark")], RUNS)
    with maker() as executor, pytest.raises(
            ExperimentError, match=r"takes no more runs.*start again"):
        run_experiment(*arguments, executor=executor)
    with maker() as executor:
        assert len(results(run_experiment(*arguments, executor=executor))) == RUNS


def test_a_pool_that_replaces_workers(importable, tmp_path):
    with executorlib() as executor:
        folder = run_experiment(tmp_path / "results", INSTANCES[:1], [killing(tmp_path / "mark")],
                                RUNS, executor=executor)
    assert (tmp_path / "mark").exists()
    assert len(results(folder)) == RUNS


def deadly(params):
    """Kill the process at the second setting of this study, and only there."""
    if 0.1 < params["x"] < 0.11 and not os.environ.get("HARMLESS"):
        os.kill(os.getpid(), signal.SIGKILL)
    return params["x"] ** 2


@pytest.mark.parametrize("maker", [processes, loky])
def test_a_study_whose_pool_breaks(maker, importable, monkeypatch, tmp_path):
    """Trials that would fail for that reason alone are not recorded, and made when it goes on."""
    x = Parameter("x", ParameterType.FLOAT, 0.1, 1.0)
    settings = [{"x": value} for value in (0.9, 0.8, 0.105, 0.7)]
    arguments = ([x], deadly, 20)
    options = {"seed": 1, "workers": 1, "initial": settings, "log_file": tmp_path / "study.txt"}
    with maker() as executor, pytest.raises(TuningError, match="takes no more trials"):
        Optimizer("random").optimize_sync(*arguments, executor=executor, **options)
    with pytest.raises(TuningError, match="takes no more trials"):  # it is broken for good
        Optimizer("random").optimize_sync(*arguments, executor=executor, **options)
    monkeypatch.setenv("HARMLESS", "1")
    with maker() as executor:
        result = Optimizer("random").optimize_sync(*arguments, executor=executor, **options)
    assert [trial["state"] for trial in result.history] == ["complete"] * 20
    assert replay_study(tmp_path / "study.txt").difference == ""


def test_an_executor_that_was_shut_down(tmp_path):
    with threads() as executor:
        pass
    with pytest.raises(ExperimentError, match="takes no more runs: RuntimeError: cannot schedule"):
        run_experiment(tmp_path, INSTANCES, [rls], RUNS, executor=executor)


def test_workers_that_cannot_import(monkeypatch, tmp_path):
    """What the main program imports from its own folder, workers may not find."""
    (tmp_path / "only_here.py").write_text(
        "from fescue import *\n"
        "def make():\n    return LeadingOnes(12)\n"
        "def setup(problem):\n"
        "    return Execution().set_solution_space(BitStrings(12)).set_objective(problem)"
        ".set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(9)\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    import only_here

    with executorlib() as executor, pytest.raises(
            ExperimentError, match=r"No module named 'only_here'\. Put the module"):
        run_experiment(tmp_path / "results", [only_here.make], [only_here.setup], 2,
                       executor=executor)


MPI = """
import sys
from mpi4py.futures import MPIPoolExecutor
from evaluation_parts import ea, rls
from fescue import run_experiment
from test_executors import INSTANCES, RUNS

if __name__ == "__main__":
    with MPIPoolExecutor() as executor:
        for name in ("shared", "afar"):
            run_experiment(f"{sys.argv[1]}/{name}", INSTANCES, [rls, ea], RUNS,
                           executor=executor, shared_folder=name == "shared")
"""


def test_mpi(serial, importable, tmp_path):
    pytest.importorskip("mpi4py")
    program = tmp_path / "program.py"
    program.write_text(MPI)
    # the one of the environment, which belongs to its library
    mpiexec = Path(sys.executable).with_name("mpiexec")
    done = subprocess.run(
        [str(mpiexec) if mpiexec.exists() else "mpiexec", "-n", "3", sys.executable, "-m",
         "mpi4py.futures", str(program), str(tmp_path)],
        capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert results(tmp_path / "shared") == serial
    assert results(tmp_path / "afar") == serial


def test_an_array_of_jobs(tmp_path):
    """Three copies of the program at a time, as an array of jobs starts them."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    jobs = [subprocess.Popen(
        ["bash", str(EXAMPLE)], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "PATH": path, "RESULTS": str(tmp_path / "results"),
                        "SLURM_ARRAY_TASK_ID": str(i), "SLURM_CPUS_PER_TASK": "1"})
        for i in range(3)]
    for job in jobs:
        assert job.wait(timeout=240) == 0, job.stdout.read()
        job.stdout.close()
    found = results_of_demo(tmp_path / "results")
    assert found["done"] == 36
    assert [*found] == ["done"]
    again = subprocess.run(["fescue", "replay", "results", "--sample", "4"], cwd=tmp_path,
                           capture_output=True, text=True, timeout=240, check=False,
                           env={**os.environ, "PATH": path})
    assert "4 of 4" in again.stdout


def results_of_demo(folder):
    """Return how many runs are in which state."""
    from collections import Counter

    from fescue._experiment.survey import survey

    found = survey(folder)
    assert found.aside == []
    return Counter(run.state.value for run in found.runs)
