"""Solvers of SciPy over real vectors; each is called once, and ends when it has converged.

They estimate gradients by differences, if they need them, and the evaluations that this takes are
FEs. Their limits of iterations are lifted; their tolerances are SciPy's. Those that know no bounds
are given the value of the nearest point within them.

Source: P. Virtanen et al., SciPy 1.0: Fundamental Algorithms for Scientific Computing in Python,
2020, 10.1038/s41592-019-0686-2.
"""

from typing import Any, Final

from fescue.algorithms.wrapped import Rate, bounds_of, check_vector_space, solve_by
from fescue.api.algorithm import Algorithm, Algorithm0
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0
from fescue.api.process import Process
from fescue.spaces.vectorspace import VectorSpace

#: the largest number that all solvers take for a limit
_NO_LIMIT: Final = 2 ** 31 - 1


class _Minimizer(Algorithm0):
    """A method of ``scipy.optimize.minimize``, from a sampled point."""

    _name: str
    _method: str
    _limits: tuple[str, ...] = ("maxiter",)
    _has_bounds = True

    def __init__(self, op0: Op0, space: VectorSpace) -> None:
        """Create it.

        Args:
            op0: samples the first point
            space: the search space

        Raises:
            TypeError: if an argument has a wrong type
        """
        super().__init__(self._name, op0)
        #: the search space
        self.space: Final[VectorSpace] = check_vector_space(space)

    def initialize(self) -> None:
        """Reset the operator, and load SciPy."""
        super().initialize()
        _optimize()

    def solve(self, process: Process) -> None:
        """Search until told to stop, or until the method has converged."""
        solve_by(self._search, process, self.space)

    def _search(self, process: Process, rate: Rate) -> None:
        start = process.create()
        self.op0.op0(process.get_random(), start)
        low, high = bounds_of(self.space)
        _optimize().minimize(
            rate, start.astype(float), method=self._method,
            bounds=list(zip(low, high, strict=True)) if self._has_bounds else None,
            options=dict.fromkeys(self._limits, _NO_LIMIT))


class Powell(_Minimizer):
    """Search along conjugate directions, without gradients.

    Source: M. J. D. Powell, An efficient method for finding the minimum of a function of several
    variables without calculating derivatives, 1964, 10.1093/comjnl/7.2.155.
    """

    _name, _method, _limits = "powell_scipy", "Powell", ("maxiter", "maxfev")


class NelderMead(_Minimizer):
    """The downhill simplex method.

    Source: J. A. Nelder, R. Mead, A Simplex Method for Function Minimization, 1965,
    10.1093/comjnl/7.4.308.
    """

    _name, _method, _limits = "nelderMead_scipy", "Nelder-Mead", ("maxiter", "maxfev")


class BGFS(_Minimizer):
    """The quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno; it knows no bounds.

    Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2006, 10.1007/978-0-387-40065-5.
    """

    _name, _method, _has_bounds = "bgfs_scipy", "BFGS", False


class CG(_Minimizer):
    """The method of conjugate gradients by Polak and Ribière; it knows no bounds.

    Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2006, 10.1007/978-0-387-40065-5.
    """

    _name, _method, _has_bounds = "cg_scipy", "CG", False


class SLSQP(_Minimizer):
    """Sequential least squares programming.

    Source: D. Kraft, Algorithm 733: TOMP - Fortran modules for optimal control calculations, 1994,
    10.1145/192115.192124.
    """

    _name, _method = "slsqp_scipy", "SLSQP"


class TNC(_Minimizer):
    """A truncated Newton method.

    Source: S. G. Nash, Newton-Type Minimization via the Lanczos Method, 1984, 10.1137/0721052.
    """

    _name, _method, _limits = "tnc_scipy", "TNC", ("maxfun",)


class DE(Algorithm):
    """Differential evolution, whose best point is improved by L-BFGS-B in the end.

    Source: R. Storn, K. Price, Differential Evolution, 1997, 10.1023/A:1008202821328.
    """

    def __init__(self, space: VectorSpace) -> None:
        """Create it.

        Args:
            space: the search space

        Raises:
            TypeError: if it is no space of real vectors
        """
        #: the search space
        self.space: Final[VectorSpace] = check_vector_space(space)

    def initialize(self) -> None:
        """Load SciPy."""
        super().initialize()
        _optimize()

    def solve(self, process: Process) -> None:
        """Search until told to stop, or until the population has converged."""
        solve_by(self._search, process, self.space)

    def _search(self, process: Process, rate: Rate) -> None:
        low, high = bounds_of(self.space)
        _optimize().differential_evolution(
            rate, list(zip(low, high, strict=True)), maxiter=_NO_LIMIT, seed=process.get_random())

    def __str__(self) -> str:
        return "de_scipy"


def _optimize() -> Any:
    from scipy import optimize  # a fifth of a second that only these solvers need

    return optimize


def _entry(name: str, text: str, make: Any, source: str) -> Entry:
    return Entry(name, f"{text}, by SciPy", make, ("vectors",), source=source,
                 no_kernel="SciPy does the search", may_end_early=True)


ENTRIES: Final = (
    _entry("powell", "Powell's conjugate directions", lambda kit: Powell(kit.op0, kit.space),
           "10.1093/comjnl/7.2.155"),
    _entry("nelder-mead", "the simplex of Nelder and Mead",
           lambda kit: NelderMead(kit.op0, kit.space), "10.1093/comjnl/7.4.308"),
    _entry("bfgs", "the quasi-Newton method of Broyden, Fletcher, Goldfarb and Shanno",
           lambda kit: BGFS(kit.op0, kit.space), "10.1007/978-0-387-40065-5"),
    _entry("cg", "conjugate gradients", lambda kit: CG(kit.op0, kit.space),
           "10.1007/978-0-387-40065-5"),
    _entry("slsqp", "sequential least squares programming", lambda kit: SLSQP(kit.op0, kit.space),
           "10.1145/192115.192124"),
    _entry("tnc", "truncated Newton", lambda kit: TNC(kit.op0, kit.space), "10.1137/0721052"),
    _entry("de", "differential evolution", lambda kit: DE(kit.space), "10.1023/A:1008202821328"),
)
