"""The command ``fescue tune``."""

import asyncio
import json
import re
from collections.abc import Iterable
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from fescue.cli._output import console, plain
from fescue.cli.experiment import WrongCallError, import_named
from fescue.tuning import (
    STRATEGIES,
    OptimizationResult,
    Optimizer,
    Parameter,
    ParameterType,
)
from fescue.tuning.command import Command

_INTERRUPTED = 130


Strategy = StrEnum("Strategy", {name.upper(): name for name in STRATEGIES})  # type: ignore[misc]
_AUTO = Strategy("auto")


def tune(
        target: Annotated[list[str], typer.Argument(
            metavar="STUDY.PY:FUNCTION | -- COMMAND {name}...",
            help="A function of a dict of parameters, or any command, in which {name} stands for "
            "the value of a parameter.")],
        param: Annotated[list[str] | None, typer.Option(
            help="A parameter: name:int:1:16, name:float:0.1:1, both also with :log or :step=2 "
            "behind, name:cat[bold]:[/bold]a,b. With :if=other=a,b at the end it is there only "
            "with these values of an earlier one. Without any, those in the list 'parameters' of "
            "the study's module.")] = None,
        trials: Annotated[int, typer.Option(min=1, help="How many trials there will be.")] = 100,
        workers: Annotated[int, typer.Option(min=1, help="How many are in flight.")] = 1,
        strategy: Annotated[Strategy, typer.Option(
            help="How parameters are chosen.")] = _AUTO,
        log: Annotated[Path | None, typer.Option(
            help="The log file; the same command continues a study that was killed.")] = None,
        seed: Annotated[int | None, typer.Option(
            min=0, help="Of the random numbers. [default: a fresh one]",
            show_default=False)] = None,
        timeout: Annotated[float | None, typer.Option(
            min=0.001, help="Seconds for the whole study.")] = None,
        trial_timeout: Annotated[float | None, typer.Option(
            min=0.001, help="Seconds after which a trial is given up, and a command killed.",
            )] = None,
        goal: Annotated[float | None, typer.Option(help="The score at which to stop.")] = None,
        measure: Annotated[str, typer.Option(
            help="Of a command: time, cpu, memory, or a regular expression whose first group is a "
            "number in its output. Less is better.")] = "time",
        repeats: Annotated[int, typer.Option(
            min=1, help="How often a command is measured; the median counts.")] = 1,
        initial: Annotated[Path | None, typer.Option(
            help="The log of an earlier study, from which the strategy learns.")] = None,
        patience: Annotated[int | None, typer.Option(
            min=1, help="Stop after so many trials without improvement.")] = None,
        processes: Annotated[bool, typer.Option(
            help="Call a function in processes of its own, not in threads.")] = False,
        quiet: Annotated[bool, typer.Option(
            "--quiet", "-q", help="Print nothing but the best command, or errors.")] = False,
        as_json: Annotated[bool, typer.Option(
            "--json", help="Print the result as JSON.")] = False) -> None:
    """Find the parameters with which a function or a command costs least."""
    try:
        given, conditions = _parameters(param or ())
        objective, parameters = _objective(target, given, measure, repeats)
    except (ValueError, TypeError, WrongCallError) as error:
        raise typer.BadParameter(str(error)) from error
    try:
        result = asyncio.run(Optimizer(strategy.value).optimize(
            parameters, objective, trials, timeout, seed=seed, workers=workers,
            trial_timeout=trial_timeout, goal=goal, patience=patience, log_file=log,
            initial=() if initial is None else initial, conditions=conditions,
            executor="processes" if processes else None, progress=not quiet and not as_json))
    except KeyboardInterrupt:
        console(stderr=True).print(
            "Interrupted." + (" The same command continues." if log else ""))
        raise typer.Exit(_INTERRUPTED) from None
    except (ValueError, FileNotFoundError) as error:  # a log of another study, or none
        raise typer.BadParameter(str(error)) from error
    _print(result, objective, quiet, as_json)


