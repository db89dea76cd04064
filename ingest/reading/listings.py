"""Feeds (RSS, Atom, JSON Feed) and sitemaps: which pages a source lists, what it says of each."""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from courlan import extract_domain
from lxml import etree

from ingest.errors import UnreadableError
from ingest.language.datelines import stated
from ingest.model import Moment
from ingest.reading.decoding import LARGEST_ARTICLE
from ingest.reading.elements import Element
from ingest.reading.text import clean_line

_MOST = 5000
"""Pages of one listing; of longer ones the newest are taken."""
CHILDREN = 50
"""Sitemaps of one index; of longer ones the newest are taken."""
_GZIP = b"\x1f\x8b"
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_ROOT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*"
    rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON_FEED = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\{.{0,2000}?jsonfeed\.org\\?/version", re.DOTALL)
_POSTS = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s{0,100}[\[{].{0,3500}?"(?:rendered|orderedItems|acct)"\s{0,20}:',
    re.DOTALL,
)
"""How exports and answers of WordPress and Mastodon begin."""
_ITEM = "#item:"
"""Stands behind a feed's address where an item has none of its own."""
_WHOLE = 200
"""Characters from which what a feed carries is an article rather than its beginning."""
_POST = 40
"""Characters of the shortest post: an item without a title carries all of itself."""
_TAG = re.compile(r"<[^<>]*>")
_SITEMAPS = {b"urlset", b"sitemapindex"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One page as its listing announces it; ``address`` is what it is remembered by, if it is.

    ``content`` is the article itself where a feed carries it, as HTML or text; of a ``post`` there
    is no more. ``outlet`` is whose it is, where a feed of several says so; ``foreign`` says that
    its site is another one than most of the feed's.
    """

    url: str
    title: str = ""
    published: Moment | None = None
    modified: Moment | None = None
    address: str | None = None
    content: str = ""
    outlet: str = ""
    foreign: bool = False

    @property
    def post(self) -> bool:
        """Whether it has no title, and so stands in its feed as a whole."""
        return bool(self.content and not self.title)

    @property
    def in_feed(self) -> bool:
        """Whether it stands nowhere but in its feed."""
        return _ITEM in self.url


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or a sitemap lists; ``children`` are further sitemaps.

    ``unread`` counts the items of a feed that have neither a link nor an article, ``beyond`` those
    that were one too many.
    """

    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()
    unread: int = 0
    beyond: int = 0


def is_listing(data: bytes) -> bool:
    """Tell by how it begins whether *data* is a feed or a sitemap."""
    head = _unpacked(data, "")[:4096]
    return any(each.match(head) for each in (_ROOT, _JSON_FEED, _POSTS))


def read_listing(data: bytes, url: str, content_type: str = "") -> Listing:
    """Understand a feed (RSS, Atom) or a sitemap, packed or not.

    Raises:
        UnreadableError: it is neither, is broken, or declares entities.
    """
    data = _unpacked(data, url)
    if _JSON_FEED.match(data[:4096]):
        return _json_feed(data, url)
    if _POSTS.match(data[:4096]):
        return _posts(data, url)
    root = _ROOT.match(data[:4096])
    if root is None:
        raise UnreadableError(f"{url} is neither a feed nor a sitemap.")
    if _ENTITY.search(data):
        raise UnreadableError(f"{url} declares entities of its own and was not read.")
    if root[1].lower() in _SITEMAPS:
        return _sitemap(data, url)
    return _feed(data, url, content_type)


def _unpacked(data: bytes, url: str) -> bytes:
    """Unpack gzip, up to :data:`LARGEST` bytes.

    Raises:
        UnreadableError: it is broken or larger.
    """
    if not data.startswith(_GZIP):
        return data
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacking.decompress(data, LARGEST_ARTICLE)
    except zlib.error as error:
        raise UnreadableError(f"{url} is a broken gzip file.") from error
    if unpacking.unconsumed_tail:
        raise UnreadableError(f"{url} unpacks to more than {LARGEST_ARTICLE // 2**20} MB.")
    return plain


def _feed(data: bytes, url: str, content_type: str) -> Listing:
    """Read RSS or Atom; links are made whole by the feed's own address."""
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    found = feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
    if found.bozo and not found.entries and not found.get("version"):
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.")
    entries = list(_entries_of(found.entries, url))
    return _listed(entries, url, len(found.entries))


def _entries_of(items: Iterable[Mapping[str, Any]], url: str) -> Iterator[Entry]:
    """Read each item that has a link, or carries its article."""
    for item in items:
        link = str(item.get("link") or "").strip()
        title = _plain(str(item.get("title") or ""))
        parts = [str(each.get("value") or "") for each in item.get("content") or ()]
        content = max([*parts, str(item.get("summary") or "")], key=len)
        yield from _entry(
            link,
            str(item.get("id") or ""),
            title,
            stated(str(item.get("published") or "")),
            stated(str(item.get("updated") or "")) if "updated" in item else None,
            content,
            url,
            _plain(str((item.get("source") or {}).get("title") or "")),
        )


def _json_feed(data: bytes, url: str) -> Listing:
    """Read a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        items = json.loads(data.decode("utf-8-sig")).get("items") or []
        every = [item for item in items if isinstance(item, dict)]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.") from error
    entries = [
        one
        for item in every
        for one in _entry(
            str(item.get("url") or item.get("external_url") or ""),
            str(item.get("id") or ""),
            _plain(str(item.get("title") or "")),
            stated(str(item.get("date_published") or "")),
            stated(str(item.get("date_modified") or "")),
            str(item.get("content_html") or item.get("content_text") or ""),
            url,
        )
    ]
    return _listed(entries, url, len(every))


def _posts(data: bytes, url: str) -> Listing:
    """Read posts of WordPress (its REST interface) or of Mastodon (its interface, its export)."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
        items = value.get("orderedItems") if isinstance(value, dict) else value
        every = [item for item in items or [value] if isinstance(item, dict)]
        entries = [one for item in every for one in _post(item, url)]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.") from error
    return _listed(entries, url, len(every))


def _post(item: dict[str, Any], url: str) -> Iterator[Entry]:
    """Read one post; one that is kept from the public, or only passes another on, is none."""
    note = item.get("object", item)
    if not isinstance(note, dict) or item.get("reblog"):
        return
    content, title = note.get("content"), note.get("title")
    account = note.get("account")
    if isinstance(content, dict):
        if content.get("protected"):
            return
        content = content.get("rendered")
    if not isinstance(content, str) or note.get("visibility") in {"private", "direct"}:
        return
    named = title.get("rendered") if isinstance(title, dict) else title
    published = note.get("date_gmt") or note.get("created_at") or note.get("published")
    written = str(published or "")
    zoned = f"{written}Z" if note.get("date_gmt") and not written.endswith("Z") else written
    modified = str(note.get("modified_gmt") or note.get("edited_at") or "")
    yield from _entry(
        str(note.get("link") or note.get("url") or ""),
        str(note.get("id") or ""),
        _plain(str(named or "")),
        stated(zoned),
        stated(modified),
        content,
        url,
        _plain(str(account.get("display_name") or "")) if isinstance(account, dict) else "",
        _POST,
    )


def _listed(entries: Sequence[Entry], url: str, items: int) -> Listing:
    """Return a feed's entries, the newest if there are too many; of several sites each its own."""
    once = _newest(entries)
    kept = once[:_MOST]
    sites = Counter(_site(entry.url) for entry in kept)
    most = max(sites, key=lambda site: sites[site], default="")
    own = {_site(url), most if 2 * sites[most] > len(kept) else ""}
    if len(sites) > 1:
        kept = [replace(each, foreign=_site(each.url) not in own) for each in kept]
    return Listing(tuple(kept), unread=items - len(entries), beyond=len(once) - len(kept))


def _site(url: str) -> str:
    """Return the site of an address: its host without the machine's name."""
    return str(extract_domain(url) or urlsplit(url).hostname or "")


def _entry(
    link: str,
    key: str,
    title: str,
    published: Moment | None,
    modified: Moment | None,
    content: str,
    url: str,
    outlet: str = "",
    least: int = _WHOLE,
) -> Iterator[Entry]:
    """Yield one item; without a link it stands in its feed, if it carries its article."""
    whole = content if len(_plain(content)) >= (least if title else _POST) else ""
    if link:
        yield Entry(urljoin(url, link), title, published, modified, content=whole, outlet=outlet)
    elif whole:
        name = hashlib.sha256((key or f"{title}\n{whole}").encode()).hexdigest()[:16]
        yield Entry(f"{url}{_ITEM}{name}", title, published, modified, content=whole, outlet=outlet)


def _plain(markup: str) -> str:
    """Return a text without its tags, on one line."""
    return clean_line(html.unescape(_TAG.sub(" ", markup)))


def _sitemap(data: bytes, url: str) -> Listing:
    """Read a sitemap, with Google's news tags, or an index of sitemaps."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise UnreadableError(f"{url} is a broken sitemap. Nothing was read from it.")
    items = [
        Entry(
            urljoin(url, _value(item, "loc")),
            clean_line(_value(item, "title")),
            stated(_value(item, "publication_date")),
            stated(_value(item, "lastmod")),
        )
        for item in root
        if isinstance(item.tag, str) and _value(item, "loc")
    ]
    if etree.QName(root).localname.lower() == "sitemapindex":
        latest = sorted(items, key=lambda each: _recency(each), reverse=True)
        return Listing(children=tuple(each.url for each in latest[:CHILDREN]))
    once = _newest(items)
    return Listing(tuple(once[:_MOST]), beyond=len(once[_MOST:]))


def _value(item: Element, name: str) -> str:
    """Return the text of the first element of that name inside *item*, whatever its namespace."""
    for each in item.iter():
        if isinstance(each.tag, str) and etree.QName(each).localname == name:
            return str(each.text or "").strip()
    return ""


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    """Return each page once, in the listing's order; too many of them, the newest first."""
    once = list({each.url: each for each in entries}.values())
    if len(once) > _MOST:
        once.sort(key=_recency, reverse=True)
    return once


def _recency(entry: Entry) -> str:
    """Return what tells newer entries from older ones."""
    moments = [each.isoformat() for each in (entry.published, entry.modified) if each]
    return max(moments, default="")
