"""Feeds (RSS, Atom, JSON Feed) and sitemaps: the pages that a source lists, with their metadata."""

from __future__ import annotations

import codecs
import hashlib
import html
import io
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from courlan import extract_domain
from lxml import etree

from ingest.errors import UnreadableError
from ingest.fetching.addresses import direct_address
from ingest.fetching.identities import WEB_SCHEMES, clean_url, resolved
from ingest.language.datelines import parse_date
from ingest.language.lines import people_in
from ingest.language.similarity import sketch
from ingest.model import Moment
from ingest.reading.decoding import decode
from ingest.reading.documents import ITEM_MARK, Entry
from ingest.reading.elements import Element
from ingest.reading.limits import DETECTION, FILES, PAGES
from ingest.reading.text import clean_line, ends_sentence

_GZIP = b"\x1f\x8b"
_ROOT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*"
    rb"<(?:\w+:)?(\w+)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON_FEED = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*\{.{0,2000}?jsonfeed\.org\\?/version", re.DOTALL)
_POSTS_START = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s{0,100}[\[{].{0,3500}?"(?:rendered|orderedItems|acct)"\s{0,20}:',
    re.DOTALL,
)
"""Start of exports and API answers of WordPress and Mastodon."""
_NO_POSTS = frozenset({"attachment", "custom_css", "nav_menu_item", "oembed_cache", "revision"})
"""Types of records in an export of WordPress that are no articles."""
_SHORTCODE = re.compile(
    r"\[/?(?:audio|caption|embed|gallery|playlist|video)\b[^\[\]<>]{0,500}\]"
    r"|\[/?[a-z][\w-]{1,40} [\w-]{1,40}=[^\[\]<>]{1,500}\]"
)
"""Instructions to WordPress in the text of an export: its own, and any with values."""
_EVERYBODY = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
"""The readers of a public post of Mastodon (ActivityPub, section 5.6)."""
_TAG = re.compile(r"<[^<>]*>")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml\s[^>]{0,500}>")
_UTF_16 = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
"""The first bytes of text in UTF-16: its mark, or the first sign of XML."""
_BRACKETS_BEHIND_DOTS = " ])）］】→»›>"
_WEB = (b"http://", b"https://")
_SITEMAPS = frozenset({b"urlset", b"sitemapindex"})
_LISTINGS = _SITEMAPS | {b"rss", b"feed", b"rdf"}
"""Names of the root elements of feeds and sitemaps."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The pages of a feed or a sitemap; ``children`` are further sitemaps.

    ``unread`` counts the items of a feed that have neither a link nor an article, ``beyond`` those
    over the limit. ``title`` is the name of a feed, ``home`` the address of the site it belongs to.
    """

    entries: tuple[Entry, ...] = ()
    children: tuple[str, ...] = ()
    unread: int = 0
    beyond: int = 0
    title: str = ""
    home: str = ""

    def outlet_of(self, entry: Entry) -> str:
        """Return the publisher of *entry*: the one it names, else the feed of the same site."""
        is_carried = entry.in_feed and not entry.foreign
        is_own = is_carried or not self.home or _site(entry.url) == _site(self.home)
        return entry.outlet or (self.title if is_own else "")


def is_listing(data: bytes) -> bool:
    """Return True if *data* begins like a feed or a sitemap."""
    head = _in_utf8(_unpack(data, "")[: DETECTION.signature_bytes])
    return (
        root_of(head) in _LISTINGS
        or any(pattern.match(head) for pattern in (_JSON_FEED, _POSTS_START))
        or is_address_list(head)
    )


def root_of(head: bytes) -> bytes:
    """Return the name of the first element in an XML document, in small letters."""
    root = _ROOT.match(head)
    return root[1].lower() if root else b""


def read_listing(data: bytes, url: str, charset: str | None = None) -> Listing:
    """Return the entries of a feed or a sitemap, also packed with gzip.

    *charset* is the encoding from the HTTP response.

    Raises:
        UnreadableError: the data is neither, is broken, or declares entities.
    """
    unpacked = _unpack(data, url)
    data = _in_utf8(unpacked)
    charset = charset if data is unpacked else None
    if _JSON_FEED.match(data[: DETECTION.signature_bytes]):
        return _json_feed(data, url)
    if _POSTS_START.match(data[: DETECTION.signature_bytes]):
        return _posts(data, url)
    root = root_of(data[: DETECTION.signature_bytes])
    if root not in _LISTINGS and is_address_list(data[: DETECTION.signature_bytes]):
        return _address_list(data, url)
    if root not in _LISTINGS:
        raise UnreadableError(f"{url} is neither a feed nor a sitemap.")
    if b"<!entity" in data.lower():
        raise UnreadableError(f"{url} declares entities of its own and was not read.")
    if root in _SITEMAPS:
        return _sitemap(data, url)
    return _feed(data, url, charset)


def _in_utf8(data: bytes) -> bytes:
    """Return text in UTF-16, which its mark or its first sign shows, in UTF-8; else *data* itself.

    A declaration of XML, which would name the other encoding, is left out.
    """
    encoding = next((code for start, code in _UTF_16.items() if data.startswith(start)), None)
    if encoding is None:
        return data
    text = data.decode(encoding, "replace").removeprefix("\ufeff")
    return _XML_DECLARATION.sub("", text, count=1).encode()


def is_address_list(head: bytes) -> bool:
    """Return True if *head* begins a sitemap of plain text: an address a line, nothing else."""
    lines = head.removeprefix(codecs.BOM_UTF8).split(b"\n")
    whole_lines = lines[:-1] if len(head) >= DETECTION.signature_bytes else lines
    addresses = [line.strip() for line in whole_lines if line.strip()]
    return len(addresses) > 1 and all(
        address.startswith(_WEB) and b" " not in address for address in addresses
    )


def _address_list(data: bytes, url: str) -> Listing:
    """Return the entries of a sitemap of plain text."""
    lines = (line.strip() for line in data.removeprefix(codecs.BOM_UTF8).split(b"\n"))
    addresses = (line.decode("utf-8", "replace") for line in lines if line.startswith(_WEB))
    return _pages_of(Entry(resolved(url, address)) for address in addresses)


def _pages_of(entries: Iterable[Entry]) -> Listing:
    """Return the listing of a sitemap's entries, up to ``FILES.listing_pages``."""
    unique_entries = [entry for entry in _newest(entries) if entry.url]
    return Listing(
        tuple(unique_entries[: FILES.listing_pages]),
        beyond=len(unique_entries[FILES.listing_pages :]),
    )


def _unpack(data: bytes, url: str) -> bytes:
    """Return *data* unpacked from gzip, up to ``FILES.article_bytes``.

    Raises:
        UnreadableError: the gzip data is broken or larger.
    """
    if not data.startswith(_GZIP):
        return data
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = decompressor.decompress(data, FILES.article_bytes)
    except zlib.error as error:
        raise UnreadableError(f"{url} is a broken gzip file.") from error
    if decompressor.unconsumed_tail:
        raise UnreadableError(f"{url} unpacks to more than {FILES.article_bytes // 2**20} MB.")
    return unpacked


def _feed(data: bytes, url: str, charset: str | None) -> Listing:
    """Return the entries of RSS or Atom; relative links are resolved against the feed's address.

    Raises:
        UnreadableError: the feed is broken.
    """
    import feedparser

    headers = {"content-location": url, "content-type": "application/xml; charset=utf-8"}
    text = _XML_DECLARATION.sub("", decode(data, url, charset), count=1)
    if "<pubDate" not in text and (":updated>" in text or ":modified>" in text):
        text = text.replace("dc:date>", "pubDate>")  # feedparser takes both for that of change
    try:
        feed = feedparser.parse(
            io.BytesIO(text.encode()), response_headers=headers, sanitize_html=False
        )
    except LookupError as error:  # feedparser, on an end tag that belongs to no start tag
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.") from error
    if feed.bozo and not feed.entries and not feed.get("version"):
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.")
    items = [item for item in feed.entries if _is_public_item(item)]
    title, home = (str(feed.feed.get(name) or "") for name in ("title", "link"))
    is_dated = str(feed.get("version")).startswith("rss")
    entries = list(_entries_of(items, url, home, dated=is_dated))
    listing = _listing_of(entries, url, len(items))
    return replace(listing, title=_plain(title), home=home)


def _is_public_item(item: Mapping[str, Any]) -> bool:
    """Return False for what an export of WordPress has and its site does not show as an article.

    Those are drafts, private and protected posts, pictures, menus and the parts of a theme.
    """
    kind = str(item.get("wp_post_type") or "")
    return (
        item.get("wp_status", "publish") == "publish"
        and not item.get("wp_post_password")
        and kind not in _NO_POSTS
        and not kind.startswith("wp_")
    )


def _from_site(link: str, url: str, home: str) -> str:
    """Return a *link* of a feed; in a file, whose *url* is none, it is resolved against *home*."""
    return resolved(home, link) if link and not url.startswith(WEB_SCHEMES) else link


def _entries_of(
    items: Iterable[Mapping[str, Any]], url: str, home: str, *, dated: bool
) -> Iterator[Entry]:
    """Yield an entry for each item that has a link or carries its article.

    If the items are *dated* by one date only, as ``dc:date``, it is that of publication.
    """
    for item in items:
        key = str(item.get("id") or "")
        link = str(item.get("feedburner_origlink") or item.get("link") or "").strip()
        if not item.get("links") and not link.startswith(WEB_SCHEMES):
            link = ""  # feedparser takes a key such as "tag:…" for the link that is missing
        title = _plain(str(item.get("title") or ""))
        parts = [str(part.get("value") or "") for part in item.get("content") or ()]
        texts = (str(item.get(name) or "") for name in ("summary", "yandex_full-text"))
        content = max([*parts, *texts], key=len)
        updated = parse_date(str(item.get("updated") or "")) if "updated" in item else None
        yield from _entry(
            _from_site(link, url, home),
            key,
            title,
            parse_date(str(item.get("published") or "")) or (updated if dated else None),
            updated,
            _SHORTCODE.sub("", content) if item.get("wp_post_type") else content,
            url,
            _plain(str((item.get("source") or {}).get("title") or "")),
            authors=item.get("authors"),
        )


def _json_feed(data: bytes, url: str) -> Listing:
    """Return the entries of a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""
    try:
        feed = json.loads(data.decode("utf-8-sig"))
        items = feed.get("items") or []
        records = [item for item in items if isinstance(item, dict)]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.") from error
    title, home = (str(feed.get(name) or "") for name in ("title", "home_page_url"))
    entries = [
        entry
        for item in records
        for entry in _entry(
            _from_site(str(item.get("url") or item.get("external_url") or ""), url, home),
            str(item.get("id") or ""),
            _plain(str(item.get("title") or "")),
            parse_date(str(item.get("date_published") or "")),
            parse_date(str(item.get("date_modified") or "")),
            str(item.get("content_html") or item.get("content_text") or ""),
            url,
            authors=item.get("authors") or item.get("author"),
        )
    ]
    return replace(_listing_of(entries, url, len(records)), title=_plain(title), home=home)


def _posts(data: bytes, url: str) -> Listing:
    """Return posts of WordPress (REST API) or of Mastodon (API or export)."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
        items = value.get("orderedItems") if isinstance(value, dict) else value
        records = [item for item in items or [value] if isinstance(item, dict)]
        entries = [entry for item in records for entry in _post(item, url)]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"{url} is a broken feed. Nothing was read from it.") from error
    return _listing_of(entries, url, len(records))


