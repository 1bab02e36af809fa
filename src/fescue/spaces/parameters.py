"""Spaces of named parameters: integers, floating-point numbers and choices."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from enum import Enum, auto
from fractions import Fraction
from inspect import signature
from math import exp, floor, inf, isfinite, log
from typing import Any, Final

import numpy as np

from fescue.api.space import Space
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range, type_error

#: a float without a step counts as so many values
_MANY: Final = 2 ** 53
#: how the index of a choice is written
_CHOICE: Final = "choice"


class ParameterType(Enum):
    """What the values of a parameter are."""

    INTEGER = auto()
    FLOAT = auto()
    CATEGORICAL = auto()


@dataclass(frozen=True)
class Parameter:
    """A parameter: its name, and the values it may have.

    Attributes:
        name: the name, unique among the parameters of a study
        type: what the values are
        min_value: the smallest value of a number
        max_value: the largest one, not less; with a step, the largest one that steps reach
        choices: the values of a categorical parameter: at least one, all different and hashable
        step: the distance of values, ``None`` for 1 of integers and any distance of floats
        log: whether ratios matter instead of differences; then ``min_value`` is above 0

    Raises:
        TypeError: if an attribute has a wrong type
        ValueError: if one is out of range or does not belong to such a parameter

    >>> Parameter("share", ParameterType.FLOAT, 0.0, 1.0, step=0.25).values()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    name: str
    type: ParameterType
    min_value: int | float | None = None
    max_value: int | float | None = None
    choices: list[Any] | None = None
    step: int | float | None = None
    _: KW_ONLY
    log: bool = False

    def __post_init__(self) -> None:
        """Check all attributes."""
        if not isinstance(self.name, str):
            raise type_error(self.name, "name", str)
        if not self.name.strip():
            raise ValueError("name of a parameter is empty.")
        if not isinstance(self.type, ParameterType):
            raise type_error(self.type, f"type of parameter {self.name!r}", ParameterType)
        if not isinstance(self.log, bool):
            raise type_error(self.log, f"log of parameter {self.name!r}", bool)
        if self.type is ParameterType.CATEGORICAL:
            self._check_choices()
        else:
            self._check_range()

    def _wrong(self, attribute: str, text: str) -> ValueError:
        return ValueError(
            f"{attribute}={getattr(self, attribute)!r} of parameter {self.name!r} is invalid: "
            f"{text}.")

    def _check_choices(self) -> None:
        for attribute in ("min_value", "max_value", "step"):
            if getattr(self, attribute) is not None:
                raise self._wrong(attribute, "a categorical parameter has choices only")
        if self.log:
            raise self._wrong("log", "choices have no ratios")
        if isinstance(self.choices, str) or not isinstance(self.choices, Iterable):
            raise type_error(self.choices, f"choices of parameter {self.name!r}", list)
        object.__setattr__(self, "choices", list(self.choices))
        if not self.choices:
            raise self._wrong("choices", "give at least one")
        seen: set[Any] = set()
        for choice in self.choices:
            try:
                doubled = choice in seen
                seen.add(choice)
            except TypeError as error:
                raise TypeError(f"choice {choice!r} of parameter {self.name!r} is not hashable: "
                                "use a tuple, or a name that stands for it.") from error
            if doubled or choice != choice:
                raise self._wrong("choices", f"{choice!r} occurs twice, or is not equal to itself")

    def _check_range(self) -> None:
        if self.choices is not None:
            raise self._wrong("choices", "only a categorical parameter has choices")
        kinds = (int,) if self.type is ParameterType.INTEGER else (int, float)
        for attribute in ("min_value", "max_value", "step"):
            value = getattr(self, attribute)
            if value is None and attribute == "step":
                continue
            if isinstance(value, bool) or not isinstance(value, kinds):
                raise type_error(value, f"{attribute} of parameter {self.name!r}", kinds)
            if not isfinite(value):
                raise self._wrong(attribute, "it must be finite")
        low, high, step = self.bounds()
        if low > high:
            raise self._wrong("max_value", f"it is less than min_value={low}")
        if not isfinite(high - low):
            raise self._wrong("max_value", f"its distance from min_value={low} is too large")
        if step is not None and step <= 0:
            raise self._wrong("step", "it must be above 0")
        if step is not None and low < high < low + step:
            raise self._wrong("step", f"it is larger than the range {low}..{high}")
        if self.log and low <= 0:
            raise self._wrong("min_value", "with log=True it must be above 0")
        if self.log and self.step is not None:
            raise self._wrong("step", "it does not go together with log=True")

    def bounds(self) -> tuple[Any, Any, Any]:
        """Return the smallest and the largest value and the step."""
        return self.min_value, self.max_value, self.step

    def n_values(self) -> int:
        """Return how many values there are; ``2**53`` stands for any number in an interval."""
        if self.choices is not None:
            return len(self.choices)
        low, high, step = self.bounds()
        if self.type is ParameterType.INTEGER:
            return int((high - low) // (step or 1) + 1)
        if low == high:
            return 1
        return _MANY if step is None else int((_exact(high) - _exact(low)) / _exact(step)) + 1

    def is_finite(self) -> bool:
        """Return whether the values can be listed."""
        return self.n_values() < _MANY

    def value(self, i: int) -> Any:
        """Return value number ``i``, counted from 0, of those that can be listed."""
        if self.choices is not None:
            return self.choices[i]
        low, _, step = self.bounds()
        if self.type is ParameterType.INTEGER:
            return low + i * (step or 1)
        # in fractions: sums of floats would miss the end
        return float(_exact(low) + i * _exact(step or 0))

    def values(self) -> list[Any]:
        """Return all values.

        Raises:
            ValueError: if they are the numbers of an interval
        """
        if not self.is_finite():
            raise ValueError(f"Parameter {self.name!r} has no list of values: it has no step.")
        return [self.value(i) for i in range(self.n_values())]

    def at(self, u: float) -> Any:
        """Return the value that a number in ``[0, 1]`` stands for; all have equal shares."""
        n = self.n_values()
        low, high, _ = self.bounds()
        if self.log and low < high:
            end = high + 1 if self.type is ParameterType.INTEGER else high
            value = exp(log(low) + u * (log(end) - log(low)))
            if self.type is ParameterType.INTEGER:
                value = floor(value)
            return min(max(value, low), high)
        if n < _MANY or self.type is ParameterType.INTEGER:
            return self.value(min(int(u * n), n - 1))
        return min(max(low + u * (high - low), low), high)

    def unit(self, value: Any) -> float:
        """Return the number in ``[0, 1]`` that stands for a value: the middle of its share."""
        n = self.n_values()
        low, high, step = self.bounds()
        if n == 1:
            return 0.5
        if self.choices is not None:
            return (self.choices.index(value) + 0.5) / n
        if self.log:
            if self.type is ParameterType.INTEGER:
                return (log(value) + log(value + 1) - 2 * log(low)) / (
                    2 * (log(high + 1) - log(low)))
            return float((log(value) - log(low)) / (log(high) - log(low)))
        if n < _MANY or self.type is ParameterType.INTEGER:
            return float((round((value - low) / (step or 1)) + 0.5) / n)
        return float((value - low) / (high - low))

    def check(self, value: Any) -> Any:
        """Return ``value`` if the parameter may have it.

        Raises:
            TypeError: if it is no number and should be one
            ValueError: if it is none of the values
        """
        if self.choices is not None:
            for choice in self.choices:
                if choice is value or (type(choice) is type(value) and choice == value):
                    return choice
            raise ValueError(f"{self.name}={value!r} is none of the choices {self.choices}.")
        kinds = (int,) if self.type is ParameterType.INTEGER else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise type_error(value, self.name, kinds)
        low, high, step = self.bounds()
        if not low <= value <= high:
            raise ValueError(f"{self.name}={value} is invalid, must be in {low}..{high}.")
        if step is not None and value != self.value(round((value - low) / step)):
            raise ValueError(
                f"{self.name}={value} is invalid: from {low} on, values have the step {step}.")
        return value


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


def _exact(value: float) -> Fraction:
    """Return the number that a float is written as."""
    return Fraction(repr(value))
