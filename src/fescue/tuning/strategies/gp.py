"""A Gaussian process over mixed parameters, whose kernel is learned.

Numbers are compared by their places in the unit interval, choices by whether they are equal. The
kernel is a Matérn-5/2 kernel of the scaled distance, and a share of it the mean of one-dimensional
ones: functions that are sums of functions of one parameter are learned from few points. Scores are
warped by the transformation of Yeo and Johnson. Length scales, amplitude, noise and share are
those of the largest posterior density.

Source: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 2006;
I.-K. Yeo, R. A. Johnson, A New Family of Power Transformations, 2000, 10.1093/biomet/87.4.954;
D. K. Duvenaud, H. Nickisch, C. E. Rasmussen, Additive Gaussian Processes, 2011.
"""

from math import log, sqrt
from typing import Any, Final

import numpy as np

_SQRT5: Final = sqrt(5.0)
#: means and deviations of the logarithms of amplitude and noise, and of the logit of the share
_AMPLITUDE, _NOISE, _SHARE = (0.0, 1.0), (log(1e-4), 2.0), (-1.0, 1.5)
#: the smallest noise that keeps matrices invertible
_LEAST_NOISE: Final = 1e-8


class GaussianProcess:
    """Learns scores from settings, and predicts those of others."""

    def __init__(self, is_choice: np.ndarray) -> None:
        """Know nothing.

        Args:
            is_choice: whether each parameter is categorical
        """
        self._is_choice = is_choice
        d = len(is_choice)
        # half of the interval for one parameter, more for many: distances grow with their number
        self._mean = np.array([log(0.4) + 0.5 * log(d)] * d + [_AMPLITUDE[0], _NOISE[0], _SHARE[0]])
        self._deviation = np.array([1.0] * d + [_AMPLITUDE[1], _NOISE[1], _SHARE[1]])
        self._theta = self._mean.copy()
        self._fitted = 0

    def fit(self, points: np.ndarray, scores: np.ndarray) -> None:
        """Learn from points.

        Args:
            points: a row of numbers in the unit interval for each setting; choices as indices
            scores: their scores, finite
        """
        self._points = points
        self._y = _warped(scores)
        self._squares = _squares(points, points, self._is_choice)
        n = len(points)
        if n >= 2 and n > 1.06 * self._fitted:
            self._learn()
            self._fitted = n
        self._factorize()

    def believe(self, points: np.ndarray) -> None:
        """Take predictions for some more points as if they were scores (kriging believer)."""
        if len(points):
            mean, _ = self.predict(points)
            self._points = np.vstack((self._points, points))
            self._y = np.concatenate((self._y, mean))
            self._squares = _squares(self._points, self._points, self._is_choice)
            self._factorize()

    def best(self) -> float:
        """Return the smallest warped score."""
        return float(self._y.min())

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means and standard deviations of warped scores.

        Args:
            points: a row for each setting, as for :meth:`fit`
        """
        from scipy.linalg import solve_triangular

        cross, _ = _kernel(_squares(points, self._points, self._is_choice), self._theta, False)
        mean = cross @ self._alpha
        half = solve_triangular(self._root, cross.T, lower=True, check_finite=False)
        variance = np.exp(self._theta[-3]) - (half * half).sum(axis=0)
        return mean, np.sqrt(np.maximum(variance, 1e-12))

    def _factorize(self) -> None:
        from scipy.linalg import cho_solve, cholesky

        kernel, _ = _kernel(self._squares, self._theta, False)
        kernel[np.diag_indices_from(kernel)] += np.exp(self._theta[-2]) + _LEAST_NOISE
        jitter = 0.0
        while True:
            try:
                self._root = cholesky(kernel + jitter * np.eye(len(kernel)), lower=True,
                                      check_finite=False)
                break
            except np.linalg.LinAlgError:
                jitter = max(1e-8, 10 * jitter)
        self._alpha = cho_solve((self._root, True), self._y, check_finite=False)

    def _learn(self) -> None:
        """Find the parameters of the kernel with the largest posterior density."""
        from scipy.optimize import minimize

        starts = [self._theta] if self._fitted else [self._mean, self._mean - 0.7]
        found = [minimize(self._loss, start, jac=True, method="L-BFGS-B",
                          bounds=[(m - 5 * s, m + 5 * s) for m, s in zip(
                              self._mean, self._deviation, strict=True)],
                          options={"maxiter": 40}) for start in starts]
        best = min(found, key=lambda result: float(result.fun))
        if np.isfinite(best.fun):
            self._theta = best.x

    def _loss(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the negative logarithm of the posterior density, and its gradient."""
        from scipy.linalg import cho_solve, cholesky

        kernel, gradients = _kernel(self._squares, theta, True)
        n = len(kernel)
        noise = np.exp(theta[-2])
        kernel[np.diag_indices(n)] += noise + _LEAST_NOISE
        try:
            root = cholesky(kernel, lower=True, check_finite=False)
        except np.linalg.LinAlgError:
            return 1e25, np.zeros(len(theta))
        alpha = cho_solve((root, True), self._y, check_finite=False)
        inverse = cho_solve((root, True), np.eye(n), check_finite=False)
        outer = inverse - np.outer(alpha, alpha)
        loss = 0.5 * self._y @ alpha + np.log(np.diag(root)).sum()
        gradient = np.array([0.5 * (outer * g).sum() for g in gradients])
        gradient = np.insert(gradient, len(theta) - 2, 0.5 * noise * np.trace(outer))
        scaled = (theta - self._mean) / self._deviation
        return float(loss + 0.5 * scaled @ scaled), gradient + scaled / self._deviation


