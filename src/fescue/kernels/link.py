"""Joins kernels to one compiled loop, and keeps the machine code on disk.

A loop of :mod:`fescue.kernels.loops` calls ``rate``, ``op1`` and so on by name. For each
combination of functions its source is written to a module of its own in the user's cache folder.
The module's name is a digest of all sources that the combination reaches, of versions and
processor: numba, which keeps machine code beside a module, notices no other change. In that module
the names are bound to compiled forms of the combination's functions.
"""

import os
import platform
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

from fescue.kernels.primitives import compiled_primitives

_FORMAT: Final = "1"


class Linker:
    """Makes compiled forms of functions that call each other by name."""

    def __init__(self, numba: Any, names: Mapping[str, Callable[..., Any]]) -> None:
        """Create it.

        Args:
            numba: the module
            names: functions that others call by these names, wherever they are from
        """
        self._numba = numba
        self._names = names
        self._done: dict[Callable[..., Any], Any] = dict(_primitives())

    def compiled(self, function: Callable[..., Any]) -> Any:
        """Return the compiled form of a function and, for use by it, of those that it calls."""
        if function not in self._done:
            self._done[function] = self._numba.njit(self.bound(function))
        return self._done[function]

    def bound(self, function: Any) -> FunctionType:
        """Return a copy of a function that sees compiled forms of what it calls."""
        result = FunctionType(
            function.__code__, dict(function.__globals__), function.__name__,
            function.__defaults__, function.__closure__)
        result.__globals__.update(self.bindings(function))
        return result

    def bindings(self, function: Any) -> dict[str, Any]:
        """Return the compiled forms of all functions that a function calls, by name."""
        return {name: self.compiled(callee)
                for name, callee in _callees(function, self._names).items()}


def link(loop: Callable[..., None], names: Mapping[str, Callable[..., Any]]) -> Any:
    """Return the compiled form of a loop for a combination of functions.

    Args:
        loop: one of :mod:`fescue.kernels.loops`
        names: the functions that it calls by name, and those that these call by name
    """
    numba = _numba()
    with suppress(Exception):  # no folder, no source, a damaged file: then it is compiled each time
        return numba.njit(cache=True)(
            _on_disk(loop, Linker(numba, names), _digest(loop, names)))
    return link_in_memory(loop, names)


def link_in_memory(loop: Callable[..., None], names: Mapping[str, Callable[..., Any]]) -> Any:
    """Do the same without the disk."""
    numba = _numba()
    return numba.njit(Linker(numba, names).bound(loop))


def is_on_disk(loop: Callable[..., None], names: Mapping[str, Callable[..., Any]]) -> bool:
    """Return whether the combination has been compiled before, on this machine by this user."""
    with suppress(OSError, TypeError):
        return _module_path(_digest(loop, names)).exists()
    return False


def cache_folder() -> Path:
    """Return the folder of generated modules and their machine code."""
    given = os.environ.get("FESCUE_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "fescue"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fescue"


def _on_disk(loop: Callable[..., None], linker: Linker, digest: str) -> FunctionType:
    from importlib.util import module_from_spec, spec_from_file_location
    from tempfile import NamedTemporaryFile

    path = _module_path(digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as stream:
            stream.write(f"from __future__ import annotations\n\n{_source(loop)}")
        os.replace(stream.name, path)
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise OSError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    # numba looks modules up by name when it loads machine code
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    function: FunctionType = getattr(module, loop.__name__)
    plain: Any = loop
    constants = {name: value for name, value in plain.__globals__.items() if name.isupper()}
    function.__globals__.update(constants, **linker.bindings(loop))
    return function


def _module_path(digest: str) -> Path:
    return cache_folder() / f"fescue_kernel_{digest}.py"


def _digest(loop: Callable[..., None], names: Mapping[str, Callable[..., Any]]) -> str:
    """Return the name of a combination: a digest of all that its machine code depends on."""
    return _digest_of(loop, tuple(sorted(names.items())))


@lru_cache(maxsize=1024)
def _digest_of(loop: Callable[..., None],
               pairs: tuple[tuple[str, Callable[..., Any]], ...]) -> str:
    names = dict(pairs)
    numba = _numba()
    import numpy

    text = sha256(repr((
        _FORMAT, numba.__version__, numpy.__version__, sys.version, platform.machine(),
        numba.core.config.CPU_NAME or _cpu(numba))).encode())
    seen: list[Any] = []
    todo: list[Any] = [loop]
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen.append(function)
        text.update(f"{function.__module__}.{function.__qualname__}\n".encode())
        text.update(_source(function).encode())
        for name, value in sorted(_constants(function).items()):
            text.update(f"{name}={value!r}\n".encode())
        for name, callee in sorted(_callees(function, names).items()):
            text.update(f"{name}->{callee.__module__}.{callee.__qualname__}\n".encode())
            todo.append(callee)
    return text.hexdigest()[:24]


@cache
def _source(function: Any) -> str:
    from inspect import getsource  # not needed by plain runs

    return getsource(function)


def _callees(function: Any, names: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """Return the functions of Python that a function refers to, by the name that it uses."""
    found = {}
    for name in _names_in(function.__code__):
        value = names.get(name, function.__globals__.get(name))
        if isinstance(value, FunctionType):
            found[name] = value
    return found


def _constants(function: Any) -> dict[str, Any]:
    return {name: function.__globals__[name] for name in _names_in(function.__code__)
            if isinstance(function.__globals__.get(name), int | float | str | tuple)}


def _names_in(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names_in(constant)
    return names


@cache
def _cpu(numba: Any) -> str:
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


@cache
def _primitives() -> dict[Callable[..., Any], Any]:
    return compiled_primitives(_numba())


def _numba() -> Any:
    import numba  # only when something is compiled

    return numba
