"""The commands ``fescue status`` and ``fescue retry``."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from fescue._experiment.files import FAILURES, State, set_aside
from fescue._experiment.survey import survey
from fescue.cli._output import console, plain
from fescue.cli.experiment import Experiment
from fescue.cli.run import perform

_Folder = Annotated[Path, typer.Argument(help="The folder of an experiment.")]


def status(folder: _Folder = Path("results"),
           as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
           most: Annotated[int, typer.Option(
               min=0, help="How many runs that are not done are listed.")] = 50) -> None:
    """Count the runs of an experiment by their states, and list those that are not done."""
    found = survey(folder)
    counts = Counter(run.state.value for run in found.runs)
    others = [run for run in found.runs if run.state is not State.DONE]
    if as_json:
        print(json.dumps({
            "folder": str(folder.resolve()), "counts": counts,
            "runs": [{"log": str(run.log), "state": run.state.value, "reason": run.reason}
                     for run in others],
            "kept_aside": [str(path) for path in found.aside]}, indent=1))
        return
    screen = console()
    table = Table(title=plain(str(folder)), show_header=False)
    for state in State:
        if counts[state.value]:
            table.add_row(state.value, str(counts[state.value]))
    if found.aside:
        table.add_row("files kept aside", str(len(found.aside)))
    screen.print(table if found.runs else f"There are no runs in {plain(str(folder))} yet.")
    for run in others[:most]:
        screen.print(f"{run.state.value}: {plain(str(run.log))}"
                     + (f"\n    {plain(run.reason)}" if run.reason else ""), soft_wrap=True)
    if len(others) > most:
        screen.print(f"... and {len(others) - most} more: --most {len(others)} lists them all")


def retry(folder: _Folder = Path("results"),
          failed: Annotated[bool, typer.Option(
              "--failed", help="Do runs again that have failed or were killed.")] = False,
          jobs: Annotated[int | None, typer.Option(
              min=1, max=16384, help="Worker processes. [default: one per physical core]",
              show_default=False)] = None,
          trust: Annotated[bool, typer.Option(
              "--trust", help="Import the module of your own that an experiment file names.",
              )] = False,
          quiet: Annotated[bool, typer.Option(
              "--quiet", "-q", help="Print nothing but errors.")] = False) -> None:
    """Continue the experiments that 'fescue run' has begun in a folder."""
    screen = console(quiet)
    runs = [run.log for run in survey(folder).runs if run.state in FAILURES] if failed else []
    for log in runs:
        set_aside(log, "failed")
    if failed:
        screen.print(f"{len(runs)} failed runs are to be done again; their logs are kept aside.")
    experiments = Experiment.of_folder(folder)
    if not experiments:
        screen.print("This experiment was not begun by 'fescue run': start your program again, "
                     "it does what is left.")
    for experiment in experiments:
        if experiment.is_catalogued() or trust:
            perform(experiment, folder, jobs, quiet=quiet)
        else:
            screen.print(f"{plain(experiment.problem)} is code of your own: --trust imports it, "
                         "or start it yourself; it does what is left.")
