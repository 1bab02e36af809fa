"""The pages name files that exist, and the tables of promises name tests that do."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fescue import algorithms, operators, problems, spaces

ROOT = Path(__file__).parents[1]
PAGES = sorted(page for folder in (ROOT, ROOT / "docs", ROOT / "benchmarks")
               for page in folder.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text()
    for name in re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:py|md|toml|xz))`", text):
        places = (ROOT / name, ROOT / "tests" / name, page.parent / name,
                  ROOT / "src" / "fescue" / name)
        assert any(place.exists() for place in places), f"{page.name} names {name}"


def test_the_architecture_names_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    for room in (ROOT / "src" / "fescue").iterdir():
        if not room.name.startswith("__") and room.name != "py.typed":
            assert room.name.removesuffix(".py") in text, room.name


PROGRAMS = {page.stem: re.findall(r"^```python\n(.*?)^```", page.read_text(),
                                  re.MULTILINE | re.DOTALL)
            for page in (*(ROOT / "docs").glob("your-own-*.md"), ROOT / "docs" / "tuning.md",
                         ROOT / "docs" / "evaluation.md")}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_programs_of_a_page_run(name: str, tmp_path: Path) -> None:
    if name.startswith("your-own"):
        assert len((ROOT / "docs" / f"{name}.md").read_text().splitlines()) < 60
    assert PROGRAMS[name]
    for program in PROGRAMS[name]:
        (tmp_path / "program.py").write_text(program)
        done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True,
                              text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()
        print(done.stdout)


def test_the_page_of_components_is_complete() -> None:
    text = (ROOT / "docs" / "components.md").read_text()
    for room in (problems, algorithms, operators, spaces):
        for entry in (*room.CATALOGUE, *getattr(room, "MO_CATALOGUE", ())):
            assert f"| `{entry.name}` | {entry.text} |" in text, entry.name
