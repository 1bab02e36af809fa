"""Compiled runs: the same run, with its whole loop as machine code.

The loop is called for a few milliseconds at a time. In between, Python does what it does in a plain
run: it reads the clock, keeps the best point, writes rows, and sees whether the run is over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fescue.kernels import loops
from fescue.kernels.jit import jit_is_available
from fescue.kernels.kernel import Kernel, LocalSearch, Move, Search
from fescue.kernels.link import Linked
from fescue.kernels.names import op0, op1, op2

if TYPE_CHECKING:  # the run calls this module
    from fescue.api._run import Run, Setup

#: the nanoseconds that the loop is to take between two looks at the clock, and its bounds in FEs
_CHUNK_NANOSECONDS: Final = 4_000_000
_FIRST_CHUNK: Final = 16
_GROWTH: Final = 16
_LARGEST_CHUNK: Final = 1 << 24
_ROWS: Final = 4096
#: larger integers could not be compared with a goal exactly
_LARGEST: Final = 2 ** 53
#: compiling takes about as long as this many FEs of a plain run
_REPAY_FES: Final = 300_000
_REPAY_MILLIS: Final = 5_000
#: loading machine code takes about as long as this many
_FEWEST_FES: Final = 2_000


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


def may_be_compiled(setup: "Setup") -> bool:
    """Return whether it is worth while to ask for a program."""
    return setup.compiled is True or (setup.compiled == "auto" and jit_is_available() and (
        setup.max_fes is None or setup.max_fes >= _FEWEST_FES))


def program_for(setup: "Setup") -> Program | str:
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


def _owner(component: Any, name: str) -> type | None:
    """Return the class that an attribute of a component is from."""
    return next((c for c in type(component).__mro__ if name in vars(c)), None)


def _offers(component: Any, method: str, offer: str = "kernel") -> bool:
    """Return whether a component's kernel stands for its method, which was not changed later."""
    if method in vars(component):
        return False
    by, of = _owner(component, offer), _owner(component, method)
    return by is not None and of is not None and issubclass(by, of)


def _rating(setup: "Setup") -> tuple[dict[str, Callable[..., Any]], tuple[Any, ...]] | str:
    objective, encoding = setup.objective, setup.encoding
    by, of = _owner(objective, "kernel"), _owner(objective, "evaluate")
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
    decode = _kernel_of(encoding, "decode")
    if decode is None:
        return f"the encoding {encoding} has no kernel"
    through = objective.kernel_through(encoding)
    if through is not None:
        return {"rate": loops.rate_with_data, "evaluate": through.function}, (through.data,)
    y = setup.solution_space.create()
    rate = loops.decode_and_rate_plainly if kernel.data is None else loops.decode_and_rate
    return ({"rate": rate, "evaluate": kernel.function, "decode": decode.function},
            (kernel.data or 0, decode.data, y))


def _kernel_of(component: Any, method: str) -> Kernel | None:
    kernel: Kernel | None = component.kernel() if _offers(component, method) else None
    return kernel


def _search(setup: "Setup", names: dict[str, Callable[..., Any]],
            data: tuple[Any, ...]) -> Program | str:
    algorithm: Any = setup.algorithm
    search = algorithm.search() if _offers(algorithm, "solve", "search") else None
    if search is None:
        return f"the algorithm {algorithm} has no kernel"
    operators = []
    for method, dummy in (("op0", op0), ("op1", op1), ("op2", op2)):
        operator = getattr(algorithm, method, None)
        if operator is None or type(operator).__name__ in ("Op1", "Op2"):
            operators.append(Kernel(dummy, (0,)))  # there is none, and none is called
            continue
        kernel = _kernel_of(operator, method)
        if kernel is None:
            return f"the operator {operator} has no kernel"
        operators.append(kernel)
    functions = {**names, **search.uses, **{
        name: kernel.function for name, kernel in zip(("op0", "op1", "op2"), operators,
                                                      strict=True)}}
    parts = [kernel.data or (0,) for kernel in operators] + [search.data or (0,)]
    if isinstance(search, Search):
        return Program(loops.steps, {**functions, "ask": search.ask, "tell": search.tell},
                       search.n_points, max(1, search.n_ints), tuple(parts), data, False)
    return _local(setup, search, functions, parts, data)