def _print(result: OptimizationResult, objective: Any, quiet: bool, as_json: bool) -> None:
    line = objective.line(result.parameters) if isinstance(objective, Command) else None
    if as_json:
        print(json.dumps({
            "parameters": result.parameters, "score": result.score, "trials": result.iterations,
            "failed": sum(r["state"] != "complete" for r in result.history),
            "stopped": result.stopped, "seconds": result.elapsed_time, "command": line,
            "front": result.front}, indent=1, default=repr))
        return
    screen = console()
    if not quiet:
        failed = [r for r in result.history if r["state"] != "complete"]
        screen.print(f"{result.iterations} trials, {len(failed)} without a score, in "
                     f"{result.elapsed_time:.1f} s; stopped by: {result.stopped}")
        if failed:
            screen.print(f"the last of these: {plain(failed[-1]['reason'])}", soft_wrap=True)
        for record in result.front:
            scores = ", ".join(f"{score:.6g}" for score in record["scores"])
            screen.print(f"scores {scores}", *(
                f"{plain(name)}={plain(value)}" for name, value in record["parameters"].items()))
        if not result.front:
            screen.print(
                f"score {result.score:.6g}, {result.improvement:.6g} less than the first one")
            for name, value in result.parameters.items():
                screen.print(f"  {plain(name)} = {plain(value)}")
    if line is not None:
        screen.print(plain(line), soft_wrap=True, highlight=False)


def _objective(target: list[str], given: list[Parameter], measure: str, repeats: int,
               ) -> tuple[Any, list[Parameter]]:
    """Return what is to be minimized, and its parameters."""
    if len(target) == 1 and re.fullmatch(r"[\w./]+:\w+", target[0]):
        path, _, name = target[0].partition(":")
        module = path.removesuffix(".py").replace("/", ".").strip(".")
        function = import_named(f"{module}:{name}")
        parameters = given or getattr(import_module(module), "parameters", None)
        if not parameters:
            raise WrongCallError("there are no parameters: give some with --param, or a list "
                                 f"'parameters' in {path}")
        return function, list(parameters)
    if not given:
        raise WrongCallError("a command needs parameters, as in --param threads:int:1:16")
    return Command(target, [p.name for p in given], measure, repeats), given


def _parameters(texts: Iterable[str]) -> tuple[list[Parameter], dict[str, Any]]:
    """Return parameters, and the conditions of those that not all settings have."""
    found: list[Parameter] = []
    conditions: dict[str, Any] = {}
    for text in texts:
        body, condition, needs = text.partition(":if=")
        found.append(_parameter(body))
        if not condition:
            continue
        other, _, values = needs.partition("=")
        parent = next((p for p in found[:-1] if p.name == other), None)
        if parent is None:
            raise WrongCallError(f"--param {text}: there is no earlier parameter {other!r}")
        read: Any = {ParameterType.CATEGORICAL: str, ParameterType.INTEGER: int,
                     ParameterType.FLOAT: float}[parent.type]
        try:
            conditions[found[-1].name] = {other: [read(value) for value in values.split(",")]}
        except ValueError as error:
            raise WrongCallError(f"--param {text}: {error}") from error
    return found, conditions


def _parameter(text: str) -> Parameter:
    """Return the parameter that a text such as ``threads:int:1:16:log`` describes."""
    name, _, rest = text.partition(":")
    kind, _, rest = rest.partition(":")
    if kind == "cat":
        return Parameter(name, ParameterType.CATEGORICAL, choices=rest.split(","))
    kinds: dict[str, tuple[ParameterType, Any]] = {
        "int": (ParameterType.INTEGER, int), "float": (ParameterType.FLOAT, float)}
    if kind not in kinds:
        raise WrongCallError(f"--param {text}: the type must be int, float or cat, as in "
                             "threads:int:1:16")
    type_, number = kinds[kind]
    words = rest.split(":")
    try:
        low, high = (number(word) for word in words[:2])
        more: dict[str, Any] = {}
        for word in words[2:]:
            if word == "log":
                more["log"] = True
            elif word.startswith("step="):
                more["step"] = number(word.removeprefix("step="))
            else:
                raise ValueError(f"{word!r} is neither log nor step=...")  # noqa: TRY301
        return Parameter(name, type_, low, high, **more)
    except ValueError as error:
        raise WrongCallError(f"--param {text}: {error}") from error
