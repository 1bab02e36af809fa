"""What a study is made of: trials, and the result."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf, isfinite, isnan
from typing import Any, Protocol

from fescue.utils.types import check_int_range, type_error


class TrialState(StrEnum):
    """Where a trial is, or how it has ended."""

    RUNNING = "running"
    COMPLETE = "complete"
    PRUNED = "pruned"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    CANCELLED = "cancelled"


class Judge(Protocol):
    """What decides whether a trial is worth to be continued."""

    def reported(self, trial: "Trial") -> None:
        """Take note of the last report of a trial."""
        ...

    def should_prune(self, trial: "Trial") -> bool:
        """Return whether a trial is to be given up, judged by what it has reported."""
        ...


@dataclass(slots=True)
class Trial:
    """One evaluation of an objective.

    Attributes:
        number: counts from 0, in the order in which parameters were proposed
        parameters: their values by name
        score: the objective value, ``inf`` unless the trial is complete; the sum of several ones
        state: where it is, or how it has ended
        reason: why, if it is not complete
        seconds: how long it took
        scores: with several objectives, their values
        reports: what it has reported while it was running, as pairs of step and value
    """

    number: int
    parameters: dict[str, Any]
    score: float = inf
    state: TrialState = TrialState.RUNNING
    reason: str = ""
    seconds: float = 0.0
    scores: tuple[float, ...] = ()
    reports: list[tuple[int, float]] = field(default_factory=list)
    _judge: Judge | None = field(default=None, repr=False, compare=False)
    _is_given_up: bool = field(default=False, repr=False, compare=False)

    def report(self, step: int, value: float) -> None:
        """Tell what is known of the score so far.

        Args:
            step: how far the trial is, such as a number of epochs or instances, at least 0 and
                more than before
            value: what the score would be if it ended now; NaN counts as ``inf``

        Raises:
            TypeError: if an argument is no number
            ValueError: if the step is not larger than before
        """
        least = self.reports[-1][0] + 1 if self.reports else 0
        check_int_range(step, "step", least)
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise type_error(value, "value", float) from error
        self.reports.append((step, inf if isnan(number) else number))
        if self._judge is not None:
            self._judge.reported(self)

    def should_prune(self) -> bool:
        """Return whether to give up: then return, or raise :class:`fescue.TrialPruned`."""
        if not self._is_given_up and self._judge is not None and self.reports:
            self._is_given_up = self._judge.should_prune(self)
        return self._is_given_up

    def has_ended(self) -> bool:
        """Return whether it is not running any more."""
        return self.state is not TrialState.RUNNING

    def is_informative(self) -> bool:
        """Return whether there is a finite score."""
        return self.state is TrialState.COMPLETE and isfinite(self.score)

    def last_report(self) -> float:
        """Return the value that was reported last, ``inf`` if there is none."""
        return self.reports[-1][1] if self.reports else inf

    def to_dict(self) -> dict[str, Any]:
        """Return the trial as a record of the history."""
        record = {"parameters": dict(self.parameters), "score": self.score, "number": self.number,
                  "state": self.state.value, "reason": self.reason, "seconds": self.seconds}
        if self.scores:
            record["scores"] = self.scores
        if self.reports:
            record["reports"] = list(self.reports)
        return record


@dataclass
class OptimizationResult:
    """The result of a study.

    Attributes:
        parameters: the best ones
        score: their objective value; with several objectives the sum
        history: a record for each trial, with its ``parameters`` and ``score``, in the order in
            which they ended
        iterations: how many trials have ended
        elapsed_time: the seconds that it took
        improvement: by how much the best score is below the first one
        stopped: why it ended: ``iterations``, ``timeout``, ``goal``, ``patience`` or ``exhausted``
        front: with several objectives, the records of the trials that no other one dominates
    """

    parameters: dict[str, Any]
    score: float
    history: list[dict[str, Any]] = field(default_factory=list, repr=False)
    iterations: int = 0
    elapsed_time: float = 0.0
    improvement: float = 0.0
    stopped: str = "iterations"
    front: list[dict[str, Any]] = field(default_factory=list, repr=False)


#: what is called with each trial that has ended
Callback = Callable[[Trial], Any]
