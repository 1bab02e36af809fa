"""What reads files, each with files to begin with: for ``fuzz.py`` and ``test_fuzz.py``.

A target gets any bytes. It must return, or raise what it is documented to raise, with the name of
the file; anything else is a fault. So is the execution of anything that was read.
"""

import io
import os
import re
import stat
import sys
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evaluation_parts import PUBLISHED, small_experiment
from fescue import algorithms, operators, problems
from fescue._experiment.claims import Claim, current_claim, kills
from fescue._experiment.survey import survey
from fescue.api.logging import JOURNAL_SUFFIX
from fescue.cli.bundle import unpacked
from fescue.cli.experiment import Experiment, best_known, n_planned
from fescue.cli.replay import replay_run
from fescue.compat import end_results, end_statistics
from fescue.evaluation import read_progress, read_runs, read_study
from fescue.evaluation.exports import runs_from_csv, runs_from_ioh, to_ioh
from fescue.evaluation.log_reader import read_log
from fescue.problems.jssp.instance import Instance
from fescue.tuning import Optimizer, Parameter, ParameterType, replay_study
from fescue.utils.errors import FescueError, InstanceError

_NAME = "rls_leadingones_0x1.txt"
_CACHE = ".fescue-runs.npz"
#: what runs and spaces of such sizes take is no fault of a reader
_LARGE = re.compile(rb"[0-9]{4}|[0-9][eE]\+?[0-9]")
_MOST_FES = 60


@dataclass(frozen=True)
class Target:
    """A reader.

    Attributes:
        read: is called with a new folder and the bytes
        seeds: makes files that it can read, in a folder
        refusals: what it may raise
        names: whether that must name the file
    """

    read: Callable[[Path, bytes], None]
    seeds: Callable[[Path], list[bytes]]
    refusals: tuple[type[Exception], ...] = ()
    names: bool = True

    def __call__(self, folder: Path, data: bytes) -> bool:
        """Read, and return whether it was refused.

        Raises:
            Exception: if that was a fault
        """
        try:
            self.read(folder, data)
        except self.refusals as error:
            if self.names and str(folder) not in str(error):
                raise AssertionError(f"the refusal does not name the file: {error!r}") from error
            return True
        return False


# ---- logs


def _log(folder: Path, data: bytes) -> None:
    path = folder / "rls" / "leadingones" / _NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    runs = read_runs(folder, cache=False)  # a bad file is listed, never raised
    survey(folder)
    read_runs(folder, cache=False, partial=True)
    for read in (lambda: read_progress(runs), lambda: read_log(path)):
        with suppress(FescueError):
            read()
    read_log(path)


def _replay(folder: Path, data: bytes) -> None:
    path = folder / _NAME
    path.write_bytes(data)
    with suppress(FescueError):
        log = read_log(path)
        if log.total_fes > _MOST_FES or any(
                _LARGE.search(value.encode("utf-8", "replace"))
                for key, value in log.setup.items() if not key.startswith("p.")):
            return
    replay_run(path)


def _logs(folder: Path) -> list[bytes]:
    small_experiment(folder, 1)
    found = [path.read_bytes() for path in sorted(folder.rglob("*.txt"))]
    return [*found[::2], PUBLISHED.encode(), *_short_logs(folder)]


