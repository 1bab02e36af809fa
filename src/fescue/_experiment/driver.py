"""Has all runs of an experiment performed by any executor, and sees to those that are lost."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from fescue._experiment.claims import Claim, End, current_claim, kills
from fescue._experiment.files import State
from fescue._experiment.pool import Cause, WorkerLostError, WorkerPool
from fescue._experiment.postmortem import conclude
from fescue._experiment.worker import PreemptedError
from fescue.utils.errors import ExperimentError

#: a run that has killed its process so often is not attempted again
MOST_KILLS: Final = 3

_STATES: Final = {Cause.TIME: State.TIMED_OUT, Cause.MEMORY: State.OUT_OF_MEMORY,
                  Cause.DEATH: State.POISON}


@dataclass(frozen=True, slots=True)
class Task:
    """A run to be performed.

    Attributes:
        log: its log
        pair: the index of its setup and instance
        seed: its seed
        replaces: the time of the failed log that it is to replace, ``None`` if there is none
    """

    log: Path
    pair: int
    seed: int
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of a run: its state and, if it is not done, the reason."""

    log: Path
    state: State
    text: str = ""


class InlineExecutor(Executor):
    """Calls functions at once, in the thread that submits them; interruptions get through."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call ``fn`` and return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def drive(executor: Executor, perform: Callable[[Task], Any], tasks: Iterable[Task],
          settle: Callable[[Task, Outcome], Any], window: int,
          receive: Callable[[Task, Any], Outcome] = lambda _, outcome: outcome) -> None:
    """Have all ``tasks`` performed.

    Args:
        executor: calls ``perform``
        perform: performs a run
        tasks: the runs, taken one by one as there is room
        settle: is called with each run and what has become of it
        window: how many runs are handed over to the executor at a time
        receive: makes an outcome of what ``perform`` has returned, in this process

    Raises:
        ExperimentError: if the executor takes no more runs, as those of the standard library do
            when a worker has died
        Exception: what ``perform`` or ``settle`` has raised; runs that go on are ended then
    """
    _Drive(executor, perform, tasks, settle, window, receive).run()


class _Drive:
    """The state of :func:`drive`."""

    def __init__(self, executor: Executor, perform: Callable[[Task], Any],
                 tasks: Iterable[Task], settle: Callable[[Task, Outcome], Any],
                 window: int, receive: Callable[[Task, Any], Outcome]) -> None:
        self._executor = executor
        self._perform = perform
        self._tasks = iter(tasks)
        self._settle = settle
        self._window = window
        self._receive = receive
        self._again: deque[Task] = deque()
        self._in_flight: dict[Future[Any], Task] = {}
        self._finished: SimpleQueue[Future[Any]] = SimpleQueue()
        self._elsewhere: list[tuple[Task, Outcome]] = []
        self._strayed: dict[Path, int] = {}
        self._seen: dict[Path, int | None] = {}

    def run(self) -> None:
        try:
            self._work()
            while self._elsewhere and self._wait_for_others():
                self._work()
        except BaseException as error:
            self._stop(End.PREEMPTED if isinstance(error, PreemptedError) else End.INTERRUPTED)
            raise
        for task, outcome in self._elsewhere:
            self._settle(task, outcome)

    def _work(self) -> None:
        while True:
            while len(self._in_flight) < self._window and (task := self._next()) is not None:
                future = self._submit(task)
                self._in_flight[future] = task
                future.add_done_callback(self._finished.put)
            if not self._in_flight:
                return
            future = self._finished.get()
            task = self._in_flight.pop(future)
            try:
                outcome: Outcome | None = self._receive(task, future.result())
            except WorkerLostError as lost:
                outcome = self._bury(task, lost)
            except BrokenExecutor as error:
                raise _broken(error) from error
            except Exception as error:
                if not _is_clusters(error):
                    raise
                outcome = self._stray(task, State.POISON, f"{type(error).__name__}: {error}")
            if outcome is None:
                self._again.append(task)
            elif outcome.state is State.RUNNING:
                self._elsewhere.append((task, outcome))
            else:
                self._settle(task, outcome)

    def _submit(self, task: Task) -> Future[Any]:
        try:
            return self._executor.submit(self._perform, task)
        except RuntimeError as error:  # it is broken, or was shut down
            raise _broken(error) from error

    def _next(self) -> Task | None:
        return self._again.popleft() if self._again else next(self._tasks, None)

    def _bury(self, task: Task, lost: WorkerLostError) -> Outcome | None:
        """Return what has become of a run whose worker was lost, ``None`` to try again."""
        if lost.announced is None:  # the worker was lost before it had begun
            return self._stray(task, State.INTERRUPTED, str(lost))
        claim = Claim(task.log, int(lost.announced))
        state, text = _STATES[lost.cause], str(lost)
        if state is State.POISON:
            claim.note(End.KILLED)
            number = kills(task.log)
            if number < MOST_KILLS:
                return None
            text = f"it has killed its process {number} times; the last time {text}"
        published = conclude(claim, state, text, task.seed)
        return Outcome(task.log, state if published else State.RUNNING, text)

    def _stray(self, task: Task, state: State, text: str) -> Outcome | None:
        """Return what has become of a run that was lost on its way, ``None`` to try again."""
        tries = self._strayed[task.log] = self._strayed.get(task.log, 0) + 1
        return None if tries < MOST_KILLS else Outcome(task.log, state, text)

    def _wait_for_others(self) -> bool:
        """Wait until each run that is attempted elsewhere is seen to go on, or is open again.

        Returns:
            whether there are open ones
        """
        waiting, self._elsewhere = self._elsewhere, []
        while waiting and not self._again:
            for pair in list(waiting):
                log = pair[0].log
                claim = current_claim(log)
                if claim is None:
                    self._again.append(pair[0])
                elif claim.is_remote() and claim.renewed() == self._seen.setdefault(
                        log, claim.renewed()):
                    continue  # its owner may be dead: that shows when the lease is over
                else:
                    self._elsewhere.append(pair)
                waiting.remove(pair)
            if waiting and not self._again:
                time.sleep(1)
        self._elsewhere += waiting
        return bool(self._again)

    def _stop(self, end: End) -> None:
        if isinstance(self._executor, WorkerPool):
            self._executor.terminate()
        for future, task in self._in_flight.items():
            future.cancel()
            with suppress(BaseException):
                lost = future.exception(0)
                if isinstance(lost, WorkerLostError) and lost.announced is not None:
                    Claim(task.log, int(lost.announced)).note(end)


def _broken(error: RuntimeError) -> ExperimentError:
    reason = str(error).partition("\n")[0].rstrip(".")
    return ExperimentError(
        f"the executor takes no more runs: {type(error).__name__}: {reason}. What was finished is "
        "complete; start again with a new executor, and the others are done.")


def _is_clusters(error: Exception) -> bool:
    """Return whether a cluster, not the run, has failed: a worker was lost, or the scheduler."""
    return type(error).__module__.partition(".")[0] in ("distributed", "dask")
