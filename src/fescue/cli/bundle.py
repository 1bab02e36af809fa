"""The command ``fescue pack``: an experiment in one archive, and how such archives are opened."""

import errno
import hashlib
import json
import platform
import stat
import zipfile
import zlib
from contextlib import ExitStack
from importlib.metadata import distributions
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

import typer

from fescue.cli._output import console, plain
from fescue.cli.experiment import best_known
from fescue.evaluation.files import find_logs
from fescue.evaluation.report import report_page
from fescue.evaluation.run_reader import read_runs
from fescue.utils.errors import BundleError
from fescue.utils.path import fresh_path

_SUMS: Final = "SHA256SUMS"
_ENVIRONMENT: Final = "environment.json"
_REPORT: Final = "report.html"
_LOGS: Final = "logs"
#: the same contents give the same archive
_DATE: Final = (1980, 1, 1, 0, 0, 0)
#: what an archive may hold at most: bytes, files, and bytes per packed byte
_MOST_BYTES: Final = 64 << 30
_MOST_FILES: Final = 2_000_000
_MOST_RATIO: Final = 200
_SUFFIXES: Final = frozenset({".txt", ".toml", ".html", ".json", ""})
_CHUNK: Final = 1 << 20


def pack(folder: Annotated[Path, typer.Argument(help="The folder of an experiment.")] = Path(
             "results"),
         output: Annotated[Path, typer.Option(
             "--output", "-o", help="The archive.")] = Path("paper.zip"),
         quiet: Annotated[bool, typer.Option(
             "--quiet", "-q", help="Print nothing but errors.")] = False) -> None:
    """Pack an experiment: logs, experiment files, report, versions and checksums.

    'fescue replay paper.zip --sample 20' checks it on another machine.
    """
    screen = console(quiet)
    logs = [Path(path) for path in find_logs(folder).logs]
    if not logs:
        raise typer.BadParameter(f"there are no logs in {folder}", param_hint="FOLDER")
    output.parent.mkdir(parents=True, exist_ok=True)
    fresh = fresh_path(output)
    sums: list[str] = []
    with ExitStack() as stack:
        stack.callback(fresh.unlink, missing_ok=True)  # what Ctrl-C or a full disk leaves of it
        stack.enter_context(console(quiet, stderr=True).status("packing"))
        archive = stack.enter_context(zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED))

        def add(name: str, data: bytes) -> None:
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
            _write(archive, name, data)

        for path in [*sorted(folder.glob("experiment-*.toml")), *logs]:
            name = PurePosixPath(_LOGS, *path.relative_to(folder).parts)
            add(str(name), path.read_bytes())
        page = report_page(read_runs(folder, cache=False), folder.resolve().name,
                           best_known(folder) or None)
        add(_REPORT, page.encode("utf-8", "backslashreplace"))
        add(_ENVIRONMENT, json.dumps(_environment(), indent=1).encode())
        _write(archive, _SUMS, "".join(sums).encode())
        archive.close()
        fresh.replace(output)
    screen.print(f"{len(logs)} logs in [bold]{plain(output.resolve())}[/bold], "
                 f"{output.stat().st_size / 1e6:.1f} MB", soft_wrap=True)


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _environment() -> dict[str, object]:
    return {"python": platform.python_version(), "platform": platform.platform(),
            "machine": platform.machine(),
            "packages": dict(sorted((one.metadata["Name"], one.version)
                                    for one in distributions() if one.metadata["Name"]))}


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack an archive into a new folder, and return the folder of its logs.

    Nothing is written outside of it, and no more than such an archive can be expected to hold.

    Raises:
        BundleError: if it is no archive of ``fescue pack``, is damaged, or hostile; the entry and
            the reason are named
        OSError: if it cannot be read or unpacked
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check(path, entries)
            budget = min(_MOST_BYTES, _MOST_RATIO * path.stat().st_size + _CHUNK)
            sums = _sums(archive, budget)
            for entry in entries:
                if entry.is_dir() or entry.filename == _SUMS:
                    continue
                target = folder.joinpath(*PurePosixPath(entry.filename).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                budget = _extract(archive, entry, target, budget, sums)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError,
            KeyError, zlib.error, OSError) as error:
        # places in the file that there are none of are errors of the system's
        if isinstance(error, BundleError) or (
                isinstance(error, OSError) and error.errno != errno.EINVAL):
            raise
        raise BundleError(f"{path} is no archive that 'fescue pack' has made, or it is damaged: "
                          f"{error}") from error
    return folder / _LOGS


def _check(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse names that lead elsewhere, links, and too many files."""
    if len(entries) > _MOST_FILES:
        raise BundleError(f"{path} has {len(entries):,} entries, more than {_MOST_FILES:,}.")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        parts = PurePosixPath(name).parts
        mode = entry.external_attr >> 16
        why = ""
        if (not parts or name.startswith("/") or "\\" in name or ":" in name or "\0" in name
                or any(part in ("..", ".", "") for part in parts)):
            why = "its name leads out of the archive"
        elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            why = "it is no regular file"
        elif not entry.is_dir() and PurePosixPath(name).suffix not in _SUFFIXES:
            why = "such files do not belong there"
        elif name.lower() in seen:
            why = "it is there twice"
        elif entry.flag_bits & 1:
            why = "it is encrypted"
        elif entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            why = "it is packed in a way that 'fescue pack' does not use"
        if why:
            raise BundleError(f"{path}: {name[:100]!r} is refused: {why}.")
        seen.add(name.lower())
    if _SUMS.lower() not in seen:
        raise BundleError(f"{path} has no {_SUMS}: it is no archive that 'fescue pack' has made.")


def _sums(archive: zipfile.ZipFile, budget: int) -> dict[str, str]:
    with archive.open(_SUMS) as stream:
        data = stream.read(budget + 1)
    if len(data) > budget:
        raise _too_much(_SUMS)
    pairs = (line.split("  ", 1) for line in data.decode("utf-8").splitlines())
    return {name: digest for digest, name in pairs}


def _too_much(name: str) -> BundleError:
    return BundleError(f"{name[:100]!r} unpacks to more than such an archive can be expected to "
                       "hold: it is refused.")


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, budget: int,
             sums: dict[str, str]) -> int:
    """Write an entry into a file, and return how many more bytes may be written."""
    digest = hashlib.sha256()
    with archive.open(entry) as source, target.open("xb") as dest:
        while data := source.read(_CHUNK):
            budget -= len(data)
            if budget < 0:
                raise _too_much(entry.filename)
            digest.update(data)
            dest.write(data)
    if sums.get(entry.filename) != digest.hexdigest():
        raise BundleError(f"{entry.filename[:100]!r} is not what {_SUMS} says.")
    return budget
