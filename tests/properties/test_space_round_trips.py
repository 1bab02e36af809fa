"""Points of spaces read back from their texts; texts of no point are refused by place and value."""

from itertools import groupby, permutations
from math import factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from fescue.spaces import BitStrings, Permutations
from fescue.spaces.nparrayspace import NPArraySpace
from fescue.utils.logger import InMemoryLogger
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import INTS
from fescue.utils.sections import parse_key_values

QUICK = settings(derandomize=True, deadline=None, max_examples=150)
BITS = st.lists(st.booleans(), min_size=1, max_size=200)
BASES = st.lists(st.integers(-3, 3) | st.integers(-2 ** 63, 2 ** 63 - 1), min_size=2, max_size=12)
TEXTS = st.text(st.sampled_from("TF01;:-+. x#²٣_"), max_size=12)


def _check(space: Any, x: np.ndarray) -> None:
    """Check all that holds for every point of a space."""
    space.validate(x)
    text = space.to_str(x)
    assert text == text.strip() != ""
    back = space.from_str(f"  {text}\n")
    assert (back.dtype, back.shape) == (space.dtype, (space.dimension,))
    assert space.is_equal(back, x)
    assert space.to_str(back) == text
    copy = space.create()
    assert copy is not space.create()
    space.validate(copy)
    space.copy(copy, x)
    assert space.is_equal(copy, x)
    assert not np.shares_memory(copy, x)


# bit strings

@QUICK
@given(BITS)
@example([True])
@example([False])
@example([True] * 64 + [False] * 64)
def test_bits(bits: list[bool]) -> None:
    space = BitStrings(len(bits))
    x = np.array(bits)
    _check(space, x)
    assert space.to_str(x) == "".join("T" if bit else "F" for bit in bits)
    number = space.to_hex_string(x)
    assert int(number, 16) == sum(2 ** i for i, bit in enumerate(bits) if bit)
    runs = space.to_rle_str(x)
    assert runs == f"{'T' if bits[0] else 'F'}:" + ";".join(
        str(len(list(group))) for _, group in groupby(bits))
    for text, read in ((number, space.from_hex_string), (runs, space.from_rle_str)):
        assert read(text).tolist() == bits
        assert read(text).dtype == bool


@QUICK
@given(BITS, st.data())
def test_texts_of_wrong_length(bits: list[bool], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 200).filter(lambda k: k != len(bits)))
    own, other = BitStrings(len(bits)), BitStrings(n)
    x = np.array(bits)
    with pytest.raises(ValueError, match=rf"has {len(bits)} elements, but needs {n}"):
        other.from_str(own.to_str(x))
    with pytest.raises(ValueError, match=rf"sum up to {n}"):
        other.from_rle_str(own.to_rle_str(x))
    last = max((i + 1 for i, bit in enumerate(bits) if bit), default=0)
    if last > n:
        with pytest.raises(ValueError, match=f"{n} bits"):
            other.from_hex_string(own.to_hex_string(x))


@pytest.mark.parametrize(("method", "text"), [
    ("from_str", ""), ("from_str", "TFTFX"), ("from_str", "10101"), ("from_str", "TF TF"),
    ("from_str", "tftft"), ("from_rle_str", ""), ("from_rle_str", "T"), ("from_rle_str", "T:"),
    ("from_rle_str", "X:5"), ("from_rle_str", "T:2;x"), ("from_rle_str", "T:5;0"),
    ("from_rle_str", "T:6;-1"), ("from_rle_str", "T:2;;3"), ("from_rle_str", "T:5;"),
    ("from_rle_str", "TF:5"), ("from_rle_str", "T:99999999999999999999"), ("from_hex_string", ""),
    ("from_hex_string", "g"), ("from_hex_string", "20"), ("from_hex_string", "-1"),
    ("from_hex_string", "1;2")])
def test_texts_of_no_bits(method: str, text: str) -> None:
    with pytest.raises(ValueError):
        getattr(BitStrings(5), method)(text)


def test_the_wrong_bit_is_named() -> None:
    with pytest.raises(ValueError, match=r"element 3 .*bits5 is '2'"):
        BitStrings(5).from_str("TFT2T")


@pytest.mark.parametrize("method", ["from_str", "from_rle_str", "from_hex_string"])
@pytest.mark.parametrize("text", [None, 5, b"TTTTT", np.ones(5, bool)])
def test_bits_of_wrong_type(method: str, text: Any) -> None:
    with pytest.raises(TypeError, match="text"):
        getattr(BitStrings(5), method)(text)


# arrays of numbers

@pytest.mark.parametrize("dtype", [
    *INTS, np.dtype(np.float64), np.dtype(np.float32), np.dtype(bool)], ids=str)
@settings(derandomize=True, deadline=None, max_examples=25)
@given(st.data())
def test_arrays(dtype: np.dtype[Any], data: st.DataObject) -> None:
    elements: Any = st.booleans()
    if dtype.kind in "iu":
        elements = st.integers(int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))
    elif dtype.kind == "f":
        elements = st.floats(allow_nan=False, width=8 * dtype.itemsize)  # type: ignore[arg-type]
    values = data.draw(st.lists(elements, min_size=1, max_size=20))
    space = NPArraySpace(len(values), dtype)
    assert str(space) == f"ndarray{len(values)}{dtype.char}"
    assert space.create().tolist() == [0] * len(values)
    _check(space, np.array(values, dtype))


