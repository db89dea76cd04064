"""The event loop of commands: a resolver that hangs holds up neither their work nor their end."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from ingest.process.threads import DetachedExecutor

_Result = TypeVar("_Result")

NAME_THREADS = 16
"""Names of hosts that are resolved at once; half of them at most are for fetched pages."""

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
