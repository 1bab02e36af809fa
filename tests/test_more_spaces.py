"""Integer vectors, signed permutations, ordered choices, and operators that are told how far."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from fescue.operators import (
    Op0ChooseAndShuffle,
    Op0Forward,
    Op0ShuffleAndFlip,
    Op1MNormal,
    Op1Swap2OrFlip,
    Op1SwapExactlyN,
)
from fescue.operators.intspace import Op0Random
from fescue.operators.tools import exponential_step_size, inv_exponential_step_size
from fescue.spaces import IntSpace, OrderedChoices, Permutations, SignedPermutations
from fescue.testing import validate_op1_with_step_size
from fescue.utils.logger import InMemoryLogger


def logged(component: Any) -> list[str]:
    with InMemoryLogger() as logger:
        with logger.key_values("S") as section:
            component.log_parameters_to(section)
        return logger.get_log()[3:-1]


def test_ints() -> None:
    space = IntSpace(4, -3, 300)
    assert (str(space), space.dtype, space.n_points()) == ("ints4hm3to300", np.int16, 304 ** 4)
    assert logged(space) == ["nvars: 4", "dtype: h", "min: -3", "max: 300"]
    assert space.from_str("-3;300;0;7").tolist() == [-3, 300, 0, 7]
    with pytest.raises(ValueError, match="out of"):
        IntSpace(3, 0, 100).from_str("1;2;257")
    with pytest.raises(ValueError, match=r"x\[1\]=301 is invalid, must be in -3..300"):
        space.validate(np.array([0, 301, 0, 0], np.int16))
    with pytest.raises(ValueError, match="max_value=3"):
        IntSpace(3, 3, 3)
    with pytest.raises(TypeError, match="min_value"):
        IntSpace(3, 0.0, 3)  # type: ignore[arg-type]


def test_signed_permutations() -> None:
    names = [str(SignedPermutations(base)) for base in (
        [1, -2, 3], [3, 4], [1, 1, 2, 2], [-7, 3, 3])]
    assert names == ["signedPerm3", "signedPerm3to4", "signedPerm2w2r", "signedPermOfString"]
    space = SignedPermutations([-7, 3, 3])
    assert space.create().tolist() == [3, 3, 7]
    assert (space.n(), space.is_dense, space.has_repetitions) == (2, False, True)
    assert space.n_points() == 24
    assert logged(space) == ["nvars: 3", "dtype: b", "unsignedMin: 3", "max: 7",
                             "baseString: 3;3;7"]
    space.validate(np.array([-3, 7, 3], np.int8))
    for wrong in ([-7, 7, 3], [0, 3, 7], [-128, 3, 3]):
        with pytest.raises(ValueError, match=r"occurs|does not occur"):
            space.validate(np.array(wrong, np.int8))
    with pytest.raises(ValueError, match="0 has no sign"):
        SignedPermutations([0, 1, 2])
    # 255 does not fit into eight bits with a sign
    assert SignedPermutations([255, 1]).dtype == np.int16


def test_ordered_choices() -> None:
    space = OrderedChoices([[8, 9], [3, 1, 2], [9, 8]])
    assert logged(space) == ["nvars: 3", "dtype: b", "choices: 1;2;3/8;9/8;9"]
    assert space.n_points() == 3 * 3 * 4
    space.validate(np.array([9, 3, 9], np.int8))
    with pytest.raises(ValueError, match="there are 2 choices from the group"):
        space.validate(np.array([1, 3, 9], np.int8))
    with pytest.raises(ValueError, match="element 1 is 7, which is in no group"):
        space.validate(np.array([1, 7, 9], np.int8))
    signed = OrderedChoices.signed_permutations(3)
    assert (str(signed), signed.n_points()) == ("selperm3", 48)
    for wrong, text in (([[1, 2], [2, 3]], "element 2 occurs in the groups"), ([], "is empty"),
                        ([[]], "must have at least one"), ([[1, 1]], "must have at least one"),
                        ([[5]], "has only one point")):
        with pytest.raises(ValueError, match=text):
            OrderedChoices(wrong)


@pytest.mark.parametrize(("op", "space"), [
    (Op0Random(IntSpace(2, -1, 3)), IntSpace(2, -1, 3)),
    (Op0ShuffleAndFlip(SignedPermutations([1, 2, 2])), SignedPermutations([1, 2, 2])),
    (Op0ChooseAndShuffle(OrderedChoices([[1, 2, 3], [4, 5], [4, 5]])),
     OrderedChoices([[1, 2, 3], [4, 5], [4, 5]]))], ids=str)
def test_all_points_are_as_likely(op: Any, space: Any) -> None:
    random, x, seen = default_rng(7), space.create(), Counter[str]()
    samples = 400 * space.n_points()
    for _ in range(samples):
        op.op0(random, x)
        seen[space.to_str(x)] += 1
    # points with equal groups come in more than one way, in all orders alike
    assert len(seen) == space.n_points()
    assert max(abs(count - 400) for count in seen.values()) < 110


def test_steps_of_integers() -> None:
    space = IntSpace(1, -100, 100)
    op, random, x, dest = Op1MNormal(space, sd=4.0), default_rng(3), space.create(), space.create()
    assert str(op) == "normB1_4"
    assert str(Op1MNormal(space, at_least_1=False, sd=0.5)) == "normB1n_0d5"
    assert logged(op) == ["m: 1", "n: 1", "atLeast1: T", "sd: 4", "min: -100", "max: 100"]
    x[0] = 0
    steps = []
    for _ in range(4000):
        op.op1(random, dest, x)
        steps.append(int(dest[0]))
    assert 0 not in steps
    assert abs(np.mean(steps)) < 0.3
    assert 4.0 < np.std(steps) < 4.8  # steps are rounded away from zero
    for sd in (1e-300, 1e300):  # too small to be seen, too large for any step
        Op1MNormal(space, sd=sd).op1(random, dest, x)
        assert dest[0] != 0


def test_swaps_or_flips() -> None:
    space = SignedPermutations.standard(3)
    op, random, x, dest = Op1Swap2OrFlip(), default_rng(3), space.create(), space.create()
    flips = 0
    for _ in range(1000):
        op.op1(random, dest, x)
        flips += sorted(dest) != [1, 2, 3]
        assert (dest != x).sum() == (1 if sorted(dest) != [1, 2, 3] else 2)
    assert 430 < flips < 570


@pytest.mark.parametrize("space", [
    Permutations.standard(2), Permutations.standard(12), Permutations.with_repetitions(2, 4),
    Permutations.with_repetitions(6, 3), Permutations([0, 1, 1, 1]),
    Permutations([0, 0, 0, 0, 0, 0, 1, 2, 3])], ids=str)
@pytest.mark.parametrize("trials", [1, 1000])
def test_exactly_n_places_change(space: Permutations, trials: int) -> None:
    counts = Counter(space.blueprint.tolist()).values()
    possible = [k for k in range(2, space.dimension + 1)
                if sum(min(c, k // 2) for c in counts) >= k]
    op = Op1SwapExactlyN(space, trials, trials)
    assert logged(op) == [f"maxChanges: {possible[-1]}", f"maxMoveTrials: {trials}",
                          f"maxApplyTrials: {trials}", f"moves: {len(possible)}"]

    def measure(size: int, x1: Any, x2: Any) -> float:
        return inv_exponential_step_size(int((x1 != x2).sum()), 2, max(3, possible[-1]))

    random, x, dest = default_rng(5), space.create(), space.create()
    for k in possible:
        size = 0.0 if len(possible) == 1 else inv_exponential_step_size(k, 2, possible[-1])
        assert len(possible) == 1 or exponential_step_size(size, 2, possible[-1]) == k
        for _ in range(20):
            random.shuffle(x)
            op.op1(random, dest, x, size)
            space.validate(dest)
            assert (dest != x).sum() == k

    def shuffled(random: Any, x: Any) -> Any:
        random.shuffle(x)
        return x

    few = {"min_unique": 1} if space.n_points() < 5 else {}
    validate_op1_with_step_size(op, space, shuffled, **few)


def test_forward() -> None:
    op, x = Op0Forward(), np.zeros(2)
    with pytest.raises(ValueError, match="has no function, call forward_to"):
        op.op0(default_rng(1), x)
    op.forward_to(lambda dest: dest.fill(3))
    op.op0(default_rng(1), x)
    assert x.tolist() == [3, 3]
    op.initialize()
    with pytest.raises(ValueError, match="has no function"):
        op.op0(default_rng(1), x)
    with pytest.raises(TypeError, match="call"):
        op.forward_to(3)  # type: ignore[arg-type]
