"""How far an experiment is: counts, rate, time left, and a bar that shows them."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from fescue._experiment.files import FAILURES, State
from fescue.utils.naming import duration_to_str

#: the seconds between two lines where no bar can be drawn
_PERIOD: Final = 10.0


class Tally:
    """The runs of an experiment by what has become of them.

    Attributes:
        total: the number of runs
        before: how many of them were complete at the start
        states: how many have come to which state since then
    """

    def __init__(self, total: int, before: int) -> None:
        """Start the clock."""
        self.total = total
        self.before = before
        self.states: Counter[State] = Counter()
        self._start = time.monotonic()

    def count(self, state: State) -> None:
        """Count a run."""
        self.states[state] += 1

    @property
    def finished(self) -> int:
        """The number of runs that are over, those before the start included."""
        return self.before + self.states.total()

    @property
    def failed(self) -> int:
        """The number of runs that have failed since the start."""
        return sum(self.states[state] for state in FAILURES)

    @property
    def rate(self) -> float:
        """Runs per second since the start."""
        return self.states.total() / max(time.monotonic() - self._start, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """The time that the rest will take at this rate, ``None`` as long as that is unknown."""
        return (self.total - self.finished) / self.rate if self.states else None

    def __str__(self) -> str:
        left = self.seconds_left
        return (f"{self.finished}/{self.total} runs, {self.rate:.3g}/s"
                + (f", {self.failed} failed" if self.failed else "")
                + (f", {duration_to_str(left)} left" if left else ""))


class Silence:
    """Shows nothing."""

    def __call__(self, tally: Tally) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        """Do nothing."""


class Caller(Silence):
    """Hands each tally to a function."""

    def __init__(self, function: Callable[[Tally], Any]) -> None:
        self._function = function

    def __call__(self, tally: Tally) -> None:
        """Call the function."""
        self._function(tally)


class Bar(Silence):
    """A bar on the standard error output; a line now and then if that is no terminal."""

    def __init__(self) -> None:
        from rich.console import Console  # only where something is shown
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        self._lines = not console.is_terminal
        self._bar = Progress(
            BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=console,
            transient=True, redirect_stdout=False, redirect_stderr=False)
        self._task: Any = None
        self._due = time.monotonic() + _PERIOD

    def __call__(self, tally: Tally) -> None:
        """Show the tally."""
        if self._lines:
            if time.monotonic() >= self._due:
                self._due = time.monotonic() + _PERIOD
                print(tally, file=sys.stderr, flush=True)
            return
        if self._task is None:
            self._bar.start()
            self._task = self._bar.add_task("", total=tally.total)
        self._bar.update(self._task, completed=tally.finished, description=str(tally))

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        """Remove the bar."""
        self._bar.stop()


def show_progress(progress: bool | Callable[[Tally], Any] | None) -> Silence:
    """Return what shows the progress.

    Args:
        progress: whether there is a bar, ``None`` for one if the standard error output is a
            terminal; or a function that is called with a :class:`Tally`, first and after each run
    """
    if callable(progress):
        return Caller(progress)
    if progress or (progress is None and sys.stderr is not None and sys.stderr.isatty()):
        return Bar()
    return Silence()
