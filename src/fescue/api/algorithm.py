"""The contracts of optimization algorithms."""

from typing import TYPE_CHECKING, Any, Final

from fescue.api.component import Component
from fescue.api.logging import SCOPE_OP0, SCOPE_OP1, SCOPE_OP2
from fescue.api.operators import Op0, Op1, Op2, check_op0, check_op1, check_op2
from fescue.kernels.kernel import LocalSearch, Search
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import PART_SEPARATOR, sanitize_name
from fescue.utils.types import type_error

if TYPE_CHECKING:  # a process is an argument here and nothing else
    from fescue.api.process import Process
    from fescue.api.space import Space


class Algorithm(Component):
    """A search procedure; new ones override :meth:`solve`.

    An algorithm asks ``process.should_terminate()`` before each evaluation and returns as soon
    as the answer is yes. Everything random comes from ``process.get_random()``. It need not
    remember the best point: the process does.
    """

    def solve(self, process: "Process") -> None:
        """Search until told to stop or until there is nothing left to do.

        Args:
            process: the search space, the objective, the budget and the random numbers
        """
        raise self._must_override("solve(process)")

    def prepare(self, space: "Space", max_fes: int | None) -> None:
        """Get ready for a run, before its time starts; by default there is nothing to do.

        It is called after :meth:`initialize`, in runs that are not compiled as a whole.

        Args:
            space: the space of the points
            max_fes: the budget of the run, ``None`` if it has none
        """

    def search(self) -> Search | LocalSearch | None:
        """Return the same search for compiled runs, ``None`` if there is none."""
        return None


class Algorithm0(Algorithm):
    """An algorithm with a nullary operator."""

    def __init__(self, name: str, op0: Op0) -> None:
        """Create it.

        Args:
            name: the short name, which must be usable in file names
            op0: how points are sampled

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``name`` is not its own :func:`~fescue.utils.naming.sanitize_name`
        """
        if not isinstance(name, str):
            raise type_error(name, "name", str)
        if sanitize_name(name) != name:
            raise ValueError(
                f"name={name!r} is invalid, use {sanitize_name(name)!r}: names of algorithms "
                "become names of files.")
        #: the short name of the algorithm without those of its operators
        self.name: Final[str] = name
        #: the nullary search operator
        self.op0: Final[Op0] = check_op0(op0)

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def initialize(self) -> None:
        """Reset the algorithm and its operator."""
        super().initialize()
        self.op0.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and the operator in a scope of its own."""
        super().log_parameters_to(logger)
        with logger.scope(SCOPE_OP0) as scope:
            self.op0.log_parameters_to(scope)


class Algorithm1(Algorithm0):
    """An algorithm with a nullary and a unary operator."""

    def __init__(self, name: str, op0: Op0, op1: Op1) -> None:
        """Create it.

        Args:
            name: the short name; the unary operator's is appended to it
            op0: how points are sampled
            op1: how points are modified

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``name`` cannot be used in file names
        """
        super().__init__(name, op0)
        #: the unary search operator
        self.op1: Final[Op1] = check_op1(op1)

    def __str__(self) -> str:
        """Return the name, followed by the operator's."""
        return _join(self.name, self.op1)

    def initialize(self) -> None:
        """Reset the algorithm and its operators."""
        super().initialize()
        self.op1.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and each operator in a scope of its own."""
        super().log_parameters_to(logger)
        with logger.scope(SCOPE_OP1) as scope:
            self.op1.log_parameters_to(scope)


class Algorithm2(Algorithm1):
    """An algorithm with a nullary, a unary and a binary operator."""

    def __init__(self, name: str, op0: Op0, op1: Op1, op2: Op2) -> None:
        """Create it.

        Args:
            name: the short name; those of the binary and the unary operator are appended
            op0: how points are sampled
            op1: how points are modified
            op2: how points are combined

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if ``name`` cannot be used in file names
        """
        super().__init__(name, op0, op1)
        #: the binary search operator
        self.op2: Final[Op2] = check_op2(op2)

    def __str__(self) -> str:
        """Return the name, followed by those of the binary and the unary operator."""
        return _join(self.name, self.op2, self.op1)

    def initialize(self) -> None:
        """Reset the algorithm and its operators."""
        super().initialize()
        self.op2.initialize()

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and each operator in a scope of its own."""
        super().log_parameters_to(logger)
        with logger.scope(SCOPE_OP2) as scope:
            self.op2.log_parameters_to(scope)


def _join(name: str, *operators: Op1 | Op2) -> str:
    """Append the operators' names; a bare base class stands for 'no such operator'."""
    used = [str(op) for op in operators if type(op) not in (Op1, Op2)]
    return PART_SEPARATOR.join((name, *used))


def check_algorithm(algorithm: Any) -> Algorithm:
    """Return ``algorithm`` if it is an :class:`Algorithm`.

    Raises:
        TypeError: if it is anything else
    """
    if isinstance(algorithm, Algorithm):
        return algorithm
    raise type_error(algorithm, "algorithm", Algorithm)
