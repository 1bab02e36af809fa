"""Every entry of the catalogues keeps its contract."""

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from subjects import (
    ALGORITHMS,
    MO_ALGORITHMS,
    OPERATORS,
    SPACES,
    made,
    mo_tasks,
    randomize,
    randomizer,
    tasks,
)

from fescue import algorithms, operators, problems, spaces
from fescue.algorithms import (
    EA,
    NSGA2,
    ExponentialSchedule,
    HillClimberWithRestarts,
    LogarithmicSchedule,
)
from fescue.api.catalogue import Task
from fescue.api.mo_archive import KeepFarthest, MOArchivePruner
from fescue.api.mo_problem import MOProblem, MOSOProblemBridge
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.api.space import Space
from fescue.mo.problems import BasicMOProblem, Prioritize, WeightedSum
from fescue.problems import LeadingOnes, OneMax, Trap, ZeroMax
from fescue.spaces import BitStrings
from fescue.testing import (
    validate_algorithm,
    validate_component,
    validate_encoding,
    validate_mo_algorithm,
    validate_mo_archive_pruner,
    validate_mo_problem,
    validate_objective,
    validate_op0,
    validate_op1,
    validate_op1_with_step_size,
    validate_op2,
    validate_operator_kernels,
    validate_rating_kernels,
    validate_space,
)

ALL_SPACES = [space for family in SPACES.values() for space in family]
ALL_TASKS = [task for kind in SPACES for task in tasks(kind)]
CATALOGUES = (spaces.CATALOGUE, operators.CATALOGUE, algorithms.CATALOGUE,
              algorithms.MO_CATALOGUE, problems.CATALOGUE, problems.MO_CATALOGUE)


def _spoil(x: Any) -> Any:
    """Return an invalid point."""
    if isinstance(x, dict):
        return {**x, "unknown": 1}
    if x.dtype == bool:
        return np.append(x, x[:1])
    wrong = x.copy()
    # no element of a space used here, nor is its absolute value
    wrong[0] = np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).max - 1
    return wrong


@pytest.mark.parametrize("space", ALL_SPACES, ids=str)
def test_space(space: Space) -> None:
    validate_space(space, randomizer(space), _spoil)


def _id(task: Task) -> str:
    return f"{task.objective}-{task.solution_space}"


@pytest.mark.parametrize("task", ALL_TASKS, ids=_id)
def test_parts_of_a_problem(task: Task) -> None:
    def solution(random: Any, y: Any) -> Any:
        if task.encoding is None:
            return randomizer(task.solution_space)(random, y)
        task.encoding.decode(randomizer(task.points())(random, task.points().create()), y)
        return y

    validate_space(task.solution_space, solution)
    validate_objective(task.objective, task.solution_space, solution)
    if task.encoding is not None:
        validate_encoding(task.encoding, task.points(), task.solution_space,
                          randomizer(task.points()))
    validate_rating_kernels(
        task.objective, task.points(), randomizer(task.points()), encoding=task.encoding,
        solution_space=task.solution_space, moves=[
            op for op in (entry.make(task.points()) for entry in operators.CATALOGUE
                          if task.kind in entry.kinds)
            if isinstance(op, Op1) and _can_move(task.points())])


def _can_move(space: Any) -> bool:
    """Return whether there is a neighbour, without which operators search for ever."""
    return bool(space.n_points() > 1)


@pytest.mark.parametrize(("entry", "space"), OPERATORS,
                         ids=[f"{e.name}-{s}" for e, s in OPERATORS])
def test_operator(entry: Any, space: Space) -> None:
    op = entry.make(space)
    assert str(op) == entry.name or space.n_points() == 2
    # an operator that always changes its point has one result for one or two neighbours
    few = {"min_unique": 1} if space.n_points() < 5 else {}
    if isinstance(op, Op0):
        validate_op0(op, space, **few)
    elif isinstance(op, Op1):
        validate_op1(op, space, randomizer(space), **few)
        if isinstance(op, Op1WithStepSize):
            validate_op1_with_step_size(op, space, randomizer(space), **few)
    else:
        assert isinstance(op, Op2)
        validate_op2(op, space, randomizer(space), **few)
    validate_operator_kernels(op, space, randomizer(space))