def _post(item: dict[str, Any], url: str) -> Iterator[Entry]:
    """Yield the entry of one post, unless it is a draft, private, protected or a repost."""
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
    readers = [reader for name in ("to", "cc") for reader in _as_list(note.get(name))]
    if note.get("status", "publish") != "publish" or (readers and _EVERYBODY.isdisjoint(readers)):
        return
    title_text = title.get("rendered") if isinstance(title, dict) else title
    published = note.get("date_gmt") or note.get("created_at") or note.get("published")
    date_text = str(published or "")
    utc_text = (
        f"{date_text}Z" if note.get("date_gmt") and not date_text.endswith("Z") else date_text
    )
    modified = str(note.get("modified_gmt") or note.get("edited_at") or "")
    yield from _entry(
        str(note.get("link") or note.get("url") or ""),
        str(note.get("id") or ""),
        _plain(str(title_text or "")),
        parse_date(utc_text),
        parse_date(modified),
        content,
        url,
        _plain(str(account.get("display_name") or "")) if isinstance(account, dict) else "",
        PAGES.post_characters,
        authors=_embedded_authors(note),
    )


def _embedded_authors(post: Mapping[str, Any]) -> object:
    """Return the authors embedded in a post of WordPress."""
    embedded = post.get("_embedded")
    return embedded.get("author") if _is_record(embedded) else None


