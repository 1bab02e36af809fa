"""The resource monitor: figures that can be true, callers that do not disturb each other."""

import asyncio
import logging
import time
from typing import Any

import psutil
import pytest

from fescue.tuning import ResourceMonitor, SystemStats
from fescue.tuning.monitor import _sample


def test_figures() -> None:
    stats = asyncio.run(ResourceMonitor().get_current_stats())
    assert 0 <= stats.cpu.percent <= 100
    assert stats.cpu.count == psutil.cpu_count()
    assert stats.memory.total == psutil.virtual_memory().total
    assert 0 < stats.memory.used < stats.memory.total
    assert stats.memory.used + stats.memory.available == stats.memory.total
    assert min(stats.io.read, stats.io.written, stats.io.received, stats.io.sent) >= 0
    assert stats.seconds >= 0.05


def _faked(monkeypatch: pytest.MonkeyPatch, counters: list[tuple[float, ...]]) -> None:
    """Let the machine have had these times: moment, user, idle, iowait, guest; bytes read."""
    it = iter(counters)
    state: dict[str, tuple[float, ...]] = {}

    def moment() -> float:
        state["now"] = next(it, state.get("now", (0.0,) * 6))
        return state["now"][0]

    def cpu_times() -> Any:
        class Times:
            def _asdict(self) -> dict[str, float]:
                moment()
                return dict(zip(("user", "idle", "iowait", "guest"), state["now"][1:5],
                                strict=True))

        return Times()

    monkeypatch.setattr(psutil, "cpu_times", cpu_times)
    monkeypatch.setattr(time, "monotonic", lambda: state["now"][0])
    monkeypatch.setattr(psutil, "net_io_counters", lambda: None)

    class Disk:
        write_bytes = 0

        @property
        def read_bytes(self) -> float:
            return state["now"][5]

    monkeypatch.setattr(psutil, "disk_io_counters", Disk)


def test_shares_and_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    _faked(monkeypatch, [(0, 0, 0, 0, 0, 100), (1, 0.5, 1, 0.5, 0.5, 1100),
                         (2, 1.5, 2, 0.5, 1.5, 1100)])
    monitor = ResourceMonitor()
    first, second = monitor._measure(), monitor._measure()
    # waiting is idle, guests are counted once
    assert first.cpu.percent == pytest.approx(25)
    assert first.io.read == 1000
    assert second.cpu.percent == pytest.approx(50)
    assert second.io.read == 0
    assert second.io.received == 0


def test_callers_do_not_reset_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    _faked(monkeypatch, [(t / 10, t / 40, t * 3 / 40, 0, 0, 100 * t) for t in range(60)])
    monitor = ResourceMonitor()
    found = [monitor._measure() for _ in range(50)]
    for stats in found[12:]:
        assert 1 <= stats.seconds < 1.3
        assert stats.cpu.percent == pytest.approx(25)
        assert stats.io.read == pytest.approx(1000)


def test_background_and_alerts(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[SystemStats] = []
    slow: list[int] = []

    async def wait_forever(stats: SystemStats) -> None:
        slow.append(1)
        await asyncio.sleep(1000)

    async def main() -> None:
        async with ResourceMonitor(0.05, history=3) as monitor:
            monitor.add_threshold("memory", 0.0, seen.append)
            monitor.add_threshold("memory", 100.0, lambda stats: pytest.fail("not exceeded"))
            monitor.add_threshold("memory", 0.0, wait_forever)
            monitor.add_threshold("memory", 0.0, lambda stats: 1 // 0)
            await monitor.start()  # it has been started
            while len(seen) < 5:
                await asyncio.sleep(0.01)
            assert len(monitor.history) == 3
        await monitor.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with caplog.at_level(logging.ERROR):
        asyncio.run(main())
    assert len(slow) >= 3
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(("call", "error"), [
    (lambda: ResourceMonitor(0.0), ValueError), (lambda: ResourceMonitor("1"), TypeError),
    (lambda: ResourceMonitor(history=0), ValueError),
    (lambda: ResourceMonitor().add_threshold("disk", 1, print), ValueError),
    (lambda: ResourceMonitor().add_threshold("cpu", float("nan"), print), ValueError),
    (lambda: ResourceMonitor().add_threshold("cpu", "1", print), TypeError),
    (lambda: ResourceMonitor().add_threshold("cpu", 1, 3), TypeError)])
def test_wrong_arguments(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_a_sample_is_taken_anywhere() -> None:
    assert _sample().total > 0
