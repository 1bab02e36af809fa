"""Measures FEs per second against the size of the problem, and memory against FEs.

Usage: ``python benchmarks/scaling.py [--repeats N] [--picture FILE]``; see README.md.

The runs are those of ``compiled.py``; each library does as many FEs as it can in about a second.
``--picture`` writes one (and needs matplotlib).
"""

import argparse
import json
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from compiled import endless
from peer import OURS, PEER, Library, interpreters, versions
from process import _cells, _child, _machine, jssp

_SECONDS = 1.0
_FIRST_FES = 64
_INSTANCES = ("demo", "ft06", "la24", "abz7", "ta21", "swv15", "ta41", "ta61", "ta80")
_MEMORY_FES = (100_000, 1_000_000, 10_000_000, 100_000_000)


def _cases() -> dict[str, dict[str, Callable[[Library], Any]]]:
    """Return what builds a run, by size, by the title of the group."""
    return {
        **{f"OneMax, RLS with {op1}": {
            f"2^{k}": partial(endless, problem="OneMax", n=2 ** k, operator=op1)
            for k in range(6, 21, 2)} for op1 in ("flip1", "flipB1")},
        "job shop, RLS with swap2": {
            name: partial(jssp, name=name) for name in _INSTANCES}}


def speed(lib: Library, build: Callable[[Library], Any]) -> float:
    """Return the FEs per second of a run that takes about a second."""
    fes = _FIRST_FES
    while True:
        execution, algorithm = build(lib)
        execution.set_algorithm(algorithm).set_max_fes(fes).set_rand_seed(1)
        moments = []
        if lib.name == OURS:
            execution.set_compiled(True)
        else:
            inner = algorithm.solve

            def solve(process: Any, inner: Any = inner, moments: Any = moments) -> None:
                start = perf_counter()
                inner(process)
                moments.append(perf_counter() - start)

            algorithm.solve = solve
        with execution.execute() as process:
            done = process.get_consumed_fes()
            if lib.name == OURS:
                clock = process._run.clock
                moments.append((clock._end - clock.start) / 1e9)
        seconds = moments[0]
        if seconds > _SECONDS / 2 or done < fes:
            return done / seconds
        fes = int(fes * min(64.0, 1.1 * _SECONDS / max(seconds, 1e-4))) + 1


def memory(fes: int) -> float:
    """Return the most memory in MiB that a process has had which does a run of so many FEs."""
    import resource

    execution, algorithm = endless(Library(OURS), "OneMax", 1024, operator="flip1")
    execution.set_algorithm(algorithm).set_max_fes(fes).set_rand_seed(1).set_compiled(True)
    with execution.execute():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _draw(file: str, results: dict[str, dict[str, dict[str, float]]]) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, len(results), figsize=(12, 4), constrained_layout=True)
    for axis, (title, sizes) in zip(axes, results.items(), strict=True):
        for library, marker in ((OURS, "o"), (PEER, "s")):
            axis.plot(list(sizes), [f[library] for f in sizes.values()], marker=marker,
                      label=f"{library}{', compiled' if library == OURS else ''}")
        axis.set(title=title, yscale="log", ylabel="FEs / s")
        axis.grid(alpha=0.3)
        axis.tick_params(axis="x", rotation=45)
        axis.legend()
    figure.savefig(file, dpi=110)


def main() -> None:
    """Measure, in children, and print the tables."""
    parser = argparse.ArgumentParser(description="FEs per second against size")
    parser.add_argument("--repeats", type=int, default=5, help="interpreters of each, default 5")
    parser.add_argument("--picture", help="the file to write a picture to")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--memory", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        library, title, size = options.worker
        print(json.dumps(speed(Library(library), _cases()[title][size])))
        return
    if options.memory:
        print(json.dumps(memory(options.memory)))
        return
    pythons = interpreters()
    print(f"{_machine()}; medians of {options.repeats} interpreters each\n")
    for library, python in pythons.items():
        print(f"- {library}: {versions(python, library)}")
    results: dict[str, dict[str, dict[str, float]]] = {}
    for title, sizes in _cases().items():
        print(f"\n### {title}\n")
        print(_cells("size", f"{OURS}, FEs/s", f"{PEER}, FEs/s", "ratio"))
        print(_cells(*["---"] * 4), flush=True)
        results[title] = {}
        for size in sizes:
            found: dict[str, list[float]] = {OURS: [], PEER: []}
            for i in range(options.repeats):
                for library in (PEER, OURS) if i % 2 == 0 else (OURS, PEER):
                    found[library].append(_child(
                        pythons[library], __file__, "--worker", library, title, size))
            medians = {library: median(speeds) for library, speeds in found.items()}
            results[title][size] = medians
            print(_cells(size, f"{medians[OURS]:,.0f}", f"{medians[PEER]:,.0f}",
                         f"{medians[OURS] / medians[PEER]:.1f}"), flush=True)
    print("\n### Most memory of a process that does one compiled run, OneMax n=1024\n")
    print(_cells("FEs", "memory"))
    print(_cells("---", "---"))
    for fes in _MEMORY_FES:
        size = median(_child(pythons[OURS], __file__, "--memory", str(fes))
                      for _ in range(options.repeats))
        print(_cells(f"{fes:,}", f"{size:.1f} MiB"), flush=True)
    if options.picture:
        _draw(options.picture, results)


if __name__ == "__main__":
    main()
