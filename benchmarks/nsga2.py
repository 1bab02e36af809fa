"""NSGA-II beside moptipy's and pymoo's: FEs per second, and how good the fronts are.

Usage: ``python benchmarks/nsga2.py [--repeats 5] [--seeds 31]``; see docs/quality.md.

Each library runs in a process of its own, in turns. Speed: medians of ``--repeats`` runs of 20,000
FEs after one that does not count. Quality: the hypervolume of the front that a run hands back
(fescue: an archive of at most 100, pymoo: its result), objectives scaled to the Pareto front's
range, reference point 1.1, divided by that of the Pareto front itself; medians over the seeds, and
the 95 % confidence interval of the difference by the bootstrap.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import numpy as np
from peer import interpreters
from process import _cells

_FES: Final = 20_000
_SIZE: Final = 100
_FRONTS: Final = ("zdt1_30", "zdt2_30", "zdt3_30", "dtlz2_3_10")


def run_fescue(problem: str, seed: int) -> tuple[float, Any]:
    """Run ours; return the seconds and the front."""
    from fescue import operators, problems
    from fescue.algorithms import NSGA2
    from fescue.api.catalogue import Task
    from fescue.mo.archives import KeepFarthest
    from fescue.mo.problems import WeightedSum
    from fescue.spaces import BitStrings

    if problem == "bits":
        task = Task("bits", WeightedSum([problems.LeadingOnes(64), problems.ZeroMax(64)]),
                    BitStrings(64))
    else:
        entry = next(p for p in problems.MO_CATALOGUE if p.name == problem.partition("_")[0])
        task = entry.task(entry.instance(problem))
    kit = operators.kit_for(task.points())
    execution: Any = task.execution(NSGA2(kit.op0, kit.op1, kit.op2, _SIZE, 0.9))
    execution.set_archive_max_size(_SIZE).set_archive_pruner(KeepFarthest(task.objective))
    start = perf_counter()
    with execution.set_max_fes(_FES).set_rand_seed(seed).execute() as process:
        return perf_counter() - start, [list(map(float, r.fs)) for r in process.get_archive()]


def run_moptipy(problem: str, seed: int) -> tuple[float, Any]:
    """Run the reference's on bit strings; return the seconds."""
    from moptipy.algorithms.mo.nsga2 import NSGA2
    from moptipy.api.mo_execution import MOExecution
    from moptipy.examples.bitstrings.leadingones import LeadingOnes
    from moptipy.examples.bitstrings.zeromax import ZeroMax
    from moptipy.mo.problem.weighted_sum import WeightedSum
    from moptipy.operators.bitstrings.op0_random import Op0Random
    from moptipy.operators.bitstrings.op1_m_over_n_flip import Op1MoverNflip
    from moptipy.operators.bitstrings.op2_uniform import Op2Uniform
    from moptipy.spaces.bitstrings import BitStrings

    execution = MOExecution().set_objective(WeightedSum([LeadingOnes(64), ZeroMax(64)]))
    execution.set_solution_space(BitStrings(64)).set_max_fes(_FES).set_rand_seed(seed)
    execution.set_algorithm(NSGA2(Op0Random(), Op1MoverNflip(64), Op2Uniform(), _SIZE, 0.9))
    start = perf_counter()
    with execution.execute():
        return perf_counter() - start, []


def run_pymoo(problem: str, seed: int) -> tuple[float, Any]:
    """Run pymoo's; return the seconds and the front."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.crossover.ux import UniformCrossover
    from pymoo.operators.mutation.bitflip import BitflipMutation
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.sampling.rnd import BinaryRandomSampling, FloatRandomSampling
    from pymoo.optimize import minimize
    from pymoo.problems import get_problem

    class Bits(Problem):  # type: ignore[misc]
        """LeadingOnes and ZeroMax."""

        def __init__(self) -> None:
            super().__init__(n_var=64, n_obj=2, xl=0, xu=1, vtype=bool)

        def _evaluate(self, x: Any, out: Any, *args: Any, **more: Any) -> None:
            x = x.astype(bool)
            first = np.where(x.all(axis=1), 64, x.argmin(axis=1))
            out["F"] = np.column_stack((64 - first, x.sum(axis=1)))

    if problem == "bits":
        made: Any = Bits()
        algorithm = NSGA2(pop_size=_SIZE, sampling=BinaryRandomSampling(),
                          crossover=UniformCrossover(prob=0.9), mutation=BitflipMutation(),
                          eliminate_duplicates=False)
    else:
        name, *numbers = problem.split("_")
        made = (get_problem(name, n_var=int(numbers[0])) if len(numbers) == 1 else get_problem(
            name, n_obj=int(numbers[0]), n_var=int(numbers[0]) + int(numbers[1]) - 1))
        algorithm = NSGA2(pop_size=_SIZE, sampling=FloatRandomSampling(),
                          crossover=SBX(prob=0.9, eta=15), mutation=PM(eta=20))
    start = perf_counter()
    result = minimize(made, algorithm, ("n_eval", _FES), seed=seed, verbose=False)
    return perf_counter() - start, result.F.tolist()


def serve(library: str) -> None:
    """Do what the lines of the standard input ask for."""
    run = {"fescue": run_fescue, "moptipy": run_moptipy, "pymoo": run_pymoo}[library]
    for line in sys.stdin:
        print("\n" + json.dumps(run(*json.loads(line))), flush=True)


class Child:
    """A library in a process of its own."""

    def __init__(self, library: str, python: str) -> None:
        self._process = subprocess.Popen([python, __file__, "--child", library], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, problem: str, seed: int) -> tuple[float, Any]:
        """Let it run once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([problem, seed]), file=self._process.stdin, flush=True)
        for line in self._process.stdout:
            if line.startswith("["):
                seconds, front = json.loads(line)
                return seconds, front
        raise RuntimeError("a child has ended")


