"""Processing of untrusted input in processes with limits on memory, time and output.

A process that exceeds a limit is killed and replaced without effect on others. On Windows and
macOS memory is not limited.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from ingest.errors import UnreadableError
from ingest.process.threads import DetachedExecutor

if sys.platform != "win32":
    import resource

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

_NICENESS = 10
"""Scheduling priority of these processes (``nice``): a tenth of what answering gets where both want
all processors. At 19 it is a seventieth, and a page that takes a second would wait a minute."""
_CLOCK_FACTOR = 10
"""Real time allowed per second of processor time, since other work has priority."""
_START_SECONDS = 120.0
"""Seconds that a process may take to start and import modules."""
_STARTED = b"begun"
_MEMORY_FILE = Path("/proc/self/statm")
_END_SECONDS = 1.0
"""Seconds to wait for a killed process."""
_is_worker = False
"""True in a worker process, which runs isolated work directly."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one call: ``memory`` and ``output`` in MB, ``seconds`` of processor time."""

    memory: int = 512
    seconds: int = 30
    output: int = 64


class OutOfBoundsError(Exception):
    """A call exceeded a limit; the message continues a sentence about its input."""

    def of(self, name: str) -> UnreadableError:
        """Return the error with a full sentence about the input *name*."""
        return UnreadableError(f"{name} {self}, so it was not read.")


