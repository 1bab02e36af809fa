"""Lets programs that were written for moptipy or mtaio run on fescue, without a change.

``import fescue.compat`` makes the module names of both importable, unless one of them is installed;
``python -m fescue.compat script.py`` runs a program that way. Nothing is copied: a name
is looked up, when it is used, in the module or room of fescue that stands for its module.

>>> import fescue.compat
>>> from moptipy.operators.bitstrings.op1_flip1 import Op1Flip1
>>> Op1Flip1.__module__
'fescue.operators.bitstrings'
"""

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

#: what stands for a module and all below it: the longest one that fits counts. A name that ends
#: with a dot is that of modules with the same names, others are modules or rooms, in which any
#: name may be
_PREFIXES: Final[dict[str, tuple[str, ...]]] = {
    "moptipy": ("fescue",),
    "moptipy.api": ("fescue.api.",),
    "moptipy.utils": ("fescue.utils.",),
    "moptipy.spaces": ("fescue.spaces",),
    "moptipy.operators": ("fescue.operators",),
    "moptipy.operators.bitstrings": ("fescue.operators.bitstrings", "fescue.operators"),
    "moptipy.operators.intspace": ("fescue.operators.intspace",),
    "moptipy.operators.vectors": ("fescue.operators.vectors",),
    "moptipy.algorithms": ("fescue.algorithms",),
    "moptipy.mo": ("fescue.mo",),
    "moptipy.examples": ("fescue.problems",),
    "moptipy.examples.jssp": ("fescue.problems.jssp",),
    "moptipy.examples.jssp.experiment": ("fescue.compat.jssp_experiment",),
    "moptipy.evaluation": ("fescue.compat.", "fescue.compat.evaluation_plots"),
    "moptipy.evaluation.base": ("fescue.compat.progress",),
    "moptipy.evaluation.ioh_analyzer": ("fescue.evaluation.exports",),
    "moptipy.mock": ("fescue.compat.mock",),
    "moptipy.tests": ("fescue.compat.validators",),
    "mtaio": ("fescue.tuning",),
    "mtaio.optimization": ("fescue.tuning",),
    "mtaio.core": ("fescue.tuning",),
    "mtaio.monitoring": ("fescue.tuning",),
    "mtaio.exceptions": ("fescue.utils.errors",),
}
_PACKAGES: Final = frozenset(name for name in _PREFIXES if "." not in name)


class _Alias(ModuleType):
    """A module whose names are those of others."""

    def __init__(self, name: str, places: Sequence[str]) -> None:
        super().__init__(name, f"Stands for {', '.join(places)}.")
        self._places = places

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__") or name == "__all__":
            for module in _modules(self._places):
                if name in vars(module):
                    value = getattr(module, name)
                    setattr(self, name, value)
                    return value
        raise AttributeError(
            f"module {self.__name__!r} has no {name!r} that fescue knows; it was looked for in "
            f"{', '.join(self._places)}.", name=name, obj=self)

    def __reduce__(self) -> tuple[Any, ...]:
        # a function that is sent to another process may refer to this module
        return alias, (self.__name__,)


def alias(name: str) -> ModuleType:
    """Return the module that stands for one of moptipy's, and install this package for it."""
    install()
    return import_module(name)


def _modules(places: Sequence[str]) -> Iterator[ModuleType]:
    """Yield the modules, and those below them."""
    for place in places:
        module = import_module(place)
        yield module
        if place != "fescue":  # whose names all have homes elsewhere
            for info in iter_modules(getattr(module, "__path__", ()), f"{place}."):
                yield from _modules([info.name])


def _places(name: str) -> tuple[str, ...]:
    """Return what stands for a module, nothing if it is not known."""
    prefix = name
    while prefix not in _PREFIXES:
        prefix = prefix.rpartition(".")[0]
        if not prefix:
            return ()
    rest = name.removeprefix(prefix).lstrip(".")
    if not prefix.rpartition(".")[0] and rest:
        return ()  # a module of the package itself
    found = []
    for place in _PREFIXES[prefix]:
        if not place.endswith("."):
            found.append(place)
        elif not rest:
            found.append(place[:-1])
        elif find_spec(place + rest) is not None:
            found.append(place + rest)
    return tuple(found)


class _Finder(MetaPathFinder, Loader):
    """Finds the modules of the packages that are stood for."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how to make a module, ``None`` if that is another finder's business."""
        package, _, rest = fullname.partition(".")
        # modules have small letters; with others Python asks for a name that a module does not have
        if package not in _PACKAGES or rest != rest.lower() or not _places(fullname):
            return None
        return ModuleSpec(fullname, self, origin="fescue.compat", is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module."""
        return _Alias(spec.name, _places(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: names are looked up when they are used."""


_FINDER: Final = _Finder()


def install() -> None:
    """Make the module names of both packages importable; callable repeatedly.

    Raises:
        ImportError: if one of them is installed, unless ``FESCUE_COMPAT`` is ``force`` in the
            environment
    """
    if _FINDER in sys.meta_path:
        return
    for package in sorted(_PACKAGES):
        if os.environ.get("FESCUE_COMPAT") != "force" and (
                package in sys.modules or PathFinder.find_spec(package) is not None):
            raise ImportError(
                f"{package} itself is installed here, and fescue.compat would hide it. Uninstall "
                "it, or set FESCUE_COMPAT=force in the environment.")
    sys.meta_path.insert(0, _FINDER)


install()
