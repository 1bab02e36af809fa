"""Optimization problems; :data:`CATALOGUE` lists them."""

from typing import Any, Final

from fescue.api.catalogue import Problem, Task
from fescue.problems.bitstrings import BitStringProblem, LeadingOnes, OneMax, Trap, ZeroMax
from fescue.problems.jssp import jssp_instance, jssp_task
from fescue.spaces.bitstrings import BitStrings

_SIZES: Final = ("16", "64", "256", "1024")


def _bits(problem: type[BitStringProblem], text: str, source: str) -> Problem:
    def instance(name: str) -> BitStringProblem:
        """Return the problem of a size given as ``64`` or ``onemax_64``."""
        size = name.removeprefix(problem.__name__.lower()).lstrip("_")
        if not (size.isascii() and size.isdigit()):
            raise ValueError(
                f"instance {name!r} of {problem.__name__} is invalid, give the number of bits.")
        return problem(int(size))

    def task(objective: Any) -> Task:
        return Task("bits", objective, BitStrings(objective.n), best_known=0)

    return Problem(problem.__name__.lower(), text, instance, task, _SIZES, "bits", source)


CATALOGUE: Final[tuple[Problem, ...]] = (
    _bits(OneMax, "number of zeros", "Ackley 1987"),
    _bits(LeadingOnes, "bits from the first zero on", "Rudolph 1997"),
    _bits(ZeroMax, "number of ones", ""),
    _bits(Trap, "number of ones, plus one; 0 if there are only ones",
          "10.1109/TEVC.2002.806169"),
    Problem("jssp", "job shop scheduling, makespan", jssp_instance, jssp_task,
            ("demo", "ft06", "la24", "abz7", "ta80"), "permutations", "10.1007/BF01719250"),
)

__all__ = ["CATALOGUE", "LeadingOnes", "OneMax", "Trap", "ZeroMax"]