@pytest.mark.parametrize(("entry", "task"), ALGORITHMS,
                         ids=[f"{e.name}-{_id(t)}" for e, t in ALGORITHMS])
def test_algorithm(entry: Any, task: Task) -> None:
    validate_algorithm(made(entry, task), task.solution_space, task.objective, task.search_space,
                       task.encoding, uses_all_fes_if_goal_not_reached=not entry.may_end_early)


#: the first generation of what is in other libraries, with two variables
POPULATIONS = {"cmaes": 6, "sep-cmaes": 6, "bipop-cmaes": 6, "de": 30}


@pytest.mark.parametrize("entry", [*algorithms.CATALOGUE, *algorithms.MO_CATALOGUE],
                         ids=lambda entry: entry.name)
def test_budgets_around_the_population(entry: Any) -> None:
    """A budget of one FE less than the population, of as many, and of one more."""
    kind = (entry.kinds or ("bits",))[0]
    several = entry in algorithms.MO_CATALOGUE
    task = next(t for t in (mo_tasks() if several else tasks(kind)) if t.kind == kind and (
        kind != "vectors" or t.points().dimension == 2))  # type: ignore[attr-defined]
    algorithm = made(entry, task)
    inner = getattr(algorithm, "algorithm", algorithm)
    size = POPULATIONS.get(entry.name) or next(
        (getattr(inner, name) for name in ("mu", "pop_size", "m") if hasattr(inner, name)), 0)
    if size < 3:
        return  # the validator tries 1, 2 and 3 FEs in any case
    validate: Any = validate_mo_algorithm if several else validate_algorithm
    for max_fes in (size, size + 1):
        validate(algorithm, task.solution_space, task.objective, task.search_space, task.encoding,
                 max_fes=max_fes, uses_all_fes_if_goal_not_reached=not entry.may_end_early)


@pytest.mark.parametrize("mu", [1, 2, 5])
@pytest.mark.parametrize("lambda_", [1, 4])
@pytest.mark.parametrize("max_fes", [3, 4, 5, 6, 30])
def test_population_around_the_budget(mu: int, lambda_: int, max_fes: int) -> None:
    kit = operators.kit_for(BitStrings(10))
    validate_algorithm(EA(kit.op0, kit.op1, kit.op2, mu, lambda_), BitStrings(10), OneMax(10),
                       max_fes=max_fes)


@pytest.mark.parametrize("moves", [1, 2, 7])
def test_restarts(moves: int) -> None:
    kit = operators.kit_for(BitStrings(10))
    validate_algorithm(HillClimberWithRestarts(kit.op0, kit.op1, moves), BitStrings(10),
                       LeadingOnes(10))


@pytest.mark.parametrize(("entry", "task"), MO_ALGORITHMS,
                         ids=[f"{e.name}-{_id(t)}" for e, t in MO_ALGORITHMS])
def test_mo_algorithm(entry: Any, task: Task) -> None:
    assert isinstance(task.objective, MOProblem)
    validate_mo_algorithm(made(entry, task), task.solution_space, task.objective,
                          task.search_space, task.encoding)


@pytest.mark.parametrize("pop_size", [3, 4, 10])
@pytest.mark.parametrize("rate", [0.1, 0.9])
def test_mo_population_around_the_budget(pop_size: int, rate: float) -> None:
    kit = operators.kit_for(BitStrings(10))
    algorithm = NSGA2(kit.op0, kit.op1, kit.op2, pop_size, rate)
    for max_fes in {3, pop_size - 1, pop_size, pop_size + 1, 2 * pop_size - 1, 2 * pop_size,
                    2 * pop_size + 1, 5 * pop_size} - {2}:
        # the validator itself tries 1, 2 and 3 FEs, too
        validate_mo_algorithm(algorithm, BitStrings(10),
                              WeightedSum([LeadingOnes(10), ZeroMax(10)]), max_fes=max_fes)


