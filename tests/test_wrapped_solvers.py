"""Solvers of other libraries: exact budgets, the same run from the same seed, no hidden errors."""

import sys
from math import inf
from typing import Any

import numpy as np
import pytest

from fescue.algorithms import RLS
from fescue.algorithms.cmaes_lib import CMAES, BiPopCMAES, SepCMAES
from fescue.algorithms.nlopt_lib import BOBYQA
from fescue.algorithms.scipy_lib import BGFS, CG, DE, SLSQP, TNC, NelderMead, Powell
from fescue.api.algorithm import Algorithm
from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.api.objective import Objective
from fescue.api.subprocesses import for_fes
from fescue.operators import Op0Random, Op1Flip1
from fescue.operators.vectors import Op0Uniform
from fescue.problems.zdt import ZDT1
from fescue.spaces import BitStrings, VectorSpace
from fescue.testing import validate_algorithm
from fescue.utils.errors import ObjectiveError
from fescue.utils.logger import InMemoryLogger
from fescue.utils.sections import parse_key_values

MINIMIZERS = (Powell, NelderMead, BGFS, CG, SLSQP, TNC, BOBYQA)
SPACE = VectorSpace(3, [-5.0, -3.0, -1.0], [5.0, 4.0, 2.0])


def _made(make: Any, space: Any = SPACE) -> Any:
    return make(Op0Uniform(space), space) if make in MINIMIZERS else make(space)


every = pytest.mark.parametrize(
    "make", [*MINIMIZERS, DE, CMAES, SepCMAES, BiPopCMAES], ids=lambda c: c.__name__)


class Bowl(Objective):
    """A quadratic function of a minimum of 0 at ``(1, 1, ...)``, or anything else."""

    def __init__(self, change: Any = None) -> None:
        self.change = change
        self.seen: list[np.ndarray] = []

    def initialize(self) -> None:
        self.seen = []

    def evaluate(self, x: np.ndarray) -> Any:
        self.seen.append(x.copy())
        f = float(((x - 1) ** 2 * np.arange(1, len(x) + 1)).sum())
        return f if self.change is None else self.change(f, x, len(self.seen))

    def check(self, process: Any) -> int:
        """Return the FEs consumed, which are all evaluations but that of the final check."""
        n = process.get_consumed_fes()
        assert len(self.seen) == n + process.has_best()
        return int(n)

    def __str__(self) -> str:
        return "bowl"


def _execution(algorithm: Any, objective: Any, space: Any = SPACE) -> Execution:
    return Execution().set_algorithm(algorithm).set_objective(objective).set_solution_space(
        space).set_rand_seed(5)


@every
def test_contract(make: Any) -> None:
    validate_algorithm(_made(make), SPACE, Bowl(), max_fes=60,
                       uses_all_fes_if_goal_not_reached=False)


@every
def test_minimum_is_found(make: Any) -> None:
    objective = Bowl()
    with _execution(_made(make), objective).set_max_fes(5_000).execute() as process:
        assert process.get_best_f() < 1e-6
        assert objective.check(process) <= 5_000
    for x in objective.seen:
        SPACE.validate(x)


@every
@pytest.mark.parametrize("max_fes", [1, 2, 3, 7, 18])
def test_exact_budget(make: Any, max_fes: int) -> None:
    objective = Bowl()
    with _execution(_made(make), objective).set_max_fes(max_fes).execute() as process:
        assert objective.check(process) == max_fes


@every
def test_all_randomness_is_that_of_the_run(make: Any) -> None:
    runs = []
    for seed in (1, 1, 2):
        np.random.seed(len(runs))
        objective = Bowl()
        execution = _execution(_made(make), objective).set_max_fes(120).set_rand_seed(seed)
        with execution.execute():
            runs.append([x.tolist() for x in objective.seen])
    assert runs[0] == runs[1] != runs[2]


@every
@pytest.mark.parametrize("error", [
    ValueError, TypeError, ZeroDivisionError, StopIteration, ArithmeticError, np.linalg.LinAlgError,
    KeyboardInterrupt])
def test_errors_of_the_objective_surface(make: Any, error: type[BaseException]) -> None:
    def fail(f: float, x: Any, n: int) -> float:
        if n == 9:
            raise error("of its own")
        return f

    objective = Bowl(fail)
    with pytest.raises(error, match="of its own") as info:
        _execution(_made(make), objective).set_max_fes(1_000).execute()
    assert type(info.value) is error
    assert len(objective.seen) in (9, 10)  # the best point is checked, unless it is interrupted


@every
@pytest.mark.parametrize("bad", [float("nan"), -inf])
def test_illegal_values_are_named(make: Any, bad: float) -> None:
    objective = Bowl(lambda f, x, n: bad if n == 5 else f)
    with pytest.raises(ObjectiveError, match="FE 5 is"):
        _execution(_made(make), objective).set_max_fes(99).execute()


