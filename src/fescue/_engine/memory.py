"""What a run remembers: the best point, an archive, or a point that was given to it."""

from collections.abc import Callable, Sequence
from functools import cache
from math import inf, nextafter
from typing import Any, Protocol

import numpy as np

from fescue.utils.errors import ObjectiveError


class Points(Protocol):
    """The part of a space that a memory needs."""

    def create(self) -> Any:
        """Return a new point."""
        ...

    def copy(self, dest: Any, source: Any) -> None:
        """Overwrite ``dest`` with ``source``."""
        ...


class Best:
    """The best point so far, with its solution, its objective value and when it was found."""

    __slots__ = ("_keep_y", "_space", "f", "fe", "moment", "x")

    def __init__(self, space: Points, keep_y: Callable[[bool], None] | None = None) -> None:
        """Remember nothing yet.

        Args:
            space: the search space
            keep_y: is called as ``keep_y(rated)`` when there is a new best point; where an encoding
                is used, it keeps the solution that belongs to it
        """
        self._space = space
        self._keep_y = keep_y
        #: the best objective value, ``inf`` if there is none
        self.f: int | float = inf
        #: the FE that gave it, 0 if there is none
        self.fe = 0
        #: the nanosecond at which it was found
        self.moment = 0
        #: the best point
        self.x: Any = None

    def see(self, n: int, moment: int, x: Any, f: int | float, rated: bool) -> bool:
        """Take note of FE ``n`` and return whether it was an improvement.

        Args:
            n: the index of the FE
            moment: when it happened
            x: the point, which is copied; ``None`` is enough if it is not improving
            f: its objective value
            rated: whether the pipeline has just rated it, so that its solution is at hand

        Raises:
            TypeError: if an improving point is missing
        """
        if not f < self.f:
            return False
        if x is None:
            raise TypeError(
                f"x is None, but f={f} improves on {self.f}: register(x, f) needs the point of "
                "an improvement.")
        if self.x is None:
            self.x = self._space.create()
        if self._keep_y is not None:
            self._keep_y(rated)
        self._space.copy(self.x, x)
        self.f, self.fe, self.moment = f, n, moment
        return True

    def alert(self) -> float:
        """Return the objective value below which an FE is to be noticed."""
        return self.f


class Preset:
    """A given point as the best one: equally good ones replace it, in place."""

    __slots__ = ("_space", "f", "fe", "moment", "x")

    def __init__(self, space: Points, x: Any, f: int | float) -> None:
        """Start from a point.

        Args:
            space: the search space
            x: the point; overwritten whenever one that is not worse is found
            f: its objective value
        """
        self._space = space
        self.x = x
        self.f = f
        self.fe = 0
        self.moment = 0

    def see(self, n: int, moment: int, x: Any, f: int | float, rated: bool) -> bool:
        """Take note of FE ``n`` and return whether ``x`` was accepted; see :meth:`Best.see`."""
        if not f <= self.f or x is None:
            return False
        self._space.copy(self.x, x)
        self.f, self.fe, self.moment = f, n, moment
        return True

    def alert(self) -> float:
        """Return a value just above that of the best point."""
        return self.f + 1 if isinstance(self.f, int) else nextafter(self.f, inf)


class Entry(Protocol):
    """A member of an archive: a point and its objective vector."""

    @property
    def x(self) -> Any:
        """The point."""
        ...

    @property
    def fs(self) -> np.ndarray:
        """Its objective vector."""
        ...


