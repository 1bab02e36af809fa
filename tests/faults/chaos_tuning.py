"""Kills studies at random moments, and sees that one more start completes them as if undisturbed.

``python tests/faults/chaos_tuning.py --kills 200 --seed 1`` kills as often as that and prints a
summary. A study has 150 trials; whatever it has told a callback of is written down and must be in
its log in the end, with the same score. With one trial in flight, all proposals must be those of a
study that was left alone; with four, the log must derive every proposal again.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fescue.tuning import replay_study

TRIALS = 150
PROGRAM = f'''
import asyncio, os, sys
from fescue.tuning import *

told = os.open("told.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

async def objective(params):
    await asyncio.sleep(0.001)
    if params["n"] == 5:
        raise ValueError("five")
    return (params["x"] - 1) ** 2 + params["n"]

def note(trial):
    os.write(told, f"{{trial.number}} {{trial.score}}\\n".encode())

asyncio.run(Optimizer(sys.argv[1]).optimize(
    [Parameter("x", ParameterType.FLOAT, -5.0, 5.0), Parameter("n", ParameterType.INTEGER, 1, 8)],
    objective, {TRIALS}, seed=int(sys.argv[2]), workers=int(sys.argv[3]), log_file="study.txt",
    callbacks=[note]))
'''


@dataclass
class Summary:
    """What happened."""

    kills: int = 0
    studies: int = 0
    trials: int = 0
    lost: int = 0
    doubled: int = 0
    different: int = 0

    def faults(self) -> int:
        """Return how many things were wrong."""
        return self.lost + self.doubled + self.different

    def __str__(self) -> str:
        return (f"{self.kills} kills, {self.studies} studies completed, {self.trials} trials; "
                f"lost {self.lost}, doubled {self.doubled}, different {self.different}")


def _start(folder: Path, strategy: str, seed: int, workers: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "program.py", strategy, str(seed), str(workers)],
                            cwd=folder, env=dict(os.environ), stderr=subprocess.PIPE)


def _completed(folder: Path, *arguments: Any) -> dict[str, list[Any]]:
    """Complete a study and return its events: what was asked, and how it ended."""
    _, errors = (child := _start(folder, *arguments)).communicate(timeout=300)
    if child.returncode != 0:
        raise RuntimeError(errors.decode())
    events = [json.loads(line) for line in (folder / "study.txt").read_text().splitlines()
              if line.startswith(('{"ask"', '{"end"'))]
    return {key: [event for event in events if key in event] for key in ("ask", "end")}


def chaos(kills: int, seed: int) -> Summary:
    """Kill studies so many times."""
    numbers, summary = random.Random(seed), Summary()
    while summary.kills < kills:
        strategy = numbers.choice(["random", "tpe", "random", "grid"])
        arguments = (strategy, numbers.randrange(1000), numbers.choice([1, 4]))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "program.py").write_text(PROGRAM)
            for _ in range(min(5, kills - summary.kills)):
                child = _start(folder, *arguments)
                end = time.monotonic() + 0.25 + 0.6 * numbers.random()
                while child.poll() is None and time.monotonic() < end:
                    time.sleep(0.005)
                if child.poll() is None:
                    child.send_signal(signal.SIGKILL)
                    summary.kills += 1
                child.communicate()
            found = _completed(folder, *arguments)
            _compare(folder, found, summary)
            if replay_study(folder / "study.txt").difference:
                summary.different += 1
            if arguments[2] == 1:
                alone = folder / "alone"
                alone.mkdir()
                (alone / "program.py").write_text(PROGRAM)
                expected = _completed(alone, *arguments)
                summary.different += found["ask"] != expected["ask"]
    return summary


def _compare(folder: Path, found: dict[str, list[Any]], summary: Summary) -> None:
    ends = {event["end"]: event["score"] for event in found["end"]}
    summary.studies += 1
    summary.trials += len(ends)
    summary.doubled += len(found["end"]) - len(ends)
    summary.lost += TRIALS - len(ends)
    for line in (folder / "told.txt").read_text().splitlines():
        number, score = line.split()
        known = ends.get(int(number), "lost")
        summary.lost += known != (None if score == "inf" else float(score))


def main() -> None:
    """Kill, and say what happened."""
    parser = argparse.ArgumentParser(description="kills studies")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    summary = chaos(options.kills, options.seed)
    print(summary)
    sys.exit(summary.faults() > 0)


if __name__ == "__main__":
    main()
