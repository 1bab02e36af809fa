"""How an objective is called: awaited, in threads, or by an executor; and what came out of it."""

import asyncio
import inspect
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from math import inf, isnan
from time import monotonic
from typing import Any, Final, Literal

import numpy as np

from fescue._experiment.pool import Cause, Limits, WorkerLostError, WorkerPool, why_broken
from fescue.tuning.described import name_of
from fescue.tuning.trials import Trial, TrialState
from fescue.utils.errors import TrialPruned, TuningError
from fescue.utils.types import type_error

#: an async function that does not let others go on for so many seconds is warned about
_BLOCKED: Final = 0.25


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a trial has ended."""

    state: TrialState
    score: float = inf
    reason: str = ""
    scores: tuple[float, ...] = ()


class BlockedLoopWarning(RuntimeWarning):
    """An async objective keeps the event loop from doing anything else."""


class Call:
    """Calls an objective with the parameters of trials."""

    def __init__(self, objective: Callable[..., Any], workers: int, trial_timeout: float | None,
                 raises: bool, executor: "Executor | Literal['threads', 'processes'] | None",
                 ) -> None:
        """Prepare it.

        Args:
            objective: the function
            workers: how many calls there are at a time
            trial_timeout: the seconds after which one is given up, ``None`` for no limit
            raises: whether what the objective raises is raised
            executor: where it is called

        Raises:
            TypeError: if the executor is none
            ValueError: if the objective asks for a trial, but is called in another process
        """
        if executor not in (None, "threads", "processes") and not isinstance(executor, Executor):
            raise type_error(executor, "executor", (Executor, str))
        self._objective = objective
        self._timeout = trial_timeout
        self._raises = raises
        #: whether trials are given to it
        self.asks_for_trial: Final[bool] = takes_trial(objective)
        self._is_async = executor is None and (
            inspect.iscoroutinefunction(objective)
            or inspect.iscoroutinefunction(getattr(objective, "__call__", None)))  # noqa: B004
        self._own: Executor | None = None
        self._executor: Executor | None = None
        self._payload = b""
        self._has_warned = False
        if executor == "processes":
            self._timeout = None  # the pool kills a worker that takes longer
            self._own = self._executor = WorkerPool(
                workers, limits=Limits(seconds=trial_timeout))
        elif isinstance(executor, Executor):
            self._executor = executor
        elif not self._is_async:
            self._own = ThreadPoolExecutor(workers, thread_name_prefix="fescue-trial")
        if self._executor is not None:
            if self.asks_for_trial:
                raise ValueError(f"objective {name_of(objective)} asks for a trial, which it can "
                                 f"report to in this process only: leave out executor={executor}.")
            import cloudpickle

            self._payload = cloudpickle.dumps(objective)

    async def __call__(self, trial: Trial) -> Outcome:
        """Evaluate a setting, which the objective may change as it likes."""
        if self._timeout is None:
            try:
                return self._seen(trial, await self._value(trial))
            except asyncio.CancelledError:
                return self._cancelled()
            except (Exception, SystemExit) as error:
                return self._failed(trial, error)
        clock = asyncio.timeout(self._timeout)
        try:
            async with clock:
                value = await self._value(trial)
            return self._seen(trial, value)
        except asyncio.CancelledError:
            return self._cancelled()
        except TimeoutError as error:
            if clock.expired():
                return Outcome(TrialState.TIMED_OUT,
                               reason=f"it has taken more than {self._timeout} seconds")
            return self._failed(trial, error)
        except (Exception, SystemExit) as error:
            return self._failed(trial, error)

    def close(self) -> None:
        """End what calls were made in; what cannot be ended is not waited for."""
        if isinstance(self._own, WorkerPool):
            self._own.terminate()
        elif self._own is not None:
            self._own.shutdown(wait=False, cancel_futures=True)

    async def _value(self, trial: Trial) -> Any:
        arguments = (dict(trial.parameters), trial) if self.asks_for_trial else (
            dict(trial.parameters),)
        if self._is_async:
            return await _Watched(self._objective(*arguments), self._warn)
        if self._executor is not None:
            try:
                future = self._executor.submit(_call, self._payload, *arguments)
            except RuntimeError as error:  # it is broken, or was shut down
                raise BrokenExecutor(str(error)) from error
            return await asyncio.wrap_future(future)
        value = await asyncio.get_running_loop().run_in_executor(
            self._own, self._objective, *arguments)
        return await value if inspect.isawaitable(value) else value

    def _seen(self, trial: Trial, value: Any) -> Outcome:
        return _pruned(trial) if trial._is_given_up else judged(value)

    @staticmethod
    def _cancelled() -> Outcome:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError
        return Outcome(TrialState.FAILED, reason="the objective was cancelled")

    def _failed(self, trial: Trial, error: BaseException) -> Outcome:
        if isinstance(error, TrialPruned):
            return _pruned(trial)
        if isinstance(error, WorkerLostError) and error.cause is Cause.TIME:
            return Outcome(TrialState.TIMED_OUT, reason=str(error))
        if self._executor is not None and self._own is None and (why := why_broken(error)):
            # all later trials would fail as well: none of them is recorded
            raise TuningError(
                f"the executor takes no more trials: {why}. Those that have ended are in the log, "
                "if there is one; start again with a new executor, or with executor='processes', "
                "whose workers are replaced.") from error
        if self._raises:
            raise error
        return Outcome(TrialState.FAILED, reason=f"{type(error).__name__}: {error}")

    def _warn(self, seconds: float) -> None:
        if not self._has_warned:
            self._has_warned = True
            warnings.warn(
                f"The objective {name_of(self._objective)} has kept the event loop busy for "
                f"{seconds:.2f} s: other trials and time limits have to wait. Await something, or "
                "make it a plain function, which runs in a thread.", BlockedLoopWarning,
                stacklevel=2)


class _Watched:
    """Awaits something, and tells of steps that take long."""

    __slots__ = ("_slow", "_what")

    def __init__(self, what: Any, slow: Callable[[float], None]) -> None:
        self._what = what
        self._slow = slow

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._what.__await__()
        send, argument = steps.send, None
        try:
            while True:
                start = monotonic()
                try:
                    future = send(argument)
                except StopIteration as end:
                    return end.value
                finally:
                    if monotonic() - start > _BLOCKED:
                        self._slow(monotonic() - start)
                try:
                    argument = yield future
                    send = steps.send
                except BaseException as error:
                    send, argument = steps.throw, error
        finally:
            with suppress(RuntimeError):
                steps.close()


def takes_trial(objective: Callable[..., Any]) -> bool:
    """Return whether a function needs a second argument, or has one that is named ``trial``."""
    try:
        parameters = list(inspect.signature(objective).parameters.values())
    except (TypeError, ValueError):  # written in C, for example
        return False
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(places) > 1 and (places[1].default is places[1].empty or places[1].name == "trial")


def _call(payload: bytes, params: dict[str, Any]) -> Any:
    """Call an objective in another process."""
    import cloudpickle

    value = cloudpickle.loads(payload)(params)
    if inspect.iscoroutine(value):
        return asyncio.run(value)
    return value


def _pruned(trial: Trial) -> Outcome:
    step = trial.reports[-1][0] if trial.reports else "?"
    return Outcome(TrialState.PRUNED, reason=f"given up at step {step}")


def judged(value: Any) -> Outcome:
    """Return what a value of an objective means."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, tuple | list) and len(value) > 1:
        parts = [judged(part) for part in value]
        for i, part in enumerate(parts):
            if part.state is not TrialState.COMPLETE or part.scores:
                return Outcome(
                    TrialState.FAILED, reason=f"objective {i}: {part.reason or 'is no number'}")
        scores = tuple(part.score for part in parts)
        return Outcome(TrialState.COMPLETE, sum(scores), scores=scores)
    if not isinstance(value, int | float):
        return Outcome(TrialState.FAILED,
                       reason=f"the objective returned {value!r:.100}, which is no real number")
    try:
        score = float(value)
    except OverflowError:
        return Outcome(TrialState.FAILED,
                       reason="the objective returned an integer that is too large")
    if isnan(score) or score == -inf:
        return Outcome(TrialState.FAILED, reason=f"the objective returned {score}")
    return Outcome(TrialState.COMPLETE, score)