def pymoo_python() -> str:
    """Return the Python of pymoo's environment, which is made if it is not there."""
    folder = Path(__file__).parent / ".peers" / "pymoo"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet",
                        "--disable-pip-version-check", "pymoo", "cma"], check=True)
    return str(python)


def print_speed(children: dict[str, Child], repeats: int) -> None:
    """Measure in turns and print the table."""
    goals = {"moptipy": 12, "pymoo": 7}
    print(_cells("NSGA-II, 100 members", "fescue", "peer", "its figure", "ratio", "spread",
                 "to reach", "reached"))
    print(_cells(*["---"] * 8), flush=True)
    for problem, peers in (("bits", ("moptipy", "pymoo")), ("zdt1_30", ("pymoo",))):
        found: dict[str, list[float]] = {name: [] for name in ("fescue", *peers)}
        for seed in range(repeats + 1):
            for name, speeds in found.items():
                speeds.append(_FES / children[name](problem, seed)[0])
        for name in peers:
            ratios = sorted(a / b for a, b in zip(
                found["fescue"][1:], found[name][1:], strict=True))
            ratio = median(found["fescue"][1:]) / median(found[name][1:])
            print(_cells(problem, f"{median(found['fescue'][1:]):,.0f} FEs/s", name,
                         f"{median(found[name][1:]):,.0f} FEs/s", f"{ratio:.1f}",
                         f"{ratios[0]:.1f} - {ratios[-1]:.1f}", f">= {goals[name]}",
                         "yes" if ratio >= goals[name] else "**no**"), flush=True)


def print_quality(children: dict[str, Child], seeds: int) -> None:
    """Compare hypervolumes and print the table."""
    from fescue import problems
    from fescue.mo.indicators import hypervolume

    print(_cells("hypervolume after 20,000 FEs", "fescue", "pymoo", "difference, 95 %",
                 "no worse"))
    print(_cells(*["---"] * 5), flush=True)
    random = np.random.default_rng(1)
    for problem in _FRONTS:
        entry = next(p for p in problems.MO_CATALOGUE if p.name == problem.partition("_")[0])
        pareto = entry.instance(problem).front(2000)
        low, high = pareto.min(axis=0), pareto.max(axis=0)
        reference = np.full(len(low), 1.1)
        whole = hypervolume((pareto - low) / (high - low), reference)
        values = {name: np.array([
            hypervolume((np.array(children[name](problem, seed)[1]) - low) / (high - low),
                        reference) / whole for seed in range(1, seeds + 1)])
            for name in ("fescue", "pymoo")}
        draws = [np.median(random.choice(v, (2000, seeds)), axis=1) for v in values.values()]
        least, most = np.quantile(draws[0] - draws[1], (0.025, 0.975))
        print(_cells(problem, *(f"{np.median(v):.5f}" for v in values.values()),
                     f"{least:+.5f} to {most:+.5f}", "yes" if most >= 0 else "**no**"), flush=True)


def main() -> None:
    """Measure, and print both tables."""
    parser = argparse.ArgumentParser(description="NSGA-II beside its peers")
    parser.add_argument("--repeats", type=int, default=5, help="runs per speed, default 5, or 0")
    parser.add_argument("--seeds", type=int, default=31, help="runs per front, default 31, or 0")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        serve(options.child)
        return
    children = {name: Child(name, python) for name, python in {
        **interpreters(), "pymoo": pymoo_python()}.items()}
    if options.repeats:
        print_speed(children, options.repeats)
        print()
    if options.seeds:
        print_quality(children, options.seeds)


if __name__ == "__main__":
    main()
