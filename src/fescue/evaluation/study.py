"""Reads the logs of studies: parameters, trials, and how they ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, log, nan
from os import PathLike
from pathlib import Path
from typing import Any, Final

from fescue.api.logging import JOURNAL_SUFFIX, TRIALS_SECTION
from fescue.utils.errors import LogFileError
from fescue.utils.sections import parse_json_lines, parse_sections, whole_lines

COMPLETE: Final = "complete"


@dataclass(frozen=True, slots=True)
class StudyParameter:
    """A parameter of a study.

    Attributes:
        name: its name
        low: its least value, ``nan`` if it has choices
        high: its largest value, likewise
        is_log: whether it is varied on a logarithmic scale
        is_integer: whether its values are integers
        choices: the texts of its choices, empty if it is a number
    """

    name: str
    low: float
    high: float
    is_log: bool
    is_integer: bool
    choices: tuple[str, ...]

    def position(self, value: object) -> float:
        """Return where in its range a value is, from 0 to 1; ``nan`` for what is no value of it.

        >>> StudyParameter("x", 1.0, 100.0, True, False, ()).position(10)
        0.5
        """
        if self.choices:
            text = _text_of(value, self.choices)
            if text not in self.choices:
                return nan
            return self.choices.index(text) / max(len(self.choices) - 1, 1)
        if not isinstance(value, int | float) or not isfinite(value):
            return nan
        low, high, x = self.low, self.high, float(value)
        if self.is_log:
            if min(low, x) <= 0:
                return nan
            low, high, x = log(low), log(high), log(x)
        return min(max((x - low) / (high - low), 0.0), 1.0) if high > low else 0.5


@dataclass(frozen=True, slots=True)
class StudyTrial:
    """A trial that has ended.

    Attributes:
        number: its number, from 0
        setting: the values of its parameters, by name
        state: ``complete``, or why it has no score
        score: what came out, ``nan`` if it is not complete
        scores: the values of all objectives, empty if there is one
        seconds: how long it took
    """

    number: int
    setting: Mapping[str, Any]
    state: str
    score: float
    scores: tuple[float, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class StudyLog:
    """What the log of a study holds.

    Attributes:
        path: the file
        objective: the name of the function
        strategy: the name of the strategy
        parameters: the parameters
        trials: the trials that have ended, in the order in which they did
        n_open: how many are in flight, or were when the program ended
    """

    path: Path
    objective: str
    strategy: str
    parameters: tuple[StudyParameter, ...]
    trials: tuple[StudyTrial, ...]
    n_open: int

    def complete(self) -> list[StudyTrial]:
        """Return the trials with a finite score, in the order of their ends."""
        return [trial for trial in self.trials if isfinite(trial.score)]


def read_study(path: str | PathLike[str]) -> StudyLog:
    """Return what the log of a study holds, also of one that is running or was killed.

    Raises:
        OSError: if the file cannot be read
        LogFileError: if it is damaged, or the log of something else
    """
    path = Path(path)
    journal = path.with_name(path.name + JOURNAL_SUFFIX)
    if journal.exists():
        lines = whole_lines(journal)
    else:
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            lines = list(parse_sections(text.splitlines())[TRIALS_SECTION])
        except (LogFileError, KeyError) as error:
            raise LogFileError(f"{path} is not the complete log of a study: {error}.") from error
    records = parse_json_lines(lines, path)
    try:
        return _study(path, records)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise LogFileError(f"{path}: its trials are not those of a study: "
                           f"{type(error).__name__}: {error}.") from error


def _study(path: Path, records: list[dict[str, Any]]) -> StudyLog:
    header = records[0]
    settings: dict[int, Mapping[str, Any]] = {}
    trials = []
    for event in records[1:]:
        if "ask" in event:
            settings[event["ask"]] = dict(event["parameters"])
        elif "end" in event:
            number, score = event["end"], event["score"]
            trials.append(StudyTrial(
                number, settings.pop(number), event["state"],
                float(score) if score is not None and event["state"] == COMPLETE else nan,
                tuple(map(_number, event.get("scores") or ())), float(event["seconds"])))
    return StudyLog(path, str(header["objective"]), str(header["strategy"]),
                    tuple(map(_parameter, header["parameters"])), tuple(trials), len(settings))


def _number(value: float | None) -> float:
    return nan if value is None else float(value)


def _parameter(one: Mapping[str, Any]) -> StudyParameter:
    choices = one["choices"]
    return StudyParameter(
        str(one["name"]), *((nan, nan) if choices else (float(one["min"]), float(one["max"]))),
        is_log=bool(one["log"]), is_integer=one["type"] == "INTEGER",
        choices=tuple(_text_of(choice) for choice in choices or ()))


def _text_of(choice: object, choices: tuple[str, ...] = ()) -> str:
    """Return the text of a choice; JSON has no others than texts, numbers, truths and nothing."""
    if isinstance(choice, dict):  # its text where choices are listed, its index elsewhere
        if "text" in choice:
            return str(choice["text"])
        (index,) = choice.values()
        return choices[index]
    return str(choice)
