"""Objective functions of job shop schedules."""

from typing import Any

import numpy as np

from fescue.api.objective import Objective
from fescue.kernels.jit import compiled
from fescue.kernels.kernel import Kernel
from fescue.kernels.primitives import copy
from fescue.problems.jssp.encoding import OperationBasedEncoding
from fescue.problems.jssp.instance import Instance
from fescue.utils.nputils import int_range_to_dtype
from fescue.utils.types import type_error

#: so many operations are scheduled between two states that are kept
_STRIDE = 32


def _makespan(y: np.ndarray) -> int:
    return y[:, -1, 2].max()  # type: ignore[no-any-return]


def _makespan_of_point(x: np.ndarray, data: Any) -> int:
    """Return the makespan of the schedule that the job ids ``x`` stand for; see ``encoding``."""
    machine_of, time_of, first_op, next_op, job_end, machine_end = data
    for i in range(len(first_op)):
        next_op[i] = first_op[i]
        job_end[i] = 0
    for i in range(len(machine_end)):
        machine_end[i] = 0
    for job in x:
        op = next_op[job]
        next_op[job] = op + 1
        machine = machine_of[op]
        end = max(job_end[job], machine_end[machine]) + time_of[op]
        job_end[job] = end
        machine_end[machine] = end
    last = 0
    for end in machine_end:
        last = max(last, end)
    return last


def _makespan_from(x: np.ndarray, first: int, known: int, bound: int, data: Any) -> int:
    """Return the same, but begin at the last state that was kept before ``first``.

    A state holds for each job its next operation and when it is ready, and for each machine when
    it is idle. After an operation its job takes at least the time of those that follow.
    """
    machine_of, time_of, rest_of, states, state, jobs, stride = data
    kept = min(first, known) // stride
    copy(state, states[kept])
    while (kept + 1) * stride <= first:
        for i in range(kept * stride, (kept + 1) * stride):
            job = np.uint32(x[i])
            op = state[job]
            state[job] = op + 1
            machine = machine_of[op]
            end = max(state[jobs + job], state[machine]) + time_of[op]
            state[jobs + job] = end
            state[machine] = end
        kept += 1
        copy(states[kept], state)
    for i in range(kept * stride, len(x)):
        job = np.uint32(x[i])
        op = state[job]
        state[job] = op + 1
        machine = machine_of[op]
        end = max(state[jobs + job], state[machine]) + time_of[op]
        if end + rest_of[op] > bound:
            return bound + 1
        state[jobs + job] = end
        state[machine] = end
    last = 0
    for i in range(2 * jobs, len(state)):
        last = max(last, state[i])
    return last


class Makespan(Objective):
    """The time at which the last operation of a schedule ends."""

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
        self.evaluate = compiled(_makespan, self._sample)  # type: ignore[method-assign, assignment]

    def evaluate(self, x: np.ndarray) -> int:
        """Return the makespan of the chart ``x``."""
        return int(_makespan(x))

    def lower_bound(self) -> int:
        """Return the best proven lower bound."""
        return self._instance.makespan_lower_bound

    def upper_bound(self) -> int:
        """Return the sum of all times."""
        return self._instance.makespan_upper_bound

    def is_always_integer(self) -> bool:
        """Return ``True``."""
        return True

    def kernel(self) -> Kernel:
        """Return the function for compiled runs."""
        return Kernel(_makespan, None)

    def kernel_through(self, encoding: Any) -> Kernel | None:
        """Return the makespan of a point's schedule, which is not written down."""
        if type(encoding) is not OperationBasedEncoding:
            return None
        jobs, machines = self._instance.jobs, self._instance.machines
        work = np.array(self._instance, np.int64).reshape(-1, 2)
        return Kernel(_makespan_of_point, (
            work[:, 0].astype(np.uint32), work[:, 1].astype(np.int32),
            np.arange(jobs) * machines, np.zeros(jobs, np.int64),
            np.zeros(jobs, np.int32), np.zeros(machines, np.int32)))

    def kernel_from(self, encoding: Any) -> Kernel | None:
        """Return the makespan of a point of which the first elements are known."""
        if type(encoding) is not OperationBasedEncoding:
            return None
        jobs, machines = self._instance.jobs, self._instance.machines
        work = np.array(self._instance, np.int64)
        rest = work[:, ::-1, 1].cumsum(axis=1)[:, ::-1] - work[:, :, 1]
        start = np.zeros(2 * jobs + machines, np.int32)
        start[:jobs] = np.arange(jobs) * machines
        states = np.tile(start, (jobs * machines // _STRIDE + 1, 1))
        return Kernel(_makespan_from, (
            (work[:, :, 0].ravel() + 2 * jobs).astype(np.uint32),
            work[:, :, 1].ravel().astype(np.int32), rest.ravel().astype(np.int32), states, start,
            np.uint32(jobs), _STRIDE))

    def __str__(self) -> str:
        return "makespan"
