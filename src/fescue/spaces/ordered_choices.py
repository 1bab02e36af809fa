"""The space of permutations of choices."""

from collections import Counter
from collections.abc import Iterable
from math import factorial, prod
from typing import Final

import numpy as np

from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.logger import CSV_SEPARATOR, KeyValueLogSection
from fescue.utils.nputils import int_range_to_dtype
from fescue.utils.types import check_int_range, type_error


class OrderedChoices(NPArraySpace):
    """All orders of one choice from each of some groups.

    >>> space = OrderedChoices([[1, 2, 3], [7], [8, 9]])
    >>> str(space), space.to_str(space.create()), space.n_points()
    ('selperm3', '1;7;8', 36)
    """

    def __init__(self, selections: Iterable[Iterable[int]]) -> None:
        """Create the space.

        Args:
            selections: the groups: integers, each only once in a group; two groups have the same
                elements, or no element in common

        Raises:
            TypeError: if it is no iterable of iterables of integers
            ValueError: if there is no group, one is empty, an element occurs twice in one, groups
                overlap, or there is only one point
        """
        if not isinstance(selections, Iterable):
            raise type_error(selections, "selections", Iterable)
        groups = sorted(self._group(group) for group in selections)
        if not groups:
            raise ValueError("selections is empty, give at least one group.")
        #: the sorted groups, a sorted tuple each
        self.choices: Final[tuple[tuple[int, ...], ...]] = tuple(groups)
        self._counts = Counter(groups)
        self._group_of: dict[int, tuple[int, ...]] = {}
        for group in self._counts:
            for element in group:
                if element in self._group_of:
                    raise ValueError(f"element {element} occurs in the groups "
                                     f"{self._group_of[element]} and {group}.")
                self._group_of[element] = group
        if len(self._group_of) < 2:
            raise ValueError(f"selections={groups} has only one point, give more elements.")
        super().__init__(len(groups), int_range_to_dtype(
            min(self._group_of), max(self._group_of)))
        #: the smallest choice from each group; must not be changed
        self.blueprint: Final[np.ndarray] = np.array([group[0] for group in groups], self.dtype)
        self.blueprint.flags.writeable = False

    @staticmethod
    def _group(group: Iterable[int]) -> tuple[int, ...]:
        if not isinstance(group, Iterable):
            raise type_error(group, "group in selections", Iterable)
        elements = sorted(check_int_range(e, "element of selections", -(2 ** 63), 2 ** 63 - 1)
                          for e in group)
        if not elements or len(set(elements)) < len(elements):
            raise ValueError(f"The group {elements} in selections must have at least one element, "
                             "and each only once.")
        return tuple(elements)

    @staticmethod
    def signed_permutations(n: int) -> "OrderedChoices":
        """Return the space of the permutations of ``1..n`` with signs, ``n`` at least 1."""
        return OrderedChoices((-i, i) for i in range(1, check_int_range(n, "n", 1, 10 ** 7) + 1))

    def create(self) -> np.ndarray:
        """Return a new point, the smallest choice from each group."""
        return self.blueprint.copy()

    def validate(self, x: np.ndarray) -> None:
        """Check that ``x`` has one choice from each group.

        Raises:
            TypeError: if it is no array of the right type
            ValueError: if an element is in no group, or a group is not chosen from as it should be
        """
        super().validate(x)
        found: Counter[tuple[int, ...]] = Counter()
        for i, element in enumerate(x.tolist()):
            if element not in self._group_of:
                raise ValueError(f"element {i} is {element}, which is in no group of {self}.")
            found[self._group_of[element]] += 1
        for group, count in self._counts.items():
            if found[group] != count:
                raise ValueError(f"there are {found[group]} choices from the group {group}, but "
                                 f"must be {count} in {self}.")

    def n_points(self) -> int:
        """Return the number of different points."""
        orders = factorial(self.dimension) // prod(map(factorial, self._counts.values()))
        return orders * prod(len(group) for group in self.choices)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, dimension and type, and the groups."""
        super().log_parameters_to(logger)
        logger.key_value("choices", "/".join(
            CSV_SEPARATOR.join(map(str, group)) for group in self.choices))

    def __str__(self) -> str:
        return f"selperm{self.dimension}"
