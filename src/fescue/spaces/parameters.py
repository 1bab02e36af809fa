"""Spaces of named parameters."""

import json
from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from math import inf
from typing import Any, Final

import numpy as np

from fescue.api.space import Space
from fescue.spaces.parameter import Parameter, ParameterType
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range, type_error

#: how the index of a choice is written
_CHOICE: Final = "choice"


class ParameterSpace(Space):
    """The settings of some parameters, each a ``dict`` of values by name.

    >>> space = ParameterSpace([Parameter("n", ParameterType.INTEGER, 1, 8),
    ...                         Parameter("kind", ParameterType.CATEGORICAL, choices=["a", "b"])])
    >>> space.to_str({"n": 3, "kind": "b"}), space.n_points()
    ('{"n": 3, "kind": "b"}', 16)
    """

    def __init__(self, parameters: Iterable[Parameter],
                 constraints: Iterable[Callable[..., Any]] = ()) -> None:
        """Create the space.

        Args:
            parameters: at least one, with different names
            constraints: functions whose own parameters are names of some of these; settings for
                which one returns something false do not belong to the space

        Raises:
            TypeError: if an argument has anything else
            ValueError: if there are no parameters, two have the same name, or a constraint asks
                for one that is not there
        """
        if not isinstance(parameters, Iterable):
            raise type_error(parameters, "parameters", Iterable)
        found = tuple(parameters)
        names: set[str] = set()
        for parameter in found:
            if not isinstance(parameter, Parameter):
                raise type_error(parameter, "an element of parameters", Parameter)
            if parameter.name in names:
                raise ValueError(f"There are two parameters with the name {parameter.name!r}.")
            names.add(parameter.name)
        if not found:
            raise ValueError("parameters is empty, give at least one parameter.")
        #: the parameters
        self.parameters: Final[tuple[Parameter, ...]] = found
        #: how many these are
        self.dimension: Final[int] = len(found)
        #: each constraint with the names of its parameters
        self._constraints = [(constraint, _names_of(constraint, names))
                             for constraint in constraints]

    def create(self) -> dict[str, Any]:
        """Return a new setting: the first value of each parameter, whatever constraints say."""
        return {p.name: p.at(0.0) for p in self.parameters}

    def broken(self, x: Mapping[str, Any]) -> str:
        """Return the name of the first constraint that a setting breaks, an empty text if none.

        Raises:
            Exception: what a constraint raises
        """
        for constraint, names in self._constraints:
            if not constraint(**{name: x[name] for name in names}):
                return getattr(constraint, "__name__", type(constraint).__name__)
        return ""

    def has_constraints(self) -> bool:
        """Return whether there are constraints."""
        return bool(self._constraints)

    def copy(self, dest: dict[str, Any], source: Mapping[str, Any]) -> None:
        """Overwrite ``dest`` with ``source``."""
        dest.clear()
        dest.update(source)

    def is_equal(self, x1: Mapping[str, Any], x2: Mapping[str, Any]) -> bool:
        """Return whether all parameters have the same values."""
        return all(type(x1[p.name]) is type(x2[p.name]) and x1[p.name] == x2[p.name]
                   for p in self.parameters)

    def at(self, u: Iterable[float]) -> dict[str, Any]:
        """Return the setting that a vector in the unit cube stands for."""
        return {p.name: p.at(float(v)) for p, v in zip(self.parameters, u, strict=True)}

    def unit(self, x: Mapping[str, Any]) -> np.ndarray:
        """Return the vector in the unit cube that stands for a setting."""
        return np.array([p.unit(x[p.name]) for p in self.parameters])

    def key(self, x: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return something hashable that is equal for equal settings alone."""
        return tuple((type(x[p.name]).__name__, x[p.name]) for p in self.parameters)

    def to_str(self, x: Mapping[str, Any]) -> str:
        """Return the values as JSON; for choices that it does not have, objects with an index."""
        text = json.dumps({p.name: self._written(p, x[p.name]) for p in self.parameters})
        return text.replace("#", "\\u0023")  # which would begin a comment in a log file

    @staticmethod
    def _written(parameter: Parameter, value: Any) -> Any:
        if parameter.choices is None or (
                isinstance(value, str | bool | int | float | None) and value not in (inf, -inf)):
            return value
        return {_CHOICE: parameter.choices.index(value)}

    def from_str(self, text: str) -> dict[str, Any]:
        """Return the setting that ``text`` describes.

        Raises:
            TypeError: if ``text`` is no string
            ValueError: if it is no JSON, or parameter and value do not belong together
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"The text {text[:100]!r} for {self} is no JSON: {error}.") from error
        if not isinstance(found, dict):
            raise ValueError(  # noqa: TRY004 - it is the text that is wrong
                f"The text {text[:100]!r} for {self} is no JSON object.")
        for p in self.parameters:
            value = found.get(p.name)
            if p.choices is not None and isinstance(value, dict):
                number = value.get(_CHOICE)
                if type(number) is not int or not 0 <= number < len(p.choices):
                    raise ValueError(f"{p.name}={value} is no number of a choice.")
                found[p.name] = p.choices[number]
        try:
            self.validate(found)
        except TypeError as error:
            raise ValueError(str(error)) from error
        return {p.name: found[p.name] for p in self.parameters}

    def validate(self, x: Mapping[str, Any]) -> None:
        """Check that all parameters are there, and no others, and have values of theirs.

        Raises:
            TypeError: if it is no ``dict`` or a value has a wrong type
            ValueError: if a parameter is missing or unknown or has a wrong value
        """
        if not isinstance(x, dict):
            raise type_error(x, "x", dict)
        for name in x:
            if name not in {p.name for p in self.parameters}:
                raise ValueError(f"There is no parameter {name!r}.")
        for p in self.parameters:
            if p.name not in x:
                raise ValueError(f"The parameter {p.name!r} is missing.")
            p.check(x[p.name])
        broken = self.broken(x)
        if broken:
            raise ValueError(f"The setting {x} breaks the constraint {broken}.")

    def n_points(self) -> int:
        """Return the number of settings, those that constraints exclude included."""
        n = 1
        for p in self.parameters:
            n *= p.n_values()
        return n

    def is_finite(self) -> bool:
        """Return whether the settings can be listed."""
        return all(p.is_finite() for p in self.parameters)

    def setting(self, i: int) -> dict[str, Any]:
        """Return setting number ``i``, counted from 0, of those that can be listed."""
        check_int_range(i, "i", 0, self.n_points() - 1)
        result: dict[str, Any] = {}
        for p in reversed(self.parameters):
            i, k = divmod(i, p.n_values())
            result[p.name] = p.value(k)
        return {p.name: result[p.name] for p in self.parameters}

    def describe(self) -> list[dict[str, Any]]:
        """Return what defines each parameter, as texts and numbers."""
        return [{"name": p.name, "type": p.type.name, "min": p.min_value, "max": p.max_value,
                 "step": p.step, "log": p.log, "choices": None if p.choices is None else [
                     repr(choice) for choice in p.choices]} for p in self.parameters]

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, and each parameter in a scope."""
        super().log_parameters_to(logger)
        logger.key_value("nvars", self.dimension)
        for i, p in enumerate(self.parameters):
            with logger.scope(f"p{i}") as scope:
                scope.key_value("name", p.name)
                scope.key_value("type", p.type.name)
                for key, value in (("min", p.min_value), ("max", p.max_value), ("step", p.step)):
                    if value is not None:
                        scope.key_value(key, value)
                if p.log:
                    scope.key_value("log", True)
                if p.choices is not None:
                    scope.key_value("choices", json.dumps(
                        [choice if isinstance(choice, str | bool | int | float | None)
                         else repr(choice) for choice in p.choices]))

    def __str__(self) -> str:
        return f"params{self.dimension}"


def _names_of(constraint: Any, known: set[str]) -> tuple[str, ...]:
    """Return the names of the parameters that a constraint asks for."""
    if not callable(constraint):
        raise type_error(constraint, "an element of constraints", Callable, call=True)
    names = tuple(signature(constraint).parameters)
    for name in names:
        if name not in known:
            raise ValueError(f"A constraint asks for {name!r}, but the parameters are "
                             f"{', '.join(sorted(known))}.")
    return names


__all__ = ["Parameter", "ParameterSpace", "ParameterType"]
