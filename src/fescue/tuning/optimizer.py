"""The optimizer: an async driver that keeps some trials in flight."""

import asyncio
import copy
from collections.abc import Callable, Iterable, Mapping
from math import isnan
from pathlib import Path
from typing import Any, Final, Literal

from fescue.api._run import Run
from fescue.api._setup import Destination, Setup
from fescue.api.algorithm import Algorithm
from fescue.api.objective import Objective
from fescue.spaces.parameters import Parameter, ParameterSpace
from fescue.tuning.driver import Driver
from fescue.tuning.journal import Journal
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.trials import Callback, OptimizationResult
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import rand_seed_check, rand_seed_generate
from fescue.utils.types import check_int_range, type_error


class _Study(Algorithm):
    """Stands for a strategy where a run is described."""

    def __init__(self, strategy: OptimizationStrategy, workers: int) -> None:
        self._strategy = strategy
        self._workers = workers

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name and class, the number in flight, and the strategy in a scope."""
        super().log_parameters_to(logger)
        logger.key_value("workers", self._workers)
        with logger.scope("strategy") as scope:
            self._strategy.log_parameters_to(scope)

    def __str__(self) -> str:
        return f"tune_{sanitize_name(str(self._strategy))}"


class _Asked(Objective):
    """Stands for a function that has to be waited for."""

    def __init__(self, function: Any) -> None:
        self._name = sanitize_name(getattr(function, "__name__", type(function).__name__).replace(
            "<lambda>", "lambda"))

    def __str__(self) -> str:
        return self._name


class Optimizer:
    """Minimizes objectives that are called with a ``dict`` of parameters."""

    def __init__(self, strategy: OptimizationStrategy | None = None) -> None:
        """Create it.

        Args:
            strategy: chooses the parameters, ``None`` for random ones

        Raises:
            TypeError: if it is no strategy
        """
        if strategy is not None and not isinstance(strategy, OptimizationStrategy):
            raise type_error(strategy, "strategy", OptimizationStrategy)
        #: chooses the parameters
        self.strategy: Final[OptimizationStrategy] = (
            RandomSearchStrategy() if strategy is None else strategy)

    async def optimize(
            self, parameters: Iterable[Parameter], objective: Callable[[dict[str, Any]], Any],
            iterations: int = 100, timeout: float | None = None, *, seed: int | None = None,
            workers: int = 1, trial_timeout: float | None = None,
            on_error: Literal["record", "raise"] = "record",
            initial: Iterable[Mapping[str, Any]] = (),
            constraints: Iterable[Callable[..., Any]] = (), goal: float | None = None,
            patience: int | None = None, callbacks: Iterable[Callback] = (),
            log_file: str | Path | None = None) -> OptimizationResult:
        """Minimize an objective.

        Args:
            parameters: the parameters
            objective: an ``async`` function, or one that is run in threads; is called with a
                ``dict`` of values by name and returns a number. ``inf`` marks a worthless setting
            iterations: how many trials there will be, at least 1
            timeout: the seconds after which the best so far is returned, ``None`` for no limit
            seed: of the random numbers, ``None`` for a fresh one
            workers: how many trials are in flight, at least 1
            trial_timeout: the seconds after which a trial is given up, ``None`` for no limit
            on_error: whether a trial that fails is recorded, or ends everything
            initial: settings to be tried first
            constraints: functions of some parameters, by their names, that return whether a
                setting is possible; no other ones are tried
            goal: the score with which the search ends
            patience: the search ends after so many trials without improvement, at least 1
            callbacks: are called with each trial that has ended
            log_file: the file of the log, ``None`` for none. If it is there, or a journal of it,
                the study goes on where it was; trials that were in flight are made again

        Returns:
            the result, also if the time is over

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range
            TuningError: if no trial was complete: the text says what happened to them
            LogFileError: if the log or its journal is damaged, or does not fit the strategy
            LogWriteError: if it cannot be written
            Exception: what the objective raises, with ``on_error="raise"``
        """
        space = ParameterSpace(parameters, constraints)
        if not callable(objective):
            raise type_error(objective, "objective", Callable, call=True)
        check_int_range(iterations, "iterations", 1, 10 ** 12)
        check_int_range(workers, "workers", 1, 10 ** 6)
        if patience is not None:
            check_int_range(patience, "patience", 1)
        if on_error not in ("record", "raise"):
            raise ValueError(f"on_error={on_error!r} is invalid, must be 'record' or 'raise'.")
        for name, value in (("timeout", timeout), ("trial_timeout", trial_timeout)):
            _check_seconds(value, name)
        if goal is not None and (isinstance(goal, bool) or not isinstance(goal, int | float)
                                 or isnan(goal)):
            raise type_error(goal, "goal", float)
        first = [dict(setting) for setting in initial]
        for setting in first:
            space.validate(setting)
        if type(self.strategy).optimize is not OptimizationStrategy.optimize:
            # a strategy that does everything itself
            return await self.strategy.optimize(list(space.parameters), objective, iterations)
        strategy = copy.deepcopy(self.strategy)  # several studies may use it at a time
        path = None if log_file is None else Path(log_file)
        study = _Study(strategy, workers)
        # a study that is started again has the seed of its first start, and was planned as then
        journal = Journal(path, {
            "parameters": space.describe(), "strategy": str(strategy),
            "objective": str(_Asked(objective)), "planned": iterations,
            "initial": [space.to_str(setting) for setting in first],
            "seed": rand_seed_generate() if seed is None else rand_seed_check(seed),
        }, ("planned",) if seed is not None else ("planned", "seed"))
        setup = Setup(
            algorithm=study, solution_space=space, objective=_Asked(objective), search_space=None,
            encoding=None, rand_seed=rand_seed_check(journal.study["seed"]), max_fes=iterations,
            max_time_millis=None, goal_f=goal, log_progress=log_file is not None, log_all_fes=True,
            log_host_details=False, compiled=False)
        run = Run(setup, None if path is None else Destination(path))
        run.start()
        strategy.begin(space, run.random, check_int_range(journal.study["planned"], "planned", 1))
        driver = Driver(run, space, strategy, objective, workers, trial_timeout, on_error, patience,
                        list(callbacks), journal)
        error: BaseException | None = None
        try:
            return await driver.drive(first, timeout)
        except BaseException as failure:
            error = failure
            raise
        finally:
            driver.write_log()
            run._may_evaluate = False
            run.finish(error)
            run.close()
            journal.close(keep=error is not None)

    def optimize_sync(self, *args: Any, **more: Any) -> OptimizationResult:
        """Minimize an objective, where nothing is async; see :meth:`optimize`.

        Raises:
            RuntimeError: if an event loop is running: await :meth:`optimize` there
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.optimize(*args, **more))
        raise RuntimeError("An event loop is running here: await optimize(...) instead.")


def _check_seconds(value: Any, name: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise type_error(value, name, (int, float))
    if not value > 0:
        raise ValueError(f"{name}={value} is invalid, must be above 0.")
