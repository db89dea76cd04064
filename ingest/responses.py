"""Limits on what a model server replies, whatever it sends: bytes, and seconds in all."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx2

PLAIN = {"Accept-Encoding": "identity"}
"""What a server is asked for: a compressed reply may be a thousand times what it sends."""


class TooLongError(httpx2.DecodingError):
    """A reply has more bytes than are read."""


def limit(most: int, seconds: float) -> Callable[[httpx2.Response], None]:
    """Return a hook for a client: a response ends after *most* bytes, and after *seconds*."""

    def limited(response: httpx2.Response) -> None:
        _refuse_encoding(response)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Limited(response.stream, _Allowance(response, most, seconds))

    return limited


def limit_async(most: int, seconds: float) -> Callable[[httpx2.Response], Awaitable[None]]:
    """Return the same for an asynchronous client."""

    async def limited(response: httpx2.Response) -> None:
        _refuse_encoding(response)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _AsyncLimited(response.stream, _Allowance(response, most, seconds))

    return limited


def _refuse_encoding(response: httpx2.Response) -> None:
    """Refuse a reply that is compressed although it was not asked to be."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.lower() not in {"identity", ""}:
        raise httpx2.DecodingError(
            f"it compresses its replies ({encoding}) although asked not to",
            request=response.request,
        )


class _Allowance:
    """What a response may still send."""

    def __init__(self, response: httpx2.Response, most: int, seconds: float) -> None:
        self._response = response
        self._most = most
        self._left = most
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def use(self, count: int) -> None:
        """Use up *count* bytes.

        Raises:
            TooLongError: there are not as many.
            httpx2.ReadTimeout: the time is over.
        """
        self._left -= count
        if self._left < 0:
            raise TooLongError(
                f"it sent more than {self._most:,} bytes", request=self._response.request
            )
        if time.monotonic() > self._until:
            raise httpx2.ReadTimeout(
                f"its reply took more than {self._seconds:.0f} seconds",
                request=self._response.request,
            )


class _Limited(httpx2.SyncByteStream):
    """A stream with an end."""

    def __init__(self, stream: httpx2.SyncByteStream, allowance: _Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            self._allowance.use(len(part))
            yield part

    def close(self) -> None:
        """Let go of the connection."""
        self._stream.close()


class _AsyncLimited(httpx2.AsyncByteStream):
    """The same, in an event loop."""

    def __init__(self, stream: httpx2.AsyncByteStream, allowance: _Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._allowance.use(len(part))
            yield part

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._stream.aclose()
