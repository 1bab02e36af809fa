"""Pictures and tables of records, under the names that ``moptipy.evaluation`` has for them.

What there decides about fonts, colours and widths is not taken: pictures look like all of fescue's.
"""

from collections.abc import Callable, Iterable, Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from fescue.compat import end_results, end_statistics
from fescue.compat.ecdf import Ecdf, goal_to_str
from fescue.compat.end_results import EndResult
from fescue.compat.end_statistics import EndStatistics
from fescue.compat.ert import Ert
from fescue.compat.progress import Progress
from fescue.compat.stat_run import StatRun
from fescue.evaluation.pictures import axes, line_style
from fescue.evaluation.tables import Cell, Table, number
from fescue.evaluation.tests import bonferroni, mann_whitney

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FORMATS: Final = {"md": Table.to_markdown, "tex": Table.to_latex, "html": Table.to_html,
                   "csv": Table.to_csv}


class AxisRanger:
    """The range and the scale of an axis.

    Args:
        chosen_min: its lower end, ``None`` for that of the data
        chosen_max: its upper end, likewise
        use_data_min: whether it begins with the data if nothing was chosen
        use_data_max: whether it ends with the data likewise
        log_scale: whether it is logarithmic
        log_base: the base, ``None`` for ten
    """

    def __init__(self, chosen_min: float | None = None, chosen_max: float | None = None,
                 use_data_min: bool = True, use_data_max: bool = True, log_scale: bool = False,
                 log_base: float | None = None) -> None:
        if chosen_min is not None and chosen_max is not None and chosen_min >= chosen_max:
            raise ValueError(f"chosen_min={chosen_min} must be less than chosen_max={chosen_max}.")
        if log_scale and chosen_min is not None and chosen_min <= 0:
            raise ValueError(f"chosen_min={chosen_min} must be positive on a logarithmic axis.")
        self._chosen = chosen_min, chosen_max
        self._use = use_data_min, use_data_max
        self.log_scale = log_scale
        self.log_base = log_base
        self._low, self._high = inf, -inf

    def register_array(self, data: Any) -> None:
        """Take note of numbers; those that are not finite do not count."""
        values = np.asarray(data, np.float64)
        values = values[np.isfinite(values) & ((values > 0) | (not self.log_scale))]
        if len(values):
            self._low = min(self._low, float(values.min()))
            self._high = max(self._high, float(values.max()))

    def register_value(self, value: float) -> None:
        """Take note of a number."""
        self.register_array([value])

    def apply(self, ax: "Axes", which_axis: str = "both") -> None:
        """Set range and scale of ``x``, ``y`` or ``both`` axes.

        Raises:
            ValueError: for another axis
        """
        if which_axis not in ("x", "y", "both"):
            raise ValueError(f"which_axis={which_axis!r} is invalid, must be x, y or both.")
        ends = [chosen if chosen is not None else data if use and abs(data) < inf else None
                for chosen, data, use in zip(self._chosen, (self._low, self._high), self._use,
                                             strict=True)]
        for name in "xy" if which_axis == "both" else which_axis:
            if self.log_scale:
                getattr(ax, f"set_{name}scale")("log", base=self.log_base or 10)
            getattr(ax, f"set_{name}lim")(*ends)

    @staticmethod
    def for_axis(name: str) -> "AxisRanger":
        """Return what suits the values of a name, such as ``FEs`` or ``plainF``."""
        if name in ("FEs", "ms", "lastImprovementFE", "lastImprovementTimeMillis", "totalFEs",
                    "totalTimeMillis", "ertFEs", "ertTimeMillis") or name.startswith("ert["):
            return AxisRanger(log_scale=True)
        if name == "ecdf":
            return AxisRanger(0.0, 1.0)
        return AxisRanger()


