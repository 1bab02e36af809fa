"""The contract of multi-objective algorithms."""

from fescue.api.algorithm import Algorithm
from fescue.api.mo_process import MOProcess
from fescue.api.process import Process
from fescue.utils.types import type_error


class MOAlgorithm(Algorithm):
    """A search procedure for several objectives; new ones override :meth:`solve_mo`."""

    def solve(self, process: Process) -> None:
        """Apply :meth:`solve_mo` to the process.

        Raises:
            TypeError: if it is no :class:`~fescue.api.mo_process.MOProcess`
        """
        if not isinstance(process, MOProcess):
            raise type_error(process, "process", MOProcess)
        self.solve_mo(process)

    def solve_mo(self, process: MOProcess) -> None:
        """Search until told to stop; at its end check in the points that are worth keeping.

        Args:
            process: the search space, the objectives, the budget and the random numbers
        """
        raise self._must_override("solve_mo(process)")
