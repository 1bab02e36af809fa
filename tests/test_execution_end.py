"""The end of a run: budget, goal, time, somebody's word; and what is possible after it."""

import threading
import time
from math import inf
from pathlib import Path
from typing import Any

import pytest

from fescue._engine.clock import Clock
from run_parts import Values, scan, setup, state

UNKNOWN = ("get_best_f", "get_last_improvement_fe", "get_last_improvement_time_millis")


def test_before_the_first_fe() -> None:
    def solve(process: Any) -> None:
        assert process.get_consumed_fes() == 0
        assert process.has_best() is False
        assert process.should_terminate() is False
        for name in UNKNOWN:
            with pytest.raises(ValueError):
                getattr(process, name)()
        for name in ("get_copy_of_best_x", "get_copy_of_best_y"):
            x = [5]
            with pytest.raises(ValueError):
                getattr(process, name)(x)
            assert x == [5]
        scan(process)
        assert process.has_best() is True

    with setup([1], solve, max_fes=1).execute():
        pass


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("use", ["evaluate", "register"])
def test_after_the_end(use: str, encoded: bool) -> None:
    objective = Values([5, 4, 3])

    def call(process: Any, i: int) -> Any:
        i = 2 * i if encoded else i
        return process.evaluate([i]) if use == "evaluate" else process.register([i], 5 - i)

    def solve(process: Any) -> None:
        process.evaluate([0])
        process.evaluate([0])
        calls = objective.calls
        for _ in range(2):
            assert call(process, 2) in (inf, None)
        assert process.get_consumed_fes() == 2
        assert process.get_best_f() == 5
        assert process.should_terminate()
        with pytest.raises(ValueError):
            call(process, 2)
        assert objective.calls == calls
        assert process.get_consumed_fes() == 2

    with setup(objective, solve, encoded=encoded, max_fes=2).execute() as process:
        assert process.get_best_f() == 5


def test_evaluate_after_the_end_is_infinite() -> None:
    def solve(process: Any) -> None:
        process.evaluate([0])
        assert process.evaluate([1]) == inf
        process.terminate()
        assert process.evaluate([1]) == inf
        process.terminate()
        assert process.should_terminate()
        with pytest.raises(ValueError):
            process.evaluate([1])

    with setup([5, 4], solve, max_fes=1).execute() as process:
        assert process.get_best_f() == 5


def test_terminate_at_once() -> None:
    objective = Values([1])

    def solve(process: Any) -> None:
        process.terminate()
        assert process.evaluate([0]) == inf
        assert process.should_terminate()
        with pytest.raises(ValueError):
            process.evaluate([0])

    with pytest.raises(ValueError):  # no FE was performed
        setup(objective, solve).execute()
    assert objective.calls == 0


def test_goal_is_reached_only_by_an_evaluation_that_is_good_enough() -> None:
    def solve(process: Any) -> None:
        for i, end in enumerate((False, False, True)):
            process.evaluate([i])
            assert process.should_terminate() is end

    with setup([5, 3, 2], solve).set_goal_f(2.5).execute() as process:
        assert process.get_consumed_fes() == 3


def test_leaving_the_context_ends_the_run() -> None:
    with setup([2, 1], lambda p: p.evaluate([0])).execute() as process:
        assert process.should_terminate() is False
    assert process.should_terminate()
    assert process.get_best_f() == 2


def test_terminate_from_another_thread() -> None:
    started, ended = threading.Event(), threading.Event()

    def solve(process: Any) -> None:
        def stop() -> None:
            started.wait(30)
            for _ in range(3):
                process.terminate()
            ended.set()

        thread = threading.Thread(target=stop)
        thread.start()
        assert not process.should_terminate()
        process.evaluate([0])
        started.set()
        assert ended.wait(30)
        # between the check and the evaluation
        assert process.evaluate([1]) == inf
        assert process.should_terminate()
        thread.join()

    with setup([5, 4], solve).execute() as process:
        assert process.get_consumed_fes() == 1


def test_many_threads_terminate() -> None:
    def solve(process: Any) -> None:
        threads = [threading.Thread(target=process.terminate) for _ in range(8)]
        process.evaluate([0])
        for thread in threads:
            thread.start()
        while not process.should_terminate():
            process.evaluate([0])
        for thread in threads:
            thread.join()

    with setup([1], solve).execute() as process:
        assert process.get_consumed_fes() >= 1


