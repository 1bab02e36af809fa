"""NSGA-II does what its description says, step by step, and its archive has what it had found."""

from math import inf
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from fescue.algorithms import NSGA2, luby_restarts, nsga2
from fescue.api.catalogue import Task
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.api.mo_utils import dominates
from fescue.kernels.jit import jit_is_available
from fescue.mo.problems import WeightedSum
from fescue.operators import Op0Random, Op1Flip1, Op1MoverNflip, Op2Uniform, kit_for
from fescue.problems import MO_CATALOGUE, LeadingOnes, OneMax, ZeroMax
from fescue.spaces import BitStrings
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values, parse_sections
from test_algorithms import World

OP0, FLIP, UNI = Op0Random(), Op1Flip1(), Op2Uniform()


class _Deaf:
    """A process that ends after some evaluations, but tells of it a few later."""

    def __init__(self, process: Any, last: int) -> None:
        self._process = process
        self._checks = 0
        self._last = last

    def should_terminate(self) -> bool:
        self._checks += 1
        if self._checks > self._last:
            self._process.terminate()
        return self._checks > self._last + 3

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)


class MOWorld(World):
    """A world whose values are vectors."""

    def f_dimension(self) -> int:
        return len(self.values[0])

    def f_dtype(self) -> np.dtype[Any]:
        return np.array(self.values).dtype

    def f_evaluate(self, x: list[int], fs: np.ndarray) -> float:
        fs[:] = self.evaluate(x)
        return float(fs.sum())


def _distances(values: list[Any], chosen: list[int]) -> dict[int, float]:
    distance = dict.fromkeys(chosen, 0.0)
    for d in range(len(values[0])):
        chosen.sort(key=lambda i: values[i][d])
        finite = [i for i in chosen if values[i][d] < inf]
        if not finite or values[finite[0]][d] == values[finite[-1]][d]:
            continue
        span = values[finite[-1]][d] - values[finite[0]][d]
        distance[finite[0]] = distance[finite[-1]] = inf
        for before, i, after in zip(finite, finite[1:], finite[2:], strict=False):
            distance[i] += (values[after][d] - values[before][d]) / span
    return distance


def _select(values: list[Any], population: list[int], size: int) -> tuple[list[int], list[Any]]:
    """Return the population after selection, and the keys of its first members."""
    better = {(a, b): dominates(np.array(values[a]), np.array(values[b])) == -1
              for a in population for b in population}
    front: dict[int, int] = {}
    done = level = 0
    while done < size:
        left, start = population[done:], done
        for p in range(start, len(population)):
            i = population[p]
            if not any(better[j, i] for j in left):
                population[p], population[done], front[i] = population[done], i, level
                done += 1
        level += 1
    chosen = population[:done]
    distance = _distances(values, chosen)
    chosen.sort(key=lambda i: (front[i], -distance[i]))
    return chosen + population[done:], [(front[i], -distance[i]) for i in chosen]


def _parents(values: list[Any], size: int, cr: float, random: Any) -> tuple[list[Any], list[int]]:
    """Return the parents of all offspring and the last population, by the description."""
    parents: list[Any] = []
    population = list(range(2 * size))
    n = 2 * size
    while True:
        population, keys = _select(values, population, size)
        for p in range(size, 2 * size):
            if n >= len(values):
                return parents, population
            i, j = int(random.integers(size)), int(random.integers(size))
            first = j if keys[j] < keys[i] else i
            if random.uniform() >= cr:
                parents.append(population[first])
            else:
                i = j = first
                while i == first:
                    i = int(random.integers(size))
                while j == first:
                    j = int(random.integers(size))
                second = j if keys[j] < keys[i] else i
                parents.append((population[first], population[second]))
            population[p] = n
            n += 1


def _values(kind: str, random: Any) -> list[Any]:
    if kind == "ties":
        return [tuple(v) for v in random.integers(0, 5, (150, 2)).tolist()]
    if kind == "worthless":
        return [tuple(v) for v in random.choice([0.0, 0.5, 1.5, 2.0, inf], (150, 3)).tolist()]
    dimension = {"one": 1, "two": 2, "five": 5}[kind]
    return [tuple(v) for v in random.normal(size=(150, dimension)).tolist()]


