"""Measures fescue's compiled runs against moptipy's, side by side.

Usage: ``python benchmarks/compiled.py [--quick] [--repeats N] [--only TEXT]``; see README.md.

Both do the same runs: equal seeds, equal budgets, improvements logged. The objectives on bit
strings name no lower bound, so that every run uses all its FEs. In both libraries ``solve()`` is
timed; what compiling and loading take is a table of its own.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from peer import OURS, Library
from process import Figures, Job, Line, bits, jssp, main, path

_FES = 20_000
_LONG_FES = 2_000_000
_PASSES = 5


def endless(lib: Library, problem: str, n: int, **settings: Any) -> Any:
    """Return an execution on bit strings that no optimum stops, and the algorithm."""
    execution, algorithm = bits(lib, problem, n, **settings)
    execution._objective.lower_bound = lambda: -1
    return execution, algorithm


def speed(lib: Library, build: Callable[[Library], Any], fes: int = _FES) -> Figures:
    """Return the FEs per second of compiled runs, or of the peer's runs."""
    if lib.name != OURS:
        return path(lib, build, min(fes, _FES))

    from fescue.api._run import Run

    seconds = [0.0]
    inner = Run.solve

    def solve(run: Any, process: Any) -> None:
        start = perf_counter()
        inner(run, process)
        seconds[0] += perf_counter() - start

    Run.solve = solve  # type: ignore[method-assign]

    def run_all(total: int, folder: str) -> tuple[float, int]:
        left, seed, sum_f = total, 0, 0
        seconds[0] = 0.0
        while left > 0:
            seed += 1
            execution, algorithm = build(lib)
            execution.set_algorithm(algorithm).set_max_fes(left).set_rand_seed(seed)
            execution.set_log_file(os.path.join(folder, "log.txt")).set_log_improvements()
            with execution.set_compiled(True).execute() as process:
                left -= process.get_consumed_fes()
                sum_f += int(process.get_best_f())
        return total / seconds[0], sum_f * 1000 + seed

    with tempfile.TemporaryDirectory() as folder:
        run_all(fes // 20, folder)
        results = [run_all(fes, folder) for _ in range(_PASSES)]
    figures = {"speed": median(r[0] for r in results)}
    if fes == _FES:
        figures["same"] = results[0][1]
    return figures


def first_run(lib: Library, compiled: Any = "auto", fes: int = 1) -> Figures:
    """Return the milliseconds that the first run of this interpreter takes, with the imports."""
    build = partial(bits, problem="OneMax", n=64, operator="flip1")
    begin = perf_counter()
    build(lib)  # imports what is needed to describe a run
    start = perf_counter()
    execution, algorithm = build(lib)
    execution.set_algorithm(algorithm).set_max_fes(fes).set_rand_seed(1)
    if lib.name == OURS:
        execution.set_compiled(compiled)
    with execution.execute():
        pass
    end = perf_counter()
    return {"millis": (end - start) * 1e3, "whole": (end - begin) * 1e3}


def cold(lib: Library, compiled: Any = "auto", fes: int = 1) -> Figures:
    """Do the same with nothing in any cache of machine code."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FESCUE_CACHE_DIR"] = os.environ["NUMBA_CACHE_DIR"] = folder
        return first_run(lib, compiled, fes)


def _job(title: str, build: Callable[[Library], Any], goal: float, quick: bool = False,
         fes: int = _FES) -> Job:
    return Job(f"compiled {title}", partial(speed, build=build, fes=fes),
               (Line(title, "speed", "FEs/s", speed=True, goal=goal),), quick)


def _jobs() -> Iterator[tuple[str, list[Job]]]:
    jobs = [
        _job(f"{label}, {problem} n={n}",
             partial(endless, problem=problem, n=n, operator=operator, algorithm=algorithm), goal,
             quick=n == 256)
        for label, problem, operator, algorithm, goals in (
            ("RLS flip1", "OneMax", "flip1", "RLS", (35, 30, 20)),
            ("RLS flipB1", "OneMax", "flipB1", "RLS", (40, 35, 25)),
            ("(1+1) EA flipB1", "OneMax", "flipB1", "EA", (40, 35, 25)),
            ("RLS flip1", "LeadingOnes", "flip1", "RLS", (35, 30, 30)))
        for n, goal in zip((64, 256, 1024), goals, strict=True)]
    jobs += [_job(f"RLS swap2, JSSP {name}", partial(jssp, name=name), goal, name == "la24")
             for name, goal in (("ft06", 30), ("la24", 13), ("abz7", 8), ("ta80", 4))]
    jobs += [_job(f"{label} swap2, JSSP la24", partial(jssp, name="la24", algorithm=algorithm), 12)
             for label, algorithm in (("simulated annealing", "SimulatedAnnealing"),
                                      ("hill climber", "HillClimber"), ("(16+16) EA", "EA"))]
    jobs.append(_job("RLS flip1, OneMax n=100,000, 2,000,000 FEs of ours", partial(
        endless, problem="OneMax", n=100_000, operator="flip1"), 300, fes=_LONG_FES))
    yield "Compiled runs: FEs per second, improvements logged", jobs
    yield "The first run of an interpreter, RLS flip1 on OneMax n=64", [
        Job(f"first {title}", partial(call, compiled=compiled, fes=fes),
            (Line(f"{title}, with the imports", "whole", "ms", speed=False, goal=1.0),
             Line(f"{title}, after the imports", "millis", "ms", speed=False, goal=None)), True)
        for call, where in ((cold, "nothing in the caches"), (first_run, "all in the caches"))
        for compiled, fes, what in (
            ("auto", 1, "1 FE"), ("auto", 20_000, "20,000 FEs"),
            (True, 20_000, "20,000 FEs, set_compiled(True)"))
        for title in (f"{what}, {where}",)]


_NOTES = {
    "compiled": "Equal seeds give equal runs in both libraries, which is checked but for the last "
                "line.",
    "first": "moptipy imports numba with its parts, fescue when something is compiled; so only the "
             "sums compare.\nBy default nothing is compiled that the run does not repay.",
}

if __name__ == "__main__":
    main(_jobs, _NOTES, __file__)
