"""Points and operators for real vectors, as small as tests can do with."""

from typing import Any

import numpy as np
from numpy.random import Generator

from fescue.api.operators import Op0, Op1, Op2
from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.nputils import DEFAULT_FLOAT


class Box(NPArraySpace):
    """Vectors between bounds."""

    def __init__(self, lower_bound: Any, upper_bound: Any) -> None:
        self.lower_bound = np.array(lower_bound, float)
        self.upper_bound = np.array(upper_bound, float)
        super().__init__(len(self.lower_bound), DEFAULT_FLOAT)

    def create(self) -> np.ndarray:
        return self.lower_bound.copy()

    def validate(self, x: Any) -> None:
        super().validate(x)
        if not ((self.lower_bound <= x) & (x <= self.upper_bound)).all():
            raise ValueError(f"{x} is out of bounds.")

    def randomize(self, random: Generator, x: np.ndarray) -> np.ndarray:
        x[:] = random.uniform(self.lower_bound, self.upper_bound)
        return x

    def n_points(self) -> int:
        return 10 ** 6


class Uniform(Op0):
    """Samples a box."""

    def __init__(self, box: Box) -> None:
        self.box = box

    def op0(self, random: Generator, dest: np.ndarray) -> None:
        self.box.randomize(random, dest)


class Nudge(Op1):
    """Changes one element."""

    def __init__(self, box: Box) -> None:
        self.low, self.high = box.lower_bound, box.upper_bound

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        dest[:] = x
        i = random.integers(len(x))
        dest[i] = min(self.high[i], max(self.low[i], random.normal(x[i], 0.1)))


class Blend(Op2):
    """Takes each element from either parent."""

    def op2(self, random: Generator, dest: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> None:
        dest[:] = np.where(random.integers(0, 2, len(dest)), x0, x1)
