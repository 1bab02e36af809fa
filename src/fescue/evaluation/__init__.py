"""Reads what runs have left behind: their log files, and nothing else."""

from fescue.evaluation.log_reader import RunLog, read_log

__all__ = ["RunLog", "read_log"]
