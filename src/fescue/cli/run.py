"""The command ``fescue run``."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from fescue import algorithms, problems
from fescue._experiment.cores import count_physical_cores
from fescue._experiment.files import State, log_path, state_of
from fescue._experiment.pool import Limits
from fescue.api.experiment import run_experiment
from fescue.cli._output import console, plain
from fescue.cli.experiment import Experiment, WrongCallError, find_problem
from fescue.cli.results import Row, rows, table
from fescue.utils.errors import ExperimentError
from fescue.utils.naming import sanitize_name
from fescue.utils.nputils import rand_seeds_from_str

#: the exit codes of failed runs and of Ctrl-C
_FAILED, _INTERRUPTED = 1, 130
#: the seconds that a scheduler has to answer
_PATIENT = 10


def _problems() -> list[str]:
    return [entry.name for entry in problems.CATALOGUE]


def _algorithms() -> list[str]:
    return [entry.name for entry in algorithms.CATALOGUE]


def run(
        target: Annotated[str, typer.Argument(
            metavar="PROBLEM", autocompletion=_problems,
            help="A problem (see 'fescue list'), a function of your own as module:function, or "
            "an experiment file in TOML.")],
        instances: Annotated[str | None, typer.Option(
            help="Names of instances (or paths of files), separated by commas.")] = None,
        algorithms_: Annotated[str | None, typer.Option(
            "--algorithms", autocompletion=_algorithms,
            help="Names of algorithms, separated by commas. [default: rls,ea,hc,sa]",
            show_default=False)] = None,
        runs: Annotated[int | None, typer.Option(
            min=1, help="Runs of each algorithm on each instance. [default: 3]",
            show_default=False)] = None,
        max_fes: Annotated[int | None, typer.Option(
            min=1, help="Objective function evaluations per run. "
            "[default: 20000 unless --max-time is given]", show_default=False)] = None,
        max_time: Annotated[float | None, typer.Option(
            min=0.001, help="Seconds per run.")] = None,
        goal: Annotated[float | None, typer.Option(
            help="The objective value at which a run may stop.")] = None,
        out: Annotated[Path, typer.Option(help="The folder of the log files.")] = Path("results"),
        jobs: Annotated[int | None, typer.Option(
            min=1, max=16384, help="Worker processes. [default: one per physical core]",
            show_default=False)] = None,
        kill_after: Annotated[float | None, typer.Option(
            min=0.1, help="Seconds after which a run is killed that does not stop by itself.",
            )] = None,
        kill_above: Annotated[float | None, typer.Option(
            min=1, help="Megabytes of memory above which a run is killed.")] = None,
        dask: Annotated[str | None, typer.Option(
            metavar="ADDRESS", help="Perform the runs by the workers of a Dask scheduler, such as "
            "tcp://10.0.0.1:8786.")] = None,
        shared_folder: Annotated[bool, typer.Option(
            help="Whether Dask's workers see the folder of the logs; if not, logs travel back.",
            )] = True,
        retry_failed: Annotated[bool, typer.Option(
            "--retry-failed", help="Do failed runs again.")] = False,
        quiet: Annotated[bool, typer.Option(
            "--quiet", "-q", help="Print nothing but errors.")] = False,
        as_json: Annotated[bool, typer.Option(
            "--json", help="Print the results as JSON.")] = False) -> None:
    """Apply algorithms to the instances of a problem, with one log file per run.

    What is done already is not done again: the same command continues an experiment, and the
    same command on another machine that shares the folder takes a part of it.
    """
    given: dict[str, Any] = {key: value for key, value in {
        "instances": _split(instances), "algorithms": _split(algorithms_), "runs": runs,
        "max_fes": max_fes, "max_time": max_time, "goal": goal}.items() if value not in (None, ())}
    experiment = (Experiment.from_toml(Path(target)) if target.endswith(".toml")
                  else Experiment(problem=target))
    limits = None
    if kill_after is not None or kill_above is not None:
        limits = Limits(kill_after, None if kill_above is None else round(kill_above * 1e6))
    with _cluster(dask) as executor:
        perform(replace(experiment, **given), out, jobs, limits, retry_failed, quiet, as_json,
                executor, shared_folder)


@contextmanager
def _cluster(address: str | None) -> Iterator[Executor | None]:
    """Have the workers of a Dask scheduler perform runs; without an address, nobody."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise typer.BadParameter("this needs Dask: pip install 'fescue[dask]'",
                                 param_hint="--dask") from error
    try:
        client = Client(address, timeout=_PATIENT, set_as_default=False)
    except (OSError, ValueError) as error:  # time-outs are among them
        raise typer.BadParameter(f"there is no scheduler at {address}: {error}",
                                 param_hint="--dask") from error
    with client:
        yield client.get_executor(pure=False)


def perform(experiment: Experiment, out: Path, jobs: int | None = None,
            limits: Limits | None = None, retry_failed: bool = False, quiet: bool = False,
            as_json: bool = False, executor: Executor | None = None,
            shared_folder: bool = True) -> None:
    """Perform an experiment and print its results; failed and interrupted ones exit."""
    try:
        experiment = experiment.complete()
        make_instances, setups = experiment.makers()
        made = [make() for make in make_instances]
        names = [sanitize_name(str(instance)) for instance in made]
        _check_names(names)
        logs = [log_path(out, sanitize_name(str(setup(instance).algorithm)), name, seed)
                for instance, name in zip(made, names, strict=True) for setup in setups
                for seed in rand_seeds_from_str(name, experiment.runs)]
    except (ValueError, TypeError, WrongCallError) as error:
        if not experiment.is_catalogued() and not isinstance(error, WrongCallError):
            raise  # it is the user's own code that has failed
        raise typer.BadParameter(str(error)) from error
    experiment.save(out)
    failures = ""
    try:
        run_experiment(
            out, make_instances, setups, experiment.runs, retry_failed=retry_failed,
            n_threads=jobs or count_physical_cores(), run_limits=limits,
            progress=False if quiet else None, executor=executor, shared_folder=shared_folder)
    except ExperimentError as error:
        failures = str(error)
    except KeyboardInterrupt:
        done = sum(state_of(path) is State.DONE for path in logs)
        console(stderr=True).print(
            f"Interrupted. {done} of {len(logs)} runs are complete; the same command continues.")
        raise typer.Exit(_INTERRUPTED) from None
    known: dict[str, int | float | None] = {}
    if experiment.is_catalogued():
        problem = find_problem(experiment.problem)
        known = {name: problem.task(instance).best_known
                 for name, instance in zip(names, made, strict=True)}
    found = rows(logs, known)
    if as_json:
        print(json.dumps({"folder": str(out.resolve()), "logs": len(logs),
                          "results": [row.to_json() for row in found],
                          "failures": failures or None}, indent=1))
    else:
        _print(experiment, found, len(logs), out, quiet)
    if failures:
        console(stderr=True).print(f"[red]{plain(failures)}[/red]", soft_wrap=True)
        raise typer.Exit(_FAILED)


def _check_names(names: list[str]) -> None:
    if len(set(names)) < len(names):
        raise WrongCallError(f"two of the instances have the same name: {names}")


def _print(experiment: Experiment, found: list[Row], number: int, out: Path,
           quiet: bool) -> None:
    screen: Any = console(quiet)
    title = (find_problem(experiment.problem).text if experiment.is_catalogued()
             else experiment.problem)
    screen.print(table(f"{title}, smaller is better", found))
    screen.print(f"{number} log files in [bold]{plain(str(out.resolve()))}[/bold]",
                 soft_wrap=True)


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(
        part.strip() for part in (text or "").split(",") if part.strip()))
