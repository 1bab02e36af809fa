"""The optima and the bounds of the problems on bit strings, found by trying all strings."""

from typing import Any

import numpy as np
import pytest

from fescue.problems import (
    LABS,
    BinInt,
    Ising1d,
    Ising2d,
    Jump,
    LeadingOnes,
    LinearHarmonic,
    NQueens,
    OneMax,
    Plateau,
    Trap,
    TwoMax,
    WModel,
    ZeroMax,
)
from fescue.problems.bitstrings import BitStringProblem
from fescue.problems.labs import least_energy
from fescue.problems.w_model import ruggedness


def all_values(problem: BitStringProblem) -> list[int]:
    """Return the value of each string; the bits of its index, the first one least."""
    problem.initialize()
    places = np.arange(problem.n)
    return [problem.evaluate((i >> places & 1).astype(bool)) for i in range(1 << problem.n)]


@pytest.mark.parametrize("problem", [
    *(make(n) for make in (OneMax, ZeroMax, LeadingOnes, Trap, TwoMax, Ising1d, LinearHarmonic,
                           BinInt) for n in (1, 2, 3, 8, 11)),
    *(Ising2d(n) for n in (1, 4, 9, 16)), *(LABS(n) for n in range(3, 17)), NQueens(16),
    *(make(n, k) for make in (Jump, Plateau)
      for n, k in ((3, 2), (5, 2), (5, 4), (9, 3), (14, 5))),
    *(WModel(*numbers) for numbers in (
        (3, 1, 2, 0), (16, 1, 5, 72), (5, 3, 4, 10), (7, 2, 3, 9), (8, 1, 8, 28), (3, 4, 3, 1)))],
    ids=str)
def test_optimum(problem: Any) -> None:
    values = all_values(problem)
    assert problem.lower_bound() <= min(values)
    assert max(values) <= problem.upper_bound()
    if isinstance(problem, LABS):
        assert min(values) == least_energy(problem.n)
        assert max(values) == problem.upper_bound()
        return
    assert min(values) == problem.lower_bound() == 0
    # rings of an odd length cannot alternate, and a ring or torus of one or two has no four sides
    can_alternate = problem.n > 2 and problem.n % 2 == 0
    if (can_alternate or not isinstance(problem, Ising1d | Ising2d)) and not isinstance(
            problem, Trap):
        assert max(values) == problem.upper_bound()


@pytest.mark.parametrize(("problem", "optima"), [
    (Jump(6, 2), 1), (Plateau(6, 2), 1), (TwoMax(6), 1), (Ising1d(6), 2), (Ising2d(9), 2),
    (LinearHarmonic(6), 1), (BinInt(6), 1), (NQueens(16), 2), (LABS(7), 4), (LABS(13), 4)])
def test_number_of_optima(problem: Any, optima: int) -> None:
    values = all_values(problem)
    assert values.count(min(values)) == optima


def test_known_values() -> None:
    x = np.array([True, False, False, True, True, False])
    assert Ising1d(6).evaluate(x) == 4
    assert LinearHarmonic(6).evaluate(x) == 2 + 3 + 6
    assert BinInt(6).evaluate(x) == 0b011001
    # Barker's sequences: all autocorrelations are at most 1
    for text in ("TTTFFTF", "TTTFFFTFFTF", "TTTTTFFTTFTFT"):
        bits = np.array([c == "T" for c in text])
        assert LABS(len(bits)).evaluate(bits) == len(bits) // 2
    board = np.zeros((8, 8), bool)
    board[range(8), [0, 4, 7, 5, 2, 6, 1, 3]] = True
    assert NQueens(64).evaluate(board.ravel()) == 0
    board[0, 1] = True  # on a row, a column and a diagonal with others
    assert NQueens(64).evaluate(board.ravel()) > 8


@pytest.mark.parametrize(("make", "error", "text"), [
    (lambda: Jump(2, 2), ValueError, "n=2 is invalid"),
    (lambda: Jump(8, 8), ValueError, "k=8 is invalid"),
    (lambda: Plateau(8, 1), ValueError, "k=1 is invalid"),
    (lambda: Plateau(8, 2.0), TypeError, "k"),
    (lambda: Ising2d(8), ValueError, "n=8 is invalid, must be the square"),
    (lambda: NQueens(17), ValueError, "n=17 is invalid, must be the square"),
    (lambda: NQueens(9), ValueError, "n=9 is invalid"),
    (lambda: LABS(2), ValueError, "n=2 is invalid"),
    (lambda: TwoMax(3.0), TypeError, "n"),
])
def test_wrong_numbers(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize(("numbers", "values"), [
    # values of the published reference, the last bit counts first
    ((4, 1, 2, 0), "2132102132432132"), ((5, 1, 3, 0), "23214543232123213432121034323432"),
    ((3, 3, 2, 1), "1113133311131333111313330001011111131333000101110001011100010111"),
    ((4, 1, 4, 6), "3413423431431031"), ((5, 1, 4, 2), "241245241253")])
def test_w_model(numbers: Any, values: str) -> None:
    problem = WModel(*numbers)
    for i, value in enumerate(values):
        x = np.array([i >> k & 1 for k in reversed(range(problem.n))], bool)
        assert problem.evaluate(x) == int(value)


def test_ruggedness() -> None:
    # the permutations of the published reference for six values
    assert ["".join(map(str, ruggedness(gamma, 6))) for gamma in range(16)] == [
        "0123456", "0123465", "0123564", "0124563", "0134562", "0234561", "0612354", "0612453",
        "0613452", "0615243", "0615324", "0615423", "0643215", "0653214", "0654213", "0654312"]
    for q in (3, 9, 12, 40):
        found = {tuple(ruggedness(gamma, q)) for gamma in range(q * (q - 1) // 2 + 1)}
        assert len(found) == q * (q - 1) // 2 + 1
        assert all(r[0] == 0 and sorted(r) == list(range(q + 1)) for r in found)


def test_w_model_instances() -> None:
    problems = [make() for make in WModel.default_instances()]
    assert [str(p) for p in problems] == [f"wmodel{i}" for i in range(1, 20)]
    assert [p.n for p in problems[:5]] == [20, 20, 16, 48, 25]
    assert str(WModel(6, 2, 3, 4)) == "wmodel_6_2_3_4"
    for wrong, text in (((2,), "nopt=2"), ((5, 0), "m=0"), ((5, 1, 6), "nu=6"),
                        ((5, 1, 2, 11), "gamma=11")):
        with pytest.raises(ValueError, match=text):
            WModel(*wrong)
