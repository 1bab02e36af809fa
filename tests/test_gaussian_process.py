"""The model of the Bayesian strategy: gradients, predictions, and improvements that are tiny."""

from typing import Any

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal, norm

from fescue.tuning.strategies.bayesian import log_improvement
from fescue.tuning.strategies.gp import Density, GaussianProcess, _warped


def _data(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    points = random.random((n, 3))
    points[:, 2] = random.integers(0, 4, n)
    scores = np.sin(5 * points[:, 0]) + points[:, 1] ** 2 + (points[:, 2] == 2)
    return points, scores, np.array([False, False, True])


def test_gradients() -> None:
    points, scores, is_choice = _data(15)
    model = GaussianProcess(is_choice)
    density = Density(points, _warped(scores), is_choice, model._mean, model._deviation)
    for seed in range(4):
        theta = model._mean + np.random.default_rng(seed).normal(0, 0.7, 6)
        _, gradient = density.loss(theta)
        numeric = approx_fprime(theta, lambda t: density.loss(t)[0], 1e-6)
        assert gradient == pytest.approx(numeric, rel=2e-3, abs=2e-3)


def test_density_is_that_of_the_kernel() -> None:
    points, scores, is_choice = _data(9)
    model = GaussianProcess(is_choice)
    y = _warped(scores)
    model._theta = theta = model._mean + 0.3
    kernel = model._cross(points, points) + (np.exp(theta[-2]) + 1e-8) * np.eye(9)
    expected = -multivariate_normal(np.zeros(9), kernel).logpdf(y) - norm.logpdf(
        theta, model._mean, model._deviation).sum()
    constant = 4.5 * np.log(2 * np.pi) + (np.log(model._deviation) + 0.5 * np.log(2 * np.pi)).sum()
    density = Density(points, y, is_choice, model._mean, model._deviation)
    assert density.loss(theta)[0] == pytest.approx(expected - constant)


def test_kernel_is_one_of_choices() -> None:
    a = np.array([[0.2, 0.0], [0.2, 3.0], [0.7, 1.0], [0.7, 2.0]])
    model = GaussianProcess(np.array([False, True]))
    model._theta = np.array([-1.0, -0.5, 0.3, -9.0, 0.0])
    kernel = model._cross(a, a)
    assert np.diag(kernel) == pytest.approx(np.exp(0.3))
    assert kernel[0, 2] == kernel[0, 3] == kernel[1, 2], "choices are equal or not"
    assert np.linalg.eigvalsh(kernel).min() > 0


@pytest.mark.parametrize("n", [2, 5, 40])
def test_predictions(n: int) -> None:
    points, scores, is_choice = _data(n)
    model = GaussianProcess(is_choice)
    model.fit(points, scores)
    mean, deviation, _ = model.predict(points)
    assert np.corrcoef(mean, scores)[0, 1] > 0.9
    assert (deviation < 0.5).all()
    others, truth, _ = _data(200, 2)
    mean, deviation, _ = model.predict(others)
    assert (deviation > 0).all()
    if n == 40:
        assert np.corrcoef(mean, truth)[0, 1] > 0.9
        assert deviation.mean() > model.predict(points)[1].mean()


def test_beliefs_make_sure_but_change_no_prediction() -> None:
    points, scores, is_choice = _data(12)
    model = GaussianProcess(is_choice)
    model.fit(points, scores)
    others, _, _ = _data(20, 2)
    mean, deviation, half = model.predict(others)
    for point in others[:3]:
        change, half = model.believe(point, others, half)
        deviation = np.sqrt(np.maximum(deviation ** 2 - change, 1e-12))
        again = model.predict(others)
        assert again[0] == pytest.approx(mean, abs=1e-6)
        assert again[1] == pytest.approx(deviation, abs=1e-4), "as if all had been calculated anew"
    assert (deviation[:3] < 0.1).all()


@pytest.mark.parametrize("scores", [
    [1.0, 1.0, 1.0], [0.0, 1e-300], [1, 2, 3, 1e300], [5, 4, 3, 2, 1, 0], [-1e10, 0, 1e10, 3, 4],
    [0, 0, 0, 0, 1], list(np.random.default_rng(1).lognormal(0, 4, 50))])
def test_warping_keeps_the_order(scores: Any) -> None:
    y = _warped(np.array(scores, float))
    assert np.isfinite(y).all()
    order = np.argsort(scores, kind="stable")
    assert (np.diff(y[order]) >= -1e-12).all()
    points = np.random.default_rng(2).random((len(scores), 2))
    model = GaussianProcess(np.array([False, False]))
    model.fit(points, np.array(scores, float))
    mean, deviation, _ = model.predict(points)
    assert np.isfinite(mean).all()
    assert np.isfinite(deviation).all()


def test_many_equal_points() -> None:
    points = np.full((30, 2), 0.3)
    model = GaussianProcess(np.array([False, False]))
    model.fit(points, np.random.default_rng(1).random(30))
    assert np.isfinite(model.predict(np.random.default_rng(1).random((5, 2)))[0]).all()


def test_improvements_that_are_tiny() -> None:
    z = np.array([3.0, 0.0, -0.9, -1.1, -3.0])
    assert log_improvement(z) == pytest.approx(np.log(norm.pdf(z) + z * norm.cdf(z)), rel=1e-9)
    z = np.array([-40.0, -300.0, -999.0, -1001.0, -1e8])
    # the asymptotic series of phi(z) + z * Phi(z)
    series = 1 - 3 / z ** 2 + 15 / z ** 4 - 105 / z ** 6
    expected = norm.logpdf(z) - 2 * np.log(-z) + np.log(series)
    assert log_improvement(z) == pytest.approx(expected, rel=1e-9)
    assert (np.diff(log_improvement(np.linspace(-2000, 5, 4001))) > 0).all()
