"""Trials that report: which ones are given up, and what is left of them."""

import asyncio
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from fescue.tuning import (
    BayesianStrategy,
    CMAESStrategy,
    MedianPruning,
    Optimizer,
    Parameter,
    ParameterType,
    PruningRule,
    RandomSearchStrategy,
    SuccessiveHalving,
    TPEStrategy,
    Trial,
    TrialPruned,
    TrialState,
)

X = [Parameter("x", ParameterType.FLOAT, 0.0, 1.0)]
RULES = [MedianPruning(), MedianPruning(2, 3), SuccessiveHalving(), SuccessiveHalving(2, 4)]


def learning(params: dict[str, Any], trial: Trial) -> float:
    """Come nearer to the score with each step."""
    value = inf
    for step in range(1, 28):
        value = params["x"] + 1 / step
        trial.report(step, value)
        if trial.should_prune():
            return -1.0  # which must not count
    return value


async def also(params: dict[str, Any], trial: Trial) -> float:
    for step in range(1, 28):
        await asyncio.sleep(0)
        trial.report(step, params["x"] + 1 / step)
        if trial.should_prune():
            raise TrialPruned
    return float(params["x"] + 1 / 27)


@pytest.mark.parametrize("rule", RULES, ids=str)
@pytest.mark.parametrize("objective", [learning, also])
@pytest.mark.parametrize("strategy", [RandomSearchStrategy, BayesianStrategy, TPEStrategy,
                                      CMAESStrategy])
def test_the_best_are_completed(rule: PruningRule, objective: Any, strategy: Any) -> None:
    if strategy is not RandomSearchStrategy and (objective is also or rule is not RULES[0]):
        return  # one combination shows that a strategy learns from pruned trials
    result = Optimizer(strategy()).optimize_sync(
        X, objective, 40, seed=1, workers=3, pruning=rule)
    states = {state: [r for r in result.history if r["state"] == state]
              for state in (TrialState.COMPLETE, TrialState.PRUNED)}
    pruned, complete = states[TrialState.PRUNED], states[TrialState.COMPLETE]
    assert len(pruned) + len(complete) == 40
    assert len(pruned) >= 5
    assert result.score == min(r["score"] for r in complete) > 0
    best = min(r["parameters"]["x"] for r in result.history)
    assert result.parameters["x"] <= best + 0.05
    for record in pruned:
        assert record["score"] == inf
        assert record["reason"].startswith("given up at step")
        assert record["reports"][-1][1] == pytest.approx(
            record["parameters"]["x"] + 1 / record["reports"][-1][0])


def test_without_reports_nothing_is_pruned() -> None:
    def silent(params: dict[str, Any], trial: Trial) -> float:
        return 1.0 if not trial.should_prune() else 0.0

    result = Optimizer().optimize_sync(X, silent, 20, seed=1)
    assert {r["state"] for r in result.history} == {"complete"}


def test_medians() -> None:
    rule = MedianPruning(2)
    rule.begin()
    trials = [Trial(i, {}, _judge=rule) for i in range(6)]
    for i, (trial, value) in enumerate(zip(trials, (1.0, 3.0, 2.0, 2.5, 1.5, nan), strict=True)):
        trial.report(1, value)
        # so many others: 0, 1, then the medians 1 or 3, 2, 2.5 or 2, 2
        assert trial.should_prune() == (i in (3, 5)), i
    trials[4].report(2, 9.0)
    assert not trials[4].should_prune(), "nobody else was there"


def test_halving() -> None:
    rule = SuccessiveHalving(1, 2)
    rule.begin()
    trials = [Trial(i, {}, _judge=rule) for i in range(4)]
    for trial, value in zip(trials, (5.0, 6.0, 4.0, 7.0), strict=True):
        trial.report(1, value)
    assert [trial.should_prune() for trial in trials] == [False, True, False, True]
    trials[0].report(3, 1.0)  # it has passed step 2
    assert not trials[0].should_prune()
    trials[2].report(2, 2.0)
    assert trials[2].should_prune()


def test_a_trial_that_is_given_up_remains_so() -> None:
    rule = MedianPruning(1)
    rule.begin()
    good, bad = Trial(0, {}, _judge=rule), Trial(1, {}, _judge=rule)
    good.report(0, 1.0)
    bad.report(0, 2.0)
    assert bad.should_prune()
    bad.report(1, 0.0)
    assert bad.should_prune()


@pytest.mark.parametrize(("call", "error", "text"), [
    (lambda t: t.report(0, 1.0) or t.report(0, 1.0), ValueError, "step=0 is invalid"),
    (lambda t: t.report(-1, 1.0), ValueError, "step=-1"),
    (lambda t: t.report(1.5, 1.0), TypeError, "step"),
    (lambda t: t.report(1, "much"), TypeError, "value"),
    (lambda _: MedianPruning(0), ValueError, "least_trials=0"),
    (lambda _: MedianPruning(1, -1), ValueError, "least_steps=-1"),
    (lambda _: SuccessiveHalving(0), ValueError, "first_step=0"),
    (lambda _: SuccessiveHalving(1, 1), ValueError, "reduction=1"),
    (lambda _: Optimizer().optimize_sync(X, learning, pruning="median"), TypeError, "pruning")])
def test_bad_input(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call(Trial(0, {}))


def test_reports_survive(tmp_path: Path) -> None:
    """A study that goes on prunes as one that was never interrupted."""
    whole = Optimizer().optimize_sync(X, learning, 30, seed=1, log_file=tmp_path / "whole.txt")
    Optimizer().optimize_sync(X, learning, 12, seed=1, log_file=tmp_path / "parts.txt")
    parts = Optimizer().optimize_sync(X, learning, 30, seed=1, log_file=tmp_path / "parts.txt")
    for record in whole.history + parts.history:
        record.pop("seconds")
    assert parts.history == whole.history
    assert "pruning.name: median" in (tmp_path / "parts.txt").read_text()
