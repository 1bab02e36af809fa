"""Sections of logs in detail: what opens and closes, and how each value and text looks."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue.utils.logger import FileLogger, InMemoryLogger, KeyValueLogSection, Logger
from fescue.utils.sections import parse_csv, parse_key_values, parse_sections, parse_text


def _pairs(write: Callable[[KeyValueLogSection], Any]) -> list[str]:
    """Return the lines that ``write`` puts into a section of key-values."""
    with InMemoryLogger() as logger:
        with logger.key_values("A") as section:
            write(section)
        return logger.get_log()[1:-1]


def _table(header: Any, *rows: Any) -> list[str]:
    with InMemoryLogger() as logger:
        with logger.csv("A", header) as section:
            for row in rows:
                section.row(row)
        return logger.get_log()[1:-1]


def _text(*texts: Any) -> list[str]:
    with InMemoryLogger() as logger:
        with logger.text("A") as section:
            for text in texts:
                section.write(text)
        return logger.get_log()[1:-1]


# what opens and closes

def test_own_writer_and_closer() -> None:
    lines: list[str] = []
    closed: list[int] = []
    logger = Logger("mine", lines.append, lambda: closed.append(len(lines)))
    with logger.text("A") as section:
        section.write("x")
    assert (lines, closed) == (["BEGIN_A", "x", "END_A"], [])
    logger.close()
    logger.close()
    assert closed == [3]
    logger = Logger("mine", lines.append, lambda: closed.append(0))
    logger.text("B")
    with pytest.raises(ValueError, match=r"'mine' is closed while 'B' is open"):
        logger.close()
    assert closed == [3, 0], "what can be closed is closed"


def test_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLogger(tmp_path / "no" / "log.txt")


def test_the_log_in_memory_is_a_copy() -> None:
    with InMemoryLogger() as logger:
        with logger.text("A"):
            pass
        logger.get_log().clear()
        assert logger.get_log() == ["BEGIN_A", "END_A"]


@pytest.mark.parametrize("title", ["", "a", "Ab", " A", "A ", "A B", "A\n", "A#", "\tA", "ß"])
@pytest.mark.parametrize("kind", ["key_values", "csv", "text"])
def test_titles(title: str, kind: str) -> None:
    """A title that is refused leaves nothing behind."""
    with InMemoryLogger() as logger:
        more = (["x"],) if kind == "csv" else ()
        with pytest.raises(ValueError, match="in-memory-logger"):
            getattr(logger, kind)(title, *more)
        assert logger.get_log() == []
        with getattr(logger, kind)("GOOD_1", *more):
            pass


def test_closed_section() -> None:
    with InMemoryLogger() as logger:
        with logger.key_values("KEYS") as keys:
            scope = keys.scope("s")
        with logger.csv("TABLE", ["x"]) as table:
            pass
        with logger.text("TEXT") as text:
            pass
        for write in (lambda: keys.key_value("k", 1), lambda: scope.key_value("k", 1),
                      lambda: table.row([1]), lambda: text.write("x"),
                      lambda: text.comment("x"), lambda: text.__exit__(None, None, None)):
            with pytest.raises(ValueError, match="is not open"):
                write()
    assert logger.get_log() == ["BEGIN_KEYS", "END_KEYS", "BEGIN_TABLE", "x", "END_TABLE",
                                "BEGIN_TEXT", "END_TEXT"]


# key-values

@pytest.mark.parametrize(("value", "text", "hexadecimal"), [
    (0, "0", None), (-12, "-12", None), (10 ** 30, str(10 ** 30), None),
    (True, "T", None), (False, "F", None), (np.True_, "T", None), (np.False_, "F", None),
    (-0.0, "0", None), (1e10, "10000000000", None), (float("-inf"), "-inf", None),
    (0.1, "0.1", "0x1.999999999999ap-4"), (1e300, "1e300", (1e300).hex()),
    (np.uint64(2 ** 64 - 1), str(2 ** 64 - 1), None), (np.float64(2.0), "2", None),
    (np.float32(0.5), "0.5", "0x1.0000000000000p-1"), ("(5, 4, 3)", "(5, 4, 3)", None),
    (None, "None", None), (Fraction(1, 2), "1/2", None), (np.str_("swap2"), "swap2", None)])
def test_plain_values(value: Any, text: str, hexadecimal: str | None) -> None:
    expected = [f"k: {text}"] + ([] if hexadecimal is None else [f"k(hex): {hexadecimal}"])
    assert _pairs(lambda section: section.key_value("k", value)) == expected


@pytest.mark.parametrize(("text", "line"), [
    ('"q"', '"\\"q\\""'), ("x ", '"x "'), ("a\nb", '"a\\nb"'), ("a\tb", '"a\\tb"'),
    ("\x7f", '"\\u007f"'), ("\u2028", '"\\u2028"'), (":", ":"), ("a:b", "a:b"), ("a:", "a:"),
    ("END_A", "END_A"), ("\\u0023", "\\u0023"), ("é", "é"), ('a"b', 'a"b')])
def test_texts_of_values(text: str, line: str) -> None:
    lines = _pairs(lambda section: section.key_value("k", text))
    assert lines == [f"k: {line}"]
    assert parse_key_values(lines) == {"k": text}


def test_scopes_in_scopes() -> None:
    def write(section: KeyValueLogSection) -> None:
        with section.scope("x+y") as scope:
            scope.key_value("k", 2)
            with scope.scope("z") as inner:
                inner.key_value("k", 3)
        section.key_value("k", 4)
    assert _pairs(write) == ["xpy.k: 2", "xpy.z.k: 3", "k: 4"]


@pytest.mark.parametrize("key", ["END_A", "BEGIN_B"])
def test_keys_that_look_like_marks(key: str) -> None:
    with InMemoryLogger() as logger, logger.key_values("A") as section:
        with pytest.raises(ValueError, match=key):
            section.key_value(key, 1)
        with pytest.raises(ValueError, match=key):
            section.scope(key).key_value("k", 1)
        section.scope("s").key_value(key, 1)
    assert parse_key_values(parse_sections(logger.get_log())["A"]) == {f"s.{key}": "1"}


@pytest.mark.parametrize(("key", "value", "error"), [
    (1, 1, TypeError), (None, 1, TypeError), ("", 1, ValueError), ("?", 1, ValueError),
    ("k", np.float64("nan"), ValueError), ("k", np.complex128(1), TypeError)])
def test_bad_keys_and_values(key: Any, value: Any, error: type) -> None:
    def write(section: KeyValueLogSection) -> None:
        with pytest.raises(error):
            section.key_value(key, value)
    assert _pairs(write) == []


# tables

def test_rows() -> None:
    assert _table(["a", "b c"], (1, 2.0), [True, False], iter((1e-7, float("inf")))) == [
        "a;b c", "1;2", "T;F", "1e-7;inf"]


def test_row_of_numpy_bools() -> None:
    """They look as in a section of key-values."""
    assert _table(["a", "b"], [np.True_, np.False_]) == ["a;b", "T;F"]


@pytest.mark.parametrize("header", [["a", ""], ["a#"], ["a", "b\r"], ["\u2028"], ["\\x"]])
def test_bad_headers(header: list[str]) -> None:
    with InMemoryLogger() as logger:
        with pytest.raises(ValueError, match="'A'"):
            logger.csv("A", header)
        assert logger.get_log() == []


@pytest.mark.parametrize(("row", "error"), [
    ((), ValueError), ((1, float("nan")), ValueError), ((1, "2"), TypeError),
    ((1, [2]), TypeError)])
def test_rows_that_are_refused_leave_nothing_behind(row: Any, error: type) -> None:
    with InMemoryLogger() as logger:
        with logger.csv("A", ["a", "b"]) as section:
            with pytest.raises(error):
                section.row(row)
            section.row((1, 2))
        assert logger.get_log() == ["BEGIN_A", "a;b", "1;2", "END_A"]


# raw text and comments

@pytest.mark.parametrize(("text", "lines"), [
    ("1;2\n3", ["1;2", "3"]), ("", [""]), ("a\n", ["a", ""]), ("a: b", ["a: b"]),
    ("END_A", ["\\END_A"]), ("  BEGIN_X", ["\\  BEGIN_X"]), ("\\", ["\\\\"]),
    ("a#b", ["\\a\\u0023b"]), ("x\r", ["\\x\\u000d"]), ("a\\u0023", ["a\\u0023"]),
    ("#\\u0023", ["\\\\u0023\\u005cu0023"]), ("xEND_A", ["xEND_A"]), ("\ta ", ["\ta "])])
def test_texts(text: str, lines: list[str]) -> None:
    assert _text(text) == lines
    assert parse_text(lines) == text


def test_text_in_parts() -> None:
    assert _text("a", "", "b\nc") == ["a", "", "b", "c"]
    assert parse_text(_text()) == ""


def test_comments() -> None:
    with InMemoryLogger() as logger:
        with logger.text("A") as section:
            section.comment("  two\n words\t# \x00 ")
            section.comment(" \n")
            section.comment("END_A")
            section.write("x")
        with logger.key_values("B") as keys:
            keys.comment("k: 1")
            keys.key_value("k", 2)
        with logger.csv("C", ["f"]) as table:
            table.comment("1;2")
            table.row([3])
    log = logger.get_log()
    assert log[1:3] == ["# two words # \\u0000", "# END_A"]
    sections = parse_sections(log)
    assert parse_text(sections["A"]) == "x"
    assert parse_key_values(sections["B"]) == {"k": "2"}
    assert parse_csv(sections["C"]) == [["f"], ["3"]]
