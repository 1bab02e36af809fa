"""Evolutionary algorithms in parts: selections, fitness, memetic algorithms, searches in turns."""

from collections import Counter
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue import Execution, read_log
from fescue.algorithms import (
    EA,
    EAFEA,
    EAFEAA,
    EAFEAB,
    FFA,
    MA,
    MARLS,
    RLS,
    SAFEAA,
    Best,
    Direct,
    ExponentialSchedule,
    ExponentialScheduleBasedOnBounds,
    FEA1plus1,
    Fitness,
    FitnessProportionateSUS,
    FRecord,
    GeneralEA,
    GeneralMA,
    GreedyTwoPlusOneEAmod,
    LogarithmicSchedule,
    RandomSampling,
    RandomWithoutReplacement,
    Rank,
    RankAndIteration,
    Selection,
    TemperatureSchedule,
    TournamentWithoutReplacement,
    TournamentWithReplacement,
)
from fescue.algorithms.ffa_h import clear_h, create_h, h_to_str, log_h
from fescue.api.objective import Objective
from fescue.api.operators import Op0, Op1, Op2
from fescue.operators import Op0Forward, Op0Random, Op1Flip1, Op1MoverNflip, Op2Uniform
from fescue.problems import BinInt, LeadingOnes, OneMax
from fescue.spaces import BitStrings, VectorSpace
from fescue.testing import (
    validate_algorithm,
    validate_fitness,
    validate_schedule,
    validate_selection,
    verify_algorithms_equivalent,
)
from fescue.utils.errors import ValidationError
from fescue.utils.logger import InMemoryLogger

SELECTIONS: list[Any] = [
    Best(), RandomWithoutReplacement(), TournamentWithReplacement(), TournamentWithReplacement(3),
    TournamentWithoutReplacement(), TournamentWithoutReplacement(5), FitnessProportionateSUS(),
    FitnessProportionateSUS(0.1)]
OPS = Op0Random(), Op1Flip1(), Op2Uniform()


def text_of(component: Any) -> str:
    with InMemoryLogger() as logger:
        with logger.key_values("S") as section:
            component.log_parameters_to(section)
        return "\n".join(logger.get_log())


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_selections(selection: Selection) -> None:
    validate_selection(selection, isinstance(selection, Best | RandomWithoutReplacement))


def test_names() -> None:
    assert [str(s) for s in SELECTIONS] == [
        "best", "rndNoRep", "tour2r", "tour3r", "tour2", "tour5", "fpsus", "fpsus0d1"]
    assert "minprob: 0.1\nminprob(hex): " in text_of(FitnessProportionateSUS(0.1))
    assert "size: 3" in text_of(TournamentWithReplacement(3))
    assert [str(f) for f in (Direct(), Rank(), RankAndIteration(), FFA(OneMax(3)))] == [
        "direct", "rank", "rankAndIt", "ffa"]
    assert str(GeneralEA(*OPS, 4, 3)) == "generalEa_4_3_0d2_uniform_flip1"
    assert str(GeneralEA(*OPS, 4, 3, fitness=Rank(), mating=Best())) == (
        "generalEa_4_3_0d2_rank_best_best_uniform_flip1")
    ls = RLS(Op0Forward(), OPS[1])
    assert str(MA(OPS[0], OPS[2], ls, 2, 1, 3)) == "ma_2_1_3_uniform_rls_flip1"
    assert str(MARLS(*OPS, 2, 1, 3)) == "marls_2_1_3_uniform_flip1"
    assert str(GeneralMA(OPS[0], OPS[2], ls, 2, 1, 3,
                         survival=TournamentWithoutReplacement(3))) == (
        "generalMa_tour3_rndNoRep_2_1_3_uniform_rls_flip1")
    assert str(GreedyTwoPlusOneEAmod(*OPS)) == "greedy2plus1EAmod_uniform_flip1"
    text = text_of(MARLS(*OPS, 2, 1, 3))
    assert "\nmu: 2\nlambda: 1\nlsFEs: 3\nop1.name: flip1" in text
    text = text_of(GeneralMA(OPS[0], OPS[2], ls))
    for line in ("ls.name: rls_flip1", "ls.op0.name: forward", "fitness.name: rankAndIt",
                 "survival.name: best", "mating.name: rndNoRep", "op2.name: uniform"):
        assert f"\n{line}\n" in text


