"""Charts for web pages, as SVG: small, the same each time, with names on their curves."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite, log10
from typing import Final

import numpy as np

from fescue.evaluation.pictures import COLOURS

_WIDTH, _HEIGHT = 640.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 10.0, 10.0, 36.0
#: dashes of lines, for more curves than there are colours
_DASHES: Final = ("", "6 3", "2 2", "8 3 2 3")


@dataclass(frozen=True, slots=True)
class Line:
    """A step curve.

    Attributes:
        name: what it shows
        index: the number of its style
        x: its places, increasing
        y: its values from there on
        low: the lower edge of a band around it, ``None`` for no band
        high: the upper edge
    """

    name: str
    index: int
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None


def colour(index: int) -> str:
    """Return the colour of the curve with a number."""
    return COLOURS[index % len(COLOURS)]


def chart(lines: Sequence[Line], x_label: str, y_label: str, title: str) -> str:
    """Return a chart of curves over a logarithmic axis; scripts find scales in its attributes."""
    xs = np.concatenate([line.x for line in lines]) if lines else np.array([1.0, 10.0])
    ys = np.concatenate([edge for line in lines for edge in (line.y, line.low, line.high)
                         if edge is not None]) if lines else np.array([0.0, 1.0])
    xs, ys = xs[np.isfinite(xs) & (xs > 0)], ys[np.isfinite(ys)]
    x0, x1 = (float(xs.min()), float(xs.max())) if len(xs) else (1.0, 10.0)
    y0, y1 = (float(ys.min()), float(ys.max())) if len(ys) else (0.0, 1.0)
    x1 = x1 if x1 > x0 else 10 * x0
    margin = 0.03 * (y1 - y0) or abs(y1) * 0.05 or 1.0
    y0, y1 = y0 - margin, y1 + margin
    if not isfinite(y1 - y0):
        return ""

    def at_x(x: np.ndarray) -> np.ndarray:
        inside = np.log10(np.maximum(x, x0) / x0) / log10(x1 / x0)
        return np.asarray(_LEFT + (_WIDTH - _LEFT - _RIGHT) * np.minimum(inside, 1.0))

    def at_y(y: np.ndarray) -> np.ndarray:
        return np.asarray(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (y1 - np.clip(y, y0, y1)) / (y1 - y0))

    parts = [f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img" class="chart" '
             f'data-x="{x0:.6g} {x1:.6g} {_LEFT:g} {_WIDTH - _RIGHT:g}" '
             f'data-y="{y0:.10g} {y1:.10g} {_HEIGHT - _BOTTOM:g} {_TOP:g}">'
             f"<title>{escape(title)}</title>"]
    for value in _decades(x0, x1):
        x = float(at_x(np.array([value]))[0])
        parts.append(f'<path class="grid" d="M{x:.1f} {_TOP:g}V{_HEIGHT - _BOTTOM:g}"/>'
                     f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 14:g}" text-anchor="middle">'
                     f"{_power(value)}</text>")
    for value in _ticks(y0, y1):
        y = float(at_y(np.array([value]))[0])
        parts.append(f'<path class="grid" d="M{_LEFT:g} {y:.1f}H{_WIDTH - _RIGHT:g}"/>'
                     f'<text x="{_LEFT - 4:g}" y="{y + 4:.1f}" text-anchor="end">{value:.6g}'
                     "</text>")
    for line in lines:
        if line.low is not None and line.high is not None and len(line.x) > 1:
            edge = _steps(at_x(line.x), at_y(line.high)) + "L" + _steps(
                at_x(line.x), at_y(line.low), back=True)[1:]
            parts.append(f'<path class="band" fill="{colour(line.index)}" d="{edge}Z"/>')
    for line in lines:
        dash = _DASHES[line.index // len(COLOURS) % len(_DASHES)]
        if len(line.x):
            parts.append(
                f'<path class="line" stroke="{colour(line.index)}" '
                + (f'stroke-dasharray="{dash}" ' if dash else "")
                + f'data-name="{escape(line.name)}" d="{_steps(at_x(line.x), at_y(line.y))}"/>')
    parts.append(
        f'<text x="{(_WIDTH + _LEFT) / 2:g}" y="{_HEIGHT - 4:g}" text-anchor="middle">'
        f'{escape(x_label)}</text><text transform="translate(12 {_HEIGHT / 2 - 10:g}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label)}</text></svg>')
    return "".join(parts)


def _steps(x: np.ndarray, y: np.ndarray, back: bool = False) -> str:
    """Return the path of a step function, from its end if ``back``, without needless points."""
    keep = np.ones(len(x), bool)
    keep[1:-1] = np.abs(np.diff(y))[:-1] >= 0.05
    points = [(f"{a:.1f}", f"{b:.1f}") for a, b in zip(x[keep], y[keep], strict=True)]
    if back:
        steps = (f"V{b}H{a}" for a, b in points[-2::-1])
        return f"M{points[-1][0]} {points[-1][1]}{''.join(steps)}"
    first = f"M{points[0][0]} {points[0][1]}"
    return first + "".join(f"H{a}V{b}" for a, b in points[1:])


def _decades(low: float, high: float) -> list[float]:
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    step = max(1, (last - first) // 8 + 1)
    return [10.0 ** k for k in range(first, last + 1, step)]


def _power(value: float) -> str:
    exponent = round(log10(value))
    if 0 <= exponent <= 3:
        return f"{value:g}"
    return f'10<tspan dy="-4" font-size="8">{exponent}</tspan>'


def _ticks(low: float, high: float) -> list[float]:
    """Return about five round numbers between two.

    >>> _ticks(0.3, 9.7)
    [2.0, 4.0, 6.0, 8.0]
    """
    raw = (high - low) / 5
    unit = 10.0 ** floor(log10(raw))
    step = next(k * unit for k in (1, 2, 5, 10) if k * unit >= raw)
    return [float(f"{step * k:.12g}") for k in range(ceil(low / step), floor(high / step) + 1)]


def ranking(names: Sequence[str], ranks: np.ndarray, difference: float,
            groups: Sequence[tuple[int, int]]) -> str:
    """Return a critical-difference diagram; names and ranks are in the order of the ranks.

    Args:
        names: the algorithms, the best first
        ranks: their mean ranks, increasing
        difference: the critical difference
        groups: the first and last index of what does not differ significantly
    """
    k = len(names)
    margin = 60.0 + 6.2 * max(map(len, names))  # for the names on both sides
    left, right, row = margin, margin + 260.0, 16.0
    half = (k + 1) // 2
    top = 44.0 + 7 * len(groups)
    height = top + row * half + 10

    def at(rank: float) -> float:
        return left + (right - left) * (rank - 1) / max(k - 1, 1)

    parts = [f'<svg viewBox="0 0 {right + margin:g} {height:g}" role="img" class="ranks">'
             f'<title>Mean ranks</title><path d="M{left:g} 34H{right:g}" stroke="currentColor"/>']
    parts += [f'<path d="M{at(rank):.1f} 30V34" stroke="currentColor"/>'
              f'<text x="{at(rank):.1f}" y="26" text-anchor="middle">{rank}</text>'
              for rank in (range(1, k + 1) if k <= 12 else (1, k))]
    width = (right - left) * difference / max(k - 1, 1)
    if isfinite(width):
        end = min(left + width, right + margin)
        parts.append(f'<path d="M{left:g} 8H{end:.1f}" stroke="currentColor" stroke-width="2"/>'
                     f'<text x="{left - 4:g}" y="12" text-anchor="end">'
                     f"critical difference {difference:.2f}</text>")
    for level, (first, last) in enumerate(groups):
        bar = 41 + 7 * level
        parts.append(f'<path d="M{at(ranks[first]) - 3:.1f} {bar}H{at(ranks[last]) + 3:.1f}" '
                     f'stroke="{COLOURS[1]}" stroke-width="4"/>')
    for i, name in enumerate(names):
        is_left = i < half
        y = top + row * (i if is_left else k - 1 - i) + 8
        end, anchor, text = (left - 10, "end", left - 14) if is_left else (
            right + 10, "start", right + 14)
        parts.append(f'<path class="lead" d="M{at(ranks[i]):.1f} 34V{y:g}H{end:g}"/>'
                     f'<text x="{text:g}" y="{y + 4:g}" text-anchor="{anchor}">{escape(name)} '
                     f"({ranks[i]:.2f})</text>")
    return "".join([*parts, "</svg>"])
