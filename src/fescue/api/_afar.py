"""Runs that are performed in other processes, where the folder is or is not, and their logs."""

import os
import pickle
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fescue._experiment.batches import SECONDS
from fescue._experiment.claims import Claim
from fescue._experiment.driver import Outcome, Task
from fescue._experiment.files import State, set_aside, state_of
from fescue.api._work import Plan, make_room
from fescue.utils.errors import ExperimentError
from fescue.utils.path import UnfinishedFile


def perform_elsewhere(plan: bytes, tasks: Sequence[Task]) -> list[Outcome]:
    """Perform runs of a pickled plan; when they take long, the last ones are not begun."""
    return _load(plan, os.getpid()).perform_all(tasks, SECONDS)


def perform_afar(plan: bytes, tasks: Sequence[Task]) -> list[tuple[Outcome, bytes]]:
    """Do the same where the folder of the experiment is not, and return the logs as well."""
    with TemporaryDirectory(prefix="fescue-") as folder:
        logs = [Path(folder) / task.log.name for task in tasks]
        outcomes = perform_elsewhere(
            plan, [replace(task, log=log, replaces=None)
                   for task, log in zip(tasks, logs, strict=True)])
        return [(replace(outcome, log=task.log), log.read_bytes() if log.exists() else b"")
                for outcome, task, log in zip(outcomes, tasks, logs, strict=False)]


def receive_log(task: Task, result: tuple[Outcome, bytes]) -> Outcome:
    """Publish the log of a run that was performed afar; one that is there already stays.

    Raises:
        LogWriteError: if it cannot be written
    """
    outcome, data = result
    if not data:
        return outcome
    claim = Claim.acquire(task.log)
    if claim is None:
        return Outcome(task.log, State.RUNNING, "somebody else is at work on it")
    if (there := make_room(task, claim)) is not None:
        return there
    file = UnfinishedFile(claim.part)
    file.write(data.decode("utf-8", "surrogatepass"))
    if not file.publish(claim.log, overwrite=False):
        set_aside(claim.part, "late", claim.log)
        outcome = Outcome(task.log, state_of(task.log), "another log of it was first")
    file.close()
    claim.release()
    return outcome


def warm_up_elsewhere(plan: bytes, indices: Sequence[int], fes: int) -> None:
    """Warm up pairs of a pickled plan in this process."""
    _load(plan, os.getpid()).warm_up(indices, fes)


@lru_cache(maxsize=8)
def _load(plan: bytes, pid: int) -> Plan:
    """Return the plan, loaded once per process."""
    try:
        return pickle.loads(plan)  # type: ignore[no-any-return]  # noqa: S301 - from the own driver
    except (ImportError, AttributeError) as error:
        raise ExperimentError(
            f"a worker cannot load the experiment: {error}. Put the module that is missing where "
            "workers import from (PYTHONPATH, or pip install), or define in the main program what "
            "it has.") from error
