"""The bundled job shop instances: their texts, and what is known of their makespans."""

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from fescue.utils.types import type_error

#: the line in front of the text of each instance
_TITLE: Final = re.compile(r"^instance (\w+) (\d+) (\d+)\n", re.MULTILINE)


class Resource(NamedTuple):
    """What is bundled of an instance."""

    #: jobs and operations in the format of the OR-Library
    text: str
    #: the largest proven lower bound of the makespan
    lower_bound: int
    #: the smallest makespan known
    best_known: int


@cache
def resources() -> Mapping[str, Resource]:
    """Return all bundled instances by name, numbers in the names in order; read once."""
    import lzma  # these two are needed once, if at all
    from importlib.resources import files

    data = (files(__package__) / "instances.txt.xz").read_bytes()
    _, *parts = _TITLE.split(lzma.decompress(data).decode("utf-8"))
    return MappingProxyType({
        name: Resource(text, int(lower), int(best))
        for name, lower, best, text in zip(*[iter(parts)] * 4, strict=True)})


def resource(name: str) -> Resource:
    """Return the bundled instance called ``name``.

    Raises:
        TypeError: if ``name`` is no string
        ValueError: if there is none of that name; similar names are listed

    >>> resource("ft06").best_known
    55
    """
    if not isinstance(name, str):
        raise type_error(name, "name", str)
    found = resources().get(name)
    if found is None:
        from difflib import get_close_matches

        close = get_close_matches(name.lower(), resources())
        hint = f", did you mean {' or '.join(close)}?" if close else "."
        raise ValueError(
            f"name={name!r} is no bundled instance{hint} Instance.list_resources() names them "
            "all; Instance.from_file(path) reads an instance of your own.")
    return found
