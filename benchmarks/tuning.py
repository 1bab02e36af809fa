"""The tuners beside others: what they have found after 50, 100 and 200 evaluations.

Usage: ``python benchmarks/tuning.py [--seeds 10] [--evaluations 200] [--peers TPE ...]``

Each study minimizes one of the functions below, one trial at a time. The regret is the best value
so far minus the optimum, as the geometric mean over the seeds; ratios are those of our Bayesian
strategy over a peer. CPU time is that of the process per proposal, the function included. Each
tuner runs in a process of its own with one thread of linear algebra, each peer in an environment
of its own: Optuna's TPE (multivariate, group, constant liar), CMA-ES, random and GP, SMAC (random
forests, and its Gaussian process, SMAC-GP), and Nevergrad's NGOpt.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from math import cos, e, exp, log10, pi, sin, sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
from process import _cells

_AT: Final = (50, 100, 200)
_LEAST: Final = 1e-9

_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_A3 = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
_P3 = 1e-4 * np.array([[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547],
                       [381, 5743, 8828]])
_A6 = np.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
                [17, 8, 0.05, 10, 0.1, 14]])
_P6 = 1e-4 * np.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                       [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])


def _branin(x: float, y: float) -> float:
    return ((y - 5.1 / (4 * pi ** 2) * x * x + 5 / pi * x - 6) ** 2
            + 10 * (1 - 1 / (8 * pi)) * cos(x) + 10 - 0.39788735772973816)


def _hartmann(x: Any, a: Any, p: Any, optimum: float) -> float:
    return optimum - float(_ALPHA @ np.exp(-(a * (np.array(x) - p) ** 2).sum(axis=1)))


def _ackley(x: Any) -> float:
    return (20 + e - 20 * exp(-0.2 * sqrt(sum(v * v for v in x) / len(x)))
            - exp(sum(cos(2 * pi * v) for v in x) / len(x)))


def _levy(x: Any) -> float:
    w = [1 + (v - 1) / 4 for v in x]
    return (sin(pi * w[0]) ** 2
            + sum((v - 1) ** 2 * (1 + 10 * sin(pi * v + 1) ** 2) for v in w[:-1])
            + (w[-1] - 1) ** 2 * (1 + sin(2 * pi * w[-1]) ** 2))


def _rosenbrock(x: Any) -> float:
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def _styblinski(x: Any) -> float:
    return sum(v ** 4 - 16 * v * v + 5 * v for v in x) / 2 + 39.16616570377142 * len(x)


def _numbers(n: int, low: float, high: float) -> list[dict[str, Any]]:
    return [{"name": f"x{i}", "low": low, "high": high} for i in range(n)]


def _of_numbers(function: Callable[[Any], float]) -> Callable[[dict[str, Any]], float]:
    return lambda params: function([params[f"x{i}"] for i in range(len(params))])


#: for each function its parameters: ``low`` and ``high``, ``int``, ``log`` or ``choices``
FUNCTIONS: Final[dict[str, tuple[Callable[[dict[str, Any]], float], list[dict[str, Any]]]]] = {
    "Branin": (lambda p: _branin(p["x"], p["y"]), [
        {"name": "x", "low": -5.0, "high": 10.0}, {"name": "y", "low": 0.0, "high": 15.0}]),
    "Hartmann 3": (_of_numbers(lambda x: _hartmann(x, _A3, _P3, 3.8627797869493365)),
                   _numbers(3, 0.0, 1.0)),
    "Hartmann 6": (_of_numbers(lambda x: _hartmann(x, _A6, _P6, 3.322368011415512)),
                   _numbers(6, 0.0, 1.0)),
    "Ackley 5": (_of_numbers(_ackley), _numbers(5, -32.768, 30.0)),
    "Levy 8": (_of_numbers(_levy), _numbers(8, -10.0, 10.0)),
    "Rosenbrock 4": (_of_numbers(_rosenbrock), _numbers(4, -5.0, 10.0)),
    "Styblinski-Tang 6": (_of_numbers(_styblinski), _numbers(6, -5.0, 5.0)),
    "bowl 10": (_of_numbers(lambda x: sum((v - 0.3) ** 2 for v in x)), _numbers(10, -1.0, 1.0)),
    "learning rate": (lambda p: (log10(p["lr"]) + 2.3) ** 2 + (p["momentum"] - 0.87) ** 2
                      + 0.05 * abs(p["batch"] - 48) / 48, [
        {"name": "lr", "low": 1e-6, "high": 1.0, "log": True},
        {"name": "momentum", "low": 0.0, "high": 1.0},
        {"name": "batch", "low": 1, "high": 512, "int": True, "log": True}]),
    "service": (lambda p: abs(p["threads"] - 11) / 10 + abs(p["queue"] - 300) / 400
                + {"lz4": 0.1, "zstd": 0.0, "none": 0.6}[p["codec"]]
                + (0.3 if p["codec"] == "zstd" and p["level"] > 9
                   else 0.02 * abs(p["level"] - 4)), [
        {"name": "threads", "low": 1, "high": 64, "int": True},
        {"name": "queue", "low": 1, "high": 2000, "int": True},
        {"name": "codec", "choices": ["lz4", "zstd", "none"]},
        {"name": "level", "low": 1, "high": 19, "int": True}]),
    "kinds": (lambda p: sum((i + 1) * (p[f"c{i}"] != "abcdef"[(i * 5) % 6]) for i in range(6))
              + (p["x"] - 0.7) ** 2, [
        *({"name": f"c{i}", "choices": list("abcdef")} for i in range(6)),
        {"name": "x", "low": 0.0, "high": 1.0}]),
    "noisy bowl": (lambda p: (p["x"] - 0.3) ** 2 + (p["y"] + 0.2) ** 2 + (
        0.02 * (hash((round(p["x"], 12), round(p["y"], 12))) % 1000) / 1000), [
        {"name": "x", "low": -1.0, "high": 1.0}, {"name": "y", "low": -1.0, "high": 1.0}]),
}


def run_fescue(strategy: str, name: str, seed: int, n: int) -> list[float]:
    """Return the values of all trials of one of our strategies."""
    from fescue import tuning

    function, described = FUNCTIONS[name]
    kinds = tuning.ParameterType
    parameters = [tuning.Parameter(p["name"], kinds.CATEGORICAL, choices=p["choices"])
                  if "choices" in p else tuning.Parameter(
                      p["name"], kinds.INTEGER if p.get("int") else kinds.FLOAT, p["low"],
                      p["high"], log=p.get("log", False)) for p in described]

    async def objective(params: dict[str, Any]) -> float:
        return function(params)

    result = asyncio.run(tuning.Optimizer(getattr(tuning, strategy)()).optimize(
        parameters, objective, n, seed=seed))
    return [record["score"] for record in result.history]


def run_optuna(sampler: str, name: str, seed: int, n: int) -> list[float]:
    """Return the values of all trials of one of Optuna's samplers."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    function, described = FUNCTIONS[name]
    made: Any = optuna.samplers.RandomSampler(seed=seed)
    if sampler == "TPE":
        made = optuna.samplers.TPESampler(seed=seed, multivariate=True, group=True,
                                          constant_liar=True)
    elif sampler == "CMA-ES":
        made = optuna.samplers.CmaEsSampler(seed=seed)
    elif sampler == "GP":
        made = optuna.samplers.GPSampler(seed=seed)

    def objective(trial: Any) -> float:
        params = {}
        for p in described:
            if "choices" in p:
                params[p["name"]] = trial.suggest_categorical(p["name"], p["choices"])
            else:
                suggest = trial.suggest_int if p.get("int") else trial.suggest_float
                params[p["name"]] = suggest(p["name"], p["low"], p["high"], log=p.get("log", False))
        return function(params)

    study = optuna.create_study(sampler=made)
    study.optimize(objective, n_trials=n)
    return [trial.value for trial in study.trials]