@every
@pytest.mark.parametrize("change", [
    lambda f, x, n: inf, lambda f, x, n: inf if x[0] > 0 else f, lambda f, x, n: f * 1e300,
    lambda f, x, n: 0.0, lambda f, x, n: int(f), lambda f, x, n: 10 ** 400,
    lambda f, x, n: -10 ** 400 + int(f), lambda f, x, n: 1e308 if x[1] > 0 else -1e308],
    ids=range(8))
def test_odd_values(make: Any, change: Any) -> None:
    """Worthless points, plateaus and huge values are no reason to fail."""
    objective = Bowl(change)
    with _execution(_made(make), objective).set_max_fes(400).execute() as process:
        assert objective.check(process) <= 400
    for x in objective.seen:
        SPACE.validate(x)


@every
def test_goal_ends_the_run(make: Any) -> None:
    objective = Bowl()
    execution = _execution(_made(make), objective).set_max_fes(5_000).set_goal_f(0.5)
    with execution.execute() as process:
        assert process.get_best_f() <= 0.5
        assert process.get_last_improvement_fe() == process.get_consumed_fes()


@every
def test_part_of_a_run(make: Any) -> None:
    """A solver that is given some of the FEs leaves the others alone."""
    class Twice(Algorithm):
        def solve(self, process: Any) -> None:
            for _ in range(2):
                algorithm.solve(for_fes(process, 20))
            fes.append(process.get_consumed_fes())
            assert not process.should_terminate()

    algorithm, fes = _made(make), []
    with _execution(Twice(), Bowl()).set_max_fes(100).execute():
        assert len(fes) == 1
        assert 20 < fes[0] <= 40


@every
def test_several_objectives(make: Any) -> None:
    """The scalarization is an objective function like any other."""
    space = VectorSpace(3)
    execution = MOExecution().set_algorithm(_made(make, space)).set_objective(ZDT1(3))
    with execution.set_solution_space(space).set_max_fes(100).set_rand_seed(1).execute() as process:
        assert 0 < process.get_consumed_fes() <= 100
        assert process.get_archive()


@every
def test_single_precision(make: Any) -> None:
    space, objective = VectorSpace(2, [0.1, 0.2], [1.3, 0.7], np.dtype(np.float32)), Bowl()
    with _execution(_made(make, space), objective, space).set_max_fes(200).execute():
        pass
    for x in objective.seen:
        space.validate(x)


def test_restarts_use_all_fes() -> None:
    objective = Bowl(lambda f, x, n: f + 1)
    with _execution(_made(BiPopCMAES), objective).set_max_fes(30_000).execute() as process:
        assert process.get_consumed_fes() == 30_000
    # converged many times
    assert sum(f < 1e-6 for f in (((x - 1) ** 2).sum() for x in objective.seen)) > 1_000


@pytest.mark.parametrize(("make", "name"), [
    (Powell, "powell_scipy"), (NelderMead, "nelderMead_scipy"), (BGFS, "bgfs_scipy"),
    (CG, "cg_scipy"), (SLSQP, "slsqp_scipy"), (TNC, "tnc_scipy"), (DE, "de_scipy"),
    (BOBYQA, "bobyqa_nlopt"), (CMAES, "cmaes_cmaes"), (SepCMAES, "sepCmaes_cmaes"),
    (BiPopCMAES, "biPopCmaes_cmaes")])
def test_names(make: Any, name: str) -> None:
    algorithm = make(Op0Uniform(SPACE), SPACE) if make in MINIMIZERS else make(SPACE)
    assert str(algorithm) == name
    with InMemoryLogger() as logger:
        with logger.key_values("A") as section:
            algorithm.log_parameters_to(section)
        pairs = parse_key_values(logger.get_log()[1:-1])
    assert pairs["name"] == name
    assert ("op0.name" in pairs) == (make in MINIMIZERS)
    assert ("cmaes" in pairs) == name.endswith("_cmaes")


@pytest.mark.parametrize(("make", "package", "extra"), [
    (CMAES, "cmaes", "cma"), (BOBYQA, "nlopt", "nlopt")])
def test_package_that_is_missing(make: Any, package: str, extra: str,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"pip install 'fescue\[{extra}\]'"):
        _execution(_made(make), Bowl()).set_max_fes(5).execute()


@pytest.mark.parametrize("call", [
    lambda: CMAES(None), lambda: DE(BitStrings(3)), lambda: Powell(Op0Uniform(SPACE), None),
    lambda: TNC(SPACE, SPACE), lambda: CG(RLS(Op0Random(), Op1Flip1()), SPACE)])
def test_wrong_types(call: Any) -> None:
    with pytest.raises(TypeError):
        call()


def test_one_variable_has_no_covariance() -> None:
    with pytest.raises(ValueError, match="one variable"):
        CMAES(VectorSpace(1))
    with pytest.raises(ValueError, match="one variable"):
        BOBYQA(Op0Uniform(VectorSpace(1)), VectorSpace(1))
