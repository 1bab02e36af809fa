"""What a study is about, checked."""

from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.pruning import PruningRule
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Callback, Trial
from fescue.utils.nputils import rand_seed_check, rand_seed_generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a study is about; see :meth:`fescue.tuning.Optimizer.optimize`."""

    space: ParameterSpace
    strategy: OptimizationStrategy
    objective: str
    iterations: int
    seed: int | None = None
    workers: int = 1
    initial: tuple[dict[str, Any], ...] = ()
    known: tuple[Trial, ...] = ()
    goal: float | None = None
    patience: int | None = None
    pruning: PruningRule | None = None
    callbacks: tuple[Callback, ...] = ()
    log_file: Path | None = None

    def header(self) -> dict[str, Any]:
        """Return what tells this study from others, as texts and numbers."""
        kind = type(self.strategy)
        return {
            "parameters": self.space.describe(), "conditions": self.space.conditions(),
            "constraints": self.space.constraint_names(), "strategy": str(self.strategy),
            "class": f"{kind.__module__}.{kind.__qualname__}",
            "settings": self.strategy.settings(), "objective": self.objective,
            "planned": self.iterations, "workers": self.workers,
            "initial": [self.space.to_str(setting) for setting in self.initial],
            "known": [[self.space.to_str(t.parameters), t.score if t.score < inf else None,
                       list(t.scores)] for t in self.known],
            "seed": rand_seed_generate() if self.seed is None else rand_seed_check(self.seed)}
