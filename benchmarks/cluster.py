"""Runs of one FE through a Dask cluster on loopback, beside calls of nothing through the same.

Usage: ``python benchmarks/cluster.py [--runs 1000] [--workers 2] [--repeats 5] [--folder DIR]``,
or ``--many 100000`` for that many runs at a stretch, and the memory of this process meanwhile.

A scheduler and workers with one thread each are started as processes. *Nothing* is a function that
returns at once, as many calls as there are runs, all submitted at first. Runs are those of random
sampling on OneMax with 16 bits, without a warm-up, with logs in ``--folder``, by default in memory,
as disks differ from second to second. *The same, no cluster* are the same runs by a process pool
of the standard library with as many workers. *Overhead* is what the cluster costs beyond that.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
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


def seconds_of_runs(executor, n, shared, base, progress=False):
    """Return the seconds that ``n`` runs take."""
    with tempfile.TemporaryDirectory(dir=base) as folder:
        start = time.perf_counter()
        run_experiment(folder, [lambda: OneMax(16)], [setup], n, executor=executor,
                       perform_warmup=False, perform_pre_warmup=False, shared_folder=shared,
                       progress=progress)
        taken = time.perf_counter() - start
        assert len(list(Path(folder).rglob("*.txt"))) == n
    return taken


def many(executor, n, shared, base):
    """Make many runs, and print the memory of this process ten times."""
    process = psutil.Process()

    def show(tally):
        if tally.finished % (n // 10) == 0:
            print(_cells(f"{tally.finished:,}", f"{process.memory_info().rss / 2 ** 20:.0f}"),
                  flush=True)

    print(_cells("runs", "MB"))
    print(_cells("---", "---"))
    seconds = seconds_of_runs(executor, n, shared, base, show)
    print(f"\n{1000 * seconds / n:.2f} ms for each run")


def main():
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="runs through a cluster")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--folder", default="/dev/shm" if Path("/dev/shm").is_dir() else None)
    parser.add_argument("--many", type=int, default=0)
    parser.add_argument("--afar", action="store_true", help="of --many: logs travel back")
    options = parser.parse_args()
    n = options.runs
    with tempfile.TemporaryDirectory() as folder, cluster(folder, options.workers) as client:
        executor, base = client.get_executor(pure=False), options.folder
        if options.many:
            many(executor, options.many, not options.afar, base)
            return
        pool = ProcessPoolExecutor(options.workers)
        jobs = {"nothing": lambda: seconds_of_nothing(executor, n),
                "the same, no cluster": lambda: seconds_of_runs(pool, n, True, base),
                "runs, shared folder": lambda: seconds_of_runs(executor, n, True, base),
                "runs, logs travel back": lambda: seconds_of_runs(executor, n, False, base)}
        for job in jobs.values():
            job()  # everything is imported then
        found = {name: [] for name in jobs}
        for _ in range(options.repeats):
            for name, job in jobs.items():
                found[name].append(1000 * job() / n)
        print(_cells(f"{n} calls, {options.workers} workers", "ms each", "overhead ms"))
        print(_cells(*["---"] * 3))
        pool.shutdown()
        alone = float(np.median(found["the same, no cluster"]))
        for name, values in found.items():
            median = float(np.median(values))
            print(_cells(name, f"{median:.2f}",
                         f"{median - alone:.2f}" if name.startswith("runs") else ""))


if __name__ == "__main__":
    main()
