"""Runs of one FE through a Dask cluster on loopback, beside calls of nothing through the same.

Usage: ``python benchmarks/cluster.py [--runs 500] [--workers 2] [--repeats 5]``

A scheduler and workers with one thread each are started as processes. *Nothing* is a function that
returns at once, as many calls as there are runs, all submitted at first. Runs are those of random
sampling on OneMax with 16 bits, without a warm-up, with logs in a folder of this machine's disk.
*Overhead* is the time for each run less that for each call of nothing. Memory is that of this
process at the end.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from process import _cells

from fescue import BitStrings, Execution, OneMax, Op0Random, run_experiment
from fescue.algorithms import RandomSampling


@contextmanager
def cluster(folder, n):
    """Start a scheduler and ``n`` workers; the value is a client."""
    from distributed import Client

    dask = str(Path(sys.executable).with_name("dask"))
    processes = []

    def start(*arguments):
        processes.append(subprocess.Popen([dask, *arguments], stdout=subprocess.DEVNULL,
                                          stderr=subprocess.DEVNULL, cwd=folder))

    try:
        file = Path(folder) / "scheduler.json"
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
              "--scheduler-file", str(file))
        while not file.exists():
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        for _ in range(n):
            start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                  "--host", "127.0.0.1")
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(n)
            yield client
    finally:
        for process in processes:
            process.kill()
            process.wait()


def nothing(_):
    """Return at once."""


def setup(problem):
    """Return an execution of one FE."""
    return Execution().set_solution_space(BitStrings(16)).set_objective(problem).set_algorithm(
        RandomSampling(Op0Random())).set_max_fes(1)


def seconds_of_nothing(executor, n):
    """Return the seconds that ``n`` calls of nothing take."""
    start = time.perf_counter()
    for future in [executor.submit(nothing, i) for i in range(n)]:
        future.result()
    return time.perf_counter() - start


def seconds_of_runs(executor, n, shared):
    """Return the seconds that ``n`` runs take."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        run_experiment(folder, [lambda: OneMax(16)], [setup], n, executor=executor,
                       perform_warmup=False, perform_pre_warmup=False, shared_folder=shared)
        taken = time.perf_counter() - start
        assert len(list(Path(folder).rglob("*.txt"))) == n
    return taken


def main():
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="runs through a cluster")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    n = options.runs
    with tempfile.TemporaryDirectory() as folder, cluster(folder, options.workers) as client:
        executor = client.get_executor(pure=False)
        jobs = {"nothing": lambda: seconds_of_nothing(executor, n),
                "runs, shared folder": lambda: seconds_of_runs(executor, n, True),
                "runs, logs travel back": lambda: seconds_of_runs(executor, n, False)}
        for job in jobs.values():
            job()  # everything is imported then
        found = {name: [] for name in jobs}
        for _ in range(options.repeats):
            for name, job in jobs.items():
                found[name].append(1000 * job() / n)
        print(_cells(f"{n} calls, {options.workers} workers", "ms each", "overhead ms"))
        print(_cells(*["---"] * 3))
        base = float(np.median(found["nothing"]))
        for name, values in found.items():
            median = float(np.median(values))
            print(_cells(name, f"{median:.2f}", f"{median - base:.2f}"), flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nmemory of the driver after {n * (options.repeats + 1) * 2:,} runs: {memory:.0f} MB")


if __name__ == "__main__":
    main()
