"""A ready-made experiment with the job shop scheduling problem."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

from fescue.algorithms import (
    EA,
    RLS,
    ExponentialSchedule,
    HillClimber,
    HillClimberWithRestarts,
    RandomSampling,
    RandomWalk,
    SimulatedAnnealing,
    SingleRandomSample,
)
from fescue.api.algorithm import Algorithm
from fescue.api.execution import Execution
from fescue.api.experiment import run_experiment as run_any_experiment
from fescue.operators import (
    Op0Shuffle,
    Op1Swap2,
    Op1SwapN,
    Op2GeneralizedAlternatingPosition,
)
from fescue.problems.jssp import jssp_task
from fescue.problems.jssp.instance import Instance
from fescue.problems.jssp.library import resource
from fescue.spaces.permutations import Permutations

#: the names of the instances
INSTANCES: Final = ("orb06", "la38", "abz8", "yn4", "swv14", "dmu72", "dmu67", "ta70")
#: the number of runs of each algorithm on each instance
EXPERIMENT_RUNS: Final = 23
#: the time of each run in milliseconds
EXPERIMENT_RUNTIME_MS: Final = 5 * 60 * 1000

#: makes an algorithm for an instance and the space of points
Maker = Callable[[Instance, Permutations], Algorithm]

#: what makes the algorithms
ALGORITHMS: Final[tuple[Maker, ...]] = (
    lambda instance, space: SingleRandomSample(Op0Shuffle(space)),
    lambda instance, space: RandomSampling(Op0Shuffle(space)),
    lambda instance, space: RandomWalk(Op0Shuffle(space), Op1Swap2()),
    lambda instance, space: HillClimber(Op0Shuffle(space), Op1Swap2()),
    lambda instance, space: HillClimberWithRestarts(Op0Shuffle(space), Op1Swap2(), 16_384),
    lambda instance, space: RLS(Op0Shuffle(space), Op1Swap2()),
    lambda instance, space: RLS(Op0Shuffle(space), Op1SwapN()),
    lambda instance, space: SimulatedAnnealing(
        Op0Shuffle(space), Op1Swap2(), ExponentialSchedule(16.0, 1e-6)),
    lambda instance, space: EA(Op0Shuffle(space), Op1Swap2(),
                               Op2GeneralizedAlternatingPosition(space), 32, 32, 0.125),
)


def run_experiment(base_dir: str | Path = "./results", algorithms: Iterable[Maker] = ALGORITHMS,
                   instances: Iterable[str] = INSTANCES, n_runs: int = EXPERIMENT_RUNS,
                   max_time: int | None = EXPERIMENT_RUNTIME_MS, max_fes: int | None = None,
                   **more: Any) -> Path:
    """Minimize the makespan with each algorithm on each instance, with a log per run.

    Args:
        base_dir: the folder of the logs
        algorithms: functions of an instance and the space of points that make algorithms
        instances: names of bundled instances
        n_runs: the number of runs of each algorithm on each instance, at least 1
        max_time: the time of a run in milliseconds, ``None`` if it does not matter
        max_fes: the number of FEs of a run, likewise
        more: further arguments of :func:`fescue.run_experiment`

    Returns:
        the folder of the logs

    Raises:
        TypeError: if an argument has a wrong type
        ValueError: if one is out of range, or an instance is not known
        ExperimentError: if runs failed
    """
    names = list(instances)
    for name in names:
        resource(name)  # an unknown one is found out before any work is done

    def setup(make: Maker, instance: Instance) -> Execution:
        task = jssp_task(instance)
        points: Any = task.points()
        execution = task.execution(make(instance, points))
        if max_time is not None:
            execution.set_max_time_millis(max_time)
        if max_fes is not None:
            execution.set_max_fes(max_fes)
        return execution

    return run_any_experiment(base_dir, [partial(Instance.from_resource, name) for name in names],
                              [partial(setup, make) for make in algorithms], n_runs, **more)
