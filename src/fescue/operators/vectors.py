"""Search operators for real vectors; all results are within the bounds."""

from math import isfinite, pow
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1, Op2
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import copy, draw
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import num_to_str, num_to_str_for_name
from fescue.utils.nputils import array_to_str
from fescue.utils.types import type_error

#: parents that are closer are equal to crossover
_CLOSE: Final = 1e-14


class _Bounded:
    """What operators know of their space."""

    def __init__(self, space: VectorSpace) -> None:
        """Create the operator for a space.

        Raises:
            TypeError: if ``space`` is no space of vectors
        """
        super().__init__()
        if not isinstance(space, VectorSpace):
            raise type_error(space, "space", VectorSpace)
        self._lower = space.lower_bound
        self._upper = space.upper_bound


class Op0Uniform(_Bounded, Op0):
    """Sample all vectors within the bounds with the same density."""

    def op0(self, random: Generator, dest: np.ndarray) -> None:
        """Overwrite ``dest`` with a random vector."""
        dest[:] = random.uniform(self._lower, self._upper, len(dest))
        np.clip(dest, self._lower, self._upper, dest)  # what was rounded up

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_uniform, (self._lower, self._upper))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and bounds."""
        super().log_parameters_to(logger)
        for key, bound in (("lb", self._lower), ("ub", self._upper)):
            same = (bound == bound[0]).all()
            logger.key_value(key, num_to_str(float(bound[0])) if same else array_to_str(bound))

    def __str__(self) -> str:
        return "uniform"


class Op1Gaussian(_Bounded, Op1):
    """Add normally distributed numbers to some elements, at least to one."""

    def __init__(self, space: VectorSpace, sd: float = 0.1) -> None:
        """Create the operator for a space of ``n`` elements, each of which changes with 1/n.

        Args:
            space: the space
            sd: the standard deviation, in multiples of the distance of the bounds; above 0

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``sd`` is out of range
        """
        super().__init__(space)
        #: the standard deviation, in multiples of the distance of the bounds
        self.sd: Final[float] = _positive(sd, "sd")

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with a changed copy of ``x``."""
        _gaussian(random, dest, x, (self._lower, self._upper, self.sd))

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_gaussian, (self._lower, self._upper, self.sd))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and standard deviation."""
        super().log_parameters_to(logger)
        logger.key_value("sd", self.sd)

    def __str__(self) -> str:
        return f"gauss{num_to_str_for_name(self.sd)}"


class Op1Polynomial(_Bounded, Op1):
    """Change each of ``n`` elements with probability 1/n, by a bounded polynomial distribution.

    Source: K. Deb, M. Goyal, A combined genetic adaptive search (GeneAS) for engineering design,
    1996; K. Deb, S. Agrawal, A niched-penalty approach for constraint handling in genetic
    algorithms, 1999, 10.1007/978-3-7091-6384-9_40.
    """

    def __init__(self, space: VectorSpace, eta: float = 20.0) -> None:
        """Create the operator for a space.

        Args:
            space: the space
            eta: the distribution index, above 0; the larger, the smaller the changes

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``eta`` is out of range
        """
        super().__init__(space)
        #: the distribution index
        self.eta: Final[float] = _positive(eta, "eta")

    def op1(self, random: Generator, dest: np.ndarray, x: np.ndarray) -> None:
        """Overwrite ``dest`` with a copy of ``x``, some elements of which may be changed."""
        dest[:] = x
        _mutate(random, dest, self._lower, self._upper, self.eta)

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_polynomial, (self._lower, self._upper, self.eta))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and distribution index."""
        super().log_parameters_to(logger)
        logger.key_value("eta", self.eta)

    def __str__(self) -> str:
        return f"pm{num_to_str_for_name(self.eta)}"


