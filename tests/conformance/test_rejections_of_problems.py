"""Validators refuse broken objectives, encodings and multi-objective problems."""

from math import inf, nan
from typing import Any

import numpy as np
import pytest
from subjects import broken, randomize

from fescue.api.encoding import Encoding
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.mo.problems import WeightedSum
from fescue.problems import LeadingOnes, OneMax, ZeroMax
from fescue.spaces import BitStrings
from fescue.testing import validate_encoding, validate_mo_problem, validate_objective
from fescue.utils.errors import ValidationError

N = 12
BITS = BitStrings(N)


def _count(self: Any, x: Any) -> int:
    """Return huge integers, which are all the same when they are made floats."""
    self.calls = getattr(self, "calls", 2 ** 60) + 1
    return int(self.calls)


_WIDE: dict[str, Any] = {"lower_bound": lambda self: -inf, "upper_bound": lambda self: inf}


@pytest.mark.parametrize(("methods", "text"), [
    ({"evaluate": lambda self, x: nan}, "returns nan"),
    ({"evaluate": lambda self, x: -inf, **_WIDE}, "returns -inf"),
    ({"evaluate": lambda self, x: None}, "not a number"),
    ({"evaluate": lambda self, x: "1"}, "not a number"),
    ({"evaluate": lambda self, x: np.ones(1)}, "not a number"),
    ({"evaluate": lambda self, x: N + 1}, "outside of its bounds"),
    ({"evaluate": lambda self, x: -1}, "outside of its bounds"),
    ({"evaluate": lambda self, x: 0.5}, "returns 0.5"),
    ({"evaluate": lambda self, x: x.fill(True) or 0}, "has changed the solution"),
    ({"evaluate": lambda self, x: np.random.default_rng().integers(N)}, "different values"),
    ({"evaluate": _count, **_WIDE}, "different values"),
    ({"upper_bound": lambda self: 0}, "is not below"),
    ({"upper_bound": lambda self: nan, "is_always_integer": lambda self: False}, "is not below"),
    ({"upper_bound": lambda self: "12", "log_parameters_to": Objective.__base__.log_parameters_to},
     "is not a number"),
    ({"lower_bound": lambda self: 0.5}, "its bound is 0.5"),
    ({"is_always_integer": lambda self: 1}, "not a bool")])
def test_objective(methods: dict[str, Any], text: str) -> None:
    # initialize() would replace evaluate()
    methods = {"initialize": lambda self: None, **methods}
    with pytest.raises(ValidationError, match=text):
        validate_objective(broken(OneMax, **methods)(N), BITS, randomize)


@pytest.mark.parametrize("value", [3, 3.0, np.int8(3), np.uint64(3), np.float32(3), inf])
def test_legal_values(value: Any) -> None:
    legal = broken(Objective, evaluate=lambda self, x: value, is_always_integer=lambda self: True)
    validate_objective(legal(), BITS, randomize)


def test_noise_can_be_declared() -> None:
    noisy = broken(Objective, evaluate=lambda self, x: np.random.default_rng().random())
    validate_objective(noisy(), BITS, randomize, is_deterministic=False)
    with pytest.raises(ValidationError, match="different values"):
        validate_objective(noisy(), BITS, randomize)


@pytest.mark.parametrize(("decode", "text"), [
    (lambda self, x, y: np.logical_or(x, y, out=y), "different solutions"),
    (lambda self, x, y: np.copyto(y[1:], x[1:]) or np.logical_not(y[0], out=y[:1]),
     "different solutions"),
    (lambda self, x, y: np.copyto(y, np.random.default_rng().integers(0, 2, N, bool)),
     "different solutions"),
    (lambda self, x, y: x.fill(True), "has changed the point"),
    (lambda self, x, y: y.resize(3, refcheck=False), "invalid solution")])
