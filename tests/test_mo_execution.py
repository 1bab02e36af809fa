"""Multi-objective runs: evaluation, the archive, its limits, and the end."""

from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue import MORLS, OneMax, Op0Random, Op1Flip1, ZeroMax
from fescue.api.mo_archive import KeepFarthest, MOArchivePruner, MORecord
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOSOProblemBridge
from fescue.mo.problems import WeightedSum
from fescue.spaces.bitstrings import BitStrings
from fescue.utils.sections import parse_key_values
from run_parts import Points, Values, Vectors, scan, sections, setup

FRONT = [[i, 99 - i] for i in range(100)]


def _archive(process: Any) -> list[tuple[int, ...]]:
    return sorted(tuple(record.fs.tolist()) for record in process.get_archive())


def _each(process: Any) -> None:
    fs = process.f_create()
    i = 0
    while not process.should_terminate():
        process.f_evaluate([i], fs)
        i += 1


@pytest.mark.parametrize(("weights", "expected"), [
    ([1, 1.5], 9.5), ([1, 0.1], 5.3), (None, 8), ([2, 3], 19), ([0.5, 0.25], 3.25)])
def test_weights_are_honoured(weights: Any, expected: float) -> None:
    problem = WeightedSum([Values([5]), Values([3])], weights)
    fs = problem.f_create()
    assert problem.f_evaluate([0], fs) == pytest.approx(expected, rel=1e-15)
    assert fs.tolist() == [5, 3]
    assert problem.evaluate([0]) == pytest.approx(expected, rel=1e-15)

    def solve(process: Any) -> None:
        assert process.f_evaluate([0], fs) == pytest.approx(expected, rel=1e-15)

    with setup(problem, solve).execute() as process:
        assert process.get_best_f() == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(("weights", "error"), [
    ([0.5, -3], ValueError), ([0, 1], ValueError), ([1, inf], ValueError),
    ([1, float("nan")], ValueError), ([1], ValueError), ([1, 1, 1], ValueError),
    ([1, "1"], TypeError), (3, TypeError)])
def test_bad_weights(weights: Any, error: type) -> None:
    with pytest.raises(error):
        WeightedSum([Values([5]), Values([3])], weights)


@pytest.mark.parametrize(("size", "limit", "expected"), [
    (7, None, (7, 28)), (None, 7, (7, 7)), (None, None, (32, 128)), (3, 5, (3, 5)),
    (1, None, (1, 4)), (5, 5, (5, 5))])
