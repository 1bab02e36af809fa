"""The command ``fescue``: run experiments, look at a log, list what there is."""

import sys
from collections.abc import Callable
from math import inf
from pathlib import Path
from statistics import mean, median, stdev
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from fescue import algorithms, operators, problems, spaces
from fescue._experiment.files import State, log_path, state_of
from fescue.api.catalogue import Entry, Problem
from fescue.api.execution import Execution
from fescue.api.experiment import run_experiment
from fescue.evaluation.chart import chart
from fescue.evaluation.log_reader import RunLog, read_log
from fescue.utils.errors import ExperimentError, FescueError
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import rand_seeds_from_str

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True,
    help="Budgeted, logged, replicable black-box optimization.")

#: the exit codes of a wrong call, of failed runs, and of Ctrl-C
_WRONG, _FAILED, _INTERRUPTED = 2, 1, 130


def main() -> None:
    """Run the command; errors of the user's are told in one line."""
    try:
        app()
    except (FescueError, OSError) as error:
        Console(stderr=True).print(f"[red]fescue:[/red] {escape(str(error))}", soft_wrap=True)
        sys.exit(_WRONG)


@app.command()
def run(
        problem: Annotated[str, typer.Argument(help="A problem: see 'fescue list'.")],
        instances: Annotated[str | None, typer.Option(
            help="Names of instances (or paths of files), separated by commas.")] = None,
        algorithms_: Annotated[str, typer.Option(
            "--algorithms", help="Names of algorithms, separated by commas.")] = "rls,ea,hc,sa",
        runs: Annotated[int, typer.Option(
            min=1, help="Runs of each algorithm on each instance.")] = 3,
        max_fes: Annotated[int | None, typer.Option(
            min=1, help="Objective function evaluations per run. "
            "[default: 20000 unless --max-time is given]", show_default=False)] = None,
        max_time: Annotated[float | None, typer.Option(
            min=0.001, help="Seconds per run.")] = None,
        out: Annotated[Path, typer.Option(help="The folder of the log files.")] = Path("results"),
        quiet: Annotated[bool, typer.Option(
            "--quiet", "-q", help="Print nothing but errors.")] = False) -> None:
    """Apply algorithms to the instances of a problem, with one log file per run.

    What is done already is not done again: the same command continues an experiment.
    """
    chosen = _choose(problems.CATALOGUE, [problem], "problem")[0]
    entries = _choose(algorithms.CATALOGUE, _split(algorithms_), "algorithm")
    names = _split(instances) if instances else list(chosen.examples[:2])
    if max_fes is None and max_time is None:
        max_fes = 20_000
    made: dict[str, Any] = {}
    for name in names:
        try:
            made[name] = chosen.instance(name)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--instances") from error
    setups = [_setup(chosen, entry, max_fes, max_time) for entry in entries]
    console = _console(quiet)
    logs = [log_path(out, sanitize_name(str(setup(instance).algorithm)), str(instance), seed)
            for instance in made.values() for setup in setups
            for seed in rand_seeds_from_str(str(instance), runs)]
    failures = ""
    try:
        with _bar(console, quiet) as bar:
            task = bar.add_task("runs", total=len(logs), completed=sum(
                state_of(path) in (State.DONE, State.FAILED) for path in logs))
            run_experiment(
                out, [_constant(chosen, name) for name in names], setups, runs,
                on_completion=lambda instance, path, process: bar.advance(task))
    except ExperimentError as error:
        failures = str(error)
    except KeyboardInterrupt:
        done = sum(state_of(path) is State.DONE for path in logs)
        Console(stderr=True).print(
            f"Interrupted. {done} of {len(logs)} runs are complete; the same command continues.")
        raise typer.Exit(_INTERRUPTED) from None
    console.print(_results(chosen, made, logs))
    console.print(f"{len(logs)} log files in [bold]{escape(str(out.resolve()))}[/bold]",
                  soft_wrap=True)
    if failures:
        Console(stderr=True).print(f"[red]{escape(failures)}[/red]", soft_wrap=True)
        raise typer.Exit(_FAILED)


def _split(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _choose(catalogue: Any, names: list[str], what: str) -> list[Any]:
    known = {entry.name: entry for entry in catalogue}
    for name in names:
        if name not in known:
            raise typer.BadParameter(f"there is no {what} {name!r}; choose from {', '.join(known)}")
    if not names:
        raise typer.BadParameter(f"name at least one {what}")
    return [known[name] for name in names]


def _constant(problem: Problem, name: str) -> Callable[[], Any]:
    return lambda: problem.instance(name)


def _setup(problem: Problem, entry: Entry, max_fes: int | None,
           max_time: float | None) -> Callable[[Any], Execution]:
    def setup(instance: Any) -> Execution:
        task = problem.task(instance)
        execution = task.execution(entry.make(operators.kit_for(task.points())))  # type: ignore[arg-type]
        if max_fes is not None:
            execution.set_max_fes(max_fes)
        if max_time is not None:
            execution.set_max_time_millis(max(1, round(1000 * max_time)))
        return execution.set_log_improvements()

    return setup


def _console(quiet: bool = False) -> Console:
    """Return the standard output; tables in a file or pipe need not fit a terminal."""
    console = Console(quiet=quiet)
    return console if console.is_terminal else Console(quiet=quiet, width=max(120, console.width))


def _bar(console: Console, quiet: bool) -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                    TimeRemainingColumn(), console=console, disable=quiet,
                    transient=not console.is_terminal)


