"""Compiled runs: a user's own kernels, when they are chosen, how they stop, and their cache."""

import os
import subprocess
import sys
import threading
import time
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fescue import (
    RLS,
    BitStrings,
    Execution,
    HillClimber,
    OneMax,
    Op0Random,
    Op1Flip1,
    Permutations,
    RandomSampling,
    SimulatedAnnealing,
    ZeroMax,
    read_log,
)
from fescue.algorithms import TemperatureSchedule
from fescue.api.objective import Objective
from fescue.kernels import link
from fescue.kernels.jit import jit_is_available
from fescue.kernels.kernel import Kernel
from kernel_parts import Invert, Sample, Turn, Weighted

pytestmark = pytest.mark.skipif(not jit_is_available(), reason="there is no numba to compile with")


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FESCUE_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache"))


def execution(objective: Any = None, algorithm: Any = None, n: int = 24) -> Execution:
    """Return a run on bit strings."""
    return (Execution().set_solution_space(BitStrings(n)).set_rand_seed(3)
            .set_objective(OneMax(n) if objective is None else objective)
            .set_algorithm(RLS(Op0Random(), Op1Flip1()) if algorithm is None else algorithm))


def outcome(run: Execution, path: Path, compiled: Any) -> Any:
    """Return what a log says, but for times and the path that was taken."""
    with run.set_compiled(compiled).set_log_file(path).set_log_improvements().execute():
        pass
    log = read_log(path)
    return ([row[::2] for row in log.progress], log.best_f, log.total_fes, log.last_improvement_fe,
            log.result_x, log.result_y), log.setup["p.compiled"]


@pytest.mark.parametrize("encoded", [False, True])
def test_components_of_nothing_but_kernels(encoded: bool, tmp_path: Path) -> None:
    results = []
    for compiled in (False, True):
        run = execution(Weighted(24), HillClimber(Sample(), Turn())).set_max_fes(3000)
        if encoded:
            run.set_search_space(BitStrings(24)).set_encoding(Invert())
        results.append(outcome(run, tmp_path / "log.txt", compiled))
    assert results[0][0] == results[1][0]
    assert [flag for _, flag in results] == ["F", "T"]


_SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
import numpy as np
from fescue import *
from fescue.kernels.kernel import Kernel
def span(x, data):
    n = 0
    for i in range(1, len(x)):
        n += x[i] != x[i - 1]
    return n * data[0]
class Span(Objective):
    def lower_bound(self): return -1
    def upper_bound(self): return 1000
    def is_always_integer(self): return True
    def kernel(self): return Kernel(span, (2,))
for compiled in (False, True):
    run = Execution().set_objective(Span()).set_solution_space(BitStrings(30)).set_rand_seed(1)
    run.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(2000).set_compiled(compiled)
    with run.execute() as process:
        print(process.get_best_f(), process.get_last_improvement_fe())
