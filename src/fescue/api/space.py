"""The contract of spaces: what a point is, how it is copied, written and checked."""

from typing import Any

from fescue.api.component import Component
from fescue.utils.types import type_error


class Space(Component):
    """A set of points together with the data structure that holds one of them.

    Points are mutable and are passed by reference: algorithms create a few of them and copy
    contents between them. Whoever wants to keep a point must copy it. ``to_str`` and
    ``from_str`` are inverse, so that every result in a log file can be loaded again.
    """

    def create(self) -> Any:
        """Return a new point with arbitrary contents, possibly not a valid one."""
        raise self._must_override("create()")

    def copy(self, dest: Any, source: Any) -> None:
        """Overwrite the point ``dest`` with the contents of the point ``source``.

        Args:
            dest: the destination; all of its contents are overwritten
            source: the origin, which is left unchanged
        """
        raise self._must_override("copy(dest, source)")

    def to_str(self, x: Any) -> str:
        """Return the point ``x`` as text that :meth:`from_str` understands."""
        return str(x)

    def is_equal(self, x1: Any, x2: Any) -> bool:
        """Return whether the two points have the same contents."""
        return bool(x1 == x2)

    def from_str(self, text: str) -> Any:
        """Return the point that ``text`` describes: the inverse of :meth:`to_str`.

        Raises:
            TypeError: if ``text`` is no string
            ValueError: if it does not describe a valid point of this space
        """
        raise self._must_override("from_str(text)")

    def validate(self, x: Any) -> None:
        """Check that ``x`` is a valid point.

        Each final result passes this check before it is logged, so it may take its time.

        Raises:
            TypeError: if ``x`` or an element of it has a wrong type
            ValueError: if its contents are not those of a point of this space
        """

    def n_points(self) -> int:
        """Return about how many different points there are; at least 2."""
        return 2


def check_space(space: Any, none_is_ok: bool = False) -> Space | None:
    """Return ``space`` if it is a :class:`Space` (or an allowed ``None``).

    Raises:
        TypeError: if it is anything else

    >>> check_space(None, none_is_ok=True) is None
    True
    """
    if isinstance(space, Space) or (none_is_ok and space is None):
        return space
    raise type_error(space, "space", Space)
