"""Many programs on one folder: what a run costs its file server, and where that ends.

Usage: ``python benchmarks/shared_folder.py [--folder DIR] [--programs 1,2,4,8,16,32,64]
[--seconds 1] [--picture FILE]``, or ``--look`` for what a program does before its first run.

*Measured*: so many copies of one program, each a process with one thread, on one folder. Runs have
one FE and take ``--seconds``, asleep, so that many programs go on two processors. The time is that
from the first log's to the last log's; all logs are counted and read. *Costs*: with runs that do
not sleep, ``--costs`` programs at a time need folder and processors for all of their time: that is
the most that can be had, and its reciprocal is taken as what one run costs the server.

*Model*: N workers, each of which computes for T seconds and then needs the one server for C
seconds, in the order of arrival; each renews a claim every 20 seconds, which costs one operation of
the 16 that a run does. A simulation of that closed queue gives runs per second. It knows
nothing of caches, of several servers, or of the network's delays, which T may include.

*Look*: of an experiment nothing, or everything, is there: how long a program looks until it knows
what is left (all logs have just been written, so they are in the system's cache), what memory that
takes, and how long ``fescue status`` looks.
"""

import argparse
import heapq
import multiprocessing
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path

import psutil
from process import _cells

from fescue import BitStrings, Execution, Objective, OneMax, Op0Random, run_experiment
from fescue._experiment.files import log_path
from fescue._experiment.survey import survey
from fescue.algorithms import RandomSampling
from fescue.api._agenda import Agenda
from fescue.api._work import Pair
from fescue.evaluation import read_runs
from fescue.utils.nputils import rand_seeds_from_str

_BEAT = 20.0
#: strace -f -c counts, for each run: 5 opens, 5 stats, 4 unlinks, 1 link, 1 fsync
_OPERATIONS = 16


class Sleep(Objective):
    """Takes a while."""

    def __init__(self, seconds):
        """Take so many seconds."""
        self.seconds = seconds

    def evaluate(self, x):
        """Sleep."""
        time.sleep(self.seconds)
        return 0

    def __str__(self):
        return "sleep"


def setup(seconds, problem):
    """Return an execution of one FE, whose result is evaluated again when it ends."""
    return Execution().set_solution_space(BitStrings(16)).set_objective(
        Sleep(seconds / 2)).set_algorithm(RandomSampling(Op0Random())).set_max_fes(1)


def instance():
    """Return the instance."""
    return OneMax(16)


def program(folder, runs, seconds, begin):
    """Take part in the experiment."""
    begin.wait()
    run_experiment(folder, [instance], [partial(setup, seconds)], runs, perform_warmup=False,
                   perform_pre_warmup=False, progress=False)


