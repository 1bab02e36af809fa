"""The space of permutations whose elements have signs."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from fescue.spaces.nparrayspace import NPArraySpace
from fescue.spaces.permutations import Permutations
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.nputils import int_range_to_dtype
from fescue.utils.types import check_int_range, type_error


class SignedPermutations(NPArraySpace):
    """All orders of the elements of a base string, each element with a plus or a minus.

    They are used where things have an order and a direction, such as rectangles to be packed that
    can be rotated.

    >>> space = SignedPermutations.standard(3)
    >>> str(space), space.n_points()
    ('signedPerm3', 48)
    """

    def __init__(self, base_string: Iterable[int]) -> None:
        """Create the space of the signed permutations of ``base_string``.

        Args:
            base_string: integers other than 0, whose signs do not matter; their absolute values
                are at most ``2**63-1``, and at least two of these are different

        Raises:
            TypeError: if it is not iterable or if an element is no integer
            ValueError: if an element is 0, or less than two are different
        """
        if not isinstance(base_string, Iterable):
            raise type_error(base_string, "base_string", Iterable)
        elements = [abs(check_int_range(e, "element of base_string", -(2 ** 63) + 1, 2 ** 63 - 1))
                    for e in base_string]
        if 0 in elements:
            raise ValueError("element of base_string=0 is invalid, 0 has no sign.")
        #: the space of the permutations without signs
        self.unsigned: Final[Permutations] = Permutations(elements)
        high = max(elements)
        super().__init__(len(elements), int_range_to_dtype(-high, high, force_signed=True))
        #: the sorted base string of absolute values; must not be changed
        self.blueprint: Final[np.ndarray] = self.unsigned.blueprint.astype(self.dtype)
        self.blueprint.flags.writeable = False
        #: whether an absolute value occurs more than once
        self.has_repetitions: Final[bool] = self.unsigned.has_repetitions
        #: whether all integers between the smallest and the largest absolute value occur
        self.is_dense: Final[bool] = self.unsigned.is_dense

    @staticmethod
    def standard(n: int) -> "SignedPermutations":
        """Return the space of the signed permutations of ``1..n``, ``n`` at least 2."""
        return SignedPermutations(range(1, check_int_range(n, "n", 2, 100_000_000) + 1))

    @staticmethod
    def with_repetitions(n: int, repetitions: int) -> "SignedPermutations":
        """Return the space in which each of ``1..n`` occurs ``repetitions`` times."""
        n = check_int_range(n, "n", 2, 100_000_000)
        repetitions = check_int_range(repetitions, "repetitions", 1, 100_000_000 // n)
        return SignedPermutations(list(range(1, n + 1)) * repetitions)

    def n(self) -> int:
        """Return the number of different absolute values."""
        return self.unsigned.n()

    def create(self) -> np.ndarray:
        """Return a new permutation, the sorted one of positive elements."""
        return self.blueprint.copy()

    def validate(self, x: np.ndarray) -> None:
        """Check that ``x`` is a signed permutation of the base string.

        Raises:
            TypeError: if it is no array of the right type
            ValueError: if an absolute value does not occur as often as it should
        """
        super().validate(x)
        self.unsigned.check_elements([abs(e) for e in x.tolist()], self)

    def n_points(self) -> int:
        """Return the number of different signed permutations."""
        return int(self.unsigned.n_points() << self.dimension)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, size and elements."""
        super().log_parameters_to(logger)
        logger.key_value("unsignedMin", int(self.blueprint[0]))
        self.unsigned.log_elements_to(logger)

    def __str__(self) -> str:
        name = self.unsigned.name(1)
        return f"signed{name[0].upper()}{name[1:]}"
