"""Made-up experiments and objective functions, under the names of ``moptipy.mock``."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Self

import numpy as np
from numpy.random import Generator, default_rng

from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.compat.end_results import EndResult
from fescue.utils.nputils import rand_seeds_from_str


@dataclass(frozen=True, order=True)
class Instance:
    """A made-up instance.

    Attributes:
        name: its name
        hardness: how hard it is, between 0 and 1
        jitter: how much results scatter, between 0 and 1
        scale: how much time an FE takes, between 0 and 1
        best: the best objective value
        worst: the worst one
        attractors: objective values at which runs like to end
    """

    name: str
    hardness: float
    jitter: float
    scale: float
    best: int
    worst: int
    attractors: tuple[int, ...]

    @staticmethod
    def create(n: int, forbidden: Any | None = None,
               random: Generator | None = None) -> "tuple[Instance, ...]":
        """Return ``n`` instances whose names are not in ``forbidden``."""
        random = default_rng(1) if random is None else random
        found = []
        for i, name in enumerate(_names(n, "inst", forbidden)):
            best = int(random.integers(1, 1000)) * 10
            worst = best * int(random.integers(2, 10))
            attractors = sorted({best, worst, *random.integers(best, worst, 4).tolist()})
            hardness = (i + float(random.uniform(0.2, 0.8))) / n
            found.append(Instance(name, hardness, float(random.uniform(0.05, 0.95)),
                                  float(random.uniform(0.05, 0.95)), best, worst,
                                  tuple(attractors)))
        return tuple(found)


@dataclass(frozen=True, order=True)
class Algorithm:
    """A made-up algorithm.

    Attributes:
        name: its name
        strength: how bad its results are, between 0 and 1: 0 is best
        jitter: how much they scatter, between 0 and 1
        complexity: how much time an FE takes, between 0 and 1
    """

    name: str
    strength: float
    jitter: float
    complexity: float

    @staticmethod
    def create(n: int, forbidden: Any | None = None,
               random: Generator | None = None) -> "tuple[Algorithm, ...]":
        """Return ``n`` algorithms whose names are not in ``forbidden``."""
        random = default_rng(2) if random is None else random
        return tuple(Algorithm(name, (i + float(random.uniform(0.2, 0.8))) / n,
                               *random.uniform(0.05, 0.95, 2).tolist())
                     for i, name in enumerate(_names(n, "algo", forbidden)))


def _names(n: int, start: str, forbidden: Any) -> list[str]:
    if n < 1:
        raise ValueError(f"n={n} is invalid, must be at least 1.")
    taken = {forbidden} if isinstance(forbidden, str) else set(forbidden or ())
    names: list[str] = []
    i = 0
    while len(names) < n:
        i += 1
        if f"{start}{i}" not in taken:
            names.append(f"{start}{i}")
    return names


@dataclass(frozen=True, order=True)
class BasePerformance:
    """How an algorithm fares on an instance.

    Attributes:
        algorithm: the algorithm
        instance: the instance
        performance: how bad its results are, between 0 and 1
        jitter: how much they scatter, between 0 and 1
        speed: how much time an FE takes, between 0 and 1
    """

    algorithm: Algorithm
    instance: Instance
    performance: float
    jitter: float
    speed: float

    @staticmethod
    def create(instance: Instance, algorithm: Algorithm,
               random: Generator | None = None) -> "BasePerformance":
        """Return how an algorithm fares on an instance, with a little chance."""
        random = default_rng(3) if random is None else random
        chance = random.uniform(-0.05, 0.05, 3)
        means = ((instance.hardness + algorithm.strength) / 2,
                 (instance.jitter + algorithm.jitter) / 2,
                 (instance.scale + algorithm.complexity) / 2)
        return BasePerformance(algorithm, instance, *np.clip(means + chance, 0.01, 0.99).tolist())


def get_run_seeds(instance: Instance, n_runs: int) -> tuple[int, ...]:
    """Return the seeds of the runs on an instance, as an experiment has them."""
    return tuple(rand_seeds_from_str(instance.name, n_runs))


@dataclass(frozen=True, order=True)
class Experiment:
    """A made-up experiment.

    Attributes:
        instances: the instances
        algorithms: the algorithms
        applications: how each algorithm fares on each instance
        per_instance_seeds: the seeds of the runs on each instance
    """

    instances: tuple[Instance, ...]
    algorithms: tuple[Algorithm, ...]
    applications: tuple[BasePerformance, ...]
    per_instance_seeds: tuple[tuple[int, ...], ...]

    @staticmethod
    def create(n_instances: int, n_algorithms: int, n_runs: int,
               random: Generator | None = None) -> "Experiment":
        """Return an experiment of that size."""
        random = default_rng(4) if random is None else random
        instances = Instance.create(n_instances, None, random)
        algorithms = Algorithm.create(n_algorithms, None, random)
        return Experiment(
            instances, algorithms, tuple(BasePerformance.create(i, a, random)
                                         for i in instances for a in algorithms),
            tuple(get_run_seeds(i, n_runs) for i in instances))

    def seeds_for_instance(self, instance: "str | Instance") -> tuple[int, ...]:
        """Return the seeds of the runs on an instance."""
        found = self.get_instance(instance) if isinstance(instance, str) else instance
        return self.per_instance_seeds[self.instances.index(found)]

    def get_instance(self, name: str) -> Instance:
        """Return the instance of a name.

        Raises:
            KeyError: if there is none
        """
        return {i.name: i for i in self.instances}[name]

    def get_algorithm(self, name: str) -> Algorithm:
        """Return the algorithm of a name.

        Raises:
            KeyError: if there is none
        """
        return {a.name: a for a in self.algorithms}[name]

    def instance_applications(self, instance: "str | Instance") -> tuple[BasePerformance, ...]:
        """Return how all algorithms fare on an instance."""
        name = instance if isinstance(instance, str) else instance.name
        return tuple(one for one in self.applications if one.instance.name == name)

    def algorithm_applications(self, algorithm: "str | Algorithm") -> tuple[BasePerformance, ...]:
        """Return how an algorithm fares on all instances."""
        name = algorithm if isinstance(algorithm, str) else algorithm.name
        return tuple(one for one in self.applications if one.algorithm.name == name)


def end_result(performance: BasePerformance, seed: int, max_fes: int | None = None,
               max_time_millis: int | None = None) -> EndResult:
    """Return the made-up end of a run; the same arguments give the same.

    Raises:
        ValueError: if a limit is less than 1
    """
    for name, limit in (("max_fes", max_fes), ("max_time_millis", max_time_millis)):
        if limit is not None and limit < 1:
            raise ValueError(f"{name}={limit} is invalid, must be at least 1.")
    random = default_rng([seed, *performance.algorithm.name.encode()])
    instance = performance.instance
    place = float(np.clip(performance.performance + random.normal() * performance.jitter / 5, 0, 1))
    best = int(instance.best + place ** 2 * (instance.worst - instance.best))
    near = min(instance.attractors, key=lambda value: abs(value - best))
    best = near if random.random() < 0.3 else best
    fes = int(random.integers(1_000, 1_000_000)) if max_fes is None else max_fes
    per_milli = 1 + 200 * (1 - performance.speed) * float(random.uniform(0.9, 1.1))
    millis = max(1, int(fes / per_milli))
    if max_time_millis is not None and millis > max_time_millis:
        millis, fes = max_time_millis, max(1, int(max_time_millis * per_milli))
    last = int(random.integers(1, fes + 1))
    if best <= instance.best:
        fes, millis = last, max(1, int(last / per_milli))
    return EndResult(performance.algorithm.name, instance.name, "f", None, seed, best, last,
                     max(1, min(millis, int(last / per_milli))), fes, millis, instance.best,
                     max_fes, max_time_millis)


@dataclass(frozen=True, order=True)
class EndResults:
    """The made-up end results of an experiment.

    Attributes:
        experiment: the experiment
        results: the end results of all its runs
        max_fes: the limit of FEs
        max_time_millis: the limit of milliseconds
    """

    experiment: Experiment
    results: tuple[EndResult, ...]
    max_fes: int | None = None
    max_time_millis: int | None = None

    @staticmethod
    def create(experiment: Experiment, max_fes: int | None = None,
               max_time_millis: int | None = None) -> "EndResults":
        """Return the end results of an experiment."""
        return EndResults(experiment, tuple(sorted(
            end_result(one, seed, max_fes, max_time_millis) for one in experiment.applications
            for seed in experiment.seeds_for_instance(one.instance))), max_fes, max_time_millis)

    def results_for_algorithm(self, algorithm: str | Algorithm) -> tuple[EndResult, ...]:
        """Return the end results of an algorithm."""
        name = algorithm if isinstance(algorithm, str) else algorithm.name
        return tuple(one for one in self.results if one.algorithm == name)

    def results_for_instance(self, instance: str | Instance) -> tuple[EndResult, ...]:
        """Return the end results on an instance."""
        name = instance if isinstance(instance, str) else instance.name
        return tuple(one for one in self.results if one.instance == name)


class MockObjective(Objective):
    """An objective function whose values are drawn near attractors, whatever the solution is.

    Args:
        is_int: whether values are integers
        lb: the lower bound
        ub: the upper bound
        fmin: the least value that occurs, ``None`` for any
        fattractors: values near which many are
        fmax: the largest value that occurs
        seed: the seed
    """

    def __init__(self, is_int: bool = True, lb: int | float = -inf, ub: int | float = inf,
                 fmin: int | float | None = None,
                 fattractors: Iterable[int | float | None] | None = None,
                 fmax: int | float | None = None, seed: int | None = None) -> None:
        if lb >= ub:
            raise ValueError(f"lb={lb} must be less than ub={ub}.")
        self.is_int, self.lb, self.ub = is_int, lb, ub
        self._random = default_rng(1 if seed is None else seed)
        self.fmin = fmin if fmin is not None else lb if isfinite(lb) else (
            ub - 1000 if isfinite(ub) else -500)
        self.fmax = fmax if fmax is not None else ub if isfinite(ub) else self.fmin + 1000
        if not lb <= self.fmin < self.fmax <= ub:
            raise ValueError(f"fmin={self.fmin} and fmax={self.fmax} must be in order, and within "
                             f"the bounds {lb} and {ub}.")
        self.fattractors = tuple(f for f in fattractors or () if f is not None) or tuple(
            self._plain(self.fmin + share * (self.fmax - self.fmin)) for share in (0.2, 0.5, 0.8))

    def _plain(self, value: float) -> int | float:
        return int(value) if self.is_int else float(value)

    def sample(self) -> int | float:
        """Return a value."""
        random = self._random
        centre = float(random.choice(self.fattractors))
        value = centre + random.normal() * (self.fmax - self.fmin) / 20
        return self._plain(float(np.clip(value, self.fmin, self.fmax)))

    def evaluate(self, x: Any) -> int | float:
        """Return a value: the same for the same text of ``x``, near an attractor."""
        random = default_rng(list(str(x).encode()) or [0])
        centre = float(random.choice(self.fattractors))
        value = centre + random.normal() * (self.fmax - self.fmin) / 20
        return self._plain(float(np.clip(value, self.fmin, self.fmax)))

    def lower_bound(self) -> int | float:
        """Return the lower bound."""
        return self.lb

    def upper_bound(self) -> int | float:
        """Return the upper bound."""
        return self.ub

    def is_always_integer(self) -> bool:
        """Return whether values are integers."""
        return self.is_int

    @classmethod
    def for_type(cls, dtype: np.dtype[Any]) -> Self:
        """Return an objective function whose values a dtype can hold."""
        if dtype.kind == "f":
            return cls(False, fmin=-1000.0, fmax=1000.0)
        if dtype.kind not in "iu":
            raise ValueError(f"dtype={dtype} is no type of numbers.")
        info = np.iinfo(dtype)
        # bounds, and room for values that are worse and better than any
        return cls(True, lb=max(int(info.min) + 1, -10**9), ub=min(int(info.max) - 1, 10**9))

    def __str__(self) -> str:
        return "mock"


class MockMOProblem(MOProblem):
    """A problem of several :class:`MockObjective` s and a weighted sum."""

    def __init__(self, objectives: Iterable[MockObjective],
                 weights: Iterable[int | float]) -> None:
        self._objectives, self._weights = tuple(objectives), tuple(weights)
        if not self._objectives or len(self._objectives) != len(self._weights):
            raise ValueError("objectives and weights must be as many, and at least one.")

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        return len(self._objectives)

    def get_objectives(self) -> tuple[MockObjective, ...]:
        """Return the objectives."""
        return self._objectives

    def f_evaluate(self, x: Any, fs: np.ndarray) -> int | float:
        """Overwrite ``fs`` with a value of each objective, and return their weighted sum."""
        for i, objective in enumerate(self._objectives):
            fs[i] = objective.evaluate((i, str(x)))
        return self._sum(fs)

    def sample(self, fs: np.ndarray) -> int | float:
        """Overwrite ``fs`` with drawn values, and return their weighted sum."""
        for i, objective in enumerate(self._objectives):
            fs[i] = objective.sample()
        return self._sum(fs)

    def _sum(self, fs: np.ndarray) -> int | float:
        return sum(  # type: ignore[no-any-return]
            weight * value for weight, value in zip(self._weights, fs.tolist(), strict=True))

    @classmethod
    def for_dtype(cls, n: int, dtype: np.dtype[Any]) -> Self:
        """Return a problem of ``n`` objectives whose values a dtype can hold."""
        return cls([MockObjective.for_type(dtype) for _ in range(n)], [1] * n)

    def __str__(self) -> str:
        return "mockMO"
