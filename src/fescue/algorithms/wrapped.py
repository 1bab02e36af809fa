"""What solvers of other libraries are given: an objective over real vectors that ends them."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from fescue.api.process import Process
from fescue.api.subprocesses import without_should_terminate
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.types import type_error

#: with larger values, the differences and squares that solvers calculate would overflow
LARGEST: Final = 1e100

#: rates a vector, which may lie out of bounds: then the nearest point in them is rated
Rate = Callable[[np.ndarray], float]


class _Failed(BaseException):
    """Takes an error of the objective through a solver, whatever exceptions that catches."""

    def __init__(self, error: Exception) -> None:
        super().__init__(error)
        self.error = error


def check_vector_space(space: Any) -> VectorSpace:
    """Return ``space`` if it is a :class:`VectorSpace`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(space, VectorSpace):
        return space
    raise type_error(space, "space", VectorSpace)


def bounds_of(space: VectorSpace) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and the largest value of each variable as 64-bit floats."""
    return space.lower_bound.astype(float), space.upper_bound.astype(float)


def solve_by(search: Callable[[Process, Rate], Any], process: Process, space: VectorSpace) -> None:
    """Let a solver run until it stops or the process is over.

    Args:
        search: is called as ``search(process, rate)``; the solver calls ``rate`` for each vector,
            and need not ask whether it should stop
        process: the process to apply it to
        space: the search space

    Raises:
        Exception: what the objective or the solver raises
    """
    low, high = space.lower_bound, space.upper_bound

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
