"""Instances of the job shop scheduling problem."""

from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np

from fescue.api.component import Component
from fescue.problems.jssp.formats import LONGEST, MOST, parse_instance
from fescue.problems.jssp.library import resource, resources
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import KEY_NUMPY_TYPE, int_range_to_dtype, numpy_type_to_str
from fescue.utils.types import check_int_range, type_error


class Instance(Component, np.ndarray):
    """Jobs, each of which visits every machine once, in an order of its own.

    It is an array of shape ``(jobs, machines, 2)`` that cannot be changed: for each job, in the
    order of its operations, the machine and the time that it takes there. Parts of it, and what
    is computed from it, are plain arrays.
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
    #: the smallest makespan known from the literature, ``None`` if unknown; never a goal
    best_known: int | None

    def __new__(cls, name: str, machines: int, jobs: int, matrix: Any,
                makespan_lower_bound: int | None = None, *,
                best_known: int | None = None) -> Self:
        """Create an instance.

        Args:
            name: its name, which must be usable in file names
            machines: the number of machines, in ``1..10**4``
            jobs: the number of jobs, in ``1..10**4``
            matrix: for each job, in order, pairs of machine, from 0, and time, in ``0..10**9``
            makespan_lower_bound: a proven lower bound, ``None`` for the larger of the longest
                job and of earliest start + load + shortest tail of any machine
            best_known: the smallest makespan known

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if the matrix has another shape, if a job does not visit each machine
                once, if a time is out of range, or if the bounds contradict each other

        >>> Instance("tiny", 2, 2, [[(0, 3), (1, 4)], [(1, 2), (0, 5)]]).makespan_lower_bound
        8
        """
        _check_name(name)
        machines = check_int_range(machines, "machines", 1, MOST)
        jobs = check_int_range(jobs, "jobs", 1, MOST)
        table = _check_matrix(name, matrix, machines, jobs)
        total = int(table[..., 1].sum())
        simple = _simple_bound(table)
        lower = simple if makespan_lower_bound is None else check_int_range(
            makespan_lower_bound, f"makespan_lower_bound of {name}", simple, total)
        if best_known is not None:
            best_known = check_int_range(best_known, f"best_known of {name}", lower, total)
        array = table.astype(int_range_to_dtype(0, int(table.max()))).view(cls)
        array.flags.writeable = False
        array.name, array.machines, array.jobs = name, machines, jobs
        array.makespan_lower_bound, array.makespan_upper_bound = lower, total
        array.best_known = best_known
        return array

    def __array_finalize__(self, obj: Any) -> None:
        if isinstance(obj, Instance):
            self.__dict__.update(obj.__dict__)

    # A part or a result that passed for an instance would have bounds that are not its own.
    def __getitem__(self, key: Any) -> Any:
        return np.asarray(self)[key]

    def __array_wrap__(self, array: np.ndarray, context: Any = None,
                       return_scalar: bool = False) -> Any:
        return np.asarray(array)[()]

    def __copy__(self) -> Self:
        result = self.copy()
        result.flags.writeable = self.flags.writeable
        return result

    def __deepcopy__(self, memo: Any) -> Self:
        return self.__copy__()

    def __reduce__(self) -> tuple[Any, ...]:
        plain: Any = super().__reduce__()
        make, args, state = plain
        return make, args, (state, self.__dict__, self.flags.writeable)

    def __setstate__(self, state: Any) -> None:
        array, attributes, writeable = state
        super().__setstate__(array)
        self.__dict__.update(attributes)
        self.flags.writeable = writeable

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
        return tuple(resources())

    @classmethod
    def from_resource(cls, name: str) -> Self:
        """Return the bundled instance of that name, with its proven lower bound.

        Raises:
            TypeError: if ``name`` is no string
            ValueError: if there is none; similar names are listed

        >>> instance = Instance.from_resource("ft06")
        >>> instance.jobs, instance.machines, instance.makespan_lower_bound
        (6, 6, 55)
        """
        text, lower_bound, best_known = resource(name)
        matrix = parse_instance(text, name)
        return cls(name, len(matrix[0]), len(matrix), matrix, lower_bound, best_known=best_known)

    @classmethod
    def from_text(cls, text: str, name: str) -> Self:
        """Return the instance that ``text`` describes, see :mod:`fescue.problems.jssp.formats`.

        Raises:
            TypeError: if an argument is no string
            ValueError: if ``name`` is not usable in file names
            InstanceError: if the text is malformed; line and column are named
        """
        if not isinstance(text, str):
            raise type_error(text, "text", str)
        _check_name(name)
        matrix = parse_instance(text, name)
        return cls(name, len(matrix[0]), len(matrix), matrix)

    @classmethod
    def from_file(cls, path: str | PathLike[str], name: str | None = None) -> Self:
        """Return the instance in a text file.

        Args:
            path: the file
            name: its name, ``None`` for that of the file without its suffix, made usable

        Raises:
            OSError: if the file cannot be read
            ValueError: if ``name`` is not usable in file names
            InstanceError: if the file is malformed; path, line and column are named
        """
        path = Path(path)
        name = sanitize_name(path.stem) if name is None else _check_name(name)
        # a byte that is no text cannot be a number: it is reported where it stands
        matrix = parse_instance(path.read_text(encoding="utf-8-sig", errors="replace"), str(path))
        return cls(name, len(matrix[0]), len(matrix), matrix)


def _check_name(name: str) -> str:
    usable = sanitize_name(name)
    if usable != name:
        raise ValueError(f"name={name!r} is not usable in file names, use {usable!r}.")
    return name


def _check_matrix(name: str, matrix: Any, machines: int, jobs: int) -> np.ndarray:
    """Return the matrix with 64-bit elements if it is that of an instance."""
    shape = (jobs, machines, 2)
    try:
        table = np.asarray(matrix)
    except ValueError as error:
        raise ValueError(
            f"matrix of {name} has rows of different lengths, its shape must be {shape}: a pair "
            "of machine and time per operation.") from error
    if table.dtype.kind not in "iu":
        raise TypeError(f"matrix of {name} has elements of type {table.dtype}, use integers of "
                        "at most 64 bits.")
    if table.shape != shape:
        raise ValueError(
            f"matrix of {name} has shape {table.shape}, but for jobs={jobs} and "
            f"machines={machines} it must be {shape}: a pair of machine and time per operation.")
    order, times = table[..., 0], table[..., 1]
    wrong = (times < 0) | (times > LONGEST)
    if wrong.any():
        job, op = np.argwhere(wrong)[0].tolist()
        raise ValueError(f"matrix of {name}: operation {op} of job {job} takes the time "
                         f"{times[job, op]}, must be in 0..{LONGEST}.")
    unlike = (np.sort(order) != np.arange(machines)).any(axis=1)
    if unlike.any():
        job = int(unlike.argmax())
        visited: set[int] = set()
        for machine in order[job].tolist():
            if machine in visited or not 0 <= machine < machines:
                raise ValueError(
                    f"matrix of {name}: job {job} visits machine {machine}"
                    f"{' again' if machine in visited else ''}, but must visit each of the "
                    f"machines 0..{machines - 1} exactly once.")
            visited.add(machine)
    return table.astype(np.int64)


def _simple_bound(table: np.ndarray) -> int:
    """Return the larger of the longest job and of the busiest machine.

    A machine cannot start before the first job can be there, works on all of them, and then the
    job with the shortest rest has to be finished.
    """
    times = table[..., 1]
    ends = np.cumsum(times, axis=1)
    total = ends[:, -1:]
    by_machine = np.argsort(table[..., 0], axis=1)
    heads, loads, tails = (
        np.take_along_axis(x, by_machine, axis=1) for x in (ends - times, times, total - ends))
    return int(max(total.max(), (heads.min(0) + loads.sum(0) + tails.min(0)).max()))
