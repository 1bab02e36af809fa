"""Every documented name is there, with the documented parameters, defaults and values."""

from collections.abc import Callable
from enum import IntEnum
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, TypeVar, get_type_hints

import numpy as np
import pytest

from fescue.api.algorithm import Algorithm2
from fescue.api.execution import Execution, TExecution
from fescue.api.experiment import Parallelism, run_experiment
from fescue.api.mo_archive import MORecord
from fescue.api.mo_execution import MOExecution, TMOExecution
from fescue.api.mo_process import MOProcess
from fescue.api.operators import Op0, Op1, Op2
from fescue.api.process import Process
from fescue.api.subprocesses import T

MODULES = (
    "algorithm", "component", "encoding", "execution", "experiment", "logging", "mo_algorithm",
    "mo_archive", "mo_execution", "mo_problem", "mo_process", "mo_utils", "objective",
    "operators", "process", "space", "subprocesses")

#: per class its constructor's parameters, its bases and its documented methods
CLASSES = {
    "algorithm.Algorithm": ("()", "Component", (
        "solve(process)",)),
    "algorithm.Algorithm0": ("(name, op0)", "Algorithm", (
        "initialize()", "log_parameters_to(logger)",)),
    "algorithm.Algorithm1": ("(name, op0, op1)", "Algorithm0", (
        "initialize()", "log_parameters_to(logger)",)),
    "algorithm.Algorithm2": ("(name, op0, op1, op2)", "Algorithm1", (
        "initialize()", "log_parameters_to(logger)",)),
    "component.Component": ("()", "object", (
        "initialize()", "log_parameters_to(logger)",)),
    "encoding.Encoding": ("()", "Component", (
        "decode(x, y)",)),
    "execution.Execution": ("()", "object", (
        "execute()", "set_algorithm(algorithm)", "set_encoding(encoding)", "set_goal_f(goal_f)",
        "set_log_all_fes(log_all_fes=True)", "set_log_file(log_file)",
        "set_log_improvements(log_improvements=True)",
        "set_max_fes(max_fes, force_override=False)",
        "set_max_time_millis(max_time_millis, force_override=False)", "set_objective(objective)",
        "set_rand_seed(rand_seed)", "set_search_space(search_space)",
        "set_solution_space(solution_space)",)),
    "mo_algorithm.MOAlgorithm": ("()", "Algorithm", (
        "solve(process)", "solve_mo(process)",)),
    "mo_archive.MOArchivePruner": ("()", "Component", (
        "prune(archive, n_keep, size)",)),
    "mo_archive.MORecord": ("(x, fs)", "object", (
       )),
    "mo_execution.MOExecution": ("()", "Execution", (
        "execute()", "set_archive_max_size(size)", "set_archive_pruner(pruner)",
        "set_archive_pruning_limit(limit)", "set_objective(objective)",)),
    "mo_problem.MOProblem": ("()", "Objective", (
        "evaluate(x)", "f_create()", "f_dimension()", "f_dominates(a, b)", "f_dtype()",
        "f_evaluate(x, fs)", "f_validate(x)",)),
    "mo_problem.MOSOProblemBridge": ("(objective)", "MOProblem", (
        "f_dtype()", "f_evaluate(x, fs)", "f_validate(x)", "initialize()",
        "log_parameters_to(logger)",)),
    "mo_process.MOProcess": ("()", "MOProblem, Process", (
        "check_in(x, fs, prune_if_necessary=False)",
        "check_in_all(recs, prune_if_necessary=False)", "get_archive()",
        "get_copy_of_best_fs(fs)", "register(x, f)",)),
    "objective.Objective": ("()", "Component", (
        "evaluate(x)", "is_always_integer()", "log_parameters_to(logger)", "lower_bound()",
        "upper_bound()",)),
    "operators.Op0": ("()", "Component", (
        "op0(random, dest)",)),
    "operators.Op1": ("()", "Component", (
        "op1(random, dest, x)",)),
    "operators.Op1WithStepSize": ("()", "Op1", (
        "op1(random, dest, x, step_size=0.0)",)),
    "operators.Op2": ("()", "Component", (
        "op2(random, dest, x0, x1)",)),
    "process.Process": ("()", "Space, Objective, AbstractContextManager", (
        "add_log_section(title, text)", "evaluate(x)", "get_best_f()", "get_consumed_fes()",
        "get_consumed_time_millis()", "get_copy_of_best_x(x)", "get_copy_of_best_y(y)",
        "get_last_improvement_fe()", "get_last_improvement_time_millis()", "get_log_basename()",
        "get_max_fes()", "get_max_time_millis()", "get_random()", "has_best()", "has_log()",
        "initialize()", "register(x, f)", "should_terminate()", "terminate()",)),
    "space.Space": ("()", "Component", (
        "copy(dest, source)", "create()", "from_str(text)", "is_equal(x1, x2)", "n_points()",
        "to_str(x)", "validate(x)",)),
}

