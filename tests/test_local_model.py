"""The quadratic model around the best setting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fescue.tuning import BayesianStrategy, Optimizer, Parameter, ParameterType
from fescue.tuning.strategies.local import LocalModel


def loop(model, function, rows, n):
    """Let a model make proposals alone; return all rows and scores."""
    scores = [function(row) for row in rows]
    rows = list(rows)
    for row, score in zip(rows, scores, strict=True):
        assert not model.tell(row, score)
    for _ in range(n):
        while not model.is_due():  # others are told of meanwhile, which are worse
            model.tell(np.zeros(len(rows[0])), np.inf)
        row = model.propose(np.array(rows), np.array(scores))
        assert row is not None
        if any(np.array_equal(row, other) for other in rows):  # the optimum itself is there
            model.take(None)
            continue
        model.take(row)
        assert not model.is_due(), "one at a time"
        rows.append(row)
        scores.append(function(row))
        assert model.tell(row, scores[-1])
    return np.array(rows), np.array(scores)


@given(d=st.integers(1, 5), seed=st.integers(0, 2 ** 32 - 1))
def test_it_converges(d, seed):
    random = np.random.default_rng(seed)
    factor = random.normal(size=(d, d))
    matrix, optimum = factor @ factor.T + 0.1 * np.eye(d), random.uniform(0.2, 0.8, d)

    def function(row):
        return float((row - optimum) @ matrix @ (row - optimum))

    rows, scores = loop(LocalModel(np.ones(d, bool)), function, random.random((4 * d + 2, d)), 40)
    assert scores.min() < 1e-9 * max(1.0, scores.max())
    assert (rows >= 0).all()
    assert (rows <= 1).all()


def test_optima_on_the_border():
    random = np.random.default_rng(1)
    rows, scores = loop(LocalModel(np.ones(3, bool)), lambda row: float(row[0] - row[1] + row[2]),
                        random.random((10, 3)), 20)
    np.testing.assert_allclose(rows[np.argmin(scores)], [0, 1, 0], atol=1e-6)


def test_only_what_is_free_is_changed_and_only_what_is_comparable_counts():
    random = np.random.default_rng(2)
    model = LocalModel(np.array([True, False, True]))
    rows = random.random((30, 3))
    rows[:, 1] = np.arange(30) % 2

    def function(row):  # what another choice does is misleading
        return float(((row[[0, 2]] - 0.5) ** 2).sum() if row[1] == 1 else 10 - row[0])

    found, scores = loop(model, function, rows, 12)
    assert (found[30:, 1] == 1).all()
    np.testing.assert_allclose(found[np.argmin(scores)], [0.5, 1, 0.5], atol=1e-4)


def test_many_parameters_have_no_products():
    random = np.random.default_rng(3)
    _, scores = loop(LocalModel(np.ones(40, bool)), lambda row: float(((row - 0.4) ** 2).sum()),
                     random.random((130, 40)), 20)
    assert scores.min() < 1e-6


@pytest.mark.parametrize("factor", [1e-300, 1e300, 1.7e308])
def test_the_largest_and_smallest_scores(factor):
    random = np.random.default_rng(4)
    rows, scores = loop(LocalModel(np.ones(2, bool)),
                        lambda row: factor * float(((row - 0.4) ** 2).sum() - 0.5),
                        random.random((10, 2)), 12)
    np.testing.assert_allclose(rows[np.argmin(scores)], 0.4, atol=1e-6)


def test_failure_makes_it_rare():
    model = LocalModel(np.ones(1, bool))
    rows, scores = np.array([[0.1], [0.5], [0.9]]), np.array([2.0, 1.0, 2.0])
    for row, score in zip(rows, scores, strict=True):
        model.tell(row, score)
    waits = []
    for _ in range(8):
        wait = 0
        while not model.is_due():
            model.tell(np.zeros(1), 3.0)
            wait += 1
        waits.append(wait)
        model.take(None)
    assert waits == [0, 2, 4, 8, 16, 32, 32, 32]


@pytest.mark.parametrize("rows", [np.zeros((0, 2)), np.random.default_rng(1).random((4, 2))])
def test_nothing_is_proposed_from_too_little(rows):
    assert LocalModel(np.ones(2, bool)).propose(rows, np.zeros(len(rows))) is None
    assert not LocalModel(np.zeros(2, bool)).is_due()


@pytest.mark.parametrize("seed", range(3))
def test_a_study_resolves_the_last_digits(seed):
    parameters = [Parameter("x", ParameterType.FLOAT, -5.0, 10.0),
                  Parameter("y", ParameterType.FLOAT, 1e-3, 1e3, log=True),
                  Parameter("kind", ParameterType.CATEGORICAL, choices=["a", "b"])]

    def objective(params):
        return ((params["x"] - 1) ** 2 + (np.log10(params["y"]) + 1) ** 2
                + 3 * (params["kind"] == "b"))

    result = Optimizer(BayesianStrategy()).optimize_sync(parameters, objective, 60, seed=seed)
    assert result.score < 1e-8
    rows = {(r["parameters"]["x"], r["parameters"]["y"], r["parameters"]["kind"])
            for r in result.history}
    assert len(rows) == 60, "nothing is proposed twice"
