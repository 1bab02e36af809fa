"""Experiments: every setup on every instance, several runs each, one log file per run."""

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from enum import IntEnum
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any, Final, Literal

from fescue._experiment.batches import Batches
from fescue._experiment.cores import assign_cores, count_physical_cores
from fescue._experiment.driver import InlineExecutor, Outcome, Task, drive
from fescue._experiment.pool import Limits, WorkerPool
from fescue._experiment.progress import Tally, show_progress
from fescue._experiment.worker import PreemptedError, preempt
from fescue.api._afar import perform_afar, perform_elsewhere, receive_log, warm_up_elsewhere
from fescue.api._agenda import Agenda
from fescue.api._work import Pair, Plan
from fescue.api.execution import Execution
from fescue.api.process import Process
from fescue.utils.naming import sanitize_name
from fescue.utils.types import check_int_range, type_error

#: so many calls go on at a time in an executor of which nothing is known
_WINDOW: Final = 1024


def _cores(spare: int, physical: bool) -> int:
    """Return the number of cores but for ``spare`` ones, at least 1; always 1 off Linux."""
    if sys.platform != "linux":
        return 1
    return max(1, (count_physical_cores() if physical else os.cpu_count() or 1) - spare)


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
        executor: Executor | None = None,
        on_error: Literal["raise", "continue"] = "raise",
        retry_failed: bool = False,
        progress: bool | Callable[[Tally], Any] | None = None,
        log_host_details: bool = False,
        run_limits: Limits | None = None,
        shared_folder: bool = True) -> Path:
    """Perform all runs that are not done yet, in random order, and log each in its own file.

    The log of a run is ``<algorithm>/<instance>/<algorithm>_<instance>_0x<seed>.txt`` below
    ``base_dir``. Seeds follow from the instance's name, so all algorithms get the same ones and
    a repeated experiment gives the same results. A run that fails has its error in its log and
    stops no other; one that was killed or interrupted is done again, at once or at the next
    start. Any number of programs, on any number of machines, may work on one folder.

    Args:
        base_dir: the folder of the experiment, created if need be
        instances: callables that return a problem instance whose ``str`` is its name
        setups: callables that return the execution of an algorithm on a given instance
        n_runs: runs per pair of setup and instance; or increasing numbers, each of which is
            begun when all runs of the one before have been begun
        n_threads: the number of worker processes, in ``1..16384``; with 1, runs are performed by
            this process
        perform_warmup: whether a short run that is not logged precedes each pair's first one in
            each process
        warmup_fes: its length in FEs, in ``1..10**6``
        perform_pre_warmup: whether such runs of all pairs that have runs left precede everything
            else, in each process; not with an ``executor``
        pre_warmup_fes: their length in FEs, in ``1..10**6``
        on_completion: is called as ``on_completion(instance, log_file, process)`` after each
            run, in the process that has performed it, before its log is published
        executor: performs the runs instead of own worker processes
        on_error: whether failed runs are raised as one exception at the end
        retry_failed: whether runs that failed earlier are done again; their old logs get names
            that end in ``.failed-<k>``
        progress: whether a bar is shown, ``None`` for one if the standard error output is a
            terminal; or a function that is called with a tally, first and after each run
        log_host_details: whether logs name host, IP address, command line and working directory
        run_limits: the time and memory after which a run is killed, with its worker
        shared_folder: whether the processes of ``executor`` see ``base_dir``; if not, logs travel
            back to this one, which writes them

    Returns:
        the absolute path of ``base_dir``

    Raises:
        TypeError: if an argument, or what a callable returns, has a wrong type
        ValueError: if an argument is out of range, if arguments exclude each other, if a callable
            cannot be sent to another process, or if two names become the same in file names
        ExperimentError: if runs failed; it names all of them
        LogWriteError: if a log cannot be written, which ends the experiment
    """
    rounds = _rounds(n_runs)
    check_int_range(n_threads, "n_threads", 1, 16384)
    for name, fes in (("warmup_fes", warmup_fes), ("pre_warmup_fes", pre_warmup_fes)):
        check_int_range(fes, name, 1, 1_000_000)
    for name, flag in (("perform_warmup", perform_warmup), ("retry_failed", retry_failed),
                       ("perform_pre_warmup", perform_pre_warmup),
                       ("log_host_details", log_host_details),
                       ("shared_folder", shared_folder)):
        if not isinstance(flag, bool):
            raise type_error(flag, name, bool)
    if not callable(on_completion):
        raise type_error(on_completion, "on_completion", Callable, call=True)
    if on_error not in ("raise", "continue"):
        raise ValueError(f"on_error={on_error!r} is invalid, must be 'raise' or 'continue'.")
    _check_executor(executor, run_limits)
    pairs = _pairs(_callables(instances, "instances"), _callables(setups, "setups"))
    base = Path(base_dir).resolve()
    base.mkdir(parents=True, exist_ok=True)
    agenda = Agenda(base, pairs, rounds, retry_failed)
    plan = Plan(pairs, on_completion, warmup_fes if perform_warmup else 0, log_host_details,
                rounds[-1])
    with _stoppable(), show_progress(progress) as show:
        def settle(task: Task, outcome: Outcome) -> None:
            agenda.settle(outcome)
            show(agenda.tally)

        if agenda.tally.finished < agenda.tally.total:
            show(agenda.tally)
        pre_warm_up = agenda.open_pairs() if perform_pre_warmup else []
        if executor is None and run_limits is None and n_threads == 1:
            if pre_warm_up:
                plan.warm_up(pre_warm_up, pre_warmup_fes)
            try:
                drive(InlineExecutor(), plan.perform_all, agenda.tasks(), settle,
                      Batches(1, together=False))
            finally:
                gc.unfreeze()
        elif agenda.tally.finished < agenda.tally.total:
            pickled = _pickle(plan)
            perform = partial(perform_elsewhere, pickled)
            if executor is not None and not shared_folder:
                drive(executor, partial(perform_afar, pickled), agenda.tasks(), settle,
                      Batches(_WINDOW, together=True), receive_log)
            elif executor is not None:
                drive(executor, perform, agenda.tasks(), settle, Batches(_WINDOW, together=True))
            else:
                warm_up = partial(warm_up_elsewhere, pickled, pre_warm_up, pre_warmup_fes)
                with WorkerPool(n_threads, limits=run_limits, cores=assign_cores(n_threads),
                                initializer=warm_up if pre_warm_up else None) as pool:
                    drive(pool, perform, agenda.tasks(), settle,
                          Batches(4 * n_threads, together=False))
    if on_error == "raise":
        agenda.raise_failures()
    return base


