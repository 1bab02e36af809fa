"""Reads job shop instances in the two text formats that are in use.

*OR-Library* (also of the dmu instances): a line ``jobs machines``, then for each job a line with
a machine, counted from 0, and a time for each of its operations. *Taillard*: a line of numbers
that begins with jobs and machines, the word ``Times`` and a line of times per job, the word
``Machines`` and a line of machines, counted from 1, per job. Blank lines, lines that begin with
``#`` or with nothing but plus signs, and all lines in front of the first number are skipped.
"""

import re
from typing import Final, NamedTuple

from fescue.utils.errors import InstanceError

#: no instance has more jobs or machines: more are refused before memory is asked for
MOST: Final = 10_000
#: no operation takes longer, so that sums of times are exact
LONGEST: Final = 10 ** 9

_MOST_DIGITS: Final = 18
_TOKEN: Final = re.compile(r"\S+")
_COMMENT: Final = re.compile(r"#|\++$")
_NUMERIC: Final = re.compile(r"[-+]?\d[\d.e+-]*$", re.IGNORECASE)


class _Token(NamedTuple):
    column: int
    text: str


class _Reader:
    """Goes through the lines of a text; ``tokens`` are those of the next one, none at the end."""

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        # no splitlines(), which ends a line at characters that no editor counts
        self._lines = enumerate(text.split("\n"), 1)
        self.advance()

    def advance(self) -> None:
        """Go to the next line that is neither blank nor a comment."""
        for number, line in self._lines:
            self.tokens = [_Token(match.start() + 1, match[0]) for match in _TOKEN.finditer(line)]
            self._number, self._end = number, len(line.rstrip()) + 1
            if self.tokens and not _COMMENT.match(self.tokens[0].text):
                return
        self.tokens = []

    def fail(self, expected: str, token: _Token | None = None) -> InstanceError:
        """Return the error at a token, ``None`` for the end of the line."""
        column = self._end if token is None else token.column
        found = (repr(token.text[:20]) if token else
                 "the end of the line" if self.tokens else "the end of the text")
        return InstanceError(f"{self._source}, line {self._number}, column {column}: "
                             f"expected {expected}, but found {found}.")

    def number(self, token: _Token, low: int, high: int, what: str) -> int:
        text = token.text
        if (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
                and low <= int(text) <= high):
            return int(text)
        raise self.fail(f"{what} in {low}..{high}", token)

    def row(self, n: int, what: str) -> list[_Token]:
        """Return the ``n`` tokens of the line."""
        if len(self.tokens) > n:
            raise self.fail(f"the line to end after {n} numbers ({what})", self.tokens[n])
        if len(self.tokens) < n:
            raise self.fail(f"{n} numbers in this line ({what})")
        return self.tokens

    def times(self, tokens: list[_Token]) -> list[int]:
        return [self.number(token, 0, LONGEST, "a time") for token in tokens]

    def machines(self, tokens: list[_Token], first: int) -> list[int]:
        """Return the machines that a job visits, counted from 0 instead of ``first``."""
        order: dict[int, None] = {}
        for token in tokens:
            machine = self.number(token, first, first + len(tokens) - 1, "a machine")
            if machine in order:
                raise self.fail("a machine that the job has not visited yet", token)
            order[machine] = None
        return [machine - first for machine in order]

    def header(self) -> tuple[int, int, int]:
        """Return jobs, machines and how many numbers the line has in which they stand."""
        while self.tokens and not _NUMERIC.match(self.tokens[0].text):
            self.advance()
        if len(self.tokens) < 2:
            raise self.fail("a line that begins with the numbers of jobs and machines")
        jobs, machines, *others = self.tokens
        size = (self.number(jobs, 1, MOST, "the number of jobs"),
                self.number(machines, 1, MOST, "the number of machines"))
        for token in others:
            self.number(token, 0, 10 ** _MOST_DIGITS, "a whole number")
        count = len(self.tokens)
        self.advance()
        return *size, count

    def is_at(self, word: str) -> bool:
        """Return whether the line consists of ``word``."""
        return [token.text.lower() for token in self.tokens] == [word.lower()]

    def skip(self, word: str) -> None:
        """Skip the line that consists of ``word``."""
        if not self.is_at(word):
            raise self.fail(f"the line {word!r}", self.tokens[0] if self.tokens else None)
        self.advance()


def parse_instance(text: str, source: str) -> list[list[tuple[int, int]]]:
    r"""Return, for each job, its operations as pairs of machine, from 0, and time.

    Args:
        text: the text in one of the two formats
        source: what errors call it

    Raises:
        InstanceError: if the text is in neither format; source, line and column are named

    >>> parse_instance("2 1\n0 5\n0 7", "or-library")
    [[(0, 5)], [(0, 7)]]
    >>> parse_instance("1 2\nTimes\n5 7\nMachines\n2 1", "taillard")
    [[(1, 5), (0, 7)]]
    """
    reader = _Reader(text, source)
    jobs, machines, count = reader.header()
    result = []
    if count == 2 and not reader.is_at("Times"):
        for _ in range(jobs):
            row = reader.row(2 * machines, f"machine and time of {machines} operations")
            result.append(list(zip(reader.machines(row[::2], 0), reader.times(row[1::2]),
                                   strict=True)))
            reader.advance()
    else:
        reader.skip("Times")
        times = []
        for _ in range(jobs):
            times.append(reader.times(reader.row(machines, f"times of {machines} operations")))
            reader.advance()
        reader.skip("Machines")
        for row_of_times in times:
            order = reader.machines(reader.row(machines, f"{machines} machines"), 1)
            result.append(list(zip(order, row_of_times, strict=True)))
            reader.advance()
    if reader.tokens:
        raise reader.fail("the end of the text", reader.tokens[0])
    return result
