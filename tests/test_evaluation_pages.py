"""Tables, pictures, the report, and what watches a running experiment."""

import asyncio
import csv
import json
import re
import shutil
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from evaluation_parts import small_experiment
from fescue import evaluation
from fescue.evaluation.live import Watcher
from fescue.evaluation.plots import alike
from fescue.evaluation.runs import runs_of
from fescue.evaluation.svg import _ticks
from fescue.evaluation.tables import Cell, Table, number

ODD = 'a|b*<script>alert("x")</script>&_^'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_experiment(tmp_path_factory.mktemp("pages") / "results")


@pytest.fixture(scope="module")
def runs(folder):
    return evaluation.read_runs(folder, cache=False)


def made_up(n_algorithms, n_instances, n_runs=5, step=1.0, seed=1):
    random = np.random.default_rng(seed)
    return runs_of([
        {"algorithm": f"a{a:03}", "instance": f"i{i:03}", "seed": s, "total_fes": 100, "setup": 0,
         "best_f": 100 + step * a + random.normal(), "last_improvement_fe": 50,
         "total_time_millis": 7}
        for a in range(n_algorithms) for i in range(n_instances) for s in range(n_runs)],
        [{"a.name": "x", "p.maxFEs": "100"}])


@pytest.mark.parametrize(("value", "sd", "text"), [
    (0.0, None, "0"), (55.0, None, "55"), (782.6, 4.1, "782.6"), (782.6, 41.0, "783"),
    (1.0, 0.5, "1"), (0.000123456, None, "0.0001235"), (1e-9, None, "1.000e-9"),
    (123456789.0, None, "1.235e8"), (float("nan"), None, "–"), (float("inf"), None, "∞"),
    (-float("inf"), None, "-∞"), (-2.5, None, "-2.500"), (99999.7, None, "100000")])
def test_numbers_have_the_digits_they_deserve(value, sd, text):
    assert number(value, sd=sd).text == text


def test_the_table_of_results(runs):
    table = evaluation.results_table(runs)
    assert len(table.rows) == 6
    for row in table.rows:
        of = runs.select((runs["instance"] == row[0].text) & (runs["algorithm"] == row[1].text))
        assert row[2].value == len(of) == 4
        assert row[3].value == of["best_f"].min()
        assert row[4].value == np.median(of["best_f"])
        assert row[5].value == of["best_f"].mean()
        here = [other for other in table.rows if other[0].text == row[0].text]
        for column in (3, 4, 5):
            assert row[column].is_best == (
                row[column].value == min(other[column].value for other in here))
    with pytest.raises(ValueError, match="no run with a result"):
        evaluation.results_table(runs.select(np.array([], int)))


def test_what_is_significantly_worse():
    runs = made_up(3, 2, 12, step=0.7)
    worse = evaluation.worse_than_best(evaluation.samples_of(runs))
    for instance, found in worse.items():
        samples = evaluation.samples_of(runs)[instance]
        p = evaluation.holm([evaluation.mann_whitney(samples["a000"], samples[name])
                             for name in ("a001", "a002")])
        assert found == {name: value for name, value in zip(("a001", "a002"), p, strict=True)
                         if value < 0.05}
        assert "a002" in found
    marks = {row[1].text: row[4].mark for row in evaluation.results_table(runs).rows
             if row[0].text == "i000"}
    assert marks["a000"] == ""
    assert marks["a002"] == "−"


def test_tables_in_all_formats(tmp_path):
    table = Table(("name", ODD), ((Cell(ODD), Cell("1.5", 1.5, True, "−")),
                                  (Cell("=1+1"), Cell("∞", float("inf")))), "a caption")
    markdown = table.to_markdown().splitlines()
    assert len(markdown) == 4
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 3 for line in markdown)
    assert "**1.5**−" in markdown[2]
    latex = table.to_latex()
    assert r"\textbf{1.5}$^{-}$" in latex
    assert r"a|b*<script>alert(" in latex
    assert r"\&\_\textasciicircum{}" in latex
    html = table.to_html()
    assert "<script" not in html
    assert 'data-v="1.5"><b>1.5</b><sup>−</sup>' in html
    assert list(csv.reader(StringIO(table.to_csv()))) == [
        ["name", ODD], [ODD, "1.5"], ["'=1+1", "inf"]]
    sheet = openpyxl.load_workbook(table.to_excel(tmp_path / "a.xlsx")).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["name", ODD], [ODD, 1.5], ["'=1+1", "∞"]]
    assert sheet["B2"].font.bold