def selected(selection: Selection, fitness: list[Any], n: int, samples: int = 3000) -> Counter[int]:
    records = [FRecord(i, 0) for i in range(len(fitness))]
    for record, value in zip(records, fitness, strict=True):
        record.fitness = value
    random, counts = np.random.default_rng(5), Counter[int]()
    for _ in range(samples):
        selection.select(records, lambda r: counts.update([r.x]), n, random)
    return counts


def test_probabilities() -> None:
    counts = selected(FitnessProportionateSUS(), [1, 2, 3, 5], 1)
    # proportional to the distance from the worst one: 4, 3, 2 and 0
    assert [counts[i] / 3000 * 9 for i in range(4)] == pytest.approx([4, 3, 2, 0], abs=0.3)
    counts = selected(FitnessProportionateSUS(0.1), [0, 1, 1, 1], 1)
    assert counts[0] / 3000 == pytest.approx(0.7, abs=0.04)
    counts = selected(FitnessProportionateSUS(), [inf, 0, 0, inf], 2)
    assert counts == {1: 3000, 2: 3000}
    counts = selected(TournamentWithReplacement(2), [0, 1], 1)
    assert counts[0] / 3000 == pytest.approx(0.75, abs=0.04)
    # each takes part once, so the best one wins once
    assert selected(TournamentWithoutReplacement(2), [0, 1, 2, 3], 2)[0] == 3000
    assert selected(TournamentWithoutReplacement(9), [2, 0, 1], 1) == {1: 3000}
    # universal sampling: as often as expected, up to one
    assert selected(FitnessProportionateSUS(), [0, 0, 1], 4, 50) == {0: 100, 1: 100}


@pytest.mark.parametrize(("methods", "text"), [
    ({"select": lambda self, source, dest, n, random: dest(source[0])}, "instead of"),
    ({"select": lambda self, source, dest, n, random: [dest(FRecord(0, 0)) for _ in range(n)]},
     "that it was not given"),
    ({"select": lambda self, source, dest, n, random: [
        dest(source[np.random.default_rng().integers(len(source))]) for _ in range(n)]},
     "with the same seed"),
    ({"select": lambda self, source, dest, n, random: [
        dest(source.pop()) for _ in range(n)]}, "has changed the list|instead"),
    ({"select": lambda self, source, dest, n, random: [
        dest(max(source, key=lambda r: r.fitness)) for _ in range(n)]}, "the best first"),
    ({"select": lambda self, source, dest, n, random: [
        setattr(source[0], "fitness", 7.5), *map(dest, (source * n)[:n])]}, "changed the fitness"),
    ({"select": lambda self, source, dest, n, random: [dest(source[0]) for _ in range(n)]},
     "a record twice")])
def test_rejected_selections(methods: dict[str, Any], text: str) -> None:
    made = type("Broken", (Selection,), {"__str__": lambda self: "broken", **methods})()
    with pytest.raises((ValidationError, IndexError), match=text):
        validate_selection(made, "twice" in text)


@pytest.mark.parametrize("fitness", [Direct(), Rank(), RankAndIteration(), FFA(OneMax(6))], ids=str)
def test_fitness(fitness: Fitness) -> None:
    validate_fitness(fitness, OneMax(6), BitStrings(6), Op0Random())


@pytest.mark.parametrize(("assign", "text"), [
    (lambda self, p, random: None, "no number"),
    (lambda self, p, random: [setattr(r, "fitness", np.random.default_rng().random()) for r in p],
     "with the same seed"),
    (lambda self, p, random: [setattr(r, "fitness", r.f) for r in p] and p.reverse(),
     "has changed the records|with the same seed")])
def test_rejected_fitness(assign: Any, text: str) -> None:
    methods = {"__str__": lambda self: "broken", "assign_fitness": assign}
    made = type("Broken", (Fitness,), methods)()
    with pytest.raises(ValidationError, match=text):
        validate_fitness(made, OneMax(6), BitStrings(6), Op0Random())


