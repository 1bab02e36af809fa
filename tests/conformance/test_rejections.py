"""A validator that cannot fail is worth nothing: each refuses components that break a rule."""

from math import nan
from typing import Any

import numpy as np
import pytest
from subjects import randomize

from fescue import algorithms, operators
from fescue.algorithms import MORLS, RLS
from fescue.api.algorithm import Algorithm, Algorithm1
from fescue.api.component import Component
from fescue.api.encoding import Encoding
from fescue.api.mo_archive import MOArchivePruner
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.mo.problems import WeightedSum
from fescue.operators import Op0Random, Op1Flip1, Op1MoverNflip, Op2Uniform
from fescue.problems import LeadingOnes, OneMax, ZeroMax
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
    validate_space,
)
from fescue.utils.errors import ValidationError

N = 12
BITS = BitStrings(N)
KIT = operators.kit_for(BITS)


def broken(base: type, **methods: Any) -> Any:
    """Return a class with some methods replaced."""
    return type("Broken", (base,), {"__str__": lambda self: "broken", **methods})


def _drift(self: Any) -> str:
    self.calls = getattr(self, "calls", 0) + 1
    return f"name{self.calls}"


def _log_more(self: Any, logger: Any) -> None:
    Component.log_parameters_to(self, logger)
    self.calls = getattr(self, "calls", 0) + 1
    logger.key_value("calls", self.calls)


@pytest.mark.parametrize("methods", [
    {"__str__": lambda self: "a b"}, {"__str__": lambda self: ""}, {"__str__": _drift},
    {"__str__": lambda self: "x/y"}, {"__repr__": lambda self: "other"},
    {"log_parameters_to": lambda self, logger: logger.key_value("class", "x")},
    {"log_parameters_to": lambda self, logger: None}, {"log_parameters_to": _log_more},
    {"initialize": lambda self: setattr(type(self), "__str__", lambda s: "changed")}])
def test_component(methods: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, ValueError)):
        validate_component(broken(Component, **methods)())


def test_wrong_kinds() -> None:
    for call in (
            lambda: validate_component("text"), lambda: validate_op0(Op1Flip1(), BITS),
            lambda: validate_op1(Op0Random(), BITS, randomize),
            lambda: validate_op2(Op1Flip1(), BITS, randomize),
            lambda: validate_op1_with_step_size(Op1Flip1(), BITS, randomize),
            lambda: validate_space(OneMax(3)), lambda: validate_objective(BITS, BITS, randomize),
            lambda: validate_encoding(BITS, BITS, BITS, randomize),
            lambda: validate_algorithm(OneMax(3), BITS, OneMax(N)),
            lambda: validate_mo_problem(OneMax(N), BITS, randomize),
            lambda: validate_mo_algorithm(RLS(KIT.op0, KIT.op1), BITS, OneMax(N)),
            lambda: validate_mo_archive_pruner(lambda problem: problem)):
        with pytest.raises(TypeError):
            call()  # type: ignore[arg-type]
    with pytest.raises(ValidationError, match="bare base class"):
        validate_component(Component())


_CREATED = np.zeros(N, bool)


@pytest.mark.parametrize("methods", [
    {"create": lambda self: _CREATED}, {"copy": lambda self, dest, source: None},
    {"copy": lambda self, dest, source: source.__setitem__(slice(None), dest)},
    {"is_equal": lambda self, a, b: False}, {"to_str": lambda self, x: "END_X"},
    {"to_str": lambda self, x: ""}, {"from_str": lambda self, text: np.ones(N, bool)},
    {"validate": lambda self, x: None}, {"n_points": lambda self: 0},
    {"n_points": lambda self: 2.5}], ids=lambda m: next(iter(m)))
def test_space(methods: dict[str, Any]) -> None:
    def spoil(x: Any) -> Any:
        return x[1:]

    validate_space(BITS, randomize, spoil)
    with pytest.raises(ValidationError):
        validate_space(broken(BitStrings, **methods)(N), randomize, spoil)


def _sometimes(self: Any, random: Any, dest: Any) -> None:
    self.calls = getattr(self, "calls", 0) + 1
    dest[:] = random.integers(0, 2, len(dest), bool)
    dest[0] = self.calls % 2


