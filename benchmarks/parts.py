"""Measures what the parts of compiled runs cost, each alone, and what is left to the loop around.

Usage: ``python benchmarks/parts.py [--repeats N]``; see README.md and docs/performance.md.

*draws* is the choice of moves, and nothing else, by a random generator; *rating* is making moves
that were chosen before, rating the points, and undoing the moves, at a point that RLS has found.
*all* is the loop itself, with Python's part in it, from that point on. What remains is handling of
improvements, acceptance and bookkeeping, less what the processor does at the same time.
"""

# mypy: disable-error-code="name-defined"
# ruff: noqa: F821

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from compiled import endless
from peer import OURS, Library
from process import _cells, _machine, jssp

from fescue.kernels.link import Linked
from fescue.kernels.primitives import draw

_MOVES = 20_000
_SECONDS = 0.3


def only_draws(rng: Any, n: Any, count: Any, total: Any) -> None:
    for _ in range(count):
        total[0] += draw(rng, n)


def only_doubles(rng: Any, n: Any, count: Any, total: Any) -> None:
    for _ in range(count):
        total[0] += rng.random()


def only_choose(rng: Any, x: Any, count: Any, data: Any, total: Any) -> None:
    for _ in range(count):
        a, b = choose(rng, x, data)
        total[0] += a + b


def only_changes(x: Any, f: Any, a: Any, b: Any, move: Any, data: Any, total: Any) -> None:
    for i in range(len(a)):
        total[0] += rate_move(x, f, a[i], b[i], move, data)


def only_tails(x: Any, f: Any, a: Any, b: Any, move: Any, data: Any, total: Any) -> None:
    known = 0
    for i in range(len(a)):
        apply(x, a[i], b[i], move)
        start = first(a[i], b[i], move)
        total[0] += rate_from(x, start, known, f, data)
        known = max(known, start)
        undo(x, a[i], b[i], move)


def timed(loop: Callable[..., None], names: dict[str, Any], *args: Any) -> float:
    """Return the nanoseconds of each of ``_MOVES`` steps of a loop, compiled as runs are."""
    call = Linked(loop, names, (*args, np.zeros(1)))
    call()
    times = []
    end = perf_counter() + _SECONDS
    while perf_counter() < end or len(times) < 3:
        start = perf_counter()
        call()
        times.append((perf_counter() - start) / _MOVES * 1e9)
    return median(times)


def parts_of(build: Callable[[Library], Any], warm_up: int, fes: int) -> tuple[float, ...]:
    """Return the nanoseconds per FE of draws, rating, and all of a run."""
    spans = []
    for budget in (warm_up + fes, warm_up):
        execution, algorithm = build(Library(OURS))
        execution.set_algorithm(algorithm).set_rand_seed(1).set_compiled(True)
        with execution.set_max_fes(budget).execute() as process:
            clock = process._run.clock
            spans.append(clock._end - clock.start)
            x, f = process.create(), process.get_best_f()
            process.get_copy_of_best_x(x)
    op1, objective = algorithm.op1, execution._objective
    move, rng = op1.move(), np.random.default_rng(1)
    names = {"choose": move.choose, "apply": move.apply, "undo": move.undo, "first": move.first}
    names = {name: function for name, function in names.items() if function is not None}
    data = move.data or (0,)
    draws = timed(only_choose, names, rng, x, _MOVES, data)
    chosen = np.array([move.choose(rng, x, move.data) for _ in range(_MOVES)], np.int64)
    a, b = chosen[:, 0].copy(), chosen[:, 1].copy()
    change = objective.kernel_of_moves(op1) if execution._encoding is None else None
    if change is not None:
        rating = timed(only_changes, {**names, "rate_move": change.function}, x, f, a, b, data,
                       change.data or (0,))
    else:
        tail = objective.kernel_from(execution._encoding)
        rating = timed(only_tails, {**names, "rate_from": tail.function}, x, f, a, b, data,
                       tail.data)
    return draws, rating, (spans[0] - spans[1]) / fes


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="what the parts of compiled runs cost")
    parser.add_argument("--repeats", type=int, default=5, help="of each row, default 5")
    repeats = parser.parse_args().repeats
    print(f"{_machine()}; medians of {repeats}\n")
    rng = np.random.default_rng(1)
    doubles = timed(only_doubles, {}, rng, 1, _MOVES)
    integers = timed(only_draws, {}, rng, 1000, _MOVES)
    print(f"A random double takes {doubles:.1f} ns, an integer below 1000 takes {integers:.1f} ns."
          "\n")
    print(_cells("RLS", "draws", "rating", "all", "all - draws - rating"))
    print(_cells(*["---"] * 5), flush=True)
    rows = [(f"{op1}, {problem} n={n:,}", lambda lib, problem=problem, n=n, op1=op1: endless(
        lib, problem, n, operator=op1), 20 * n, 20_000_000)
        for problem, n, op1 in (("OneMax", 64, "flip1"), ("OneMax", 1024, "flip1"),
                                ("OneMax", 1 << 20, "flip1"), ("OneMax", 64, "flipB1"),
                                ("OneMax", 1024, "flipB1"), ("LeadingOnes", 1024, "flip1"))]
    rows += [(f"swap2, JSSP {name}", lambda lib, name=name: jssp(lib, name), fes, fes)
             for name, fes in (("la24", 1_000_000), ("abz7", 500_000), ("ta80", 100_000))]
    for title, build, warm_up, fes in rows:
        found = np.median([parts_of(build, warm_up, fes) for _ in range(repeats)], axis=0)
        draws, rating, whole = found.tolist()
        print(_cells(title, f"{draws:.1f} ns", f"{rating:.1f} ns", f"{whole:.1f} ns",
                     f"{whole - draws - rating:.1f} ns"), flush=True)


if __name__ == "__main__":
    main()