@pytest.mark.parametrize("kind", ["ties", "worthless", "one", "two", "five"])
@pytest.mark.parametrize(("size", "cr"), [(3, 0.5), (4, 0.1), (20, 0.9), (60, 0.5)])
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("custom", [False, True])
def test_steps(kind: str, size: int, cr: float, compiled: bool, custom: bool) -> None:
    for seed in range(3):
        values = _values(kind, default_rng(seed + 70))
        world, random = MOWorld(values, seed=seed), default_rng(seed)
        if custom:
            world.f_dominates = lambda a, b: dominates(a, b)  # type: ignore[method-assign]
        algorithm = NSGA2(world, world, world, size, cr)
        if compiled:
            algorithm.initialize()
        algorithm.solve_mo(world)  # type: ignore[arg-type]
        parents, population = _parents(values, size, cr, random)
        assert world.parents == parents
        assert world.random.bit_generator.state == random.bit_generator.state
        assert world.events.replace("2", "1") == "?0f" * (2 * size) + "?1f" * (
            150 - 2 * size) + "?"
        assert world.checked_in == [(i, list(values[i]), False) for i in population]


@pytest.mark.parametrize("budget", [0, 1, 5, 6])
def test_end_before_all_members_are_there(budget: int) -> None:
    world = MOWorld([(3, 2), (2, 3), (1, 1), (4, 5), (2, 2), (3, 3)], budget)
    NSGA2(world, world, world, 3, 0.5).solve_mo(world)  # type: ignore[arg-type]
    assert world.events == "?0f" * budget + "?"
    assert sorted(x for x, *_ in world.checked_in) == list(range(budget))


def _execution(pop_size: int, cr: float, problem: MOProblem, n: int) -> MOExecution:
    algorithm = NSGA2(Op0Random(), Op1MoverNflip(n), Op2Uniform(), pop_size, cr)
    return MOExecution().set_algorithm(algorithm).set_objective(problem).set_solution_space(
        BitStrings(n))


def test_published_log(tmp_path: Any) -> None:
    """A published run comes out with the same rows and the same archive."""
    execution = _execution(6, 0.05, WeightedSum([LeadingOnes(8), ZeroMax(8)]), 8)
    execution.set_rand_seed(199).set_max_fes(60).set_log_file(tmp_path / "log.txt")
    with execution.set_log_improvements().execute():
        pass
    sections = dict(parse_sections((tmp_path / "log.txt").read_text().splitlines()))
    rows = [row.split(";") for row in sections["PROGRESS"][1:]]
    assert [";".join(row[:1] + row[2:]) for row in rows] == [
        "1;11;6;5", "2;11;7;4", "3;9;8;1", "6;9;7;2", "7;8;5;3", "22;8;7;1", "27;8;6;2",
        "45;8;3;5", "54;8;4;4"]
    assert sections["ARCHIVE_QUALITIES"] == [
        "f;f0;f1", "8;3;5", "8;4;4", "8;5;3", "8;6;2", "8;7;1"]


@pytest.mark.parametrize("n", [9, 127, 1000])
def test_archive_is_that_of_any_comparison(n: int) -> None:
    """What is compiled for Pareto's comparison does what a comparison of one's own does."""
    results = []
    for domination in (dominates, lambda a, b: dominates(a, b)):
        problem = WeightedSum([LeadingOnes(n), ZeroMax(n), OneMax(n)], domination=domination)
        execution = _execution(5, 0.5, problem, n).set_rand_seed(3).set_max_fes(600)
        execution.set_archive_max_size(4).set_archive_pruning_limit(9)
        with execution.execute() as process:
            results.append(([str(record) for record in process.get_archive()],
                            process.get_last_improvement_fe(), process.get_best_f()))
    assert results[0] == results[1]


