"""Strategies keep their contract, and the validator refuses those that do not."""

from typing import Any

import numpy as np
import pytest

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.testing import validate_strategy
from fescue.tuning import (
    BayesianStrategy,
    GridSearchStrategy,
    OptimizationStrategy,
    RandomSearchStrategy,
)
from fescue.utils.errors import ValidationError


@pytest.mark.parametrize("strategy", [
    RandomSearchStrategy(), GridSearchStrategy(), BayesianStrategy(), BayesianStrategy(1.0),
    BayesianStrategy(0.0)], ids=lambda s: f"{s}-{getattr(s, 'exploration_rate', '')}")
def test_strategy(strategy: OptimizationStrategy) -> None:
    validate_strategy(strategy)


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
