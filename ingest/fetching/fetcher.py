"""Fetch one address after the other: guarded, within limits, one request a host at a time."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver

from ingest.errors import (
    ForbiddenAddressError,
    NotAllowedError,
    UnknownHostError,
    UnreachableError,
)
from ingest.fetching import robots
from ingest.fetching.addresses import checked, inside, is_public, short_address
from ingest.fetching.robots import Robots, opted_out

_LARGEST = 5 * 2**20
"""Bytes of a decoded body that are read."""
_REDIRECTS = 5
_PATIENCE = 15.0
"""Seconds for one address, redirects and body included, but not the waiting for its turn."""
_PAUSE = 5.0
"""Seconds between two requests to one host, or what its robots.txt asks for if that is more."""
_LONGEST_WAIT = 3600.0
"""Seconds of the longest ``Retry-After`` or crawl delay that is believed."""
_CHUNK = 64 * 1024
_TYPES = frozenset(
    {
        "",
        "text/html",
        "application/xhtml+xml",
        "text/plain",
        "text/xml",
        "application/xml",
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
        "application/pdf",
        "application/gzip",
        "application/x-gzip",
        "application/octet-stream",
        "text/csv",
        "text/markdown",
        "text/tab-separated-values",
        "text/vtt",
        "text/x-opml",
        "text/rtf",
        "application/rtf",
        "application/x-subrip",
        "application/epub+zip",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/ld+json",
        "application/activity+json",
    }
)
"""Content types that may hold coverage or a list of it; what says nothing is looked into."""
_MOVED = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_GONE = frozenset({404, 410})
_BUSY = frozenset({429, 503})
_REFUSED = frozenset({401, 402, 403, 451})

_INSIDE = "not of the public internet"
_LONGEST_REST = 60.0
"""Seconds that a request waits for a host; one that asked for more is left for another time."""

_Result = TypeVar("_Result")
_Allows = Callable[[str, int], bool]
"""Told the number and the port of a connection to be made."""


class State(StrEnum):
    """What a server says of an address."""

    FRESH = "fresh"
    UNCHANGED = "unchanged"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave with a text, to be asked next time whether it has changed."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the conditional request's headers."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address holds: ``url`` is where it stood in the end, ``data`` decoded bytes.

    ``moved`` says that every redirect on the way there was for good.
    """

    url: str
    state: State
    data: bytes = b""
    content_type: str = ""
    charset: str | None = None
    validators: Validators = Validators()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Where an address redirects to, and whether for good."""

    url: str
    for_good: bool


class Fetcher:
    """Fetches within one event loop; use it as an async context manager.

    *allows* decides at the moment of connecting. *clock* tells how old a robots.txt is; *pause*
    is in seconds. ``resting`` is until when hosts asked to be left alone.
    """

    def __init__(
        self,
        clock: Callable[[], datetime],
        *,
        contact: str | None = None,
        allows: _Allows = lambda number, _port: is_public(number),
        resolver: AbstractResolver | None = None,
        pause: float = _PAUSE,
        patience: float = _PATIENCE,
    ) -> None:
        self._clock = clock
        self._allows = allows
        self._resolver = resolver
        self._pause = pause
        self._patience = patience
        self._agent = f"{robots.AGENT}/0.1 (+{contact})" if contact else f"{robots.AGENT}/0.1"
        self._hosts: dict[str, _Host] = {}
        self.resting: dict[str, datetime] = {}
        self._robots: dict[str, Robots] = {}

    async def __aenter__(self) -> Self:
        """Open the connections."""
        connector = aiohttp.TCPConnector(
            resolver=self._resolver, socket_factory=self._socket, limit_per_host=1
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them."""
        await self._session.close()

    async def fetch(self, url: str, known: Validators | None = None) -> Fetched:
        """Return what *url* holds, or that it is as it was when *known* was given.

        Raises:
            ForbiddenAddressError: it, or what it redirects to, is not on the public web.
            NotAllowedError: the site asks not to be fetched or kept, or wants a login.
            UnreachableError: it did not answer as it should; another time it may.
        """
        asked, steps, left = checked(url), 0, self._patience
        if "#!" in url:
            raise UnreachableError(
                f"{short_address(url)} is drawn by scripts in a browser; what it shows has no "
                "address that can be fetched. Paste its text."
            )
        for_good = True
        while True:
            self._check_rest(asked)
            await self._permitted(asked)
            async with self._turn(asked):
                began = asyncio.get_running_loop().time()
                found = await self._within(asked, known or Validators(), self._once, left)
                left -= asyncio.get_running_loop().time() - began
            if isinstance(found, Fetched):
                if found.state is State.UNCHANGED and not (known and known.headers()):
                    raise UnreachableError(
                        f"{short_address(url)} answers that nothing changed (304), but it was "
                        "never read before. It is asked again later."
                    )
                return replace(found, moved=for_good and steps > 0)
            for_good = for_good and found.for_good
            asked, steps = checked(found.url), steps + 1
            if steps > _REDIRECTS:
                raise UnreachableError(
                    f"{short_address(url)} redirects more than {_REDIRECTS} times."
                )

    def leave_alone(self, until: Mapping[str, datetime]) -> None:
        """Let hosts rest that asked another process for it."""
        for name, at in until.items():
            self.resting[name] = at
            wait = min((at - self._clock()).total_seconds(), _LONGEST_WAIT)
            self._hosts.setdefault(name, _Host(self._pause)).rest(wait)

    def _check_rest(self, url: str) -> None:
        """Refuse to ask a host that wants to be left alone for longer than one waits.

        Raises:
            UnreachableError: it does.
        """
        host = self._host(url)
        if host.next - asyncio.get_running_loop().time() > _LONGEST_REST:
            name = urlsplit(url).hostname or ""
            raise UnreachableError(f"{name} asked to come back later.")

    async def _permitted(self, url: str) -> None:
        """Read the site's robots.txt if need be, and obey it."""
        parts = urlsplit(url)
        site = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
        async with self._host(url).asking:
            rules = self._robots.get(site)
            if rules is None or rules.stale(self._clock()):
                rules = self._robots[site] = await self._rules(f"{site}/robots.txt")
        if rules.rules is None:
            raise UnreachableError(f"{site} cannot say at the moment what may be fetched.")
        self._host(url).delay = max(self._pause, min(rules.delay(), _LONGEST_WAIT))
        if not rules.allows(url):
            raise NotAllowedError(
                f"The robots.txt of {site} asks not to fetch {short_address(url)}."
            )

    async def _rules(self, url: str) -> Robots:
        """Fetch one robots.txt, through its redirects."""
        now, asked = self._clock(), url
        try:
            for _ in range(_REDIRECTS + 1):
                found = await self._within(
                    checked(asked), Validators(), self._robots_once, self._patience
                )
                if not isinstance(found, str):
                    return Robots.of(*found, now)
                asked = found
        except UnknownHostError:
            raise
        except (UnreachableError, NotAllowedError):
            return Robots.silent(now)
        return Robots.of(404, b"", now)

    async def _robots_once(
        self, url: str, response: aiohttp.ClientResponse
    ) -> tuple[int, bytes] | str:
        if response.status in _MOVED and "Location" in response.headers:
            return urljoin(url, response.headers["Location"])
        data = await _body(response, robots.LARGEST_ROBOTS, whole=False)
        return response.status, data

    async def _once(self, url: str, response: aiohttp.ClientResponse) -> Fetched | _Elsewhere:
        """Return what came, or where it has moved to."""
        status, headers = response.status, response.headers
        if status in _MOVED and "Location" in headers:
            return _Elsewhere(urljoin(url, headers["Location"]), status in _FOR_GOOD)
        if status == 304:
            return Fetched(url, State.UNCHANGED)
        if status in _GONE:
            return Fetched(url, State.GONE)
        if status in _REFUSED:
            raise NotAllowedError(
                f"{short_address(url)} answers {status}: it wants a login or refuses us."
            )
        if status in _BUSY:
            now = self._clock()
            wait = _wait_of(headers.get("Retry-After", ""), now)
            self.resting[urlsplit(url).hostname or ""] = now + timedelta(seconds=wait)
            self._host(url).rest(wait)
            raise UnreachableError(
                f"{short_address(url)} answers {status}: it asks to come back later."
            )
        if status != 200:
            raise UnreachableError(f"{short_address(url)} answers {status} and not with a page.")
        if signal := opted_out(headers):
            raise NotAllowedError(f"{short_address(url)} asks not to be kept ({signal[:60]}).")
        content_type, charset = _declared(headers.get("Content-Type", ""))
        if content_type not in _TYPES:
            raise UnreachableError(
                f"{short_address(url)} is {content_type}; pages, feeds, sitemaps, text, PDF, "
                "captions, tables and documents are read."
            )
        data = await _body(response, _LARGEST)
        validators = Validators(headers.get("ETag"), headers.get("Last-Modified"))
        return Fetched(url, State.FRESH, data, content_type, charset, validators)

    async def _within(
        self,
        url: str,
        known: Validators,
        read: Callable[[str, aiohttp.ClientResponse], Awaitable[_Result]],
        patience: float,
    ) -> _Result:
        """Ask once, within *patience* seconds; what goes wrong is a sentence."""
        try:
            async with (
                asyncio.timeout(max(0.0, patience)),
                self._session.get(url, headers=known.headers(), allow_redirects=False) as response,
            ):
                return await read(url, response)
        except TimeoutError as error:
            raise UnreachableError(
                f"{short_address(url)} took longer than {self._patience:.0f} seconds."
            ) from error
        except aiohttp.ClientConnectionError as error:
            if isinstance(error, aiohttp.ClientConnectorDNSError):
                raise UnknownHostError(
                    f"There is no site by the name {urlsplit(url).hostname}. Check the address."
                ) from error
            if _INSIDE in f"{error} {error.__cause__}":
                raise ForbiddenAddressError(inside(urlsplit(url).hostname or url)) from error
            raise UnreachableError(f"{short_address(url)} cannot be reached.") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise UnreachableError(
                f"{short_address(url)} does not answer as a web server does."
            ) from error

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        """Make the socket of a connection; this is where an inner address is refused."""
        family, kind, protocol, _, where = info
        if not self._allows(str(where[0]), int(where[1])):
            raise PermissionError(errno.EACCES, _INSIDE)
        return socket.socket(family, kind, protocol)

    def _host(self, url: str) -> _Host:
        name = urlsplit(url).hostname or ""
        return self._hosts.setdefault(name, _Host(self._pause))

    @asynccontextmanager
    async def _turn(self, url: str) -> AsyncIterator[None]:
        """Wait until this host may be asked again."""
        host = self._host(url)
        async with host.queue:
            self._check_rest(url)
            wait = host.next - asyncio.get_running_loop().time()
            if wait > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                host.rest(host.delay)


