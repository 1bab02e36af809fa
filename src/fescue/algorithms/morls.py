"""Multi-objective randomized local search."""

from typing import Final

from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_process import MOProcess
from fescue.api.operators import Op0, Op1


class MORLS(Algorithm1, MOAlgorithm):
    """Move to a neighbour unless it is dominated by the current point or equally good."""

    def __init__(self, op0: Op0, op1: Op1) -> None:
        """Create it from the operators that sample and modify points."""
        super().__init__("morls", op0, op1)

    def solve_mo(self, process: MOProcess) -> None:
        """Search until told to stop, then check in the current point."""
        best, new = process.create(), process.create()
        best_fs, fs = process.f_create(), process.f_create()
        random, op1 = process.get_random(), self.op1.op1
        evaluate, dominates = process.f_evaluate, process.f_dominates
        self.op0.op0(random, best)
        evaluate(best, best_fs)
        while not process.should_terminate():
            op1(random, new, best)
            evaluate(new, fs)
            if dominates(fs, best_fs) in (-1, 0):
                best, new, best_fs, fs = new, best, fs, best_fs
        process.check_in(best, best_fs, True)


MO_ENTRIES: Final = (
    Entry("morls", "multi-objective randomized local search",
          lambda kit: MORLS(kit.op0, kit.op1),
          no_kernel="archives of points are kept by Python"),
)
