"""Spaces of integer vectors within bounds."""

from typing import Final

import numpy as np

from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.nputils import int_range_to_dtype, numpy_type_to_str
from fescue.utils.types import check_int_range

#: beyond it, differences of bounds would not fit into the integers of compiled code
_LARGEST: Final = 2 ** 61


class IntSpace(NPArraySpace):
    """Integer vectors of a fixed length, all elements within the same bounds.

    >>> space = IntSpace(3, -2, 7)
    >>> str(space), space.to_str(space.create()), space.n_points()
    ('ints3bm2to7', '-2;-2;-2', 1000)
    """

    def __init__(self, dimension: int, min_value: int, max_value: int) -> None:
        """Create the space; its elements have the smallest type for the bounds.

        Args:
            dimension: the number of elements, in ``1..10**8``
            min_value: the smallest value, in ``-2**61..2**61``
            max_value: the largest value, likewise, more than ``min_value``

        Raises:
            TypeError: if an argument is no integer
            ValueError: if one is out of range
        """
        low = check_int_range(min_value, "min_value", -_LARGEST, _LARGEST - 1)
        high = check_int_range(max_value, "max_value", low + 1, _LARGEST)
        super().__init__(dimension, int_range_to_dtype(low, high))
        #: the smallest value
        self.min_value: Final[int] = low
        #: the largest value
        self.max_value: Final[int] = high

    def create(self) -> np.ndarray:
        """Return a new vector, filled with the smallest value."""
        return np.full(self.dimension, self.min_value, self.dtype)

    def validate(self, x: np.ndarray) -> None:
        """Check type, shape and bounds of the vector ``x``.

        Raises:
            TypeError: if it is no array or has another type of elements
            ValueError: if it has another shape, or an element is not within the bounds
        """
        super().validate(x)
        outside = (x < self.min_value) | (x > self.max_value)
        if outside.any():
            i = int(outside.argmax())
            raise ValueError(f"x[{i}]={x[i]} is invalid, must be in "
                             f"{self.min_value}..{self.max_value}.")

    def n_points(self) -> int:
        """Return the number of different vectors."""
        return int((self.max_value - self.min_value + 1) ** self.dimension)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, dimension, type, and the bounds."""
        super().log_parameters_to(logger)
        logger.key_value("min", self.min_value)
        logger.key_value("max", self.max_value)

    def __str__(self) -> str:
        bounds = f"{self.min_value}to{self.max_value}".replace("-", "m")
        return f"ints{self.dimension}{numpy_type_to_str(self.dtype)}{bounds}"
