"""Objectives that misbehave, and an experiment that has one run of them among others."""

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from fescue import RLS, BitStrings, Execution, OneMax, Op0Random, Op1Flip1, run_experiment


class Hostile(OneMax):
    """Does something nasty at FE 5, or does nothing special."""

    def __init__(self, what: str) -> None:
        super().__init__(10)
        self.what = what
        self.calls = 0

    def initialize(self) -> None:
        """Compile nothing, begin to count."""
        self.calls = 0

    def __str__(self) -> str:
        return self.what.replace(" ", "_")

    def evaluate(self, x: Any) -> int:
        self.calls += 1
        if self.calls == 5:
            getattr(self, f"_{self}", lambda: None)()
        return super().evaluate(x)

    def lower_bound(self) -> int:
        return -1  # never reached: every run has all its FEs

    def _hang(self) -> None:
        time.sleep(1000)

    def _spin(self) -> None:
        while True:
            pass

    def _exit(self) -> None:
        os._exit(3)

    def _sys_exit(self) -> None:
        sys.exit("no more")

    def _interrupt(self) -> None:
        raise KeyboardInterrupt

    def _memory(self) -> None:
        blocks = []
        while True:
            blocks.append(bytearray(8_000_000))
            time.sleep(0.002)

    def _fork(self) -> None:
        if os.fork() == 0:
            time.sleep(1000)

    def _fork_and_go_on(self) -> None:
        os.fork()

    def _fork_and_exit(self) -> None:
        if os.fork() == 0:
            sys.exit(0)

    def _print(self) -> None:
        for _ in range(int(os.environ.get("FESCUE_PRINT_MEGABYTES", "20"))):
            print("x" * 1_000_000)


def setup(problem: Any) -> Execution:
    """Return a run of 40 FEs."""
    return (Execution().set_objective(problem).set_solution_space(BitStrings(10))
            .set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(40).set_log_improvements())


def start(base: Path, *kinds: str, **settings: Any) -> None:
    """Perform the experiment."""
    run_experiment(base, [partial(Hostile, kind) for kind in kinds], [setup], 2,
                   perform_warmup=False, perform_pre_warmup=False, progress=False, **settings)
