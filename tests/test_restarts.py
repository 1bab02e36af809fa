"""Restarts."""

from pathlib import Path
from typing import Any

import pytest

from fescue import (
    MORLS,
    RLS,
    BitStrings,
    Execution,
    LeadingOnes,
    Op0Random,
    Op1Flip1,
    Trap,
    ZeroMax,
)
from fescue.algorithms import NSGA2, RandomSampling, SingleRandomSample, luby_restarts, restarts
from fescue.algorithms.restarts import luby
from fescue.api.algorithm import Algorithm
from fescue.mo.problems import WeightedSum
from fescue.operators import Op1MoverNflip, Op2Uniform
from fescue.testing import validate_algorithm, validate_mo_algorithm, verify_algorithms_equivalent


def test_sequence() -> None:
    first = [luby(i) for i in range(1, 2 ** 12)]
    assert first[-1] == 2 ** 11
    for k in range(1, 12):
        block = first[:2 ** k - 1]
        assert first[:2 ** (k + 1) - 1] == [*block, *block, 2 ** k]


def test_random_sampling_by_restarts() -> None:
    verify_algorithms_equivalent([
        RandomSampling(Op0Random()), restarts(SingleRandomSample(Op0Random())),
        luby_restarts(RandomSampling(Op0Random()), 3)])


@pytest.mark.parametrize("base", [1, 2, 7, 64, 10 ** 9])
def test_contract(base: int) -> None:
    algorithm = luby_restarts(RLS(Op0Random(), Op1Flip1()), base)
    assert str(algorithm) == f"luby{base}_rls_flip1"
    validate_algorithm(algorithm, BitStrings(9), LeadingOnes(9))
    problem = WeightedSum([LeadingOnes(9), ZeroMax(9)])
    for inner in (MORLS(Op0Random(), Op1Flip1()),
                  NSGA2(Op0Random(), Op1MoverNflip(9), Op2Uniform(), 4, 0.5)):
        several = luby_restarts(inner, base)
        assert str(several) == f"moluby{base}_{inner}"
        validate_mo_algorithm(several, BitStrings(9), problem)  # type: ignore[arg-type]
        assert str(restarts(inner)) == f"mors_{inner}"


def test_parts_of_a_run(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    run = Execution().set_solution_space(BitStrings(30)).set_objective(Trap(30)).set_rand_seed(1)
    run.set_algorithm(luby_restarts(RLS(Op0Random(), Op1Flip1()), 10, True)).set_max_fes(75)
    with run.set_log_file(path).execute():
        pass
    text = path.read_text()
    rows = text.split("BEGIN_LUBY_RESTARTS\n")[1].split("\nEND_")[0].splitlines()
    assert rows[0] == "index;maxFEs;FEs;bestF"
    assert [row.rsplit(";", 1)[0] for row in rows[1:]] == [
        "1;10;10", "2;10;10", "3;20;20", "4;10;10", "5;10;10", "6;20;15"]
    for line in ("a.baseFEs: 10", "a.logRestarts: T", "a.a.name: rls_flip1"):
        assert line in text


class Idle(Algorithm):
    def solve(self, process: Any) -> None:
        pass

    def __str__(self) -> str:
        return "idle"


@pytest.mark.parametrize("make", [restarts, luby_restarts])
def test_one_that_does_nothing(make: Any) -> None:
    run = Execution().set_solution_space(BitStrings(3)).set_objective(Trap(3)).set_max_fes(9)
    with pytest.raises(RuntimeError, match="idle has ended without an evaluation"):
        run.set_algorithm(make(Idle())).execute()


@pytest.mark.parametrize(("arguments", "error"), [
    ((None,), TypeError), ((Idle(), 0), ValueError), ((Idle(), 1.0), TypeError),
    ((Idle(), 1, 1), TypeError)])
def test_wrong_arguments(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        luby_restarts(*arguments)
