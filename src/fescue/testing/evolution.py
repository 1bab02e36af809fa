"""The contracts of what evolutionary algorithms are made of: fitness, selection; and schedules."""

from math import inf, isnan
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from fescue.algorithms.annealing import TemperatureSchedule
from fescue.algorithms.fitness import Fitness, FRecord
from fescue.algorithms.selection import Selection
from fescue.api.objective import Objective
from fescue.api.operators import Op0
from fescue.api.space import Space
from fescue.testing.components import require, validate_component

#: how often the choices among four records are counted
_SAMPLES = 2000


def validate_selection(selection: Selection, without_replacement: bool = False,
                       lower_source_size_limit: int = 1, upper_source_size_limit: int = 999_999,
                       *, seed: int = 0) -> None:
    """Check that a selection chooses as many records as it should, and prefers none that is worse.

    Args:
        selection: the selection
        without_replacement: whether no record may be chosen twice if there are enough
        lower_source_size_limit: the smallest number of records it is for
        upper_source_size_limit: the largest one
        seed: of the random numbers

    Raises:
        TypeError: if it is no selection
        ValidationError: if it does not keep the contract
    """
    validate_component(selection, kind=Selection)
    random = default_rng(seed)
    sizes = [size for size in (1, 2, 3, 4, 7, 20, 100)
             if lower_source_size_limit <= size <= upper_source_size_limit]
    for size in sizes:
        for fitness in _fitness_values(random, size):
            source = [FRecord(i, 0) for i in range(size)]
            for record, value in zip(source, fitness, strict=True):
                record.fitness = value
            for n in {1, 2, max(1, size // 2), max(1, size - 1), size} if size > 1 else {1, 3}:
                first, second = (_chosen(selection, source, n, s) for s in (seed, seed))
                require(first == second, selection, "chooses differently with the same seed")
                require(len(first) == n, selection,
                        f"has chosen {len(first)} of {size} records instead of {n}")
                require(not without_replacement or n > size or len(set(first)) == n, selection,
                        f"has chosen a record twice when asked for {n} of {size}")
    if lower_source_size_limit <= 4 <= upper_source_size_limit:
        source = [FRecord(i, 0) for i in range(4)]
        for record in source:
            record.fitness = record.x
        counts = np.bincount([i for s in range(_SAMPLES)
                              for i in _chosen(selection, source, 1, s)], minlength=4)
        require((np.diff(counts) < 6 * np.sqrt(_SAMPLES)).all(), selection,
                f"chooses four records, the best first, {counts.tolist()} times")


def _fitness_values(random: Generator, size: int) -> list[list[Any]]:
    """Return lists of fitness values, some of which are extreme."""
    integers = random.integers(0, max(2, size // 2), size).tolist()
    return [integers, random.normal(size=size).tolist(), [1] * size, [-5e307, *[1.5e308] * size][
        :size], [inf] * size, [*[inf] * (size - 1), 2], list(range(2 ** 60, 2 ** 60 + size))]


def _chosen(selection: Selection, source: list[FRecord], n: int, seed: int) -> list[int]:
    """Return the indices of the records that are chosen."""
    before, fitness = list(source), [record.fitness for record in source]
    chosen: list[FRecord] = []
    selection.initialize()
    selection.select(source, chosen.append, n, default_rng(seed))
    require(len(source) == len(before) and all(map(lambda a, b: a is b, source, before)),
            selection, "has changed the list of records")
    require([record.fitness for record in source] == fitness, selection,
            "has changed the fitness of records")
    places = {id(record): i for i, record in enumerate(source)}
    require(all(id(record) in places for record in chosen), selection,
            "has chosen a record that it was not given")
    return [places[id(record)] for record in chosen]


def validate_fitness(fitness: Fitness, objective: Objective, space: Space, op0: Op0, *,
                     seed: int = 0) -> None:
    """Check that a fitness assignment gives numbers and leaves all else as it was.

    Args:
        fitness: the fitness assignment
        objective: rates the points
        space: the points
        op0: samples them
        seed: of the random numbers

    Raises:
        TypeError: if it is no fitness assignment
        ValidationError: if it does not keep the contract
    """
    validate_component(fitness, kind=Fitness)
    random = default_rng(seed)
    for size in (1, 2, 3, 7, 30):
        records = []
        for it in range(size):
            x = space.create()
            op0.op0(random, x)
            records.append(FRecord(x, objective.evaluate(x)))
            records[-1].it = it // 2
        before = [(id(r), space.to_str(r.x), r.f, r.it) for r in records]
        results = []
        for _ in range(2):
            for record in records:
                record.fitness = float("nan")
            fitness.initialize()
            fitness.assign_fitness(records, default_rng(seed))
            results.append([record.fitness for record in records])
        for value in results[0]:
            require(isinstance(value, int | float | np.number) and not isnan(value), fitness,
                    f"gives the fitness {value!r}, which is no number")
        require(results[0] == results[1], fitness, "gives another fitness with the same seed")
        require([(id(r), space.to_str(r.x), r.f, r.it) for r in records] == before, fitness,
                "has changed the records")


def validate_schedule(schedule: TemperatureSchedule, steps: int = 10_000) -> None:
    """Check that temperatures are numbers, start with ``t0`` and depend on the step alone.

    Args:
        schedule: the schedule
        steps: the largest step that is tried

    Raises:
        TypeError: if it is no schedule
        ValidationError: if it does not keep the contract
    """
    validate_component(schedule, kind=TemperatureSchedule)
    taus = [0, 1, 2, *np.geomspace(3, steps, 50).astype(int).tolist(), 10 ** 9]
    first = [schedule.temperature(tau) for tau in taus]
    schedule.initialize()
    require(first == [schedule.temperature(tau) for tau in taus], schedule,
            "gives another temperature for the same step")
    require(first[0] == schedule.t0, schedule,
            f"starts with {first[0]} instead of t0={schedule.t0}")
    for tau, value in zip(taus, first, strict=True):
        require(isinstance(value, float) and 0 <= value < inf, schedule,
                f"has the temperature {value!r} at step {tau}, which is no finite number >= 0")
    kernel = schedule.kernel()
    require(kernel is None or [kernel.call(tau) for tau in taus] == first, schedule,
            "has a kernel that gives other temperatures")
