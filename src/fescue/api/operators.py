"""The contracts of search operators: how points are sampled, modified and combined."""

from typing import Any

from numpy.random import Generator

from fescue.api.component import Component
from fescue.kernels.kernel import Kernel, Move
from fescue.utils.types import type_error


class Op0(Component):
    """A nullary operator: it creates a point from nothing."""

    def op0(self, random: Generator, dest: Any) -> None:
        """Overwrite ``dest`` with a valid point, usually a uniformly random one.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten
        """
        kernel = self.kernel()
        if kernel is None:
            raise self._must_override("op0(random, dest)")
        kernel.call(random, dest)

    def kernel(self) -> Kernel | None:
        """Return ``op0(rng, dest, data)`` for compiled runs, ``None`` if there is none."""
        return None


class Op1(Component):
    """A unary operator (mutation, move): it creates a point that is similar to another one."""

    def op1(self, random: Generator, dest: Any, x: Any) -> None:
        """Overwrite ``dest`` with a modified copy of ``x``.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten; never the same object as ``x``
            x: the point to start from, which is left unchanged
        """
        kernel = self.kernel()
        if kernel is None:
            raise self._must_override("op1(random, dest, x)")
        kernel.call(random, dest, x)

    def kernel(self) -> Kernel | None:
        """Return ``op1(rng, dest, x, data)`` for compiled runs, ``None`` if there is none."""
        return None

    def move(self) -> Move | None:
        """Return the operator as a change in place and its reversal, ``None`` if it is none."""
        return None


class Op1WithStepSize(Op1):
    """A unary operator that is told how far to go."""

    def op1(self, random: Generator, dest: Any, x: Any, step_size: float = 0.0) -> None:
        """Overwrite ``dest`` with a copy of ``x`` that differs by about ``step_size``.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten; never the same object as ``x``
            x: the point to start from, which is left unchanged
            step_size: in ``[0, 1]``; 0 is the smallest change that makes a difference, 1 the
                largest that the operator can make
        """
        raise self._must_override("op1(random, dest, x, step_size)")

    def step_kernel(self, x: Any) -> Kernel | None:
        """Return ``op1(rng, dest, x, step_size, data)`` for compiled runs, if there is one.

        Args:
            x: a point, such as it will get
        """
        return None


class Op2(Component):
    """A binary operator (crossover): it creates a point from two others."""

    def op2(self, random: Generator, dest: Any, x0: Any, x1: Any) -> None:
        """Overwrite ``dest`` with a combination of ``x0`` and ``x1``.

        Args:
            random: the only source of randomness
            dest: the point to be overwritten; neither ``x0`` nor ``x1``
            x0: the first parent, which is left unchanged
            x1: the second parent, which is left unchanged
        """
        kernel = self.kernel()
        if kernel is None:
            raise self._must_override("op2(random, dest, x0, x1)")
        kernel.call(random, dest, x0, x1)

    def kernel(self) -> Kernel | None:
        """Return ``op2(rng, dest, x0, x1, data)`` for compiled runs, ``None`` if there is none."""
        return None


def check_op0(op0: Any) -> Op0:
    """Return ``op0`` if it is an :class:`Op0`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(op0, Op0):
        return op0
    raise type_error(op0, "op0", Op0)


def check_op1(op1: Any) -> Op1:
    """Return ``op1`` if it is an :class:`Op1`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(op1, Op1):
        return op1
    raise type_error(op1, "op1", Op1)


def check_op1_with_step_size(op1: Any) -> Op1WithStepSize:
    """Return ``op1`` if it is an :class:`Op1WithStepSize`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(op1, Op1WithStepSize):
        return op1
    raise type_error(op1, "op1", Op1WithStepSize)


def check_op2(op2: Any) -> Op2:
    """Return ``op2`` if it is an :class:`Op2`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(op2, Op2):
        return op2
    raise type_error(op2, "op2", Op2)