def test_archive_sizes(size: int | None, limit: int | None, expected: tuple[int, int],
                       tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup(Vectors(FRONT), _each, log=log, max_fes=len(FRONT))
    if size is not None:
        execution.set_archive_max_size(size)
    if limit is not None:
        execution.set_archive_pruning_limit(limit)
    largest = 0

    def solve(process: Any) -> None:
        nonlocal largest
        fs = process.f_create()
        for i in range(len(FRONT)):
            process.f_evaluate([i], fs)
            largest = max(largest, len(process.get_archive()))

    execution.set_algorithm(type(execution.algorithm)(solve))
    with execution.execute():
        pass
    assert largest == min(expected[1], len(FRONT))
    pairs = parse_key_values(sections(log)["SETUP"])
    assert (pairs["p.archiveMaxSize"], pairs["p.archivePruneLimit"]) == tuple(map(str, expected))


@pytest.mark.parametrize(("size", "limit", "expected"), [
    (None, None, ("1", "1")), (3, None, ("3", "12")), (None, 4, ("4", "4"))])
def test_archive_sizes_of_a_single_objective(size: int | None, limit: int | None,
                                             expected: tuple[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup([3, 1, 2], log=log, builder=MOExecution)
    if size is not None:
        execution.set_archive_max_size(size)
    if limit is not None:
        execution.set_archive_pruning_limit(limit)
    with execution.execute() as process:
        assert _archive(process) == [(1,)]
    pairs = parse_key_values(sections(log)["SETUP"])
    assert (pairs["p.archiveMaxSize"], pairs["p.archivePruneLimit"]) == expected
    assert pairs["f.f0.name"] == "values"
    assert pairs["f.class"] == "fescue.api.mo_problem.MOSOProblemBridge"


def test_bad_archive_settings() -> None:
    for name in ("set_archive_max_size", "set_archive_pruning_limit"):
        for value, error in ((0, ValueError), (-1, ValueError), (1.5, TypeError),
                             (None, TypeError), ("3", TypeError)):
            with pytest.raises(error):
                getattr(MOExecution(), name)(value)
    with pytest.raises(ValueError):
        MOExecution().set_archive_max_size(8).set_archive_pruning_limit(7)
    with pytest.raises(ValueError):
        MOExecution().set_archive_pruning_limit(7).set_archive_max_size(8)
    with pytest.raises(TypeError):
        MOExecution().set_archive_pruner(Points())  # type: ignore[arg-type]


@pytest.mark.parametrize("pruner", [None, "fifo", "farthest"])
def test_pruner(pruner: str | None, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    problem = Vectors(FRONT)
    execution = setup(problem, _each, log=log, max_fes=11).set_archive_max_size(3)
    execution.set_archive_pruning_limit(10)
    if pruner is not None:
        execution.set_archive_pruner(
            MOArchivePruner() if pruner == "fifo" else KeepFarthest(problem))
    with execution.execute() as process:
        kept = [i for i, _ in _archive(process)]
    assert kept == ([8, 9, 10] if pruner == "fifo" else [0, 5, 10])
    name = parse_key_values(sections(log)["SETUP"])["ap.name"]
    assert name == ("fifo" if pruner == "fifo" else "keepFarthest")


@pytest.mark.parametrize("n", [126, 127, 128, 255, 256, 32767])
def test_keep_farthest_at_the_extremes_of_the_type(n: int) -> None:
    ones, zeros = Values([]), Values([])
    ones.evaluate = lambda x: n - x[0]  # type: ignore[method-assign]
    zeros.evaluate = lambda x: x[0]  # type: ignore[method-assign]
    for objective in (ones, zeros):
        objective.lower, objective.upper = 0, n
        objective.is_always_integer = lambda: True  # type: ignore[method-assign]
    problem = WeightedSum([ones, zeros])
    info = np.iinfo(problem.f_dtype())
    assert info.min <= -n - 1
    assert n + 1 <= info.max, "there must be a value that is worse than any legal one"

    def solve(process: Any) -> None:
        fs = process.f_create()
        for i in [0, n, n // 2, *range(1, 30), n - 1]:
            process.f_evaluate([i], fs)
            assert fs.tolist() == [n - i, i]

    execution = setup(problem, solve).set_archive_max_size(3).set_archive_pruning_limit(5)
    with execution.execute() as process:
        archive = _archive(process)
    assert (0, n) in archive
    assert (n, 0) in archive


def test_keep_farthest_without_initialize_on_bits() -> None:
    n = 127
    space = BitStrings(n)
    problem = Vectors([[0, 0]], np.int8)
    archive = []
    for i in range(n + 1):
        x = space.create()
        x[:i] = True
        archive.append(MORecord(x, np.array([i, n - i], np.int8)))
    KeepFarthest(problem).prune(archive, 3, len(archive))
    assert sorted(record.fs.tolist() for record in archive[:3])[::2] == [[0, 127], [127, 0]]
    assert len(archive) == n + 1


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float64])
def test_after_the_end_vectors_are_worthless(dtype: Any, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    problem = Vectors([[5, 3], [3, 5], [1, 1]], dtype)

    def solve(process: Any) -> None:
        fs = process.f_create()
        assert process.f_evaluate([0], fs) == 8
        assert process.f_evaluate([1], fs) == 8
        fs[:] = 0
        assert process.f_evaluate([2], fs) == inf
        worst = np.iinfo(dtype).max if dtype is not np.float64 else inf
        assert fs.tolist() == [worst, worst]
        assert process.check_in([2], fs) is False
        assert process.check_in([2], fs, True) is False
        assert process.evaluate([2]) == inf
        assert process.should_terminate()
        fs[:] = 0
        with pytest.raises(ValueError):
            process.f_evaluate([2], fs)
        assert fs.tolist() == [worst, worst]
        with pytest.raises(ValueError):
            process.evaluate([2])

    with setup(problem, solve, log=log, max_fes=2).execute() as process:
        assert _archive(process) == [(3, 5), (5, 3)]
        assert process.get_consumed_fes() == 2
    assert not any(title.startswith("ERROR") for title in sections(log))


def test_worthless_vectors_cannot_enter_an_empty_archive() -> None:
    def solve(process: Any) -> None:
        process.terminate()
        fs = process.f_create()
        process.f_evaluate([0], fs)
        process.check_in([0], fs)
        assert process.get_archive() == []

    with pytest.raises(ValueError):  # no FE was performed
        setup(Vectors([[1, 1]]), solve).execute()


@pytest.mark.parametrize("encoded", [False, True])
def test_best_and_archive(encoded: bool) -> None:
    vectors = [[5, 5], [4, 7], [6, 3], [5, 5], [9, 9], [2, 8], [4, 4]]
    fes: list[int] = []

    def solve(process: Any) -> None:
        fs = process.f_create()
        for i, vector in enumerate(vectors):
            assert process.f_evaluate([2 * i if encoded else i], fs) == sum(vector)
            assert fs.tolist() == vector
            fes.append(process.get_last_improvement_fe())

    with setup(Vectors(vectors), solve, encoded=encoded).execute() as process:
        assert _archive(process) == [(2, 8), (4, 4), (6, 3)]
        assert process.get_best_f() == 8
        fs, x, y = process.f_create(), [0], [0]
        process.get_copy_of_best_fs(fs)
        process.get_copy_of_best_x(x)
        process.get_copy_of_best_y(y)
        assert (fs.tolist(), x, y) == ([4, 4], [12 if encoded else 6], [6])
    # the archive or the scalarization improved
    assert fes == [1, 2, 3, 3, 3, 6, 7]


def test_equal_scalarizations_never_replace_the_best() -> None:
    with setup(Vectors([[5, 3], [3, 5], [4, 4]]), _each, max_fes=3).execute() as process:
        x, fs = process.create(), process.f_create()
        process.get_copy_of_best_x(x)
        process.get_copy_of_best_fs(fs)
        assert (x, fs.tolist()) == ([0], [5, 3])
        assert process.get_last_improvement_fe() == 3, "the archive improved"


def test_equal_vectors_enter_once() -> None:
    def solve(process: Any) -> None:
        fs = process.f_create()
        for i in range(3):
            process.f_evaluate([i], fs)
        assert process.check_in([2], fs) is False
        assert process.check_in([0], np.array([1, 9])) is True
        assert process.check_in([1], np.array([1, 9])) is False

    problem = Vectors([[1, 9], [2, 2], [2, 2]])
    with setup(problem, lambda p: _each(p), max_fes=3).execute() as process:
        assert [(r.x, r.fs.tolist()) for r in sorted(process.get_archive())] == [
            ([0], [1, 9]), ([1], [2, 2])]
    problem = Vectors([[2, 2], [2, 2], [2, 2], [1, 9]])

    def again(process: Any) -> None:
        fs = process.f_create()
        process.f_evaluate([0], fs)
        assert process.check_in([1], fs) is False
        assert process.check_in([3], np.array([1, 9])) is True
        assert process.check_in([3], np.array([1, 9])) is False
        process.check_in_all([MORecord([2], fs)])
        assert len(process.get_archive()) == 2

    with setup(problem, again).execute():
        pass


def test_check_in_copies_and_prunes_when_asked() -> None:
    problem = Vectors(FRONT)

    def solve(process: Any) -> None:
        x, fs = [0], process.f_create()
        process.f_evaluate(x, fs)
        for i in range(1, 20):
            x[0], fs[:] = i, FRONT[i]
            assert process.check_in(x, fs)
        assert len(process.get_archive()) == 20
        x[0], fs[:] = 20, FRONT[20]
        assert process.check_in(x, fs, True)
        assert _archive(process) == [(0, 99), (20, 79)]
        assert {record.x[0] for record in process.get_archive()} == {0, 20}
        assert process.get_archive() is not process.get_archive()

    execution = setup(problem, solve).set_archive_max_size(2).set_archive_pruning_limit(4)
    with execution.execute():
        pass


def test_register_is_refused() -> None:
    def solve(process: Any) -> None:
        with pytest.raises(ValueError):
            process.register([0], 3)
        assert process.get_consumed_fes() == 0
        scan(process)

    with setup(Vectors([[1, 2]]), solve, max_fes=1).execute():
        pass


def test_plain_objective_is_wrapped() -> None:
    objective = Values([7, 3, 5], 0, 9)
    objective.is_always_integer = lambda: True  # type: ignore[method-assign]

    def solve(process: Any) -> None:
        assert process.f_dimension() == 1
        assert process.f_dtype().kind == "i"
        assert (process.lower_bound(), process.upper_bound()) == (0, 9)
        assert process.is_always_integer()
        fs = process.f_create()
        assert [process.f_evaluate([i], fs) for i in range(3)] == [7, 3, 5]
        assert fs.tolist() == [5]

    with setup(objective, solve, builder=MOExecution).execute() as process:
        assert process.get_best_f() == 3
        assert _archive(process) == [(3,)]
    with pytest.raises(TypeError):
        MOSOProblemBridge("A")  # type: ignore[arg-type]


def test_a_run_that_fails_before_it_starts(tmp_path: Path) -> None:
    class Broken(WeightedSum):
        def initialize(self) -> None:
            raise OSError("there is no data")

    path = tmp_path / "log.txt"
    run = MOExecution().set_solution_space(BitStrings(4)).set_log_file(path)
    run.set_algorithm(MORLS(Op0Random(), Op1Flip1())).set_max_fes(10)
    run.set_objective(Broken([OneMax(4), ZeroMax(4)]))
    with pytest.raises(OSError, match="there is no data"):
        run.execute()
    assert "ERROR_IN_RUN" in path.read_text()
    run = MOExecution().set_solution_space(BitStrings(4)).set_compiled(True).set_max_fes(10)
    run.set_algorithm(MORLS(Op0Random(), Op1Flip1()))
    run.set_objective(WeightedSum([OneMax(4), ZeroMax(4)]))
    with pytest.raises(ValueError, match="runs with several objectives are not compiled"):
        run.execute()
