"""Step sizes: what they stand for, and how far the operators go."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fescue.kernels.kernel import Kernel
from fescue.operators import Op1FlipM, Op1SwapTryN
from fescue.operators.tools import exponential_step_size, inv_exponential_step_size
from fescue.spaces import BitStrings, Permutations
from fescue.testing import validate_operator_kernels
from fescue.utils.errors import ValidationError


@given(st.integers(1, 1000), st.integers(1, 10 ** 6), st.data())
def test_round_trip(low: int, width: int, data: st.DataObject) -> None:
    high = low + width
    steps = data.draw(st.integers(low, high))
    size = inv_exponential_step_size(steps, low, high)
    assert 0 <= size <= 1
    assert exponential_step_size(size, low, high) == steps
    assert exponential_step_size(0.0, low, high) == low
    assert exponential_step_size(1.0, low, high) == high


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 50), st.integers(1, 500))
def test_larger_sizes_are_not_fewer_steps(a: float, b: float, low: int, width: int) -> None:
    a, b = sorted((a, b))
    assert exponential_step_size(a, low, low + width) <= exponential_step_size(b, low, low + width)


@pytest.mark.parametrize(("call", "error"), [
    (lambda: exponential_step_size(1, 1, 5), TypeError),
    (lambda: exponential_step_size(1.01, 1, 5), ValueError),
    (lambda: exponential_step_size(float("nan"), 1, 5), ValueError),
    (lambda: exponential_step_size(0.5, 0, 5), ValueError),
    (lambda: exponential_step_size(0.5, 5, 5), ValueError),
    (lambda: inv_exponential_step_size(6, 1, 5), ValueError),
    (lambda: inv_exponential_step_size(1.0, 1, 5), TypeError),
    (lambda: Op1SwapTryN(BitStrings(3)), TypeError),  # type: ignore[arg-type]
])
def test_wrong_arguments(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


@pytest.mark.parametrize("n", [1, 2, 3, 10, 100])
def test_number_of_flips(n: int) -> None:
    random, op, x = np.random.default_rng(n), Op1FlipM(), np.zeros(n, bool)
    dest = x.copy()
    for steps in range(1, n + 1):
        op.op1(random, dest, x, 0.0 if n == 1 else inv_exponential_step_size(steps, 1, n))
        assert dest.sum() == steps
    assert not x.any()


@pytest.mark.parametrize("n", [2, 3, 10, 100])
def test_length_of_cycles(n: int) -> None:
    space = Permutations.standard(n)
    random, op = np.random.default_rng(n), Op1SwapTryN(space)
    x, dest = space.create(), space.create()
    for steps in range(2, n + 1):
        op.op1(random, dest, x, 0.0 if n == 2 else inv_exponential_step_size(steps, 2, n))
        assert (dest != x).sum() == steps
        space.validate(dest)


@pytest.mark.parametrize("n", [10_000, 10_001, 20_000])
def test_kernel_for_many_bits(n: int) -> None:
    """With more than 10,000 bits, many are drawn in another way than few."""
    def randomize(random: Any, x: Any) -> Any:
        x[:] = random.integers(0, 2, n)
        return x

    validate_operator_kernels(Op1FlipM(), BitStrings(n), randomize, samples=12)


def test_kernels_that_differ_are_found_out() -> None:
    class Farther(Op1FlipM):
        """Its kernel goes one step farther."""

        def step_kernel(self, x: np.ndarray) -> Kernel:
            kernel = super().step_kernel(x)
            return Kernel(lambda rng, dest, x, step, data: kernel.function(
                rng, dest, x, 1.0, data), kernel.data)

    def randomize(random: Any, x: Any) -> Any:
        x[:] = random.integers(0, 2, len(x))
        return x

    with pytest.raises(ValidationError, match="its kernel for step sizes"):
        validate_operator_kernels(Farther(), BitStrings(20), randomize)