"""


@pytest.mark.parametrize("how", ["script", "exec"])
def test_kernels_of_a_script_and_of_a_notebook(how: str, tmp_path: Path) -> None:
    text = _SCRIPT.format(tests=str(Path(__file__).parent))
    script = tmp_path / "script.py"
    script.write_text(text if how == "script" else f"exec({text!r})")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == second


class Own(OneMax):
    """Changes the method, but not the kernel."""

    def evaluate(self, x: Any) -> int:
        return 7

    def initialize(self) -> None:
        """Put nothing in the place of the method."""


class NoSchedule(TemperatureSchedule):
    """A schedule without a kernel."""

    def temperature(self, tau: int) -> float:
        return self.t0

    def __str__(self) -> str:
        return "constant"


class OwnSearch(RLS):
    """Changes the search, but not its kernel."""

    def solve(self, process: Any) -> None:
        process.evaluate(process.create())


class Huge(Objective):
    """Integers without bounds."""

    def is_always_integer(self) -> bool:
        return True

    def kernel(self) -> Kernel:
        return Kernel(len, None)


def test_what_cannot_be_compiled_is_named(tmp_path: Path) -> None:
    flip, sample = Op1Flip1(), Op0Random()
    flip.op1 = lambda random, dest, x: None  # type: ignore[method-assign]
    replaced = OneMax(24)
    replaced.initialize = lambda: None  # type: ignore[method-assign]
    replaced.evaluate = lambda x: 3  # type: ignore[method-assign]
    for part, objective, algorithm in (
            ("onemax_24", replaced, None), ("own_24", Own(24), None),
            ("flip1", None, RLS(sample, flip)), ("rls_flip1", None, OwnSearch(sample, Op1Flip1())),
            ("constant", None, SimulatedAnnealing(sample, Op1Flip1(), NoSchedule(1.0))),
            ("2**53", Huge(), None)):
        run = execution(objective, algorithm).set_max_fes(50)
        with pytest.raises(ValueError, match=rf"set_compiled\(True\).*{part.replace('*', '.')}"):
            run.set_compiled(True).execute()
        with run.set_compiled("auto").execute() as process:
            assert process.has_best()
    for bad in (None, 1.5, "yes"):
        with pytest.raises(ValueError, match="compiled"):
            execution().set_compiled(bad)  # type: ignore[arg-type]


def test_automatic_choice(tmp_path: Path) -> None:
    def path(**settings: Any) -> str:
        run = execution(ZeroMax(24))
        for name, value in settings.items():
            getattr(run, name)(value)
        return outcome(run, tmp_path / "log.txt", "auto")[1]

    folder = tmp_path / "cache"
    os.environ["FESCUE_CACHE_DIR"] = str(folder)
    assert path(set_max_fes=3000) == "F"
    assert path(set_max_fes=3000, set_n_runs=10) == "F"
    assert path(set_max_fes=3000, set_n_runs=1000) == "T"
    assert path(set_max_fes=3000) == "T", "machine code is there"
    assert path(set_max_fes=300) == "F", "loading it would take longer than the run"


@pytest.mark.parametrize("bad", [nan, -inf])
def test_illegal_values(bad: float, tmp_path: Path) -> None:
    class Sometimes(Weighted):
        def kernel(self) -> Kernel:
            return Kernel(_sometimes, (np.array([bad]),))

    texts = []
    for compiled in (False, True):
        run = execution(Sometimes(24), RandomSampling(Op0Random())).set_max_fes(5000)
        run.set_log_file(tmp_path / "log.txt").set_log_improvements().set_compiled(compiled)
        with pytest.raises(ValueError, match="objective value of FE") as caught:
            run.execute()
        log = read_log(tmp_path / "log.txt")
        texts.append((str(caught.value), log.total_fes, log.best_f, log.result_y,
                      [row[::2] for row in log.progress]))
    assert texts[0] == texts[1]
    assert texts[0][2] is not None


def _sometimes(x: Any, data: Any) -> float:
    ones = 0
    for bit in x:
        ones += bit
    return data[0][0] if ones < 6 else float(ones)


def test_worthless_points(tmp_path: Path) -> None:
    class Worthless(Weighted):
        def kernel(self) -> Kernel:
            return Kernel(_sometimes, (np.array([inf]),))

    results = [outcome(execution(Worthless(24), RandomSampling(Op0Random())).set_max_fes(3000),
                       tmp_path / "log.txt", flag)[0] for flag in (False, True)]
    assert results[0] == results[1]


class Unreachable(OneMax):
    """Has no optimum that stops a run."""

    def lower_bound(self) -> int:
        return -1


def test_time_limit_and_terminate(tmp_path: Path) -> None:
    run = execution(Unreachable(24)).set_max_time_millis(50).set_compiled(True)
    with run.execute() as process:
        assert process.get_consumed_fes() > 1
        assert process.get_consumed_time_millis() >= 50
    run = execution(Unreachable(24)).set_compiled(True)

    def stop() -> None:
        while run.process is None or run.process.get_consumed_fes() < 1000:
            time.sleep(0.001)
        run.process.terminate()

    thread = threading.Thread(target=stop)
    thread.start()
    with run.execute() as process:
        assert process.get_consumed_fes() >= 1000
    thread.join()


def test_ctrl_c(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("""
from fescue import *
class Endless(OneMax):
    def lower_bound(self): return -1
run = Execution().set_objective(Endless(50)).set_solution_space(BitStrings(50))
run.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_compiled(True).set_log_file("log.txt")
print("go", flush=True)
run.execute()
""")
    import signal

    program = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    assert program.stdout is not None
    program.stdout.readline()
    time.sleep(6)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    log = read_log(tmp_path / "log.txt")
    assert log.best_f == 0
    assert "ERROR_IN_RUN" in log.errors


def test_damaged_and_unwritable_caches_fail_no_run(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cache"
    monkeypatch.setenv("FESCUE_CACHE_DIR", str(folder))
    expected = outcome(execution(n=31).set_max_fes(500), tmp_path / "log.txt", False)[0]
    program = [sys.executable, "-c", (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from test_compiled_runs import execution, outcome\nfrom pathlib import Path\n"
        "print(outcome(execution(n=31).set_max_fes(500), Path('log.txt'), True))")]

    def result() -> str:
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=120,
                              check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert result() == str((expected, "T"))
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".nbc" for path in files)
    for suffix in (".nbi", ".nbc", ".py"):
        for path in files:
            if path.suffix == suffix:
                path.write_bytes(b"\x00nonsense")
        assert result() == str((expected, "T"))
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("FESCUE_CACHE_DIR", str(file / "cache"))
    assert result() == str((expected, "T"))


def test_the_cache_notices_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    import kernel_parts

    names = {"rate": kernel_parts.weighted}
    from fescue.kernels import loops

    before = link._digest(loops.moves, names)
    assert link._digest(loops.moves, names) == before
    monkeypatch.setattr(kernel_parts, "FACTOR", 4)
    link._digest_of.cache_clear()  # as in another process
    assert link._digest(loops.moves, names) != before, "a constant of a function that is called"
    assert link._digest(loops.copies, names) != before


def test_points_that_are_no_arrays(tmp_path: Path) -> None:
    from run_parts import Points, Values

    run = Execution().set_objective(Values([3])).set_solution_space(Points())
    with pytest.raises(ValueError, match="points"):
        run.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_compiled(True).execute()
    space = Permutations.standard(4)
    assert space.create().ndim == 1
