"""Draws Gantt charts of schedules."""

from typing import TYPE_CHECKING, Any

import numpy as np

from fescue.problems.jssp.gantt import GanttSpace
from fescue.problems.jssp.instance import Instance

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_gantt(instance: Instance, chart: Any, ax: "Axes | None" = None) -> "Axes":
    """Draw a schedule: a bar for each operation, a row for each machine, a colour for each job.

    Args:
        instance: the instance
        chart: a schedule of it, of shape ``(machines, jobs, 3)``, or its text as in logs
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes

    Raises:
        ValueError: if ``chart`` is no schedule of the instance
        ImportError: if matplotlib is not installed; the text says how to get it
    """
    try:
        from matplotlib import colormaps
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("pictures need matplotlib: pip install 'fescue[plots]'") from error
    space = GanttSpace(instance)
    if isinstance(chart, str):
        chart = space.from_str(chart)
    else:
        space.validate(chart)
    if ax is None:
        height = 1.2 + 0.28 * instance.machines
        ax = Figure(figsize=(8.0, height), layout="constrained").add_subplot()
        ax.spines[["top", "right"]].set_visible(False)
    colours = colormaps["cividis"](np.linspace(0, 1, instance.jobs))
    end = int(np.max(chart[:, :, 2]))
    for machine, row in enumerate(chart.tolist()):
        for job, start, stop in row:
            ax.barh(machine, stop - start, left=start, height=0.8, color=colours[job],
                    edgecolor="white", linewidth=0.5)
            if stop - start > end / 60:
                is_dark = 2 * job < instance.jobs
                ax.text((start + stop) / 2, machine, str(job), fontsize=7,
                        color="white" if is_dark else "black",
                        horizontalalignment="center", verticalalignment="center")
    ax.axvline(end, color="#D55E00", linewidth=1)
    ax.set(xlabel="time", ylabel="machine", xlim=(0, 1.01 * end),
           ylim=(instance.machines - 0.4, -0.6),
           title=f"{instance}, makespan {end}")
    return ax
