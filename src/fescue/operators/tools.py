"""Step sizes in [0, 1] for numbers of changes, so that small numbers are not rare."""

from math import exp, isfinite, log

from fescue.utils.types import check_int_range, type_error


def exponential_step_size(step_size: float, min_steps: int, max_steps: int) -> int:
    """Return the number of steps that a step size stands for: it grows exponentially.

    Args:
        step_size: in ``[0, 1]``; 0 stands for ``min_steps``, 1 for ``max_steps``
        min_steps: the smallest number, at least 1
        max_steps: the largest number, more than ``min_steps``

    Raises:
        TypeError: if an argument has a wrong type
        ValueError: if an argument is out of range

    >>> [exponential_step_size(s / 4, 1, 16) for s in range(5)]
    [1, 2, 4, 8, 16]
    """
    _check(min_steps, max_steps)
    if not isinstance(step_size, float):
        raise type_error(step_size, "step_size", float)
    if not 0 <= step_size <= 1:
        raise ValueError(f"step_size={step_size} is invalid, must be in [0, 1].")
    return steps_of(step_size, min_steps, max_steps)


def inv_exponential_step_size(steps: int, min_steps: int, max_steps: int) -> float:
    """Return a step size that stands for a number of steps.

    Args:
        steps: the number, in ``min_steps..max_steps``
        min_steps: the smallest number, at least 1
        max_steps: the largest number, more than ``min_steps``

    Raises:
        TypeError: if an argument is no integer
        ValueError: if an argument is out of range

    >>> inv_exponential_step_size(4, 1, 16)
    0.5
    """
    _check(min_steps, max_steps)
    check_int_range(steps, "steps", min_steps, max_steps)
    size = log(steps - min_steps + 1) / log(max_steps - min_steps + 1)
    return min(1.0, max(0.0, size)) if isfinite(size) else 0.0


def steps_of(step_size: float, low: int, high: int) -> int:
    """Return :func:`exponential_step_size` of valid arguments; for kernels."""
    return round(low + exp(step_size * log(high - low + 1))) - 1


def _check(min_steps: int, max_steps: int) -> None:
    check_int_range(min_steps, "min_steps", 1)
    check_int_range(max_steps, "max_steps", min_steps + 1)
