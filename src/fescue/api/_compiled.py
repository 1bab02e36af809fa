"""Compiled runs: the same run, with its whole loop as machine code.

The loop is called for a few milliseconds at a time. In between, Python does what it does in a plain
run: it reads the clock, keeps the best point, writes rows, and sees whether the run is over.
"""

from collections.abc import Callable, Iterator
from math import inf
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fescue.api._program import Program, program_for
from fescue.api._setup import Setup
from fescue.kernels import loops
from fescue.kernels.jit import jit_is_available
from fescue.kernels.link import Linked

if TYPE_CHECKING:  # the run calls this module
    from fescue.api._run import Run

#: the nanoseconds that the loop is to take between two looks at the clock, and its bounds in FEs
_CHUNK_NANOSECONDS: Final = 4_000_000
_FIRST_CHUNK: Final = 16
_GROWTH: Final = 16
_LARGEST_CHUNK: Final = 1 << 24
_ROWS: Final = 4096
#: compiling takes about as long as this many FEs of a plain run
_REPAY_FES: Final = 300_000
_REPAY_MILLIS: Final = 5_000
#: loading machine code takes about as long as this many
_FEWEST_FES: Final = 2_000


def may_be_compiled(setup: Setup) -> bool:
    """Return whether it is worth while to ask for a program."""
    return setup.compiled is True or (setup.compiled == "auto" and jit_is_available() and (
        setup.max_fes is None or setup.max_fes >= _FEWEST_FES))


def compiled_form(run: "Run") -> Callable[[], None] | None:
    """Return what performs a run as machine code, or ``None`` if its algorithm is to do it.

    Raises:
        ValueError: if the setup requires machine code, and there is none
    """
    required = run.setup.compiled is True
    program = program_for(run.setup)
    if isinstance(program, str):
        if required:
            raise ValueError(f"set_compiled(True): {program}; use set_compiled('auto').")
        return None
    try:
        compiled = CompiledRun(run, program)
        if not required and not compiled.repays():
            return None
        compiled.prepare()
    except Exception as error:
        if required:
            raise ValueError(
                f"set_compiled(True): the kernels cannot be compiled: {error}") from error
        return None
    return compiled.solve


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
            best_x = self._points[0] if account[loops.AHEAD] else self._best_x[0]
            run.best.see(best_fe, moments.at(best_fe), best_x, self._best[0].item(), False)
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
