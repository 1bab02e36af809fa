"""The contract of spaces."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from fescue.api.space import Space
from fescue.testing.components import refuses, require, require_valid, validate_component


def validate_space(space: Space, make_valid: Callable[[Generator, Any], Any] | None = None,
                   make_invalid: Callable[[Any], Any] | None = None, *, samples: int = 20,
                   seed: int = 0) -> None:
    """Check that a space creates, copies, compares, validates and writes its points.

    Args:
        space: the space
        make_valid: returns a random valid point made of one that it is given, new or used; by
            default this is taken as it is, and then less can be found out
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
    require(isinstance(n, int) and n >= 2, space, f"n_points() is {n!r}, not an int of 2 or more")
    first, second = space.create(), space.create()
    require(first is not second and not _share(first, second), space,
            "create() returns the same point twice")
    require(type(first) is type(second), space, "create() returns points of different types")
    nothing: Any = None
    require(refuses(lambda: space.from_str(nothing)), space, "from_str() accepts None as text")

    def randomized(x: Any) -> Any:
        return x if make_valid is None else make_valid(random, x)

    points = {}
    copy = space.create()
    for _ in range(samples):
        point = randomized(space.create())
        require_valid(space.validate, point, space, f"refuses the valid point {point}")
        text = _check_text(space, point)
        _check_copy(space, copy, point, text)
        # from here on the copy is another point, whose contents the next copy has to overwrite
        copy = randomized(copy)
        require(space.to_str(point) == text, space, f"who changes a copy of {text} changes it, too")
        points[text] = point
    require(len(points) == 1 or not all(space.is_equal(point, x) for x in points.values()), space,
            f"is_equal() takes {text} for equal to each other point")
    if make_invalid is not None:
        _check_invalid(space, make_invalid(point))


def _check_copy(space: Space, copy: Any, point: Any, text: str) -> None:
    space.copy(copy, point)
    require(space.to_str(point) == text, space, f"copy() has changed the source {text}")
    same = space.is_equal(copy, point) and space.is_equal(point, copy)
    require(same and space.to_str(copy) == text, space,
            f"the copy {space.to_str(copy)} of {text} is not equal to it")
    require_valid(space.validate, copy, space, f"refuses the copy of {text}")


def _check_text(space: Space, point: Any) -> str:
    text: Any = space.to_str(point)
    require(isinstance(text, str) and text and text == text.strip(), space,
            f"to_str() returns {text!r}, which is empty or has blank edges")
    require(not any(mark in text for mark in ("BEGIN_", "END_", "#")), space,
            f"to_str() returns {text!r}, which has marks of log files")
    require_valid(space.from_str, text, space, f"from_str() refuses the text {text} of a point")
    back = space.from_str(text)
    require_valid(space.validate, back, space, f"refuses what from_str() reads from {text}")
    require(space.is_equal(back, point) and space.to_str(back) == text, space,
            f"from_str() reads {space.to_str(back)} from the text {text} of another point")
    return str(text)


def _check_invalid(space: Space, wrong: Any) -> None:
    require(refuses(lambda: space.validate(wrong)), space,
            f"validate() accepts the invalid point {wrong}")
    try:
        back = space.from_str(space.to_str(wrong))
    except (TypeError, ValueError):
        return
    # a text may lose what is wrong, but then a valid point is read from it
    require_valid(space.validate, back, space, f"from_str() reads an invalid point from {wrong}")


def _share(a: Any, b: Any) -> bool:
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.shares_memory(a, b)
