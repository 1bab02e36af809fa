"""Experiments: every setup on every instance, several runs each, one log file per run."""

import gc
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import psutil
from numpy.random import default_rng

from fescue._experiment.files import State, log_path, set_aside, state_of
from fescue.api._run import Destination
from fescue.api.execution import Execution
from fescue.api.process import Process
from fescue.utils.errors import ExperimentError, LogWriteError
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import rand_seeds_from_str
from fescue.utils.path import UnfinishedFile
from fescue.utils.types import check_int_range, type_error

_WARM_UP_MILLIS: Final = 3_600_000


def _cores(spare: int, physical: bool) -> int:
    """Return the number of cores but for ``spare`` ones, at least 1; always 1 off Linux."""
    if sys.platform != "linux":
        return 1
    return max(1, (psutil.cpu_count(logical=not physical) or os.cpu_count() or 1) - spare)


class Parallelism(IntEnum):
    """How many processes to use; the values depend on the machine and are 1 off Linux."""

    #: one process
    SINGLE_THREAD = 1
    #: one process per physical core, one of which is left free: nothing disturbs the clock
    ACCURATE_TIME_MEASUREMENTS = _cores(1, physical=True)
    #: one process per logical core, one of which is left free
    PERFORMANCE = _cores(1, physical=False)
    #: one process per logical core
    RECKLESS = _cores(0, physical=False)


def _do_nothing(instance: Any, log_file: Path, process: Process) -> None:
    """Do nothing when a run is complete."""


