"""The command ``fescue report``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from fescue.cli._output import console, plain
from fescue.cli.experiment import best_known
from fescue.evaluation.report import report_page
from fescue.evaluation.run_reader import read_runs
from fescue.evaluation.runs import Runs
from fescue.evaluation.tables import Table, results_table, samples_of, worse_than_best
from fescue.evaluation.verdict import judge

_TABLES = {".md": Table.to_markdown, ".tex": Table.to_latex, ".csv": Table.to_csv}


def report(
        folder: Annotated[Path, typer.Argument(help="The folder of an experiment.")] = Path(
            "results"),
        output: Annotated[Path, typer.Option(
            "--output", "-o", help="The page (.html), or the table of results alone (.md, .tex, "
            ".csv, .xlsx).")] = Path("report.html"),
        title: Annotated[str | None, typer.Option(
            help="The title of the page. [default: the folder's name]",
            show_default=False)] = None,
        jobs: Annotated[int | None, typer.Option(
            min=1, max=1024, help="Processes that read logs. [default: as many as are worth it]",
            show_default=False)] = None,
        quiet: Annotated[bool, typer.Option(
            "--quiet", "-q", help="Print nothing but errors.")] = False) -> None:
    """Compare the algorithms of an experiment: one web page, or a table for a paper."""
    suffix = output.suffix.lower()
    if suffix not in (".html", ".xlsx", *_TABLES):
        raise typer.BadParameter(
            f"{output} must end with .html, .md, .tex, .csv or .xlsx", param_hint="--output")
    screen, errors = console(quiet), console(quiet, stderr=True)
    with errors.status(f"reading {plain(folder)}"):
        runs = read_runs(folder, partial=True, jobs=jobs)
        goals = best_known(folder) or None
    if len(runs) == 0:
        raise typer.BadParameter(f"there are no logs in {folder}", param_hint="FOLDER")
    with errors.status(f"writing {plain(output)}"):
        output.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".html":
            output.write_text(report_page(runs, title, goals, jobs=jobs), encoding="utf-8",
                              errors="backslashreplace")
        else:
            _write_table(runs, goals, output, suffix)
    _say(runs, screen)
    screen.print(f"written: [bold]{plain(output.resolve())}[/bold]", soft_wrap=True)


def _write_table(runs: Runs, goals: dict[str, float] | None, output: Path, suffix: str) -> None:
    try:
        table = results_table(runs, goals)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if suffix == ".xlsx":
        table.to_excel(output)
    else:
        output.write_text(_TABLES[suffix](table), encoding="utf-8", errors="backslashreplace")


def _say(runs: Runs, screen: Console) -> None:
    ok = runs.ok()
    if len(ok):
        samples = samples_of(ok)
        screen.print(plain(" ".join(judge(samples, worse_than_best(samples)).sentences())))
    for name, n in (("failed", int((runs["state"] == "failed").sum())),
                    ("not complete", int((runs["state"] == "partial").sum())),
                    ("not readable", len(runs.problems))):
        if n:
            screen.print(f"{n} {name}: see 'fescue status {plain(runs.folder)}'", soft_wrap=True)
