"""The contract of algorithms, on problems that many of them can be tried on.

``algorithm`` is always an algorithm, or a function that makes one; it may have as many parameters
as it needs of those that are named.
"""

from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any, Final

from fescue.api.algorithm import Algorithm
from fescue.api.catalogue import Task
from fescue.api.objective import Objective
from fescue.problems.bitstrings import LeadingOnes, OneMax
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.problems.vectors import Ackley
from fescue.spaces.bitstrings import BitStrings
from fescue.spaces.vectorspace import VectorSpace
from fescue.testing.algorithms import validate_algorithm
from fescue.testing.components import require

#: an algorithm, or what makes one
Maker = Algorithm | Callable[..., Algorithm]

_BITS: Final = (1, 2, 3, 5, 8, 13)
_INSTANCES: Final = ("demo", "ft06", "la24")


def validate_algorithm_on_bitstrings(
        objective: Objective | Callable[[int], Objective], algorithm: Maker, dimension: int = 5,
        max_fes: int = 100, required_result: int | float | None = None) -> None:
    """Check an algorithm on bit strings.

    Args:
        objective: the objective function, or what makes it of the number of bits
        algorithm: made of the space and the objective function
        dimension: the number of bits, at least 1
        max_fes: the largest budget, at least 3
        required_result: the value that must be reached within it, ``None`` for any

    Raises:
        ValidationError: if the algorithm does not keep its contract
    """
    f = objective if isinstance(objective, Objective) else objective(dimension)
    space = BitStrings(dimension)
    validate_algorithm(_made(algorithm, space, f), space, f, max_fes=max_fes,
                       required_result=required_result)


def validate_algorithm_on_onemax(algorithm: Maker, max_fes: int = 100) -> None:
    """Check an algorithm on OneMax of several sizes; see the function for all bit strings."""
    for n in _BITS:
        validate_algorithm_on_bitstrings(OneMax, algorithm, n, max_fes)


def validate_algorithm_on_leadingones(algorithm: Maker, max_fes: int = 100) -> None:
    """Check an algorithm on LeadingOnes of several sizes; see the function for all bit strings."""
    for n in _BITS:
        validate_algorithm_on_bitstrings(LeadingOnes, algorithm, n, max_fes)


def validate_algorithm_on_1_jssp(
        algorithm: Maker, instance: str = "demo", max_fes: int = 100,
        required_result: int | float | None = None) -> None:
    """Check an algorithm on a job shop instance.

    Args:
        algorithm: made of the instance, the search space and the objective function
        instance: the name of the instance
        max_fes: the largest budget, at least 3
        required_result: the makespan that must be reached within it, ``None`` for any

    Raises:
        ValidationError: if the algorithm does not keep its contract
    """
    matrix = jssp_instance(instance)
    task = jssp_task(matrix)
    validate_algorithm(_made(algorithm, matrix, task.points(), task.objective),
                       task.solution_space, task.objective, task.search_space, task.encoding,
                       max_fes=max_fes, required_result=required_result)


def validate_algorithm_on_jssp(algorithm: Maker) -> None:
    """Check an algorithm on several job shop instances; see the function for one of them."""
    for name in _INSTANCES:
        validate_algorithm_on_1_jssp(algorithm, name)


def validate_algorithm_on_vectors(
        objective: Objective, algorithm: Maker, max_fes: int = 100,
        uses_all_fes_if_goal_not_reached: bool = True,
        dims: Iterable[int] = (1, 2, 3, 4, 5, 10)) -> None:
    """Check an algorithm on real vectors of several dimensions.

    Args:
        objective: the objective function
        algorithm: made of the space and the objective function
        max_fes: the largest budget, at least 3
        uses_all_fes_if_goal_not_reached: whether it must use up its budget
        dims: the dimensions; the bounds of the vectors are -5 and 5, or less

    Raises:
        ValidationError: if the algorithm does not keep its contract
    """
    for n in dims:
        for space in (VectorSpace(n, -5.0, 5.0), VectorSpace(n, -1.0, [2.0 + i for i in range(n)])):
            validate_algorithm(
                _made(algorithm, space, objective), space, objective, max_fes=max_fes,
                uses_all_fes_if_goal_not_reached=uses_all_fes_if_goal_not_reached)


def validate_algorithm_on_ackley(
        algorithm: Maker, uses_all_fes_if_goal_not_reached: bool = True,
        dims: Iterable[int] = (1, 2, 3, 4, 5, 10)) -> None:
    """Check an algorithm on Ackley's function; see the function for all vectors."""
    validate_algorithm_on_vectors(
        Ackley(), algorithm, uses_all_fes_if_goal_not_reached=uses_all_fes_if_goal_not_reached,
        dims=dims)


def verify_algorithms_equivalent(algorithms: Iterable[Maker], tasks: Iterable[Task] | None = None,
                                 max_fes: int = 200, seeds: Iterable[int] = range(3)) -> None:
    """Check that algorithms are the same: equal values at each FE, from equal seeds.

    Args:
        algorithms: at least two, made of the space and the objective function
        tasks: the problems, ``None`` for some on bit strings
        max_fes: the budget
        seeds: of the runs

    Raises:
        ValidationError: if two of them differ
        ValueError: if there are less than two
    """
    makers = list(algorithms)
    if len(makers) < 2:
        raise ValueError(f"algorithms has {len(makers)} element(s), give at least two.")
    all_seeds = list(seeds)
    for task in tasks or (Task("bits", make(n), BitStrings(n)) for make in (OneMax, LeadingOnes)
                          for n in _BITS):
        for seed in all_seeds:
            first, *others = [_values(maker, task, max_fes, seed) for maker in makers]
            for i, (algorithm, values) in enumerate(others, 1):
                fe = next((k for k, pair in enumerate(
                    zip(first[1], values, strict=False), 1) if pair[0] != pair[1]), None)
                require(values == first[1], algorithm,
                        f"(number {i}) differs from {first[0]} on {task.objective} with seed "
                        f"{seed}, first at FE {fe or min(len(first[1]), len(values)) + 1}")


def _values(maker: Maker, task: Task, max_fes: int, seed: int) -> tuple[Algorithm, list[Any]]:
    algorithm, values = _made(maker, task.points(), task.objective), []

    class Listener(Algorithm):
        def initialize(self) -> None:
            algorithm.initialize()

        def solve(self, process: Any) -> None:
            evaluate = process.evaluate

            def listen(x: Any) -> Any:
                f = evaluate(x)
                values.append(f)
                return f

            process.evaluate = listen
            algorithm.solve(process)

        def __str__(self) -> str:
            return str(algorithm)

    with task.execution(Listener()).set_max_fes(max_fes).set_rand_seed(seed).execute():
        return algorithm, values


def _made(maker: Maker, *parts: Any) -> Algorithm:
    if isinstance(maker, Algorithm):
        return maker
    n = len([p for p in signature(maker).parameters.values() if p.kind in (
        p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty])
    return maker(*parts[:n])
