"""Hill climbing, without and with restarts."""

from typing import Any, Final

from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
from fescue.kernels.kernel import LocalSearch, Search
from fescue.kernels.names import op0, op1
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range


class HillClimber(Algorithm1):
    """Move to a neighbour whenever it is better."""

    def __init__(self, op0: Op0, op1: Op1) -> None:
        """Create it from the operators that sample and modify points."""
        super().__init__("hc", op0, op1)

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        best, new = process.create(), process.create()
        random, op1 = process.get_random(), self.op1.op1
        evaluate, should_terminate = process.evaluate, process.should_terminate
        self.op0.op0(random, best)
        best_f = evaluate(best)
        while not should_terminate():
            op1(random, new, best)
            f = evaluate(new)
            if f < best_f:
                best, new, best_f = new, best, f

    def search(self) -> LocalSearch:
        """Return the search for compiled runs."""
        return LocalSearch(_accept, refuses_worse=True)


def _accept(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    return f < current  # type: ignore[no-any-return]


class HillClimberWithRestarts(Algorithm1):
    """Climb, and begin anew when too many moves in a row have failed."""

    def __init__(self, op0: Op0, op1: Op1, max_moves_without_improvement: int) -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points
            max_moves_without_improvement: the number of failed moves after which the search
                begins at a new point, in ``1..10**12``

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if the number is out of range
        """
        #: the number of failed moves after which the search begins anew
        self.max_moves_without_improvement: Final[int] = check_int_range(
            max_moves_without_improvement, "max_moves_without_improvement", 1)
        super().__init__(f"hcr_{self.max_moves_without_improvement}", op0, op1)

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        best, new = process.create(), process.create()
        random, op0, op1 = process.get_random(), self.op0.op0, self.op1.op1
        evaluate, should_terminate = process.evaluate, process.should_terminate
        patience = self.max_moves_without_improvement
        while not should_terminate():
            op0(random, best)
            best_f = evaluate(best)
            failures = 0
            while failures < patience:
                if should_terminate():
                    return
                op1(random, new, best)
                f = evaluate(new)
                if f < best_f:
                    best, new, best_f = new, best, f
                    failures = 0
                else:
                    failures += 1

    def search(self) -> Search:
        """Return the search for compiled runs."""
        return Search(_ask, _tell, 2, 3, (self.max_moves_without_improvement,))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, and when the search begins anew."""
        super().log_parameters_to(logger)
        logger.key_value("maxMovesWithoutImprovement", self.max_moves_without_improvement)


# where things stand in the array of integers: the index of the best point since the last start,
# whether there is one, and the number of failed moves
_HERE, _CLIMBS, _FAILURES = range(3)


def _ask(rng: Any, ints: Any, points: Any, values: Any, parts: Any) -> int:
    here = ints[_HERE]
    if not ints[_CLIMBS]:
        op0(rng, points[here], parts[0])
        return here  # type: ignore[no-any-return]
    op1(rng, points[1 - here], points[here], parts[1])
    return 1 - here  # type: ignore[no-any-return]


def _tell(rng: Any, ints: Any, points: Any, values: Any, i: int, f: Any, parts: Any) -> None:
    if not ints[_CLIMBS] or f < values[0]:
        values[0] = f
        ints[_HERE], ints[_CLIMBS], ints[_FAILURES] = i, 1, 0
    else:
        ints[_FAILURES] += 1
        if ints[_FAILURES] >= parts[3][0]:
            ints[_CLIMBS] = 0


ENTRIES: Final = (
    Entry("hc", "hill climber, accepts better", lambda kit: HillClimber(kit.op0, kit.op1)),
    Entry("hcr", "hill climber with restarts after 1000 failed moves",
          lambda kit: HillClimberWithRestarts(kit.op0, kit.op1, 1000),
          parameters={"max_moves_without_improvement": "1..10^12"}),
)
