"""The account of a run: it counts FEs and refuses those that the budget does not hold."""

from collections.abc import Callable
from math import inf
from threading import RLock
from typing import Any, Final, NoReturn, Protocol

from numpy import bool_, floating, integer

from fescue.utils.types import type_name_of

#: stands for "no limit"; no run gets that far
UNLIMITED: Final[int] = 2 ** 63 - 1


class Witness(Protocol):
    """What looks at the evaluations that may matter: memory, recorder, goal."""

    def __call__(self, n: int, x: Any, f: int | float, rated: bool) -> float:
        """Take note of FE number ``n``, which rated ``x`` with ``f``; return the next alert."""
        ...


def ignore(n: int, x: Any, f: int | float, rated: bool) -> float:
    """Take no note of anything: for accounts whose owner keeps the memory."""
    return -inf


class Ledger:
    """The account of one run.

    :attr:`limit` is the number of FEs at which evaluation ends. The budget, the goal, the time
    limit and :meth:`terminate` all end a run in the same way: they lower it. :attr:`alert` is
    the value below which an objective value may matter: best f, or NaN if every FE does.

    :meth:`evaluate` is made of three parts that a driver which has to wait can use one by one:
    :meth:`admit` reserves an FE, then the point is rated, then :meth:`settle` counts it. The
    parts may be called from any thread, :meth:`terminate` too; :meth:`evaluate` and
    :meth:`register` from one thread only, and not while tickets are out in other threads.
    """

    __slots__ = ("_kind", "_lock", "_max_fes", "_next_ticket", "_on_stop", "_stopped", "_tickets",
                 "_told", "_witness", "alert", "deadline", "limit", "n", "now", "rate", "subject")

    def __init__(self, rate: Callable[[Any], int | float], witness: Witness = ignore,
                 max_fes: int | None = None, *, alert: float = inf,
                 now: Callable[[], int] = lambda: 0, deadline: int = UNLIMITED,
                 on_stop: Callable[[], None] | None = None, subject: str = "objective") -> None:
        """Open an account.

        Args:
            rate: computes the objective value of a point
            witness: is shown each evaluation whose value is not ``>= alert``
            max_fes: the budget, at least 1, ``None`` for no limit
            alert: the first value of :attr:`alert`
            now: reads the time; needed only with a ``deadline``
            deadline: the value of ``now()`` from which on no evaluation begins
            on_stop: is called whenever the run is ended
            subject: what an error about an objective value is about
        """
        #: the number of FEs consumed
        self.n = 0
        self._max_fes = UNLIMITED if max_fes is None else max_fes
        self.limit = self._max_fes
        self.alert = alert
        self.rate = rate
        self.now = now
        self.deadline = deadline
        self.subject = subject
        self._witness = witness
        self._on_stop = on_stop
        self._kind: type = int
        self._told = False
        self._stopped = False
        self._next_ticket = 0
        self._tickets: set[int] = set()
        # reentrant: a signal handler may call terminate() while its own thread holds the lock
        self._lock = RLock()

    def evaluate(self, x: Any) -> int | float:
        """Rate ``x``, count it, and return its objective value as Python number."""
        n = self.n
        if n >= self.limit:
            return self._refuse()
        # counted first: an evaluation that fails has been paid for
        self.n = n = n + 1
        f = self.rate(x)
        if f.__class__ is not self._kind:
            f = self._convert(f)
        if not f >= self.alert:
            self.alert = self._witness(n, x, f, True)
        return f

    def register(self, x: Any, f: int | float) -> None:
        """Count an evaluation of ``x`` that was made elsewhere and gave ``f``."""
        n = self.n
        if n >= self.limit:
            self._refuse()
            return
        f = self._convert(f)
        self.n = n = n + 1
        if not f >= self.alert:
            self.alert = self._witness(n, x, f, False)

    def should_terminate(self) -> bool:
        """Return whether the run has ended, and remember if the caller has been told so."""
        if self.n >= self.limit:
            self._told = True
            return True
        return False

    def should_terminate_in_time(self) -> bool:
        """Do as :meth:`should_terminate`, for accounts that have a deadline."""
        if self.n < self.limit and self.now() < self.deadline:
            return False
        self.terminate()
        self._told = True
        return True

    def is_over(self) -> bool:
        """Return whether no evaluation is possible any more, without telling anybody."""
        return self.n >= self.limit

    def terminate(self) -> None:
        """End the run now; callable repeatedly and from any thread."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            self.limit = 0
        if self._on_stop is not None:
            self._on_stop()

    def admit(self) -> int | None:
        """Reserve one FE.

        Returns:
            a ticket that must be given to :meth:`settle`, :meth:`fail` or :meth:`release`, or
            ``None`` if there is no FE to be had: all are consumed or reserved, or the run is over
        """
        with self._lock:
            if self.now() >= self.deadline:
                self.terminate()
            if self.n >= self.limit:
                return None
            self._next_ticket += 1
            self._tickets.add(self._next_ticket)
            self._balance()
            return self._next_ticket

    def settle(self, ticket: int, x: Any, f: int | float) -> int | float:
        """Count the evaluation that ``ticket`` was reserved for, also after the run's end.

        Returns:
            the objective value as Python number
        """
        with self._lock:
            self.fail(ticket)
            f = self._convert(f)
            if not f >= self.alert:
                self.alert = self._witness(self.n, x, f, False)
            return f

    def fail(self, ticket: int) -> None:
        """Count an evaluation that gave no value."""
        with self._lock:
            self._redeem(ticket)
            self.n += 1
            self._balance()

    def release(self, ticket: int) -> None:
        """Give back an FE whose evaluation was cancelled before it was made."""
        with self._lock:
            self._redeem(ticket)
            self._balance()

    def _redeem(self, ticket: int) -> None:
        if ticket not in self._tickets:
            raise ValueError(
                f"ticket={ticket!r} is not open: each one that admit() returned can be settled, "
                "failed or released once.")
        self._tickets.remove(ticket)

    def _balance(self) -> None:
        self.limit = 0 if self._stopped else self._max_fes - len(self._tickets)

    def _refuse(self) -> float:
        if self._told:
            raise ValueError(
                "The process has terminated and the algorithm knows it: after "
                "should_terminate() has returned True, nothing can be evaluated.")
        return inf

    def _convert(self, f: Any) -> int | float:
        """Turn any number into a Python one, which is what algorithms may calculate with."""
        kind = type(f)
        if kind is not int and kind is not float:
            if isinstance(f, float | floating):
                return float(f)
            if isinstance(f, int | integer | bool_):
                return int(f)
            self._refuse_value(f)
        # from now on values of this type pass unexamined
        self._kind = kind
        return f  # type: ignore[no-any-return]

    def _refuse_value(self, f: Any) -> NoReturn:
        text = "None" if f is None else f"a {type_name_of(f)}"
        raise TypeError(
            f"{self.subject} returned {text} at FE {self.n}, but an objective value must be one "
            "int or float (NumPy's scalars included).")
