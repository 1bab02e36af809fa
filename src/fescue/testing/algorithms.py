"""The contracts of algorithms."""

from dataclasses import dataclass
from typing import Any

from fescue.api.algorithm import Algorithm
from fescue.api.encoding import Encoding
from fescue.api.execution import Execution
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.api.space import Space
from fescue.testing.components import require, validate_component


def validate_algorithm(algorithm: Algorithm, solution_space: Space, objective: Objective,
                       search_space: Space | None = None, encoding: Encoding | None = None, *,
                       max_fes: int = 100, uses_all_fes: bool = True, seed: int = 0) -> None:
    """Check that an algorithm keeps its budget, asks before it evaluates, and is replicable.

    It is run with several budgets, and with a goal that its first evaluation reaches.

    Args:
        algorithm: the algorithm
        solution_space: the space of the solutions
        objective: the objective function
        search_space: the space that the algorithm works on, ``None`` if it is the other one
        encoding: the map between them, ``None`` likewise
        max_fes: the largest budget, at least 3
        uses_all_fes: whether it goes on until its budget is used up or the goal is reached
        seed: of the random numbers

    Raises:
        TypeError: if it is no algorithm
        ValidationError: if it does not keep the contract
        Exception: what the algorithm itself raises
    """
    validate_component(algorithm, kind=Algorithm)
    _validate(algorithm, Execution, (solution_space, objective, search_space, encoding), max_fes,
              uses_all_fes, seed)


def validate_mo_algorithm(algorithm: MOAlgorithm, solution_space: Space, problem: MOProblem,
                          search_space: Space | None = None, encoding: Encoding | None = None, *,
                          max_fes: int = 100, uses_all_fes: bool = True, seed: int = 0) -> None:
    """Check a multi-objective algorithm, and that its archive has no dominated points.

    Args:
        algorithm: the algorithm
        solution_space: the space of the solutions
        problem: the problem
        search_space: the space that the algorithm works on, ``None`` if it is the other one
        encoding: the map between them, ``None`` likewise
        max_fes: the largest budget, at least 3
        uses_all_fes: whether it goes on until its budget is used up or the goal is reached
        seed: of the random numbers

    Raises:
        TypeError: if it is no multi-objective algorithm
        ValidationError: if it does not keep the contract
        Exception: what the algorithm itself raises
    """
    validate_component(algorithm, kind=MOAlgorithm)
    _validate(algorithm, MOExecution, (solution_space, problem, search_space, encoding), max_fes,
              uses_all_fes, seed)


@dataclass(frozen=True, slots=True)
class _Trace:
    """What a run has done: its values, whether it kept asking, and its process."""

    values: list[int | float]
    refused: int
    process: Any


class _Spy(Algorithm):
    """Runs an algorithm and listens to its evaluations."""

    def __init__(self, algorithm: Algorithm) -> None:
        self._algorithm = algorithm
        self.values: list[int | float] = []
        self.refused = 0

    def solve(self, process: Any) -> None:
        """Put listeners between process and algorithm."""
        for name in ("evaluate", "register", "f_evaluate"):
            if hasattr(process, name):
                setattr(process, name, self._listen(process, getattr(process, name)))
        self._algorithm.solve(process)

    def initialize(self) -> None:
        """Reset the algorithm."""
        self._algorithm.initialize()

    def _listen(self, process: Any, method: Any) -> Any:
        def listener(*args: Any) -> Any:
            before = process.get_consumed_fes()
            result = method(*args)
            if process.get_consumed_fes() == before:
                self.refused += 1
            else:
                self.values.append(args[1] if result is None else result)
            return result

        return listener


def _validate(algorithm: Algorithm, builder: type[Execution], parts: tuple[Any, ...],
              max_fes: int, uses_all_fes: bool, seed: int) -> None:
    def run(budget: int, goal: int | float | None = None) -> _Trace:
        solutions, objective, points, encoding = parts
        spy = _Spy(algorithm)
        execution = builder().set_algorithm(spy).set_solution_space(solutions)
        execution.set_objective(objective).set_search_space(points).set_encoding(encoding)
        execution.set_max_fes(budget).set_rand_seed(seed)
        if goal is not None:
            execution.set_goal_f(goal)
        with execution.execute() as process:
            return _Trace(spy.values, spy.refused, process)

    whole = run(max_fes)
    for budget in sorted({1, 2, 3, max_fes // 2, max_fes}):
        trace = run(budget)
        n = len(trace.values)
        require(n <= budget, algorithm, f"has used {n} of {budget} FEs")
        require(trace.refused == 0, algorithm,
                f"has evaluated {trace.refused} points after the end of its {budget} FEs: it must "
                "ask should_terminate() before each evaluation but the first")
        require(trace.values == whole.values[:n], algorithm,
                f"with {budget} FEs and the same seed it has seen the values {trace.values}, but "
                f"{whole.values[:n]} with {max_fes} FEs")
        best = trace.process.get_best_f()
        require(best == min(trace.values), algorithm,
                f"the best value seen is {min(trace.values)}, but the process has {best}")
        reached = best <= parts[1].lower_bound()
        require(n == budget or reached or not uses_all_fes, algorithm,
                f"has stopped after {n} of {budget} FEs")
    first = run(max_fes, whole.values[0])
    require(len(first.values) == 1 and first.refused == 0, algorithm,
            f"the goal was reached at FE 1, but it has used {len(first.values)} FEs")
    if isinstance(parts[1], MOProblem):
        _check_archive(algorithm, parts[1], whole.process)


def _check_archive(algorithm: Algorithm, problem: MOProblem, process: Any) -> None:
    records = process.get_archive()
    require(records, algorithm, "has left an empty archive")
    for a in records:
        for b in records:
            relation = problem.f_dominates(a.fs, b.fs)
            require(relation == (2 if a is b else 0), algorithm,
                    f"its archive has {a.fs} and {b.fs}, which can be compared")
