"""The task executor: limits, order, and nothing that goes on after a failure."""

import asyncio
import threading
from typing import Any

import pytest

from fescue.tuning import TaskExecutor
from fescue.utils.errors import ExecutionError


class Meter:
    """Counts what is running."""

    def __init__(self) -> None:
        self.running = self.most = self.ended = self.cancelled = 0

    async def work(self, i: int, turns: int = 3) -> int:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for _ in range(turns):
                await asyncio.sleep(0)
            self.ended += 1
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        return i * i


async def _fail(error: BaseException, turns: int = 1) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
    raise error


@pytest.mark.parametrize("limit", [None, 1, 2, 7, 50])
def test_results_are_in_order(limit: int | None) -> None:
    async def main() -> tuple[list[Any], Meter]:
        meter = Meter()
        tasks = [meter.work(i, 10 - i) for i in range(10)]
        return await TaskExecutor().gather(*tasks, limit=limit), meter

    results, meter = asyncio.run(main())
    assert results == [i * i for i in range(10)]
    assert meter.most <= (limit or 10)
    assert meter.most >= min(limit or 10, 10)


@pytest.mark.parametrize("limit", [None, 1, 3])
@pytest.mark.parametrize("error", [
    ValueError("bad"), TimeoutError("its own"), asyncio.CancelledError()], ids=repr)
def test_a_failure_ends_the_others(limit: int | None, error: BaseException) -> None:
    async def main() -> Meter:
        meter = Meter()
        with pytest.raises(ExecutionError, match="Task 1 ") as caught:
            await TaskExecutor().gather(meter.work(0, 1), _fail(error), *(
                meter.work(i, 1000) for i in range(5)), limit=limit)
        assert type(caught.value.__cause__) is type(error)
        assert meter.running == 0
        return meter

    meter = asyncio.run(main())
    assert meter.ended <= 1


def test_map_and_threads() -> None:
    async def double(i: int) -> int:
        await asyncio.sleep(0)
        return 2 * i

    async def main() -> None:
        async with TaskExecutor() as executor:
            assert await executor.map(double, range(5), limit=2) == [0, 2, 4, 6, 8]
            names = set(await executor.map(lambda _: threading.current_thread().name, range(9)))
            assert threading.current_thread().name not in names
            with pytest.raises(ExecutionError, match="ZeroDivisionError"):
                await executor.map(lambda i: 1 // i, [2, 0])
            assert await executor.gather() == []

    asyncio.run(main())


def test_time_limit() -> None:
    async def main() -> None:
        executor, meter = TaskExecutor(), Meter()
        assert await executor.run(meter.work(3)) == 9
        assert await executor.run(meter.work(3), timeout=60) == 9
        with pytest.raises(ExecutionError, match=r"more than 0\.02 seconds"):
            await executor.run(meter.work(3, 10 ** 9), timeout=0.02)
        assert meter.cancelled == 1
        with pytest.raises(ExecutionError, match="TimeoutError: mine"):
            await executor.run(_fail(TimeoutError("mine")), timeout=60)

    asyncio.run(main())


def test_it_is_entered_again_and_again() -> None:
    async def main() -> None:
        executor, meter = TaskExecutor(), Meter()
        for _ in range(3):
            async with executor, executor:
                assert await executor.gather(meter.work(1), limit=1) == [1]
                assert await executor.run_in_thread(abs, -3) == 3
        async with executor:
            left = asyncio.ensure_future(executor.gather(meter.work(1, 10 ** 9)))
            await asyncio.sleep(0.01)
        assert meter.running == 0
        with pytest.raises(ExecutionError, match="cancelled"):
            await left

    asyncio.run(main())


def test_who_is_cancelled_cancels_all() -> None:
    async def main() -> None:
        executor, meter = TaskExecutor(), Meter()
        task = asyncio.ensure_future(executor.gather(*(meter.work(i, 10 ** 9) for i in range(4)),
                                                     limit=2))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (meter.running, meter.cancelled) == (0, 2)

    asyncio.run(main())


@pytest.mark.parametrize(("call", "error"), [
    (lambda e: e.gather(_fail(ValueError()), limit=0), ValueError),
    (lambda e: e.gather(_fail(ValueError()), limit="2"), TypeError),
    (lambda e: e.gather(_fail(ValueError()), 3), TypeError),
    (lambda e: e.run(_fail(ValueError()), timeout=0), ValueError),
    (lambda e: e.run(_fail(ValueError()), timeout="1"), TypeError),
    (lambda e: e.run_in_thread(3), TypeError)])
def test_wrong_arguments(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        asyncio.run(call(TaskExecutor()))
