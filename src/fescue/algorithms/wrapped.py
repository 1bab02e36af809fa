"""What solvers of other libraries are given: an objective over real vectors that ends them."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from fescue.api.process import Process
from fescue.api.subprocesses import without_should_terminate
from fescue.spaces.nparrayspace import NPArraySpace

#: with larger values, the differences and squares that solvers calculate would overflow
LARGEST: Final = 1e100

#: rates a vector, which may lie out of bounds: then the nearest point in them is rated
Rate = Callable[[np.ndarray], float]


class _Failed(BaseException):
    """Takes an error of the objective through a solver, whatever exceptions that catches."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def check_vector_space(space: Any) -> NPArraySpace:
    """Return ``space`` if it is one of real vectors between bounds.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(space, NPArraySpace) and space.dtype.kind == "f" and all(
            hasattr(space, name) for name in ("lower_bound", "upper_bound")):
        return space
    raise TypeError(
        f"space should be a space of real vectors with bounds, such as a VectorSpace, but is "
        f"{space!r}.")


def bounds_of(space: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and the largest value of each variable as floats."""
    return tuple(  # type: ignore[return-value]
        np.broadcast_to(np.asarray(bound, float), space.dimension)
        for bound in (space.lower_bound, space.upper_bound))


def solve_by(search: Callable[[Process, Rate], Any], process: Process, space: NPArraySpace) -> None:
    """Let a solver run until it stops or the process is over.

    Args:
        search: is called as ``search(process, rate)``; the solver calls ``rate`` for each vector,
            and need not ask whether it should stop
        process: the process to apply it to
        space: the search space

    Raises:
        Exception: what the objective or the solver raises
    """
    low, high = (bound.astype(space.dtype) for bound in bounds_of(space))

    def run(part: Process) -> None:
        x, evaluate = part.create(), part.evaluate

        def rate(vector: np.ndarray) -> float:
            x[:] = vector
            np.fmin(np.fmax(x, low, out=x), high, out=x)  # also in place of NaN
            try:
                f = evaluate(x)
            except Exception as error:
                raise _Failed(error) from error
            return float(max(-LARGEST, min(LARGEST, f)))

        search(part, rate)

    try:
        without_should_terminate(run, process)
    except _Failed as failed:
        raise failed.error from failed.error.__cause__