FUNCTIONS = (
    "algorithm.check_algorithm(algorithm)",
    "encoding.check_encoding(encoding, none_is_ok=True)",
    "mo_archive.check_mo_archive_pruner(pruner)",
    "mo_problem.check_mo_problem(mo_problem)",
    "mo_utils.dominates(a, b)",
    "mo_utils.lexicographic(a, b)",
    "objective.check_objective(objective)",
    "operators.check_op0(op0)",
    "operators.check_op1(op1)",
    "operators.check_op1_with_step_size(op1)",
    "operators.check_op2(op2)",
    "process.check_goal_f(goal_f, none_is_ok=False)",
    "process.check_max_fes(max_fes, none_is_ok=False)",
    "process.check_max_time_millis(max_time_millis, none_is_ok=False)",
    "space.check_space(space, none_is_ok=False)",
    "subprocesses.for_fes(process, max_fes)",
    "subprocesses.from_starting_point(owner, in_and_out_x, f)",
    "subprocesses.get_remaining_fes(process)",
    "subprocesses.without_should_terminate(algorithm, process)",
)

CONSTANTS = {
    "ERROR_SECTION_PREFIX": "ERROR_", "FILE_SUFFIX": ".txt", "KEY_ALGORITHM": "algorithm",
    "KEY_ARCHIVE_F": "f", "KEY_ARCHIVE_MAX_SIZE": "archiveMaxSize",
    "KEY_ARCHIVE_PRUNE_LIMIT": "archivePruneLimit", "KEY_ARCHIVE_SIZE": "archiveSize",
    "KEY_BEST_F": "bestF", "KEY_BEST_FS": "bestFs", "KEY_CLASS": "class",
    "KEY_COMMAND_LINE": "commandLine", "KEY_CPU_AFFINITY": "cpuAffinity",
    "KEY_EXCEPTION_STACK_TRACE": "exceptionStackTrace", "KEY_EXCEPTION_TYPE": "exceptionType",
    "KEY_EXCEPTION_VALUE": "exceptionValue", "KEY_F_LOWER_BOUND": "lowerBound",
    "KEY_F_UPPER_BOUND": "upperBound", "KEY_GOAL_F": "goalF", "KEY_HW_BYTE_ORDER": "byteOrder",
    "KEY_HW_CPU_MHZ": "cpuMhz", "KEY_HW_CPU_NAME": "cpu", "KEY_HW_MACHINE": "machine",
    "KEY_HW_MEM_SIZE": "memSize", "KEY_HW_N_LOGICAL_CPUS": "nLogicalCpus",
    "KEY_HW_N_PHYSICAL_CPUS": "nPhysicalCpus", "KEY_INNER_CLASS": "innerClass",
    "KEY_INSTANCE": "instance", "KEY_LAST_IMPROVEMENT_FE": "lastImprovementFE",
    "KEY_LAST_IMPROVEMENT_TIME_MILLIS": "lastImprovementTimeMillis", "KEY_MAX_FES": "maxFEs",
    "KEY_MAX_TIME_MILLIS": "maxTimeMillis", "KEY_NAME": "name", "KEY_NODE_IP": "ipAddress",
    "KEY_NODE_NAME": "node", "KEY_OS_NAME": "name", "KEY_OS_RELEASE": "release",
    "KEY_OS_VERSION": "version", "KEY_PROCESS_ID": "processId",
    "KEY_PYTHON_IMPLEMENTATION": "implementation", "KEY_PYTHON_VERSION": "version",
    "KEY_RAND_BIT_GENERATOR_TYPE": "randBitGenType", "KEY_RAND_GENERATOR_TYPE": "randGenType",
    "KEY_RAND_SEED": "randSeed", "KEY_SESSION_START": "start", "KEY_SPACE_NUM_VARS": "nvars",
    "KEY_TOTAL_FES": "totalFEs", "KEY_TOTAL_TIME_MILLIS": "totalTimeMillis",
    "KEY_WORKING_DIRECTORY": "workingDirectory", "PREFIX_SECTION_ARCHIVE": "ARCHIVE_",
    "PROGRESS_CURRENT_F": "f", "PROGRESS_FES": "fes", "PROGRESS_TIME_MILLIS": "timeMS",
    "SCOPE_ALGORITHM": "a", "SCOPE_ENCODING": "g", "SCOPE_HARDWARE": "hardware",
    "SCOPE_OBJECTIVE_FUNCTION": "f", "SCOPE_OP0": "op0", "SCOPE_OP1": "op1", "SCOPE_OP2": "op2",
    "SCOPE_OS": "os", "SCOPE_PROCESS": "p", "SCOPE_PRUNER": "ap", "SCOPE_PYTHON": "python",
    "SCOPE_SEARCH_SPACE": "x", "SCOPE_SESSION": "session", "SCOPE_SOLUTION_SPACE": "y",
    "SCOPE_VERSIONS": "version", "SECTION_ARCHIVE_QUALITY": "ARCHIVE_QUALITIES",
    "SECTION_ERROR_BEST_F": "ERROR_BEST_F_MISMATCH", "SECTION_ERROR_INVALID_X": "ERROR_INVALID_X",
    "SECTION_ERROR_INVALID_Y": "ERROR_INVALID_Y", "SECTION_ERROR_IN_CONTEXT": "ERROR_IN_CONTEXT",
    "SECTION_ERROR_IN_LOG": "ERROR_IN_LOG", "SECTION_ERROR_IN_RUN": "ERROR_IN_RUN",
    "SECTION_ERROR_TIMING": "ERROR_TIMING", "SECTION_FINAL_STATE": "STATE",
    "SECTION_PROGRESS": "PROGRESS", "SECTION_RESULT_X": "RESULT_X",
    "SECTION_RESULT_Y": "RESULT_Y", "SECTION_SETUP": "SETUP", "SECTION_SYS_INFO": "SYS_INFO",
    "SUFFIX_SECTION_ARCHIVE_X": "_X", "SUFFIX_SECTION_ARCHIVE_Y": "_Y",
}

