"""The validators for families of problems, over good and bad algorithms."""

from typing import Any

import pytest

from fescue import EA, RLS, Op0Random, Op0Shuffle, Op1Flip1, Op1MoverNflip, Op1Swap2
from fescue.algorithms import HillClimber, RandomSampling
from fescue.api.algorithm import Algorithm
from fescue.problems import LeadingOnes, OneMax
from fescue.testing import (
    validate_algorithm_on_1_jssp,
    validate_algorithm_on_bitstrings,
    validate_algorithm_on_jssp,
    validate_algorithm_on_leadingones,
    validate_algorithm_on_onemax,
    verify_algorithms_equivalent,
)
from fescue.utils.errors import ValidationError


class TooLong(Algorithm):
    """Asks nobody whether it is over."""

    def solve(self, process: Any) -> None:
        x = process.create()
        for _ in range(1000):
            process.evaluate(x)

    def __str__(self) -> str:
        return "tooLong"


def test_good_ones() -> None:
    validate_algorithm_on_onemax(RLS(Op0Random(), Op1Flip1()))
    validate_algorithm_on_leadingones(
        lambda space: EA(Op0Random(), Op1MoverNflip(space.dimension), None, 3, 2))
    validate_algorithm_on_bitstrings(OneMax(4), lambda: RandomSampling(Op0Random()), 4, 50)
    validate_algorithm_on_bitstrings(
        LeadingOnes, lambda space, f: RLS(Op0Random(), Op1MoverNflip(f.n)), 6, 500, 0)
    validate_algorithm_on_jssp(lambda instance, space: RLS(Op0Shuffle(space), Op1Swap2()))
    validate_algorithm_on_1_jssp(
        lambda instance, space, f: RLS(Op0Shuffle(space), Op1Swap2()), "ft06", 200, 70)


def test_bad_ones() -> None:
    for validate in (validate_algorithm_on_onemax, validate_algorithm_on_leadingones,
                     validate_algorithm_on_jssp, validate_algorithm_on_1_jssp):
        with pytest.raises(ValidationError, match="has gone on after the end of its run"):
            validate(TooLong())
    with pytest.raises(ValidationError, match="within 20 FEs, but must find 0"):
        validate_algorithm_on_bitstrings(OneMax, RandomSampling(Op0Random()), 30, 20, 0)


def test_equivalent_ones() -> None:
    verify_algorithms_equivalent([RLS(Op0Random(), Op1Flip1()), EA(Op0Random(), Op1Flip1())])
    with pytest.raises(ValidationError, match=r"number 2.* differs from rls_flip1 on .* at FE"):
        verify_algorithms_equivalent([RLS(Op0Random(), Op1Flip1()), EA(Op0Random(), Op1Flip1()),
                                      HillClimber(Op0Random(), Op1Flip1())])
    with pytest.raises(ValueError, match="has 1 element"):
        verify_algorithms_equivalent([RLS(Op0Random(), Op1Flip1())])