class _Published(Destination):
    """A log that appears under its final name only when complete, and never replaces another."""

    def open(self) -> UnfinishedFile:
        """Return the unfinished file; an earlier one was left by a run that was killed."""
        return UnfinishedFile(self.final.with_name(self.final.name + ".part"))

    def publish(self, file: UnfinishedFile, interrupted: bool) -> None:
        """Publish the log unless the run was interrupted: then it is to be done again."""
        if not interrupted:
            file.publish(self.final, overwrite=False)
        file.close()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A setup and an instance, by their makers and their names."""

    make_instance: Callable[[], Any]
    make_setup: Callable[[Any], Execution]
    instance: str
    algorithm: str

    def make(self) -> tuple[Any, Execution]:
        """Return a new instance and a new execution for it."""
        instance = self.make_instance()
        if instance is None:
            raise TypeError(f"the instance callable {self.make_instance} returned None.")
        execution = self.make_setup(instance)
        if not isinstance(execution, Execution):
            raise type_error(execution, f"the result of setup {self.make_setup}", Execution)
        return instance, execution


def run_experiment(
        base_dir: str | os.PathLike[str],
        instances: Iterable[Callable[[], Any]],
        setups: Iterable[Callable[[Any], Execution]],
        n_runs: int | Iterable[int] = 11,
        n_threads: int = Parallelism.SINGLE_THREAD,
        perform_warmup: bool = True,
        warmup_fes: int = 20,
        perform_pre_warmup: bool = True,
        pre_warmup_fes: int = 20,
        on_completion: Callable[[Any, Path, Process], Any] = _do_nothing,
        *,
        on_error: Literal["raise", "continue"] = "raise",
        retry_failed: bool = False,
        log_host_details: bool = False) -> Path:
    """Perform all runs that are not done yet, in random order, and log each in its own file.

    The log of a run is ``<algorithm>/<instance>/<algorithm>_<instance>_0x<seed>.txt`` below
    ``base_dir``. Seeds follow from the instance's name, so all algorithms get the same ones and
    a repeated experiment gives the same results. A run that fails has its error in its log and
    stops no other; one that was killed has no log and is done again at the next start.

    This version performs the runs one after the other, whatever ``n_threads`` is.

    Args:
        base_dir: the folder of the experiment, created if need be
        instances: callables that return a problem instance whose ``str`` is its name
        setups: callables that return the execution of an algorithm on a given instance
        n_runs: runs per pair of setup and instance; or increasing numbers, each of which is
            completed for all pairs before the next one is begun
        n_threads: the number of processes wanted, in ``1..16384``
        perform_warmup: whether a short run that is not logged precedes each pair's first one
        warmup_fes: its length in FEs, in ``1..10**6``
        perform_pre_warmup: whether such runs of all pairs precede everything else
        pre_warmup_fes: their length in FEs, in ``1..10**6``
        on_completion: is called as ``on_completion(instance, log_file, process)`` after each
            run, before its log is published
        on_error: whether failed runs are raised as one exception at the end
        retry_failed: whether runs that failed earlier are done again; their old logs get names
            that end in ``.failed-<k>``
        log_host_details: whether logs name host, IP address, command line and working directory

    Returns:
        the absolute path of ``base_dir``

    Raises:
        TypeError: if an argument, or what a callable returns, has a wrong type
        ValueError: if an argument is out of range, or if two names are the same or become the
            same in file names
        ExperimentError: if runs failed; it names all of them
        LogWriteError: if a log cannot be written, which ends the experiment
    """
    rounds = _rounds(n_runs)
    check_int_range(n_threads, "n_threads", 1, 16384)
    for name, fes in (("warmup_fes", warmup_fes), ("pre_warmup_fes", pre_warmup_fes)):
        check_int_range(fes, name, 1, 1_000_000)
    for name, flag in (("perform_warmup", perform_warmup), ("retry_failed", retry_failed),
                       ("perform_pre_warmup", perform_pre_warmup),
                       ("log_host_details", log_host_details)):
        if not isinstance(flag, bool):
            raise type_error(flag, name, bool)
    if not callable(on_completion):
        raise type_error(on_completion, "on_completion", Callable, call=True)
    if on_error not in ("raise", "continue"):
        raise ValueError(f"on_error={on_error!r} is invalid, must be 'raise' or 'continue'.")
    pairs = _pairs(_callables(instances, "instances"), _callables(setups, "setups"))
    base = Path(base_dir).resolve()
    base.mkdir(parents=True, exist_ok=True)
    work = _Work(base, pairs, retry_failed)
    if perform_pre_warmup:
        for pair in pairs:
            if next(work.open_seeds(pair, rounds[-1]), None) is not None:
                _warm_up(pair, pair.make()[1], 0, pre_warmup_fes)
        gc.collect()
        gc.freeze()
    try:
        for runs in rounds:
            for pair in work.shuffled(pairs):
                for index, seed in enumerate(work.open_seeds(pair, runs)):
                    instance, execution = pair.make()
                    if index == 0 and perform_warmup:
                        _warm_up(pair, execution, seed, warmup_fes)
                    if log_host_details:
                        execution.set_log_host_details()
                    work.perform(pair, seed, instance, execution, on_completion)
    finally:
        gc.unfreeze()
    if on_error == "raise":
        work.raise_failures()
    return base


class _Work:
    """What is to be done, and what went wrong."""

    def __init__(self, base: Path, pairs: list[_Pair], retry_failed: bool) -> None:
        self._base = base
        self._random = default_rng()  # only the order of work depends on it
        self._failures: dict[Path, str] = {}
        for pair in pairs:
            (base / pair.algorithm / pair.instance).mkdir(parents=True, exist_ok=True)
        self._retry = {State.BAD, State.FAILED} if retry_failed else {State.BAD}

    def shuffled(self, pairs: list[_Pair]) -> list[_Pair]:
        return [pairs[i] for i in self._random.permutation(len(pairs))]

    def open_seeds(self, pair: _Pair, runs: int) -> Iterator[int]:
        """Yield, in random order, the seeds of a pair's runs that have no final log."""
        seeds = rand_seeds_from_str(pair.instance, runs)
        for i in self._random.permutation(runs):
            path = log_path(self._base, pair.algorithm, pair.instance, seeds[i])
            if path in self._failures:
                continue
            state = state_of(path)
            if state is State.MISSING or state in self._retry:
                yield seeds[i]
            elif state is State.FAILED:
                self._failures[path] = "failed earlier, see its log"

    def perform(self, pair: _Pair, seed: int, instance: Any, execution: Execution,
                on_completion: Callable[[Any, Path, Process], Any]) -> None:
        """Perform one run; unless it is interrupted, its log is complete then."""
        path = log_path(self._base, pair.algorithm, pair.instance, seed)
        state = state_of(path)
        if state is not State.MISSING:
            set_aside(path, state.value)
        execution.set_rand_seed(seed)
        execution.set_destination(_Published(path))
        try:
            with execution.execute() as process:
                on_completion(instance, path, process)
        except LogWriteError:
            raise
        except Exception as error:  # one failing run must not stop the others
            self._failures[path] = f"{type(error).__name__}: {error}"

    def raise_failures(self) -> None:
        if self._failures:
            lines = "\n".join(f"  {path}: {why}" for path, why in self._failures.items())
            raise ExperimentError(
                f"{len(self._failures)} runs failed, all others are complete; "
                f"retry_failed=True does them again:\n{lines}")


