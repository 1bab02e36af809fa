"""Algorithms that start others again and again."""

from collections.abc import Iterator
from typing import Any, Final

from fescue.algorithms.hill_climber import HillClimber
from fescue.algorithms.rls import RLS
from fescue.api.algorithm import Algorithm, check_algorithm
from fescue.api.catalogue import Entry
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_process import MOProcess
from fescue.api.process import Process
from fescue.api.space import Space
from fescue.api.subprocesses import for_fes
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR
from fescue.utils.types import check_int_range, type_error

#: the title of the section of a log that lists the restarts
SECTION_LUBY_RESTARTS: Final = "LUBY_RESTARTS"


def luby(i: int) -> int:
    """Return element ``i``, counted from 1, of the sequence 1, 1, 2, 1, 1, 2, 4, 1, 1, 2, ...

    Source: M. Luby, A. Sinclair, D. Zuckerman, Optimal speedup of Las Vegas algorithms, 1993,
    10.1016/0020-0190(93)90029-9.

    >>> [luby(i) for i in range(1, 16)]
    [1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8]
    """
    while True:
        power = 1 << i.bit_length()
        if i == power - 1:
            return power >> 1
        i -= (power >> 1) - 1


class _Restarts(Algorithm):
    """Start an algorithm again whenever it has come to its end."""

    _prefix = "rs"

    def __init__(self, algorithm: Algorithm) -> None:
        #: the algorithm that is started again and again
        self.algorithm: Final[Algorithm] = algorithm

    def initialize(self) -> None:
        """Reset the algorithm."""
        super().initialize()
        self.algorithm.initialize()

    def prepare(self, space: Space, max_fes: int | None) -> None:
        """Let the algorithm get ready.

        Args:
            space: the space of the points
            max_fes: the budget of the run, ``None`` if it has none
        """
        self.algorithm.prepare(space, max_fes)

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        for part in self._parts(process):
            before = process.get_consumed_fes()
            self.algorithm.initialize()
            self.algorithm.solve(part)
            if process.get_consumed_fes() == before:
                raise RuntimeError(
                    f"{self.algorithm} has ended without an evaluation, so {self} would start it "
                    "forever.")

    def _parts(self, process: Process) -> Iterator[Process]:
        """Yield a process for each start."""
        while not process.should_terminate():
            yield process

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and the algorithm in a scope."""
        super().log_parameters_to(logger)
        with logger.scope("a") as scope:
            self.algorithm.log_parameters_to(scope)

    def __str__(self) -> str:
        return f"{self._prefix}{PART_SEPARATOR}{self.algorithm}"


class _LubyRestarts(_Restarts):
    """Give each start a number of FEs, as the sequence of Luby says."""

    _prefix = "luby"

    def __init__(self, algorithm: Algorithm, base_fes: int, log_restarts: bool) -> None:
        super().__init__(algorithm)
        #: the FEs of the shortest start
        self.base_fes: Final[int] = base_fes
        #: whether the restarts are listed in the log
        self.log_restarts: Final[bool] = log_restarts

    def _parts(self, process: Process) -> Iterator[Process]:
        rows = ["index;maxFEs;FEs;bestF"]
        for i, whole in enumerate(super()._parts(process), 1):
            budget = self.base_fes * luby(i)
            before = whole.get_consumed_fes()
            yield for_fes(whole, budget)
            best = whole.get_best_f() if whole.has_best() else "inf"
            rows.append(f"{i};{budget};{whole.get_consumed_fes() - before};{best}")
        if self.log_restarts and process.has_log():
            process.add_log_section(SECTION_LUBY_RESTARTS, "\n".join(rows))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, the algorithm in a scope, and how it is started."""
        super().log_parameters_to(logger)
        logger.key_value("baseFEs", self.base_fes)
        logger.key_value("logRestarts", self.log_restarts)

    def __str__(self) -> str:
        return f"{self._prefix}{self.base_fes}{PART_SEPARATOR}{self.algorithm}"


class _MOMixin(MOAlgorithm):
    """Makes a multi-objective algorithm of one that hands its process on."""

    def solve_mo(self, process: MOProcess) -> None:
        """Search until told to stop."""
        super(MOAlgorithm, self).solve(process)


class _MORestarts(_MOMixin, _Restarts):
    _prefix = "mors"


class _MOLubyRestarts(_MOMixin, _LubyRestarts):
    _prefix = "moluby"


def restarts(algo: Algorithm) -> Algorithm:
    """Return an algorithm that starts ``algo`` again whenever it has come to its end by itself.

    Args:
        algo: the algorithm; what is returned has as many objectives

    Raises:
        TypeError: if it is no algorithm
    """
    check_algorithm(algo)
    return _MORestarts(algo) if isinstance(algo, MOAlgorithm) else _Restarts(algo)


def luby_restarts(algo: Algorithm, base_fes: int = 64, log_restarts: bool = False) -> Algorithm:
    """Return an algorithm that starts ``algo`` again after ``base_fes`` times 1, 1, 2, 1, ... FEs.

    That is optimal, but for a logarithmic factor, if nothing is known about when it finds what is
    sought. Source: see :func:`luby`.

    Args:
        algo: the algorithm; what is returned has as many objectives
        base_fes: the FEs of the shortest start, in ``1..10**9``
        log_restarts: whether the restarts are listed in the log

    Raises:
        TypeError: if an argument has a wrong type
        ValueError: if ``base_fes`` is out of range
    """
    check_algorithm(algo)
    check_int_range(base_fes, "base_fes", 1, 1_000_000_000)
    if not isinstance(log_restarts, bool):
        raise type_error(log_restarts, "log_restarts", bool)
    make: Any = _MOLubyRestarts if isinstance(algo, MOAlgorithm) else _LubyRestarts
    result: Algorithm = make(algo, base_fes, log_restarts)
    return result


_WHY: Final = "each start is a run of its own, which Python begins"

ENTRIES: Final = (
    Entry("luby", "RLS, started again after 64 times 1, 1, 2, 1, 1, 2, 4, ... FEs",
          lambda kit: luby_restarts(RLS(kit.op0, kit.op1)),
          parameters={"base_fes": "1..10^9", "log_restarts": "bool"},
          source="10.1016/0020-0190(93)90029-9", no_kernel=_WHY),
    Entry("luby-hc", "hill climber, started again likewise",
          lambda kit: luby_restarts(HillClimber(kit.op0, kit.op1)),
          parameters={"base_fes": "1..10^9", "log_restarts": "bool"},
          source="10.1016/0020-0190(93)90029-9", no_kernel=_WHY),
)
