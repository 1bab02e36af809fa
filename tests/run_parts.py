"""Small parts for tests of runs: a point is a list of integers, everything else is scripted."""

from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from fescue.api.algorithm import Algorithm
from fescue.api.encoding import Encoding
from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.api.process import Process
from fescue.api.space import Space
from fescue.utils.sections import parse_csv, parse_key_values, parse_sections


class Points(Space):
    """Lists of one integer, which must not be negative."""

    def __init__(self, name: str = "points") -> None:
        self.name = name

    def create(self) -> list[int]:
        return [0]

    def copy(self, dest: list[int], source: list[int]) -> None:
        dest[:] = source

    def to_str(self, x: list[int]) -> str:
        return ";".join(map(str, x))

    def from_str(self, text: str) -> list[int]:
        return [int(t) for t in text.split(";")]

    def validate(self, x: list[int]) -> None:
        if len(x) != 1 or x[0] < 0:
            raise ValueError(f"{x} is no point")

    def __str__(self) -> str:
        return self.name


class Values(Objective):
    """Rates the point ``[i]`` with the i-th value, raising it if it is an exception."""

    def __init__(self, values: Iterable[Any], lower: float = -inf, upper: float = inf) -> None:
        self.values = list(values)
        self.lower, self.upper = lower, upper
        self.calls = 0

    def evaluate(self, x: list[int]) -> Any:
        self.calls += 1
        value = self.values[x[0]]
        if isinstance(value, BaseException):
            raise value
        return value

    def lower_bound(self) -> float:
        return self.lower

    def upper_bound(self) -> float:
        return self.upper

    def __str__(self) -> str:
        return "values"


class Vectors(MOProblem):
    """Rates the point ``[i]`` with the i-th vector, whose scalarization is its sum."""

    def __init__(self, vectors: Iterable[Iterable[int | float]], dtype: Any = np.int64) -> None:
        self.vectors = [list(v) for v in vectors]
        self.dtype = np.dtype(dtype)
        self.calls = 0

    def f_dimension(self) -> int:
        return len(self.vectors[0])

    def f_dtype(self) -> np.dtype[Any]:
        return self.dtype

    def f_evaluate(self, x: list[int], fs: np.ndarray) -> int | float:
        self.calls += 1
        fs[:] = self.vectors[x[0]]
        return sum(self.vectors[x[0]])

    def __str__(self) -> str:
        return "vectors"


class Half(Encoding):
    """Decodes the point ``[2 * i]`` or ``[2 * i + 1]`` into the solution ``[i]``."""

    def decode(self, x: list[int], y: list[int]) -> None:
        y[:] = [x[0] // 2]

    def __str__(self) -> str:
        return "half"


class Do(Algorithm):
    """Does what a function of the process does."""

    def __init__(self, solve: Callable[[Any], Any], name: str = "do") -> None:
        self.function, self.name = solve, name

    def solve(self, process: Process) -> None:
        self.function(process)

    def __str__(self) -> str:
        return self.name


def scan(process: Any) -> None:
    """Evaluate ``[0], [1], [2]...`` until told to stop."""
    i = 0
    while not process.should_terminate():
        process.evaluate([i])
        i += 1


def setup(objective: Any, solve: Callable[[Any], Any] = scan, *, log: Path | None = None,
          max_fes: int | None = None, encoded: bool = False, builder: Any = None) -> Any:
    """Return an execution with seed 1; ``objective`` may be a list of values."""
    if isinstance(objective, list):
        objective = Values(objective)
    if builder is None:
        builder = MOExecution if isinstance(objective, MOProblem) else Execution
    if max_fes is None and solve is scan:
        max_fes = len(getattr(objective, "values", getattr(objective, "vectors", ())))
    execution = (builder().set_algorithm(Do(solve)).set_objective(objective).set_rand_seed(1)
                 .set_solution_space(Points("solutions" if encoded else "points"))
                 .set_log_file(log))
    if encoded:
        execution.set_search_space(Points()).set_encoding(Half())
    return execution if max_fes is None else execution.set_max_fes(max_fes)


def sections(log: Path) -> dict[str, list[str]]:
    """Return the sections of a log file."""
    return parse_sections(log.read_text(encoding="utf-8").splitlines())


def state(log: Path) -> dict[str, str]:
    """Return the final state that a log file tells of."""
    return parse_key_values(sections(log)["STATE"])


def progress(log: Path) -> list[tuple[str, ...]]:
    """Return the rows of the progress table without their times; none if there is no table."""
    lines = sections(log).get("PROGRESS", [])
    return [(row[0], *row[2:]) for row in parse_csv(lines)[1:]]


def in_run(use: Any, objective: Any = None, **settings: Any) -> Any:
    """Call ``use(process)`` in a run and return the process after it."""
    def solve(process: Any) -> None:
        use(process)
        if not process.has_best():
            process.evaluate([0])

    execution = setup(list(range(50, 0, -1)) if objective is None else objective, solve,
                      **settings)
    with execution.execute() as process:
        return process
