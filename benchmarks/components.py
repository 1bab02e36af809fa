"""Writes the page that helps to choose a component: all catalogues, with FEs per second.

Usage: ``python benchmarks/components.py [--seconds S] > docs/components.md``

Each figure is the median of five runs of about ``S`` seconds each (default 0.2), compiled where
that is possible: problems with RLS and the operators that are usual for their space, algorithms and
operators on the first problem for their kind of space, operators in RLS (unary) or an EA (binary).
"""

import argparse
import platform
from collections.abc import Iterable
from statistics import median
from typing import Any

from process import _cells, _machine

from fescue import algorithms, operators, problems, spaces
from fescue.algorithms import EA, MORLS, RLS, RandomSampling
from fescue.api.catalogue import Entry, Kit, Task
from fescue.api.operators import Op0, Op1
from fescue.mo.problems import WeightedSum
from fescue.problems import LeadingOnes, ZeroMax
from fescue.spaces import BitStrings

_RUNS = 5
_SHORT, _LONG = 300, 10 ** 8
_DOIS = "https://doi.org/"


def speed(task: Task, algorithm: Any, seconds: float) -> str:
    """Return the FEs per second of runs of an algorithm, and whether they were compiled."""
    found, marked = [], ""
    for seed in range(_RUNS + 1):
        execution = task.execution(algorithm).set_rand_seed(seed).set_goal_f(-1e300)
        execution.set_max_time_millis(max(1, round(seconds * 1000)))
        try:
            execution.set_compiled(True).set_max_fes(_LONG)
            with execution.execute() as process:
                pass
            marked = "c"
        except ValueError:
            with execution.set_compiled(False).execute() as process:
                pass
        clock = process._run.clock
        found.append(process.get_consumed_fes() / ((clock._end - clock.start) / 1e9))
    return f"{_rounded(median(found[1:]))} {marked}".strip()


def _rounded(value: float) -> str:
    digits = len(str(int(value)))
    return f"{round(value, 2 - digits):,.0f}"


def _task(kind: str, several: bool = False) -> Task | None:
    """Return a problem for a kind of space, ``None`` if there is none."""
    if several:
        return Task("bits", WeightedSum([LeadingOnes(64), ZeroMax(64)]), BitStrings(64))
    problem = next((p for p in problems.CATALOGUE if p.kind == kind), None)
    if problem is None:
        return None
    names = {"bits": "256", "permutations": "la24"}
    if kind == "permutations":
        problem = next(p for p in problems.CATALOGUE if p.name == "jssp")
    return problem.task(problem.instance(names.get(kind, problem.examples[-1])))


def _source(text: str) -> str:
    return f"[{text}]({_DOIS}{text})" if text.startswith("10.") else text


def _parameters(entry: Entry) -> str:
    return ", ".join(f"`{key}` {value}" for key, value in entry.parameters.items())


def _in_search(op: Any, kit: Kit) -> Any:
    """Return an algorithm that uses an operator."""
    if isinstance(op, Op0):
        return RandomSampling(op)
    if isinstance(op, Op1):
        return RLS(kit.op0, op)
    return EA(kit.op0, kit.op1, op, 16, 16, 0.5)


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    columns = list(columns)
    print(f"\n## {title}\n")
    print(_cells(*columns))
    print(_cells(*["---"] * len(columns)), flush=True)
    for row in rows:
        print(_cells(*row), flush=True)


def main() -> None:
    """Measure, and print the page."""
    parser = argparse.ArgumentParser(description="all components, with FEs per second")
    parser.add_argument("--seconds", type=float, default=0.2, help="of a run, default 0.2")
    seconds = parser.parse_args().seconds
    print("# Choose a component\n")
    print("This page is made of the catalogues by `.venv/bin/python benchmarks/components.py`; the "
          "command\n`fescue list` shows the same without speeds. FEs/s were measured on "
          f"{_machine()},\nPython {platform.python_version()}; `c` marks compiled runs. Problems: "
          "RLS with the operators that are usual\nfor their space, largest example; MORLS if there "
          "are several objectives. Algorithms and operators:\nOneMax with 256 bits, job shop la24, "
          "or the first problem for their space, if there is one;\nfor several objectives "
          "LeadingOnes and ZeroMax with 64 bits.")
    _table("Problems", ("name", "what", "space", "instances", "FEs/s", "source"), (
        (f"`{p.name}`", p.text, p.kind, ", ".join(p.examples), speed(
            task, RLS(kit.op0, kit.op1), seconds), _source(p.source))
        for p in problems.CATALOGUE
        for task in (p.task(p.instance(p.examples[-1])),)
        for kit in (operators.kit_for(task.points()),)))
    _table("Problems with several objectives", ("name", "what", "space", "instances", "FEs/s",
                                                "source"), (
        (f"`{p.name}`", p.text, p.kind, ", ".join(p.examples), speed(
            task, MORLS(kit.op0, kit.op1), seconds), _source(p.source))
        for p in problems.MO_CATALOGUE
        for task in (p.task(p.instance(p.examples[-1])),)
        for kit in (operators.kit_for(task.points()),)))
    for title, catalogue, several in (
            ("Algorithms", algorithms.CATALOGUE, False),
            ("Algorithms for several objectives", algorithms.MO_CATALOGUE, True)):
        _table(title, ("name", "what", "space", "parameters", "FEs/s", "not compiled because",
                       "source"), (
            (f"`{e.name}`", e.text, ", ".join(e.kinds) or "any", _parameters(e),
             speed(task, e.make(operators.kit_for(task.points())), seconds), e.no_kernel,
             _source(e.source))
            for e in catalogue for task in (_task((*e.kinds, "bits")[0], several),)))
    _table("Operators", ("name", "what", "space", "parameters", "FEs/s", "not compiled because",
                         "source"), (
        (f"`{e.name}`", e.text, ", ".join(e.kinds), _parameters(e),
         "" if task is None else speed(task, _in_search(
             e.make(task.points()), operators.kit_for(task.points())), seconds),
         e.no_kernel, _source(e.source))
        for e in operators.CATALOGUE for task in (_task(e.kinds[0]),)))
    _table("Spaces", ("name", "what", "parameters"), (
        (f"`{e.name}`", e.text, _parameters(e)) for e in spaces.CATALOGUE))


if __name__ == "__main__":
    main()
