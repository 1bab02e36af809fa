"""Machine code on disk, in the user's cache folder: found again whole, or not at all."""

import os
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

_MAGIC = b"fescue kernel 1"


class Code(NamedTuple):
    """Machine code as it is kept.

    Attributes:
        symbol: the name of the function in it
        needs_numba: whether it calls functions that are there only when numba is imported
        text: an object file of this system
    """

    symbol: str
    needs_numba: bool
    text: bytes


def cache_folder() -> Path:
    """Return the folder that machine code is kept in, which can be deleted at any time."""
    given = os.environ.get("FESCUE_CACHE_DIR")
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "fescue"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fescue"


def path_of(digest: str) -> Path:
    """Return where code with this digest is kept."""
    return cache_folder() / f"{digest}.kernel"


def find(digest: str) -> Code | None:
    """Return the code, ``None`` if there is none, or if it is damaged or another user's."""
    with suppress(OSError, ValueError):
        path = path_of(digest)
        with path.open("rb") as stream:
            # what is in that file will be executed
            if hasattr(os, "getuid") and os.fstat(stream.fileno()).st_uid != os.getuid():
                return None
            magic, check, needs_numba, symbol, text = stream.read().split(b"\n", 4)
        if magic == _MAGIC and check == _check(needs_numba, symbol, text):
            return Code(symbol.decode(), needs_numba == b"1", text)
    return None


def keep(digest: str, code: Code) -> None:
    """Write code, unless that is not possible: then it is compiled again when it is needed."""
    symbol, needs_numba = code.symbol.encode(), b"1" if code.needs_numba else b"0"
    lines = _MAGIC, _check(needs_numba, symbol, code.text), needs_numba, symbol, code.text
    with suppress(OSError):
        path = path_of(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            stream.write(b"\n".join(lines))
        os.replace(stream.name, path)


def _check(needs_numba: bytes, symbol: bytes, text: bytes) -> bytes:
    return sha256(b"\n".join((needs_numba, symbol, text))).hexdigest().encode()