def _warm_up(pair: _Pair, execution: Execution, seed: int, fes: int) -> None:
    """Run a few FEs, so that nothing is compiled or loaded in the run that is measured."""
    short = copy(execution).set_rand_seed(seed).set_max_fes(fes, True)
    short.set_max_time_millis(_WARM_UP_MILLIS, True).set_log_file(None)
    short.set_log_improvements(False).set_log_all_fes(False)
    try:
        with short.execute():
            pass
    except Exception as error:  # the run itself will say what is wrong
        warnings.warn(
            f"the warm-up of {pair.algorithm} on {pair.instance} with seed {seed} failed: "
            f"{type(error).__name__}: {error}", RuntimeWarning, stacklevel=3)


def _rounds(n_runs: int | Iterable[int]) -> list[int]:
    if isinstance(n_runs, int):
        return [check_int_range(n_runs, "n_runs", 1)]
    if not isinstance(n_runs, Iterable):
        raise type_error(n_runs, "n_runs", (int, Iterable))
    rounds = [check_int_range(runs, "n_runs", 1) for runs in n_runs]
    if not rounds or any(a >= b for a, b in pairwise(rounds)):
        raise ValueError(f"n_runs={rounds} is invalid, give numbers that strictly increase.")
    return rounds


def _callables(items: Any, name: str) -> list[Callable[..., Any]]:
    if not isinstance(items, Iterable):
        raise type_error(items, name, Iterable)
    result = list(items)
    if not result:
        raise ValueError(f"{name} is empty, give at least one callable.")
    for item in result:
        if not callable(item):
            raise type_error(item, f"an element of {name}", Callable, call=True)
    return result


def _pairs(instances: list[Callable[[], Any]],
           setups: list[Callable[[Any], Execution]]) -> list[_Pair]:
    """Make each pair once to learn its names, and check that no two share a folder."""
    pairs: list[_Pair] = []
    instance_names: dict[str, str] = {}
    for make_instance in instances:
        algorithm_names: dict[str, str] = {}
        for make_setup in setups:
            instance, execution = _Pair(make_instance, make_setup, "", "").make()
            pairs.append(_Pair(
                make_instance, make_setup, sanitize_name(str(instance)),
                _claim(algorithm_names, str(execution.algorithm), "setups have the algorithm")))
        _claim(instance_names, str(instance), "instances have the name")
    return pairs


def _claim(names: dict[str, str], name: str, what: str) -> str:
    """Return the file name of ``name``; no other one may have it."""
    clean = sanitize_name(name)
    if clean in names:
        raise ValueError(
            f"Two {what}s {names[clean]!r} and {name!r}, which would share the folder {clean!r}: "
            "give them names that differ in letters, digits or '_'.")
    names[clean] = name
    return clean