def _as_list(value: object) -> list[str]:
    """Return the texts in a list, or a text alone."""
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def _listing_of(entries: Sequence[Entry], url: str, items: int) -> Listing:
    """Return a listing of the newest entries; mark those on other sites than most as foreign."""
    unique_entries = _newest(_distinct_items(entries))
    newest = unique_entries[: FILES.listing_pages]
    sites = Counter(_site(entry.url) for entry in newest)
    main_site = max(sites, key=lambda site: sites[site], default="")
    own_sites = {_site(url), main_site if 2 * sites[main_site] > len(newest) else ""}
    if len(sites) > 1:
        newest = [replace(entry, foreign=_site(entry.url) not in own_sites) for entry in newest]
    return Listing(
        tuple(newest), unread=items - len(entries), beyond=len(unique_entries) - len(newest)
    )


def _distinct_items(entries: Sequence[Entry]) -> list[Entry]:
    """Return each page once, and each article of a page to which several items link.

    An item with an article of its own gets an address in that page, made from its key, or from its
    link and title. If it repeats most of another one's text, both are versions of one article, and
    the newest is kept. Items without an article stand for the page itself.
    """
    pages: dict[str, list[Entry]] = {}
    for entry in entries:
        pages.setdefault(clean_url(entry.url), []).append(entry)
    distinct: list[Entry] = []
    for page, items in pages.items():
        latest_first = sorted(items, key=_recency, reverse=True)
        articles = [item for item in latest_first if item.content]
        marks: set[int] = set()
        unlike = []
        for item in articles if len(articles) > 1 else ():
            item_marks = sketch(_plain(item.content))
            if len(marks.intersection(item_marks)) <= len(item_marks) / 2:
                unlike.append(item)
            marks.update(item_marks)
        if len(unlike) < 2:
            distinct.append((articles or latest_first)[0])
            continue
        keys = Counter(item.key for item in unlike)
        for item in unlike:
            key = item.key if keys[item.key] == 1 else f"{item.url}\n{item.title}"
            distinct.append(replace(item, url=_address_in(page, key)))
        distinct += [item for item in latest_first if not item.content][:1]
    return distinct


