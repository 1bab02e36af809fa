"""What the log of a finished run says, section by section."""

from collections.abc import Callable, Iterator
from traceback import format_exception
from typing import TYPE_CHECKING

from fescue.api.logging import (
    KEY_ARCHIVE_F,
    KEY_ARCHIVE_MAX_SIZE,
    KEY_ARCHIVE_PRUNE_LIMIT,
    KEY_ARCHIVE_SIZE,
    KEY_BEST_F,
    KEY_BEST_FS,
    KEY_CLASS,
    KEY_EXCEPTION_STACK_TRACE,
    KEY_EXCEPTION_TYPE,
    KEY_EXCEPTION_VALUE,
    KEY_F_LOWER_BOUND,
    KEY_F_UPPER_BOUND,
    KEY_GOAL_F,
    KEY_LAST_IMPROVEMENT_FE,
    KEY_LAST_IMPROVEMENT_TIME_MILLIS,
    KEY_MAX_FES,
    KEY_MAX_TIME_MILLIS,
    KEY_NAME,
    KEY_RAND_BIT_GENERATOR_TYPE,
    KEY_RAND_GENERATOR_TYPE,
    KEY_RAND_SEED,
    KEY_TOTAL_FES,
    KEY_TOTAL_TIME_MILLIS,
    PREFIX_SECTION_ARCHIVE,
    SCOPE_ALGORITHM,
    SCOPE_ENCODING,
    SCOPE_OBJECTIVE_FUNCTION,
    SCOPE_PROCESS,
    SCOPE_PRUNER,
    SCOPE_SEARCH_SPACE,
    SCOPE_SOLUTION_SPACE,
    SECTION_ARCHIVE_QUALITY,
    SECTION_ERROR_IN_LOG,
    SECTION_FINAL_STATE,
    SECTION_RESULT_X,
    SECTION_RESULT_Y,
    SECTION_SETUP,
    SUFFIX_SECTION_ARCHIVE_X,
    SUFFIX_SECTION_ARCHIVE_Y,
)
from fescue.utils.logger import KeyValueLogSection, Logger
from fescue.utils.nputils import array_to_str
from fescue.utils.sysinfo import log_sys_info
from fescue.utils.types import type_name_of

if TYPE_CHECKING:  # the run writes its log: this module only says how
    from fescue.api._run import Run

#: the version of the format of log files
FORMAT_VERSION = 1
_KEY_FORMAT_VERSION = "formatVersion"
_KEY_COMPILED = "compiled"

#: writes one section, or several that belong together
_Writer = Callable[["Run", Logger], None]


def final_sections(run: "Run") -> Iterator[str]:
    """Yield the text of all sections behind the progress table.

    A section that cannot be written is left out, and the reason is kept as ``ERROR_IN_LOG`` of
    the run; the others are written all the same.
    """
    writers: list[_Writer] = [_state, _setup, _sys_info]
    if run.has_best():
        writers += (_result_x, _result_y)
    if run.archive is not None:
        writers.append(_archive)
    writers += (_errors, _user_sections)
    for writer in writers:
        lines: list[str] = []
        try:
            with Logger(str(run), lines.append) as logger:
                writer(run, logger)
        except Exception as error:  # whatever a component's author got wrong
            if SECTION_ERROR_IN_LOG in run.errors:
                continue
            run.errors[SECTION_ERROR_IN_LOG] = error
            lines.clear()
        yield "".join(f"{line}\n" for line in lines)


def _state(run: "Run", logger: Logger) -> None:
    with logger.key_values(SECTION_FINAL_STATE) as section:
        section.key_value(KEY_TOTAL_FES, run.get_consumed_fes())
        section.key_value(KEY_TOTAL_TIME_MILLIS, run.get_consumed_time_millis())
        if run.has_best():
            section.key_value(KEY_BEST_F, run.get_best_f())
            section.key_value(KEY_LAST_IMPROVEMENT_FE, run.get_last_improvement_fe())
            section.key_value(
                KEY_LAST_IMPROVEMENT_TIME_MILLIS, run.get_last_improvement_time_millis())
        else:
            section.comment("there is no best point: no FE gave a finite objective value")
        if run.archive is not None:
            if run.archive.best_fs is not None:
                section.key_value(KEY_BEST_FS, array_to_str(run.archive.best_fs))
            section.key_value(KEY_ARCHIVE_SIZE, len(run.archive.members))


