"""All exceptions of fescue that are no plain ``TypeError`` or ``ValueError``: one tree."""


class FescueError(Exception):
    """The root of fescue's own exceptions."""


class LogFileError(FescueError, ValueError):
    """A log file that cannot be parsed; the text names file, line and reason."""


class InstanceError(FescueError, ValueError):
    """A problem instance that is malformed; the text names source, line and column."""


class ObjectiveError(FescueError, ValueError):
    """An objective function returned a value that no run can use, such as NaN."""


class ExperimentError(FescueError):
    """Some runs of an experiment failed; the text names each of them."""


class ExecutionError(FescueError):
    """A task of a :class:`~fescue.tuning.TaskExecutor` failed; its cause is the exception."""


class TuningError(FescueError):
    """A study without any result, or that cannot go on; the text says why."""


class TrialPruned(FescueError):  # noqa: N818 - it is no error, an objective raises it to stop
    """Raised by an objective that gives up a :class:`fescue.tuning.Trial`."""


class LogWriteError(FescueError, OSError):
    """A log file that cannot be written; the text names the file, the reason and the remedy."""


class ValidationError(FescueError, ValueError):
    """A component breaks its contract; the text names it, the value and what was expected."""


class ReplayError(FescueError):
    """A run that cannot be made again from its log; the text names what the log does not say."""


class BundleError(FescueError, ValueError):
    """An archive that is refused; the text names the entry and the reason."""
