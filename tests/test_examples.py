"""The examples run, at a small size."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
ARGUMENTS = {"tune_an_ea": ["--trials", "12", "--runs", "2", "--max-fes", "200", "--instances",
                            "ft06", "la01", "la06"],
             "draw_a_study": ["--trials", "14"]}
#: a line that is printed, and a file that is written
RESULTS = {"tune_an_ea": ("12 settings, ", "study.txt"),
           "draw_a_study": ("tuning-importance.svg", "tuning-importance.svg")}


def test_all_are_run() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(ARGUMENTS)


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_example(name: str, tmp_path: Path) -> None:
    for _ in range(2 if name == "tune_an_ea" else 1):  # again, it goes on where it was
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / f"{name}.py"), *ARGUMENTS[name], "--out", "out"],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
    line, file = RESULTS[name]
    assert line in done.stdout
    assert (tmp_path / "out" / file).exists()
