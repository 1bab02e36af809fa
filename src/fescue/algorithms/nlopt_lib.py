"""BOBYQA, by the package ``nlopt``, which is an extra: ``pip install 'fescue[nlopt]'``.

Source: S. G. Johnson, The NLopt nonlinear-optimization package, https://github.com/stevengj/nlopt.
"""

from contextlib import suppress
from typing import Any, Final

import numpy as np

from fescue.algorithms.wrapped import Rate, bounds_of, check_vector_space, solve_by
from fescue.api.algorithm import Algorithm0
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0
from fescue.api.process import Process
from fescue.spaces.vectorspace import VectorSpace


class BOBYQA(Algorithm0):
    """Bounded optimization by quadratic approximation, from a sampled point.

    It ends when its model cannot be improved any more.

    Source: M. J. D. Powell, The BOBYQA algorithm for bound constrained optimization without
    derivatives, 2009, Cambridge NA Report NA2009/06.
    """

    def __init__(self, op0: Op0, space: VectorSpace) -> None:
        """Create it.

        Args:
            op0: samples the first point
            space: the search space, of at least 2 variables

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if the space has one variable only
        """
        super().__init__("bobyqa_nlopt", op0)
        #: the search space
        self.space: Final[VectorSpace] = check_vector_space(space)
        if space.dimension < 2:
            raise ValueError(f"space={space} has one variable, but BOBYQA needs at least two.")

    def initialize(self) -> None:
        """Reset the operator, and load the package.

        Raises:
            ImportError: if it is not installed
        """
        super().initialize()
        _nlopt()

    def solve(self, process: Process) -> None:
        """Search until told to stop, or until the method has converged."""
        solve_by(self._search, process, self.space)

    def _search(self, process: Process, rate: Rate) -> None:
        nlopt, n = _nlopt(), self.space.dimension
        start = process.create()
        self.op0.op0(process.get_random(), start)
        low, high = bounds_of(self.space)
        # in the unit cube: its first steps are equal in all variables
        optimizer = nlopt.opt(nlopt.LN_BOBYQA, n)
        optimizer.set_lower_bounds([0.0] * n)
        optimizer.set_upper_bounds([1.0] * n)
        optimizer.set_xtol_abs(1e-15)
        raised: list[BaseException] = []

        def rate_scaled(z: np.ndarray, gradient: Any) -> float:
            # not all of the package's code lets exceptions through
            if not raised:
                try:
                    return rate(low + z * (high - low))
                except BaseException as error:
                    raised.append(error)
                    optimizer.force_stop()
            return 0.0

        optimizer.set_min_objective(rate_scaled)
        with suppress(nlopt.ForcedStop, nlopt.RoundoffLimited, RuntimeError, ValueError):
            # the last three: it cannot go on
            optimizer.optimize(((start - low) / (high - low)).clip(0.0, 1.0))
        if raised:
            raise raised[0]


def _nlopt() -> Any:
    try:
        import nlopt  # an extra
    except ImportError as error:
        raise ImportError(
            "BOBYQA needs the package nlopt: pip install 'fescue[nlopt]'.") from error
    return nlopt


ENTRIES: Final = (
    Entry("bobyqa", "quadratic models within bounds, by NLopt",
          lambda kit: BOBYQA(kit.op0, kit.space), ("vectors",),
          source="Powell, Cambridge NA2009/06", no_kernel="NLopt does the search",
          may_end_early=True),
)