def _warped(scores: np.ndarray) -> np.ndarray:
    """Return scores that look like normally distributed ones, in the same order."""
    from scipy.stats import yeojohnson

    scores = np.asarray(scores, float) / 4  # differences of the largest floats are none
    low, high = scores.min(), scores.max()
    if not high > low:
        return np.zeros(len(scores))
    # a few that are far worse than all others would leave no differences among these
    middle = np.median(scores)
    spread = max(middle - low, 1e-12 * (high - low), 1e-300)
    y = np.minimum((scores - middle) / spread, 20.0)
    y = (y - y.mean()) / (y.std() or 1.0)
    if len(y) >= 4:
        try:
            warped, _ = yeojohnson(y)
        except (ValueError, RuntimeError):  # it has found no maximum
            warped = y
        if np.isfinite(warped).all() and warped.std() > 1e-6:
            y = (warped - warped.mean()) / warped.std()
    return np.asarray(y)


def _squares(a: np.ndarray, b: np.ndarray, is_choice: np.ndarray) -> np.ndarray:
    """Return the squared distances of all rows, for each parameter."""
    difference = a.T[:, :, None] - b.T[:, None, :]
    squares = difference * difference
    squares[is_choice] = squares[is_choice] > 0
    return np.asarray(squares)


def _kernel(squares: np.ndarray, theta: np.ndarray, with_gradients: bool,
            ) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the kernel, and its derivatives by all parameters but the noise."""
    d = len(squares)
    amplitude, share = np.exp(theta[-3]), 1 / (1 + np.exp(-theta[-1]))
    scaled = squares * np.exp(-2 * theta[:d])[:, None, None]
    together, slope = _matern(scaled.sum(axis=0))
    alone, slopes = _matern(scaled)
    mean = alone.mean(axis=0)
    kernel = amplitude * ((1 - share) * together + share * mean)
    if not with_gradients:
        return kernel, []
    gradients: list[Any] = [
        amplitude * scaled[j] * ((1 - share) * slope + share / d * slopes[j]) for j in range(d)]
    return kernel, [*gradients, kernel.copy(),
                    amplitude * share * (1 - share) * (mean - together)]


def _matern(square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel of squared distances, and -2 times its derivative by these."""
    r = _SQRT5 * np.sqrt(square)
    decay = np.exp(-r)
    return (1 + r + r * r / 3) * decay, 5 / 3 * (1 + r) * decay