def test_encoding(decode: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_encoding(broken(Encoding, decode=decode)(), BITS, BITS, randomize)


def _eat(self: Any, x: Any, fs: Any) -> Any:
    result = WeightedSum.f_evaluate(self, x, fs)
    x[0] = not x[0]
    return result


def _rate_a_copy(self: Any, x: Any) -> Any:
    return WeightedSum.f_evaluate(self, x.copy(), self.f_create())


def _leave_one_out(self: Any, x: Any, fs: Any) -> Any:
    fs[0] = x.sum()
    return int(fs[0])


def _accept_zeros(self: Any, fs: Any) -> None:
    MOProblem.f_validate(self, fs)
    if fs.any():
        raise ValueError("only zeros are good enough")


_SHARED = np.zeros(2, np.int8)


@pytest.mark.parametrize(("methods", "text"), [
    ({"f_dimension": lambda self: 0}, "f_dimension"),
    ({"f_dimension": lambda self: 2.0}, "f_dimension"),
    ({"f_dtype": lambda self: np.dtype("uint8")}, "f_dtype"),
    ({"f_dtype": lambda self: "int8"}, "f_dtype"),
    ({"f_create": lambda self: _SHARED}, "returns a vector twice"),
    ({"f_create": lambda self: np.zeros(3, np.int8)}, "f_create.* returns shape"),
    ({"f_create": lambda self: np.zeros(2, np.int16)}, "f_create.* returns shape"),
    ({"f_create": lambda self: np.ones(2, np.int8)}, "instead of zeros"),
    ({"f_validate": lambda self, fs: None}, "accepts None"),
    ({"f_validate": lambda self, fs: len(fs)}, "accepts array"),
    ({"f_validate": _accept_zeros}, "refuses the vector"),
    ({"evaluate": lambda self, x: 3}, "but evaluate"),
    ({"evaluate": _rate_a_copy, "f_evaluate": _eat}, "f_evaluate.* has changed the solution"),
    ({"evaluate": lambda self, x: int(x.sum()), "f_evaluate": _leave_one_out},
     "different vectors"),
    ({"upper_bound": lambda self: 1}, "outside of its bounds")])
def test_mo_problem(methods: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_mo_problem(
            broken(WeightedSum, **methods)([LeadingOnes(N), ZeroMax(N)]), BITS, randomize)


def test_mo_problem_that_accepts_nan() -> None:
    class Lenient(WeightedSum):
        def f_validate(self, x: Any) -> None:
            MOProblem.f_validate(self, np.nan_to_num(x) if isinstance(x, np.ndarray) else x)

    fractions = broken(OneMax, is_always_integer=lambda self: False)(N)
    with pytest.raises(ValidationError, match=r"accepts array.*nan"):
        validate_mo_problem(Lenient([fractions]), BITS, randomize)


@pytest.mark.parametrize(("low", "high"), [(-100, 100), (0, 127), (-1, 127)])
def test_mo_problem_whose_type_is_too_small(low: int, high: int) -> None:
    class Small(MOProblem):
        def f_dimension(self) -> int:
            return 1

        def f_dtype(self) -> np.dtype[Any]:
            return np.dtype(np.int8)

        def f_evaluate(self, x: Any, fs: Any) -> int:
            fs[0] = high if x[0] else low
            return int(fs[0])

    with pytest.raises(ValidationError, match="too much for int8"):
        validate_mo_problem(Small(), BITS, randomize)


@pytest.mark.parametrize(("domination", "text"), [
    (lambda a, b: 0, "is 2 for equal vectors, only"),
    (lambda a, b: 2, "is 2 for equal vectors, only"),
    (lambda a, b: 2 if np.array_equal(a, b) else -1, "the other way round"),
    (lambda a, b: 2 if np.array_equal(a, b) else 7, "the other way round")])
def test_domination(domination: Any, text: str) -> None:
    problem = WeightedSum([LeadingOnes(N), ZeroMax(N)], domination=domination)
    with pytest.raises(ValidationError, match=text):
        validate_mo_problem(problem, BITS, randomize)
