"""The web client: guarded, within limits, one request to a host at a time."""

from __future__ import annotations

import asyncio
import errno
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, TypeVar
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from ingest.errors import (
    DelayedError,
    ForbiddenAddressError,
    NotAllowedError,
    UnknownHostError,
    UnreachableError,
)
from ingest.fetching import addresses
from ingest.fetching.addresses import Robots, checked, inside, is_public, opted_out, short_address
from ingest.fetching.limits import FETCHES
from ingest.process.threads import NAME_THREADS

_MEDIA = frozenset({"audio", "font", "image", "model", "video"})
_PROGRAM_TYPES = frozenset({"text/css", "text/javascript", "application/javascript"})
"""Types without coverage; files of other types are recognised by their bytes."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_GONE = frozenset({404, 410})
_BUSY = frozenset({429, 503})
_REFUSED = frozenset({401, 402, 403, 451})

_WINDOW_BITS = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
"""Accepted encodings of a body, each with the parameter ``wbits`` of zlib."""
_UNASKED_ENCODINGS = frozenset({"br", "zstd", "compress"})
_GZIP = b"\x1f\x8b"

_NOT_PUBLIC = "not of the public internet"

_Result = TypeVar("_Result")
_Allows = Callable[[str, int], bool]
"""A function that returns True if a connection to an IP address and port may be made."""


class State(StrEnum):
    """The state of an address: changed, unchanged or gone."""

    FRESH = "fresh"
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Validators:
    """The ETag and date of a response, sent with the next request to detect changes."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers of a conditional request."""
        conditions = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in conditions.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """The response of an address: ``url`` is the final one, ``data`` the decoded bytes.

    ``moved`` is true if the address redirects permanently.
    """

    url: str
    state: State
    data: bytes = b""
    content_type: str = ""
    charset: str | None = None
    validators: Validators = Validators()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Redirect:
    """A redirect of an address."""

    url: str
    permanent: bool


class _Pauses(Protocol):
    """The ends of the pauses of hosts; its methods may block."""

    def end(self, host: str, now: datetime) -> datetime | None:
        """Return the end of a host's pause, or None if it has none at *now*."""
        ...

    def extend(self, host: str, until: datetime, now: datetime) -> None:
        """Pause a host until *until*; a pause that ends later stays."""
        ...

    def claim(self, host: str, until: datetime, now: datetime) -> datetime | None:
        """Pause a host for a request of the caller; return the end of its pause if it has one."""
        ...


class _PausesInMemory:
    """The pauses of one process without an archive."""

    def __init__(self) -> None:
        self._ends: dict[str, datetime] = {}

    def end(self, host: str, now: datetime) -> datetime | None:
        """Return the end of a host's pause, or None if it has none at *now*."""
        end = self._ends.get(host, now)
        return end if end > now else None

    def extend(self, host: str, until: datetime, now: datetime) -> None:
        """Pause a host until *until*; a pause that ends later stays."""
        self._ends[host] = max(until, self.end(host, now) or until)

    def claim(self, host: str, until: datetime, now: datetime) -> datetime | None:
        """Pause a host for a request of the caller; return the end of its pause if it has one."""
        end = self.end(host, now)
        if end is None:
            self.extend(host, until, now)
        return end


