"""Search operators for integer vectors; all results are within the bounds."""

from math import ceil, isfinite
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import copy, draw
from fescue.operators.bitstrings import Op2Uniform
from fescue.spaces.intspace import IntSpace
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import num_to_str_for_name
from fescue.utils.types import check_int_range, type_error

#: so many normal numbers that lead out of the bounds are followed by a uniform one
_TRIALS: Final = 16
#: so many values can be drawn at once
_AT_ONCE: Final = 2 ** 32 - 2


class Op0Random(Op0):
    """Sample all integer vectors with the same probability."""

    def __init__(self, space: IntSpace) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of integer vectors
        """
        self._bounds = _bounds_of(space)

    def op0(self, random: Generator, dest: np.ndarray) -> None:
        """Overwrite ``dest`` with a random vector."""
        low, high = self._bounds
        if high - low < _AT_ONCE:  # the same numbers, drawn together
            dest[:] = random.integers(low, high + 1, len(dest))
        else:
            _uniform(random, dest, self._bounds)

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_uniform, self._bounds)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and bounds."""
        super().log_parameters_to(logger)
        _log_bounds(logger, self._bounds)

    def __str__(self) -> str:
        return "uniform"


class Op1MNormal(Op1):
    """Change each of ``n`` elements with probability ``m/n``, by normally distributed steps.

    Steps are rounded away from zero, so that an element that is chosen changes.

    Source: G. Rudolph, An evolutionary algorithm for integer programming, 1994,
    10.1007/3-540-58484-6_258, has the same idea with geometric steps.
    """

    def __init__(self, space: IntSpace, m: int = 1, at_least_1: bool = True,
                 sd: float = 1.0) -> None:
        """Create the operator for a space of ``n`` elements.

        Args:
            space: the space
            m: the expected number of changes, in ``1..n``
            at_least_1: whether a result without any change is drawn again
            sd: the standard deviation of steps before they are rounded, above 0

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``m`` or ``sd`` is out of range
        """
        self._bounds = _bounds_of(space)
        #: the number of elements
        self.n: Final[int] = space.dimension
        #: the expected number of changes, before results without any are drawn again
        self.m: Final[int] = check_int_range(m, "m", 1, self.n)
        if not isinstance(at_least_1, bool):
            raise type_error(at_least_1, "at_least_1", bool)
        #: whether at least one element changes
        self.at_least_1: Final[bool] = at_least_1
        if not isinstance(sd, float):
            raise type_error(sd, "sd", float)
        if not (sd > 0 and isfinite(sd)):
            raise ValueError(f"sd={sd} is invalid, must be positive and finite.")
        #: the standard deviation of steps
        self.sd: Final[float] = sd

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with a changed copy of ``x``."""
        _normal(random, dest, x, self._data())

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_normal, self._data())

    def _data(self) -> tuple[Any, ...]:
        return (*self._bounds, self.m, self.at_least_1, self.sd)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, number of changes, length, standard deviation and bounds."""
        super().log_parameters_to(logger)
        logger.key_value("m", self.m)
        logger.key_value("n", self.n)
        logger.key_value("atLeast1", self.at_least_1)
        logger.key_value("sd", self.sd)
        _log_bounds(logger, self._bounds)

    def __str__(self) -> str:
        return (f"normB{self.m}{'' if self.at_least_1 else 'n'}_"
                f"{num_to_str_for_name(self.sd)}")


def _bounds_of(space: Any) -> tuple[int, int]:
    if not isinstance(space, IntSpace):
        raise type_error(space, "space", IntSpace)
    return space.min_value, space.max_value


def _log_bounds(logger: KeyValueLogSection, bounds: tuple[int, int]) -> None:
    logger.key_value("min", bounds[0])
    logger.key_value("max", bounds[1])


def _below(rng: Any, n: int) -> int:
    """Return a random integer in ``0..n-1``, ``n`` at most ``2**62``."""
    if n <= _AT_ONCE:
        return draw(rng, n)
    upper = (n - 1) // 2147483648 + 1
    value = n
    while value >= n:
        value = draw(rng, upper) * 2147483648 + draw(rng, 2147483648)
    return value


def _uniform(rng: Any, dest: Any, data: Any) -> None:
    low, high = data
    for i in range(len(dest)):
        dest[i] = low + _below(rng, high - low + 1)


def _normal(rng: Any, dest: Any, x: Any, data: Any) -> None:
    low, high, m, at_least_1, sd = data
    n = len(dest)
    copy(dest, x)
    changed = False
    while not changed:
        for i in range(n):
            if rng.random() * n < m:
                dest[i] = _step(rng, int(x[i]), low, high, sd)
                changed = True
        if not at_least_1:
            return


def _step(rng: Any, x: int, low: int, high: int, sd: float) -> int:
    """Return another value within the bounds."""
    for _ in range(_TRIALS):
        step = sd * rng.standard_normal()
        # beyond that, it leads out of any bounds, and would not fit into an integer
        if 0.0 < step < 4e18:
            value: int = x + ceil(step)
            if value <= high:
                return value
        elif -4e18 < step < 0.0:
            value = x - ceil(-step)
            if value >= low:
                return value
    value = low + _below(rng, high - low)
    return value + 1 if value >= x else value


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("uniform", "sample an integer vector", Op0Random, ("ints",)),
    Entry("normB1_1", "change each of n elements with probability m/n, normally distributed",
          Op1MNormal, ("ints",), {"m": "1..n", "at_least_1": "bool", "sd": "> 0"}),
)

__all__ = ["ENTRIES", "Op0Random", "Op1MNormal", "Op2Uniform"]
