"""Frequency fitness assignment: what has been seen seldom is good, whatever its objective value."""

from collections import Counter
from collections.abc import Callable
from operator import le, lt
from typing import Any, Final

import numpy as np

from fescue.algorithms.ffa_h import create_h, log_h
from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
from fescue.kernels.kernel import LocalSearch
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import type_error


class _FFA1(Algorithm1):
    """A local search that compares frequencies of objective values."""

    #: says from two frequencies whether to move from a point to another one, whose is given first
    accept: Callable[[int, int], bool]

    def __init__(self, name: str, op0: Op0, op1: Op1, log_h_tbl: bool = False) -> None:
        """Create it.

        Args:
            name: the first part of its name
            op0: samples points
            op1: modifies points
            log_h_tbl: whether the frequencies are written to the log

        Raises:
            TypeError: if an argument has a wrong type
        """
        super().__init__(name, op0, op1)
        if not isinstance(log_h_tbl, bool):
            raise type_error(log_h_tbl, "log_h_tbl", bool)
        #: whether the frequencies are written to the log
        self.log_h_tbl: Final[bool] = log_h_tbl

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        current, new = process.create(), process.create()
        random, op1 = process.get_random(), self.op1.op1
        evaluate, should_terminate = process.evaluate, process.should_terminate
        h: Counter[Any] = Counter()
        accept = type(self).accept
        self.op0.op0(random, current)
        current_f = evaluate(current)
        while not should_terminate():
            op1(random, new, current)
            f = evaluate(new)
            h[current_f] += 1
            h[f] += 1
            if accept(h[f], h[current_f]):
                current, new, current_f = new, current, f
        if self.log_h_tbl:
            log_h(process, h)

    def search(self) -> LocalSearch | None:
        """Return the search for compiled runs, ``None`` if frequencies are logged."""
        return None if self.log_h_tbl else LocalSearch(
            _ACCEPT[type(self).accept], table_for)  # type: ignore[index]

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, and whether frequencies are logged."""
        super().log_parameters_to(logger)
        logger.key_value("logHTbl", self.log_h_tbl)


class FEA1plus1(_FFA1):
    """The (1+1) FEA: move to a neighbour whose objective value was not seen more often.

    It does the same on every one-to-one transformation of the objective function. Source: T. Weise,
    Z. Wu, X. Li, Y. Chen, Frequency Fitness Assignment: Making Optimization Algorithms Invariant
    Under Bijective Transformations of the Objective Function Value, 2021,
    10.1109/TEVC.2020.3032090.
    """

    accept = staticmethod(le)

    def __init__(self, op0: Op0, op1: Op1, log_h_tbl: bool = False) -> None:
        """Create it from the operators that sample and modify points.

        Args:
            op0: samples points
            op1: modifies points
            log_h_tbl: whether the frequencies are written to the log

        Raises:
            TypeError: if an argument has a wrong type
        """
        super().__init__("fea1p1", op0, op1, log_h_tbl)


class FHC(_FFA1):
    """The frequency hill climber: move to a neighbour whose objective value was seen less often.

    Source: T. Weise et al., Frequency Fitness Assignment, 2021, 10.1109/TEVC.2020.3032090, with
    the acceptance of hill climbers.
    """

    accept = staticmethod(lt)

    def __init__(self, op0: Op0, op1: Op1, log_h_tbl: bool = False) -> None:
        """Create it from the operators that sample and modify points.

        Args:
            op0: samples points
            op1: modifies points
            log_h_tbl: whether the frequencies are written to the log

        Raises:
            TypeError: if an argument has a wrong type
        """
        super().__init__("fhc", op0, op1, log_h_tbl)


def table_for(objective: Objective, x: Any) -> tuple[np.ndarray, int] | None:
    """Return the data of compiled runs: an empty table and its offset, if it can be an array."""
    h, offset = create_h(objective)
    return None if isinstance(h, Counter) else (h, offset)


def _at_most(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    new, old = _count(current, f, parts[3])
    return new <= old


def _less(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    new, old = _count(current, f, parts[3])
    return new < old


def _count(current: Any, f: Any, data: Any) -> tuple[int, int]:
    """Count both values and return how often the new and the old one have been seen."""
    h, offset = data
    i, j = int(current) + offset, int(f) + offset
    h[i] += 1
    h[j] += 1
    return h[j], h[i]


_ACCEPT: Final = {le: _at_most, lt: _less}

ENTRIES: Final = (
    Entry("fea1p1", "(1+1) EA with frequency fitness assignment",
          lambda kit: FEA1plus1(kit.op0, kit.op1), parameters={"log_h_tbl": "bool"},
          source="10.1109/TEVC.2020.3032090"),
    Entry("fhc", "hill climber with frequency fitness assignment",
          lambda kit: FHC(kit.op0, kit.op1), parameters={"log_h_tbl": "bool"},
          source="10.1109/TEVC.2020.3032090"),
)
