"""Reads job shop instances in the two text formats that are in use.

*OR-Library* (also of the dmu instances): a line ``jobs machines``, then for each job a line with
a machine, counted from 0, and a time for each of its operations. *Taillard*: a line of numbers
that begins with jobs and machines, the word ``Times`` and a line of times per job, the word
``Machines`` and a line of machines, counted from 1, per job. Lines without a number in front,
blank ones and those that begin with ``#`` or ``+`` are skipped where no number is expected.
"""

import re
from collections.abc import Iterator

from fescue.utils.errors import InstanceError

#: no more jobs or machines than this, no times above it: refused before memory is asked for
_MOST = 10_000
_LONGEST = 10 ** 9

_TOKEN = re.compile(r"\S+")
#: a line: its number, and its tokens with their columns
_Line = tuple[int, list[tuple[int, str]]]


class _Reader:
    """Goes through the lines of a text."""

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        self._lines: Iterator[_Line] = (
            (number, [(match.start() + 1, match[0]) for match in _TOKEN.finditer(line)])
            for number, line in enumerate(text.splitlines(), 1))
        self._number = 0

    def fail(self, column: int, what: str) -> InstanceError:
        return InstanceError(f"{self._source}, line {self._number}, column {column}: {what}.")

    def tokens(self) -> list[tuple[int, str]]:
        """Return the next line that is neither blank nor a comment; empty at the end."""
        for number, tokens in self._lines:
            self._number = number
            if tokens and tokens[0][1][0] not in "#+":
                return tokens
        return []

    def header(self) -> list[int]:
        """Return the numbers of the first line that begins with one."""
        while tokens := self.tokens():
            if tokens[0][1].isdigit():
                return [self._int(column, token, _LONGEST ** 2) for column, token in tokens]
        raise self.fail(1, "the text has no line 'jobs machines'")

    def skip_to(self, word: str) -> None:
        """Skip the line that consists of ``word``."""
        tokens = self.tokens()
        if [token.lower() for _, token in tokens] != [word]:
            column = tokens[0][0] if tokens else 1
            raise self.fail(column, f"expected the line {word.capitalize()!r}")

    def row(self, n: int, limit: int, what: str) -> list[int]:
        """Return the ``n`` numbers of the next line, each in ``0..limit``."""
        tokens = self.tokens()
        if not tokens:
            raise self.fail(1, f"the text ends where {n} numbers ({what}) were expected")
        if len(tokens) != n:
            column = tokens[min(n, len(tokens) - 1)][0]
            raise self.fail(column, f"expected {n} numbers ({what}), but found {len(tokens)}")
        return [self._int(column, token, limit) for column, token in tokens]

    def end(self) -> None:
        """Check that nothing follows."""
        tokens = self.tokens()
        if tokens:
            raise self.fail(tokens[0][0], f"expected the end, but found {tokens[0][1][:20]!r}")

    def _int(self, column: int, token: str, limit: int) -> int:
        if not (token.isascii() and token.isdigit() and len(token) < 20 and int(token) <= limit):
            raise self.fail(
                column, f"expected a whole number in 0..{limit}, but found {token[:20]!r}")
        return int(token)


def parse_instance(text: str, source: str) -> list[list[tuple[int, int]]]:
    """Return, for each job, its operations as pairs of machine, from 0, and time.

    Args:
        text: the text in one of the two formats
        source: what errors call it

    Raises:
        InstanceError: if the text is in neither format; source, line and column are named
    """
    reader = _Reader(text, source)
    numbers = reader.header()
    if len(numbers) < 2 or not all(1 <= n <= _MOST for n in numbers[:2]):
        raise reader.fail(1, f"expected jobs and machines, each in 1..{_MOST}")
    jobs, machines = numbers[:2]
    if len(numbers) == 2 and "times" not in text.lower():
        rows = [reader.row(2 * machines, _LONGEST, f"machine and time {machines} times")
                for _ in range(jobs)]
        result = [list(zip(row[::2], row[1::2], strict=True)) for row in rows]
    else:
        reader.skip_to("times")
        times = [reader.row(machines, _LONGEST, "times") for _ in range(jobs)]
        reader.skip_to("machines")
        result = []
        for row in times:
            order = reader.row(machines, machines, "machines")
            if 0 in order:
                raise reader.fail(1, "machine 0, but machines are counted from 1 here")
            result.append([(m - 1, t) for m, t in zip(order, row, strict=True)])
    reader.end()
    return result