def _named(path: str) -> Any:
    module, _, name = path.partition(".")
    return getattr(import_module(f"fescue.api.{module}"), name)


def _check_parameters(function: Callable[..., Any], documented: str, *, is_method: bool) -> None:
    """Compare with ``(a, b=1)``; what is not documented must be optional and keyword-only."""
    actual = list(signature(function).parameters.values())
    if is_method:
        assert actual.pop(0).name == "self"
    expected = signature(eval(f"lambda {documented[1:-1]}: None")).parameters.values()
    extras = actual[len(expected):]
    for mine, theirs in zip(actual, expected, strict=False):
        assert (mine.name, mine.kind) == (theirs.name, theirs.kind)
        assert mine.default == theirs.default
        assert type(mine.default) is type(theirs.default)
    assert len(actual) >= len(expected)
    assert all(p.kind is Parameter.KEYWORD_ONLY and p.default is not Parameter.empty
               for p in extras)


@pytest.mark.parametrize("name", MODULES)
def test_module(name: str) -> None:
    assert import_module(f"fescue.api.{name}").__doc__


@pytest.mark.parametrize("path", CLASSES)
def test_class(path: str) -> None:
    constructor, bases, methods = CLASSES[path]
    cls = _named(path)
    assert cls.__module__ == f"fescue.api.{path.partition('.')[0]}"
    assert [base.__name__ for base in cls.__bases__] == bases.split(", ")
    _check_parameters(cls, constructor, is_method=False)
    for method in methods:
        name, _, parameters = method.partition("(")
        function = getattr(cls, name)
        _check_parameters(function, f"({parameters}", is_method=True)
        assert function.__doc__, f"{path}.{name} has no documentation"


