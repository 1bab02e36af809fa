"""The work of an experiment: which runs there are, and how one of them is performed."""

import gc
import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any, Final

from fescue._experiment.claims import Claim, End
from fescue._experiment.driver import Outcome, Task
from fescue._experiment.files import FAILURES, State, set_aside, state_of
from fescue._experiment.worker import PreemptedError, announce, is_worker
from fescue.api._setup import Destination
from fescue.api.execution import Execution
from fescue.api.process import Process
from fescue.utils.errors import LogWriteError
from fescue.utils.path import UnfinishedFile
from fescue.utils.types import type_error

_WARM_UP_MILLIS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A setup and an instance, by their makers and their names."""

    make_instance: Callable[[], Any]
    make_setup: Callable[[Any], Execution]
    instance: str = ""
    algorithm: str = ""

    def make(self) -> tuple[Any, Execution]:
        """Return a new instance and a new execution for it."""
        instance = self.make_instance()
        if instance is None:
            raise TypeError(f"the instance callable {self.make_instance} returned None.")
        execution = self.make_setup(instance)
        if not isinstance(execution, Execution):
            raise type_error(execution, f"the result of setup {self.make_setup}", Execution)
        return instance, execution


@dataclass(slots=True)
class Plan:
    """What all runs of an experiment have in common; it travels to workers as a whole."""

    pairs: Sequence[Pair]
    on_completion: Callable[[Any, Path, Process], Any]
    #: the FEs of the warm-up before the first run of a pair in a process, 0 for none
    warm_up_fes: int
    log_host_details: bool
    #: the number of runs of each pair
    n_runs: int = 1
    _warm: set[int] = field(default_factory=set)

    def warm_up(self, indices: Iterable[int], fes: int) -> None:
        """Run a few FEs of pairs, and keep the garbage collector off all that is there then."""
        for index in indices:
            pair = self.pairs[index]
            with suppress(Exception):  # the run itself will say what is wrong
                _run_briefly(pair.make()[1], 0, fes)
        gc.collect()
        gc.freeze()

    def perform(self, task: Task) -> Outcome:
        """Perform a run unless somebody else does or has done it; its log is complete then.

        Raises:
            LogWriteError: if the log cannot be written
            KeyboardInterrupt: if it was interrupted; so does PreemptedError
        """
        log = task.log
        if (there := _settled(task)) is not None:
            return there  # somebody else was faster: no claim needs to be made
        claim = Claim.acquire(log)
        if claim is None:
            return Outcome(log, State.RUNNING, "somebody else is at work on it")
        announce(str(claim.attempt))
        destination = _Published(claim)
        try:
            if (there := make_room(task, claim)) is not None:
                return there
            error = self._run(task, destination)
        except BaseException as stop:
            if isinstance(stop, PreemptedError):
                claim.note(End.PREEMPTED)
            elif isinstance(stop, KeyboardInterrupt):
                claim.note(End.INTERRUPTED)
            else:
                claim.abandon()
            raise
        finally:
            destination.is_over = True
        return self._outcome(claim, destination, error)

    def _run(self, task: Task, destination: "_Published") -> BaseException | None:
        """Return what the run has failed of, if anything."""
        try:
            pair = self.pairs[task.pair]
            instance, execution = pair.make()
            if self.warm_up_fes and task.pair not in self._warm:
                with suppress(Exception):
                    _run_briefly(execution, task.seed, self.warm_up_fes)
                self._warm.add(task.pair)
                announce(str(destination.claim.attempt))
            execution.set_rand_seed(task.seed).set_destination(destination)
            execution.set_n_runs(self.n_runs)
            if self.log_host_details:
                execution.set_log_host_details()
            with execution.execute() as process:
                destination.end_forked_processes()
                self.on_completion(instance, task.log, process)
        except LogWriteError:
            raise
        except BaseException as error:
            if _is_interruption(error):
                raise
            return error  # one failing run must not stop the others
        return None

    @staticmethod
    def _outcome(claim: Claim, destination: "_Published",
                 error: BaseException | None) -> Outcome:
        text = "" if error is None else f"{type(error).__name__}: {error}"
        if destination.late is not None:
            claim.release()
            return Outcome(claim.log, state_of(claim.log), text or (
                f"another log of it was first, this one is {destination.late.name}"))
        if error is not None and not destination.is_published:
            # it has failed before it could have a log
            claim.abandon()
            return Outcome(claim.log, State.FAILED, text)
        claim.release()
        return Outcome(claim.log, State.DONE if error is None else State.FAILED, text)

    def perform_all(self, tasks: Sequence[Task], seconds: float = inf) -> list[Outcome]:
        """Perform runs, and say how long each took; none is begun after so many seconds."""
        moments, outcomes = [time.monotonic()], []
        for task in tasks:
            outcome = self.perform(task)
            moments.append(time.monotonic())
            outcomes.append(replace(outcome, seconds=moments[-1] - moments[-2]))
            if moments[-1] - moments[0] > seconds:
                break
        return outcomes


class _Published(Destination):
    """A log that appears under its final name only when complete, and never replaces another."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim.log)
        self.claim = claim
        self._process_id = os.getpid()
        #: whether the attempt has ended: nothing is published any more
        self.is_over = False
        self.is_published = False
        #: the name that the log got because another one was first
        self.late: Path | None = None

    def open(self) -> UnfinishedFile:
        """Return the unfinished file of the attempt."""
        self.claim.part.unlink(missing_ok=True)
        return UnfinishedFile(self.claim.part)

    def publish(self, file: UnfinishedFile, errors: Iterable[BaseException]) -> None:
        """Publish the log unless the run was interrupted: then it is to be done again."""
        self.end_forked_processes()
        if not self.is_over and not any(map(_is_interruption, errors)):
            self.is_published = file.publish(self.final, overwrite=False)
            if not self.is_published:
                self.late = set_aside(file.path, "late", self.final)
        file.close()

    def end_forked_processes(self) -> None:
        """End this process if the objective has forked it off and let it return."""
        if os.getpid() != self._process_id:
            os._exit(0)


def make_room(task: Task, claim: Claim) -> Outcome | None:
    """Set aside what is to be replaced, or return that the log is there already."""
    if (there := _settled(task)) is not None:
        claim.release()
        return there
    if task.log.exists():
        set_aside(task.log, "bad" if state_of(task.log) is State.BAD else "failed")
    return None


def _settled(task: Task) -> Outcome | None:
    """Return what has become of a run whose log is there already."""
    state = state_of(task.log)
    if state is State.DONE or (
            state in FAILURES and task.log.stat().st_mtime_ns != task.replaces):
        return Outcome(task.log, state, "see its log")
    return None


def _is_interruption(error: BaseException) -> bool:
    """Return whether a run was ended from outside.

    Ctrl-C does not reach workers: what raises ``KeyboardInterrupt`` there is the objective.
    """
    return isinstance(error, PreemptedError) or (
        isinstance(error, KeyboardInterrupt) and not is_worker())


def _run_briefly(execution: Execution, seed: int, fes: int) -> None:
    """Run a few FEs, so that nothing is compiled or loaded in the run that is measured."""
    short = copy(execution).set_rand_seed(seed).set_max_fes(fes, True)
    short.set_max_time_millis(_WARM_UP_MILLIS, True).set_log_file(None)
    short.set_log_improvements(False).set_log_all_fes(False)
    with short.execute():
        pass
