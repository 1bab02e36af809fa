"""The command ``fescue``: run experiments, tune parameters, look at logs."""

import sys

import typer

from fescue.cli import bundle, look, replay, report, run, status, tune, watch
from fescue.cli._output import console, plain
from fescue.utils.errors import FescueError

#: the exit code of a wrong call
_WRONG = 2

app = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True,
    help="Budgeted, logged, replicable black-box optimization.")
app.command("run")(run.run)
app.command("status")(status.status)
app.command("retry")(status.retry)
app.command("tune")(tune.tune)
app.command("report")(report.report)
app.command("watch")(watch.watch)
app.command("replay")(replay.replay)
app.command("pack")(bundle.pack)
app.command("show")(look.show)
app.command("list")(look.list_)


def main() -> None:
    """Run the command; errors of the user's are told in one line."""
    try:
        app()
    except (FescueError, OSError) as error:
        console(stderr=True).print(f"[red]fescue:[/red] {plain(error)}", soft_wrap=True)
        sys.exit(_WRONG)
