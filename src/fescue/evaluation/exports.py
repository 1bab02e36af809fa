"""Runs for other programs and from them: IOHanalyzer, CSV files, studies of Optuna."""

import json
from collections.abc import Callable, Mapping
from math import inf, isfinite
from os import PathLike
from pathlib import Path
from typing import Any, Final
from warnings import catch_warnings, simplefilter

import numpy as np

from fescue.api.logging import (
    KEY_BEST_F,
    KEY_LAST_IMPROVEMENT_FE,
    KEY_LAST_IMPROVEMENT_TIME_MILLIS,
    KEY_TOTAL_FES,
    KEY_TOTAL_TIME_MILLIS,
    PROGRESS_CURRENT_F,
    PROGRESS_FES,
    PROGRESS_TIME_MILLIS,
    SECTION_FINAL_STATE,
    SECTION_PROGRESS,
    SECTION_RESULT_Y,
    SECTION_SETUP,
)
from fescue.evaluation.csv_files import read_table
from fescue.evaluation.progress import Curve, read_progress
from fescue.evaluation.run_reader import read_runs
from fescue.evaluation.runs import Runs, runs_of
from fescue.utils.logger import FileLogger
from fescue.utils.naming import sanitize_name, str_to_num


def _whole(number: str | int) -> int:
    return int(np.int64(int(number)))  # a column holds no larger ones


def _seed(text: str) -> int:
    return int(np.uint64(int(text, 16)))


def _float(text: str) -> float:
    return float(str_to_num(text))



#: the version of the format of IOHprofiler that is written
_IOH_VERSION: Final = "0.3.11"
_CSV: Final[dict[str, tuple[str, Callable[[str], Any]]]] = {
    "algorithm": ("algorithm", str), "instance": ("instance", str),
    "objective": ("objective", str), "encoding": ("encoding", str),
    "randSeed": ("seed", _seed), "bestF": ("best_f", _float),
    "lastImprovementFE": ("last_improvement_fe", _whole),
    "lastImprovementTimeMillis": ("last_improvement_time_millis", _whole),
    "totalFEs": ("total_fes", _whole), "totalTimeMillis": ("total_time_millis", _whole),
    "goalF": ("goal_f", _float), "maxFEs": ("max_fes", _whole),
    "maxTimeMillis": ("max_time_millis", _whole)}


def to_ioh(runs: Runs, folder: str | PathLike[str], *, suite: str = "fescue",
           function_of: Callable[[str], str] = str,
           dimension_of: Callable[[str], int] | None = None,
           instance_of: Callable[[str], int] = lambda _: 1) -> Path:
    """Write runs into a folder, in the format that IOHanalyzer reads, and return it.

    Each algorithm gets a folder with a JSON file per function; its data files have the columns
    ``evaluations`` and ``raw_y``, a row per improvement.

    Args:
        runs: the runs; those that have no result, or logged no progress, are left out: the format
            needs the first FE of each run
        folder: the folder
        suite: the name of the set of functions
        function_of: tells the name of the function that an instance is of
        dimension_of: tells its dimension, by default the number of variables in the setup, or 1
        instance_of: tells its number among the instances of the function

    Raises:
        OSError: if a log cannot be read or a file not be written
    """
    root = Path(folder)
    ok = runs.ok()
    curves = {curve.row: curve for curve in read_progress(ok)}
    names = sorted({function_of(str(instance)) for instance in ok["instance"]})
    numbers = {name: i for i, name in enumerate(names, 1)}
    files: dict[tuple[str, str], dict[int, list[tuple[int, Curve]]]] = {}
    for row, curve in curves.items():
        if curve.fes[0] != 1:
            continue
        instance = str(ok["instance"][row])
        dimension = (_variables(ok.setup_of(row)) if dimension_of is None
                     else dimension_of(instance))
        files.setdefault((str(ok["algorithm"][row]), function_of(instance)), {}).setdefault(
            dimension, []).append((instance_of(instance), curve))
    for (algorithm, function), dimensions in files.items():
        base = root / sanitize_name(algorithm)
        part = f"f{numbers[function]}_{sanitize_name(function)}"
        scenarios = []
        for dimension, found in sorted(dimensions.items()):
            data = base / f"data_{part}" / f"IOHprofiler_f{numbers[function]}_DIM{dimension}.dat"
            data.parent.mkdir(parents=True, exist_ok=True)
            data.write_text("".join(_ioh_rows(curve) for _, curve in found), encoding="utf-8")
            scenarios.append({
                "dimension": dimension, "path": f"{data.parent.name}/{data.name}",
                "runs": [{"instance": number, "evals": curve.total_fes,
                          "best": {"evals": int(curve.fes[-1]), "y": float(curve.f[-1]), "x": []}}
                         for number, curve in found]})
        (base / f"IOHprofiler_{part}.json").write_text(json.dumps({
            "version": _IOH_VERSION, "suite": suite, "function_id": numbers[function],
            "function_name": function, "maximization": False,
            "algorithm": {"name": algorithm, "info": "fescue"},
            "attributes": ["evaluations", "raw_y"], "scenarios": scenarios}, indent=1),
            encoding="utf-8")
    return root


