"""Reads what runs have left behind: their log files, and nothing else."""

from fescue.evaluation.importance import importance
from fescue.evaluation.log_reader import RunLog, read_log
from fescue.evaluation.pictures import save
from fescue.evaluation.study import StudyLog, StudyParameter, StudyTrial, read_study
from fescue.evaluation.study_plots import (
    plot_front,
    plot_importance,
    plot_incumbent,
    plot_settings,
)

__all__ = ["RunLog", "StudyLog", "StudyParameter", "StudyTrial", "importance", "plot_front",
           "plot_importance", "plot_incumbent", "plot_settings", "read_log", "read_study", "save"]
