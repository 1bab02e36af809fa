"""Joins kernels to one compiled loop, and keeps its machine code on disk.

A loop of :mod:`fescue.kernels.loops` calls ``rate``, ``op1`` and so on by name. For each
combination of functions and types of arguments it is compiled with the names bound to compiled
forms of the combination's functions. What comes out is an object file that is loaded without
numba, in this process and in later ones.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import FunctionType
from typing import Any

from fescue.kernels import native, store
from fescue.kernels.digest import callees, digest_of
from fescue.kernels.primitives import OPTIONS, compiled_primitives


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

    def compiled(self, function: Any) -> Any:
        """Return the compiled form of a function, made of those of the functions it calls."""
        if function not in self._done:
            bound = FunctionType(
                function.__code__, dict(function.__globals__), function.__name__,
                function.__defaults__, function.__closure__)
            for name, callee in callees(function, self._names).items():
                bound.__globals__[name] = self.compiled(callee)
            self._done[function] = self._numba.njit(**OPTIONS)(bound)
        return self._done[function]


class Linked:
    """A loop, ready to be called with arguments that it will change."""

    def __init__(self, loop: Callable[..., None], names: Mapping[str, Callable[..., Any]],
                 arguments: tuple[Any, ...]) -> None:
        """Prepare the arguments; nothing is compiled yet.

        Args:
            loop: one of :mod:`fescue.kernels.loops`
            names: the functions that it calls by name, and those that these call by name
            arguments: those of the loop: a random generator, arrays, numbers, tuples of them

        Raises:
            TypeError: if there is an argument of another type
        """
        self._loop = loop
        self._names = names
        self._table = native.Table(arguments)
        self._digest = digest_of(loop, names, native.signature(self._table.arguments))
        self._function: Callable[[int], None] | None = None

    def is_known(self) -> bool:
        """Return whether the combination has been compiled before, on this machine."""
        return self._digest is not None and (
            self._digest in _LOADED or store.path_of(self._digest).exists())

    def prepare(self) -> None:
        """Load the machine code, or make it."""
        digest = self._digest
        if digest is None:
            self._function = self._compiled()
        elif digest not in _LOADED:
            _LOADED[digest] = self._from_disk(digest) or self._compiled()
        if digest is not None:
            self._function = _LOADED[digest]

    def __call__(self) -> None:
        """Call the loop."""
        if self._function is None:
            self.prepare()
        self._function(self._table.address)  # type: ignore[misc] # it is there now

    def _from_disk(self, digest: str) -> Callable[[int], None] | None:
        code = store.find(digest)
        try:
            return None if code is None else native.load(code)
        except Exception:  # whatever is wrong with it, it can be made anew
            return None

    def _compiled(self) -> Callable[[int], None]:
        numba = _numba()
        loop = Linker(numba, self._names).compiled(self._loop)
        entry = native.entry_for(numba, loop, self._table.arguments)
        try:
            code = native.code_of(entry)
        except AttributeError:  # a version of numba that keeps it elsewhere
            return native.through_numba(numba, entry)
        if self._digest is not None:
            store.keep(self._digest, code)
        return native.load(code)


#: what this process has loaded, by digest
_LOADED: dict[str, Callable[[int], None]] = {}


@cache
def _primitives() -> dict[Callable[..., Any], Any]:
    return compiled_primitives(_numba())


def _numba() -> Any:
    import numba  # only when something is compiled

    return numba
