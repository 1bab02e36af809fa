"""What a proposal costs, with many trials known and in batches, beside Optuna's TPE.

Usage: ``python benchmarks/proposals.py [--trials 1000] [--repeats 1]``

Hartmann 6, one trial at a time: CPU milliseconds per proposal, the function included, between the
numbers of trials in the table. *Batch*: 32 proposals between two lots of results. Each tuner runs
in a process of its own with one thread of linear algebra, one after the other.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any, Final

import numpy as np
from process import _cells
from tuning import FUNCTIONS, peer_python

_MARKS: Final = (50, 100, 200, 400, 600, 1000)
_BATCH: Final = 32


def loop(ask: Any, tell: Any, n: int, batch: int) -> dict[int, float]:
    """Return the CPU milliseconds per proposal up to each mark."""
    function, _ = FUNCTIONS["Hartmann 6"]
    found, last, spent = {}, 0, 0.0
    for done in range(batch, n + batch, batch):
        start = time.process_time()
        trials = [ask() for _ in range(batch)]
        spent += time.process_time() - start
        for trial, params in trials:
            start = time.process_time()
            tell(trial, function(params))
            spent += time.process_time() - start
        for mark in _MARKS:
            if last < mark <= done:
                found[mark] = 1000 * spent / (done - last)
                last, spent = done, 0.0
    return found


def measure(tuner: str, n: int, batch: int) -> dict[int, float]:
    """Return the figures of one tuner."""
    _, described = FUNCTIONS["Hartmann 6"]
    if tuner == "fescue":
        from fescue.tuning import Optimizer, Parameter, ParameterType

        parameters = [Parameter(p["name"], ParameterType.FLOAT, p["low"], p["high"])
                      for p in described]
        with Optimizer("bayesian").study(parameters, n + batch, seed=1, workers=batch) as study:
            def ask() -> Any:
                trial: Any = study.ask()
                return trial, trial.parameters

            return loop(ask, study.tell, n, batch)
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(
        seed=1, multivariate=True, group=True, constant_liar=True))

    def ask_peer() -> Any:
        trial = study.ask()
        return trial, {p["name"]: trial.suggest_float(p["name"], p["low"], p["high"])
                       for p in described}

    return loop(ask_peer, study.tell, n, batch)


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description="what a proposal costs")
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        tuner, n, batch = options.child
        print(json.dumps(measure(tuner, int(n), int(batch))))
        return
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                   "PYTHONWARNINGS": "ignore"}
    marks = [mark for mark in _MARKS if mark <= options.trials]
    print(_cells("CPU ms per proposal", *(f"to {mark}" for mark in marks)))
    print(_cells(*["---"] * (1 + len(marks))), flush=True)
    for name, batch in (("one at a time", 1), (f"in batches of {_BATCH}", _BATCH)):
        for tuner, python in (("fescue", sys.executable), ("TPE", peer_python("TPE"))):
            found = []
            for _ in range(options.repeats):
                done = subprocess.run(
                    [python, __file__, "--child", tuner, str(options.trials), str(batch)],
                    capture_output=True, text=True, check=True, env=environment)
                found.append(json.loads(done.stdout))
            medians = (np.median([one[str(mark)] for one in found if str(mark) in one])
                       for mark in marks)
            print(_cells(f"{tuner}, {name}", *(f"{one:.1f}" for one in medians)), flush=True)


if __name__ == "__main__":
    main()
