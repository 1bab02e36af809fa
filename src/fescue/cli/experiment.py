"""What an experiment consists of, as a command line or a TOML file describes it."""

import json
import sys
import tomllib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import partial
from hashlib import sha256
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import Any, Self

from fescue import algorithms, operators, problems
from fescue.api.catalogue import Entry, Problem
from fescue.api.execution import Execution
from fescue.api.process import check_goal_f, check_max_fes, check_max_time_millis
from fescue.utils.errors import ExperimentError, LogFileError
from fescue.utils.naming import sanitize_name
from fescue.utils.path import UnfinishedFile, fresh_path

_FILES = "experiment-*.toml"


class WrongCallError(ExperimentError):
    """An experiment that cannot be begun, because of what the user has asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """An experiment.

    Attributes:
        problem: the name of a problem of the catalogue, or ``module:function`` of a function that
            returns instances and setups, as ``run_experiment`` takes them
        instances: names of instances, or paths of their files
        algorithms: names of algorithms
        runs: the number of runs of each algorithm on each instance
        max_fes: the FEs of a run, ``None`` for no limit
        max_time: its seconds, likewise
        goal: the objective value at which it may stop
    """

    problem: str
    instances: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    runs: int = 3
    max_fes: int | None = None
    max_time: float | None = None
    goal: float | None = None

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Return the experiment that a TOML file describes.

        Raises:
            WrongCallError: if the file is malformed; the key is named
            OSError: if it cannot be read
        """
        try:
            with path.open("rb") as stream:
                table = tomllib.load(stream)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WrongCallError(f"{path}: {error}") from error
        known = {field.name for field in fields(cls)}
        for key, value in table.items():
            if key not in known:
                raise WrongCallError(
                    f"{path}: there is no key {key!r}; choose from {', '.join(sorted(known))}")
            _check(path, key, value)
        if "problem" not in table:
            raise WrongCallError(f"{path}: the key 'problem' is missing")
        settings: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in table.items()}
        return cls(**settings)

    def to_toml(self) -> str:
        """Return the text of a TOML file that describes the experiment."""
        lines = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value != ():
                # what JSON writes of texts, numbers and lists of texts is TOML, too
                text = json.dumps(list(value) if isinstance(value, tuple) else value)
                lines.append(f"{field.name} = {text}\n")
        return "".join(lines)

    def save(self, folder: Path) -> None:
        """Write the experiment beside its logs, under a name that follows from its contents.

        Raises:
            LogWriteError: if that is impossible
        """
        text = self.to_toml()
        name = f"experiment-{sha256(text.encode()).hexdigest()[:12]}.toml"
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).exists():
            # other programs may begin the same experiment at this moment
            file = UnfinishedFile(fresh_path(folder / name))
            file.write(text)
            file.publish(folder / name, overwrite=True)

    @classmethod
    def of_folder(cls, folder: Path) -> list[Self]:
        """Return the experiments that :meth:`save` has written beside their logs."""
        return [cls.from_toml(path) for path in sorted(folder.glob(_FILES))]

    def is_catalogued(self) -> bool:
        """Return whether the problem is one of the catalogue, not code of the user's."""
        return ":" not in self.problem

    def max_time_millis(self) -> int | None:
        """Return the time of a run in milliseconds, at least 1.

        Raises:
            WrongCallError: if there is no such time
        """
        if self.max_time is not None and not isfinite(self.max_time):
            raise WrongCallError(f"max_time={self.max_time} is invalid: give seconds, or leave it "
                                 "out for no limit")
        return None if self.max_time is None else max(1, round(1000 * self.max_time))

    def complete(self) -> Self:
        """Return the experiment with the catalogue's defaults where nothing was chosen.

        Raises:
            WrongCallError: if a name is not in the catalogue; it and the choices are named
        """
        try:
            check_max_fes(self.max_fes, none_is_ok=True)
            check_max_time_millis(self.max_time_millis(), none_is_ok=True)
            check_goal_f(self.goal, none_is_ok=True)
        except ValueError as error:
            raise WrongCallError(str(error)) from error
        if not self.is_catalogued():
            if self.instances or self.algorithms:
                raise WrongCallError(
                    f"{self.problem} says by itself which instances and algorithms there are: "
                    "leave --instances and --algorithms out")
            return self
        problem = find_problem(self.problem)
        limited = self.max_fes is not None or self.max_time is not None
        result = replace(
            self, instances=self.instances or problem.examples[:2],
            algorithms=self.algorithms or ("rls", "ea", "hc", "sa"),
            max_fes=self.max_fes if limited else 20_000)
        for name in result.algorithms:
            _find(algorithms.CATALOGUE, name, "algorithm")
        return result

    def makers(self) -> tuple[list[Callable[[], Any]], list[Callable[[Any], Execution]]]:
        """Return the instances and setups, as ``run_experiment`` takes them.

        Raises:
            WrongCallError: if the user's function cannot be had or returns something else
        """
        limits = (self.max_fes, self.max_time_millis(), self.goal)
        if self.is_catalogued():
            return ([partial(make_instance, self.problem, name) for name in self.instances],
                    [partial(_catalogued, self.problem, name, *limits)
                     for name in self.algorithms])
        instances, setups = _from_module(self.problem)
        return instances, [partial(_limited, setup, *limits) for setup in setups]


