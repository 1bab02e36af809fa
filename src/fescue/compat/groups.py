"""Groups of records by the names of what they are of."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

_Record = TypeVar("_Record")
#: what a record is of
IDS: Final = ("algorithm", "instance", "objective", "encoding")


def grouped(source: Iterable[_Record], joined: Sequence[bool]) -> list[list[_Record]]:
    """Return the records for each combination of algorithm, instance, objective and encoding.

    Args:
        source: the records
        joined: for each of the four, whether it does not count
    """
    groups: dict[tuple[str, ...], list[_Record]] = {}
    for one in source:
        key = tuple("" if join else getattr(one, name) or ""
                    for name, join in zip(IDS, joined, strict=True))
        groups.setdefault(key, []).append(one)
    return [group for _, group in sorted(groups.items())]


def same_of(records: Sequence[Any], name: str) -> Any:
    """Return an attribute that all records have in common, ``None`` if they differ."""
    values = {getattr(one, name) for one in records}
    return values.pop() if len(values) == 1 else None


def deliver(found: Iterable[_Record],
            consumer: Callable[[_Record], Any] | None) -> Iterable[_Record] | None:
    """Hand records to a function one by one; without one, return them."""
    if consumer is None:
        return found
    for one in found:
        consumer(one)
    return None
