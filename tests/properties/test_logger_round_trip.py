"""Whatever is written reads back the same, and whatever is read never breaks the reader."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fescue.evaluation.log_reader import read_log
from fescue.utils.errors import LogFileError
from fescue.utils.logger import FileLogger, InMemoryLogger
from fescue.utils.naming import sanitize_name, str_to_num
from fescue.utils.sections import parse_csv, parse_key_values, parse_sections, parse_text

QUICK = settings(derandomize=True, deadline=None, max_examples=200)
#: what a line could be mistaken for or broken by
PIECES = ("BEGIN_", "END_", "BEGIN_A", "END_A", "#", ": ", ":", ";", '"', "\\", "\\u", "\\u0023",
          "\\u005c", "\\\\", "\n", "\r", "\r\n", "\t", " ", "\x00", "\x0b", "\x0c", "\x1c", "\x1e",
          "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\u3000", "\ufeff", "\ud800", "\udfff",
          "\udc80", "\U0001f600", "null", "[1]", "'", "a", "0023", "u")
ANY_CHAR = st.characters(exclude_categories=())
HOSTILE = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join), st.text(ANY_CHAR, max_size=20),
    st.lists(st.sampled_from(PIECES) | st.text(ANY_CHAR, max_size=3), max_size=6).map("".join))
#: a high and a low surrogate, which a text encoder could take for one character
PAIR = "\ud83d\ude00"


def _read(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="\n") as lines:
        return parse_sections(lines)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs") / "log.txt"


@QUICK
@given(st.lists(HOSTILE, min_size=1, max_size=4))
@example([" " + PIECES[0]])
@example(["x" * 1_000_000 + "#" + "\\" * 1_000_000])
@example([PAIR, "", "\n", "\\u0041", "\\\\u0041#"])
def test_raw_text(path: Path, texts: list[str]) -> None:
    with FileLogger(path) as logger:
        with logger.text("A") as section:
            for text in texts:
                section.write(text)
        with logger.text("END_A") as section:
            section.write("after")
    sections = _read(path)
    assert parse_text(sections["A"]) == "\n".join(texts)
    assert parse_text(sections["END_A"]) == "after"
    # a reader that ends lines at every character that can be taken for one sees the same
    assert parse_sections(path.read_text("utf-8").splitlines()) == sections


@QUICK
@given(st.lists(HOSTILE, min_size=1, max_size=4))
@example(['"' * 500_000 + ": " * 500_000])
@example(["", " ", ": ", "# ", "\t", '"', '"x"', '"\\u0023"'])
def test_values_of_keys(path: Path, values: list[str]) -> None:
    with FileLogger(path) as logger, logger.key_values("A") as section:
        for i, value in enumerate(values):
            with section.scope(f"s{i}") as scope:
                scope.key_value("name", value)
    sections = _read(path)
    assert list(parse_key_values(sections["A"]).values()) == values
    assert len(sections["A"]) == len(values)
    assert parse_sections(path.read_text("utf-8").splitlines()) == sections


@QUICK
@given(HOSTILE, HOSTILE)
@example("END_A", "")
@example("BEGIN_A", "BEGIN_B")
def test_keys(key: str, scope: str) -> None:
    """A key is refused, or it reads back as it was made fit for files."""
    expected = {}
    with InMemoryLogger() as logger:
        with logger.key_values("A") as section:
            for prefix in ("", scope):
                try:
                    part = section.scope(prefix) if prefix else section
                    part.key_value(key, prefix)
                except ValueError:
                    continue
                name = sanitize_name(key)
                expected[f"{sanitize_name(prefix)}.{name}" if prefix else name] = prefix
        log = logger.get_log()
    assert parse_key_values(parse_sections(log)["A"]) == expected


@QUICK
@given(HOSTILE, HOSTILE)
def test_comments_are_never_read(comment: str, text: str) -> None:
    with InMemoryLogger() as logger:
        with logger.text("A") as section:
            section.comment(comment)
            section.write(text)
            section.comment(comment)
        with logger.key_values("B") as keys:
            keys.comment(comment)
            keys.key_value("k", text)
        log = logger.get_log()
    assert len(log) == len("\n".join(log).splitlines()) or "" in log
    sections = parse_sections(log)
    assert parse_text(sections["A"]) == text
    assert parse_key_values(sections["B"])["k"] == text


@QUICK
@given(st.lists(st.tuples(st.integers(), st.floats(allow_nan=False), st.booleans()), max_size=5))
def test_numbers(path: Path, rows: list[Any]) -> None:
    with FileLogger(path) as logger:
        with logger.csv("A", ["i", "x", "b"]) as table:
            for row in rows:
                table.row(row)
        with logger.key_values("B") as section:
            for i, (number, real, _) in enumerate(rows):
                section.key_value(f"i{i}", number, also_hex=True)
                section.key_value(f"x{i}", real)
    sections = _read(path)
    header, *cells = parse_csv(sections["A"])
    assert header == ["i", "x", "b"]
    assert [(str_to_num(i), str_to_num(x), b == "T") for i, x, b in cells] == rows
    pairs = parse_key_values(sections["B"])
    for i, (number, real, _) in enumerate(rows):
        assert int(pairs[f"i{i}"]) == int(pairs[f"i{i}(hex)"], 16) == number
        assert str_to_num(pairs[f"x{i}"]) == real
        assert float.fromhex(pairs.get(f"x{i}(hex)", real.hex())) == real


@QUICK
@given(st.lists(HOSTILE, max_size=6))
@example(["BEGIN_A", '"\\ud800": ', "END_A"])
@example(["BEGIN_A", 'k: "' + "[" * 100_000, "END_A"])
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    for parse in (parse_sections, parse_key_values, parse_csv):
        with suppress(LogFileError):
            parse(lines)
    assert isinstance(parse_text(lines), str)


#: pieces of logs, so that random files get beyond the first check
BYTES = (b"BEGIN_STATE\n", b"END_STATE\n", b"BEGIN_SETUP\n", b"END_SETUP\n", b"BEGIN_PROGRESS\n",
         b"END_PROGRESS\n", b"BEGIN_RESULT_Y\n", b"END_RESULT_Y\n", b"totalFEs: 1\n", b"\xff",
         b"totalTimeMillis: 2\n", b"bestF: 3\n", b"bestF: nan\n", b"totalFEs: 1e999\n", b"\x00",
         b"lastImprovementFE: x\n", b"a: b: c\n", b"fes;timeMS;f\n", b"1;2;3\n", b"1;2\n",
         b"1;x;3\n", b"\xed\xa0\x80", b"bestF: 1e999\n", b"k: \"\\ud800\"\n", b"\r\n", b"#", b";",
         b"1;2;" + b"9" * 5000 + b"\n", b"totalFEs: " + b"9" * 5000 + b"\n")
STATE = b"BEGIN_STATE\ntotalFEs: 1\ntotalTimeMillis: 2\nEND_STATE\nBEGIN_SETUP\nEND_SETUP\n"


@QUICK
@given(st.one_of(
    st.binary(max_size=200), st.lists(st.sampled_from(BYTES), max_size=12).map(b"".join),
    st.lists(st.sampled_from(BYTES), max_size=5).map(
        lambda pieces: b"BEGIN_STATE\ntotalFEs: 1\ntotalTimeMillis: 2\n" + b"".join(pieces)
        + b"END_STATE\nBEGIN_SETUP\nEND_SETUP\n"),
    st.lists(st.sampled_from(BYTES), max_size=5).map(
        lambda pieces: STATE + b"BEGIN_PROGRESS\n" + b"".join(pieces) + b"END_PROGRESS\n")))
@example(STATE)
@example(b"")
def test_any_file_is_read_or_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with suppress(LogFileError):
        assert {"STATE", "SETUP"} <= set(read_log(path).sections)