class _Host:
    """One host's queue, and when it may be asked next."""

    def __init__(self, pause: float) -> None:
        self.queue = asyncio.Lock()
        self.asking = asyncio.Lock()
        self.delay = pause
        self.next = 0.0

    def rest(self, seconds: float) -> None:
        """Leave it alone for *seconds* at least."""
        self.next = max(self.next, asyncio.get_running_loop().time() + seconds)


async def _body(response: aiohttp.ClientResponse, most: int, *, whole: bool = True) -> bytes:
    """Read a decoded body piece by piece, up to *most* bytes.

    Raises:
        UnreachableError: there is more, and it is wanted *whole*.
    """
    parts, size = [], 0
    async for part in response.content.iter_chunked(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > most:
            if whole:
                raise UnreachableError(
                    f"{short_address(str(response.url))} has more than {most // 2**20} MB."
                )
            break
    return b"".join(parts)[:most]


def _declared(header: str) -> tuple[str, str | None]:
    """Return the type and the charset of a ``Content-Type``."""
    message = Message()
    message["Content-Type"] = header or "application/octet-stream"
    charset = message.get_param("charset")
    named = charset if isinstance(charset, str) else None
    return (message.get_content_type() if header.strip() else ""), named


def _wait_of(header: str, now: datetime) -> float:
    """Return the seconds of a ``Retry-After``: a number, or a date; what is neither is a minute."""
    told = header.strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:9]), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(told)
    except (ValueError, TypeError, IndexError):
        return 60.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 1.0), _LONGEST_WAIT)
