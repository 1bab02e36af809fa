"""Feeds every reader with damaged and hostile files, led by coverage.

``python tests/faults/fuzz.py --minutes 60 --jobs 2`` gives each reader its part of the time and
prints a table; ``--only log,archive`` chooses some. Needs atheris (``pip install atheris``). What
is a fault is said in ``fuzz_targets.py``; files that made one are kept in ``--keep``.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

TESTS = Path(__file__).parents[1]
#: such texts join what is in the files that a reader begins with
WORDS = ("BEGIN_", "END_", "PROGRESS", "STATE", "SETUP", "ERROR_IN_RUN", "\\x0a", ": ", ";", "#",
         "nan", "inf", "-1", "1e309", "0x", "fescue.algorithms.rls.RLS", "os.system", "__import__",
         "[", "{", "null", "true", '\\x22', "..", "/", "\\x00", "\\xff", "\\xed\\xa0\\x80", "PK")


@dataclass
class Report:
    """What has come out for a reader."""

    name: str
    files: int = 0
    refused: int = 0
    edges: int = 0
    fault: str = ""


def fuzz(name: str, seconds: float, seed: int, keep: Path) -> Report:
    """Fuzz one reader in a process of its own, until its first fault."""
    report = Report(name)
    with tempfile.TemporaryDirectory(dir=_memory(), prefix="fescue-fuzz-") as folder:
        done = subprocess.run(
            [sys.executable, __file__, "--child", name, "--seconds", str(int(seconds)), "--seed",
             str(seed), "--keep", str(keep), "--folder", folder],
            capture_output=True, text=True, errors="replace", check=False,
            env={**os.environ, "FESCUE_JIT": "0", "TMPDIR": folder,
                 "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])})
    for line in done.stderr.splitlines():
        if match := re.match(r"#(\d+)\s.*cov: (\d+)", line):
            report.files, report.edges = int(match[1]), int(match[2])
        elif match := re.match(r"REFUSED (\d+)", line):
            report.refused = int(match[1])
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if not line.startswith(("INFO", "#"))]
        report.fault = "\n".join(lines[-30:])
    return report


def child(name: str, seconds: int, seed: int, keep: Path, folder: Path) -> None:
    """Fuzz one reader in this process."""
    import atheris

    with atheris.instrument_imports(include=["fescue", "zipfile", "tomllib", "json"]):
        from fuzz_targets import TARGETS, Guard, begin

    target = TARGETS[name]
    corpus = folder / "corpus"
    corpus.mkdir()
    for i, data in enumerate(begin(target, folder / "seeds")):
        (corpus / f"seed-{i}").write_bytes(data)
    words = folder / "words"
    words.write_text("".join(f'"{word}"\n' for word in WORDS))
    guard, counts = Guard(), [0, 0]

    def one(data: bytes) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            counts[1] += guard.run(target, Path(scratch), data)
        counts[0] += 1
        if counts[0] % 1000 == 0:
            print("REFUSED", counts[1], file=sys.stderr)

    keep.mkdir(parents=True, exist_ok=True)
    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", f"-seed={seed}", f"-dict={words}",
                   "-max_len=20000", "-timeout=60", "-rss_limit_mb=4096", "-print_final_stats=1",
                   f"-artifact_prefix={keep}/{name}-", str(corpus)], one)
    atheris.Fuzz()


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, and print a table; the exit code is that there were faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="of processor time, in all")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("faults"))
    parser.add_argument("--child")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    if options.child:
        child(options.child, options.seconds, options.seed, options.keep, options.folder)
        return 0
    sys.path.insert(0, str(TESTS))
    from fuzz_targets import TARGETS

    names = options.only.split(",") if options.only else list(TARGETS)
    seconds = 60 * options.minutes / len(names)
    start = perf_counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        reports = list(pool.map(
            lambda name: fuzz(name, seconds, options.seed, options.keep.resolve()), names))
    print("reader       files    refused   edges  faults")
    for report in reports:
        print(f"{report.name:<10}{report.files:>8,}{report.refused:>11,}{report.edges:>8,}"
              f"{int(bool(report.fault)):>8}")
    print(f"{sum(r.files for r in reports):,} files, {seconds / 60:.1f} minutes each, "
          f"{(perf_counter() - start) / 60:.1f} minutes on {options.jobs} processors")
    for report in reports:
        if report.fault:
            print(f"\n--- {report.name}\n{report.fault}")
    return int(any(report.fault for report in reports))


def _memory() -> str | None:
    """Return a folder in memory, if there is one: each file is written and read once."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


if __name__ == "__main__":
    sys.exit(main())
