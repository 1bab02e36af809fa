"""Compiled runs: a user's own kernels, when they are chosen, how they stop, and their cache."""

import os
import signal
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
    EA,
    RLS,
    BitStrings,
    Execution,
    HillClimber,
    OneMax,
    Op0Random,
    Op0Shuffle,
    Op1Flip1,
    Op1Swap2,
    Op1SwapN,
    Permutations,
    RandomSampling,
    SimulatedAnnealing,
    ZeroMax,
    read_log,
)
from fescue.algorithms import TemperatureSchedule
from fescue.api.objective import Objective
from fescue.kernels import link, store
from fescue.kernels.jit import jit_is_available
from fescue.kernels.kernel import Kernel
from fescue.problems.jssp import GanttSpace, Instance, Makespan, OperationBasedEncoding
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
from fescue.problems.jssp import GanttSpace, Instance, Makespan, OperationBasedEncoding
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
run.set_log_improvements()
run.execute()
""")

    program = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stderr=subprocess.PIPE,
                               text=True)
    part, end = tmp_path / "log.txt.part", time.monotonic() + 60
    while time.monotonic() < end and not (part.exists() and ";0\n" in part.read_text()):
        time.sleep(0.1)  # until the optimum is written down
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=20)
    assert "KeyboardInterrupt" in errors
    log = read_log(tmp_path / "log.txt")
    assert log.best_f == 0
    assert "ERROR_IN_RUN" in log.errors


@pytest.mark.slow
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
    [file] = folder.iterdir()
    whole = file.read_bytes()
    for damaged in (b"", b"\x00nonsense", whole[:-1], whole[:40], whole + b"x",
                    whole[:-100] + bytes(100), whole.replace(b"\n0\n", b"\n1\n", 1)):
        file.write_bytes(damaged)
        assert result() == str((expected, "T"))
        assert file.read_bytes() == whole, "it is made anew"
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("FESCUE_CACHE_DIR", str(blocked / "cache"))
    assert result() == str((expected, "T"))


def test_code_of_another_user_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    store.keep("abc", store.Code("f", False, b"text"))
    assert store.find("abc") == store.Code("f", False, b"text")
    monkeypatch.setattr(os, "getuid", lambda: os.geteuid() + 1)
    assert store.find("abc") is None


_FRESH = """
import sys
sys.path.insert(0, {tests!r})
from test_compiled_runs import Allocating, execution
with execution({objective}).set_max_fes(3000).set_compiled(True).execute() as process:
    print(process.get_best_f(), process.get_last_improvement_fe(), "numba" in sys.modules)
