"""Work on what strangers wrote, in a process of its own with a limit on memory, time and output.

A process that goes beyond a limit is killed and replaced, and costs nobody else anything. On
Windows and macOS time and output are limited, memory is not.
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
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from ingest.errors import UnreadableError
from ingest.threads import DetachedExecutor

if sys.platform != "win32":
    import resource

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")

_POLITE = 19
"""How much these processes step back behind those that answer (``nice``)."""
_WAITING = 4
"""How many times the seconds of work may pass on a clock, for other work goes before."""
_BEGINNING = 120.0
"""Seconds that a process may take to start, and to load what its work needs."""
_BEGUN = b"begun"
_USED = Path("/proc/self/statm")
_ENDING = 1.0
"""Seconds for which a killed process is waited for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use: ``memory`` and ``output`` in MB, ``seconds`` of a core."""

    memory: int = 512
    seconds: int = 30
    output: int = 64


class OutOfBoundsError(Exception):
    """Work went beyond a limit; the message goes on from the name of what was worked on."""

    def of(self, name: str) -> UnreadableError:
        """Return the sentence about what is called *name*."""
        return UnreadableError(f"{name} {self}, so it was not read.")


class Isolation(Executor):
    """Runs work in processes with limits, each started when it is first needed."""

    def __init__(self, most: int, limits: Limits = Limits()) -> None:
        """Use at most *most* processes at once."""
        self._limits = limits
        self._threads = DetachedExecutor(most, "isolation")
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._turn = threading.Lock()
        self._closed = False

    def submit(
        self, fn: Callable[_Given, _Made], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Made]:
        """Run *fn*, which like what it is given and returns has to be picklable.

        The future raises :class:`OutOfBoundsError` where a limit was reached.
        """
        return self._threads.submit(self._done, fn, args, kwargs)

    def _done(
        self, work: Callable[..., _Made], given: tuple[Any, ...], named: dict[str, Any]
    ) -> _Made:
        worker = self._taken()
        try:
            made: _Made = worker.done(work, given, named)
        finally:
            self._give_back(worker)
        return made

    def _taken(self) -> _Worker:
        with self._turn:
            if self._closed:
                raise OutOfBoundsError("was still being read when this ended")
            worker = self._idle.pop() if self._idle else _Worker(self._limits)
            self._all.add(worker)
            return worker

    def _give_back(self, worker: _Worker) -> None:
        with self._turn:
            if worker.process.is_alive() and not self._closed:
                self._idle.append(worker)
                return
            self._all.discard(worker)
        worker.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """End every process at once: nothing of what they do is kept before it is returned."""
        del wait, cancel_futures
        self._threads.shutdown(cancel_futures=True)
        with self._turn:
            self._closed = True
            workers, self._all = self._all, set()
        for worker in workers:
            worker.kill()


class _Worker:
    """One process, and the line to it."""

    def __init__(self, limits: Limits) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._limits = limits
        self._line, theirs = spawn.Pipe()
        self.process = spawn.Process(target=_serve, args=(theirs, limits), daemon=True)
        self.process.start()
        theirs.close()

    def done(
        self, work: Callable[..., _Made], given: tuple[Any, ...], named: dict[str, Any]
    ) -> _Made:
        """Return what *work* returns; where a limit is reached, the process is no more.

        Raises:
            OutOfBoundsError: a limit was reached.
        """
        reply: bytes | None = None
        try:
            self._line.send((work, given, named))
            if (
                self._line.poll(_BEGINNING)
                and self._line.recv_bytes()
                and self._line.poll(self._limits.seconds * _WAITING)
            ):
                reply = self._line.recv_bytes(self._limits.output * 2**20)
        except (EOFError, OSError) as error:  # it died, or says more than it may
            died = self._died()
            self.kill()
            raise died from error
        well = False
        made: Any = _too_slow(self._limits)
        if reply is not None:
            well, made = pickle.loads(reply)  # noqa: S301 - our own process wrote it
        if isinstance(made, OutOfBoundsError):
            self.kill()
        if not well:
            raise made
        return cast("_Made", made)

    def _died(self) -> OutOfBoundsError:
        """Say why the process is no more."""
        self.process.join(_ENDING)
        code = self.process.exitcode
        if code is None:
            return OutOfBoundsError(f"holds more than {self._limits.output} MB of text")
        if sys.platform != "win32" and code == -signal.SIGXCPU:
            return _too_slow(self._limits)
        return OutOfBoundsError("makes its reader crash")

    def kill(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join(_ENDING)
        self._line.close()


_inside = False
"""Whether this process is one of those: then work on untrusted input is done where it is."""


def _serve(line: Connection, limits: Limits) -> None:
    """Do what comes down the *line*, one after the other, within *limits*."""
    global _inside
    _inside = True
    if sys.platform != "win32":
        os.nice(_POLITE)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        while True:
            work, given, named = line.recv()  # which loads what the work needs
            line.send_bytes(_BEGUN)
            line.send_bytes(_answer(work, given, named, limits))


def _answer(
    work: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], limits: Limits
) -> bytes:
    """Do one piece of work, and return whether it went well with what came of it."""
    _allow(limits)
    try:
        made = pickle.dumps((True, work(*given, **named)))
    except MemoryError:
        made = _problem(OutOfBoundsError(f"takes more than {limits.memory} MB to open"))
    except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
        made = _problem(error)
    finally:
        _lift()
    if len(made) > limits.output * 2**20:
        return _problem(OutOfBoundsError(f"holds more than {limits.output} MB of text"))
    return made


def _problem(error: Exception) -> bytes:
    """Return an error that can be raised elsewhere; one that cannot is a crash."""
    try:
        made = pickle.dumps((False, error))
        pickle.loads(made)  # noqa: S301 - written one line above
    except Exception:  # noqa: BLE001 - whatever keeps it from travelling
        return pickle.dumps((False, OutOfBoundsError("makes its reader crash")))
    return made


def _too_slow(limits: Limits) -> OutOfBoundsError:
    return OutOfBoundsError(f"takes more than {limits.seconds} seconds to read")


def _allow(limits: Limits) -> None:
    """Let the next piece of work use memory and seconds on top of what was used until now."""
    if sys.platform == "win32":
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + limits.seconds
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
    if _USED.exists():
        pages = int(_USED.read_text(encoding="ascii").split()[0])
        memory = pages * resource.getpagesize() + limits.memory * 2**20
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.RLIM_INFINITY))


def _lift() -> None:
    """Lift the limits between two pieces of work: modules of the next are loaded there."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _end_with_parent() -> None:
    """End this process after a parent that was killed; nothing else would tell it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def isolated(
    name: str, work: Callable[_Given, _Made], /, *given: _Given.args, **named: _Given.kwargs
) -> _Made:
    """Do *work* on what is called *name* in a process with limits, and return what it returns.

    Raises:
        UnreadableError: a limit was reached; the sentence says which.
    """
    if _inside:
        return work(*given, **named)
    try:
        return _shared().submit(work, *given, **named).result()
    except OutOfBoundsError as error:
        raise error.of(name) from error


@cache
def _shared() -> Isolation:
    """Return the processes of this one that :func:`isolated` uses, ended with it."""
    shared = Isolation(os.cpu_count() or 1)
    atexit.register(shared.shutdown)
    return shared
