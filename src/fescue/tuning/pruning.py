"""Rules that give up trials which are worse, so far, than others were."""

from bisect import bisect_right, insort
from math import inf
from threading import Lock
from typing import Final

from fescue.api.component import Component
from fescue.tuning.trials import Trial
from fescue.utils.logger import KeyValueLogSection
from fescue.utils.types import check_int_range


class PruningRule(Component):
    """Decides, by the reports of all trials, which ones are given up.

    Trials report from several threads; the methods here are called by one at a time.
    """

    def begin(self) -> None:
        """Forget what was reported before."""
        self._lock = Lock()

    def reported(self, trial: Trial) -> None:
        """Take note of the last report of a trial."""
        with self._lock:
            self.note(trial.number, *trial.reports[-1])

    def should_prune(self, trial: Trial) -> bool:
        """Return whether a trial that has reported is to be given up."""
        with self._lock:
            return self.is_hopeless(trial)

    def note(self, number: int, step: int, value: float) -> None:
        """Take note of what trial ``number`` has reported."""
        raise self._must_override("note(number, step, value)")

    def is_hopeless(self, trial: Trial) -> bool:
        """Return whether a trial that has reported is to be given up."""
        raise self._must_override("is_hopeless(trial)")

    def __getstate__(self) -> dict[str, object]:
        """Return the state without the lock, which cannot be copied."""
        return {key: value for key, value in vars(self).items() if key != "_lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Restore a state."""
        vars(self).update(state)
        self._lock = Lock()


class MedianPruning(PruningRule):
    """Give up trials whose best report is worse than the median of others at the same step.

    Source: D. Golovin et al., Google Vizier: A Service for Black-Box Optimization, 2017,
    10.1145/3097983.3098043.
    """

    def __init__(self, least_trials: int = 5, least_steps: int = 0) -> None:
        """Create it.

        Args:
            least_trials: so many others must have reported at a step, at least 1
            least_steps: no trial is given up before this step, at least 0

        Raises:
            TypeError: if an argument is no integer
            ValueError: if one is out of range
        """
        #: how many others must have reported at a step
        self.least_trials: Final[int] = check_int_range(least_trials, "least_trials", 1, 10 ** 9)
        #: before this step no trial is given up
        self.least_steps: Final[int] = check_int_range(least_steps, "least_steps", 0)

    def begin(self) -> None:
        """Forget what was reported before."""
        super().begin()
        #: for each step the sorted values
        self._values: dict[int, list[float]] = {}

    def note(self, number: int, step: int, value: float) -> None:
        """Take note of what trial ``number`` has reported."""
        insort(self._values.setdefault(step, []), value)

    def is_hopeless(self, trial: Trial) -> bool:
        """Return whether it is worse than half of the others."""
        step, value = trial.reports[-1]
        others = self._values[step]
        n = len(others) - 1  # its own value is there, too
        if step < self.least_steps or n < self.least_trials:
            return False
        best = min(report[1] for report in trial.reports)
        own = bisect_right(others, value) - 1
        # the median of the others: its own value is left out
        middle = others[n // 2 if n // 2 < own else n // 2 + 1]
        return best > middle or best == inf

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and both numbers."""
        super().log_parameters_to(logger)
        logger.key_value("leastTrials", self.least_trials)
        logger.key_value("leastSteps", self.least_steps)

    def __str__(self) -> str:
        return "median"


class SuccessiveHalving(PruningRule):
    """Let a share of the trials continue at each of some steps: the best of those that came there.

    Nobody waits for others (ASHA): a trial goes on if it is among the best so far.

    Source: L. Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020,
    arXiv:1810.05934.
    """

    def __init__(self, first_step: int = 1, reduction: int = 3) -> None:
        """Create it.

        Args:
            first_step: the first step at which trials are compared, at least 1
            reduction: one of so many continues, and steps grow by this factor, at least 2

        Raises:
            TypeError: if an argument is no integer
            ValueError: if one is out of range
        """
        #: the first step at which trials are compared
        self.first_step: Final[int] = check_int_range(first_step, "first_step", 1, 10 ** 9)
        #: one of so many continues
        self.reduction: Final[int] = check_int_range(reduction, "reduction", 2, 1000)

    def begin(self) -> None:
        """Forget what was reported before."""
        super().begin()
        #: for each step at which trials are compared, the sorted values of those that came there
        self._rungs: dict[int, list[float]] = {}
        #: for each trial, the last of these steps, and its value there
        self._reached: dict[int, tuple[int, float]] = {}

    def note(self, number: int, step: int, value: float) -> None:
        """Take note of what trial ``number`` has reported."""
        last = self._reached.get(number, (0, inf))[0]
        rung = self.first_step if last == 0 else last * self.reduction
        while step >= rung:
            insort(self._rungs.setdefault(rung, []), value)
            self._reached[number] = (rung, value)
            rung *= self.reduction

    def is_hopeless(self, trial: Trial) -> bool:
        """Return whether it is not among the best at the last step at which it was compared."""
        if trial.number not in self._reached:
            return False
        rung, value = self._reached[trial.number]
        values = self._rungs[rung]
        return value == inf or value > values[max(len(values) // self.reduction, 1) - 1]

    def log_parameters_to(self, logger: KeyValueLogSection) -> None:
        """Write name, class and both numbers."""
        super().log_parameters_to(logger)
        logger.key_value("firstStep", self.first_step)
        logger.key_value("reduction", self.reduction)

    def __str__(self) -> str:
        return f"halving{self.first_step}x{self.reduction}"
