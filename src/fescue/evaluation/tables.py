"""Tables in Markdown, LaTeX, HTML, CSV and Excel."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from io import StringIO
from math import floor, isfinite, isnan, log10
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np

from fescue.evaluation.runs import Runs
from fescue.evaluation.statistics import Summary, summarize
from fescue.evaluation.tests import holm, mann_whitney_all

_LATEX: Final = str.maketrans({
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "∞": r"$\infty$", "−": "-", "×": r"$\times$"})
_MARKDOWN: Final = str.maketrans({"|": r"\|", "*": r"\*", "_": r"\_", "<": "&lt;", "\n": " "})
#: spreadsheets take texts that begin like this for formulas
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: what is shown
        value: the number behind it, ``None`` if it is a text
        is_best: whether it is set in bold
        mark: what stands behind it, such as a sign for significance
    """

    text: str
    value: float | None = None
    is_best: bool = False
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        columns: the headings
        rows: rows of as many cells
        caption: what it shows, and what bold print and marks mean
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def to_markdown(self) -> str:
        """Return the table in Markdown (GitHub's)."""
        lines = [[name.translate(_MARKDOWN) for name in self.columns],
                 ["---" if all(r[i].value is None for r in self.rows) else "---:"
                  for i in range(len(self.columns))]]
        for row in self.rows:
            texts = ((cell.text.translate(_MARKDOWN), cell) for cell in row)
            lines.append([(f"**{text}**" if cell.is_best else text)
                          + cell.mark.translate(_MARKDOWN) for text, cell in texts])
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def to_latex(self) -> str:
        """Return the table in LaTeX, for the package booktabs."""
        kinds = "".join("l" if all(r[i].value is None for r in self.rows) else "r"
                        for i in range(len(self.columns)))
        lines = [rf"\begin{{tabular}}{{{kinds}}}", r"\toprule",
                 " & ".join(name.translate(_LATEX) for name in self.columns) + r" \\", r"\midrule"]
        for row in self.rows:
            texts = ((cell.text.translate(_LATEX), cell) for cell in row)
            lines.append(" & ".join(
                (rf"\textbf{{{text}}}" if cell.is_best else text)
                + (f"$^{{{cell.mark.translate(_LATEX)}}}$" if cell.mark else "")
                for text, cell in texts) + r" \\")
        return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])

    def to_html(self, attributes: str = "") -> str:
        """Return the table in HTML; numbers stand in ``data-v``, so that scripts can sort."""
        head = "".join(
            f'<th{self._kind(i)}>{escape(name)}</th>' for i, name in enumerate(self.columns))
        lines = [f"<table{' ' if attributes else ''}{attributes}>"]
        if self.caption:
            lines.append(f"<caption>{escape(self.caption)}</caption>")
        lines.append(f"<thead><tr>{head}</tr></thead><tbody>")
        for row in self.rows:
            cells = []
            for cell in row:
                data = "" if cell.value is None else f' class="n" data-v="{cell.value:.10g}"'
                text = escape(cell.text)
                text = f"<b>{text}</b>" if cell.is_best else text
                mark = f"<sup>{escape(cell.mark)}</sup>" if cell.mark else ""
                cells.append(f"<td{data}>{text}{mark}</td>")
            lines.append(f"<tr>{''.join(cells)}</tr>")
        return "\n".join([*lines, "</tbody></table>"])

    def _kind(self, column: int) -> str:
        is_number = any(row[column].value is not None for row in self.rows)
        return ' class="n"' if is_number else ""

    def to_csv(self) -> str:
        """Return the table with commas; numbers are written in full, without marks."""
        stream = StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([_safe(name) for name in self.columns])
        writer.writerows([_safe(cell.text) if cell.value is None else repr(cell.value)
                          .removesuffix(".0") for cell in row] for row in self.rows)
        return stream.getvalue()

    def to_excel(self, path: str | PathLike[str]) -> Path:
        """Write the table into an Excel file, and return it.

        Raises:
            ImportError: if openpyxl is not installed
            OSError: if the file cannot be written
        """
        try:
            from openpyxl import Workbook
            from openpyxl.cell import WriteOnlyCell
            from openpyxl.styles import Font
        except ImportError as error:
            raise ImportError("Excel files need openpyxl: pip install 'fescue[xlsx]'") from error
        book = Workbook(write_only=True)
        sheet = book.create_sheet("results")
        sheet.append([_safe(name) for name in self.columns])
        for row in self.rows:
            cells = []
            for cell in row:
                is_number = cell.value is not None and isfinite(cell.value)
                text = _safe(_printable(cell.text))
                one = WriteOnlyCell(sheet, cell.value if is_number else text)
                one.font = Font(bold=cell.is_best)
                cells.append(one)
            sheet.append(cells)
        path = Path(path)
        book.save(path)
        return path


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


