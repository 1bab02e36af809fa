"""What kernels are made of: functions that have a plain form, here, and a compiled one.

Kernels call them by name. Compiled code gets the forms that :func:`compiled_primitives` returns;
they do the same and draw the same random numbers.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.random import Generator

#: nothing that is compiled here is ever called from Python
OPTIONS: Final = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def draw(rng: Generator, n: int) -> int:
    """Return a random integer in ``0..n-1``, at most ``2**32-2``, as ``rng.integers(n)`` does."""
    return int(rng.integers(n))


def copy(dest: np.ndarray, source: np.ndarray) -> None:
    """Overwrite the array ``dest`` with ``source``, which has the same length."""
    dest[:] = source


def fill_with_bits(rng: Generator, dest: np.ndarray) -> None:
    """Overwrite the array ``dest`` with random bits as ``rng.integers(0, 2, n, bool)`` does."""
    dest[:] = rng.integers(0, 2, len(dest), bool)


def shuffle(rng: Generator, x: np.ndarray) -> None:
    """Put the elements of the array ``x`` in a random order, as ``rng.shuffle(x)`` does."""
    rng.shuffle(x)


#: more than what :func:`draw_few` needs to remember for the largest ``n * p``
MOST_FEW: Final = 96


def draw_few(rng: Generator, n: int, p: float, memo: np.ndarray) -> int:
    """Return a binomially distributed integer as ``rng.binomial(n, p)`` does.

    ``p`` is at most 1/2 and ``n * p`` at most 30. The caller keeps ``memo``, ``MOST_FEW`` zeros at
    first.
    """
    return int(rng.binomial(n, p))


def compiled_primitives(numba: Any) -> dict[Callable[..., Any], Any]:
    """Return the compiled form of each primitive.

    Args:
        numba: the module
    """
    jit = numba.njit(**OPTIONS)

    @jit
    def fast_copy(dest: Any, source: Any) -> None:
        # a loop, which becomes one move of memory; the slice assignment takes 30 times as long
        for i in range(len(dest)):
            dest[i] = source[i]

    @jit
    def slow_draw(rng: Any, n: Any) -> Any:
        return rng.integers(0, n)

    @jit
    def slow_shuffle(rng: Any, x: Any) -> None:
        rng.shuffle(x)

    @jit
    def fast_few(rng: Any, n: Any, p: Any, memo: Any) -> Any:
        # NumPy's inversion; the share of each k is always the same
        if memo[0] == 0.0:
            largest = min(n, n * p + 10.0 * np.sqrt(n * p * (1.0 - p) + 1))
            memo[-1], memo[0] = largest, np.exp(n * np.log(1.0 - p))
            k = 1
            while k <= largest:
                memo[k] = ((n - k + 1) * p * memo[k - 1]) / (k * (1.0 - p))
                k += 1
        k, left = 0, rng.random()
        while left > memo[k]:
            left -= memo[k]
            k += 1
            if k > memo[-1]:
                k, left = 0, rng.random()
        return k

    fast_draw, fast_bits, fast_shuffle = _on_the_stream(numba)
    return {draw: fast_draw or slow_draw, copy: fast_copy, fill_with_bits: fast_bits,
            shuffle: fast_shuffle or slow_shuffle, draw_few: fast_few}


def _on_the_stream(numba: Any) -> tuple[Any, Any, Any]:
    """Return draw, random bits and shuffle, made of the 32-bit stream as NumPy makes them.

    They are ``None`` if numba's access to that stream is not where it was. numba's own methods
    give the same stream, but ``integers`` takes ten times as long and ``shuffle`` long to compile.

    Source: D. Lemire, Fast Random Integer Generation in an Interval, 2019, 10.1145/3230636.
    """
    try:
        from numba.np.random.generator_core import next_uint32
    except ImportError:
        return None, None, None
    jit = numba.njit(**OPTIONS)
    mask, shift = np.uint64(0xffffffff), np.uint64(32)

    @jit
    def fast_draw(rng: Any, n: Any) -> Any:
        if n <= 1:
            return 0
        bound = np.uint64(n)
        product = np.uint64(next_uint32(rng.bit_generator)) * bound
        if product & mask < bound:
            least = (np.uint64(0x100000000) - bound) % bound
            while product & mask < least:
                product = np.uint64(next_uint32(rng.bit_generator)) * bound
        return np.int64(product >> shift)

    @jit
    def fast_bits(rng: Any, dest: Any) -> None:
        bits, left = np.uint32(0), 0
        for i in range(len(dest)):
            if left == 0:
                bits, left = np.uint32(next_uint32(rng.bit_generator)), 31
            else:
                bits, left = np.uint32(bits >> np.uint32(1)), left - 1
            dest[i] = (bits & np.uint32(1)) != 0

    @jit
    def fast_shuffle(rng: Any, x: Any) -> None:
        for last in range(len(x) - 1, 0, -1):
            mask = last
            for shift in (1, 2, 4, 8, 16):
                mask |= mask >> shift
            j = np.int64(next_uint32(rng.bit_generator)) & mask
            while j > last:
                j = np.int64(next_uint32(rng.bit_generator)) & mask
            x[last], x[j] = x[j], x[last]

    return fast_draw, fast_bits, fast_shuffle