def measured(programs, runs, seconds, base):
    """Return the runs per second of so many programs on one folder."""
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory(dir=base) as folder:
        begin = context.Barrier(programs)
        processes = [context.Process(target=program, args=(folder, runs, seconds, begin))
                     for _ in range(programs)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            assert process.exitcode == 0
        found = read_runs(folder, cache=False)
        assert len(found) == runs
        assert found.problems == ()
        assert len({*found["seed"].tolist()}) == runs
        times = sorted(path.stat().st_mtime for path in Path(folder).rglob("*.txt"))
        assert not [path for path in Path(folder).rglob("*") if "claim" in path.name]
    # the first runs of all programs end together: what comes after them is counted
    return (runs - programs) / max(times[-1] - times[programs - 1], 1e-9)


def simulated(workers, seconds, cost, runs_each=30):
    """Return the runs per second of the model."""
    beat = cost / _OPERATIONS
    # when each worker needs the server next; they begin at different times
    queue = [((i + 1) * seconds / workers, i) for i in range(workers)]
    heapq.heapify(queue)
    free = 0.0
    done, marks = 0, []
    total = runs_each * workers
    while done < total:
        now, worker = heapq.heappop(queue)
        renewals = int(seconds / _BEAT) * beat
        free = max(free, now) + cost + renewals
        heapq.heappush(queue, (free + seconds, worker))
        done += 1
        if done in (total // 2, total):
            marks.append((done, free))
    return (marks[1][0] - marks[0][0]) / (marks[1][1] - marks[0][1])


def look(base):
    """Print how long programs look at experiments before they begin."""
    print(_cells("setups x instances x runs", "logs there", "seconds", "MB", "status, seconds"))
    print(_cells(*["---"] * 5))
    for sizes, there in (((100, 100, 10), False), ((100, 100, 100), False),
                         ((10, 100, 10), True), ((10, 100, 100), True)):
        pairs = [Pair(instance, setup, f"instance_{i}", f"algorithm_{j}")
                 for i in range(sizes[1]) for j in range(sizes[0])]
        with tempfile.TemporaryDirectory(dir=base) as folder:
            root = Path(folder)
            if there:
                fill(root, pairs, sizes[2])
            memory = psutil.Process().memory_info().rss
            start = time.perf_counter()
            agenda = Agenda(root, pairs, [sizes[2]], False)
            seconds = time.perf_counter() - start
            memory = psutil.Process().memory_info().rss - memory
            assert agenda.tally.finished == there * agenda.tally.total
            start = time.perf_counter()
            found = survey(root)
            status = time.perf_counter() - start
            assert len(found.runs) == there * agenda.tally.total
            print(_cells(" x ".join(map(str, sizes)), f"{len(found.runs):,}", f"{seconds:.1f}",
                         f"{max(memory, 0) / 2 ** 20:.0f}", f"{status:.1f}" if there else ""),
                  flush=True)


def fill(root, pairs, runs):
    """Write logs for all runs."""
    run_experiment(root / "one", [instance], [partial(setup, 0.0)], 1, progress=False)
    log = next((root / "one").rglob("*.txt")).read_bytes()
    shutil.rmtree(root / "one")
    for pair in pairs:
        for seed in rand_seeds_from_str(pair.instance, runs):
            path = log_path(root, pair.algorithm, pair.instance, seed)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(log)


def main():
    """Measure, simulate, and print tables."""
    parser = argparse.ArgumentParser(description="many programs on one folder")
    parser.add_argument("--folder", default=None)
    parser.add_argument("--programs", default="1,2,4,8,16,32,64")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--runs-each", type=int, default=12)
    parser.add_argument("--costs", default="1,2,4,8,16,32,64")
    parser.add_argument("--picture", default=None)
    parser.add_argument("--look", action="store_true")
    options = parser.parse_args()
    if options.look:
        look(options.folder)
        return
    read = [int(text) for text in options.programs.split(",")]
    # everything that a run needs is imported before programs are forked off
    measured(1, 2, 0.0, options.folder)

    print(_cells("programs, runs of nothing", "runs per second"))
    print(_cells("---", "---"))
    best = 0.0
    for programs in [int(text) for text in options.costs.split(",")]:
        rate = measured(programs, max(1500, 40 * programs), 0.0, options.folder)
        best = max(best, rate)
        print(_cells(str(programs), f"{rate:.0f}"), flush=True)
    cost = 1 / best
    print(f"\na run costs {1000 * cost:.2f} ms\n")

    print(_cells(f"programs, runs of {options.seconds:g} s", "runs per second", "model", "ideal"))
    print(_cells(*["---"] * 4))
    points = []
    for programs in read:
        rate = measured(programs, options.runs_each * programs, options.seconds, options.folder)
        points.append((programs, rate))
        print(_cells(str(programs), f"{rate:.1f}",
                     f"{simulated(programs, options.seconds, cost):.1f}",
                     f"{programs / options.seconds:.1f}"), flush=True)

    print("\n" + _cells("workers", *[f"runs of {t:g} s" for t in (1, 10, 60, 600)]))
    print(_cells(*["---"] * 5))
    for workers in (64, 256, 1000, 4000):
        print(_cells(str(workers), *[
            f"{100 * simulated(workers, t, cost) * t / workers:.0f} %" for t in (1, 10, 60, 600)]))
    for each in (0.001, 0.005):
        c = _OPERATIONS * each
        print(f"\nwith a server that needs {1000 * each:g} ms for each of {_OPERATIONS} "
              f"operations ({1 / c:.0f} runs per second)\n")
        print(_cells("workers", *[f"runs of {t:g} s" for t in (1, 10, 60, 600)]))
        print(_cells(*["---"] * 5))
        for workers in (64, 256, 1000, 4000):
            print(_cells(str(workers), *[
                f"{100 * simulated(workers, t, c) * t / workers:.0f} %"
                for t in (1, 10, 60, 600)]))
    if options.picture:
        draw(options.picture, points, options.seconds, cost)


def draw(file, points, seconds, cost):
    """Draw runs per second against workers, and what 1,000 workers make of their time."""
    from matplotlib.figure import Figure

    figure = Figure((10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    workers = [2 ** k for k in range(13)]
    for t, colour in ((seconds, "C0"), (10, "C1"), (60, "C2"), (600, "C3")):
        left.plot(workers, [simulated(n, t, cost, 12) for n in workers], colour,
                  label=f"model, runs of {t:g} s")
    left.plot(*zip(*points, strict=True), "o", color="C0", label=f"measured, runs of {seconds:g} s")
    left.axhline(1 / cost, color="0.6", linestyle=":")
    left.annotate("all that the folder can do", (1.1, 1 / cost), va="bottom", color="0.4")
    left.set(xscale="log", yscale="log", xlabel="workers on one folder", ylabel="runs per second")
    left.legend()
    lengths = [2 ** k for k in range(-1, 13)]
    for c, name in ((cost, f"{1000 * cost:.1f} ms, measured here"),
                    (_OPERATIONS * 0.001, f"{_OPERATIONS} x 1 ms"),
                    (_OPERATIONS * 0.005, f"{_OPERATIONS} x 5 ms")):
        right.plot(lengths, [100 * simulated(1000, t, c, 12) * t / 1000 for t in lengths],
                   label=f"a run costs the server {name}")
    right.set(xscale="log", xlabel="seconds that a run takes", ylim=(0, 105),
              ylabel="time that 1,000 workers compute, %")
    right.legend(loc="lower right")
    figure.savefig(file, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
