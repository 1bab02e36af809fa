"""Parts of a process: algorithms that never ask, several objectives, what is forwarded."""

from math import inf
from typing import Any

import pytest

from fescue.api.mo_process import MOProcess
from fescue.api.subprocesses import for_fes, from_starting_point, without_should_terminate
from run_parts import Values, Vectors, in_run, scan


@pytest.mark.parametrize("encoded", [False, True])
def test_forwarded_methods(encoded: bool) -> None:
    objective = Values(range(50, 0, -1), 1, 50)
    objective.is_always_integer = lambda: True  # type: ignore[method-assign]

    def check(part: Any, process: Any) -> None:
        assert part.is_always_integer() is True
        assert (part.lower_bound(), part.upper_bound()) == (1, 50)
        y = [0]
        part.get_copy_of_best_y(y)
        assert y == [1 if encoded else 2]
        assert part.has_log() is False
        assert part.get_log_basename() is None
        assert part.get_max_time_millis() is None
        assert part.to_str(part.create()) == "0"
        with pytest.raises(ValueError):
            part.add_log_section("STATE", "")
        with pytest.raises(ValueError):
            part.initialize()

    def use(process: Any) -> None:
        process.evaluate([2])
        check(for_fes(process, 2), process)
        check(from_starting_point(process, [2], 48), process)
        without_should_terminate(lambda part: check(part, process), process)
        check(for_fes(for_fes(process, 3), 2), process)

    in_run(use, objective, encoded=encoded)


def test_sections_of_parts_are_those_of_the_owner() -> None:
    def use(process: Any) -> None:
        for_fes(process, 2).add_log_section("A", "x")
        with pytest.raises(ValueError):
            from_starting_point(process, [0], 3).add_log_section("A", "y")

    in_run(use)


def _forever(part: Any) -> None:
    while True:
        part.evaluate([0])


def test_without_should_terminate() -> None:
    def use(process: Any) -> None:
        assert without_should_terminate(_forever, process) is None
        assert process.get_consumed_fes() == 7

    in_run(use, max_fes=7)


def test_without_should_terminate_register_and_its_name() -> None:
    names = []

    def forever(part: Any) -> None:
        names.append(str(part))
        while True:
            part.register([0], 50)

    def use(process: Any) -> None:
        without_should_terminate(forever, process)
        assert names == [f"protect_{process}"]

    assert in_run(use, max_fes=7).get_consumed_fes() == 7


def test_signal_passes_handlers_of_ordinary_exceptions() -> None:
    def careless(part: Any) -> None:
        while True:
            try:
                part.evaluate([0])
            except Exception:
                continue

    assert in_run(lambda p: without_should_terminate(careless, p), max_fes=7).has_best()


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, SystemExit, ValueError,
                                   GeneratorExit])
def test_only_the_private_signal_is_swallowed(error: type[BaseException]) -> None:
    def failing(part: Any) -> None:
        part.evaluate([0])
        raise error

    def use(process: Any) -> None:
        with pytest.raises(error):
            without_should_terminate(failing, process)

    assert in_run(use).get_consumed_fes() == 1


def test_errors_of_the_objective_surface() -> None:
    def use(process: Any) -> None:
        with pytest.raises(ZeroDivisionError):
            without_should_terminate(scan, process)

    in_run(use, [3, ZeroDivisionError()])


@pytest.mark.parametrize(("outer", "inner", "reached"), [(9, 4, True), (4, 9, False)])
def test_nested_protection(outer: int, inner: int, reached: bool) -> None:
    after = []

    def both(part: Any) -> None:
        without_should_terminate(_forever, for_fes(part, inner))
        after.append(part.get_consumed_fes())
        part.evaluate([0])
        after.append(part.get_consumed_fes())

    def use(process: Any) -> None:
        budget = for_fes(process, outer)
        without_should_terminate(both, budget)
        assert budget.get_consumed_fes() == (inner + 1 if reached else outer)
        assert after == ([inner, inner + 1] if reached else [outer])

    in_run(use)


@pytest.mark.parametrize("make", ["for_fes", "protect"])
def test_mo_parts(make: str) -> None:
    vectors = [[9, i] for i in range(20, 0, -1)]

    def check(part: Any, process: Any) -> None:
        assert isinstance(part, MOProcess)
        name = "forFEsMO_3" if make == "for_fes" else "protectMO"
        assert str(part) == f"{name}_{process}"
        fs = part.f_create()
        assert part.f_evaluate([0], fs) == 29
        assert fs.tolist() == [9, 20]
        assert part.evaluate([1]) == 28
        with pytest.raises(ValueError):
            part.register([0], 3)
        fs[:] = 0
        part.get_copy_of_best_fs(fs)
        assert fs.tolist() == [9, 19]
        assert len(part.get_archive()) == 1
        assert part.f_dimension() == 2
        assert part.f_dominates(fs, fs) == 2
        part.f_evaluate([2], fs)
        if make == "for_fes":
            assert part.f_evaluate([3], fs) == inf
            assert fs.min() > 20
            assert part.check_in([3], fs) is False
            assert part.should_terminate()
            fs[:] = 0
            with pytest.raises(ValueError):
                part.f_evaluate([3], fs)
            assert fs.min() > 20
            assert process.get_consumed_fes() == 3

    def use(process: Any) -> None:
        if make == "for_fes":
            check(for_fes(process, 3), process)
        else:
            without_should_terminate(lambda part: check(part, process), process)

    in_run(use, Vectors(vectors))


def test_mo_protection_ends_vector_evaluations() -> None:
    def forever(part: Any) -> None:
        fs = part.f_create()
        while True:
            part.f_evaluate([0], fs)

    process = in_run(lambda p: without_should_terminate(forever, p), Vectors([[1, 2]]), max_fes=5)
    assert process.get_consumed_fes() == 5