@pytest.mark.parametrize("last", [1, 4, 6, 7, 20])
def test_end_between_check_and_evaluation(last: int) -> None:
    """What is refused brings nothing into the archive that was not rated."""
    class Late(NSGA2):
        def solve_mo(self, process: Any) -> None:
            super().solve_mo(_Deaf(process, last))  # type: ignore[arg-type]

    problem = WeightedSum([LeadingOnes(8), ZeroMax(8)])
    execution = _execution(3, 0.5, problem, 8).set_rand_seed(last)
    execution.set_algorithm(Late(OP0, FLIP, UNI, 3, 0.5))
    with execution.execute() as process:
        assert process.get_consumed_fes() == last
        assert process.get_archive()
        for record in process.get_archive():
            fs = problem.f_create()
            problem.f_evaluate(record.x, fs)
            assert fs.tolist() == record.fs.tolist()


def test_name_and_parameters() -> None:
    algorithm = NSGA2(OP0, FLIP, UNI, 20, 0.05)
    assert str(algorithm) == "nsga2_20_0d05_uniform_flip1"
    with InMemoryLogger() as logger:
        with logger.key_values("A") as section:
            algorithm.log_parameters_to(section)
        pairs = parse_key_values(logger.get_log()[1:-1])
    assert (pairs["popSize"], pairs["cr"], pairs["cr(hex)"]) == ("20", "0.05", (0.05).hex())
    assert [pairs[f"{op}.name"] for op in ("op0", "op1", "op2")] == [
        "randomize", "flip1", "uniform"]


@pytest.mark.parametrize(("size", "cr"), [(2, 0.5), (10_001, 0.5), (5, 0.0), (5, 1.0), (5, -0.1),
                                          (5, float("nan"))])
def test_arguments_out_of_range(size: int, cr: float) -> None:
    with pytest.raises(ValueError, match="is invalid"):
        NSGA2(OP0, FLIP, UNI, size, cr)


@pytest.mark.parametrize("arguments", [
    (OP0, FLIP, UNI, 5.0, 0.5), (OP0, FLIP, UNI, 5, 1), (OP0, FLIP, None, 5, 0.5),
    (OP0, UNI, UNI, 5, 0.5), (FLIP, FLIP, UNI, 5, 0.5)])
def test_arguments_of_wrong_type(arguments: Any) -> None:
    with pytest.raises(TypeError):
        NSGA2(*arguments)


class _Listened(NSGA2):
    """Remembers all points that it has evaluated."""

    def solve_mo(self, process: Any) -> None:
        self.seen: list[str] = getattr(self, "seen", [])
        evaluate = process.f_evaluate

        def listen(x: Any, fs: Any) -> Any:
            self.seen.append(process.to_str(x))
            return evaluate(x, fs)

        process.f_evaluate = listen
        super().solve_mo(process)


@pytest.mark.skipif(not jit_is_available(), reason="there is no numba to compile with")
@pytest.mark.parametrize("task", [
    Task("bits", WeightedSum([LeadingOnes(20), ZeroMax(20)]), BitStrings(20)),
    Task("bits", WeightedSum([OneMax(6), ZeroMax(6)]), BitStrings(6)),
    *(entry.task(entry.instance(entry.examples[0])) for entry in MO_CATALOGUE
      if entry.name in ("zdt1", "dtlz2")),
    ], ids=lambda task: str(task.objective))
def test_offspring_of_machine_code(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are those that Python makes, whenever the run ends, and as part of another search."""
    kit = kit_for(task.points())
    runs: dict[bool, list[Any]] = {True: [], False: []}
    for compiled, found in runs.items():
        # from which budget on it compiles
        monkeypatch.setattr(nsga2, "_WORTH_IT", 0 if compiled else 10 ** 9)
        monkeypatch.setattr(nsga2.Brood, "is_known", lambda self: False)
        for wrap in (lambda algorithm: algorithm, lambda algorithm: luby_restarts(algorithm, 37)):
            for max_fes in (20, 31, 150, 331):
                algorithm = _Listened(kit.op0, kit.op1, kit.op2, 10, 0.6)
                with task.execution(wrap(algorithm)).set_max_fes(max_fes).set_rand_seed(
                        max_fes).execute() as process:
                    archive = sorted(str(record.fs) for record in process.get_archive())
                assert algorithm._breeds is compiled
                assert len(algorithm.seen) == max_fes
                found += [algorithm.seen, archive]
    assert runs[True] == runs[False]