@pytest.mark.parametrize("problem", [
    WeightedSum([LeadingOnes(9), ZeroMax(9)]), WeightedSum([OneMax(9), ZeroMax(9)], [1, 2.5]),
    WeightedSum([LeadingOnes(9), Trap(9), OneMax(9)]), WeightedSum([OneMax(9)]),
    Prioritize([LeadingOnes(9), Trap(9), OneMax(9)]), Prioritize([OneMax(9)]),
    BasicMOProblem([LeadingOnes(9), ZeroMax(9)], lambda *_: max),
    MOSOProblemBridge(OneMax(9)), MOSOProblemBridge(Trap(9))],
    ids=lambda p: f"{p}-{p.f_dimension()}")
def test_mo_problem(problem: Any) -> None:
    validate_mo_problem(problem, BitStrings(9), randomize)


@pytest.mark.parametrize("entry", problems.MO_CATALOGUE, ids=lambda entry: entry.name)
def test_mo_problem_of_the_catalogue(entry: Any) -> None:
    for name in entry.examples:
        task = entry.task(entry.instance(name))
        assert str(entry.instance(f"{entry.name}_{name}")) == str(task.objective)
        validate_mo_problem(task.objective, task.solution_space, randomizer(task.solution_space))
    with pytest.raises(ValueError, match=f"instance '7_x' .* as in {entry.examples[0]}"):
        entry.instance("7_x")


@pytest.mark.parametrize("n", [1, 125, 126, 127, 128, 1000])
def test_mo_problem_around_the_limits_of_types(n: int) -> None:
    def extreme(random: Any, x: Any) -> Any:
        x.fill(random.integers(2))
        return x

    validate_mo_problem(WeightedSum([OneMax(n), ZeroMax(n)]), BitStrings(n), extreme)


@pytest.mark.parametrize("dtype", ["int8", "int16", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("make", [
    KeepFarthest, lambda problem: KeepFarthest(problem, [0]), lambda problem: MOArchivePruner()],
    ids=["keepFarthest", "keepFarthest-0", "fifo"])
def test_pruner(make: Any, dtype: str) -> None:
    validate_mo_archive_pruner(make, dtypes=[dtype])


@pytest.mark.parametrize("schedule", [ExponentialSchedule(3.0, 0.5), LogarithmicSchedule(1.5, 0.1)],
                         ids=str)
def test_schedules(schedule: Any) -> None:
    validate_component(schedule)


def test_names_are_unique_and_nothing_is_missing() -> None:
    for catalogue in CATALOGUES:
        names = [(entry.name, entry.text, kind) for entry in catalogue
                 for kind in getattr(entry, "kinds", ()) or ("",)]
        assert len(set(names)) == len(names)
        for entry in catalogue:
            assert entry.text
    for entry in (*spaces.CATALOGUE, *operators.CATALOGUE, *algorithms.CATALOGUE):
        assert set(entry.kinds) <= set(SPACES)
    assert {problem.kind for problem in (*problems.CATALOGUE, *problems.MO_CATALOGUE)} <= set(
        SPACES)
    described = {type(entry.make(SPACES[entry.kinds[0]][-1])).__name__
                 for entry in operators.CATALOGUE}
    modules = [import_module(f"fescue.operators.{name}") for name in operators._MODULES]
    there = {name for module in modules for name, value in vars(module).items()
             if name.startswith("Op") and getattr(value, "__module__", "") == module.__name__}
    assert there == described
    for entry in operators.CATALOGUE:
        made_one = entry.make(SPACES[entry.kinds[0]][-1])
        assert isinstance(made_one, Op0 | Op1 | Op2)


@pytest.mark.parametrize(("entry", "component"), [
    *((entry, entry.make(operators.kit_for(SPACES[(*entry.kinds, "bits")[0]][-1])))
      for entry in (*algorithms.CATALOGUE, *algorithms.MO_CATALOGUE)),
    *((entry, entry.make(space)) for entry, space in OPERATORS)],
    ids=lambda value: getattr(value, "name", "made"))
def test_kernels_are_there_or_it_is_said_why_not(entry: Any, component: Any) -> None:
    offer = component.search() if hasattr(component, "search") else component.kernel()
    assert (offer is None) == bool(entry.no_kernel)


@pytest.mark.parametrize("task", ALL_TASKS, ids=_id)
def test_problems_have_kernels(task: Task) -> None:
    assert task.objective.kernel() is not None
    assert task.encoding is None or task.encoding.kernel() is not None
