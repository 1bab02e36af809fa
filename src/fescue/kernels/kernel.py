"""What a component offers to compiled runs: functions in the subset of Python that numba knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Kernel(NamedTuple):
    """A function of a module and the data that it works with.

    The last argument of the function is ``data``, a tuple of arrays and numbers, unless that is
    ``None``: then there is none. Those before it are that of the method that it stands for, ``rng``
    in front where the method gets a random generator. It must do exactly what the method does, draw
    the same random numbers in the same order, and may call functions of modules that do the same.
    """

    function: Callable[..., Any]
    data: tuple[Any, ...] | None = ()

    def call(self, *args: Any) -> Any:
        """Call the function, uncompiled."""
        return self.function(*args) if self.data is None else self.function(*args, self.data)


def owner_of(component: Any, name: str) -> type | None:
    """Return the class that an attribute of a component is from."""
    return next((c for c in type(component).__mro__ if name in vars(c)), None)


def offers(component: Any, method: str, offer: str = "kernel") -> bool:
    """Return whether a component's kernel stands for its method, which was not changed later.

    Args:
        component: the component
        method: the name of the method
        offer: the name of the method that returns the kernel, or what else stands for it
    """
    if method in vars(component):
        return False
    by, of = owner_of(component, offer), owner_of(component, method)
    return by is not None and of is not None and issubclass(by, of)


def kernel_of(component: Any, method: str) -> Kernel | None:
    """Return the kernel that stands for a method of a component, ``None`` if there is none."""
    kernel: Kernel | None = component.kernel() if offers(component, method) else None
    return kernel


class Move(NamedTuple):
    """A unary operator in parts: what is to be changed, the change, and its reversal.

    ``choose(rng, x, data)`` returns two integers, ``apply(x, a, b, data)`` changes ``x`` in place,
    and ``undo(x, a, b, data)`` reverses that. Together the first two do what the operator does.
    ``first(a, b, data)`` returns the first index at which ``x`` may change.
    """

    choose: Callable[..., Any]
    apply: Callable[..., None]
    undo: Callable[..., None]
    data: tuple[Any, ...] = ()
    first: Callable[..., int] | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """The search of an algorithm as two functions, between which points are rated.

    ``ask(rng, ints, points, values, parts)`` writes the next point into one of ``points`` and
    returns its index; ``tell(rng, ints, points, values, index, f, parts)`` learns its objective
    value. Both may call ``op0``, ``op1``, ``op2`` and the functions in ``uses`` by name; ``parts``
    holds the data of the three operators and that of the algorithm.

    Attributes:
        ask: the one function
        tell: the other one
        n_points: how many points the algorithm holds
        n_ints: how many integers it remembers, all 0 at the start
        data: the algorithm's own numbers, or what makes them for an objective function and a point:
            ``None`` if it cannot
        uses: further functions by name
        without: the operators that it does not call by their own names
    """

    ask: Callable[..., Any]
    tell: Callable[..., None]
    n_points: int
    n_ints: int
    data: tuple[Any, ...] | Callable[[Any, Any], tuple[Any, ...] | None] = ()
    uses: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalSearch:
    """A search that always holds one point and moves to a neighbour or not.

    ``accept(rng, step, current, f, parts)`` returns whether to move from the point with the value
    ``current`` to the one with the value ``f``; steps count from 0. It may call the functions in
    ``uses`` by name; ``parts`` is as for :class:`Search`.

    Attributes:
        accept: the rule
        data: the algorithm's own numbers, or what makes them for an objective function and a point:
            ``None`` if it cannot
        uses: further functions by name
        refuses_worse: whether the rule refuses all values above ``current``, and draws nothing
            then: so they need not be known exactly
    """

    accept: Callable[..., bool]
    data: tuple[Any, ...] | Callable[[Any, Any], tuple[Any, ...] | None] = ()
    uses: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    refuses_worse: bool = False