def number(value: float, digits: int = 4, sd: float | None = None) -> Cell:
    """Return the cell of a number, with as many digits as its precision deserves.

    Args:
        value: the number
        digits: how many significant digits it has if its precision is unknown; integers below
            ten million are always written in full
        sd: its standard deviation or error: its second digit is the last one shown

    >>> number(1234.5678, sd=12.3).text, number(0.00012345).text, number(55.0).text
    ('1235', '0.0001234', '55')
    """
    if isnan(value):
        return Cell("–", value)
    if not isfinite(value):
        return Cell("∞" if value > 0 else "-∞", value)
    if value == int(value) and abs(value) < 1e7:
        return Cell(str(int(value)), value)
    places = digits - 1 - floor(log10(abs(value)))
    if sd is not None and sd > 0 and isfinite(sd):
        places = 1 - floor(log10(sd))
    elif abs(value) >= 10 ** (digits - 1):
        places = 0
    if abs(value) >= 1e7 or abs(value) < 1e-5:
        return Cell(f"{value:.{digits - 1}e}".replace("e+0", "e").replace("e-0", "e-").replace(
            "e+", "e"), value)
    return Cell(f"{value:.{min(max(places, 0), 12)}f}", value)


def results_table(runs: Runs, goals: Mapping[str, float] | None = None,
                  alpha: float = 0.05) -> Table:
    """Return what each algorithm found on each instance; the best mean and median are bold.

    A mark says that an algorithm is significantly worse (−) than the one with the best median on
    the instance, by the Mann-Whitney U test, with Holm's correction for the number of algorithms.

    Args:
        runs: the table of runs
        goals: for each instance the value to be reached, by default that of the logs
        alpha: the level of significance

    Raises:
        ValueError: if there is no run with a result
    """
    runs = runs.ok()
    return table_of(summarize(runs, goals=goals), worse_than_best(samples_of(runs), alpha), alpha)


def table_of(summaries: Sequence[Summary], worse_on: Mapping[str, Mapping[str, float]],
             alpha: float) -> Table:
    """Return the table of statistics, and of what is significantly worse on each instance.

    Raises:
        ValueError: if there are no statistics
    """
    if not summaries:
        raise ValueError("runs has no run with a result.")
    rows = []
    for instance, group in instances_of(summaries).items():
        worse = worse_on[instance]
        medians = min(one.best_f.median for one in group)
        means = min(one.best_f.mean for one in group)
        least = min(one.best_f.minimum for one in group)
        for one in group:
            f = one.best_f
            error = f.sd / one.n ** 0.5 if one.n > 1 else None
            cells = [Cell(instance), Cell(one.algorithm), number(one.n),
                     _bold(number(f.minimum), f.minimum == least),
                     _bold(number(f.median), f.median == medians, "−" if one.algorithm in worse
                           else ""),
                     _bold(number(f.mean, sd=error), f.mean == means), number(f.sd, 2),
                     number(one.n_successes) if isfinite(one.goal_f) else Cell("–"),
                     number(one.ert_fes, 3),
                     number(1000 * one.total_fes.mean / max(one.total_time_millis.mean, 1), 3)]
            rows.append(tuple(cells))
    return Table(("instance", "algorithm", "runs", "best", "median", "mean", "sd", "successes",
                  "ERT in FEs", "FEs/s"), tuple(rows),
                 f"Bold: the best of the instance. −: significantly worse than the best median "
                 f"(Mann-Whitney U, Holm, {alpha:g}).")


def instances_of(summaries: Sequence[Summary]) -> dict[str, list[Summary]]:
    """Return the statistics for each instance."""
    groups: dict[str, list[Summary]] = {}
    for one in summaries:
        groups.setdefault(one.instance, []).append(one)
    return dict(sorted(groups.items()))


#: the best objective values of each algorithm on each instance
Samples = Mapping[str, Mapping[str, np.ndarray]]


def samples_of(runs: Runs) -> dict[str, dict[str, np.ndarray]]:
    """Return, for each instance, the best objective values of the runs of each algorithm."""
    runs = runs.ok()
    found: dict[str, dict[str, np.ndarray]] = {}
    for (instance, algorithm), rows in runs.groups("instance", "algorithm"):
        found.setdefault(instance, {})[algorithm] = runs["best_f"][rows]
    return found


def best_of(samples: Mapping[str, np.ndarray]) -> str:
    """Return the algorithm with the least median on an instance, of equal ones the least mean."""
    return min(samples, key=lambda name: (float(np.median(samples[name])),
                                          float(np.mean(samples[name]))))


def worse_than_best(samples: Samples, alpha: float = 0.05) -> dict[str, dict[str, float]]:
    """Return, for each instance, what is significantly worse than the best, with its p-value.

    By the Mann-Whitney U test, with Holm's correction for the number of algorithms.
    """
    found = {}
    for instance, group in samples.items():
        best = best_of(group)
        others = [name for name in group if name != best]
        p_values = holm(mann_whitney_all([(group[best], group[name]) for name in others]))
        found[instance] = {
            name: float(p) for name, p in zip(others, p_values, strict=True) if p < alpha}
    return found


def _bold(cell: Cell, is_best: bool, mark: str = "") -> Cell:
    return Cell(cell.text, cell.value, is_best, mark)