class Fetcher:
    """A web client for one event loop; use it as an async context manager.

    *allows* decides at the moment of connecting. *clock* gives the age of a robots.txt; *pause*
    is in seconds. ``pauses`` are those that hosts asked for, in this process unless they are
    replaced by those of an archive.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        contact: str | None = None,
        allows: _Allows = lambda number, _port: is_public(number),
        resolver: AbstractResolver | None = None,
        pause: float = FETCHES.pause_seconds,
        patience: float = FETCHES.seconds,
    ) -> None:
        self._clock = clock
        self._allows = allows
        self._resolver = resolver
        self._pause = pause
        self._patience = patience
        self._agent = f"{addresses.AGENT}/0.1 (+{contact})" if contact else f"{addresses.AGENT}/0.1"
        self._hosts: dict[str, _Host] = {}
        self.pauses: _Pauses = _PausesInMemory()
        self._robots: dict[str, Robots] = {}

    async def __aenter__(self) -> Self:
        """Open the connections."""
        connector = aiohttp.TCPConnector(
            resolver=self._resolver or _PageResolver(),
            socket_factory=self._socket,
            limit_per_host=1,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self._session.close()

    async def fetch(self, url: str, validators: Validators | None = None) -> Fetched:
        """Return the response of *url*, or ``UNCHANGED`` if *validators* still match.

        Raises:
            ForbiddenAddressError: it, or a redirect of it, is not on the public web.
            NotAllowedError: the site asks not to be fetched or kept, or wants a login.
            DelayedError: its host, or the one it redirects to, allows no request yet.
            UnreachableError: it did not answer as it should; a later attempt may succeed.
        """
        target, steps, remaining = checked(url), 0, self._patience
        if "#!" in url:
            raise UnreachableError(
                f"{short_address(url)} is drawn by scripts in a browser; what it shows has no "
                "address that can be fetched. Paste its text."
            )
        permanent = True
        while True:
            try:
                await self._seconds_to_wait(target)
                await self._check_robots(target)
                async with self._host_turn(target):
                    started = asyncio.get_running_loop().time()
                    response = await self._request(
                        target, validators or Validators(), self._read_response, remaining
                    )
                    remaining -= asyncio.get_running_loop().time() - started
            except DelayedError as delay:
                raise (delayed_redirect(url, delay) if steps else delay) from None
            if isinstance(response, Fetched):
                if response.state is State.UNCHANGED and not (validators and validators.headers()):
                    raise UnreachableError(
                        f"{short_address(url)} answers that nothing changed (304), but it was "
                        "never read before. It is asked again later."
                    )
                return replace(response, moved=permanent and steps > 0)
            permanent = permanent and response.permanent
            target, steps = _checked_target(url, response.url), steps + 1
            if steps > FETCHES.redirects:
                raise UnreachableError(
                    f"{short_address(url)} redirects more than {FETCHES.redirects} times."
                )

    async def _seconds_to_wait(self, url: str) -> float:
        """Return the seconds until a host may be asked; none or less if it may be now.

        Raises:
            DelayedError: it takes too long to wait for it.
        """
        now = self._clock()
        end = await asyncio.to_thread(self.pauses.end, _host_name(url), now)
        if end and (end - now).total_seconds() > FETCHES.longest_wait_seconds:
            raise _delayed(url, end)
        pause = (end - now).total_seconds() if end else 0.0
        return max(pause, self._host(url).next - asyncio.get_running_loop().time())

    async def _check_robots(self, url: str) -> None:
        """Read the site's robots.txt if needed, and obey it."""
        parts = urlsplit(url)
        site = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
        async with self._host(url).asking:
            rules = self._robots.get(site)
            if rules is None or rules.stale(self._clock()):
                rules = self._robots[site] = await self._fetch_robots(site)
        if rules.rules is None:
            raise UnreachableError(rules.problem)
        if rules.delay() > FETCHES.longest_pause_seconds:
            raise NotAllowedError(
                f"The robots.txt of {site} asks for more than a week between two requests, so "
                "nothing is fetched there."
            )
        self._host(url).delay = max(self._pause, rules.delay())
        if not rules.allows(url):
            raise NotAllowedError(
                f"The robots.txt of {site} asks not to fetch {short_address(url)}."
            )

    async def _fetch_robots(self, site: str) -> Robots:
        """Fetch one robots.txt, following redirects."""
        now, target = self._clock(), f"{site}/robots.txt"
        try:
            for _ in range(FETCHES.redirects + 1):
                result = await self._request(
                    checked(target), Validators(), self._read_robots, self._patience
                )
                if not isinstance(result, str):
                    return Robots.of(site, *result, now)
                target = result
        except UnknownHostError:
            raise
        except (UnreachableError, NotAllowedError):
            return Robots.silent(site, now)
        return Robots.of(site, 404, b"", now)

    async def _read_robots(
        self, url: str, response: aiohttp.ClientResponse
    ) -> tuple[int, bytes] | str:
        if response.status in _MOVED and "Location" in response.headers:
            return urljoin(url, response.headers["Location"])
        if response.status in _BUSY:
            await self._keep_pause(url, response)
        data = await _body(response, FETCHES.robots_bytes, complete=False)
        return response.status, data

    async def _read_response(
        self, url: str, response: aiohttp.ClientResponse
    ) -> Fetched | _Redirect:
        """Return the response, or its redirect."""
        status, headers = response.status, response.headers
        if status in _MOVED and "Location" in headers:
            return _Redirect(urljoin(url, headers["Location"]), status in _PERMANENT)
        if status == 304:
            return Fetched(url, State.UNCHANGED)
        if status in _GONE:
            return Fetched(url, State.GONE)
        if status in _REFUSED:
            raise NotAllowedError(
                f"{short_address(url)} answers {status}: it wants a login or refuses us. If it is "
                "an article, paste its text."
            )
        if status in _BUSY:
            end = await self._keep_pause(url, response)
            raise UnreachableError(
                f"{short_address(url)} answers {status}: it asks to come back later, after "
                f"{utc_minute(end)} UTC."
            )
        if status != 200:
            raise UnreachableError(
                f"{short_address(url)} answers {status} and not with a page. Try again later."
            )
        if signal := opted_out(headers):
            raise NotAllowedError(f"{short_address(url)} asks not to be kept ({signal[:60]}).")
        content_type, charset = _content_type(headers.get("Content-Type", ""))
        if content_type.partition("/")[0] in _MEDIA or content_type in _PROGRAM_TYPES:
            raise UnreachableError(
                f"{short_address(url)} is {content_type}; pages, feeds, sitemaps, text, PDF, "
                "captions, tables and documents are read."
            )
        data = await _body(response, FETCHES.body_bytes)
        validators = Validators(headers.get("ETag"), headers.get("Last-Modified"))
        return Fetched(url, State.FRESH, data, content_type, charset, validators)

    async def _keep_pause(self, url: str, response: aiohttp.ClientResponse) -> datetime:
        """Leave a host alone for as long as its response asks; return the end."""
        now = self._clock()
        end = now + timedelta(seconds=_retry_seconds(response.headers.get("Retry-After", ""), now))
        await asyncio.to_thread(self.pauses.extend, _host_name(url), end, now)
        return end

    async def _request(
        self,
        url: str,
        validators: Validators,
        parse: Callable[[str, aiohttp.ClientResponse], Awaitable[_Result]],
        timeout: float,
    ) -> _Result:
        """Send one request with a timeout, and turn failures into errors with a message."""
        try:
            async with (
                asyncio.timeout(max(0.0, timeout)),
                self._session.get(
                    url, headers=validators.headers(), allow_redirects=False
                ) as response,
            ):
                return await parse(url, response)
        except TimeoutError as error:
            raise UnreachableError(
                f"{short_address(url)} took longer than {self._patience:.0f} seconds."
            ) from error
        except aiohttp.ClientConnectionError as error:
            if isinstance(error, aiohttp.ClientConnectorDNSError):
                raise UnknownHostError(
                    f"There is no site by the name {urlsplit(url).hostname}. Check the address."
                ) from error
            if _NOT_PUBLIC in f"{error} {error.__cause__}":
                raise ForbiddenAddressError(inside(urlsplit(url).hostname or url)) from error
            raise UnreachableError(f"{short_address(url)} cannot be reached.") from error
        except aiohttp.ClientPayloadError as error:
            raise _ended_early(url) from error
        except (aiohttp.ClientError, ValueError) as error:
            raise UnreachableError(
                f"{short_address(url)} does not answer as a web server does."
            ) from error

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Create the socket of a connection; raise PermissionError for a private address."""
        family, kind, protocol, _, address = info
        if not self._allows(str(address[0]), int(address[1])):
            raise PermissionError(errno.EACCES, _NOT_PUBLIC)
        return socket.socket(family, kind, protocol)

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(_host_name(url), _Host(self._pause))

    @asynccontextmanager
    async def _host_turn(self, url: str) -> AsyncIterator[None]:
        """Wait until this host may be contacted again.

        Raises:
            DelayedError: it takes too long to wait for it, or another process was faster.
        """
        host = self._host(url)
        async with host.queue:
            wait = await self._seconds_to_wait(url)
            if wait > 0:
                await asyncio.sleep(wait)
            slow = host.delay > FETCHES.longest_wait_seconds
            if slow and (end := await self._pause_for_delay(url, self.pauses.claim)):
                raise _delayed(url, end)
            try:
                yield
            finally:
                if slow:
                    await self._pause_for_delay(url, self.pauses.extend)
                else:
                    host.next = asyncio.get_running_loop().time() + host.delay

    async def _pause_for_delay(
        self, url: str, pause: Callable[[str, datetime, datetime], _Result]
    ) -> _Result:
        """Call *pause* with a host and the end of its crawl delay."""
        now = self._clock()
        end = now + timedelta(seconds=self._host(url).delay)
        return await asyncio.to_thread(pause, _host_name(url), end, now)


class _PageResolver(ThreadedResolver):
    """A resolver that leaves threads for the names of Discord and of models."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Semaphore(NAME_THREADS // 2)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host* when few enough names are being resolved."""
        async with self._turn:
            return await super().resolve(host, port, family)


