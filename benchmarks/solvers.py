"""CMA-ES and differential evolution beside the packages cma and SciPy: success rate and ERT.

Usage: ``python benchmarks/solvers.py [--seeds 51]``; see docs/quality.md.

Each run minimizes a function of 10 variables within its usual bounds until 1e-8 is reached, the
solver ends by itself or 100,000 FEs are used up. The expected running time (ERT) is the number of
all FEs over the number of successes; intervals are those of the difference of success rates and of
the ratio of ERTs by the bootstrap.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from math import cos, e, exp, inf, pi, sqrt
from typing import Any, Final

import numpy as np
from nsga2 import pymoo_python
from process import _cells

_N: Final = 10
_TARGET: Final = 1e-8
_MAX_FES: Final = 100_000


class _Done(Exception):  # noqa: N818 - it is no error
    """Ends a solver."""


def _ackley(x: Any) -> float:
    return max(0.0, 20 + e - 20 * exp(-0.2 * sqrt(sum(v * v for v in x) / len(x)))
               - exp(sum(cos(2 * pi * v) for v in x) / len(x)))


def _rastrigin(x: Any) -> float:
    return sum(v * v - 10 * cos(2 * pi * v) + 10 for v in x)


def _rosenbrock(x: Any) -> float:
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


#: the functions that are given to the peers; fescue has its own
_FUNCTIONS: Final[dict[str, Callable[[Any], float]]] = {
    "rastrigin": _rastrigin, "ackley": _ackley, "rosenbrock": _rosenbrock}


def _counted(name: str) -> tuple[Callable[[Any], float], list[Any]]:
    """Return a function that raises ``_Done`` at the target or the limit, and its account."""
    function, account = _FUNCTIONS[name], [0, False]

    def rate(x: Any) -> float:
        f = function([float(v) for v in x])
        account[0] += 1
        account[1] |= f <= _TARGET
        if account[1] or account[0] >= _MAX_FES:
            raise _Done
        return f

    return rate, account


def run_cma(name: str, seed: int, low: float, high: float) -> list[Any]:
    """Run pycma's CMA-ES; return the FEs and whether it was successful."""
    import cma

    rate, account = _counted(name)
    x0 = np.random.default_rng(seed).uniform(low, high, _N)
    strategy = cma.CMAEvolutionStrategy(x0, 0.2 * (high - low), {
        "bounds": [low, high], "seed": seed + 1, "verbose": -9})
    with suppress(_Done):
        while not strategy.stop():
            points = strategy.ask()
            strategy.tell(points, [rate(x) for x in points])
    return account


def run_scipy(name: str, seed: int, low: float, high: float) -> list[Any]:
    """Run SciPy's differential evolution; return the FEs and whether it was successful."""
    from scipy.optimize import differential_evolution

    rate, account = _counted(name)
    with suppress(_Done):
        differential_evolution(rate, [(low, high)] * _N, maxiter=10 ** 9,
                               seed=np.random.default_rng(seed + 10 ** 6))
    return account


def run_fescue(solver: str, name: str, seed: int) -> list[Any]:
    """Run ours; return the FEs and whether it was successful."""
    from fescue import algorithms, operators, problems

    entry = next(p for p in problems.CATALOGUE if p.name == name)
    task = entry.task(entry.instance(str(_N)))
    made = next(a for a in algorithms.CATALOGUE if a.name == solver).make(
        operators.kit_for(task.points()))
    execution = task.execution(made).set_max_fes(_MAX_FES).set_goal_f(_TARGET)
    with execution.set_rand_seed(seed).execute() as process:
        return [process.get_consumed_fes(), process.get_best_f() <= _TARGET]


def _ert(runs: np.ndarray) -> float:
    successes = runs[:, 1].sum()
    return float(runs[:, 0].sum() / successes) if successes else inf


def _rows(seeds: int) -> Iterator[tuple[str, str, list[Any], list[Any]]]:
    from fescue import problems

    for name in _FUNCTIONS:
        entry = next(p for p in problems.CATALOGUE if p.name == name)
        space: Any = entry.task(entry.instance(str(_N))).points()
        low, high = float(space.lower_bound[0]), float(space.upper_bound[0])
        for solver, peer, python in (("cmaes", "cma", pymoo_python()),
                                     ("de", "scipy", sys.executable)):
            child = subprocess.Popen(
                [python, __file__, "--child", peer, name, str(seeds), str(low), str(high)],
                stdout=subprocess.PIPE, text=True)
            ours = [run_fescue(solver, name, seed) for seed in range(1, seeds + 1)]
            theirs = json.loads(child.communicate()[0])
            yield f"{solver}, {name}", peer, ours, theirs


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="solvers beside their peers")
    parser.add_argument("--seeds", type=int, default=51, help="of each row, default 51")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        peer, name, seeds, low, high = options.child
        run = {"cma": run_cma, "scipy": run_scipy}[peer]
        print(json.dumps([run(name, seed, float(low), float(high))
                          for seed in range(1, int(seeds) + 1)]))
        return
    random = np.random.default_rng(1)
    print(_cells("10 variables, to 1e-8", "fescue", "its ERT", "peer", "successes", "its ERT",
                 "difference of success rates, 95 %", "ratio of ERTs, 95 %", "no worse"))
    print(_cells(*["---"] * 9), flush=True)
    for title, peer, *both in _rows(options.seeds):
        runs = [np.array(found, float) for found in both]
        draws = [[found[random.integers(0, len(found), len(found))] for _ in range(2000)]
                 for found in runs]
        rates = np.quantile([a[:, 1].mean() - b[:, 1].mean() for a, b in zip(
            *draws, strict=True)], (0.025, 0.975))
        ratios = [_ert(a) / _ert(b) for a, b in zip(*draws, strict=True)
                  if _ert(a) < inf and _ert(b) < inf]
        low, high = np.quantile(ratios, (0.025, 0.975)) if ratios else (0.0, inf)
        fine = rates[1] >= 0 and low <= 1
        print(_cells(title, f"{runs[0][:, 1].sum():.0f}/{len(runs[0])}", f"{_ert(runs[0]):,.0f}",
                     peer, f"{runs[1][:, 1].sum():.0f}/{len(runs[1])}", f"{_ert(runs[1]):,.0f}",
                     f"{rates[0]:+.2f} to {rates[1]:+.2f}",
                     f"{low:.2f} to {high:.2f}" if ratios else "no successes",
                     "yes" if fine else "**no**"), flush=True)


if __name__ == "__main__":
    main()
