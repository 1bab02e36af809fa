"""Objective functions of job shop schedules."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fescue.api.objective import Objective
from fescue.kernels.jit import compiled
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import copy
from fescue.problems.jssp.encoding import OperationBasedEncoding, type_of_times
from fescue.problems.jssp.instance import Instance
from fescue.utils.nputils import int_range_to_dtype
from fescue.utils.types import type_error

#: so many operations are scheduled between two states that are kept
_STRIDE = 32
#: no makespan exceeds it
_ANY = 2 ** 62
_ONE, _TWO = np.uint32(1), np.uint32(2)


def _makespan(y: np.ndarray) -> int:
    return y[:, -1, 2].max()  # type: ignore[no-any-return]


def _worktime(y: np.ndarray) -> int:
    total = 0
    for machine in range(len(y)):
        total += int(y[machine, -1, 2]) - int(y[machine, 0, 1])
    return total


def _makespan_of_point(x: np.ndarray, data: Any) -> int:
    """Return the makespan of the schedule that the job ids ``x`` stand for; see ``encoding``."""
    work, state, start, jobs = data
    copy(state, start)
    _schedule(x, 0, len(x), _ANY, state, work)
    return _latest_end(state, jobs)


def _makespan_from(x: np.ndarray, first: int, known: int, bound: int, data: Any) -> int:
    """Return the same, but begin at the last state that was kept before ``first``."""
    work, state, states, jobs, stride = data
    kept = min(first, known) // stride
    copy(state, states[kept])
    while (kept + 1) * stride <= first:
        _schedule(x, kept * stride, (kept + 1) * stride, _ANY, state, work)
        kept += 1
        copy(states[kept], state)
    if not _schedule(x, kept * stride, len(x), bound, state, work):
        return bound + 1
    return _latest_end(state, jobs)


def _schedule(x: np.ndarray, first: int, end: int, bound: int, state: np.ndarray,
              work: np.ndarray) -> bool:
    """Schedule the operations of ``x[first:end]``; stop if the makespan must exceed ``bound``.

    A state holds for each job its next operation and when it is ready, then for each machine when
    it is idle. Each row of ``work`` holds for an operation the place of its machine in the state,
    its time, and the time that the rest of its job takes at least.
    """
    for i in range(first, end):
        # unsigned, or numba would look for indices that count from the end
        job = _TWO * np.uint32(x[i])
        op = np.uint32(state[job])
        machine = np.uint32(work[op, 0])
        done = max(state[job + _ONE], state[machine]) + work[op, 1]
        if done + work[op, 2] > bound:
            return False
        state[job] = op + _ONE
        state[job + _ONE] = done
        state[machine] = done
    return True


def _latest_end(state: np.ndarray, jobs: int) -> int:
    last = 0
    for i in range(2 * jobs, len(state)):
        last = max(last, state[i])
    return last


class _OfSchedules(Objective):
    """An objective function of Gantt charts, with integer values."""

    #: the function that rates a chart
    function: Callable[[np.ndarray], int]

    def __init__(self, instance: Instance) -> None:
        """Create the objective for ``instance``.

        Raises:
            TypeError: if it is no :class:`~fescue.problems.jssp.instance.Instance`
        """
        if not isinstance(instance, Instance):
            raise type_error(instance, "instance", Instance)
        self._instance = instance
        self._sample = np.zeros((1, 1, 3), int_range_to_dtype(
            0, instance.makespan_upper_bound, force_signed=True))

    def initialize(self) -> None:
        """Compile the function unless that has been done."""
        super().initialize()
        # an attribute, so that a run calls the compiled function itself
        self.evaluate = compiled(  # type: ignore[method-assign, assignment]
            type(self).function, self._sample)

    def evaluate(self, x: np.ndarray) -> int:
        """Return the objective value of the chart ``x``."""
        return int(type(self).function(x))

    def is_always_integer(self) -> bool:
        """Return ``True``."""
        return True

    def kernel(self) -> Kernel:
        """Return the function for compiled runs."""
        return Kernel(type(self).function, None)


class Makespan(_OfSchedules):
    """The time at which the last operation of a schedule ends."""

    function = staticmethod(_makespan)

    def lower_bound(self) -> int:
        """Return the best proven lower bound."""
        return self._instance.makespan_lower_bound

    def upper_bound(self) -> int:
        """Return the sum of all times."""
        return self._instance.makespan_upper_bound

    def kernel_through(self, encoding: Any) -> Kernel | None:
        """Return the makespan of a point's schedule, which is not written down."""
        if type(encoding) is not OperationBasedEncoding:
            return None
        work, start = self._tables()
        return Kernel(_makespan_of_point, (work, start.copy(), start, self._instance.jobs))

    def kernel_from(self, encoding: Any) -> Kernel | None:
        """Return the makespan of a point of which the first elements are known."""
        if type(encoding) is not OperationBasedEncoding:
            return None
        work, start = self._tables()
        states = np.tile(start, (len(work) // _STRIDE + 1, 1))
        return Kernel(_makespan_from, (
            work, start.copy(), states, self._instance.jobs, _STRIDE))

    def _tables(self) -> tuple[np.ndarray, np.ndarray]:
        """Return all operations, and the state before the first one; see :func:`_schedule`."""
        jobs, machines = self._instance.jobs, self._instance.machines
        given = np.array(self._instance, np.int64)
        kind = type_of_times(self._instance)
        work = np.zeros((jobs * machines, 4), kind)  # rows of 16 or 32 bytes
        work[:, 0] = given[:, :, 0].ravel() + 2 * jobs
        work[:, 1] = given[:, :, 1].ravel()
        work[:, 2] = (given[:, ::-1, 1].cumsum(axis=1)[:, ::-1] - given[:, :, 1]).ravel()
        start = np.zeros(2 * jobs + machines, kind)
        start[:2 * jobs:2] = np.arange(jobs) * machines
        return work, start

    def __str__(self) -> str:
        return "makespan"


class Worktime(_OfSchedules):
    """The time for which machines are in use, from their first operation to the end of their last.

    >>> from fescue.problems.jssp import GanttSpace, Instance, OperationBasedEncoding
    >>> demo = Instance.from_resource("demo")
    >>> chart = GanttSpace(demo).create()
    >>> OperationBasedEncoding(demo).decode(np.arange(20) % 4, chart)
    >>> Worktime(demo).lower_bound(), Worktime(demo).evaluate(chart)
    (482, 820)
    """

    function = staticmethod(_worktime)

    def lower_bound(self) -> int:
        """Return the sum of all times: no machine waits after its first operation."""
        return int(np.array(self._instance, np.int64)[:, :, 1].sum())

    def upper_bound(self) -> int:
        """Return what it would be if each machine was in use for the sum of all times."""
        return self._instance.machines * self._instance.makespan_upper_bound

    def __str__(self) -> str:
        return "worktime"