def make_instance(problem: str, name: str) -> Any:
    """Return the instance of a problem by its name.

    Raises:
        WrongCallError: if there is none
    """
    try:
        return find_problem(problem).instance(name)
    except ValueError as error:
        raise WrongCallError(str(error)) from error


def find_problem(name: str) -> Problem:
    """Return the problem of that name from the catalogue.

    Raises:
        WrongCallError: if there is none; the choices are named
    """
    result: Problem = _find(problems.CATALOGUE, name, "problem")
    return result


def _find(catalogue: Iterable[Any], name: str, what: str) -> Any:
    known = {entry.name: entry for entry in catalogue}
    if name not in known:
        raise WrongCallError(f"there is no {what} {name!r}; choose from {', '.join(known)}")
    return known[name]


def _catalogued(problem: str, algorithm: str, max_fes: int | None, max_time: int | None,
                goal: float | None, instance: Any) -> Execution:
    task = find_problem(problem).task(instance)
    entry: Entry = _find(algorithms.CATALOGUE, algorithm, "algorithm")
    execution = task.execution(entry.make(operators.kit_for(task.points())))  # type: ignore[arg-type]
    return _limit(execution.set_log_improvements(), max_fes, max_time, goal)


def _limited(setup: Callable[[Any], Execution], max_fes: int | None, max_time: int | None,
             goal: float | None, instance: Any) -> Execution:
    execution = setup(instance)
    return _limit(execution, max_fes, max_time, goal) if isinstance(
        execution, Execution) else execution


def _limit(execution: Execution, max_fes: int | None, max_time: int | None,
           goal: float | None) -> Execution:
    if max_fes is not None:
        execution.set_max_fes(max_fes)
    if max_time is not None:
        execution.set_max_time_millis(max_time)
    if goal is not None:
        execution.set_goal_f(int(goal) if float(goal).is_integer() else goal)
    return execution


def best_known(folder: Path) -> dict[str, float]:
    """Return the best values known from the literature, by the folder names of instances.

    Of experiments that ``fescue run`` has begun in a folder; nothing of the user's is imported.
    """
    found: dict[str, float] = {}
    for experiment in Experiment.of_folder(folder):
        if experiment.is_catalogued():
            problem = find_problem(experiment.problem)
            for name in experiment.instances:
                with suppress(WrongCallError, OSError, LogFileError):  # its file may be gone
                    instance = make_instance(experiment.problem, name)
                    value = problem.task(instance).best_known
                    if value is not None:
                        found[sanitize_name(str(instance))] = float(value)
    return found


def n_planned(folder: Path) -> int | None:
    """Return how many runs ``fescue run`` was to make in a folder, ``None`` if that is unknown."""
    experiments = Experiment.of_folder(folder)
    if not experiments or not all(one.is_catalogued() for one in experiments):
        return None
    # experiments that overlap have their runs in common
    runs: dict[tuple[str, str, str], int] = {}
    for one in experiments:
        for instance in one.instances:
            for algorithm in one.algorithms:
                key = one.problem, instance, algorithm
                runs[key] = max(runs.get(key, 0), one.runs)
    return sum(runs.values())


def import_named(target: str) -> Any:
    """Return what is called ``module:name``, also of a module in the current folder.

    Raises:
        WrongCallError: if it cannot be imported
    """
    module, _, name = target.partition(":")
    folder = str(Path.cwd())
    if folder not in sys.path:  # what a program in this folder could import
        sys.path.insert(0, folder)
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise WrongCallError(f"{target} cannot be imported: {error}") from error


def _from_module(target: str) -> tuple[list[Any], list[Any]]:
    function = import_named(target)
    try:
        instances, setups = function()
        return list(instances), list(setups)
    except (TypeError, ValueError) as error:
        raise WrongCallError(
            f"{target} must return two lists, instances and setups: {error}") from error


def _check(path: Path, key: str, value: Any) -> None:
    if key in ("instances", "algorithms"):
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        wanted = "a list of texts"
    elif key == "problem":
        good, wanted = isinstance(value, str), "a text"
    else:
        whole = key in ("runs", "max_fes")
        good = not isinstance(value, bool) and isinstance(value, int if whole else (int, float))
        good = good and (value > 0 or key == "goal")
        wanted = "a positive whole number" if whole else "a number"
    if not good:
        raise WrongCallError(f"{path}: {key} = {value!r} is invalid, must be {wanted}")
