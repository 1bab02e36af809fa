"""Instances of the job shop scheduling problem."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import Any, Final, Self
from zipfile import ZipFile

import numpy as np

from fescue.api.component import Component
from fescue.problems.jssp.formats import parse_instance
from fescue.utils.errors import InstanceError
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import KEY_NUMPY_TYPE, int_range_to_dtype, numpy_type_to_str
from fescue.utils.types import check_int_range, type_error

_BOUNDS: Final = re.compile(r"^# lower bound (\d+), best known (\d+)$", re.MULTILINE)
_SUFFIX: Final = ".txt"


class Instance(Component, np.ndarray):
    """Jobs, each of which visits every machine once, in an order of its own.

    It is an array of shape ``(jobs, machines, 2)`` that cannot be changed: for each job, in the
    order of its operations, the machine and the time that it takes there.
    """

    #: the name
    name: str
    #: the number of machines
    machines: int
    #: the number of jobs
    jobs: int
    #: a proven lower bound of the makespan
    makespan_lower_bound: int
    #: the sum of all times, which no sensible schedule exceeds
    makespan_upper_bound: int
    #: the smallest makespan known from the literature, ``None`` if unknown
    best_known: int | None

    def __new__(cls, name: str, machines: int, jobs: int, matrix: Any,
                makespan_lower_bound: int | None = None, best_known: int | None = None) -> Self:
        """Create an instance.

        Args:
            name: its name, which must be usable in file names
            machines: the number of machines, in ``1..10**4``
            jobs: the number of jobs, in ``1..10**4``
            matrix: for each job, in order, pairs of machine, from 0, and time
            makespan_lower_bound: a proven lower bound, ``None`` to compute a simple one
            best_known: the smallest makespan known

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if the matrix has another shape, if a job does not visit each machine
                once, if a time is negative, or if the bounds contradict each other
        """
        if not isinstance(name, str):
            raise type_error(name, "name", str)
        if sanitize_name(name) != name:
            raise ValueError(f"name={name!r} is invalid, use {sanitize_name(name)!r}.")
        machines = check_int_range(machines, "machines", 1, 10_000)
        jobs = check_int_range(jobs, "jobs", 1, 10_000)
        table = _check_matrix(name, np.asarray(matrix), machines, jobs)
        total = int(table[..., 1].sum())
        simple = _simple_bound(table, machines)
        lower = check_int_range(
            simple if makespan_lower_bound is None else makespan_lower_bound,
            f"makespan_lower_bound of {name}", simple, total)
        if best_known is not None:
            best_known = check_int_range(best_known, f"best_known of {name}", lower, total)
        array = table.astype(int_range_to_dtype(0, int(table.max()))).view(cls)
        array.flags.writeable = False
        array.name, array.machines, array.jobs = name, machines, jobs
        array.makespan_lower_bound, array.makespan_upper_bound = lower, total
        array.best_known = best_known
        return array

    def __array_finalize__(self, obj: Any) -> None:
        """Take over the attributes of ``obj``, of which this is a view or a copy."""
        self.__dict__.update(getattr(obj, "__dict__", {}))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.machines, self.jobs, np.array(self).tolist(),
                            self.makespan_lower_bound, self.best_known)

    def __deepcopy__(self, memo: Any) -> Self:
        return self  # it cannot be changed

    def __str__(self) -> str:
        return self.name

    def __repr__(self) -> str:
        return self.name

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, size, bounds and type."""
        super().log_parameters_to(logger)
        logger.key_value("machines", self.machines)
        logger.key_value("jobs", self.jobs)
        logger.key_value("makespanLowerBound", self.makespan_lower_bound)
        logger.key_value("makespanUpperBound", self.makespan_upper_bound)
        logger.key_value(KEY_NUMPY_TYPE, numpy_type_to_str(self.dtype))

    @staticmethod
    def list_resources() -> tuple[str, ...]:
        """Return the names of the bundled instances, numbers in them in order."""
        names = (name.removesuffix(_SUFFIX) for name in _archive().namelist()
                 if name.endswith(_SUFFIX))
        return tuple(sorted(names, key=lambda n: [
            int(part) if part.isdigit() else part for part in re.split(r"(\d+)", n)]))

    @staticmethod
    def from_resource(name: str) -> "Instance":
        """Return the bundled instance of that name.

        Raises:
            TypeError: if ``name`` is no string
            ValueError: if there is none; similar names are listed

        >>> instance = Instance.from_resource("ft06")
        >>> instance.jobs, instance.machines, instance.makespan_lower_bound
        (6, 6, 55)
        """
        if not isinstance(name, str):
            raise type_error(name, "name", str)
        try:
            text = _archive().read(name + _SUFFIX).decode("ascii")
        except KeyError:
            close = get_close_matches(name, Instance.list_resources())
            raise ValueError(
                f"There is no bundled instance {name!r}"
                + (f", did you mean {' or '.join(close)}?" if close else ".")
                + " Use Instance.from_file(path) for other ones.") from None
        return Instance.from_text(text, name)

    @staticmethod
    def from_text(text: str, name: str) -> "Instance":
        """Return the instance that ``text`` describes, see :mod:`fescue.problems.jssp.formats`.

        Raises:
            TypeError: if an argument is no string
            InstanceError: if the text is malformed; line and column are named
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        matrix = parse_instance(text, name)
        bounds = _BOUNDS.search(text)
        lower, best = map(int, bounds.groups()) if bounds else (None, None)
        try:
            return Instance(name, len(matrix[0]), len(matrix), matrix, lower, best)
        except ValueError as error:
            raise InstanceError(f"{name}: {error}") from error

    @staticmethod
    def from_file(path: str | PathLike[str], name: str | None = None) -> "Instance":
        """Return the instance in a text file.

        Args:
            path: the file
            name: its name, ``None`` for that of the file without its suffix

        Raises:
            OSError: if the file cannot be read
            InstanceError: if it is malformed; line and column are named
        """
        path = Path(path)
        text = path.read_text(encoding="utf-8", errors="replace")
        return Instance.from_text(text, sanitize_name(path.stem) if name is None else name)


def _check_matrix(name: str, table: np.ndarray, machines: int, jobs: int) -> np.ndarray:
    """Return the matrix with 64-bit elements if it is that of an instance."""
    if table.dtype.kind not in "iu":
        raise TypeError(f"the matrix of {name} has elements of type {table.dtype}, not integers.")
    if table.shape != (jobs, machines, 2):
        raise ValueError(
            f"the matrix of {name} has shape {table.shape}, but for {jobs} jobs and {machines} "
            f"machines it must be {(jobs, machines, 2)}.")
    table = table.astype(np.int64)
    if (table[..., 1] < 0).any():
        job, op = np.argwhere(table[..., 1] < 0)[0]
        raise ValueError(f"operation {op} of job {job} of {name} has a negative time.")
    wrong = np.sort(table[..., 0]) != np.arange(machines)
    if wrong.any():
        job = int(np.argwhere(wrong)[0][0])
        visited = table[job, :, 0].tolist()
        raise ValueError(
            f"job {job} of {name} visits the machines {_few(visited)}, but must visit each of "
            f"0..{machines - 1} once.")
    return table


def _few(items: Iterable[int]) -> str:
    texts = list(map(str, items))
    return ", ".join(texts if len(texts) <= 20 else [*texts[:20], "..."])


def _simple_bound(table: np.ndarray, machines: int) -> int:
    """Return the larger of the longest job and of the busiest machine.

    A machine cannot start before the first job can be there, works on all of them, and then the
    job with the shortest rest has to be finished.
    """
    times = table[..., 1]
    after = np.cumsum(times, axis=1)
    total = after[:, -1:]
    bound = int(total.max())
    for machine in range(machines):
        here = table[..., 0] == machine
        heads, tails = (after - times)[here], (total - after)[here]
        bound = max(bound, int(heads.min() + times[here].sum() + tails.min()))
    return bound


@cache
def _archive() -> ZipFile:
    """Return the bundled instances, read once."""
    return ZipFile(BytesIO((files(__package__) / "instances.zip").read_bytes()))
