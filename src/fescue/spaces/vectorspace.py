"""Spaces of real vectors within bounds."""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, Final

import numpy as np

from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import num_to_str
from fescue.utils.nputils import DEFAULT_FLOAT, array_to_str, is_np_float
from fescue.utils.types import type_error


class VectorSpace(NPArraySpace):
    """Real vectors of a fixed length, each element within its bounds.

    >>> space = VectorSpace(2, -1.0, [1.0, 4.0])
    >>> space.to_str(np.array([0.5, 4.0])), str(space)
    ('0.5;4', 'r2d')
    """

    def __init__(self, dimension: int, lower_bound: float | Iterable[float] = 0.0,
                 upper_bound: float | Iterable[float] = 1.0,
                 dtype: np.dtype[Any] = DEFAULT_FLOAT) -> None:
        """Create the space.

        Args:
            dimension: the number of elements, in ``1..10**8``
            lower_bound: the smallest value, or one per element; finite
            upper_bound: likewise the largest, above the smallest one; their difference is finite
            dtype: the type of the elements, ``float32`` or ``float64``

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range
        """
        super().__init__(dimension, dtype)
        if not is_np_float(dtype) or dtype.itemsize not in (4, 8):
            raise ValueError(f"dtype={dtype} is invalid, use float32 or float64.")
        #: the smallest values, one per element
        self.lower_bound: Final[np.ndarray] = self._bounds(lower_bound, "lower_bound")
        #: the largest values
        self.upper_bound: Final[np.ndarray] = self._bounds(upper_bound, "upper_bound")
        for i, (low, high) in enumerate(
                zip(self.lower_bound.tolist(), self.upper_bound.tolist(), strict=True)):
            if not (low < high and isfinite(high - low)):
                raise ValueError(f"the bounds {low} and {high} of element {i} are invalid: the "
                                 "upper one must be the larger one, their difference finite.")
        self._origin = np.zeros(dimension, dtype).clip(self.lower_bound, self.upper_bound)

    def _bounds(self, bound: Any, name: str) -> np.ndarray:
        if isinstance(bound, bool | str) or not isinstance(bound, int | float | Iterable):
            raise type_error(bound, name, (float, Iterable))
        values = list(bound) if isinstance(bound, Iterable) else [bound] * self.dimension
        if len(values) != self.dimension:
            raise ValueError(
                f"{name} has {len(values)} values, but there are {self.dimension} elements.")
        for value in values:
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise type_error(value, f"value in {name}", float)
            if not isfinite(value):
                raise ValueError(f"{name}={value} is invalid, must be finite.")
        result = np.array(values, self.dtype)
        result.flags.writeable = False
        return result

    def create(self) -> np.ndarray:
        """Return a new vector: the valid one closest to the origin."""
        return self._origin.copy()

    def clipped(self, function: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray], Any]:
        """Return a function that first moves its vector into the bounds, in place.

        Args:
            function: what it calls then
        """
        def clip(x: np.ndarray) -> Any:
            np.clip(x, self.lower_bound, self.upper_bound, x)
            return function(x)

        return clip

    def validate(self, x: np.ndarray) -> None:
        """Check type, shape and bounds of the vector ``x``.

        Raises:
            TypeError: if it is no array or has another type of elements
            ValueError: if it has another shape, or an element is not within the bounds
        """
        super().validate(x)
        outside = ~((self.lower_bound <= x) & (x <= self.upper_bound))
        if outside.any():
            i = int(outside.argmax())
            raise ValueError(f"x[{i}]={x[i]} is invalid, must be in [{self.lower_bound[i]}, "
                             f"{self.upper_bound[i]}].")

    def n_points(self) -> int:
        """Return how many different vectors there are in floating-point arithmetic."""
        n = 1
        for low, high in zip(self.lower_bound, self.upper_bound, strict=True):
            n *= _rank(high) - _rank(low) + 1
        return n

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, dimension, type, and the bounds."""
        super().log_parameters_to(logger)
        for key, bound in (("lb", self.lower_bound), ("ub", self.upper_bound)):
            same = (bound == bound[0]).all()
            logger.key_value(key, num_to_str(float(bound[0])) if same else array_to_str(bound))

    def __str__(self) -> str:
        return f"r{self.dimension}{self.dtype.char}"


def _rank(value: np.floating[Any]) -> int:
    """Return a number that is 1 more for the next larger value of the same type."""
    bits = value.dtype.itemsize * 8
    word = int.from_bytes(value.tobytes(), "little")
    sign = 1 << bits - 1
    return word if word < sign else sign - word


