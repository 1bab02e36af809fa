"""A pool of worker processes that survives the death of its workers and can limit them."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from queue import SimpleQueue
from threading import Barrier, BrokenBarrierError, Lock, Thread
from typing import Any, Final

from fescue._experiment.worker import ANNOUNCEMENT, ERROR
from fescue.utils.errors import FescueError

#: the seconds between two looks at a worker that is at work
_LOOK: Final = 0.1
#: the seconds that a worker gets to end when it is told to
_PATIENCE: Final = 1.0


class Cause(Enum):
    """Why a worker was lost."""

    DEATH = "its process ended"
    TIME = "its time was over"
    MEMORY = "it used too much memory"


class WorkerLostError(FescueError):
    """A worker has ended in the middle of a call."""

    def __init__(self, cause: Cause, text: str, announced: str | None) -> None:
        super().__init__(text)
        #: why
        self.cause = cause
        #: what the worker has announced last
        self.announced = announced


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use.

    Attributes:
        seconds: the time, ``None`` for no limit
        memory: the resident memory of the worker and all that it starts, in bytes, ``None`` for
            no limit
    """

    seconds: float | None = None
    memory: int | None = None


class _Worker:
    """A worker process, seen from its pool."""

    def __init__(self, cores: Sequence[int]) -> None:
        from multiprocessing import Pipe  # not needed by experiments in one process

        self._pipe, theirs = Pipe()
        life, self._life = os.pipe()
        # a session of its own: Ctrl-C does not reach it, and all that it starts can be killed
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter and this package
            [sys.executable, "-P", "-m", "fescue._experiment", str(theirs.fileno()),
             str(life)],
            stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(), life), start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(
                filter(None, (_HOME, os.environ.get("PYTHONPATH"))))})
        theirs.close()
        os.close(life)
        self._announced: str | None = None
        self._send(json.dumps({"path": sys.path, "cores": list(cores)}).encode())

    def call(self, message: bytes, limits: Limits) -> Any:
        """Have the worker call a function; return or raise what that does."""
        self._announced = None
        self._send(message)
        start = time.monotonic()
        while True:
            ended = False
            try:
                if self._pipe.poll(_LOOK):
                    answer = self._pipe.recv_bytes()
                    if answer[:1] != ANNOUNCEMENT:
                        break
                    self._announced = answer[1:].decode()
                    start = time.monotonic()
                else:
                    # not only the end of the pipe: what the worker has started may hold it open
                    ended = self._process.poll() is not None and not self._pipe.poll()
            except (EOFError, OSError):
                ended = True
            if ended:
                self.kill()
                raise self._lost(Cause.DEATH, _ending(self._process.wait()))
            self._check(limits, start)
        value = pickle.loads(answer[1:])  # noqa: S301 - from the own worker, by a pipe
        if answer[:1] == ERROR:
            raise value
        return value

    def is_alive(self) -> bool:
        """Return whether the process is there."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process and all that it has started, at once; from any thread."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let the process end, and see that it does."""
        self._pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_PATIENCE)
        self.kill()  # also for what it has started
        self._process.wait()
        os.close(self._life)

    def _send(self, message: bytes) -> None:
        with suppress(OSError):  # it has died; that is found out when its answer is awaited
            self._pipe.send_bytes(message)

    def _check(self, limits: Limits, start: float) -> None:
        if limits.seconds is not None and time.monotonic() - start > limits.seconds:
            self.kill()
            raise self._lost(Cause.TIME, f"it took longer than {limits.seconds:g} seconds")
        if limits.memory is not None and self._memory() > limits.memory:
            self.kill()
            raise self._lost(Cause.MEMORY, f"it used more than {limits.memory:,} bytes of memory")

    def _memory(self) -> int:
        import psutil  # only where there is a limit

        total = 0
        with suppress(psutil.Error):
            worker = psutil.Process(self._process.pid)
            for process in (worker, *worker.children(recursive=True)):
                with suppress(psutil.Error):
                    total += process.memory_info().rss
        return total

    def _lost(self, cause: Cause, text: str) -> WorkerLostError:
        return WorkerLostError(cause, text, self._announced)


