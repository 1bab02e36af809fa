"""A Gaussian process over mixed parameters, whose kernel is learned.

Numbers are compared by their places in the unit interval, choices by whether they are equal. The
kernel is a Matérn-5/2 kernel of the scaled distance, and a share of it the mean of one-dimensional
ones: functions that are sums of functions of one parameter are learned from few points. Scores are
warped by the transformation of Yeo and Johnson. Length scales, amplitude, noise and share are
those of the largest posterior density. docs/bayesian.md has the equations.

Source: C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning, 2006;
I.-K. Yeo, R. A. Johnson, A New Family of Power Transformations, 2000, 10.1093/biomet/87.4.954;
D. K. Duvenaud, H. Nickisch, C. E. Rasmussen, Additive Gaussian Processes, 2011.
"""

from math import log, sqrt
from typing import Final

import numpy as np

_SQRT5: Final = sqrt(5.0)
#: means and deviations of the logarithms of amplitude and noise, and of the logit of the share
_AMPLITUDE, _NOISE, _SHARE = (0.0, 1.0), (log(1e-4), 2.0), (-1.0, 1.5)
#: the smallest noise that keeps matrices invertible
_LEAST_NOISE: Final = 1e-8
#: the kernel is learned again when there are so many times as many points
_GROWTH: Final = 1.06
#: steps of the search for its parameters: at first, and from those that were found before
_STEPS, _MORE_STEPS = 40, 12


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
        self._points = self._root = np.zeros((0, d))
        self._y = self._alpha = np.zeros(0)

    def fit(self, points: np.ndarray, scores: np.ndarray, n_known: int = 0) -> None:
        """Learn from points.

        Args:
            points: a row of numbers in the unit interval for each setting; choices as indices
            scores: their scores, finite
            n_known: of how many points these were chosen, 0 if all
        """
        self._points = points
        self._y = _warped(scores)
        n = max(len(points), n_known)
        if n >= 2 and n > _GROWTH * self._fitted:
            self._learn()
            self._fitted = n
        self._factorize()

    def best(self) -> float:
        """Return the smallest warped score, that of believed points included."""
        return float(self._y.min())

    def warped(self) -> np.ndarray:
        """Return the warped scores of all points."""
        return self._y

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return means and standard deviations of warped scores.

        Args:
            points: a row for each setting, as for :meth:`fit`

        Returns:
            means, deviations, and what :meth:`believe` needs to bring these up to date
        """
        from scipy.linalg import solve_triangular

        cross = self._cross(self._points, points)
        mean = self._alpha @ cross
        half = solve_triangular(self._root, cross, lower=True, check_finite=False)
        variance = np.exp(self._theta[-3]) - np.einsum("ij,ij->j", half, half)
        return mean, np.sqrt(np.maximum(variance, 1e-12)), half

    def believe(self, point: np.ndarray, points: np.ndarray | None = None,
                half: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Take the prediction for one more point as if it were its score (kriging believer).

        No mean changes by that, but what is near is less uncertain.

        Args:
            point: its row
            points: other rows whose predictions are wanted
            half: what :meth:`predict` or an earlier call has returned for them

        Returns:
            the decrease of their variances, and ``half`` for the next call
        """
        from scipy.linalg import solve_triangular

        cross = self._cross(self._points, point[None])[:, 0]
        row = solve_triangular(self._root, cross, lower=True, check_finite=False)
        own = np.exp(self._theta[-3]) + np.exp(self._theta[-2]) + _LEAST_NOISE
        last = sqrt(max(own - row @ row, _LEAST_NOISE))
        n = len(self._points)
        root = np.zeros((n + 1, n + 1), order="F")
        root[:n, :n], root[n, :n], root[n, n] = self._root, row, last
        self._root = root
        self._y = np.append(self._y, cross @ self._alpha)
        self._alpha = np.append(self._alpha, 0.0)
        self._points = np.vstack((self._points, point))
        if points is None or half is None:
            return np.zeros(0), np.zeros((0, 0))
        change = (self._cross(point[None], points)[0] - row @ half) / last
        return change * change, np.vstack((half, change))

    def _cross(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the kernel of all pairs of rows."""
        d = a.shape[1]
        amplitude, share = np.exp(self._theta[-3]), 1 / (1 + np.exp(-self._theta[-1]))
        scales = np.exp(-self._theta[:d])
        total = np.zeros((len(a), len(b)))
        alone = np.zeros_like(total)
        for j in range(d):
            difference = np.subtract.outer(a[:, j], b[:, j])
            if self._is_choice[j]:
                difference = (difference != 0).astype(float)
            difference *= scales[j]
            square = difference * difference
            total += square
            # Matern-5/2 of one dimension needs no square root
            r = np.abs(difference, out=difference)
            r *= _SQRT5
            factor = square
            factor *= 5 / 3
            factor += r
            factor += 1.0
            np.negative(r, out=r)
            np.exp(r, out=r)
            factor *= r
            alone += factor
        r = np.sqrt(total)
        r *= _SQRT5
        total *= 5 / 3
        total += r
        total += 1.0
        total *= np.exp(-r)
        total *= amplitude * (1 - share)
        alone *= amplitude * share / d
        total += alone
        return total

    def _factorize(self) -> None:
        from scipy.linalg import cho_solve, cholesky

        kernel = self._cross(self._points, self._points)
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

        density = Density(self._points, self._y, self._is_choice, self._mean, self._deviation)
        starts = [self._theta] if self._fitted else [self._mean, self._mean - 0.7]
        found = [minimize(density.loss, start, jac=True, method="L-BFGS-B",
                          bounds=[(m - 5 * s, m + 5 * s) for m, s in zip(
                              self._mean, self._deviation, strict=True)],
                          options={"maxiter": _MORE_STEPS if self._fitted else _STEPS})
                 for start in starts]
        best = min(found, key=lambda result: float(result.fun))
        if np.isfinite(best.fun):
            self._theta = best.x


class Density:
    """The posterior density of the parameters of a kernel, for all pairs of points at once."""

    def __init__(self, points: np.ndarray, y: np.ndarray, is_choice: np.ndarray,
                 mean: np.ndarray, deviation: np.ndarray) -> None:
        """Prepare it.

        Args:
            points: a row for each point
            y: warped scores
            is_choice: whether each parameter is categorical
            mean: means of the parameters, before anything is known
            deviation: their standard deviations
        """
        n = len(points)
        self._pairs = np.triu_indices(n, 1)
        i, k = self._pairs
        difference = np.abs(points[i] - points[k]).T
        difference[is_choice] = difference[is_choice] > 0
        #: the distance of each pair, for each parameter
        self._distances = np.ascontiguousarray(difference)
        self._y = y
        self._mean, self._deviation = mean, deviation

    def loss(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the negative logarithm of the density, and its gradient."""
        from scipy.linalg import cho_solve, cholesky
        from scipy.linalg.lapack import dpotri

        n, d = len(self._y), len(self._distances)
        amplitude, noise = np.exp(theta[-3]), np.exp(theta[-2])
        share = 1 / (1 + np.exp(-theta[-1]))
        scaled = self._distances * np.exp(-theta[:d])[:, None]
        squares = scaled * scaled
        together, slope = _matern(squares.sum(axis=0))
        scaled *= _SQRT5
        decay = np.exp(-scaled)
        slopes = scaled
        slopes += 1.0
        mean = ((slopes + 5 / 3 * squares) * decay).mean(axis=0)
        slopes *= decay
        kernel = np.empty((n, n))
        values = amplitude * ((1 - share) * together + share * mean)
        i, k = self._pairs
        kernel[k, i] = values  # the lower half is enough
        kernel[np.diag_indices(n)] = amplitude + noise + _LEAST_NOISE
        try:
            root = cholesky(kernel, lower=True, check_finite=False)
        except np.linalg.LinAlgError:
            return 1e25, np.zeros(len(theta))
        alpha = cho_solve((root, True), self._y, check_finite=False)
        inverse, _ = dpotri(root, lower=1)
        outer = inverse[k, i] - alpha[i] * alpha[k]
        diagonal = float(np.trace(inverse) - alpha @ alpha)
        loss = 0.5 * self._y @ alpha + np.log(np.diag(root)).sum()
        gradient = np.empty(len(theta))
        # each pair stands for two elements of the matrix, hence no factor 1/2
        factor = 5 / 3 * amplitude * outer
        gradient[:d] = squares @ (factor * (1 - share) * slope)
        squares *= slopes
        gradient[:d] += share / d * (squares @ factor)
        gradient[-3] = outer @ values + 0.5 * amplitude * diagonal
        gradient[-2] = 0.5 * noise * diagonal
        gradient[-1] = amplitude * share * (1 - share) * (outer @ (mean - together))
        scaled_theta = (theta - self._mean) / self._deviation
        return (float(loss + 0.5 * scaled_theta @ scaled_theta),
                gradient + scaled_theta / self._deviation)


def _matern(square: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel of squared distances, and -6/5 times its derivative by these."""
    r = _SQRT5 * np.sqrt(square)
    decay = np.exp(-r)
    slope = 1 + r
    return (slope + 5 / 3 * square) * decay, slope * decay


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
