"""The time of a run: monotonic, in nanoseconds, told in milliseconds; and a ticker."""

from collections.abc import Callable
from threading import Event, Thread
from time import perf_counter_ns


def millis(nanoseconds: int) -> int:
    """Return a duration in whole milliseconds, rounded up, so that only 0 becomes 0.

    >>> millis(1), millis(1_000_000), millis(0)
    (1, 1, 0)
    """
    return -(-nanoseconds // 1_000_000)


class Clock:
    """A stopwatch for one run; it starts when it is created."""

    __slots__ = ("_end", "now", "start")

    def __init__(self, now: Callable[[], int] = perf_counter_ns) -> None:
        """Start the time.

        Args:
            now: a monotonic source of nanoseconds
        """
        #: reads the time in nanoseconds
        self.now = now
        #: the nanosecond at which the run began
        self.start = now()
        self._end: int | None = None

    def stop(self) -> None:
        """Freeze the consumed time at its present value."""
        self._end = self.now()

    def stop_once(self) -> None:
        """Freeze the consumed time unless it is frozen already."""
        if self._end is None:
            self.stop()

    def consumed_millis(self) -> int:
        """Return the run time so far in milliseconds."""
        return self.millis_at(self.now() if self._end is None else self._end)

    def millis_at(self, moment: int) -> int:
        """Return the run time in milliseconds at a ``moment`` that :attr:`now` has returned."""
        return millis(moment - self.start)


class Ticker:
    """Calls a function again and again, from a thread that keeps nothing alive, until stopped."""

    def __init__(self, action: Callable[[], object], seconds: float) -> None:
        """Start.

        Args:
            action: the function
            seconds: the time between two calls
        """
        self._over = Event()
        self._thread = Thread(
            target=self._run, args=(action, seconds), name="fescue-ticker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait for a call that goes on."""
        self._over.set()
        self._thread.join()

    def _run(self, action: Callable[[], object], seconds: float) -> None:
        while not self._over.wait(seconds):
            action()
