"""The space of bit strings."""

from itertools import pairwise

import numpy as np

from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.nputils import DEFAULT_BOOL
from fescue.utils.types import type_error

_RLE_START = ":"
_RLE_SEPARATOR = ";"


class BitStrings(NPArraySpace):
    """Bit strings of a fixed length; as text, ``T`` and ``F`` for each bit.

    >>> space = BitStrings(5)
    >>> x = space.from_str("TTFFT")
    >>> space.to_hex_string(x), space.to_rle_str(x)
    ('13', 'T:2;2;1')
    """

    def __init__(self, dimension: int) -> None:
        """Create the space.

        Args:
            dimension: the number of bits, in ``1..10**8``

        Raises:
            TypeError: if ``dimension`` is no integer
            ValueError: if it is out of range
        """
        super().__init__(dimension, DEFAULT_BOOL)

    def to_hex_string(self, x: np.ndarray) -> str:
        """Return the number in hexadecimal whose bit ``i`` is element ``i`` of ``x``."""
        return format(sum(1 << i for i in np.flatnonzero(x).tolist()), "x")

    def from_hex_string(self, text: str) -> np.ndarray:
        """Return the bit string that :meth:`to_hex_string` made ``text`` of.

        Raises:
            TypeError: if ``text`` is no string
            ValueError: if it is no such number or needs more bits
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        value = int(text, 16)
        if value < 0 or value >> self.dimension:
            raise ValueError(f"{text!r} is invalid, {self} has numbers of {self.dimension} bits.")
        return self._of([bool(value >> i & 1) for i in range(self.dimension)])

    def to_rle_str(self, x: np.ndarray) -> str:
        """Return the first bit and the lengths of the runs of equal bits."""
        edges = [0, *(np.flatnonzero(x[1:] != x[:-1]) + 1).tolist(), len(x)]
        runs = _RLE_SEPARATOR.join(str(b - a) for a, b in pairwise(edges))
        return f"{'T' if x[0] else 'F'}{_RLE_START}{runs}"

    def from_rle_str(self, text: str) -> np.ndarray:
        """Return the bit string that :meth:`to_rle_str` made ``text`` of.

        Raises:
            TypeError: if ``text`` is no string
            ValueError: if it is no such text or not of this space's length
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        first, _, runs = text.strip().partition(_RLE_START)
        if first not in ("T", "F"):
            raise ValueError(f"{text!r} is invalid, it must begin with T: or F:.")
        lengths = [int(run) for run in runs.split(_RLE_SEPARATOR)]
        if min(lengths) < 1 or sum(lengths) != self.dimension:
            raise ValueError(
                f"{text!r} is invalid, the runs must be positive and sum up to {self.dimension}.")
        bits: list[bool] = []
        for i, length in enumerate(lengths):
            bits += [(first == "T") == (i % 2 == 0)] * length
        return self._of(bits)

    def _of(self, bits: list[bool]) -> np.ndarray:
        if len(bits) != self.dimension:
            raise ValueError(
                f"the text for {self} has {len(bits)} elements, but needs {self.dimension}.")
        x = self.create()
        x[:] = bits
        return x

    def n_points(self) -> int:
        """Return the number of bit strings."""
        return 1 << self.dimension

    def __str__(self) -> str:
        return f"bits{self.dimension}"
