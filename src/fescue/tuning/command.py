"""Any command as an objective: it is started with parameters put in, and measured."""

import asyncio
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from statistics import median
from typing import IO, Any, Final

from fescue.utils.types import check_int_range

#: what can be measured besides a number in the output
MEASURES: Final = ("time", "cpu", "memory")
#: only so many bytes at the end of the output are searched
_TAIL: Final = 1 << 20


class Command:
    """An objective that starts a program and returns what it costs.

    The program gets no input and a group of processes of its own, all of which are killed when a
    trial is given up. A program that fails makes the trial fail.
    """

    def __init__(self, words: Iterable[str], names: Iterable[str], measure: str = "time",
                 repeats: int = 1) -> None:
        """Create it.

        Args:
            words: the program and its arguments; ``{name}`` stands for the value of a parameter
            names: those of the parameters
            measure: ``"time"`` (seconds), ``"cpu"`` (seconds, children included), ``"memory"``
                (the most bytes in main memory) or a regular expression, whose first group is a
                number in the output; the last match counts
            repeats: how often the program is started; the median counts

        Raises:
            ValueError: if there are no words, one has a name that is no parameter's, a parameter
                does not occur, or the expression is none or has no group
        """
        self._words = list(words)
        if not self._words:
            raise ValueError("There is no command.")
        known = set(names)
        used = {name for word in self._words for name in re.findall(r"\{(\w+)\}", word)}
        for name in sorted(used - known):
            raise ValueError(f"{{{name}}} in the command is no parameter, which are "
                             f"{', '.join(sorted(known))}.")
        for name in sorted(known - used):
            raise ValueError(f"The parameter {name} does not occur in the command as {{{name}}}.")
        self._measure = measure
        self._expression: re.Pattern[str] | None = None
        if measure not in MEASURES:
            try:
                self._expression = re.compile(measure)
            except re.error as error:
                raise ValueError(f"measure={measure!r} is none of {', '.join(MEASURES)} and no "
                                 f"regular expression: {error}.") from error
            if self._expression.groups < 1:
                raise ValueError(f"measure={measure!r} is none of {', '.join(MEASURES)} and has no "
                                 "group, as in 'score: ([0-9.]+)'.")
        self._repeats = check_int_range(repeats, "repeats", 1, 10 ** 6)
        self._threads = ThreadPoolExecutor(1024, thread_name_prefix="fescue-command")
        self.__name__ = os.path.basename(self._words[0])

    def filled(self, params: Mapping[str, Any]) -> list[str]:
        """Return the words with the values of parameters, without those whose one is not there."""
        used = [word for word in self._words
                if all(name in params for name in re.findall(r"\{(\w+)\}", word))]
        return [re.sub(r"\{(\w+)\}", lambda match: str(params[match[1]]), word) for word in used]

    def line(self, params: Mapping[str, Any]) -> str:
        """Return a line for a shell that starts the program with these parameters."""
        return shlex.join(self.filled(params))

    async def __call__(self, params: Mapping[str, Any]) -> float:
        """Start the program and return what it costs.

        Raises:
            RuntimeError: if it cannot be started, fails, or its output has no such number
        """
        return median([await self._once(self.filled(params)) for _ in range(self._repeats)])

    async def _once(self, words: list[str]) -> float:
        with tempfile.TemporaryFile() as output:
            start = time.perf_counter()
            try:
                process = subprocess.Popen(  # noqa: S603 - this is what was asked for
                    words, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    start_new_session=True)
            except OSError as error:
                raise RuntimeError(f"{words[0]} cannot be started: {error.strerror}") from error
            end = asyncio.get_running_loop().run_in_executor(
                self._threads, os.wait4, process.pid, 0)
            try:
                _, status, usage = await asyncio.shield(end)
            except asyncio.CancelledError:
                _kill(process.pid)
                _, status, _ = await end
                process.returncode = os.waitstatus_to_exitcode(status)
                raise
            seconds = time.perf_counter() - start
            process.returncode = code = os.waitstatus_to_exitcode(status)
            text = _tail(output)
            if code != 0:
                last = text.strip().rpartition("\n")[2]
                raise RuntimeError(f"exit code {code}: {last[-200:]}")
            if self._expression is not None:
                return self._found(text)
            # Linux counts the memory in kilobytes, macOS in bytes
            unit = 1 if sys.platform == "darwin" else 1024
            return {"time": seconds, "cpu": usage.ru_utime + usage.ru_stime,
                    "memory": float(usage.ru_maxrss * unit)}[self._measure]

    def _found(self, text: str) -> float:
        matches = list(self._expression.finditer(text))  # type: ignore[union-attr]
        if not matches:
            raise RuntimeError(f"the output has nothing like {self._measure!r}")
        number = matches[-1][1]
        try:
            return float(number)
        except (TypeError, ValueError) as error:
            raise RuntimeError(f"{number!r} in the output is no number") from error


def _kill(pid: int) -> None:
    """Kill a group of processes."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _tail(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    return file.read().decode("utf-8", "replace")
