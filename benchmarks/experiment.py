"""The cost of an experiment around its runs: ``python benchmarks/experiment.py [--quick]``.

* overhead: runs of 1 FE on OneMax, claim, log and release included, per run, in one process and
  with one worker, for growing numbers of runs;
* restart: the time to find out that a finished experiment of that size is finished;
* efficiency: runs of about one second on two workers, against the time of the runs themselves;
* the same runs of 1 FE by moptipy's run_experiment, serial, in an environment of its own.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from peer import OURS, PEER, Library, interpreters


def plain_setup(library: Library, fes: int, problem: Any) -> Any:
    """Return a run of ``fes`` FEs that is not compiled as a whole."""
    return setup(library, fes, problem).set_compiled(False)


def setup(library: Library, fes: int, problem: Any) -> Any:
    """Return a run of ``fes`` FEs."""
    return (library.Execution().set_objective(problem).set_max_fes(fes)
            .set_solution_space(library.BitStrings(problem.n))
            .set_algorithm(library.RLS(library.Op0Random(), library.Op1Flip1()))
            .set_log_improvements())


def seconds(call: Callable[[], Any]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(folder: str, runs: int, name: str, **settings: Any) -> dict[str, float]:
    """Measure a library on runs of 1 FE, and how long it takes to find out that all are done."""
    library = Library(name)
    call = partial(library.run_experiment, folder, [partial(library.OneMax, 16)],
                   [partial(setup, library, 1)], n_runs=runs, **settings)
    with redirect_stdout(None):
        first = seconds(call)
        return {"per run": first / runs, "restart": seconds(call)}


def in_process(folder: str, runs: int) -> dict[str, float]:
    """Measure fescue in one process."""
    return measure(folder, runs, OURS, progress=False)


def one_worker(folder: str, runs: int) -> dict[str, float]:
    """Measure fescue with one worker process."""
    from fescue._experiment.pool import Limits  # which only a worker can have

    return measure(folder, runs, OURS, progress=False, run_limits=Limits())


def peer(folder: str, runs: int) -> dict[str, float]:
    """Measure moptipy."""
    return measure(folder, runs, PEER)


def efficiency(folder: str, runs: int) -> dict[str, float]:
    """Measure two workers on runs of about one second."""
    import fescue
    from fescue.evaluation import read_log

    total = seconds(partial(
        fescue.run_experiment, folder, [partial(fescue.OneMax, 20_000)],
        [partial(plain_setup, Library(OURS), 200_000)], runs, 2, progress=False))
    work = sum(read_log(path).total_time_millis for path in Path(folder).rglob("*.txt")) / 1000
    return {"seconds": total, "work": work / 2, "efficiency": work / 2 / total,
            "of a run": work / runs}


JOBS: dict[str, Callable[..., dict[str, float]]] = {
    job.__name__: job for job in (in_process, one_worker, peer, efficiency)}


def child(python: str, job: str, runs: int) -> dict[str, float]:
    """Measure in a fresh interpreter, in a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([python, __file__, "--job", job, "--runs", str(runs), "--folder",
                               folder], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs and repeats")
    parser.add_argument("--only-efficiency", action="store_true", help="not the runs of 1 FE")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        print(json.dumps(JOBS[options.job](options.folder, runs=options.runs)))
        return
    pythons = interpreters()
    repeats = 3 if options.quick else 5
    sizes = () if options.only_efficiency else (100, 1000) if options.quick else (
        100, 1000, 10_000)
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; "
          f"medians of {repeats}\n")
    if sizes:
        print("| runs of 1 FE | fescue, in process | fescue, 1 worker | moptipy | ratio | "
              "restart fescue | restart moptipy |")
        print("|---|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        found = [(child(pythons[OURS], "in_process", size),
                  child(pythons[OURS], "one_worker", size), child(pythons[PEER], "peer", size))
                 for _ in range(repeats)]
        here, worker, theirs = ([row[i]["per run"] * 1e3 for row in found] for i in range(3))
        ratio = median(a / b for a, b in zip(here, theirs, strict=True))
        again, peer_again = ([row[i]["restart"] for row in found] for i in (0, 2))
        print(f"| {size:,} | {median(here):.2f} ms | {median(worker):.2f} ms | "
              f"{median(theirs):.2f} ms | {ratio:.2f} | {median(again):.2f} s | "
              f"{median(peer_again):.2f} s |", flush=True)
    runs = 20 if options.quick else 60
    rows = [child(pythons[OURS], "efficiency", runs) for _ in range(repeats)]
    print(f"\n{runs} runs of {median(r['of a run'] for r in rows):.2f} s on 2 workers: "
          f"{median(r['seconds'] for r in rows):.1f} s in all, efficiency "
          f"{median(r['efficiency'] for r in rows):.3f}")


if __name__ == "__main__":
    main()
