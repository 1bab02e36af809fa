"""The (mu+lambda) evolutionary algorithm whose parts can be exchanged."""

from typing import Final

from numpy.random import Generator

from fescue.algorithms.ea import EA
from fescue.algorithms.fitness import Fitness, FRecord, RankAndIteration, check_fitness
from fescue.algorithms.selection import (
    Best,
    RandomWithoutReplacement,
    Selection,
    TournamentWithReplacement,
    check_selection,
)
from fescue.api.catalogue import Entry
from fescue.api.operators import Op0, Op1, Op2
from fescue.api.process import Process
from fescue.kernels.kernel import LocalSearch, Search
from fescue.utils.logger import KeyValueLogSection


class Strategy:
    """How a population is judged, who survives and who becomes a parent."""

    def __init__(self, fitness: Fitness | None, survival: Selection | None,
                 mating: Selection | None) -> None:
        """Create it.

        Args:
            fitness: gives fitness, ``None`` for :class:`RankAndIteration`
            survival: chooses who survives, ``None`` for :class:`Best`
            mating: chooses parents, ``None`` for :class:`RandomWithoutReplacement`

        Raises:
            TypeError: if an argument has a wrong type
        """
        self.fitness: Final[Fitness] = check_fitness(
            RankAndIteration() if fitness is None else fitness)
        self.survival: Final[Selection] = check_selection(Best() if survival is None else survival)
        self.mating: Final[Selection] = check_selection(
            RandomWithoutReplacement() if mating is None else mating)

    def is_standard(self) -> bool:
        """Return whether nothing was exchanged."""
        return (type(self.fitness), type(self.survival), type(self.mating)) == (
            RankAndIteration, Best, RandomWithoutReplacement)

    def names(self) -> list[str]:
        """Return the names of what was exchanged."""
        parts = []
        if type(self.fitness) is not RankAndIteration:
            parts.append(str(self.fitness))
        if (type(self.survival), type(self.mating)) != (Best, RandomWithoutReplacement):
            parts += [str(self.survival), str(self.mating)]
        return parts

    def initialize(self) -> None:
        """Reset all parts."""
        for part in (self.fitness, self.survival, self.mating):
            part.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write each part in a scope."""
        for name in ("fitness", "survival", "mating"):
            with logger.scope(name) as scope:
                getattr(self, name).log_parameters_to(scope)

    def choose(self, parents: list[FRecord], br: float, random: Generator) -> list[FRecord]:
        """Return two parents with the probability ``br``, else one.

        Of a single parent there is only itself. Random parents are drawn as by the EA.
        """
        if len(parents) == 1:
            return parents
        chosen: list[FRecord] = []
        if type(self.mating) is RandomWithoutReplacement:
            first = second = random.integers(len(parents))
            if br >= 1 or (br > 0 and random.random() < br):
                while second == first:
                    second = random.integers(len(parents))
                return [parents[first], parents[second]]
            return [parents[first]]
        n = 2 if br >= 1 or (br > 0 and random.random() < br) else 1
        self.mating.select(parents, chosen.append, n, random)
        return chosen

    def survivors(self, population: list[FRecord], mu: int, process: Process) -> list[FRecord]:
        """Return the population again, those that survive in front.

        A record that is selected again and again is copied into those that are not needed.
        """
        random = process.get_random()
        self.fitness.assign_fitness(population, random)
        selected: list[FRecord] = []
        self.survival.select(population, selected.append, mu, random)
        ids = {id(record) for record in selected}
        rest = [record for record in population if id(record) not in ids]
        if len(ids) < mu:
            seen: set[int] = set()
            for i, record in enumerate(selected):
                if id(record) in seen:
                    copy = rest.pop()
                    process.copy(copy.x, record.x)
                    copy.f, copy.it, copy.fitness = record.f, record.it, record.fitness
                    selected[i] = copy
                seen.add(id(record))
        return selected + rest


class GeneralEA(EA):
    """A (mu+lambda) evolutionary algorithm with fitness, survival and mating selection.

    With the default ones it does what :class:`~fescue.algorithms.EA` does.

    Source: K. De Jong, Evolutionary Computation: A Unified Approach, 2006.
    """

    def __init__(self, op0: Op0, op1: Op1 | None = None, op2: Op2 | None = None, mu: int = 1,
                 lambda_: int = 1, br: float | None = None, fitness: Fitness | None = None,
                 survival: Selection | None = None, mating: Selection | None = None,
                 name: str = "generalEa") -> None:
        """Create it.

        Args:
            op0: samples points
            op1: modifies points, ``None`` if all offspring have two parents
            op2: combines points, ``None`` if all offspring have one parent
            mu: the number of parents, in ``1..10**6``
            lambda_: the number of offspring per generation, in ``1..10**6``
            br: the rate of offspring with two parents, in ``[0, 1]``; see
                :class:`~fescue.algorithms.EA`
            fitness: gives fitness, ``None`` for :class:`RankAndIteration`
            survival: chooses who survives, ``None`` for :class:`Best`
            mating: chooses parents, ``None`` for :class:`RandomWithoutReplacement`
            name: the first part of the algorithm's name

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if a number is out of range or an operator is missing that ``br`` needs
        """
        #: how the population is judged, who survives and who becomes a parent
        self.strategy: Final[Strategy] = Strategy(fitness, survival, mating)
        super().__init__(op0, op1, op2, mu, lambda_, br, name)

    def _more_names(self) -> list[str]:
        return self.strategy.names()

    def solve(self, process: Process) -> None:
        """Search until told to stop."""
        self._evolve(process)
        self.strategy.fitness.log_information_after_run(process)

    def _evolve(self, process: Process) -> None:
        mu, br, strategy = self.mu, self.br, self.strategy
        random, op0, op1, op2 = process.get_random(), self.op0.op0, self.op1.op1, self.op2.op2
        evaluate, should_terminate = process.evaluate, process.should_terminate
        population = [FRecord(process.create(), 0) for _ in range(mu + self.lambda_)]
        for record in population[:mu]:
            op0(random, record.x)
            if should_terminate():
                return
            record.f = evaluate(record.x)
        if mu > 1:
            strategy.fitness.assign_fitness(population[:mu], random)
        generation = 0
        while True:
            generation += 1
            parents = population[:mu]
            for child in population[mu:]:
                if should_terminate():
                    return
                chosen = strategy.choose(parents, br, random)
                if len(chosen) == 2:
                    op2(random, child.x, chosen[0].x, chosen[1].x)
                else:
                    op1(random, child.x, chosen[0].x)
                child.f, child.it = evaluate(child.x), generation
            population = strategy.survivors(population, mu, process)

    def search(self) -> Search | LocalSearch | None:
        """Return the search for compiled runs, ``None`` if a part was exchanged."""
        return super().search() if self.strategy.is_standard() else None

    def initialize(self) -> None:
        """Reset the algorithm, its operators, its fitness and its selections."""
        super().initialize()
        self.strategy.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and operators, sizes and rate, fitness and selections."""
        super().log_parameters_to(logger)
        self.strategy.log_parameters_to(logger)


_SOURCE: Final = "K. De Jong, Evolutionary Computation, 2006"

ENTRIES: Final = (
    Entry("generalEa", "(16+16) EA with fitness, survival and mating selection",
          lambda kit: GeneralEA(kit.op0, kit.op1, kit.op2, 16, 16),
          parameters={"mu": "1..10^6", "lambda_": "1..10^6", "br": "[0, 1]", "fitness": "any",
                      "survival": "any", "mating": "any"}, source=_SOURCE),
    Entry("generalEa-tour", "(8+16) EA, parents by tournaments",
          lambda kit: GeneralEA(kit.op0, kit.op1, kit.op2, 8, 16,
                                mating=TournamentWithReplacement(2)),
          source=_SOURCE, no_kernel="fitness and selections of any kind"),
)
