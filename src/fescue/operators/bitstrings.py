"""Search operators for bit strings."""

from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2
from fescue.kernels.kernel import Kernel, Move
from fescue.kernels.primitives import MOST_FEW, copy, draw, draw_few, fill_with_bits
from fescue.operators.tools import exponential_step_size, steps_of
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range, type_error


class Op0Random(Op0):
    """Sample all bit strings with the same probability."""

    def op0(self, random: Generator, dest: np.ndarray) -> None:
        """Overwrite ``dest`` with random bits."""
        np.copyto(dest, random.integers(0, 2, dest.shape, bool))

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_randomize)

    def __str__(self) -> str:
        return "randomize"


class Op1Flip1(Op1):
    """Flip one bit, each with the same probability."""

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with ``x`` but for one bit."""
        dest[:] = x
        i = random.integers(len(dest))
        dest[i] = not dest[i]

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_flip1)

    def move(self) -> Move:
        """Return the operator as a change in place."""
        return Move(_choose_bit, _flip_bit, _flip_bit)

    def __str__(self) -> str:
        return "flip1"


class Op1MoverNflip(Op1):
    """Flip each bit with probability ``m/n`` (standard bit mutation).

    Source: H. Mühlenbein, How Genetic Algorithms Really Work: Mutation and Hillclimbing,
    PPSN II, 1992.
    """

    def __init__(self, n: int, m: int = 1, at_least_1: bool = True) -> None:
        """Create the operator.

        Args:
            n: the length of the bit strings, in ``1..10**8``
            m: the expected number of flips, in ``1..n``
            at_least_1: whether a result without any flip is drawn again

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``n`` or ``m`` is out of range
        """
        #: the length of the bit strings
        self.n: Final[int] = check_int_range(n, "n", 1, 100_000_000)
        #: the expected number of flips, before results without any are drawn again
        self.m: Final[int] = check_int_range(m, "m", 1, self.n)
        if not isinstance(at_least_1, bool):
            raise type_error(at_least_1, "at_least_1", bool)
        #: whether at least one bit is flipped
        self.at_least_1: Final[bool] = at_least_1
        self._p = self.m / self.n
        self._order = list(range(self.n))

    def initialize(self) -> None:
        """Reset the buffer from which the bits to flip are drawn."""
        super().initialize()
        self._order = list(range(self.n))

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with ``x`` but for a binomially distributed number of bits."""
        dest[:] = x
        n, order = self.n, self._order
        k = random.binomial(n, self._p)
        while k == 0 and self.at_least_1:
            k = random.binomial(n, self._p)
        # the last k steps of a Fisher-Yates shuffle, whose order is kept for the next call
        for i in range(n, n - k, -1):
            j = random.integers(i)
            bit = order[j]
            order[j] = order[i - 1]
            order[i - 1] = bit
            dest[bit] = not dest[bit]

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_flip_few if self._are_few() else _flip_b, self._kernel_data())

    def move(self) -> Move:
        """Return the operator as a change in place."""
        return Move(_choose_few_bits if self._are_few() else _choose_bits, _flip_bits, _flip_bits,
                    self._kernel_data())

    def _kernel_data(self) -> tuple[Any, ...]:
        return (self.n, self._p, self.at_least_1, np.arange(self.n), np.zeros(self.n, np.int64),
                np.zeros(MOST_FEW))

    def _are_few(self) -> bool:
        return self._p * self.n <= 30.0 and self._p <= 0.5

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, length and number of flips."""
        super().log_parameters_to(logger)
        logger.key_value("m", self.m)
        logger.key_value("n", self.n)
        logger.key_value("atLeast1", self.at_least_1)

    def __str__(self) -> str:
        return f"flipB{self.m}{'' if self.at_least_1 else 'n'}"


class Op1FlipM(Op1WithStepSize):
    """Flip as many bits as the step size says, each combination with the same probability."""

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray,
            step_size: float = 0.0) -> None:
        """Overwrite ``dest`` with ``x`` but for some bits.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten; never the same object as ``x``
            x: the point to start from, which is left unchanged
            step_size: in ``[0, 1]``: 0 for one bit, 1 for all of them
        """
        dest[:] = x
        n = len(dest)
        m = 1 if n == 1 else exponential_step_size(step_size, 1, n)
        bits = random.choice(n, m, replace=False)
        dest[bits] ^= True

    def kernel(self) -> Kernel:
        """Return the operator with the smallest step for compiled runs."""
        return Kernel(_flip1)

    def step_kernel(self, x: np.ndarray) -> Kernel:
        """Return the operator for compiled runs.

        Args:
            x: a point, such as it will get
        """
        return Kernel(_flip_m, (np.arange(len(x)),))

    def __str__(self) -> str:
        return "flipm"


class Op2Uniform(Op2):
    """Take each bit, or number, from either parent with the same probability (uniform crossover).

    Source: G. Syswerda, Uniform Crossover in Genetic Algorithms, ICGA 1989.
    """

    def op2(self, random: Generator, dest: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> None:
        """Overwrite ``dest`` with a random mixture of ``x0`` and ``x1``."""
        dest[:] = np.where(random.integers(0, 2, len(dest)), x0, x1)

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_uniform)

    def __str__(self) -> str:
        return "uniform"


def _randomize(rng: Any, dest: Any, data: Any) -> None:
    fill_with_bits(rng, dest)


def _flip1(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    i = draw(rng, len(dest))
    dest[i] = not dest[i]


def _flip_m(rng: Any, dest: Any, x: Any, step_size: float, data: Any) -> None:
    copy(dest, x)
    n = len(dest)
    m = 1 if n == 1 else steps_of(step_size, 1, n)
    # the two ways in which Generator.choice draws without replacement
    if n > 10_000 and m > n // 50:
        order = data[0]
        for i in range(n):
            order[i] = i
        for i in range(n - 1, max(n - m, 1) - 1, -1):
            j = draw(rng, i + 1)
            order[i], order[j] = order[j], order[i]
        for i in range(n - m, n):
            dest[order[i]] = not dest[order[i]]
        return
    for j in range(n - m, n):
        i = draw(rng, j + 1)
        if dest[i] != x[i]:  # it has been chosen before
            i = j
        dest[i] = not dest[i]
    for i in range(m - 1, 0, -1):
        draw(rng, i + 1)  # it puts them in a random order, which does not matter here


def _choose_bit(rng: Any, x: Any, data: Any) -> tuple[int, int]:
    return draw(rng, len(x)), 0


def _flip_bit(x: Any, i: int, _: int, data: Any) -> None:
    x[i] = not x[i]


def _flip_b(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    k, _ = _choose_bits(rng, x, data)
    _flip_bits(dest, k, 0, data)


def _flip_few(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    k, _ = _choose_few_bits(rng, x, data)
    _flip_bits(dest, k, 0, data)


def _choose_bits(rng: Any, x: Any, data: Any) -> tuple[int, int]:
    """Return how many bits are to be flipped; which ones stands in the data."""
    n, p, at_least_1 = data[:3]
    k = rng.binomial(n, p)
    while k == 0 and at_least_1:
        k = rng.binomial(n, p)
    _choose_places(rng, k, data)
    return k, 0


def _choose_few_bits(rng: Any, x: Any, data: Any) -> tuple[int, int]:
    """Do the same where a smaller function will do, which is faster to run and to compile."""
    n, p, at_least_1, memo = data[0], data[1], data[2], data[5]
    k = draw_few(rng, n, p, memo)
    while k == 0 and at_least_1:
        k = draw_few(rng, n, p, memo)
    _choose_places(rng, k, data)
    return k, 0


def _choose_places(rng: Any, k: int, data: Any) -> None:
    last, order, bits = data[0] - 1, data[3], data[4]
    for step in range(k):
        j = draw(rng, last + 1)
        bit = order[j]
        order[j] = order[last]
        order[last] = bit
        bits[step] = bit
        last -= 1


def flipped_bits(data: Any) -> Any:
    """Return the array whose first ``a`` elements are the bits that a move of flipB flips."""
    return data[4]


def _flip_bits(x: Any, k: int, _: int, data: Any) -> None:
    bits = data[4]
    for step in range(k):
        x[bits[step]] = not x[bits[step]]


def _uniform(rng: Any, dest: Any, x0: Any, x1: Any, data: Any) -> None:
    for i in range(len(dest)):
        dest[i] = x0[i] if draw(rng, 2) else x1[i]


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("randomize", "sample a bit string", lambda space: Op0Random(), ("bits",)),
    Entry("flip1", "flip one bit", lambda space: Op1Flip1(), ("bits",)),
    Entry("flipB1", "flip each bit with probability 1/n, at least one",
          lambda space: Op1MoverNflip(space.dimension), ("bits",),
          {"n": "1..10^8", "m": "1..n", "at_least_1": "bool"},
          "Mühlenbein, PPSN II, 1992"),
    Entry("flipB2n", "flip each bit with probability 2/n",
          lambda space: Op1MoverNflip(space.dimension, min(2, space.dimension), False), ("bits",),
          {"n": "1..10^8", "m": "1..n", "at_least_1": "bool"},
          "Mühlenbein, PPSN II, 1992"),
    Entry("flipm", "flip a given number of bits", lambda space: Op1FlipM(), ("bits",)),
    Entry("uniform", "take each element from either parent", lambda space: Op2Uniform(),
          ("bits", "ints"), source="Syswerda, ICGA 1989"),
)
