"""Searches that take turns: one by objective values, one by how often they have been seen."""

from collections import Counter
from math import exp
from typing import Any, Final

from fescue.algorithms.annealing import COLDEST, ExponentialSchedule, TemperatureSchedule
from fescue.algorithms.ffa_h import log_h
from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR
from fescue.utils.types import type_error


class _Hybrid(Algorithm1):
    """Let two searches take turns, which start at the same point.

    The second one is the (1+1) FEA. What it finds may be handed to the first one.
    """

    _name = ""

    def __init__(self, op0: Op0, op1: Op1, log_h_tbl: bool = False, name: str = "") -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points
            log_h_tbl: whether the frequencies are written to the log
            name: the first part of the name, if it is not the usual one

        Raises:
            TypeError: if an argument has a wrong type
        """
        super().__init__(name or self._name, op0, op1)
        if not isinstance(log_h_tbl, bool):
            raise type_error(log_h_tbl, "log_h_tbl", bool)
        #: whether the frequencies are written to the log
        self.log_h_tbl: Final[bool] = log_h_tbl

    @staticmethod
    def _hands_over(f: int | float, current: int | float, seen: int) -> bool:
        """Return whether the first search goes to a point of the second one.

        Args:
            f: the objective value of a new point of the second search
            current: that of the current point of the first search
            seen: how often the second search has seen ``f``
        """
        return False

    def _accepts(self, random: Any, f: int | float, current: int | float, tau: int) -> bool:
        """Return whether the first search moves to a new point of its own in its step ``tau``."""
        return f <= current

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        first, second, new = process.create(), process.create(), process.create()
        random, op1 = process.get_random(), self.op1.op1
        evaluate, should_terminate = process.evaluate, process.should_terminate
        h: Counter[int | float] = Counter()
        self.op0.op0(random, first)
        first_f = second_f = evaluate(first)
        process.copy(second, first)
        tau = 0
        while not should_terminate():
            op1(random, new, first)
            f = evaluate(new)
            if self._accepts(random, f, first_f, tau):
                first, new, first_f = new, first, f
            tau += 1
            if should_terminate():
                break
            op1(random, new, second)
            f = evaluate(new)
            h[second_f] += 1
            h[f] += 1
            if self._hands_over(f, first_f, h[f]):
                process.copy(first, new)
                first_f = f
            if h[f] <= h[second_f]:
                second, new, second_f = new, second, f
        if self.log_h_tbl:
            log_h(process, h)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, and whether frequencies are logged."""
        super().log_parameters_to(logger)
        logger.key_value("logHTbl", self.log_h_tbl)


class EAFEA(_Hybrid):
    """The (1+1) EA and the (1+1) FEA take turns, and go their own ways.

    Source: T. Weise, Z. Wu, X. Li, Y. Chen, J. Lässig, Frequency Fitness Assignment: Optimization
    without Bias for Good Solutions can be Efficient, 2023, 10.1109/TEVC.2022.3191698.
    """

    _name = "eafea"


class EAFEAN(EAFEA):
    """The (1+1) EA and the (1+1) FEA take turns; no point is handed over."""

    _name = "eafeaN"


class EAFEAA(EAFEA):
    """The (1+1) EA and the (1+1) FEA take turns; the EA gets points with values new to the FEA.

    Source: T. Liang, Z. Wu, J. Lässig, D. van den Berg, S. L. Thomson, T. Weise, Addressing the
    Traveling Salesperson Problem with Frequency Fitness Assignment and Hybrid Algorithms, 2024,
    10.1007/s00500-024-09718-8.
    """

    _name = "eafeaA"

    @staticmethod
    def _hands_over(f: int | float, current: int | float, seen: int) -> bool:
        return seen == 1


class EAFEAB(EAFEA):
    """The (1+1) EA and the (1+1) FEA take turns; the EA gets points that it would accept.

    Source: T. Liang et al., 2024, 10.1007/s00500-024-09718-8.
    """

    _name = "eafeaB"

    @staticmethod
    def _hands_over(f: int | float, current: int | float, seen: int) -> bool:
        return f <= current


class _Annealing(_Hybrid):
    """Likewise, with simulated annealing as the first search."""

    def __init__(self, op0: Op0, op1: Op1, schedule: TemperatureSchedule,
                 log_h_tbl: bool = False) -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points
            schedule: gives the temperatures
            log_h_tbl: whether the frequencies are written to the log

        Raises:
            TypeError: if an argument has a wrong type
        """
        if not isinstance(schedule, TemperatureSchedule):
            raise type_error(schedule, "schedule", TemperatureSchedule)
        #: gives the temperatures
        self.schedule: Final[TemperatureSchedule] = schedule
        super().__init__(op0, op1, log_h_tbl, f"{self._name}{PART_SEPARATOR}{schedule}")

    def _accepts(self, random: Any, f: int | float, current: int | float, tau: int) -> bool:
        if f <= current:
            return True
        try:
            return bool(random.random() < exp(
                (current - f) / max(COLDEST, self.schedule.temperature(tau))))
        except OverflowError:  # integers may differ by more than any float
            return False

    def initialize(self) -> None:
        """Reset the algorithm, its operators and its schedule."""
        super().initialize()
        self.schedule.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, the schedule in a scope ``ts``."""
        super().log_parameters_to(logger)
        with logger.scope("ts") as scope:
            self.schedule.log_parameters_to(scope)


class SAFEAN(_Annealing):
    """Simulated annealing and the (1+1) FEA take turns; no point is handed over."""

    _name = "safeaN"


class SAFEAA(_Annealing):
    """Simulated annealing and the FEA take turns; it gets points with values new to the FEA.

    Source: T. Liang et al., 2024, 10.1007/s00500-024-09718-8.
    """

    _name = "safeaA"
    _hands_over = staticmethod(EAFEAA._hands_over)


class SAFEAB(_Annealing):
    """Simulated annealing and the FEA take turns; it gets points that are not worse than its own.

    Source: T. Liang et al., 2024, 10.1007/s00500-024-09718-8.
    """

    _name = "safeaB"
    _hands_over = staticmethod(EAFEAB._hands_over)


_WHY: Final = "two searches that take turns"
_SOURCE: Final = "10.1007/s00500-024-09718-8"


def _entry(make: Any, text: str) -> Entry:
    annealed = issubclass(make, _Annealing)

    def made(kit: Any) -> Any:
        return make(kit.op0, kit.op1, *([ExponentialSchedule(16.0, 0.0002)] if annealed else []))

    parameters = {"log_h_tbl": "bool"} | ({"schedule": "any"} if annealed else {})
    return Entry(make._name, text, made, parameters=parameters,
                 source="10.1109/TEVC.2022.3191698" if make in (EAFEA, EAFEAN) else _SOURCE,
                 no_kernel=_WHY)


ENTRIES: Final = (
    _entry(EAFEA, "EA and FEA take turns"),
    _entry(EAFEAN, "EA and FEA take turns, nothing is handed over"),
    _entry(EAFEAA, "EA and FEA take turns, values new to the FEA are handed over"),
    _entry(EAFEAB, "EA and FEA take turns, what is not worse is handed over"),
    _entry(SAFEAN, "annealing and FEA take turns, nothing is handed over"),
    _entry(SAFEAA, "annealing and FEA take turns, values new to the FEA are handed over"),
    _entry(SAFEAB, "annealing and FEA take turns, what is not worse is handed over"),
)
