"""What the tests of the engine have in common."""

from typing import Any

from hypothesis import settings

from fescue.api.space import Space

QUICK = settings(derandomize=True, deadline=None, max_examples=150)
STEPS = settings(derandomize=True, deadline=None, max_examples=200, stateful_step_count=30)


class Numbers(Space):
    """Lists of one number."""

    def create(self) -> list[Any]:
        return [0]

    def copy(self, dest: list[Any], source: list[Any]) -> None:
        dest[:] = source


def outcome(call: Any, *args: Any) -> Any:
    """Return type and value of a call's result, or of what it raised."""
    try:
        value = call(*args)
    except Exception as error:  # the comparison is about any of them
        return type(error), str(error)
    return type(value), value