class Styler:
    """Gives objects of the same kind the same colour and dashes, and a place in the legend.

    Args:
        key_func: tells what an object's kind is
        namer: tells the name of a kind
        none_name: the name if there is no kind
        name_sort_function: sorts the names, ``None`` for the order of the alphabet
    """

    def __init__(self, key_func: Callable[[Any], Any] = lambda one: one,
                 namer: Callable[[Any], str] = str, none_name: str = "None",
                 name_sort_function: Callable[[str], Any] | None = None) -> None:
        self._key, self._namer, self._none = key_func, namer, none_name
        self._sort = name_sort_function
        self._names: dict[Any, str] = {}
        #: the kinds, in the order of their names, after :meth:`finalize`
        self.keys: tuple[Any, ...] = ()

    def add(self, obj: Any) -> None:
        """Take note of an object."""
        key = self._key(obj)
        self._names[key] = self._none if key is None else self._namer(key)

    def finalize(self) -> None:
        """Give each kind its style."""
        self.keys = tuple(sorted(self._names, key=lambda key: (
            self._names[key] if self._sort is None else self._sort(self._names[key]))))

    def style(self, obj: Any) -> dict[str, Any]:
        """Return colour, dashes and label of an object.

        Raises:
            ValueError: if its kind was not there at :meth:`finalize`
        """
        index = self.keys.index(self._key(obj))
        return {**line_style(index), "label": self._names[self.keys[index]]}


_Axis = AxisRanger | Callable[[str], AxisRanger]


def _figure(figure: Any) -> "Axes":
    """Return the axes to draw into: those given, or new ones in the figure that is given."""
    if figure is None or hasattr(figure, "set_xlabel"):
        return axes(figure)
    ax: Axes = figure.add_subplot()
    return ax


def _lines(figure: Any, lines: Sequence[tuple[str, np.ndarray, np.ndarray]], names: tuple[str, str],
           x_axis: _Axis, y_axis: _Axis, legend: bool, labels: tuple[Any, Any]) -> "Axes":
    ax = _figure(figure)
    rangers = [axis(name) if callable(axis) else axis
               for axis, name in zip((x_axis, y_axis), names, strict=True)]
    for i, (label, x, y) in enumerate(lines):
        rangers[0].register_array(x)
        rangers[1].register_array(y)
        known = np.isfinite(x) & np.isfinite(y)
        ax.step(x[known], y[known], where="post", label=label, **line_style(i))
    for ranger, which in zip(rangers, "xy", strict=True):
        ranger.apply(ax, which)
    for which, label, name in zip("xy", labels, names, strict=True):
        getattr(ax, f"set_{which}label")(label(name) if callable(label) else label or "")
    if legend:
        ax.legend(frameon=False, fontsize="small")
    return ax


def _label(one: Any, *more: str) -> str:
    parts = (getattr(one, "algorithm", None), getattr(one, "instance", None), *more)
    return ", ".join(str(part) for part in parts if part) or "all"


def plot_progress(progresses: Iterable[Progress | StatRun], figure: Any = None,
                  x_axis: _Axis = AxisRanger.for_axis, y_axis: _Axis = AxisRanger.for_axis,
                  legend: bool = True, x_label: Any = str, y_label: Any = str) -> "Axes":
    """Draw progress, or statistics over it, and return the axes."""
    found = list(progresses)
    lines = [(_label(one, one.stat_name), one.stat[:, 0], one.stat[:, 1])
             if isinstance(one, StatRun) else (_label(one), one.time, one.f) for one in found]
    return _lines(figure, lines, _names(found), x_axis, y_axis, legend, (x_label, y_label))


def _names(found: Sequence[Any]) -> tuple[str, str]:
    if not found:
        raise ValueError("there is nothing to draw.")
    return found[0].time_unit, found[0].f_name


def plot_ert(erts: Iterable[Ert], figure: Any = None, x_axis: _Axis = AxisRanger.for_axis,
             y_axis: _Axis = AxisRanger.for_axis, legend: bool = True, x_label: Any = str,
             y_label: Any = str) -> "Axes":
    """Draw expected running times over objective values, and return the axes."""
    found = list(erts)
    unit, f_name = _names(found)
    return _lines(figure, [(_label(one), one.ert[:, 0], one.ert[:, 1]) for one in found],
                  (f_name, f"ert[{unit}]"), x_axis, y_axis, legend, (x_label, y_label))


def plot_ecdf(ecdfs: Iterable[Ecdf], figure: Any = None, x_axis: _Axis = AxisRanger.for_axis,
              y_axis: _Axis = AxisRanger.for_axis, legend: bool = True, x_label: Any = str,
              y_label: Any = str) -> "Axes":
    """Draw distributions, and return the axes."""
    found = list(ecdfs)
    _names(found)
    lines = [(_label(one, goal_to_str(one.goal_f)), one.ecdf[:, 0], one.ecdf[:, 1])
             for one in found]
    return _lines(figure, lines, (found[0].time_label(), "ecdf"), x_axis, y_axis, legend,
                  (x_label, y_label))


