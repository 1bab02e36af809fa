"""The ends of trials as records of a journal, and back."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from fescue.tuning.trials import Trial, TrialState
from fescue.utils.errors import LogFileError


def end_of(trial: Trial) -> dict[str, Any]:
    """Return a record of how a trial has ended; JSON has no ``inf``, so there is ``None``."""
    event: dict[str, Any] = {"end": trial.number, "score": _number(trial.score),
                             "state": trial.state.value, "reason": trial.reason,
                             "seconds": trial.seconds}
    if trial.scores:
        event["scores"] = list(map(_number, trial.scores))
    if trial.reports:
        event["reports"] = [[step, _number(value)] for step, value in trial.reports]
    return event


def _number(value: float) -> float | None:
    return value if value < inf else None


def earlier(setting: dict[str, Any], score: float | None,
            scores: Iterable[float | None]) -> Trial:
    """Return a trial of an earlier study, from what a record holds of it."""
    return Trial(-1, setting, inf if score is None else score,
                 TrialState.FAILED if score is None else TrialState.COMPLETE,
                 scores=tuple(inf if s is None else s for s in scores))


def restore(trial: Trial, event: Mapping[str, Any]) -> None:
    """Set how a trial has ended, as an event says.

    Raises:
        LogFileError: if it says nothing of the kind
    """
    try:
        for step, value in event.get("reports", ()):
            trial.report(step, inf if value is None else value)
        score = event["score"]
        trial.score = inf if score is None else _real(score)
        trial.scores = tuple(inf if s is None else _real(s) for s in event.get("scores", ()))
        trial.state = TrialState(event["state"])
        trial.reason, trial.seconds = str(event["reason"]), _real(event["seconds"])
    except (KeyError, ValueError, TypeError) as error:
        raise LogFileError(f"The journal does not fit: {event} ends no trial.") from error


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(value)
    return value
