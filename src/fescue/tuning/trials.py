"""What a study is made of: trials, and the result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any


class TrialState(StrEnum):
    """How a trial has ended."""

    COMPLETE = "complete"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"


@dataclass(slots=True)
class Trial:
    """One evaluation of an objective.

    Attributes:
        number: counts from 0, in the order in which parameters were proposed
        parameters: their values by name
        score: the objective value, ``inf`` unless the trial is complete
        state: how it has ended
        reason: why, if it is not complete
        seconds: how long it took
    """

    number: int
    parameters: dict[str, Any]
    score: float
    state: TrialState
    reason: str = ""
    seconds: float = 0.0

    def is_informative(self) -> bool:
        """Return whether there is a finite score."""
        return self.state is TrialState.COMPLETE and isfinite(self.score)

    def to_dict(self) -> dict[str, Any]:
        """Return the trial as a record of the history."""
        return {"parameters": dict(self.parameters), "score": self.score, "number": self.number,
                "state": self.state.value, "reason": self.reason, "seconds": self.seconds}


@dataclass
class OptimizationResult:
    """The result of a study.

    Attributes:
        parameters: the best ones
        score: their objective value
        history: a record for each trial, with its ``parameters`` and ``score``, in the order in
            which they ended
        iterations: how many trials have ended
        elapsed_time: the seconds that it took
        improvement: by how much the best score is below the first one
        stopped: why it ended: ``iterations``, ``timeout``, ``goal``, ``patience`` or ``exhausted``
    """

    parameters: dict[str, Any]
    score: float
    history: list[dict[str, Any]] = field(default_factory=list)
    iterations: int = 0
    elapsed_time: float = 0.0
    improvement: float = 0.0
    stopped: str = "iterations"


#: what is called with each trial that has ended
Callback = Callable[[Trial], Any]
