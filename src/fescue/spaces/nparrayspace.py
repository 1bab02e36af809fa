"""The base of spaces whose points are one-dimensional NumPy arrays."""

from math import isinf
from typing import Any, Final

import numpy as np

from fescue.api.logging import KEY_SPACE_NUM_VARS
from fescue.api.space import Space
from fescue.utils.logger import CSV_SEPARATOR, KeyValueLogSection
from fescue.utils.naming import str_to_bool
from fescue.utils.nputils import KEY_NUMPY_TYPE, array_to_str, numpy_type_to_str
from fescue.utils.types import check_int_range, type_error


class NPArraySpace(Space):
    """Arrays of a fixed length and type."""

    def __init__(self, dimension: int, dtype: np.dtype[Any]) -> None:
        """Create the space.

        Args:
            dimension: the length of the arrays, in ``1..10**8``
            dtype: the type of their elements

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``dimension`` is out of range
        """
        #: the length of the arrays
        self.dimension: Final[int] = check_int_range(dimension, "dimension", 1, 100_000_000)
        if not isinstance(dtype, np.dtype):
            raise type_error(dtype, "dtype", np.dtype)
        #: the type of the elements
        self.dtype: Final[np.dtype[Any]] = dtype

    def create(self) -> np.ndarray:
        """Return a new array of zeros."""
        return np.zeros(self.dimension, self.dtype)

    def copy(self, dest: np.ndarray, source: np.ndarray) -> None:
        """Overwrite the array ``dest`` with ``source``."""
        dest[:] = source

    def is_equal(self, x1: np.ndarray, x2: np.ndarray) -> bool:
        """Return whether two arrays have the same elements."""
        return np.array_equal(x1, x2)

    def to_str(self, x: np.ndarray) -> str:
        """Return the elements as text."""
        return array_to_str(x)

    def from_str(self, text: str) -> np.ndarray:
        """Return the array that ``text`` describes.

        Numbers are separated by ``;``, bits are the letters ``T`` and ``F`` without separator.

        Raises:
            TypeError: if ``text`` is no string
            ValueError: if it has too many or too few elements or one that does not belong there;
                position and value are named
        """
        parts = self._split(text)
        x = self.create()
        for i, part in enumerate(parts):
            try:
                value = self._parse(part)
                with np.errstate(over="ignore"):  # it is found out by comparison
                    x[i] = value
                    fits = x[i] == value and bool(np.isinf(x[i])) == isinf(value)
            except (ValueError, OverflowError) as error:
                raise ValueError(
                    f"element {i} of the text for {self} is {part!r}: {error}.") from error
            if not fits:
                raise ValueError(
                    f"element {i} of the text for {self} is {part!r}, which is out of range.")
        self.validate(x)
        return x

    def _split(self, text: str) -> list[str]:
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        text = text.strip()
        parts = list(text) if self.dtype.kind == "b" else text.split(CSV_SEPARATOR)
        if len(parts) != self.dimension:
            raise ValueError(
                f"the text for {self} has {len(parts)} elements, but needs {self.dimension}.")
        return parts

    def _parse(self, text: str) -> int | float:
        """Return the value of one element."""
        if self.dtype.kind == "b":
            return str_to_bool(text)
        return float(text) if self.dtype.kind == "f" else int(text)

    def validate(self, x: np.ndarray) -> None:
        """Check type and shape of the array ``x``.

        Raises:
            TypeError: if it is no array or has another type of elements
            ValueError: if it has another shape
        """
        if not isinstance(x, np.ndarray):
            raise type_error(x, "x", np.ndarray)
        if x.dtype != self.dtype:
            raise TypeError(f"x has dtype {x.dtype}, but {self} has {self.dtype}.")
        if x.shape != (self.dimension,):
            raise ValueError(f"x has shape {x.shape}, but {self} has ({self.dimension},).")

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, dimension and type."""
        super().log_parameters_to(logger)
        logger.key_value(KEY_SPACE_NUM_VARS, self.dimension)
        logger.key_value(KEY_NUMPY_TYPE, numpy_type_to_str(self.dtype))

    def __str__(self) -> str:
        return f"ndarray{self.dimension}{numpy_type_to_str(self.dtype)}"
