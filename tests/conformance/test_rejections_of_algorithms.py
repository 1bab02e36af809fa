"""Validators refuse broken algorithms and archive pruners."""

from math import inf
from typing import Any

import numpy as np
import pytest
from subjects import broken, randomize

from fescue import algorithms, operators
from fescue.algorithms import MORLS, RLS
from fescue.api.algorithm import Algorithm, Algorithm1
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_archive import KeepFarthest, MOArchivePruner, MORecord
from fescue.api.objective import Objective
from fescue.api.subprocesses import for_fes, without_should_terminate
from fescue.mo.problems import WeightedSum
from fescue.operators import Op1Flip1
from fescue.problems import LeadingOnes, OneMax, ZeroMax
from fescue.spaces import BitStrings
from fescue.testing import validate_algorithm, validate_mo_algorithm, validate_mo_archive_pruner
from fescue.utils.errors import ValidationError

N = 12
BITS = BitStrings(N)
KIT = operators.kit_for(BITS)


def _sample(process: Any, x: Any) -> None:
    randomize(process.get_random(), x)
    x[0] = False  # the optimum is out of reach
    process.evaluate(x)


def _without_asking(self: Any, process: Any) -> None:
    x = process.create()
    while True:
        process.evaluate(x)


def _until_it_fails(self: Any, process: Any) -> None:
    x = process.create()
    try:
        while True:
            process.should_terminate()
            process.evaluate(x)
    except ValueError:
        return


