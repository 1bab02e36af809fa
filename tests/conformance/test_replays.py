"""Every component of the catalogues says enough in a log for its run to be made again."""

import pytest
from subjects import SPACES, Unrest

from fescue import algorithms, operators, problems
from fescue.api.catalogue import Task
from fescue.cli.replay import replay_run

FES = 80


def replayed(execution, tmp_path):
    log = tmp_path / "log.txt"
    execution.set_rand_seed(7).set_log_improvements().set_log_file(log)
    with execution.execute():
        pass
    return replay_run(log)


def algorithms_for(task, catalogue):
    for entry in catalogue:
        if not entry.kinds or task.kind in entry.kinds:
            try:
                yield entry.make(operators.kit_for(task.points()))
            except (TypeError, ValueError):
                continue  # one that does not go with the space's operators


@pytest.mark.parametrize("name", [entry.name for entry in problems.CATALOGUE])
def test_every_problem(name, tmp_path):
    entry = next(entry for entry in problems.CATALOGUE if entry.name == name)
    is_whole = name in ("onemax", "sphere", "jssp")
    for example in entry.examples[:3]:
        task = entry.task(entry.instance(example))
        for algorithm in list(algorithms_for(task, algorithms.CATALOGUE))[:None if is_whole else 4]:
            found = replayed(task.execution(algorithm).set_max_fes(FES), tmp_path)
            assert (found.problem, found.difference) == ("", ""), f"{example}, {algorithm}"
        if is_whole:
            break


@pytest.mark.parametrize("name", [entry.name for entry in problems.MO_CATALOGUE])
def test_every_problem_with_several_objectives(name, tmp_path):
    entry = next(entry for entry in problems.MO_CATALOGUE if entry.name == name)
    task = entry.task(entry.instance(entry.examples[0]))
    for algorithm in algorithms_for(task, algorithms.MO_CATALOGUE):
        found = replayed(task.execution(algorithm).set_max_fes(300), tmp_path)
        assert (found.problem, found.difference) == ("", ""), str(algorithm)


OPERATORS = [(entry, kind) for entry in operators.CATALOGUE
             for kind in (entry.kinds or ("bits",)) if kind != "settings"]


@pytest.mark.parametrize(("entry", "kind"), OPERATORS,
                         ids=[f"{entry.name}-{kind}" for entry, kind in OPERATORS])
def test_every_operator_and_space(entry, kind, tmp_path):
    """In runs of RLS or an EA, on the neighbours' unrest, which is code of the tests."""
    n = 0
    for space in SPACES[kind]:
        try:
            operator = entry.make(space)
        except (TypeError, ValueError):
            continue  # one that does not go with every space of the kind
        if kind == "ordered-choices":  # for which there are no other operators
            algorithm = algorithms.RandomSampling(operator)
        else:
            algorithm = _using(operator, operators.kit_for(space))
        task = Task(kind, Unrest(), space)
        log = tmp_path / "log.txt"
        execution = task.execution(algorithm).set_max_fes(FES).set_rand_seed(3)
        with execution.set_log_improvements().set_log_file(log).execute():
            pass
        found = replay_run(log)
        assert "not fescue's own" in found.problem  # the objective is code of the tests
        found = replay_run(log, trust=True)
        assert (found.problem, found.difference) == ("", ""), f"{space}, {operator}"
        n += 1
    assert n > 0


def _using(operator, kit):
    from fescue.api.operators import Op0, Op1, Op1WithStepSize, Op2

    if isinstance(operator, Op0):
        return algorithms.RLS(operator, kit.op1)
    if isinstance(operator, Op1) and not isinstance(operator, Op1WithStepSize):
        return algorithms.RLS(kit.op0, operator)
    if isinstance(operator, Op2):
        return algorithms.EA(kit.op0, kit.op1, operator, 4, 4, 0.5)
    assert isinstance(operator, Op1WithStepSize)
    return algorithms.PPA(kit.op0, operator, 5)
