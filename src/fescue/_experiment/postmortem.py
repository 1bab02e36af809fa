"""The log of a run that was killed: what its unfinished log holds, and why it was killed."""

from pathlib import Path
from typing import Final

from fescue._experiment.claims import Claim, part_path
from fescue._experiment.files import KILL_SECTIONS, State
from fescue.utils.errors import LogWriteError
from fescue.utils.logger import CSV_SEPARATOR, Logger
from fescue.utils.path import UnfinishedFile

_PROGRESS: Final = b"BEGIN_PROGRESS\n"
_TITLES: Final = {state: title for title, state in KILL_SECTIONS.items()}


def conclude(claim: Claim, state: State, text: str, seed: int) -> bool:
    """Publish the log of a run that will not be attempted again, and give up its claim.

    Args:
        claim: the last attempt
        state: why it was killed, one of ``KILL_SECTIONS``
        text: the same in words
        seed: the run's seed

    Returns:
        whether the log was published; if not, somebody else has published one

    Raises:
        LogWriteError: if it cannot be written
    """
    rows = _rows(claim.part)
    lines: list[str] = []
    with Logger(str(claim.log), lines.append) as logger:
        if len(rows) > 1:
            lines.extend(("BEGIN_PROGRESS", *rows, "END_PROGRESS"))
        with logger.key_values("STATE") as section:
            section.comment("the run was killed: this is what its last row of progress says")
            for key, value in _state(rows):
                section.key_value(key, value)
        with logger.key_values("SETUP") as section:
            with section.scope("p") as scope:
                scope.key_value("randSeed", seed, also_hex=True)
            with section.scope("a") as scope:
                scope.key_value("name", claim.log.parent.parent.name)
        with logger.text(_TITLES[state]) as section:
            section.write(f"exceptionType: {state.value}\nexceptionValue: {text}")
    file = UnfinishedFile(part_path(claim.log, claim.attempt + 1))
    file.write("".join(f"{line}\n" for line in lines))
    try:
        published = file.publish(claim.log, overwrite=False)
    except LogWriteError:
        file.close()
        raise
    if not published:
        file.close()
        file.path.unlink(missing_ok=True)
    claim.release()
    return published


def _rows(part: Path) -> list[str]:
    """Return header and complete rows of the progress table in an unfinished log."""
    try:
        data = part.read_bytes()
    except OSError:
        return []
    if not data.startswith(_PROGRESS):
        return []
    table = data[len(_PROGRESS):].partition(b"\nEND_")[0]
    return table.decode("ascii", "replace").split("\n")[:-1]


def _state(rows: list[str]) -> list[tuple[str, str]]:
    cells = [row.split(CSV_SEPARATOR) for row in rows[1:]]
    if not cells:
        return [("totalFEs", "0"), ("totalTimeMillis", "0")]
    best = min(cells, key=lambda row: float(row[2]))
    return [("totalFEs", cells[-1][0]), ("totalTimeMillis", cells[-1][1]), ("bestF", best[2]),
            ("lastImprovementFE", best[0]), ("lastImprovementTimeMillis", best[1])]
