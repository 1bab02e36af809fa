"""A nullary operator that takes its points from elsewhere."""

from collections.abc import Callable
from typing import Any

from numpy.random import Generator

from fescue.api.operators import Op0
from fescue.utils.types import type_error


class Op0Forward(Op0):
    """Let a function make the point, for algorithms that start others at points they know.

    With ``forward_to(process.get_copy_of_best_x)``, a local search starts at the best point of a
    process.
    """

    def __init__(self) -> None:
        """Create the operator, without a function."""
        super().__init__()
        self._call: Callable[[Any], Any] | None = None

    def initialize(self) -> None:
        """Forget the function."""
        super().initialize()
        self.stop_forwarding()

    def forward_to(self, call: Callable[[Any], Any]) -> None:
        """Use a function from now on.

        Args:
            call: overwrites the point that it is given

        Raises:
            TypeError: if it is not callable
        """
        if not callable(call):
            raise type_error(call, "call", None, call=True)
        self._call = call

    def stop_forwarding(self) -> None:
        """Forget the function."""
        self._call = None

    def op0(self, random: Generator, dest: Any) -> None:
        """Overwrite ``dest`` with what the function makes.

        Raises:
            ValueError: if there is no function
        """
        if self._call is None:
            raise ValueError("This Op0Forward has no function, call forward_to(...) first.")
        self._call(dest)

    def __str__(self) -> str:
        return "forward"
