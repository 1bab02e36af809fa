"""Objective functions over bit strings, the classical benchmarks of theory."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from fescue.api.catalogue import Problem, Task
from fescue.api.objective import Objective
from fescue.kernels.jit import compiled
from fescue.kernels.kernel import Kernel
from fescue.operators.bitstrings import Op1Flip1, Op1MoverNflip, flipped_bits
from fescue.spaces.bitstrings import BitStrings
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range


class BitStringProblem(Objective):
    """A function of the bits alone, with integer values in ``0..n`` and minimum 0."""

    #: the function that rates an array of bits
    function: Callable[..., int]
    #: the functions that rate an array of bits after one of them, or some of them, are flipped,
    #: which is not done yet
    change: Callable[..., int] | None = None
    changes: Callable[..., int] | None = None

    def __init__(self, n: int) -> None:
        """Create the problem.

        Args:
            n: the number of bits, in ``1..10**8``

        Raises:
            TypeError: if ``n`` is no integer
            ValueError: if it is out of range
        """
        #: the number of bits
        self.n: Final[int] = check_int_range(n, "n", 1, 100_000_000)

    def initialize(self) -> None:
        """Compile the function unless that has been done."""
        super().initialize()
        # an attribute, so that a run calls the compiled function itself
        self.evaluate = compiled(  # type: ignore[method-assign]
            type(self).function, np.zeros(1, bool))

    def evaluate(self, x: np.ndarray) -> int:
        """Return the objective value of the bits ``x``."""
        return int(type(self).function(x))

    def lower_bound(self) -> int:
        """Return 0, the value of the optimum."""
        return 0

    def upper_bound(self) -> int:
        """Return the number of bits."""
        return self.n

    def is_always_integer(self) -> bool:
        """Return ``True``."""
        return True

    def kernel(self) -> Kernel:
        """Return the function for compiled runs."""
        return Kernel(type(self).function, None)

    def kernel_of_moves(self, op1: Any) -> Kernel | None:
        """Return the value after bits are flipped."""
        change = {Op1Flip1: type(self).change, Op1MoverNflip: type(self).changes}.get(type(op1))
        return None if change is None else Kernel(change)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, bounds and the number of bits."""
        super().log_parameters_to(logger)
        logger.key_value("n", self.n)

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()}_{self.n}"


class BitStringProblemWithData(BitStringProblem):
    """A function of the bits and of numbers that belong to the instance.

    Its :attr:`function` has a second parameter, the tuple :attr:`data`, as a kernel has it.
    """

    #: what the function needs besides the bits
    data: tuple[Any, ...] = ()
    _compiled: Callable[..., int] | None = None

    def initialize(self) -> None:
        """Compile the function unless that has been done."""
        Objective.initialize(self)
        self._compiled = compiled(type(self).function, np.zeros(self.n, bool), self.data)

    def evaluate(self, x: np.ndarray) -> int:
        """Return the objective value of the bits ``x``."""
        return int((self._compiled or type(self).function)(x, self.data))

    def kernel(self) -> Kernel:
        """Return the function for compiled runs."""
        return Kernel(type(self).function, self.data)

    def kernel_of_moves(self, op1: Any) -> Kernel | None:
        """Return the value after bits are flipped."""
        kernel = super().kernel_of_moves(op1)
        return None if kernel is None else Kernel(kernel.function, self.data)

def _onemax(x: np.ndarray) -> int:
    return len(x) - x.sum()  # type: ignore[no-any-return]


def _onemax_change(x: np.ndarray, f: int, i: int, _: int, move: Any, data: Any) -> int:
    return f + 1 if x[i] else f - 1


def _onemax_changes(x: np.ndarray, f: int, k: int, _: int, move: Any, data: Any) -> int:
    bits = flipped_bits(move)
    for step in range(k):
        f += 1 if x[bits[step]] else -1
    return f


def _zeromax(x: np.ndarray) -> int:
    return x.sum()  # type: ignore[no-any-return]


def _zeromax_change(x: np.ndarray, f: int, i: int, _: int, move: Any, data: Any) -> int:
    return f - 1 if x[i] else f + 1


def _zeromax_changes(x: np.ndarray, f: int, k: int, _: int, move: Any, data: Any) -> int:
    bits = flipped_bits(move)
    for step in range(k):
        f += -1 if x[bits[step]] else 1
    return f


