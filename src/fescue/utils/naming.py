"""Texts of numbers, and names that can be used in files."""

import re
from collections.abc import Iterable
from functools import lru_cache
from math import isnan
from typing import Final

from fescue.utils.types import type_error

#: joins the parts of a name
PART_SEPARATOR: Final[str] = "_"

_EXPONENT = re.compile(r"e([+-]?)0*(\d+)$")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def bool_to_str(value: bool) -> str:
    """Return ``T`` or ``F``."""
    return "T" if value else "F"


def str_to_bool(text: str) -> bool:
    """Return the value of ``T`` or ``F``.

    Raises:
        ValueError: if ``text`` is anything else
    """
    if text not in ("T", "F"):
        raise ValueError(f"{text!r} is invalid, must be T or F.")
    return text == "T"


def float_to_str(value: float) -> str:
    """Return the shortest text from which ``value`` can be read back.

    Raises:
        ValueError: if it is NaN

    >>> float_to_str(1.0), float_to_str(1e-5), float_to_str(1e20), float_to_str(-0.0)
    ('1', '1e-5', '1e20', '0')
    """
    if isnan(value):
        raise ValueError("NaN cannot be written, it stands for no value.")
    if value == 0:
        return "0"
    text = repr(float(value))
    if "e" in text:
        sign_free = _EXPONENT.sub(lambda m: f"e{m[1].strip('+')}{m[2]}", text)
        return sign_free.replace(".0e", "e")
    return text.removesuffix(".0")


def num_to_str(value: int | float) -> str:
    """Return the text of a number, of a ``bool`` as ``T`` or ``F``.

    >>> num_to_str(True), num_to_str(12), num_to_str(2.5)
    ('T', '12', '2.5')
    """
    if isinstance(value, bool):
        return bool_to_str(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return float_to_str(value)
    raise type_error(value, "value", (bool, int, float))


def str_to_num(text: str) -> int | float:
    """Return the number that ``text`` stands for, an ``int`` where it is one.

    Raises:
        ValueError: if it is no number, or NaN

    >>> str_to_num("12"), str_to_num("1e-5"), str_to_num("-inf")
    (12, 1e-05, -inf)
    """
    if not isinstance(text, str):
        raise type_error(text, "text", str)
    try:
        return int(text)
    except ValueError:
        value = float(text)
    if isnan(value):
        raise ValueError(f"{text!r} is not a number.")
    return int(value) if value.is_integer() and "e" in text.lower() else value


def sanitize_name(name: str) -> str:
    """Return ``name`` with all characters replaced or removed that file names should not have.

    Raises:
        TypeError: if ``name`` is no string
        ValueError: if nothing is left of it

    >>> sanitize_name(" a-1.5 + b "), sanitize_name("μ+λ"), sanitize_name("a/b")
    ('am1d5_p_b', 'μpλ', 'ab')
    """
    if not isinstance(name, str):
        raise type_error(name, "name", str)
    return _sanitize(name)


@lru_cache(maxsize=4096)  # each log has the same hundred keys
def _sanitize(name: str) -> str:
    text = re.sub("--+", "-", name.strip()).replace("+", "p").replace("-", "m")
    text = re.sub("__+", "_", text)
    text = re.sub(r"\.\.+", ".", text).replace(".", "d")
    text = re.sub(r"[^\w\s]", "", text)
    text = re.sub("__+", "_", re.sub(r"\s+", "_", text))
    text = text.removeprefix("_").removesuffix("_")
    if not text:
        raise ValueError(f"name={name!r} is invalid, it has no letter or digit.")
    return text


def sanitize_names(names: Iterable[str]) -> str:
    """Join names, each made fit for file names, with ``_``; empty ones are left out."""
    return PART_SEPARATOR.join(sanitize_name(name) for name in names if name)


def num_to_str_for_name(value: int | float) -> str:
    """Return the text of a number with ``d`` and ``m`` for dot and minus.

    >>> num_to_str_for_name(1.3), num_to_str_for_name(-1e-5)
    ('1d3', 'm1em5')
    """
    return num_to_str(value).replace(".", "d").replace("-", "m")


def name_str_to_num(text: str) -> int | float:
    """Return the number that :func:`num_to_str_for_name` made ``text`` of."""
    if not isinstance(text, str):
        raise type_error(text, "text", str)
    return str_to_num(text.replace("d", ".").replace("m", "-"))


def beautify_float_str(text: str | float) -> str:
    """Return the text of a number as it is printed in a paper.

    >>> beautify_float_str("1e12"), beautify_float_str("inf"), beautify_float_str("nan")
    ('1×10¹²', '∞', '∅')
    """
    text = text if isinstance(text, str) else repr(float(text))
    text = text.strip()
    plain = {"inf": "∞", "+inf": "∞", "-inf": "-∞", "nan": "∅"}
    if text.lower() in plain:
        return plain[text.lower()]
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    return f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def duration_to_str(seconds: float) -> str:
    """Return a duration in hours, minutes and seconds.

    >>> duration_to_str(75), duration_to_str(7300)
    ('1:15', '2:01:40')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