@QUICK
@given(st.sampled_from(INTS), st.integers(0, 4), st.integers(-2 ** 70, 2 ** 70))
@example(np.dtype(np.int8), 1, 257)
@example(np.dtype(np.uint8), 0, -1)
@example(np.dtype(np.uint64), 4, 2 ** 64)
def test_numbers_out_of_range(dtype: np.dtype[Any], place: int, value: int) -> None:
    assume(not np.iinfo(dtype).min <= value <= np.iinfo(dtype).max)
    parts = ["1"] * 5
    parts[place] = str(value)
    with pytest.raises(ValueError, match=rf"element {place} .* is '{value}'"):
        NPArraySpace(5, dtype).from_str(";".join(parts))


@pytest.mark.parametrize(("text", "message"), [
    ("1;2", "has 2 elements, but needs 3"), ("1;2;3;4", "has 4 elements"), ("", "has 1 elements"),
    ("1;2;3;", "has 4 elements"), ("1;x;3", "element 1 .* is 'x'"), ("1;2;", "element 2 .* is ''"),
    ("1.5;2;3", r"element 0 .* is '1\.5'"), ("1;2;nan", "element 2 .* is 'nan'"),
    ("1,2,3", "has 1 elements")])
def test_texts_of_no_array(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        NPArraySpace(3, np.dtype(int)).from_str(text)


@pytest.mark.parametrize(("dtype", "value"), [
    (np.float64, "nan"), (np.float32, "1e300"), (np.float32, "-1e300"), (np.float64, "1;5")])
def test_texts_of_no_real_numbers(dtype: Any, value: str) -> None:
    space = NPArraySpace(3, np.dtype(dtype))
    with pytest.raises(ValueError, match=r"element 1 .* is '|has 4 elements"):
        space.from_str(f"0.5;{value};1e-7")
    assert space.from_str("0.5;inf;-0.25").tolist() == [0.5, float("inf"), -0.25]


@QUICK
@given(TEXTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    for space in (BitStrings(4), Permutations.standard(4), Permutations([0, 0, 300]),
                  NPArraySpace(2, np.dtype("u1")), NPArraySpace(2, np.dtype(float))):
        reads = [space.from_str]
        if isinstance(space, BitStrings):
            reads += [space.from_hex_string, space.from_rle_str]
        for read in reads:
            try:
                x = read(text)
            except ValueError:
                continue
            space.validate(x)


# permutations

@QUICK
@given(BASES, st.integers(0, 2 ** 32))
@example([-2 ** 63, 2 ** 63 - 1], 0)
@example([0] * 11 + [127], 3)
def test_permutations(base: list[int], seed: int) -> None:
    assume(len(set(base)) > 1)
    space = Permutations(base)
    assert space.blueprint.tolist() == space.create().tolist() == sorted(base)
    assert (space.dimension, space.n()) == (len(base), len(set(base)))
    assert space.has_repetitions is (len(set(base)) < len(base))
    assert space.is_dense is (max(base) - min(base) + 1 == len(set(base)))
    assert sanitize_name(str(space)) == str(space)
    x = space.create()
    np.random.default_rng(seed).shuffle(x)
    _check(space, x)
    if len(base) < 7:
        assert space.n_points() == len(set(permutations(base)))
    with InMemoryLogger() as logger:
        with logger.key_values("X") as section:
            space.log_parameters_to(section)
        pairs = parse_key_values(logger.get_log()[1:-1])
    repeated = {base.count(value) for value in base}
    assert (pairs["min"], pairs["max"]) == (str(min(base)), str(max(base)))
    assert pairs.get("repetitions") == (str(*repeated) if len(repeated) == 1 else None)
    regular = space.is_dense and len(repeated) == 1
    assert (str(space) != "permOfString") is regular
    assert pairs.get("baseString") == (None if regular else ";".join(map(str, sorted(base))))


@QUICK
@given(BASES, st.data())
def test_strings_that_are_no_permutations(base: list[int], data: st.DataObject) -> None:
    assume(len(set(base)) > 1)
    space = Permutations(base)
    place = data.draw(st.integers(0, len(base) - 1))
    low, high = int(np.iinfo(space.dtype).min), int(np.iinfo(space.dtype).max)
    wrong = data.draw(st.sampled_from(base) | st.integers(low, high))
    x = space.create()
    assume(x[place] != wrong)
    x[place] = wrong
    for call in (lambda: space.validate(x), lambda: space.from_str(";".join(map(str, x)))):
        with pytest.raises(ValueError, match="occur"):
            call()


@pytest.mark.parametrize(("n", "repetitions", "name"), [
    (2, 1, "perm2"), (5, 1, "perm5"), (3, 2, "perm3w2r"), (20, 5, "perm20w5r")])
def test_names_and_sizes(n: int, repetitions: int, name: str) -> None:
    space = Permutations.with_repetitions(n, repetitions)
    assert str(space) == name
    assert space.n_points() == factorial(n * repetitions) // factorial(repetitions) ** n
    if repetitions == 1:
        assert str(Permutations.standard(n)) == name
        assert Permutations.standard(n).create().tolist() == list(range(n))
