"""The contract of a running multi-objective optimization process."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from fescue.api.mo_archive import MORecord
from fescue.api.mo_problem import MOProblem
from fescue.api.process import Process


class MOProcess(MOProblem, Process):
    """A process with several objectives: it also keeps an archive of non-dominated points.

    Its *best* point is the one of the smallest scalarization. An improvement is a point that
    improves on that or enters the archive.
    """

    def f_evaluate(self, x: Any, fs: np.ndarray) -> int | float:
        """Rate the point ``x`` by all objectives and consume one FE.

        After the end of the run nothing is evaluated: ``fs`` gets values that are worse than
        any legal ones, and the result is ``inf``, or a ``ValueError`` if the algorithm has
        already been told to stop.

        Args:
            x: the point in the search space, which is left unchanged
            fs: the objective vector, of which all elements are overwritten

        Returns:
            the scalarization of ``fs``
        """
        raise self._must_override("f_evaluate(x, fs)")

    def check_in(self, x: Any, fs: np.ndarray, prune_if_necessary: bool = False) -> bool:
        """Offer a point to the archive, for instance at the end of an algorithm.

        Args:
            x: the point, which is copied if it enters
            fs: its objective vector, likewise
            prune_if_necessary: whether the archive is cut back if it gets larger than allowed

        Returns:
            whether the point has entered: no member dominates or equals it
        """
        raise self._must_override("check_in(x, fs)")

    def check_in_all(self, recs: Iterable[MORecord], prune_if_necessary: bool = False) -> None:
        """Offer several points to the archive, see :meth:`check_in`."""
        for record in recs:
            self.check_in(record.x, record.fs, prune_if_necessary)

    def get_archive(self) -> list[MORecord]:
        """Return a new list of the archive's records, which must not be changed."""
        raise self._must_override("get_archive()")

    def get_copy_of_best_fs(self, fs: np.ndarray) -> None:
        """Overwrite ``fs`` with the objective vector of the best point.

        Raises:
            ValueError: if there is no best point yet
        """
        raise self._must_override("get_copy_of_best_fs(fs)")

    def register(self, x: Any, f: int | float) -> None:
        """Refuse: the objective vector of ``x`` would be missing.

        Raises:
            ValueError: always
        """
        raise ValueError(
            "register is not available in multi-objective optimization, use f_evaluate(x, fs).")

    def __str__(self) -> str:
        return Process.__str__(self)