@pytest.mark.parametrize("logged", [False, True])
def test_time_limit(logged: bool, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    before = set(threading.enumerate())
    during: set[Any] = set()

    def solve(process: Any) -> None:
        assert process.get_max_time_millis() == 30
        while not process.should_terminate():
            during.update(threading.enumerate())
            process.evaluate([0])
        with pytest.raises(ValueError):
            process.evaluate([0])

    execution = setup([7], solve, log=log).set_max_time_millis(30)
    with execution.set_log_improvements(logged).execute() as process:
        assert process.get_best_f() == 7
        assert process.get_consumed_time_millis() >= 30
    assert set(threading.enumerate()) == before
    assert all(thread.daemon for thread in during - before)
    assert int(state(log)["totalTimeMillis"]) >= 30


@pytest.mark.parametrize("how", ["stops", "raises", "is not closed"])
def test_no_thread_outlives_a_run_with_a_long_time_limit(how: str) -> None:
    before = set(threading.enumerate())

    def solve(process: Any) -> None:
        process.evaluate([0])
        if how == "raises":
            raise KeyError(how)

    execution = setup([7], solve).set_max_time_millis(10 ** 9)
    if how == "raises":
        with pytest.raises(KeyError):
            execution.execute()
    else:
        process = execution.execute()
        if how == "stops":
            with process:
                pass
    assert all(thread.daemon for thread in set(threading.enumerate()) - before)


def test_time_is_adopted_only_when_asked_for() -> None:
    def solve(process: Any) -> None:
        assert not process.should_terminate()
        time.sleep(0.02)
        # checked before the time was over: the evaluation takes place
        assert process.evaluate([0]) == 7
        assert process.evaluate([1]) == 6
        assert process.should_terminate()

    with setup([7, 6], solve).set_max_time_millis(10).execute() as process:
        assert process.get_consumed_fes() == 2


class FakeTime:
    """A clock that goes only when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 10 ** 15
        monkeypatch.setattr(Clock.__init__, "__defaults__", (lambda: self.now,))

    def sleep(self, milliseconds: float) -> None:
        self.now += round(milliseconds * 1e6)


def test_time_ends_with_the_algorithm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.txt"
    clock = FakeTime(monkeypatch)

    def solve(process: Any) -> None:
        assert process.get_consumed_time_millis() == 0
        clock.sleep(0.001)
        assert process.get_consumed_time_millis() == 1
        process.evaluate([0])
        clock.sleep(41.5)

    with setup([1], solve, log=log).execute() as process:
        clock.sleep(1000)
        assert process.get_consumed_time_millis() == 42
        assert process.get_last_improvement_time_millis() == 1
    assert process.get_consumed_time_millis() == 42
    assert state(log)["totalTimeMillis"] == "42"
    assert state(log)["lastImprovementTimeMillis"] == "1"


def test_termination_freezes_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeTime(monkeypatch)

    def solve(process: Any) -> None:
        process.evaluate([0])
        clock.sleep(5)
        process.terminate()
        clock.sleep(7)
        assert process.get_consumed_time_millis() == 5
        process.terminate()
        assert process.get_consumed_time_millis() == 5

    with setup([1], solve).execute():
        pass


def test_initialization_is_not_charged(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeTime(monkeypatch)
    objective = Values([1])
    objective.initialize = lambda: clock.sleep(5000)  # type: ignore[method-assign]

    def solve(process: Any) -> None:
        clock.sleep(999)
        assert not process.should_terminate()
        assert process.evaluate([0]) == 1
        clock.sleep(1)
        assert process.should_terminate()

    with setup(objective, solve).set_max_time_millis(1000).execute() as process:
        assert process.get_consumed_time_millis() == 1000


def test_wall_clock_may_be_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.txt"

    def solve(process: Any) -> None:
        process.evaluate([0])
        monkeypatch.setattr(time, "time_ns", lambda: 0)
        monkeypatch.setattr(time, "time", lambda: 0.0)
        process.evaluate([1])

    with setup([2, 1], solve, log=log).set_log_improvements().execute() as process:
        assert process.get_best_f() == 1
    assert int(state(log)["totalTimeMillis"]) >= 1
