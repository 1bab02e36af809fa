"""The contract of encodings, the maps from search space to solution space."""

from typing import Any

from fescue.api.component import Component
from fescue.kernels.kernel import Kernel
from fescue.utils.types import type_error


class Encoding(Component):
    """A map from points of a search space to solutions.

    Operators work on the search space; objectives rate solutions; where the two differ, an
    encoding stands between. Decoding is deterministic and depends on ``x`` alone.
    """

    def decode(self, x: Any, y: Any) -> None:
        """Translate the point ``x`` of the search space into the solution ``y``.

        Args:
            x: the point, which is left unchanged
            y: the solution; overwritten completely, whatever it held before
        """
        kernel = self.kernel()
        if kernel is None:
            raise self._must_override("decode(x, y)")
        kernel.call(x, y)

    def kernel(self) -> Kernel | None:
        """Return ``decode(x, y, data)`` for compiled runs, ``None`` if there is none."""
        return None


def check_encoding(encoding: Any, none_is_ok: bool = True) -> Encoding | None:
    """Return ``encoding`` if it is an :class:`Encoding` (or an allowed ``None``).

    Raises:
        TypeError: if it is anything else

    >>> check_encoding(None) is None
    True
    """
    if isinstance(encoding, Encoding) or (none_is_ok and encoding is None):
        return encoding
    raise type_error(encoding, "encoding", Encoding)