def _results(problem: Problem, instances: dict[str, Any], paths: list[Path]) -> Table:
    """Return the table of results, a row per instance and algorithm."""
    table = Table(title=f"{problem.text}, smaller is better", box=SIMPLE_HEAD, pad_edge=False,
                  padding=(0, 1, 0, 0))
    table.add_column("instance", no_wrap=True)
    table.add_column("algorithm")
    for title in ("runs", "best", "median", "mean", "sd", "FEs/s", "known", "gap"):
        table.add_column(title, justify="right", no_wrap=True)
    for instance in instances.values():
        known = problem.task(instance).best_known
        groups: dict[str, list[RunLog]] = {}
        for path in paths:
            if path.parent.name == sanitize_name(str(instance)) and state_of(path) is State.DONE:
                groups.setdefault(path.parent.parent.name, []).append(read_log(path))
        lowest = min((log.best_f for logs in groups.values() for log in logs
                      if log.best_f is not None), default=inf)
        for algorithm, logs in groups.items():
            values = [log.best_f for log in logs if log.best_f is not None]
            if values:
                table.add_row(str(instance), algorithm, str(len(values)),
                              *_statistics(values, lowest), _speed(logs), *_gap(values, known))
        table.add_section()
    return table


def _statistics(values: list[int | float], lowest: int | float) -> tuple[str, str, str, str]:
    best = f"{min(values):.6g}"
    return (f"[bold green]{best}[/bold green]" if min(values) <= lowest else best,
            f"{median(values):.6g}", f"{mean(values):.5g}",
            f"{stdev(values):.2g}" if len(values) > 1 else "")


def _speed(logs: list[RunLog]) -> str:
    seconds = sum(log.total_time_millis for log in logs) / 1000
    return f"{sum(log.total_fes for log in logs) / max(seconds, 0.001):,.0f}"


def _gap(values: list[int | float], known: int | float | None) -> tuple[str, str]:
    if known is None:
        return "", ""
    distance = min(values) - known
    return f"{known:g}", f"{distance:g}" if known == 0 else f"{100 * distance / known:.1f}%"


@app.command()
def show(logs: Annotated[list[Path], typer.Argument(help="Log files.")]) -> None:
    """Show runs: what they were, how they went, and what they found."""
    for log in logs:
        _show(log, _console())


def _show(log: Path, console: Console) -> None:
    run_log = read_log(log)
    setup = run_log.setup
    table = Table(title=escape(str(log)), show_header=False)
    best = "none" if run_log.best_f is None else f"{run_log.best_f}"
    if run_log.last_improvement_fe is not None:
        best += f", found at FE {run_log.last_improvement_fe}"
    limits = [f"{setup[key]} {unit}" for key, unit in (
        ("p.maxFEs", "FEs"), ("p.maxTimeMillis", "ms")) if key in setup]
    for key, value in (
            ("algorithm", setup.get("a.name")), ("objective", setup.get("f.name")),
            ("solution space", setup.get("y.name")), ("search space", setup.get("x.name")),
            ("seed", setup.get("p.randSeed(hex)") or setup.get("p.randSeed")),
            ("limits", ", ".join(limits) or "none"), ("goal", setup.get("p.goalF")),
            ("consumed", f"{run_log.total_fes} FEs in {run_log.total_time_millis} ms"),
            ("best objective value", best), ("best solution", run_log.result_y)):
        if value is not None:
            table.add_row(key, escape(value if len(value) < 300 else value[:297] + "..."))
    console.print(table)
    points = [(row[0], row[2]) for row in run_log.progress]
    if points:
        curve = chart(points, run_log.total_fes, console.width - 4)
        console.print(f"best objective value over FEs\n{escape(curve)}", highlight=False)
    for title, text in run_log.errors.items():
        console.print(f"[red]{title}[/red]\n{escape(text)}", soft_wrap=True)


@app.command("list")
def list_() -> None:
    """List problems, algorithms, operators and spaces."""
    console = _console()
    table = Table(title="problems", title_justify="left")
    for title in ("name", "what", "instances", "search space", "source"):
        table.add_column(title)
    for problem in problems.CATALOGUE:
        table.add_row(problem.name, problem.text, ", ".join(problem.examples) + ", ...",
                      problem.kind, problem.source)
    console.print(table)
    for heading, catalogue in (
            ("algorithms", algorithms.CATALOGUE),
            ("multi-objective algorithms", algorithms.MO_CATALOGUE),
            ("operators", operators.CATALOGUE), ("spaces", spaces.CATALOGUE)):
        table = Table(title=heading, title_justify="left")
        for title in ("name", "what", "search space", "parameters", "source"):
            table.add_column(title)
        for entry in catalogue:
            table.add_row(entry.name, entry.text, ", ".join(entry.kinds) or "any", escape(
                ", ".join(f"{key} {value}" for key, value in entry.parameters.items())),
                entry.source)
        console.print(table)
