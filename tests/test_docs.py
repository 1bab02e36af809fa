"""The pages name files that exist, and the tables of promises name tests that do."""

import re
from pathlib import Path

import pytest

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
