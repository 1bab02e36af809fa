"""Hill climbing, without and with restarts."""

from typing import Final

from fescue.api.algorithm import Algorithm1
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
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

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, and when the search begins anew."""
        super().log_parameters_to(logger)
        logger.key_value("maxMovesWithoutImprovement", self.max_moves_without_improvement)