def test_fitness_values() -> None:
    records = [FRecord(None, f) for f in (3, 1, 3, 7)]
    for record, it in zip(records, (0, 1, 2, 2), strict=True):
        record.it = it
    random = np.random.default_rng(1)
    Direct().assign_fitness(records, random)
    assert [r.fitness for r in records] == [3, 1, 3, 7]
    Rank().assign_fitness(records, random)
    assert [r.fitness for r in records] == [2, 1, 2, 3]
    RankAndIteration().assign_fitness(records, random)
    assert [r.fitness for r in records] == [2 * 3 + 2, 1 * 3 + 1, 2 * 3, 3 * 3]
    ffa = FFA(OneMax(9))
    ffa.assign_fitness(records, random)
    ffa.assign_fitness(records[:2], random)
    assert records[1].fitness < records[0].fitness


@pytest.mark.parametrize("schedule", [
    ExponentialSchedule(3.0, 0.5), LogarithmicSchedule(1.5, 0.1),
    ExponentialScheduleBasedOnBounds(OneMax(10), 1000)], ids=str)
def test_schedules(schedule: TemperatureSchedule) -> None:
    validate_schedule(schedule)


def test_rejected_schedules() -> None:
    class Heating(ExponentialSchedule):
        """Has another start."""

        def temperature(self, tau: int) -> float:
            return super().temperature(tau + 1)

    class Endless(LogarithmicSchedule):
        """Goes up without end."""

        def temperature(self, tau: int) -> float:
            return self.t0 if tau < 9 else inf

    with pytest.raises(ValidationError, match=r"starts with 1.5 instead of t0=3"):
        validate_schedule(Heating(3.0, 0.5))
    with pytest.raises(ValidationError, match="no finite number"):
        validate_schedule(Endless(3.0, 0.5))


def test_schedule_from_bounds() -> None:
    schedule = ExponentialScheduleBasedOnBounds(
        OneMax(10), 101, start_range_frac=0.5, end_range_frac=0.005)
    assert schedule.temperature(0) == 5.0
    assert schedule.temperature(100) == pytest.approx(0.05)
    assert "nSteps: 101\nlbSumMul: -1\nubSumMul: 1\n" in text_of(schedule)
    assert "\nf.name: onemax_10\n" in text_of(schedule)
    with pytest.raises(ValueError, match=r"which gives the range 0.0"):
        ExponentialScheduleBasedOnBounds(OneMax(10), 101, 1, 0)
    with pytest.raises(ValueError, match="end_range_frac"):
        ExponentialScheduleBasedOnBounds(OneMax(10), 101, end_range_frac=0.5)
    endless = OneMax(3)
    endless.upper_bound = lambda: inf  # type: ignore[assignment, method-assign]
    with pytest.raises(ValueError, match="range inf"):
        ExponentialScheduleBasedOnBounds(endless, 101)


# what must be the same, evaluation by evaluation

def test_ea_1_1_is_rls() -> None:
    verify_algorithms_equivalent([RLS(*OPS[:2]), EA(*OPS[:2]), GeneralEA(*OPS[:2])])


def test_a_large_population_is_random_sampling() -> None:
    verify_algorithms_equivalent([
        RandomSampling(OPS[0]), EA(*OPS, 200, 3), GeneralEA(*OPS, 200, 3)])


@pytest.mark.parametrize(("mu", "lambda_", "br"), [(1, 4, None), (2, 1, 1.0), (5, 7, None),
                                                   (3, 9, 0.0), (10, 2, 0.7)])
def test_the_general_ea_is_the_ea(mu: int, lambda_: int, br: float | None) -> None:
    verify_algorithms_equivalent([make(*OPS, mu, lambda_, br) for make in (EA, GeneralEA)])


def test_ffa_in_the_general_ea_is_the_fea() -> None:
    verify_algorithms_equivalent([lambda: FEA1plus1(*OPS[:2]),
                                  lambda space, f: GeneralEA(*OPS[:2], fitness=FFA(f))])


def test_the_order_of_fitness_counts_alone() -> None:
    class Cubed(Fitness):
        """Keeps the order of the rank."""

        def assign_fitness(self, p: list[FRecord], random: Any) -> None:
            RankAndIteration().assign_fitness(p, random)
            for record in p:
                record.fitness = float(record.fitness) ** 3 - 5

        def __str__(self) -> str:
            return "cubed"

    verify_algorithms_equivalent([
        GeneralEA(*OPS, 5, 4, mating=TournamentWithReplacement(), fitness=fitness)
        for fitness in (RankAndIteration(), Cubed())])


