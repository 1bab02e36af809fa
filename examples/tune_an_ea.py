"""Tune an evolutionary algorithm over job shop instances: bad settings stop early.

Usage: ``python examples/tune_an_ea.py [--trials 40] [--runs 5] [--max-fes 4000] [--workers 2]
[--instances ft06 la01 la06 la11 abz5] [--out tuned-ea]``

A trial is an experiment with one setting of the algorithm, made instance after instance, and with
each instance the same seeds for all settings. After each it reports the mean distance from the
best makespans that are known; trials that are worse than the median of the others, so far, end
there. All logs of all runs are kept below the folder, and the same command goes on after an
interruption.
"""

import argparse
from pathlib import Path
from typing import Any

from fescue import Execution, read_log, run_experiment
from fescue.algorithms import EA
from fescue.operators import Op0Shuffle, Op1SwapN, Op2GeneralizedAlternatingPosition
from fescue.problems.jssp import Instance, jssp_task
from fescue.tuning import Optimizer, Parameter, ParameterType, Trial

PARAMETERS = [
    Parameter("mu", ParameterType.INTEGER, 1, 64, log=True),
    Parameter("lambda", ParameterType.INTEGER, 1, 64, log=True),
    Parameter("crossover", ParameterType.FLOAT, 0.0, 0.9, step=0.1),
]


class Tuned:
    """The objective: what a setting of the algorithm is worth."""

    def __init__(self, out: Path, instances: list[str], runs: int, max_fes: int) -> None:
        self._out, self._instances = out, instances
        self._runs, self._max_fes = runs, max_fes
        self.__name__ = f"ea_{runs}x{max_fes}_{'_'.join(instances)}"

    def _execution(self, setting: dict[str, Any], instance: Instance) -> Execution:
        task: Any = jssp_task(instance)
        space = task.points()
        crossover = setting["crossover"] if setting["mu"] > 1 else 0.0
        algorithm = EA(Op0Shuffle(space), Op1SwapN(), Op2GeneralizedAlternatingPosition(space),
                       setting["mu"], setting["lambda"], crossover)
        return task.execution(algorithm).set_max_fes(self._max_fes)  # type: ignore[no-any-return]

    def __call__(self, setting: dict[str, Any], trial: Trial) -> float:
        """Return the mean distance from the best makespans that are known, relative to these."""
        distances: list[float] = []
        for step, name in enumerate(self._instances, 1):
            instance = Instance.from_resource(name)
            folder = self._out / f"trial-{trial.number}"
            run_experiment(folder, [lambda instance=instance: instance],
                           [lambda instance: self._execution(setting, instance)],
                           self._runs, perform_warmup=False, perform_pre_warmup=False)
            known = instance.best_known or instance.makespan_lower_bound
            distances += [(read_log(log).best_f or known) / known - 1
                          for log in sorted(folder.glob(f"*/{name}/*.txt"))]
            trial.report(step, sum(distances) / len(distances))
            if trial.should_prune():
                break
        return sum(distances) / len(distances)


def main() -> None:
    """Tune, and say what was found."""
    parser = argparse.ArgumentParser(description="tune an EA over job shop instances")
    parser.add_argument("--trials", type=int, default=40)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--max-fes", type=int, default=4000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--instances", nargs="+",
                        default=["ft06", "la01", "la06", "la11", "abz5"])
    parser.add_argument("--out", type=Path, default=Path("tuned-ea"))
    options = parser.parse_args()
    objective = Tuned(options.out, options.instances, options.runs, options.max_fes)
    result = Optimizer("bayesian").optimize_sync(
        PARAMETERS, objective, options.trials, seed=1, workers=options.workers,
        log_file=options.out / "study.txt", initial=[{"mu": 1, "lambda": 1, "crossover": 0.0}],
        progress=True)
    states = [record["state"] for record in result.history]
    print(f"{len(states)} settings, {states.count('pruned')} of them given up early")
    print(f"best: {result.parameters}, {100 * result.score:.2f} % above the best known makespans")
    print(f"the (1+1) EA: {100 * result.history[0]['score']:.2f} %")
    print(f"logs: {options.out}")


if __name__ == "__main__":
    main()
