"""Reading and reporting of many logs, beside moptipy's.

Usage: ``python benchmarks/evaluation.py [--small 1000] [--large 100000] [--repeats 5] [--report]``

Small logs are those of real runs (1,000 FEs of RLS on OneMax, improvements logged), copied under
other seeds. *End results*: ``read_runs`` without its cache, in one process, against
``end_results.from_logs``. *All sections*: ``read_log`` of each file, which has all sections parsed,
against the peer's parsers of setup, state, progress and system information. Both are processes of
their own, measured in turn, on files that the system has in memory; medians. The large folder is
read twice: without a cache by all processors, and again. ``--report`` writes the page of 100
algorithms on 100 instances with 31 runs.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from peer import OURS, PEER, interpreters
from process import _cells


def make_logs(folder: Path, n_algorithms: int, n_instances: int, n_runs: int) -> None:
    """Write logs that are copies of one run, but for names, seeds and best values."""
    from fescue import RLS, BitStrings, Execution, OneMax, Op0Random, Op1Flip1

    execution = Execution().set_solution_space(BitStrings(64)).set_objective(OneMax(64))
    execution.set_algorithm(RLS(Op0Random(), Op1Flip1())).set_max_fes(1000).set_rand_seed(1)
    with tempfile.TemporaryDirectory() as other:
        log = Path(other) / "log.txt"
        with execution.set_log_file(log).set_log_improvements().execute():
            pass
        text = log.read_text()
    random = np.random.default_rng(1)
    best = int(re.search(r"bestF: (\d+)", text)[1])  # type: ignore[index]
    for a in range(n_algorithms):
        algorithm = f"algo{a:03}"
        mine = text.replace("a.name: rls_flip1", f"a.name: {algorithm}")
        for i in range(n_instances):
            instance = f"inst{i:03}"
            base = folder / algorithm / instance
            base.mkdir(parents=True)
            for seed in random.integers(0, 1 << 62, n_runs).tolist():
                worse = int(random.integers(0, 3)) + a // 10
                it = mine.replace("p.randSeed: 1\np.randSeed(hex): 0x1",
                                  f"p.randSeed: {seed}\np.randSeed(hex): {hex(seed)}")
                it = it.replace(f"bestF: {best}", f"bestF: {best + worse}")
                (base / f"{algorithm}_{instance}_{hex(seed)}.txt").write_text(it)


def child(what: str, folder: str) -> None:
    """Print the seconds that one of the jobs takes, its number of runs, and the largest memory."""
    runs = []
    if what in ("ends", "sections") and sys.executable != interpreters()[PEER]:
        from fescue.evaluation import read_log, read_runs
        from fescue.evaluation.files import find_logs

        start = time.perf_counter()
        if what == "ends":
            runs = read_runs(folder, cache=False, jobs=1)["path"].tolist()
        else:
            runs = find_logs(folder).logs
            for path in runs:
                read_log(path)
    elif what == "first":
        from fescue.evaluation import read_runs

        start = time.perf_counter()
        runs = read_runs(folder)["path"].tolist()
    elif what == "report":
        from fescue.evaluation import write_report

        start = time.perf_counter()
        runs = [write_report(folder, Path(folder).parent / "report.html")]
    elapsed = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([elapsed, len(runs), memory]))


#: what the peer does, in a process of its own
_PEER_ENDS = """
import sys, time, json, os
from moptipy.evaluation.end_results import from_logs
out = []
sys.stdout = open(os.devnull, "w")
start = time.perf_counter()
from_logs(sys.argv[1], out.append)
elapsed = time.perf_counter() - start
sys.__stdout__.write(json.dumps([elapsed, len(out), 0]))
"""
_PEER_SECTIONS = """
import sys, time, json, os
from moptipy.evaluation.log_parser import LogParser
from moptipy.utils.logger import parse_key_values
found = {}
class All(LogParser):
    def start_section(self, title):
        self.title = title
        return True
    def lines(self, lines):
        if self.title in ("SETUP", "STATE", "SYS_INFO"):
            found[self.title] = parse_key_values(lines)
        elif self.title == "PROGRESS":
            found[self.title] = [list(map(float, line.split(";"))) for line in lines[1:]]
        else:
            found[self.title] = "\\n".join(lines)
        return True
    def end_file(self):
        found["n"] = found.get("n", 0) + 1
        return True
sys.stdout = open(os.devnull, "w")
start = time.perf_counter()
All(False, False, False, False, False).parse(sys.argv[1])
elapsed = time.perf_counter() - start
sys.__stdout__.write(json.dumps([elapsed, found["n"], 0]))
"""


def measure(python: str, *arguments: str) -> tuple[float, int, float]:
    """Return what a process prints."""
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONHASHSEED": "0"})
    elapsed, n, memory = json.loads(done.stdout)
    return elapsed, n, memory


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description="many logs")
    parser.add_argument("--small", type=int, default=1000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    pythons = interpreters()
    with tempfile.TemporaryDirectory() as scratch:
        small = Path(scratch) / "small"
        make_logs(small, 5, 10, options.small // 50)
        print(_cells(f"{options.small:,} small logs", "fescue, files/s", "moptipy, files/s",
                     "ratio"))
        print(_cells(*["---"] * 4), flush=True)
        for name, what, code in (("end results", "ends", _PEER_ENDS),
                                 ("all sections", "sections", _PEER_SECTIONS)):
            pairs = [(measure(pythons[OURS], __file__, "--child", what, str(small)),
                      measure(pythons[PEER], "-c", code, str(small)))
                     for _ in range(options.repeats)]
            assert all(one[1] == two[1] == options.small for one, two in pairs)
            ours, theirs = (float(np.median([options.small / pair[i][0] for pair in pairs]))
                            for i in (0, 1))
            print(_cells(name, f"{ours:,.0f}", f"{theirs:,.0f}", f"{ours / theirs:.1f}"),
                  flush=True)
        if options.large:
            large = Path(scratch) / "large"
            make_logs(large, 10, 100, options.large // 1000)
            print()
            print(_cells(f"{options.large:,} logs", "seconds", "MB of the process"))
            print(_cells(*["---"] * 3), flush=True)
            for name in ("first look", "second look"):
                elapsed, n, memory = measure(pythons[OURS], __file__, "--child", "first",
                                             str(large))
                assert n == options.large
                print(_cells(name, f"{elapsed:.2f}", f"{memory:.0f}"), flush=True)
        if options.report:
            many = Path(scratch) / "many"
            make_logs(many, 100, 100, 31)
            elapsed, _, memory = measure(pythons[OURS], __file__, "--child", "report", str(many))
            size = (Path(scratch) / "report.html").stat().st_size / 1e6
            print(f"\nreport of 100 algorithms x 100 instances x 31 runs: {elapsed:.1f} s, "
                  f"{size:.1f} MB, memory {memory:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