class WorkerPool(Executor):
    """Calls functions in worker processes; a worker that is lost is replaced.

    A call whose worker is lost gets a :class:`WorkerLostError`; it is not repeated.
    """

    def __init__(self, n: int, *, limits: Limits | None = None,
                 cores: Sequence[Sequence[int]] = (),
                 initializer: Callable[[], Any] | None = None) -> None:
        """Start the workers.

        Args:
            n: their number, at least 1
            limits: what each call may use, ``None`` for no limits
            cores: for each worker, the processors that it may use; empty for all
            initializer: is called in each worker before anything else, but not in those that
                replace lost ones; no worker goes on before all have done that
        """
        self._limits = Limits() if limits is None else limits
        self._initializer = None if initializer is None else _message(initializer, (), {})
        self._calls: SimpleQueue[tuple[Future[Any], bytes] | None] = SimpleQueue()
        self._workers: set[_Worker] = set()
        self._lock = Lock()
        self._over = False
        self._all_ready = Barrier(n)
        # a thread for each worker: it waits for answers, and Linux ties the worker's life to it
        self._threads = [
            Thread(target=self._serve, args=(cores[i] if cores else (),), daemon=True,
                   name=f"fescue-pool-{i}") for i in range(n)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Have a worker call ``fn``; see :meth:`concurrent.futures.Executor.submit`."""
        if self._over:
            raise RuntimeError("the pool is shut down.")
        future: Future[Any] = Future()
        self._calls.put((future, _message(fn, args, kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers when all calls are done; see :meth:`Executor.shutdown`."""
        self._over = True
        if cancel_futures:
            self._cancel()
        self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def terminate(self) -> None:
        """Kill all workers at once and cancel what has not begun."""
        self._over = True
        self._cancel()
        with self._lock:
            self._limits = Limits()
            for worker in self._workers:
                worker.kill()
        self._all_ready.abort()
        self.shutdown()

    def _cancel(self) -> None:
        while not self._calls.empty():
            call = self._calls.get()
            if call is not None:
                call[0].cancel()

    def _serve(self, cores: Sequence[int]) -> None:
        worker: _Worker | None = None
        try:
            with suppress(OSError):  # no room for one more process: the first call will tell
                worker = self._start(cores)
                if self._initializer is not None:
                    with suppress(Exception):  # the first call will say what is wrong
                        worker.call(self._initializer, self._limits)
            with suppress(BrokenBarrierError):
                self._all_ready.wait()
            while (call := self._calls.get()) is not None:
                future, message = call
                if not future.set_running_or_notify_cancel():
                    continue
                try:
                    if worker is None or not worker.is_alive():
                        self._end(worker)
                        worker = self._start(cores)
                    future.set_result(worker.call(message, self._limits))
                except BaseException as error:
                    future.set_exception(error)
        finally:
            self._calls.put(None)  # the next thread ends, too
            self._end(worker)

    def _start(self, cores: Sequence[int]) -> _Worker:
        with self._lock:
            worker = _Worker(cores)
            self._workers.add(worker)
        return worker

    def _end(self, worker: _Worker | None) -> None:
        if worker is not None:
            with self._lock:
                self._workers.discard(worker)
            worker.close()


def why_broken(error: BaseException) -> str:
    """Return why an executor takes no more calls, empty if only what it called has failed.

    Pools of the standard library and loky break when a worker dies, others raise errors of theirs.
    """
    if not isinstance(error, BrokenExecutor) and type(error).__module__.partition(
            ".")[0] != "executorlib":
        return ""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0].rstrip('.')}"


#: the folder that the package is imported from
_HOME: Final = str(Path(__file__).parents[2])


def _message(function: Callable[..., Any], args: Any, kwargs: Any) -> bytes:
    import cloudpickle

    return cloudpickle.dumps((function, args, kwargs))  # type: ignore[no-any-return]


def _ending(code: int) -> str:
    if code < 0:
        with suppress(ValueError):
            return f"it was killed by {signal.Signals(-code).name}"
    return f"it ended with the exit code {code}"
