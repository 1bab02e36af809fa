"""Experiments and studies on a real Dask cluster on loopback, whose workers are killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import Client

from fescue import RLS, BitStrings, Execution, LeadingOnes, Op0Random, Op1Flip1, run_experiment
from fescue.evaluation import read_runs
from fescue.tuning import Optimizer, Parameter, ParameterType

DASK = str(Path(sys.executable).with_name("dask"))
FESCUE = str(Path(sys.executable).with_name("fescue"))


@contextmanager
def cluster(folder, n=2):
    """Start a scheduler and workers, each a process of its own."""
    processes = []

    def start(name, *arguments):
        log = (folder / f"{name}.log").open("w")
        # workers import the functions of this module, as they would import a user's
        paths = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        processes.append((subprocess.Popen([DASK, *arguments], stdout=log, stderr=log,
                                           cwd=folder, env=environment), log))
        return processes[-1][0]

    try:
        start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", "0",
              "--no-dashboard", "--scheduler-file", str(folder / "scheduler.json"))
        deadline = time.monotonic() + 60
        while not (folder / "scheduler.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        address = json.loads((folder / "scheduler.json").read_text())["address"]
        workers = [start(f"worker{i}", "worker", address, "--nthreads", "1", "--no-nanny",
                         "--no-dashboard", "--host", "127.0.0.1") for i in range(n)]
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(n, timeout=60)
            yield client, address, workers
    finally:
        for process, log in reversed(processes):
            process.kill()
            process.wait()
            log.close()


def slow_sum(x):
    time.sleep(0.002)
    return float(x.sum())


def setup(problem):
    execution = Execution().set_solution_space(BitStrings(problem.n)).set_objective(problem)
    execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(200)
    return execution.set_log_improvements()


def patient(problem):
    """A run that takes a while, so that it is going on when its worker is killed."""
    from fescue import Objective

    class Slow(Objective):
        def evaluate(self, x):
            return int(slow_sum(x))

        def __str__(self):
            return "slow"

    execution = Execution().set_solution_space(BitStrings(problem.n)).set_objective(Slow())
    execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(100)
    return execution.set_log_improvements()


INSTANCES = [lambda: LeadingOnes(10), lambda: LeadingOnes(16)]


def results(folder):
    """Return what each run of an experiment has found, by its log's name."""
    runs = read_runs(folder, cache=False)
    assert runs.problems == ()
    return {Path(path).name: (best, fes) for path, best, fes in zip(
        runs["path"], runs["best_f"].tolist(), runs["total_fes"].tolist(), strict=True)}


@pytest.mark.slow
def test_experiments_on_a_cluster(tmp_path):
    expected = results(run_experiment(tmp_path / "serial", INSTANCES, [setup], 6))
    with cluster(tmp_path) as (client, address, _):
        for name, shared in (("shared", True), ("afar", False)):
            folder = run_experiment(
                tmp_path / name, INSTANCES, [setup], 6, shared_folder=shared,
                executor=client.get_executor(pure=False))
            assert results(folder) == expected
            assert not [p for p in folder.rglob("*") if "claim" in p.name or "part" in p.name]
            # what is there is not done again
            before = {p: p.stat().st_mtime_ns for p in folder.rglob("*.txt")}
            run_experiment(folder, INSTANCES, [setup], 6, shared_folder=shared,
                           executor=client.get_executor(pure=False))
            assert before == {p: p.stat().st_mtime_ns for p in folder.rglob("*.txt")}
        for option in ("--shared-folder", "--no-shared-folder"):
            out = tmp_path / f"command{option}"
            done = subprocess.run(
                [FESCUE, "run", "onemax", "--instances", "16", "--algorithms", "rls,ea", "--runs",
                 "3", "--max-fes", "100", "--out", str(out), "--dask", address, option],
                capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stderr
            assert len(results(out)) == 6
        x = Parameter("x", ParameterType.FLOAT, -1.0, 1.0)
        result = Optimizer("tpe").optimize_sync(
            [x], _square, 40, seed=1, workers=2, executor=client.get_executor(pure=False))
        assert [t["state"] for t in result.history] == ["complete"] * 40


def _square(params):
    return params["x"] ** 2


@pytest.mark.slow
@pytest.mark.parametrize("shared", [True, False])
def test_a_worker_is_killed_in_mid_experiment(shared, tmp_path):
    expected = results(run_experiment(tmp_path / "serial", INSTANCES, [patient], 6))
    with cluster(tmp_path) as (client, _, workers):
        killed = []

        def kill(tally):
            if tally.finished >= 3 and not killed:
                killed.append(workers[0].pid)
                workers[0].send_signal(signal.SIGKILL)

        folder = run_experiment(
            tmp_path / "killed", INSTANCES, [patient], 6, shared_folder=shared, progress=kill,
            executor=client.get_executor(pure=False))
        assert killed
        assert results(folder) == expected  # each run is there, exactly once
        assert len(list(folder.rglob("*.txt"))) == 12
        assert not [p for p in folder.rglob("*") if re.search(r"\.(bad|late)-", p.name)]


@pytest.mark.slow
def test_no_scheduler(tmp_path):
    done = subprocess.run(
        [FESCUE, "run", "onemax", "--out", str(tmp_path / "x"), "--dask", "tcp://127.0.0.1:9"],
        capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert "there is no scheduler at" in " ".join(done.stderr.replace("│", " ").split())