class Isolation(Executor):
    """An executor with limited processes, each started on first use."""

    def __init__(self, size: int, limits: Limits = Limits()) -> None:
        """Use at most *size* processes at once."""
        self._limits = limits
        self._threads = DetachedExecutor(size, "isolation")
        self._idle: list[_Worker] = []
        self._workers: set[_Worker] = set()
        self._turn = threading.Lock()
        self._closed = False

    def submit(
        self,
        fn: Callable[_Arguments, _Result],
        /,
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Future[_Result]:
        """Run *fn*, which must be picklable like its arguments and result.

        The future raises :class:`OutOfBoundsError` if a limit was exceeded.
        """
        return self._threads.submit(self._run_in_worker, fn, args, kwargs)

    def _run_in_worker(
        self, work: Callable[..., _Result], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> _Result:
        worker = self._take_worker()
        try:
            result: _Result = worker.call(work, arguments, options)
        except OutOfBoundsError as error:
            if self._closed:  # it was killed, and not by the input
                raise _ended_error() from error
            raise
        finally:
            self._return_worker(worker)
        return result

    def _take_worker(self) -> _Worker:
        with self._turn:
            if self._closed:
                raise _ended_error()
            worker = self._idle.pop() if self._idle else _Worker(self._limits)
            self._workers.add(worker)
            return worker

    def _return_worker(self, worker: _Worker) -> None:
        with self._turn:
            if worker.process.is_alive() and not self._closed:
                self._idle.append(worker)
                return
            self._workers.discard(worker)
        worker.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """Kill every process at once; results that were not returned are lost.

        A connection is closed by the thread that reads from it: its number could otherwise be
        given to another file while that thread still reads.
        """
        del wait, cancel_futures
        self._threads.shutdown(cancel_futures=True)
        with self._turn:
            self._closed = True
            for worker in self._workers:
                worker.process.kill()
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()


class _Worker:
    """A process and the connection to it."""

    def __init__(self, limits: Limits) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._limits = limits
        self._connection, child_end = spawn.Pipe()
        self.process = spawn.Process(target=_serve, args=(child_end, limits), daemon=True)
        self.process.start()
        child_end.close()

    def call(
        self, work: Callable[..., _Result], arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> _Result:
        """Return the result of *work*; if a limit is exceeded, the process is killed.

        Raises:
            OutOfBoundsError: a limit was exceeded.
        """
        reply: bytes | None = None
        try:
            self._connection.send((work, arguments, options))
            if (
                self._connection.poll(_START_SECONDS)
                and self._connection.recv_bytes()
                and self._connection.poll(self._limits.seconds * _CLOCK_FACTOR)
            ):
                reply = self._connection.recv_bytes(self._limits.output * 2**20)
        except (EOFError, OSError) as error:  # it died, or its output is too large
            crash = self._crash_error()
            self.kill()
            raise crash from error
        succeeded = False
        value: Any = _too_late_error(self._limits)
        if reply is not None:
            succeeded, value = pickle.loads(reply)  # noqa: S301 - our own process wrote it
        if isinstance(value, OutOfBoundsError):
            self.kill()
        if not succeeded:
            raise value
        return cast("_Result", value)

    def _crash_error(self) -> OutOfBoundsError:
        """Return the error for a process that died."""
        self.process.join(_END_SECONDS)
        code = self.process.exitcode
        if code is None:
            return OutOfBoundsError(f"holds more than {self._limits.output} MB of text")
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            return _too_slow_error(self._limits)
        return OutOfBoundsError("makes its reader crash")

    def kill(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.join(_END_SECONDS)
        self._connection.close()


def _serve(connection: Connection, limits: Limits) -> None:
    """Run the calls received on *connection*, one after the other, within *limits*."""
    global _is_worker
    _is_worker = True
    if sys.platform != "win32":
        os.nice(_NICENESS)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            work, arguments, options = connection.recv()  # unpickling imports the work's modules
            connection.send_bytes(_STARTED)
            connection.send_bytes(_answer(work, arguments, options, limits))


def _answer(
    work: Callable[..., Any], arguments: tuple[Any, ...], options: dict[str, Any], limits: Limits
) -> bytes:
    """Run one call, and return a pickled pair of its success and its result or error."""
    _set_limits(limits)
    try:
        result = pickle.dumps((True, work(*arguments, **options)))
    except MemoryError:
        result = _pickled_error(OutOfBoundsError(f"takes more than {limits.memory} MB to open"))
    except Exception as error:  # noqa: BLE001 - it is raised in the calling process
        result = _pickled_error(error)
    finally:
        _remove_limits()
    if len(result) > limits.output * 2**20:
        return _pickled_error(OutOfBoundsError(f"holds more than {limits.output} MB of text"))
    return result


def _pickled_error(error: Exception) -> bytes:
    """Return the pickled error; an error that cannot be pickled is reported as a crash."""
    try:
        pickled = pickle.dumps((False, error))
        pickle.loads(pickled)  # noqa: S301 - written one line above
    except Exception:  # noqa: BLE001 - any error of pickling
        return pickle.dumps((False, OutOfBoundsError("makes its reader crash")))
    return pickled


def _ended_error() -> OutOfBoundsError:
    return OutOfBoundsError("was still being read when this ended")


def _too_slow_error(limits: Limits) -> OutOfBoundsError:
    return OutOfBoundsError(f"takes more than {limits.seconds} seconds to read")


def _too_late_error(limits: Limits) -> OutOfBoundsError:
    seconds = limits.seconds * _CLOCK_FACTOR
    return OutOfBoundsError(f"waited for more than {seconds} seconds on a busy machine")


def _set_limits(limits: Limits) -> None:
    """Set the limits of the next call on top of the memory and time used so far."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + limits.seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    if _MEMORY_FILE.exists():
        pages = int(_MEMORY_FILE.read_text(encoding="ascii").split()[0])
        memory = pages * resource.getpagesize() + limits.memory * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))


def _remove_limits() -> None:
    """Remove the limits between two calls, while the modules of the next are imported."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _end_with_parent() -> None:
    """End this process when its parent was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def isolated(
    name: str,
    work: Callable[_Arguments, _Result],
    /,
    *arguments: _Arguments.args,
    **options: _Arguments.kwargs,
) -> _Result:
    """Run *work* in a process with limits, and return its result.

    *name* is the name of the input in messages.

    Raises:
        UnreadableError: a limit was exceeded; the message says which.
    """
    if _is_worker:
        return work(*arguments, **options)
    try:
        return _shared().submit(work, *arguments, **options).result()
    except OutOfBoundsError as error:
        raise error.of(name) from error
    except CancelledError as error:
        raise _ended_error().of(name) from error


def end_isolated() -> None:
    """Kill the processes of :func:`isolated`; what they were reading is not read."""
    if _shared.cache_info().currsize:
        shared = _shared()
        _shared.cache_clear()
        atexit.unregister(shared.shutdown)
        shared.shutdown()


@cache
def _shared() -> Isolation:
    """Return the pool of this process for :func:`isolated`, shut down at exit."""
    shared = Isolation(os.cpu_count() or 1)
    atexit.register(shared.shutdown)
    return shared
