"""Parts of a process: budgets and starting points."""

from math import inf
from typing import Any

import pytest

from fescue.api.mo_process import MOProcess
from fescue.api.process import Process
from fescue.api.subprocesses import (
    for_fes,
    from_starting_point,
    get_remaining_fes,
    without_should_terminate,
)
from run_parts import Values, Vectors, in_run, scan


def test_for_fes() -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        part = for_fes(process, 3)
        assert isinstance(part, Process)
        assert str(part) == f"forFEs_3_{process}"
        assert (part.get_max_fes(), part.get_consumed_fes()) == (3, 0)
        assert part.get_last_improvement_fe() == 0
        assert get_remaining_fes(part) == 3
        scan(part)
        assert part.should_terminate()
        assert part.get_consumed_fes() == 3
        assert part.get_last_improvement_fe() == 3
        assert get_remaining_fes(part) == 0
        with pytest.raises(ValueError):
            part.evaluate([9])
        assert not process.should_terminate()
        assert process.get_consumed_fes() == 4
        assert part.get_best_f() == process.get_best_f() == 48
        assert part.get_random() is process.get_random()

    assert in_run(use).get_consumed_fes() == 4


@pytest.mark.parametrize("use_register", [False, True])
def test_for_fes_refuses_beyond_its_limit(use_register: bool) -> None:
    objective = Values(range(50, 0, -1))

    def use(process: Any) -> None:
        part = for_fes(process, 2)
        for i in range(5):
            f = part.register([i], 50 - i) if use_register else part.evaluate([i])
            assert f == (None if use_register else 50 - i if i < 2 else inf)
        assert part.get_consumed_fes() == process.get_consumed_fes() == 2
        assert process.get_best_f() == 49
        assert part.should_terminate()
        with pytest.raises(ValueError):
            part.register([0], 50) if use_register else part.evaluate([0])

    in_run(use, objective)
    assert objective.calls == (1 if use_register else 3)


@pytest.mark.parametrize(("outer", "inner", "total"), [(5, 3, 3), (3, 5, 3), (4, 4, 4)])
def test_nested_budgets(outer: int, inner: int, total: int) -> None:
    def use(process: Any) -> None:
        first = for_fes(process, outer)
        second = for_fes(first, inner)
        assert str(second) == f"forFEs_{inner}_forFEs_{outer}_{process}"
        scan(second)
        assert second.get_consumed_fes() == first.get_consumed_fes() == total
        assert second.should_terminate()
        assert first.should_terminate() is (outer <= inner)
        third = for_fes(process, 2)
        scan(third)
        assert third.get_consumed_fes() == 2
        assert first.get_consumed_fes() == total

    assert in_run(use).get_consumed_fes() == total + 2


def test_budget_larger_than_that_of_the_owner() -> None:
    def use(process: Any) -> None:
        part = for_fes(process, 100)
        assert part.get_max_fes() == 100
        scan(part)
        assert part.get_consumed_fes() == 4
        assert process.should_terminate()
        with pytest.raises(ValueError):
            part.evaluate([0])

    assert in_run(use, max_fes=4).get_consumed_fes() == 4


@pytest.mark.parametrize("encoded", [False, True])
@pytest.mark.parametrize("make", ["for_fes", "from_starting_point"])
def test_refused_evaluations_are_not_counted(make: str, encoded: bool) -> None:
    objective = Values(range(50, 0, -1))

    def use(process: Any) -> None:
        process.evaluate([0])
        x = [0]
        part = for_fes(process, 9) if make == "for_fes" else from_starting_point(process, x, 50)
        part.evaluate([4])
        best, calls = list(x), objective.calls
        process.terminate()
        assert part.evaluate([6]) == inf
        assert part.evaluate([6]) == inf
        assert objective.calls == calls
        assert process.get_consumed_fes() == 2
        assert part.get_consumed_fes() == 1
        assert x == best

    in_run(use, objective, encoded=encoded)


@pytest.mark.parametrize("how", ["terminate", "with", "error"])
@pytest.mark.parametrize("make", ["for_fes", "from_starting_point"])
def test_end_of_a_part_is_not_that_of_its_owner(make: str, how: str) -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        part = for_fes(process, 9) if make == "for_fes" else from_starting_point(process, [0], 50)
        if how == "terminate":
            part.terminate()
        elif how == "with":
            with part as same:
                assert same is part
                part.evaluate([1])
        else:
            with pytest.raises(KeyError), part:
                raise KeyError
        fes = process.get_consumed_fes()
        assert part.evaluate([2]) == inf
        assert part.should_terminate()
        with pytest.raises(ValueError):
            part.evaluate([2])
        assert process.get_consumed_fes() == fes
        assert not process.should_terminate()
        assert process.evaluate([3]) == 47

    in_run(use)


@pytest.mark.parametrize("make", ["for_fes", "from_starting_point"])
def test_end_of_the_owner_is_that_of_its_parts(make: str) -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        part = for_fes(process, 9) if make == "for_fes" else from_starting_point(process, [0], 50)
        assert not part.should_terminate()
        process.terminate()
        assert part.should_terminate()

    in_run(use)


