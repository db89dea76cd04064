"""A local web of made-up newsrooms: several hosts on one loopback port, all under our control."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import socket
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.abc import AbstractResolver

from ingest.fetching.fetcher import Fetcher
from tests.loopback import listening

SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
BEGAN = datetime(2026, 10, 19, 6, tzinfo=UTC)
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass
class Reply:
    """What a host answers on one path."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validators: bool = True
    drip: float = 0.0


class Newsroom(AbstractResolver):
    """Hosts with their pages; it resolves every name to itself and counts what is asked."""

    def __init__(self):
        self.replies = {}
        self.asked = Counter()
        self.agents = set()
        self.now = BEGAN
        self.port = 0
        self.resolved = {}

    def put(self, url, body, content_type="text/html; charset=utf-8", **more):
        """Let *url* answer *body*."""
        data = body if isinstance(body, bytes) else body.encode()
        self.replies[url] = Reply(data, content_type, **more)

    def page(self, url, title, text, *, charset="utf-8", extra="", head="", **more):
        """Put a page of a newspaper, noise and all."""
        made = html(url, title, text, self.now, charset=charset, extra=extra, head=head)
        self.put(
            url, made.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}", **more
        )

    def gone(self, url, status=410):
        """Let *url* be gone."""
        self.replies[url] = Reply(status=status)

    def feed(self, url, entries, **more):
        """Put an RSS feed of (url, title) pairs."""
        items = "".join(
            f"<item><title>{escape(title)}</title><link>{escape(link)}</link>"
            f"<guid>{escape(link)}</guid></item>"
            for link, title in entries
        )
        text = f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'
        self.put(url, text, "application/rss+xml", **more)

    def atom(self, url, entries):
        """Put an Atom feed of (url, title) pairs."""
        items = "".join(
            f'<entry><title>{escape(title)}</title><link href="{escape(link)}"/>'
            f"<id>{escape(link)}</id>"
            f"<updated>2026-10-19T06:00:00Z</updated></entry>"
            for link, title in entries
        )
        text = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{items}</feed>'
        self.put(url, text, "application/atom+xml")

    def sitemap(self, url, entries, *, packed=False):
        """Put a sitemap of (url, lastmod) pairs."""
        items = "".join(
            f"<url><loc>{escape(link)}</loc>"
            + (f"<lastmod>{at}</lastmod>" if at else "")
            + "</url>"
            for link, at in entries
        )
        text = f'<urlset xmlns="{SITEMAPS}">{items}</urlset>'
        data = gzip.compress(text.encode(), mtime=0) if packed else text.encode()
        self.put(url, data, "application/x-gzip" if packed else "application/xml")

    def sitemaps(self, url, children):
        """Put an index of sitemaps."""
        items = "".join(f"<sitemap><loc>{escape(child)}</loc></sitemap>" for child in children)
        text = f'<sitemapindex xmlns="{SITEMAPS}">{items}</sitemapindex>'
        self.put(url, text, "application/xml")

    async def resolve(self, host, port=0, family=socket.AF_INET):  # noqa: ARG002 - aiohttp's
        """Answer every look-up with our own listener, or with what a test says."""
        numbers = self.resolved.get(host, ["127.0.0.1"])
        number = numbers.pop(0) if len(numbers) > 1 else numbers[0]
        mine = number == "127.0.0.1"
        return [
            {
                "hostname": host,
                "host": number,
                "port": self.port if mine else port,
                "family": socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
        ]

    async def close(self):
        """Nothing is open."""

    def allows(self, number, port):
        """Allow our own listener and nothing else."""
        return number == "127.0.0.1" and port == self.port

    async def handle(self, request):
        """Answer one request, conditionally where asked to."""
        url = f"http://{request.host}{request.rel_url}"
        self.agents.add(request.headers["User-Agent"])
        reply = self.replies.get(url, Reply(status=404))
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
        status = reply.status
        if reply.validators and status == 200 and request.headers.get("If-None-Match") == etag:
            status = 304
        if request.path != "/robots.txt":
            self.asked[status] += 1
            self.asked[url] += 1
        headers = {"Content-Type": reply.content_type, **reply.headers}
        if reply.validators and status in {200, 304}:
            headers["ETag"] = etag
        if not reply.drip:
            return web.Response(
                status=status, body=b"" if status == 304 else reply.body, headers=headers
            )
        response = web.StreamResponse(status=status, headers=headers)
        await response.prepare(request)
        for byte in reply.body:
            await response.write(bytes([byte]))
            await asyncio.sleep(reply.drip)
        return response

    @asynccontextmanager
    async def open(self):
        """Listen on loopback."""
        async with listening(web.ServerRunner(web.Server(self.handle))) as self.port:
            yield self

    def fetcher(self, **more):
        """Return a fetcher that reaches this web and no other, without waiting for turns."""
        given = {"allows": self.allows, "resolver": self, "pause": 0.0, **more}
        return Fetcher(lambda: self.now, **given)

    def next_day(self):
        """Let a day pass."""
        self.now += timedelta(days=1)
        self.asked.clear()


def html(url, title, text, now, *, charset="utf-8", extra="", head=""):
    """Write a page as newspapers do: declarations, navigation, a body, and what surrounds it."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": BEGAN.isoformat(),
        "dateModified": now.isoformat(),
        "author": {"@type": "Person", "name": "Ada Brenk"},
    }
    paragraphs = "".join(f"<p>{escape(each)}</p>" for each in text.split("\n"))
    canonical = "" if "canonical" in head else f'<link rel="canonical" href="{escape(url)}">'
    return (
        f'<!doctype html><html lang="en"><head><meta charset="{charset}">'
        f"<title>{escape(title)}</title>{canonical}{head}"
        f'<script type="application/ld+json">{json.dumps(data)}</script></head><body>'
        f"<nav><a href='/'>Home</a> <a href='/politics'>Politics</a></nav><article>"
        f"<h1>{escape(title)}</h1>{paragraphs}{extra}</article>"
        "<footer><p>All rights reserved.</p></footer></body></html>"
    )


def story(number, *, said="the harbour bridge will be built"):
    """Write a body that no other number has."""
    word = NUMBERS[number % len(NUMBERS)]
    return (
        f"The council of ward {word} met on Monday evening to discuss item {number} of its "
        f"list, and its chair, Ilse Marrowen-{number}, said that {said}.\n"
        f"Some {number * 137 + 11} people had written letters about it, {number * 31 + 7} "
        f"of them against, according to the clerk of ward {word}, who read out "
        f"number {number * 3 + 1}.\n"
        f"The next sitting is due in room {number + 100}, where plan {number * 17} is voted on "
        f"by all {number + 12} members, after the budget of {number * 1000 + 250} marks."
    )


def last_modified(moment):
    """Write a time as HTTP does."""
    return format_datetime(moment, usegmt=True)
