"""Keeps the trials of a study in flight, and waits for them."""

import asyncio
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import Any, Final

from fescue.tuning.calls import Call, Outcome
from fescue.tuning.study import Study
from fescue.tuning.trials import OptimizationResult, Trial

#: so long is waited for a trial that has been cancelled and does not end
_PATIENT: Final = 1.0
#: others get their turn after so many trials have been started
_AT_ONCE: Final = 32


class Driver:
    """Performs one study.

    A strategy that takes its time is asked in one thread, the only one that touches it, while
    trials go on. If some end meanwhile, it is asked for as many more next time: they are there
    when trials end. With a single trial in flight it always knows all that has happened.
    """

    def __init__(self, study: Study, call: Call, workers: int) -> None:
        """Prepare it.

        Args:
            study: the study
            call: calls the objective
            workers: how many trials are in flight
        """
        self._study = study
        self._call = call
        self._workers = workers
        self._flights: dict[asyncio.Task[Outcome], tuple[Trial, float]] = {}
        self._ended: list[asyncio.Task[Outcome]] = []
        self._wake: asyncio.Future[None] | None = None
        #: proposals that wait for their turn
        self._ready: deque[Trial] = deque()
        self._asking: asyncio.Future[Any] | None = None
        #: how many proposals are to be ready, and how many trials ended while it was asked
        self._ahead = self._landed = 0
        self._is_full = True
        self._helper: ThreadPoolExecutor | None = None
        self._writer: ThreadPoolExecutor | None = None

    async def drive(self, timeout: float | None) -> OptimizationResult:
        """Perform the study.

        Args:
            timeout: the seconds after which it ends

        Raises:
            TuningError: if no trial was complete
            Exception: what the objective raises, if that is to be raised
        """
        end = None if timeout is None else monotonic() + timeout
        study = self._study
        try:
            while (trial := study.take_again()) is not None:
                self._start(trial)
            while True:
                self._fill()
                if not self._flights and self._asking is None:
                    break
                await self._something(end)
                self._take_proposals()
                await self._land()
                if end is not None and monotonic() >= end and not study.stopped:
                    study.stopped = "timeout"
                if study.stopped in ("timeout", "patience", "goal"):
                    break
        finally:
            await self._abandon()
        return study.result()

    def _fill(self) -> None:
        """Have as many trials in flight as there may be."""
        while self._ready and len(self._flights) < self._workers:
            self._start(self._ready.popleft())
        free = self._workers - len(self._flights)
        if self._asking is not None:
            return
        if self._study.strategy.is_quick():
            for _ in range(min(free, _AT_ONCE)):
                trial = self._study.ask()
                if trial is None:
                    return
                self._start(trial)
            self._is_full = free <= _AT_ONCE
        elif free + self._ahead > len(self._ready):
            n = self._study.reserve(free + self._ahead - len(self._ready))
            if n:
                if self._helper is None:
                    self._helper = ThreadPoolExecutor(1, thread_name_prefix="fescue-strategy")
                self._landed = 0
                self._asking = asyncio.get_running_loop().run_in_executor(
                    self._helper, self._study.propose, n)
                self._asking.add_done_callback(self._alarm)

    def _take_proposals(self) -> None:
        if self._asking is None or not self._asking.done():
            return
        asking, self._asking = self._asking, None
        if asking.exception() is not None:
            self._study.give_back()
        self._ready.extend(self._study.accept(*asking.result()))
        # some proposals take longer than others
        self._ahead = min(max(self._landed, int(0.9 * self._ahead)), self._workers)
        if self._workers == 1:
            self._ahead = 0

    def _start(self, trial: Trial) -> None:
        task = asyncio.ensure_future(self._call(trial))
        self._flights[task] = (trial, monotonic())
        task.add_done_callback(self._is_over)

    def _is_over(self, task: asyncio.Task[Outcome]) -> None:
        self._ended.append(task)
        self._alarm(None)

    def _alarm(self, _: Any) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _something(self, end: float | None) -> None:
        """Wait until a trial has ended, proposals are there, or the time is over."""
        if self._ended or (self._asking is not None and self._asking.done()):
            return
        if not self._is_full:
            self._is_full = True
            await asyncio.sleep(0)
            return
        self._wake = asyncio.get_running_loop().create_future()
        if end is None:
            await self._wake
        else:
            await asyncio.wait([self._wake], timeout=max(0.0, end - monotonic()))
        self._wake = None

    async def _land(self) -> None:
        """Settle trials that have ended, all of them on disk before anybody is told."""
        tasks, self._ended = self._ended, []
        self._landed += len(tasks)
        ended: list[Trial] = []
        error: BaseException | None = None
        for task in sorted(tasks, key=lambda t: self._flights[t][0].number):
            trial, start = self._flights.pop(task)
            failure = asyncio.CancelledError() if task.cancelled() else task.exception()
            if failure is not None:
                error = error or failure
                self._study.fail_without_trace(trial)
                continue
            self._study.note(trial, task.result(), monotonic() - start)
            ended.append(trial)
        if ended and not self._study.is_synced():
            if self._flights:  # which go on while the disk turns, and may end as one group
                if self._writer is None:
                    self._writer = ThreadPoolExecutor(1, thread_name_prefix="fescue-journal")
                await asyncio.get_running_loop().run_in_executor(self._writer, self._study.sync)
            else:
                self._study.sync()
        self._study.settle(ended)
        if error is not None:
            raise error

    async def _abandon(self) -> None:
        """Cancel what is still in flight, and do not wait for what cannot be cancelled."""
        tasks: Iterable[asyncio.Task[Outcome]] = list(self._flights)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENT)
        for task in tasks:
            trial, start = self._flights[task]
            trial.seconds = monotonic() - start
            if task.done() and not task.cancelled():
                task.exception()  # so that nobody complains that it was not asked for
        if self._asking is not None:
            with suppress(Exception):
                await asyncio.wait([self._asking], timeout=_PATIENT)
            if self._asking.done() and not self._asking.cancelled():
                self._asking.exception()
            self._study.give_back()
        self._study.cancel()
        self._call.close()
        for threads in (self._helper, self._writer):
            if threads is not None:
                threads.shutdown(wait=False, cancel_futures=True)
