"""Tuning with many trials in flight, and what a trial costs, beside Optuna.

Usage: ``python benchmarks/tuning_load.py [--repeats 5] [--in-flight 8 64 512] [--freeze]``

Durations of trials are heavy-tailed (log-normal, mean 0.1 s, sigma 1) and belong to their numbers,
the same for all. The ideal makespan is that of starting each trial, in order, on the first worker
that is free, without any other work. Efficiency is ideal over measured. Loop lag is how late a
timer of 1 ms in the same event loop comes, at most and in 99 of 100 cases. Regret is that of
Hartmann 6 at the end, the geometric mean over the repeats. Peers run in their threads
(``n_jobs``). With ``--freeze``, our programs call ``gc.freeze()`` before the study, so that the
garbage collector does not look again and again at what all imported modules consist of.
"""

import argparse
import asyncio
import gc
import heapq
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from process import _cells
from tuning import FUNCTIONS, optuna_python

#: so many trials per worker
_ROUNDS: Final = 20


def durations(n: int, seed: int) -> np.ndarray:
    """Return the seconds of ``n`` trials."""
    return np.random.default_rng(seed).lognormal(np.log(0.1) - 0.5, 1.0, n)


def ideal(seconds: np.ndarray, workers: int) -> float:
    """Return the time that the trials take if nothing else does."""
    free = [0.0] * workers
    for one in seconds:
        heapq.heappush(free, heapq.heappop(free) + one)
    return max(free)


def load_fescue(strategy: str, workers: int, seed: int, durable: bool,
                freeze: bool) -> dict[str, float]:
    """Return makespan, lag and regret of one of our strategies."""
    from fescue import tuning

    function, described = FUNCTIONS["Hartmann 6"]
    parameters = [tuning.Parameter(p["name"], tuning.ParameterType.FLOAT, p["low"], p["high"])
                  for p in described]
    n = _ROUNDS * workers
    seconds = durations(n, seed)
    lags: list[float] = []

    async def watch() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            lags.append(time.perf_counter() - start - 0.001)

    started = iter(range(n))

    async def objective(params: dict[str, Any]) -> float:
        await asyncio.sleep(seconds[next(started)])
        return function(params)

    async def run() -> tuple[float, Any]:
        lag = asyncio.ensure_future(watch())
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            result = await tuning.Optimizer(strategy).optimize(
                parameters, objective, n, seed=seed, workers=workers,
                log_file=Path(folder) / "study.txt" if durable else None)
        end = time.perf_counter()
        lag.cancel()
        return end - start, result

    asyncio.run(tuning.Optimizer(strategy).optimize(parameters, _quick, 30, seed=1))  # imports
    if freeze:
        gc.freeze()
    wall, result = asyncio.run(run())
    return {"wall": wall, "ideal": ideal(seconds, workers), "lag": 1000 * max(lags),
            "lag99": 1000 * float(np.quantile(lags, 0.99)), "regret": result.score}


async def _quick(params: dict[str, Any]) -> float:
    return sum(params.values())


def load_optuna(sampler: str, workers: int, seed: int, durable: bool,
                _: bool) -> dict[str, float]:
    """Return makespan and regret of one of Optuna's samplers."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    function, described = FUNCTIONS["Hartmann 6"]
    made = (optuna.samplers.TPESampler(seed=seed, multivariate=True, constant_liar=True)
            if sampler == "TPE" else optuna.samplers.RandomSampler(seed=seed))
    n = _ROUNDS * workers
    seconds = durations(n, seed)

    def objective(trial: Any) -> float:
        params = {p["name"]: trial.suggest_float(p["name"], p["low"], p["high"])
                  for p in described}
        time.sleep(seconds[trial.number])
        return function(params)

    with tempfile.TemporaryDirectory() as folder:
        storage = None
        if durable:
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend

            storage = JournalStorage(JournalFileBackend(str(Path(folder) / "journal.log")))
        study = optuna.create_study(sampler=made, storage=storage)
        start = time.perf_counter()
        study.optimize(objective, n_trials=n, n_jobs=workers)
        wall = time.perf_counter() - start
        best = study.best_value
    return {"wall": wall, "ideal": ideal(seconds, workers), "lag": float("nan"),
            "lag99": float("nan"), "regret": best}


def cost_fescue(durable: bool, n: int) -> float:
    """Return the seconds per trivial trial: one at a time, or durable with 64 in flight."""
    from fescue import tuning

    x = [tuning.Parameter("x", tuning.ParameterType.FLOAT, 0.0, 1.0)]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        tuning.Optimizer().optimize_sync(
            x, _quick, n, seed=1, workers=64 if durable else 1,
            log_file=Path(folder) / "study.txt" if durable else None)
        return (time.perf_counter() - start) / n


def cost_optuna(durable: bool, n: int) -> float:
    """Return the seconds per trivial trial, in memory or with a journal file."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        storage = None
        if durable:
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend

            storage = JournalStorage(JournalFileBackend(str(Path(folder) / "journal.log")))
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1), storage=storage)
        start = time.perf_counter()
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=n)
        return (time.perf_counter() - start) / n


