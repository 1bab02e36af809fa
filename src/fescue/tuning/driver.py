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
from fescue.tuning.journal import SECTION_TRIALS, Journal
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import Callback, OptimizationResult, Trial, TrialState
from fescue.utils.errors import LogFileError, TuningError

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
                 patience: int | None, callbacks: Iterable[Callback], journal: Journal) -> None:
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
        self._journal = journal
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
            for flight in await self._replay(initial):
                if self._stopped:
                    self._run.ledger.release(flight.ticket)
                else:
                    self._start(flight)
            while True:
                await self._fill(initial)
                if not self._flights:
                    break
                done, _ = await asyncio.wait(
                    self._flights, return_when=asyncio.FIRST_COMPLETED,
                    timeout=None if end is None else max(0.0, end - monotonic()))
                self._land(sorted(done, key=lambda t: self._flights[t].number))
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
            flight = await self._next(initial)
            if flight is None:
                return
            self._journal.add(ask=flight.number, parameters=self._written(flight.parameters))
            self._start(flight)

    async def _next(self, initial: list[dict[str, Any]]) -> _Flight | None:
        """Return the next trial, ``None`` if there is no budget or nothing left to try."""
        ticket = self._run.ledger.admit()
        if ticket is None:
            return None
        setting = None
        try:
            setting = initial.pop(0) if initial else await self._asked_for()
            if setting is not None:
                self._space.validate(setting)
        finally:
            if setting is None:
                self._run.ledger.release(ticket)
        if setting is None:
            self._stopped = "exhausted"
            return None
        self._asked += 1
        return _Flight(self._asked - 1, dict(setting), ticket, monotonic())

    def _start(self, flight: _Flight) -> None:
        self._flights[asyncio.ensure_future(self._perform(dict(flight.parameters)))] = flight

    async def _replay(self, initial: list[dict[str, Any]]) -> list[_Flight]:
        """Do again what the journal says, and return the trials that had not ended.

        Raises:
            LogFileError: if the journal does not fit what the strategy proposes
        """
        open_: dict[int, _Flight] = {}
        for event in self._journal.events:
            if "ask" in event:
                flight = await self._next(initial)
                if flight is None or event["ask"] != flight.number or (
                        event.get("parameters") != self._written(flight.parameters)):
                    raise LogFileError(
                        f"The journal does not fit: trial {event['ask']} had the parameters "
                        f"{event.get('parameters')}, now it would have "
                        f"{None if flight is None else flight.parameters}. Was it changed, or the "
                        "strategy?")
                open_[flight.number] = flight
                continue
            number, score = event.get("end"), event.get("score")
            if number not in open_ or isinstance(score, bool) or not isinstance(
                    score, int | float | None) or event.get("state") not in list(TrialState):
                raise LogFileError(f"The journal does not fit: {event} ends no trial.")
            self._settle(open_.pop(number), TrialState(event["state"]),
                         inf if score is None else score, str(event.get("reason", "")),
                         float(event.get("seconds", 0.0)), replayed=True)
        return list(open_.values())

    def _written(self, setting: dict[str, Any]) -> dict[str, Any]:
        return json.loads(self._space.to_str(setting))  # type: ignore[no-any-return]

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

    def _land(self, tasks: "list[asyncio.Task[tuple[TrialState, float, str]]]") -> None:
        """Settle trials that have ended, all of them on disk before anybody is told."""
        ended: list[tuple[_Flight, TrialState, float, str, float]] = []
        error: BaseException | None = None
        for task in tasks:
            flight = self._flights.pop(task)
            seconds = monotonic() - flight.started
            failure = asyncio.CancelledError() if task.cancelled() else task.exception()
            if failure is not None:
                error = error or failure
                self._run.ledger.fail(flight.ticket)
                continue
            state, score, reason = task.result()
            self._journal.add(end=flight.number, score=score if score < inf else None,
                              state=state.value, reason=reason, seconds=seconds)
            ended.append((flight, state, score, reason, seconds))
        self._journal.sync()
        for one in ended:
            self._settle(*one)
        if error is not None:
            raise error

    def _settle(self, flight: _Flight, state: TrialState, score: float, reason: str,
                seconds: float, replayed: bool = False) -> None:
        """Take note of a trial that has ended, now or before the study was started again."""
        ledger, best = self._run.ledger, self._run.best.f
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
        trial = Trial(flight.number, flight.parameters, score, state, reason, seconds)
        self._trials.append(trial)
        self._strategy.tell(trial)
        for call in self._callbacks if not replayed else ():
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
        if self._run.has_log():
            self._run.add_log_section(SECTION_TRIALS, self._journal.text())


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
