"""A small experiment whose parts write down what happens to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fescue._experiment.files import State, state_of
from fescue.api.execution import Execution
from fescue.api.experiment import run_experiment
from run_parts import Do, Points, Values

#: the seeds that follow from the name "demo"
DEMO = ("0xd2866f0630434df", "0x5a9363100a272f12", "0x9ba8fd0486c59354", "0xdac201e7da6b455c")
FAST: dict[str, Any] = {"perform_warmup": False, "perform_pre_warmup": False}


class Instance:
    """A problem instance, which is a name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name


class Lab:
    """Makes instances and setups; ``runs`` lists (algorithm, instance, budget, has log)."""

    def __init__(self, base: Path, instances: tuple[str, ...] = ("demo",),
                 algorithms: tuple[str, ...] = ("alg",), max_fes: int = 50,
                 act: Callable[[str, str, Any], Any] = lambda *_: None) -> None:
        self.base, self.max_fes, self.act = base, max_fes, act
        self.runs: list[tuple[str, str, int, bool]] = []
        self.instances = [lambda name=name: Instance(name) for name in instances]
        self.setups = [lambda instance, name=name: self._setup(name, instance)
                       for name in algorithms]

    def _setup(self, name: str, instance: Instance) -> Execution:
        def solve(process: Any) -> None:
            budget = process.get_max_fes()
            self.runs.append((name, str(instance), budget, process.has_log()))
            value = process.get_random().integers(2 ** 40)
            process.evaluate([0])
            self.act(name, str(instance), process)
            process.evaluate([int(value % 3)])

        return (Execution().set_algorithm(Do(solve, name)).set_objective(Values([9, 8, 7, 6]))
                .set_solution_space(Points()).set_max_fes(self.max_fes))

    def run(self, n_runs: Any = 2, **settings: Any) -> Path:
        """Perform the experiment, without warm-ups unless they are asked for."""
        return run_experiment(
            self.base, self.instances, self.setups, n_runs, **{**FAST, **settings})

    def logs(self) -> list[Path]:
        """Return all files that a reader of logs would open."""
        return sorted(self.base.rglob("*.txt"))

    def states(self) -> dict[str, State]:
        """Return the state of each log by its name."""
        return {path.name: state_of(path) for path in self.logs()}
