"""The checks that a run's results pass before they are believed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from fescue.api.logging import (
    SECTION_ERROR_BEST_F,
    SECTION_ERROR_IN_LOG,
    SECTION_ERROR_INVALID_X,
    SECTION_ERROR_INVALID_Y,
    SECTION_ERROR_TIMING,
)

if TYPE_CHECKING:  # the run calls this module, which only knows what to check
    from fescue.api._run import Run


def check_results(run: "Run") -> None:
    """Check what ``run`` claims; each claim that is wrong becomes one of its ``errors``.

    The best solution is rated once more, which is not counted as FE.
    """
    if run.ledger.n <= 0:
        run.errors.setdefault(SECTION_ERROR_TIMING, ValueError(
            "no FE was performed: the algorithm stopped before its first evaluation."))
    if not run.has_best():
        return
    checks: list[tuple[str, Callable[[Run], None]]] = [
        (SECTION_ERROR_INVALID_Y, _check_y), (SECTION_ERROR_BEST_F, _check_f)]
    if run.setup.search_space is not None:
        checks.append((SECTION_ERROR_INVALID_X, _check_x))
    if run.archive is not None:
        checks.append((SECTION_ERROR_IN_LOG, _check_archive))
    for title, check in checks:
        try:
            check(run)
        except Exception as error:  # components may raise anything
            run.errors.setdefault(title, error)


def _check_y(run: "Run") -> None:
    run.setup.solution_space.validate(run.best_y())


def _check_x(run: "Run") -> None:
    run.points.validate(run.best.x)


def _check_f(run: "Run") -> None:
    objective, f = run.setup.objective, run.best.f
    again = objective.evaluate(run.best_y())
    if again != f:
        raise ValueError(
            f"{objective} gave {f} for the best solution in the run, but gives {again} now: "
            "it must depend on the solution alone and leave it unchanged.")
    low, high = objective.lower_bound(), objective.upper_bound()
    if not low <= f <= high:
        raise ValueError(
            f"the best objective value {f} is outside {objective}'s bounds {low} and {high}.")


def _check_archive(run: "Run") -> None:
    problem = run.problem
    if problem is None:
        return
    fs = problem.f_create()
    for record in run.get_archive():
        run.points.validate(record.x)
        y = run.decoded(record.x)
        run.setup.solution_space.validate(y)
        problem.f_evaluate(y, fs)
        if not np.array_equal(fs, record.fs):
            raise ValueError(
                f"an archived point has the vector {record.fs.tolist()}, but {problem} gives "
                f"{fs.tolist()} for it now.")
