"""One run: its parts put together, from the setup to the published log."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from math import inf
from typing import Any, Final

import numpy as np
from numpy.random import Generator

from fescue._engine.clock import Clock, Ticker
from fescue._engine.ledger import UNLIMITED, Ledger
from fescue._engine.memory import Archive, Best
from fescue._engine.pipeline import Pipeline
from fescue._engine.recorder import Recorder
from fescue._engine.watch import Watch
from fescue.api import logging as words
from fescue.api._checks import check_results
from fescue.api._compiled import compiled_form, may_be_compiled
from fescue.api._log import final_sections, log_process
from fescue.api._setup import Destination, Setup
from fescue.api.mo_archive import MORecord
from fescue.api.mo_problem import MOProblem, is_pareto
from fescue.api.mo_utils import scan
from fescue.api.space import Space
from fescue.kernels.jit import compiled, sparing
from fescue.utils.nputils import rand_generator
from fescue.utils.types import type_error

_TITLE: Final[re.Pattern[str]] = re.compile("[A-Z0-9_]+")
_FLUSH_SECONDS: Final = 0.5
#: for so few FEs it is not worth while to load a compiler
_FEW_FES: Final = 50
_RESERVED: Final[frozenset[str]] = frozenset(
    value for key, value in vars(words).items() if key.startswith("SECTION_"))


class Run:
    """A run, from its setup to its published log; it does not know its face."""

    def __init__(self, setup: Setup, destination: Destination | None) -> None:
        """Create the log and reset the components; the time starts in :meth:`start`.

        Raises:
            LogWriteError: if the log cannot be written
        """
        self.setup = setup
        self.problem = setup.objective if setup.pruner is not None and isinstance(
            setup.objective, MOProblem) else None
        self.points: Space = setup.search_space or setup.solution_space
        self.random: Generator = rand_generator(setup.rand_seed)
        #: what went wrong, by the title of the section that says so
        self.errors: dict[str, BaseException] = {}
        #: the user's own sections
        self.sections: dict[str, str] = {}
        self._destination = destination
        self._file = None if destination is None else destination.open()
        self._progress_size = 0
        self._written: tuple[int, ...] = ()
        self._may_evaluate = True
        self.recorder: Recorder | None = None
        self._scan: Callable[..., int] | None = None
        #: performs the run as machine code, ``None`` if the algorithm itself does it
        self.compiled: Callable[[], None] | None = None
        self._ticker: Ticker | None = None
        # what a run has that fails before it starts
        self.clock = Clock()
        self.pipeline = Pipeline(setup.objective.evaluate)
        self.best = Best(self.points)
        self.archive: Archive | None = None
        self.ledger = Ledger(setup.objective.evaluate)

    def start(self) -> None:
        """Reset the components, join the parts and start the time."""
        setup, problem = self.setup, self.problem
        self._initialize()
        decode = None if setup.encoding is None else setup.encoding.decode
        if problem is None:
            self.pipeline = Pipeline(setup.objective.evaluate, decode, setup.solution_space)
        else:
            self.pipeline = Pipeline(
                problem.f_evaluate, decode, setup.solution_space, problem.f_create())
        self.best = Best(self.points, self.pipeline.keep_y if decode is not None else None)
        memory: Best | Archive = self.best
        vector: Callable[[], np.ndarray] | None = None
        if problem is not None and setup.pruner is not None:
            vector = self._vector
            self.archive = memory = Archive(
                self.best, self.points, vector, problem.f_dominates, MORecord,
                setup.pruner.prune, setup.archive_max_size, setup.archive_prune_limit, self._scan)
        self.clock = clock = Clock()
        self.recorder = Recorder(
            clock, self._write_rows, setup.log_all_fes, vector,
            None if problem is None else problem.f_dominates) if setup.log_progress else None
        self._watch = watch = Watch(
            memory, clock.now, self.recorder, -inf if setup.goal_f is None else setup.goal_f,
            self.terminate, self.points.to_str)
        limit = setup.max_time_millis
        self.ledger = Ledger(
            self.pipeline.rate, watch, setup.max_fes, alert=watch.first_alert(), now=clock.now,
            deadline=UNLIMITED if limit is None else clock.start + limit * 1_000_000,
            on_stop=clock.stop_once, subject=f"objective {setup.objective}")
        if self.recorder is not None:
            # a run that is killed leaves what it had found a second ago
            self._ticker = Ticker(self.recorder.flush, _FLUSH_SECONDS)

    def _initialize(self) -> None:
        """Reset the components, and see whether the run is to be compiled as a whole."""
        setup = self.setup
        if may_be_compiled(setup):
            with sparing():
                setup.initialize()
                self.compiled = compiled_form(self)
        if self.compiled is not None:
            return
        few = setup.max_fes is not None and setup.max_fes <= _FEW_FES
        with sparing() if few else nullcontext():
            setup.initialize()
            setup.algorithm.prepare(self.points, setup.max_fes)
            if self.problem is not None and is_pareto(self.problem.f_dominates):
                fs = self.problem.f_create()
                self._scan = compiled(scan, fs[None], 1, fs, np.zeros(1, np.int64))

    def solve(self, process: Any) -> None:
        """Perform the run."""
        if self.compiled is None:
            self.setup.algorithm.solve(process)
        else:
            self.compiled()

    def refuse(self, n: int, x: Any, f: int | float) -> None:
        """Raise what is to be said of FE ``n`` with an illegal value ``f``."""
        self._watch(n, x, f, False)

    def finish(self, error: BaseException | None) -> None:
        """End the time, check the results and write the log, unpublished.

        Args:
            error: what the algorithm raised, if anything
        """
        self.clock.stop()
        if self._ticker is not None:
            self._ticker.stop()
        if error is not None:
            self.errors[words.SECTION_ERROR_IN_RUN] = error
            # who interrupts a run does not want to wait for one more evaluation
            self._may_evaluate = isinstance(error, Exception)
        self._write_end()

    def close(self, error: BaseException | None = None) -> None:
        """Publish the log; callable repeatedly.

        Args:
            error: what the user's code raised while it used the results, if anything

        Raises:
            LogWriteError: if the log cannot be written; then this can be tried again
            Exception: if the user has evaluated points and thereby made the results wrong
        """
        self.terminate()
        if error is not None and error not in self.errors.values():
            self.errors[words.SECTION_ERROR_IN_CONTEXT] = error
        if self._file is None or self._destination is None:
            return
        known = len(self.errors)
        if self._written != self._version():
            self.clock.stop()
            self._write_end()
        self._destination.publish(self._file, self.errors.values())
        self._file = None
        if error is None and len(self.errors) > known:
            raise list(self.errors.values())[known]

    def discard(self) -> None:
        """End without a log: another run takes its place, and its file."""
        self.terminate()
        if self._ticker is not None:
            self._ticker.stop()
        if self._file is not None:
            self._file.close()
            self._file = None

    def first_error(self) -> BaseException | None:
        """Return the first thing that went wrong, if anything, in the order of the log."""
        return next(iter(self.errors.values()), None)

    def has_best(self) -> bool:
        return self.best.x is not None

    def get_random(self) -> Generator:
        return self.random

    def get_consumed_fes(self) -> int:
        return self.ledger.n

    def get_max_fes(self) -> int | None:
        return self.setup.max_fes

    def get_max_time_millis(self) -> int | None:
        return self.setup.max_time_millis

    def get_consumed_time_millis(self) -> int:
        return self.clock.consumed_millis()

    def get_last_improvement_fe(self) -> int:
        return self._known_best().fe

    def get_last_improvement_time_millis(self) -> int:
        return self.clock.millis_at(self._known_best().moment)

    def get_best_f(self) -> int | float:
        return self._known_best().f

    def get_copy_of_best_x(self, x: Any) -> None:
        self.points.copy(x, self._known_best().x)

    def get_copy_of_best_y(self, y: Any) -> None:
        self._known_best()
        self.setup.solution_space.copy(y, self.best_y())

    def get_copy_of_best_fs(self, fs: np.ndarray) -> None:
        self._known_best()
        if self.archive is not None and self.archive.best_fs is not None:
            np.copyto(fs, self.archive.best_fs)

    def get_archive(self) -> list[MORecord]:
        return [] if self.archive is None else list(self.archive.members)

    def check_in(self, x: Any, fs: np.ndarray, prune_if_necessary: bool = False) -> bool:
        return self.archive is not None and self.archive.check_in(x, fs, prune_if_necessary)

    def has_log(self) -> bool:
        return self._destination is not None

    def get_log_basename(self) -> str | None:
        return None if self._destination is None else str(self._destination.final.with_suffix(""))

    def add_log_section(self, title: str, text: str) -> None:
        for name, value in (("title", title), ("text", text)):
            if not isinstance(value, str):
                raise type_error(value, name, str)
            if name == "title" and not _TITLE.fullmatch(value):
                raise ValueError(f"title={value!r} is invalid, use only A-Z, 0-9 and _.")
            if "BEGIN_" in value or "END_" in value:
                raise ValueError(f"{name} {value!r} contains BEGIN_ or END_, which mark sections.")
        if title in _RESERVED or title.startswith(
                (words.ERROR_SECTION_PREFIX, words.PREFIX_SECTION_ARCHIVE)):
            raise ValueError(f"title={title!r} is that of a standard section, choose another one.")
        if title in self.sections:
            raise ValueError(f"There is a section {title!r} already, choose another title.")
        self.sections[title] = text.strip()

    def log_parameters_to(self, logger: Any) -> None:
        log_process(self, logger)

    def terminate(self) -> None:
        self.ledger.terminate()

    def best_y(self) -> Any:
        """Return the best solution itself."""
        return self.pipeline.best_y(self.best.x)

    def decoded(self, x: Any) -> Any:
        """Return the solution that the point ``x`` stands for."""
        if self.setup.encoding is None:
            return x
        y = self.setup.solution_space.create()
        self.setup.encoding.decode(x, y)
        return y

    def scalarized(self, x: Any) -> int | float:
        """Return the objective value of the point ``x``, without counting an FE."""
        return self.setup.objective.evaluate(self.decoded(x))

    def __str__(self) -> str:
        return (f"{'' if self.problem is None else 'MO'}"
                f"{'Logging' if self.setup.log_progress else ''}Process"
                f"{'Without' if self.setup.search_space is None else 'With'}SearchSpace")

    def _vector(self) -> np.ndarray:
        return self.pipeline.fs  # type: ignore[return-value] # there is one if this is called

    def _known_best(self) -> Best:
        if self.best.x is None:
            raise ValueError(
                "There is no best point yet: no FE gave a finite objective value. "
                "Ask has_best() first.")
        return self.best

    def _write_rows(self, text: str) -> None:
        if self._file is None:
            return
        if self._progress_size == 0:
            columns = [words.PROGRESS_FES, words.PROGRESS_TIME_MILLIS, words.PROGRESS_CURRENT_F]
            if self.problem is not None:
                columns += (f"{words.PROGRESS_CURRENT_F}{i}"
                            for i in range(self.problem.f_dimension()))
            text = f"BEGIN_{words.SECTION_PROGRESS}\n{';'.join(columns)}\n{text}"
        self._file.write(text)
        self._progress_size = self._file.size()

    def _version(self) -> tuple[int, ...]:
        return self.ledger.n, len(self.sections), len(self.errors)

    def _write_end(self) -> None:
        """Write everything behind the progress rows, over an earlier version of it."""
        if self._file is not None:
            self._file.cut(self._progress_size)
        if self.recorder is not None:
            self.recorder.flush()
        if self._may_evaluate:
            check_results(self)
        if self._file is not None:
            sections = "".join(final_sections(self))
            if self._progress_size:
                self._file.write(f"END_{words.SECTION_PROGRESS}\n")
            self._file.write(sections)
        self._written = self._version()
