"""What algorithms do, step by step: checks, acceptance, order of draws, names, parameters."""

from collections.abc import Callable
from math import e, exp, inf, log
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from fescue.algorithms import (
    EA,
    MORLS,
    RLS,
    ExponentialSchedule,
    HillClimber,
    HillClimberWithRestarts,
    LogarithmicSchedule,
    RandomSampling,
    RandomWalk,
    SimulatedAnnealing,
    TemperatureSchedule,
)
from fescue.api.execution import Execution
from fescue.api.mo_utils import dominates
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1, Op2
from fescue.operators import Op0Random, Op0Shuffle, Op1Flip1, Op1MoverNflip, Op1SwapN, Op2Uniform
from fescue.spaces import BitStrings, Permutations
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values


class World(Op0, Op1, Op2):
    """Process and operators in one: points are ``[0], [1], ...`` in the order they are made.

    The i-th evaluation gives the i-th value. ``events`` has ``0``, ``1`` or ``2`` for each
    operation, ``?`` for each check and ``f`` for each evaluation; ``parents`` lists the parents
    of each operation but sampling.
    """

    f_dominates = staticmethod(dominates)

    def __init__(self, values: list[Any], budget: int | None = None, seed: int = 1) -> None:
        self.values = values
        self.budget = len(values) if budget is None else budget
        self.random = default_rng(seed)
        self.events = ""
        self.parents: list[Any] = []
        self.checked_in: list[Any] = []
        self.made = self.fes = self.resets = 0

    def initialize(self) -> None:
        self.resets += 1

    def _make(self, event: str, dest: list[int]) -> None:
        self.events += event
        dest[0] = self.made
        self.made += 1

    def op0(self, random: Any, dest: list[int]) -> None:
        self._make("0", dest)

    def op1(self, random: Any, dest: list[int], x: list[int]) -> None:
        assert dest is not x
        self.parents.append(x[0])
        self._make("1", dest)

    def op2(self, random: Any, dest: list[int], x0: list[int], x1: list[int]) -> None:
        assert x0 is not dest is not x1
        self.parents.append((x0[0], x1[0]))
        self._make("2", dest)

    def create(self) -> list[int]:
        return [-1]

    def get_random(self) -> Any:
        return self.random

    def should_terminate(self) -> bool:
        self.events += "?"
        return self.fes >= self.budget

    def evaluate(self, x: list[int]) -> Any:
        assert x[0] == self.made - 1
        self.events += "f"
        self.fes += 1
        return self.values[x[0]]

    def f_create(self) -> np.ndarray:
        return np.zeros(2, int)

    def f_evaluate(self, x: list[int], fs: np.ndarray) -> int:
        fs[:] = self.evaluate(x)
        return int(fs.sum())

    def check_in(self, x: list[int], fs: np.ndarray, prune_if_necessary: bool = False) -> None:
        self.checked_in.append((x[0], fs.tolist(), prune_if_necessary))

    def solve(self, make: Callable[..., Any], *args: Any) -> str:
        """Let an algorithm with operators ``make(op0, op1, ...)`` run, and return the events."""
        make(*args).solve(self)
        return self.events


VALUES = [5, 5, 6, 4, 4, 9, 3, 7, 3, 3, 8]
WORTHLESS = [inf, inf, 3, inf, 2]


