"""Frequency fitness assignment."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue import BitStrings, Execution, OneMax, Op0Random, Op1Flip1, Op1MoverNflip, Trap, read_log
from fescue.algorithms import FHC, FEA1plus1
from fescue.algorithms.ffa_h import h_to_str
from fescue.api.objective import Objective


class Shuffled(Objective):
    """OneMax with its values exchanged for others."""

    def __init__(self, n: int) -> None:
        self.values = np.random.default_rng(n).permutation(1000)[:n + 1].tolist()

    def evaluate(self, x: np.ndarray) -> int:
        return int(self.values[int(x.sum())])

    def __str__(self) -> str:
        return "shuffled"


def values(algorithm: Any, objective: Objective, path: Path) -> list[Any]:
    execution = Execution().set_solution_space(BitStrings(20)).set_objective(objective)
    execution.set_algorithm(algorithm).set_max_fes(400).set_rand_seed(5).set_goal_f(-1)
    execution.set_log_file(path).set_log_all_fes()
    with execution.execute():
        pass
    return [row[2] for row in read_log(path).progress]


@pytest.mark.parametrize("make", [FEA1plus1, FHC])
def test_values_do_not_matter(make: Any, tmp_path: Path) -> None:
    algorithm = make(Op0Random(), Op1MoverNflip(20))
    onemax = OneMax(20)
    onemax.lower_bound = lambda: -1  # type: ignore[method-assign]
    seen = values(algorithm, onemax, tmp_path / "a.txt")
    other = Shuffled(20)
    assert values(algorithm, other, tmp_path / "b.txt") == [other.values[20 - f] for f in seen]


def test_rules_differ(tmp_path: Path) -> None:
    onemax = OneMax(20)
    onemax.lower_bound = lambda: -1  # type: ignore[method-assign]
    assert values(FEA1plus1(Op0Random(), Op1Flip1()), onemax, tmp_path / "a.txt") != values(
        FHC(Op0Random(), Op1Flip1()), onemax, tmp_path / "b.txt")


def test_frequencies_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    execution = Execution().set_solution_space(BitStrings(9)).set_objective(Trap(9))
    execution.set_algorithm(FEA1plus1(Op0Random(), Op1Flip1(), True)).set_max_fes(50)
    with execution.set_rand_seed(1).set_log_file(path).execute() as process:
        fes = process.get_consumed_fes()
    text = path.read_text().split("BEGIN_H\n")[1].split("\nEND_H")[0]
    cells = text.split(";")
    assert sum(int(count or 1) for count in cells[1::2]) == 2 * (fes - 1)


@pytest.mark.parametrize(("h", "text"), [
    ({}, ""), ({5: 1}, "5;"), ({5: 1, 6: 2, 8: 3}, "5;;;2;8;3"), ({-1: 2, 0: 2}, "-1;2;;2"),
    ({1: 0, 2: 1}, "2;"), ({0.5: 3, 1.5: 1, 7.25: 2}, "0.5;3;;;7.25;2")])
def test_text(h: dict[Any, int], text: str) -> None:
    assert h_to_str(Counter(h)) == text


def test_wrong_flag() -> None:
    with pytest.raises(TypeError, match="log_h_tbl"):
        FEA1plus1(Op0Random(), Op1Flip1(), 1)  # type: ignore[arg-type]
