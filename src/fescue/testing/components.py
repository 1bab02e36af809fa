"""The contract of all components."""

from collections.abc import Callable
from typing import Any

from fescue.api.component import Component
from fescue.utils.errors import ValidationError
from fescue.utils.logger import InMemoryLogger
from fescue.utils.naming import sanitize_name
from fescue.utils.sections import parse_key_values
from fescue.utils.types import type_error, type_name_of


def require(condition: object, subject: object, text: str) -> None:
    """Raise a :class:`ValidationError` about ``subject`` unless ``condition`` holds."""
    if not condition:
        raise ValidationError(f"{type_name_of(subject)} {subject}: {text}")


def require_valid(validate: Callable[[Any], object], x: Any, subject: object, text: str) -> None:
    """Raise a :class:`ValidationError` about ``subject`` if ``validate`` refuses ``x``."""
    try:
        validate(x)
    except (TypeError, ValueError) as error:
        require(False, subject, f"{text}: {error}")


def refuses(call: Callable[[], object]) -> bool:
    """Return whether ``call`` raises one of the errors by which contracts refuse a value."""
    try:
        call()
    except (TypeError, ValueError):
        return True
    return False


def logged_parameters(component: Component) -> dict[str, str]:
    """Return what a component writes into the log."""
    with InMemoryLogger() as log:
        with log.key_values("PARAMETERS") as section:
            component.log_parameters_to(section)
        return parse_key_values(log.get_log()[1:-1])


def validate_component(component: Component, *, kind: type[Component] = Component) -> None:
    """Check name, text and logged parameters of a component, also across ``initialize()``.

    Args:
        component: the component
        kind: the class that it must be derived from

    Raises:
        TypeError: if it is no instance of ``kind``
        ValidationError: if its name cannot be used in file names or changes, if ``repr`` is not
            the name, if its first logged parameters are not its name and class, or if one of
            them is empty
    """
    if not isinstance(component, kind):
        raise type_error(component, "component", kind)
    require(type(component) is not Component, component, "is the bare base class")
    name: Any = str(component)
    require(isinstance(name, str) and name, component, "has no name")
    require(sanitize_name(name) == name, component,
            f"its name {name!r} cannot be used in file names, use {sanitize_name(name)!r}")
    before = logged_parameters(component)
    for _ in range(2):
        component.initialize()
        require(str(component) == name, component, f"initialize() has changed its name {name!r}")
        require(repr(component) == name, component, f"its repr is {component!r}, not its name")
        after = logged_parameters(component)
        require(after == before, component, f"initialize() has changed its log {before} to {after}")
    empty = [key for key, value in before.items() if not value]
    require(not empty, component, f"its log has no value for {empty}")
    first = list(before.items())[:2]
    require(first == [("name", name), ("class", type_name_of(component))], component,
            f"its log begins with {first} instead of its name and class")
