"""From a point to its objective value: decoding and rating, composed once for a run."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fescue._engine.memory import Points

#: rates a solution by all objectives, filling a vector, and returns the scalarization
VectorRate = Callable[[Any, np.ndarray], int | float]


class Pipeline:
    """The way of a point through a run.

    :attr:`rate` maps a point to its objective value. Without an encoding it *is* the objective
    function; with one it decodes into a scratch solution first; with several objectives it also
    fills :attr:`fs`.
    """

    __slots__ = ("_best_y", "_decode", "_has_best_y", "_solutions", "_y", "fs", "rate")

    def __init__(self, evaluate: Callable[[Any], int | float] | VectorRate,
                 decode: Callable[[Any, Any], None] | None = None,
                 solutions: Points | None = None, fs: np.ndarray | None = None) -> None:
        """Compose the parts.

        Args:
            evaluate: the objective function; with ``fs``, the function that fills a vector
            decode: translates a point into a solution, ``None`` if they are the same
            solutions: the solution space, needed with ``decode``
            fs: the first vector to be filled, ``None`` for a single objective
        """
        self._decode = decode
        self._solutions = solutions
        self._y = y = None if decode is None or solutions is None else solutions.create()
        self._best_y: Any = None
        self._has_best_y = False
        #: the vector that the next evaluation fills
        self.fs = fs
        self.rate: Callable[[Any], int | float] = self._compose(evaluate, decode, y)

    def _compose(self, evaluate: Callable[..., int | float],
                 decode: Callable[[Any, Any], None] | None, y: Any) -> Callable[..., int | float]:
        if self.fs is None:
            if decode is None:
                return evaluate

            def rate(x: Any) -> int | float:
                decode(x, y)
                return evaluate(y)
        elif decode is None:
            def rate(x: Any) -> int | float:
                return evaluate(x, self.fs)
        else:
            def rate(x: Any) -> int | float:
                decode(x, y)
                return evaluate(y, self.fs)
        return rate

    def keep_y(self, rated: bool) -> None:
        """Keep the solution of a new best point, which is at hand if that was just ``rated``."""
        self._has_best_y = rated
        if rated and self._solutions is not None:
            if self._best_y is None:
                self._best_y = self._solutions.create()
            self._solutions.copy(self._best_y, self._y)

    def best_y(self, best_x: Any) -> Any:
        """Return the solution of the best point, which is decoded now unless it was kept."""
        if best_x is None or self._decode is None or self._solutions is None:
            return best_x
        if not self._has_best_y:
            y = self._solutions.create()
            self._decode(best_x, y)
            self._best_y, self._has_best_y = y, True
        return self._best_y
