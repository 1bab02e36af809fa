"""Runs awaitables, some at a time: all of them, or none goes on after one has failed."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from fescue.utils.errors import ExecutionError
from fescue.utils.types import check_int_range, type_error

T = TypeVar("T")


class TaskExecutor:
    """Runs awaitables and functions with limits of number and time.

    Whatever goes wrong, an :class:`~fescue.utils.errors.ExecutionError` says what, with the
    original exception as its cause. It can be used with ``async with`` and without, several times,
    also nested; the last exit cancels what is still running and waits for that.
    """

    def __init__(self) -> None:
        """Create it; threads are started when they are needed."""
        self._depth = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._threads: ThreadPoolExecutor | None = None

    async def __aenter__(self) -> Self:
        """Enter; may be nested."""
        self._depth += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave; the outermost exit leaves nothing behind that runs."""
        self._depth -= 1
        if self._depth > 0:
            return
        current = asyncio.current_task()
        left = [task for task in self._tasks if task is not current]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def gather(self, *awaitables: Awaitable[Any], limit: int | None = None) -> list[Any]:
        """Run awaitables and return their results, in the order in which they are given.

        If one fails, the others are cancelled before the error is raised.

        Args:
            awaitables: what is to be run
            limit: how many at a time, at least 1; ``None`` for all

        Raises:
            TypeError: if ``limit`` is no integer or something is not awaitable
            ValueError: if ``limit`` is less than 1
            ExecutionError: if one has failed, or was cancelled by somebody else
        """
        with _discarding(awaitables):
            if limit is not None:
                check_int_range(limit, "limit", 1)
            for awaitable in awaitables:
                _check(awaitable)
        results: list[Any] = [None] * len(awaitables)
        queue = iter(enumerate(awaitables))
        workers = min(len(awaitables), limit or len(awaitables))
        tasks = [self._start(_work(queue, results)) for _ in range(workers)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION) if tasks else (
                set(), set())
            for task in done:
                if not task.cancelled() and task.exception() is not None:
                    raise task.exception()  # type: ignore[misc]
            if any(task.cancelled() for task in done):
                raise ExecutionError("Tasks were cancelled.")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            _discard(awaitable for _, awaitable in queue)
        return results

    async def map(self, function: Callable[[Any], Any], items: Iterable[Any],
                  limit: int | None = None) -> list[Any]:
        """Apply a function to items and return the results in their order.

        Args:
            function: an ``async`` function, or one that is run in threads
            items: its arguments
            limit: how many at a time, at least 1; ``None`` for all

        Raises:
            ExecutionError: see :meth:`gather`
        """
        if inspect.iscoroutinefunction(function):
            return await self.gather(*(function(item) for item in items), limit=limit)
        return await self.gather(
            *(self.run_in_thread(function, item) for item in items), limit=limit)

    async def run(self, awaitable: Awaitable[T], timeout: float | None = None) -> T:
        """Run an awaitable, for a time at most.

        Args:
            awaitable: what is to be run
            timeout: the seconds after which it is cancelled, above 0; ``None`` for no limit

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``timeout`` is not above 0
            ExecutionError: if it fails, or takes too long
        """
        with _discarding([awaitable]):
            if isinstance(timeout, bool) or not isinstance(timeout, int | float | None):
                raise type_error(timeout, "timeout", (int, float))
            if timeout is not None and not timeout > 0:
                raise ValueError(f"timeout={timeout} is invalid, must be above 0.")
        clock = asyncio.timeout(timeout)
        try:
            async with clock:
                return (await self.gather(awaitable))[0]  # type: ignore[no-any-return]
        except TimeoutError as error:
            # an error of its own is an ExecutionError already
            raise ExecutionError(f"A task has taken more than {timeout} seconds.") from error

    async def run_in_thread(self, function: Callable[..., T], *args: Any) -> T:
        """Call a function in a thread and return its result.

        Args:
            function: what is called; it cannot be stopped, but is no longer waited for if the
                caller is cancelled
            args: its arguments

        Raises:
            TypeError: if it is not callable
            Exception: what it raises
        """
        if not callable(function):
            raise type_error(function, "function", Callable, call=True)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(thread_name_prefix="fescue-task")
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)

    def _start(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task  # type: ignore[no-any-return]


async def _work(queue: Iterator[tuple[int, Awaitable[Any]]], results: list[Any]) -> None:
    """Run one awaitable after the other."""
    for i, awaitable in queue:
        try:
            results[i] = await awaitable
        except asyncio.CancelledError as error:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise ExecutionError(f"Task {i} was cancelled.") from error
        except Exception as error:
            raise ExecutionError(f"Task {i} has failed: {type(error).__name__}: {error}") from error


def _check(awaitable: Any) -> None:
    if not inspect.isawaitable(awaitable):
        raise type_error(awaitable, "an element of awaitables", Awaitable)


@contextmanager
def _discarding(awaitables: Iterable[Any]) -> Iterator[None]:
    """Let go of awaitables if there is an error."""
    try:
        yield
    except BaseException:
        _discard(awaitables)
        raise


def _discard(awaitables: Iterable[Any]) -> None:
    """Let go of what will not be run."""
    for awaitable in awaitables:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
        elif isinstance(awaitable, asyncio.Future):
            awaitable.cancel()
