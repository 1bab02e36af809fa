"""The covariance matrix adaptation evolution strategy, by the package ``cmaes``.

The package is an extra: ``pip install 'fescue[cma]'``. Its generator gets a seed that is drawn from
that of the run. Points are searched in the unit cube, which is scaled to the bounds of the space.

Source: M. Nomura, M. Shibata, cmaes: A Simple yet Practical Python Library for CMA-ES, 2024,
10.48550/arXiv.2402.01373.
"""

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from fescue.algorithms.wrapped import Rate, bounds_of, check_vector_space, solve_by
from fescue.api.algorithm import Algorithm
from fescue.api.catalogue import Entry
from fescue.api.process import Process
from fescue.spaces.vectorspace import VectorSpace
from fescue.utils.logger import KeyValueLogSection

#: the first step size: a fifth of the range of each variable, as the package recommends
_SIGMA: Final = 0.2


class CMAES(Algorithm):
    """The CMA-ES; it ends when it has converged.

    Source: N. Hansen, A. Ostermeier, Completely Derandomized Self-Adaptation in Evolution
    Strategies, 2001, 10.1162/106365601750190398.
    """

    #: the name of the class in the package
    _optimizer = "CMA"
    _name = "cmaes_cmaes"

    def __init__(self, space: VectorSpace) -> None:
        """Create it.

        Args:
            space: the search space, of at least 2 variables

        Raises:
            TypeError: if it is no space of real vectors
            ValueError: if it has one variable only
        """
        #: the search space
        self.space: Final[VectorSpace] = check_vector_space(space)
        if space.dimension < 2:
            raise ValueError(
                f"space={space} has one variable, but there is no covariance of less than 2.")

    def initialize(self) -> None:
        """Load the package.

        Raises:
            ImportError: if it is not installed
        """
        super().initialize()
        _cmaes()

    def solve(self, process: Process) -> None:
        """Search until told to stop, or until the strategy has converged."""
        solve_by(self._search, process, self.space)

    def _search(self, process: Process, rate: Rate) -> None:
        self._run(process, rate, _SIGMA, None)

    def _run(self, process: Process, rate: Rate, sigma: float, size: int | None,
             max_fes: float = np.inf) -> int:
        """Run the strategy once from a random point and return the FEs that it took."""
        random, n = process.get_random(), self.space.dimension
        mean, seed = random.random(n), int(random.integers(2 ** 32))
        low, high = bounds_of(self.space)
        optimizer = getattr(_cmaes(), self._optimizer)(
            mean=mean, sigma=sigma, bounds=np.tile([0.0, 1.0], (n, 1)), seed=seed,
            population_size=size)
        fes = 0
        while fes < max_fes and not optimizer.should_stop():
            results = []
            for _ in range(optimizer.population_size):
                z = optimizer.ask()
                results.append((z, rate(low + z * (high - low))))
                fes += 1
            optimizer.tell(results)
        return fes

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and the version of the package."""
        super().log_parameters_to(logger)
        try:
            text = version("cmaes")
        except PackageNotFoundError:
            text = "notFound"
        logger.key_value("cmaes", text)

    def __str__(self) -> str:
        return self._name


class SepCMAES(CMAES):
    """The CMA-ES with a diagonal matrix, whose time per FE is linear in the number of variables.

    Source: R. Ros, N. Hansen, A Simple Modification in CMA-ES Achieving Linear Time and Space
    Complexity, 2008, 10.1007/978-3-540-87700-4_30.
    """

    _optimizer = "SepCMA"
    _name = "sepCmaes_cmaes"


class BiPopCMAES(CMAES):
    """The CMA-ES, restarted with larger populations and with small ones until the end of the run.

    The kind that has had fewer FEs so far is next. Large populations double each time; small ones
    get random sizes and step sizes and at most half of the FEs of the last large one.

    Source: N. Hansen, Benchmarking a BI-Population CMA-ES on the BBOB-2009 Function Testbed, 2009,
    10.1145/1570256.1570333.
    """

    _name = "biPopCmaes_cmaes"

    def _search(self, process: Process, rate: Rate) -> None:
        default = 4 + int(3 * np.log(self.space.dimension))
        random = process.get_random()
        large, last = default, self._run(process, rate, _SIGMA, default)
        large_fes = small_fes = 0
        while True:
            if small_fes < large_fes:
                size = int(default * (0.5 * large / default) ** (random.random() ** 2))
                sigma = _SIGMA * 10.0 ** (-2.0 * random.random())
                small_fes += self._run(process, rate, sigma, max(2, size), last / 2)
            else:
                large *= 2
                last = self._run(process, rate, _SIGMA, large)
                large_fes += last


def _cmaes() -> Any:
    try:
        import cmaes  # an extra
    except ImportError as error:
        raise ImportError(
            "This algorithm needs the package cmaes: pip install 'fescue[cma]'.") from error
    return cmaes


_WHY: Final = "the package does the search"

ENTRIES: Final = (
    Entry("cmaes", "CMA-ES of the package cmaes", lambda kit: CMAES(kit.space), ("vectors",),
          source="10.1162/106365601750190398", no_kernel=_WHY, may_end_early=True),
    Entry("sep-cmaes", "CMA-ES with a diagonal covariance matrix", lambda kit: SepCMAES(kit.space),
          ("vectors",), source="10.1007/978-3-540-87700-4_30", no_kernel=_WHY, may_end_early=True),
    Entry("bipop-cmaes", "CMA-ES with restarts of two population sizes",
          lambda kit: BiPopCMAES(kit.space), ("vectors",), source="10.1145/1570256.1570333",
          no_kernel=_WHY),
)
