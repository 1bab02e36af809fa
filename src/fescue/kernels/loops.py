"""The loops of compiled runs. They are compiled once for each combination of components.

The names that are called here and not defined, such as ``rate`` and ``ask``, are those of the
combination; see :mod:`fescue.kernels.link`. A loop goes on until ``account[STOP]`` FEs are
begun, the goal is reached or no more rows can be kept, and is called again to go on. Local
searches begin at ``points[0]``. ``best_x[0]`` and ``best[0]`` get the best point and its
value, ``best_x[1]`` and ``best[1]`` those of a point whose value is not a legal one. ``best[2]`` is
a value that nothing exceeds. As long as ``account[AHEAD]``, the best point is ``points[0]``.
"""

# mypy: disable-error-code="name-defined"
# ruff: noqa: F821

from math import inf
from typing import Any

from fescue.kernels.primitives import copy

#: places in the array ``account``: FEs, where to stop, whether each FE makes a row, rows kept,
#: whether the last value was no legal one, the FE of the best point, where that point is
FES, STOP, EVERY, ROWS, ILLEGAL, BEST_FE, AHEAD = range(7)
N_ACCOUNT = 7


def notice(n: int, f: Any, x: Any, best_x: Any, account: Any, best: Any, goal: Any, row_fes: Any,
           row_fs: Any) -> int:
    """Take note of FE ``n``, which may matter: the best point, a row; return where to stop."""
    if f != f or f == -inf:
        account[ILLEGAL] = 1
        best[1] = f
        copy(best_x[1], x)
        return n
    if f < best[0]:
        copy(best_x[0], x)
    return record(n, f, account, best, goal, row_fes, row_fs)


def record(n: int, f: Any, account: Any, best: Any, goal: Any, row_fes: Any, row_fs: Any) -> int:
    """Take note of FE ``n`` with a legal value, but not of its point; return where to stop."""
    better = f < best[0]
    if better:
        best[0] = f
        account[BEST_FE] = n
    if better or account[EVERY]:
        k = account[ROWS]
        row_fes[k] = n
        row_fs[k] = f
        account[ROWS] = k + 1
        # no room for more: the caller will make some
        if k + 1 >= len(row_fes) or (better and f <= goal[0]):
            return n
    return int(account[STOP])


def steps(rng: Any, ints: Any, points: Any, values: Any, best_x: Any, account: Any, best: Any,
          goal: Any, row_fes: Any, row_fs: Any, parts: Any, rating: Any) -> None:
    """Ask for a point, rate it, tell its value."""
    n, stop, every, alert = account[FES], account[STOP], account[EVERY], best[0]
    while n < stop:
        i = ask(rng, ints, points, values, parts)
        n += 1
        account[FES] = n
        f = rate(points[i], rating)
        if every or not f >= alert:
            stop = notice(n, f, points[i], best_x, account, best, goal, row_fes, row_fs)
            alert = best[0]
        tell(rng, ints, points, values, i, f, parts)


def copies(rng: Any, ints: Any, points: Any, values: Any, best_x: Any, account: Any, best: Any,
           goal: Any, row_fes: Any, row_fs: Any, parts: Any, rating: Any) -> None:
    """Search locally: make a changed copy of the current point, and keep it or not."""
    n, stop, every, alert = account[FES], account[STOP], account[EVERY], best[0]
    here, step, current = ints[0], ints[1], values[0]
    if n == 0 and stop > 0:
        n = account[FES] = 1
        current = rate(points[0], rating)
        stop = notice(1, current, points[0], best_x, account, best, goal, row_fes, row_fs)
        alert = best[0]
    while n < stop:
        op1(rng, points[1 - here], points[here], parts[1])
        n += 1
        account[FES] = n
        f = rate(points[1 - here], rating)
        if every or not f >= alert:
            stop = notice(n, f, points[1 - here], best_x, account, best, goal, row_fes, row_fs)
            alert = best[0]
        if accept(rng, step, current, f, parts):
            here = 1 - here
            current = f
        step += 1
    ints[0], ints[1], values[0] = here, step, current


