"""The problems DTLZ1 to DTLZ7: any number of objectives over vectors in the unit cube.

The first ``m - 1`` variables choose the place on the front, the last ``k`` the distance from it.

Source: K. Deb, L. Thiele, M. Laumanns, E. Zitzler, Scalable Test Problems for Evolutionary
Multiobjective Optimization, 2005, 10.1007/1-84628-137-7_6.
"""

from math import ceil, cos, pi, pow, sin
from typing import Final

import numpy as np

from fescue.problems.continuous_mo import ContinuousMOProblem, lattice, mo_entry, records
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range


class _DTLZ(ContinuousMOProblem):
    """One of these problems."""

    def __init__(self, m: int, k: int) -> None:
        m = check_int_range(m, "m", 2, 1_000_000)
        #: the number of variables that choose the distance from the front
        self.k: Final[int] = check_int_range(k, "k", 1, 10_000_000)
        super().__init__(m + self.k - 1, m)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and bounds, and the numbers of objectives and of variables."""
        super().log_parameters_to(logger)
        logger.key_value("k", self.k)

    def __str__(self) -> str:
        return f"{type(self).__name__.lower()}_{self.m}_{self.k}"


class _Spherical(_DTLZ):
    """One of those whose front is the part of the unit sphere where nothing is below 0."""

    def _front(self, n: int) -> np.ndarray:
        points = lattice(self.m, n)
        length = np.sqrt((points * points).sum(axis=1, keepdims=True))
        return points / length  # type: ignore[no-any-return]


class _Curved(_DTLZ):
    """One of those whose front is an arc of a circle."""

    def _front(self, n: int) -> np.ndarray:
        if self.m > 3:
            raise ValueError(
                f"the front of {self} is not known: with more than 3 objectives it is more than "
                "the curve that was meant (Huband et al. 2006, 10.1109/TEVC.2005.861417).")
        angle = np.linspace(0.0, np.pi / 2, n)
        flat = np.cos(angle)
        if self.m == 2:
            return np.column_stack((flat, np.sin(angle)))
        return np.column_stack((flat * np.cos(np.pi / 4), flat * np.sin(np.pi / 4), np.sin(angle)))


def _dtlz1(x: np.ndarray, fs: np.ndarray) -> float:
    m, n = len(fs), len(x)
    g = 0.0
    for i in range(m - 1, n):
        d = x[i] - 0.5
        g += d * d - cos(20.0 * pi * d)
    product = 0.5 * (1.0 + 100.0 * (n - m + 1 + g))
    total = 0.0
    for i in range(m - 1, 0, -1):
        fs[i] = product * (1.0 - x[m - 1 - i])
        product *= x[m - 1 - i]
        total += fs[i]
    fs[0] = product
    return total + product


def _dtlz2(x: np.ndarray, fs: np.ndarray) -> float:
    m = len(fs)
    g = 0.0
    for i in range(m - 1, len(x)):
        g += (x[i] - 0.5) * (x[i] - 0.5)
    product, total = 1.0 + g, 0.0
    for i in range(m - 1, 0, -1):
        angle = 0.5 * pi * x[m - 1 - i]
        fs[i] = product * sin(angle)
        product *= cos(angle)
        total += fs[i]
    fs[0] = product
    return total + product


def _dtlz3(x: np.ndarray, fs: np.ndarray) -> float:
    m, n = len(fs), len(x)
    g = 0.0
    for i in range(m - 1, n):
        d = x[i] - 0.5
        g += d * d - cos(20.0 * pi * d)
    product, total = 1.0 + 100.0 * (n - m + 1 + g), 0.0
    for i in range(m - 1, 0, -1):
        angle = 0.5 * pi * x[m - 1 - i]
        fs[i] = product * sin(angle)
        product *= cos(angle)
        total += fs[i]
    fs[0] = product
    return total + product


def _dtlz4(x: np.ndarray, fs: np.ndarray) -> float:
    m = len(fs)
    g = 0.0
    for i in range(m - 1, len(x)):
        g += (x[i] - 0.5) * (x[i] - 0.5)
    product, total = 1.0 + g, 0.0
    for i in range(m - 1, 0, -1):
        angle = 0.5 * pi * pow(x[m - 1 - i], 100.0)
        fs[i] = product * sin(angle)
        product *= cos(angle)
        total += fs[i]
    fs[0] = product
    return total + product


def _dtlz5(x: np.ndarray, fs: np.ndarray) -> float:
    m = len(fs)
    g = 0.0
    for i in range(m - 1, len(x)):
        g += (x[i] - 0.5) * (x[i] - 0.5)
    product, total = 1.0 + g, 0.0
    for i in range(m - 1, 0, -1):
        angle = 0.5 * pi * x[m - 1 - i]
        if i < m - 1:
            angle = pi / (4.0 * (1.0 + g)) * (1.0 + 2.0 * g * x[m - 1 - i])
        fs[i] = product * sin(angle)
        product *= cos(angle)
        total += fs[i]
    fs[0] = product
    return total + product


def _dtlz6(x: np.ndarray, fs: np.ndarray) -> float:
    m = len(fs)
    g = 0.0
    for i in range(m - 1, len(x)):
        g += pow(x[i], 0.1)
    product, total = 1.0 + g, 0.0
    for i in range(m - 1, 0, -1):
        angle = 0.5 * pi * x[m - 1 - i]
        if i < m - 1:
            angle = pi / (4.0 * (1.0 + g)) * (1.0 + 2.0 * g * x[m - 1 - i])
        fs[i] = product * sin(angle)
        product *= cos(angle)
        total += fs[i]
    fs[0] = product
    return total + product


def _dtlz7(x: np.ndarray, fs: np.ndarray) -> float:
    m, n = len(fs), len(x)
    g = 0.0
    for i in range(m - 1, n):
        g += x[i]
    g = 2.0 + 9.0 * g / (n - m + 1)  # what the paper calls 1 + g
    total, h = 0.0, float(m)
    for i in range(m - 1):
        fs[i] = x[i]
        h -= x[i] / g * (1.0 + sin(3.0 * pi * x[i]))
        total += x[i]
    fs[m - 1] = g * h
    return total + fs[m - 1]  # type: ignore[no-any-return]


class DTLZ1(_DTLZ):
    """A plane front behind ``11**k - 1`` local ones.

    >>> DTLZ1(3, 5).evaluate(np.full(7, 0.5))
    0.5
    """

    function = staticmethod(_dtlz1)

    def __init__(self, m: int = 3, k: int = 5) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 5."""
        super().__init__(m, k)

    def _front(self, n: int) -> np.ndarray:
        return 0.5 * lattice(self.m, n)


