"""Kills experiments at random moments and sees whether one more start completes them.

``python tests/faults/chaos.py --kills 1000 --seed 1`` kills as often as that and prints a summary.
Each experiment has 200 short runs on two workers and is disturbed five times: its program or one
of its workers is killed at a random moment, or workers die right before or after they link or
sync a log. Then one more start completes it, and every log is compared with that of an
undisturbed experiment.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from fescue._experiment.files import State, state_of
from fescue.utils.sections import parse_key_values, parse_sections

TESTS = Path(__file__).parents[1]
RUNS = 200
PER_EXPERIMENT = 5
KINDS = ("program", "worker", "before link", "after link", "before fsync", "after fsync")

_PROGRAM = """
import sys
sys.path[:0] = {paths!r}
from chaos_parts import start
start({base!r})
"""


@dataclass
class Report:
    """What has happened."""

    kills: Counter[str] = field(default_factory=Counter)
    experiments: int = 0
    logs: int = 0
    faults: list[str] = field(default_factory=list)


def launch(base: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start a program that performs the experiment."""
    paths = [str(TESTS), str(TESTS / "faults")]
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM.format(base=str(base), paths=paths)], cwd=base.parent,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "FESCUE_JIT": "0", "PYTHONFAULTHANDLER": "1", **environment})


def contents(log: Path) -> dict[str, Any]:
    """Return what a log says, but for times and the system."""
    sections: dict[str, Any] = dict(parse_sections(log.read_text().splitlines()))
    del sections["SYS_INFO"]
    sections["PROGRESS"] = [row.split(";")[::2] for row in sections["PROGRESS"]]
    sections["STATE"] = {key: value for key, value in parse_key_values(sections["STATE"]).items()
                         if "Time" not in key}
    return sections


def orphans(folder: Path) -> list[int]:
    """Return the processes that work in ``folder``."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def finish(base: Path) -> None:
    """Start the program and let it work undisturbed."""
    end(launch(base), good=(0,))
    if any(state_of(log) is State.POISON for log in base.rglob("*.txt")):
        # three kills have met the same run, which is not tried again unless that is asked for
        end(launch(base, FESCUE_RETRY="1"), good=(0,))
        for aside in base.rglob("*.failed-*"):
            aside.unlink()


def end(program: subprocess.Popen[bytes], good: tuple[int, ...] = (0, -9)) -> None:
    """Wait for the end of a program; if it hangs, have it tell where."""
    if program.stderr is None or program.stderr.closed:
        return
    try:
        errors = program.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        program.send_signal(signal.SIGABRT)
        errors = program.communicate()[1]
    if program.returncode not in good and b"poison" not in errors:
        raise RuntimeError(errors.decode())


def disturb(base: Path, kind: str, rng: random.Random) -> int:
    """Start the program and kill it, or parts of it; return how often that was possible."""
    for mark in base.parent.glob("trap-*"):
        mark.unlink()
    if kind in ("program", "worker"):
        program = launch(base)
        time.sleep(rng.uniform(0.4, 1.5))
        victim = program.pid
        if kind == "worker":
            workers = psutil.Process(program.pid).children() if program.poll() is None else []
            victim = rng.choice(workers).pid if workers else 0
        hit = int(bool(victim) and program.poll() is None)
        if hit:
            os.kill(victim, signal.SIGKILL)
    else:
        # not at the first one: a run that kills three workers is not tried again
        trap = f"{kind} {rng.randrange(2, 40)} {base.parent / 'trap'}"
        program = launch(base, FESCUE_TRAP=trap)
        end(program)
        hit = len(list(base.parent.glob("trap-*")))
    end(program)
    return hit


def check(base: Path, expected: dict[str, Any]) -> list[str]:
    """Return what is wrong with a completed experiment."""
    faults = []
    end = time.monotonic() + 10
    while orphans(base.parent) and time.monotonic() < end:
        time.sleep(0.05)
    if orphans(base.parent):
        faults.append(f"orphans: {orphans(base.parent)}")
    files = {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file()}
    faults += [f"lost: {name}" for name in sorted(expected.keys() - files)]
    faults += [f"left over: {name}" for name in sorted(files - expected.keys())]
    for name in sorted(files & expected.keys()):
        if state_of(base / name) is not State.DONE:
            faults.append(f"{state_of(base / name).value}: {name}")
        elif contents(base / name) != expected[name]:
            faults.append(f"different: {name}")
    return faults


def chaos(kills: int, seed: int, folder: Path, tell: Any = lambda report: None) -> Report:
    """Kill so often, over as many experiments as that takes."""
    rng, report = random.Random(seed), Report()
    calm = folder / "calm" / "results"
    calm.parent.mkdir()
    finish(calm)
    expected = {str(path.relative_to(calm)): contents(path) for path in calm.rglob("*.txt")}
    if len(expected) != RUNS:
        raise RuntimeError(f"{len(expected)} logs instead of {RUNS}")
    while report.kills.total() < kills and not report.faults:
        base = folder / f"chaos{report.experiments}" / "results"
        base.parent.mkdir()
        for _ in range(PER_EXPERIMENT):
            kind = rng.choice(KINDS)
            hits = disturb(base, kind, rng)
            report.kills[kind] += hits
            if not hits:
                break  # nothing was left to do
        finish(base)
        report.faults += check(base, expected)
        report.experiments += 1
        report.logs += len(expected)
        tell(report)
        if not report.faults:
            shutil.rmtree(base.parent)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = chaos(options.kills, options.seed, Path(folder), lambda r: print(
            f"\r{r.kills.total()} kills", end="", file=sys.stderr, flush=True))
    print(f"\nkills: {report.kills.total()}")
    for kind in KINDS:
        print(f"  {kind}: {report.kills[kind]}")
    print(f"experiments completed by one more start: {report.experiments}")
    print(f"logs compared with the undisturbed ones: {report.logs}")
    print(f"lost, doubled, left over, different, orphans: {len(report.faults)}")
    for fault in report.faults:
        print(f"  {fault}")
    sys.exit(bool(report.faults))


if __name__ == "__main__":
    main()
