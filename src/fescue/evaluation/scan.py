"""The end of a run from the bytes of its log: what tables of many runs are made of, fast.

What stands in a log as fescue and moptipy write it is found by a handful of searches. Whatever
looks different is read line by line, by the rules for all logs, so that both ways give the same.
"""

from dataclasses import dataclass
from math import nan
from typing import Final

from fescue.api.logging import (
    ERROR_SECTION_PREFIX,
    KEY_BEST_F,
    KEY_LAST_IMPROVEMENT_FE,
    KEY_LAST_IMPROVEMENT_TIME_MILLIS,
    KEY_TOTAL_FES,
    KEY_TOTAL_TIME_MILLIS,
    SECTION_FINAL_STATE,
    SECTION_RESULT_Y,
    SECTION_SETUP,
)
from fescue.utils.errors import LogFileError
from fescue.utils.naming import str_to_num
from fescue.utils.sections import parse_key_values, parse_sections

KEY_SEED: Final = "p.randSeed"
_KEY_SEED_HEX: Final = "p.randSeed(hex)"
_STATE: Final = b"BEGIN_STATE\n"
_STATE_END: Final = b"\nEND_STATE\nBEGIN_SETUP\n"
_SETUP_END: Final = b"\nEND_SETUP\n"
_SEED: Final = b"\np.randSeed: "
_RESULT: Final = b"\nBEGIN_RESULT_Y\n"
_ERROR: Final = b"\nBEGIN_ERROR_"
_BEGIN, _END = b"\nBEGIN_", b"\nEND_"
_KEYS: Final = tuple(key.encode() for key in (
    KEY_TOTAL_FES, KEY_TOTAL_TIME_MILLIS, KEY_BEST_F, KEY_LAST_IMPROVEMENT_FE,
    KEY_LAST_IMPROVEMENT_TIME_MILLIS))


@dataclass(slots=True)
class Scan:
    """The end of a run.

    Attributes:
        total_fes: the number of FEs
        total_time_millis: the run time
        best_f: the best objective value, ``nan`` if there is none
        last_improvement_fe: the FE that gave it, 0 if there is none
        last_improvement_time_millis: when that was, 0 likewise
        seed: the seed, -1 if the log has none
        error: the title of the first error section, empty if there is none
        setup: the section ``SETUP`` without the seed; runs of one kind share it
    """

    total_fes: int
    total_time_millis: int
    best_f: float
    last_improvement_fe: int
    last_improvement_time_millis: int
    seed: int
    error: str
    setup: dict[str, str]


class Scanner:
    """Scans logs, and remembers the setups that it has seen."""

    def __init__(self) -> None:
        """Create a scanner that has seen nothing."""
        self._setups: dict[bytes, dict[str, str]] = {}

    def scan(self, data: bytes) -> Scan:
        """Return the end of the run whose log ``data`` is.

        Raises:
            LogFileError: if it is malformed or not complete
        """
        return self._quickly(data) or self._thoroughly(data)

    def _quickly(self, data: bytes) -> Scan | None:
        """Return the end of a run if its log is as usual in all that matters here."""
        start = data.find(_STATE)
        state_end = data.find(_STATE_END, start)
        setup_start = state_end + len(_STATE_END)
        setup_end = data.find(_SETUP_END, setup_start)
        seed = data.find(_SEED, setup_start, setup_end)
        begins = data.count(_BEGIN) + data.startswith(_BEGIN[1:])
        if (start < 0 or state_end < 0 or setup_end < 0 or seed < 0 or not data.endswith(b"\n")
                or (start > 0 and not data.startswith(_BEGIN[1:])) or begins != data.count(_END)
                or data.rfind(_RESULT) < setup_end
                or not data.startswith(_END, data.rfind(b"\n", 0, -1))
                or data.find(b"#", start, setup_end) >= 0 or data.find(b"\r") >= 0):
            return None
        pairs = [line.partition(b": ") for line in data[start + len(_STATE):state_end].split(b"\n")]
        if len(pairs) < len(_KEYS) or any(
                pair[0] != key for pair, key in zip(pairs, _KEYS, strict=False)):
            return None
        seed_end = data.find(b"\n", seed + 1)
        # the seed and its hexadecimal text are what makes setups differ
        if data.startswith(b"\np.randSeed(hex): ", seed_end):
            rest = data.find(b"\n", seed_end + 1)
        else:
            rest = seed_end
        block = data[setup_start:seed] + data[rest:setup_end]
        try:
            return Scan(
                int(pairs[0][2]), int(pairs[1][2]), float(pairs[2][2]), int(pairs[3][2]),
                int(pairs[4][2]), int(data[seed + len(_SEED):seed_end]),
                self._error(data, setup_end), self._setup(block))
        except (ValueError, LogFileError):
            return None

    @staticmethod
    def _error(data: bytes, start: int) -> str:
        at = data.find(_ERROR, start)
        if at < 0:
            return ""
        return data[at + len(_BEGIN):data.find(b"\n", at + 1)].decode("utf-8", "replace")

    def _setup(self, block: bytes) -> dict[str, str]:
        setup = self._setups.get(block)
        if setup is None:
            setup = parse_key_values(block.decode("utf-8", "surrogateescape").split("\n"))
            self._setups[block] = setup
        return setup

    def _thoroughly(self, data: bytes) -> Scan:
        sections = parse_sections(data.decode("utf-8", "surrogateescape").split("\n"))
        for needed in (SECTION_FINAL_STATE, SECTION_SETUP):
            if needed not in sections:
                raise LogFileError(f"the section {needed} is missing, the log is not complete.")
        state = parse_key_values(sections[SECTION_FINAL_STATE])
        setup = parse_key_values(sections[SECTION_SETUP])
        errors = [title for title in sections if title.startswith(ERROR_SECTION_PREFIX)]
        if KEY_BEST_F in state and SECTION_RESULT_Y not in sections and not errors:
            raise LogFileError(f"the section {SECTION_RESULT_Y} is missing, the log is not "
                               "complete.")
        try:
            seed = int(setup.pop(KEY_SEED, "-1"))
            setup.pop(_KEY_SEED_HEX, None)
            best = str_to_num(state[KEY_BEST_F]) if KEY_BEST_F in state else nan
            # runs of one kind share their setup
            block = "\n".join(f"{key}: {value}" for key, value in setup.items())
            return Scan(
                int(state[KEY_TOTAL_FES]), int(state[KEY_TOTAL_TIME_MILLIS]), float(best),
                int(state.get(KEY_LAST_IMPROVEMENT_FE, 0)),
                int(state.get(KEY_LAST_IMPROVEMENT_TIME_MILLIS, 0)), seed,
                errors[0] if errors else "",
                self._setups.setdefault(block.encode("utf-8", "surrogateescape"), setup))
        except (KeyError, ValueError, OverflowError) as error:
            raise LogFileError(f"the section {SECTION_FINAL_STATE} or {SECTION_SETUP} has no valid "
                               f"number: {type(error).__name__}: {error}.") from error