@pytest.mark.parametrize("method", [
    lambda self, random, dest: dest.fill(True),
    lambda self, random, dest: dest.__setitem__(
        slice(None), np.random.default_rng().integers(0, 2, N, bool)),
    lambda self, random, dest: None])
def test_op0(method: Any) -> None:
    with pytest.raises(ValidationError):
        validate_op0(broken(Op0, op0=method)(), BITS)


def test_op0_that_is_not_reset() -> None:
    with pytest.raises(ValidationError, match="initialize"):
        validate_op0(broken(Op0, op0=_sometimes)(), BITS, samples=11)


def test_op0_that_gives_invalid_points() -> None:
    class Wide(BitStrings):
        def create(self) -> np.ndarray:
            return np.zeros(N + 1, bool)

    with pytest.raises(ValueError, match="shape"):
        validate_op0(Op0Random(), Wide(N))


def _eat_source(self: Any, random: Any, dest: Any, x: Any) -> None:
    dest[:] = random.integers(0, 2, N, bool)
    x[0] = not x[0]


def test_op1() -> None:
    validate_op1(Op1Flip1(), BITS, randomize)
    with pytest.raises(ValidationError, match="sources"):
        validate_op1(broken(Op1, op1=_eat_source)(), BITS, randomize)
    with pytest.raises(ValidationError, match="different points"):
        validate_op1(broken(Op1, op1=lambda self, random, dest, x: dest.fill(0))(), BITS, randomize)

    class Kept(Op1MoverNflip):
        def initialize(self) -> None:
            """Keep the order of the buffer."""

    with pytest.raises(ValidationError, match="initialize"):
        validate_op1(Kept(N, 3), BITS, randomize)


def test_op1_with_step_size() -> None:
    def step(self: Any, random: Any, dest: Any, x: Any, step_size: float = 0.0) -> None:
        k = 1 + round(step_size * (N - 1))
        flips = random.choice(N, k, replace=False)
        dest[:] = x
        dest[flips] = ~x[flips]

    def measure(x: Any, y: Any) -> float:
        return (int((x != y).sum()) - 1) / (N - 1)

    steps = [i / (N - 1) for i in range(N)]
    unique = {"step_sizes": steps, "min_unique": 5}
    validate_op1_with_step_size(broken(Op1WithStepSize, op1=step)(), BITS, randomize,
                                get_step_size=measure, **unique)  # type: ignore[arg-type]

    def lazy(self: Any, random: Any, dest: Any, x: Any, step_size: float = 0.0) -> None:
        step(self, random, dest, x, 0.0)

    def still(self: Any, random: Any, dest: Any, x: Any, step_size: float = 0.0) -> None:
        dest[:] = x

    for wrong in (lazy, still):
        with pytest.raises(ValidationError, match="step size"):
            validate_op1_with_step_size(broken(Op1WithStepSize, op1=wrong)(), BITS, randomize,
                                        get_step_size=measure, **unique)  # type: ignore[arg-type]


def test_op2() -> None:
    def eat(self: Any, random: Any, dest: Any, x0: Any, x1: Any) -> None:
        Op2Uniform().op2(random, dest, x0, x1)
        x1[0] = not x1[0]

    with pytest.raises(ValidationError, match="sources"):
        validate_op2(broken(Op2, op2=eat)(), BITS, randomize)


@pytest.mark.parametrize("methods", [
    {"evaluate": lambda self, x: nan}, {"evaluate": lambda self, x: None},
    {"evaluate": lambda self, x: N + 1}, {"evaluate": lambda self, x: -1},
    {"evaluate": lambda self, x: 0.5}, {"evaluate": lambda self, x: x.fill(True) or 0},
    {"evaluate": lambda self, x: np.random.default_rng().integers(N)},
    {"upper_bound": lambda self: 0}, {"is_always_integer": lambda self: 1},
    {"lower_bound": lambda self: 0.5}], ids=lambda m: next(iter(m)))
def test_objective(methods: dict[str, Any]) -> None:
    methods = {"initialize": lambda self: None, **methods}
    with pytest.raises(ValidationError):
        validate_objective(broken(OneMax, **methods)(N), BITS, randomize)


@pytest.mark.parametrize("decode", [
    lambda self, x, y: None, lambda self, x, y: x.fill(True),
    lambda self, x, y: np.logical_or(x, y, out=y)])