def _address_in(page: str, key: str) -> str:
    """Return the address of an item in the page or the feed that holds it, made from its *key*."""
    return f"{page}{ITEM_MARK}{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def _site(url: str) -> str:
    """Return the registered domain of an address."""
    return str(extract_domain(url) or (urlsplit(url).hostname or "").removeprefix("www."))


def _entry(
    link: str,
    key: str,
    title: str,
    published: Moment | None,
    modified: Moment | None,
    content: str,
    url: str,
    outlet: str = "",
    min_characters: int = PAGES.item_article_characters,
    authors: object = None,
) -> Iterator[Entry]:
    """Yield the entry of one item; without a link only if it carries its article."""
    if "<" not in content and "&lt;/" in content:
        content = html.unescape(content)  # some programs escape the markup twice
    article = (
        content
        if len(_plain(content)) >= (min_characters if title else PAGES.post_characters)
        else ""
    )
    if address := resolved(url, link) if link else "":
        address = direct_address(address)
    elif article:
        address = _address_in(url, key or f"{title}\n{article}")
    if address:
        entry = Entry(address, title, published, modified, content=article, outlet=outlet, key=key)
        yield replace(entry, authors=_people_in(authors, outlet))


def _people_in(authors: object, outlet: str) -> tuple[str, ...]:
    """Return the names of the people among the *authors* of an item; account names are left out."""
    records = authors if isinstance(authors, list) else [authors]
    names = (_plain(str(record.get("name") or "")) for record in records if _is_record(record))
    return tuple(
        dict.fromkeys(person for name in names if name != outlet for person in people_in(name))
    )


def _is_record(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Return True if a value has fields."""
    return isinstance(value, Mapping)


def _plain(markup: str) -> str:
    """Return the text of *markup* without tags, on one line."""
    return clean_line(html.unescape(_TAG.sub(" ", markup)))


def is_cut(content: str) -> bool:
    """Return True if the *content* of an item breaks off, with or without a call to read on."""
    _, dots, call = _plain(content).replace("...", "…").rpartition("…")
    call = call.strip(_BRACKETS_BEHIND_DOTS)
    return (
        bool(dots)
        and len(call) <= PAGES.item_call_characters
        and not (call and (ends_sentence(call) or not call[0].isalpha()))
    )


def _sitemap(data: bytes, url: str) -> Listing:
    """Return the entries of a sitemap (with Google's news tags) or of an index of sitemaps."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise UnreadableError(f"{url} is a broken sitemap. Nothing was read from it.")
    items = [
        Entry(
            address,
            clean_line(_value(item, "news", "title")),
            parse_date(_value(item, "news", "publication_date")),
            parse_date(_value(item, "lastmod")),
        )
        for item in root
        if isinstance(item.tag, str)
        and (location := _value(item, "loc"))
        and (address := resolved(url, location))
    ]
    if etree.QName(root).localname.lower() == "sitemapindex":
        sorted_items = sorted(items, key=lambda item: _recency(item), reverse=True)
        return Listing(children=tuple(item.url for item in sorted_items[: FILES.listing_sitemaps]))
    return _pages_of(items)


def _value(item: Element, *names: str) -> str:
    """Return the text of the element at a path of children called *names*, in any namespace.

    Only children count: the addresses and titles of pictures and films stand deeper.
    """
    for name in names:
        item = next(
            (
                child
                for child in item
                if isinstance(child.tag, str) and etree.QName(child).localname == name
            ),
            None,
        )
        if item is None:
            return ""
    return str(item.text or "").strip()


def _newest(entries: Iterable[Entry]) -> list[Entry]:
    """Return each page once, in the listing's order; if there are too many, the newest first."""
    unique_entries = list({entry.url: entry for entry in entries}.values())
    if len(unique_entries) > FILES.listing_pages:
        unique_entries.sort(key=_recency, reverse=True)
    return unique_entries


def _recency(entry: Entry) -> str:
    """Return the sort key of an entry's latest date."""
    moments = [moment.isoformat() for moment in (entry.published, entry.modified) if moment]
    return max(moments, default="")
