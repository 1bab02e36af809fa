"""Texts of numbers, and names for files."""

import re
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fescue.utils.naming import (
    beautify_float_str,
    bool_to_str,
    float_to_str,
    name_str_to_num,
    num_to_str,
    num_to_str_for_name,
    sanitize_name,
    sanitize_names,
    str_to_bool,
    str_to_num,
)

QUICK = settings(derandomize=True, deadline=None, max_examples=200)
NUMBERS = st.integers() | st.floats(allow_nan=False)
INF = float("inf")


# numbers

@pytest.mark.parametrize(("value", "text"), [
    (1.0, "1"), (-3.0, "-3"), (0.0, "0"), (-0.0, "0"), (0.5, "0.5"), (1e-5, "1e-5"),
    (-1.25e-7, "-1.25e-7"), (1e15, "1000000000000000"), (1e10, "10000000000"), (1e16, "1e16"),
    (1e20, "1e20"), (1.5e100, "1.5e100"), (1e-10, "1e-10"), (5e-324, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e308"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"),
    (INF, "inf"), (-INF, "-inf"), (np.float64(2.5), "2.5")])
def test_floats(value: float, text: str) -> None:
    assert float_to_str(value) == num_to_str(value) == text


@pytest.mark.parametrize(("value", "text"), [
    (True, "T"), (False, "F"), (0, "0"), (-12, "-12"), (2 ** 70, "1180591620717411303424")])
def test_integers_and_bools(value: int, text: str) -> None:
    assert num_to_str(value) == text


@QUICK
@given(NUMBERS)
@example(2 ** 53 + 1)
@example(1e22)
def test_numbers_read_back(value: float) -> None:
    text = num_to_str(value)
    assert str_to_num(text) == value
    assert re.fullmatch(r"-?(inf|\d+(\.\d+)?(e-?[1-9]\d*)?)", text)
    name = num_to_str_for_name(value)
    assert re.fullmatch(r"\w+", name)
    assert name_str_to_num(name) == value
    assert sanitize_name(name) == name


@QUICK
@given(st.binary(min_size=8, max_size=8))
def test_every_bit_of_a_float_reads_back(data: bytes) -> None:
    value = struct.unpack("<d", data)[0]
    if value == value:
        assert float(float_to_str(value)) == value


@pytest.mark.parametrize("convert", [float_to_str, num_to_str, num_to_str_for_name])
def test_nan(convert: Any) -> None:
    with pytest.raises(ValueError, match="NaN"):
        convert(float("nan"))


@pytest.mark.parametrize("value", [None, "1", 1j, [1]])
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(TypeError):
        num_to_str(value)


@pytest.mark.parametrize(("text", "value"), [
    ("12", 12), ("-7", -7), ("1e-5", 1e-5), ("1e20", 10 ** 20), ("2.50", 2.5), ("inf", INF),
    ("-inf", -INF), ("1E3", 1000)])
def test_texts_of_numbers(text: str, value: float) -> None:
    number = str_to_num(text)
    assert number == value
    assert type(number) is type(value)


@pytest.mark.parametrize(("text", "error"), [
    ("", ValueError), ("x", ValueError), ("nan", ValueError), ("1;2", ValueError),
    ("T", ValueError), (None, TypeError), (1, TypeError)])
def test_texts_of_no_number(text: Any, error: type) -> None:
    for read in (str_to_num, name_str_to_num):
        with pytest.raises(error):
            read(text)


def test_bools() -> None:
    assert (bool_to_str(True), bool_to_str(False)) == ("T", "F")
    assert (str_to_bool("T"), str_to_bool("F")) == (True, False)
    for text in ("", "t", "True", "TF", "1"):
        with pytest.raises(ValueError, match="must be T or F"):
            str_to_bool(text)


@pytest.mark.parametrize(("text", "pretty"), [
    ("1e12", "1×10¹²"), ("1.5e-7", "1.5×10⁻⁷"), ("-2e20", "-2×10²⁰"), ("inf", "∞"), ("-inf", "-∞"),
    ("nan", "∅"), (INF, "∞"), (-INF, "-∞"), (float("nan"), "∅"), ("12", "12"), (" 0.5 ", "0.5"),
    (1e-5, "1×10⁻⁵"), ("1e0345", "1×10³⁴⁵"), ("1e+6789", "1×10⁶⁷⁸⁹")])
def test_numbers_for_papers(text: str | float, pretty: str) -> None:
    assert beautify_float_str(text) == pretty


# names

@pytest.mark.parametrize(("name", "clean"), [
    ("a-1", "am1"), ("a--1", "am1"), ("a---1", "am1"), ("am1", "am1"), ("a/b", "ab"),
    ("a:b", "ab"), ("a#b", "ab"), ("..", "d"), ("a...b", "adb"), ("++", "pp"), ("μ+λ", "μpλ"),
    ("1e-5", "1em5"), ("  a \t\n b ", "a_b"), ("_a__b_", "a_b"), ("__a", "a"), ("a_ _b", "a_b"),
    ("a b-c.d", "a_bmcdd"), ("ä", "ä"), ("a\\b", "ab"), ("a\x00b", "ab"), ("a\u2028b", "a_b"),
    ("-", "m"), ("(5, 4)", "5_4"), ("x_/_y", "x_y"), ("\U0001f600x", "x")])
def test_sanitize_name(name: str, clean: str) -> None:
    assert sanitize_name(name) == clean


@pytest.mark.parametrize(("name", "error"), [
    ("", ValueError), (" ", ValueError), ("_", ValueError), ("___", ValueError), ("/", ValueError),
    ("_?_", ValueError), ("\ud800", ValueError), (None, TypeError), (1, TypeError),
    (b"a", TypeError)])
def test_names_of_nothing(name: Any, error: type) -> None:
    with pytest.raises(error):
        sanitize_name(name)


@QUICK
@given(st.text(st.sampled_from("aZ0_-+. \t\n/\\:#μ\x00\x1c\u2028\ud800é²") | st.characters(
    exclude_categories=()), max_size=15))
@example("_-_.__+_ _")
def test_sanitized_names_are_stable(name: str) -> None:
    try:
        clean = sanitize_name(name)
    except ValueError:
        # nothing that could stand in a name is lost
        assert not any(c.isalnum() or c in "-+." for c in name)
        return
    assert sanitize_name(clean) == clean
    assert re.fullmatch(r"\w+", clean)
    assert clean.encode()
    assert not re.search("__|^_|_$", clean)


def test_sanitize_names() -> None:
    assert sanitize_names(["a b", "", "c-1"]) == "a_b_cm1"
    assert sanitize_names(iter(("x",))) == "x"
    assert sanitize_names([]) == ""
    with pytest.raises(ValueError):
        sanitize_names(["a", "?"])
    with pytest.raises(TypeError):
        sanitize_names(["a", 1])  # type: ignore[list-item]
