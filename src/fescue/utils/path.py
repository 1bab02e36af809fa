"""Files that appear under their name only when they are complete."""

import errno
import os
from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj
from uuid import uuid4

from fescue.utils.errors import LogWriteError

#: what the name of an unfinished file ends with: no reader of logs takes it for one
UNFINISHED_SUFFIX = ".part"

# what a file system says that has no hard links
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def fresh_path(path: Path) -> Path:
    """Return a name beside ``path`` that no other program, thread or machine uses."""
    return path.with_name(f"{path.name}{UNFINISHED_SUFFIX}-{uuid4().hex}")


def cannot_write(path: Path, error: OSError, remedy: str) -> LogWriteError:
    """Return the exception that says why ``path`` cannot be written and what to do."""
    return LogWriteError(
        error.errno, f"cannot write {path}: {error.strerror or error}; {remedy}")


class UnfinishedFile:
    """A text file that is being written under a name of its own and published when complete.

    A process that is forked off cannot write it. A write that fails, because the disk is full,
    loses nothing: the text stays in memory and is tried again with the next write, and
    :meth:`publish` fails if it still cannot be written.
    """

    def __init__(self, path: Path) -> None:
        """Create the file, or empty it.

        Args:
            path: its name while it is unfinished

        Raises:
            LogWriteError: if that is impossible
        """
        self.path = path
        self._pending = bytearray()
        self._size = 0
        self._error: OSError | None = None
        self._pid = os.getpid()
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        except OSError as error:
            raise cannot_write(
                path, error, "create the folder, or choose a writable one") from error

    def write(self, text: str) -> None:
        """Append text; a failure is kept for :meth:`publish` to report."""
        if os.getpid() != self._pid:
            return
        self._pending += text.encode("utf-8", "surrogatepass")
        self._drain()

    def cut(self, size: int) -> None:
        """Drop everything beyond the first ``size`` bytes, as returned by :meth:`size`."""
        if os.getpid() != self._pid:
            return
        if size < self._size:
            self._pending.clear()
            self._size = size
            os.ftruncate(self._fd, size)
        else:
            del self._pending[size - self._size:]

    def size(self) -> int:
        """Return the number of bytes written, those still in memory included."""
        return self._size + len(self._pending)

    def publish(self, final: Path, overwrite: bool) -> bool:
        """Make the file appear as ``final``, whole and durable.

        Args:
            final: its name from now on
            overwrite: whether a file of that name is replaced

        Returns:
            whether it was published; if not, ``final`` exists already and is left alone, and
            this file keeps its unfinished name

        Raises:
            LogWriteError: if it cannot be written completely
        """
        if os.getpid() != self._pid:
            return False
        try:
            self._drain()
            if self._error is not None:
                raise self._error
            if not self.path.exists():
                self._restore()
            os.fsync(self._fd)
            if overwrite:
                self.path.replace(final)
            elif not _link(self.path, final):
                return False
        except OSError as error:
            raise cannot_write(
                final, error, "mend that and close the process again, nothing is lost") from error
        self.close()
        return True

    def close(self) -> None:
        """Close the file under the name it has; callable repeatedly."""
        if self._fd >= 0:
            with suppress(OSError):
                os.close(self._fd)
            self._fd = -1

    def _restore(self) -> None:
        """Create the file anew: somebody has removed it, or its folder."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        old = self._fd
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        with open(old, "rb") as source, open(self._fd, "wb", closefd=False) as dest:
            source.seek(0)
            copyfileobj(source, dest)

    def _drain(self) -> None:
        self._error = None
        try:
            while self._pending:
                # at a fixed place, so that half a write that failed is overwritten
                done = os.pwrite(self._fd, self._pending, self._size)
                del self._pending[:done]
                self._size += done
        except OSError as error:
            self._error = error


def _link(path: Path, final: Path) -> bool:
    """Rename ``path`` to ``final`` unless there is such a file; return whether that was done."""
    try:
        os.link(path, final)
    except OSError as error:
        # over a network, a link may be reported as failed after it was made
        if not (final.exists() and final.samefile(path)):
            if isinstance(error, FileExistsError):
                return False
            if error.errno not in _NO_LINKS:
                raise
            try:  # no hard links here: an exclusive empty file reserves the name
                os.close(os.open(final, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
            except FileExistsError:
                return False
            path.replace(final)
            return True
    path.unlink()
    return True
