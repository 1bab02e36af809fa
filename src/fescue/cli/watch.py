"""The command ``fescue watch``."""

import time
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table

from fescue.cli._output import console, plain
from fescue.cli.experiment import best_known, n_planned
from fescue.evaluation.live import Snapshot, Watcher
from fescue.evaluation.tables import samples_of, worse_than_best
from fescue.evaluation.verdict import judge

#: so many runs that go on are listed
_MOST = 16


def watch(
        folder: Annotated[Path, typer.Argument(help="The folder of an experiment.")] = Path(
            "results"),
        web: Annotated[bool, typer.Option(
            "--web", help="Show the report as a web page that refreshes itself.")] = False,
        port: Annotated[int, typer.Option(
            min=0, max=65535, help="The port of the page. [default: any]",
            show_default=False)] = 0,
        browser: Annotated[bool, typer.Option(
            "--browser", help="Open the page in a browser.")] = False,
        period: Annotated[float, typer.Option(
            min=0.1, help="Seconds between two looks at the folder.")] = 2.0,
        once: Annotated[bool, typer.Option(
            "--once", help="Look once, print, and end.")] = False) -> None:
    """Watch a running experiment: runs done, going on, failed, rate, time left.

    Files are read, nothing is written or locked: the runs do not notice. Ctrl-C ends watching, not
    the experiment.
    """
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is not a folder", param_hint="FOLDER")
    watcher = Watcher(folder, n_planned(folder))
    if web:
        _serve(watcher, folder, port, browser, period)
        return
    screen = console()
    if once:
        screen.print(_view(watcher.look()))
        return
    try:
        with Live(console=screen, auto_refresh=False, transient=False) as live:
            while True:
                snapshot = watcher.look()
                live.update(_view(snapshot), refresh=True)
                if snapshot.n_planned is not None and snapshot.n_over >= snapshot.n_planned:
                    break
                time.sleep(period)
    except KeyboardInterrupt:
        return


def _serve(watcher: Watcher, folder: Path, port: int, browser: bool, period: float) -> None:
    from fescue.evaluation.web import LivePage, serve  # which needs an extra

    screen = console()

    def announce(address: str) -> None:
        screen.print(f"watch {plain(folder)} at [bold]{plain(address)}[/bold] (Ctrl-C ends)",
                     soft_wrap=True, highlight=False)
        screen.file.flush()  # the address is wanted now, also in a pipe
        if browser:
            webbrowser.open(address)

    try:
        serve(LivePage(watcher, folder.resolve().name, best_known(folder) or None, period), port,
              announce=announce)
    except ImportError as error:
        raise typer.BadParameter(str(error), param_hint="--web") from error
    except KeyboardInterrupt:
        return


def _view(snapshot: Snapshot) -> Any:
    parts: list[Any] = [plain(snapshot.sentence())]
    if snapshot.n_planned:
        bar = ProgressBar(snapshot.n_planned, min(snapshot.n_over, snapshot.n_planned), width=60)
        parts.append(Padding(bar, (0, 0, 1, 0)))
    going = snapshot.open_runs()
    if len(going):
        table = Table(title="going on, or killed", title_justify="left", box=SIMPLE_HEAD,
                      pad_edge=False)
        for column in ("algorithm", "instance", "seed"):
            table.add_column(column)
        for column in ("FEs", "best so far", "seconds"):
            table.add_column(column, justify="right")
        for i in range(min(len(going), _MOST)):
            best = going["best_f"][i]
            table.add_row(
                plain(going["algorithm"][i]), plain(going["instance"][i]),
                hex(int(going["seed"][i])), f"{going['total_fes'][i]:,}",
                "" if np.isnan(best) else f"{best:.6g}",
                f"{going['total_time_millis'][i] / 1000:.1f}")
        parts.append(table)
        if len(going) > _MOST:
            parts.append(f"... and {len(going) - _MOST} more")
    ok = snapshot.runs.ok()
    if len(ok):
        samples = samples_of(ok)
        verdict = judge(samples, worse_than_best(samples))
        table = Table(title="so far", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        shown = verdict.table()
        for number, column in enumerate(shown.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in shown.rows[:_MOST]:
            table.add_row(*(f"[bold]{plain(cell.text)}[/bold]" if cell.is_best
                            else plain(cell.text) for cell in row))
        parts.append(table)
    return Group(*parts)
