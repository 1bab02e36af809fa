"""Programs that were written for moptipy run unchanged."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = '''
import sys
from collections import Counter

import moptipy.api.execution as ex
from moptipy.algorithms.so.ea import EA
from moptipy.algorithms.so.hill_climber import HillClimber
from moptipy.algorithms.so.rls import RLS
from moptipy.api.experiment import run_experiment
from moptipy.examples.bitstrings.leadingones import LeadingOnes
from moptipy.examples.bitstrings.onemax import OneMax
from moptipy.examples.jssp.instance import Instance
from moptipy.operators.bitstrings.op0_random import Op0Random
from moptipy.operators.bitstrings.op1_flip1 import Op1Flip1
from moptipy.operators.bitstrings.op2_uniform import Op2Uniform
from moptipy.operators.permutations.op1_swap2 import Op1Swap2
from moptipy.spaces.bitstrings import BitStrings
from moptipy.utils.nputils import rand_generator

def setup(algorithm):
    return lambda problem: ex.Execution().set_objective(problem).set_solution_space(
        BitStrings(problem.n)).set_algorithm(algorithm).set_max_fes(200)

run_experiment("results", [lambda: OneMax(10), lambda: LeadingOnes(12)],
               [setup(RLS(Op0Random(), Op1Flip1())), setup(HillClimber(Op0Random(), Op1Flip1())),
                setup(EA(Op0Random(), Op1Flip1(), Op2Uniform(), 3, 2))], n_runs=3, n_threads=2)
print(Instance.from_resource("demo").jobs, str(Op1Swap2()), rand_generator(1).integers(9), sys.argv)
'''


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=120, check=False, env={**os.environ, **environment})


def test_a_program(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(_PROGRAM)
    done = run(tmp_path, "-m", "fescue.compat", "program.py", "a", "-b")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("4 swap2 4 ['program.py', 'a', '-b']\n")
    assert len(list(tmp_path.glob("results/*/*/*.txt"))) == 18


@pytest.mark.parametrize(("statement", "text"), [
    ("from moptipy.spaces.bitstrings import Nonsense",
     "cannot import name 'Nonsense' from 'moptipy.spaces.bitstrings'"),
    ("import moptipy.api.nonsense", "No module named 'moptipy.api.nonsense'"),
    ("import moptipy.nonsense", "No module named 'moptipy.nonsense'"),
    ("import moptipy.spaces as s; s.Nonsense", "has no 'Nonsense' that fescue knows; it was looked "
                                               "for in fescue.spaces"),
    ("import fescue.compat.__main__ as m; m.main()", "usage: python -m fescue.compat script.py"),
    ("import sys; sys.argv[1:] = ['no.py']; import fescue.compat.__main__ as m; m.main()",
     "There is no file no.py"),
])
def test_what_is_not_there(statement: str, text: str, tmp_path: Path) -> None:
    done = run(tmp_path, "-c", f"import fescue.compat\n{statement}")
    assert done.returncode == 1
    assert text in done.stderr


def test_the_package_itself_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "moptipy").mkdir()
    (tmp_path / "moptipy" / "__init__.py").write_text("")
    done = run(tmp_path, "-c", "import fescue.compat")
    assert done.returncode == 1
    assert "moptipy itself is installed here, and fescue.compat would hide it" in done.stderr
    done = run(tmp_path, "-c", "import fescue.compat, moptipy; print(moptipy.__doc__)",
               FESCUE_COMPAT="force")
    assert done.stdout == "Stands for fescue.\n"


def test_a_module_travels_to_other_processes(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", """
import fescue.compat, cloudpickle
import moptipy.spaces.bitstrings as spaces
open("f", "wb").write(cloudpickle.dumps(lambda: str(spaces.BitStrings(3))))""")
    assert done.returncode == 0, done.stderr
    done = run(tmp_path, "-c", "import pickle; print(pickle.load(open('f', 'rb'))())")
    assert done.stdout == "bits3\n", done.stderr
