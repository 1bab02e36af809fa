"""The plant propagation algorithm."""

from operator import attrgetter
from typing import Any, Final

import numpy as np

from fescue.algorithms.ea import sort_members
from fescue.api.algorithm import Algorithm1
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1WithStepSize, check_op1_with_step_size
from fescue.api.process import Process
from fescue.kernels.kernel import Search, offers
from fescue.kernels.names import op0, op1_by
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR, num_to_str_for_name
from fescue.utils.types import check_int_range, type_error


class _Plant:
    """A member of the population."""

    __slots__ = ("key", "x")

    def __init__(self, x: Any) -> None:
        #: the point
        self.x = x
        #: what members are sorted by: objective value, then the newer generation
        self.key: tuple[int | float, int] = (0, 0)


class PPA(Algorithm1):
    """Good plants send many short runners, bad ones few long ones; the best ``m`` survive.

    Source: A. Salhi, E. S. Fraga, Nature-inspired optimisation approaches and the new plant
    propagation algorithm, 2011; W. Vrielink, D. van den Berg, Fireworks algorithm versus plant
    propagation algorithm, 2019, 10.5220/0008169401010112.
    """

    def __init__(self, op0: Op0, op1: Op1WithStepSize, m: int = 30, nmax: int = 5,
                 max_step: float = 0.3) -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points, as far as it is told
            m: the number of plants that survive, in ``1..10**6``
            nmax: the largest number of runners of a plant, in ``1..10**6``
            max_step: the longest runner, in ``[0, 1]``

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range
        """
        #: the number of plants that survive
        self.m: Final[int] = check_int_range(m, "m", 1, 1_000_000)
        #: the largest number of runners of a plant
        self.nmax: Final[int] = check_int_range(nmax, "nmax", 1, 1_000_000)
        if not isinstance(max_step, float):
            raise type_error(max_step, "max_step", float)
        if not 0 <= max_step <= 1:
            raise ValueError(f"max_step={max_step} is invalid, must be in [0, 1].")
        #: the longest runner
        self.max_step: Final[float] = max_step
        parts = ["ppa", str(self.m), str(self.nmax)]
        if max_step != 1:
            parts.append(num_to_str_for_name(max_step))
        super().__init__(PART_SEPARATOR.join(parts), op0, check_op1_with_step_size(op1))

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        m, nmax, max_step = self.m, self.nmax, self.max_step
        random, op0, op1 = process.get_random(), self.op0.op0, self.op1.op1
        evaluate, should_terminate = process.evaluate, process.should_terminate
        plants = [_Plant(process.create()) for _ in range(m)]
        for plant in plants:
            op0(random, plant.x)
            if should_terminate():
                return
            plant.key = (evaluate(plant.x), 0)
        spare: list[_Plant] = []
        generation = 0
        while True:
            generation += 1
            values = [plant.key[0] for plant in plants]
            best, worst = min(values), max(values)
            children: list[_Plant] = []
            for plant, f in zip(plants, values, strict=True):
                # 0 for the best, 1 for the worst one
                fitness = random.random() if best >= worst else _share(f, best, worst)
                for _ in range(1 + int((1.0 - fitness) * random.random() * nmax)):
                    if should_terminate():
                        return
                    child = spare.pop() if spare else _Plant(process.create())
                    children.append(child)
                    op1(random, child.x, plant.x,  # type: ignore[call-arg]
                        fitness * max_step * random.random())
                    child.key = (evaluate(child.x), -generation)
            plants += children
            plants.sort(key=_KEY)
            spare += plants[m:]
            del plants[m:]

    def search(self) -> Search | None:
        """Return the search for compiled runs, ``None`` if it would hold too many points."""
        size = self.m * (1 + self.nmax)
        step: Any = self.op1
        kernel = step.step_kernel(np.zeros(1, bool)) if offers(
            step, "op1", "step_kernel") else None
        if kernel is None or size > _MOST:
            return None

        def data(objective: Any, x: Any) -> tuple[Any, ...]:
            return self.m, self.nmax, self.max_step, size, np.zeros(1), step.step_kernel(x).data

        return Search(_ask, _tell, size, _ORDER + 2 * size, data,
                      {"op1_by": kernel.function}, ("op1",))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, numbers and longest runner."""
        super().log_parameters_to(logger)
        logger.key_value("m", self.m)
        logger.key_value("nmax", self.nmax)
        logger.key_value("maxStep", self.max_step)


_KEY = attrgetter("key")


def _share(f: int | float, best: int | float, worst: int | float) -> float:
    """Return where ``f`` is between two values, of which the worse one may be infinite."""
    return 1.0 if f == worst else (f - best) / (worst - best)


#: more points are not held by machine code
_MOST: Final = 100_000
# where things stand in the array of integers: the generation, the plant whose runners are made (as
# difference from -1), how many of them are left, how many plants or runners have been made in this
# generation, then the order of all places (as difference from their index), and the generation of
# what is there
_GENERATION, _PARENT, _LEFT, _MADE, _ORDER = range(5)


def _ask(rng: Any, ints: Any, points: Any, values: Any, parts: Any) -> int:
    m, nmax, max_step, _, fitness, data = parts[3]
    if ints[_GENERATION] == 0:
        slot = int(ints[_MADE])
        op0(rng, points[slot], parts[0])
        return slot
    if ints[_LEFT] == 0:
        ints[_PARENT] += 1
        best = worst = values[ints[_ORDER]]
        for i in range(m):
            f = values[ints[_ORDER + i] + i]
            best = min(best, f)
            worst = max(worst, f)
        f = values[_plant(ints)]
        if best >= worst:
            fitness[0] = rng.random()
        else:
            fitness[0] = 1.0 if f == worst else (f - best) / (worst - best)
        ints[_LEFT] = 1 + int((1.0 - fitness[0]) * rng.random() * nmax)
    place = m + ints[_MADE]
    slot = int(ints[_ORDER + place] + place)
    op1_by(rng, points[slot], points[_plant(ints)], fitness[0] * max_step * rng.random(), data)
    return slot


def _plant(ints: Any) -> int:
    """Return where the plant is whose runners are made."""
    i = ints[_PARENT] - 1
    return int(ints[_ORDER + i] + i)


def _tell(rng: Any, ints: Any, points: Any, values: Any, slot: int, f: Any, parts: Any) -> None:
    m, size = parts[3][0], parts[3][3]
    values[slot] = f
    ints[_ORDER + size + slot] = ints[_GENERATION]
    ints[_MADE] += 1
    if ints[_GENERATION] == 0:
        if ints[_MADE] < m:
            return
    else:
        ints[_LEFT] -= 1
        if ints[_LEFT] > 0 or ints[_PARENT] < m:
            return
        sort_members(ints, values, m + ints[_MADE], size, _ORDER)
    ints[_GENERATION] += 1
    ints[_PARENT] = ints[_MADE] = 0


ENTRIES: Final = (
    Entry("ppa", "plant propagation, 30 plants with up to 5 runners",
          lambda kit: PPA(kit.op0, kit.op1_with_step_size), ("bits", "permutations"),
          {"m": "1..10^6", "nmax": "1..10^6", "max_step": "[0, 1]"}, "10.5220/0008169401010112"),
)
