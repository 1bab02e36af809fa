"""How busy the machine is: processor, memory, input and output."""

import asyncio
import inspect
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, Self

import psutil

from fescue.utils.types import check_int_range, type_error

#: the shortest time over which a share of it is a figure
_SHORTEST = 0.05
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CPUStats:
    """The processors.

    Attributes:
        percent: how busy all of them were together, in ``0..100``; waiting for a disk is not busy
        count: the number of logical ones
    """

    percent: float
    count: int


@dataclass(frozen=True, slots=True)
class MemoryStats:
    """The main memory, in bytes.

    Attributes:
        total: all there is
        used: what programs use, without what can be given to others at once
        available: the rest
        percent: ``used`` in percent of ``total``
    """

    total: int
    used: int
    available: int
    percent: float


@dataclass(frozen=True, slots=True)
class IOStats:
    """Disks and network, in bytes per second; 0 where the system does not tell.

    Attributes:
        read: from disks
        written: to disks
        received: from networks
        sent: to networks
    """

    read: float
    written: float
    received: float
    sent: float


@dataclass(frozen=True, slots=True)
class SystemStats:
    """What a machine was doing in the last second or so.

    Attributes:
        cpu: its processors
        memory: its memory
        io: its disks and networks
        seconds: the time over which shares and rates were taken
    """

    cpu: CPUStats
    memory: MemoryStats
    io: IOStats
    seconds: float


@dataclass(frozen=True, slots=True)
class _Sample:
    """Counters at a moment."""

    moment: float
    busy: float
    total: float
    bytes: tuple[int, int, int, int]


class ResourceMonitor:
    """Tells what the machine is doing, now or all the time, and calls back if it is too much.

    Several callers do not disturb each other: figures are always those of the last ``interval``
    seconds or so. With ``async with`` it takes samples in the background.
    """

    def __init__(self, interval: float = 1.0, history: int = 60) -> None:
        """Create it.

        Args:
            interval: the seconds between samples, at least 0.05
            history: how many results of the background are kept, at least 1

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range
        """
        if isinstance(interval, bool) or not isinstance(interval, int | float):
            raise type_error(interval, "interval", (int, float))
        if not (isfinite(interval) and interval >= _SHORTEST):
            raise ValueError(f"interval={interval} is invalid, must be at least {_SHORTEST}.")
        self._interval = float(interval)
        #: the results of the background, the newest last
        self.history: deque[SystemStats] = deque(
            maxlen=check_int_range(history, "history", 1, 10 ** 6))
        self._samples: deque[_Sample] = deque([_sample()], maxlen=1024)
        self._thresholds: list[tuple[str, float, Callable[[SystemStats], Any]]] = []
        self._background: asyncio.Task[None] | None = None
        self._alerts: set[asyncio.Future[Any]] = set()

    def add_threshold(self, resource: str, limit: float,
                      call: Callable[[SystemStats], Any]) -> None:
        """Call a function whenever a sample of the background exceeds a limit.

        Args:
            resource: ``"cpu"`` or ``"memory"``, in percent, or ``"read"``, ``"written"``,
                ``"received"`` or ``"sent"``, in bytes per second
            limit: what must be exceeded
            call: gets the figures; if it is ``async``, samples go on while it runs. Its errors are
                logged and end nothing

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if the resource is none of these, or the limit is no number
        """
        if resource not in ("cpu", "memory", "read", "written", "received", "sent"):
            raise ValueError(f"resource={resource!r} is invalid, use 'cpu', 'memory', 'read', "
                             "'written', 'received' or 'sent'.")
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            raise type_error(limit, "limit", (int, float))
        if not isfinite(limit):
            raise ValueError(f"limit={limit} is invalid, must be finite.")
        if not callable(call):
            raise type_error(call, "call", Callable, call=True)
        self._thresholds.append((resource, float(limit), call))

    async def get_current_stats(self) -> SystemStats:
        """Return what the machine has been doing in the last ``interval`` seconds, or less."""
        wait = self._samples[0].moment + _SHORTEST - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        return self._measure()

    def _measure(self) -> SystemStats:
        now = _sample()
        # the newest one that is old enough: others may have asked a moment ago
        before = next((s for s in reversed(self._samples)
                       if now.moment - s.moment >= self._interval), self._samples[0])
        if now.moment - self._samples[-1].moment >= self._interval / 8:
            self._samples.append(now)
        seconds = now.moment - before.moment
        total = now.total - before.total
        percent = 100 * (now.busy - before.busy) / total if total > 0 else 0.0
        rates = [max(0.0, (b - a) / seconds) for a, b in zip(before.bytes, now.bytes, strict=True)]
        memory = psutil.virtual_memory()
        used = memory.total - memory.available
        return SystemStats(
            CPUStats(min(100.0, max(0.0, percent)), psutil.cpu_count() or 1),
            MemoryStats(memory.total, used, memory.available, 100 * used / memory.total),
            IOStats(*rates), seconds)

    async def start(self) -> None:
        """Start to take samples in the background; callable repeatedly."""
        if self._background is None:
            self._background = asyncio.create_task(self._sample_forever())

    async def stop(self) -> None:
        """End that, and what alerts have started; callable repeatedly."""
        tasks = [*self._alerts, *([self._background] if self._background is not None else [])]
        self._background = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        """Start the background."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the background."""
        await self.stop()

    async def _sample_forever(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            stats = self._measure()
            self.history.append(stats)
            figures = {"cpu": stats.cpu.percent, "memory": stats.memory.percent,
                       "read": stats.io.read, "written": stats.io.written,
                       "received": stats.io.received, "sent": stats.io.sent}
            for resource, limit, call in self._thresholds:
                if figures[resource] > limit:
                    self._alert(call, stats)

    def _alert(self, call: Callable[[SystemStats], Any], stats: SystemStats) -> None:
        try:
            result = call(stats)
        except Exception:
            _LOG.exception("an alert of the resource monitor has failed")
            return
        if inspect.isawaitable(result):
            task = asyncio.ensure_future(result)
            self._alerts.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Future[Any]") -> None:
        self._alerts.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("an alert of the resource monitor has failed", exc_info=task.exception())


def _sample() -> _Sample:
    times = psutil.cpu_times()._asdict()
    # the time of guests is part of that of users
    total = sum(value for key, value in times.items() if not key.startswith("guest"))
    idle = times["idle"] + times.get("iowait", 0.0)
    disk, net = psutil.disk_io_counters(), psutil.net_io_counters()
    return _Sample(time.monotonic(), total - idle, total, (
        disk.read_bytes if disk else 0, disk.write_bytes if disk else 0,
        net.bytes_recv if net else 0, net.bytes_sent if net else 0))