def log_process(run: "Run", section: KeyValueLogSection) -> None:
    """Write the parameters of the process itself."""
    section.key_value(KEY_NAME, str(run))
    face = "_Single" if run.problem is None else "_Multi"
    section.key_value(KEY_CLASS, f"fescue.api._faces.{face}")
    section.key_value(_KEY_FORMAT_VERSION, FORMAT_VERSION)
    section.key_value(_KEY_COMPILED, run.compiled is not None)
    for key, bound in ((KEY_F_LOWER_BOUND, run.setup.objective.lower_bound()),
                       (KEY_F_UPPER_BOUND, run.setup.objective.upper_bound())):
        if abs(bound) < float("inf"):
            section.key_value(key, bound)
    for key, limit in ((KEY_MAX_FES, run.setup.max_fes),
                       (KEY_MAX_TIME_MILLIS, run.setup.max_time_millis),
                       (KEY_GOAL_F, run.setup.goal_f)):
        if limit is not None:
            section.key_value(key, limit)
    section.key_value(KEY_RAND_SEED, run.setup.rand_seed, also_hex=True)
    section.key_value(KEY_RAND_GENERATOR_TYPE, type_name_of(run.random))
    section.key_value(KEY_RAND_BIT_GENERATOR_TYPE, type_name_of(run.random.bit_generator))
    if run.archive is not None:
        section.key_value(KEY_ARCHIVE_MAX_SIZE, run.setup.archive_max_size)
        section.key_value(KEY_ARCHIVE_PRUNE_LIMIT, run.setup.archive_prune_limit)


def _setup(run: "Run", logger: Logger) -> None:
    setup = run.setup
    with logger.key_values(SECTION_SETUP) as section:
        with section.scope(SCOPE_PROCESS) as scope:
            log_process(run, scope)
        for prefix, component in ((SCOPE_ALGORITHM, setup.algorithm),
                                  (SCOPE_SOLUTION_SPACE, setup.solution_space),
                                  (SCOPE_OBJECTIVE_FUNCTION, setup.objective),
                                  (SCOPE_PRUNER, setup.pruner),
                                  (SCOPE_SEARCH_SPACE, setup.search_space),
                                  (SCOPE_ENCODING, setup.encoding)):
            if component is not None:
                with section.scope(prefix) as scope:
                    component.log_parameters_to(scope)


def _sys_info(run: "Run", logger: Logger) -> None:
    log_sys_info(logger, host_details=run.setup.log_host_details)


def _result_x(run: "Run", logger: Logger) -> None:
    if run.setup.search_space is not None:
        _text(logger, SECTION_RESULT_X, run.setup.search_space.to_str(run.best.x))


def _result_y(run: "Run", logger: Logger) -> None:
    _text(logger, SECTION_RESULT_Y, run.setup.solution_space.to_str(run.best_y()))


def _archive(run: "Run", logger: Logger) -> None:
    records = sorted(run.get_archive())
    setup = run.setup
    for i, record in enumerate(records):
        prefix = f"{PREFIX_SECTION_ARCHIVE}{i}"
        if setup.search_space is not None:
            _text(logger, prefix + SUFFIX_SECTION_ARCHIVE_X, setup.search_space.to_str(record.x))
        _text(logger, prefix + SUFFIX_SECTION_ARCHIVE_Y,
              setup.solution_space.to_str(run.decoded(record.x)))
    if records:
        columns = [KEY_ARCHIVE_F, *(f"{KEY_ARCHIVE_F}{i}" for i in range(len(records[0].fs)))]
        with logger.csv(SECTION_ARCHIVE_QUALITY, columns) as table:
            for record in records:
                table.row((run.scalarized(record.x), *record.fs.tolist()))


def _errors(run: "Run", logger: Logger) -> None:
    for title, error in run.errors.items():
        trace = "".join(format_exception(error)).splitlines()
        _text(logger, title, "\n".join((
            f"{KEY_EXCEPTION_TYPE}: {type_name_of(error)}",
            f"{KEY_EXCEPTION_VALUE}: {_message(error)}",
            f"{KEY_EXCEPTION_STACK_TRACE}:",
            *(line.strip() for line in trace if line.strip()))))


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as second:  # an exception that cannot be printed is logged too
        return f"(its text raised {type(second).__name__})"


def _user_sections(run: "Run", logger: Logger) -> None:
    for title, text in sorted(run.sections.items()):
        _text(logger, title, text)


def _text(logger: Logger, title: str, text: str) -> None:
    with logger.text(title) as section:
        section.write(text)
