"""Any algorithm as a strategy: it runs in a thread, and waits there for the ends of trials."""

import copy
from collections.abc import Mapping
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue.api.algorithm import Algorithm
from fescue.api.encoding import Encoding
from fescue.api.execution import Execution
from fescue.api.mo_algorithm import MOAlgorithm
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.api.objective import Objective
from fescue.spaces.parameters import ParameterSpace
from fescue.spaces.vectorspace import VectorSpace
from fescue.tuning.strategies.random_search import RandomSearchStrategy
from fescue.tuning.trials import Trial, TrialState
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range, type_error

#: so many points in a row may stand for settings that are known already
_PATIENCE: Final = 1000
#: stands for the score of a trial that gave none, before any other has ended
_WORST: Final = 1e300


class UnitEncoding(Encoding):
    """Settings of a space from vectors in the unit cube."""

    def __init__(self, space: ParameterSpace) -> None:
        """Create it.

        Args:
            space: the space of the settings
        """
        self._space = space

    def decode(self, x: np.ndarray, y: dict[str, Any]) -> None:
        """Overwrite ``y`` with the setting that ``x`` stands for."""
        self._space.copy(y, self._space.at(np.clip(x, 0.0, 1.0)))

    def __str__(self) -> str:
        return "unit"


class AlgorithmStrategy(RandomSearchStrategy):
    """Let an algorithm choose.

    It works on the vectors of the unit cube, or on the settings themselves. Points that stand for a
    setting whose score is known are answered at once, so no trial is made twice. An algorithm waits
    for each of its points; with more workers, as many independent copies of it run. One that ends
    early begins again.
    """

    def __init__(self, algorithm: Algorithm, *, on_settings: bool = False,
                 n_objectives: int = 1) -> None:
        """Create it.

        Args:
            algorithm: the algorithm, with operators for the space that it works on
            on_settings: whether it works on settings; else on vectors
            n_objectives: how many objectives there are; above 1 for algorithms that need several

        Raises:
            TypeError: if an argument has a wrong type
            ValueError: if the numbers of objectives do not fit
        """
        super().__init__()
        if not isinstance(algorithm, Algorithm):
            raise type_error(algorithm, "algorithm", Algorithm)
        check_int_range(n_objectives, "n_objectives", 1, 100)
        if isinstance(algorithm, MOAlgorithm) and n_objectives < 2:
            raise ValueError(f"{algorithm} is for several objectives: give n_objectives.")
        self._algorithm = algorithm
        self._on_settings = bool(on_settings)
        self._n_objectives = n_objectives

    def settings(self) -> dict[str, Any]:
        """Return nothing: an algorithm is no number."""
        return {}

    def begin(self, space: ParameterSpace, random: Generator, n_trials: int,
              workers: int = 1) -> None:
        """Start a study; see :meth:`OptimizationStrategy.begin`."""
        super().begin(space, random, n_trials, workers)
        self._n_trials = n_trials
        self._known: dict[Any, Any] = {}
        self._worst: Any = None
        self._copies = [_Copy(self._algorithm, space, self._on_settings, self._n_objectives,
                              n_trials, int(seed))
                        for seed in random.integers(0, 2 ** 63, min(workers, n_trials))]
        self._owners: dict[Any, _Copy] = {}

    def ask(self) -> dict[str, Any] | None:
        """Return the next setting, ``None`` if all have been there."""
        space = self.space()
        for one in self._copies:
            if one.is_waiting:
                continue
            for _ in range(_PATIENCE):
                x = one.ask()
                key = space.key(x)
                if key in self._known:
                    one.tell(self._known[key])
                elif space.broken(x):
                    self._known[key] = self._bad()
                    one.tell(self._known[key])
                elif self._is_new(x):
                    one.is_waiting = True
                    self._owners[key] = one
                    return x
                else:  # in flight
                    break
        return super().ask()

    def tell(self, trial: Trial) -> None:
        """Learn how a trial has ended."""
        super().tell(trial)
        key = self.space().key(trial.parameters)
        owner = self._owners.pop(key, None)
        if trial.is_informative():
            value = self._value(trial)
            self._worst = value if self._worst is None else np.maximum(self._worst, value)
        elif trial.state is TrialState.PRUNED and self._n_objectives == 1 and (
                self._worst is not None and trial.last_report() < np.inf):
            value = np.array([trial.last_report()])
        else:
            value = self._bad()
        if trial.state is not TrialState.CANCELLED:
            self._known[key] = value
        if owner is not None:
            owner.is_waiting = False
            owner.tell(value)

    def _value(self, trial: Trial) -> np.ndarray:
        several = len(trial.scores) == self._n_objectives
        return np.array(trial.scores if several else [trial.score])

    def _bad(self) -> np.ndarray:
        """Return what failed trials are told to be worth."""
        return np.full(self._n_objectives, _WORST) if self._worst is None else self._worst

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class, and the algorithm in a scope."""
        super().log_parameters_to(logger)
        logger.key_value("onSettings", self._on_settings)
        with logger.scope("algorithm") as scope:
            self._algorithm.log_parameters_to(scope)

    def __str__(self) -> str:
        return str(self._algorithm)


class _Asks(Objective):
    """Hands points over and waits for their scores."""

    def __init__(self, ends: "_Exchange") -> None:
        self._ends = ends

    def evaluate(self, x: Any) -> float:
        """Return what the trial with this setting gave."""
        return float(self._ends.exchange(x)[0])

    def __str__(self) -> str:
        return "asks"


class _AsksForSeveral(MOProblem):
    """Does so, with several objectives."""

    def __init__(self, ends: "_Exchange", n: int) -> None:
        self._ends, self._n = ends, n

    def f_dimension(self) -> int:
        """Return the number of objectives."""
        return self._n

    def f_evaluate(self, x: Any, fs: np.ndarray) -> float:
        """Overwrite ``fs`` with what the trial with this setting gave, and return the sum."""
        fs[:] = self._ends.exchange(x)
        return float(fs.sum())

    def __str__(self) -> str:
        return "asks"


class _Over(BaseException):
    """Ends an algorithm whose answers nobody will ask for."""


class _Copy:
    """A run of an algorithm that stops at each evaluation.

    What it is told determines what it asks. A copy of it, or one in another process, therefore is
    made by telling it the same again.
    """

    def __init__(self, algorithm: Algorithm, space: ParameterSpace, on_settings: bool,
                 n_objectives: int, n_trials: int, seed: int) -> None:
        # its own one: algorithms and operators have buffers
        self._made_of = (
            copy.deepcopy(algorithm), space, on_settings, n_objectives, n_trials, seed)
        self._told: list[np.ndarray] = []
        #: whether a trial of it is in flight
        self.is_waiting = False
        self._start()

    def _start(self) -> None:
        self._x: Any = None
        self._answers: SimpleQueue[np.ndarray | None] = SimpleQueue()
        self._points: SimpleQueue[Any] = SimpleQueue()
        self._thread: Thread | None = None

    def ask(self) -> dict[str, Any]:
        """Return the point that it waits for.

        Raises:
            Exception: what the algorithm raises
        """
        if self._thread is None:
            self._thread = Thread(target=_perform, args=(self._made_of, self._answers, self._points,
                                                         ), daemon=True, name="fescue-algorithm")
            self._thread.start()
            self._x = self._next()
            for value in self._told:
                self._answers.put(value)
                self._x = self._next()
        return dict(self._x)

    def tell(self, value: np.ndarray) -> None:
        """Answer."""
        self._told.append(value)
        if self._thread is not None:
            self._answers.put(value)
            self._x = self._next()

    def _next(self) -> Any:
        point = self._points.get()
        if isinstance(point, BaseException):
            raise point
        return point

    def __del__(self) -> None:
        if getattr(self, "_thread", None) is not None:
            self._answers.put(None)

    def __getstate__(self) -> dict[str, Any]:
        """Return what determines the state."""
        return {"made_of": self._made_of, "told": list(self._told), "waits": self.is_waiting}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Come to the same state again, when asked."""
        algorithm, *rest = state["made_of"]
        self._made_of = (copy.deepcopy(algorithm), *rest)
        self._told, self.is_waiting = state["told"], state["waits"]
        self._start()


