"""The problems ZDT1 to ZDT4 and ZDT6: two objectives over real vectors.

The first objective depends on the first variable only. The others should be 0, which is where the
front is.

Source: E. Zitzler, K. Deb, L. Thiele, Comparison of Multiobjective Evolutionary Algorithms:
Empirical Results, 2000, 10.1162/106365600568202.
"""

from math import atan, cos, exp, pi, sin, sqrt
from typing import Final

import numpy as np

from fescue.problems.continuous_mo import ContinuousMOProblem, mo_entry, records


class _ZDT(ContinuousMOProblem):
    """One of these problems; its front is a function of the first objective."""

    def __init__(self, n: int) -> None:
        super().__init__(n, 2)

    def _front(self, n: int) -> np.ndarray:
        f0 = self._first(n)
        return np.column_stack((f0, self._second(f0)))

    def _first(self, n: int) -> np.ndarray:
        return np.linspace(0.0, 1.0, n)

    def _second(self, f0: np.ndarray) -> np.ndarray:
        return 1 - np.sqrt(f0)  # type: ignore[no-any-return]


def _zdt1(x: np.ndarray, fs: np.ndarray) -> float:
    total = 0.0
    for i in range(1, len(x)):
        total += x[i]
    g = 1.0 + 9.0 * total / (len(x) - 1)
    fs[0] = x[0]
    fs[1] = g * (1.0 - sqrt(x[0] / g))
    return fs[0] + fs[1]  # type: ignore[no-any-return]


def _zdt2(x: np.ndarray, fs: np.ndarray) -> float:
    total = 0.0
    for i in range(1, len(x)):
        total += x[i]
    g = 1.0 + 9.0 * total / (len(x) - 1)
    ratio = x[0] / g
    fs[0] = x[0]
    fs[1] = g * (1.0 - ratio * ratio)
    return fs[0] + fs[1]  # type: ignore[no-any-return]


def _zdt3(x: np.ndarray, fs: np.ndarray) -> float:
    total = 0.0
    for i in range(1, len(x)):
        total += x[i]
    g = 1.0 + 9.0 * total / (len(x) - 1)
    ratio = x[0] / g
    fs[0] = x[0]
    fs[1] = g * (1.0 - sqrt(ratio) - ratio * sin(10.0 * pi * x[0]))
    return fs[0] + fs[1]  # type: ignore[no-any-return]


def _zdt4(x: np.ndarray, fs: np.ndarray) -> float:
    total = 0.0
    for i in range(1, len(x)):
        total += x[i] * x[i] - 10.0 * cos(4.0 * pi * x[i])
    g = 1.0 + 10.0 * (len(x) - 1) + total
    fs[0] = x[0]
    fs[1] = g * (1.0 - sqrt(x[0] / g))
    return fs[0] + fs[1]  # type: ignore[no-any-return]


def _zdt6(x: np.ndarray, fs: np.ndarray) -> float:
    total = 0.0
    for i in range(1, len(x)):
        total += x[i]
    g = 1.0 + 9.0 * sqrt(sqrt(total / (len(x) - 1)))
    wave = sin(6.0 * pi * x[0])
    f = 1.0 - exp(-4.0 * x[0]) * wave * wave * wave * wave * wave * wave
    ratio = f / g
    fs[0] = f
    fs[1] = g * (1.0 - ratio * ratio)
    return fs[0] + fs[1]  # type: ignore[no-any-return]


class ZDT1(_ZDT):
    """A convex front.

    >>> ZDT1(3).evaluate(np.array([0.25, 0.0, 0.0]))
    0.75
    """

    function = staticmethod(_zdt1)

    def __init__(self, n: int = 30) -> None:
        """Create the problem with ``n`` variables, in ``2..10**8``; the paper has 30."""
        super().__init__(n)


class ZDT2(_ZDT):
    """A front that is not convex."""

    function = staticmethod(_zdt2)

    def __init__(self, n: int = 30) -> None:
        """Create the problem with ``n`` variables, in ``2..10**8``; the paper has 30."""
        super().__init__(n)

    def _second(self, f0: np.ndarray) -> np.ndarray:
        return 1 - f0 * f0  # type: ignore[no-any-return]


class ZDT3(_ZDT):
    """A front of five pieces; its second objective may be below 0."""

    function = staticmethod(_zdt3)

    def __init__(self, n: int = 30) -> None:
        """Create the problem with ``n`` variables, in ``2..10**8``; the paper has 30."""
        super().__init__(n)

    def _first(self, n: int) -> np.ndarray:
        return records(self._second, n)

    def _second(self, f0: np.ndarray) -> np.ndarray:
        wave = np.sin(10 * np.pi * f0)
        return 1 - np.sqrt(f0) - f0 * wave  # type: ignore[no-any-return]


class ZDT4(_ZDT):
    """The front of ZDT1 behind ``21**(n-1)`` local ones."""

    function = staticmethod(_zdt4)

    def __init__(self, n: int = 10) -> None:
        """Create the problem with ``n`` variables, in ``2..10**8``; the paper has 10."""
        super().__init__(n)

    def variable_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the bounds: 0 and 1 for the first variable, -5 and 5 for the others."""
        low, high = np.full(self.n, -5.0), np.full(self.n, 5.0)
        low[0], high[0] = 0.0, 1.0
        return low, high


#: the smallest value of the first objective of ZDT6; its derivative is 0 where tan(6 pi x) = 9 pi
_X6: Final = atan(9 * pi) / (6 * pi)
_LEAST6: Final = 1 - exp(-4 * _X6) * sin(6 * pi * _X6) ** 6


class ZDT6(_ZDT):
    """A front that is not convex, whose points are the rarer, the nearer they are to it."""

    function = staticmethod(_zdt6)

    def __init__(self, n: int = 10) -> None:
        """Create the problem with ``n`` variables, in ``2..10**8``; the paper has 10."""
        super().__init__(n)

    def _first(self, n: int) -> np.ndarray:
        return np.linspace(_LEAST6, 1.0, n)

    def _second(self, f0: np.ndarray) -> np.ndarray:
        return 1 - f0 * f0  # type: ignore[no-any-return]


MO_ENTRIES: Final = tuple(
    mo_entry(problem, "10.1162/106365600568202", sizes)
    for problem, sizes in ((ZDT1, ("5", "30")), (ZDT2, ("5", "30")), (ZDT3, ("5", "30")),
                           (ZDT4, ("5", "10")), (ZDT6, ("5", "10"))))
