"""The README is true: its programs run, its commands exist, and it is short."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PROGRAMS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SHELL = "\n".join(re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL))


def test_size_and_first_lines() -> None:
    assert len(README.encode()) <= 6144
    first = README.splitlines()[:3]
    assert [line.split("#")[0].strip() for line in first] == ["```sh", "make demo", "make test"]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda text: text.split("\n")[0][:40])
def test_programs_run(program: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    if 'set_log_file("run.txt")' in program:
        assert (tmp_path / "run.txt").read_text().startswith("BEGIN_PROGRESS\n")


def test_programs_are_there() -> None:
    assert len(PROGRAMS) >= 3


def test_commands_run_as_written(tmp_path: Path) -> None:
    commands = [line for line in SHELL.splitlines() if line.startswith("fescue ")]
    assert len(commands) >= 3
    program = Path(sys.executable).with_name("fescue")
    for command in commands:
        done = subprocess.run(["sh", "-c", command.replace("fescue", str(program), 1)],
                              cwd=tmp_path, capture_output=True, text=True, timeout=120,
                              check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"


def test_targets_of_make_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^make (\w+)", SHELL, re.MULTILINE):
        assert f"\n{target}:" in makefile


def test_files_that_it_names_exist() -> None:
    for name in re.findall(r"`((?:docs|benchmarks|tests)/[\w./-]+|[A-Z]+\.md)`", README):
        assert (ROOT / name).exists(), name
