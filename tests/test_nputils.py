"""NumPy types, arrays as text, and seeds."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng

from fescue.utils import nputils as npu

QUICK = settings(derandomize=True, deadline=None, max_examples=200)
INF, NAN = float("inf"), float("nan")
EDGES = sorted({s * 2 ** e + d for e in (7, 8, 15, 16, 31, 32, 63, 64) for d in (-1, 0, 1)
                for s in (-1, 1)} | {0, 1, -1})


# types

def test_lists_of_types() -> None:
    assert [dtype.name for dtype in npu.INTS] == [
        "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
    assert [npu.DEFAULT_INT.name, npu.DEFAULT_UNSIGNED_INT.name, npu.DEFAULT_BOOL.name,
            npu.DEFAULT_FLOAT.name] == ["int64", "uint64", "bool", "float64"]
    assert [*npu.INTS, npu.DEFAULT_FLOAT] == list(npu.DEFAULT_NUMERICAL)
    assert npu.KEY_NUMPY_TYPE == "dtype"
    for dtype in npu.INTS:
        assert npu.is_np_int(dtype)
        assert not npu.is_np_float(dtype)
    for name in ("float16", "float32", "float64"):
        assert npu.is_np_float(np.dtype(name))
        assert not npu.is_np_int(np.dtype(name))
    for name in ("bool", "complex128", "U3", "O"):
        assert not npu.is_np_int(np.dtype(name))
        assert not npu.is_np_float(np.dtype(name))


@pytest.mark.parametrize(("low", "high", "name"), [
    (0, 0, "int8"), (0, 127, "int8"), (0, 128, "uint8"), (-1, 128, "int16"), (-128, 127, "int8"),
    (-129, 0, "int16"), (0, 255, "uint8"), (0, 256, "int16"), (0, 2 ** 15, "uint16"),
    (-2 ** 15, 0, "int16"), (0, 2 ** 16, "int32"), (0, 2 ** 31, "uint32"),
    (-1, 2 ** 31, "int64"), (0, 2 ** 32, "int64"), (0, 2 ** 63 - 1, "int64"),
    (0, 2 ** 63, "uint64"), (-2 ** 63, 2 ** 63 - 1, "int64"), (2 ** 64 - 1, 2 ** 64 - 1, "uint64")])
def test_type_of_range(low: int, high: int, name: str) -> None:
    assert npu.int_range_to_dtype(low, high).name == name


@pytest.mark.parametrize("low", EDGES)
def test_type_of_range_is_the_smallest(low: int) -> None:
    for high in EDGES:
        for forced in ("", "i", "u"):
            fits = [dtype for dtype in npu.INTS if forced in ("", dtype.kind)
                    and low <= high and np.iinfo(dtype).min <= low
                    and high <= np.iinfo(dtype).max]
            flags = {"force_signed": forced == "i", "force_unsigned": forced == "u"}
            if fits:
                assert npu.int_range_to_dtype(low, high, **flags) == fits[0]
            else:
                with pytest.raises(ValueError):
                    npu.int_range_to_dtype(low, high, **flags)


@pytest.mark.parametrize(("args", "error"), [
    ((0.0, 1), TypeError), ((0, 1.0), TypeError), ((None, 1), TypeError), (("0", 1), TypeError),
    ((0, np.int64(1)), TypeError), ((0, 1, True, True), ValueError), ((1, 0), ValueError)])
def test_bad_ranges(args: Any, error: type) -> None:
    with pytest.raises(error):
        npu.int_range_to_dtype(*args)


@pytest.mark.parametrize(("always_int", "low", "high", "name"), [
    (False, 0, 1, "float64"), (False, -INF, INF, "float64"), (True, 0, 10, "int8"),
    (True, -1, 200, "int16"), (True, -INF, INF, "int64"), (True, -5, INF, "int64"),
    (True, 0, INF, "uint64"), (True, 7, INF, "uint64"), (True, -INF, 5, "int64"),
    (False, 0.5, 0.5, "float64")])
def test_type_of_data(always_int: bool, low: float, high: float, name: str) -> None:
    assert npu.dtype_for_data(always_int, low, high).name == name


@pytest.mark.parametrize(("args", "error"), [
    ((False, NAN, 1), ValueError), ((True, 0, NAN), ValueError), ((True, 1, 0), ValueError),
    ((False, 0.5, 0.25), ValueError), ((True, 0.0, 1), TypeError), ((True, 0, 1.5), TypeError),
    ((True, 0.5, INF), TypeError), ((1, 0, 1), TypeError), ((None, 0, 1), TypeError)])
def test_bad_data(args: Any, error: type) -> None:
    with pytest.raises(error):
        npu.dtype_for_data(*args)


@pytest.mark.parametrize("dtype", npu.INTS, ids=str)
def test_arrays_of_largest_values(dtype: np.dtype[Any]) -> None:
    a = npu.np_ints_max((2, 3), dtype)
    assert (a.shape, a.dtype) == ((2, 3), dtype)
    assert set(a.flat) == {np.iinfo(dtype).max}


def test_arrays_of_largest_values_of_default_type() -> None:
    assert npu.np_ints_max(2).tolist() == [2 ** 63 - 1] * 2
    for name in ("float64", "bool"):
        with pytest.raises(ValueError, match=r"dtype=.*integer"):
            npu.np_ints_max(1, np.dtype(name))


def test_is_all_finite() -> None:
    for good in (np.zeros(2), np.array([1, 2]), np.array([True]), np.zeros(0)):
        assert npu.is_all_finite(good)
    for bad in (INF, -INF, NAN):
        assert not npu.is_all_finite(np.array([0.0, bad], np.float32))


@pytest.mark.parametrize(("name", "char"), [
    ("bool", "?"), ("int8", "b"), ("uint8", "B"), ("int16", "h"), ("int64", "l"),
    ("uint64", "L"), ("float64", "d"), ("float32", "f")])
def test_chars_of_types(name: str, char: str) -> None:
    assert npu.numpy_type_to_str(np.dtype(name)) == char


# numbers and arrays

@pytest.mark.parametrize(("number", "value"), [
    (3, 3), (True, 1), (np.True_, 1), (np.int8(-3), -3), (np.uint64(2 ** 64 - 1), 2 ** 64 - 1),
    (2.5, 2.5), (np.float64(2.0), 2.0), (np.float32(0.5), 0.5), (np.float16(-INF), -INF)])
def test_python_numbers(number: Any, value: float) -> None:
    result = npu.np_to_py_number(number)
    assert result == value
    assert type(result) is (float if isinstance(value, float) else int)


@pytest.mark.parametrize("number", [
    1j, np.complex128(1), np.complex64(0), "1", None, np.array([1]), np.str_("1"), [1]])
def test_no_python_numbers(number: Any) -> None:
    with pytest.raises(TypeError):
        npu.np_to_py_number(number)


@pytest.mark.parametrize(("data", "text"), [
    (np.array([1, -2, 3], np.int8), "1;-2;3"),
    (np.array([2 ** 64 - 1], np.uint64), str(2 ** 64 - 1)),
    (np.array([1.0, 0.5, -0.0, 1e-5, 1e20, INF]), "1;0.5;0;1e-5;1e20;inf"),
    (np.array([0.1], np.float32), "0.10000000149011612"), (np.array([True, False, True]), "TFT"),
    (np.array([], int), "")])
def test_texts_of_arrays(data: np.ndarray, text: str) -> None:
    assert npu.array_to_str(data) == text


@pytest.mark.parametrize(("data", "error"), [
    ([1, 2], TypeError), (None, TypeError), (np.array([1j]), TypeError), ("1", TypeError),
    (np.array([1.0, NAN]), ValueError)])
def test_arrays_without_text(data: Any, error: type) -> None:
    with pytest.raises(error):
        npu.array_to_str(data)


@pytest.mark.parametrize("dtype", [*npu.INTS, np.dtype(float)], ids=str)
def test_canonical_permutation(dtype: np.dtype[Any]) -> None:
    a = np.full(100, 7, dtype)
    npu.fill_in_canonical_permutation(a)
    assert a.tolist() == list(range(100))


# seeds

def test_seeds_from_texts() -> None:
    assert npu.rand_seeds_from_str("hello world!", 3) == [
        3727742416375614079, 11688012229199056962, 17315292100125916507]
    assert npu.rand_seeds_from_str("hello world!", 1) == [11688012229199056962]
    assert list(map(hex, npu.rand_seeds_from_str("demo", 4))) == [
        "0xd2866f0630434df", "0x5a9363100a272f12", "0x9ba8fd0486c59354", "0xdac201e7da6b455c"]
    assert npu.rand_seeds_from_str("demo", 1) == [0x5a9363100a272f12]


@QUICK
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.integers(1, 12),
       st.integers(1, 12))
def test_more_seeds_include_fewer(text: str, a: int, b: int) -> None:
    few, many = (npu.rand_seeds_from_str(text, n) for n in sorted((a, b)))
    assert set(few) <= set(many)
    assert many == sorted(set(many))
    assert len(many) == max(a, b)
    assert all(npu.rand_seed_check(seed) == seed for seed in many)


@pytest.mark.parametrize(("args", "error"), [
    (("", 1), ValueError), (("a", 0), ValueError), (("a", -1), ValueError), ((1, 1), TypeError),
    ((None, 1), TypeError), (("a", 1.0), TypeError), (("a", None), TypeError)])
def test_bad_texts_for_seeds(args: Any, error: type) -> None:
    with pytest.raises(error):
        npu.rand_seeds_from_str(*args)


@pytest.mark.parametrize("seed", [0, 1, 2 ** 64 - 1, np.uint64(2 ** 64 - 1)])
def test_generators(seed: int) -> None:
    random = npu.rand_generator(seed)
    assert type(random.bit_generator).__name__ == "PCG64"
    assert random.bytes(16) == default_rng(int(seed)).bytes(16)
    assert type(npu.rand_seed_check(seed)) is int


@pytest.mark.parametrize(("seed", "error", "message"), [
    (-1, ValueError, r"rand_seed=-1 is invalid, must be in 0\.\.18446744073709551615\."),
    (2 ** 64, ValueError, "rand_seed=18446744073709551616"), (1.0, TypeError, "rand_seed"),
    ("1", TypeError, "rand_seed"), (None, TypeError, "rand_seed")])
def test_bad_seeds(seed: Any, error: type, message: str) -> None:
    for use in (npu.rand_seed_check, npu.rand_generator):
        with pytest.raises(error, match=message):
            use(seed)


def test_fresh_seeds() -> None:
    expected = int.from_bytes(default_rng(5).bytes(8), "big")
    assert npu.rand_seed_generate(default_rng(5)) == expected
    seeds = {npu.rand_seed_generate() for _ in range(5)}
    assert len(seeds) == 5
    assert all(npu.rand_seed_check(seed) == seed for seed in seeds)
