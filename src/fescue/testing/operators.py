"""The contracts of search operators."""

from collections.abc import Callable, Iterable
from math import isqrt
from typing import Any

from numpy.random import Generator, default_rng

from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.api.space import Space
from fescue.testing.components import require, require_valid, validate_component

#: returns a random valid point made of one that ``create`` has returned
MakeValid = Callable[[Generator, Any], Any]
#: overwrites a point with one that an operator makes
Sample = Callable[[Generator, Any], None]


def validate_op0(op: Op0, space: Space, *, samples: int = 100, min_unique: int | None = None,
                 seed: int = 0) -> None:
    """Check that an operator samples valid points, different ones, and draws nothing else.

    Args:
        op: the operator
        space: the space that it is for
        samples: the number of points sampled, at least 1
        min_unique: how many of them must be different; by default ``samples // 2``, or the
            square root of the size of the space if that is less
        seed: of the random numbers

    Raises:
        TypeError: if it is no nullary operator
        ValidationError: if it does not keep the contract
    """
    validate_component(op, kind=Op0)
    _check(op, space, op.op0, samples, min_unique, seed)


def validate_op1(op: Op1, space: Space, make_valid: MakeValid, *, samples: int = 100,
                 min_unique: int | None = None, seed: int = 0) -> None:
    """Check that an operator makes valid points of valid ones, which it leaves unchanged.

    Args:
        op: the operator
        space: the space that it is for
        make_valid: returns a random valid point made of a new one
        samples: the number of points made, at least 1
        min_unique: how many must be different, see :func:`validate_op0`
        seed: of the random numbers

    Raises:
        TypeError: if it is no unary operator
        ValidationError: if it does not keep the contract
    """
    validate_component(op, kind=Op1)
    _check(op, space, _applied(op, space, make_valid, 1, op.op1), samples, min_unique, seed)


def validate_op1_with_step_size(
        op: Op1WithStepSize, space: Space, make_valid: MakeValid, *,
        step_sizes: Iterable[float] = (0.0, 0.1, 0.5, 0.9, 1.0),
        get_step_size: Callable[[Any, Any], float | None] | None = None, samples: int = 100,
        min_unique: int | None = None, seed: int = 0) -> None:
    """Check a unary operator that is told how far to go.

    Args:
        op: the operator
        space: the space that it is for
        make_valid: returns a random valid point made of a new one
        step_sizes: the step sizes to try, in ``[0, 1]``
        get_step_size: measures the step size between two points, ``None`` if it cannot
        samples: the number of points made for each step size, at least 1
        min_unique: how many must be different, see :func:`validate_op0`
        seed: of the random numbers

    Raises:
        TypeError: if it is no such operator
        ValidationError: if it does not keep the contract
    """
    validate_component(op, kind=Op1WithStepSize)
    for step in step_sizes:
        def move(random: Generator, dest: Any, x: Any, step: float = step) -> None:
            op.op1(random, dest, x, step)
            require(not space.is_equal(dest, x), op, f"step size {step} gives the same point")
            found = None if get_step_size is None else get_step_size(x, dest)
            require(found is None or abs(found - step) < 1e-9, op,
                    f"step size {step} was asked for, but {found} was made")

        _check(op, space, _applied(op, space, make_valid, 1, move), samples, min_unique, seed)


def validate_op2(op: Op2, space: Space, make_valid: MakeValid, *, samples: int = 100,
                 min_unique: int | None = None, seed: int = 0) -> None:
    """Check that an operator makes valid points of two valid ones, which it leaves unchanged.

    Args:
        op: the operator
        space: the space that it is for
        make_valid: returns a random valid point made of a new one
        samples: the number of points made, at least 1
        min_unique: how many must be different, see :func:`validate_op0`
        seed: of the random numbers

    Raises:
        TypeError: if it is no binary operator
        ValidationError: if it does not keep the contract
    """
    validate_component(op, kind=Op2)
    _check(op, space, _applied(op, space, make_valid, 2, op.op2), samples, min_unique, seed)


def _applied(op: Any, space: Space, make_valid: MakeValid, n: int,
             apply: Callable[..., None]) -> Sample:
    """Return a function that applies an operator to ``n`` random points."""
    def sample(random: Generator, dest: Any) -> None:
        sources = [make_valid(random, space.create()) for _ in range(n)]
        texts = [space.to_str(x) for x in sources]
        apply(random, dest, *sources)
        require([space.to_str(x) for x in sources] == texts, op,
                f"has changed its sources {texts}")

    return sample


def _check(op: Any, space: Space, sample: Sample, samples: int, min_unique: int | None,
           seed: int) -> None:
    def series(create: Callable[[], Any]) -> list[str]:
        op.initialize()
        random = default_rng(seed)
        texts = []
        for _ in range(samples):
            dest = create()
            sample(random, dest)
            require_valid(space.validate, dest, op, f"gives the invalid point {dest}")
            texts.append(space.to_str(dest))
        return texts

    texts = series(space.create)
    unique, least = len(set(texts)), min_unique
    if least is None:
        least = max(1, min(samples // 2, isqrt(space.n_points())))
    require(unique >= least, op, f"gives {unique} different points instead of {least} or more")
    # the same numbers give the same points: nothing is left of the first series
    require(series(space.create) == texts, op,
            "gives other points for the same random numbers after initialize()")
    used = space.create()
    require(series(lambda: used) == texts, op,
            "gives other points if dest is not a new point: all of it must be overwritten")
