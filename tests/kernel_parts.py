"""Components that offer nothing but a kernel, in a module of their own."""

from typing import Any

import numpy as np

from fescue.api.encoding import Encoding
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import copy, draw

FACTOR = 3


def weighted(x: Any, data: Any) -> Any:
    """Return a weighted sum of elements."""
    total = 0.0
    for i in range(len(x)):
        total += data[0][i] * helped(x[i])
    return total


def helped(value: Any) -> Any:
    """Return what a weight is multiplied with; a function that another one calls."""
    return value * FACTOR


class Weighted(Objective):
    """A sum of weighted bits, with fractions."""

    def __init__(self, n: int) -> None:
        self.weights = np.sin(np.arange(n) + 1.0)

    def kernel(self) -> Kernel:
        return Kernel(weighted, (self.weights,))


def sample(rng: Any, dest: Any, data: Any) -> None:
    """Sample bits one by one."""
    for i in range(len(dest)):
        dest[i] = draw(rng, 2) == 1


class Sample(Op0):
    """Samples bits."""

    def kernel(self) -> Kernel:
        return Kernel(sample)


def turn(rng: Any, dest: Any, x: Any, data: Any) -> None:
    """Flip some neighbouring bits."""
    copy(dest, x)
    i = draw(rng, len(x))
    for j in range(i, min(len(x), i + data[0])):
        dest[j] = not x[j]


class Turn(Op1):
    """Flips some neighbouring bits."""

    def kernel(self) -> Kernel:
        return Kernel(turn, (3,))


def invert(x: Any, y: Any, data: Any) -> None:
    """Turn all bits."""
    for i in range(len(x)):
        y[i] = not x[i]


class Invert(Encoding):
    """Turns all bits."""

    def kernel(self) -> Kernel:
        return Kernel(invert)
