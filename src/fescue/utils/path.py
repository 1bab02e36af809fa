"""Files that appear under their name only when they are complete."""

import os
from contextlib import suppress
from pathlib import Path

from fescue.utils.errors import LogWriteError

#: what the name of an unfinished file ends with: no reader of logs takes it for one
UNFINISHED_SUFFIX = ".part"


def cannot_write(path: Path, error: OSError, remedy: str) -> LogWriteError:
    """Return the exception that says why ``path`` cannot be written and what to do."""
    return LogWriteError(
        error.errno, f"cannot write {path}: {error.strerror or error}; {remedy}")


class UnfinishedFile:
    """A text file that is being written under a name of its own and published when complete.

    A write that fails, because the disk is full, loses nothing: the text stays in memory and is
    tried again with the next write, and :meth:`publish` fails if it still cannot be written.
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
        try:
            self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        except OSError as error:
            raise cannot_write(
                path, error, "create the folder, or choose a writable one") from error

    def write(self, text: str) -> None:
        """Append text; a failure is kept for :meth:`publish` to report."""
        self._pending += text.encode("utf-8", "surrogatepass")
        self._drain()

    def cut(self, size: int) -> None:
        """Drop everything beyond the first ``size`` bytes, as returned by :meth:`size`."""
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
        try:
            self._drain()
            if self._error is not None:
                raise self._error
            os.fsync(self._fd)
            if overwrite:
                self.path.replace(final)
            else:
                try:
                    os.link(self.path, final)
                except FileExistsError:
                    return False
                self.path.unlink()
        except OSError as error:
            raise cannot_write(
                final, error, "make room and close the process again, nothing is lost") from error
        self.close()
        return True

    def close(self) -> None:
        """Close the file under the name it has; callable repeatedly."""
        if self._fd >= 0:
            with suppress(OSError):
                os.close(self._fd)
            self._fd = -1

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