@pytest.mark.parametrize(("mu", "lambda_", "fes"), [(1, 1, 5), (2, 1, 7), (4, 3, 1), (3, 5, 20)])
def test_memetic_algorithms_are_the_same(mu: int, lambda_: int, fes: int) -> None:
    verify_algorithms_equivalent([
        MARLS(*OPS, mu, lambda_, fes),
        *(make(OPS[0], OPS[2], RLS(Op0Forward(), OPS[1]), mu, lambda_, fes)
          for make in (MA, GeneralMA))])


@pytest.mark.parametrize("survival", SELECTIONS, ids=str)
@pytest.mark.parametrize("mating", SELECTIONS[::3], ids=str)
def test_all_selections_work_in_algorithms(survival: Selection, mating: Selection) -> None:
    fitness = Rank()
    for mu, lambda_ in ((1, 1), (2, 3), (5, 2)):
        validate_algorithm(GeneralEA(*OPS, mu, lambda_, None, fitness, survival, mating),
                           BitStrings(9), OneMax(9), max_fes=40)
    validate_algorithm(GeneralMA(OPS[0], OPS[2], RLS(Op0Forward(), OPS[1]), 3, 2, 4, fitness,
                                 survival, mating), BitStrings(9), OneMax(9), max_fes=40)


@pytest.mark.parametrize("max_fes", [3, 4, 5, 6, 7])
def test_populations_around_the_budget(max_fes: int) -> None:
    for algorithm in (GeneralEA(*OPS, 5, 4, fitness=Rank()), MARLS(*OPS, 5, 4, 1),
                      MARLS(*OPS, 2, 1, max_fes - 1)):
        validate_algorithm(algorithm, BitStrings(10), OneMax(10), max_fes=max_fes)


