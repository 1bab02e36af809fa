"""Pictures of runs with several objectives: their archives, and the volume that these dominate."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fescue.evaluation.curves import Step
from fescue.evaluation.log_reader import RunLog
from fescue.evaluation.pictures import axes, line_style
from fescue.kernels.volume import dominated_volume

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: the volume is computed after so many FEs at most, spread evenly among those that changed it
_MOST = 200


def plot_archives(logs: Sequence[RunLog], ax: "Axes | None" = None) -> "Axes":
    """Draw the archives of runs: the points that no other point of the run dominates.

    Args:
        logs: logs of runs with several objectives; the first two are drawn
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes

    Raises:
        ValueError: if a log has no archive
    """
    fronts = [_front(log) for log in logs]
    ax = axes(ax, 5.0, 4.0)
    for i, (log, front) in enumerate(zip(logs, fronts, strict=True)):
        front = front[np.argsort(front[:, 0], kind="stable")]
        if front.shape[1] == 2:
            ax.step(front[:, 0], front[:, 1], where="post", linewidth=0.8, **line_style(i))
        ax.scatter(front[:, 0], front[:, 1], 14, color=line_style(i)["color"], label=_name(log))
    ax.set(xlabel="f0", ylabel="f1", title=", ".join(sorted({
        log.setup.get("f.name", "") for log in logs})))
    ax.legend(frameon=False, fontsize="small")
    return ax


def plot_hypervolume(logs: Sequence[RunLog], reference: Any, ax: "Axes | None" = None) -> "Axes":
    """Draw the volume that the points found so far dominate, over FEs.

    Args:
        logs: logs of runs with several objectives that logged their improvements
        reference: the vector that bounds the volume
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes

    Raises:
        ValueError: if a log has no progress with as many objectives as the reference
        ImportError: if there are three objectives or more, and the package moocore is not installed
    """
    steps = [volume_over_fes(log, reference) for log in logs]
    ax = axes(ax)
    for i, (log, step) in enumerate(zip(logs, steps, strict=True)):
        ax.step([*step.at, log.total_fes], [*step.values, step.values[-1]], where="post",
                label=_name(log), **line_style(i))
    ax.set(xscale="log", xlabel="FEs", ylabel="hypervolume")
    ax.legend(frameon=False, fontsize="small")
    return ax


def volume_over_fes(log: RunLog, reference: Any) -> Step:
    """Return the volume that the points found so far dominate, after each FE that was logged.

    With many FEs, a part of them; the last one is among it.

    Raises:
        ValueError: if the log has no progress with as many objectives as the reference
        ImportError: if there are three objectives or more, and the package moocore is not installed
    """
    corner = np.array(reference, np.float64)
    rows = np.array([row for row in log.progress if len(row) == 3 + corner.size], np.float64)
    if corner.ndim != 1 or len(rows) == 0:
        raise ValueError(f"{log.path} has no progress with as many objectives as reference="
                         f"{np.asarray(reference).tolist()}.")
    ends = np.unique(np.linspace(0, len(rows) - 1, min(_MOST, len(rows))).round().astype(int))
    return Step(rows[ends, 0], np.array([dominated_volume(rows[:end + 1, 3:], corner)
                                         for end in ends]))


def _front(log: RunLog) -> np.ndarray:
    front = np.array(log.archive, np.float64)
    if front.ndim != 2 or front.shape[1] < 3:
        raise ValueError(f"{log.path} has no archive of a run with several objectives.")
    return front[:, 1:]


def _name(log: RunLog) -> str:
    return f"{log.setup.get('a.name', log.path.stem)}, seed {log.setup.get('p.randSeed', '?')}"
