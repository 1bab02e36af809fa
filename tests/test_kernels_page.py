"""The page about kernels is true: its program runs and both paths find the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fescue.kernels.jit import jit_is_available

PAGE = (Path(__file__).parents[1] / "docs" / "kernels.md").read_text()
PROGRAM = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[0]


@pytest.mark.skipif(not jit_is_available(), reason="there is no numba to compile with")
def test_program(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    plain, compiled = (line.split()[0] for line in done.stdout.splitlines())
    assert plain == compiled


def test_length() -> None:
    assert len(PAGE.splitlines()) <= 40
