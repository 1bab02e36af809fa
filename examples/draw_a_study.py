"""Tune two objectives of a made-up service, and draw what the logs of studies hold.

Usage: ``python examples/draw_a_study.py [--trials 80] [--out results]``
"""

import argparse
from math import log2
from pathlib import Path

from fescue import evaluation
from fescue.tuning import Optimizer, Parameter, ParameterType

PARAMETERS = [
    Parameter("threads", ParameterType.INTEGER, 1, 64, log=True),
    Parameter("codec", ParameterType.CATEGORICAL, choices=["lz4", "zstd", "none"]),
    Parameter("level", ParameterType.INTEGER, 1, 9),
    Parameter("timeout", ParameterType.FLOAT, 0.1, 10.0, log=True),
]
CONDITIONS = {"level": {"codec": ["zstd"]}}


def latency(params):
    size = {"lz4": 1.5, "zstd": 2.2 - params.get("level", 0) / 9, "none": 3.0}[params["codec"]]
    if params["timeout"] < 0.2:
        raise TimeoutError("no answer")
    return abs(log2(params["threads"]) - 3.6) + size + 0.05 * params.get("level", 0) ** 1.3


def latency_and_cost(params):
    return latency(params), params["threads"] ** 0.5 + 0.3 * params.get("level", 0)


def main():
    parser = argparse.ArgumentParser(description="draw what logs of studies hold")
    parser.add_argument("--trials", type=int, default=80)
    parser.add_argument("--out", type=Path, default=Path("results"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    logs = []
    for objective in (latency, latency_and_cost):
        logs.append(options.out / f"{objective.__name__}.txt")
        Optimizer("bayesian").optimize_sync(
            PARAMETERS, objective, options.trials, seed=1, conditions=CONDITIONS,
            log_file=logs[-1])
    one, two = map(evaluation.read_study, logs)
    for name, ax in (("incumbent", evaluation.plot_incumbent(one)),
                     ("settings", evaluation.plot_settings(one)),
                     ("importance", evaluation.plot_importance(one)),
                     ("front", evaluation.plot_front(two))):
        print(evaluation.save(ax, options.out / f"tuning-{name}.svg"))


if __name__ == "__main__":
    main()