def run_smac(facade: str, name: str, seed: int, n: int) -> list[float]:
    """Return the values of all trials of SMAC."""
    import smac
    from ConfigSpace import Categorical, ConfigurationSpace, Float, Integer

    function, described = FUNCTIONS[name]
    space = ConfigurationSpace(seed=seed)
    space.add([Categorical(p["name"], p["choices"]) if "choices" in p else
               (Integer if p.get("int") else Float)(p["name"], (p["low"], p["high"]),
                                                    log=p.get("log", False)) for p in described])
    values: list[float] = []

    def objective(config: Any, seed: int = 0) -> float:
        values.append(function(dict(config)))
        return values[-1]

    kind = smac.BlackBoxFacade if facade == "SMAC-GP" else smac.HyperparameterOptimizationFacade
    with tempfile.TemporaryDirectory() as folder:
        scenario = smac.Scenario(space, deterministic=True, n_trials=n, seed=seed,
                                 output_directory=Path(folder))
        kind(scenario, objective, overwrite=True, logging_level=False).optimize()
    return values


def run_nevergrad(optimizer: str, name: str, seed: int, n: int) -> list[float]:
    """Return the values of all trials of one of Nevergrad's optimizers."""
    import nevergrad

    function, described = FUNCTIONS[name]
    parts: dict[str, Any] = {}
    for p in described:
        if "choices" in p:
            parts[p["name"]] = nevergrad.p.Choice(p["choices"])
            continue
        part = (nevergrad.p.Log if p.get("log") else nevergrad.p.Scalar)(
            lower=p["low"], upper=p["high"])
        parts[p["name"]] = part.set_integer_casting() if p.get("int") else part
    space = nevergrad.p.Dict(**parts)
    space.random_state = np.random.RandomState(seed)
    values: list[float] = []

    def objective(params: dict[str, Any]) -> float:
        values.append(function(params))
        return values[-1]

    nevergrad.optimizers.registry[optimizer](parametrization=space, budget=n).minimize(objective)
    return values


