"""Searches that do not look at objective values: the baselines of every comparison."""

from typing import Any, Final

from fescue.api.algorithm import Algorithm0, Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.api.process import Process
from fescue.kernels.kernel import LocalSearch, Search
from fescue.kernels.names import op0


class RandomSampling(Algorithm0):
    """Sample points independently of each other."""

    def __init__(self, op0: Op0) -> None:
        """Create it from the operator that samples points."""
        super().__init__("rs", op0)

    def solve(self, process: Process) -> None:
        """Sample until told to stop."""
        x = process.create()
        random, op0 = process.get_random(), self.op0.op0
        evaluate, should_terminate = process.evaluate, process.should_terminate
        while not should_terminate():
            op0(random, x)
            evaluate(x)

    def search(self) -> Search:
        """Return the search for compiled runs."""
        return Search(_sample, _forget, 1, 0)


class SingleRandomSample(Algorithm0):
    """Sample a single point: what every other algorithm must beat."""

    def __init__(self, op0: Op0) -> None:
        """Create it from the operator that samples points."""
        super().__init__("1rs", op0)

    def solve(self, process: Process) -> None:
        """Sample a point."""
        x = process.create()
        self.op0.op0(process.get_random(), x)
        process.evaluate(x)


def _sample(rng: Any, ints: Any, points: Any, values: Any, parts: Any) -> int:
    op0(rng, points[0], parts[0])
    return 0


def _forget(rng: Any, ints: Any, points: Any, values: Any, i: int, f: Any, parts: Any) -> None:
    pass


class RandomWalk(Algorithm1):
    """Move from point to point, whatever their objective values are."""

    def __init__(self, op0: Op0, op1: Op1) -> None:
        """Create it from the operators that sample and modify points."""
        super().__init__("rw", op0, op1)

    def solve(self, process: Process) -> None:
        """Walk until told to stop."""
        x, old = process.create(), process.create()
        random, op1 = process.get_random(), self.op1.op1
        evaluate, should_terminate = process.evaluate, process.should_terminate
        self.op0.op0(random, x)
        evaluate(x)
        while not should_terminate():
            x, old = old, x
            op1(random, x, old)
            evaluate(x)

    def search(self) -> LocalSearch:
        """Return the search for compiled runs."""
        return LocalSearch(_accept)


def _accept(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    return True


ENTRIES: Final = (
    Entry("rs", "random sampling", lambda kit: RandomSampling(kit.op0)),
    Entry("1rs", "a single random sample", lambda kit: SingleRandomSample(kit.op0),
          no_kernel="there is nothing to repeat", may_end_early=True),
    Entry("rw", "random walk", lambda kit: RandomWalk(kit.op0, kit.op1)),
)
