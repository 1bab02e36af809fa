"""Gantt charts: the solutions of job shop scheduling problems."""

from math import factorial
from typing import Any, Final

import numpy as np

from fescue.api.space import Space
from fescue.problems.jssp.instance import Instance
from fescue.utils.logger import CSV_SEPARATOR, KeyValueLogSection
from fescue.utils.nputils import (
    KEY_NUMPY_TYPE,
    array_to_str,
    int_range_to_dtype,
    numpy_type_to_str,
)
from fescue.utils.types import type_error


class GanttSpace(Space):
    """All schedules of an instance.

    A chart is an array of shape ``(machines, jobs, 3)``: for each machine, in the order of time,
    the job, the start and the end of each operation.
    """

    def __init__(self, instance: Instance) -> None:
        """Create the space of the schedules of ``instance``.

        Raises:
            TypeError: if it is no :class:`~fescue.problems.jssp.instance.Instance`
        """
        if not isinstance(instance, Instance):
            raise type_error(instance, "instance", Instance)
        #: the instance
        self.instance: Final[Instance] = instance
        #: the shape of a chart
        self.shape: Final[tuple[int, int, int]] = (instance.machines, instance.jobs, 3)
        #: the type of a chart's elements: the worst schedule fits in
        self.dtype: Final[np.dtype[Any]] = int_range_to_dtype(
            0, instance.makespan_upper_bound, force_signed=True)

    def create(self) -> np.ndarray:
        """Return a new chart of zeros."""
        return np.zeros(self.shape, self.dtype)

    def copy(self, dest: np.ndarray, source: np.ndarray) -> None:
        """Overwrite the chart ``dest`` with ``source``."""
        dest[:] = source

    def is_equal(self, x1: np.ndarray, x2: np.ndarray) -> bool:
        """Return whether two charts are the same."""
        return np.array_equal(x1, x2)

    def to_str(self, x: np.ndarray) -> str:
        """Return the elements of the chart, machine by machine."""
        return array_to_str(x.ravel())

    def from_str(self, text: str) -> np.ndarray:
        """Return the chart that ``text`` describes.

        Raises:
            TypeError: if ``text`` is no string
            ValueError: if it is no valid chart; an element that does not belong there is named
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        parts = text.strip().split(CSV_SEPARATOR)
        x = self.create()
        if len(parts) != x.size:
            raise ValueError(f"the text for {self} has {len(parts)} elements, but needs {x.size}.")
        limit = self.instance.makespan_upper_bound
        values = []
        for i, part in enumerate(parts):
            if not (part.isascii() and part.isdigit() and len(part) < 19 and int(part) <= limit):
                raise ValueError(
                    f"element {i} of the text for {self} is {part!r}, but must be in 0..{limit}.")
            values.append(int(part))
        x[:] = np.array(values).reshape(self.shape)
        self.validate(x)
        return x

    def validate(self, x: np.ndarray) -> None:
        """Check that ``x`` is a schedule that can be carried out.

        Raises:
            TypeError: if it is no array of the right type
            ValueError: if its shape is wrong, a machine misses a job, an operation takes longer
                or shorter than it should, or two operations of a machine or a job overlap or
                are in the wrong order; the first fault is named
        """
        if not isinstance(x, np.ndarray):
            raise type_error(x, "x", np.ndarray)
        if x.dtype != self.dtype:
            raise TypeError(f"x has dtype {x.dtype}, but {self} has {self.dtype}.")
        if x.shape != self.shape:
            raise ValueError(f"x has shape {x.shape}, but {self} has {self.shape}.")
        machines, jobs, _ = self.shape
        chart = x.astype(np.int64)
        job, start, end = chart[..., 0], chart[..., 1], chart[..., 2]
        self._refuse(np.sort(job) != np.arange(jobs), "machine {0} does not do each job once")
        table = np.array(self.instance, np.int64)
        # (machine, job) -> the operation's place in its job, and its time
        place = np.empty((machines, jobs), np.int64)
        time = np.empty((machines, jobs), np.int64)
        rows = np.arange(jobs)[:, None]
        place[table[..., 0], rows] = np.arange(machines)
        time[table[..., 0], rows] = table[..., 1]
        row = np.arange(machines)[:, None]
        self._refuse(start < 0, "operation {1} of machine {0} starts before 0")
        self._refuse(end - start != time[row, job],
                     "operation {1} of machine {0} does not take the time of its job")
        self._refuse(start[:, 1:] < end[:, :-1],
                     "operation {1} of machine {0} ends after the next one has started")
        starts, ends = np.empty((2, jobs, machines), np.int64)
        starts[job, place[row, job]] = start
        ends[job, place[row, job]] = end
        self._refuse(starts[:, 1:] < ends[:, :-1],
                     "operation {1} of job {0} ends after the next one has started")

    def _refuse(self, wrong: np.ndarray, text: str) -> None:
        if wrong.any():
            first = np.argwhere(wrong)[0].tolist()
            raise ValueError(f"invalid schedule for {self}: {text.format(*first)}.")

    def n_points(self) -> int:
        """Return about how many schedules without needless waiting there are."""
        orders: int = factorial(self.instance.jobs) ** self.instance.machines
        return max(2, orders)

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, shape and type, and the instance in a scope ``inst``."""
        super().log_parameters_to(logger)
        logger.key_value("shape", repr(self.shape))
        logger.key_value(KEY_NUMPY_TYPE, numpy_type_to_str(self.dtype))
        with logger.scope("inst") as scope:
            self.instance.log_parameters_to(scope)

    def __str__(self) -> str:
        return f"gantt_{self.instance}"
