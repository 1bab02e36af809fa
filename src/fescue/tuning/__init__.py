"""Tuning of parameters: what is there so far, see docs/architecture.md."""

from fescue.spaces.parameters import Parameter, ParameterSpace, ParameterType
from fescue.tuning.executor import TaskExecutor
from fescue.tuning.monitor import ResourceMonitor, SystemStats

__all__ = ["Parameter", "ParameterSpace", "ParameterType", "ResourceMonitor", "SystemStats",
           "TaskExecutor"]
