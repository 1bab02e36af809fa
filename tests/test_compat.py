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


_WITH_ALL_MODULES = '''
from moptipy.algorithms.modules.selections.best import Best
from moptipy.algorithms.modules.selections.tournament_with_repl import TournamentWithReplacement
from moptipy.algorithms.modules.temperature_schedule import ExponentialSchedule
from moptipy.algorithms.so.ffa.eafea_b import EAFEAB
from moptipy.algorithms.so.ffa.ffa_fitness import FFA
from moptipy.algorithms.so.ffa.ffa_h import create_h
from moptipy.algorithms.so.fitness import FRecord
from moptipy.algorithms.so.fitnesses.rank import Rank
from moptipy.algorithms.so.general_ea import GeneralEA
from moptipy.algorithms.so.marls import MARLS
from moptipy.algorithms.so.vector.cmaes_lib import CMAES
from moptipy.algorithms.mo.nsga2 import NSGA2
from moptipy.examples.bitstrings.onemax import OneMax
from moptipy.examples.bitstrings.w_model import WModel
from moptipy.examples.jssp.experiment import INSTANCES, run_experiment
from moptipy.examples.jssp.worktime import Worktime
from moptipy.mo.problem.weighted_sum import Prioritize, WeightedSum
from moptipy.algorithms.so.rls import RLS
from moptipy.operators.bitstrings.op0_random import Op0Random
from moptipy.operators.bitstrings.op1_flip1 import Op1Flip1
from moptipy.operators.bitstrings.op2_uniform import Op2Uniform
from moptipy.operators.intspace.op0_random import Op0Random as IntRandom
from moptipy.operators.intspace.op1_mnormal import Op1MNormal
from moptipy.operators.intspace.op2_uniform import Op2Uniform as IntUniform
from moptipy.operators.op0_forward import Op0Forward
from moptipy.operators.ordered_choices.op0_choose_and_shuffle import Op0ChooseAndShuffle
from moptipy.operators.permutations.op0_shuffle import Op0Shuffle
from moptipy.operators.permutations.op1_swap2 import Op1Swap2
from moptipy.operators.permutations.op1_swap_exactly_n import Op1SwapExactlyN
from moptipy.operators.signed_permutations.op1_swap_2_or_flip import Op1Swap2OrFlip
from moptipy.spaces.bitstrings import BitStrings
from moptipy.spaces.intspace import IntSpace
from moptipy.spaces.ordered_choices import OrderedChoices
from moptipy.spaces.signed_permutations import SignedPermutations
from moptipy.tests.algorithm import validate_algorithm
from moptipy.tests.component import validate_component
from moptipy.tests.fitness import validate_fitness
from moptipy.tests.objective import validate_objective
from moptipy.tests.on_bitstrings import validate_algorithm_on_onemax
from moptipy.tests.on_vectors import validate_algorithm_on_ackley
from moptipy.tests.op0 import validate_op0
from moptipy.tests.op1 import validate_op1
from moptipy.tests.op2 import validate_op2
from moptipy.tests.selection import validate_selection
from moptipy.tests.space import validate_space

space = BitStrings(8)
def randomize(random, x):
    x[:] = random.integers(0, 2, len(x))
    return x
validate_space(space, lambda x: x, lambda x: x[1:])
validate_op0(Op0Random(), space, number_of_samples=60, min_unique_samples=lambda n, s: n // 3)
validate_op1(op1=Op1Flip1(), search_space=space, make_search_space_element_valid=randomize)
validate_op2(Op2Uniform(), space, randomize, 40, 10)
validate_objective(OneMax(8), space, make_solution_space_element_valid=randomize)
validate_component(Rank())
validate_selection(TournamentWithReplacement(3))
validate_selection(Best(), without_replacement=True)
validate_fitness(FFA(OneMax(8)), OneMax(8), space, Op0Random())
validate_algorithm(GeneralEA(Op0Random(), Op1Flip1(), Op2Uniform(), 4, 3), space, OneMax(8),
                   max_fes=50, is_encoding_deterministic=True)
validate_algorithm_on_onemax(lambda space, f: EAFEAB(Op0Random(), Op1Flip1()))
try:
    validate_op0(Op0Random(), space, samples=3)
except TypeError as error:
    print(error)
run_experiment("r", [lambda inst, pwr: RLS(Op0Shuffle(pwr), Op1Swap2())], ("demo", "dmu72"), 2,
               None, 30)
print(INSTANCES, IntUniform is Op2Uniform)
'''


def test_all_modules_of_the_library(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(_WITH_ALL_MODULES)
    done = run(tmp_path, "-m", "fescue.compat", "program.py")
    assert done.returncode == 0, done.stderr
    assert "validate_op0 has no parameter 'samples', only ['op0', " in done.stdout
    assert done.stdout.endswith("'dmu67', 'ta70') True\n")
    assert len(list(tmp_path.glob("r/rls_swap2/*/*.txt"))) == 4
