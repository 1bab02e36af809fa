"""A validator that cannot fail is worth nothing: each refuses components that break a rule."""

from typing import Any

import numpy as np
import pytest
from subjects import broken, randomize

from fescue import operators
from fescue.algorithms import RLS
from fescue.api.component import Component
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.api.space import Space
from fescue.operators import Op0Random, Op1Flip1, Op1MoverNflip, Op2Uniform
from fescue.problems import OneMax
from fescue.spaces import BitStrings, Permutations
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
    validate_space,
)
from fescue.utils.errors import ValidationError

N = 12
BITS = BitStrings(N)
KIT = operators.kit_for(BITS)


@pytest.mark.parametrize("call", [
    lambda: validate_component("text"),  # type: ignore[arg-type]
    lambda: validate_op0(Op1Flip1(), BITS),
    lambda: validate_op1(Op0Random(), BITS, randomize),
    lambda: validate_op2(Op1Flip1(), BITS, randomize),
    lambda: validate_op1_with_step_size(Op1Flip1(), BITS, randomize),
    lambda: validate_space(OneMax(3)),
    lambda: validate_objective(BITS, BITS, randomize),
    lambda: validate_encoding(BITS, BITS, BITS, randomize),
    lambda: validate_algorithm(OneMax(3), BITS, OneMax(N)),
    lambda: validate_mo_problem(OneMax(N), BITS, randomize),
    lambda: validate_mo_algorithm(RLS(KIT.op0, KIT.op1), BITS, OneMax(N)),
    lambda: validate_mo_archive_pruner(lambda problem: problem)])
def test_wrong_kinds(call: Any) -> None:
    with pytest.raises(TypeError, match="component should be an instance of"):
        call()


def _drift(self: Any) -> str:
    self.calls = getattr(self, "calls", 0) + 1
    return f"name{self.calls}"


def _log_more(self: Any, logger: Any) -> None:
    Component.log_parameters_to(self, logger)
    self.calls = getattr(self, "calls", 0) + 1
    logger.key_value("calls", self.calls)


def _log_nothing_for_a_key(self: Any, logger: Any) -> None:
    Component.log_parameters_to(self, logger)
    logger.key_value("key", "")


@pytest.mark.parametrize(("methods", "text"), [
    ({"__str__": lambda self: "a b"}, "cannot be used in file names"),
    ({"__str__": lambda self: "x/y"}, "cannot be used in file names"),
    ({"__str__": lambda self: "x__"}, "cannot be used in file names"),
    ({"__str__": lambda self: ""}, "has no name"),
    ({"__repr__": lambda self: "other"}, "its repr is other"),
    ({"__str__": _drift}, "has changed its name"),
    ({"log_parameters_to": lambda self, logger: logger.key_value("class", "x")}, "begins with"),
    ({"log_parameters_to": _log_more}, "has changed its log"),
    ({"log_parameters_to": _log_nothing_for_a_key}, "no value for"),
    ({"initialize": lambda self: setattr(type(self), "__str__", lambda s: "changed")},
     "has changed its name")])
