"""One web page about an experiment: who won, where, by how much; pictures, tests, setups."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Final

import numpy as np

from fescue.evaluation.curves import grid, targets_of
from fescue.evaluation.plots import alike
from fescue.evaluation.progress import progress_at
from fescue.evaluation.run_reader import read_runs
from fescue.evaluation.runs import PARTIAL, Runs
from fescue.evaluation.statistics import summarize
from fescue.evaluation.svg import Line, chart, colour, ranking
from fescue.evaluation.tables import instances_of, samples_of, table_of, worse_than_best
from fescue.evaluation.verdict import Verdict, judge, pairs_table

#: more algorithms are compared with the best one only
_FEW: Final = 12
#: so many instances are shown open, the others unfold
_OPEN: Final = 6
_PER_DECADE: Final = 12
_TARGETS: Final = 25
#: what a browser may do with the page: nothing from elsewhere
_POLICY: Final = ("default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                  "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'")


def write_report(folder: str | PathLike[str], output: str | PathLike[str],
                 title: str | None = None, goals: Mapping[str, float] | None = None,
                 jobs: int | None = None) -> Path:
    """Write a web page about all runs in a folder: one file that needs nothing else.

    Args:
        folder: the folder of the logs
        output: the page
        title: its title, by default the name of the folder
        goals: for each instance the value to be reached, such as the best one known; by default
            that of the logs
        jobs: how many processes read logs; by default one, for many logs one per processor

    Returns:
        the page's path

    Raises:
        OSError: if the folder cannot be read, or the page not be written
    """
    path = Path(output)
    text = report_page(read_runs(folder, partial=True, jobs=jobs), title, goals, jobs=jobs)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="backslashreplace")
    return path


def report_page(runs: Runs, title: str | None = None, goals: Mapping[str, float] | None = None,
                jobs: int | None = None) -> str:
    """Return a web page about a table of runs.

    Args:
        runs: the table
        title: the title, by default the name of the folder
        goals: for each instance the value to be reached
        jobs: how many processes read logs
    """
    title = title or runs.folder.resolve().name
    return whole_page(title, f"<h1>{escape(title)}</h1>\n{contents(runs, goals, jobs)}")


def whole_page(title: str, main: str, script: str = "") -> str:
    """Return a web page.

    Args:
        title: its title
        main: its contents
        script: JavaScript, besides that for tables and charts
    """
    page = files("fescue.evaluation") / "page"
    style, code = ((page / f"report.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style></head>\n"
        f"<body><main>\n{main}</main>\n<script>\n{code}{script}</script></body></html>\n")


def contents(runs: Runs, goals: Mapping[str, float] | None = None,
             jobs: int | None = None) -> str:
    """Return the contents of the page about a table of runs."""
    parts = [_counts(runs)]
    ok = runs.ok()
    if len(ok) == 0:
        return "".join([*parts, "<p>There is no run with a result yet.</p>\n",
                        *_troubles(runs)])
    samples = samples_of(ok)
    worse = worse_than_best(samples)
    verdict = judge(samples, worse)
    names = sorted({str(name) for name in ok["algorithm"]})
    style = {name: i for i, name in enumerate(names)}
    fes = grid(float(ok["total_fes"].max()), per_decade=_PER_DECADE)
    values = progress_at(ok, fes, jobs)
    rows = {(instance, algorithm): found
            for (instance, algorithm), found in ok.groups("instance", "algorithm")}
    parts += [
        f'<p class="verdict">{escape(" ".join(verdict.sentences()))}</p>\n',
        '<nav><a href="#overview">Overview</a><a href="#instances">Instances</a>'
        '<a href="#tests">Tests</a><a href="#setups">Setups</a><a href="#again">Run it again</a>'
        "</nav>\n", *_overview(verdict, ok, values, fes, rows, style),
        *_instances(ok, goals, samples, worse, values, fes, rows, style),
        *_tests(verdict, samples), *_setups(ok), *_again(runs), *_troubles(runs)]
    return "".join(parts)


_Rows = Mapping[tuple[str, str], np.ndarray]


def _counts(runs: Runs) -> str:
    states = {state: int((runs["state"] == state).sum()) for state in ("ok", "failed", PARTIAL)}
    texts = [f"{states['ok']:,} runs"]
    texts += [f"{n:,} {name}" for name, n in (
        ("failed", states["failed"]), ("not complete", states[PARTIAL]),
        ("files that cannot be read", len(runs.problems))) if n]
    algorithms, instances = (len({*runs[name]}) for name in ("algorithm", "instance"))
    return (f"<p>{', '.join(texts)}; {algorithms} algorithm{'s' * (algorithms != 1)} on "
            f"{instances} instance{'s' * (instances != 1)}. Objective values are minimized.</p>\n")


def _legend(style: Mapping[str, int]) -> str:
    items = "".join(f'<li><i style="border-color:{colour(i)}"></i>{escape(name)}</li>'
                    for name, i in style.items())
    return f'<ul class="legend">{items}</ul>\n'


def _overview(verdict: Verdict, runs: Runs, values: np.ndarray, fes: np.ndarray, rows: _Rows,
              style: Mapping[str, int]) -> Iterable[str]:
    yield '<h2 id="overview">Overview</h2>\n'
    yield f'<div class="wide">{verdict.table().to_html()}</div>\n'
    if verdict.ranking is not None and verdict.ranking.n_instances > 1:
        order = np.argsort(verdict.ranking.ranks, kind="stable")
        ranks = verdict.ranking.ranks[order]
        difference = verdict.ranking.critical_difference
        yield "<h3>Mean ranks</h3>\n"
        yield ranking([verdict.ranking.algorithms[i] for i in order], ranks, difference,
                      alike(ranks, difference))
        yield ("<p>Smaller is better. What a bar joins does not differ significantly "
               "(Nemenyi's test).</p>\n")
    yield "<h3>Targets reached over time</h3>\n"
    targets = targets_of(runs, _TARGETS)
    reached = {name: np.zeros(len(fes)) for name in style}
    pairs = dict.fromkeys(style, 0)
    for (instance, algorithm), found in rows.items():
        for target in targets[instance]:
            reached[algorithm] += (values[found] <= target).sum(axis=0)
        pairs[algorithm] += len(found) * len(targets[instance])
    lines = [Line(name, i, fes, reached[name] / max(pairs[name], 1)) for name, i in style.items()]
    yield chart(lines, "FEs", "part of (run, target) pairs", "Targets reached over FEs")
    yield _legend(style)
    yield (f"<p>{_TARGETS} targets for each instance, from beyond the worst result to the best one "
           "found by anybody (empirical cumulative distribution).</p>\n")


def _instances(runs: Runs, goals: Mapping[str, float] | None,
               samples: Mapping[str, Mapping[str, np.ndarray]],
               worse: Mapping[str, Mapping[str, float]], values: np.ndarray, fes: np.ndarray,
               rows: _Rows, style: Mapping[str, int]) -> Iterable[str]:
    yield '<h2 id="instances">Instances</h2>\n'
    for number, (instance, group) in enumerate(instances_of(summarize(runs, goals=goals)).items()):
        is_open = " open" if number < _OPEN else ""
        yield f"<details{is_open}><summary><b>{escape(instance)}</b></summary>\n"
        lines = []
        for name in samples[instance]:
            low, middle, high = np.quantile(
                values[rows[instance, name]], (0.25, 0.5, 0.75), axis=0, method="inverted_cdf")
            known = np.isfinite(high)
            is_few = len(samples[instance]) <= _FEW
            lines.append(Line(name, style[name], fes[known], middle[known],
                              low[known] if is_few else None, high[known] if is_few else None))
        yield chart(lines, "FEs", "best f so far", f"Progress on {instance}")
        if len(style) <= _FEW:
            yield _legend({name: style[name] for name in samples[instance]})
        table = table_of(group, worse, 0.05)
        yield f'<div class="wide">{table.to_html()}</div></details>\n'


def _tests(verdict: Verdict, samples: Mapping[str, Mapping[str, np.ndarray]]) -> Iterable[str]:
    names = [standing.algorithm for standing in verdict.standings]
    if len(names) < 2:
        return
    yield '<h2 id="tests">Tests</h2>\n'
    if len(names) > _FEW:
        yield f"<p>The {_FEW} best algorithms, two by two.</p>\n"
    yield f'<div class="wide">{pairs_table(samples, names[:_FEW]).to_html()}</div>\n'


def _setups(runs: Runs) -> Iterable[str]:
    """Yield the setup of each algorithm and of each instance: what all its runs have in common."""
    yield '<h2 id="setups">Setups</h2>\n'
    for column, scopes in (("algorithm", ("p.", "a.")), ("instance", ("y.", "f.", "x.", "g."))):
        for (name,), rows in runs.groups(column):
            found = [runs.setups[i] for i in np.unique(runs["setup"][rows])]
            lines = []
            for key in found[0]:
                if key.startswith(scopes) and not key.endswith("(hex)"):
                    texts = {setup.get(key, "") for setup in found}
                    lines.append(f"{key}: {texts.pop() if len(texts) == 1 else '(differs)'}")
            yield (f"<details><summary>{column} <b>{escape(name)}</b></summary><pre>"
                   f"{escape(chr(10).join(lines))}</pre></details>\n")


def _again(runs: Runs) -> Iterable[str]:
    yield '<h2 id="again">Run it again</h2>\n'
    files_ = sorted(path.name for path in runs.folder.glob("experiment-*.toml"))
    if files_:
        commands = "\n".join(f"fescue run {name} --out results-again" for name in files_)
        yield (f"<p>In the folder of the logs:</p><pre>{escape(commands)}</pre>\n<p>The same seeds "
               "give the same runs; limits of time and other machines can end them at another FE."
               "</p>\n")
    else:
        yield ("<p>The program that made these runs makes them again: each log holds its seed and "
               "all parameters.</p>\n")


def _troubles(runs: Runs) -> Iterable[str]:
    failed = runs["path"][runs["state"] == "failed"].tolist()
    if not failed and not runs.problems:
        return
    yield '<h2 id="troubles">Not counted</h2>\n<div class="warning">\n'
    yield from _listed("Failed runs", [(path, "") for path in failed], runs.folder)
    yield from _listed("Files that cannot be read", runs.problems, runs.folder)
    yield "</div>\n"


def _listed(title: str, files_: Sequence[tuple[str, str]], folder: Path) -> Iterable[str]:
    if not files_:
        return
    yield f"<h3>{title}</h3><ul>\n"
    for path, reason in files_[:100]:
        short = path.removeprefix(f"{folder}/")
        text = reason.removeprefix(f"{path}: ")
        yield f"<li>{escape(short)}{': ' if text else ''}{escape(text)}</li>\n"
    if len(files_) > 100:
        yield f"<li>and {len(files_) - 100:,} more</li>\n"
    yield "</ul>\n"