def test_verdicts():
    clear = made_up(4, 12)
    samples = evaluation.samples_of(clear)
    verdict = evaluation.judge(samples, evaluation.worse_than_best(samples))
    assert [s.algorithm for s in verdict.standings] == ["a000", "a001", "a002", "a003"]
    best = verdict.standings[0]
    assert best.wins == sum(
        min(group, key=lambda name: np.median(group[name])) == "a000" for group in samples.values())
    text = " ".join(verdict.sentences())
    assert "a000 has the best mean rank" in text
    assert "differ significantly" in text
    assert "significantly better than" in text
    table = evaluation.pairs_table(samples, ["a000", "a003"])
    ((a, b, wins, losses, same, effect),) = table.rows
    assert (a.text, b.text, wins.value + losses.value + same.value) == ("a000", "a003", 12)
    assert effect.value == pytest.approx(np.mean(
        [evaluation.a12(group["a000"], group["a003"]).value for group in samples.values()]))


def test_verdicts_of_little():
    def words(runs):
        samples = evaluation.samples_of(runs)
        return " ".join(evaluation.judge(samples, evaluation.worse_than_best(samples)).sentences())

    assert "nothing to compare" in words(made_up(1, 3))
    assert "One instance is too few" in words(made_up(3, 1))
    equal = made_up(3, 4)
    equal.columns["best_f"][:] = 5.0
    assert "No difference between the algorithms" in words(equal)
    apart = made_up(2, 2).select(np.array([0, 15]))
    assert "cannot be ranked" in words(apart)
    assert words(made_up(2, 3, 1))
    negative = made_up(3, 6)
    negative.columns["best_f"] -= 101
    assert "a000" in words(negative)
    with pytest.raises(ValueError, match="no run"):
        evaluation.judge({}, {})


def test_what_a_bar_joins():
    assert alike(np.array([1.0, 2.0, 3.0]), 0.5) == []
    assert alike(np.array([1.0, 1.2, 1.4]), 0.5) == [(0, 2)]
    assert alike(np.array([1.0]), float("nan")) == []


@pytest.mark.parametrize("suffix", ["svg", pytest.param("pdf", marks=pytest.mark.slow),
                                    pytest.param("png", marks=pytest.mark.slow)])
def test_pictures_are_the_same_again(runs, suffix, tmp_path):
    one = runs.select(runs["instance"] == "leadingones_24")
    medians = {name: [float(np.median(group[name])) for group in
                      evaluation.samples_of(runs).values()] for name in {*runs["algorithm"]}}
    ranking = evaluation.friedman(dict(sorted(medians.items())))
    for draw in (lambda: evaluation.plot_progress(one), lambda: evaluation.plot_ecdf(runs),
                 lambda: evaluation.plot_progress(one, unit="ms", log_f=True),
                 lambda: evaluation.plot_ert_ecdf(runs), lambda: evaluation.plot_ert(one),
                 lambda: evaluation.plot_results(runs),
                 lambda: evaluation.plot_over_parameter(runs, "p.maxFEs"),
                 lambda: evaluation.plot_ranking(ranking)):
        files = [evaluation.save(draw(), tmp_path / f"{i}.{suffix}") for i in range(2)]
        assert files[0].read_bytes() == files[1].read_bytes()


def test_pictures_show_all_algorithms(runs):
    for ax in (evaluation.plot_progress(runs), evaluation.plot_ecdf(runs),
               evaluation.plot_results(runs)):
        assert [text.get_text() for text in ax.get_legend().get_texts()] == sorted(
            {*runs["algorithm"]})
    nothing = runs.select(np.array([], int))
    for plot in (evaluation.plot_progress, evaluation.plot_ecdf, evaluation.plot_results):
        with pytest.raises(ValueError, match="no run with a result"):
            plot(nothing)
    with pytest.raises(ValueError, match="positive goal"):
        evaluation.plot_results(runs, scaled=True)