def plot_end_results(end_results_: Iterable[EndResult], figure: Any = None,
                     dimension: str = "scaledF", y_axis: _Axis = AxisRanger.for_axis,
                     legend: bool = True, x_label: Any = None, y_label: Any = str) -> "Axes":
    """Draw a dimension of end results as violins for each instance, and return the axes."""
    get = end_results.getter(dimension)
    groups: dict[tuple[str, str], list[float]] = {}
    for one in end_results_:
        value = get(one)
        if value is None:
            raise ValueError(f"dimension={dimension!r} has no value for {one.path_to_file('.')}.")
        groups.setdefault((one.instance, one.algorithm), []).append(value)
    if not groups:
        raise ValueError("there is nothing to draw.")
    instances, algorithms = ({key[i]: None for key in sorted(groups)} for i in (0, 1))
    ax, ranger = _figure(figure), y_axis(dimension) if callable(y_axis) else y_axis
    step = 1 / (len(algorithms) + 1)
    for (instance, algorithm), values in groups.items():
        i = list(algorithms).index(algorithm)
        x = list(instances).index(instance) + (i + 0.5 - len(algorithms) / 2) * step
        ranger.register_array(values)
        ax.plot([x] * len(values), values, ".", markersize=3, color=line_style(i)["color"])
        if max(values) > min(values):
            ax.violinplot([values], [x], widths=0.9 * step, showmedians=True)
    for i, algorithm in enumerate(algorithms):
        ax.plot([], [], color=line_style(i)["color"], label=algorithm)
    ranger.apply(ax, "y")
    ax.set_xticks(range(len(instances)), list(instances))
    ax.set(xlabel=x_label or "", ylabel=y_label(dimension) if callable(y_label) else y_label)
    if legend:
        ax.legend(frameon=False, fontsize="small")
    return ax


def plot_end_statistics_over_param(
        data: Iterable[EndStatistics], figure: Any = None,
        x_getter: Callable[[EndStatistics], Any] = lambda one: one.n, y_dim: str = "scaledF.geom",
        x_axis: _Axis = AxisRanger.for_axis, y_axis: _Axis = AxisRanger.for_axis,
        legend: bool = True, x_label: Any = None, y_label: Any = str) -> "Axes":
    """Draw a statistic over a parameter, a curve for each instance and algorithm."""
    get = end_statistics.getter(y_dim)
    groups: dict[str, list[tuple[float, float]]] = {}
    for one in data:
        groups.setdefault(_label(one), []).append((x_getter(one), get(one)))
    lines = []
    for name, points in sorted(groups.items()):
        points.sort()
        lines.append((name, np.array([x for x, _ in points]), np.array([y for _, y in points])))
    if not lines:
        raise ValueError("there is nothing to draw.")
    return _lines(figure, lines, ("", y_dim), x_axis, y_axis, legend, (x_label, y_label))


def tabulate_end_results(
        end_results_: Iterable[EndResult], file_name: str = "table", dir_name: str = ".",
        algorithm_instance_statistics: Iterable[str] = (
            "bestF.min", "bestF.mean", "bestF.sd", "bestFscaled.mean", "lastImprovementFE.mean",
            "lastImprovementTimeMillis.mean"),
        algorithm_summary_statistics: Iterable[str | None] | None = (
            "bestFscaled.min", "bestFscaled.geom", "bestFscaled.max", "bestFscaled.sd",
            "lastImprovementFE.mean", "lastImprovementTimeMillis.mean"),
        text_format: str = "md") -> Path:
    """Write a table of statistics for each instance and algorithm, then a summary; return its path.

    Args:
        end_results_: the end results
        file_name: the name of the file, without its suffix
        dir_name: its folder
        algorithm_instance_statistics: the columns
        algorithm_summary_statistics: those of the summary, ``None`` for no summary
        text_format: ``md``, ``tex``, ``html`` or ``csv``

    Raises:
        ValueError: if there is no end result, or no such column or format
    """
    results = list(end_results_)
    columns = list(algorithm_instance_statistics)
    rows = _ranked(list(end_statistics.from_end_results(results)), columns, "instance")
    if algorithm_summary_statistics is not None:
        summary = list(end_statistics.from_end_results(results, join_all_instances=True))
        rows += _ranked(summary, [c or "" for c in algorithm_summary_statistics], "")
    return _write(Table(("instance", "setup", *columns), tuple(rows)), file_name, dir_name,
                  text_format)


