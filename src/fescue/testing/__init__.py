"""Validators: each checks that a component keeps its contract. Hand them yours.

They draw from a generator with a fixed seed, so they give the same verdict each time, and raise
:class:`~fescue.utils.errors.ValidationError` with the component, the value and what was expected.
"""

from fescue.testing.algorithms import validate_algorithm, validate_mo_algorithm
from fescue.testing.archives import validate_mo_archive_pruner
from fescue.testing.components import validate_component
from fescue.testing.evolution import validate_fitness, validate_schedule, validate_selection
from fescue.testing.families import (
    validate_algorithm_on_1_jssp,
    validate_algorithm_on_ackley,
    validate_algorithm_on_bitstrings,
    validate_algorithm_on_jssp,
    validate_algorithm_on_leadingones,
    validate_algorithm_on_onemax,
    validate_algorithm_on_vectors,
    verify_algorithms_equivalent,
)
from fescue.testing.kernels import validate_operator_kernels, validate_rating_kernels
from fescue.testing.operators import (
    validate_op0,
    validate_op1,
    validate_op1_with_step_size,
    validate_op2,
)
from fescue.testing.problems import validate_encoding, validate_mo_problem, validate_objective
from fescue.testing.spaces import validate_space
from fescue.testing.statistics import check_distribution, check_uniform
from fescue.testing.strategies import validate_strategy

__all__ = [
    "check_distribution",
    "check_uniform",
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
    "validate_operator_kernels",
    "validate_rating_kernels",
    "validate_schedule",
    "validate_selection",
    "validate_space",
    "validate_strategy",
    "verify_algorithms_equivalent",
]