def measure(library: str, tuner: str, seeds: int, n: int, only: str) -> None:
    """Print, as a line of JSON for each function, the best values so far and the CPU time."""
    warnings.simplefilter("ignore")
    run = {"fescue": run_fescue, "optuna": run_optuna, "smac": run_smac,
           "nevergrad": run_nevergrad}[library]
    for name in FUNCTIONS:
        if only in name:
            start = time.process_time()
            values = [np.minimum.accumulate(run(tuner, name, seed, n)).tolist()
                      for seed in range(1, seeds + 1)]
            print(json.dumps([name, values, (time.process_time() - start) / (seeds * n)]),
                  flush=True)


#: the library of each peer, and what is installed for it
PEERS: Final = {"TPE": ("optuna",), "CMA-ES": ("optuna", "cmaes"), "random": ("optuna",),
                "GP": ("optuna", "scipy", "torch"),
                "SMAC": ("smac",), "SMAC-GP": ("smac",), "NGOpt": ("nevergrad", "numpy<2.3")}


def peer_python(peer: str) -> str:
    """Return the Python of a peer's environment, which is made if it is not there."""
    library, *more = PEERS[peer]
    folder = Path(__file__).parent / ".peers" / library
    python, complete = folder / "bin" / "python", folder / f"complete-{peer}"
    if not complete.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet",
                        "--disable-pip-version-check", library, *more], check=True)
        complete.touch()
    return str(python)


def optuna_python() -> str:
    """Return the Python of Optuna's environment."""
    return peer_python("TPE")


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="tuners beside others")
    parser.add_argument("--seeds", type=int, default=10, help="studies per function, default 10")
    parser.add_argument("--evaluations", type=int, default=200, help="of a study, default 200")
    parser.add_argument("--only", default="", help="the functions with this in their names")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), default=["TPE"])
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = ["--seeds", str(options.seeds), "--evaluations", str(options.evaluations),
             "--only", options.only]
    if options.child:
        measure(*options.child, options.seeds, options.evaluations, options.only)
        return
    tuners = {"fescue": (sys.executable, "fescue", "BayesianStrategy")}
    tuners |= {peer: (peer_python(peer), PEERS[peer][0], peer) for peer in options.peers}
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
                   "PYTHONHASHSEED": "0"}
    children = [subprocess.Popen([python, __file__, "--child", library, tuner, *sizes], text=True,
                                 stdout=subprocess.PIPE, env=environment)
                for python, library, tuner in tuners.values()]
    at = [n for n in (*_AT, options.evaluations) if n <= options.evaluations]
    at = sorted(set(at))
    print(_cells("function", *(f"{name} {n}" for n in at for name in (
        "regret", *(f"over {peer}'s" for peer in options.peers))),
        *(f"{name} ms" for name in tuners)))
    print(_cells(*["---"] * (1 + len(tuners) * (len(at) + 1))), flush=True)
    ratios: dict[tuple[str, int], list[float]] = {}
    for lines in zip(*(child.stdout or () for child in children), strict=True):
        rows = [json.loads(line) for line in lines]
        cells = []
        for n in at:
            ours, *theirs = (float(np.exp(np.mean(np.log(np.maximum(
                [values[n - 1] for values in row[1]], _LEAST))))) for row in rows)
            cells.append(f"{ours:.2g}")
            for peer, regret in zip(options.peers, theirs, strict=True):
                ratios.setdefault((peer, n), []).append(ours / regret)
                cells.append(f"{ours / regret:.3f}")
        print(_cells(rows[0][0], *cells, *(f"{1000 * row[2]:.1f}" for row in rows)), flush=True)
    print()
    for (peer, n), found in ratios.items():
        print(f"{peer}, {n} evaluations: geometric mean of the ratios "
              f"{np.exp(np.mean(np.log(found))):.3f}, largest {max(found):.3f}", flush=True)


if __name__ == "__main__":
    main()
