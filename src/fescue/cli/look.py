"""The commands ``fescue show`` and ``fescue list``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fescue import algorithms, operators, problems, spaces
from fescue.cli._output import console, plain
from fescue.evaluation.chart import chart
from fescue.evaluation.log_reader import read_log


def show(logs: Annotated[list[Path], typer.Argument(help="Log files.")]) -> None:
    """Show runs: what they were, how they went, and what they found."""
    for log in logs:
        _show(log, console())


def _show(log: Path, screen: Console) -> None:
    run_log = read_log(log)
    setup = run_log.setup
    table = Table(title=plain(str(log)), show_header=False)
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
            table.add_row(key, plain(value if len(value) < 300 else value[:297] + "..."))
    screen.print(table)
    points = [(row[0], row[2]) for row in run_log.progress]
    if points:
        curve = chart(points, run_log.total_fes, screen.width - 4)
        screen.print(f"best objective value over FEs\n{plain(curve)}", highlight=False)
    for title, text in run_log.errors.items():
        screen.print(f"[red]{title}[/red]\n{plain(text)}", soft_wrap=True)


def list_() -> None:
    """List problems, algorithms, operators and spaces."""
    screen = console()
    for heading, known in (("problems", problems.CATALOGUE),
                           ("multi-objective problems", problems.MO_CATALOGUE)):
        table = Table(title=heading, title_justify="left")
        for title in ("name", "what", "instances", "search space", "source"):
            table.add_column(title)
        for problem in known:
            table.add_row(problem.name, problem.text, ", ".join(problem.examples) + ", ...",
                          problem.kind, problem.source)
        screen.print(table)
    for heading, catalogue in (
            ("algorithms", algorithms.CATALOGUE),
            ("multi-objective algorithms", algorithms.MO_CATALOGUE),
            ("operators", operators.CATALOGUE), ("spaces", spaces.CATALOGUE)):
        table = Table(title=heading, title_justify="left")
        for title in ("name", "what", "search space", "parameters", "compiled", "source"):
            table.add_column(title)
        for entry in catalogue:
            table.add_row(entry.name, entry.text, ", ".join(entry.kinds) or "any", plain(
                ", ".join(f"{key} {value}" for key, value in entry.parameters.items())),
                f"no: {entry.no_kernel}" if entry.no_kernel else "yes", entry.source)
        screen.print(table)
