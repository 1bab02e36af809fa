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


class _Absent:
    """Stands for the value of a parameter that a setting does not have."""


_encode: Final = json.JSONEncoder().encode


class ParameterSpace(Space):
    """The settings of some parameters, each a ``dict`` of values by name.

    >>> space = ParameterSpace([Parameter("n", ParameterType.INTEGER, 1, 8),
    ...                         Parameter("kind", ParameterType.CATEGORICAL, choices=["a", "b"])])
    >>> space.to_str({"n": 3, "kind": "b"}), space.n_points()
    ('{"n": 3, "kind": "b"}', 16)
    """

    def __init__(self, parameters: Iterable[Parameter],
                 constraints: Iterable[Callable[..., Any]] = (),
                 conditions: Mapping[str, Mapping[str, Iterable[Any]]] | None = None) -> None:
        """Create the space.

        Args:
            parameters: at least one, with different names
            constraints: functions whose own parameters are names of some of these; settings for
                which one returns something false do not belong to the space. One that asks for
                a parameter that a setting does not have is not called
            conditions: for the name of a parameter that not all settings have, the names of
                earlier ones with the values that all of these need to have, as in
                ``{"level": {"codec": ["zstd", "gzip"]}}``

        Raises:
            TypeError: if an argument has anything else
            ValueError: if there are no parameters, two have the same name, a constraint or a
                condition names one that is not there, or a condition a value that it cannot have
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
        self._by_name = {p.name: p for p in found}
        #: each constraint with the names of its parameters
        self._constraints = [(constraint, _names_of(constraint, names))
                             for constraint in constraints]
        self._conditions = _checked(conditions or {}, found)

    def create(self) -> dict[str, Any]:
        """Return a new setting: the first value of each parameter, whatever constraints say."""
        return self.active({p.name: p.at(0.0) for p in self.parameters})

    def active(self, x: dict[str, Any]) -> dict[str, Any]:
        """Return a setting without the parameters whose conditions it does not meet.

        Args:
            x: values of all parameters; overwritten
        """
        for name, needs in self._conditions.items():
            if any(other not in x or x[other] not in values for other, values in needs.items()):
                x.pop(name, None)
        return x

    def completed(self, x: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of all parameters: those that a setting does not have get a middle one."""
        return {p.name: x[p.name] if p.name in x else p.at(0.5) for p in self.parameters}

    def has_conditions(self) -> bool:
        """Return whether there are parameters that not all settings have."""
        return bool(self._conditions)

    def broken(self, x: Mapping[str, Any]) -> str:
        """Return the name of the first constraint that a setting breaks, an empty text if none.

        Raises:
            Exception: what a constraint raises
        """
        for constraint, names in self._constraints:
            if all(name in x for name in names) and not constraint(
                    **{name: x[name] for name in names}):
                return getattr(constraint, "__name__", type(constraint).__name__)
        return ""

    def constraint_names(self) -> list[str]:
        """Return the names of the constraints."""
        return [getattr(constraint, "__name__", type(constraint).__name__)
                for constraint, _ in self._constraints]

    def copy(self, dest: dict[str, Any], source: Mapping[str, Any]) -> None:
        """Overwrite ``dest`` with ``source``."""
        dest.clear()
        dest.update(source)

    def is_equal(self, x1: Mapping[str, Any], x2: Mapping[str, Any]) -> bool:
        """Return whether all parameters have the same values."""
        return self.key(x1) == self.key(x2)

    def at(self, u: Iterable[float]) -> dict[str, Any]:
        """Return the setting that a vector in the unit cube stands for."""
        x = {p.name: p.at(float(v)) for p, v in zip(self.parameters, u, strict=True)}
        return self.active(x) if self._conditions else x

    def unit(self, x: Mapping[str, Any]) -> np.ndarray:
        """Return the vector in the unit cube that stands for a setting."""
        return np.array([p.unit(x[p.name]) if p.name in x else 0.5 for p in self.parameters])

    def key(self, x: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return something hashable that is equal for equal settings alone."""
        # types, since True == 1 == 1.0
        return tuple([(type(v), v) for v in [x.get(p.name, _Absent) for p in self.parameters]])

    def to_str(self, x: Mapping[str, Any]) -> str:
        """Return the values as JSON; for choices that it does not have, objects with an index."""
        text = _encode(self.plain(x))
        return text.replace("#", "\\u0023")  # which would begin a comment in a log file

    def plain(self, x: Mapping[str, Any]) -> dict[str, Any]:
        """Return a setting as it is written: choices that JSON does not have by their index."""
        return {p.name: self._written(p, x[p.name]) for p in self.parameters if p.name in x}

    @staticmethod
    def _written(parameter: Parameter, value: Any) -> Any:
        if parameter.choices is None or _is_plain(value):
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
        return {p.name: found[p.name] for p in self.parameters if p.name in found}

    def validate(self, x: Mapping[str, Any]) -> None:
        """Check that all its parameters are there, and no others, and have values of theirs.

        Raises:
            TypeError: if it is no ``dict`` or a value has a wrong type
            ValueError: if a parameter is missing or unknown or has a wrong value
        """
        if not isinstance(x, dict):
            raise type_error(x, "x", dict)
        for name in x:
            if name not in self._by_name:
                raise ValueError(f"There is no parameter {name!r}.")
        active = self.active(self.completed(x)) if self._conditions else None
        for p in self.parameters:
            if active is not None and p.name not in active:
                if p.name in x:
                    raise ValueError(f"The parameter {p.name!r} is there only with "
                                     f"{self._conditions[p.name]}.")
                continue
            if p.name not in x:
                raise ValueError(f"The parameter {p.name!r} is missing.")
            p.check(x[p.name])
        broken = self.broken(x)
        if broken:
            raise ValueError(f"The setting {x} breaks the constraint {broken}.")

    def n_points(self) -> int:
        """Return the number of settings, constraints and conditions left aside."""
        n = 1
        for p in self.parameters:
            n *= p.n_values()
        return n

    def is_finite(self) -> bool:
        """Return whether the settings can be listed."""
        return all(p.is_finite() for p in self.parameters)

    def setting(self, i: int) -> dict[str, Any]:
        """Return setting number ``i``, counted from 0, of those that can be listed.

        With conditions, several numbers stand for the same setting.
        """
        check_int_range(i, "i", 0, self.n_points() - 1)
        result: dict[str, Any] = {}
        for p in reversed(self.parameters):
            i, k = divmod(i, p.n_values())
            result[p.name] = p.value(k)
        return self.active({p.name: result[p.name] for p in self.parameters})

    def describe(self) -> list[dict[str, Any]]:
        """Return what defines each parameter, as texts and numbers."""
        return [{"name": p.name, "type": p.type.name, "min": p.min_value, "max": p.max_value,
                 "step": p.step, "log": p.log, "choices": None if p.choices is None else [
                     _described(choice) for choice in p.choices]} for p in self.parameters]

    def needs(self) -> dict[str, dict[str, tuple[Any, ...]]]:
        """Return the conditions, see the constructor."""
        return self._conditions

    def conditions(self) -> dict[str, dict[str, list[Any]]]:
        """Return the conditions, as texts and numbers: choices by their index."""
        return {name: {other: [value if self._by_name[other].choices is None
                               else (self._by_name[other].choices or []).index(value)
                               for value in values] for other, values in needs.items()}
                for name, needs in self._conditions.items()}

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
                if p.name in self._conditions:
                    scope.key_value("if", json.dumps(self.conditions()[p.name]))
                if p.choices is not None:
                    scope.key_value("choices", json.dumps(
                        [choice if _is_plain(choice) else repr(choice) for choice in p.choices]))

    def __str__(self) -> str:
        return f"params{self.dimension}"


def _is_plain(choice: Any) -> bool:
    """Return whether JSON has a choice."""
    return choice is None or (
        type(choice) in (str, bool, int, float) and choice not in (inf, -inf))


def _described(choice: Any) -> Any:
    """Return a choice as texts and numbers."""
    return choice if _is_plain(choice) else {"text": repr(choice)}


def _checked(conditions: Mapping[str, Mapping[str, Iterable[Any]]],
             parameters: tuple[Parameter, ...]) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return conditions in the order of the parameters, so that one pass decides on all."""
    if not isinstance(conditions, Mapping):
        raise type_error(conditions, "conditions", Mapping)
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    earlier: dict[str, Parameter] = {}
    for p in parameters:
        needs = conditions.get(p.name)
        if needs is not None:
            if not isinstance(needs, Mapping):
                raise type_error(needs, f"the condition of {p.name!r}", Mapping)
            for other in needs:
                if other not in earlier:
                    raise ValueError(f"The condition of {p.name!r} names {other!r}, which is no "
                                     "parameter before it.")
                if isinstance(needs[other], str) or not isinstance(needs[other], Iterable):
                    raise type_error(needs[other], f"{other!r} in the condition of {p.name!r}",
                                     list)
            found[p.name] = {other: tuple(earlier[other].check(value) for value in values)
                             for other, values in needs.items()}
        earlier[p.name] = p
    for name in conditions:
        if name not in earlier:
            raise ValueError(f"There is a condition for {name!r}, but no such parameter.")
    return found


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
