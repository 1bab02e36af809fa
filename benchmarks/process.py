"""Measures fescue's processes and plain path against moptipy, side by side.

Usage: ``python benchmarks/process.py [--quick] [--repeats N] [--only TEXT]``; see README.md.

Each measurement is made by a child interpreter of the library's own environment, in turns with
the other library, one at a time. Both do the same runs: equal seeds, equal budgets.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from peer import OURS, PEER, Library, interpreters, versions

#: figures that a child has measured, by name
Figures = dict[str, float]

_PASSES = 3  # in one child, of which the median counts
_PATH_FES = 20_000
_WHOLE_RUN_SECONDS = 1.0
_NOT_A_LIMIT_MILLIS = 100_000_000
#: what must be equal for both libraries: the FEs and the sum of the results
_SAME = "same"


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    title: str
    figure: str
    unit: str
    #: whether more is better, as for speeds
    speed: bool
    #: the ratio to reach, ours / peer's
    goal: float | None = 1.0


@dataclass(frozen=True)
class Job:
    """Something that a child measures."""

    name: str
    measure: Callable[[Library], Figures]
    lines: tuple[Line, ...]
    quick: bool = False


# ---- what the children do ----------------------------------------------------------------------


def bare(lib: Library, fes: int, encoded: bool = False, log: str = "",
         limited: bool = False) -> Figures:
    """Return the time per FE of a loop around an objective that does nothing."""

    class Constant(lib.Objective):  # type: ignore[misc, name-defined]
        def evaluate(self, x: Any) -> int:
            return 5

    class Nothing(lib.Encoding):  # type: ignore[misc, name-defined]
        def decode(self, x: Any, y: Any) -> None:
            pass

    class Loop(lib.Algorithm):  # type: ignore[misc, name-defined]
        seconds = 0.0

        def solve(self, process: Any) -> None:
            evaluate, should_terminate = process.evaluate, process.should_terminate
            x = process.create()
            start = perf_counter()
            while not should_terminate():
                evaluate(x)
            self.seconds = perf_counter() - start

    def run(budget: int, folder: str) -> tuple[float, float]:
        loop = Loop()
        execution = lib.Execution().set_algorithm(loop).set_objective(Constant())
        execution.set_solution_space(lib.BitStrings(8)).set_max_fes(budget).set_rand_seed(1)
        if encoded:
            execution.set_search_space(lib.BitStrings(8)).set_encoding(Nothing())
        if limited:
            execution.set_max_time_millis(_NOT_A_LIMIT_MILLIS)
        if log:
            execution.set_log_file(os.path.join(folder, "log.txt"))
            getattr(execution, f"set_log_{log}")()
        start = perf_counter()
        with execution.execute() as process:
            if process.get_consumed_fes() != budget:
                raise RuntimeError(f"{process.get_consumed_fes()} FEs instead of {budget}")
        return loop.seconds / budget * 1e9, (perf_counter() - start) / budget * 1e9

    with tempfile.TemporaryDirectory() as folder:
        run(fes // 10, folder)
        times = [run(fes, folder) for _ in range(_PASSES)]
    return {"solve": median(t[0] for t in times), "whole": median(t[1] for t in times)}


def bits(lib: Library, problem: str, n: int, operator: str, algorithm: str = "RLS") -> Any:
    """Return an execution on bit strings without an algorithm, and the algorithm."""
    op1 = lib.Op1Flip1() if operator == "flip1" else lib.Op1MoverNflip(n, 1)
    execution = lib.Execution().set_solution_space(lib.BitStrings(n))
    execution.set_objective(getattr(lib, problem)(n))
    return execution, getattr(lib, algorithm)(lib.Op0Random(), op1)


@cache
def _instance(lib: Library, name: str) -> Any:
    return lib.Instance.from_resource(name)


def jssp(lib: Library, name: str, algorithm: str = "RLS") -> Any:
    """Return an execution on job shop scheduling without an algorithm, and the algorithm."""
    instance = _instance(lib, name)
    space = lib.Permutations.with_repetitions(instance.jobs, instance.machines)
    execution = lib.Execution().set_search_space(space)
    execution.set_encoding(lib.OperationBasedEncoding(instance))
    execution.set_solution_space(lib.GanttSpace(instance))
    execution.set_objective(lib.Makespan(instance))
    ops = lib.Op0Shuffle(space), lib.Op1Swap2()
    if algorithm == "SimulatedAnnealing":
        return execution, lib.SimulatedAnnealing(*ops, lib.ExponentialSchedule(16.0, 0.0002))
    if algorithm == "EA":
        return execution, lib.EA(*ops, None, 16, 16)
    return execution, getattr(lib, algorithm)(*ops)


def path(lib: Library, build: Callable[[Library], Any], fes: int = _PATH_FES) -> Figures:
    """Return the FEs per second inside of ``solve``, improvements logged.

    A run that reaches its goal is followed by one with the next seed until ``fes`` are used up.
    """

    class Timed(lib.Algorithm):  # type: ignore[misc, name-defined]
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner = inner
            self.seconds = 0.0

        def initialize(self) -> None:
            super().initialize()
            self.inner.initialize()

        def solve(self, process: Any) -> None:
            start = perf_counter()
            self.inner.solve(process)
            self.seconds = perf_counter() - start

    def run_all(total: int, folder: str) -> tuple[float, int]:
        left, seed, seconds, sum_f = total, 0, 0.0, 0
        while left > 0:
            seed += 1
            execution, inner = build(lib)
            timed = Timed(inner)
            execution.set_algorithm(timed).set_max_fes(left).set_rand_seed(seed)
            execution.set_log_file(os.path.join(folder, "log.txt")).set_log_improvements()
            with execution.execute() as process:
                left -= process.get_consumed_fes()
                sum_f += int(process.get_best_f())
            seconds += timed.seconds
        return total / seconds, sum_f * 1000 + seed

    with tempfile.TemporaryDirectory() as folder:
        run_all(fes // 20, folder)
        results = [run_all(fes, folder) for _ in range(_PASSES)]
    return {"speed": median(r[0] for r in results), _SAME: results[0][1]}


def whole_run(lib: Library, name: str) -> Figures:
    """Return the milliseconds from an instance to the closed log of a run of one FE."""
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "log.txt")
        begin = perf_counter()
        # the first two runs compile and fill caches
        while len(times) < 5 or perf_counter() - begin < _WHOLE_RUN_SECONDS:
            start = perf_counter()
            execution, algorithm = jssp(lib, name)
            execution.set_algorithm(algorithm).set_max_fes(1).set_rand_seed(1)
            execution.set_log_file(file).set_log_improvements()
            with execution.execute() as process:
                best = process.get_best_f()
            times.append((perf_counter() - start) * 1e3)
    return {"millis": median(times[2:]), _SAME: best}


# ---- the rows ----------------------------------------------------------------------------------


def _bare_job(title: str, fes: int, *, quick: bool = False, **options: Any) -> Job:
    line = Line(title, "solve", "ns/FE", speed=False)
    lines: tuple[Line, ...] = (line,)
    if options.get("log") == "all_fes":
        lines = (Line(f"{title}: inside solve", "solve", "ns/FE", speed=False),
                 Line(f"{title}: execute and close", "whole", "ns/FE", speed=False))
    return Job(f"bare {title}", partial(bare, fes=fes, **options), lines, quick)


def _path_job(title: str, build: Callable[[Library], Any], quick: bool = False) -> Job:
    return Job(f"path {title}", partial(path, build=build),
               (Line(title, "speed", "FEs/s", speed=True),), quick)


def _jobs() -> Iterator[tuple[str, list[Job]]]:
    yield "Bare process: evaluate and should_terminate", [
        _bare_job("plain", 1_000_000, quick=True),
        _bare_job("plain, with a time limit", 1_000_000, quick=True, limited=True),
        _bare_job("encoded", 1_000_000, quick=True, encoded=True),
        _bare_job("improvements logged", 1_000_000, log="improvements"),
        _bare_job("every FE logged", 300_000, quick=True, log="all_fes"),
    ]
    sizes = 64, 256, 1024
    jobs = [_path_job(f"{label}, {problem} n={n}",
                      partial(bits, problem=problem, n=n, operator=operator, algorithm=algorithm),
                      quick=n == 256 and operator == "flip1")
            for label, problem, operator, algorithm in (
                ("RLS flip1", "OneMax", "flip1", "RLS"),
                ("RLS flipB1", "OneMax", "flipB1", "RLS"),
                ("(1+1) EA flipB1", "OneMax", "flipB1", "EA"),
                ("RLS flip1", "LeadingOnes", "flip1", "RLS"))
            for n in sizes]
    jobs += [_path_job(f"RLS swap2, JSSP {name}", partial(jssp, name=name), name == "la24")
             for name in ("ft06", "la24", "abz7", "ta80")]
    jobs += [_path_job(f"{label} swap2, JSSP la24", partial(jssp, name="la24", algorithm=algorithm),
                       label == "(16+16) EA")
             for label, algorithm in (("simulated annealing", "SimulatedAnnealing"),
                                      ("hill climber", "HillClimber"), ("(16+16) EA", "EA"))]
    yield "Plain path: FEs per second inside solve, improvements logged", jobs
    yield "Whole run of 1 FE with a log, in a warm process", [
        Job(f"whole {name}", partial(whole_run, name=name),
            (Line(f"RLS swap2, JSSP {name}", "millis", "ms", speed=False, goal=0.5),),
            name == "la24") for name in ("la24", "abz7", "ta80")]


_NOTES = {
    "bare": "With every FE logged, moptipy keeps its rows in memory and writes them when the run "
            "has ended;\nfescue writes while it runs. So the last line is the fair one of the two.",
    "path": "Equal seeds give equal runs in both libraries, which is checked: each line compares "
            "the same FEs.",
    "whole": "From the instance at hand to the closed log: components, run, check of the result, "
             "log.",
}
_IMPORTS = ((OURS, "numpy"), (OURS, "fescue"), (OURS, "fescue.api.execution"),
            (PEER, "numpy"), (PEER, "moptipy.api.execution"))


# ---- the parent --------------------------------------------------------------------------------


def _child(python: str, *arguments: str) -> Any:
    # -P: the folder that we happen to be in is not searched for modules
    # both may keep their byte code, as they do when they are installed
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=False,
                          env=environment)
    if done.returncode:
        raise SystemExit(f"{python} {' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _compare(job: Job, pythons: dict[str, str], repeats: int,
             script: str) -> dict[str, list[Figures]]:
    found: dict[str, list[Figures]] = {OURS: [], PEER: []}
    for i in range(repeats):
        # each library is as often the first as the other one
        for library in (PEER, OURS) if i % 2 == 0 else (OURS, PEER):
            found[library].append(_child(
                pythons[library], script, "--worker", library, "--only", job.name))
        if found[OURS][-1].get(_SAME) != found[PEER][-1].get(_SAME):
            print(f"{job.name}: the libraries did NOT do the same runs", file=sys.stderr)
    return found


def _row(line: Line, found: dict[str, list[Figures]]) -> str:
    ours, peers = ([f[line.figure] for f in found[library]] for library in (OURS, PEER))
    ratios = sorted(a / b for a, b in zip(ours, peers, strict=True))
    ratio, goal, met = median(ratios), "", ""
    if line.goal is not None:
        goal = f"{'>=' if line.speed else '<='} {line.goal}"
        met = "yes" if (ratio >= line.goal if line.speed else ratio <= line.goal) else "**no**"
    return _cells(line.title, _number(median(ours), line.unit), _number(median(peers), line.unit),
                  f"{ratio:.2f}", f"{ratios[0]:.2f} - {ratios[-1]:.2f}", goal, met)


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def _cells(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _import_table(pythons: dict[str, str], repeats: int) -> None:
    code = ("import time; start = time.process_time(); import {}; "
            "print(time.process_time() - start)")
    seconds: dict[tuple[str, str], list[float]] = {key: [] for key in _IMPORTS}
    for i in range(repeats + 1):
        for library, module in _IMPORTS:
            value = _child(pythons[library], "-P", "-c", code.format(module))
            if i:  # the first import writes byte code
                seconds[library, module].append(value)
    numpy = median(seconds[OURS, "numpy"])
    print("\n### Import: CPU time of the statement in a fresh interpreter\n")
    print(_cells("import", "environment", "CPU time", "above numpy there", "goal", "met"))
    print(_cells(*["---"] * 6))
    for (library, module), values in seconds.items():
        above = median(values) - median(seconds[library, "numpy"])
        goal = module.startswith(OURS)
        print(_cells(module, library, f"{median(values):.3f} s",
                     "" if module == "numpy" else f"{above:+.3f} s", "<= +0.1 s" if goal else "",
                     ("yes" if median(values) - numpy <= 0.1 else "**no**") if goal else ""))


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        cpu = next((line.partition(":")[2].strip() for line in info.read_text().splitlines()
                    if line.startswith("model name")), cpu)
    return f"{os.cpu_count()} cores, {cpu}"


def main(all_jobs: Callable[[], Iterator[tuple[str, list[Job]]]] = _jobs,
         notes: dict[str, str] = _NOTES, script: str = __file__) -> None:
    """Measure what ``all_jobs`` lists, in children that run ``script``, and print the tables."""
    parser = argparse.ArgumentParser(description="fescue and moptipy, side by side")
    parser.add_argument("--quick", action="store_true", help="fewer rows and repeats")
    parser.add_argument("--repeats", type=int, help="of each row, default 7, quick 3")
    parser.add_argument("--only", default="", help="rows whose name contains this text")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        job = next(j for _, jobs in all_jobs() for j in jobs if j.name == options.only)
        print(json.dumps(job.measure(Library(options.worker))))
        return
    repeats = options.repeats or (3 if options.quick else 7)
    pythons = interpreters()
    print(f"{_machine()}; medians of {repeats} interpreters each\n")
    for library, python in pythons.items():
        print(f"- {library}: {versions(python, library)}")
    for group, jobs in all_jobs():
        chosen = [j for j in jobs if options.only in j.name and (j.quick or not options.quick)]
        if not chosen:
            continue
        print(f"\n### {group}\n")
        print(_cells("row", OURS, PEER, "ratio, ours / peer's", "range", "goal", "met"))
        print(_cells(*["---"] * 7), flush=True)
        for job in chosen:
            print(f"{job.name} ...", file=sys.stderr)
            found = _compare(job, pythons, repeats, script)
            for line in job.lines:
                print(_row(line, found), flush=True)
        print(f"\n{notes[chosen[0].name.split()[0]]}")
    if all_jobs is _jobs and options.only in "import":
        _import_table(pythons, repeats)


if __name__ == "__main__":
    main()
