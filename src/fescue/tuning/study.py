"""A study: what has been proposed, what came out, and when it ends. It never waits for anything."""

import copy
from collections import deque
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, Final

from fescue.api._run import Run
from fescue.api._setup import Destination
from fescue.api.logging import TRIALS_SECTION
from fescue.tuning.calls import Outcome, judged
from fescue.tuning.described import Tuning, open_run, settle_several
from fescue.tuning.events import earlier, end_of, restore
from fescue.tuning.journal import Journal
from fescue.tuning.plan import Plan
from fescue.tuning.strategies.base import OptimizationStrategy
from fescue.tuning.trials import OptimizationResult, Trial, TrialState
from fescue.utils.errors import LogFileError, TuningError
from fescue.utils.nputils import rand_seed_check
from fescue.utils.types import check_int_range


class Study:
    """A study that is asked for trials, and told how they ended: the front for loops of one's own.

    Budget, best and progress are those of a run of the engine. Leave it by ``with`` or
    :meth:`close`: then its log is written.

    >>> from fescue.tuning import Optimizer, Parameter, ParameterType
    >>> x = Parameter("x", ParameterType.FLOAT, -1.0, 1.0)
    >>> with Optimizer().study([x], iterations=20, seed=1) as study:
    ...     while (trial := study.ask()) is not None:
    ...         study.tell(trial, trial.parameters["x"] ** 2)
    >>> study.result().iterations
    20
    """

    def __init__(self, plan: Plan, events: Iterable[Mapping[str, Any]] | None = None) -> None:
        """Begin a study, or go on with the one in its log file.

        Args:
            plan: what it is about
            events: those of a journal, which are only to be done again: see :attr:`difference`

        Raises:
            TuningError: if the study is going on elsewhere
            ValueError: if the log is that of another study
            LogFileError: if the log or its journal is damaged, or does not fit the strategy
            LogWriteError: if it cannot be written
        """
        self._plan = plan
        header = plan.header()
        #: this study's own copy: several studies may use a strategy at a time
        self.strategy: Final[OptimizationStrategy] = copy.deepcopy(plan.strategy)
        self._pruning = copy.deepcopy(plan.pruning)
        if self._pruning is not None:
            self._pruning.begin()
        self._tuning = Tuning(self.strategy, self._pruning, plan.workers)
        # a study that is started again was planned as at its first start
        adopted = ["planned", "workers", "known"] + ["seed"] * (plan.seed is None)
        self._journal = Journal(plan.log_file, header, adopted)
        self._events = list(self._journal.events if events is None else events)
        try:
            known = self._known()
            self._run = self._opened(1)
        except BaseException:
            self._journal.close(keep=True)
            raise
        self._random = self._run.random
        self._flying: dict[int, tuple[Trial, int]] = {}
        #: the tickets of the engine for trials that are about to be proposed
        self._reserved: list[int] = []
        self._trials: list[Trial] = []
        self._initial = deque(plan.initial)
        self._again: deque[Trial] = deque()
        self._untold: deque[Trial] = deque()
        self._told = 0
        self._asked = 0
        self._dimension = 0
        self._since_improvement = 0
        #: why it is over, an empty text while it is not
        self.stopped = ""
        #: what events that were given say, but the strategy does not
        self.difference = ""
        try:
            self._begin(known)
            self._go_on(is_check=events is not None)
        except BaseException as error:
            self.close(error)
            raise

    def _opened(self, dimension: int) -> Run:
        plan = self._plan
        before = sum("ask" in event for event in self._events)
        return open_run(
            self._tuning, plan.space, plan.objective, self._journal.study["seed"],
            max(plan.iterations, before), plan.goal, None if plan.log_file is None
            else Destination(plan.log_file), dimension)

    def _known(self) -> list[Trial]:
        """Return trials of earlier studies, when what an earlier start has planned is checked."""
        header, space = self._journal.study, self._plan.space
        try:
            rand_seed_check(header["seed"])
            check_int_range(header["planned"], "planned", 1)
            check_int_range(header["workers"], "workers", 1)
            return [earlier(space.from_str(text), score, scores)
                    for text, score, scores in header["known"]]
        except (TypeError, ValueError) as error:
            raise LogFileError(f"{self._plan.log_file}: the first line of its trials describes "
                               f"no study: {error}") from error

    def _begin(self, known: Iterable[Trial]) -> None:
        header = self._journal.study
        self.strategy.begin(self._plan.space, self._random, header["planned"], header["workers"])
        for trial in known:
            self.strategy.tell(trial)

    # proposals

    def reserve(self, n: int) -> int:
        """Reserve at most ``n`` more trials and return how many: fewer if the budget ends."""
        for i in range(n):
            ticket = None if self.stopped else self._run.ledger.admit()
            if ticket is None:
                return i
            self._reserved.append(ticket)
        return n

    def propose(self, n: int, *, checked: bool = True) -> tuple[int, list[dict[str, Any]]]:
        """Tell the strategy what it does not know yet, and ask it for at most ``n`` settings.

        This touches nothing but the strategy: another thread may call it, one at a time.

        Returns:
            how many trials the strategy knows of, and the settings: fewer if there are no more
        """
        while self._untold:
            self.strategy.tell(self._untold.popleft())
            self._told += 1
        told, settings = self._told, []
        for _ in range(n):
            setting = self._initial.popleft() if self._initial else self.strategy.ask()
            if setting is None:
                break
            if checked:
                self._plan.space.validate(setting)
            settings.append(setting)
        return told, settings

    def accept(self, told: int, settings: list[dict[str, Any]]) -> list[Trial]:
        """Return the trials that proposals become; what else was reserved is given back."""
        found = []
        for setting in settings if not self.stopped else ():
            trial = self._trial(dict(setting))
            self._journal.ask(trial.number, told, self._plan.space.to_str(trial.parameters))
            found.append(trial)
        if self._reserved and not self.stopped:
            self.stopped = "exhausted"
        self.give_back()
        return found

    def _trial(self, setting: dict[str, Any]) -> Trial:
        trial = Trial(self._asked, setting, _judge=self._pruning)
        self._asked += 1
        self._flying[trial.number] = (trial, self._reserved.pop())
        return trial

    def give_back(self) -> None:
        """Give back what was reserved for trials that are not made."""
        while self._reserved:
            self._run.ledger.release(self._reserved.pop())

    def take_again(self) -> Trial | None:
        """Return a trial that had not ended when the study was killed, ``None`` if none is left."""
        return self._again.popleft() if self._again and not self.stopped else None

    def ask(self) -> Trial | None:
        """Return the next trial, ``None`` if the study is over or all trials are in flight."""
        trial = self.take_again()
        if trial is not None:
            return trial
        if not self.reserve(1):
            return None
        try:
            told, settings = self.propose(1)
        except BaseException:
            self.give_back()
            raise
        found = self.accept(told, settings)
        return found[0] if found else None

    # ends

    def tell(self, trial: Trial, score: Any = None, *, reason: str | None = None) -> None:
        """Say how a trial ended; it is on disk when this returns.

        Args:
            trial: one that :meth:`ask` has returned
            score: what the objective gave: a number, or a tuple with several objectives. What is
                none makes the trial fail; so does ``None``
            reason: why the trial failed, instead of a score

        Raises:
            ValueError: if the trial is none of this study's, or has ended
        """
        if not isinstance(trial, Trial) or self._flying.get(
                trial.number, (None, 0))[0] is not trial:
            raise ValueError(f"trial={trial!r:.100} is not in flight: tell of each trial that "
                             "ask() has returned once.")
        outcome = Outcome(TrialState.FAILED, reason=reason) if reason is not None else (
            Outcome(TrialState.PRUNED, reason="given up") if trial._is_given_up else judged(score))
        self.note(trial, outcome, trial.seconds)
        self.sync()
        self.settle([trial])

    def note(self, trial: Trial, outcome: Outcome, seconds: float) -> None:
        """Write the end of a trial into the journal; :meth:`sync` brings it to the disk."""
        if outcome.state is TrialState.COMPLETE:
            n = len(outcome.scores) or 1
            if self._dimension not in (0, n):
                outcome = Outcome(TrialState.FAILED, reason=f"the objective returned {n} numbers, "
                                  f"but {self._dimension} before")
            else:
                self._dimension = n
        trial.state, trial.score, trial.scores = outcome.state, outcome.score, outcome.scores
        trial.reason, trial.seconds = outcome.reason, seconds
        self._journal.add(**end_of(trial))

    def sync(self) -> None:
        """Bring all events to the disk; may be called from another thread, one at a time."""
        self._journal.sync()

    def is_synced(self) -> bool:
        """Return whether all events are on disk, or need not be."""
        return self._journal.is_synced()

    def settle(self, trials: Iterable[Trial], replayed: bool = False) -> None:
        """Count trials that have ended, and tell everybody."""
        for trial in trials:
            self._settle(trial)
            if not replayed:
                for call in self._plan.callbacks:
                    call(trial)

    def _settle(self, trial: Trial) -> None:
        _, ticket = self._flying.pop(trial.number)
        if trial.scores and self._run.archive is None:
            ticket = self._count_several(len(trial.scores), ticket)
        best, last = self._run.best.f, self._run.best.fe
        if trial.state is not TrialState.COMPLETE:
            self._run.ledger.fail(ticket)
        elif trial.scores:
            settle_several(self._run, ticket, trial.parameters, trial.scores)
        else:
            self._run.ledger.settle(ticket, trial.parameters, trial.score)
        improved = self._run.best.f < best or self._run.best.fe > last
        self._since_improvement = 0 if improved else self._since_improvement + 1
        goal = self._plan.goal
        if goal is not None and trial.state is TrialState.COMPLETE and trial.score <= goal:
            self.stopped = "goal"
        elif self._plan.patience is not None and (
                self._since_improvement >= self._plan.patience):
            self.stopped = "patience"
        self._trials.append(trial)
        self._untold.append(trial)

    def _count_several(self, dimension: int, ticket: int) -> int:
        """Go on with a run of several objectives: that there are, the first score has shown."""
        before = self._run
        before.discard()
        self._run = self._opened(dimension)
        self._run.clock.start = before.clock.start
        ledger = self._run.ledger
        for _ in self._trials:  # which have all failed
            ledger.fail(ledger.admit() or 0)
        self._flying = {number: (trial, ledger.admit() or 0)
                        for number, (trial, _) in self._flying.items()}
        self._reserved = [ledger.admit() or 0 for _ in self._reserved]
        return ledger.admit() or 0

    def fail_without_trace(self, trial: Trial) -> None:
        """Count a trial whose error is raised; after a restart, it is made again."""
        _, ticket = self._flying.pop(trial.number)
        self._run.ledger.fail(ticket)

    # what was before, and what is left in the end

    def _replay(self, events: Iterable[Mapping[str, Any]]) -> list[Trial]:
        """Do again what a journal says, and return the trials that had not ended.

        Raises:
            LogFileError: if it does not fit what the strategy proposes
        """
        ended: deque[Trial] = deque()
        for event in events:
            if "ask" in event:
                self._ask_again(event, ended)
                continue
            number = event.get("end")
            flight = self._flying.get(number) if type(number) is int else None
            if flight is None or flight[0].has_ended():
                raise LogFileError(f"The journal does not fit: {event} ends no trial.")
            trial = flight[0]
            restore(trial, event)
            if self._dimension == 0 and trial.state is TrialState.COMPLETE:
                self._dimension = len(trial.scores) or 1
            ended.append(trial)
        self.settle(ended, replayed=True)
        return [trial for trial, _ in self._flying.values()]

    def _go_on(self, is_check: bool) -> None:
        try:
            self._again = deque(self._replay(self._events))
        except LogFileError as error:
            if not is_check:
                raise LogFileError(f"{self._plan.log_file}: {error}") from error
            self.difference = str(error)

    def _ask_again(self, event: Mapping[str, Any], ended: deque[Trial]) -> None:
        self.stopped = ""  # it went on then, whatever would stop it now
        told, is_left = event.get("told"), self.reserve(1)
        while ended and type(told) is int and len(self._trials) < told:
            self.settle([ended.popleft()], replayed=True)
        setting = None
        if self._told + len(self._untold) == told:
            _, settings = self.propose(1, checked=False)
            setting = settings[0] if settings else None
        space = self._plan.space
        if setting is None or not is_left or event["ask"] != self._asked or (
                not isinstance(event.get("parameters"), dict)
                or list(event["parameters"].items()) != list(space.plain(setting).items())):
            raise LogFileError(
                f"The journal does not fit: trial {event['ask']} had the parameters "
                f"{event.get('parameters')}, now it would have {setting}. Was it changed, or the "
                "strategy?")
        self._trial(setting)

    def cancel(self, reason: str = "") -> None:
        """Give back all trials in flight, and list them as cancelled."""
        for trial, ticket in self._flying.values():
            self._run.ledger.release(ticket)
            trial.state, trial.score = TrialState.CANCELLED, inf
            trial.reason = f"the study has ended: {reason or self.stopped or 'error'}"
            self._trials.append(trial)
        self._flying.clear()

    def result(self) -> OptimizationResult:
        """Return the result so far.

        Raises:
            TuningError: if no trial was complete
        """
        complete = [t for t in self._trials if t.state is TrialState.COMPLETE]
        if not complete:
            reasons = "; ".join(f"number {t.number}, {t.parameters}: {t.state.value}, {t.reason}"
                                for t in self._trials[:5])
            raise TuningError(f"None of {len(self._trials)} trials was complete. {reasons}")
        best = min(complete, key=lambda t: t.score)  # the first of several
        ended = [t for t in self._trials if t.state is not TrialState.CANCELLED]
        first = next((t.score for t in complete if t.is_informative()), best.score)
        clock = self._run.clock
        return OptimizationResult(
            dict(best.parameters), best.score, [t.to_dict() for t in self._trials], len(ended),
            (clock.now() - clock.start) / 1e9,
            0.0 if first == best.score else first - best.score, self.stopped or "iterations",
            self._front(complete))

    def _front(self, complete: list[Trial]) -> list[dict[str, Any]]:
        if self._run.archive is None:
            return []
        kept = {tuple(record.fs.tolist()) for record in self._run.archive.members}
        front = {t.scores: t for t in reversed(complete) if t.scores in kept}
        return [front[scores].to_dict() for scores in sorted(front)]

    def close(self, error: BaseException | None = None) -> None:
        """Write the log; callable repeatedly.

        Args:
            error: what has ended the study, if anything; then its journal is kept, too
        """
        if self._journal.is_closed():
            return
        self.cancel()
        if self._run.has_log():
            self._run.add_log_section(TRIALS_SECTION, self._journal.text())
        self._run._may_evaluate = False
        self._run.finish(error)
        self._run.close()
        self._journal.close(keep=error is not None)

    def __enter__(self) -> "Study":
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.close(error)
