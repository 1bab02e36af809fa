"""Spaces: names, sizes, texts, and what they refuse."""

from math import factorial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fescue.spaces import BitStrings, Permutations
from fescue.spaces.nparrayspace import NPArraySpace

QUICK = settings(max_examples=60, deadline=None, derandomize=True)


@pytest.mark.parametrize(("space", "name", "n"), [
    (BitStrings(5), "bits5", 32), (Permutations.standard(5), "perm5", 120),
    (Permutations.with_repetitions(3, 2), "perm3w2r", 90), (Permutations([1, 2, 3]), "perm1to3", 6),
    (Permutations([-1, 0, 0, -1]), "permm1to0w2r", 6), (Permutations([0, 2]), "permOfString", 2),
    (Permutations([0, 0, 1]), "permOfString", 3)], ids=str)
def test_names_and_sizes(space: Any, name: str, n: int) -> None:
    assert str(space) == name
    assert space.n_points() == n


def test_attributes() -> None:
    space = Permutations([3, 1, 1])
    assert space.blueprint.tolist() == [1, 1, 3]
    assert (space.has_repetitions, space.is_dense, space.n()) == (True, False, 2)
    assert space.dtype == np.int8
    with pytest.raises(ValueError):
        space.blueprint[0] = 3
    assert not Permutations.standard(3).has_repetitions
    assert Permutations.standard(30).n_points() == factorial(30)
    assert Permutations([0, 300]).dtype == np.int16


@pytest.mark.parametrize("make", [
    lambda: BitStrings(0), lambda: BitStrings(10 ** 8 + 1), lambda: Permutations([1]),
    lambda: Permutations([]), lambda: Permutations([2, 2]), lambda: Permutations.standard(1),
    lambda: Permutations.with_repetitions(1, 5), lambda: Permutations.with_repetitions(5, 0),
    lambda: Permutations([0, 2 ** 63]), lambda: NPArraySpace(0, np.dtype(int))])
def test_out_of_range(make: Any) -> None:
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize("make", [
    lambda: BitStrings(1.5), lambda: BitStrings("3"), lambda: Permutations(3),
    lambda: Permutations([1, "a"]), lambda: Permutations([0.5, 1]), lambda: NPArraySpace(3, int)])
def test_wrong_types(make: Any) -> None:
    with pytest.raises(TypeError):
        make()


@QUICK
@given(bits=st.lists(st.booleans(), min_size=1, max_size=70))
def test_texts_of_bits(bits: list[bool]) -> None:
    space, x = BitStrings(len(bits)), np.array(bits)
    assert space.to_str(x) == "".join("FT"[bit] for bit in bits)
    assert int(space.to_hex_string(x), 16) == sum(1 << i for i, bit in enumerate(bits) if bit)
    for write, read in ((space.to_str, space.from_str), (space.to_rle_str, space.from_rle_str),
                        (space.to_hex_string, space.from_hex_string)):
        assert read(write(x)).tolist() == bits
        assert read(write(x)).dtype == bool


@QUICK
@given(base=st.lists(st.integers(-300, 300), min_size=2, max_size=30), seed=st.integers(0, 99))
def test_texts_of_permutations(base: list[int], seed: int) -> None:
    if len(set(base)) < 2:
        return
    space = Permutations(base)
    x = space.create()
    np.random.default_rng(seed).shuffle(x)
    space.validate(x)
    back = space.from_str(space.to_str(x))
    assert space.is_equal(x, back)
    assert back.dtype == space.dtype


@pytest.mark.parametrize(("text", "part"), [
    ("T", "1 elements, but needs 5"), ("TTTTTT", "6 elements"), ("TTXFF", "element 2.*'X'"),
    ("", "0 elements"), ("10101", "element 0")])
def test_bad_texts_of_bits(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        BitStrings(5).from_str(text)


@pytest.mark.parametrize("text", ["", "T", "X:5", "T:4", "T:6", "T:0;5", "T:a", "T:-1;6", ":5"])
def test_bad_run_lengths(text: str) -> None:
    with pytest.raises(ValueError):
        BitStrings(5).from_rle_str(text)


@pytest.mark.parametrize("text", ["", "g", "-1", "20", "0x20"])
def test_bad_hexadecimals(text: str) -> None:
    with pytest.raises(ValueError):
        BitStrings(5).from_hex_string(text)


@pytest.mark.parametrize(("text", "part"), [
    ("0;1", "2 elements, but needs 3"), ("0;1;2;0", "4 elements"), ("0;1;x", "element 2.*'x'"),
    ("0;1;257", "element 2.*'257'"), ("0;1;1", "1 occurs 2 times"), ("0;1;3", "element 2 is 3"),
    ("0;1;2.0", "element 2"), ("", "1 elements")])
def test_bad_texts_of_permutations(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        Permutations.standard(3).from_str(text)


@pytest.mark.parametrize("space", [BitStrings(3), Permutations.standard(3)], ids=str)
def test_bad_points(space: Any) -> None:
    x = space.create()
    for bad, error in (
            ([0, 1, 2], TypeError), (x.astype(float), TypeError), (x[:2], ValueError),
            (np.stack([x, x]), ValueError), (None, TypeError)):
        with pytest.raises(error):
            space.validate(bad)
    for bad in (None, 3, b"TFT"):
        with pytest.raises(TypeError):
            space.from_str(bad)


def test_real_numbers() -> None:
    space = NPArraySpace(2, np.dtype(float))
    assert str(space) == "ndarray2d"
    assert space.from_str("0.5;1e-7").tolist() == [0.5, 1e-7]
    for bad in ("0.5", "a;b", "1;2;3"):
        with pytest.raises(ValueError):
            space.from_str(bad)
