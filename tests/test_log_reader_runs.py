"""What runs have written is read back by the reader of logs, whatever their parts are called."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fescue.algorithms import MORLS, RLS
from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.evaluation.log_reader import read_log
from fescue.mo.problems import WeightedSum
from fescue.operators import Op0Random, Op0Shuffle, Op1Flip1, Op1Swap2
from fescue.problems.bitstrings import LeadingOnes, OneMax, ZeroMax
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.spaces import BitStrings
from fescue.utils.errors import LogFileError
from fescue.utils.sections import parse_sections, parse_text
from run_parts import Do, Points, Values, scan, setup

QUICK = settings(derandomize=True, deadline=None, max_examples=40)
HOSTILE = st.lists(
    st.sampled_from(("END_SETUP", "END_RESULT_Y", "BEGIN_", "#", ": ", '"', "\\", "\\u0023", "\n",
                     "\r", "\t", " ", "\x00", "\x85", "\u2028", "\ud800", "é", "x"))
    | st.text(st.characters(exclude_categories=()), max_size=3), max_size=6).map("".join)

#: the sample of the reference's log of several objectives, with filler values
MO_LOG = """BEGIN_PROGRESS
fes;timeMS;f;f0;f1
1;365;11;6;5
2;367;11;7;4
7;367;8;5;3
END_PROGRESS
BEGIN_STATE
totalFEs: 60
totalTimeMillis: 376
bestF: 8
lastImprovementFE: 54
lastImprovementTimeMillis: 376
bestFs: 5;3
archiveSize: 2
END_STATE
BEGIN_SETUP
p.name: MOLoggingProcessWithoutSearchSpace
p.randSeed: 199
p.randSeed(hex): 0xc7
p.archiveMaxSize: 32
a.name: nsga2_6_0d05_uniform_flipB1
a.cr: 0.05
a.cr(hex): 0x1.999999999999ap-5
y.dtype: ?
f.weights: 1;1
ap.name: keepFarthest
END_SETUP
BEGIN_SYS_INFO
session.commandLine: 'python' '-c'
os.version: #1 SMP of which nothing is left
version.numpy: 1.26.4
END_SYS_INFO
BEGIN_RESULT_Y
TTTFFFFF
END_RESULT_Y
BEGIN_ARCHIVE_0_Y
TTTTTFFF
END_ARCHIVE_0_Y
BEGIN_ARCHIVE_1_Y
TTTFFFFF
END_ARCHIVE_1_Y
BEGIN_ARCHIVE_QUALITIES
f;f0;f1
8;3;5
8;5;3
END_ARCHIVE_QUALITIES
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.txt"


# complete logs

@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("every", [False, True])
def test_all_values_of_a_run(encoded: bool, every: bool, log: Path) -> None:
    if encoded:
        task = jssp_task(jssp_instance("la24"))
        execution = task.execution(RLS(Op0Shuffle(task.points()), Op1Swap2()))
    else:
        execution = Execution().set_solution_space(BitStrings(30)).set_objective(OneMax(30))
        execution.set_algorithm(RLS(Op0Random(), Op1Flip1()))
    execution.set_rand_seed(2 ** 64 - 1).set_max_fes(40).set_log_file(log)
    with (execution.set_log_all_fes() if every else execution.set_log_improvements()
          ).execute() as process:
        x = process.create()
        process.get_copy_of_best_x(x)
        text = process.to_str(x)
        best, last = process.get_best_f(), process.get_last_improvement_fe()
        time = process.get_consumed_time_millis()
    run = read_log(log)
    assert (run.path, run.total_fes, run.total_time_millis) == (log, 40, time)
    assert (run.best_f, run.last_improvement_fe) == (best, last)
    assert (run.result_x if encoded else run.result_y) == text
    assert (run.result_x is not None) is encoded
    assert run.setup["p.randSeed(hex)"] == "0xffffffffffffffff"
    assert run.setup["p.maxFEs"] == "40"
    assert run.errors == {}
    fes = [row[0] for row in run.progress]
    assert fes == (list(range(1, 41)) if every else sorted(set(fes)))
    assert min(run.progress, key=lambda row: row[2])[::2] == (last, best)
    assert run.sections[:4] == ("PROGRESS", "STATE", "SETUP", "SYS_INFO")
    assert "session.node" not in run.sys_info


def test_all_values_of_a_run_with_several_objectives(log: Path) -> None:
    problem = WeightedSum([LeadingOnes(12), ZeroMax(12)], [1, 1.5])
    execution = MOExecution().set_solution_space(BitStrings(12)).set_objective(problem)
    execution.set_algorithm(MORLS(Op0Random(), Op1Flip1())).set_rand_seed(4).set_max_fes(60)
    with execution.set_log_file(log).set_log_improvements().execute() as process:
        best, size = process.get_best_f(), len(process.get_archive())
    run = read_log(log)
    assert (run.total_fes, run.best_f) == (60, best)
    assert all(row[2] == row[3] + 1.5 * row[4] for row in run.progress)
    assert min(row[2] for row in run.progress) == best
    assert run.setup["f.weights"] == "1;1.5"
    assert run.setup["ap.name"]
    assert run.sections[-size - 1:] == (
        *(f"ARCHIVE_{i}_Y" for i in range(size)), "ARCHIVE_QUALITIES")
    assert size > 1


