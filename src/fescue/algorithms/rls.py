"""Randomized local search."""

from typing import Any, Final

from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
from fescue.kernels.kernel import LocalSearch


class RLS(Algorithm1):
    """Move to a neighbour whenever it is not worse; with a global operator, the (1+1) EA."""

    def __init__(self, op0: Op0, op1: Op1) -> None:
        """Create it from the operators that sample and modify points."""
        super().__init__("rls", op0, op1)

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
            if f <= best_f:
                best, new, best_f = new, best, f

    def search(self) -> LocalSearch:
        """Return the search for compiled runs."""
        return LocalSearch(_accept, refuses_worse=True)


def _accept(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    return f <= current  # type: ignore[no-any-return]


ENTRIES: Final = (
    Entry("rls", "randomized local search, accepts equal", lambda kit: RLS(kit.op0, kit.op1)),
)
