"""Objectives that return several numbers: what is left is the set that nothing dominates."""

from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue import read_log
from fescue.algorithms import MORLS, NSGA2
from fescue.operators import Op0Setting, Op1Setting, Op2Setting
from fescue.operators.vectors import Op0Uniform, Op1Gaussian, Op2SBXAndPolynomial
from fescue.spaces import VectorSpace
from fescue.tuning import (
    AlgorithmStrategy,
    BayesianStrategy,
    Optimizer,
    Parameter,
    ParameterSpace,
    ParameterType,
    RandomSearchStrategy,
    TPEStrategy,
    replay_study,
)

X = [Parameter(name, ParameterType.FLOAT, 0.0, 1.0) for name in "xyz"]
CUBE = VectorSpace(3, 0.0, 1.0)
SPACE = ParameterSpace(X)


def nsga2() -> AlgorithmStrategy:
    return AlgorithmStrategy(NSGA2(Op0Uniform(CUBE), Op1Gaussian(CUBE), Op2SBXAndPolynomial(CUBE),
                                   10, 0.9), n_objectives=2)


STRATEGIES: dict[str, Any] = {
    "random": RandomSearchStrategy, "bayesian": BayesianStrategy, "tpe": TPEStrategy,
    "nsga2": nsga2, "settings": lambda: AlgorithmStrategy(NSGA2(
        Op0Setting(SPACE), Op1Setting(SPACE), Op2Setting(SPACE), 10, 0.9), on_settings=True,
        n_objectives=2),
    "morls": lambda: AlgorithmStrategy(
        MORLS(Op0Uniform(CUBE), Op1Gaussian(CUBE)), n_objectives=2)}


def two(p: dict[str, Any]) -> tuple[float, float]:
    g = 1 + 4.5 * (p["y"] + p["z"])
    return p["x"], g * (1 - (p["x"] / g) ** 0.5)


def volume(front: list[dict[str, Any]]) -> float:
    """Return the hypervolume up to (1.1, 10.1)."""
    total, last = 0.0, 10.1
    for record in sorted(front, key=lambda r: r["scores"]):
        a, b = record["scores"]
        if a < 1.1 and b < last:
            total += (1.1 - a) * (last - b)
            last = b
    return total


def study(strategy: str, n: int = 60, **more: Any) -> Any:
    return Optimizer(STRATEGIES[strategy]()).optimize_sync(X, two, n, seed=1, **more)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("workers", [1, 4])
def test_front(strategy: str, workers: int, tmp_path: Path) -> None:
    log = tmp_path / "study.txt"
    result = study(strategy, workers=workers, log_file=log)
    scores = [record["scores"] for record in result.history]
    assert len(scores) == 60
    expected = {a for a in scores if not any(
        b != a and b[0] <= a[0] and b[1] <= a[1] for b in scores)}
    assert [record["scores"] for record in result.front] == sorted(expected)
    assert result.score == min(map(sum, scores))
    text = log.read_text()
    assert "BEGIN_ARCHIVE_QUALITIES" in text
    assert len(read_log(log).progress) == 60
    assert read_log(log).best_f == result.score
    given = None if strategy in ("random", "bayesian", "tpe") else STRATEGIES[strategy]()
    assert replay_study(log, given).difference == ""
    again = study(strategy, workers=workers, log_file=log)
    assert again.front == result.front


def test_models_find_more_than_chance() -> None:
    found = {name: np.mean([volume(Optimizer(STRATEGIES[name]()).optimize_sync(
        X, two, 60, seed=seed).front) for seed in (1, 2)])
        for name in ("random", "bayesian", "tpe")}
    assert found["bayesian"] > found["tpe"] > found["random"]
    assert found["bayesian"] > 0.97 * (1.1 * 10.1 - 1 / 3)


def test_failures_come_first_and_numbers_must_agree() -> None:
    answers: list[Any] = [None, (1.0, nan), ValueError("bad"), (2.0, 1.0), 3.0, (1.0, 1.0, 1.0),
                          (inf, 0.0), np.array([0.5, 4.0]), [1.5, 2.0]]

    def objective(params: dict[str, Any]) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    result = Optimizer().optimize_sync(X, objective, 9, seed=1, workers=1)
    reasons = [record["reason"] for record in result.history]
    assert reasons[1] == "objective 1: the objective returned nan"
    assert reasons[4] == "the objective returned 1 numbers, but 2 before"
    assert reasons[5] == "the objective returned 3 numbers, but 2 before"
    assert [record["state"] for record in result.history] == ["failed"] * 3 + [
        "complete", "failed", "failed", "complete", "complete", "complete"]
    assert [record["scores"] for record in result.front] == [(0.5, 4.0), (1.5, 2.0), (2.0, 1.0)]


def test_algorithms_need_to_know() -> None:
    with pytest.raises(ValueError, match="is for several objectives: give n_objectives"):
        AlgorithmStrategy(MORLS(Op0Uniform(CUBE), Op1Gaussian(CUBE)))
    with pytest.raises(TypeError, match="algorithm"):
        AlgorithmStrategy("rls")  # type: ignore[arg-type]
