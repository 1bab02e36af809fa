"""The W-Model: a problem on bit strings whose difficulties can be set one by one."""

from collections.abc import Callable, Iterable
from functools import partial
from math import sqrt
from typing import Any, Final

import numpy as np

from fescue.problems.bitstrings import BitStringProblemWithData, bits_entry
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import sanitize_name
from fescue.utils.types import check_int_range


def _w_model(x: Any, data: Any) -> int:
    m, nu, r = data
    n = len(x) // m
    wrong = 0
    for start in range(0, n, nu):
        end = min(start + nu, n)
        parity = False  # of all bits of the block: each becomes the parity of all but its successor
        for turn in range(2):
            for i in range(start, end):
                ones = 0
                for j in range(i * m, i * m + m):
                    if x[j]:
                        ones += 1
                bit = 2 * ones >= m
                if turn == 0:
                    parity ^= bit
                elif nu == 2:
                    wrong += bit != (i % 2 == 1)
                elif i > start:
                    wrong += (parity ^ bit) != (i % 2 == 0)
        if nu > 2:
            wrong += parity != (end % 2 == 0)
    return int(r[wrong])


class WModel(BitStringProblemWithData):
    """The number of bits that differ from 0101..., after three transformations.

    Neutrality: ``m`` bits stand for one, that of the majority, 1 on ties. Epistasis: blocks of
    ``nu`` of these bits are exchanged for others, so that neighbours are no longer similar; ``nu``
    = 2 leaves them. Ruggedness: the values are permuted, the more so the larger ``gamma``.

    Source: T. Weise, Z. Wu, Difficult Features of Combinatorial Optimization Problems and the
    Tunable W-Model Benchmark Problem for Simulating them, 2018, 10.1145/3205651.3208240.

    >>> WModel(4).evaluate(np.array([False, True, False, False]))
    1
    """

    def __init__(self, nopt: int, m: int = 1, nu: int = 2, gamma: int = 0,
                 name: str | None = None) -> None:
        """Create an instance with strings of ``nopt * m`` bits.

        Args:
            nopt: the number of bits behind the neutrality, in ``3..10**4``
            m: the bits that stand for one of them, in ``1..10**4``
            nu: the length of a block, in ``2..nopt``
            gamma: the ruggedness, in ``0..nopt*(nopt-1)/2``
            name: the name, ``None`` for one that is made from the numbers

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range
        """
        #: the number of bits behind the neutrality, the largest objective value
        self.nopt: Final[int] = check_int_range(nopt, "nopt", 3, 10_000)
        #: how many bits stand for one
        self.m: Final[int] = check_int_range(m, "m", 1, 10_000)
        #: the length of the blocks of epistasis
        self.nu: Final[int] = check_int_range(nu, "nu", 2, nopt)
        #: the ruggedness
        self.gamma: Final[int] = check_int_range(gamma, "gamma", 0, nopt * (nopt - 1) // 2)
        super().__init__(nopt * m)
        if name is not None and (not isinstance(name, str) or sanitize_name(name) != name):
            raise ValueError(f"name={name!r} is invalid, must be usable in names of files.")
        self._name = name or f"wmodel_{nopt}_{m}_{nu}_{gamma}"
        self.data = (m, nu, np.array(ruggedness(gamma, nopt)))

    @staticmethod
    def default_instances() -> Iterable[Callable[[], "WModel"]]:
        """Return what makes 19 instances, ``wmodel1`` to ``wmodel19``.

        Their numbers are those of the published reference, as it was run. Source of the selection:
        T. Weise, Y. Chen, X. Li, Z. Wu, Selecting a diverse set of benchmark instances from a
        tunable model problem for black-box discrete optimization algorithms, 2020,
        10.1016/j.asoc.2020.106269.
        """
        return [partial(WModel, *numbers, name=f"wmodel{i}")
                for i, numbers in enumerate(_SELECTED, 1)]

    function = staticmethod(_w_model)

    def upper_bound(self) -> int:
        """Return that all bits may differ."""
        return self.nopt

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and size, and the four numbers."""
        super().log_parameters_to(logger)
        logger.key_value("nopt", self.nopt)
        logger.key_value("m", self.m)
        logger.key_value("nu", self.nu)
        logger.key_value("gamma", self.gamma)

    def __str__(self) -> str:
        return self._name


def ruggedness(gamma: int, q: int) -> list[int]:
    """Return the permutation of ``0..q`` that stands for the objective values.

    Args:
        gamma: how rugged it is, in ``0..q*(q-1)/2``
        q: the largest objective value

    >>> ruggedness(0, 4), ruggedness(1, 4), ruggedness(6, 4)
    ([0, 1, 2, 3, 4], [0, 1, 2, 4, 3], [0, 4, 3, 1, 2])
    """
    return _permutation(_in_order(gamma, q), q)


def _permutation(gamma: int, q: int) -> list[int]:
    """Return permutation number ``gamma`` in the order in which they can be constructed."""
    most = q * (q - 1) // 2
    r = [0] * (q + 1)
    start = 0 if gamma <= 0 else q - 1 - int(0.5 + sqrt(0.25 + 2 * (most - gamma)))
    k = 0
    for j in range(1, start + 1):
        if j % 2:
            r[j] = q - k
        else:
            k += 1
            r[j] = k
    for j in range(start + 1, q + 1):
        k += 1
        r[j] = q - k if start % 2 else k
    j = q
    for _ in range(gamma - most + (q - start - 1) * (q - start) // 2):
        j -= 1
        r[j], r[q] = r[q], r[j]
    return r


def _in_order(gamma: int, q: int) -> int:
    """Return the number of the permutation with ruggedness ``gamma``."""
    if gamma <= 0:
        return 0
    g, most = gamma, q * (q - 1) // 2
    last_upper = (q // 2) * ((q + 1) // 2)
    if g <= last_upper:
        j = int(abs((q + 2) * 0.5 - sqrt(q * q * 0.25 + 1 - g)))
        k = g - (q + 2) * j + j * j + q
        return k + 1 + 2 * ((q + 2) * j - j * j - q - 1) - (j - 1)
    odd = q % 2
    j = int(abs((odd + 1) * 0.5 + sqrt((1 - odd) * 0.25 + g - 1 - last_upper)))
    k = g - ((j - odd) * (j - 1) + 1 + last_upper)
    return most - k - (2 * j * j - j) - odd * (-2 * j + 1)


_SELECTED: Final = (
    (10, 2, 6, 10), (10, 2, 6, 18), (16, 1, 5, 72), (16, 3, 9, 72), (25, 1, 23, 90),
    (32, 1, 2, 397), (32, 4, 11, 0), (32, 4, 14, 0), (32, 4, 8, 128), (50, 1, 36, 245),
    (50, 2, 21, 256), (50, 3, 16, 613), (64, 2, 32, 256), (64, 3, 21, 16), (64, 3, 21, 256),
    (64, 3, 21, 403), (64, 4, 52, 2), (75, 1, 60, 16), (75, 2, 32, 4))

ENTRIES: Final = (
    bits_entry(WModel, "neutrality, epistasis and ruggedness, set one by one",
               "10.1145/3205651.3208240", ("10_2_6_10", "16_1_5_72", "32_4_11_0", "50_2_21_256")),
)
