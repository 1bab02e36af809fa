"""The experiment that is killed, and the traps that its workers may run into."""

import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import Any

from fescue import (
    RLS,
    BitStrings,
    Execution,
    HillClimber,
    LeadingOnes,
    OneMax,
    Op0Random,
    Op1Flip1,
    run_experiment,
)

#: how many workers of a program run into a trap
DEATHS = 4
#: the trap that is set in this process
TRAPS: list[str] = []


class Slow:
    """Takes a little time, so that kills hit runs in their middle; compiles nothing."""

    def evaluate(self, x: Any) -> int:
        time.sleep(0.0002)
        result: int = super().evaluate(x)  # type: ignore[misc]
        return result

    def initialize(self) -> None:
        """Do nothing."""


class SlowOneMax(Slow, OneMax):
    """An instance."""


class SlowLeadingOnes(Slow, LeadingOnes):
    """Another instance."""


def setup(algorithm: Any, problem: Any) -> Execution:
    """Return a run of 30 FEs."""
    set_trap()
    return (Execution().set_objective(problem).set_solution_space(BitStrings(problem.n))
            .set_algorithm(algorithm(Op0Random(), Op1Flip1())).set_max_fes(30)
            .set_log_improvements())


def set_trap() -> None:
    """Have workers die at one of their links or syncs, if the environment asks for it."""
    text = os.environ.get("FESCUE_TRAP")
    if text is None or TRAPS:
        return
    TRAPS.append(text)
    when, name, number, mark = text.split(" ")
    real, calls = getattr(os, name), 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        result = real(*args, **kwargs) if when == "after" else None
        if calls == int(number):
            for i in range(DEATHS):  # so many workers die, one after the other
                try:
                    os.close(os.open(f"{mark}-{i}", os.O_CREAT | os.O_EXCL))
                except FileExistsError:
                    continue
                os.kill(os.getpid(), signal.SIGKILL)
        return result if when == "after" else real(*args, **kwargs)

    setattr(os, name, deadly)


def start(base: str) -> None:
    """Perform the experiment: 2 algorithms, 2 instances, 50 runs each."""
    run_experiment(
        Path(base), [partial(SlowOneMax, 40), partial(SlowLeadingOnes, 44)],
        [partial(setup, RLS), partial(setup, HillClimber)], 50, n_threads=2, progress=False,
        retry_failed="FESCUE_RETRY" in os.environ)
