"""Measures how soon a run ends that is told to, in fescue and in moptipy.

Usage: ``python benchmarks/latency.py [--repeats N] [--only TEXT]``; see README.md.

A run without a limit of FEs is ended by its time limit, by ``terminate()`` from another thread, or
by Ctrl-C, after 0.3 s. Measured is the time from that moment until the search has ended (limit),
``execute()`` has returned (``terminate()``), or the exception has reached the caller (Ctrl-C).
fescue has written its log by then; moptipy writes none of a run that Ctrl-C has ended.
"""

import argparse
import json
import os
import signal
import tempfile
from functools import partial
from statistics import median
from threading import Thread
from time import perf_counter, sleep
from typing import Any

from peer import OURS, PEER, Library, interpreters, versions
from process import _cells, _child, _machine, bits, jssp

_AFTER = 0.3
_TIMES = 5  # in one child
#: milliseconds
_GOAL, _WORST_GOAL = 20, 100
_LIMIT, _TERMINATE, _CTRL_C = "time limit", "terminate()", "Ctrl-C"


def endless(lib: Library, n: int) -> Any:
    """Return a run that no optimum ends, and its algorithm."""
    execution, algorithm = bits(lib, "LeadingOnes", n, "flip1")
    execution._objective.lower_bound = lambda: -1
    return execution, algorithm


def slow(lib: Library) -> Any:
    """Return a run whose FEs take about a millisecond, and its algorithm."""
    import numba
    import numpy as np

    parts = 300_000

    def rate(x: Any, data: Any) -> float:
        total = 0.0
        for i in range(data[0]):
            total += np.sin(i + x[i % len(x)])
        return total

    class Slow(lib.Objective):  # type: ignore[misc, name-defined]
        def evaluate(self, x: Any) -> float:
            return float(fast(x, (parts,)))

        def kernel(self) -> Any:
            from fescue.kernels.kernel import Kernel

            return Kernel(rate, (parts,))

    fast = numba.njit(rate)
    fast(np.zeros(8, bool), (parts,))
    execution = lib.Execution().set_solution_space(lib.BitStrings(8)).set_objective(Slow())
    return execution, lib.RLS(lib.Op0Random(), lib.Op1Flip1())


CASES = {
    "OneMax-like, n=64": partial(endless, n=64),
    "OneMax-like, n=1,000,000": partial(endless, n=1_000_000),
    "JSSP la24": partial(jssp, name="la24"),
    "JSSP ta80": partial(jssp, name="ta80"),
    "FEs of some milliseconds": slow,
}


def measure(lib: Library, case: str, how: str) -> list[float]:
    """Return the milliseconds that runs took to end."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(_TIMES + 1):
            execution, algorithm = CASES[case](lib)
            execution.set_algorithm(algorithm).set_rand_seed(seed)
            execution.set_log_file(os.path.join(folder, "log.txt")).set_log_improvements()
            if lib.name == OURS:
                execution.set_compiled(True)
            found.append(_limited(execution, algorithm) if how == _LIMIT else _told(
                execution, algorithm, how))
    return found[1:]  # the first one compiles


def _limited(execution: Any, algorithm: Any) -> float:
    """Return how long after its time limit a run has ended."""
    spans = []
    if execution.__module__.startswith(PEER):
        inner = algorithm.solve

        def solve(process: Any) -> None:
            start = perf_counter()
            inner(process)
            spans.append(perf_counter() - start)

        algorithm.solve = solve
    with execution.set_max_time_millis(round(_AFTER * 1e3)).execute() as process:
        if not spans:
            clock = process._run.clock
            spans.append((clock._end - clock.start) / 1e9)
    return (spans[0] - _AFTER) * 1e3


def _told(execution: Any, algorithm: Any, how: str) -> float:
    """Return how long after it was told to end a run has ended."""
    known, moments = [], []
    if execution.__module__.startswith(PEER):
        inner = algorithm.solve
        algorithm.solve = lambda process: known.append(process) or inner(process)

    def tell() -> None:
        end = perf_counter() + 60
        while not known and perf_counter() < end:
            if getattr(execution, "process", None) is not None:
                known.append(execution.process)
            sleep(0.001)
        while known[0].get_consumed_fes() < 10:
            sleep(0.001)
        sleep(_AFTER)
        moments.append(perf_counter())
        if how == _CTRL_C:
            os.kill(os.getpid(), signal.SIGINT)
        else:
            known[0].terminate()

    teller = Thread(target=tell)
    teller.start()
    try:
        with execution.execute():
            moments.append(perf_counter())
    except KeyboardInterrupt:
        moments.append(perf_counter())
    teller.join()
    return (moments[1] - moments[0]) * 1e3


def main() -> None:
    """Measure, in children, and print the table."""
    parser = argparse.ArgumentParser(description="how soon runs end")
    parser.add_argument("--repeats", type=int, default=5, help="interpreters of each, default 5")
    parser.add_argument("--only", default="", help="runs whose name contains this text")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        library, case, how = options.worker
        print(json.dumps(measure(Library(library), case, how)))
        return
    pythons = interpreters()
    print(f"{_machine()}; {options.repeats} interpreters each, {_TIMES} runs in each\n")
    for library, python in pythons.items():
        print(f"- {library}: {versions(python, library)}")
    print("\n" + _cells("ended by", "run", f"{OURS}, median", "worst", f"{PEER}, median", "worst",
                        "ratio of medians", f"median <= {_GOAL} ms, worst <= {_WORST_GOAL} ms"))
    print(_cells(*["---"] * 8), flush=True)
    for how in (_LIMIT, _TERMINATE, _CTRL_C):
        for case in filter(lambda name: options.only in name, CASES):
            found: dict[str, list[float]] = {OURS: [], PEER: []}
            for i in range(options.repeats):
                for library in (PEER, OURS) if i % 2 == 0 else (OURS, PEER):
                    found[library] += _child(
                        pythons[library], __file__, "--worker", library, case, how)
            ours, peers = found[OURS], found[PEER]
            met = median(ours) <= _GOAL and max(ours) <= _WORST_GOAL
            print(_cells(how, case, f"{median(ours):.1f} ms", f"{max(ours):.1f} ms",
                         f"{median(peers):.1f} ms", f"{max(peers):.1f} ms",
                         f"{median(ours) / median(peers):.2f}", "yes" if met else "**no**"),
                  flush=True)


if __name__ == "__main__":
    main()