@pytest.mark.parametrize("make", ["for_fes", "from_starting_point"])
def test_told_by_its_owner_a_part_refuses_for_good(make: str) -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        owner = for_fes(process, 9)
        part = for_fes(owner, 9) if make == "for_fes" else from_starting_point(owner, [0], 50)
        owner.terminate()
        assert part.should_terminate()
        with pytest.raises(ValueError):
            part.evaluate([1])
        part.terminate()
        with pytest.raises(ValueError):
            part.evaluate([1])

    in_run(use)


@pytest.mark.parametrize("value", [0, -1, 10 ** 15 + 1])
def test_bad_budget(value: int) -> None:
    def use(process: Any) -> None:
        with pytest.raises(ValueError):
            for_fes(process, value)

    in_run(use)


def test_bad_arguments() -> None:
    def use(process: Any) -> None:
        for budget in (1.5, None, "1"):
            with pytest.raises(TypeError):
                for_fes(process, budget)
        for call in (lambda: for_fes("p", 1), lambda: from_starting_point(None, [0], 1),
                     lambda: without_should_terminate(scan, 3),
                     lambda: without_should_terminate("scan", process)):
            with pytest.raises(TypeError):
                call()

    in_run(use)


def test_from_starting_point() -> None:
    objective = Values([9, 9, 8, 9, 8, 10, 7])

    def use(process: Any) -> None:
        process.evaluate([0])
        x, copy = [0], [99]
        part = from_starting_point(process, x, 9)
        assert str(part) == f"fromStart_{process}"
        assert part.has_best()
        assert part.get_best_f() == 9
        assert part.get_last_improvement_fe() == 0
        part.get_copy_of_best_x(copy)
        assert copy == [0]
        calls = objective.calls
        for _ in range(3):
            assert part.evaluate([0]) == 9
        assert objective.calls == calls, "the start costs nothing"
        assert process.get_consumed_fes() == 1
        assert part.get_consumed_fes() == 1
        assert part.evaluate([5]) == 10
        assert (x, part.get_best_f(), part.get_consumed_fes()) == ([0], 9, 1)
        assert part.evaluate([0]) == 9, "after the first other point the start costs, too"
        assert (part.get_consumed_fes(), process.get_consumed_fes()) == (2, 3)
        assert part.evaluate([1]) == 9, "drift"
        assert (x, part.get_last_improvement_fe()) == ([1], 3)
        assert part.evaluate([2]) == 8
        assert part.evaluate([3]) == 9
        assert part.evaluate([4]) == 8, "drift"
        assert (x, part.get_best_f()) == ([4], 8)
        assert process.get_last_improvement_fe() == 5, "the owner knows only improvements"
        part.get_copy_of_best_x(copy)
        assert copy == [4]

    in_run(use, objective)


def test_from_starting_point_accepts_equals_by_register_as_well() -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        x = [0]
        part = from_starting_point(process, x, 5)
        part.register([0], 5)
        assert process.get_consumed_fes() == 1
        part.register([1], 5)
        assert (x, process.get_consumed_fes()) == ([1], 2)
        part.register([2], 6)
        assert (x, process.get_consumed_fes()) == ([1], 3)
        part.register(None, 6)
        assert (x, process.get_consumed_fes(), part.get_consumed_fes()) == ([1], 4, 3)

    in_run(use, [5, 5, 6])


@pytest.mark.parametrize(("values", "start"), [
    ([2.5, 2.5, 2.25, 3.0], 2.5), ([2, 2.0, 1.5, 2.5], 2), ([inf, inf, 3, 4], inf)])
def test_drift_of_floats(values: list[float], start: float) -> None:
    def use(process: Any) -> None:
        x = [0]
        part = from_starting_point(process, x, start)
        part.evaluate([3])
        assert x == ([0] if start < inf else [3])
        part.evaluate([1])
        assert x == ([1] if start < inf else [3])
        part.evaluate([2])
        assert x == [2]
        assert part.get_best_f() == values[2]

    in_run(use, values)


def test_budget_of_a_starting_point() -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        part = from_starting_point(process, [0], 50)
        assert part.get_max_fes() == 4
        scan(part)
        assert process.get_consumed_fes() == 5
        assert part.get_consumed_fes() == 4
        assert get_remaining_fes(part) == 0

    in_run(use, max_fes=5)
    in_run(lambda process: from_starting_point(process, [0], 50).get_max_fes() is None)


def test_start_inside_a_budget() -> None:
    def use(process: Any) -> None:
        process.evaluate([0])
        x = [0]
        budget = for_fes(process, 3)
        with from_starting_point(budget, x, 50) as part:
            scan(part)
        assert x == [3]
        assert budget.get_consumed_fes() == 3
        assert process.get_consumed_fes() == 4
        assert not process.should_terminate()

    in_run(use)


def test_start_over_a_multi_objective_owner() -> None:
    def use(process: Any) -> None:
        x = [0]
        part = from_starting_point(process, x, 9)
        assert not isinstance(part, MOProcess)
        scan(for_fes(part, 3))
        assert x == [2]

    in_run(use, Vectors([[4, 5], [5, 5], [2, 2], [3, 3]]))


def test_remaining_fes_without_a_limit() -> None:
    def use(process: Any) -> None:
        assert get_remaining_fes(process) == 2 ** 63 - 1
        assert get_remaining_fes(for_fes(process, 8)) == 8

    in_run(use)
