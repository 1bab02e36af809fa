"""The contracts of algorithms."""

from math import inf
from typing import Any

from numpy.random import default_rng

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
                       search_space: Space | None = None, encoding: Encoding | None = None,
                       max_fes: int = 100, required_result: int | float | None = None,
                       uses_all_fes_if_goal_not_reached: bool = True, *, seed: int = 0) -> None:
    """Check that an algorithm keeps its budget, asks before it evaluates, and is replicable.

    Runs with several budgets and goals, one of which the first evaluation reaches, must begin
    with the same points and values as one with ``max_fes``.

    Args:
        algorithm: the algorithm
        solution_space: the space of the solutions
        objective: the objective function
        search_space: the space that the algorithm works on, ``None`` if it is the other one
        encoding: the map between them, ``None`` likewise
        max_fes: the largest budget, at least 3
        required_result: the value that its best point must not exceed at the end, ``None`` for any
        uses_all_fes_if_goal_not_reached: whether it goes on until its budget is used up or the
            goal is reached
        seed: of the random numbers

    Raises:
        TypeError: if it is no algorithm
        ValidationError: if it does not keep the contract
        Exception: what the algorithm itself raises
    """
    validate_component(algorithm, kind=Algorithm)
    _validate(algorithm, Execution, (solution_space, objective, search_space, encoding), max_fes,
              required_result, uses_all_fes_if_goal_not_reached, seed)


def validate_mo_algorithm(algorithm: MOAlgorithm, solution_space: Space, problem: MOProblem,
                          search_space: Space | None = None, encoding: Encoding | None = None,
                          max_fes: int = 100, required_result: int | float | None = None,
                          uses_all_fes_if_goal_not_reached: bool = True, *,
                          seed: int = 0) -> None:
    """Check a multi-objective algorithm, and that its archive has no dominated points.

    Args:
        algorithm: the algorithm
        solution_space: the space of the solutions
        problem: the problem
        search_space: the space that the algorithm works on, ``None`` if it is the other one
        encoding: the map between them, ``None`` likewise
        max_fes: the largest budget, at least 3
        required_result: the value that its best point must not exceed at the end, ``None`` for any
        uses_all_fes_if_goal_not_reached: whether it goes on until its budget is used up or the
            goal is reached
        seed: of the random numbers

    Raises:
        TypeError: if it is no multi-objective algorithm
        ValidationError: if it does not keep the contract
        Exception: what the algorithm itself raises
    """
    validate_component(algorithm, kind=MOAlgorithm)
    _validate(algorithm, MOExecution, (solution_space, problem, search_space, encoding), max_fes,
              required_result, uses_all_fes_if_goal_not_reached, seed)


class _Spy(Algorithm):
    """Runs an algorithm and listens to its evaluations."""

    def __init__(self, algorithm: Algorithm) -> None:
        self._algorithm = algorithm
        #: the text and the objective value of each point that was evaluated
        self.seen: list[tuple[str, int | float]] = []
        self._went_on = False

    def solve(self, process: Any) -> None:
        """Put listeners between process and algorithm."""
        for name in ("evaluate", "register", "f_evaluate"):
            if hasattr(process, name):
                setattr(process, name, self._listen(process, getattr(process, name)))
        try:
            self._algorithm.solve(process)
        finally:  # also if the algorithm has caught the error
            require(not self._went_on, self._algorithm,
                    f"has gone on after the end of its run at FE {len(self.seen)}: it must ask "
                    "should_terminate() before each evaluation but the first")

    def initialize(self) -> None:
        """Reset the algorithm."""
        self._algorithm.initialize()

    def _listen(self, process: Any, method: Any) -> Any:
        is_over = process.should_terminate

        def listener(x: Any, *args: Any) -> Any:
            # now that it has said so, the process refuses by an error: nobody goes on forever
            self._went_on |= is_over()
            result = method(x, *args)
            text = "" if x is None else process.to_str(x)
            self.seen.append((text, args[0] if result is None else result))
            return result

        return listener


def _validate(algorithm: Algorithm, builder: type[Execution], parts: tuple[Any, ...],
              max_fes: int, required_result: int | float | None, uses_all_fes: bool,
              seed: int) -> None:
    solutions, objective, points, encoding = parts

    def run(budget: int, goal: int | float = -inf) -> tuple[list[tuple[str, int | float]], Any]:
        spy = _Spy(algorithm)
        execution = builder().set_algorithm(spy).set_solution_space(solutions)
        execution.set_objective(objective).set_search_space(points).set_encoding(encoding)
        execution.set_max_fes(budget).set_rand_seed(seed).set_goal_f(goal)
        with execution.execute() as process:
            return spy.seen, process

    whole, process = run(max_fes)
    values = [f for _, f in whole]
    require(required_result is None or min(values) <= required_result, algorithm,
            f"has found {min(values)} within {max_fes} FEs, but must find {required_result}")
    if isinstance(objective, MOProblem):
        _check_archive(algorithm, objective, process)
    budgets = {1, 2, 3, max_fes - 1, max_fes, *_some(max_fes, seed)}
    goals = {f for f in (values[0], min(values)) if f < inf}
    for budget, goal in [*((b, -inf) for b in sorted(budgets)), *((max_fes, g) for g in goals)]:
        seen, process = run(budget, goal)
        for i, (now, before) in enumerate(zip(seen, whole, strict=False), 1):
            require(now == before, algorithm,
                    f"FE {i} of {budget} is {now}, but was {before} in a run of {max_fes} FEs with "
                    "the same seed")
        best = min(f for _, f in seen)
        kept = process.get_best_f() if process.has_best() else inf
        require(kept == best, algorithm,
                f"the best value seen is {best}, but the process has {kept}")
        reached = best <= max(goal, objective.lower_bound())
        require(len(seen) == budget or reached or not uses_all_fes, algorithm,
                f"has stopped after {len(seen)} of {budget} FEs")


def _some(max_fes: int, seed: int) -> list[int]:
    """Return some budgets, so that algorithms that ask now and then are found out."""
    budgets: list[int] = default_rng(seed).integers(1, max_fes, 8).tolist()
    return budgets


def _check_archive(algorithm: Algorithm, problem: MOProblem, process: Any) -> None:
    records = process.get_archive()
    require(records, algorithm, "has left an empty archive")
    for a in records:
        for b in records:
            relation = problem.f_dominates(a.fs, b.fs)
            require(relation == (2 if a is b else 0), algorithm,
                    f"its archive has {a.fs} and {b.fs}, which can be compared")
