"""The command ``fescue replay``: runs made again from their logs, and compared with them."""

import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer
from numpy.random import default_rng
from rich.progress import track

from fescue._experiment.pool import WorkerPool
from fescue.api.logging import JOURNAL_SUFFIX, TRIALS_SECTION
from fescue.cli._output import console, plain
from fescue.cli.bundle import unpacked
from fescue.cli.rebuild import rebuild
from fescue.evaluation.files import find_logs
from fescue.evaluation.log_reader import RunLog, read_log
from fescue.tuning.replay import replay_study
from fescue.utils.errors import FescueError

_DIFFERENT = 1
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Replay:
    """What has come out of a replay.

    Attributes:
        log: the log
        difference: the first difference, empty if there is none
        problem: why the run could not be made again, empty if it could
        changed: what is another version or platform than then
    """

    log: Path
    difference: str = ""
    problem: str = ""
    changed: tuple[str, ...] = ()


def replay_run(log: Path, trust: bool = False) -> Replay:
    """Make a run again, and compare it with its log.

    Args:
        log: the log of a run or of a study
        trust: whether code of the user's may be imported, by the names of classes in the log
    """
    try:
        # of a study that is running or was killed there is a journal alone
        then = read_log(log) if log.exists() else None
        if then is None or TRIALS_SECTION in then.sections:
            found = replay_study(log)
            return Replay(log, found.difference)
        if then.errors:
            return Replay(log, problem=f"the run has failed ({', '.join(then.errors)})")
        execution = rebuild(then, trust)
        if then.progress:
            values = [row[2] for row in then.progress]
            is_all = len(then.progress) == then.total_fes and any(
                b >= a for a, b in pairwise(values))
            execution.set_log_all_fes(is_all).set_log_improvements(not is_all)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log.txt"
            with execution.set_log_file(path).execute():
                pass
            now = read_log(path)
        return Replay(log, _difference(then, now), changed=_changed(then, now))
    except (FescueError, OSError) as error:
        return Replay(log, problem=str(error).removeprefix(f"{log}: "))
    except Exception as error:  # the run's own, which must not keep others from being checked
        return Replay(log, problem=f"{type(error).__name__}: {error}")


def _difference(then: RunLog, now: RunLog) -> str:
    """Return the first difference of two logs of a run, except for times."""
    for old, new in zip_longest(then.progress, now.progress):
        if old is None or new is None or (old[0], *old[2:]) != (new[0], *new[2:]):
            fe = min(row[0] for row in (old, new) if row is not None)
            return (f"FE {fe}: PROGRESS has {_row(old)} in the log, but "
                    f"{_row(new)} now")
    for name, a, b in (
            ("totalFEs", then.total_fes, now.total_fes), ("bestF", then.best_f, now.best_f),
            ("lastImprovementFE", then.last_improvement_fe, now.last_improvement_fe)):
        if a != b:
            return f"FE {now.last_improvement_fe}: {name} of STATE is {a} in the log, but {b} now"
    for title, x, y in (("RESULT_X", then.result_x, now.result_x),
                        ("RESULT_Y", then.result_y, now.result_y),
                        ("ARCHIVE_QUALITIES", then.archive, now.archive)):
        if x != y:
            return (f"FE {now.last_improvement_fe}: {title} is {_short(x)} in the log, but "
                    f"{_short(y)} now")
    return ""


def _row(row: Sequence[Any] | None) -> str:
    return "no row" if row is None else f"f = {';'.join(map(str, row[2:]))} at FE {row[0]}"


def _short(value: Any) -> str:
    text = str(value)
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "...")


def _changed(then: RunLog, now: RunLog) -> tuple[str, ...]:
    keys = [key for key in then.sys_info if key.startswith(("version.", "python."))
            or key in ("hardware.machine", "os.name")]
    return tuple(
        f"{key.removeprefix('version.')} {then.sys_info[key]} -> {new}" for key in keys
        if (new := now.sys_info.get(key)) is not None and new != then.sys_info[key])


def replay(
        targets: Annotated[list[Path], typer.Argument(
            metavar="LOGS", help="Logs, folders of logs, or archives of 'fescue pack'.")],
        sample: Annotated[int | None, typer.Option(
            min=1, help="How many runs of all are made again. [default: all]",
            show_default=False)] = None,
        seed: Annotated[int, typer.Option(
            min=0, help="Chooses the sample: another one, other runs.")] = 0,
        jobs: Annotated[int, typer.Option(
            min=1, max=1024, help="How many runs go on at the same time.")] = 1,
        trust: Annotated[bool, typer.Option(
            "--trust", help="Import code that is not fescue's own, by its names in the logs.",
            )] = False,
        quiet: Annotated[bool, typer.Option(
            "--quiet", "-q", help="Print what differs, and nothing else.")] = False) -> None:
    """Make runs again from their logs, and say whether they come out identical.

    Runs that a limit of time has ended are made again up to their last FE. The exit code is 0 if
    all are identical, else 1.
    """
    screen = console()
    with tempfile.TemporaryDirectory() as folder:
        logs = [log for number, target in enumerate(targets)
                for log in _logs(target, Path(folder) / str(number))]
        if not logs:
            raise typer.BadParameter("there are no logs", param_hint="LOGS")
        if sample is not None and sample < len(logs):
            chosen = default_rng(seed).choice(len(logs), sample, replace=False)
            logs = [logs[i] for i in sorted(chosen.tolist())]
        counts = {"identical": 0, "different": 0, "not replayable": 0}
        found = _replay_all(logs, trust, jobs)
        if not quiet and len(logs) > 1:
            found = track(found, "replaying", len(logs), console=console(stderr=True),
                          transient=True)
        for one in found:
            name = plain(str(one.log).removeprefix(f"{folder}/"))
            if one.problem:
                counts["not replayable"] += 1
                screen.print(f"[yellow]not replayable[/yellow]: {name}\n    {plain(one.problem)}",
                             soft_wrap=True)
            elif one.difference:
                counts["different"] += 1
                screen.print(f"[red]different[/red]: {name}\n    {plain(one.difference)}",
                             soft_wrap=True)
                if one.changed:
                    screen.print(f"    changed since then: {plain(', '.join(one.changed))}",
                                 soft_wrap=True)
            else:
                counts["identical"] += 1
                if not quiet and len(logs) == 1:
                    screen.print(f"identical: {name}", soft_wrap=True)
    if not quiet and len(logs) > 1:
        screen.print(", ".join(f"{n} of {len(logs)} {what}" for what, n in counts.items()
                               if n or what == "identical"))
    if counts["identical"] < len(logs):
        raise typer.Exit(_DIFFERENT)


def _logs(target: Path, scratch: Path) -> list[Path]:
    if target.suffix == ".zip" and target.is_file():
        target = unpacked(target, scratch)
    if not target.exists() and target.with_name(target.name + JOURNAL_SUFFIX).exists():
        return [target]
    return [Path(path) for path in find_logs(target).logs]


def _replay_all(logs: Sequence[Path], trust: bool, jobs: int) -> Iterable[Replay]:
    if trust and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # what a program in this folder could import
    work = partial(replay_run, trust=trust)
    if jobs == 1 or len(logs) == 1:
        yield from map(work, logs)
        return
    with WorkerPool(min(jobs, len(logs)), initializer=partial(_set_path, list(sys.path))) as pool:
        yield from pool.map(work, logs)


def _set_path(path: list[str]) -> None:
    sys.path[:] = path  # what this program can import, its workers can