class Op2SBX(_Bounded, Op2):
    """Simulated binary crossover within the bounds, of which one child is kept.

    Source: K. Deb, R. B. Agrawal, Simulated binary crossover for continuous search space, 1995;
    K. Deb, S. Agrawal, 1999, 10.1007/978-3-7091-6384-9_40.
    """

    def __init__(self, space: VectorSpace, eta: float = 15.0) -> None:
        """Create the operator for a space.

        Args:
            space: the space
            eta: the distribution index, above 0; the larger, the closer to the parents

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``eta`` is out of range
        """
        super().__init__(space)
        #: the distribution index
        self.eta: Final[float] = _positive(eta, "eta")

    def op2(self, random: Generator, dest: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> None:
        """Overwrite ``dest`` with a child of ``x0`` and ``x1``."""
        _sbx(random, dest, x0, x1, (self._lower, self._upper, self.eta))

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_sbx, (self._lower, self._upper, self.eta))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and distribution index."""
        super().log_parameters_to(logger)
        logger.key_value("eta", self.eta)

    def __str__(self) -> str:
        return f"sbx{num_to_str_for_name(self.eta)}"


class Op2SBXAndPolynomial(_Bounded, Op2):
    """Simulated binary crossover (eta 15), followed by polynomial mutation (eta 20)."""

    def op2(self, random: Generator, dest: np.ndarray, x0: np.ndarray, x1: np.ndarray) -> None:
        """Overwrite ``dest`` with a changed child of ``x0`` and ``x1``."""
        _sbx_and_polynomial(random, dest, x0, x1, (self._lower, self._upper, 15.0, 20.0))

    def kernel(self) -> Kernel:
        """Return the operator for compiled runs."""
        return Kernel(_sbx_and_polynomial, (self._lower, self._upper, 15.0, 20.0))

    def __str__(self) -> str:
        return "sbx_pm"


def _positive(value: Any, name: str) -> float:
    if not isinstance(value, float):
        raise type_error(value, name, float)
    if not (value > 0 and isfinite(value)):
        raise ValueError(f"{name}={value} is invalid, must be positive and finite.")
    return value


def _uniform(rng: Any, dest: Any, data: Any) -> None:
    lower, upper = data
    for i in range(len(dest)):
        dest[i] = min(max(lower[i] + (upper[i] - lower[i]) * rng.random(), lower[i]), upper[i])


def _gaussian(rng: Any, dest: Any, x: Any, data: Any) -> None:
    lower, upper, sd = data
    copy(dest, x)
    n = len(dest)
    chosen = draw(rng, n)  # it changes in any case, the others with 1/n
    for i in range(n):
        if i == chosen or rng.random() * n < 1.0:
            value = x[i] + sd * (upper[i] - lower[i]) * rng.standard_normal()
            dest[i] = min(max(value, lower[i]), upper[i])


def _polynomial(rng: Any, dest: Any, x: Any, data: Any) -> None:
    copy(dest, x)
    _mutate(rng, dest, data[0], data[1], data[2])


def _mutate(rng: Any, x: Any, lower: Any, upper: Any, eta: float) -> None:
    """Change each element of ``x`` with probability 1/n."""
    n = len(x)
    for i in range(n):
        if rng.random() * n < 1.0:
            low, width = lower[i], upper[i] - lower[i]
            u = rng.random()
            if u < 0.5:
                rest = pow(1.0 - (x[i] - low) / width, eta + 1.0)
                step = pow(2.0 * u + (1.0 - 2.0 * u) * rest, 1.0 / (eta + 1.0)) - 1.0
            else:
                rest = pow(1.0 - (upper[i] - x[i]) / width, eta + 1.0)
                step = 1.0 - pow(2.0 * (1.0 - u) + 2.0 * (u - 0.5) * rest, 1.0 / (eta + 1.0))
            x[i] = min(max(x[i] + step * width, low), upper[i])


def _sbx(rng: Any, dest: Any, x0: Any, x1: Any, data: Any) -> None:
    lower, upper, eta = data
    _cross(rng, dest, x0, x1, lower, upper, eta)


def _cross(rng: Any, dest: Any, x0: Any, x1: Any, lower: Any, upper: Any, eta: float) -> None:
    """Make one child; each element is crossed with probability one half."""
    for i in range(len(dest)):
        low, high = min(x0[i], x1[i]), max(x0[i], x1[i])
        dest[i] = x0[i] if rng.random() < 0.5 else x1[i]
        if rng.random() < 0.5 and high - low > _CLOSE:
            u = rng.random()
            below = rng.random() < 0.5
            # as far as the closer bound allows on that side
            space = (low - lower[i]) if below else (upper[i] - high)
            alpha = 2.0 - pow(1.0 + 2.0 * space / (high - low), -(eta + 1.0))
            if u <= 1.0 / alpha:
                spread = pow(u * alpha, 1.0 / (eta + 1.0))
            else:
                spread = pow(1.0 / (2.0 - u * alpha), 1.0 / (eta + 1.0))
            half = 0.5 * spread * (high - low)
            value = 0.5 * (low + high) + (-half if below else half)
            dest[i] = min(max(value, lower[i]), upper[i])


def _sbx_and_polynomial(rng: Any, dest: Any, x0: Any, x1: Any, data: Any) -> None:
    lower, upper, eta_c, eta_m = data
    _cross(rng, dest, x0, x1, lower, upper, eta_c)
    _mutate(rng, dest, lower, upper, eta_m)


#: each ``make`` takes the space
ENTRIES: Final = (
    Entry("uniform", "sample a vector", Op0Uniform, ("vectors",)),
    Entry("gauss0d1", "add normally distributed numbers to 1/n of the elements, at least one",
          Op1Gaussian, ("vectors",), {"sd": "> 0"}),
    Entry("pm20", "polynomial mutation", Op1Polynomial, ("vectors",), {"eta": "> 0"},
          "10.1007/978-3-7091-6384-9_40"),
    Entry("sbx15", "simulated binary crossover", Op2SBX, ("vectors",), {"eta": "> 0"},
          "10.1007/978-3-7091-6384-9_40"),
    Entry("sbx_pm", "both, one after the other", Op2SBXAndPolynomial, ("vectors",), {},
          "10.1007/978-3-7091-6384-9_40"),
)
