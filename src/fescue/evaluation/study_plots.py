"""Pictures of studies: the best so far, settings, which parameters matter, the front."""

from math import log10
from typing import TYPE_CHECKING, Final

import numpy as np

from fescue.evaluation.importance import parameter_importance
from fescue.evaluation.pictures import COLOURS, GREY, axes
from fescue.evaluation.study import StudyLog, StudyParameter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: so many settings are drawn, the best and some of the others: more are a grey area
_MOST: Final = 300


def plot_incumbent(study: StudyLog, ax: "Axes | None" = None) -> "Axes":
    """Draw the score of each trial and the best so far over the number of trials.

    Trials without a score are drawn as crosses on the lower edge.

    Args:
        study: the study
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes
    """
    ax = axes(ax)
    scores = np.array([trial.score for trial in study.trials])
    numbers = np.arange(1, len(scores) + 1)
    has = np.isfinite(scores)
    ax.scatter(numbers[has], scores[has], 12, color=GREY, label="trial", zorder=1)
    if has.any():
        best = np.fmin.accumulate(np.where(has, scores, np.inf))
        known = np.isfinite(best)
        ax.step(numbers[known], best[known], where="post", color=COLOURS[0], label="best so far")
    if not has.all():
        ax.plot(numbers[~has], np.zeros(int((~has).sum())), "x", markersize=5, color=COLOURS[1],
                label="pruned or failed", transform=ax.get_xaxis_transform(), clip_on=False)
    if has.any() and scores[has].min() > 0 and scores[has].max() > 100 * scores[has].min():
        ax.set_yscale("log")
    ax.set(xlabel="trials", ylabel=study.objective, title=f"{study.objective}, {study.strategy}")
    ax.legend(frameon=False)
    return ax


def plot_settings(study: StudyLog, ax: "Axes | None" = None) -> "Axes":
    """Draw each setting as a line over its parameters and its score: parallel coordinates.

    The better, the darker; a parameter that a setting does not have interrupts its line.

    Args:
        study: the study
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes
    """
    ax = axes(ax, height=4.2)
    trials = sorted(study.complete(), key=lambda trial: -trial.score)
    if len(trials) > _MOST:
        half = _MOST // 2
        trials = [*trials[:-half:len(trials) // half], *trials[-half:]]
    scores = np.array([trial.score for trial in trials])
    if len(trials) > 0:
        low, high = scores.min(), scores.max()
        ranks = np.linspace(0, 1, len(trials))
        places = (scores - low) / (high - low) if high > low else np.zeros(len(trials))
        for trial, rank, place in zip(trials, ranks, places, strict=True):
            ys = [p.position(trial.setting.get(p.name)) for p in study.parameters]
            ax.plot([*ys, place], color=_shade(rank), linewidth=0.6 + 0.8 * rank, zorder=rank)
        ends = f"{low:.4g}", f"{high:.4g}"
    else:
        ends = "", ""
    last = len(study.parameters)
    for i, parameter in enumerate(study.parameters):
        ax.axvline(i, color="black", linewidth=0.6, zorder=2)
        for place, text in _marks(parameter):
            ax.text(i + 0.02, place, text, fontsize=7, zorder=3, verticalalignment="center",
                    bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.5})
    ax.axvline(last, color="black", linewidth=0.6)
    ax.set_yticks([])
    twin = ax.secondary_yaxis("right")
    twin.set_yticks([0, 1], ends)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    twin.spines["right"].set_visible(False)
    ax.set_xticks(range(last + 1), [p.name for p in study.parameters] + [study.objective])
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.02 * (last + 1), last)
    ax.set_title(f"{len(trials)} of {len(study.trials)} settings, the darker the better")
    return ax


def plot_importance(study: StudyLog, ax: "Axes | None" = None) -> "Axes":
    """Draw how much each parameter matters, by :func:`fescue.evaluation.parameter_importance`.

    Args:
        study: the study
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes

    Raises:
        ValueError: if fewer than ten trials are complete
    """
    found = parameter_importance(study)
    ax = axes(ax, height=1.2 + 0.3 * len(found))
    bars = ax.barh(list(found), list(found.values()), color=COLOURS[0])
    ax.bar_label(bars, [f"{100 * value:.0f} %" for value in found.values()], padding=3)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1.1 * max(found.values())),
           xlabel=f"share in what makes {study.objective} good")
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    return ax


def plot_front(study: StudyLog, ax: "Axes | None" = None) -> "Axes":
    """Draw the first two objectives of each trial, and the trials that no other dominates.

    Args:
        study: a study with several objectives
        ax: where to draw, ``None`` for a new figure

    Returns:
        the axes

    Raises:
        ValueError: if the study has a single objective
    """
    points = np.array([trial.scores for trial in study.complete() if len(trial.scores) > 1])
    if len(points) == 0:
        raise ValueError(f"{study.path} has no trial with several objectives.")
    ax = axes(ax, 5.0, 4.0)
    is_front = np.array([not ((points <= p).all(axis=1) & (points < p).any(axis=1)).any()
                         for p in points])
    front = points[is_front][np.argsort(points[is_front][:, 0], kind="stable")]
    ax.scatter(points[~is_front, 0], points[~is_front, 1], 12, color=GREY, label="dominated")
    if points.shape[1] == 2:
        ax.step(*front.T, where="post", color=COLOURS[0], linewidth=1)
    ax.scatter(front[:, 0], front[:, 1], 20, color=COLOURS[0], label="not dominated", zorder=2)
    ax.set(xlabel="objective 1", ylabel="objective 2", title=study.objective)
    ax.legend(frameon=False)
    return ax


def _shade(rank: float) -> tuple[float, float, float]:
    """Return a blue, the darker the nearer to 1."""
    light, dark = np.array([0.84, 0.88, 0.92]), np.array([0.0, 0.25, 0.45])
    red, green, blue = light + rank ** 2 * (dark - light)
    return float(red), float(green), float(blue)


def _marks(parameter: StudyParameter) -> list[tuple[float, str]]:
    """Return the places on the axis of a parameter, and what to write there."""
    if parameter.choices:
        return [(parameter.position(choice), choice[:16]) for choice in parameter.choices]
    values = [parameter.low, parameter.high]
    if parameter.is_log and parameter.low > 0:
        first, end = int(np.ceil(log10(parameter.low))), int(np.floor(log10(parameter.high)))
        values += [10.0 ** k for k in range(first, end + 1)][:6]
    return [(parameter.position(value), f"{value:.4g}") for value in sorted(set(values))]
