"""The optimizer: hand over parameters and an objective, get the best setting."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from contextlib import nullcontext
from math import isnan
from pathlib import Path
from typing import Any, Final, Literal

from fescue.spaces.parameters import Parameter, ParameterSpace
from fescue.tuning.calls import Call, takes_trial
from fescue.tuning.described import name_of
from fescue.tuning.driver import Driver
from fescue.tuning.plan import Plan
from fescue.tuning.progress import Progress
from fescue.tuning.pruning import MedianPruning, PruningRule
from fescue.tuning.replay import known_trials
from fescue.tuning.strategies import strategy_of
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.study import Study
from fescue.tuning.trials import Callback, OptimizationResult
from fescue.utils.types import check_int_range, type_error


class Optimizer:
    """Minimizes objectives that are called with a ``dict`` of parameters."""

    def __init__(self, strategy: OptimizationStrategy | str | None = None) -> None:
        """Create it.

        Args:
            strategy: chooses the parameters, ``None`` for random ones; or the name of one of
                :data:`fescue.tuning.STRATEGIES`, such as ``"auto"``

        Raises:
            TypeError: if it is no strategy
            ValueError: if there is none of this name
        """
        if isinstance(strategy, str):
            strategy = strategy_of(strategy)
        if strategy is not None and not isinstance(strategy, OptimizationStrategy):
            raise type_error(strategy, "strategy", OptimizationStrategy)
        #: chooses the parameters
        self.strategy: Final[OptimizationStrategy] = (
            RandomSearchStrategy() if strategy is None else strategy)

    async def optimize(
            self, parameters: Iterable[Parameter], objective: Callable[..., Any],
            iterations: int = 100, timeout: float | None = None, *, seed: int | None = None,
            workers: int = 1, trial_timeout: float | None = None,
            on_error: Literal["record", "raise"] = "record",
            initial: Iterable[Mapping[str, Any]] | str | Path = (),
            constraints: Iterable[Callable[..., Any]] = (),
            conditions: Mapping[str, Mapping[str, Iterable[Any]]] | None = None,
            goal: float | None = None, patience: int | None = None,
            pruning: PruningRule | None = None, callbacks: Iterable[Callback] = (),
            executor: Executor | Literal["threads", "processes"] | None = None,
            log_file: str | Path | None = None, progress: bool = False) -> OptimizationResult:
        """Minimize an objective.

        Args:
            parameters: the parameters
            objective: an ``async`` function, or one that is run in threads; is called with a
                ``dict`` of values by name and returns a number, or with several objectives always
                the same number of numbers. ``inf`` marks a worthless setting. If it has a second
                argument, that is the :class:`~fescue.tuning.Trial`, for reports and pruning
            iterations: how many trials there will be, at least 1
            timeout: the seconds after which the best so far is returned, ``None`` for no limit
            seed: of the random numbers, ``None`` for a fresh one
            workers: how many trials are in flight, at least 1
            trial_timeout: the seconds after which a trial is given up, ``None`` for no limit
            on_error: whether a trial that fails is recorded, or ends everything
            initial: settings to be tried first; or the log of an earlier study, whose trials the
                strategy is told of
            constraints: functions of some parameters, by their names, that return whether a
                setting is possible; no other ones are tried
            conditions: which parameters are there only with some values of others, see
                :class:`~fescue.spaces.parameters.ParameterSpace`
            goal: the score with which the search ends
            patience: the search ends after so many trials without improvement, at least 1
            pruning: decides which trials are given up, by what they report; ``None`` for
                :class:`~fescue.tuning.MedianPruning`
            callbacks: are called with each trial that has ended
            executor: where the objective is called: ``"threads"`` or ``"processes"`` of its own,
                or any executor; ``None`` awaits ``async`` functions and runs others in threads
            log_file: the file of the log, ``None`` for none. If it is there, or a journal of it,
                the study goes on where it was; trials that were in flight are made again
            progress: whether a bar and the best trials are shown in the terminal

        Returns:
            the result, also if the time is over

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if one is out of range
            TuningError: if no trial was complete: the text says what happened to them; if the
                executor takes no more trials, as some do when a worker has died; or if the study
                of that log is going on elsewhere
            LogFileError: if the log or its journal is damaged, or does not fit the strategy
            LogWriteError: if it cannot be written
            Exception: what the objective raises, with ``on_error="raise"``
        """
        if not callable(objective):
            raise type_error(objective, "objective", Callable, call=True)
        if on_error not in ("record", "raise"):
            raise ValueError(f"on_error={on_error!r} is invalid, must be 'record' or 'raise'.")
        for name, value in (("timeout", timeout), ("trial_timeout", trial_timeout)):
            _check_seconds(value, name)
        calls = list(callbacks)
        bar = Progress(iterations) if progress else None
        plan = self._plan(
            parameters, iterations, name_of(objective), seed=seed, workers=workers,
            initial=initial, constraints=constraints, conditions=conditions, goal=goal,
            patience=patience, pruning=MedianPruning() if pruning is None and takes_trial(objective)
            else pruning, callbacks=[*calls, bar] if bar is not None else calls,
            log_file=log_file)
        if type(self.strategy).optimize is not OptimizationStrategy.optimize:
            # a strategy that does everything itself
            return await self.strategy.optimize(
                list(plan.space.parameters), objective, iterations)
        call = Call(objective, workers, trial_timeout, on_error == "raise", executor)
        with bar if bar is not None else nullcontext(), Study(plan) as study:
            return await Driver(study, call, workers).drive(timeout)

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

    def study(self, parameters: Iterable[Parameter], iterations: int = 100, *,
              name: str = "objective", **more: Any) -> Study:
        """Begin a study for a loop of one's own, which asks it for trials and tells the ends.

        Args:
            parameters: the parameters
            iterations: how many trials there will be, at least 1
            name: the name of what is minimized, in the log
            more: ``seed``, ``workers``, ``initial``, ``constraints``, ``conditions``, ``goal``,
                ``patience``, ``pruning``, ``callbacks`` and ``log_file`` as in :meth:`optimize`

        Raises:
            Exception: what :meth:`optimize` raises before the first trial
        """
        return Study(self._plan(parameters, iterations, name, **more))

    def _plan(self, parameters: Iterable[Parameter], iterations: int, name: str, *,
              seed: int | None = None, workers: int = 1,
              initial: Iterable[Mapping[str, Any]] | str | Path = (),
              constraints: Iterable[Callable[..., Any]] = (),
              conditions: Mapping[str, Mapping[str, Iterable[Any]]] | None = None,
              goal: float | None = None, patience: int | None = None,
              pruning: PruningRule | None = None, callbacks: Iterable[Callback] = (),
              log_file: str | Path | None = None) -> Plan:
        """Check all arguments and return what the study is about."""
        space = ParameterSpace(parameters, constraints, conditions)
        check_int_range(iterations, "iterations", 1, 10 ** 12)
        check_int_range(workers, "workers", 1, 10 ** 6)
        if patience is not None:
            check_int_range(patience, "patience", 1)
        if goal is not None and (isinstance(goal, bool) or not isinstance(goal, int | float)
                                 or isnan(goal)):
            raise type_error(goal, "goal", float)
        if pruning is not None and not isinstance(pruning, PruningRule):
            raise type_error(pruning, "pruning", PruningRule)
        earlier = initial if isinstance(initial, str | Path) else None
        first = [dict(setting) for setting in (
            () if isinstance(initial, str | Path) else initial)]
        for setting in first:
            space.validate(setting)
        return Plan(
            space=space, strategy=self.strategy, objective=name, iterations=iterations, seed=seed,
            workers=workers, initial=tuple(first),
            known=() if earlier is None else known_trials(Path(earlier), space),
            goal=goal, patience=patience, pruning=pruning, callbacks=tuple(callbacks),
            log_file=None if log_file is None else Path(log_file))


def _check_seconds(value: Any, name: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise type_error(value, name, (int, float))
    if not value > 0:
        raise ValueError(f"{name}={value} is invalid, must be above 0.")
