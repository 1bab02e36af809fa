"""Reads what runs have left behind: their log files, and nothing else.

``read_runs(folder)`` gives the table of all runs, ``read_progress`` their curves; the other names
make statistics, tests, tables, pictures and pages of them. Names are imported when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fescue.evaluation.curves import band, ecdf, ert_curve, ert_ecdf, targets_of
    from fescue.evaluation.importance import parameter_importance
    from fescue.evaluation.log_reader import RunLog, read_log
    from fescue.evaluation.mo_plots import plot_archives, plot_hypervolume
    from fescue.evaluation.pictures import save
    from fescue.evaluation.plots import (
        plot_ecdf,
        plot_ert,
        plot_ert_ecdf,
        plot_over_parameter,
        plot_progress,
        plot_ranking,
        plot_results,
    )
    from fescue.evaluation.progress import Curve, progress_at, read_progress, stopped
    from fescue.evaluation.report import report_page, write_report
    from fescue.evaluation.run_reader import FolderReader, read_runs
    from fescue.evaluation.runs import Runs
    from fescue.evaluation.statistics import (
        Sample,
        Summary,
        best_per_instance,
        describe,
        over_parameter,
        summarize,
    )
    from fescue.evaluation.study import StudyLog, StudyParameter, StudyTrial, read_study
    from fescue.evaluation.study_plots import (
        plot_front,
        plot_importance,
        plot_incumbent,
        plot_settings,
    )
    from fescue.evaluation.tables import (
        Table,
        number,
        results_table,
        samples_of,
        worse_than_best,
    )
    from fescue.evaluation.tests import (
        Effect,
        Ranking,
        a12,
        bonferroni,
        cliffs_delta,
        conover,
        friedman,
        holm,
        mann_whitney,
        nemenyi,
        wilcoxon,
    )
    from fescue.evaluation.verdict import Verdict, judge, pairs_table

#: the module of each name
_HOMES: Final[dict[str, str]] = {name: module for module, names in {
    "curves": "band ecdf ert_curve ert_ecdf targets_of",
    "importance": "parameter_importance",
    "log_reader": "RunLog read_log",
    "mo_plots": "plot_archives plot_hypervolume",
    "pictures": "save",
    "plots": "plot_ecdf plot_ert plot_ert_ecdf plot_over_parameter plot_progress plot_ranking "
             "plot_results",
    "progress": "Curve progress_at read_progress stopped",
    "report": "report_page write_report",
    "run_reader": "FolderReader read_runs",
    "runs": "Runs",
    "statistics": "Sample Summary best_per_instance describe over_parameter summarize",
    "study": "StudyLog StudyParameter StudyTrial read_study",
    "study_plots": "plot_front plot_importance plot_incumbent plot_settings",
    "tables": "Table number results_table samples_of worse_than_best",
    "tests": "Effect Ranking a12 bonferroni cliffs_delta conover friedman holm mann_whitney "
             "nemenyi wilcoxon",
    "verdict": "Verdict judge pairs_table",
}.items() for name in names.split()}

__all__ = [  # noqa: RUF022, as above
    "band", "ecdf", "ert_curve", "ert_ecdf", "targets_of", "parameter_importance", "RunLog",
    "read_log", "save", "plot_archives", "plot_hypervolume", "plot_ecdf", "plot_ert",
    "plot_ert_ecdf", "plot_over_parameter", "plot_progress", "plot_ranking", "plot_results",
    "Curve", "progress_at", "read_progress", "stopped", "report_page", "write_report",
    "FolderReader", "read_runs", "Runs", "Sample", "Summary", "best_per_instance", "describe",
    "over_parameter", "summarize", "StudyLog", "StudyParameter", "StudyTrial", "read_study",
    "plot_front", "plot_importance", "plot_incumbent", "plot_settings", "Table", "number",
    "results_table", "samples_of", "worse_than_best", "Effect", "Ranking", "a12", "bonferroni",
    "cliffs_delta", "conover", "friedman", "holm", "mann_whitney", "nemenyi", "wilcoxon",
    "Verdict", "judge", "pairs_table"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no {name!r}", name=name, obj=None)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