class _Exchange:
    """The end of a pair of queues at which an algorithm waits."""

    def __init__(self, answers: "SimpleQueue[np.ndarray | None]", points: SimpleQueue[Any]) -> None:
        self._answers, self._points = answers, points

    def exchange(self, x: Mapping[str, Any]) -> np.ndarray:
        """Hand a setting over, and return what it is worth."""
        self._points.put(dict(x))
        answer = self._answers.get()
        if answer is None:
            raise _Over
        return answer


def _perform(made_of: tuple[Any, ...], answers: "SimpleQueue[np.ndarray | None]",
             points: SimpleQueue[Any]) -> None:
    """Run an algorithm again and again, until nobody asks any more."""
    algorithm, space, on_settings, n_objectives, n_trials, seed = made_of
    ends = _Exchange(answers, points)
    try:
        for i in range(2 ** 62):
            execution: Execution = MOExecution() if n_objectives > 1 else Execution()
            execution.set_solution_space(space)
            if not on_settings:
                execution.set_search_space(VectorSpace(space.dimension, 0.0, 1.0))
                execution.set_encoding(UnitEncoding(space))
            execution.set_objective(
                _AsksForSeveral(ends, n_objectives) if n_objectives > 1 else _Asks(ends))
            execution.set_algorithm(algorithm).set_rand_seed((seed + i) % 2 ** 64)
            execution.set_max_fes(n_trials)
            execution.set_compiled(False)
            execution.execute()
    except _Over:
        pass
    except BaseException as error:
        points.put(error)
