"""Runs made again from their logs: every component from what the section SETUP says of it.

A component is created by its class, with the values that the log has under the names of the
constructor's parameters. What was created writes its own SETUP, which must be that of the log: so a
wrong guess cannot pass.
"""

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from math import inf
from typing import Any, Final

import numpy as np

from fescue.api.component import Component
from fescue.api.execution import Execution
from fescue.api.mo_execution import MOExecution
from fescue.api.mo_problem import MOProblem
from fescue.evaluation.log_reader import RunLog
from fescue.problems.jssp import jssp_instance
from fescue.problems.jssp.instance import Instance
from fescue.spaces.ordered_choices import OrderedChoices
from fescue.spaces.permutations import Permutations
from fescue.spaces.signed_permutations import SignedPermutations
from fescue.utils.errors import ReplayError
from fescue.utils.logger import InMemoryLogger
from fescue.utils.naming import str_to_num
from fescue.utils.sections import parse_key_values, parse_sections

#: the scopes of a setup: algorithm, solution space, objective, pruner, search space, encoding
_SCOPES: Final = ("y", "f", "x", "g", "a", "ap")
#: what parameters are called in logs, if not by their own names
_NAMES: Final = {"dimension": "nvars", "lower_bound": "lb", "upper_bound": "ub",
                 "min_value": "min", "max_value": "max", "schedule": "ts", "algorithm": "a",
                 "epsilon": "e", "m": "nvars"}
#: parameters that are the search space
_SPACES: Final = ("space", "search_space", "perm", "permutations")
_Tree = dict[str, Any]


def rebuild(log: RunLog, trust: bool = False) -> Execution:
    """Return the execution of a run that a log describes, with its seed and its limits.

    Args:
        log: the log
        trust: whether code of the user's may be imported, by the names of classes in the log

    Raises:
        ReplayError: if something cannot be created from what the log says; it is named
    """
    try:
        return _rebuild(log, trust)
    except ReplayError:
        raise
    except Exception as error:  # a log may say anything
        raise ReplayError(f"{log.path}: nothing can be made of the section SETUP: "
                          f"{type(error).__name__}: {error}") from error


def _rebuild(log: RunLog, trust: bool) -> Execution:
    tree = _tree_of(log.setup)
    build = _Builder(log.setup, tree, trust)
    parts = {scope: build.component(scope) for scope in _SCOPES if scope in tree}
    for needed in ("a", "y", "f"):
        if needed not in parts:
            raise ReplayError(f"{log.path}: the log says nothing of {needed!r}.")
    execution = (MOExecution() if isinstance(parts["f"], MOProblem) else Execution())
    execution.set_solution_space(parts["y"]).set_objective(parts["f"]).set_algorithm(parts["a"])
    if "x" in parts:
        execution.set_search_space(parts["x"]).set_encoding(parts["g"])
    p = tree.get("p", {})
    if isinstance(execution, MOExecution):
        if "ap" in parts:
            execution.set_archive_pruner(parts["ap"])
        for key, set_limit in (("archiveMaxSize", execution.set_archive_max_size),
                               ("archivePruneLimit", execution.set_archive_pruning_limit)):
            if key in p:
                set_limit(int(p[key]))
    try:
        execution.set_rand_seed(int(p["randSeed"]))
    except (KeyError, ValueError) as error:
        raise ReplayError(f"{log.path}: the log has no seed.") from error
    if "goalF" in p:
        execution.set_goal_f(str_to_num(p["goalF"]))
    # what a limit of time has ended, a limit of FEs ends at the same place
    execution.set_max_fes(max(log.total_fes, 1))
    return execution


