"""Keeps trials in flight, and settles each with the engine when it has ended."""

import asyncio
import inspect
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf, isnan
from time import monotonic
from typing import Any, Final, Literal

import numpy as np

from fescue.api._run import Run
from fescue.spaces.parameters import ParameterSpace
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Callback, OptimizationResult, Trial, TrialState
from fescue.utils.errors import TuningError

#: the title of the section of a log that holds the trials, one JSON object per line
SECTION_TRIALS: Final = "TRIALS"
#: so long is waited for a trial that has been cancelled and does not end
_PATIENT: Final = 1.0


@dataclass(frozen=True, slots=True)
class _Flight:
    """A trial that has not ended."""

    number: int
    parameters: dict[str, Any]
    ticket: int
    started: float


class Driver:
    """One study: budget, best and progress are those of a run of the engine."""

    def __init__(self, run: Run, space: ParameterSpace, strategy: OptimizationStrategy,
                 objective: Callable[[dict[str, Any]], Any], workers: int,
                 trial_timeout: float | None, on_error: Literal["record", "raise"],
                 patience: int | None, callbacks: Iterable[Callback]) -> None:
        """Prepare it; see :meth:`fescue.tuning.Optimizer.optimize`."""
        self._run = run
        self._space = space
        self._strategy = strategy
        self._objective = objective
        self._is_async = inspect.iscoroutinefunction(objective) or (
            inspect.iscoroutinefunction(getattr(objective, "__call__", None)))  # noqa: B004
        self._workers = workers
        self._trial_timeout = trial_timeout
        self._on_error = on_error
        self._patience = patience
        self._callbacks = list(callbacks)
        self._flights: dict[asyncio.Task[tuple[TrialState, float, str]], _Flight] = {}
        self._trials: list[Trial] = []
        self._asked = 0
        self._since_improvement = 0
        self._stopped = ""
        self._threads: ThreadPoolExecutor | None = None
        self._owner: ThreadPoolExecutor | None = None

    async def drive(self, initial: list[dict[str, Any]], timeout: float | None,
                    ) -> OptimizationResult:
        """Perform the study.

        Args:
            initial: the settings to be tried first; emptied
            timeout: the seconds after which it ends

        Raises:
            TuningError: if no trial was complete
            Exception: what the objective raises, if that is to be raised
        """
        end = None if timeout is None else monotonic() + timeout
        try:
            while True:
                await self._fill(initial)
                if not self._flights:
                    break
                done, _ = await asyncio.wait(
                    self._flights, return_when=asyncio.FIRST_COMPLETED,
                    timeout=None if end is None else max(0.0, end - monotonic()))
                for task in sorted(done, key=lambda t: self._flights[t].number):
                    self._land(task)
                if end is not None and monotonic() >= end and not self._stopped:
                    self._stopped = "timeout"
                if self._stopped in ("timeout", "patience", "goal"):
                    break
        finally:
            await self._abandon()
        return self._result()

    async def _fill(self, initial: list[dict[str, Any]]) -> None:
        """Start as many trials as may be in flight."""
        while len(self._flights) < self._workers and not self._stopped:
            ticket = self._run.ledger.admit()
            if ticket is None:
                return
            try:
                setting = initial.pop(0) if initial else await self._asked_for()
                if setting is not None:
                    self._space.validate(setting)
            except BaseException:
                self._run.ledger.release(ticket)
                raise
            if setting is None:
                self._run.ledger.release(ticket)
                self._stopped = "exhausted"
                return
            flight = _Flight(self._asked, dict(setting), ticket, monotonic())
            self._asked += 1
            self._flights[asyncio.ensure_future(self._perform(dict(setting)))] = flight

    async def _asked_for(self) -> dict[str, Any] | None:
        """Return what the strategy proposes; the loop goes on while it takes its time."""
        if self._strategy.is_quick():
            return self._strategy.ask()
        if self._owner is None:  # one thread, the only one that touches the strategy meanwhile
            self._owner = ThreadPoolExecutor(1, thread_name_prefix="fescue-strategy")
        return await asyncio.get_running_loop().run_in_executor(self._owner, self._strategy.ask)

    async def _perform(self, setting: dict[str, Any]) -> tuple[TrialState, float, str]:
        """Evaluate a setting, which the objective may change as it likes."""
        clock = asyncio.timeout(self._trial_timeout)
        try:
            async with clock:
                if self._is_async:
                    value = await self._objective(setting)
                else:
                    if self._threads is None:
                        self._threads = ThreadPoolExecutor(
                            self._workers, thread_name_prefix="fescue-trial")
                    value = await asyncio.get_running_loop().run_in_executor(
                        self._threads, self._objective, setting)
                    if inspect.isawaitable(value):
                        value = await value
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return TrialState.FAILED, inf, "the objective was cancelled"
        except TimeoutError as error:
            if clock.expired():
                return (TrialState.TIMED_OUT, inf,
                        f"it has taken more than {self._trial_timeout} seconds")
            return self._failed(error)
        except (Exception, SystemExit) as error:
            return self._failed(error)
        return _judged(value)

    def _failed(self, error: BaseException) -> tuple[TrialState, float, str]:
        if self._on_error == "raise":
            raise error
        return TrialState.FAILED, inf, f"{type(error).__name__}: {error}"

    def _land(self, task: "asyncio.Task[tuple[TrialState, float, str]]") -> None:
        """Settle a trial that has ended."""
        flight = self._flights.pop(task)
        ledger, best = self._run.ledger, self._run.best.f
        try:
            state, score, reason = task.result()
        except BaseException:
            ledger.fail(flight.ticket)
            raise
        if state is TrialState.COMPLETE:
            ledger.settle(flight.ticket, flight.parameters, score)
        else:
            ledger.fail(flight.ticket)
        self._since_improvement = 0 if self._run.best.f < best else self._since_improvement + 1
        goal = self._run.setup.goal_f
        if goal is not None and score <= goal:
            self._stopped = "goal"
        elif self._patience is not None and self._since_improvement >= self._patience:
            self._stopped = "patience"
        trial = Trial(flight.number, flight.parameters, score, state, reason,
                      monotonic() - flight.started)
        self._trials.append(trial)
        self._strategy.tell(trial)
        for call in self._callbacks:
            call(trial)

    async def _abandon(self) -> None:
        """Cancel what is still in flight, and do not wait for what cannot be cancelled."""
        for task in self._flights:
            task.cancel()
        if self._flights:
            await asyncio.wait(self._flights, timeout=_PATIENT)
        for task, flight in self._flights.items():
            if task.done() and not task.cancelled():
                task.exception()  # so that nobody complains that it was not asked for
            self._run.ledger.release(flight.ticket)
            self._trials.append(Trial(
                flight.number, flight.parameters, inf, TrialState.CANCELLED,
                f"the study has ended: {self._stopped or 'error'}", monotonic() - flight.started))
        self._flights.clear()
        for threads in (self._threads, self._owner):
            if threads is not None:
                threads.shutdown(wait=False, cancel_futures=True)

    def _result(self) -> OptimizationResult:
        complete = [t for t in self._trials if t.state is TrialState.COMPLETE]
        if not complete:
            reasons = "; ".join(f"number {t.number}, {t.parameters}: {t.state.value}, {t.reason}"
                                for t in self._trials[:5])
            raise TuningError(f"None of {len(self._trials)} trials was complete. {reasons}")
        best = min(complete, key=lambda t: t.score)  # the first of several
        ended = [t for t in self._trials if t.state is not TrialState.CANCELLED]
        first = next((t.score for t in complete if t.is_informative()), best.score)
        return OptimizationResult(
            dict(best.parameters), best.score, [t.to_dict() for t in self._trials], len(ended),
            self._run.clock.now() / 1e9 - self._run.clock.start / 1e9,
            0.0 if first == best.score else first - best.score, self._stopped or "iterations")

    def write_log(self) -> None:
        """Add all trials to the log of the run."""
        if self._run.has_log() and self._trials:
            self._run.add_log_section(SECTION_TRIALS, "\n".join(map(self._line, self._trials)))

    def _line(self, trial: Trial) -> str:
        record = trial.to_dict()
        record["parameters"] = json.loads(self._space.to_str(trial.parameters))
        if trial.score == inf:
            record["score"] = None  # JSON has no infinity
        text = json.dumps(record).replace("#", "\\u0023")
        # marks of sections, which strings may have in them
        return text.replace("BEGIN_", "BEGIN\\u005f").replace("END_", "END\\u005f")


def _judged(value: Any) -> tuple[TrialState, float, str]:
    """Return what a value of an objective means."""
    if isinstance(value, np.generic | np.ndarray) and np.ndim(value) == 0:
        value = value.item()
    if not isinstance(value, int | float):
        return (TrialState.FAILED, inf,
                f"the objective returned {value!r:.100}, which is no real number")
    try:
        score = float(value)
    except OverflowError:
        return TrialState.FAILED, inf, "the objective returned an integer that is too large"
    if isnan(score) or score == -inf:
        return TrialState.FAILED, inf, f"the objective returned {score}"
    return TrialState.COMPLETE, score, ""
