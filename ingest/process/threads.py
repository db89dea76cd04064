"""Threads for blocking work, and the event loop of commands, which no hanging resolver holds up."""

from __future__ import annotations

import asyncio
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, partial, wraps
from typing import Any, ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_SPARE_THREADS = 2
"""Threads of searches beyond one for each core, because a search also waits for servers."""
NAME_THREADS = 16
"""Names of hosts that are resolved at once; half of them at most are for fetched pages."""


def in_thread(
    work: Callable[_Arguments, _Result],
) -> Callable[_Arguments, Coroutine[Any, Any, _Result]]:
    """Return a coroutine function that runs the blocking *work* in a thread."""

    @wraps(work)
    async def run_in_thread(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        return await asyncio.to_thread(work, *arguments, **options)

    return run_in_thread


def in_threads_of(
    threads: Callable[[], Executor],
) -> Callable[[Callable[_Arguments, _Result]], Callable[_Arguments, Coroutine[Any, Any, _Result]]]:
    """Return a decorator like :func:`in_thread` whose threads are those of an executor.

    *threads* returns the executor, and is called at each call of the work.
    """

    def decorate(
        work: Callable[_Arguments, _Result],
    ) -> Callable[_Arguments, Coroutine[Any, Any, _Result]]:
        @wraps(work)
        async def run_in_thread(
            *arguments: _Arguments.args, **options: _Arguments.kwargs
        ) -> _Result:
            call = partial(copy_context().run, work, *arguments, **options)
            return await asyncio.get_running_loop().run_in_executor(threads(), call)

        return run_in_thread

    return decorate


class StoppedEarlyError(Exception):
    """A search was stopped before it began."""


def begin_search(work: Callable[[], _Result]) -> Future[_Result]:
    """Run a search as soon as a thread of their pool is free, without waiting for it."""
    return _search_threads().submit(copy_context().run, work)


async def search_in_turn(stop: asyncio.Event, work: Callable[[], _Result]) -> _Result:
    """Run a search in a thread of its own pool, so that short calls never queue behind searches.

    Raises:
        StoppedEarlyError: *stop* was set before a thread was free.
    """
    call = begin_search(work)
    result, stopping = asyncio.wrap_future(call), asyncio.create_task(stop.wait())
    try:
        either: set[asyncio.Future[Any]] = {result, stopping}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set() and call.cancel():
            raise StoppedEarlyError
        return await result
    finally:
        stopping.cancel()
        call.cancel()


def in_search_thread(
    work: Callable[_Arguments, _Result],
) -> Callable[_Arguments, Coroutine[Any, Any, _Result]]:
    """Return a coroutine function that runs *work*, which searches, in turn with the searches."""

    @wraps(work)
    async def search_in_thread(
        *arguments: _Arguments.args, **options: _Arguments.kwargs
    ) -> _Result:
        return await search_in_turn(asyncio.Event(), partial(work, *arguments, **options))

    return search_in_thread


@cache
def _search_threads() -> ThreadPoolExecutor:
    """Return the threads in which this process searches."""
    return ThreadPoolExecutor((os.cpu_count() or 1) + _SPARE_THREADS, thread_name_prefix="search")


class DetachedExecutor(Executor):
    """An executor in threads that the end of the process does not wait for.

    The threads of :class:`~concurrent.futures.ThreadPoolExecutor` are joined at exit: one server
    that does not answer would keep a command from ending.
    """

    def __init__(self, size: int, name: str) -> None:
        """Use at most *size* threads with this *name*."""
        self._size = size
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._threads = self._busy = 0
        self._closed = self._cancelled = False

    def submit(
        self,
        fn: Callable[_Arguments, _Result],
        /,
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Future[_Result]:
        """Run a call as soon as a thread is free.

        Raises:
            RuntimeError: the executor was shut down.
        """
        future: Future[_Result] = Future()
        with self._turn:
            if self._closed:
                raise RuntimeError("No call is taken after the shutdown.")
            self._busy += 1
            if self._threads < min(self._size, self._busy):
                self._threads += 1
                threading.Thread(target=self._serve, name=self._name, daemon=True).start()
            self._calls.put(partial(self._run, future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Accept no more calls, and return at once; queued calls run unless cancelled."""
        del wait
        with self._turn:
            self._closed = True
            self._cancelled = cancel_futures
            for _ in range(self._threads):
                self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            with self._turn:
                self._busy -= 1

    def _run(self, future: Future[_Result], work: Callable[[], _Result]) -> None:
        """Run *work*, and store its result or error in *future*; cancel it after a shutdown."""
        if self._cancelled:
            future.cancel()
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - future.result() raises it
            future.set_exception(error)


if sys.platform == "win32":
    _SystemLoop = asyncio.ProactorEventLoop
else:
    _SystemLoop = asyncio.SelectorEventLoop


class _DeskLoop(_SystemLoop):
    """An event loop that resolves names of hosts in threads of their own.

    By default they are resolved in the threads in which the desk reads and stores, and which the
    end of a loop waits for; a resolver can hang for half a minute.
    """

    def __init__(self) -> None:
        super().__init__()
        self._name_threads = DetachedExecutor(NAME_THREADS, "names")

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002 - asyncio's name
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Return the addresses of *host*.

        Raises:
            OSError: the name is unknown.
        """
        return await self.run_in_executor(
            self._name_threads, socket.getaddrinfo, host, port, family, type, proto, flags
        )


def runner() -> asyncio.Runner:
    """Return a runner of coroutines in a loop of the desk."""
    return asyncio.Runner(loop_factory=_DeskLoop)


def run(work: Coroutine[Any, Any, _Result]) -> _Result:
    """Run *work* in a loop of the desk, like :func:`asyncio.run`."""
    with runner() as running:
        return running.run(work)