class _Builder:
    """Creates components from what a setup says."""

    def __init__(self, setup: Mapping[str, str], tree: _Tree, trust: bool) -> None:
        self._setup = setup
        self._tree = tree
        self._trust = trust
        self._made: dict[str, Any] = {}
        self._instance: Any = None

    def component(self, scope: str) -> Any:
        """Return the component of a scope, created once."""
        if scope not in self._made:
            made = self._create(self._tree[scope], scope)
            self._check(made, scope)
            self._made[scope] = made
        return self._made[scope]

    def _create(self, tree: _Tree, scope: str) -> Any:
        kind = self._class_of(str(tree.get("class", "")), scope)
        if kind is Instance:
            return self._jssp_instance(tree)
        if kind is Permutations:
            return Permutations(_elements(tree, "min"))
        if kind is SignedPermutations:
            return SignedPermutations(_elements(tree, "unsignedMin"))
        if kind is OrderedChoices:
            return OrderedChoices([list(map(int, group.split(";")))
                                   for group in tree["choices"].split("/")])
        arguments: dict[str, Any] = {}
        for parameter in list(inspect.signature(kind).parameters.values()):
            if parameter.name == "name":  # what it begins with is seen when there is a component
                continue
            found = self._argument(parameter, tree, scope)
            if found is not inspect.Parameter.empty:
                arguments[parameter.name] = found
            elif parameter.default is inspect.Parameter.empty and parameter.kind not in (
                    parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise ReplayError(f"{scope}: the log does not say what {parameter.name!r} of "
                                  f"{kind.__name__} was.")
        try:
            made = kind(**arguments)
            named = inspect.signature(kind).parameters.get("name")
            if named is not None and str(made) != tree.get("name"):
                rest = str(made).removeprefix(str(named.default))
                made = kind(**arguments, name=str(tree.get("name")).removesuffix(rest))
            return made
        except Exception as error:
            raise ReplayError(f"{scope}: {kind.__name__} cannot be created with {arguments}: "
                              f"{error}") from error

    def _argument(self, parameter: inspect.Parameter, tree: _Tree, scope: str) -> Any:
        """Return the value of a parameter, ``empty`` if the log has none."""
        name = parameter.name
        plain = name.replace("_", "").lower()
        key = next((key for key in tree if key.lower() == plain), _NAMES.get(name, ""))
        if key in tree:
            found = tree[key]
            if isinstance(found, dict):
                return self._create(found, f"{scope}.{key}")
            value = np.dtype(found) if name == "dtype" else _value(found)
            return float(value) if "float" in str(parameter.annotation) and isinstance(
                value, int) and not isinstance(value, bool) else value
        if name in ("objectives", "components"):
            return [self._create(tree[key], f"{scope}.{key}")
                    for key in sorted((k for k in tree if k[:1] == "f" and k[1:].isdigit()),
                                      key=lambda k: int(k[1:]))]
        if name in _SPACES:
            return self.component("x" if "x" in self._tree else "y")
        if name == "solution_space":
            return self.component("y")
        if name in ("objective", "problem") and scope != "f":
            return self.component("f")
        if name == "instance":
            return self._jssp_instance(tree)
        return inspect.Parameter.empty

    def _jssp_instance(self, tree: _Tree) -> Any:
        if self._instance is None:
            known = tree.get("inst", self._tree.get("y", {}).get("inst"))
            name = known["name"] if known else tree.get("name", "")
            try:
                self._instance = jssp_instance(str(name))
            except (ValueError, OSError) as error:
                raise ReplayError(f"the instance {name!r} is not one of fescue's: {error}"
                                  ) from error
        return self._instance

    def _class_of(self, path: str, scope: str) -> Callable[..., Any]:
        module, _, name = path.rpartition(".")
        package = module.partition(".")[0]
        if package == "moptipy":
            return _stand_in(path, scope)
        if package != "fescue" and not self._trust:
            raise ReplayError(f"{scope}: {path or 'a class without a name'} is not fescue's own; "
                              "--trust imports it.")
        try:
            found = getattr(import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            raise ReplayError(f"{scope}: {path} cannot be imported: {error}") from error
        if isinstance(found, type) and issubclass(found, Component):
            return found
        raise ReplayError(f"{scope}: {path} is no component.")

    def _check(self, made: Any, scope: str) -> None:
        """Compare what a component says of itself with what the log says of it."""
        with InMemoryLogger() as logger:
            with logger.key_values("S") as section, section.scope(scope) as inner:
                made.log_parameters_to(inner)
            lines = logger.get_log()
        now = parse_key_values(parse_sections(lines)["S"])
        for key, value in now.items():
            then = self._setup.get(key)  # types of numbers and places of code may change
            leaf = key.rpartition(".")[2]
            is_essential = leaf != "class" and not leaf.startswith("dtype")
            if is_essential and not leaf.endswith("(hex)") and then not in (None, value):
                raise ReplayError(f"{key} was {then!r} in the log, but is {value!r} in what was "
                                  "made from it.")


def _stand_in(path: str, scope: str) -> Callable[..., Any]:
    """Return what stands for a class of moptipy."""
    try:
        from fescue.compat import alias  # which is not to be had where moptipy itself is

        module, _, name = path.rpartition(".")
        found = getattr(alias(module), name)
    except (ImportError, AttributeError) as error:
        raise ReplayError(f"{scope}: fescue has nothing that stands for {path}: {error}"
                          ) from error
    if isinstance(found, type) and issubclass(found, Component):
        return found
    raise ReplayError(f"{scope}: {path} is no component.")


def _tree_of(setup: Mapping[str, str]) -> _Tree:
    """Return key-values as nested dictionaries."""
    tree: _Tree = {}
    for key, value in setup.items():
        *path, leaf = key.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ReplayError(f"the key {key!r} cannot be under another key's value.")
        node[leaf] = value
    return tree


def _value(text: str) -> Any:
    """Return what a text in a log stands for: a truth, a number, numbers, or the text."""
    if text in ("T", "F"):
        return text == "T"
    if text in ("None", "inf", "-inf"):
        return {"None": None, "inf": inf, "-inf": -inf}[text]
    try:
        parts = [str_to_num(part) for part in text.split(";")]
    except ValueError:
        return text
    return parts[0] if len(parts) == 1 else parts


def _elements(tree: _Tree, first: str) -> list[int]:
    if "baseString" in tree:
        return list(map(int, tree["baseString"].split(";")))
    low, high = int(tree[first]), int(tree["max"])
    return [i for i in range(low, high + 1) for _ in range(int(tree.get("repetitions", 1)))]
