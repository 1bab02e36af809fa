"""Operators for settings of named parameters."""

from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1WithStepSize, Op2
from fescue.spaces.parameters import ParameterSpace
from fescue.utils.types import type_error

#: so often a setting is drawn again that breaks a constraint
_TRIALS: Final = 1000


class _ForSettings:
    """What these operators have in common: the space, and patience with its constraints."""

    def __init__(self, space: ParameterSpace) -> None:
        """Create it.

        Args:
            space: the space of the settings

        Raises:
            TypeError: if it is none
        """
        if not isinstance(space, ParameterSpace):
            raise type_error(space, "space", ParameterSpace)
        #: the space of the settings
        self.space: Final = space

    def _write(self, dest: dict[str, Any], x: dict[str, Any]) -> bool:
        """Overwrite ``dest`` by ``x`` if no constraint is broken, and return whether."""
        if self.space.broken(x):
            return False
        self.space.copy(dest, x)
        return True


class Op0Setting(_ForSettings, Op0):
    """Draw a random setting."""

    def op0(self, random: Generator, dest: dict[str, Any]) -> None:
        """Overwrite ``dest`` with a random setting.

        Raises:
            ValueError: if none of 1000 satisfies all constraints
        """
        for _ in range(_TRIALS):
            if self._write(dest, self.space.at(random.random(self.space.dimension))):
                return
        raise ValueError(f"None of {_TRIALS} random settings satisfies all constraints.")

    def __str__(self) -> str:
        return "setting"


class Op1Setting(_ForSettings, Op1WithStepSize):
    """Change some parameters, at least one: numbers by a step, choices to any other.

    Each parameter is changed with a probability that grows with the step size from 1/n to 1. The
    steps of numbers are normally distributed; their standard deviation grows from a tenth of the
    range to the half of it, but leads at least to the next value.
    """

    def op1(self, random: Generator, dest: dict[str, Any], x: dict[str, Any],
            step_size: float = 0.0) -> None:
        """Overwrite ``dest`` with a setting that differs from ``x``, if there is one."""
        space, n = self.space, self.space.dimension
        units = space.unit(x)
        share, width = 1 / n + step_size * (1 - 1 / n), 0.1 + 0.4 * step_size
        for _ in range(_TRIALS):
            chosen = random.random(n) < share
            chosen[random.integers(n)] = True
            moved = units.copy()
            for j in np.flatnonzero(chosen):
                p = space.parameters[j]
                if p.choices is not None:
                    moved[j] = random.random()
                else:
                    step = max(width, 1.0 / p.n_values()) * random.standard_normal()
                    moved[j] = min(max(units[j] + step, 0.0), 1.0)
            if self._write(dest, space.at(moved)) and not space.is_equal(dest, x):
                return
        space.copy(dest, x)

    def __str__(self) -> str:
        return "neighbour"


class Op2Setting(_ForSettings, Op2):
    """Take each parameter from one of two settings."""

    def op2(self, random: Generator, dest: dict[str, Any], x0: dict[str, Any],
            x1: dict[str, Any]) -> None:
        """Overwrite ``dest`` with a mixture of ``x0`` and ``x1``."""
        a, b = self.space.unit(x0), self.space.unit(x1)
        for _ in range(_TRIALS):
            mixed = np.where(random.random(self.space.dimension) < 0.5, a, b)
            if self._write(dest, self.space.at(mixed)):
                return
        self.space.copy(dest, x0)

    def __str__(self) -> str:
        return "uniform"


_CALLS_PYTHON: Final = "settings are dictionaries"
ENTRIES: Final = (
    Entry("setting", "random setting", Op0Setting, ("settings",), no_kernel=_CALLS_PYTHON),
    Entry("neighbour", "changes each parameter with probability 1/n, at least one", Op1Setting,
          ("settings",), no_kernel=_CALLS_PYTHON),
    Entry("uniform", "takes each parameter from one of two settings", Op2Setting,
          ("settings",), no_kernel=_CALLS_PYTHON),
)