def _local(setup: "Setup", search: LocalSearch, functions: dict[str, Callable[..., Any]],
           parts: list[Any], data: tuple[Any, ...]) -> Program:
    algorithm: Any = setup.algorithm
    functions["accept"] = search.accept
    move: Move | None = algorithm.op1.move() if _offers(algorithm.op1, "op1", "move") else None
    if move is None:
        return Program(loops.copies, functions, 2, 2, tuple(parts), data, True)
    functions |= {"choose": move.choose, "apply": move.apply, "undo": move.undo}
    parts[1] = move.data or (0,)
    delta = setup.objective.kernel_of_moves(algorithm.op1) if setup.encoding is None else None
    if delta is not None:
        functions["rate_move"] = delta.function
        return Program(loops.deltas, functions, 1, 2, tuple(parts), data, True)
    tail = None if move.first is None else setup.objective.kernel_from(setup.encoding)
    if tail is None or move.first is None:
        return Program(loops.moves, functions, 1, 2, tuple(parts), data, True)
    functions |= {"first": move.first, "rate_from": tail.function, "bound": (
        loops.bound_by_current if search.refuses_worse else loops.bound_by_nothing)}
    return Program(
        loops.prefixes, functions, 1, 2, tuple(parts), (*data, tail.data or (0,)), True)


class CompiledRun:
    """Calls the loop of a program, and accounts for what it has done."""

    def __init__(self, run: "Run", program: Program) -> None:
        """Put the arguments of the loop together; nothing is compiled yet.

        Raises:
            TypeError: if the data of a kernel are not arrays and numbers
        """
        self._run = run
        self._starts = program.starts
        setup, space = run.setup, run.points
        always_int = setup.objective.is_always_integer()
        values = np.zeros(program.n_points, np.int64 if always_int else np.float64)
        self._best = np.full(3, np.iinfo(np.int64).max if always_int else inf, values.dtype)
        self._account = account = np.zeros(loops.N_ACCOUNT, np.int64)
        account[loops.EVERY] = setup.log_progress and setup.log_all_fes
        self._points = np.array([space.create() for _ in range(program.n_points)])
        self._best_x = np.array([space.create() for _ in range(2)])
        goal = np.full(1, -inf if setup.goal_f is None else setup.goal_f)
        self._row_fes, self._row_fs = np.zeros(_ROWS, np.int64), np.zeros(_ROWS, values.dtype)
        self._loop = Linked(program.loop, program.names, (
            run.random, np.zeros(program.n_ints, np.int64), self._points, values, self._best_x,
            account, self._best, goal, self._row_fes, self._row_fs, program.parts,
            program.rating))

    def repays(self) -> bool:
        """Return whether the run is long enough, or machine code there already."""
        setup = self._run.setup
        return (self._loop.is_known()
                or ((setup.max_fes is None or setup.max_fes * setup.n_runs >= _REPAY_FES)
                    and (setup.max_time_millis is None
                         or setup.max_time_millis * setup.n_runs >= _REPAY_MILLIS)))

    def prepare(self) -> None:
        """Compile the loop, or load it."""
        self._loop.prepare()

    def solve(self) -> None:
        """Do what the algorithm would do."""
        if self._starts:
            algorithm: Any = self._run.setup.algorithm
            algorithm.op0.op0(self._run.random, self._points[0])
        self._drive()

    def _drive(self) -> None:
        """Go on until the run is over."""
        run, ledger, account, now = self._run, self._run.ledger, self._account, self._run.clock.now
        chunk = _FIRST_CHUNK
        while not ledger.should_terminate_in_time():
            first = ledger.n
            account[loops.STOP] = min(ledger.limit, first + chunk)
            account[loops.ROWS] = 0
            if account[loops.STOP] <= first:
                continue  # somebody has just ended the run
            start = now()
            try:
                self._loop()
            finally:
                # also if a kernel fails: that FE is paid for, and what was found before is kept
                end = now()
                self._take_note(start, end)
            if account[loops.ILLEGAL]:
                run.refuse(ledger.n, self._best_x[1], self._best[1].item())
            if run.setup.goal_f is not None and run.best.f <= run.setup.goal_f:
                run.terminate()
            chunk = max(1, min(_GROWTH * chunk, _LARGEST_CHUNK, (
                ledger.n - first) * _CHUNK_NANOSECONDS // max(1, end - start)))

    def _take_note(self, start: int, end: int) -> None:
        """Take over what the loop has done between two moments."""
        run, first, account = self._run, self._run.ledger.n, self._account
        run.ledger.n = n = int(account[loops.FES])
        moments = _Moments(first, start, n, end)
        best_fe = int(account[loops.BEST_FE])
        if best_fe > first:
            run.best.see(best_fe, moments.at(best_fe), self._best_x[0], self._best[0].item(),
                         False)
        if run.recorder is not None:
            for fe, f in self._rows():
                run.recorder.add(fe, moments.at(fe), f)

    def _rows(self) -> Iterator[tuple[int, Any]]:
        k = int(self._account[loops.ROWS])
        return zip(self._row_fes[:k].tolist(), self._row_fs[:k].tolist(), strict=True)


class _Moments:
    """When each FE of a chunk has happened, evenly spread over its time."""

    def __init__(self, first: int, start: int, last: int, end: int) -> None:
        self._first = first
        self._start = start
        self._span = end - start
        self._n = max(1, last - first)

    def at(self, fe: int) -> int:
        """Return the moment of an FE."""
        return self._start + self._span * (fe - self._first) // self._n
