"""Slices and views of a process, for algorithms that use other algorithms."""

from collections.abc import Callable
from math import inf
from typing import Any, TypeVar, cast

import numpy as np

from fescue._engine.ledger import UNLIMITED, Ledger
from fescue._engine.memory import Preset
from fescue._engine.watch import Watch
from fescue.api._faces import (
    ARCHIVE_METHODS,
    BEST_METHODS,
    BUDGET_METHODS,
    OBJECTIVE_METHODS,
    PROBLEM_METHODS,
    RUN_METHODS,
    SPACE_METHODS,
    bind,
    vector_evaluation,
)
from fescue.api.mo_process import MOProcess
from fescue.api.process import Process, check_max_fes
from fescue.utils.types import type_error

#: the type of a process, for functions that return the kind they were given
T = TypeVar("T", Process, MOProcess)


class _Part(Process):
    """A process that does for its owner what it does not do itself."""

    def __init__(self, owner: Process, name: str) -> None:
        self._name = name
        bind(self, owner, *SPACE_METHODS, *OBJECTIVE_METHODS, *BEST_METHODS, *BUDGET_METHODS,
             *RUN_METHODS, "evaluate", "register", "should_terminate", "terminate")

    def replace(self, **methods: Callable[..., Any]) -> None:
        """Do what ``methods`` say instead of what the owner would."""
        for name, method in methods.items():
            setattr(self, name, method)

    def __str__(self) -> str:
        return self._name


class _MOPart(_Part, MOProcess):
    """Likewise, with several objectives."""

    def __init__(self, owner: MOProcess, name: str) -> None:
        super().__init__(owner, name)
        bind(self, owner, *PROBLEM_METHODS, *ARCHIVE_METHODS, "f_evaluate")


def _part(owner: Process, prefix: str, name: str) -> _Part:
    if isinstance(owner, MOProcess):
        return _MOPart(owner, f"{prefix}MO_{name}")
    return _Part(_check(owner), f"{prefix}_{name}")


def _check(process: Any) -> Process:
    if not isinstance(process, Process):
        raise type_error(process, "process", Process)
    return process


class _Account:
    """The account of a part: what its owner refuses is not counted and ends the part, too."""

    def __init__(self, owner: Process, rate: Callable[[Any], int | float],
                 **settings: Any) -> None:
        self._rate = rate
        self._register = owner.register
        self._consumed = owner.get_consumed_fes
        self._owner_says = owner.should_terminate
        self.ledger = Ledger(self._ask_owner, **settings)

    def _ask_owner(self, x: Any) -> int | float:
        before = self._consumed()
        f = self._rate(x)
        if f == inf and self._consumed() == before:
            self.ledger.n -= 1
            self.ledger.terminate()
        return f

    def register(self, x: Any, f: int | float) -> None:
        """Count an evaluation that was made elsewhere, here and with the owner."""
        ledger, before = self.ledger, self._consumed()
        if not ledger.is_over():
            self._register(x, f)
            if self._consumed() == before:
                ledger.terminate()
                return
        ledger.register(x, f)

    def should_terminate(self) -> bool:
        """Return whether this part or its owner has ended; the caller is told by both."""
        if not self.ledger.is_over() and self._owner_says():
            self.ledger.terminate()
        return self.ledger.should_terminate()


class _Vector:
    """The vector that the next evaluation of a part fills."""

    __slots__ = ("fs",)

    def __init__(self, fs: np.ndarray) -> None:
        self.fs = fs


def for_fes(process: T, max_fes: int) -> T:
    """Return a process that gives an algorithm at most ``max_fes`` of the FEs of ``process``.

    It counts its FEs from 0 and refuses what goes beyond them; ending it does not end its owner.

    Args:
        process: the owner, which evaluates, remembers and logs
        max_fes: the budget, in ``1..10**15``; it may be more than the owner has left

    Raises:
        TypeError: if an argument has a wrong type
        ValueError: if ``max_fes`` is out of range
    """
    limit = cast(int, check_max_fes(max_fes))
    part = _part(process, "forFEs", f"{limit}_{process}")
    start = process.get_consumed_fes()
    rate: Callable[[Any], int | float] = process.evaluate
    if isinstance(process, MOProcess):
        vector = _Vector(process.f_create())
        f_evaluate = process.f_evaluate

        def rate(x: Any) -> int | float:
            return f_evaluate(x, vector.fs)

    account = _Account(process, rate, max_fes=limit, alert=-inf)
    ledger = account.ledger
    if isinstance(process, MOProcess):
        part.replace(f_evaluate=vector_evaluation(ledger, vector, process.f_dtype()))
    else:
        part.replace(register=account.register)
    part.replace(
        evaluate=ledger.evaluate, terminate=ledger.terminate,
        should_terminate=account.should_terminate,
        get_consumed_fes=lambda: ledger.n, get_max_fes=lambda: limit,
        get_last_improvement_fe=lambda: max(
            min(1, ledger.n), process.get_last_improvement_fe() - start))
    return cast(T, part)


