"""The contracts of objective functions, encodings and multi-objective problems."""

from math import isfinite, isnan
from typing import Any

import numpy as np
from numpy.random import default_rng

from fescue.api.encoding import Encoding
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.api.space import Space
from fescue.testing.components import require, validate_component
from fescue.testing.operators import MakeValid


def validate_objective(objective: Objective, space: Space, make_valid: MakeValid, *,
                       is_deterministic: bool = True, samples: int = 50, seed: int = 0) -> None:
    """Check that an objective rates solutions within its bounds and leaves them unchanged.

    Args:
        objective: the objective function
        space: the space of its solutions
        make_valid: returns a random valid solution made of a new one
        is_deterministic: whether equal solutions always have equal values
        samples: the number of solutions rated, at least 1
        seed: of the random numbers

    Raises:
        TypeError: if it is no objective function
        ValidationError: if it does not keep the contract
    """
    validate_component(objective, kind=Objective)
    low, high = objective.lower_bound(), objective.upper_bound()
    always_int: Any = objective.is_always_integer()
    require(isinstance(always_int, bool), objective,
            f"is_always_integer() returns {always_int!r}, not a bool")
    require(low < high, objective, f"its lower bound {low} is not below its upper bound {high}")
    if always_int:
        for bound in (low, high):
            require(isinstance(bound, int) or not isfinite(bound), objective,
                    f"its values are integers, but its bound is {bound!r}")
    random = default_rng(seed)
    for _ in range(samples):
        x = make_valid(random, space.create())
        text = space.to_str(x)
        values = [objective.evaluate(x) for _ in range(3)]
        objective.initialize()
        values.append(objective.evaluate(x))
        require(space.to_str(x) == text, objective, f"evaluate() has changed the solution {text}")
        for value in values:
            _check_value(objective, value, always_int)
            require(low <= value <= high, objective,
                    f"the value {value} of {text} is outside of its bounds {low} and {high}")
        require(not is_deterministic or len({float(v) for v in values}) == 1, objective,
                f"gives different values {values} for the same solution {text}")


def _check_value(objective: Objective, value: Any, always_int: bool) -> None:
    require(isinstance(value, int | float | np.integer | np.floating), objective,
            f"evaluate() returns {value!r}, not a number")
    require(not isnan(value), objective, "evaluate() returns NaN")
    require(not always_int or int(value) == value, objective,
            f"its values are integers, but evaluate() returns {value!r}")


def validate_encoding(encoding: Encoding, search_space: Space, solution_space: Space,
                      make_valid: MakeValid, *, is_deterministic: bool = True,
                      samples: int = 50, seed: int = 0) -> None:
    """Check that an encoding makes valid solutions of valid points, which it leaves unchanged.

    Args:
        encoding: the encoding
        search_space: the space of the points
        solution_space: the space of the solutions
        make_valid: returns a random valid point made of a new one
        is_deterministic: whether equal points always give equal solutions
        samples: the number of points decoded, at least 1
        seed: of the random numbers

    Raises:
        TypeError: if it is no encoding
        ValidationError: if it does not keep the contract
    """
    validate_component(encoding, kind=Encoding)
    random = default_rng(seed)
    used = solution_space.create()
    for _ in range(samples):
        x = make_valid(random, search_space.create())
        text = search_space.to_str(x)
        fresh = solution_space.create()
        encoding.decode(x, fresh)
        solution_space.validate(fresh)
        encoding.decode(x, used)  # what was in the solution before must not matter
        solution_space.validate(used)
        require(search_space.to_str(x) == text, encoding, f"decode() has changed the point {text}")
        require(not is_deterministic or solution_space.is_equal(fresh, used), encoding,
                f"gives different solutions for the same point {text}")


def validate_mo_problem(problem: MOProblem, space: Space, make_valid: MakeValid, *,
                        is_deterministic: bool = True, samples: int = 50,
                        seed: int = 0) -> None:
    """Check a multi-objective problem: its vectors, its scalarization and its domination.

    Args:
        problem: the problem
        space: the space of its solutions
        make_valid: returns a random valid solution made of a new one
        is_deterministic: whether equal solutions always have equal values
        samples: the number of solutions rated, at least 1
        seed: of the random numbers

    Raises:
        TypeError: if it is no multi-objective problem
        ValidationError: if it does not keep the contract
    """
    validate_component(problem, kind=MOProblem)
    n: Any = problem.f_dimension()
    require(isinstance(n, int) and n >= 1, problem, f"f_dimension() is {n!r}")
    validate_objective(problem, space, make_valid, is_deterministic=is_deterministic,
                       samples=samples, seed=seed)
    first, second = problem.f_create(), problem.f_create()
    require(first is not second and not np.shares_memory(first, second), problem,
            "f_create() returns the same vector twice")
    require(first.shape == (n,) and first.dtype == problem.f_dtype(), problem,
            f"f_create() returns shape {first.shape} and type {first.dtype} instead of "
            f"{(n,)} and {problem.f_dtype()}")
    random = default_rng(seed)
    vectors = []
    for _ in range(samples):
        x = make_valid(random, space.create())
        fs = problem.f_create()
        fs.fill(1)  # what was there before must not matter
        value = problem.f_evaluate(x, fs)
        problem.f_validate(fs)
        vectors.append(fs)
        if is_deterministic:
            problem.f_evaluate(x, second)
            require(np.array_equal(fs, second), problem,
                    f"gives different vectors {fs} and {second} for the same solution")
            require(value == problem.evaluate(x), problem,
                    f"f_evaluate() returns {value}, but evaluate() {problem.evaluate(x)}")
    _check_domination(problem, vectors)


def _check_domination(problem: MOProblem, vectors: list[np.ndarray]) -> None:
    opposite = {-1: 1, 1: -1, 0: 0, 2: 2}
    for a in vectors:
        require(problem.f_dominates(a, a.copy()) == 2, problem,
                f"f_dominates() of {a} and itself is {problem.f_dominates(a, a.copy())}, not 2")
        for b in vectors:
            there, back = problem.f_dominates(a, b), problem.f_dominates(b, a)
            require(there in opposite and back == opposite[there], problem,
                    f"f_dominates() of {a} and {b} is {there}, but {back} the other way round")
