"""The space of permutations, with and without repetitions."""

from collections import Counter
from collections.abc import Iterable
from math import comb
from typing import Final

import numpy as np

from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.logger import CSV_SEPARATOR, KeyValueLogSection
from fescue.utils.nputils import int_range_to_dtype
from fescue.utils.types import check_int_range, type_error


class Permutations(NPArraySpace):
    """All orders of the elements of a base string, each of which occurs as often as there.

    >>> str(Permutations.standard(5)), str(Permutations.with_repetitions(3, 2))
    ('perm5', 'perm3w2r')
    >>> Permutations([0, 0, 1]).n_points()
    3
    """

    def __init__(self, base_string: Iterable[int]) -> None:
        """Create the space of the permutations of ``base_string``.

        Args:
            base_string: integers, at least two of which are different

        Raises:
            TypeError: if it is not iterable or if an element is no integer
            ValueError: if it has less than two different elements
        """
        if not isinstance(base_string, Iterable):
            raise type_error(base_string, "base_string", Iterable)
        elements = sorted(
            check_int_range(e, "element of base_string", -(2 ** 63), 2 ** 63 - 1)
            for e in base_string)
        counts = Counter(elements)
        if len(counts) < 2:
            raise ValueError(
                f"base_string has {len(counts)} different elements, but needs at least 2.")
        low, high = elements[0], elements[-1]
        super().__init__(len(elements), int_range_to_dtype(low, high))
        #: the sorted base string; must not be changed
        self.blueprint: Final[np.ndarray] = np.array(elements, self.dtype)
        self.blueprint.flags.writeable = False
        #: whether an element occurs more than once
        self.has_repetitions: Final[bool] = max(counts.values()) > 1
        #: whether all integers between the smallest and the largest element occur
        self.is_dense: Final[bool] = len(counts) == high - low + 1
        self._counts = counts
        self._low, self._high = low, high
        # how often each element occurs, 0 if that differs
        self._each = counts[low] if len(set(counts.values())) == 1 else 0

    @staticmethod
    def standard(n: int) -> "Permutations":
        """Return the space of the permutations of ``0..n-1``, ``n`` at least 2."""
        return Permutations(range(check_int_range(n, "n", 2, 100_000_000)))

    @staticmethod
    def with_repetitions(n: int, repetitions: int) -> "Permutations":
        """Return the space in which each of ``0..n-1`` occurs ``repetitions`` times."""
        n = check_int_range(n, "n", 2, 100_000_000)
        repetitions = check_int_range(repetitions, "repetitions", 1, 100_000_000 // n)
        return Permutations(list(range(n)) * repetitions)

    def n(self) -> int:
        """Return the number of different elements."""
        return len(self._counts)

    def create(self) -> np.ndarray:
        """Return a new permutation, the sorted one."""
        return self.blueprint.copy()

    def validate(self, x: np.ndarray) -> None:
        """Check that ``x`` is a permutation of the base string.

        Raises:
            TypeError: if it is no array of the right type
            ValueError: if an element does not occur as often as it should
        """
        super().validate(x)
        if not np.array_equal(np.sort(x), self.blueprint):
            self.check_elements(x.tolist(), self)

    def check_elements(self, elements: list[int], space: NPArraySpace) -> None:
        """Check how often each element occurs.

        Args:
            elements: in any order, as many as there should be
            space: what the message names

        Raises:
            ValueError: if one occurs too often or not often enough
        """
        found = Counter(elements)
        for i, element in enumerate(elements):
            if element not in self._counts:
                raise ValueError(f"element {i} is {element}, which does not occur in {space}.")
        for wrong in sorted(self._counts):
            if found[wrong] != self._counts[wrong]:
                raise ValueError(f"{wrong} occurs {found[wrong]} times, but must occur "
                                 f"{self._counts[wrong]} times in {space}.")

    def n_points(self) -> int:
        """Return the number of different permutations."""
        result, free = 1, self.dimension
        for count in self._counts.values():
            result *= comb(free, count)
            free -= count
        return result

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, size and elements."""
        super().log_parameters_to(logger)
        logger.key_value("min", self._low)
        self.log_elements_to(logger)

    def log_elements_to(self, logger: KeyValueLogSection) -> None:
        """Write which elements there are besides the smallest one."""
        logger.key_value("max", self._high)
        if self._each:
            logger.key_value("repetitions", self._each)
        if not (self.is_dense and self._each):
            logger.key_value("baseString", CSV_SEPARATOR.join(map(str, self.blueprint.tolist())))

    def name(self, first: int = 0) -> str:
        """Return a name for these elements, a short one if they start at ``first``."""
        if not (self.is_dense and self._each):
            return "permOfString"
        span = str(self.n()) if self._low == first else f"{_name(self._low)}to{_name(self._high)}"
        return f"perm{span}" + (f"w{self._each}r" if self._each > 1 else "")

    def __str__(self) -> str:
        return self.name()


def _name(value: int) -> str:
    return str(value).replace("-", "m")