def moves(rng: Any, ints: Any, points: Any, values: Any, best_x: Any, account: Any, best: Any,
          goal: Any, row_fes: Any, row_fs: Any, parts: Any, rating: Any) -> None:
    """Search locally: change the current point in place, and undo that or not."""
    n, stop, every, alert = account[FES], account[STOP], account[EVERY], best[0]
    x, step, current = points[0], ints[1], values[0]
    if n == 0 and stop > 0:
        n = account[FES] = 1
        current = rate(x, rating)
        stop = notice(1, current, x, best_x, account, best, goal, row_fes, row_fs)
        alert = best[0]
    while n < stop:
        a, b = choose(rng, x, parts[1])
        apply(x, a, b, parts[1])
        n += 1
        account[FES] = n
        f = rate(x, rating)
        if every or not f >= alert:
            stop = notice(n, f, x, best_x, account, best, goal, row_fes, row_fs)
            alert = best[0]
        if accept(rng, step, current, f, parts):
            current = f
        else:
            undo(x, a, b, parts[1])
        step += 1
    ints[1], values[0] = step, current


def deltas(rng: Any, ints: Any, points: Any, values: Any, best_x: Any, account: Any, best: Any,
           goal: Any, row_fes: Any, row_fs: Any, parts: Any, rating: Any) -> None:
    """Search locally: rate a change before it is made, and make it or not."""
    n, stop, every, alert = account[FES], account[STOP], account[EVERY], best[0]
    x, step, current = points[0], ints[1], values[0]
    if n == 0 and stop > 0:
        n = account[FES] = 1
        current = rate(x, rating)
        stop = notice(1, current, x, best_x, account, best, goal, row_fes, row_fs)
        alert = best[0]
    while n < stop:
        a, b = choose(rng, x, parts[1])
        n += 1
        account[FES] = n
        f = rate_move(x, current, a, b, parts[1], rating[-1])
        better = alert > f > -inf
        leave = accept(rng, step, current, f, parts)
        if leave:
            if account[AHEAD] and not better:
                # only now, and not at each improvement, which may be large and cheap to rate
                copy(best_x[0], x)
                account[AHEAD] = 0
            apply(x, a, b, parts[1])
            current = f
        if better and leave:
            account[AHEAD] = 1
            stop = record(n, f, account, best, goal, row_fes, row_fs)
            alert = f
        elif every or not f >= alert:
            if not leave:
                apply(x, a, b, parts[1])
            stop = notice(n, f, x, best_x, account, best, goal, row_fes, row_fs)
            alert = best[0]
            if better:
                account[AHEAD] = 0
            if not leave:
                undo(x, a, b, parts[1])
        step += 1
    ints[1], values[0] = step, current


def prefixes(rng: Any, ints: Any, points: Any, values: Any, best_x: Any, account: Any, best: Any,
             goal: Any, row_fes: Any, row_fs: Any, parts: Any, rating: Any) -> None:
    """Search locally: change the current point in place, rate it from its first change on."""
    n, stop, every, alert = account[FES], account[STOP], account[EVERY], best[0]
    x, known, step, current = points[0], ints[0], ints[1], values[0]
    if n == 0 and stop > 0:
        n = account[FES] = 1
        current = rate(x, rating)
        stop = notice(1, current, x, best_x, account, best, goal, row_fes, row_fs)
        alert = best[0]
    while n < stop:
        a, b = choose(rng, x, parts[1])
        apply(x, a, b, parts[1])
        start = first(a, b, parts[1])
        limit = best[2] if every else bound(current, best[2])
        n += 1
        account[FES] = n
        f = rate_from(x, start, known, limit, rating[-1])
        known = max(known, start)
        if every or not f >= alert:
            stop = notice(n, f, x, best_x, account, best, goal, row_fes, row_fs)
            alert = best[0]
        if accept(rng, step, current, f, parts):
            current = f
            known = start
        else:
            undo(x, a, b, parts[1])
        step += 1
    ints[0], ints[1], values[0] = known, step, current


def bound_by_current(current: Any, highest: Any) -> Any:
    """Return what values must not exceed to matter, where all worse ones are refused."""
    return current


def bound_by_nothing(current: Any, highest: Any) -> Any:
    """Return what values must not exceed to matter, where any may be accepted."""
    return highest


def rate_plainly(x: Any, rating: Any) -> Any:
    """Rate a point by an objective without data."""
    return evaluate(x)


def rate_with_data(x: Any, rating: Any) -> Any:
    """Rate a point by an objective with data."""
    return evaluate(x, rating[0])


def decode_and_rate_plainly(x: Any, rating: Any) -> Any:
    """Decode a point, then rate its solution by an objective without data."""
    decode(x, rating[2], rating[1])
    return evaluate(rating[2])


def decode_and_rate(x: Any, rating: Any) -> Any:
    """Decode a point, then rate its solution by an objective with data."""
    decode(x, rating[2], rating[1])
    return evaluate(rating[2], rating[0])
