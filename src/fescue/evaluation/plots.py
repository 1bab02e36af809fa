"""Pictures of experiments: progress, distributions, results, rankings. Each returns its axes."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fescue.evaluation.curves import (
    Step,
    band,
    by_algorithm,
    ecdf,
    ert_curve,
    ert_ecdf,
    targets_of,
)
from fescue.evaluation.pictures import COLOURS, axes, line_style
from fescue.evaluation.progress import Curve, read_progress
from fescue.evaluation.runs import Runs
from fescue.evaluation.statistics import over_parameter, summarize
from fescue.evaluation.tests import Ranking

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_Targets = Mapping[str, np.ndarray | Sequence[float] | float]


def plot_progress(runs: Runs, ax: "Axes | None" = None, *, unit: str = "FEs",
                  curves: Sequence[Curve] | None = None, log_f: bool = False) -> "Axes":
    """Draw the median of the best objective value so far, with a band of quartiles.

    Args:
        runs: runs on one instance; a curve for each algorithm
        ax: where to draw, ``None`` for a new figure
        unit: of the horizontal axis, which is logarithmic: ``FEs`` or ``ms``
        curves: the curves of the runs, if they have been read already
        log_f: whether the vertical axis is logarithmic as well

    Returns:
        the axes

    Raises:
        ValueError: if there is no run with a result
    """
    groups = _groups(runs, curves)
    ax = axes(ax)
    for i, (name, group) in enumerate(groups.items()):
        found = band(group, unit)
        style = line_style(i)
        ax.fill_between(found.at, found.low, found.high, step="post", alpha=0.15, linewidth=0,
                        color=style["color"])
        ax.step(found.at, found.middle, where="post", label=name, **style)
    ax.set(xscale="log", xlabel=unit, ylabel="best f: median and quartiles",
           yscale="log" if log_f else "linear", title=", ".join(_distinct(runs, "instance")))
    ax.legend(frameon=False, fontsize="small")
    return ax


def plot_ecdf(runs: Runs, ax: "Axes | None" = None, *, targets: _Targets | None = None,
              curves: Sequence[Curve] | None = None) -> "Axes":
    """Draw which part of all pairs of a run and a target is reached after how many FEs.

    Args:
        runs: the runs, on any instances; a curve for each algorithm
        ax: where to draw, ``None`` for a new figure
        targets: for each instance the objective values to be reached, by default 51 down to the
            best one found
        curves: the curves of the runs, if they have been read already

    Returns:
        the axes

    Raises:
        ValueError: if there is no run with a result
    """
    return _plot_steps(runs, ax, targets, curves, ecdf, "part of (run, target) pairs reached")


def plot_ert_ecdf(runs: Runs, ax: "Axes | None" = None, *, targets: _Targets | None = None,
                  curves: Sequence[Curve] | None = None) -> "Axes":
    """Draw which part of the targets has an expected running time of at most so many FEs.

    Args:
        runs: the runs, on any instances; a curve for each algorithm
        ax: where to draw, ``None`` for a new figure
        targets: for each instance the objective values to be reached, by default 51 down to the
            best one found
        curves: the curves of the runs, if they have been read already

    Returns:
        the axes

    Raises:
        ValueError: if there is no run with a result
    """
    return _plot_steps(runs, ax, targets, curves, ert_ecdf, "part of targets with such an ERT")


def _plot_steps(runs: Runs, ax: "Axes | None", targets: _Targets | None,
                curves: Sequence[Curve] | None, distribution: Callable[..., Step],
                label: str) -> "Axes":
    groups = _groups(runs, curves)
    ax = axes(ax)
    targets = targets_of(runs) if targets is None else targets
    end = float(runs["total_fes"].max())
    for i, (name, group) in enumerate(groups.items()):
        steps = distribution(runs, group, targets)
        last = max(end, float(steps.at[-1])) if len(steps.at) else end
        values = steps.values if len(steps.at) else np.zeros(0)
        ax.step([1, *steps.at, last], [0, *values, values[-1] if len(values) else 0],
                where="post", label=name, **line_style(i))
    ax.set(xscale="log", xlabel="FEs", ylabel=label, ylim=(0, 1.02))
    ax.legend(frameon=False, fontsize="small")
    return ax


def plot_ert(runs: Runs, ax: "Axes | None" = None, *, unit: str = "FEs",
             curves: Sequence[Curve] | None = None) -> "Axes":
    """Draw the expected running time until an objective value is reached, over that value.

    Args:
        runs: runs on one instance; a curve for each algorithm
        ax: where to draw, ``None`` for a new figure
        unit: ``FEs`` or ``ms``
        curves: the curves of the runs, if they have been read already

    Returns:
        the axes

    Raises:
        ValueError: if there is no run with a result
    """
    groups = _groups(runs, curves)
    ax = axes(ax)
    for i, (name, group) in enumerate(groups.items()):
        found = ert_curve(group, unit)
        ax.step(found.at, found.values, where="pre", label=name, **line_style(i))
    ax.set(yscale="log", xlabel="objective value to be reached", ylabel=f"ERT in {unit}",
           title=", ".join(_distinct(runs, "instance")))
    ax.invert_xaxis()
    ax.legend(frameon=False, fontsize="small")
    return ax


def plot_results(runs: Runs, ax: "Axes | None" = None, *, scaled: bool = False) -> "Axes":
    """Draw the best objective values of all runs: violins with medians, side by side.

    Args:
        runs: the runs; a group of violins for each instance, a violin for each algorithm
        ax: where to draw, ``None`` for a new figure
        scaled: whether values are divided by the goal in the log, which must be positive

    Returns:
        the axes

    Raises:
        ValueError: if there is no run with a result, or no goal to scale by
    """
    runs = runs.ok()
    if len(runs) == 0:
        raise ValueError("runs has no run with a result.")
    values = runs["best_f"]
    if scaled:
        if not (runs["goal_f"] > 0).all():
            raise ValueError("scaled=True needs runs with a positive goal.")
        values = values / runs["goal_f"]
    instances, algorithms = _distinct(runs, "instance"), _distinct(runs, "algorithm")
    ax = axes(ax, max(6.4, 0.35 * len(instances) * len(algorithms)))
    step = 1 / (len(algorithms) + 1)
    for key, rows in runs.groups("algorithm", "instance"):
        i = algorithms.index(key[0])
        x = instances.index(key[1]) + (i + 0.5 - len(algorithms) / 2) * step
        style = line_style(i)["color"]
        if np.ptp(values[rows]) > 0:
            for body in ax.violinplot([values[rows]], [x], widths=0.9 * step, showextrema=False,
                                      )["bodies"]:  # type: ignore[attr-defined]
                body.set_facecolor(style)
                body.set_alpha(0.35)
        ax.scatter(np.full(len(rows), x), values[rows], 4, color=style, linewidths=0, zorder=2)
        ax.hlines(float(np.median(values[rows])), x - 0.4 * step, x + 0.4 * step, color=style,
                  linewidth=2)
    for i, name in enumerate(algorithms):
        ax.plot([], [], linewidth=2, color=line_style(i)["color"], label=name)
    ax.set_xticks(range(len(instances)), instances)
    ax.set_ylabel("best f / goal" if scaled else "best f")
    ax.legend(frameon=False, fontsize="small")
    return ax


def plot_over_parameter(runs: Runs, key: str, ax: "Axes | None" = None, *,
                        statistic: Callable[[Any], float] | None = None) -> "Axes":
    """Draw how a statistic depends on a number in the setups, one curve for each instance.

    Args:
        runs: the runs
        key: the key of the number, such as ``a.mu``
        ax: where to draw, ``None`` for a new figure
        statistic: takes a :class:`~fescue.evaluation.statistics.Summary`, by default its mean best
            objective value

    Returns:
        the axes

    Raises:
        ValueError: if no run has such a number
    """
    points: dict[str, list[tuple[float, float]]] = {}
    for value, group in over_parameter(runs, key).items():
        for summary in summarize(group, ("instance",)):
            y = summary.best_f.mean if statistic is None else statistic(summary)
            points.setdefault(summary.instance, []).append((value, y))
    ax = axes(ax)
    for i, (instance, pairs) in enumerate(sorted(points.items())):
        ax.plot(*zip(*pairs, strict=True), marker="o", markersize=3, label=instance,
                **line_style(i))
    ax.set(xlabel=key, ylabel="mean best f" if statistic is None else "")
    ax.legend(frameon=False, fontsize="small")
    return ax


def plot_ranking(ranking: Ranking, ax: "Axes | None" = None) -> "Axes":
    """Draw a critical-difference diagram: mean ranks, and bars over what does not differ.

    Args:
        ranking: by :func:`~fescue.evaluation.tests.friedman`
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes

    Source: J. Demsar: Statistical Comparisons of Classifiers over Multiple Data Sets. JMLR 7, 2006.
    """
    k = len(ranking.algorithms)
    order = np.argsort(ranking.ranks, kind="stable")
    ranks = ranking.ranks[order]
    ax = axes(ax, 7.0, 1.4 + 0.22 * k)
    groups = alike(ranks, ranking.critical_difference)
    top = 0.35 * len(groups)
    for level, (first, last) in enumerate(groups):
        y = -0.35 * (level + 1)
        ax.plot([ranks[first] - 0.03, ranks[last] + 0.03], [y, y], color=COLOURS[1], linewidth=4,
                solid_capstyle="butt")
    for i, index in enumerate(order):
        is_left = i < (k + 1) // 2
        y = -top - 0.5 * ((i if is_left else k - 1 - i) + 1)
        end = 0.85 if is_left else k + 0.15
        ax.plot([ranks[i], ranks[i], end], [0, y, y], color="black", linewidth=0.8)
        ax.text(end, y, f" {ranking.algorithms[index]} ({ranks[i]:.2f}) ", fontsize=9,
                horizontalalignment="right" if is_left else "left", verticalalignment="center")
    if k > 1:
        ax.plot([1, 1 + ranking.critical_difference], [0.8, 0.8], color="black", linewidth=1.5)
        ax.text(1, 1.0, f"critical difference {ranking.critical_difference:.2f}", fontsize=8)
    ax.set_xlim(0.5, k + 0.5)
    ax.set_ylim(-top - 0.5 * ((k + 1) // 2) - 0.3, 1.5)
    ax.set_yticks([])
    ax.spines[["left", "right", "bottom", "top"]].set_visible(False)
    ax.axhline(0, (0.5) / k, (k - 0.5) / k, color="black", linewidth=1)
    ax.set_xticks(range(1, k + 1))
    ax.xaxis.set_ticks_position("top")
    ax.tick_params(axis="x", length=0)
    ax.set_title(f"mean ranks over {ranking.n_instances} instances, "
                 f"Friedman p = {ranking.p_value:.2g}", fontsize="medium")
    return ax


def alike(ranks: np.ndarray, difference: float) -> list[tuple[int, int]]:
    """Return the first and last index of each longest run of ranks without a critical difference.

    >>> alike(np.array([1.0, 1.5, 2.5, 2.6]), 1.05)
    [(0, 1), (1, 2), (2, 3)]
    """
    found: list[tuple[int, int]] = []
    for first in range(len(ranks)):
        last = int(np.flatnonzero(ranks <= ranks[first] + difference)[-1]) if len(ranks) > 1 else 0
        if last > first and (not found or last > found[-1][1]):
            found.append((first, last))
    return found


def _groups(runs: Runs, curves: Sequence[Curve] | None) -> dict[str, list[Curve]]:
    groups = by_algorithm(runs, read_progress(runs) if curves is None else curves)
    if not groups:
        raise ValueError("runs has no run with a result.")
    return groups


def _distinct(runs: Runs, name: str) -> list[str]:
    return sorted(set(map(str, runs.ok()[name])))
