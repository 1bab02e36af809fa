"""A digest of all that the machine code of a combination of functions depends on.

Functions are known by their byte code, so that those of a script or a notebook are known as well.
"""

import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import version
from itertools import chain
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, Final

import numpy as np

from fescue.kernels import primitives

_FORMAT: Final = "1"


def digest_of(loop: Callable[..., None], names: Mapping[str, Callable[..., Any]],
              signature: str) -> str | None:
    """Return a digest, or ``None`` if something is reached of which it is not known what it is.

    Args:
        loop: a loop of :mod:`fescue.kernels.loops`
        names: the functions that it calls by name, and those that these call by name
        signature: describes the types of the loop's arguments
    """
    found = sha256(f"{_environment()}\n{signature}\n".encode())
    seen: set[Any] = set()
    todo: list[Any] = [loop]
    while todo:
        function = todo.pop()
        if function in seen:
            continue
        seen.add(function)
        found.update(f"{_identity(function)}\n{_code(function.__code__)}\n".encode())
        for name, value in _referents(function, names):
            # a function that numba has compiled for the user
            value = getattr(value, "py_func", value)
            if isinstance(value, FunctionType) and not _is_library(value):
                found.update(f"{name}->{_identity(value)}\n".encode())
                todo.append(value)
                continue
            text = _describe(value)
            if text is None:
                return None
            found.update(f"{name}={text}\n".encode())
    return found.hexdigest()[:32]


def callees(function: Any, names: Mapping[str, Callable[..., Any]]) -> dict[str, FunctionType]:
    """Return the functions of Python that a function refers to, by the name that it uses."""
    return {name: value for name, value in _referents(function, names)
            if isinstance(value, FunctionType) and "." not in name}


@cache
def _environment() -> str:
    from llvmlite import binding  # only when something is compiled

    settings = sorted((key, value) for key, value in os.environ.items()
                      if key.startswith("NUMBA_") and key != "NUMBA_CACHE_DIR")
    forms = [_code(function.__code__) for function in vars(primitives).values()
             if isinstance(function, FunctionType)]
    return _hashed((_FORMAT, forms, version("numba"), version("llvmlite"), np.__version__,
                    sys.version, platform.machine(), binding.get_host_cpu_name(),
                    binding.get_host_cpu_features().flatten(), settings))


def _identity(function: Any) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def _is_library(value: Any) -> bool:
    return str(value.__module__).partition(".")[0] in ("numpy", "numba", "math")


@lru_cache(maxsize=1024)
def _code(code: CodeType) -> str:
    constants = [_code(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return _hashed((code.co_code, code.co_names, code.co_varnames, code.co_freevars,
                    code.co_argcount, constants))


def _hashed(value: Any) -> str:
    return sha256(repr(value).encode()).hexdigest()


def _referents(function: Any, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what a function refers to by name, in a fixed order."""
    used = _names_in(function.__code__)
    for name in used:
        if name in names:
            yield name, names[name]
        elif name in function.__globals__:
            value = function.__globals__[name]
            yield name, value
            if isinstance(value, ModuleType):
                yield from ((f"{name}.{part}", getattr(value, part)) for part in used
                            if hasattr(value, part))
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        yield name, cell.cell_contents


@lru_cache(maxsize=1024)
def _names_in(code: CodeType) -> tuple[str, ...]:
    inner = (_names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return tuple(sorted({*code.co_names, *chain.from_iterable(inner)}))


def _describe(value: Any) -> str | None:
    """Describe what is no function of Python, ``None`` if that is not possible."""
    if value is None or isinstance(value, int | float | complex | str | bytes | np.generic):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, tuple):
        parts = [_describe(part) for part in value]
        return None if None in parts else repr(parts)
    if isinstance(value, np.ndarray) and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape} {sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, ModuleType):
        return value.__name__
    if isinstance(value, type | BuiltinFunctionType | FunctionType | np.ufunc) or (
            _is_library(type(value))):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', value)}"
    return None
