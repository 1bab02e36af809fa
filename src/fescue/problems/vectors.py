"""Objective functions over real vectors; the optimum of all of them is 0."""

from collections.abc import Callable
from math import cos, exp, pi, sin, sqrt
from typing import Any, Final

import numpy as np

from fescue.api.catalogue import Problem, Task
from fescue.api.objective import Objective
from fescue.kernels.jit import compiled
from fescue.kernels.kernel import Kernel
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range


class VectorProblem(Objective):
    """A function of vectors of any length."""

    #: the function that rates an array
    function: Callable[[np.ndarray], float]
    #: the usual bounds of each element
    bounds: tuple[float, float] = (-1.0, 1.0)
    #: the value of all elements of the optimum
    optimum: float = 0.0

    def __init__(self, n: int | None = None) -> None:
        """Create the problem.

        Args:
            n: the number of elements for :meth:`space`, in ``1..10**6``; ``None`` for any

        Raises:
            TypeError: if ``n`` is no integer
            ValueError: if it is out of range
        """
        #: the number of elements, ``None`` for any
        self.n: Final[int | None] = None if n is None else check_int_range(n, "n", 1, 1_000_000)

    def initialize(self) -> None:
        """Compile the function unless that has been done."""
        super().initialize()
        # an attribute, so that a run calls the compiled function itself
        self.evaluate = compiled(  # type: ignore[method-assign, assignment]
            type(self).function, np.zeros(1))

    def evaluate(self, x: np.ndarray) -> float:
        """Return the objective value of the vector ``x``."""
        return float(type(self).function(x))

    def lower_bound(self) -> float:
        """Return 0, the value of the optimum."""
        return 0.0

    def kernel(self) -> Kernel:
        """Return the function for compiled runs."""
        return Kernel(type(self).function, None)

    def space(self) -> VectorSpace:
        """Return the usual space of vectors for the problem.

        Raises:
            ValueError: if the number of elements is not known
        """
        if self.n is None:
            raise ValueError(f"{self} is for vectors of any length, give n to the constructor.")
        return VectorSpace(self.n, *self.bounds)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and bounds, and the number of elements if there is one."""
        super().log_parameters_to(logger)
        if self.n is not None:
            logger.key_value("n", self.n)

    def __str__(self) -> str:
        name = type(self).__name__.lower()
        return name if self.n is None else f"{name}_{self.n}"


def _sphere(x: np.ndarray) -> float:
    total = 0.0
    for value in x:
        total += value * value
    return total


def _ackley(x: np.ndarray) -> float:
    n, squares, waves = len(x), 0.0, 0.0
    for value in x:
        squares += value * value
        waves += cos(6.283185307179586 * value)
    result = 22.718281828459045 + (-20.0 * exp(-0.2 * sqrt(squares / n))) - exp(waves / n)
    return max(0.0, result)


def _rastrigin(x: np.ndarray) -> float:
    total = 0.0
    for value in x:
        total += value * value + 10.0 * (1.0 - cos(2.0 * pi * value))
    return total


def _rosenbrock(x: np.ndarray) -> float:
    total = 0.0
    for i in range(len(x) - 1):
        a, b = x[i + 1] - x[i] * x[i], 1.0 - x[i]
        total += 100.0 * a * a + b * b
    if len(x) == 1:
        b = 1.0 - x[0]
        total = b * b
    return total


def _griewank(x: np.ndarray) -> float:
    total, product = 0.0, 1.0
    for i in range(len(x)):
        total += x[i] * x[i]
        product *= cos(x[i] / sqrt(i + 1.0))
    return max(0.0, total / 4000.0 + (1.0 - product))


def _schwefel(x: np.ndarray) -> float:
    total = 0.0
    for value in x:
        total += 418.9828872724338 - value * sin(sqrt(abs(value)))
    return max(0.0, total)


def _levy(x: np.ndarray) -> float:
    n = len(x)
    s = sin(pi * (1.0 + (x[0] - 1.0) / 4.0))
    total = s * s
    for i in range(n - 1):
        w = 1.0 + (x[i] - 1.0) / 4.0
        s = sin(pi * w + 1.0)
        total += (w - 1.0) * (w - 1.0) * (1.0 + 10.0 * s * s)
    w = 1.0 + (x[n - 1] - 1.0) / 4.0
    s = sin(2.0 * pi * w)
    return total + (w - 1.0) * (w - 1.0) * (1.0 + s * s)  # type: ignore[no-any-return]


class Sphere(VectorProblem):
    """The sum of the squares.

    >>> Sphere().evaluate(np.array([1.0, 2.0]))
    5.0
    """

    function = staticmethod(_sphere)
    bounds = (-5.12, 5.12)


class Ackley(VectorProblem):
    """Many local optima around a steep global one.

    Source: D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer 1987.

    >>> Ackley().evaluate(np.zeros(3))
    0.0
    """

    function = staticmethod(_ackley)
    bounds = (-32.768, 32.768)


class Rastrigin(VectorProblem):
    """A sphere with a grid of local optima.

    Source: H. Mühlenbein, M. Schomisch, J. Born, The parallel genetic algorithm as function
    optimizer, 1991, 10.1016/S0167-8191(05)80052-3.

    >>> Rastrigin().evaluate(np.zeros(3))
    0.0
    """

    function = staticmethod(_rastrigin)
    bounds = (-5.12, 5.12)


class Rosenbrock(VectorProblem):
    """A bent valley whose bottom is almost flat; the optimum is at ones.

    Source: H. H. Rosenbrock, An automatic method for finding the greatest or least value of a
    function, 1960, 10.1093/comjnl/3.3.175.

    >>> Rosenbrock().evaluate(np.ones(3))
    0.0
    """

    function = staticmethod(_rosenbrock)
    bounds = (-5.0, 10.0)
    optimum = 1.0


class Griewank(VectorProblem):
    """A wide bowl with a product of waves.

    Source: A. O. Griewank, Generalized descent for global optimization, 1981, 10.1007/BF00933356.

    >>> Griewank().evaluate(np.zeros(3))
    0.0
    """

    function = staticmethod(_griewank)
    bounds = (-600.0, 600.0)


class Schwefel(VectorProblem):
    """The best optimum is far from the second best one, near a corner.

    Source: H.-P. Schwefel, Numerical Optimization of Computer Models, Wiley 1981.

    >>> Schwefel().evaluate(np.full(3, Schwefel.optimum)) < 1e-9
    True
    """

    function = staticmethod(_schwefel)
    bounds = (-500.0, 500.0)
    optimum = 420.968746359982


class Levy(VectorProblem):
    """Waves in a bowl; the optimum is at ones.

    Source: A. V. Levy, A. Montalvo, The tunneling algorithm for the global minimization of
    functions, 1985, 10.1137/0906002.

    >>> Levy().evaluate(np.ones(3)) < 1e-30
    True
    """

    function = staticmethod(_levy)
    bounds = (-10.0, 10.0)
    optimum = 1.0


def _entry(problem: type[VectorProblem], text: str, source: str) -> Problem:
    def instance(name: str) -> VectorProblem:
        """Return the problem of a size given as ``10`` or ``sphere_10``."""
        size = name.removeprefix(problem.__name__.lower()).lstrip("_")
        if not (size.isascii() and size.isdigit()):
            raise ValueError(f"instance {name!r} of {problem.__name__} is invalid, give the number "
                             "of elements, as in 10.")
        return problem(int(size))

    def task(objective: Any) -> Task:
        return Task("vectors", objective, objective.space(), best_known=0)

    return Problem(problem.__name__.lower(), text, instance, task, ("2", "5", "10", "30"),
                   "vectors", source)


ENTRIES: Final = (
    _entry(Sphere, "sum of squares", ""),
    _entry(Ackley, "a steep optimum among many", "Ackley 1987"),
    _entry(Rastrigin, "a grid of local optima", "10.1016/S0167-8191(05)80052-3"),
    _entry(Rosenbrock, "a bent valley", "10.1093/comjnl/3.3.175"),
    _entry(Griewank, "a bowl with waves", "10.1007/BF00933356"),
    _entry(Schwefel, "an optimum far from the others", "Schwefel 1981"),
    _entry(Levy, "waves in a bowl", "10.1137/0906002"),
)
