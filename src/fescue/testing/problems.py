"""The contracts of objective functions, encodings and multi-objective problems."""

from functools import partial
from math import inf, nan
from typing import Any

import numpy as np
from numpy.random import default_rng

from fescue.api.encoding import Encoding
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.api.space import Space
from fescue.testing.components import refuses, require, require_valid, validate_component
from fescue.testing.operators import MakeValid

#: the types of objective values
_NUMBERS = (int, float, np.integer, np.floating)


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
    for bound in (low, high):
        require(isinstance(bound, _NUMBERS), objective, f"its bound {bound!r} is not a number")
        require(not always_int or isinstance(bound, int | np.integer) or abs(bound) == inf,
                objective, f"its values are integers, but its bound is {bound!r}")
    require(low < high, objective, f"its lower bound {low} is not below its upper bound {high}")
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
        require(not is_deterministic or all(v == values[0] for v in values), objective,
                f"gives different values {values} for the same solution {text}")


def _check_value(objective: Objective, value: Any, always_int: bool) -> None:
    require(isinstance(value, _NUMBERS), objective, f"evaluate() returns {value!r}, not a number")
    require(value > -inf, objective, f"evaluate() returns {value!r}, which no value may be")
    require(not always_int or value == inf or int(value) == value, objective,
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
        encoding.decode(x, used)  # what was in the solution before must not matter
        require(search_space.to_str(x) == text, encoding, f"decode() has changed the point {text}")
        for y in (fresh, used):
            require_valid(solution_space.validate, y, encoding,
                          f"makes an invalid solution of the point {text}")
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
    _check_form(problem)
    validate_objective(problem, space, make_valid, is_deterministic=is_deterministic,
                       samples=samples, seed=seed)
    random = default_rng(seed)
    again = problem.f_create()
    vectors = []
    for _ in range(samples):
        x = make_valid(random, space.create())
        text = space.to_str(x)
        fs = problem.f_create()
        fs.fill(1)  # what was there before must not matter
        value = problem.f_evaluate(x, fs)
        require(space.to_str(x) == text, problem, f"f_evaluate() has changed the solution {text}")
        require_valid(problem.f_validate, fs, problem, f"refuses the vector {fs} of {text}")
        vectors.append(fs)
        if is_deterministic:
            problem.f_evaluate(x, again)
            require(np.array_equal(fs, again), problem,
                    f"gives different vectors {fs} and {again} for the same solution {text}")
            require(value == problem.evaluate(x), problem,
                    f"f_evaluate() returns {value}, but evaluate() {problem.evaluate(x)}")
    _check_range(problem, vectors)
    _check_domination(problem, vectors)


def _check_form(problem: MOProblem) -> None:
    """Check length and type of vectors, and that no other ones are accepted."""
    n: Any = problem.f_dimension()
    require(isinstance(n, int) and n >= 1, problem, f"f_dimension() is {n!r}")
    dtype: Any = problem.f_dtype()
    require(isinstance(dtype, np.dtype) and dtype.kind in "if", problem,
            f"f_dtype() is {dtype!r}, not one of signed integers or floating point numbers")
    first, second = problem.f_create(), problem.f_create()
    require(not np.shares_memory(first, second), problem, "f_create() returns a vector twice")
    require(first.shape == (n,) and first.dtype == dtype, problem,
            f"f_create() returns shape {first.shape} and type {first.dtype} instead of "
            f"{(n,)} and {dtype}")
    require(not first.any(), problem, f"f_create() returns {first} instead of zeros")
    wrong: list[Any] = [None, np.zeros(n + 1, dtype), np.zeros(n, "f4" if dtype != "f4" else "f8")]
    if dtype.kind == "f":
        wrong.append(np.full(n, nan, dtype))
    for fs in wrong:
        require(refuses(partial(problem.f_validate, fs)), problem,
                f"f_validate() accepts {fs!r}")


def _check_range(problem: MOProblem, vectors: list[np.ndarray]) -> None:
    """Check that integers hold differences of values, and a value worse than all of them."""
    if problem.f_dtype().kind == "i":
        limit = np.iinfo(problem.f_dtype()).max
        for column in zip(*(fs.tolist() for fs in vectors), strict=True):
            low, high = min(column), max(column)
            require(max(high + 1, high - low) <= limit, problem,
                    f"values from {low} to {high} are too much for {problem.f_dtype()}, which "
                    "must hold their difference and a value that is worse")


def _check_domination(problem: MOProblem, vectors: list[np.ndarray]) -> None:
    opposite = {-1: 1, 1: -1, 0: 0, 2: 2}
    for a in vectors:
        for b in vectors:
            there, back = problem.f_dominates(a, b), problem.f_dominates(b, a)
            require((there == 2) == np.array_equal(a, b), problem,
                    f"f_dominates() of {a} and {b} is {there}; it is 2 for equal vectors, only")
            require(there in opposite and back == opposite[there], problem,
                    f"f_dominates() of {a} and {b} is {there}, but {back} the other way round")