def _leadingones(x: np.ndarray) -> int:
    n = len(x)
    for i in range(n):
        if not x[i]:
            return n - i
    return 0


def _leadingones_change(x: np.ndarray, f: int, i: int, _: int, move: Any, data: Any) -> int:
    n = len(x)
    first = n - f  # the place of the first zero
    if i > first:
        return f
    if i < first:
        return n - i
    for j in range(i + 1, n):
        if not x[j]:
            return n - j
    return 0


def _leadingones_changes(x: np.ndarray, f: int, k: int, _: int, move: Any, data: Any) -> int:
    n, bits = len(x), flipped_bits(move)
    first = n - f  # the place of the first zero
    least = n
    for step in range(k):
        least = min(least, bits[step])
    if least != first:
        return n - min(least, first)
    for j in range(first + 1, n):
        bit = x[j]
        for step in range(k):
            if bits[step] == j:
                bit = not bit
        if not bit:
            return n - j
    return 0


def _trap(x: np.ndarray) -> int:
    ones = x.sum()
    return 0 if ones == len(x) else ones + 1


class OneMax(BitStringProblem):
    """The number of zeros: the easiest function of all.

    Source: D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer 1987.

    >>> OneMax(4).evaluate(np.array([True, False, True, False]))
    2
    """

    function = staticmethod(_onemax)
    change = staticmethod(_onemax_change)
    changes = staticmethod(_onemax_changes)


class ZeroMax(BitStringProblem):
    """The number of ones: the opposite of :class:`OneMax`.

    >>> ZeroMax(4).evaluate(np.array([True, False, True, True]))
    3
    """

    function = staticmethod(_zeromax)
    change = staticmethod(_zeromax_change)
    changes = staticmethod(_zeromax_changes)


class LeadingOnes(BitStringProblem):
    """The number of bits from the first zero on.

    Source: G. Rudolph, Convergence Properties of Evolutionary Algorithms, Kovač 1997.

    >>> LeadingOnes(4).evaluate(np.array([True, False, True, True]))
    3
    """

    function = staticmethod(_leadingones)
    change = staticmethod(_leadingones_change)
    changes = staticmethod(_leadingones_changes)


class Trap(BitStringProblem):
    """One more than the number of ones, but 0 if all bits are ones: it leads astray.

    Source: S. Nijssen, T. Bäck, An Analysis of the Behavior of Simplified Evolutionary
    Algorithms on Trap Functions, 2003, 10.1109/TEVC.2002.806169.

    >>> Trap(4).evaluate(np.array([True, False, True, True])), Trap(2).evaluate(np.ones(2, bool))
    (4, 0)
    """

    function = staticmethod(_trap)


_SIZES: Final = ("16", "64", "256", "1024")


def bits_entry(problem: type[BitStringProblem], text: str, source: str,
               sizes: tuple[str, ...] = _SIZES,
               best_known: Callable[[int], int | None] = lambda n: 0) -> Problem:
    """Return the entry of a problem.

    Args:
        problem: the class, whose constructor takes the number of bits, and perhaps more integers
        text: what it is, in half a sentence
        source: where it is described
        sizes: the numbers of some instances, as ``16`` or ``16_4``
        best_known: returns the best value known for a number of bits
    """
    def instance(name: str) -> BitStringProblem:
        """Return the instance whose numbers are given as ``64`` or ``onemax_64``."""
        numbers = name.removeprefix(problem.__name__.lower()).lstrip("_").split("_")
        if not all(n.isascii() and n.isdigit() for n in numbers) or (
                len(numbers) != sizes[0].count("_") + 1):
            what = "the number of bits" if len(numbers) == 1 else "its numbers"
            raise ValueError(f"instance {name!r} of {problem.__name__} is invalid, give {what}, "
                             f"as in {sizes[0]}.")
        return problem(*map(int, numbers))

    def task(objective: Any) -> Task:
        return Task("bits", objective, BitStrings(objective.n), best_known=best_known(objective.n))

    return Problem(problem.__name__.lower(), text, instance, task, sizes, "bits", source)



ENTRIES: Final = (
    bits_entry(OneMax, "number of zeros", "Ackley 1987"),
    bits_entry(LeadingOnes, "bits from the first zero on", "Rudolph 1997"),
    bits_entry(ZeroMax, "number of ones", ""),
    bits_entry(Trap, "number of ones, plus one; 0 if there are only ones",
               "10.1109/TEVC.2002.806169"),
)
