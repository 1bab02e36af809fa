"""The contract of a running optimization process, as its algorithm and its user see it."""

from contextlib import AbstractContextManager
from math import inf, isnan
from types import TracebackType
from typing import Any, Self

from numpy.random import Generator

from fescue.api.objective import Objective
from fescue.api.space import Space
from fescue.utils.types import check_int_range, type_error


class Process(Space, Objective, AbstractContextManager["Process"]):
    """A search space, an objective, a budget and random numbers: all that an algorithm gets.

    To an algorithm it *is* the search space and the objective function. It counts objective
    function evaluations (FEs), remembers the best point, keeps the log and says when to stop::

        x = process.create()
        while not process.should_terminate():
            op0.op0(process.get_random(), x)
            f = process.evaluate(x)

    To the user it is a context manager that gives the results; the log file is published when
    the ``with`` block is left. One thread evaluates; every thread may call :meth:`terminate`.
    """

    def get_random(self) -> Generator:
        """Return the generator that every random decision of the run must come from."""
        raise self._must_override("get_random()")

    def should_terminate(self) -> bool:
        """Return whether the algorithm must stop; it must not evaluate any more if so.

        The answer turns to ``True`` when the FEs or the time are used up, when the goal is
        reached or when anyone has called :meth:`terminate`, and then stays so.
        """
        raise self._must_override("should_terminate()")

    def evaluate(self, x: Any) -> float | int:
        """Return the objective value of the point ``x`` and consume one FE.

        After the end of the run nothing is evaluated: the result is ``inf``, or a
        ``ValueError`` if the algorithm has already been told to stop.

        Args:
            x: the point in the search space; unchanged, and copied if it is the new best

        Raises:
            ValueError: if the algorithm was told to stop, or if the objective returned NaN or
                ``-inf``
            TypeError: if the objective returned something that is not a number
        """
        raise self._must_override("evaluate(x)")

    def register(self, x: Any, f: int | float) -> None:
        """Consume one FE for a point whose objective value the algorithm knows already.

        Args:
            x: the point; ``None`` is enough if ``f`` is no improvement
            f: its objective value, which is trusted until the end of the run, when that of the
                best point is checked

        Raises:
            TypeError: if ``f`` is an improvement but ``x`` is ``None``, or if ``f`` is no number
            ValueError: as for :meth:`evaluate`
        """
        raise self._must_override("register(x, f)")

    def get_consumed_fes(self) -> int:
        """Return the number of FEs consumed so far."""
        raise self._must_override("get_consumed_fes()")

    def get_last_improvement_fe(self) -> int:
        """Return the index of the FE, from 1, that gave the best point.

        Raises:
            ValueError: if there is no best point yet
        """
        raise self._must_override("get_last_improvement_fe()")

    def get_max_fes(self) -> int | None:
        """Return the budget in FEs, ``None`` if it is not limited."""
        return None

    def get_consumed_time_millis(self) -> int:
        """Return the run time so far in milliseconds, rounded up."""
        raise self._must_override("get_consumed_time_millis()")

    def get_last_improvement_time_millis(self) -> int:
        """Return the run time in milliseconds at which the best point was found.

        Raises:
            ValueError: if there is no best point yet
        """
        raise self._must_override("get_last_improvement_time_millis()")

    def get_max_time_millis(self) -> int | None:
        """Return the budget in milliseconds, ``None`` if it is not limited."""
        return None

    def has_best(self) -> bool:
        """Return whether there is a best point: one of a finite objective value."""
        raise self._must_override("has_best()")

    def get_best_f(self) -> int | float:
        """Return the smallest objective value seen.

        Raises:
            ValueError: if there is no best point yet
        """
        raise self._must_override("get_best_f()")

    def get_copy_of_best_x(self, x: Any) -> None:
        """Overwrite ``x`` with the best point of the search space.

        Raises:
            ValueError: if there is no best point yet
        """
        raise self._must_override("get_copy_of_best_x(x)")

    def get_copy_of_best_y(self, y: Any) -> None:
        """Overwrite ``y`` with the best solution; the best point if there is no encoding.

        Raises:
            ValueError: if there is no best point yet
        """
        raise self._must_override("get_copy_of_best_y(y)")

    def has_log(self) -> bool:
        """Return whether anything is logged, so that :meth:`add_log_section` is of use."""
        return False

    def get_log_basename(self) -> str | None:
        """Return the path of the log file without its suffix, ``None`` without a log file."""
        return None

    def add_log_section(self, title: str, text: str) -> None:
        """Add a section to the end of the log; without a log only check the arguments.

        Args:
            title: its name of capital letters, digits and ``_``; each can be used once, and
                those of the standard sections cannot be used
            text: its contents; any text, of which blank edges are removed

        Raises:
            TypeError: if an argument is no string
            ValueError: if the title is not allowed, or used already
        """
        raise self._must_override("add_log_section(title, text)")

    def terminate(self) -> None:
        """End the run: :meth:`should_terminate` becomes ``True``. May be called repeatedly."""
        raise self._must_override("terminate()")

    def initialize(self) -> None:
        """Refuse: a process describes one run and cannot be reset.

        Raises:
            ValueError: always
        """
        raise ValueError(
            f"{self}: a process cannot be initialized; execute() creates one for each run.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        self.terminate()


def check_max_fes(max_fes: Any, none_is_ok: bool = False) -> int | None:
    """Return ``max_fes`` as ``int`` in ``1..10**15`` (or an allowed ``None``).

    Raises:
        TypeError: if it is no integer
        ValueError: if it is out of range

    >>> check_max_fes(10)
    10
    """
    if max_fes is None and none_is_ok:
        return None
    return check_int_range(max_fes, "max_fes", 1, 10 ** 15)


def check_max_time_millis(max_time_millis: Any, none_is_ok: bool = False) -> int | None:
    """Return ``max_time_millis`` as ``int`` in ``1..10**11`` (or an allowed ``None``).

    Raises:
        TypeError: if it is no integer
        ValueError: if it is out of range
    """
    if max_time_millis is None and none_is_ok:
        return None
    return check_int_range(max_time_millis, "max_time_millis", 1, 10 ** 11)


def check_goal_f(goal_f: Any, none_is_ok: bool = False) -> int | float | None:
    """Return ``goal_f`` if it is a number that a goal can be (or an allowed ``None``).

    Raises:
        TypeError: if it is neither ``int`` nor ``float``
        ValueError: if it is NaN or ``inf``, with which every run would stop at once

    >>> check_goal_f(-2.5)
    -2.5
    """
    if goal_f is None and none_is_ok:
        return None
    if not isinstance(goal_f, int | float):
        raise type_error(goal_f, "goal_f", (int, float))
    if isnan(goal_f) or goal_f == inf:
        raise ValueError(f"goal_f={goal_f} is invalid, must be a finite number or -inf.")
    return goal_f