def tabulate_end_stats(
        data: Iterable[EndStatistics], columns: Iterable[str] = (
            "n", "bestF.min", "bestF.med", "bestF.mean", "bestF.sd", "ertFEs"),
        file_name: str = "stats", dir_name: str = ".", text_format: str = "md") -> Path:
    """Write a table of statistics, a row for each record; return its path.

    Args:
        data: the statistics
        columns: the columns, as :func:`fescue.compat.end_statistics.getter` knows them
        file_name: the name of the file, without its suffix
        dir_name: its folder
        text_format: ``md``, ``tex``, ``html`` or ``csv``

    Raises:
        ValueError: if there are no statistics, or no such column or format
    """
    names = list(columns)
    return _write(Table(("instance", "setup", *names), tuple(
        _ranked(list(data), names, "instance"))), file_name, dir_name, text_format)


def _ranked(data: Sequence[EndStatistics], columns: Sequence[str],
            by: str) -> list[tuple[Cell, ...]]:
    """Return a row for each record; the best of each column among equal instances is bold."""
    if not data:
        raise ValueError("there is no end result.")
    values = [[end_statistics.getter(c)(one) if c else None for c in columns] for one in data]
    rows = []
    for one, mine in zip(data, values, strict=True):
        place = getattr(one, by) if by else "summary"
        cells = []
        for i, value in enumerate(mine):
            if value is None:
                cells.append(Cell(""))
                continue
            best = min(float(it) for two, other in zip(data, values, strict=True)
                       if (not by or getattr(two, by) == place) and (it := other[i]) is not None)
            shown = number(float(value))
            cells.append(Cell(shown.text, shown.value, float(value) == best))
        rows.append((Cell(place or "all"), Cell(one.algorithm or "all"), *cells))
    return rows


def tabulate_result_tests(end_results_: Iterable[EndResult], file_name: str = "tests",
                          dir_name: str = ".", alpha: float = 0.02,
                          text_format: str = "md") -> Path:
    """Write a table of Mann-Whitney U tests of all pairs of algorithms; return its path.

    A cell has the p-value of a pair on an instance and which side is better; ``?`` if the p-value
    is not below ``alpha`` after Bonferroni's correction for all tests of the table.

    Args:
        end_results_: the end results
        file_name: the name of the file, without its suffix
        dir_name: its folder
        alpha: the level of significance
        text_format: ``md``, ``tex``, ``html`` or ``csv``

    Raises:
        ValueError: if there are fewer than two algorithms
    """
    groups: dict[str, dict[str, list[float]]] = {}
    for one in end_results_:
        groups.setdefault(one.instance, {}).setdefault(one.algorithm, []).append(one.best_f)
    names = sorted({name for group in groups.values() for name in group})
    if len(names) < 2:
        raise ValueError(f"tests need at least two algorithms, but there are {names}.")
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1:]]
    done = {(instance, pair): mann_whitney(group[pair[0]], group[pair[1]])
            for instance, group in groups.items() for pair in pairs
            if pair[0] in group and pair[1] in group}
    adjusted = dict(zip(done, bonferroni(list(done.values())), strict=True))
    rows = []
    for instance, group in sorted(groups.items()):
        cells = [Cell(instance)]
        for pair in pairs:
            if (instance, pair) not in done:
                cells.append(Cell(""))
                continue
            sign = "?"
            if adjusted[instance, pair] < alpha:
                sign = "<" if np.median(group[pair[0]]) < np.median(group[pair[1]]) else ">"
            p = done[instance, pair]
            cells.append(Cell(f"{p:.2g} {sign}", p))
        rows.append(tuple(cells))
    return _write(Table(("instance", *(f"{a} vs. {b}" for a, b in pairs)), tuple(rows)), file_name,
                  dir_name, text_format)


def _write(table: Table, file_name: str, dir_name: str, text_format: str) -> Path:
    if text_format not in _FORMATS:
        raise ValueError(f"text_format={text_format!r} is invalid, choose from "
                         f"{', '.join(_FORMATS)}.")
    path = Path(dir_name) / f"{file_name}.{text_format}"
    path.write_text(_FORMATS[text_format](table), encoding="utf-8")
    return path