@pytest.mark.parametrize("documented", FUNCTIONS)
def test_function(documented: str) -> None:
    path, _, parameters = documented.partition("(")
    function = _named(path)
    _check_parameters(function, f"({parameters}", is_method=False)
    assert function.__doc__


@pytest.mark.parametrize("name", CONSTANTS)
def test_constant(name: str) -> None:
    module = import_module("fescue.api.logging")
    assert getattr(module, name) == CONSTANTS[name]
    assert "Final" in str(module.__annotations__[name])


def test_run_experiment() -> None:
    parameters = list(signature(run_experiment).parameters.values())
    documented = [
        ("base_dir", Parameter.empty), ("instances", Parameter.empty),
        ("setups", Parameter.empty), ("n_runs", 11), ("n_threads", Parallelism.SINGLE_THREAD),
        ("perform_warmup", True), ("warmup_fes", 20), ("perform_pre_warmup", True),
        ("pre_warmup_fes", 20)]
    assert [(p.name, p.default) for p in parameters[:9]] == documented
    assert parameters[4].default is Parallelism.SINGLE_THREAD
    assert parameters[9].name == "on_completion"
    assert parameters[9].default(None, None, None) is None
    assert all(p.kind is Parameter.POSITIONAL_OR_KEYWORD for p in parameters[:10])
    assert all(p.kind is Parameter.KEYWORD_ONLY and p.default is not Parameter.empty
               for p in parameters[10:])


def test_parallelism() -> None:
    assert issubclass(Parallelism, IntEnum)
    # equal numbers are one member under several names
    assert set(Parallelism.__members__) == {
        "SINGLE_THREAD", "ACCURATE_TIME_MEASUREMENTS", "PERFORMANCE", "RECKLESS"}
    assert Parallelism.SINGLE_THREAD == 1
    assert (1 <= Parallelism.ACCURATE_TIME_MEASUREMENTS <= Parallelism.PERFORMANCE
            <= Parallelism.RECKLESS <= Parallelism.PERFORMANCE + 1)


@pytest.mark.parametrize(("variable", "name", "bound", "constraints"), [
    (TExecution, "TExecution", Execution, ()),
    (TMOExecution, "TMOExecution", MOExecution, ()),
    (T, "T", None, (Process, MOProcess))])
def test_type_variable(variable: Any, name: str, bound: Any, constraints: Any) -> None:
    assert isinstance(variable, TypeVar)
    assert variable.__name__ == name
    found = variable.__bound__
    if hasattr(found, "__forward_arg__"):
        found = getattr(import_module(bound.__module__), found.__forward_arg__)
    assert found is bound
    assert variable.__constraints__ == constraints


def test_attributes() -> None:
    op0, op1, op2 = Op0(), Op1(), Op2()
    algorithm = Algorithm2("name", op0, op1, op2)
    assert (algorithm.name, algorithm.op0, algorithm.op1, algorithm.op2) == (
        "name", op0, op1, op2)
    vector = np.array([1, 2])
    record = MORecord("x", vector)
    assert record.x == "x"
    assert record.fs is vector


@pytest.mark.parametrize("name", [
    method.partition("(")[0] for method in CLASSES["execution.Execution"][2]
    if method.startswith("set_")])
def test_setters_return_the_execution(name: str) -> None:
    assert "Self" in str(get_type_hints(getattr(Execution, name))["return"])
