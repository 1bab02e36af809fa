"""NumPy types, arrays as text, and seeds."""

from hashlib import sha512
from math import isfinite, isnan
from typing import Any, Final

import numpy as np
from numpy.random import PCG64, Generator, default_rng

from fescue.utils.naming import bool_to_str, num_to_str
from fescue.utils.types import check_int_range, type_error

#: the key under which components log the type of their arrays
KEY_NUMPY_TYPE: Final[str] = "dtype"

#: the integer types, small ones first, signed before unsigned
INTS: Final[tuple[np.dtype[Any], ...]] = tuple(
    np.dtype(f"{kind}{size}") for size in (1, 2, 4, 8) for kind in "iu")
DEFAULT_INT: Final[np.dtype[Any]] = np.dtype(np.int64)
DEFAULT_UNSIGNED_INT: Final[np.dtype[Any]] = np.dtype(np.uint64)
DEFAULT_BOOL: Final[np.dtype[Any]] = np.dtype(np.bool_)
DEFAULT_FLOAT: Final[np.dtype[Any]] = np.dtype(np.float64)
#: the types of numbers
DEFAULT_NUMERICAL: Final[tuple[np.dtype[Any], ...]] = (*INTS, DEFAULT_FLOAT)

_MAX_SEED: Final = 2 ** 64 - 1


def is_np_int(dtype: np.dtype[Any]) -> bool:
    """Return whether ``dtype`` is an integer type."""
    return dtype.kind in "iu"


def is_np_float(dtype: np.dtype[Any]) -> bool:
    """Return whether ``dtype`` is a floating point type."""
    return dtype.kind == "f"


def int_range_to_dtype(min_value: int, max_value: int, force_signed: bool = False,
                       force_unsigned: bool = False) -> np.dtype[Any]:
    """Return the smallest integer type for a range, a signed one where that is enough.

    Args:
        min_value: the smallest value
        max_value: the largest value
        force_signed: whether the type must be signed
        force_unsigned: whether it must be unsigned

    Raises:
        TypeError: if a value is no integer
        ValueError: if the range is empty or no type holds it

    >>> int_range_to_dtype(0, 127).name, int_range_to_dtype(0, 128).name
    ('int8', 'uint8')
    """
    for name, value in (("min_value", min_value), ("max_value", max_value)):
        if not isinstance(value, int):
            raise type_error(value, name, int)
    if min_value > max_value:
        raise ValueError(f"min_value={min_value} is larger than max_value={max_value}.")
    if force_signed and force_unsigned:
        raise ValueError("force_signed and force_unsigned exclude each other.")
    for dtype in INTS:
        info = np.iinfo(dtype)
        forced = (force_signed and dtype.kind == "u") or (force_unsigned and dtype.kind == "i")
        if not forced and info.min <= min_value and max_value <= info.max:
            return dtype
    raise ValueError(
        f"No {'signed ' if force_signed else ''}{'unsigned ' if force_unsigned else ''}"
        f"integer type holds {min_value}..{max_value}.")


def dtype_for_data(always_int: bool, lower_bound: int | float,
                   upper_bound: int | float) -> np.dtype[Any]:
    """Return the type for numbers within bounds.

    Args:
        always_int: whether all numbers are integers
        lower_bound: the smallest one, may be ``-inf``
        upper_bound: the largest one, may be ``inf``

    Raises:
        TypeError: if ``always_int`` is no ``bool``, or a finite bound of integers no integer
        ValueError: if a bound is NaN or if the range is empty
    """
    if not isinstance(always_int, bool):
        raise type_error(always_int, "always_int", bool)
    if isnan(lower_bound) or isnan(upper_bound) or lower_bound > upper_bound:
        raise ValueError(f"The bounds {lower_bound} and {upper_bound} are invalid.")
    if not always_int:
        return DEFAULT_FLOAT
    for name, bound in (("lower_bound", lower_bound), ("upper_bound", upper_bound)):
        if isfinite(bound) and not isinstance(bound, int):
            raise type_error(bound, name, int)
    if isinstance(lower_bound, int) and isinstance(upper_bound, int):
        return int_range_to_dtype(lower_bound, upper_bound)
    return DEFAULT_UNSIGNED_INT if lower_bound >= 0 else DEFAULT_INT


