"""What an import costs and needs: no heavy library before it is used, and none of them at all."""

import subprocess
import sys
from pathlib import Path

import pytest

import fescue

HEAVY = ("numba", "scipy", "matplotlib", "rich", "typer", "pandas", "multiprocessing.pool")


def python(code: str, cwd: Path) -> str:
    """Run code in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", ["fescue", "fescue.api.execution", "fescue.testing"])
def test_heavy_libraries_are_imported_when_they_are_used(module: str, tmp_path: Path) -> None:
    found = python(f"import sys, {module}; print(*sys.modules)", tmp_path).split()
    assert not {name for name in HEAVY if name in found}


_RUN = """
import sys
sys.modules["numba"] = None  # as if it were not installed
from fescue import *
from fescue.kernels.jit import jit_is_available
from fescue.problems.jssp import jssp_instance, jssp_task
assert not jit_is_available()
task = jssp_task(jssp_instance("demo"))
execution = task.execution(RLS(Op0Shuffle(task.points()), Op1Swap2()))
with execution.set_rand_seed(0x5a9363100a272f12).execute() as process:
    print(process.get_best_f(), process.get_consumed_fes())
"""


def test_everything_works_without_numba(tmp_path: Path) -> None:
    assert python(_RUN, tmp_path).split() == ["180", "84"]


def test_a_name_that_will_be_gone_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fescue._RENAMED, "RandomisedLocalSearch", "RLS")
    with pytest.warns(DeprecationWarning, match=r"RandomisedLocalSearch is called fescue.RLS now"):
        found = fescue.RandomisedLocalSearch
    assert found is fescue.RLS
