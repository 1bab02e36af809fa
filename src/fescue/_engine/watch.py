"""What happens when an evaluation may matter: remember it, record it, see if it is the goal."""

from collections.abc import Callable
from math import inf, nan
from typing import Any, Protocol

from fescue._engine.recorder import Recorder
from fescue.utils.errors import ObjectiveError


class Memory(Protocol):
    """What a run remembers; see :mod:`fescue._engine.memory`."""

    def see(self, n: int, moment: int, x: Any, f: int | float, rated: bool) -> bool:
        """Take note of an FE and return whether it was an improvement."""
        ...

    def alert(self) -> float:
        """Return the objective value below which an FE is to be noticed."""
        ...


class Watch:
    """The witness of a run: the one place where an evaluation has consequences."""

    __slots__ = ("_alert", "_describe", "_goal", "_memory", "_now", "_reach", "_recorder")

    def __init__(self, memory: Memory, now: Callable[[], int], recorder: Recorder | None = None,
                 goal: int | float = -inf, reach: Callable[[], None] = lambda: None,
                 describe: Callable[[Any], str] = str) -> None:
        """Join the parts.

        Args:
            memory: remembers points
            now: reads the time in nanoseconds
            recorder: records rows, ``None`` for none
            goal: the objective value at which the run has reached its goal
            reach: is called when it has
            describe: turns a point into text, for error messages
        """
        self._memory = memory
        self._now = now
        self._recorder = recorder
        self._goal = goal
        self._reach = reach
        self._describe = describe
        self._alert = memory.alert()

    def first_alert(self) -> float:
        """Return the alert with which a ledger starts."""
        return nan if self._sees_all() else self._alert

    def __call__(self, n: int, x: Any, f: int | float, rated: bool) -> float:
        """Take note of FE number ``n`` and return the next alert, see ``Ledger``.

        Raises:
            ObjectiveError: if ``f`` is NaN or ``-inf``
        """
        moment = self._now()
        recorder = self._recorder
        if f >= self._alert:  # here only because every FE is recorded
            if recorder is not None:
                recorder.add(n, moment, f)
            return nan
        if f != f or f == -inf:  # not isnan(), which integers can be too large for
            raise ObjectiveError(
                f"The objective value of FE {n} is {f}, which no objective function may return "
                f"(inf marks a worthless point). The point: {self._text(x)}")
        improved = self._memory.see(n, moment, x, f, rated)
        self._alert = self._memory.alert()
        if recorder is not None and (improved or recorder.every):
            recorder.add(n, moment, f)
        if improved and f <= self._goal:
            self._reach()
        return nan if self._sees_all() else self._alert

    def _sees_all(self) -> bool:
        return self._recorder is not None and self._recorder.every

    def _text(self, x: Any) -> str:
        try:
            return self._describe(x)
        except Exception as error:  # the message must get out in any case
            return f"({type(error).__name__} while writing it down: {error})"