def _short_logs(folder: Path) -> list[bytes]:
    """Return logs of many kinds of components, with few FEs."""
    found = []
    for several, names, catalogue in (
            (False, ("onemax", "jssp", "sphere", "nqueens", "wmodel"), algorithms.CATALOGUE),
            (True, ("zdt1", "bits"), algorithms.MO_CATALOGUE)):
        for name in names:
            for entry in problems.MO_CATALOGUE if several else problems.CATALOGUE:
                if entry.name != name:
                    continue
                task = entry.task(entry.instance(entry.examples[0]))
                for kind in catalogue[:6]:
                    with suppress(TypeError, ValueError):
                        path = folder / "short.log"
                        execution = task.execution(kind.make(operators.kit_for(task.points())))
                        execution.set_max_fes(_MOST_FES // 2).set_rand_seed(3)
                        with execution.set_log_improvements().set_log_file(path).execute():
                            pass
                        found.append(path.read_bytes())
    return found


# ---- studies

_X = (Parameter("x", ParameterType.FLOAT, -1.0, 1.0), Parameter("n", ParameterType.INTEGER, 1, 9),
      Parameter("c", ParameterType.CATEGORICAL, choices=["a", "b"]))


def _begin(path: Path, strategy: str = "random"):
    return Optimizer(strategy).study(_X, 6, seed=1, workers=2, log_file=path)


def _study(folder: Path, data: bytes) -> None:
    path = folder / "study.txt"
    path.write_bytes(data)
    with suppress(FescueError):
        read_study(path)
    replay_study(path)


def _journal(folder: Path, data: bytes) -> None:
    path = folder / "study.txt"
    path.with_name(path.name + JOURNAL_SUFFIX).write_bytes(data)
    for read in (read_study, replay_study):
        with suppress(FescueError, ValueError):
            read(path)
    with _begin(path):  # it goes on where the journal ends
        pass


def _studies(folder: Path, *, journals: bool = False) -> list[bytes]:
    found = []
    for strategy in ("random",) if journals else ("random", "sobol", "tpe"):
        path = folder / f"{strategy}.txt"
        with _begin(path, strategy) as study:
            for i in range(6):
                trial = study.ask()
                study.tell(trial, float(i))
                if i == 3 and journals:
                    found.append(path.with_name(path.name + JOURNAL_SUFFIX).read_bytes())
        if not journals:
            found.append(path.read_bytes())
    return found


# ---- instances, experiment files, archives


def _instance(folder: Path, data: bytes) -> None:
    path = folder / "instance.txt"
    path.write_bytes(data)
    Instance.from_file(path)


def _instances(_: Path) -> list[bytes]:
    return [b"2 2\n0 3 1 2\n1 2 0 4\n", b"+++\ninstance a\n+++\ntitle\n 2 1\n 0 3\n 0 9\n+++\n",
            b"3 2 # sizes\nTimes\n3 2\n2 4\n1 1\nMachines\n1 2\n2 1\n1 2\n"]


def _toml(folder: Path, data: bytes) -> None:
    (folder / "experiment-1.toml").write_bytes(data)
    for look in (best_known, n_planned):
        with suppress(FescueError):
            look(folder)
    experiment = Experiment.from_toml(folder / "experiment-1.toml")
    with suppress(FescueError):
        experiment.complete()


def _tomls(_: Path) -> list[bytes]:
    return [b'problem = "jssp"\ninstances = ["ft06"]\nalgorithms = ["rls", "ea"]\nruns = 3\n',
            b'problem = "onemax"\ninstances = ["16"]\nmax_fes = 100\ngoal = 0\nmax_time = 1.5\n',
            b'problem = "os:system"\nruns = 1\n']


def _archive(folder: Path, data: bytes) -> None:
    path = folder / "paper.zip"
    path.write_bytes(data)
    unpacked(path, folder / "to")


def _archives(_: Path) -> list[bytes]:
    from hashlib import sha256

    found = []
    for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        buffer = io.BytesIO()
        log = PUBLISHED.encode()
        with zipfile.ZipFile(buffer, "w", kind) as archive:
            info = zipfile.ZipInfo("logs/rls/demo/rls_demo_0x1.txt")
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, log)
            archive.writestr("SHA256SUMS", f"{sha256(log).hexdigest()}  {info.filename}\n")
        found.append(buffer.getvalue())
    return found


# ---- what is beside logs, and tables


def _cache(folder: Path, data: bytes) -> None:
    path = folder / "rls" / "leadingones" / _NAME
    path.parent.mkdir(parents=True)
    path.write_text(PUBLISHED)
    (folder / _CACHE).write_bytes(data)
    assert len(read_runs(folder)) in (0, 1)


def _caches(folder: Path) -> list[bytes]:
    small_experiment(folder, 1)
    read_runs(folder)
    return [(folder / _CACHE).read_bytes()]


def _claim(folder: Path, data: bytes) -> None:
    log = folder / "rls" / "leadingones" / _NAME
    log.parent.mkdir(parents=True)
    log.with_name(f"{_NAME}.claim-1").write_bytes(data)
    current_claim(log)
    kills(log)
    survey(folder)


def _claims(folder: Path) -> list[bytes]:
    claim = Claim.acquire(folder / "a.txt")
    assert claim is not None
    signed = claim.path.read_bytes()
    claim.release()
    return [signed, signed + b'{"end": "killed"}\n', b"{}\n", b'{"pid": 1}\n']


def _csv(folder: Path, data: bytes) -> None:
    path = folder / "table.csv"
    path.write_bytes(data)
    for read in (end_results.from_csv, end_statistics.from_csv):
        Target(lambda _, __, read=read: list(read(path)), list, (ValueError,))(folder, data)
    runs_from_csv(path)


