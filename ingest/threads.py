"""Blocking work off the event loop."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, Future
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def in_thread(work: Callable[_Given, _Made]) -> Callable[_Given, Coroutine[Any, Any, _Made]]:
    """Let *work*, which blocks, be awaited: it runs in a thread, and the event loop goes on."""

    @wraps(work)
    async def awaited(*given: _Given.args, **named: _Given.kwargs) -> _Made:
        return await asyncio.to_thread(work, *given, **named)

    return awaited


class DetachedExecutor(Executor):
    """Runs calls that may never return, in threads that the end of the process does not wait for.

    Those of :class:`~concurrent.futures.ThreadPoolExecutor` are joined at exit: one server that
    stands still would keep a command from ending.
    """

    def __init__(self, most: int, name: str) -> None:
        """Use at most *most* threads, each called by *name*."""
        self._most = most
        self._name = name
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._turn = threading.Lock()
        self._threads = self._busy = 0
        self._closed = self._cancelled = False

    def submit(
        self, fn: Callable[_Given, _Made], /, *args: _Given.args, **kwargs: _Given.kwargs
    ) -> Future[_Made]:
        """Run one call as soon as a thread is free.

        Raises:
            RuntimeError: it was shut down.
        """
        future: Future[_Made] = Future()
        with self._turn:
            if self._closed:
                raise RuntimeError("No call is taken after the shutdown.")
            self._busy += 1
            if self._threads < min(self._most, self._busy):
                self._threads += 1
                threading.Thread(target=self._serve, name=self._name, daemon=True).start()
            self._calls.put(partial(_run, future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:
        """Take no more calls; nothing is waited for. What was taken is done, unless cancelled."""
        del wait
        with self._turn:
            self._closed = True
            self._cancelled = cancel_futures
            for _ in range(self._threads):
                self._calls.put(None)

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            if not self._cancelled:
                call()
            with self._turn:
                self._busy -= 1


def _run(future: Future[_Made], work: Callable[[], _Made]) -> None:
    """Do *work*, and give what it returns or raises to whoever waits for *future*."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
        future.set_exception(error)
