"""The builder of runs: put the parts together, then :meth:`Execution.execute`."""

from math import isfinite
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Literal, Self, TypeVar, cast

from fescue.api._faces import face_of
from fescue.api._run import Run
from fescue.api._setup import Destination, Setup
from fescue.api.algorithm import Algorithm, check_algorithm
from fescue.api.encoding import Encoding, check_encoding
from fescue.api.objective import Objective, check_objective
from fescue.api.process import Process, check_goal_f, check_max_fes, check_max_time_millis
from fescue.api.space import Space, check_space
from fescue.utils.errors import LogWriteError
from fescue.utils.nputils import rand_seed_check, rand_seed_generate
from fescue.utils.types import check_int_range, type_error

#: the type of an execution, for functions that return the one they were given
TExecution = TypeVar("TExecution", bound="Execution")


class Execution:
    """Collects the parts and limits of a run, then performs it, as often as wanted.

    Every setter returns the execution, so that calls can be chained. An algorithm, a solution
    space and an objective are needed; a search space and an encoding only come together. A run
    without any limit goes on until its algorithm stops by itself.
    """

    def __init__(self) -> None:
        self._algorithm: Algorithm | None = None
        self._solution_space: Space | None = None
        self._objective: Objective | None = None
        self._search_space: Space | None = None
        self._encoding: Encoding | None = None
        self._rand_seed: int | None = None
        self._max_fes: int | None = None
        self._max_time_millis: int | None = None
        self._goal_f: int | float | None = None
        self._log_improvements = False
        self._log_all_fes = False
        self._log_host_details = False
        self._compiled: bool | Literal["auto"] = "auto"
        self._n_runs = 1
        self._destination: Destination | None = None
        #: the process of the latest run, also of one that ended with an exception
        self.process: Process | None = None

    def set_algorithm(self, algorithm: Algorithm) -> Self:
        """Set the algorithm to be run.

        Raises:
            TypeError: if it is no :class:`~fescue.api.algorithm.Algorithm`
        """
        self._algorithm = check_algorithm(algorithm)
        return self

    def set_solution_space(self, solution_space: Space) -> Self:
        """Set the space of the solutions that the objective rates.

        Raises:
            TypeError: if it is no :class:`~fescue.api.space.Space`
        """
        self._solution_space = check_space(solution_space)
        return self

    def set_search_space(self, search_space: Space | None) -> Self:
        """Set the space that the algorithm works on, ``None`` if it is the solution space.

        Raises:
            TypeError: if it is neither a :class:`~fescue.api.space.Space` nor ``None``
        """
        self._search_space = check_space(search_space, none_is_ok=True)
        return self

    def set_encoding(self, encoding: Encoding | None) -> Self:
        """Set the map from search to solution space, ``None`` if they are the same.

        Raises:
            TypeError: if it is neither an :class:`~fescue.api.encoding.Encoding` nor ``None``
        """
        self._encoding = check_encoding(encoding)
        return self

    def set_objective(self, objective: Objective) -> Self:
        """Set the objective function; this can be done once.

        Raises:
            TypeError: if it is no :class:`~fescue.api.objective.Objective`
            ValueError: if there is one already
        """
        if self._objective is not None:
            raise ValueError(
                f"The objective is {self._objective} already, use a new Execution for another one.")
        self._objective = check_objective(objective)
        return self

    def set_rand_seed(self, rand_seed: int | None) -> Self:
        """Set the seed of all randomness, ``None`` for a fresh one per run.

        Args:
            rand_seed: in ``0..2**64-1``

        Raises:
            TypeError: if it is neither an integer nor ``None``
            ValueError: if it is out of range
        """
        self._rand_seed = None if rand_seed is None else rand_seed_check(rand_seed)
        return self

    def set_max_fes(self, max_fes: int, force_override: bool = False) -> Self:
        """Limit the number of objective function evaluations.

        Args:
            max_fes: in ``1..10**15``; of several limits the smallest is kept
            force_override: whether this limit is kept in any case

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        self._max_fes = _smaller(check_max_fes(max_fes), self._max_fes, force_override)
        return self

    def set_max_time_millis(self, max_time_millis: int, force_override: bool = False) -> Self:
        """Limit the run time; an evaluation that has begun is not interrupted.

        Args:
            max_time_millis: in ``1..10**11``; of several limits the smallest is kept
            force_override: whether this limit is kept in any case

        Raises:
            TypeError: if it is no integer
            ValueError: if it is out of range
        """
        self._max_time_millis = _smaller(
            check_max_time_millis(max_time_millis), self._max_time_millis, force_override)
        return self

    def set_goal_f(self, goal_f: int | float) -> Self:
        """Set the objective value at which a run may stop; of several the largest is kept.

        Raises:
            TypeError: if it is no number
            ValueError: if it is NaN or ``inf``
        """
        goal = check_goal_f(goal_f)
        if goal is not None and (self._goal_f is None or goal > self._goal_f):
            self._goal_f = goal
        return self

    def set_log_file(self, log_file: str | PathLike[str] | None) -> Self:
        """Set the path of the log file, ``None`` for no log.

        A file of that name is emptied when the run begins and replaced by the complete log when
        the process is closed.

        Raises:
            TypeError: if it is neither a path nor ``None``
        """
        if log_file is None:
            return self.set_destination(None)
        if isinstance(log_file, str | PathLike) and isinstance(fspath(log_file), str):
            return self.set_destination(Destination(Path(log_file).absolute()))
        raise type_error(log_file, "log_file", (str, PathLike))

    def set_destination(self, destination: Destination | None) -> Self:
        """Set how the log is written and published, for drivers that run many executions."""
        self._destination = destination
        return self

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm to be run.

        Raises:
            TypeError: if none was set
        """
        return check_algorithm(self._algorithm)

    def set_log_improvements(self, log_improvements: bool = True) -> Self:
        """Set whether each improvement makes a row in the log.

        Raises:
            TypeError: if the argument is no ``bool``
        """
        self._log_improvements = _flag(log_improvements, "log_improvements")
        return self

    def set_log_all_fes(self, log_all_fes: bool = True) -> Self:
        """Set whether each evaluation makes a row in the log.

        Raises:
            TypeError: if the argument is no ``bool``
        """
        self._log_all_fes = _flag(log_all_fes, "log_all_fes")
        return self

    def set_log_host_details(self, log_host_details: bool = True) -> Self:
        """Set whether the log names host, IP address, command line and working directory.

        Raises:
            TypeError: if the argument is no ``bool``
        """
        self._log_host_details = _flag(log_host_details, "log_host_details")
        return self

    def set_compiled(self, compiled: bool | Literal["auto"] = "auto") -> Self:
        """Set whether the whole loop of the run is performed as machine code.

        The result is the same; the log says which path was taken.

        Args:
            compiled: ``False`` for the plain path; ``True`` for the compiled one, which is an
                error if a component has no kernel; ``"auto"`` for the compiled one where all have
                and where the run is long enough to repay the compilation, or machine code is there

        Raises:
            ValueError: if it is anything else
        """
        if compiled != "auto" and not isinstance(compiled, bool):
            raise ValueError(f"compiled={compiled!r} is invalid, must be True, False or 'auto'.")
        self._compiled = compiled
        return self

    def set_n_runs(self, n_runs: int) -> Self:
        """Say how many runs like this one are to be expected, which compilation may repay."""
        self._n_runs = check_int_range(n_runs, "n_runs", 1)
        return self

    def execute(self) -> Process:
        """Perform the run and return its process, from which the results can be read.

        Use the process in a ``with`` statement: the log file is published when that is left.

        Returns:
            the process after the end of the algorithm

        Raises:
            TypeError: if a part is missing, or an encoding or search space without the other
            ValueError: if progress is to be logged but there is no log file
            LogWriteError: if the log file cannot be written, before the first evaluation
            Exception: what the algorithm or another component raised, or what is wrong with
                the result; the log is written then, and :attr:`process` has the best so far
        """
        setup = self._build()
        run = Run(setup, self._destination)
        error: BaseException | None = None
        try:
            run.start()
        except Exception as failure:  # it is raised below, after it was logged
            error = failure
        self.process = process = face_of(run)
        if error is None:
            try:
                run.solve(process)
            except BaseException as failure:  # likewise
                error = failure
        run.finish(error)
        first = run.first_error()
        if first is not None:
            try:
                run.close()
            except LogWriteError as failure:
                first.add_note(str(failure))
            raise first
        return process

    def _build(self) -> Setup:
        """Check that the parts fit together."""
        if (self._log_improvements or self._log_all_fes) and self._destination is None:
            raise ValueError(
                "Progress is to be logged but there is no log file: call set_log_file(path), or "
                "neither set_log_improvements() nor set_log_all_fes().")
        if self._search_space is None:
            if self._encoding is not None:
                raise TypeError(
                    f"There is the encoding {self._encoding} but no search space: call "
                    "set_search_space(space) as well.")
        else:
            check_encoding(self._encoding, none_is_ok=False)
        algorithm = self.algorithm
        check_space(self._solution_space)
        objective = self._check_objective()
        bound = objective.lower_bound()
        goal = self._goal_f
        if isfinite(bound) and (goal is None or bound > goal):
            goal = bound
        return Setup(
            algorithm=algorithm, solution_space=cast(Space, self._solution_space),
            objective=objective, search_space=self._search_space, encoding=self._encoding,
            rand_seed=rand_seed_generate() if self._rand_seed is None else self._rand_seed,
            max_fes=self._max_fes, max_time_millis=self._max_time_millis, goal_f=goal,
            log_progress=self._log_improvements or self._log_all_fes,
            log_all_fes=self._log_all_fes, log_host_details=self._log_host_details,
            compiled=self._compiled, n_runs=self._n_runs)

    def _check_objective(self) -> Objective:
        return check_objective(self._objective)


def _smaller(new: int | None, old: int | None, force: bool) -> int | None:
    return new if force or old is None or new is None else min(new, old)


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise type_error(value, name, bool)
    return value
