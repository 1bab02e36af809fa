"""The log of a run: its sections, their order, and what they read back as."""

import stat
from pathlib import Path
from typing import Any

import pytest

from fescue.utils.sections import parse_csv, parse_key_values, parse_text
from run_parts import Points, Values, progress, scan, sections, setup, state

HOST_KEYS = {"session.node", "session.ipAddress", "session.commandLine",
             "session.workingDirectory"}


def _add(process: Any) -> None:
    process.add_log_section("ZEBRA", "last")
    process.add_log_section("APE_2", "  first \n\n")
    scan(process)


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("logged", [False, True])
def test_order_of_sections(encoded: bool, logged: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup([3, 3, 1, 1], _add, log=log, encoded=encoded, max_fes=3)
    with execution.set_log_improvements(logged).execute() as process:
        process.add_log_section("HORSE", "from the context")
    assert list(sections(log)) == [
        *(["PROGRESS"] if logged else []), "STATE", "SETUP", "SYS_INFO",
        *(["RESULT_X"] if encoded else []), "RESULT_Y", "APE_2", "HORSE", "ZEBRA"]
    assert parse_text(sections(log)["APE_2"]) == "first"
    assert parse_text(sections(log)["HORSE"]) == "from the context"


def test_setup(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup(Values([3, 2], 0, 9), log=log, encoded=True, max_fes=2)
    with execution.set_max_time_millis(10 ** 6).set_log_all_fes().execute():
        pass
    pairs = parse_key_values(sections(log)["SETUP"])
    keys = list(pairs)
    assert keys == [
        "p.name", "p.class", "p.formatVersion", "p.compiled", "p.lowerBound", "p.upperBound",
        "p.maxFEs", "p.maxTimeMillis", "p.goalF", "p.randSeed", "p.randSeed(hex)", "p.randGenType",
        "p.randBitGenType", "a.name", "a.class", "y.name", "y.class", "f.name", "f.class",
        "f.lowerBound", "f.upperBound", "x.name", "x.class", "g.name", "g.class"]
    assert pairs["p.formatVersion"] == "1"
    assert pairs["p.name"] == "LoggingProcessWithSearchSpace"
    assert (pairs["p.lowerBound"], pairs["p.upperBound"], pairs["p.goalF"]) == ("0", "9", "0")
    assert (pairs["p.maxFEs"], pairs["p.maxTimeMillis"]) == ("2", "1000000")
    assert (pairs["p.randSeed"], pairs["p.randSeed(hex)"]) == ("1", "0x1")
    assert pairs["p.randGenType"] == "numpy.random._generator.Generator"
    assert pairs["p.randBitGenType"] == "numpy.random._pcg64.PCG64"
    assert (pairs["a.name"], pairs["y.name"], pairs["f.name"], pairs["x.name"],
            pairs["g.name"]) == ("do", "solutions", "values", "points", "half")
    assert pairs["a.class"] == "run_parts.Do"


def test_setup_without_limits_and_bounds(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with setup([3], lambda p: p.evaluate([0]), log=log).execute():
        pass
    keys = [k for k in parse_key_values(sections(log)["SETUP"]) if k.startswith("p.")]
    assert keys == ["p.name", "p.class", "p.formatVersion", "p.compiled", "p.randSeed",
                    "p.randSeed(hex)", "p.randGenType", "p.randBitGenType"]


def test_state(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with setup([5, 2.5, 4], log=log).execute() as process:
        time = process.get_consumed_time_millis()
        improvement = process.get_last_improvement_time_millis()
    assert list(state(log)) == ["totalFEs", "totalTimeMillis", "bestF", "bestF(hex)",
                                "lastImprovementFE", "lastImprovementTimeMillis"]
    assert state(log)["totalFEs"] == "3"
    assert state(log)["bestF"] == "2.5"
    assert state(log)["bestF(hex)"] == (2.5).hex()
    assert state(log)["lastImprovementFE"] == "2"
    assert state(log)["totalTimeMillis"] == str(time)
    assert state(log)["lastImprovementTimeMillis"] == str(improvement)
    assert 1 <= improvement <= time


def test_progress_rows(tmp_path: Path) -> None:
    values = [5, 5, 2.5, 4, 2.5, 1e-10, 0.0]
    for every in (False, True):
        log = tmp_path / f"{every}.txt"
        execution = setup(values, log=log)
        (execution.set_log_all_fes() if every else execution.set_log_improvements())
        with execution.execute():
            pass
        table = parse_csv(sections(log)["PROGRESS"])
        assert table[0] == ["fes", "timeMS", "f"]
        times = [int(row[1]) for row in table[1:]]
        assert times == sorted(times)
        assert times[0] >= 1
        assert times[-1] <= int(state(log)["totalTimeMillis"])
        texts = ["5", "5", "2.5", "4", "2.5", "1e-10", "0"]
        kept = range(7) if every else (0, 2, 5, 6)
        assert progress(log) == [(str(i + 1), texts[i]) for i in kept]


def test_all_fes_win_over_improvements(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with setup([1, 2], log=log).set_log_all_fes().set_log_improvements().execute():
        pass
    assert progress(log) == [("1", "1"), ("2", "2")]


def test_no_table_without_rows(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with pytest.raises(ValueError):
        setup([1], lambda p: None, log=log).set_log_all_fes().execute()
    assert "PROGRESS" not in sections(log)


@pytest.mark.parametrize("wanted", [False, True])
def test_host_details_only_on_request(wanted: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with setup([1], log=log).set_log_host_details(wanted).execute():
        pass
    keys = set(parse_key_values(sections(log)["SYS_INFO"]))
    assert keys & HOST_KEYS == (HOST_KEYS if wanted else set())
    assert {"session.start", "session.processId", "version.fescue", "version.numpy",
            "hardware.machine", "hardware.byteOrder", "python.version", "os.name"} <= keys


def test_mode_and_text_of_the_file(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("old")
    log.chmod(0o600)
    log.unlink()
    points = Points("μ")
    with setup([1], log=log).set_solution_space(points).execute():
        pass
    assert stat.S_IMODE(log.stat().st_mode) == 0o644
    data = log.read_bytes()
    assert b"\r" not in data
    assert data.endswith(b"\nEND_RESULT_Y\n")
    assert "y.name: μ" in data.decode("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["log.txt"]


@pytest.mark.parametrize("text", [
    "a#b", "END_RESULT_Y", "BEGIN_X\nEND_X", "\\", "\\\\n", "a\nb", "\\u0023", "  x\n y"])
def test_any_text_of_a_solution_reads_back(text: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    points = Points()
    points.to_str = lambda x: text  # type: ignore[method-assign]
    with setup([1], log=log).set_solution_space(points).execute():
        pass
    assert parse_text(sections(log)["RESULT_Y"]) == text


@pytest.mark.parametrize("text", ["a: b", "#1 SMP", '"q"', " edge ", "tab\tnew\nline", "é: #"])
def test_any_parameter_reads_back(text: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"

    class Odd(Points):
        def log_parameters_to(self, logger: Any) -> None:
            super().log_parameters_to(logger)
            logger.key_value("odd", text)

    with setup([1], log=log).set_solution_space(Odd()).execute():
        pass
    assert parse_key_values(sections(log)["SETUP"])["y.odd"] == text


@pytest.mark.parametrize("with_log", [False, True])
@pytest.mark.parametrize(("title", "text", "error"), [
    ("", "x", ValueError), ("a", "x", ValueError), ("A B", "x", ValueError),
    ("A\n", "x", ValueError), (" A", "x", ValueError), ("Ä", "x", ValueError),
    ("A-B", "x", ValueError), ("BEGIN_A", "x", ValueError), ("END_A", "x", ValueError),
    (1, "x", TypeError), (None, "x", TypeError), ("A", 1, TypeError), ("A", None, TypeError),
    ("ERROR_FOO", "x", ValueError), ("ARCHIVE_1_X", "x", ValueError),
    ("ARCHIVE_QUALITIES", "x", ValueError), ("STATE", "x", ValueError),
    ("SETUP", "x", ValueError), ("SYS_INFO", "x", ValueError), ("PROGRESS", "x", ValueError),
    ("RESULT_X", "x", ValueError), ("RESULT_Y", "x", ValueError),
    ("A", "BEGIN_X", ValueError), ("A", "a\nEND_X", ValueError), ("TWICE", "x", ValueError)])
def test_bad_sections(title: Any, text: Any, error: type, with_log: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt" if with_log else None

    def solve(process: Any) -> None:
        assert process.has_log() is with_log
        process.add_log_section("TWICE", "kept")
        with pytest.raises(error):
            process.add_log_section(title, text)
        scan(process)

    with setup([1], solve, log=log, max_fes=1).execute():
        pass
    if log is not None:
        assert parse_text(sections(log)["TWICE"]) == "kept"
        assert list(sections(log)) == ["STATE", "SETUP", "SYS_INFO", "RESULT_Y", "TWICE"]


@pytest.mark.parametrize("text", ["", "a # b", "x: y\n\\z"])
def test_text_of_a_section_reads_back(text: str, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    with setup([1], log=log).execute() as process:
        process.add_log_section("A_1", text)
    assert parse_text(sections(log)["A_1"]) == text


@pytest.mark.parametrize(("name", "base"), [("a.b.txt", "a.b"), ("c", "c"), ("d.log", "d")])
def test_log_basename(name: str, base: str, tmp_path: Path) -> None:
    with setup([1], log=tmp_path / name).execute() as process:
        assert process.has_log()
        assert process.get_log_basename() == str(tmp_path / base)


def test_rows_do_not_stay_in_memory(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    n = 20_000

    def solve(process: Any) -> None:
        for _ in range(n):
            process.evaluate([0])
        unfinished = [p for p in tmp_path.iterdir() if p.stat().st_size > 0]
        assert len(unfinished) == 1
        assert unfinished[0].suffix != ".txt"
        assert unfinished[0].read_bytes().count(b"\n") > n // 2

    with setup([1], solve, log=log).set_log_all_fes().execute():
        pass
    assert len(progress(log)) == n


def test_evaluations_in_the_context_are_logged(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    execution = setup([5, 4, 3], lambda p: p.evaluate([0]), log=log, max_fes=9)
    with execution.set_log_improvements().execute() as process:
        assert process.evaluate([2]) == 3
    assert progress(log) == [("1", "5"), ("2", "3")]
    assert state(log)["bestF"] == "3"
    assert state(log)["totalFEs"] == "2"
    assert sections(log)["RESULT_Y"] == ["2"]
