"""Curves in a terminal."""

from collections.abc import Sequence
from math import inf, isfinite, log10

# the dots of a Braille character, by column and row
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_BLANK = 0x2800
_WIDEST = 100


def chart(points: Sequence[tuple[int | float, int | float]], end: int | float,
          width: int = 80, height: int = 10) -> str:
    """Return the best-so-far step curve of ``points`` as lines of text.

    Args:
        points: pairs of FE and objective value, FEs increasing from 1 or more
        end: the FE at which the curve ends; the horizontal axis is logarithmic
        width: the number of columns available, with the labels
        height: the number of lines of the curve

    >>> print(chart([(1, 4), (10, 2), (100, 0)], 1000, 30, 3))
    4 |⠉⠉⠉⠉⠉⠉⠉⠉⠉⡇⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀
      |⠀⠀⠀⠀⠀⠀⠀⠀⠀⠧⠤⠤⠤⠤⠤⠤⠤⢤⠀⠀⠀⠀⠀⠀⠀⠀⠀
    0 |⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⠀⢸⣀⣀⣀⣀⣀⣀⣀⣀⣀
      1                       1000
    """
    best: list[tuple[int | float, float]] = []
    for fe, f in points:
        value = _as_float(f)
        if isfinite(value) and (not best or value < best[-1][1]):
            best.append((fe, value))
    if not best:
        return "(no value that could be drawn)"
    high, low = best[0][1], best[-1][1]
    range_ = high / 2 - low / 2  # half of it, which is always finite
    labels = f"{high:.6g}", f"{low:.6g}"
    margin = max(map(len, labels))
    columns = max(10, min(_WIDEST, width) - margin - 2)
    cells = [[0] * columns for _ in range(height)]
    last_x, last_y = 2 * columns - 1, 4 * height - 1
    span = log10(max(end, best[-1][0], 2) / max(best[0][0], 1))

    def place(fe: int | float) -> int:
        return round(last_x * log10(max(fe, 1) / max(best[0][0], 1)) / span) if span > 0 else 0

    def level(f: int | float) -> int:
        return round(last_y * ((high / 2 - f / 2) / range_)) if range_ > 0 else last_y

    def dot(x: int, y: int) -> None:
        cells[y // 4][x // 2] |= _DOTS[x % 2][y % 4]

    for i, (fe, f) in enumerate(best):
        stop = place(best[i + 1][0]) if i + 1 < len(best) else last_x
        for x in range(place(fe), stop + 1):
            dot(x, level(f))
        if i + 1 < len(best):
            for y in range(level(f), level(best[i + 1][1])):
                dot(stop, y)
    lines = []
    for i, row in enumerate(cells):
        label = labels[0] if i == 0 else labels[1] if i == height - 1 else ""
        lines.append(f"{label:>{margin}} |" + "".join(chr(_BLANK + cell) for cell in row))
    first, final = f"{best[0][0]:g}", f"{end:g}"
    lines.append(" " * (margin + 1) + first + final.rjust(columns + 1 - len(first)))
    return "\n".join(lines)


def _as_float(f: int | float) -> float:
    try:
        return float(f)
    except OverflowError:  # an integer that no float can hold
        return inf if f > 0 else -inf
