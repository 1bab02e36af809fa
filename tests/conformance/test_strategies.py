"""Strategies keep their contract, and the validator refuses those that do not."""

from typing import Any

import numpy as np
import pytest

from fescue.algorithms import CATALOGUE, MO_CATALOGUE
from fescue.operators import kit_for
from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.spaces.vectorspace import VectorSpace
from fescue.testing import validate_strategy
from fescue.tuning import (
    STRATEGIES,
    AlgorithmStrategy,
    BayesianStrategy,
    OptimizationStrategy,
    RandomSearchStrategy,
)
from fescue.utils.errors import ValidationError

FLOAT, INT, CAT = ParameterType.FLOAT, ParameterType.INTEGER, ParameterType.CATEGORICAL
#: of two dimensions: the least that all algorithms can do with
PLANE = ParameterSpace([Parameter("x", FLOAT, -2.0, 3.0), Parameter("n", INT, 0, 60, step=5)])
SMALL = ParameterSpace([Parameter("c", CAT, choices=["a", "b"]), Parameter("n", INT, 1, 3)])
CONDITIONAL = ParameterSpace(
    [Parameter("codec", CAT, choices=["none", "lz4", "zstd"]), Parameter("level", INT, 1, 9),
     Parameter("window", INT, 10, 1000, log=True)],
    conditions={"level": {"codec": ["zstd"]}, "window": {"codec": ["zstd"], "level": range(5, 10)}})


@pytest.mark.parametrize("strategy", [
    *(make() for make in STRATEGIES.values()), BayesianStrategy(1.0), BayesianStrategy(0.0)],
    ids=lambda s: f"{s}-{getattr(s, 'exploration_rate', '')}")
def test_strategy(strategy: OptimizationStrategy) -> None:
    validate_strategy(strategy)


@pytest.mark.parametrize("name", STRATEGIES)
def test_conditions(name: str) -> None:
    validate_strategy(STRATEGIES[name](), CONDITIONAL)


def _names() -> list[str]:
    return [entry.name for entry in CATALOGUE if not entry.kinds or "vectors" in entry.kinds]


@pytest.mark.parametrize("name", _names())
def test_algorithm_on_vectors(name: str) -> None:
    entry = next(e for e in CATALOGUE if e.name == name)
    for space in (PLANE, SMALL):
        cube = VectorSpace(space.dimension, 0.0, 1.0)
        algorithm: Any = entry.make(kit_for(cube))
        validate_strategy(AlgorithmStrategy(algorithm), space, n_trials=20)


@pytest.mark.parametrize("name", ["rs", "rls", "ea", "ma", "ppa", "luby"])
@pytest.mark.parametrize("space", [PLANE, CONDITIONAL], ids=["numbers", "conditions"])
def test_algorithm_on_settings(name: str, space: ParameterSpace) -> None:
    entry = next(e for e in CATALOGUE if e.name == name)
    algorithm: Any = entry.make(kit_for(space))
    validate_strategy(AlgorithmStrategy(algorithm, on_settings=True), space, n_trials=20)


@pytest.mark.parametrize("name", [e.name for e in MO_CATALOGUE])
def test_algorithm_for_several_objectives(name: str) -> None:
    entry = next(e for e in MO_CATALOGUE if e.name == name)
    algorithm: Any = entry.make(kit_for(VectorSpace(2, 0.0, 1.0)))
    validate_strategy(AlgorithmStrategy(algorithm, n_objectives=2), PLANE, n_trials=20)


def _again(self: Any) -> Any:
    return self.space().at(np.full(self.space().dimension, 0.5))


def _invalid(self: Any) -> Any:
    return {p.name: "?" for p in self.space().parameters}


def _own_numbers(self: Any) -> Any:
    return self.space().at(np.random.default_rng().random(self.space().dimension))


def _remembers(self: Any) -> Any:
    self.calls = getattr(self, "calls", 0) + 1
    return self.space().at(np.full(self.space().dimension, self.calls / 1000 % 1))


def _ends(self: Any) -> Any:
    return None


@pytest.mark.parametrize(("ask", "text"), [
    (_again, "proposes a setting of .* twice|instead of"), (_invalid, "an invalid setting"),
    (_own_numbers, "with the same seed"), (_remembers, "with the same seed, or remembers"),
    (_ends, "proposes 0 settings")])
def test_rejections(ask: Any, text: str) -> None:
    broken = type("Broken", (OptimizationStrategy,), {"ask": ask, "__str__": lambda self: "broken"})
    with pytest.raises(ValidationError, match=text):
        validate_strategy(broken())


def test_a_strategy_of_others_in_three_lines() -> None:
    class Ends(RandomSearchStrategy):
        """Tries ends first."""

        def ask(self) -> Any:
            return super().ask()

    space = ParameterSpace([Parameter("x", ParameterType.FLOAT, 0, 1)])
    validate_strategy(Ends(), space, n_trials=12)