def resume(n: int) -> float:
    """Return the seconds that a study of ``n`` trials needs until it is as it was."""
    from fescue import tuning

    x = [tuning.Parameter("x", tuning.ParameterType.FLOAT, 0.0, 1.0)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "study.txt"
        study = tuning.Optimizer().study(x, n + 1, seed=1, log_file=log)
        for _ in range(n):
            trial: Any = study.ask()
            study.note(trial, _outcome(trial), 0.1)
            study.settle([trial])
        study.sync()
        study.close(RuntimeError("interrupted"))
        start = time.perf_counter()
        again = tuning.Optimizer().study(x, n + 1, seed=1, log_file=log)
        again.ask()
        taken = time.perf_counter() - start
        again.close()
        return taken


def _outcome(trial: Any) -> Any:
    from fescue.tuning.calls import judged

    return judged(trial.parameters["x"])


def _child(python: str, *arguments: object) -> Any:
    done = subprocess.run(
        [python, __file__, "--child", *map(str, arguments)], capture_output=True, text=True,
        check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"})
    return json.loads(done.stdout)


def _answer(what: str, *arguments: str) -> Any:
    """Return what a child process measures."""
    if what == "resume":
        return resume(int(arguments[0]))
    library, rest = arguments[0], arguments[1:]
    if what == "cost":
        return {"fescue": cost_fescue, "optuna": cost_optuna}[library](
            rest[0] == "True", int(rest[1]))
    return {"fescue": load_fescue, "optuna": load_optuna}[library](
        rest[0], int(rest[1]), int(rest[2]), rest[3] == "True", rest[4] == "True")


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="many trials in flight, and what one costs")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--in-flight", type=int, nargs="*", default=[8, 64, 512])
    parser.add_argument("--peers-to", type=int, default=64,
                        help="peers with more in flight take many minutes")
    parser.add_argument("--freeze", action="store_true", help="call gc.freeze() first")
    parser.add_argument("--child", nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_answer(*options.child)))
        return
    peer = optuna_python()
    seeds = range(1, options.repeats + 1)
    print(_cells("trivial trials", "fescue ms", "Optuna ms", "ratio"))
    print(_cells(*["---"] * 4))
    for name, durable in (("in memory, one at a time", False),
                          ("on disk (64 in flight; the peer's journal)", True)):
        pairs = [(_child(sys.executable, "cost", "fescue", durable, 5000),
                  _child(peer, "cost", "optuna", durable, 300)) for _ in seeds]
        ours, theirs = (1000 * float(np.median(column)) for column in zip(*pairs, strict=True))
        print(_cells(name, f"{ours:.3f}", f"{theirs:.2f}", f"{ours / theirs:.3f}"), flush=True)
    taken = float(np.median([_child(sys.executable, "resume", 10_000) for _ in seeds]))
    print(f"\nresume of 10,000 trials: {taken:.2f} s\n")
    print(_cells("tuner", "in flight", "efficiency", "lag ms, largest", "lag ms, 99 %", "regret"))
    print(_cells(*["---"] * 6), flush=True)
    tuners = [(sys.executable, "fescue", "auto", False), (sys.executable, "fescue", "auto", True),
              (sys.executable, "fescue", "tpe", False), (sys.executable, "fescue", "random", False),
              (peer, "optuna", "TPE", False), (peer, "optuna", "random", False)]
    for workers in options.in_flight:
        for python, library, tuner, durable in tuners:
            if python == peer and workers > options.peers_to:
                continue
            found = [_child(python, "load", library, tuner, workers, seed, durable,
                            options.freeze)
                     for seed in seeds]
            print(_cells(
                f"{library} {tuner}{', on disk' if durable else ''}", str(workers),
                f"{np.median([r['ideal'] / r['wall'] for r in found]):.3f}",
                f"{np.median([r['lag'] for r in found]):.1f}",
                f"{np.median([r['lag99'] for r in found]):.1f}",
                f"{np.exp(np.mean(np.log([max(r['regret'], 1e-9) for r in found]))):.2g}"),
                flush=True)


if __name__ == "__main__":
    main()