"""


class Allocating(Weighted):
    """Needs memory for each FE, for which compiled code calls functions of numba."""

    def kernel(self) -> Kernel:
        return Kernel(_allocating, (self.weights,))


def _allocating(x: Any, data: Any) -> float:
    doubled = np.zeros(2 * len(x))
    for i in range(len(x)):
        doubled[i] = doubled[i + len(x)] = data[0][i] * x[i]
    total = 0.0
    for value in doubled:
        total += value
    return total


@pytest.mark.parametrize(("objective", "needs_numba"), [("None", False), ("Allocating(24)", True)])
def test_a_new_process_needs_no_compiler(objective: str, needs_numba: bool,
                                         tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_FRESH.format(tests=str(Path(__file__).parent), objective=objective))
    lines = [subprocess.run([sys.executable, str(script)], capture_output=True, text=True,
                            timeout=120, check=True).stdout.split() for _ in range(2)]
    assert lines[0][:2] == lines[1][:2]
    assert lines[1][2] == str(needs_numba)


def test_code_that_cannot_be_taken_out_of_numba(monkeypatch: pytest.MonkeyPatch,
                                                tmp_path: Path) -> None:
    def missing(entry: Any) -> Any:
        raise AttributeError("_final_module")

    monkeypatch.setattr(link.native, "code_of", missing)
    monkeypatch.setattr(link, "_LOADED", {})
    results = [outcome(execution(Weighted(17), n=17).set_max_fes(500), tmp_path / "log.txt", flag)
               for flag in (False, True)]
    assert results[0][0] == results[1][0]
    assert results[1][1] == "T"


class Failing(Weighted):
    """Fails at the first point with few ones."""

    def kernel(self) -> Kernel:
        return Kernel(_failing, (0,))


def _failing(x: Any, data: Any) -> int:
    ones = 0
    for bit in x:
        if bit:
            ones += 1
    if ones < 6:
        raise ArithmeticError("too few ones")
    return 100 // (ones - data[0])


class Dividing(Weighted):
    """Divides by zero at the first point with seven ones."""

    def kernel(self) -> Kernel:
        return Kernel(_failing, (7,))


@pytest.mark.parametrize(("objective", "error"), [
    (Failing, ArithmeticError), (Dividing, ZeroDivisionError)])
def test_a_kernel_that_fails(objective: Any, error: type[Exception], tmp_path: Path) -> None:
    found = []
    for compiled in (False, True):
        run = execution(objective(24), RandomSampling(Op0Random())).set_max_fes(5000)
        run.set_log_file(tmp_path / "log.txt").set_log_improvements().set_compiled(compiled)
        with pytest.raises(error) as caught:
            run.execute()
        log = read_log(tmp_path / "log.txt")
        assert "ERROR_IN_RUN" in log.errors
        found.append((type(caught.value), log.total_fes, log.best_f, log.result_y,
                      [row[::2] for row in log.progress]))
    assert found[0] == found[1]
    assert found[0][2] is not None


def _mixed(x: Any, data: Any) -> float:
    table, strided, small, flag, single, row = data
    total = 0.0
    for i in range(len(x)):
        total += table[i % 3, i % 2] * x[i] + strided[i % 4] * single
    return total + small * flag + row[0]


class Mixed(Objective):
    """Has data of many kinds."""

    def kernel(self) -> Kernel:
        frozen = np.arange(3.0)
        frozen.flags.writeable = False
        return Kernel(_mixed, (np.arange(6, dtype=np.int16).reshape(2, 3).T, np.arange(8.0)[::2],
                               np.uint8(200), True, np.float32(0.1), frozen))


def test_data_of_many_kinds(tmp_path: Path) -> None:
    results = [outcome(execution(Mixed()).set_max_fes(500), tmp_path / "log.txt", flag)[0]
               for flag in (False, True)]
    assert results[0] == results[1]


@pytest.mark.parametrize("bad", ["text", None, {1: 2}, 2 ** 70, np.array(["a"]), [1, 2]])
def test_data_that_no_table_can_hold(bad: Any) -> None:
    class Strange(Objective):
        def kernel(self) -> Kernel:
            return Kernel(_sometimes, (bad,))

    with pytest.raises(ValueError, match=r"data of (kernels|a kernel)"):
        execution(Strange()).set_compiled(True).set_max_fes(5).execute()


def test_the_digest_notices_what_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    import kernel_parts
    from fescue.kernels import digest, loops

    def found(loop: Any = loops.moves, types: str = "", **names: Any) -> str | None:
        return digest.digest_of(loop, {"rate": kernel_parts.weighted, **names}, types)

    before = found()
    assert before is not None
    assert found() == before
    assert found(loops.copies) != before
    assert found(types="int8") != before
    assert found(rate=kernel_parts.helped) != before
    seen = {before}
    for factor in (4, 4.0, np.arange(3), np.arange(4), (1, 2), "text", kernel_parts.invert):
        monkeypatch.setattr(kernel_parts, "FACTOR", factor)
        seen.add(found())
    assert len(seen) == 8, "a constant of a function that is called"
    assert None not in seen
    monkeypatch.setattr(kernel_parts, "FACTOR", object())
    assert found() is None, "nobody knows what that is"
    closures = [(lambda k: lambda x, data: k)(n) for n in (1, 2, 1)]
    assert found(rate=closures[0]) == found(rate=closures[2]) != found(rate=closures[1])


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (2, 0.25), (40, 1 / 40), (40, 0.5), (1000, 0.001),
                                      (10 ** 8, 1e-8), (100, 0.3)])
def test_binomial_numbers_are_those_of_numpy(n: int, p: float) -> None:
    import numba

    from fescue.kernels.primitives import MOST_FEW, compiled_primitives, draw_few

    few = compiled_primitives(numba)[draw_few]

    @numba.njit
    def many(rng: Any, n: Any, p: Any, memo: Any, dest: Any) -> None:
        for i in range(len(dest)):
            dest[i] = few(rng, n, p, memo)

    rng, dest = np.random.default_rng(7), np.zeros(20_000, np.int64)
    many(rng, n, p, np.zeros(MOST_FEW), dest)
    expected = np.random.default_rng(7)
    assert dest.tolist() == [expected.binomial(n, p) for _ in range(len(dest))]


def test_points_that_are_no_arrays(tmp_path: Path) -> None:
    from run_parts import Points, Values

    run = Execution().set_objective(Values([3])).set_solution_space(Points())
    with pytest.raises(ValueError, match="points"):
        run.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_compiled(True).execute()
    space = Permutations.standard(4)
    assert space.create().ndim == 1


def test_times_beyond_32_bits() -> None:
    long = [[(0, 10 ** 9), (1, 10 ** 9)], [(1, 10 ** 9), (0, 10 ** 9)], [(0, 7), (1, 10 ** 9)]]
    instance = Instance("long", 2, 3, long)
    space = Permutations.with_repetitions(3, 2)
    run = Execution().set_search_space(space).set_encoding(OperationBasedEncoding(instance))
    run.set_solution_space(GanttSpace(instance)).set_objective(Makespan(instance))
    run.set_max_fes(60).set_rand_seed(1)
    for algorithm in (RLS(Op0Shuffle(space), Op1Swap2()),
                      EA(Op0Shuffle(space), Op1SwapN(), None, 3, 3)):
        found = []
        for compiled in (False, True):
            with run.set_algorithm(algorithm).set_compiled(compiled).execute() as process:
                found.append(process.get_best_f())
        assert found == [3 * 10 ** 9] * 2


def test_a_helper_is_defined_again(tmp_path: Path) -> None:
    cell: dict[str, Any] = {"__name__": "cell"}
    exec("""
from fescue import Objective
from fescue.kernels.kernel import Kernel
SHARE = 3
def worth(bit): return 1 if bit else SHARE
def total(x, data):
    f = 0
    for bit in x:
        f += worth(bit)
    return f
class Sum(Objective):
    def kernel(self): return Kernel(total)
    def lower_bound(self): return 0
    def upper_bound(self): return 10 ** 6
    def is_always_integer(self): return True
""", cell)
    seen = set()
    for change in ("", "SHARE = 5", "def worth(bit): return 2 if bit else SHARE"):
        exec(change, cell)
        run = execution(cell["Sum"]()).set_max_fes(60)
        plain, compiled = (outcome(run, tmp_path / "log.txt", flag)[0] for flag in (False, True))
        assert plain == compiled
        seen.add(repr(plain))
    assert len(seen) == 3