class Checker(HTMLParser):
    """Checks that what is opened is closed, in order."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.links = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.links += [value for key, value in attrs if key in ("src", "href")]
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_report(folder, tmp_path):
    page = evaluation.write_report(folder, tmp_path / "deep" / "report.html", jobs=1)
    text = page.read_text()
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == []
    assert all(link.startswith(("#", "data:")) for link in checker.links)
    assert checker.seen.count("script") == 1
    for name in ("rls_flip1", "leadingones_24", "Friedman", "p.maxFEs: 300", "Run it again"):
        assert name in text
    assert text == evaluation.write_report(folder, tmp_path / "again.html").read_text()
    # a curve for each algorithm in the overview, and on each of two instances
    assert text.count('class="line"') == 3 + 2 * 3


def test_a_report_of_odd_names_and_troubles(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "odd <b> & co"))
    for path in sorted(copy.rglob("*.txt")):
        path.write_text(path.read_text().replace("f.name: ", f"f.name: {ODD}"))
    (copy / "<i>.txt").write_text("<b>no log</b>")
    failed = sorted(copy.rglob("*_0x*.txt"))[0]
    failed.write_text(failed.read_text() + "BEGIN_ERROR_X\na\nEND_ERROR_X\n")
    sorted(copy.rglob("*_0x*.txt"))[1].rename(sorted(copy.rglob("*_0x*.txt"))[1].with_suffix(
        ".txt.part-1"))
    text = evaluation.write_report(copy, tmp_path / "report.html").read_text()
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    assert checker.seen.count("script") == 1
    assert "22 runs, 1 failed, 1 not complete, 1 files that cannot be read" in text
    assert "&lt;i&gt;.txt" in text
    assert "<b>no log" not in text


def test_a_report_of_nothing_and_of_much(tmp_path):
    (tmp_path / "void").mkdir()
    assert "no run with a result yet" in evaluation.write_report(
        tmp_path / "void", tmp_path / "a.html").read_text()
    text = evaluation.report_page(made_up(14, 3))
    assert "12 best algorithms" in text
    assert text.count("<details") == 3 + 14 + 3
    assert evaluation.report_page(made_up(1, 1, 1)).count("<h2") == 4  # there is nothing to test


def test_ticks():
    for low, high in ((0, 1), (-3.2, 8), (1e-9, 2e-9), (1e12, 3e12)):
        ticks = _ticks(low, high)
        assert 2 <= len(ticks) <= 7
        assert all(low <= tick <= high for tick in ticks)


def test_a_watcher(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "results"))
    logs = sorted(copy.rglob("*.txt"))
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    end = max(path.stat().st_mtime for path in logs)
    for path in logs[:8]:
        path.rename(path.with_name(path.name + ".part-1"))
    watcher = Watcher(copy, 30, now=lambda: end + 10)
    snapshot = watcher.look()
    assert (snapshot.n_over, snapshot.count("partial"), len(snapshot.open_runs())) == (16, 8, 8)
    assert snapshot.rate == pytest.approx(15 / (10 + end - min(
        p.stat().st_mtime for p in logs[8:])))
    assert snapshot.seconds_left == pytest.approx(14 / snapshot.rate)
    assert "16 of 30 runs are over, 8 not complete" in snapshot.sentence()
    logs[0].with_name(logs[0].name + ".part-1").rename(logs[0])
    assert watcher.look().n_over == 17
    # nothing was written, and nothing locked
    for path in copy.rglob("*"):
        if path.is_file() and ".part" not in path.name:
            assert path.stat().st_mtime_ns == before[path]
    assert Watcher(copy, now=lambda: end + 1e6).look().sentence().startswith("17 runs are over")


def ask(app, path, query="", host="127.0.0.1:7", method="GET"):
    """Return status, headers and text of what an ASGI application answers."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
             "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
             "query_string": query.encode(), "headers": [(b"host", host.encode())],
             "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 7)}
    asyncio.run(app(scope, receive, send))
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], headers, body.decode()


def test_the_web_page_asks_for_its_token(folder):
    from fescue.evaluation.web import LivePage, application

    app = application(LivePage(Watcher(folder), "<my> experiment"), "secret", 7)
    for path in ("/", "/events"):
        for query in ("", "token=", "token=other", "token=s%C3%A9cret", "tokens=secret"):
            assert ask(app, path, query)[0] == 403
        for host in ("evil.example:7", "127.0.0.1", "127.0.0.1:8"):
            assert ask(app, path, "token=secret", host)[0] == 403
        assert ask(app, path, "token=secret", method="POST")[0] == 405
    for host in ("127.0.0.1:7", "localhost:7"):
        status, headers, text = ask(app, "/", "token=secret", host)
        assert status == 200
        assert "24 runs are over" in text
        assert "&lt;my&gt; experiment" in text
        assert headers["cache-control"] == "no-store"
    assert ask(app, "/etc/passwd", "token=secret")[0] == 404


def test_events_come_when_something_changes(folder, tmp_path):
    from fescue.evaluation.web import LivePage, _events

    copy = Path(shutil.copytree(folder, tmp_path / "results"))

    async def follow():
        stream = _events(LivePage(Watcher(copy), "x", period=0.01))
        first = await anext(stream)
        log = sorted(copy.rglob("*.txt"))[0]
        log.rename(log.with_name(log.name + ".part-1"))
        second = await asyncio.wait_for(anext(stream), 30)
        await stream.aclose()
        return first, second

    first, second = (json.loads(event.removeprefix("data: ")) for event in asyncio.run(follow()))
    assert "24 runs are over" in first
    assert "23 runs are over, 1 not complete" in second
