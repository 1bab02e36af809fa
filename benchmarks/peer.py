"""The peer, moptipy: an environment of its own, and where both libraries keep equal parts.

moptipy is under the GPL. It is installed beside the project, by pip, and only child processes
import it; nothing of it is part of fescue.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

VERSION: Final = "0.9.122"
OURS: Final = "fescue"
PEER: Final = "moptipy"

#: for each name, the module in fescue and the one in moptipy
_MODULES: Final[dict[str, tuple[str, str]]] = {
    "Algorithm": ("api.algorithm", "api.algorithm"),
    "Encoding": ("api.encoding", "api.encoding"),
    "Execution": ("api.execution", "api.execution"),
    "run_experiment": ("api.experiment", "api.experiment"),
    "Objective": ("api.objective", "api.objective"),
    "BitStrings": ("spaces", "spaces.bitstrings"),
    "Permutations": ("spaces", "spaces.permutations"),
    "Op0Random": ("operators", "operators.bitstrings.op0_random"),
    "Op1Flip1": ("operators", "operators.bitstrings.op1_flip1"),
    "Op1MoverNflip": ("operators", "operators.bitstrings.op1_m_over_n_flip"),
    "Op0Shuffle": ("operators", "operators.permutations.op0_shuffle"),
    "Op1Swap2": ("operators", "operators.permutations.op1_swap2"),
    "RLS": ("algorithms", "algorithms.so.rls"),
    "HillClimber": ("algorithms", "algorithms.so.hill_climber"),
    "EA": ("algorithms", "algorithms.so.ea"),
    "SimulatedAnnealing": ("algorithms", "algorithms.so.simulated_annealing"),
    "ExponentialSchedule": ("algorithms", "algorithms.modules.temperature_schedule"),
    "GeneralEA": ("algorithms", "algorithms.so.general_ea"),
    "MA": ("algorithms", "algorithms.so.ma"),
    "MARLS": ("algorithms", "algorithms.so.marls"),
    "PPA": ("algorithms", "algorithms.so.ppa"),
    "RandomSampling": ("algorithms", "algorithms.random_sampling"),
    "GreedyTwoPlusOneEAmod": ("algorithms", "algorithms.so.greedy_2plus1_ea_mod"),
    "EAFEA": ("algorithms", "algorithms.so.ffa.eafea"),
    "EAFEAA": ("algorithms", "algorithms.so.ffa.eafea_a"),
    "EAFEAB": ("algorithms", "algorithms.so.ffa.eafea_b"),
    "FFA": ("algorithms", "algorithms.so.ffa.ffa_fitness"),
    "Rank": ("algorithms", "algorithms.so.fitnesses.rank"),
    "Direct": ("algorithms", "algorithms.so.fitnesses.direct"),
    "FitnessProportionateSUS": (
        "algorithms", "algorithms.modules.selections.fitness_proportionate_sus"),
    "TournamentWithReplacement": (
        "algorithms", "algorithms.modules.selections.tournament_with_repl"),
    "TournamentWithoutReplacement": (
        "algorithms", "algorithms.modules.selections.tournament_without_repl"),
    "luby_restarts": ("algorithms", "algorithms.luby_restarts"),
    "Op0Forward": ("operators", "operators.op0_forward"),
    "Op2Uniform": ("operators", "operators.bitstrings.op2_uniform"),
    "Op1SwapExactlyN": ("operators", "operators.permutations.op1_swap_exactly_n"),
    "Op0ShuffleAndFlip": ("operators", "operators.signed_permutations.op0_shuffle_and_flip"),
    "Op1Swap2OrFlip": ("operators", "operators.signed_permutations.op1_swap_2_or_flip"),
    "Op0ChooseAndShuffle": ("operators", "operators.ordered_choices.op0_choose_and_shuffle"),
    "SignedPermutations": ("spaces", "spaces.signed_permutations"),
    "OrderedChoices": ("spaces", "spaces.ordered_choices"),
    "Jump": ("problems", "examples.bitstrings.jump"),
    "OneMax": ("problems", "examples.bitstrings.onemax"),
    "LeadingOnes": ("problems", "examples.bitstrings.leadingones"),
    "Instance": ("problems.jssp", "examples.jssp.instance"),
    "GanttSpace": ("problems.jssp", "examples.jssp.gantt_space"),
    "OperationBasedEncoding": ("problems.jssp", "examples.jssp.ob_encoding"),
    "Makespan": ("problems.jssp", "examples.jssp.makespan"),
}


class Library:
    """Either library, with the same names as attributes; each is imported when it is used."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __getattr__(self, part: str) -> Any:
        if part not in _MODULES:
            raise AttributeError(part)
        module = _MODULES[part][(OURS, PEER).index(self.name)]
        value = getattr(import_module(f"{self.name}.{module}"), part)
        setattr(self, part, value)
        return value


def interpreters() -> dict[str, str]:
    """Return the Python of each library; the peer's environment is made if it is not there."""
    folder = Path(__file__).parent / ".peers" / PEER
    python = folder / "bin" / "python"
    complete = folder / f"complete-{VERSION}"
    if not complete.exists():
        print(f"installing {PEER} {VERSION} into {folder}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet",
                        "--disable-pip-version-check", f"{PEER}=={VERSION}"], check=True)
        complete.touch()
    return {OURS: sys.executable, PEER: str(python)}


def versions(python: str, library: str) -> str:
    """Return what a table should say about the environment of ``python``."""
    code = ("import platform; from importlib.metadata import version; "
            "print('Python', platform.python_version(), "
            f"*(f'{{p}} {{version(p)}}' for p in ({library!r}, 'numpy', 'numba')), sep=', ')")
    text = subprocess.run(
        [python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    return text.replace("Python, ", "Python ")