def np_ints_max(shape: int | tuple[int, ...], dtype: np.dtype[Any] = DEFAULT_INT) -> np.ndarray:
    """Return an array that is filled with the largest value of an integer type.

    Raises:
        ValueError: if ``dtype`` is no integer type
    """
    if not is_np_int(dtype):
        raise ValueError(f"dtype={dtype} is invalid, must be an integer type.")
    return np.full(shape, np.iinfo(dtype).max, dtype)


def is_all_finite(a: np.ndarray) -> bool:
    """Return whether no element of ``a`` is infinite or NaN."""
    return not is_np_float(a.dtype) or bool(np.isfinite(a).all())


def numpy_type_to_str(dtype: np.dtype[Any]) -> str:
    """Return the one-letter code of a type, such as ``b``, ``l``, ``d`` or ``?``."""
    return dtype.char


def np_to_py_number(number: Any) -> int | float:
    """Return a number, of NumPy or not, as ``int`` or ``float``.

    Raises:
        TypeError: if it is complex or no number
    """
    if isinstance(number, int | np.integer | np.bool_):
        return int(number)
    if isinstance(number, float | np.floating):
        return float(number)
    raise type_error(number, "number", (int, float, np.integer, np.floating))


def array_to_str(data: np.ndarray) -> str:
    """Return the elements of a one-dimensional array as text.

    >>> array_to_str(np.array([1, 2])), array_to_str(np.array([0.5, 2.0]))
    ('1;2', '0.5;2')
    >>> array_to_str(np.array([True, False]))
    'TF'
    """
    if not isinstance(data, np.ndarray):
        raise type_error(data, "data", np.ndarray)
    if data.dtype.kind == "b":
        letters = np.frombuffer("".join(map(bool_to_str, (False, True))).encode(), np.uint8)
        return letters[data.view(np.uint8)].tobytes().decode("ascii")
    if data.dtype.kind in "iu":
        return ";".join(map(str, data.tolist()))
    return ";".join(map(num_to_str, data.tolist()))


def fill_in_canonical_permutation(a: np.ndarray) -> None:
    """Overwrite ``a`` with ``0, 1, 2, ...``."""
    a[:] = np.arange(len(a))


def rand_generator(seed: int) -> Generator:
    """Return a new generator (PCG64) for a seed in ``0..2**64-1``."""
    return default_rng(rand_seed_check(seed))


def rand_seed_check(rand_seed: Any) -> int:
    """Return a seed if it is in ``0..2**64-1``.

    Raises:
        TypeError: if it is no integer
        ValueError: if it is out of range
    """
    return check_int_range(rand_seed, "rand_seed", 0, _MAX_SEED)


def rand_seed_generate(random: Generator | None = None) -> int:
    """Return a seed that is drawn from ``random``, or a fresh one."""
    random = default_rng() if random is None else random
    return int.from_bytes(random.bytes(8), "big")


def rand_seeds_from_str(string: str, n_seeds: int) -> list[int]:
    """Return different seeds, sorted, that follow from a text; more seeds include fewer.

    Args:
        string: the text, not empty
        n_seeds: how many, at least 1

    Raises:
        TypeError: if an argument has a wrong type
        ValueError: if it is out of range

    >>> rand_seeds_from_str("hello world!", 1)
    [11688012229199056962]
    """
    if not isinstance(string, str):
        raise type_error(string, "string", str)
    if not string:
        raise ValueError("string is empty, seeds follow from a text.")
    check_int_range(n_seeds, "n_seeds", 1)
    digest = sha512(string.encode("utf-8")).digest()
    first, second = (Generator(PCG64(int.from_bytes(half, "big")))
                     for half in (digest[:32], digest[32:]))
    seeds: set[int] = set()
    use_first = False
    while len(seeds) < n_seeds:
        seeds.add(rand_seed_generate(first if use_first else second))
        use_first = not use_first
    return sorted(seeds)
