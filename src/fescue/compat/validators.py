"""The validators of :mod:`fescue.testing` with the names of parameters that moptipy documents."""

from collections.abc import Callable
from typing import Any, Final

from fescue import testing
from fescue.testing import (
    validate_algorithm_on_1_jssp,
    validate_algorithm_on_ackley,
    validate_algorithm_on_bitstrings,
    validate_algorithm_on_jssp,
    validate_algorithm_on_leadingones,
    validate_algorithm_on_onemax,
    validate_algorithm_on_vectors,
    validate_component,
    validate_fitness,
    validate_selection,
    verify_algorithms_equivalent,
)

#: the parameters of each validator there, in order, with our names, "" if there is none here
_PARAMETERS: Final[dict[str, dict[str, str]]] = {
    name: dict(pair.split("=") for pair in text.split()) for name, text in {
        "validate_algorithm":
            "algorithm=algorithm solution_space=solution_space objective=objective "
            "search_space=search_space encoding=encoding max_fes=max_fes "
            "required_result=required_result "
            "uses_all_fes_if_goal_not_reached=uses_all_fes_if_goal_not_reached "
            "is_encoding_deterministic=",
        "validate_mo_algorithm":
            "algorithm=algorithm solution_space=solution_space problem=problem "
            "search_space=search_space encoding=encoding max_fes=max_fes "
            "is_encoding_deterministic=",
        "validate_space":
            "space=space make_element_valid=make_valid make_element_invalid=make_invalid",
        "validate_op0":
            "op0=op search_space=space make_search_space_element_valid= "
            "number_of_samples=samples min_unique_samples=min_unique",
        "validate_op1":
            "op1=op search_space=space make_search_space_element_valid=make_valid "
            "number_of_samples=samples min_unique_samples=min_unique",
        "validate_op1_with_step_size":
            "op1=op search_space=space make_search_space_element_valid=make_valid "
            "number_of_samples=samples min_unique_samples=min_unique step_sizes=step_sizes "
            "get_step_size=get_step_size",
        "validate_op2":
            "op2=op search_space=space make_search_space_element_valid=make_valid "
            "number_of_samples=samples min_unique_samples=min_unique",
        "validate_objective":
            "objective=objective solution_space=space "
            "make_solution_space_element_valid=make_valid is_deterministic=is_deterministic",
        "validate_mo_problem":
            "mo_problem=problem solution_space=space "
            "make_solution_space_element_valid=make_valid is_deterministic=is_deterministic",
        "validate_encoding":
            "encoding=encoding search_space=search_space solution_space=solution_space "
            "make_search_space_element_valid=make_valid is_deterministic=is_deterministic",
        "validate_mo_archive_pruner":
            "pruner_factory=make dimensions=dimensions dtypes=dtypes",
    }.items()}


def _adapted(name: str) -> Callable[..., None]:
    """Return one of our validators with the parameters that it has there."""
    ours, parameters = getattr(testing, name), _PARAMETERS[name]

    def validate(*args: Any, **named: Any) -> None:
        """Check a component; see the function of the same name in :mod:`fescue.testing`."""
        if len(args) > len(parameters):
            raise TypeError(f"{name} takes {len(parameters)} arguments, but got {len(args)}.")
        given = dict(zip(parameters, args, strict=False)) | named
        unknown = [key for key in given if key not in parameters]
        if unknown:
            raise TypeError(f"{name} has no parameter {unknown[0]!r}, only {list(parameters)}.")
        passed = {parameters[key]: value for key, value in given.items() if parameters[key]}
        if "make_valid" in parameters.values() and name != "validate_space":
            passed.setdefault("make_valid", lambda random, x: x)
        elif passed.get("make_valid") is not None:
            make = passed["make_valid"]  # it is not given a source of randomness there
            passed["make_valid"] = lambda random, x: make(x)
        if callable(passed.get("min_unique")):
            passed["min_unique"] = passed["min_unique"](passed.get("samples", 100), passed["space"])
        ours(**passed)

    validate.__name__ = validate.__qualname__ = name
    return validate


validate_algorithm = _adapted("validate_algorithm")
validate_encoding = _adapted("validate_encoding")
validate_mo_algorithm = _adapted("validate_mo_algorithm")
validate_mo_archive_pruner = _adapted("validate_mo_archive_pruner")
validate_mo_problem = _adapted("validate_mo_problem")
validate_objective = _adapted("validate_objective")
validate_op0 = _adapted("validate_op0")
validate_op1 = _adapted("validate_op1")
validate_op1_with_step_size = _adapted("validate_op1_with_step_size")
validate_op2 = _adapted("validate_op2")
validate_space = _adapted("validate_space")

__all__ = [
    "validate_algorithm",
    "validate_algorithm_on_1_jssp",
    "validate_algorithm_on_ackley",
    "validate_algorithm_on_bitstrings",
    "validate_algorithm_on_jssp",
    "validate_algorithm_on_leadingones",
    "validate_algorithm_on_onemax",
    "validate_algorithm_on_vectors",
    "validate_component",
    "validate_encoding",
    "validate_fitness",
    "validate_mo_algorithm",
    "validate_mo_archive_pruner",
    "validate_mo_problem",
    "validate_objective",
    "validate_op0",
    "validate_op1",
    "validate_op1_with_step_size",
    "validate_op2",
    "validate_selection",
    "validate_space",
    "verify_algorithms_equivalent",
]
