"""Which records survive, and which become parents: selection by fitness, the smaller the better."""

from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np
from numpy.random import Generator

from fescue.api.component import Component
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import num_to_str_for_name
from fescue.utils.types import check_int_range, type_error


class FitnessRecord(Protocol):
    """What selections look at."""

    #: the fitness, the smaller the better
    fitness: int | float


class Selection(Component):
    """A way to choose records by their fitness."""

    def select(self, source: list[Any], dest: Callable[[Any], Any], n: int,
               random: Generator) -> None:
        """Choose records.

        Args:
            source: the records to choose from, each with an attribute ``fitness``, at least one;
                the list is left unchanged
            dest: is called with each record that is chosen, ``n`` times
            n: how many to choose, at least 1
            random: the only source of randomness
        """
        raise self._must_override("select(source, dest, n, random)")


class Best(Selection):
    """Choose the ``n`` best records, of equal ones those that stand in front.

    If there are less than ``n``, the best ones are chosen again.
    """

    def select(self, source: list[Any], dest: Callable[[Any], Any], n: int,
               random: Generator) -> None:
        """Choose the best ``n`` records; see :meth:`Selection.select`."""
        ranked = sorted(source, key=_fitness)
        for i in range(n):
            dest(ranked[i % len(ranked)])

    def __str__(self) -> str:
        return "best"


class RandomWithoutReplacement(Selection):
    """Choose records regardless of their fitness, none twice before all have been chosen."""

    def select(self, source: list[Any], dest: Callable[[Any], Any], n: int,
               random: Generator) -> None:
        """Choose ``n`` records; see :meth:`Selection.select`."""
        size = len(source)
        while n > size:
            for i in random.permutation(size):
                dest(source[i])
            n -= size
        if n == size > 1:
            for i in random.permutation(size):
                dest(source[i])
            return
        chosen: set[int] = set()
        while len(chosen) < n:
            i = int(random.integers(size)) if size > 1 else 0
            if i not in chosen:
                chosen.add(i)
                dest(source[i])

    def __str__(self) -> str:
        return "rndNoRep"


class _Tournament(Selection):
    """Choose the best of some contestants, of equal ones the first that was drawn."""

    _suffix = ""

    def __init__(self, size: int = 2) -> None:
        """Create it.

        Args:
            size: the number of contestants, in ``1..10**9``

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        #: the number of contestants
        self.size: Final[int] = check_int_range(size, "size", 1, 1_000_000_000)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and the number of contestants."""
        super().log_parameters_to(logger)
        logger.key_value("size", self.size)

    def __str__(self) -> str:
        return f"tour{self.size}{self._suffix}"


class TournamentWithReplacement(_Tournament):
    """Let contestants be drawn independently, so that one may meet itself.

    Source: D. E. Goldberg, K. Deb, A comparative analysis of selection schemes used in genetic
    algorithms, 1991, 10.1016/B978-0-08-050684-5.50008-2.
    """

    _suffix = "r"

    def select(self, source: list[Any], dest: Callable[[Any], Any], n: int,
               random: Generator) -> None:
        """Hold ``n`` tournaments; see :meth:`Selection.select`."""
        for _ in range(n):
            dest(min((source[i] for i in random.integers(len(source), size=self.size)),
                     key=_fitness))


class TournamentWithoutReplacement(_Tournament):
    """Take contestants from a random order of all records, and from a new one after its end.

    With more contestants than records, all take part.

    Source: D. E. Goldberg, B. Korb, K. Deb, Messy genetic algorithms: motivation, analysis, and
    first results, Complex Systems 3, 1989.
    """

    def select(self, source: list[Any], dest: Callable[[Any], Any], n: int,
               random: Generator) -> None:
        """Hold ``n`` tournaments; see :meth:`Selection.select`."""
        size = min(self.size, len(source))
        order: list[int] = []
        for _ in range(n):
            if len(order) < size:
                order = random.permutation(len(source)).tolist()
            dest(min((source[i] for i in order[:size]), key=_fitness))
            del order[:size]


class FitnessProportionateSUS(Selection):
    """Choose with a probability that falls linearly with fitness, by stochastic universal sampling.

    The worst record has the smallest probability, ``min_prob`` or, if that is more than there is
    for each, the same as all. A record whose fitness is infinite is never better than the worst.

    Source: J. E. Baker, Reducing bias and inefficiency in the selection algorithm, ICGA 1987.
    """

    def __init__(self, min_prob: float = 0.0) -> None:
        """Create it.

        Args:
            min_prob: the smallest probability of a record to be chosen in one step, in ``[0, 0.2)``

        Raises:
            TypeError: if it is no ``float``
            ValueError: if it is out of range
        """
        if not isinstance(min_prob, float):
            raise type_error(min_prob, "min_prob", float)
        if not 0 <= min_prob < 0.2:
            raise ValueError(f"min_prob={min_prob} is invalid, must be in [0, 0.2).")
        #: the smallest probability of a record
        self.min_prob: Final[float] = min_prob

    def select(self, source: list[Any], dest: Callable[[Any], Any], n: int,
               random: Generator) -> None:
        """Choose ``n`` records; see :meth:`Selection.select`."""
        sums = np.cumsum(self._probabilities(source))
        # n marks at equal distances, all moved by one random number
        marks = (np.arange(n) + random.random()) * (sums[-1] / n)
        for i in np.searchsorted(sums, marks, "right"):
            dest(source[min(i, len(source) - 1)])

    def _probabilities(self, source: list[Any]) -> np.ndarray:
        size = len(source)
        fitness = np.array([float(record.fitness) for record in source])
        finite = fitness[np.isfinite(fitness)]
        least = min(self.min_prob, 1.0 / size)
        if len(finite) > 0:
            # halves, because the difference of two large numbers may be infinite
            worth = finite.max() / 2 - np.minimum(fitness, finite.max()) / 2
            if worth.max() == 0 and len(finite) < size:
                worth = np.isfinite(fitness).astype(float)
            if worth.max() > 0:
                worth /= worth.max()
                return np.asarray(least + (1.0 - size * least) * worth / worth.sum())
        return np.full(size, 1.0 / size)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and the smallest probability."""
        super().log_parameters_to(logger)
        logger.key_value("minprob", self.min_prob)

    def __str__(self) -> str:
        return "fpsus" + (num_to_str_for_name(self.min_prob) if self.min_prob > 0 else "")


def check_selection(selection: Any) -> Selection:
    """Return ``selection`` if it is a :class:`Selection`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(selection, Selection):
        return selection
    raise type_error(selection, "selection", Selection)


def _fitness(record: FitnessRecord) -> int | float:
    return record.fitness
