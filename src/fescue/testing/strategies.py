"""The contract of strategies that tune parameters."""

import copy
from math import inf
from typing import Any

from numpy.random import Generator, default_rng

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.testing.components import require, require_valid, validate_component
from fescue.tuning.strategies import OptimizationStrategy
from fescue.tuning.trials import Trial, TrialState

#: spaces on which strategies are tried unless others are given
_NUMBERS = [Parameter("x", ParameterType.FLOAT, -2.0, 3.0),
            Parameter("y", ParameterType.FLOAT, 1e-4, 1.0, log=True),
            Parameter("n", ParameterType.INTEGER, 0, 60, step=5)]
_CHOICES = [Parameter("kind", ParameterType.CATEGORICAL, choices=["a", "b", None, (1, 2)]),
            Parameter("on", ParameterType.CATEGORICAL, choices=[True, False]),
            Parameter("n", ParameterType.INTEGER, 1, 3)]


def validate_strategy(strategy: OptimizationStrategy, space: ParameterSpace | None = None, *,
                      n_trials: int = 30, seed: int = 0) -> None:
    """Check that a strategy proposes valid settings, and the same ones in the same situation.

    It is tried with trials that end in their order and in another one, with scores that are equal,
    infinite or huge, with failures, and after it was copied in the middle of a study.

    Args:
        strategy: the strategy, which proposes by :meth:`~OptimizationStrategy.ask`
        space: the parameters, ``None`` for some of all kinds; without constraints
        n_trials: the length of the studies, at least 10
        seed: of the random numbers

    Raises:
        TypeError: if it is no strategy
        ValidationError: if it does not keep the contract
    """
    validate_component(strategy, kind=OptimizationStrategy)
    spaces = [space] if space is not None else [
        ParameterSpace(_NUMBERS + _CHOICES[:2]), ParameterSpace(_NUMBERS[:1]),
        ParameterSpace(_CHOICES), ParameterSpace([Parameter("c", ParameterType.INTEGER, 7, 7)])]
    for one in spaces:
        for delay in (0, 5):
            study = _Study(strategy, one, n_trials, delay)
            first = study.run(seed)
            require(first == study.run(seed), strategy,
                    f"proposes other settings of {one} with the same seed, or remembers another "
                    "study")
            require(first == study.run(seed, copied=True), strategy,
                    f"proposes other settings of {one} after it was copied")
            keys = [one.key(x) for x in first]
            if one.is_finite():
                require(len(keys) == len(set(keys)), strategy,
                        f"proposes a setting of {one} twice")
                require(len(keys) == min(n_trials, one.n_points()), strategy,
                        f"proposes {len(keys)} settings of {one}, which has {one.n_points()}")
            else:
                require(len(keys) == n_trials, strategy,
                        f"proposes {len(keys)} settings of {one} instead of {n_trials}")


class _Study:
    """Asks a strategy and tells it of trials that end ``delay`` proposals later."""

    def __init__(self, strategy: OptimizationStrategy, space: ParameterSpace, n_trials: int,
                 delay: int) -> None:
        self._strategy = strategy
        self._space = space
        self._n_trials = n_trials
        self._delay = delay

    def run(self, seed: int, copied: bool = False) -> list[dict[str, Any]]:
        """Return all proposals."""
        strategy, space = self._strategy, self._space
        strategy.initialize()
        strategy.begin(space, default_rng(seed), self._n_trials)
        outcomes = default_rng(seed + 1)
        asked: list[dict[str, Any]] = []
        flying: list[int] = []
        for number in range(self._n_trials):
            if copied and number == self._n_trials // 2:
                strategy = copy.deepcopy(strategy)
            x = strategy.ask()
            if x is None:
                break
            require_valid(space.validate, x, strategy, f"proposes an invalid setting of {space}")
            asked.append(dict(x))
            flying.append(number)
            if len(flying) > self._delay:
                ended = flying.pop(int(outcomes.integers(len(flying))))
                strategy.tell(self._trial(ended, asked[ended], outcomes))
        return asked

    def _trial(self, number: int, x: dict[str, Any], random: Generator) -> Trial:
        """Return how a trial has ended: well, mostly."""
        kind = int(random.integers(12))
        if kind < 3:
            state = (TrialState.FAILED, TrialState.TIMED_OUT, TrialState.CANCELLED)[kind]
            return Trial(number, dict(x), inf, state, "a test")
        score = {3: inf, 4: 1.0, 5: 1.0, 6: 1e300, 7: -1e300}.get(
            kind, float(self._space.unit(x).sum()))
        return Trial(number, dict(x), score, TrialState.COMPLETE)
