"""A worker: an interpreter of its own that calls functions for the pool that has started it.

It never imports the program's ``__main__``: functions come by cloudpickle over a pipe from the
process that has started it. It ends, with all processes that it has started, when its pool does.
"""

import json
import os
import pickle
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # only workers need it
    from multiprocessing.connection import Connection

#: the first byte of a message to the pool
RESULT: Final = b"r"
ERROR: Final = b"e"
ANNOUNCEMENT: Final = b"a"

_PR_SET_PDEATHSIG: Final = 1
_pipe: "Connection | None" = None


class PreemptedError(BaseException):
    """Ends a run because its process was asked to end; no ``except Exception`` catches it."""


def announce(text: str) -> None:
    """Tell the pool what this worker is about; does nothing in other processes.

    The time that a call may take is counted from the last announcement.
    """
    if _pipe is not None:
        _pipe.send_bytes(ANNOUNCEMENT + text.encode())


def is_worker() -> bool:
    """Return whether this process is a worker."""
    return _pipe is not None


def preempt(*_: Any) -> None:
    """End the run that goes on: a handler of SIGTERM."""
    raise PreemptedError("the process was asked to end by SIGTERM")


def main(pipe_fd: int, life_fd: int) -> None:
    """Serve until the pool hangs up.

    Args:
        pipe_fd: the pipe for messages
        life_fd: a pipe that nobody writes to; its end is that of the pool's process
    """
    global _pipe
    from multiprocessing.connection import Connection

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the pool's affair
    signal.signal(signal.SIGTERM, preempt)
    _die_with_parent()
    Thread(target=_watch, args=(life_fd,), name="fescue-watch", daemon=True).start()
    with Connection(pipe_fd) as pipe:
        settings = json.loads(pipe.recv_bytes())
        sys.path[:] = settings["path"]
        if settings["cores"] and hasattr(os, "sched_setaffinity"):
            with suppress(OSError):
                os.sched_setaffinity(0, settings["cores"])
        _pipe = pipe
        while True:
            try:
                message = pipe.recv_bytes()
            except (EOFError, OSError):
                return
            pipe.send_bytes(_answer(message))


def _answer(message: bytes) -> bytes:
    import cloudpickle

    try:
        function, args, kwargs = pickle.loads(message)  # noqa: S301 - from the pool, by a pipe
        return RESULT + cloudpickle.dumps(function(*args, **kwargs))  # type: ignore[no-any-return]
    except PreemptedError:
        raise
    except BaseException as error:
        try:
            return ERROR + cloudpickle.dumps(error)  # type: ignore[no-any-return]
        except Exception:  # an exception may hold anything
            return ERROR + cloudpickle.dumps(  # type: ignore[no-any-return]
                RuntimeError(f"{type(error).__name__}: {error}"))


def _die_with_parent() -> None:
    """Have Linux kill this process when its parent dies, whatever it is doing then."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _watch(life_fd: int) -> None:
    """Wait for the end of the pool's process, then kill this process and all that it started."""
    with suppress(OSError):
        while os.read(life_fd, 1):
            pass
    os.killpg(os.getpid(), signal.SIGKILL)
