"""Settings as rows of numbers, many at a time: what models calculate with."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.spaces.parameters import ParameterSpace, ParameterType

#: stands for the choice of a parameter that a setting does not have, and for its number
_NO_CHOICE, _NO_NUMBER = -1.0, 0.5


class Cube:
    """The rows of a space: numbers have places in the unit interval, choices their indices."""

    def __init__(self, space: ParameterSpace) -> None:
        """Prepare the rows of ``space``."""
        self._space = space
        parameters = space.parameters
        #: which columns hold choices
        self.is_choice: Final = np.array(
            [p.type is ParameterType.CATEGORICAL for p in parameters])
        #: how many values each column has, ``2**53`` for intervals
        self.n_values: Final = np.array([float(p.n_values()) for p in parameters])
        #: columns whose values are at equal distances, and all others with few values
        self._even = [j for j, p in enumerate(parameters)
                      if p.choices is None and not p.log and p.is_finite()]
        self._uneven = [j for j, p in enumerate(parameters)
                        if p.choices is None and p.log and p.is_finite()]
        place = {p.name: j for j, p in enumerate(parameters)}
        self._needs = [(place[name], [
            (place[other], np.array([self._code(place[other], v) for v in values]))
            for other, values in needs.items()]) for name, needs in space.needs().items()]

    def _code(self, j: int, value: Any) -> float:
        p = self._space.parameters[j]
        return float(p.unit(value) if p.choices is None else p.choices.index(value))

    def row(self, x: Mapping[str, Any]) -> np.ndarray:
        """Return the row of a setting."""
        return np.array([
            self._code(j, x[p.name]) if p.name in x else (
                _NO_NUMBER if p.choices is None else _NO_CHOICE)
            for j, p in enumerate(self._space.parameters)])

    def setting(self, row: np.ndarray) -> dict[str, Any]:
        """Return the setting that a row stands for."""
        x = {p.name: p.at(v) if p.choices is None else p.choices[max(int(v), 0)]
             for p, v in zip(self._space.parameters, row.tolist(), strict=True)}
        return self._space.active(x)

    def random(self, random: Generator, n: int) -> np.ndarray:
        """Return ``n`` random rows."""
        return self.snapped(self.spread(random.random((n, len(self.n_values)))))

    def spread(self, units: np.ndarray) -> np.ndarray:
        """Turn rows of numbers in the unit interval into rows of the space; overwritten."""
        units[:, self.is_choice] *= self.n_values[self.is_choice]
        return units

    def snapped(self, rows: np.ndarray) -> np.ndarray:
        """Move rows to the nearest ones that stand for settings; overwritten and returned."""
        choices = self.is_choice
        if choices.any():
            rows[:, choices] = np.clip(np.floor(rows[:, choices]), 0, self.n_values[choices] - 1)
        numbers = ~choices
        rows[:, numbers] = np.clip(rows[:, numbers], 0.0, 1.0)
        if self._even:
            n = self.n_values[self._even]
            rows[:, self._even] = (np.minimum(np.floor(rows[:, self._even] * n), n - 1) + 0.5) / n
        for j in self._uneven:
            p = self._space.parameters[j]
            rows[:, j] = [p.unit(p.at(v)) for v in rows[:, j].tolist()]
        for j, needs in self._needs:
            absent = np.zeros(len(rows), bool)
            for other, codes in needs:
                absent |= ~(np.abs(rows[:, other, None] - codes) < 1e-12).any(axis=1)
            rows[absent, j] = _NO_CHOICE if choices[j] else _NO_NUMBER
        return rows

    def distances(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the largest difference of any parameter, for each pair of rows."""
        difference = np.abs(a[:, None, :] - b[None, :, :])
        difference[:, :, self.is_choice] = difference[:, :, self.is_choice] > 0
        return np.asarray(difference.max(axis=2))
