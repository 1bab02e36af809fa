"""A quadratic model around the best setting: what a global model cannot resolve any more.

A Gaussian process knows a function as a whole, and little about the last digits of an optimum. Near
a smooth one, a quadratic function through the nearest settings does. Its minimum is proposed, in a
box that grows with success and shrinks with failure; what fails is proposed less often.

Source: A. R. Conn, K. Scheinberg, L. N. Vicente, Introduction to Derivative-Free Optimization,
2009, 10.1137/1.9780898718768, chapters 5 and 10.
"""

from typing import Final

import numpy as np

#: half of the side of the box: at first, at most, and at least
_RADIUS, _LARGEST, _SMALLEST = 0.1, 0.25, 1e-7
#: for so many parameters the model has products of two of them; for so many only if all of its
#: coefficients are determined by what is known
_PRODUCTS, _DETERMINED = 15, 25
#: so many settings for each coefficient of the model, if there are as many
_SETTINGS: Final = 1.5
#: so many trials at most until the next proposal
_LONGEST: Final = 32


class LocalModel:
    """Proposes minima of quadratic models, as often as that has been worth it.

    Nothing is random in it. One proposal at a time is in flight.
    """

    def __init__(self, is_free: np.ndarray) -> None:
        """Know nothing.

        Args:
            is_free: which columns it may change: numbers with many values
        """
        self._free: Final = np.flatnonzero(is_free)
        self._fixed: Final = np.flatnonzero(~is_free)
        self._radius = _RADIUS
        self._least = np.inf
        #: how many trials are between two proposals, and how many are left until the next one
        self._wait = self._left = 1
        #: the proposal that is in flight, and how far it is from the best setting
        self._row: np.ndarray | None = None
        self._step = 0.0

    def is_due(self) -> bool:
        """Return whether it is time for a proposal."""
        return self._left <= 0 and self._row is None and len(self._free) > 0

    def propose(self, rows: np.ndarray, scores: np.ndarray) -> np.ndarray | None:
        """Return the row of a new setting, ``None`` if too little is known for that.

        Args:
            rows: settings that have scores, as rows of the unit cube
            scores: these, finite
        """
        if len(rows) < 2 * len(self._free) + 1:
            return None
        best = int(np.argmin(scores))
        center = rows[best]
        comparable = (rows[:, self._fixed] == center[self._fixed]).all(axis=1)
        away = (rows[comparable] - center)[:, self._free]
        if len(away) < 2 * len(self._free) + 1:
            return None
        place = center[self._free]
        # divided, since differences of the largest floats are none
        step = self._radius * _minimum(
            *_fitted(away / self._radius, scores[comparable] / 4 - scores[best] / 4),
            np.maximum(-1.0, -place / self._radius), np.minimum(1.0, (1 - place) / self._radius))
        self._step = float(np.abs(step).max())
        row: np.ndarray = center.copy()
        row[self._free] = np.clip(place + step, 0.0, 1.0)
        return row

    def take(self, row: np.ndarray | None) -> None:
        """Take note that a proposal is in flight, ``None`` if it was not possible or not new."""
        self._row = row
        if row is None:
            self._failed()

    def tell(self, row: np.ndarray, score: float) -> bool:
        """Learn the score of a setting, ``inf`` if it has none.

        Returns:
            whether it was proposed here
        """
        is_mine = self._row is not None and np.array_equal(row, self._row)
        if not is_mine:
            self._left -= 1
        elif score < self._least:
            self._row, self._wait, self._left = None, 1, 1
            if self._step > 0.9 * self._radius:
                self._radius = min(2 * self._radius, _LARGEST)
        else:
            self._row, self._radius = None, min(self._radius, self._step)
            self._failed()
        self._least = min(self._least, score)
        return is_mine

    def _failed(self) -> None:
        self._wait = self._left = min(2 * self._wait, _LONGEST)
        self._radius = max(0.5 * self._radius, _SMALLEST)


def _fitted(points: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return gradient and matrix of a quadratic function that fits the nearest points.

    Of all that do it is the one with the smallest coefficients.

    Args:
        points: a row of coordinates for each, the best one at 0
        values: how much worse they are than that; only their ratios matter
    """
    d = points.shape[1]
    i, k = np.triu_indices(d)
    if d > (_DETERMINED if len(points) >= d + len(i) else _PRODUCTS):
        i = k = np.arange(d)
    distances = np.abs(points).max(axis=1)
    nearest = np.argsort(distances, kind="stable")[:int(_SETTINGS * (d + len(i) + 1))]
    points, values = points[nearest], values[nearest]
    products = points[:, i] * points[:, k] * np.where(i == k, 0.5, 1.0)
    # what is outside of the box need not be met exactly
    weights = 1 / (1 + distances[nearest] ** 3)
    values = values * weights
    found = np.linalg.lstsq(np.hstack((points, products)) * weights[:, None],
                            values / (values.max() or 1.0), rcond=1e-12)[0]
    matrix = np.zeros((d, d))
    matrix[i, k] = matrix[k, i] = found[d:]
    return found[:d], matrix


def _minimum(gradient: np.ndarray, matrix: np.ndarray, low: np.ndarray,
             high: np.ndarray) -> np.ndarray:
    """Return a minimum of a quadratic function in a box."""
    from scipy.optimize import minimize

    scale = max(np.abs(gradient).max(), np.abs(matrix).max(), 1e-300)
    gradient, matrix = gradient / scale, matrix / scale

    def value(x: np.ndarray) -> tuple[float, np.ndarray]:
        slope = matrix @ x
        return float(gradient @ x + 0.5 * x @ slope), gradient + slope

    found = minimize(value, np.zeros(len(gradient)), jac=True, method="L-BFGS-B",
                     bounds=list(zip(low.tolist(), high.tolist(), strict=True)),
                     options={"ftol": 1e-16, "gtol": 1e-12})
    return np.asarray(found.x)