@contextmanager
def _stoppable() -> Iterator[None]:
    """Have SIGTERM end the experiment in order, and then the process as it always does."""
    can = (current_thread() is main_thread()
           and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
    if not can:
        yield
        return
    signal.signal(signal.SIGTERM, preempt)
    try:
        yield
    except PreemptedError:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _check_executor(executor: Any, run_limits: Any) -> None:
    if executor is not None and not isinstance(executor, Executor):
        raise type_error(executor, "executor", Executor)
    if run_limits is not None and not isinstance(run_limits, Limits):
        raise type_error(run_limits, "run_limits", Limits)
    if executor is not None and run_limits is not None:
        raise ValueError("run_limits needs fescue's own workers: leave executor out.")


def _pickle(plan: Plan) -> bytes:
    """Return the plan as it travels to workers, or name the callable that cannot travel."""
    import cloudpickle

    try:
        return cloudpickle.dumps(plan)  # type: ignore[no-any-return]
    except Exception as whole:
        parts: dict[str, Callable[..., Any]] = {"on_completion": plan.on_completion}
        for pair in plan.pairs:
            parts[f"the callable of instance {pair.instance}"] = pair.make_instance
            parts[f"the setup of algorithm {pair.algorithm}"] = pair.make_setup
        for name, part in parts.items():
            try:
                cloudpickle.dumps(part)
            except Exception as error:
                raise ValueError(
                    f"{name}, {part}, cannot be sent to a worker process: {error}. Create what "
                    "it holds inside of it, or use n_threads=1.") from error
        raise ValueError(f"the experiment cannot be sent to workers: {whole}") from whole


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
           setups: list[Callable[[Any], Execution]]) -> list[Pair]:
    """Make each pair once to learn its names, and check that no two share a folder."""
    pairs: list[Pair] = []
    instance_names: dict[str, str] = {}
    for make_instance in instances:
        algorithm_names: dict[str, str] = {}
        for make_setup in setups:
            instance, execution = Pair(make_instance, make_setup).make()
            pairs.append(Pair(
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
