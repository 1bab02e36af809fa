"""A bar and the best trials so far, in a terminal, while a study goes on."""

import sys
from typing import Any

from fescue.tuning.trials import Trial, TrialState

#: so many of the best trials are shown, with so many of their parameters
_BEST, _COLUMNS = 5, 6


class Progress:
    """Shows what a study has found; where there is no terminal, nothing.

    It is a callback, and to be used by ``with``.
    """

    def __init__(self, n_trials: int) -> None:
        """Create it.

        Args:
            n_trials: how many trials there will be
        """
        self._n_trials = n_trials
        self._best: list[Trial] = []
        self._others: dict[TrialState, int] = {}
        self._live: Any = None

    def __enter__(self) -> "Progress":
        """Begin to show."""
        from rich.console import Console
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        screen = Console(file=sys.stderr, emoji=False)
        if screen.is_terminal:
            self._bar = Bar(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
                TimeRemainingColumn(), console=screen)
            self._task = self._bar.add_task("tuning", total=self._n_trials)
            self._live = Live(console=screen, transient=True, refresh_per_second=4,
                              get_renderable=self._shown)
            self._live.__enter__()
        return self

    def __call__(self, trial: Trial) -> None:
        """Take note of a trial that has ended."""
        if self._live is None:
            return
        if trial.is_informative():
            self._best = sorted([*self._best, trial], key=lambda t: t.score)[:_BEST]
        if trial.state is not TrialState.COMPLETE:
            self._others[trial.state] = self._others.get(trial.state, 0) + 1
        self._bar.advance(self._task)

    def _shown(self) -> Any:
        from rich.console import Group
        from rich.markup import escape
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        if self._best:
            names = list(self._best[0].parameters)[:_COLUMNS]
            for name in ("trial", "score", *names):
                table.add_column(escape(name), justify="right")
            for trial in self._best:
                table.add_row(str(trial.number), f"{trial.score:.6g}", *(
                    escape(_short(trial.parameters.get(name, "-"))) for name in names))
        note = ", ".join(f"{n} {state}" for state, n in self._others.items())
        return Group(self._bar, table, note)

    def __exit__(self, *error: object) -> None:
        """End it, and leave nothing behind."""
        if self._live is not None:
            self._live.__exit__(None, None, None)


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)[:20]
