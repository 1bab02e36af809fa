"""Has all runs of an experiment performed by any executor, and sees to those that are lost."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from fescue._experiment.batches import Batches
from fescue._experiment.claims import BEAT, Claim, End, current_claim, kills
from fescue._experiment.files import State
from fescue._experiment.pool import Cause, WorkerLostError, WorkerPool, why_broken
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
    """What has become of a run.

    Attributes:
        log: its log
        state: its state
        text: the reason, if it is not done
        seconds: how long it took where it was performed, 0 if that was not measured
    """

    log: Path
    state: State
    text: str = ""
    seconds: float = 0.0


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


def drive(executor: Executor, perform: Callable[[Sequence[Task]], Sequence[Any]],
          tasks: Iterable[Task], settle: Callable[[Task, Outcome], Any], batches: Batches,
          receive: Callable[[Task, Any], Outcome] = lambda _, outcome: outcome) -> None:
    """Have all ``tasks`` performed.

    Args:
        executor: calls ``perform``
        perform: performs runs, the first one at least
        tasks: the runs, taken one by one as there is room
        settle: is called with each run and what has become of it
        batches: says how many runs are handed over to the executor at a time
        receive: makes an outcome of what ``perform`` has returned for a run, in this process

    Raises:
        ExperimentError: if the executor takes no more runs, as those of the standard library do
            when a worker has died
        Exception: what ``perform`` or ``settle`` has raised; runs that go on are ended then
    """
    _Drive(executor, perform, tasks, settle, batches, receive).run()


class _Drive:
    """The state of :func:`drive`."""

    def __init__(self, executor: Executor, perform: Callable[[Sequence[Task]], Sequence[Any]],
                 tasks: Iterable[Task], settle: Callable[[Task, Outcome], Any],
                 batches: Batches, receive: Callable[[Task, Any], Outcome]) -> None:
        self._executor = executor
        self._perform = perform
        self._tasks = iter(tasks)
        self._settle = settle
        self._batches = batches
        self._receive = receive
        self._again: deque[Task] = deque()
        self._in_flight: dict[Future[Any], list[Task]] = {}
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
            while len(self._in_flight) < self._batches.window() and (tasks := self._next()):
                future = self._submit(tasks)
                self._in_flight[future] = tasks
                future.add_done_callback(self._finished.put)
            if not self._in_flight:
                return
            try:
                future = self._finished.get(timeout=self._batches.patience())
            except Empty:
                self._batches.stop_waiting()
                continue
            self._take(self._in_flight.pop(future), future)

    def _submit(self, tasks: list[Task]) -> Future[Any]:
        try:
            return self._executor.submit(self._perform, tasks)
        except RuntimeError as error:  # it is broken, or was shut down
            raise _broken(why_broken(error) or f"{type(error).__name__}: {error}") from error

    def _next(self) -> list[Task]:
        """Return what is to be handed over next; what was lost before travels alone."""
        if self._again:
            return [self._again.popleft()]
        return list(islice(self._tasks, self._batches.size()))

    def _take(self, tasks: list[Task], future: Future[Any]) -> None:
        """Settle what has come back, and have the rest done again."""
        outcomes: list[Outcome | None]
        try:
            results = future.result()
        except WorkerLostError as lost:
            outcomes = [self._bury(task, lost) for task in tasks]
        except Exception as error:
            if why := why_broken(error):
                raise _broken(why) from error
            if not _is_clusters(error):
                raise
            why = f"{type(error).__name__}: {error}"
            outcomes = [self._stray(task, State.POISON, why) for task in tasks]
        else:
            outcomes = [self._receive(*pair) for pair in zip(tasks, results, strict=False)]
        for task, outcome in zip_longest(tasks, outcomes):
            if outcome is None:  # lost, or not begun
                self._again.append(task)
                continue
            self._batches.note(outcome.seconds)
            if outcome.state is State.RUNNING:
                self._elsewhere.append((task, outcome))
            else:
                self._settle(task, outcome)

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

        A thousand programs that wait for each other must not keep the folder's server busy: they
        look less and less often, at last as often as claims are renewed.

        Returns:
            whether there are open ones
        """
        waiting, self._elsewhere = self._elsewhere, []
        pause = 1.0
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
                time.sleep(pause)
                pause = min(2 * pause, BEAT)
        self._elsewhere += waiting
        return bool(self._again)

    def _stop(self, end: End) -> None:
        if isinstance(self._executor, WorkerPool):
            self._executor.terminate()
        for future, tasks in self._in_flight.items():
            future.cancel()
            with suppress(BaseException):
                lost = future.exception(0)
                if isinstance(lost, WorkerLostError) and lost.announced is not None:
                    Claim(tasks[0].log, int(lost.announced)).note(end)


def _broken(why: str) -> ExperimentError:
    return ExperimentError(
        f"the executor takes no more runs: {why}. What was finished is complete; start again with "
        "a new executor, and the others are done.")


def _is_clusters(error: Exception) -> bool:
    """Return whether a cluster, not the run, has failed: a worker was lost, or the scheduler."""
    return type(error).__module__.partition(".")[0] in ("distributed", "dask")
