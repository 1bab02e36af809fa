"""Studies from their logs: every proposal derived again, and trials for later studies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from fescue.api.logging import JOURNAL_SUFFIX
from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.tuning.events import earlier
from fescue.tuning.journal import trials_of
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Trial, TrialState
from fescue.utils.errors import LogFileError
from fescue.utils.nputils import rand_seed_check
from fescue.utils.sections import parse_json_lines, whole_lines
from fescue.utils.types import check_int_range

#: where fescue's own strategies are
_STRATEGIES: Final = "fescue.tuning.strategies."


@dataclass(frozen=True, slots=True)
class StudyReplay:
    """What came out when all proposals of a study were derived again.

    Attributes:
        n_proposals: how many there are in the log
        difference: what the first one is that differs; empty if all are the same
    """

    n_proposals: int
    difference: str


@dataclass(frozen=True)
class _Choice:
    """Stands for a choice that a log has only the text of."""

    text: str


def replay_study(log_file: str | Path, strategy: OptimizationStrategy | None = None,
                 constraints: Iterable[Callable[..., Any]] = ()) -> StudyReplay:
    """Derive every proposal of a study again, from its log alone.

    Args:
        log_file: the log, or that of a study which was killed
        strategy: the strategy, needed if it is none of fescue's
        constraints: those of the study, if it had some: logs hold no code

    Returns:
        whether all proposals are those of the log

    Raises:
        OSError: if the file cannot be read
        LogFileError: if it is damaged or the log of something else
        ValueError: if the strategy or the constraints are needed
    """
    from fescue.tuning.plan import Plan
    from fescue.tuning.study import Study  # which can begin from a log

    path = Path(log_file)
    header, events = read_trials(path)
    constraints = list(constraints)
    names = header.get("constraints", [])
    if isinstance(names, list) and len(names) != len(constraints):
        raise ValueError(f"{path} is the log of a study with {len(names)} constraints: "
                         f"give these, {names}.")
    kind = header.get("class")
    if strategy is None and isinstance(kind, str) and not kind.startswith(_STRATEGIES):
        raise ValueError(f"{path} is the log of a study with the strategy {kind}: "
                         "give it as strategy=.")
    try:
        space = _space_of(header, constraints)
        plan = Plan(
            space=space, strategy=strategy or _strategy_of(header),
            objective=header["objective"], iterations=max(header["planned"], 1),
            seed=rand_seed_check(header["seed"]),
            workers=check_int_range(header["workers"], "workers", 1),
            initial=tuple(space.from_str(text) for text in header["initial"]),
            known=tuple(earlier(space.from_str(text), score, scores)
                        for text, score, scores in header["known"]))
    except Exception as error:  # it may say anything
        raise LogFileError(f"{path}: the first line of the trials describes no study: "
                           f"{type(error).__name__}: {error}") from error
    n = sum("ask" in event for event in events)
    with Study(plan, events) as study:
        return StudyReplay(n, study.difference)


def read_trials(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a study is and its events, from its log or the journal beside it.

    Raises:
        OSError: if there is neither
        LogFileError: if that is damaged
    """
    journal = path.with_name(path.name + JOURNAL_SUFFIX)
    lines = whole_lines(journal) if journal.exists() else trials_of(path)
    records = parse_json_lines(lines, path)
    if not records:
        raise LogFileError(f"{path} has no trials.")
    return records[0], records[1:]


def known_trials(path: Path, space: ParameterSpace) -> tuple[Trial, ...]:
    """Return the trials of an earlier study that belong to a space, in the order of their ends.

    Raises:
        OSError: if there is no such log
        LogFileError: if it is damaged
        ValueError: if none of its trials belongs to the space
    """
    _, events = read_trials(path)
    settings: dict[Any, Any] = {}
    found: list[Trial] = []
    n = 0
    for event in events:
        if "ask" in event:
            settings[event["ask"]] = event.get("parameters", {})
        elif event.get("state") in (TrialState.COMPLETE, TrialState.FAILED, TrialState.TIMED_OUT):
            n += 1
            try:
                setting = _read(space, settings[event["end"]])
                found.append(earlier(setting, event["score"], event.get("scores", ())))
            except (KeyError, TypeError, ValueError):
                continue  # a trial of another space
    if n and not found:
        raise ValueError(f"initial={str(path)!r}: none of its {n} trials belongs to these "
                         "parameters.")
    return tuple(found)


def _read(space: ParameterSpace, plain: Mapping[str, Any]) -> dict[str, Any]:
    import json

    return space.from_str(json.dumps(plain))


def _space_of(header: Mapping[str, Any], constraints: list[Callable[..., Any]]) -> ParameterSpace:
    parameters = []
    for one in header["parameters"]:
        choices = one["choices"]
        parameters.append(Parameter(
            one["name"], ParameterType[one["type"]], one["min"], one["max"],
            None if choices is None else [_choice(c) for c in choices], one["step"],
            log=one["log"]))
    by_name = {p.name: p for p in parameters}
    conditions = {
        name: {other: [by_name[other].value(v) if by_name[other].choices is not None else v
                       for v in values] for other, values in needs.items()}
        for name, needs in header["conditions"].items()}
    return ParameterSpace(parameters, constraints, conditions)


def _choice(written: Any) -> Any:
    """Return a choice that is equal to others as the one in the study was."""
    return _Choice(written["text"]) if isinstance(written, dict) else written


def _strategy_of(header: Mapping[str, Any]) -> OptimizationStrategy:
    """Create a strategy of fescue's: no other code is loaded because a file says so."""
    module, _, name = header["class"].rpartition(".")
    kind = getattr(import_module(module), name) if module.startswith(_STRATEGIES) else None
    if not isinstance(kind, type) or not issubclass(kind, OptimizationStrategy):
        raise TypeError(f"there is no strategy {header['class']}")
    return kind(**header["settings"])
