"""The contract of spaces."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from fescue.api.space import Space
from fescue.testing.components import require, validate_component


def validate_space(space: Space, make_valid: Callable[[Generator, Any], Any] | None = None,
                   make_invalid: Callable[[Any], Any] | None = None, *, samples: int = 20,
                   seed: int = 0) -> None:
    """Check that a space creates, copies, compares, validates and writes its points.

    Args:
        space: the space
        make_valid: returns a random valid point made of one that ``create`` has returned; by
            default this is taken as it is
        make_invalid: returns an invalid point made of a valid one
        samples: the number of points that are tried, at least 1
        seed: of the random numbers

    Raises:
        TypeError: if it is no space
        ValidationError: if it does not keep the contract
    """
    validate_component(space, kind=Space)
    random = default_rng(seed)
    n = space.n_points()
    require(isinstance(n, int) and n >= 1, space, f"n_points() is {n!r}, not a positive int")
    first, second = space.create(), space.create()
    require(first is not second and not _share(first, second), space,
            "create() returns the same point twice")
    require(type(first) is type(second), space, "create() returns points of different types")
    for _ in range(samples):
        point = space.create() if make_valid is None else make_valid(random, space.create())
        space.validate(point)
        _check_copy(space, point)
        _check_text(space, point)
    if make_invalid is not None:
        wrong = make_invalid(point)
        try:
            space.validate(wrong)
        except (ValueError, TypeError):
            return
        require(False, space, f"validate() accepts the invalid point {wrong}")


def _check_copy(space: Space, point: Any) -> None:
    text = space.to_str(point)
    copy = space.create()
    space.copy(copy, point)
    require(space.to_str(point) == text, space, f"copy() has changed the source {text}")
    require(space.is_equal(copy, point) and space.is_equal(point, copy), space,
            f"the copy {space.to_str(copy)} of {text} is not equal to it")
    require(not _share(copy, point), space, "a copy shares its data with the source")
    space.validate(copy)


def _check_text(space: Space, point: Any) -> None:
    text: Any = space.to_str(point)
    require(isinstance(text, str) and text and text == text.strip(), space,
            f"to_str() returns {text!r}, which is empty or has blank edges")
    require(not any(mark in text for mark in ("BEGIN_", "END_", "#")), space,
            f"to_str() returns {text!r}, which has marks of log files")
    back = space.from_str(text)
    require(space.is_equal(back, point), space,
            f"from_str() reads {space.to_str(back)} from the text {text} of another point")
    space.validate(back)


def _share(a: Any, b: Any) -> bool:
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.shares_memory(a, b)