def _variables(setup: Mapping[str, str]) -> int:
    for key in ("x.nvars", "y.nvars"):
        if setup.get(key, "").isdigit():
            return int(setup[key])
    return 1


def _ioh_rows(curve: Curve) -> str:
    rows = [f"{fe} {f!r}\n" for fe, f in zip(curve.fes.tolist(), curve.f.tolist(), strict=True)]
    if curve.total_fes > curve.fes[-1]:  # where the run ends
        rows.append(f"{curve.total_fes} {float(curve.f[-1])!r}\n")
    return "evaluations raw_y\n" + "".join(rows)


def moptipy_to_ioh_analyzer(
        results_dir: str | PathLike[str], dest_dir: str | PathLike[str],
        inst_name_to_func_id: Callable[[str], str] = str,
        inst_name_to_dimension: Callable[[str], int] | None = None,
        inst_name_to_inst_id: Callable[[str], int] = lambda _: 1,
        suite: str = "moptipy") -> None:
    """Write the runs in a folder for IOHanalyzer; see :func:`to_ioh`."""
    to_ioh(read_runs(results_dir, cache=False), dest_dir, suite=suite,
           function_of=inst_name_to_func_id, dimension_of=inst_name_to_dimension,
           instance_of=inst_name_to_inst_id)


def runs_from_csv(file: str | PathLike[str]) -> Runs:
    """Return the table of runs in a CSV file of end results, ours or moptipy's.

    There are no logs, so that each run has one point on its curve, its last improvement.

    Raises:
        OSError: if the file cannot be read
        ValueError: if it is no such file; the line is named
    """
    def read(row: dict[str, str]) -> dict[str, Any]:
        return {name: convert(row[column]) for column, (name, convert) in _CSV.items()
                if row.get(column)}

    rows = list(read_table(file, ("algorithm", "instance", "bestF", "totalFEs"), read))
    return runs_of(rows, [{}], folder=Path(file).parent)


def runs_from_ioh(folder: str | PathLike[str]) -> Runs:
    """Return the table of runs in a folder of data of IOHprofiler or COCO.

    Their files are read by the package iohinspector. Where a function has dimensions and instances,
    these are parts of the name of the instance. What is maximized there is negated. There are no
    logs, so that each run has one point on its curve, its best value.

    Raises:
        ImportError: if iohinspector is not installed; the text says how to get it
        OSError: if the folder cannot be read
    """
    try:
        from iohinspector.data import Dataset
    except ImportError as error:
        raise ImportError("data of IOHprofiler and COCO need iohinspector: "
                          "pip install 'fescue[ioh]'") from error
    root = Path(folder)
    if not root.is_dir():
        raise NotADirectoryError(20, "not a folder", str(root))
    rows, problems = [], []
    for file in (*sorted(root.rglob("*.json")), *sorted(root.rglob("*.info"))):
        with catch_warnings(record=True) as said:
            simplefilter("always")
            data = (Dataset.from_json if file.suffix == ".json" else Dataset.from_coco_info)(
                str(file))
        if data is None:
            problems.append((str(file), str(said[0].message) if said else "it cannot be read"))
            continue
        try:
            rows += _ioh_runs(data)
        except (ValueError, TypeError, OverflowError) as error:
            problems.append((str(file), str(error)))
    return runs_of(rows, [{}], problems, root)


