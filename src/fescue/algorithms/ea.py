"""The (mu+lambda) evolutionary algorithm."""

from operator import attrgetter
from typing import Any, Final

from fescue.api.algorithm import Algorithm2
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1, Op2
from fescue.api.process import Process
from fescue.kernels.kernel import LocalSearch, Search
from fescue.kernels.names import op0, op1, op2
from fescue.kernels.primitives import draw
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR, num_to_str_for_name
from fescue.utils.types import check_int_range, type_error

_DEFAULT_BR = 0.2


class _Individual:
    """A member of the population."""

    __slots__ = ("key", "x")

    def __init__(self, x: Any) -> None:
        #: the point
        self.x = x
        #: what members are sorted by: objective value, then the newer generation
        self.key: tuple[int | float, int] = (0, 0)


class EA(Algorithm2):
    """Keep the best ``mu`` of ``mu`` parents and ``lambda`` offspring; newer ones win ties.

    Source: H.-G. Beyer, H.-P. Schwefel, Evolution strategies, 2002, 10.1023/A:1015059928466.
    """

    def __init__(self, op0: Op0, op1: Op1 | None = None, op2: Op2 | None = None, mu: int = 1,
                 lambda_: int = 1, br: float | None = None, name: str = "ea") -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points, ``None`` if all offspring have two parents
            op2: combines points, ``None`` if all offspring have one parent
            mu: the number of parents, in ``1..10**6``
            lambda_: the number of offspring per generation, in ``1..10**6``
            br: the rate of offspring with two parents, in ``[0, 1]``; more than 0 needs ``mu``
                above 1. ``None`` stands for 0 without ``op2`` or with one parent, else for 1
                without ``op1``, else for 0.2
            name: the first part of the algorithm's name

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range or an operator is missing that ``br`` needs
        """
        #: the number of parents
        self.mu: Final[int] = check_int_range(mu, "mu", 1, 1_000_000)
        #: the number of offspring per generation
        self.lambda_: Final[int] = check_int_range(lambda_, "lambda_", 1, 1_000_000)
        if br is None:
            br = 0.0 if op2 is None or mu == 1 else 1.0 if op1 is None else _DEFAULT_BR
        if not isinstance(br, float):
            raise type_error(br, "br", float)
        if not 0 <= br <= 1:
            raise ValueError(f"br={br} is invalid, must be in [0, 1].")
        if br > 0 and (mu == 1 or op2 is None):
            raise ValueError(f"br={br} needs op2 and mu > 1, but op2={op2} and mu={mu}.")
        if br < 1 and op1 is None:
            raise ValueError(f"br={br} needs op1, but there is none.")
        #: the rate of offspring with two parents
        self.br: Final[float] = br
        parts = [name, str(mu), str(lambda_)]
        if 0 < br < 1:
            parts.append(num_to_str_for_name(br))
        parts += self._more_names()
        super().__init__(PART_SEPARATOR.join(parts), op0, Op1() if op1 is None else op1,
                         Op2() if op2 is None else op2)

    def _more_names(self) -> list[str]:
        """Return further parts of the name."""
        return []

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        mu, size, br = self.mu, self.mu + self.lambda_, self.br
        random, op0, op1, op2 = process.get_random(), self.op0.op0, self.op1.op1, self.op2.op2
        integers, uniform = random.integers, random.random
        evaluate, should_terminate = process.evaluate, process.should_terminate
        always = br >= 1
        sometimes = 0 < br < 1
        population = [_Individual(process.create()) for _ in range(size)]
        generation = 0
        for member in population[:mu]:
            op0(random, member.x)
            if should_terminate():
                return
            member.key = (evaluate(member.x), 0)
        while True:
            generation += 1
            for child in population[mu:]:
                if should_terminate():
                    return
                first = integers(mu) if mu > 1 else 0
                if always or (sometimes and uniform() < br):
                    second = integers(mu)
                    while second == first:
                        second = integers(mu)
                    op2(random, child.x, population[first].x, population[second].x)
                else:
                    op1(random, child.x, population[first].x)
                child.key = (evaluate(child.x), -generation)
            population.sort(key=_KEY)

    def search(self) -> Search | LocalSearch | None:
        """Return the search for compiled runs."""
        if self.mu == self.lambda_ == 1:
            return LocalSearch(_accept, refuses_worse=True)
        size = self.mu + self.lambda_
        return Search(_ask, _tell, size, 2 + 2 * size, (self.mu, size, self.br))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, sizes and rate."""
        super().log_parameters_to(logger)
        logger.key_value("mu", self.mu)
        logger.key_value("lambda", self.lambda_)
        logger.key_value("br", self.br)


_KEY = attrgetter("key")

# where things stand in the array of integers: the index of the member that is made, the generation,
# then the order of the members (as difference from their index) and the generation of each
_NEXT, _GENERATION, _ORDER = range(3)


def _accept(rng: Any, step: int, current: Any, f: Any, parts: Any) -> bool:
    return f <= current  # type: ignore[no-any-return]


def _ask(rng: Any, ints: Any, points: Any, values: Any, parts: Any) -> int:
    mu, _, br = parts[3]
    i = ints[_NEXT]
    slot = ints[_ORDER + i] + i
    if ints[_GENERATION] == 0:
        op0(rng, points[slot], parts[0])
        return slot  # type: ignore[no-any-return]
    first = draw(rng, mu) if mu > 1 else 0
    x = points[ints[_ORDER + first] + first]
    if br >= 1 or (br > 0 and rng.random() < br):
        second = draw(rng, mu)
        while second == first:
            second = draw(rng, mu)
        op2(rng, points[slot], x, points[ints[_ORDER + second] + second], parts[2])
    else:
        op1(rng, points[slot], x, parts[1])
    return slot  # type: ignore[no-any-return]


def _tell(rng: Any, ints: Any, points: Any, values: Any, slot: int, f: Any, parts: Any) -> None:
    mu, size, _ = parts[3]
    values[slot] = f
    ints[_ORDER + size + slot] = ints[_GENERATION]
    ints[_NEXT] += 1
    if ints[_GENERATION] == 0:
        if ints[_NEXT] == mu:
            ints[_GENERATION] = 1
    elif ints[_NEXT] == size:
        sort_members(ints, values, size, size, _ORDER)
        ints[_NEXT] = mu
        ints[_GENERATION] += 1


def sort_members(ints: Any, values: Any, n: int, size: int, order: int) -> None:
    """Sort members by value, newer generations first; stable, and fast if nearly sorted.

    Args:
        ints: at ``order`` the order of all members (as difference from their index), then the
            generation of each
        values: their values
        n: how many of them, in front, are sorted
        size: how many there are
        order: where the order begins
    """
    for i in range(1, n):
        slot = ints[order + i] + i
        f, generation = values[slot], ints[order + size + slot]
        j = i
        while j > 0:
            other = ints[order + j - 1] + j - 1
            if values[other] < f or (
                    values[other] == f and ints[order + size + other] >= generation):
                break
            ints[order + j] = other - j
            j -= 1
        ints[order + j] = slot - j


ENTRIES: Final = (
    Entry("ea", "(16+16) evolutionary algorithm",
          lambda kit: EA(kit.op0, kit.op1, kit.op2, 16, 16),
          parameters={"mu": "1..10^6", "lambda_": "1..10^6", "br": "[0, 1]"},
          source="10.1023/A:1015059928466"),
)
