"""The greedy (2+1) genetic algorithm."""

from typing import Any, Final

from fescue.api.algorithm import Algorithm2
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1, Op2
from fescue.api.process import Process

#: so often a point is made again that is one of the parents, before it is evaluated all the same
_TRIALS: Final = 100


class GreedyTwoPlusOneEAmod(Algorithm2):
    """Two parents: if they are equally good, combine and modify them, else modify the better one.

    An offspring that is one of the parents is made again instead of being evaluated. It replaces
    the worse parent if that is not better than it, any of them if all three are equally good.

    Source: E. Carvalho Pinto, C. Doerr, Towards a More Practice-Aware Runtime Analysis of
    Evolutionary Algorithms, 2018, arXiv:1812.00493; D. Sudholt, How Crossover Speeds up Building
    Block Assembly in Genetic Algorithms, 2017, 10.1162/EVCO_a_00171.
    """

    def __init__(self, op0: Op0, op1: Op1, op2: Op2) -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points
            op2: combines points

        Raises:
            TypeError: if an argument has a wrong type
        """
        super().__init__("greedy2plus1EAmod", op0, op1, op2)

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        random, op1, op2 = process.get_random(), self.op1.op1, self.op2.op2
        evaluate, should_terminate = process.evaluate, process.should_terminate
        is_equal = process.is_equal
        x0, x1, mixed, new = (process.create() for _ in range(4))
        self.op0.op0(random, x0)
        f0 = evaluate(x0)
        self.op0.op0(random, x1)
        if should_terminate():
            return
        f1 = evaluate(x1)
        while True:
            if f1 < f0:
                x0, f0, x1, f1 = x1, f1, x0, f0
            if should_terminate():
                return
            for _ in range(_TRIALS):
                source: Any = x0
                if f0 == f1:
                    op2(random, mixed, x0, x1)
                    source = mixed
                op1(random, new, source)
                if not (is_equal(new, x0) or (f0 == f1 and is_equal(new, x1))):
                    break
            f = evaluate(new)
            if f <= f1:
                if f == f0 == f1 and random.integers(2) == 0:
                    x0, new = new, x0
                else:
                    x1, f1, new = new, f, x1


ENTRIES: Final = (
    Entry("greedy2plus1EAmod", "greedy (2+1) genetic algorithm",
          lambda kit: GreedyTwoPlusOneEAmod(kit.op0, kit.op1, kit.op2), ("bits", "ints", "vectors"),
          source="arXiv:1812.00493", no_kernel="it compares points"),
)