class _Host:
    """The queue of a host and the time of its next request."""

    def __init__(self, pause: float) -> None:
        self.queue = asyncio.Lock()
        self.asking = asyncio.Lock()
        self.delay = pause
        self.next = 0.0


def _host_name(url: str) -> str:
    return urlsplit(url).hostname or ""


def _delayed(url: str, end: datetime) -> DelayedError:
    """Return the error for an address whose host allows no request before *end*."""
    return DelayedError(
        f"{_host_name(url)} asks to come back later, after {utc_minute(end)} UTC.", url, end
    )


def delayed_redirect(url: str, delay: DelayedError) -> DelayedError:
    """Return the error for an address that was fetched and redirects to one that waits."""
    return DelayedError(
        f"{short_address(url)} redirects to {short_address(delay.url)}, which may be asked for "
        f"after {utc_minute(delay.until)} UTC. Give that address then.",
        delay.url,
        delay.until,
        redirected=True,
    )


def utc_minute(moment: datetime) -> str:
    """Return a moment in UTC as messages write it, such as “2026-10-26 19:00”."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _checked_target(url: str, target: str) -> str:
    """Return the *target* of a redirect of *url*, if it may be fetched.

    Raises:
        ForbiddenAddressError: it may not; the message names the address that people know.
    """
    try:
        return checked(target)
    except ForbiddenAddressError as error:
        raise ForbiddenAddressError(
            f"{short_address(url)} redirects to {short_address(target)}, which is not an address "
            "of the public internet with the web's ports. It was not contacted."
        ) from error


async def _body(response: aiohttp.ClientResponse, limit: int, *, complete: bool = True) -> bytes:
    """Read a body in chunks, and decode it; both are up to *limit* bytes.

    Raises:
        UnreachableError: there is more, or it ends too early, and *complete* is set.
    """
    url = str(response.url)
    chunks, size = [], 0
    async for chunk in response.content.iter_chunked(FETCHES.chunk_bytes):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            break
    encoding = response.headers.get("Content-Encoding", "")
    data, ended = await asyncio.to_thread(_decoded, b"".join(chunks), encoding, limit)
    if complete and max(size, len(data)) > limit:
        raise UnreachableError(f"{short_address(url)} has more than {limit // 2**20} MB.")
    if complete and not ended:
        raise _ended_early(url)
    return data[:limit]


def _decoded(data: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    """Return up to *limit* + 1 bytes of a body without its ``Content-Encoding``.

    The second value is False if the body ends before its encoding does: half of an article must
    not count as the article.

    Raises:
        ValueError: the data has another encoding, one that is not accepted, or too many members.
    """
    coding = encoding.strip().lower().removeprefix("x-")
    if coding in _UNASKED_ENCODINGS:
        raise ValueError(coding)
    if not data or coding not in _WINDOW_BITS:
        return data, True
    bits, parts, size, rest = _WINDOW_BITS[coding], [], 0, data
    if coding == "deflate" and data[0] & 0x0F != zlib.DEFLATED:
        bits = -zlib.MAX_WBITS
    for _ in range(FETCHES.gzip_members):  # each one copies all that stands behind it
        decompressor = zlib.decompressobj(bits)
        try:
            parts.append(decompressor.decompress(rest, limit + 1 - size))
        except zlib.error as error:
            raise ValueError(coding) from error
        size, rest = size + len(parts[-1]), decompressor.unused_data
        if size > limit or not decompressor.eof or not rest.startswith(_GZIP):
            return b"".join(parts), decompressor.eof or size > limit
    raise ValueError(coding)


def _ended_early(url: str) -> UnreachableError:
    """Return the error for a body that is cut off."""
    return UnreachableError(
        f"{short_address(url)} broke off before its end and was not read. Try again later."
    )


def _content_type(header: str) -> tuple[str, str | None]:
    """Return the type and the charset of a ``Content-Type`` header."""
    message = Message()
    message["Content-Type"] = header or "application/octet-stream"
    charset = message.get_param("charset")
    name = charset if isinstance(charset, str) else None
    return (message.get_content_type() if header.strip() else ""), name


def _retry_seconds(header: str, now: datetime) -> float:
    """Return the seconds of a ``Retry-After`` header: a number or a date, otherwise 60."""
    value = header.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), FETCHES.longest_pause_seconds)
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return 60.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 1.0), FETCHES.longest_pause_seconds)
