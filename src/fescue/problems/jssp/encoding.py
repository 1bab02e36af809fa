"""The operation-based encoding of job shop schedules."""

from collections.abc import Callable

import numpy as np

from fescue.api.encoding import Encoding
from fescue.kernels.jit import compiled
from fescue.kernels.kernel import Kernel
from fescue.problems.jssp.instance import Instance
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.nputils import int_range_to_dtype, numpy_type_to_str
from fescue.utils.types import type_error


def type_of_times(instance: Instance) -> type[np.int32 | np.int64]:
    """Return the smaller type that holds all times of a schedule without idle machines."""
    return np.int32 if instance.makespan_upper_bound < 2 ** 31 else np.int64


def _decode(x: np.ndarray, y: np.ndarray, work: np.ndarray, next_op: np.ndarray,
            job_end: np.ndarray, next_place: np.ndarray, machine_end: np.ndarray) -> None:
    """Turn job ids ``x`` into the chart ``y``; ``work`` is (job, operation) -> machine, time."""
    next_op[:] = 0
    job_end[:] = 0
    next_place[:] = 0
    machine_end[:] = 0
    for job in x:
        op = next_op[job]
        next_op[job] = op + 1
        machine = work[job, op, 0]
        start = max(job_end[job], machine_end[machine])
        end = start + work[job, op, 1]
        job_end[job] = end
        machine_end[machine] = end
        place = next_place[machine]
        next_place[machine] = place + 1
        y[machine, place, 0] = job
        y[machine, place, 1] = start
        y[machine, place, 2] = end


def _decode_kernel(x: np.ndarray, y: np.ndarray, data: tuple[np.ndarray, ...]) -> None:
    work, next_op, job_end, next_place, machine_end = data
    _decode(x, y, work, next_op, job_end, next_place, machine_end)


class OperationBasedEncoding(Encoding):
    """Reads a permutation with repetitions as the order in which operations are scheduled.

    The i-th occurrence of a job's number stands for its i-th operation, which starts as soon as
    its machine has finished the one before and the job is ready.

    Source: C. Bierwirth, A generalized permutation approach to job shop scheduling with genetic
    algorithms, OR Spektrum 17, 1995, 10.1007/BF01719250.
    """

    def __init__(self, instance: Instance) -> None:
        """Create the encoding for ``instance``.

        Raises:
            TypeError: if it is no :class:`~fescue.problems.jssp.instance.Instance`
        """
        if not isinstance(instance, Instance):
            raise type_error(instance, "instance", Instance)
        kind = type_of_times(instance)
        self._work = np.array(instance, kind)
        self._work.flags.writeable = False
        self._scratch = [np.zeros(n, kind) for n in (
            instance.jobs, instance.jobs, instance.machines, instance.machines)]
        self._samples = (
            np.zeros(0, int_range_to_dtype(0, instance.jobs - 1)),
            np.zeros((1, 1, 3), int_range_to_dtype(
                0, instance.makespan_upper_bound, force_signed=True)))
        self._decode: Callable[..., None] = _decode

    def initialize(self) -> None:
        """Compile the decoder unless that has been done."""
        super().initialize()
        self._decode = compiled(_decode, *self._samples, self._work, *self._scratch)

    def decode(self, x: np.ndarray, y: np.ndarray) -> None:
        """Overwrite the chart ``y`` with the schedule that the job ids ``x`` stand for."""
        self._decode(x, y, self._work, *self._scratch)

    def kernel(self) -> Kernel:
        """Return the decoder for compiled runs."""
        return Kernel(_decode_kernel, (self._work, *self._scratch))

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class and the types of the decoder's tables."""
        super().log_parameters_to(logger)
        dtype = numpy_type_to_str(self._work.dtype)
        logger.key_value("dtypeMachineIdx", dtype)
        logger.key_value("dtypeJobIdx", dtype)
        logger.key_value("dtypeJobTime", dtype)

    def __str__(self) -> str:
        return "operation_based_encoding"
