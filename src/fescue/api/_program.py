"""What a run is compiled of: its components' kernels and the loop that calls them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from fescue.api._setup import Setup
from fescue.kernels import loops
from fescue.kernels.jit import jit_is_available
from fescue.kernels.kernel import (
    Kernel,
    LocalSearch,
    Move,
    Search,
    kernel_of,
    offers,
    owner_of,
)
from fescue.kernels.names import op0, op1, op2

#: larger integers could not be compared with a goal exactly
_LARGEST: Final = 2 ** 53


@dataclass(frozen=True, slots=True)
class Program:
    """The parts of a compiled run.

    Attributes:
        loop: one of :mod:`fescue.kernels.loops`
        names: the functions that it calls by name
        n_points: how many points it holds
        n_ints: how many integers it remembers
        parts: the data of the operators and of the algorithm
        rating: the data of the objective, and of the encoding if there is one
        starts: whether the first point has to be sampled before it
    """

    loop: Callable[..., None]
    names: dict[str, Callable[..., Any]]
    n_points: int
    n_ints: int
    parts: tuple[Any, ...]
    rating: tuple[Any, ...]
    starts: bool


def program_for(setup: Setup) -> Program | str:
    """Return the compiled form of a run, or the reason why there is none."""
    if not jit_is_available():
        return "numba is not installed, or FESCUE_JIT=0"
    if setup.pruner is not None:
        return "runs with several objectives are not compiled"
    space = setup.search_space or setup.solution_space
    if not _is_array(space.create()):
        return f"the points of {space} are no one-dimensional arrays"
    rating = _rating(setup)
    if isinstance(rating, str):
        return rating
    names, data = rating
    return _search(setup, names, data)


def _is_array(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.ndim == 1 and x.dtype.kind in "biuf"


def _rating(setup: Setup) -> tuple[dict[str, Callable[..., Any]], tuple[Any, ...]] | str:
    objective, encoding = setup.objective, setup.encoding
    by, of = owner_of(objective, "kernel"), owner_of(objective, "evaluate")
    kernel = objective.kernel() if by and of and issubclass(by, of) else None
    # initialize() may have put the compiled form of the kernel's function in the method's place
    own = vars(objective).get("evaluate")
    if kernel is None or (
            own is not None and getattr(own, "py_func", own) is not kernel.function):
        return f"the objective {objective} has no kernel"
    bounds = objective.lower_bound(), objective.upper_bound()
    if objective.is_always_integer() and not all(abs(bound) < _LARGEST for bound in bounds):
        return f"the integer values of the objective {objective} have no bounds below 2**53"
    if encoding is None:
        if kernel.data is None:
            return {"rate": loops.rate_plainly, "evaluate": kernel.function}, (0,)
        return {"rate": loops.rate_with_data, "evaluate": kernel.function}, (kernel.data,)
    decode = kernel_of(encoding, "decode")
    if decode is None:
        return f"the encoding {encoding} has no kernel"
    through = objective.kernel_through(encoding)
    if through is not None:
        return {"rate": loops.rate_with_data, "evaluate": through.function}, (through.data,)
    y = setup.solution_space.create()
    rate = loops.decode_and_rate_plainly if kernel.data is None else loops.decode_and_rate
    return ({"rate": rate, "evaluate": kernel.function, "decode": decode.function},
            (kernel.data or 0, decode.data, y))


def _search(setup: Setup, names: dict[str, Callable[..., Any]],
            data: tuple[Any, ...]) -> Program | str:
    algorithm: Any = setup.algorithm
    search = algorithm.search() if offers(algorithm, "solve", "search") else None
    if search is None:
        return f"the algorithm {algorithm} has no kernel"
    own: Any = search.data
    if callable(own):
        own = own(setup.objective, (setup.search_space or setup.solution_space).create())
    if own is None:
        return (f"the algorithm {algorithm} has no kernel for {setup.objective}: it has too many "
                "values, or its points are too long")
    operators = []
    for method, dummy in (("op0", op0), ("op1", op1), ("op2", op2)):
        operator = getattr(algorithm, method, None)
        if operator is None or type(operator).__name__ in ("Op1", "Op2") or (
                isinstance(search, Search) and method in search.without):
            operators.append(Kernel(dummy, (0,)))  # there is none, and none is called
            continue
        kernel = kernel_of(operator, method)
        if kernel is None:
            return f"the operator {operator} has no kernel"
        operators.append(kernel)
    functions = {**names, **search.uses, **{
        name: kernel.function for name, kernel in zip(("op0", "op1", "op2"), operators,
                                                      strict=True)}}
    parts = [kernel.data or (0,) for kernel in operators] + [own or (0,)]
    if isinstance(search, Search):
        return Program(loops.steps, {**functions, "ask": search.ask, "tell": search.tell},
                       search.n_points, max(1, search.n_ints), tuple(parts), data, False)
    return _local(setup, search, functions, parts, data)


def _local(setup: Setup, search: LocalSearch, functions: dict[str, Callable[..., Any]],
           parts: list[Any], data: tuple[Any, ...]) -> Program:
    algorithm: Any = setup.algorithm
    functions["accept"] = search.accept
    move: Move | None = algorithm.op1.move() if offers(algorithm.op1, "op1", "move") else None
    if move is None:
        return Program(loops.copies, functions, 2, 2, tuple(parts), data, True)
    functions |= {"choose": move.choose, "apply": move.apply, "undo": move.undo}
    parts[1] = move.data or (0,)
    delta = setup.objective.kernel_of_moves(algorithm.op1) if setup.encoding is None else None
    if delta is not None:
        functions["rate_move"] = delta.function
        return Program(
            loops.deltas, functions, 1, 2, tuple(parts), (*data, delta.data or (0,)), True)
    tail = None if move.first is None else setup.objective.kernel_from(setup.encoding)
    if tail is None or move.first is None:
        return Program(loops.moves, functions, 1, 2, tuple(parts), data, True)
    functions |= {"first": move.first, "rate_from": tail.function, "bound": (
        loops.bound_by_current if search.refuses_worse else loops.bound_by_nothing)}
    return Program(
        loops.prefixes, functions, 1, 2, tuple(parts), (*data, tail.data or (0,)), True)
