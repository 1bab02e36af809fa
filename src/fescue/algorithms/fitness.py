"""How good the records of a population are, compared with each other: the smaller the better."""

from collections import Counter
from typing import Any, Final

from numpy.random import Generator

from fescue.algorithms.ffa_h import log_h
from fescue.api.component import Component
from fescue.api.objective import Objective, check_objective
from fescue.api.process import Process
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import type_error


class Record:
    """A point and its objective value."""

    __slots__ = ("f", "it", "x")

    def __init__(self, x: Any, f: int | float) -> None:
        """Create it.

        Args:
            x: the point
            f: its objective value
        """
        #: the point
        self.x: Any = x
        #: its objective value
        self.f: int | float = f
        #: the generation in which it was made, from 0
        self.it: int = 0


class FRecord(Record):
    """A record that has a fitness."""

    __slots__ = ("fitness",)

    def __init__(self, x: Any, f: int | float) -> None:
        """Create it.

        Args:
            x: the point
            f: its objective value
        """
        super().__init__(x, f)
        #: the fitness, the smaller the better
        self.fitness: int | float = f


class Fitness(Component):
    """A way to give fitness to records."""

    def assign_fitness(self, p: list[FRecord], random: Generator) -> None:
        """Overwrite the fitness of all records.

        Args:
            p: the records, whose order is left unchanged
            random: the only source of randomness
        """
        raise self._must_override("assign_fitness(p, random)")

    def log_information_after_run(self, process: Process) -> None:
        """Write to the log what was learned in a run, by default nothing.

        Args:
            process: the process of the run
        """


class Direct(Fitness):
    """The objective value itself."""

    def assign_fitness(self, p: list[FRecord], random: Generator) -> None:
        """Overwrite the fitness of all records; see :meth:`Fitness.assign_fitness`."""
        for record in p:
            record.fitness = record.f

    def __str__(self) -> str:
        return "direct"


class Rank(Fitness):
    """The rank of the objective value: 1 for the smallest one, the same for equal ones."""

    def assign_fitness(self, p: list[FRecord], random: Generator) -> None:
        """Overwrite the fitness of all records; see :meth:`Fitness.assign_fitness`."""
        ranks = {f: rank for rank, f in enumerate(sorted({record.f for record in p}), 1)}
        for record in p:
            record.fitness = ranks[record.f]

    def __str__(self) -> str:
        return "rank"


class RankAndIteration(Rank):
    """The rank, and of records with the same rank the newer one is better."""

    def assign_fitness(self, p: list[FRecord], random: Generator) -> None:
        """Overwrite the fitness of all records; see :meth:`Fitness.assign_fitness`."""
        super().assign_fitness(p, random)
        _newer_first(p)

    def __str__(self) -> str:
        return "rankAndIt"


class FFA(Fitness):
    """How often the objective value has been seen; of equal ones the newer record is better.

    It does the same on every one-to-one transformation of the objective function. Source: T. Weise,
    Z. Wu, X. Li, Y. Chen, 2021, 10.1109/TEVC.2020.3032090.
    """

    def __init__(self, f: Objective, log_h_tbl: bool = False) -> None:
        """Create it.

        Args:
            f: the objective function
            log_h_tbl: whether the frequencies are written to the log

        Raises:
            TypeError: if an argument has a wrong type
        """
        check_objective(f)
        if not isinstance(log_h_tbl, bool):
            raise type_error(log_h_tbl, "log_h_tbl", bool)
        #: whether the frequencies are written to the log
        self.log_h_tbl: Final[bool] = log_h_tbl
        self._h: Counter[int | float] = Counter()

    def initialize(self) -> None:
        """Forget what has been seen."""
        super().initialize()
        self._h.clear()

    def assign_fitness(self, p: list[FRecord], random: Generator) -> None:
        """Count the objective values of all records and overwrite their fitness.

        Args:
            p: the records, whose order is left unchanged
            random: the only source of randomness
        """
        h = self._h
        h.update(record.f for record in p)
        for record in p:
            record.fitness = h[record.f]
        _newer_first(p)

    def log_information_after_run(self, process: Process) -> None:
        """Write the frequencies to the log if that was asked for.

        Args:
            process: the process of the run
        """
        if self.log_h_tbl:
            log_h(process, self._h)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and whether frequencies are logged."""
        super().log_parameters_to(logger)
        logger.key_value("logHTbl", self.log_h_tbl)

    def __str__(self) -> str:
        return "ffa"


def check_fitness(fitness: Any) -> Fitness:
    """Return ``fitness`` if it is a :class:`Fitness`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(fitness, Fitness):
        return fitness
    raise type_error(fitness, "fitness", Fitness)


def _newer_first(p: list[FRecord]) -> None:
    """Make an integer fitness distinguish records of different age."""
    newest = max(record.it for record in p)
    span = newest - min(record.it for record in p) + 1
    for record in p:
        record.fitness = record.fitness * span + newest - record.it
