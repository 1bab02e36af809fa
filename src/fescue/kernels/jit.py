"""Compiles single functions on first use; without numba they run uncompiled, with equal results."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_SPARING: ContextVar[bool] = ContextVar("_SPARING", default=False)


def _numba() -> Any:
    """Return the module numba, or ``None`` if it cannot be used."""
    if not jit_is_available():
        return None
    try:
        import numba  # costs a third of a second, so only when a run needs it
    except ImportError:
        return None
    return numba


def jit_is_available() -> bool:
    """Return whether functions are compiled: numba is there and ``FESCUE_JIT`` is not ``0``."""
    return os.environ.get("FESCUE_JIT", "1") != "0" and _is_installed()


@cache
def _is_installed() -> bool:
    return find_spec("numba") is not None


@contextmanager
def sparing() -> Iterator[None]:
    """Let :func:`compiled` return, in this block, functions as they are if numba is not loaded.

    It is for components whose functions will be called a few times only.
    """
    token = _SPARING.set(True)
    try:
        yield
    finally:
        _SPARING.reset(token)


def compiled(function: F, *samples: Any) -> F:
    """Return ``function`` compiled for arguments like ``samples``, or itself without numba.

    Machine code is kept on disk, beside the source or in the user's cache folder. Compiling
    happens here, not at the first call of the result, so that no run is charged for it.

    Args:
        function: a function of a module, in the subset of Python that numba knows, which draws
            no random numbers
        samples: arguments to compile for; the function is called with them once and may change
            them
    """
    if (_SPARING.get() and "numba" not in sys.modules) or _numba() is None:
        return function
    dispatcher = _dispatcher(function)
    dispatcher(*samples)
    return dispatcher  # type: ignore[no-any-return]


@cache
def _dispatcher(function: Callable[..., Any]) -> Any:
    numba = _numba()
    try:
        return numba.njit(function, cache=True)
    except RuntimeError:  # no folder that machine code could be kept in
        return numba.njit(function)
