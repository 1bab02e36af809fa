"""All settings, or those of a grid."""

from math import ceil, gcd
from typing import Any

from numpy.random import Generator

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.tuning.strategies.base import OptimizationStrategy

#: the golden section: multiples of it, modulo 1, are spread as evenly as can be
_GOLDEN = (5 ** 0.5 - 1) / 2
#: so many settings that break constraints are left out at a time
_MOST = 100_000


class GridSearchStrategy(OptimizationStrategy):
    """Try all settings, in an order in which those tried so far are spread over the space.

    Numbers of an interval get equidistant values, so many that there are at least as many settings
    as trials, and at least two, the ends of the interval. Nothing is made before it is asked for.
    """

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        listed = [p.n_values() for p in space.parameters if p.is_finite()]
        n_free = space.dimension - len(listed)
        product = 1
        for n in listed:
            product *= n
        points = 2
        while n_free and product * points ** n_free < n_trials:
            points += 1
        self._axes = [_axis(p, points) for p in space.parameters]
        self._n = 1
        for _, n in self._axes:
            self._n *= n
        # steps of this size visit all numbers below n, and no near ones soon after each other
        self._step = max(1, round(self._n * _GOLDEN)) if self._n < 2 ** 52 else (
            self._n * 618_033_988_749_895 // 10 ** 15)
        while gcd(self._step, self._n) != 1:
            self._step += 1
        self._asked = 0

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` after the last one."""
        space = self.space()
        for _ in range(_MOST):
            x = self._setting()
            if x is None or (x and not space.broken(x)):
                return x
        raise ValueError(f"None of {_MOST} settings satisfies all constraints.")

    def _setting(self) -> dict[str, Any] | None:
        """Return the next setting, whatever constraints say; nothing where it has been there."""
        if self._asked >= self._n:
            return None
        i = self._asked * self._step % self._n
        self._asked += 1
        result: dict[str, Any] = {}
        others: list[str] = []
        for parameter, n in self._axes:
            i, k = divmod(i, n)
            result[parameter.name] = parameter.value(k) if parameter.is_finite() else (
                parameter.at(k / (n - 1)))
            if k > 0:
                others.append(parameter.name)
        result = self.space().active(result)
        # a parameter that is not there would make the same setting again for each of its values
        return result if all(name in result for name in others) else {}


def _axis(parameter: Parameter, points: int) -> tuple[Parameter, int]:
    """Return a parameter and how many values of it are tried."""
    if parameter.is_finite():
        return parameter, parameter.n_values()
    if parameter.type is ParameterType.INTEGER:  # more than can be counted with floats
        return parameter, ceil(points)
    return parameter, points
