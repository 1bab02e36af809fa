"""Loggers: where they write to, what a section looks like, and what they refuse."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue.utils.logger import FileLogger, InMemoryLogger, Logger, PrintLogger
from fescue.utils.sections import parse_csv, parse_key_values, parse_sections


def write(log: Logger) -> None:
    """Write one section of each kind."""
    with log.key_values("KEYS") as keys:
        keys.key_value("a", 1)
        with keys.scope("s") as scope:
            scope.key_value("b", 0.5)
            scope.comment("  a   remark ")
    with log.csv("TABLE", ["x", "y"]) as table:
        table.row((1, 2.0))
        table.row((np.int64(3), np.float32(0.25)))
    with log.text("TEXT") as text:
        text.write("one\ntwo")


LINES = """BEGIN_KEYS
a: 1
s.b: 0.5
s.b(hex): 0x1.0000000000000p-1
# a remark
END_KEYS
BEGIN_TABLE
x;y
1;2
3;0.25
END_TABLE
BEGIN_TEXT
one
two
END_TEXT""".splitlines()


def test_in_memory() -> None:
    with InMemoryLogger() as log:
        write(log)
        assert log.get_log() == LINES


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("old text that is longer than the new one" * 100)
    with FileLogger(path) as log:
        write(log)
    assert path.read_bytes() == ("\n".join(LINES) + "\n").encode()


def test_print(capsys: pytest.CaptureFixture[str]) -> None:
    with PrintLogger() as log:
        write(log)
    assert capsys.readouterr().out.splitlines() == LINES


@pytest.mark.parametrize(("value", "also_hex", "lines"), [
    (1, False, ["k: 1"]), (255, True, ["k: 255", "k(hex): 0xff"]), (True, True, ["k: T"]),
    (1.0, False, ["k: 1"]), (1.0, True, ["k: 1", "k(hex): 0x1.0000000000000p+0"]),
    (1e-5, False, ["k: 1e-5", "k(hex): 0x1.4f8b588e368f1p-17"]),
    (1e20, False, ["k: 1e20", "k(hex): 0x1.5af1d78b58c40p+66"]), (1e10, False, ["k: 10000000000"]),
    (float("inf"), True, ["k: inf"]), (np.int8(-3), True, ["k: -3", "k(hex): -0x3"]),
    (np.bool_(False), False, ["k: F"]), (np.float64(2.5), False,
                                         ["k: 2.5", "k(hex): 0x1.4000000000000p+1"]),
    ("text", True, ["k: text"]), ("a: b", False, ['k: "a:\\u0020b"']),
    ("#1 SMP", False, ['k: "\\u00231 SMP"']), (" x", False, ['k: " x"']), ("", False, ['k: ""'])])
def test_values(value: Any, also_hex: bool, lines: list[str]) -> None:
    with InMemoryLogger() as log:
        with log.key_values("K") as section:
            section.key_value("k", value, also_hex)
        assert log.get_log()[1:-1] == lines


def _open(log: Logger) -> Any:
    return log.key_values("K")


@pytest.mark.parametrize("title", ["", "a", " A", "A ", "A B", "a#", "A\nB"])
def test_bad_titles(title: str) -> None:
    with pytest.raises(ValueError, match="in-memory-logger"):
        InMemoryLogger().text(title)


def test_sections_do_not_overlap_or_repeat() -> None:
    log = InMemoryLogger()
    with log.text("A") as first, pytest.raises(ValueError, match="'A' is open"):
        log.text("B")
    with pytest.raises(ValueError, match="already"):
        log.text("A")
    with pytest.raises(ValueError, match="not open"):
        first.write("late")
    log.text("C")
    with pytest.raises(ValueError, match="'C' is open"):
        log.close()


def test_keys_and_scopes_are_unique() -> None:
    with InMemoryLogger() as log, log.key_values("K") as section:
        section.key_value("a b-c.d", 1)
        assert log.get_log()[-1] == "a_bmcdd: 1"
        with pytest.raises(ValueError, match="'a_bmcdd' already"):
            section.key_value("a_bmcdd", 2)
        with section.scope("s") as scope:
            scope.key_value("a", 1)
            with pytest.raises(ValueError, match=r"'s\.a' already"):
                scope.key_value("a", 1)
        with pytest.raises(ValueError, match=r"'s\.' already"):
            section.scope("s")
        for key in ("END_K", "BEGIN_X"):
            with pytest.raises(ValueError, match="mark"):
                section.key_value(key, 1)
        with pytest.raises(ValueError, match="NaN"):
            section.key_value("nan", float("nan"))


@pytest.mark.parametrize("header", [[], [""], ["a;b"], ["a", " b"], ["#"], ["END_"], ["a\nb"]])
def test_bad_headers(header: list[str]) -> None:
    with pytest.raises(ValueError, match="T"):
        InMemoryLogger().csv("T", header)


def test_bad_rows() -> None:
    with InMemoryLogger() as log, log.csv("T", ["a", "b"]) as table:
        for row in ((1,), (1, 2, 3)):
            with pytest.raises(ValueError, match="2 columns"):
                table.row(row)
        for row in (("1", 2), (1j, 2), (None, 2)):
            with pytest.raises(TypeError):
                table.row(row)
        with pytest.raises(ValueError, match="NaN"):
            table.row((1, float("nan")))


def test_wrong_types() -> None:
    for call in (lambda: Logger(1, print), lambda: Logger("a", 1),
                 lambda: InMemoryLogger().text(1), lambda: InMemoryLogger().csv("T", [1])):
        with pytest.raises(TypeError):
            call()  # type: ignore[arg-type]
    with InMemoryLogger() as log, log.text("T") as section, pytest.raises(TypeError):
        section.write(3)  # type: ignore[arg-type]


def test_an_exception_inside_is_not_hidden() -> None:
    def fail() -> None:
        with InMemoryLogger() as log:
            log.text("T")
            raise KeyError

    with pytest.raises(KeyError):
        fail()


@pytest.mark.parametrize(("text", "reason"), [
    ("", "no section"), ("# only a comment", "no section"), ("x", "line 1"),
    ("BEGIN_A\nEND_A\nx", "line 3"), ("BEGIN_A\nx", "ends inside"),
    ("BEGIN_A\nEND_B", "line 2"), ("BEGIN_A\nBEGIN_B", "line 2"),
    ("BEGIN_A\nEND_A\nBEGIN_A\nEND_A", "line 3")])
def test_malformed_files(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_sections(text.split("\n"))


def test_what_parsers_forgive_and_what_they_do_not() -> None:
    assert parse_key_values(["  a: 1  # note", "", "# x", "a: 2"]) == {"a": "2"}
    assert parse_csv(["a;b # c", "1;2"]) == [["a", "b"], ["1", "2"]]
    for bad in (["a"], ["a: b: c"], [": 1"], ["a: "]):
        with pytest.raises(ValueError):
            parse_key_values(bad)
    with pytest.raises(ValueError, match="cells"):
        parse_csv(["a;b", "1"])
