"""What the log of a multi-objective run says, and what goes wrong with one."""

from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue.api.algorithm import Algorithm
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_execution import MOExecution
from fescue.utils.sections import parse_csv, parse_key_values
from run_parts import Points, Vectors, progress, scan, sections, setup, state

VECTORS = [[5, 5], [4, 7], [6, 3], [5, 5], [9, 9], [2, 8], [4, 4]]


def _each(process: Any) -> None:
    fs = process.f_create()
    i = 0
    while not process.should_terminate():
        process.f_evaluate([i], fs)
        i += 1


@pytest.mark.parametrize("encoded", [False, True])
def test_sections(encoded: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    def solve(process: Any) -> None:
        fs = process.f_create()
        for i in range(len(VECTORS)):
            process.f_evaluate([2 * i if encoded else i], fs)
        process.add_log_section("MINE", "text")

    execution = setup(Vectors(VECTORS), solve, log=log, encoded=encoded)
    with execution.set_log_improvements().execute():
        pass
    parts = ("X", "Y") if encoded else ("Y",)
    assert list(sections(log)) == [
        "PROGRESS", "STATE", "SETUP", "SYS_INFO", *(f"RESULT_{p}" for p in parts),
        *(f"ARCHIVE_{i}_{p}" for i in range(3) for p in parts), "ARCHIVE_QUALITIES", "MINE"]
    read = sections(log)
    # sorted lexicographically by vector
    assert [read[f"ARCHIVE_{i}_Y"] for i in range(3)] == [["5"], ["6"], ["2"]]
    if encoded:
        assert [read[f"ARCHIVE_{i}_X"] for i in range(3)] == [["10"], ["12"], ["4"]]
    assert parse_csv(read["ARCHIVE_QUALITIES"]) == [
        ["f", "f0", "f1"], ["10", "2", "8"], ["8", "4", "4"], ["9", "6", "3"]]
    assert state(log)["bestFs"] == "4;4"
    assert state(log)["archiveSize"] == "3"
    assert list(state(log))[-2:] == ["bestFs", "archiveSize"]
    scopes = list(dict.fromkeys(
        key.partition(".")[0] for key in parse_key_values(read["SETUP"])))
    assert scopes == ["p", "a", "y", "f", "ap", *(("x", "g") if encoded else ())]
    keys = list(parse_key_values(read["SETUP"]))
    assert keys[:3] == ["p.name", "p.class", "p.formatVersion"]
    assert keys.index("p.archivePruneLimit") == keys.index("p.archiveMaxSize") + 1
    assert keys.index("a.name") == keys.index("p.archivePruneLimit") + 1


@pytest.mark.parametrize("every", [False, True])
def test_progress(every: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup(Vectors(VECTORS), _each, log=log, max_fes=len(VECTORS))
    (execution.set_log_all_fes() if every else execution.set_log_improvements())
    with execution.execute():
        pass
    assert sections(log)["PROGRESS"][0] == "fes;timeMS;f;f0;f1"
    rows = [(str(i + 1), str(sum(v)), *map(str, v)) for i, v in enumerate(VECTORS)]
    assert progress(log) == (rows if every else [rows[i] for i in (0, 1, 2, 5, 6)])


def test_float_vectors(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    problem = Vectors([[0.5, 2.0], [0.25, 3.0]], np.float64)
    with setup(problem, _each, log=log, max_fes=2).set_log_improvements().execute():
        pass
    assert progress(log) == [("1", "2.5", "0.5", "2"), ("2", "3.25", "0.25", "3")]
    assert state(log)["bestFs"] == "0.5;2"


def test_single_objective_algorithms_work(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with setup(Vectors(VECTORS), log=log).set_log_all_fes().execute() as process:
        assert process.get_best_f() == 8
        assert len(process.get_archive()) == 3
    assert [row[1] for row in progress(log)] == [str(sum(v)) for v in VECTORS]


@pytest.mark.parametrize("fe", [1, 3])
@pytest.mark.parametrize("bad", [nan, -inf])
@pytest.mark.parametrize("mode", ["none", "improvements", "all"])
def test_bad_value_in_a_vector(bad: float, fe: int, mode: str, tmp_path: Path) -> None:
    """The scalarization alone does not show it: the error must all the same."""
    log = tmp_path / "log.txt"
    vectors = [[1.0, 5.0], [2.0, 3.0], [3.0, 2.0], [4.0, 1.0]]
    vectors[fe - 1][1] = bad

    class FirstOnly(Vectors):
        def f_evaluate(self, x: list[int], fs: np.ndarray) -> int | float:
            super().f_evaluate(x, fs)
            return self.vectors[x[0]][0]

    execution = setup(FirstOnly(vectors, np.float64), _each, log=log, max_fes=4)
    execution.set_log_improvements(mode == "improvements").set_log_all_fes(mode == "all")
    with pytest.raises(ValueError, match=rf"FE {fe}\b"):
        execution.execute()
    assert "ERROR_IN_RUN" in sections(log)
    assert state(log)["totalFEs"] == str(fe)
    assert state(log)["archiveSize"] == str(fe - 1)


@pytest.mark.parametrize("bad", [nan, -inf, None, "1"])
def test_bad_scalarization(bad: Any, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Bad(Vectors):
        def f_evaluate(self, x: list[int], fs: np.ndarray) -> int | float:
            f = super().f_evaluate(x, fs)
            return bad if x[0] == 1 else f

    with pytest.raises((TypeError, ValueError), match="FE 2"):
        setup(Bad([[1, 2], [2, 1]]), _each, log=log, max_fes=2).execute()
    assert "ERROR_IN_RUN" in sections(log)
    assert sections(log)["ARCHIVE_0_Y"] == ["0"]


def test_error_in_a_run_keeps_the_archive(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Failing(Vectors):
        def f_evaluate(self, x: list[int], fs: np.ndarray) -> int | float:
            if x[0] == 3:
                fs[0] = 77
                raise RuntimeError("fourth")
            return super().f_evaluate(x, fs)

    execution = setup(Failing(VECTORS), _each, log=log, max_fes=9).set_log_improvements()
    with pytest.raises(RuntimeError, match="fourth"):
        execution.execute()
    assert [row[0] for row in progress(log)] == ["1", "2", "3"]
    assert state(log)["totalFEs"] == "4"
    assert state(log)["archiveSize"] == "3"
    assert [t for t in sections(log) if t.startswith("ERROR")] == ["ERROR_IN_RUN"]
    assert len(execution.process.get_archive()) == 3


def test_archive_is_checked(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    def solve(process: Any) -> None:
        fs = process.f_create()
        process.f_evaluate([0], fs)
        fs[:] = 0, 99
        process.check_in([1], fs)  # its vector is [4, 7]

    with pytest.raises(ValueError):
        setup(Vectors(VECTORS), solve, log=log).execute()
    assert any(title.startswith("ERROR") for title in sections(log))
    assert state(log)["archiveSize"] == "2"


def test_archived_points_are_validated() -> None:
    def solve(process: Any) -> None:
        fs = process.f_create()
        process.f_evaluate([0], fs)
        fs[:] = VECTORS[-2]
        process.check_in([-2], fs)  # the right vector, but no point of the space

    with pytest.raises(ValueError, match="no point"):
        setup(Vectors(VECTORS), solve).execute()


def test_before_the_first_fe() -> None:
    def solve(process: Any) -> None:
        assert process.get_archive() == []
        with pytest.raises(ValueError):
            process.get_copy_of_best_fs(process.f_create())
        scan(process)

    with setup(Vectors([[1, 2]]), solve, max_fes=1).execute():
        pass


def test_mo_algorithm() -> None:
    class Some(MOAlgorithm):
        def solve_mo(self, process: Any) -> None:
            _each(process)

    execution = setup(Vectors([[1, 2]]), max_fes=1).set_algorithm(Some())
    with execution.execute() as process:
        assert process.get_best_f() == 3
    with pytest.raises(TypeError):
        setup([1], max_fes=1).set_algorithm(Some()).execute()
    with pytest.raises(NotImplementedError):
        MOAlgorithm().solve_mo(process)
    with pytest.raises(NotImplementedError):
        Algorithm().solve(process)


def test_f_validate() -> None:
    problem = Vectors([[1, 2]], np.float64)
    problem.f_validate(np.array([1.0, 2.0]))
    for bad, error in (([1.0, 2.0], TypeError), (np.array([1, 2]), TypeError),
                       (np.array([1.0]), ValueError), (np.array([1.0, inf]), ValueError),
                       (np.array([1.0, nan]), ValueError), (np.array([[1.0, 2.0]]), ValueError)):
        with pytest.raises(error):
            problem.f_validate(bad)  # type: ignore[arg-type]


def test_goal(tmp_path: Path) -> None:
    execution = setup(Vectors(VECTORS), _each, builder=MOExecution).set_goal_f(9)
    with execution.set_solution_space(Points()).execute() as process:
        assert process.get_consumed_fes() == 3
