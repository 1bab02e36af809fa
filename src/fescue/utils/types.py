"""Names of types, and the texts of errors about them."""

from collections.abc import Iterable
from typing import Any

import numpy as np

_LONGEST = 100


def type_name(tpe: Any) -> str:
    """Return the name of a type, with its module unless it is a builtin.

    >>> type_name(int), type_name(np.ndarray)
    ('int', 'numpy.ndarray')
    """
    name = getattr(tpe, "__qualname__", None) or str(tpe)
    module = getattr(tpe, "__module__", None)
    return name if module in (None, "builtins") else f"{module}.{name}"


def type_name_of(obj: Any) -> str:
    """Return the name of the type of an object.

    >>> type_name_of("x"), type_name_of(None)
    ('str', 'None')
    """
    return "None" if obj is None else type_name(type(obj))


def _text(obj: Any) -> str:
    try:
        text = " ".join(str(obj).split())
    except Exception as error:  # the message must get out whatever obj is
        text = f"(str() of it raised {type(error).__name__})"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST - 3]}..."


def type_error(obj: Any, name: str, expected: Any, call: bool = False) -> TypeError:
    """Return the exception that says that an argument has a wrong type.

    Args:
        obj: the argument
        name: its name
        expected: the type it should have, or several
        call: whether it should be callable

    >>> print(type_error("A", "n", int))
    n should be an instance of int but is str, namely 'A'.
    >>> print(type_error(None, "n", (int, float)))
    n should be an instance of any in {float, int} but is None.
    """
    if isinstance(expected, Iterable) and not isinstance(expected, type):
        names = sorted(map(type_name, expected))
        wanted = names[0] if len(names) == 1 else f"any in {{{', '.join(names)}}}"
    else:
        wanted = type_name(expected)
    wanted = "a callable" if call else f"an instance of {wanted}"
    found = "None" if obj is None else f"{type_name_of(obj)}, namely '{_text(obj)}'"
    return TypeError(f"{name} should be {wanted} but is {found}.")


def check_int_range(val: Any, name: str | None = None, min_value: int = 0,
                    max_value: int = 1_000_000_000_000) -> int:
    """Return an integer as ``int`` if it lies in a range.

    Args:
        val: the integer, a NumPy one is fine
        name: what an error calls it
        min_value: the smallest value allowed
        max_value: the largest value allowed

    Raises:
        TypeError: if ``val`` is no integer
        ValueError: if it is out of range

    >>> check_int_range(5, "n", 1, 10)
    5
    """
    name = "value" if name is None else name
    if not isinstance(val, int | np.integer):
        raise type_error(val, name, int)
    if not min_value <= val <= max_value:
        raise ValueError(f"{name}={val} is invalid, must be in {min_value}..{max_value}.")
    return int(val)
