"""Parameters: integers, floating-point numbers and choices."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from enum import Enum, auto
from fractions import Fraction
from math import exp, floor, isfinite, log
from typing import Any, Final

from fescue.utils.types import type_error

#: a float without a step counts as so many values
_MANY: Final = 2 ** 53


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


def _exact(value: float) -> Fraction:
    """Return the number that a float is written as."""
    return Fraction(repr(value))
