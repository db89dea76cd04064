"""Feeds and sitemaps: which pages a source lists, and what it says of each."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from ingest.errors import UnreadableError
from ingest.language.datelines import stated
from ingest.model import Moment
from ingest.reading.decoding import LARGEST
from ingest.reading.text import clean_line

MOST = 5000
"""Pages of one listing; of longer ones the newest are taken."""
CHILDREN = 50
"""Sitemaps of one index; of longer ones the newest are taken."""
GZIP = b"\x1f\x8b"
ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
ROOT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*"
    rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b",
    re.IGNORECASE | re.DOTALL,
)
SITEMAPS = {b"urlset", b"sitemapindex"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page as its listing announces it; ``address`` is what it is remembered by, if it is."""

    url: str
    title: str = ""
    published: Moment | None = None
    modified: Moment | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or a sitemap lists; ``children`` are further sitemaps."""

    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()


def is_listing(data: bytes) -> bool:
    """Tell by its first element whether *data* is a feed or a sitemap."""
    return ROOT.match(unpacked(data, "")[:4096]) is not None


def read_listing(data: bytes, url: str, content_type: str = "") -> Listing:
    """Understand a feed (RSS, Atom) or a sitemap, packed or not.

    Raises:
        UnreadableError: it is neither, is broken, or declares entities.
    """
    data = unpacked(data, url)
    root = ROOT.match(data[:4096])
    if root is None:
        raise UnreadableError(f"{url} is neither a feed nor a sitemap.")
    if ENTITY.search(data):
        raise UnreadableError(f"{url} declares entities of its own and was not read.")
    if root[1].lower() in SITEMAPS:
        return sitemap(data, url)
    return feed(data, url, content_type)


def unpacked(data: bytes, url: str) -> bytes:
    """Unpack gzip, up to :data:`LARGEST` bytes.

    Raises:
        UnreadableError: it is broken or larger.
    """
    if not data.startswith(GZIP):
        return data
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacking.decompress(data, LARGEST)
    except zlib.error as error:
        raise UnreadableError(f"{url} is a broken gzip file.") from error
    if unpacking.unconsumed_tail:
        raise UnreadableError(f"{url} unpacks to more than {LARGEST // 2**20} MB.")
    return plain


def feed(data: bytes, url: str, content_type: str) -> Listing:
    """Read RSS or Atom; links are made whole by the feed's own address."""
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    found = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
    if found.bozo and not found.entries and not found.get("version"):
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.")
    return Listing(tuple(newest(entries_of(found.entries, url))))


def entries_of(items: Iterable[Mapping[str, Any]], url: str) -> Iterator[Entry]:
    """Read each item that has a link."""
    for item in items:
        link = str(item.get("link") or "").strip()
        if link:
            yield Entry(
                urljoin(url, link),
                clean_line(re.sub(r"<[^>]*>", "", str(item.get("title") or ""))),
                moment(item.get("published_parsed")),
                moment(item.get("updated_parsed")),
            )


def moment(parsed: Any) -> datetime | None:  # noqa: ANN401 - feedparser ships no types
    """Return a time that feedparser understood, which it gives in UTC."""
    if parsed is None:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (TypeError, ValueError):
        return None


def sitemap(data: bytes, url: str) -> Listing:
    """Read a sitemap, with Google's news tags, or an index of sitemaps."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise UnreadableError(f"{url} is a broken sitemap. Nothing was read from it.")
    items = [
        Entry(
            urljoin(url, value(item, "loc")),
            clean_line(value(item, "title")),
            stated(value(item, "publication_date")),
            stated(value(item, "lastmod")),
        )
        for item in root
        if isinstance(item.tag, str) and value(item, "loc")
    ]
    if etree.QName(root).localname.lower() == "sitemapindex":
        latest = sorted(items, key=lambda each: recency(each), reverse=True)
        return Listing(children=tuple(each.url for each in latest[:CHILDREN]))
    return Listing(tuple(newest(items)))


def value(item: Any, name: str) -> str:  # noqa: ANN401 - lxml ships no types
    """Return the text of the first element of that name inside *item*, whatever its namespace."""
    for each in item.iter():
        if isinstance(each.tag, str) and etree.QName(each).localname == name:
            return str(each.text or "").strip()
    return ""


def newest(entries: Iterable[Entry]) -> list[Entry]:
    """Return each page once, in the listing's order; of too many the newest."""
    once = list({each.url: each for each in entries}.values())
    if len(once) > MOST:
        once.sort(key=recency, reverse=True)
    return once[:MOST]


def recency(entry: Entry) -> str:
    """Return what tells newer entries from older ones."""
    moments = [each.isoformat() for each in (entry.published, entry.modified) if each]
    return max(moments, default="")
