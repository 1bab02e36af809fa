"""Runs that go wrong: what is raised, what is kept, what the log says."""

from pathlib import Path
from typing import Any

import pytest

from fescue.utils.sections import parse_text
from run_parts import Do, Half, Points, Values, progress, scan, sections, setup, state


class Broken(Exception):
    """Raised by parts of the tests."""


def _errors(log: Path) -> list[str]:
    return [title for title in sections(log) if title.startswith("ERROR_")]


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("k", [1, 2, 4])
def test_objective_raises_at_an_fe(k: int, encoded: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    error = Broken(f"at {k}")
    values: list[Any] = [9, 7, 5, 3, 1]
    values[k - 1] = error

    def solve(process: Any) -> None:
        for i in range(5):
            process.evaluate([2 * i] if encoded else [i])

    execution = setup(values, solve, log=log, encoded=encoded).set_log_all_fes()
    with pytest.raises(Broken) as caught:
        execution.execute()
    assert caught.value is error
    assert _errors(log) == ["ERROR_IN_RUN"]
    body = parse_text(sections(log)["ERROR_IN_RUN"]).split("\n")
    assert body[0].startswith("exceptionType: ")
    assert body[0].endswith("Broken")
    assert body[1] == f"exceptionValue: at {k}"
    assert body[2] == "exceptionStackTrace:"
    assert any("in solve" in line for line in body[3:])
    assert all(line == line.strip() and line for line in body)
    assert progress(log) == [(str(i), str(11 - 2 * i)) for i in range(1, k)]
    assert state(log)["totalFEs"] == str(k)
    process = execution.process
    assert process.get_consumed_fes() == k
    assert process.has_best() == (k > 1)
    if k > 1:
        y = [9]
        process.get_copy_of_best_y(y)
        assert y == [k - 2]
        assert process.get_best_f() == 13 - 2 * k
        assert state(log)["bestF"] == str(13 - 2 * k)
        assert sections(log)["RESULT_Y"] == [str(k - 2)]
    with process:
        pass
    assert _errors(log) == ["ERROR_IN_RUN"]


def test_algorithm_raises_without_a_log() -> None:
    error = Broken("no")

    def solve(process: Any) -> None:
        process.evaluate([0])
        raise error

    execution = setup([3], solve)
    with pytest.raises(Broken) as caught:
        execution.execute()
    assert caught.value is error
    assert execution.process.get_best_f() == 3


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_interrupt_in_solve(interrupt: type[BaseException], tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    def solve(process: Any) -> None:
        process.evaluate([0])
        process.evaluate([1])
        raise interrupt

    objective = Values([9, 7])
    execution = setup(objective, solve, log=log).set_log_improvements()
    with pytest.raises(interrupt):
        execution.execute()
    assert execution.process.get_best_f() == 7
    assert progress(log) == [("1", "9"), ("2", "7")]
    assert _errors(log) == ["ERROR_IN_RUN"]
    assert objective.calls == 2, "who interrupts does not wait for one more evaluation"


@pytest.mark.parametrize("part", ["algorithm", "objective", "solution_space", "search_space",
                                  "encoding"])
def test_initialize_raises(part: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    parts: dict[str, Any] = {
        "algorithm": Do(scan), "objective": Values([1]), "solution_space": Points(),
        "search_space": Points(), "encoding": Half()}

    def initialize() -> None:
        raise Broken(part)

    parts[part].initialize = initialize
    execution = setup([1], log=log).__class__().set_max_fes(1).set_log_file(log)
    for name, value in parts.items():
        getattr(execution, f"set_{name}")(value)
    with pytest.raises(Broken, match=part):
        execution.execute()
    assert "ERROR_IN_RUN" in sections(log)
    assert state(log)["totalFEs"] == "0"
    assert execution.process.get_consumed_fes() == 0


def test_error_in_the_context(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(Broken), setup([2, 1], log=log).execute():
        raise Broken("mine")
    assert _errors(log) == ["ERROR_IN_CONTEXT"]
    body = parse_text(sections(log)["ERROR_IN_CONTEXT"]).split("\n")
    assert body[0].endswith("Broken")
    assert body[1] == "exceptionValue: mine"
    assert state(log)["bestF"] == "1"


def test_invalid_best_y(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Refusing(Points):
        def validate(self, x: list[int]) -> None:
            raise Broken("invalid y")

    with pytest.raises(Broken, match="invalid y"):
        setup([2, 1], log=log).set_solution_space(Refusing()).execute()
    assert _errors(log) == ["ERROR_INVALID_Y"]
    assert sections(log)["RESULT_Y"] == ["1"]


def test_invalid_best_x(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Refusing(Points):
        def validate(self, x: list[int]) -> None:
            raise Broken("invalid x")

    with pytest.raises(Broken, match="invalid x"):
        setup([2, 1], log=log, encoded=True).set_search_space(Refusing()).execute()
    assert _errors(log) == ["ERROR_INVALID_X"]


def test_other_value_at_the_end(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Drifting(Values):
        def evaluate(self, x: list[int]) -> int:
            self.calls += 1
            return 10 - self.calls

    with pytest.raises(ValueError):
        setup(Drifting([0] * 3), log=log).execute()
    assert _errors(log) == ["ERROR_BEST_F_MISMATCH"]
    assert state(log)["bestF"] == "7"


@pytest.mark.parametrize(("lower", "upper"), [(3, 9), (0, 1)])
def test_best_value_out_of_bounds(lower: int, upper: int, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(ValueError):
        setup(Values([2], lower, upper), log=log, max_fes=1).execute()
    assert _errors(log) == ["ERROR_BEST_F_MISMATCH"]


def test_no_fe_at_all(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(ValueError):
        setup([2], lambda process: None, log=log).execute()
    assert _errors(log) == ["ERROR_TIMING"]
    assert state(log)["totalFEs"] == "0"
    assert "RESULT_Y" not in sections(log)


def test_first_of_several_errors_is_raised(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Refusing(Points):
        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

        def validate(self, x: list[int]) -> None:
            raise self.error

    def solve(process: Any) -> None:
        process.register([1], 3)
        raise Broken("run")

    execution = setup([5], solve, log=log, encoded=True).set_search_space(Refusing(Broken("x")))
    with pytest.raises(Broken, match="run"):
        execution.set_solution_space(Refusing(Broken("y"))).execute()
    assert _errors(log) == ["ERROR_IN_RUN", "ERROR_INVALID_Y", "ERROR_BEST_F_MISMATCH",
                            "ERROR_INVALID_X"]


@pytest.mark.parametrize("encoded", [False, True])
def test_checks_are_made_without_a_log_as_well(encoded: bool) -> None:
    with pytest.raises(ValueError):
        setup([5], lambda p: p.register([0], 3), encoded=encoded).execute()


def test_error_while_writing_a_section_spoils_no_other(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Unwritable(Points):
        def to_str(self, x: list[int]) -> str:
            raise Broken("no text")

    def solve(process: Any) -> None:
        process.add_log_section("MINE", "kept")
        scan(process)

    execution = setup([2, 1], solve, log=log, max_fes=2).set_solution_space(Unwritable())
    with pytest.raises(Broken, match="no text"):
        execution.set_log_improvements().execute()
    assert list(sections(log)) == ["PROGRESS", "STATE", "SETUP", "SYS_INFO", "ERROR_IN_LOG", "MINE"]


def test_error_in_parameters_of_a_component(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Odd(Points):
        def log_parameters_to(self, logger: Any) -> None:
            super().log_parameters_to(logger)
            logger.key_value("name", "again")

    with pytest.raises(ValueError, match="name"):
        setup([2, 1], log=log).set_solution_space(Odd()).execute()
    assert list(sections(log)) == ["STATE", "SYS_INFO", "RESULT_Y", "ERROR_IN_LOG"]


def test_exception_texts_do_not_break_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    text = "a # b\nEND_ERROR_IN_RUN\nBEGIN_STATE\n\\u0023: c"

    def solve(process: Any) -> None:
        process.evaluate([0])
        raise Broken(text)

    with pytest.raises(Broken):
        setup([1], solve, log=log).execute()
    assert list(sections(log)) == ["STATE", "SETUP", "SYS_INFO", "RESULT_Y", "ERROR_IN_RUN"]
    assert f"exceptionValue: {text}" in parse_text(sections(log)["ERROR_IN_RUN"])


def test_exception_without_a_text(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Mute(Exception):
        def __str__(self) -> str:
            raise Broken

    def solve(process: Any) -> None:
        process.evaluate([0])
        raise Mute

    with pytest.raises(Mute):
        setup([1], solve, log=log).execute()
    assert "Mute" in sections(log)["ERROR_IN_RUN"][0]
    assert sections(log)["ERROR_IN_RUN"][1].startswith("exceptionValue:")


def test_execution_can_be_used_again_after_an_error() -> None:
    objective = Values([Broken("once"), 1])
    execution = setup(objective, max_fes=2)
    with pytest.raises(Broken):
        execution.execute()
    objective.values[0] = 2
    with execution.execute() as process:
        assert process is execution.process
        assert process.get_best_f() == 1