def test_reference_log_of_several_objectives(log: Path) -> None:
    log.write_text(MO_LOG)
    run = read_log(log)
    assert run.progress == [(1, 365, 11, 6, 5), (2, 367, 11, 7, 4), (7, 367, 8, 5, 3)]
    assert (run.total_fes, run.best_f, run.last_improvement_fe) == (60, 8, 54)
    assert (run.result_x, run.result_y) == (None, "TTTFFFFF")
    assert run.setup["a.cr(hex)"] == "0x1.999999999999ap-5"
    assert run.sys_info["session.commandLine"] == "'python' '-c'"
    assert run.sys_info["version.numpy"] == "1.26.4"
    assert run.sections[-3:] == ("ARCHIVE_0_Y", "ARCHIVE_1_Y", "ARCHIVE_QUALITIES")


# hostile parts

@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "log.txt"


@QUICK
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@example("a: b", "#1 SMP", "END_RESULT_Y\nEND_SETUP", "BEGIN_X\n\\")
@example("", "", "", "")
@example("x" * 100_000, "#" * 100_000, "\\" * 100_000, "END_NOTE\n" * 10_000)
def test_any_text_of_a_part_reads_back(
        common: Path, name: str, parameter: str, solution: str, message: str) -> None:
    """Names, parameters, solutions and messages of exceptions may be anything."""
    class Odd(Points):
        def to_str(self, x: list[int]) -> str:
            return solution

        def log_parameters_to(self, logger: Any) -> None:
            super().log_parameters_to(logger)
            logger.key_value("odd", parameter)

    def solve(process: Any) -> None:
        scan(process)
        raise RuntimeError(message)

    execution = Execution().set_algorithm(Do(solve)).set_objective(Values([3, 2]))
    execution.set_solution_space(Odd(name)).set_max_fes(2).set_log_file(common)
    with pytest.raises(RuntimeError):
        execution.execute()
    run = read_log(common)
    assert (run.setup["y.name"], run.setup["y.odd"]) == (name, parameter)
    assert run.result_y == solution
    assert (run.total_fes, run.best_f) == (2, 2)
    assert list(run.errors) == ["ERROR_IN_RUN"]
    assert f"exceptionValue: {message}\n" in run.errors["ERROR_IN_RUN"]


# what is not read but kept

def test_unknown_keys_and_sections(log: Path) -> None:
    with setup([3, 2], log=log).execute() as process:
        process.add_log_section("MY_OWN", "a: b # c")
    text = log.read_text()
    log.write_text(text.replace("END_SETUP", "z.new.key: 1\nEND_SETUP")
                   .replace("END_STATE", "newKey: x\nEND_STATE") + "BEGIN_LATER\nEND_LATER\n")
    run = read_log(log)
    assert run.setup["z.new.key"] == "1"
    assert run.sections[-2:] == ("MY_OWN", "LATER")
    assert parse_text(parse_sections(log.read_text().split("\n"))["MY_OWN"]) == "a: b # c"


# malformed logs

@pytest.mark.parametrize(("old", "new"), [
    ("totalFEs: 60", "totalFEs: many"), ("totalFEs: 60", "totalFEs"), ("a.cr: 0.05", "a.cr: "),
    ("bestF: 8", "bestF: nan"), ("7;367;8;5;3", "7;367;8"), ("7;367;8;5;3", "7;367;x;5;3"),
    ("version.numpy: 1.26.4", "a: b: c"), ("TTTFFFFF\nEND", "TTTFFFFF\nBEGIN"),
    ("BEGIN_ARCHIVE_0_Y", "oops"), ("archiveSize: 2\nEND_STATE", "archiveSize: 2\nEND_X")])
def test_errors_name_file_and_line(old: str, new: str, log: Path) -> None:
    place = MO_LOG.index(old) + (old.rfind("\n") + 1)
    line = MO_LOG[:place].count("\n") + 1
    log.write_text(MO_LOG.replace(old, new, 1))
    with pytest.raises(LogFileError, match=rf"log\.txt.*\bline {line}\b"):
        read_log(log)


@pytest.mark.parametrize("key", ["totalFEs", "totalTimeMillis"])
def test_errors_name_missing_keys(key: str, log: Path) -> None:
    log.write_text("\n".join(line for line in MO_LOG.split("\n") if not line.startswith(key)))
    with pytest.raises(LogFileError, match=rf"log\.txt.*{key}"):
        read_log(log)


@pytest.mark.parametrize("name", ["STATE", "SETUP"])
def test_errors_name_missing_sections(name: str, log: Path) -> None:
    log.write_text(MO_LOG.replace(f"_{name}\n", "_OTHER\n"))
    with pytest.raises(LogFileError, match=rf"log\.txt.*{name}.*not complete"):
        read_log(log)


def test_cut_logs(log: Path) -> None:
    """A log that ends too early is refused, unless it ends behind a section of extras."""
    with setup([3, 2], log=log, encoded=True).set_log_all_fes().execute():
        pass
    data = log.read_bytes()
    complete = {data.index(mark) + len(mark) for mark in (
        b"END_SETUP", b"END_SYS_INFO", b"END_RESULT_X", b"END_RESULT_Y")}
    for size in sorted({*range(0, len(data), 7), *complete, *(end + 1 for end in complete)}):
        log.write_bytes(data[:size])
        if {size, size - 1} & complete:
            assert read_log(log).total_fes == 2
        elif size < len(data):
            with pytest.raises(LogFileError, match=r"log\.txt"):
                read_log(log)
