"""The contracts of kernels: they do what the methods do that they stand for."""

from collections.abc import Iterable
from typing import Any

from numpy.random import default_rng

from fescue.api.encoding import Encoding
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.api.space import Space
from fescue.kernels.kernel import Kernel, Move
from fescue.testing.components import require
from fescue.testing.operators import MakeValid


def validate_operator_kernels(op: Op0 | Op1 | Op2, space: Space, make_valid: MakeValid, *,
                              samples: int = 100, seed: int = 0) -> None:
    """Check that kernel and move of an operator, if it has them, do what the operator does.

    Args:
        op: the operator
        space: the space that it is for
        make_valid: returns a random valid point made of a new one
        samples: the number of points made, at least 1
        seed: of the random numbers

    Raises:
        ValidationError: if they give other points, or draw other random numbers
    """
    method, n_sources = ("op0", 0) if isinstance(op, Op0) else (
        ("op1", 1) if isinstance(op, Op1) else ("op2", 2))
    op.initialize()
    kernel = op.kernel()
    move = op.move() if isinstance(op, Op1) else None
    random, other, third = (default_rng(seed) for _ in range(3))
    sources = default_rng(seed + 1)
    for _ in range(samples):
        xs = [make_valid(sources, space.create()) for _ in range(n_sources)]
        dest, mine = space.create(), space.create()
        getattr(op, method)(random, dest, *xs)
        if kernel is not None:
            kernel.call(other, mine, *xs)
            require(space.is_equal(mine, dest), op, f"its kernel makes {mine} instead of {dest}")
            require(other.bit_generator.state == random.bit_generator.state, op,
                    "its kernel draws other random numbers")
        if move is not None:
            _check_move(op, move, third, space, xs[0], dest)
            require(third.bit_generator.state == random.bit_generator.state, op,
                    "its move draws other random numbers")


    if isinstance(op, Op1WithStepSize):
        _check_steps(op, space, make_valid, samples, seed)


def _check_steps(op: Op1WithStepSize, space: Space, make_valid: MakeValid, samples: int,
                 seed: int) -> None:
    """Check the kernel that is told how far to go."""
    op.initialize()
    kernel = op.step_kernel(space.create())
    random, other, sources = default_rng(seed), default_rng(seed), default_rng(seed + 1)
    for _ in range(samples if kernel is not None else 0):
        x, dest, mine = make_valid(sources, space.create()), space.create(), space.create()
        step_size = float(sources.integers(5)) / 4 if sources.random() < 0.2 else sources.random()
        op.op1(random, dest, x, step_size)
        kernel.call(other, mine, x, step_size)  # type: ignore[union-attr]
        require(space.is_equal(mine, dest), op,
                f"its kernel for step sizes makes {mine} instead of {dest} of {step_size}")
        require(other.bit_generator.state == random.bit_generator.state, op,
                "its kernel for step sizes draws other random numbers")


def _check_move(op: Op0 | Op1 | Op2, move: Move, random: Any, space: Space, x: Any,
                expected: Any) -> None:
    """Check one move from ``x``, which should lead to ``expected``."""
    here = space.create()
    space.copy(here, x)
    a, b = move.choose(random, here, move.data)
    require(space.is_equal(here, x), op, f"choosing a move changes the point {x} to {here}")
    move.apply(here, a, b, move.data)
    require(space.is_equal(here, expected), op, f"its move makes {here} instead of {expected}")
    if move.first is not None:
        first = move.first(a, b, move.data)
        require(list(here[:first]) == list(x[:first]), op,
                f"its move changes {x} to {here}, before index {first}")
    move.undo(here, a, b, move.data)
    require(space.is_equal(here, x), op, f"its move is undone to {here} instead of {x}")


def validate_rating_kernels(objective: Objective, space: Space, make_valid: MakeValid, *,
                            encoding: Encoding | None = None, solution_space: Space | None = None,
                            moves: Iterable[Op1] = (), samples: int = 100, seed: int = 0) -> None:
    """Check that all kernels by which points can be rated give the values of the objective.

    Args:
        objective: the objective function
        space: the space of the points
        make_valid: returns a random valid point made of a new one
        encoding: makes solutions of the points, ``None`` if these are solutions
        solution_space: the space of the solutions, needed with an encoding
        moves: unary operators that change points
        samples: the number of points rated, at least 1, and of moves tried
        seed: of the random numbers

    Raises:
        ValidationError: if a kernel gives another value, or leaves a point changed
    """
    y: Any = None if solution_space is None else solution_space.create()

    def rate(x: Any) -> Any:
        if encoding is not None:
            encoding.decode(x, y)
        return objective.evaluate(x if encoding is None else y)

    for component in (objective, encoding):
        if component is not None:
            component.initialize()
    kernel, through = objective.kernel(), objective.kernel_through(encoding)
    decode = None if encoding is None else encoding.kernel()
    random = default_rng(seed)
    for _ in range(samples):
        x = make_valid(random, space.create())
        text, value = space.to_str(x), rate(x)
        if decode is not None and solution_space is not None:
            made = solution_space.create()
            decode.call(x, made)
            require(solution_space.is_equal(made, y), encoding,
                    f"its kernel makes {made} of {text} instead of {y}")
        if kernel is not None:
            _same(objective, kernel.call(x if encoding is None else y), value, text)
        if through is not None:
            _same(objective, through.call(x), value, text)
        require(space.to_str(x) == text, objective, f"a kernel has changed the point {text}")
    for op1 in moves:
        move = op1.move()
        change = objective.kernel_of_moves(op1)
        tail = objective.kernel_from(encoding)
        if move is not None and change is not None:
            _check_change(objective, move, change, rate, make_valid(random, space.create()),
                          samples, random)
        if move is not None and move.first is not None and tail is not None:
            _check_tail(objective, move, tail, rate, make_valid(random, space.create()),
                        samples, random)


def _same(objective: Objective, found: Any, value: Any, text: str) -> None:
    require(found == value, objective, f"a kernel rates {text} with {found} instead of {value}")


def _check_change(objective: Objective, move: Move, change: Kernel, rate: Any, x: Any,
                  samples: int, random: Any) -> None:
    """Make moves, and rate each before it is made."""
    f = rate(x)
    for _ in range(samples):
        a, b = move.choose(random, x, move.data)
        found = change.call(x, f, a, b, move.data)
        move.apply(x, a, b, move.data)
        f = rate(x)
        _same(objective, found, f, str(x))


def _check_tail(objective: Objective, move: Move, tail: Kernel, rate: Any, x: Any,
                samples: int, random: Any) -> None:
    """Make moves as a search does, and undo many; rate each from its first change on."""
    f, known = rate(x), 0
    for _ in range(samples):
        a, b = move.choose(random, x, move.data)
        first = move.first(a, b, move.data)  # type: ignore[misc] # there is one
        move.apply(x, a, b, move.data)
        value = rate(x)
        bound = f if random.random() < 0.5 else max(f, value)
        found = tail.call(x, first, known, bound)
        require(found == value or (found > bound and value > bound), objective,
                f"a kernel rates {x} with {found} instead of {value}, bound {bound}")
        known = max(known, first)
        if value <= f or random.random() < 0.1:
            f, known = value, first
        else:
            move.undo(x, a, b, move.data)
