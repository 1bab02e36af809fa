"""The two faces of a running process, for one and for several objectives.

A face has no logic of its own: its methods *are* those of the parts of the run, so an algorithm
calls the account, the space and the objective without a frame in between.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Protocol
from weakref import finalize

import numpy as np

from fescue._engine.ledger import UNLIMITED, Ledger
from fescue._engine.memory import worst_value
from fescue.api._run import Run
from fescue.api.mo_problem import MOProblem
from fescue.api.mo_process import MOProcess
from fescue.api.process import Process


class Target(Protocol):
    """Something that knows which vector the next evaluation fills."""

    fs: Any


def bind(face: object, part: object, *names: str) -> None:
    """Make methods of ``part`` methods of this one ``face``: no frame in between."""
    for name in names:
        setattr(face, name, getattr(part, name))


SPACE_METHODS: Final = (
    "create", "copy", "to_str", "is_equal", "from_str", "validate", "n_points")
OBJECTIVE_METHODS: Final = ("lower_bound", "upper_bound", "is_always_integer")
PROBLEM_METHODS: Final = ("f_create", "f_dtype", "f_dimension", "f_validate", "f_dominates")
BEST_METHODS: Final = (
    "has_best", "get_best_f", "get_copy_of_best_x", "get_copy_of_best_y",
    "get_last_improvement_fe", "get_last_improvement_time_millis")
BUDGET_METHODS: Final = ("get_consumed_fes", "get_max_fes", "get_consumed_time_millis",
                         "get_max_time_millis")
RUN_METHODS: Final = ("get_random", "has_log", "get_log_basename", "add_log_section")
ARCHIVE_METHODS: Final = ("check_in", "get_archive", "get_copy_of_best_fs")


def bind_ledger(face: object, ledger: Ledger) -> None:
    """Give ``face`` the methods that an algorithm calls at each FE."""
    bind(face, ledger, "evaluate", "terminate")
    setattr(face, "should_terminate",  # noqa: B010 - a method, on purpose
            ledger.should_terminate if ledger.deadline == UNLIMITED
            else ledger.should_terminate_in_time)


def vector_evaluation(ledger: Ledger, target: Target, dtype: np.dtype[Any],
                      ) -> Callable[[Any, np.ndarray], int | float]:
    """Return ``f_evaluate`` for an account whose rate fills ``target.fs``."""
    worst, scratch = worst_value(dtype), target.fs

    def f_evaluate(x: Any, fs: np.ndarray) -> int | float:
        target.fs = fs
        before = ledger.n
        try:
            return ledger.evaluate(x)
        finally:
            target.fs = scratch
            # refused: an algorithm that goes on must not mistake old values for new ones
            if ledger.n == before:
                fs.fill(worst)

    return f_evaluate


class _Single(Process):
    """The face of a single-objective run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        _put_on(self, run)
        bind(self, run.ledger, "register")

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        self._run.close(exception)

    def __str__(self) -> str:
        return str(self._run)


class _Multi(MOProcess):
    """The face of a multi-objective run."""

    def __init__(self, run: Run, problem: MOProblem) -> None:
        self._run = run
        _put_on(self, run)
        bind(self, problem, *PROBLEM_METHODS)
        bind(self, run, *ARCHIVE_METHODS)
        setattr(self, "f_evaluate",  # noqa: B010 - a method, on purpose
                vector_evaluation(run.ledger, run.pipeline, problem.f_dtype()))

    def __exit__(self, exception_type: type[BaseException] | None,
                 exception: BaseException | None, traceback: TracebackType | None) -> None:
        self._run.close(exception)

    def __str__(self) -> str:
        return str(self._run)


def _put_on(face: Process, run: Run) -> None:
    bind(face, run.points, *SPACE_METHODS)
    bind(face, run.setup.objective, *OBJECTIVE_METHODS)
    bind(face, run, *BEST_METHODS, *BUDGET_METHODS, *RUN_METHODS, "log_parameters_to")
    bind_ledger(face, run.ledger)
    # a process that nobody closes publishes its log when it is collected or at exit
    finalize(face, run.close)


def face_of(run: Run) -> Process:
    """Return the process of a run that has been started."""
    return _Single(run) if run.problem is None else _Multi(run, run.problem)