class Archive:
    """A :class:`Best` and, besides, the non-dominated points seen."""

    __slots__ = ("_compare", "_found", "_fs", "_limit", "_make", "_max_size", "_prune", "_scan",
                 "_space", "_vectors", "best", "best_fs", "members", "worst")

    def __init__(self, best: Best, space: Points, fs: Callable[[], np.ndarray],
                 compare: Callable[[np.ndarray, np.ndarray], int],
                 make: Callable[[Any, np.ndarray], Any],
                 prune: Callable[[list[Any], int, int], None], max_size: int, limit: int,
                 scan: Callable[..., int] | None = None) -> None:
        """Remember nothing yet.

        Args:
            best: the memory of the best scalarization
            space: the search space
            fs: returns the objective vector of the point that is being noticed
            compare: the domination, as ``f_dominates``
            make: joins a point and a vector into a record
            prune: moves the records to keep to the front of a list
            max_size: how many records are kept when the archive is pruned
            limit: the size above which it is pruned
            scan: is called as ``scan(vectors, n, fs, found)`` in place of ``compare``, if that is
                what it does: it returns -1 if one of the first ``n`` rows of ``vectors`` dominates
                ``fs`` or equals it, else how many are dominated by it, and writes their indices,
                the largest first, to ``found``
        """
        self.best = best
        self.best_fs: np.ndarray | None = None
        #: the records, a list that is in part rewritten in place
        self.members: list[Any] = []
        self._space = space
        self._fs = fs
        self._compare = compare
        self._make = make
        self._prune = prune
        self._max_size = max_size
        self._limit = limit
        self._scan = scan
        #: stands for "worse than any legal value"
        self.worst: int | float = worst_value(fs().dtype)
        # with ``scan`` only: a row for each member, and space for the result
        self._vectors = np.zeros((0, 0))
        self._found = np.zeros(0, np.int64)

    def see(self, n: int, moment: int, x: Any, f: int | float, rated: bool) -> bool:
        """Take note of FE ``n`` and return whether it improved best or archive.

        Raises:
            ObjectiveError: if the objective vector has NaN or ``-inf``
        """
        fs = self._fs()
        values = fs.tolist()
        for value in values:
            if not value > -inf:
                raise ObjectiveError(
                    f"The objective vector of FE {n} is {fs.tolist()}, but no objective function "
                    "may return NaN or -inf (inf marks a worthless point).")
        improved = f < self.best.f and self.best.see(n, moment, x, f, rated)
        if improved:
            self.best_fs = fs.copy()
        if self.worst in values:
            return improved  # an evaluation that was refused, or a worthless point
        if self._enter(x, fs, True) and not improved:
            self.best.fe, self.best.moment = n, moment
            improved = True
        return improved

    def alert(self) -> float:
        """Return NaN: every FE may enter the archive."""
        return float("nan")

    def check_in(self, x: Any, fs: np.ndarray, prune: bool) -> bool:
        """Offer copies of a point and its vector; return whether they have entered."""
        return self.worst not in fs.tolist() and self._enter(x, fs, prune)

    def _enter(self, x: Any, fs: np.ndarray, prune: bool) -> bool:
        losers = self._losers(fs)
        if losers is None:
            return False
        members, place = self.members, -1
        # the first loser gives the newcomer its place, each further one is replaced by the last
        # member, which is no loser or that place
        for i in losers:
            if place < 0:
                place = i
                continue
            last = len(members) - 1
            if place == last:
                place = i
            self._put(i, members[last])
            members.pop()
        record = self._record(x, fs)
        if place >= 0:
            self._put(place, record)
            return True
        members.append(record)
        self._put(len(members) - 1, record)
        if prune and len(members) > self._limit:
            self._prune(members, self._max_size, len(members))
            del members[self._max_size:]
            for i, record in enumerate(members):
                self._put(i, record)
        return True

    def _losers(self, fs: np.ndarray) -> Sequence[int] | None:
        """Return the members that ``fs`` dominates, the newest first.

        It is ``None`` if a member dominates or equals ``fs``; then there are none.
        """
        members = self.members
        if self._scan is None:
            found = []
            for i in range(len(members) - 1, -1, -1):
                relation = self._compare(members[i].fs, fs)
                if relation in (-1, 2):
                    return None
                if relation == 1:
                    found.append(i)
            return found
        if len(members) >= len(self._vectors):  # there is space for one more, always
            rows = np.zeros((2 * len(members) + 8, len(fs)), fs.dtype)
            for i, record in enumerate(members):
                rows[i] = record.fs
            self._vectors, self._found = rows, np.zeros(len(rows), np.int64)
        n = self._scan(self._vectors, len(members), fs, self._found)
        return None if n < 0 else self._found[:n].tolist() if n else ()

    def _put(self, i: int, record: Any) -> None:
        self.members[i] = record
        if self._scan is not None:
            self._vectors[i] = record.fs

    def _record(self, x: Any, fs: np.ndarray) -> Any:
        point = self._space.create()
        self._space.copy(point, x)
        return self._make(point, fs.copy())


@cache
def worst_value(dtype: np.dtype[Any]) -> int | float:
    """Return the value that stands for "worse than any legal one" in objective vectors."""
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else inf
