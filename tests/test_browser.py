"""The pages in headless Chromium: no errors, tables sort, curves have names, updates arrive."""

import asyncio
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from evaluation_parts import small_experiment
from fescue.evaluation import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.browser

#: clicks, points and writes down what happened
SCRIPT = """
const said = {errors: window.failures};
const texts = column => [...document.querySelectorAll("#overview ~ .wide table")][0]
  .tBodies[0].rows.length && [...document.querySelector("#overview ~ .wide table").tBodies[0].rows]
  .map(row => row.cells[column].textContent);
const heads = document.querySelectorAll("#overview ~ .wide table th");
said.before = texts(1);
heads[1].click();
said.up = texts(1);
heads[1].click();
said.down = texts(1);
said.arrow = heads[1].getAttribute("aria-sort");
heads[0].click();
said.names = texts(0);
const chart = document.querySelector("svg.chart"), box = chart.getBoundingClientRect();
const line = chart.querySelectorAll(".line")[1];
const middle = line.getPointAtLength(line.getTotalLength() / 2);
const scale = box.width / chart.viewBox.baseVal.width;
chart.dispatchEvent(new PointerEvent("pointermove", {bubbles: true,
  clientX: box.left + middle.x * scale, clientY: box.top + middle.y * scale}));
said.tip = document.getElementById("tip").textContent;
said.curves = [...chart.querySelectorAll(".line")].map(one => one.dataset.name);
said.near = chart.querySelectorAll(".near").length;
said.overflow = document.documentElement.scrollWidth - innerWidth;
document.body.innerHTML = "";
const pre = document.createElement("pre");
pre.id = "said";
pre.textContent = JSON.stringify(said);
document.body.append(pre);
"""
WATCH_ERRORS = ('<script>window.failures = []; addEventListener("error", e => '
                'failures.push(e.message));</script>')


def chromium(*arguments):
    """Return what Chromium prints, and what its console says."""
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--hide-scrollbars", "--enable-logging=stderr", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_experiment(tmp_path_factory.mktemp("browser") / "results")


def test_there_is_a_browser():
    assert CHROMIUM, "these tests need Chromium: apt-get install chromium"


@pytest.mark.parametrize("width", [1200, 400])
def test_the_report_in_a_browser(folder, tmp_path, width):
    page = write_report(folder, tmp_path / "report.html")
    _, console = chromium("--dump-dom", page.as_uri())
    assert console == []
    text = page.read_text().replace("<main>", f"{WATCH_ERRORS}<main>", 1)
    page.write_text(text.replace("</script></body>", f"{SCRIPT}</script></body>"))
    dom, console = chromium(f"--window-size={width},2000", "--dump-dom", page.as_uri())
    assert console == []
    said = json.loads(html.unescape(re.search(r'<pre id="said">(.*?)</pre>', dom)[1]))
    assert said["errors"] == []
    numbers = [float(text) for text in said["up"]]
    assert numbers == sorted(map(float, said["before"]))
    assert [float(text) for text in said["down"]] == numbers[::-1]
    assert said["arrow"] == "descending"
    assert said["names"] == sorted(said["names"])
    assert len(said["names"]) == 3
    assert re.fullmatch(rf"({'|'.join(said['curves'])}): [\d.]+ at \d+", said["tip"])
    assert said["near"] == 1
    assert said["overflow"] <= 0


def test_a_screenshot_is_no_blank_page(folder, tmp_path):
    from matplotlib.image import imread

    page = write_report(folder, tmp_path / "report.html")
    chromium("--window-size=1000,1600", f"--screenshot={tmp_path / 'a.png'}", page.as_uri())
    picture = imread(tmp_path / "a.png")[:, :, :3]
    assert picture.shape[:2] == (1600, 1000)
    is_ink = (picture < 0.9).any(axis=2)
    # there is something in each tenth of the page, and more white than ink
    assert all(part.any() for part in (is_ink[i * 160:(i + 1) * 160] for i in range(10)))
    assert 0.005 < is_ink.mean() < 0.3


def test_watching_a_running_experiment_in_a_browser(tmp_path):
    """The page is looked at while runs go on, and shows those that have ended meanwhile."""
    from fescue.evaluation.live import Watcher
    from fescue.evaluation.web import LivePage, serve

    results = tmp_path / "results"
    program = subprocess.Popen(
        [Path(sys.executable).with_name("fescue"), "run", "jssp", "--instances", "ft06,la24",
         "--algorithms", "rls,hc", "--runs", "3", "--max-time", "2", "--goal", "1", "--jobs", "1",
         "--out", str(results), "--quiet"])
    addresses = []
    try:
        end = time.monotonic() + 60
        while not list(results.glob("*/*/*_0x*.txt")) and time.monotonic() < end:
            time.sleep(0.1)
        page = LivePage(Watcher(results, 12), "live", period=0.5)
        threading.Thread(target=_serve, args=(serve, page, addresses), daemon=True).start()
        while not addresses and time.monotonic() < end:
            time.sleep(0.05)
        assert program.poll() is None  # it runs
        with browser(addresses[0]) as titles:
            seen = []
            while time.monotonic() < end and "12 of 12 runs are over" not in "".join(seen[-1:]):
                seen += [title for title in titles() if title not in seen]
                time.sleep(0.2)
        numbers = [int(found[1]) for title in seen if (found := re.match(r"(\d+) of 12", title))]
        assert numbers[-1] == 12
        assert len({*numbers}) > 1  # it was there before the end, and changed by itself
        assert program.wait(120) == 0
        assert len(list(results.glob("*/*/*_0x*.txt"))) == 12
    finally:
        program.kill()
        program.wait()


@contextmanager
def browser(address):
    """Have a browser show a page; the value returns the titles that it shows."""
    with tempfile.TemporaryDirectory() as profile:
        program = subprocess.Popen(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--remote-debugging-port=0", "--enable-logging=stderr", f"--user-data-dir={profile}",
             address], stderr=subprocess.PIPE, text=True)
        said = []
        reader = threading.Thread(target=lambda: said.extend(program.stderr), daemon=True)
        reader.start()
        port = Path(profile, "DevToolsActivePort")

        def titles():
            with suppress(OSError, ValueError, IndexError):
                number = int(port.read_text().splitlines()[0])
                with urlopen(f"http://127.0.0.1:{number}/json/list", timeout=10) as answer:
                    return [page["title"] for page in json.load(answer)]
            return []

        try:
            yield titles
        finally:
            program.terminate()
            program.wait(30)
            reader.join(30)
            program.stderr.close()
        assert [line for line in said if "CONSOLE" in line] == []


def _serve(serve, page, addresses):
    asyncio.set_event_loop(asyncio.new_event_loop())
    serve(page, announce=addresses.append)


def test_the_page_is_one_file(folder, tmp_path):
    text = Path(write_report(folder, tmp_path / "report.html")).read_text()
    assert not re.search(r'(src|href)="(?!#|data:)', text)
    assert not re.search(r"https?://", text)