def test_memetic_algorithms_need_a_search_that_starts_where_they_say() -> None:
    with pytest.raises(TypeError, match=r"ls.op0 should be an instance of .*Op0Forward"):
        MA(OPS[0], OPS[2], RLS(*OPS[:2]))
    with pytest.raises(TypeError, match="ls should be an instance of"):
        MA(OPS[0], OPS[2], OPS[0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="ls_fes=0"):
        MARLS(*OPS, ls_fes=0)


def test_tables_of_frequencies(tmp_path: Path) -> None:
    h, offset = create_h(OneMax(5))
    assert isinstance(h, np.ndarray)
    assert (len(h), offset) == (6, 0)
    shifted = OneMax(5)
    shifted.lower_bound = lambda: -2  # type: ignore[method-assign]
    h, offset = create_h(shifted)
    assert (len(h), offset) == (8, 2)
    h[3 + offset] += 7
    h[4 + offset] += 1
    assert h_to_str(h, offset) == "3;7;;"
    clear_h(h)
    assert h_to_str(h, offset) == ""
    shifted.upper_bound = lambda: 2 ** 40  # type: ignore[method-assign]
    counter, offset = create_h(shifted)
    assert (counter, offset) == (Counter(), 0)
    counter[3] += 2
    assert h_to_str(counter, offset) == "3;2"
    clear_h(counter)
    assert counter == Counter()
    path = tmp_path / "log.txt"

    class Logs(RLS):
        """Writes a table at the end."""

        def solve(self, process: Any) -> None:
            super().solve(process)
            log_h(process, *create_h(process))

    for algorithm, section in (
            (GeneralEA(*OPS[:2], fitness=FFA(OneMax(5), True)), True), (Logs(*OPS[:2]), True),
            (EAFEAB(*OPS[:2], True), True), (EAFEAB(*OPS[:2]), False)):
        with Execution().set_solution_space(BitStrings(5)).set_objective(OneMax(5)).set_algorithm(
                algorithm).set_max_fes(50).set_rand_seed(1).set_log_file(path).execute():
            pass
        assert ("H" in read_log(path).sections) is section, algorithm


class Counted(Objective):
    """Values that are drawn in advance, for points that are numbers."""

    def __init__(self, values: str) -> None:
        self.values = [int(v) for v in values.split()]

    def evaluate(self, x: np.ndarray) -> int:
        return self.values[int(x[0]) - 1]

    def lower_bound(self) -> int:
        return -1

    def upper_bound(self) -> int:
        return 99

    def is_always_integer(self) -> bool:
        return True

    def __str__(self) -> str:
        return "counted"


def parents(make: Any, values: str) -> str:
    """Return from which points each further point was made."""
    made: list[str] = []

    class New(Op0):
        """Makes the next number."""

        def op0(self, random: Any, dest: Any) -> None:
            made.append("new")
            dest[0] = len(made)

    class From1(Op1):
        """Makes the next number and remembers of what."""

        def op1(self, random: Any, dest: Any, x: Any) -> None:
            made.append(str(int(x[0])))
            dest[0] = len(made)

    class From2(Op2):
        """Likewise, with two parents."""

        def op2(self, random: Any, dest: Any, x0: Any, x1: Any) -> None:
            made.append(",".join(sorted((str(int(x0[0])), str(int(x1[0]))))))
            dest[0] = len(made)

    with Execution().set_solution_space(VectorSpace(1, 0.0, 999.0)).set_objective(
            Counted(values)).set_algorithm(make(New(), From1(), From2())).set_max_fes(
            len(values.split())).set_rand_seed(1).execute():
        return " ".join(made)


@pytest.mark.parametrize(("make", "values", "expected"), [
    # what the published reference does with these values
    (lambda op0, op1, op2: EAFEA(op0, op1),
     "6 0 1 1 1 6 6 4 0 0 2 3 4 3 2 1 5 5 0 0 3 3 7 4",
     "new 1 1 2 3 2 5 2 7 2 9 10 11 10 13 10 13 10 17 10 17 20 21 20"),
    (lambda op0, op1, op2: EAFEAB(op0, op1),
     "25 7 3 8 12 24 13 2 10 18 24 21 29 5 26 1 16 8 6 19 9 16 7 4",
     "new 1 1 3 3 3 5 3 7 8 9 8 11 8 13 8 15 16 17 16 19 16 21 16"),
    (lambda op0, op1, op2: MARLS(op0, op1, op2, 2, 1, 3),
     "9 10 15 19 0 2 16 18 4 6 17 8",
     "new 1 1 1 new 5 5 5 1,5 9 9 9"),
    # the value of a point that is handed over is known here: a worse one does not replace it
    (lambda op0, op1, op2: EAFEAA(op0, op1), "9 9 5 7 5 8", "new 1 1 3 3 3"),
], ids=["eafea", "eafeaB", "marls", "eafeaA"])
def test_parents(make: Any, values: str, expected: str) -> None:
    assert parents(make, values) == expected


def test_annealing_takes_turns_too() -> None:
    cold = ExponentialSchedule(1e-300, 0.5)
    values = "9 9 5 7 5 8 3 4 4 3 2 5"
    assert parents(lambda op0, op1, op2: SAFEAA(op0, op1, cold), values) == parents(
        lambda op0, op1, op2: EAFEAA(op0, op1), values)
    assert "\nts.T0: 1e-300\n" in text_of(SAFEAA(*OPS[:2], cold))


def test_the_greedy_ga_does_not_evaluate_its_parents() -> None:
    class Copies(Op2):
        """Returns the first parent."""

        def op2(self, random: Any, dest: Any, x0: Any, x1: Any) -> None:
            dest[:] = x0

    seen: list[int] = []

    class Listener(BinInt):
        """Remembers the values; no two points have the same."""

        def evaluate(self, x: np.ndarray) -> int:
            seen.append(super().evaluate(x))
            return seen[-1]

        def initialize(self) -> None:
            """Do not replace the method."""

    often_the_same = Op1MoverNflip(30, 1, False)
    with Execution().set_solution_space(BitStrings(30)).set_objective(Listener(30)).set_algorithm(
            GreedyTwoPlusOneEAmod(Op0Random(), often_the_same, Copies())).set_max_fes(
            300).set_rand_seed(4).execute():
        pass
    assert len(seen) > 100
    assert all(seen[i] != min(seen[:i]) for i in range(2, len(seen) - 1))
    validate_algorithm(GreedyTwoPlusOneEAmod(Op0Random(), often_the_same, Copies()),
                       BitStrings(30), LeadingOnes(30))
    # with two points in all, each offspring is a parent
    validate_algorithm(GreedyTwoPlusOneEAmod(*OPS), BitStrings(1), OneMax(1))
