"""Chooses consistent sets of records, under the names of ``moptipy.evaluation``."""

from collections.abc import Iterable
from typing import Any, TypeVar

from fescue.compat.end_results import EndResult

_Record = TypeVar("_Record")


def select_consistent(source: Iterable[_Record]) -> list[_Record]:
    """Return the largest part of some records in which all algorithms have the same runs.

    What is kept are the instances (with objective and encoding) and seeds that every algorithm has;
    an algorithm that has fewer runs than are lost by leaving it out is left out. Records without
    seeds, such as statistics, count as one run.

    Args:
        source: the records

    Returns:
        those that are kept, in their order
    """
    records = list(source)
    while records:
        runs: dict[str, set[Any]] = {}
        for one in records:
            runs.setdefault(getattr(one, "algorithm", "") or "", set()).add(_run_of(one))
        common = set.intersection(*runs.values())
        kept = [one for one in records if _run_of(one) in common]
        best, without = kept, ""
        for name in runs if len(runs) > 1 else ():
            rest = [one for one in records if (getattr(one, "algorithm", "") or "") != name]
            others = [found for other, found in runs.items() if other != name]
            shared = set.intersection(*others)
            found = [one for one in rest if _run_of(one) in shared]
            if len(found) > len(best):
                best, without = found, name
        if not without:
            return kept
        records = [one for one in records if (getattr(one, "algorithm", "") or "") != without]
    return []


def _run_of(one: Any) -> tuple[Any, ...]:
    return tuple(getattr(one, name, None) for name in (
        "instance", "objective", "encoding", "rand_seed"))


def find_instance_best(source: Iterable[EndResult]) -> dict[str, EndResult]:
    """Return, for each instance, the end result with the least objective value.

    Of equal ones, that which needed the fewest FEs, then the least time.
    """
    best: dict[str, EndResult] = {}
    for one in source:
        known = best.get(one.instance)
        if known is None or _key(one) < _key(known):
            best[one.instance] = one
    return dict(sorted(best.items()))


def _key(one: EndResult) -> tuple[float, int, int]:
    return one.best_f, one.last_improvement_fe, one.last_improvement_time_millis