def _after_the_end(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        process.evaluate(x)
    process.evaluate(x)


def _asks_now_and_then(self: Any, process: Any) -> None:
    x = process.create()
    for _ in range(4):
        if process.should_terminate():
            return
        _sample(process, x)
    while not process.should_terminate():
        _sample(process, x)
        _sample(process, x)


def _registers_after_the_end(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        process.register(x, N)
    process.register(None, N)


def _counts_fes(self: Any, process: Any) -> None:
    x = process.create()
    while process.get_consumed_fes() < process.get_max_fes():  # but the goal may be reached
        _sample(process, x)


def _own_numbers(self: Any, process: Any) -> None:
    x, random = process.create(), np.random.default_rng()
    while not process.should_terminate():
        x[:] = random.integers(0, 2, N)
        process.evaluate(x)


def _own_numbers_on_a_plateau(self: Any, process: Any) -> None:
    x, random = process.create(), np.random.default_rng()
    while not process.should_terminate():
        x[:] = random.permutation(N) < 4
        process.evaluate(x)


def _looks_at_the_budget(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        x[:process.get_max_fes() % N] = True
        process.evaluate(x)


def _keeps_state(self: Any, process: Any) -> None:
    x = process.create()
    while not process.should_terminate():
        self.calls = getattr(self, "calls", 0) + 1
        x[:] = np.arange(N) < self.calls % N
        process.evaluate(x)


def _stops_early(self: Any, process: Any) -> None:
    process.evaluate(process.create())


def _hides_evaluations(self: Any, process: Any) -> None:
    x = process.create()
    process.evaluate(x)
    x[0] = True
    while not process.should_terminate():
        process._run.ledger.evaluate(x)  # behind the back of who listens to the process


@pytest.mark.parametrize(("solve", "text"), [
    (_without_asking, "has gone on"), (_until_it_fails, "has gone on"),
    (_after_the_end, "has gone on"), (_asks_now_and_then, "has gone on"),
    (_registers_after_the_end, "has gone on"), (_counts_fes, "has gone on"),
    (_own_numbers, "same seed"), (_own_numbers_on_a_plateau, "same seed"),
    (_looks_at_the_budget, "same seed"), (_keeps_state, "same seed"),
    (_stops_early, "has stopped after 1 of 2 FEs"),
    (_hides_evaluations, "but the process has 11")])
def test_algorithm(solve: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_algorithm(broken(Algorithm, solve=solve)(), BITS, OneMax(N))


def test_stopping_early_can_be_declared() -> None:
    validate_algorithm(broken(Algorithm, solve=_stops_early)(), BITS, OneMax(N),
                       uses_all_fes_if_goal_not_reached=False)


def test_errors_of_the_algorithm_surface() -> None:
    def fail(self: Any, process: Any) -> None:
        process.evaluate(process.create())
        raise ZeroDivisionError("of its own")

    with pytest.raises(ZeroDivisionError, match="of its own"):
        validate_algorithm(broken(Algorithm, solve=fail)(), BITS, OneMax(N))


def test_worthless_points_are_legal() -> None:
    rugged = broken(Objective, evaluate=lambda self, x: inf if x[0] else int(x.sum()))
    for seed in range(4):
        validate_algorithm(RLS(KIT.op0, KIT.op1), BITS, rugged(), seed=seed)


def test_parts_of_a_process_are_legal() -> None:
    def restart(self: Any, process: Any) -> None:
        while not process.should_terminate():
            RLS(KIT.op0, Op1Flip1()).solve(for_fes(process, 7))

    def forever(self: Any, process: Any) -> None:
        without_should_terminate(
            lambda part: [_sample(part, part.create()) for _ in range(1000)], process)

    for solve in (restart, forever):
        validate_algorithm(broken(Algorithm, solve=solve)(), BITS, LeadingOnes(N))


def test_every_algorithm_would_be_found_out() -> None:
    """The validator looks inside: an algorithm that is fine fails with an operator that is not."""
    class Fresh(Op1Flip1):
        def op1(self, random: Any, dest: Any, x: Any, step_size: float = 0.0) -> None:
            super().op1(np.random.default_rng(), dest, x)

    for entry in algorithms.CATALOGUE:
        if "bits" not in (entry.kinds or ("bits",)):
            continue
        algorithm: Any = entry.make(KIT)
        if isinstance(algorithm, Algorithm1):
            algorithm.op1 = Fresh()
            with pytest.raises(ValidationError, match="same seed"):
                validate_algorithm(algorithm, BITS, OneMax(N))


def _mo_without_asking(self: Any, process: Any) -> None:
    x, fs = process.create(), process.f_create()
    while True:
        process.f_evaluate(x, fs)


def _mo_own_numbers(self: Any, process: Any) -> None:
    fs = process.f_create()
    while not process.should_terminate():
        process.f_evaluate(np.random.default_rng().integers(0, 2, N, bool), fs)


def _mo_stops_early(self: Any, process: Any) -> None:
    process.f_evaluate(process.create(), process.f_create())


def _mo_loses_the_archive(self: Any, process: Any) -> None:
    MORLS(KIT.op0, KIT.op1).solve_mo(process)
    process.get_archive = list


def _mo_adds_to_the_archive(self: Any, process: Any) -> None:
    MORLS(KIT.op0, KIT.op1).solve_mo(process)
    worse = MORecord(process.create(), np.full(2, N + 1, np.int8))
    records = [*process.get_archive(), worse]
    process.get_archive = lambda: records


@pytest.mark.parametrize(("solve", "text"), [
    (_mo_without_asking, "has gone on"), (_mo_own_numbers, "same seed"),
    (_mo_stops_early, "has stopped"), (_mo_loses_the_archive, "an empty archive"),
    (_mo_adds_to_the_archive, "which can be compared")])
def test_mo_algorithm(solve: Any, text: str) -> None:
    problem = WeightedSum([LeadingOnes(N), ZeroMax(N)])
    validate_mo_algorithm(MORLS(KIT.op0, KIT.op1), BITS, problem)
    with pytest.raises(ValidationError, match=text):
        validate_mo_algorithm(broken(MOAlgorithm, solve_mo=solve)(), BITS, problem)


def _shuffle(self: Any, archive: Any, n_keep: int, size: int) -> None:
    used = archive[:size]
    np.random.default_rng().shuffle(used)
    archive[:size] = used


def _renew(self: Any, archive: Any, n_keep: int, size: int) -> None:
    archive[0] = MORecord(archive[0].x, archive[0].fs)


@pytest.mark.parametrize(("prune", "text"), [
    (lambda self, archive, n_keep, size: archive.pop(), "the archive's length"),
    (lambda self, archive, n_keep, size: archive.append(archive[0]), "the archive's length"),
    (lambda self, archive, n_keep, size: archive.__setitem__(0, archive[-1]), "doubled"),
    (_renew, "has exchanged records"),
    (lambda self, archive, n_keep, size: archive.reverse(), "not in use"),
    (lambda self, archive, n_keep, size: archive[0].fs.fill(1), "has changed an objective vector"),
    (_shuffle, "in different ways")])
def test_pruner(prune: Any, text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        validate_mo_archive_pruner(lambda problem: broken(MOArchivePruner, prune=prune)(),
                                   dtypes=["int8"])


def test_pruner_that_overflows() -> None:
    class Narrow(KeepFarthest):
        """Cannot calculate with vectors whose differences are too much for their type."""

        def prune(self, archive: list[MORecord], n_keep: int, size: int) -> None:
            vectors = np.array([record.fs for record in archive[:size]])
            if (vectors.max(axis=0) - vectors.min(axis=0) < 0).any():
                raise ValueError("overflow")
            super().prune(archive, n_keep, size)

    with pytest.raises(ValueError, match="overflow"):
        validate_mo_archive_pruner(Narrow, dtypes=["int8"])
