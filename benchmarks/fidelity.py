"""Compares algorithms whose random numbers come in an order of our own with those of the peer.

Usage: ``python benchmarks/fidelity.py [--seeds N] [--only TEXT]``; see docs/quality.md.

Each row has the FEs that runs need to reach a target, over the same seeds (default 200) with each
library, and the p-value of the Kolmogorov-Smirnov test: small if the two samples are from
different distributions. Where all random numbers happen to be drawn alike, the samples are equal.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from peer import OURS, Library, interpreters
from process import _cells

#: runs that have not reached the target end here
_MAX_FES = 20_000
#: with a smaller p-value, samples differ; some fifteen tests are made
_ALPHA = 0.05 / 15


def _distance(library: Library, n: int) -> Any:
    """Return the sum of the distances from 1, 2, ..., n as an objective."""
    class Distance(library.Objective):  # type: ignore[misc]
        """Is 0 for the sorted permutation of positive elements alone."""

        def evaluate(self, x: Any) -> int:
            return sum(abs(v - i) for i, v in enumerate(x.tolist(), 1))

        def lower_bound(self) -> int:
            return 0

        def upper_bound(self) -> int:
            return 2 * n * n

        def is_always_integer(self) -> bool:
            return True

        def __str__(self) -> str:
            return "distance"

    return Distance()


def cases(o: Library) -> Iterator[tuple[str, Callable[[], Any], int]]:
    """Yield a title, what makes an execution, and the target."""
    def bits(make: Callable[[Any, Any, Any], Any], problem: Any) -> Callable[[], Any]:
        return lambda: o.Execution().set_solution_space(o.BitStrings(problem.n)).set_objective(
            problem).set_algorithm(make(o.Op0Random(), o.Op1MoverNflip(problem.n),
                                        o.Op2Uniform()))

    onemax, jump = o.OneMax(32), o.Jump(12, 3)
    for title, more in (
            ("tournaments of 3 with replacement", {
                "mating": lambda: o.TournamentWithReplacement(3)}),
            ("tournaments of 2 without replacement", {
                "mating": lambda: o.TournamentWithoutReplacement(2)}),
            ("survival by tournaments of 3", {
                "survival": lambda: o.TournamentWithoutReplacement(3)}),
            ("fitness-proportionate mating, fitness f", {
                "mating": lambda: o.FitnessProportionateSUS(), "fitness": lambda: o.Direct()}),
            ("fitness-proportionate mating at least 0.05, rank", {
                "mating": lambda: o.FitnessProportionateSUS(0.05), "fitness": lambda: o.Rank()}),
            ("frequency fitness", {"fitness": lambda: o.FFA(onemax)})):
        yield (f"GeneralEA 8+8, {title}, OneMax 32", bits(
            lambda op0, op1, op2, more=more: o.GeneralEA(
                op0, op1, op2, 8, 8, 0.3, **{key: part() for key, part in more.items()}),
            onemax), 0)
    yield "MARLS 3+2, 16 FEs, OneMax 32", bits(
        lambda *ops: o.MARLS(*ops, 3, 2, 16), onemax), 0
    yield "MA 3+2, RLS of 16 FEs, OneMax 32", bits(lambda op0, op1, op2: o.MA(
        op0, op2, o.RLS(o.Op0Forward(), op1), 3, 2, 16), onemax), 0
    yield "greedy (2+1) GA, OneMax 32", bits(o.GreedyTwoPlusOneEAmod, onemax), 0
    for name in ("EAFEA", "EAFEAA", "EAFEAB"):
        yield f"{name}, Jump 12 3", bits(
            lambda op0, op1, op2, name=name: getattr(o, name)(op0, op1), jump), 0
    yield "Luby restarts of RLS, base 32, Jump 12 3", bits(
        lambda op0, op1, op2: o.luby_restarts(o.RLS(op0, op1), 32), jump), 0
    inst = o.Instance.from_resource("ft06")
    points = o.Permutations.with_repetitions(6, 6)
    yield "PPA 8, swapxn, ft06", lambda: o.Execution().set_solution_space(
        o.GanttSpace(inst)).set_search_space(points).set_encoding(
        o.OperationBasedEncoding(inst)).set_objective(o.Makespan(inst)).set_algorithm(
        o.PPA(o.Op0Shuffle(points), o.Op1SwapExactlyN(points), 8, 3)), 60
    signed = o.SignedPermutations.standard(6)
    yield "RLS, swap2orFlip, distance of signed permutations of 6", lambda: (
        o.Execution().set_solution_space(signed).set_objective(_distance(o, 6)).set_algorithm(
            o.RLS(o.Op0ShuffleAndFlip(signed), o.Op1Swap2OrFlip()))), 4
    choices = o.OrderedChoices.signed_permutations(4)
    yield "random sampling, choose and shuffle, 4 of +-1..4", lambda: (
        o.Execution().set_solution_space(choices).set_objective(_distance(o, 4)).set_algorithm(
            o.RandomSampling(o.Op0ChooseAndShuffle(choices)))), 3


def measure(name: str, seeds: int, only: str) -> None:
    """Print, as a line of JSON for each case, its title and the FEs of all runs."""
    for title, make, target in cases(Library(name)):
        if only not in title:
            continue
        found = []
        for seed in range(1, seeds + 1):
            execution = make().set_rand_seed(seed).set_max_fes(_MAX_FES).set_goal_f(target)
            with execution.execute() as process:
                reached = process.get_best_f() <= target
                found.append(process.get_last_improvement_fe() if reached else _MAX_FES)
        print(json.dumps([title, found]), flush=True)


def main() -> None:
    """Measure with both libraries, and print the table."""
    parser = argparse.ArgumentParser(description="equal distributions of FEs to a target")
    parser.add_argument("--seeds", type=int, default=200, help="of each case, default 200")
    parser.add_argument("--only", default="", help="the cases with this in their titles")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        measure(options.child, options.seeds, options.only)
        return
    from scipy.stats import ks_2samp

    pythons = interpreters()
    children = [subprocess.Popen(
        [python, __file__, "--child", name, "--seeds", str(options.seeds),
         "--only", options.only],
        stdout=subprocess.PIPE, text=True) for name, python in pythons.items()]
    print(_cells("FEs to the target", "fescue, median", "peer, median", "largest distance",
                 "p-value", "alike"))
    print(_cells(*["---"] * 6), flush=True)
    for lines in zip(*(child.stdout or () for child in children), strict=True):
        (title, ours), (_, theirs) = map(json.loads, lines)
        result = ks_2samp(ours, theirs)
        alike = "equal" if ours == theirs else "yes" if result.pvalue >= _ALPHA else "**no**"
        print(_cells(title, f"{median(ours):,.0f}", f"{median(theirs):,.0f}",
                     f"{result.statistic:.3f}", f"{result.pvalue:.3f}", alike), flush=True)
    if any(child.wait() for child in children):
        sys.exit(f"a child has failed; the first one was {OURS}")


if __name__ == "__main__":
    main()
