"""The house stands: imports point down, and the public surface is what it says it is."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import fescue

SRC = Path(fescue.__file__).parent
MODULES = sorted(SRC.rglob("*.py"))

#: the rooms from the ground up; a room may import every room on a lower line
LINES = (
    {"utils"},
    {"_engine", "_experiment", "kernels"},
    {"api"},
    {"spaces", "operators", "mo"},
    {"algorithms", "problems", "tuning"},
    {"evaluation"},
    {"cli", "testing", "compat", "__main__"},
)
#: what a room may import on its own line, and what it may not import below
SIDEWAYS = {"operators": {"spaces"}, "compat": {"testing"}, "cli": {"compat"}, "__main__": {"cli"}}
ONLY = {"_engine": {"utils"}, "_experiment": {"utils"}, "kernels": set(),
        "evaluation": {"utils", "api", "kernels", "_experiment"}}
UTILS = {"__init__", "errors", "escaping", "logger", "naming", "nputils", "path", "sections",
         "sysinfo", "types"}


def _room(path: Path) -> str:
    return path.relative_to(SRC).with_suffix("").parts[0]


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every module of fescue that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names = [node.module or ""]
            if node.module == "fescue":
                names = [f"fescue.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names if name.split(".")[0] == "fescue")


def _allowed(room: str) -> set[str]:
    line = next(i for i, rooms in enumerate(LINES) if room in rooms)
    lower = set().union(*LINES[:line])
    return ONLY.get(room, lower) | SIDEWAYS.get(room, set()) | {room}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_point_down(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        return
    for line, name in _imports(path):
        target = name.split(".")[1]
        assert target in _allowed(room), f"{path}:{line}: {room} must not import {name}"
        if room == "evaluation" and target in ("api", "_experiment"):
            assert name in ("fescue.api.logging", "fescue._experiment.pool"), (
                f"{path}:{line}: evaluation reads files only")


def test_utils_is_closed() -> None:
    assert {path.stem for path in (SRC / "utils").glob("*.py")} == UTILS


def test_no_deep_folders_and_no_long_files() -> None:
    for path in MODULES:
        parts = path.relative_to(SRC).parts
        assert len(parts) <= 2 or parts[:2] == ("problems", "jssp") or parts[0] == "tuning", path
        assert len(path.read_text().splitlines()) <= 400, f"{path} has more than one idea?"


def test_public_surface() -> None:
    assert set(fescue.__all__) == set(fescue._HOMES)
    assert len(fescue.__all__) == len(set(fescue.__all__))
    for name in fescue.__all__:
        value = getattr(fescue, name)
        assert value is getattr(import_module(fescue._HOMES[name]), name)
        assert name in dir(fescue)
    # what type checkers see is the same
    tree = ast.parse((SRC / "__init__.py").read_text())
    seen = {alias.name: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
            for alias in node.names if (node.module or "").startswith("fescue.")}
    assert seen == fescue._HOMES
    with pytest.raises(AttributeError, match="nothing"):
        _ = fescue.nothing


def test_no_asserts_outside_of_testing() -> None:
    for path in MODULES:
        if _room(path) != "testing":
            found = [n.lineno for n in ast.walk(ast.parse(path.read_text()))
                     if isinstance(n, ast.Assert)]
            assert not found, f"{path}:{found}: asserts vanish under -O"