def _csvs(folder: Path) -> list[bytes]:
    small_experiment(folder, 2)
    results = list(end_results.from_logs(folder))
    end_results.to_csv(results, folder / "results.csv")
    end_statistics.to_csv(end_statistics.from_end_results(results), folder / "statistics.csv")
    return [(folder / name).read_bytes() for name in ("results.csv", "statistics.csv")]


def _ioh(folder: Path, data: bytes) -> None:
    (folder / "data.json").write_bytes(data)
    (folder / "data.info").write_bytes(data)
    runs_from_ioh(folder)


def _iohs(folder: Path) -> list[bytes]:
    small_experiment(folder, 2)
    to_ioh(read_runs(folder, cache=False), folder / "ioh")
    coco = (b"suite = 'bbob', funcId = 1, DIM = 2, Precision = 1.000e-08, algId = 'a'\n% text\n"
            b"data_f1/bbobexp_f1_DIM2.dat, 1:10|1.0e-1, 2:20|2.0e-1\n")
    return [*(path.read_bytes() for path in sorted((folder / "ioh").rglob("*.json"))), coco]


#: all readers by their names
TARGETS = {
    "log": Target(_log, _logs, (FescueError,)),
    "replay": Target(_replay, _short_logs),
    "study": Target(_study, _studies, (FescueError, ValueError)),
    "journal": Target(_journal, lambda folder: _studies(folder, journals=True),
                      (FescueError, ValueError)),
    "instance": Target(_instance, _instances, (InstanceError,)),
    "experiment": Target(_toml, _tomls, (FescueError,)),
    "archive": Target(_archive, _archives, (FescueError,), names=False),
    "cache": Target(_cache, _caches),
    "claim": Target(_claim, _claims),
    "csv": Target(_csv, _csvs, (ValueError,)),
    "ioh": Target(_ioh, _iohs),
}


# ---- nothing that was read is executed


class ExecutedError(BaseException):
    """Something was executed, imported or written that a file has asked for."""


class Guard:
    """Watches what the interpreter does while it is on: an audit hook, which stays for good."""

    _NEVER = ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "subprocess.Popen",
              "pickle.find_class", "socket.connect", "socket.bind", "ctypes.dlopen",
              "ctypes.dlsym", "os.symlink", "os.putenv")
    _WRITES = ("os.remove", "os.rename", "os.link", "os.mkdir", "os.rmdir", "os.truncate",
               "os.chmod", "shutil.rmtree")

    def __init__(self) -> None:
        """Start to watch, but let everything happen."""
        self.is_on = False
        self.found: list[str] = []
        self._folder, self._scratch = "", tempfile.gettempdir()
        sys.addaudithook(self._look)

    def run(self, target: Target, folder: Path, data: bytes) -> bool:
        """Call a target; see there.

        Raises:
            ExecutedError: if something happened that must not
        """
        self._folder = str(folder)
        self.is_on = True
        try:
            return target(folder, data)
        finally:
            self.is_on = False
            if self.found:
                found, self.found = self.found, []
                raise ExecutedError(found)

    def _look(self, event: str, args: tuple) -> None:
        if not self.is_on:
            return
        if event == "open":
            path, mode, flags = args
            writes = flags & 3 if mode is None else any(c in mode for c in "wax+")
            bad = writes and isinstance(path, str | bytes) and not self._inside(path)
        elif event in self._WRITES:
            bad = not (self._inside(args[0]) or args[-1] > 0)  # or within an open folder
        elif event == "import":
            top = args[0].partition(".")[0]  # what its seeds do not import, a reader may not
            bad = args[0] in ("antigravity", "this") or not (
                top in sys.modules or top in sys.stdlib_module_names)
        elif event == "exec":
            name = getattr(args[0], "co_filename", "<text>")
            bad = name.startswith("<") and not name.startswith("<frozen")
        else:
            bad = event in self._NEVER
        if bad:
            self.found.append(f"{event}{args!r:.300}")
            raise ExecutedError(event, args)

    def _inside(self, path: object) -> bool:
        if isinstance(path, int) or path == "/dev/null":
            return True
        text = os.path.abspath(path.decode() if isinstance(path, bytes) else str(path))
        return text.startswith((f"{self._folder}/", f"{self._scratch}/"))


def begin(target: Target, folder: Path) -> list[bytes]:
    """Return the files that a target begins with, all of which it has read once.

    So everything that it needs is imported.
    """
    folder.mkdir()
    seeds = target.seeds(folder)
    for i, data in enumerate(seeds):
        with suppress(*target.refusals):
            (folder / f"seed-{i}").mkdir()
            target(folder / f"seed-{i}", data)
    return seeds