def _ioh_runs(data: Any) -> list[dict[str, Any]]:
    name = data.function.name or f"f{data.function.id}"
    sign = -1.0 if data.function.maximization else 1.0
    rows = []
    for scenario in data.scenarios:
        for run in scenario.runs:
            instance = f"{name}_{scenario.dimension}" + (
                f"_i{run.instance}" if run.instance else "")
            rows.append({
                "algorithm": data.algorithm.name, "instance": instance, "objective": name,
                "seed": _whole(run.id), "best_f": sign * run.best.y,
                "last_improvement_fe": _whole(run.best.evals),
                "total_fes": _whole(max(run.evals, run.best.evals))})
    return rows


def from_optuna(study: Any, folder: str | PathLike[str], *, algorithm: str | None = None,
                instance: str | None = None, seed: int = 0) -> Path:
    """Write a study of Optuna as the log of a run, and return its path.

    An FE is a trial that is complete; failed and pruned ones are left out. Values of a study that
    maximizes are negated.

    Args:
        study: the study, with a single objective
        folder: the folder of an experiment, in which the log gets its place
        algorithm: the name of the algorithm, by default that of the sampler
        instance: the name of the instance, by default that of the study
        seed: the seed; Optuna does not tell which one it was

    Raises:
        ValueError: if the study has several objectives, or no complete trial
        FileExistsError: if there is such a log already
        OSError: if the log cannot be written
    """
    if len(study.directions) != 1:
        raise ValueError("study has several objectives, must have one.")
    sign = -1.0 if study.directions[0].name == "MAXIMIZE" else 1.0
    trials = [t for t in study.trials if t.state.name == "COMPLETE" and isfinite(t.value)]
    if not trials:
        raise ValueError("study has no complete trial.")
    algorithm = sanitize_name(algorithm or type(study.sampler).__name__)
    instance = sanitize_name(instance or study.study_name)
    start = min(t.datetime_start for t in trials)
    rows: list[tuple[int, int, float]] = []
    best, best_row, solution = inf, (1, 1), ""
    for fe, trial in enumerate(trials, 1):
        millis = max(1, -int(-(trial.datetime_complete - start).total_seconds() * 1000 // 1))
        millis = max(millis, rows[-1][1] if rows else 1)
        score = sign * trial.value
        if score < best:
            best, best_row = score, (fe, millis)
            solution = json.dumps(trial.params, default=str)
            rows.append((fe, millis, score))
    end = max(millis, best_row[1])
    path = Path(folder) / algorithm / instance / f"{algorithm}_{instance}_{hex(seed)}.txt"
    if path.exists():
        raise FileExistsError(17, "there is such a log already, choose another seed", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLogger(path) as logger:
        with logger.csv(SECTION_PROGRESS, (
                PROGRESS_FES, PROGRESS_TIME_MILLIS, PROGRESS_CURRENT_F)) as table:
            for row in rows:
                table.row(row)
        with logger.key_values(SECTION_FINAL_STATE) as state:
            for key, number in ((KEY_TOTAL_FES, len(trials)), (KEY_TOTAL_TIME_MILLIS, end),
                                (KEY_BEST_F, best), (KEY_LAST_IMPROVEMENT_FE, best_row[0]),
                                (KEY_LAST_IMPROVEMENT_TIME_MILLIS, best_row[1])):
                state.key_value(key, number)
        with logger.key_values(SECTION_SETUP) as setup:
            with setup.scope("p") as scope:
                scope.key_value("name", "optuna")
                scope.key_value("randSeed", seed)
            for name, key, value in (("a", "name", algorithm), ("f", "name", instance),
                                     ("y", "nvars", len(trials[0].params))):
                with setup.scope(name) as scope:
                    scope.key_value(key, value)
        with logger.text(SECTION_RESULT_Y) as result:
            result.write(solution)
    return path


__all__ = ["from_optuna", "moptipy_to_ioh_analyzer", "runs_from_csv", "runs_from_ioh", "to_ioh"]
