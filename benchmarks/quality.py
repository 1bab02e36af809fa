"""Compares what algorithms find, and how soon, with theory.

Usage: ``python benchmarks/quality.py``; see docs/quality.md.

Each row has the mean over many seeds, with its 95 % confidence interval by the bootstrap, beside
what the theory of randomized search heuristics says.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from process import _cells

from fescue import EA, RLS, BitStrings, Execution, LeadingOnes, OneMax, Op0Random
from fescue.operators import Op1Flip1, Op1MoverNflip

_TOLERANCE = 0.05


def fes_to_optimum(make: Callable[[], tuple[Any, Any]], seeds: int) -> np.ndarray:
    """Return the FEs that runs with the seeds 1, 2, ... need to reach the optimum."""
    found = []
    for seed in range(1, seeds + 1):
        problem, algorithm = make()
        execution = Execution().set_solution_space(BitStrings(problem.n)).set_objective(problem)
        execution.set_algorithm(algorithm).set_rand_seed(seed).set_max_fes(10 ** 8)
        with execution.set_n_runs(seeds).execute() as process:
            if process.get_best_f() != 0:
                raise RuntimeError(f"seed {seed} did not reach the optimum")
            found.append(process.get_last_improvement_fe())
    return np.array(found)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return the 95 % confidence interval of the mean."""
    random = np.random.default_rng(1)
    means = random.choice(values, (2000, len(values))).mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975)).tolist()
    return low, high


def _rows() -> Iterator[tuple[str, Callable[[], tuple[Any, Any]], int, float, str]]:
    n = 256
    yield (f"(1+1) EA, flipB1n, LeadingOnes n={n}",
           lambda: (LeadingOnes(n), EA(Op0Random(), Op1MoverNflip(n, 1, False))), 101,
           0.86 * n * n, "0.86 n^2 (Böttcher, Doerr, Neumann 2010)")
    yield (f"RLS, flip1, OneMax n={n}", lambda: (OneMax(n), RLS(Op0Random(), Op1Flip1())), 1001,
           n * sum(1 / i for i in range(1, n // 2 + 1)), "n H(n/2)")
    yield (f"RLS, flip1, LeadingOnes n={n}",
           lambda: (LeadingOnes(n), RLS(Op0Random(), Op1Flip1())), 1001, n * n / 2, "n^2 / 2")


def main() -> None:
    """Measure, and print the table."""
    print(_cells("FEs to the optimum", "seeds", "mean", "95 % of the mean", "theory", "expected",
                 "ratio", f"within {_TOLERANCE:.0%}"))
    print(_cells(*["---"] * 8), flush=True)
    for title, make, seeds, expected, formula in _rows():
        values = fes_to_optimum(make, seeds)
        low, high = interval(values)
        ratio = values.mean() / expected
        print(_cells(title, str(seeds), f"{values.mean():,.0f}", f"{low:,.0f} - {high:,.0f}",
                     formula, f"{expected:,.0f}", f"{ratio:.3f}",
                     "yes" if abs(ratio - 1) <= _TOLERANCE else "**no**"), flush=True)


if __name__ == "__main__":
    main()
