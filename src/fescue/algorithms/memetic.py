"""Memetic algorithms: evolutionary algorithms whose points are improved by a local search."""

from typing import Any, Final

from fescue.algorithms.fitness import Fitness, FRecord
from fescue.algorithms.general_ea import Strategy
from fescue.algorithms.rls import RLS
from fescue.algorithms.selection import Selection
from fescue.api.algorithm import Algorithm0
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1, Op2, check_op1, check_op2
from fescue.api.process import Process
from fescue.api.subprocesses import for_fes, from_starting_point
from fescue.operators.forward import Op0Forward
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR
from fescue.utils.types import check_int_range, type_error


class GeneralMA(Algorithm0):
    """A (mu+lambda) evolutionary algorithm in which each new point is improved.

    All offspring have two parents. A new point costs one FE, and its local search at most
    ``ls_fes`` more; what that has found takes the point's place.

    Source: P. Moscato, On Evolution, Search, Optimization, Genetic Algorithms and Martial Arts:
    Towards Memetic Algorithms, 1989.
    """

    def __init__(self, op0: Op0, op2: Op2, ls: Algorithm0, mu: int = 2, lambda_: int = 1,
                 ls_fes: int = 1000, fitness: Fitness | None = None,
                 survival: Selection | None = None, mating: Selection | None = None,
                 name: str = "generalMa") -> None:
        """Create it.

        Args:
            op0: samples points
            op2: combines points
            ls: the local search; its nullary operator is an
                :class:`~fescue.operators.Op0Forward`, which gives it the point to start from
            mu: the number of parents, in ``1..10**6``; a single one is copied
            lambda_: the number of offspring per generation, in ``1..10**6``
            ls_fes: the largest number of FEs of a local search, in ``1..10**8``
            fitness: gives fitness, ``None`` for rank, newer points first
            survival: chooses who survives, ``None`` for the best ones
            mating: chooses parents, ``None`` for random ones
            name: the first part of the algorithm's name

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range
        """
        #: the number of parents
        self.mu: Final[int] = check_int_range(mu, "mu", 1, 1_000_000)
        #: the number of offspring per generation
        self.lambda_: Final[int] = check_int_range(lambda_, "lambda_", 1, 1_000_000)
        #: the largest number of FEs of a local search
        self.ls_fes: Final[int] = check_int_range(ls_fes, "ls_fes", 1, 100_000_000)
        #: how the population is judged, who survives and who becomes a parent
        self.strategy: Final[Strategy] = Strategy(fitness, survival, mating)
        super().__init__(PART_SEPARATOR.join(
            [name, *self.strategy.names(), str(mu), str(lambda_), str(ls_fes)]), op0)
        #: the binary search operator
        self.op2: Final[Op2] = check_op2(op2)
        if not isinstance(ls, Algorithm0):
            raise type_error(ls, "ls", Algorithm0)
        if not isinstance(ls.op0, Op0Forward):
            raise type_error(ls.op0, "ls.op0", Op0Forward)
        #: the local search
        self.ls: Final[Algorithm0] = ls
        self._forward: Final[Op0Forward] = ls.op0

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        self._evolve(process)
        self.strategy.fitness.log_information_after_run(process)

    def _evolve(self, process: Process) -> None:
        mu, strategy, random = self.mu, self.strategy, process.get_random()
        op0, op2, should_terminate = self.op0.op0, self.op2.op2, process.should_terminate
        population = [FRecord(process.create(), 0) for _ in range(mu + self.lambda_)]
        for record in population[:mu]:
            op0(random, record.x)
            if should_terminate():
                return
            self._improve(process, record)
        if mu > 1:
            strategy.fitness.assign_fitness(population[:mu], random)
        generation = 0
        while True:
            generation += 1
            parents = population[:mu]
            for child in population[mu:]:
                if should_terminate():
                    return
                chosen = strategy.choose(parents, 1.0, random)
                if mu > 1:
                    op2(random, child.x, chosen[0].x, chosen[1].x)
                else:
                    process.copy(child.x, chosen[0].x)
                child.it = generation
                self._improve(process, child)
            population = strategy.survivors(population, mu, process)

    def _improve(self, process: Process, record: FRecord) -> None:
        """Evaluate a new point and replace it with what the local search finds from it."""
        record.f = process.evaluate(record.x)
        with for_fes(process, self.ls_fes) as slice_, \
                from_starting_point(slice_, record.x, record.f) as part:
            self.ls.initialize()
            self._forward.forward_to(part.get_copy_of_best_x)
            self.ls.solve(part)
            self._forward.stop_forwarding()
            record.f = part.get_best_f()

    def initialize(self) -> None:
        """Reset the algorithm and all its parts."""
        super().initialize()
        self.op2.initialize()
        self.ls.initialize()
        self.strategy.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, sizes, the local search, fitness and selections."""
        super().log_parameters_to(logger)
        logger.key_value("mu", self.mu)
        logger.key_value("lambda", self.lambda_)
        logger.key_value("lsFEs", self.ls_fes)
        self._log_parts_to(logger)
        self.strategy.log_parameters_to(logger)

    def _log_parts_to(self, logger: KeyValueLogSection) -> None:
        for name, part in (("op2", self.op2), ("ls", self.ls)):
            with logger.scope(name) as scope:
                part.log_parameters_to(scope)

    def __str__(self) -> str:
        return PART_SEPARATOR.join((self.name, str(self.op2), str(self.ls)))


class MA(GeneralMA):
    """A (mu+lambda) memetic algorithm: the best survive, newer ones win ties.

    Source: P. Moscato, 1989.
    """

    def __init__(self, op0: Op0, op2: Op2, ls: Algorithm0, mu: int = 2, lambda_: int = 1,
                 ls_fes: int = 1000, name: str = "ma") -> None:
        """Create it.

        Args:
            op0: samples points
            op2: combines points
            ls: the local search; its nullary operator is an
                :class:`~fescue.operators.Op0Forward`, which gives it the point to start from
            mu: the number of parents, in ``1..10**6``; a single one is copied
            lambda_: the number of offspring per generation, in ``1..10**6``
            ls_fes: the largest number of FEs of a local search, in ``1..10**8``
            name: the first part of the algorithm's name

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range
        """
        super().__init__(op0, op2, ls, mu, lambda_, ls_fes, name=name)


class MARLS(MA):
    """A memetic algorithm whose local search is RLS.

    Source: P. Moscato, 1989.
    """

    def __init__(self, op0: Op0, op1: Op1, op2: Op2, mu: int = 1, lambda_: int = 1,
                 ls_fes: int = 1000, name: str = "marls") -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points, in the local search
            op2: combines points
            mu: the number of parents, in ``1..10**6``; a single one is copied
            lambda_: the number of offspring per generation, in ``1..10**6``
            ls_fes: the largest number of FEs of a local search, in ``1..10**8``
            name: the first part of the algorithm's name

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range
        """
        #: the unary search operator
        self.op1: Final[Op1] = check_op1(op1)
        super().__init__(op0, op2, RLS(Op0Forward(), op1), mu, lambda_, ls_fes, name)

    def _log_parts_to(self, logger: KeyValueLogSection) -> None:
        operators: tuple[tuple[str, Any], ...] = (("op1", self.op1), ("op2", self.op2))
        for name, part in operators:
            with logger.scope(name) as scope:
                part.log_parameters_to(scope)

    def __str__(self) -> str:
        return PART_SEPARATOR.join((self.name, str(self.op2), str(self.op1)))


_WHY: Final = "its local search is any algorithm"
_PARAMETERS: Final = {"mu": "1..10^6", "lambda_": "1..10^6", "ls_fes": "1..10^8"}
_KINDS: Final = ("bits", "ints", "vectors")


def _entry(make: Any, text: str, **more: str) -> Entry:
    def made(kit: Any) -> Any:
        if make is MARLS:
            return MARLS(kit.op0, kit.op1, kit.op2, 4, 4, 64)
        return make(kit.op0, kit.op2, RLS(Op0Forward(), kit.op1), 4, 4, 64)

    name = {GeneralMA: "generalMa", MA: "ma", MARLS: "marls"}[make]
    return Entry(name, text, made, _KINDS, {**_PARAMETERS, **more}, "Moscato, 1989", _WHY)


ENTRIES: Final = (
    _entry(GeneralMA, "(4+4) memetic algorithm with exchangeable fitness and selections",
           fitness="any", survival="any", mating="any"),
    _entry(MA, "(4+4) memetic algorithm", ls="any"),
    _entry(MARLS, "(4+4) memetic algorithm with RLS"),
)