def test_component(methods: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_component(broken(Component, **methods)())


def test_bare_component() -> None:
    with pytest.raises(ValidationError, match="bare base class"):
        validate_component(Component())


_CREATED = np.zeros(N + 1, bool)
_TYPES = iter(range(100))


def _lenient(self: Any, text: str) -> Any:
    if not isinstance(text, str):
        raise TypeError(text)
    return np.array([char == "T" for char in text])


@pytest.mark.parametrize(("methods", "text"), [
    ({"create": lambda self: _CREATED[:N]}, "the same point twice"),
    ({"create": lambda self: [np.zeros(N, bool), [False] * N][next(_TYPES) % 2]},
     "different types"),
    ({"create": lambda self: np.zeros(N, int)}, "refuses the valid point"),
    ({"copy": lambda self, dest, source: None}, "is not equal"),
    ({"copy": lambda self, dest, source: np.logical_or(dest, source, out=dest)}, "is not equal"),
    ({"copy": lambda self, dest, source: source.__setitem__(slice(None), dest)},
     "changed the source"),
    ({"is_equal": lambda self, a, b: False}, "of another point"),
    ({"is_equal": lambda self, a, b: True}, "to each other point"),
    ({"is_equal": lambda self, a, b: np.array_equal(a[1:], b[1:]),
      "from_str": lambda self, text: BITS.from_str(text and "F" + text[1:])}, "of another point"),
    ({"is_equal": lambda self, a, b: np.array_equal(a[1:], b[1:]),
      "copy": lambda self, dest, source: np.copyto(dest[1:], source[1:])}, "is not equal"),
    ({"to_str": lambda self, x: "END_X"}, "marks of log files"),
    ({"to_str": lambda self, x: ""}, "empty or has blank edges"),
    ({"to_str": lambda self, x: BITS.to_str(x) + " "}, "empty or has blank edges"),
    ({"to_str": lambda self, x: x}, "to_str.* returns"),
    ({"from_str": lambda self, text: BITS.create()}, "accepts None as text"),
    ({"from_str": lambda self, text: BITS.from_str(text and text[1:])}, "refuses the text"),
    ({"from_str": lambda self, text: ~BITS.from_str(text)}, "of another point"),
    ({"from_str": lambda self, text: BITS.from_str(text).astype(int)}, "refuses what from_str"),
    ({"from_str": _lenient}, "from_str.* reads an invalid point"),
    ({"validate": lambda self, x: None}, "accepts the invalid point"),
    ({"n_points": lambda self: 1}, "n_points"), ({"n_points": lambda self: 2.5}, "n_points")])
def test_space(methods: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_space(broken(BitStrings, **methods)(N), randomize, lambda x: x[1:])


def test_space_whose_new_points_have_another_type() -> None:
    good = Permutations.standard(5)
    wide = broken(Permutations, create=lambda self: self.blueprint.astype(np.int64),
                  from_str=lambda self, text: good.from_str(text))(range(5))
    with pytest.raises(ValidationError, match="refuses the copy"):
        validate_space(wide, lambda random, x: random.permutation(good.blueprint))


def test_space_whose_copies_share_their_parts() -> None:
    class Rows(Space):
        """Points of one row of two digits."""

        def create(self) -> list[list[int]]:
            return [[0, 0]]

        def copy(self, dest: list[list[int]], source: list[list[int]]) -> None:
            dest[:] = source

        def from_str(self, text: str) -> list[list[int]]:
            if not isinstance(text, str):
                raise TypeError(text)
            return [[int(char) for char in text if char.isdigit()]]

    def change(random: Any, x: list[list[int]]) -> Any:
        x[0][:] = random.integers(0, 10, 2).tolist()
        return x

    with pytest.raises(ValidationError, match="who changes a copy"):
        validate_space(Rows(), change)


def _sometimes(self: Any, random: Any, dest: Any) -> None:
    self.calls = getattr(self, "calls", 0) + 1
    dest[:] = random.integers(0, 2, len(dest), bool)
    dest[0] = self.calls % 2


def _own_numbers(self: Any, random: Any, dest: Any) -> None:
    dest[:] = np.random.default_rng().integers(0, 2, N, bool)


def _leave_some(self: Any, random: Any, dest: Any) -> None:
    dest[1:] = random.integers(0, 2, len(dest) - 1, bool)
    dest[0] ^= dest[1]


@pytest.mark.parametrize(("method", "text"), [
    (lambda self, random, dest: dest.fill(True), "different points"),
    (lambda self, random, dest: None, "different points"),
    (_own_numbers, "initialize"), (_sometimes, "initialize"),
    (_leave_some, "must be overwritten"),
    (lambda self, random, dest: dest.resize(3, refcheck=False), "invalid point")])
def test_op0(method: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_op0(broken(Op0, op0=method)(), BITS, samples=11)


def _eat_source(self: Any, random: Any, dest: Any, x: Any) -> None:
    Op0Random().op0(random, dest)
    x[0] = not x[0]


def _flip_in_dest(self: Any, random: Any, dest: Any, x: Any) -> None:
    dest[random.random(N) < 0.5] ^= True


class _Kept(Op1MoverNflip):
    def initialize(self) -> None:
        """Keep the order of the buffer."""


@pytest.mark.parametrize(("op", "text"), [
    (broken(Op1, op1=_eat_source)(), "has changed its sources"),
    (broken(Op1, op1=lambda self, random, dest, x: dest.fill(0))(), "different points"),
    (broken(Op1, op1=_flip_in_dest)(), "must be overwritten"),
    (broken(Op1, op1=lambda self, random, dest, x: _own_numbers(self, random, dest))(),
     "initialize"),
    (broken(Op1, op1=lambda self, random, dest, x: dest.resize(3, refcheck=False))(),
     "invalid point"),
    (_Kept(N, 3), "initialize")])
def test_op1(op: Any, text: str) -> None:
    validate_op1(Op1Flip1(), BITS, randomize)
    with pytest.raises(ValidationError, match=text):
        validate_op1(op, BITS, randomize)


STEPS = {"step_sizes": [i / (N - 1) for i in range(N)], "min_unique": 5}


def _step(self: Any, random: Any, dest: Any, x: Any, step_size: float = 0.0) -> None:
    dest[:] = x
    dest[random.choice(N, 1 + round(step_size * (N - 1)), replace=False)] ^= True


def _measure(x: Any, y: Any) -> float:
    return (int((x != y).sum()) - 1) / (N - 1)


def _step_and_eat(self: Any, random: Any, dest: Any, x: Any, step_size: float = 0.0) -> None:
    _step(self, random, dest, x, step_size)
    x[0] = not x[0]


@pytest.mark.parametrize(("method", "measure", "text"), [
    (lambda self, random, dest, x, step: _step(self, random, dest, x), _measure, "was asked for"),
    (lambda self, random, dest, x, step: _step(self, random, dest, x, step / 2), _measure,
     "was asked for"),
    (lambda self, random, dest, x, step: BITS.copy(dest, x), None, "gives the same point"),
    (_step_and_eat, None, "has changed its sources"),
    (lambda self, random, dest, x, step: BITS.copy(dest, ~x) if step == 1 else
     dest.resize(N + 1, refcheck=False), None, "invalid point")])
def test_op1_with_step_size(method: Any, measure: Any, text: str) -> None:
    good, bad = (broken(Op1WithStepSize, op1=op1)() for op1 in (_step, method))
    validate_op1_with_step_size(good, BITS, randomize, get_step_size=_measure, **(
        STEPS | {"step_sizes": STEPS["step_sizes"][:-1]}))
    with pytest.raises(ValidationError, match=text):
        validate_op1_with_step_size(bad, BITS, randomize, get_step_size=measure, **STEPS)


def _cross_and_eat(self: Any, random: Any, dest: Any, x0: Any, x1: Any) -> None:
    Op2Uniform().op2(random, dest, x0, x1)
    x1[0] = not x1[0]


def _cross_in_dest(self: Any, random: Any, dest: Any, x0: Any, x1: Any) -> None:
    dest[:] = np.where(random.integers(0, 2, N), dest, x1)


@pytest.mark.parametrize(("method", "text"), [
    (_cross_and_eat, "has changed its sources"),
    (_cross_in_dest, "must be overwritten"),
    (lambda self, random, dest, x0, x1: dest.fill(True), "different points"),
    (lambda self, random, dest, x0, x1: _own_numbers(self, random, dest), "initialize"),
    (lambda self, random, dest, x0, x1: dest.resize(3, refcheck=False), "invalid point")])
def test_op2(method: Any, text: str) -> None:
    validate_op2(Op2Uniform(), BITS, randomize)
    with pytest.raises(ValidationError, match=text):
        validate_op2(broken(Op2, op2=method)(), BITS, randomize)