@pytest.mark.parametrize(("make", "values", "parents"), [
    (RandomWalk, VALUES, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (RandomWalk, WORTHLESS, [0, 1, 2, 3]),
    (RLS, VALUES, [0, 1, 1, 3, 4, 4, 6, 6, 8, 9]), (RLS, WORTHLESS, [0, 1, 2, 2]),
    (HillClimber, VALUES, [0, 0, 0, 3, 3, 3, 6, 6, 6, 6]), (HillClimber, WORTHLESS, [0, 0, 2, 2])])
def test_acceptance(make: Any, values: list[Any], parents: list[int]) -> None:
    world = World(values)
    assert world.solve(make, world, world) == "0f" + "?1f" * len(parents) + "?"
    assert world.parents == parents


@pytest.mark.parametrize("budget", [0, 1, 4])
def test_random_sampling(budget: int) -> None:
    world = World(VALUES, budget)
    assert world.solve(RandomSampling, world) == "?0f" * budget + "?"


@pytest.mark.parametrize(("patience", "budget", "events", "parents"), [
    (1, 5, "?0f?1f?0f?1f?1f?", [0, 2, 3]), (2, 5, "?0f?1f?1f?0f?1f?", [0, 0, 3]),
    (9, 4, "?0f?1f?1f?1f?", [0, 0, 0]), (3, 0, "?", [])])
def test_restarts(patience: int, budget: int, events: str, parents: list[int]) -> None:
    world = World(VALUES, budget)
    assert world.solve(HillClimberWithRestarts, world, world, patience) == events
    assert world.parents == parents


def test_multi_objective_acceptance() -> None:
    """Better and incomparable vectors are accepted, equal and worse ones are not."""
    world = World([(5, 5), (5, 5), (5, 6), (4, 6), (4, 5), (9, 0), (9, 1)])
    MORLS(world, world).solve_mo(world)  # type: ignore[arg-type]
    assert world.events == "0f" + "?1f" * 6 + "?"
    assert world.parents == [0, 0, 0, 3, 4, 5]
    assert world.checked_in == [(5, [9, 0], True)]


def _annealing(values: list[Any], temperature: Callable[[int], float], random: Any) -> list[int]:
    parents, current = [], 0
    for tau, new in enumerate(range(1, len(values))):
        parents.append(current)
        d = values[current] - values[new]
        if d >= 0 or random.random() < exp(d / max(2.0 ** -96, temperature(tau))):
            current = new
    return parents


@pytest.mark.parametrize("schedule", [
    ExponentialSchedule(4.0, 0.02), LogarithmicSchedule(4.0, 1.0), LogarithmicSchedule(1e6, 1e-9)],
    ids=str)
def test_annealing(schedule: Any) -> None:
    for seed in range(5):
        values = default_rng(seed + 50).integers(0, 9, 200).tolist()
        world, random = World(values, seed=seed), default_rng(seed)
        world.solve(SimulatedAnnealing, world, world, schedule)
        assert world.parents == _annealing(values, schedule.temperature, random)
        assert world.events == "0f" + "?1f" * 199 + "?"
        assert world.random.bit_generator.state == random.bit_generator.state


def test_annealing_at_temperature_zero() -> None:
    """Nothing is divided by zero, and nothing worse is accepted."""
    schedule = ExponentialSchedule(1e-300, 0.999)
    assert schedule.temperature(500) == 0
    values = [10, *default_rng(1).integers(0, 20, 300).tolist(), inf, 1e-9, 2e-9]
    cold, rls = World(values), World(values)
    cold.solve(SimulatedAnnealing, cold, cold, schedule)
    rls.solve(RLS, rls, rls)
    assert cold.parents == rls.parents


@pytest.mark.parametrize(("values", "parents"), [
    ([0, 10 ** 400, 0, -10 ** 400, 5], [0, 0, 2, 3]), ([0, 1e308, -1e308, inf, 3], [0, 0, 2, 2])])
def test_annealing_over_huge_differences(values: list[Any], parents: list[int]) -> None:
    world = World(values)
    world.solve(SimulatedAnnealing, world, world, ExponentialSchedule(16.0, 0.5))
    assert world.parents == parents


@pytest.mark.parametrize("tau", [0, 1, 2, 10, 1000, 10 ** 6])
def test_temperatures(tau: int) -> None:
    for t0, epsilon in ((16.0, 0.0002), (1.0, 0.5), (3.5, 1e-9)):
        assert ExponentialSchedule(t0, epsilon).temperature(tau) == t0 * (1 - epsilon) ** tau
        assert LogarithmicSchedule(t0, epsilon).temperature(tau) == t0 / log(e + epsilon * tau)
    assert LogarithmicSchedule(2.0, 7.0).temperature(tau) == 2 / log(e + 7 * tau)


def _ea(values: list[Any], mu: int, lambda_: int, br: float, random: Any) -> list[Any]:
    """Return the parents of all offspring, by the description of the algorithm."""
    n, parents = mu, []
    population = [(values[i], 0, i) for i in range(min(mu, len(values)))]
    generation = 0
    while n < len(values):
        generation += 1
        children = []
        for _ in range(lambda_):
            if n >= len(values):
                return parents
            first = second = int(random.integers(mu)) if mu > 1 else 0
            if br == 1 or (br > 0 and random.random() < br):
                while second == first:
                    second = int(random.integers(mu))
                parents.append((population[first][2], population[second][2]))
            else:
                parents.append(population[first][2])
            children.append((values[n], -generation, n))
            n += 1
        population = sorted(population + children, key=lambda member: member[:2])[:mu]
    return parents


@pytest.mark.parametrize("br", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("mu", "lambda_"), [(1, 1), (1, 4), (2, 1), (3, 7), (10, 3), (60, 60)])
def test_evolution(mu: int, lambda_: int, br: float) -> None:
    br = br if mu > 1 else 0.0
    for seed in range(5):
        values = default_rng(seed + 9).integers(0, 6, 120).tolist()
        world, random = World(values, seed=seed), default_rng(seed)
        events = world.solve(EA, world, world, world, mu, lambda_, br)
        assert world.parents == _ea(values, mu, lambda_, br, random)
        assert world.random.bit_generator.state == random.bit_generator.state
        assert events.startswith("0?f" * mu + "?")
        assert events.replace("2", "1") == "0?f" * mu + "?1f" * (120 - mu) + "?"


@pytest.mark.parametrize("budget", [0, 1, 2, 3])
def test_evolution_that_ends_early(budget: int) -> None:
    world = World([3, 2, 1, 5], budget)
    assert world.solve(EA, world, world, None, 3, 2) == (
        "0?f" * budget + ("0?" if budget < 3 else "?"))


class Listener(Objective):
    """Counts every other one, or the pairs in the wrong order, and remembers all points."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, ...]] = []

    def evaluate(self, x: np.ndarray) -> int:
        self.seen.append(tuple(x.tolist()))
        return int(x[::2].sum()) if x.dtype == bool else int((np.diff(x) < 0).sum())


def _seen(space: Any, algorithm: Any, seed: int, max_fes: int = 150) -> list[tuple[int, ...]]:
    objective = Listener()
    execution = Execution().set_algorithm(algorithm).set_objective(objective)
    with execution.set_solution_space(space).set_rand_seed(seed).set_max_fes(max_fes).execute():
        return objective.seen[:max_fes]


BITS, PERMS = BitStrings(20), Permutations.with_repetitions(5, 3)
KITS = [(BITS, Op0Random(), Op1MoverNflip(20)), (BITS, Op0Random(), Op1Flip1()),
        (PERMS, Op0Shuffle(PERMS), Op1SwapN())]


@pytest.mark.parametrize(("space", "op0", "op1"), KITS, ids=str)
@pytest.mark.parametrize("seed", [0, 7, 2 ** 64 - 1])
def test_equivalences(space: Any, op0: Any, op1: Any, seed: int) -> None:
    """Algorithms that must be the same are so, evaluation by evaluation."""
    rls = _seen(space, RLS(op0, op1), seed)
    assert _seen(space, EA(op0, op1), seed) == rls
    assert _seen(space, EA(op0, op1, Op2Uniform(), 1, 1), seed) == rls
    assert _seen(space, HillClimber(op0, op1), seed) == _seen(
        space, HillClimberWithRestarts(op0, op1, 10 ** 6), seed) != rls
    sampled = _seen(space, RandomSampling(op0), seed)
    for mu in (150, 200):
        assert _seen(space, EA(op0, op1, None, mu, 5), seed) == sampled != rls
    assert len(rls) == len(sampled) == 150


# names, parameters, arguments

OP0, FLIP, UNI = Op0Random(), Op1Flip1(), Op2Uniform()


@pytest.mark.parametrize(("algorithm", "name", "keys"), [
    (RandomSampling(OP0), "rs", {}), (RandomWalk(OP0, FLIP), "rw_flip1", {}),
    (RLS(OP0, FLIP), "rls_flip1", {}), (HillClimber(OP0, FLIP), "hc_flip1", {}),
    (MORLS(OP0, FLIP), "morls_flip1", {}),
    (HillClimberWithRestarts(OP0, FLIP, 20), "hcr_20_flip1", {"maxMovesWithoutImprovement": "20"}),
    (SimulatedAnnealing(OP0, FLIP, ExponentialSchedule(16.0, 0.0002)), "sa_exp16_0d0002_flip1",
     {"ts.name": "exp16_0d0002", "ts.T0": "16", "ts.e": "0.0002",
      "ts.e(hex)": (0.0002).hex(), "ts.class":
      "fescue.algorithms.annealing.ExponentialSchedule"}),
    (SimulatedAnnealing(OP0, FLIP, LogarithmicSchedule(1.5, 1.0)), "sa_ln1d5_1_flip1",
     {"ts.name": "ln1d5_1", "ts.T0": "1.5", "ts.T0(hex)": (1.5).hex(), "ts.e": "1",
      "ts.class": "fescue.algorithms.annealing.LogarithmicSchedule"}),
    (EA(OP0, FLIP), "ea_1_1_flip1", {"mu": "1", "lambda": "1", "br": "0"}),
    (EA(OP0, FLIP, UNI, 8, 4), "ea_8_4_0d2_uniform_flip1",
     {"mu": "8", "lambda": "4", "br": "0.2", "br(hex)": (0.2).hex()}),
    (EA(OP0, None, UNI, 8, 4), "ea_8_4_uniform", {"mu": "8", "lambda": "4", "br": "1"}),
    (EA(OP0, FLIP, UNI, 8, 4, 0.0, "x"), "x_8_4_uniform_flip1", {
        "mu": "8", "lambda": "4", "br": "0"})], ids=str)
def test_names_and_parameters(algorithm: Any, name: str, keys: dict[str, str]) -> None:
    assert str(algorithm) == repr(algorithm) == name
    with InMemoryLogger() as logger:
        with logger.key_values("A") as section:
            algorithm.log_parameters_to(section)
        pairs = parse_key_values(logger.get_log()[1:-1])
    assert list(pairs)[:4] == ["name", "class", "op0.name", "op0.class"]
    assert (pairs["name"], pairs["op0.name"]) == (name, "randomize")
    assert {k: v for k, v in pairs.items() if not k.startswith("op")} == {
        "name": name, "class": f"{type(algorithm).__module__}.{type(algorithm).__name__}", **keys}
    for op in ("op1", "op2"):
        assert (f"{op}.name" in pairs) == hasattr(algorithm, op)


def test_parts_are_initialized() -> None:
    world = World([1])
    for algorithm, times in ((RandomSampling(world), 1), (RLS(world, world), 2),
                             (EA(world, world, world, 2), 3)):
        world.resets = 0
        algorithm.initialize()
        assert world.resets == times


SCHEDULE = ExponentialSchedule(1.0, 0.5)


@pytest.mark.parametrize("make", [
    lambda: HillClimberWithRestarts(OP0, FLIP, 0), lambda: TemperatureSchedule(0.0),
    lambda: ExponentialSchedule(-1.0, 0.5), lambda: ExponentialSchedule(inf, 0.5),
    lambda: ExponentialSchedule(float("nan"), 0.5), lambda: ExponentialSchedule(1.0, 1.0),
    lambda: ExponentialSchedule(1.0, 0.0), lambda: LogarithmicSchedule(1.0, -0.5),
    lambda: EA(OP0, FLIP, None, 0), lambda: EA(OP0, FLIP, None, 1, 0), lambda: EA(OP0),
    lambda: EA(OP0, FLIP, UNI, 2, 1, 1.5), lambda: EA(OP0, FLIP, UNI, 2, 1, float("nan")),
    lambda: EA(OP0, FLIP, UNI, 1, 1, 0.5), lambda: EA(OP0, FLIP, None, 2, 1, 0.5),
    lambda: EA(OP0, None, UNI, 2, 1, 0.5), lambda: EA(OP0, FLIP, name="a-b")])
def test_arguments_out_of_range(make: Callable[[], Any]) -> None:
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize("make", [
    lambda: RandomSampling(FLIP), lambda: RLS(OP0, OP0), lambda: RLS(None, FLIP),
    lambda: HillClimber(OP0, UNI), lambda: RandomWalk(OP0, None), lambda: MORLS(OP0, "flip1"),
    lambda: HillClimberWithRestarts(OP0, FLIP, 1.0), lambda: SimulatedAnnealing(OP0, FLIP, None),
    lambda: SimulatedAnnealing(OP0, FLIP, 0.5), lambda: SimulatedAnnealing(FLIP, FLIP, SCHEDULE),
    lambda: TemperatureSchedule(1), lambda: LogarithmicSchedule(1.0, 0), lambda: EA(FLIP, FLIP),
    lambda: EA(OP0, FLIP, None, 1.0), lambda: EA(OP0, FLIP, None, 1, "1"),
    lambda: EA(OP0, FLIP, UNI, 2, 1, 1), lambda: EA(OP0, UNI, FLIP, 2)])
def test_arguments_of_wrong_type(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        make()