def test_encoding(decode: Any) -> None:
    with pytest.raises(ValidationError):
        validate_encoding(broken(Encoding, decode=decode if decode.__code__.co_names else
                                 lambda self, x, y: np.logical_xor(x, y, out=y))(),
                          BITS, BITS, randomize)


def _without_asking(self: Any, process: Any) -> None:
    x = process.create()
    for _ in range(60):
        process.evaluate(x)


def _after_the_end(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        process.evaluate(x)
    process.evaluate(x)


def _own_numbers(self: Any, process: Any) -> None:
    x, random = process.create(), np.random.default_rng()
    while not process.should_terminate():
        x[:] = random.integers(0, 2, N)
        process.evaluate(x)


def _looks_at_the_budget(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        x[:process.get_max_fes() % N] = True
        process.evaluate(x)


def _stops_early(self: Any, process: Any) -> None:
    process.evaluate(process.create())


def _keeps_state(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        self.calls = getattr(self, "calls", 0) + 1
        x[:] = np.arange(N) < self.calls % N
        process.evaluate(x)


@pytest.mark.parametrize("solve", [
    _without_asking, _after_the_end, _own_numbers, _looks_at_the_budget, _stops_early,
    _keeps_state])
def test_algorithm(solve: Any) -> None:
    with pytest.raises(ValueError):
        validate_algorithm(broken(Algorithm, solve=solve)(), BITS, OneMax(N))
    if solve is _stops_early:
        validate_algorithm(broken(Algorithm, solve=solve)(), BITS, OneMax(N), uses_all_fes=False)


def test_every_algorithm_would_be_found_out() -> None:
    """The validator looks inside: an algorithm that is fine fails with an operator that is not."""
    class Fresh(Op1Flip1):
        def op1(self, random: Any, dest: Any, x: Any) -> None:
            super().op1(np.random.default_rng(), dest, x)

    for entry in algorithms.CATALOGUE:
        algorithm: Any = entry.make(KIT)
        if isinstance(algorithm, Algorithm1):
            algorithm.op1 = Fresh()
            with pytest.raises(ValidationError, match="same seed"):
                validate_algorithm(algorithm, BITS, OneMax(N))


def test_mo_problem() -> None:
    def check(**methods: Any) -> None:
        with pytest.raises(ValueError):
            validate_mo_problem(
                broken(WeightedSum, **methods)([LeadingOnes(N), ZeroMax(N)]), BITS, randomize)

    shared = np.zeros(2, np.int8)
    check(f_create=lambda self: shared)
    check(f_create=lambda self: np.zeros(3, np.int8))
    check(f_dimension=lambda self: 0)
    check(evaluate=lambda self, x: 3)
    check(f_evaluate=lambda self, x, fs: 3)
    wrong = WeightedSum([LeadingOnes(N), ZeroMax(N)], domination=lambda a, b: 0)
    with pytest.raises(ValidationError, match="not 2"):
        validate_mo_problem(wrong, BITS, randomize)
    one_sided = WeightedSum([LeadingOnes(N), ZeroMax(N)], domination=lambda a, b: (
        2 if np.array_equal(a, b) else -1))
    with pytest.raises(ValidationError, match="other way"):
        validate_mo_problem(one_sided, BITS, randomize)


def test_mo_algorithm() -> None:
    class Unasked(MORLS):
        def solve_mo(self, process: Any) -> None:
            fs = process.f_create()
            for _ in range(60):
                process.f_evaluate(process.create(), fs)

    problem = WeightedSum([LeadingOnes(N), ZeroMax(N)])
    validate_mo_algorithm(MORLS(KIT.op0, KIT.op1), BITS, problem)
    with pytest.raises(ValidationError):
        validate_mo_algorithm(Unasked(KIT.op0, KIT.op1), BITS, problem)


@pytest.mark.parametrize("prune", [
    lambda self, archive, n_keep, size: archive.pop(),
    lambda self, archive, n_keep, size: archive.append(archive[0]),
    lambda self, archive, n_keep, size: archive.__setitem__(0, archive[-1]),
    lambda self, archive, n_keep, size: archive.reverse(),
    lambda self, archive, n_keep, size: archive[0].fs.fill(1),
    lambda self, archive, n_keep, size: np.random.default_rng().shuffle(archive)])
def test_pruner(prune: Any) -> None:
    with pytest.raises(ValidationError):
        validate_mo_archive_pruner(lambda problem: broken(MOArchivePruner, prune=prune)())
