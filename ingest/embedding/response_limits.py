"""Limits on the replies of model servers: bytes, and seconds in total."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx2

UNCOMPRESSED = {"Accept-Encoding": "identity"}
"""Headers that forbid compression: a compressed reply may expand a thousandfold."""


class TooLongError(httpx2.DecodingError):
    """A reply is longer than the limit."""


def limit(size: int, seconds: float) -> Callable[[httpx2.Response], None]:
    """Return a client hook that ends a response after *size* bytes or *seconds*."""

    def add_limit(response: httpx2.Response) -> None:
        _refuse_encoding(response)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _LimitedStream(response.stream, _Allowance(response, size, seconds))

    return add_limit


def limit_async(size: int, seconds: float) -> Callable[[httpx2.Response], Awaitable[None]]:
    """Return the hook of :func:`limit` for an asynchronous client."""

    async def add_limit(response: httpx2.Response) -> None:
        _refuse_encoding(response)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _AsyncLimitedStream(
                response.stream, _Allowance(response, size, seconds)
            )

    return add_limit


def _refuse_encoding(response: httpx2.Response) -> None:
    """Raise DecodingError for a reply that is compressed although that was forbidden."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding.lower() not in {"identity", ""}:
        raise httpx2.DecodingError(
            f"it compresses its replies ({encoding}) although asked not to",
            request=response.request,
        )


class _Allowance:
    """The bytes and the time that a response has left."""

    def __init__(self, response: httpx2.Response, size: int, seconds: float) -> None:
        self._response = response
        self._size = size
        self._left = size
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    def use(self, count: int) -> None:
        """Subtract *count* bytes.

        Raises:
            TooLongError: fewer bytes are left.
            httpx2.ReadTimeout: no time is left.
        """
        self._left -= count
        if self._left < 0:
            raise TooLongError(
                f"it sent more than {self._size:,} bytes", request=self._response.request
            )
        if time.monotonic() > self._until:
            raise httpx2.ReadTimeout(
                f"its reply took more than {self._seconds:.0f} seconds",
                request=self._response.request,
            )


class _LimitedStream(httpx2.SyncByteStream):
    """A stream that ends at the limits of its allowance."""

    def __init__(self, stream: httpx2.SyncByteStream, allowance: _Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            self._allowance.use(len(chunk))
            yield chunk

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


class _AsyncLimitedStream(httpx2.AsyncByteStream):
    """An asynchronous stream that ends at the limits of its allowance."""

    def __init__(self, stream: httpx2.AsyncByteStream, allowance: _Allowance) -> None:
        self._stream = stream
        self._allowance = allowance

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._allowance.use(len(chunk))
            yield chunk

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()