def from_starting_point(owner: Process, in_and_out_x: Any, f: int | float) -> Process:
    """Return a process whose best point is a given one, which better ones overwrite.

    An algorithm that begins with this point (see ``Op0Forward``) is not charged for it: as long
    as points equal to it are evaluated, no FE is consumed. Points as good as the best one
    replace it, too, so that a search can drift.

    Args:
        owner: the process that evaluates; it stays single-objective to the algorithm
        in_and_out_x: the point; overwritten whenever one that is not worse is found
        f: its objective value

    Raises:
        TypeError: if ``owner`` is no process
    """
    part = _Part(_check(owner), f"fromStart_{owner}")
    memory = Preset(owner, in_and_out_x, f)
    watch = Watch(memory, owner.get_consumed_time_millis, describe=owner.to_str)
    account = _Account(owner, owner.evaluate, witness=watch, alert=watch.first_alert())
    ledger = account.ledger
    count, is_equal, copy = ledger.evaluate, owner.is_equal, owner.copy
    at_start = True

    def evaluate(x: Any) -> int | float:
        nonlocal at_start
        if at_start:
            if is_equal(x, in_and_out_x):
                return f
            at_start = False
        return count(x)

    def register_here(x: Any, value: int | float) -> None:
        nonlocal at_start
        if at_start and x is not None and is_equal(x, in_and_out_x):
            return
        at_start = False
        account.register(x, value)

    def remaining() -> int | None:
        return None if owner.get_max_fes() is None else get_remaining_fes(owner) + ledger.n

    part.replace(
        evaluate=evaluate, register=register_here, terminate=ledger.terminate,
        should_terminate=account.should_terminate,
        has_best=lambda: True, get_best_f=lambda: memory.f,
        get_copy_of_best_x=lambda x: copy(x, memory.x),
        get_consumed_fes=lambda: max(1, ledger.n), get_max_fes=remaining,
        get_last_improvement_fe=lambda: memory.fe,
        get_last_improvement_time_millis=lambda: memory.moment)
    return part


class _Stop(BaseException):
    """Ends an algorithm that does not ask; no ``except Exception`` on the way catches it."""


def without_should_terminate(algorithm: Callable[[T], Any], process: T) -> None:
    """Apply an algorithm that never asks whether it should stop.

    Before each evaluation the process is asked instead; if it is over, the algorithm is ended by
    a private exception, which is caught here. All other exceptions surface.

    Args:
        algorithm: a function of a process, such as an adapter to another library
        process: the process to apply it to

    Raises:
        TypeError: if an argument has a wrong type
    """
    if not callable(algorithm):
        raise type_error(algorithm, "algorithm", Callable, call=True)
    part = _part(process, "protect", str(process))
    over, stop = process.should_terminate, _Stop()

    def guard(method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any) -> Any:
            if over():
                raise stop
            return method(*args)
        return guarded

    names = ["evaluate", "register"]
    if isinstance(process, MOProcess):
        names.append("f_evaluate")
    part.replace(**{name: guard(getattr(process, name)) for name in names})
    try:
        algorithm(cast(T, part))
    except _Stop as signal:
        if signal is not stop:  # that of a process further out
            raise


def get_remaining_fes(process: Process) -> int:
    """Return how many FEs ``process`` has left, ``2**63-1`` if they are not limited.

    >>> class Half(Process):
    ...     def get_max_fes(self): return 100
    ...     def get_consumed_fes(self): return 50
    >>> get_remaining_fes(Half())
    50
    """
    limit = process.get_max_fes()
    return UNLIMITED if limit is None else limit - process.get_consumed_fes()