class DTLZ2(_Spherical):
    """A spherical front."""

    function = staticmethod(_dtlz2)

    def __init__(self, m: int = 3, k: int = 10) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 10."""
        super().__init__(m, k)


class DTLZ3(_Spherical):
    """The front of DTLZ2 behind ``3**k - 1`` local ones."""

    function = staticmethod(_dtlz3)

    def __init__(self, m: int = 3, k: int = 10) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 10."""
        super().__init__(m, k)


class DTLZ4(_Spherical):
    """The front of DTLZ2, most points of which are near its edges."""

    function = staticmethod(_dtlz4)

    def __init__(self, m: int = 3, k: int = 10) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 10."""
        super().__init__(m, k)


class DTLZ5(_Curved):
    """A front that is a curve, if there are 3 objectives."""

    function = staticmethod(_dtlz5)

    def __init__(self, m: int = 3, k: int = 10) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 10."""
        super().__init__(m, k)


class DTLZ6(_Curved):
    """The front of DTLZ5, whose points are the rarer, the nearer they are to it."""

    function = staticmethod(_dtlz6)

    def __init__(self, m: int = 3, k: int = 10) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 10."""
        super().__init__(m, k)


class DTLZ7(_DTLZ):
    """A front of ``2**(m-1)`` pieces."""

    function = staticmethod(_dtlz7)

    def __init__(self, m: int = 3, k: int = 20) -> None:
        """Create the problem with ``m`` objectives and ``m+k-1`` variables; the paper has 20."""
        super().__init__(m, k)

    def _front(self, n: int) -> np.ndarray:
        # the last objective is 2 m minus a sum over the others, each of which has to be worth its
        # value: a smaller value must not add as much
        places = records(lambda f: -f * (1 + np.sin(3 * np.pi * f)),
                         max(2, ceil(round(n ** (1 / (self.m - 1)), 9))))
        others = np.stack(np.meshgrid(*[places] * (self.m - 1), indexing="ij"), axis=-1).reshape(
            -1, self.m - 1)
        last = 2 * self.m - (others * (1 + np.sin(3 * np.pi * others))).sum(axis=1)
        return np.column_stack((others, last))


MO_ENTRIES: Final = tuple(
    mo_entry(problem, "10.1007/1-84628-137-7_6", sizes)
    for problem, sizes in (
        (DTLZ1, ("2_2", "3_5")), (DTLZ2, ("2_2", "3_10")), (DTLZ3, ("2_2", "3_10")),
        (DTLZ4, ("2_2", "3_10")), (DTLZ5, ("2_2", "3_10")), (DTLZ6, ("2_2", "3_10")),
        (DTLZ7, ("2_2", "3_20"))))
