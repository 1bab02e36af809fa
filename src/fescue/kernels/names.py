"""The names by which kernels call a run's operators; a linker puts these in their place."""

from typing import Any


def op0(rng: Any, dest: Any, data: Any) -> None:
    """Sample a point."""


def op1(rng: Any, dest: Any, x: Any, data: Any) -> None:
    """Modify a point."""


def op1_by(rng: Any, dest: Any, x: Any, step_size: float, data: Any) -> None:
    """Modify a point as far as is said."""


def op2(rng: Any, dest: Any, x0: Any, x1: Any, data: Any) -> None:
    """Combine two points."""
