"""Files of addresses (feeds, sitemaps, lists of feeds, shortcuts), and a listing's metadata."""

from __future__ import annotations

import plistlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from ingest.errors import NoArticleError, UnreadableError
from ingest.fetching.identities import WEB_SCHEMES, clean_url, resolved
from ingest.model import Header
from ingest.reading.declarations import is_in_future
from ingest.reading.decoding import decode
from ingest.reading.documents import Document, Entry, FoundArticle, Parser, Score, broken_file
from ingest.reading.limits import DETECTION, FILES, PAGES
from ingest.reading.listings import (
    is_address_list,
    is_cut,
    is_listing,
    read_listing,
    root_of,
)
from ingest.reading.mail import PLIST_ERRORS
from ingest.reading.pages import read_page
from ingest.reading.text import clean_line, paragraphs

_VIEW_PARTS = frozenset(
    {"amp", "amphtml", "m", "mobile", "print", "printable", "page", "view", "output", "outputtype"}
    | {"ref", "src", "from", "share", "single", "fullpage", "all", "desktop", "lite", "text"}
)
"""Path parts and parameters that select a view of an article, not another article."""
_SUFFIXES = (".amp.html", ".amp.htm", ".amp", ".html", ".htm", ".php", ".aspx", ".asp", ".jsp")

_SHORTCUTS = frozenset({".url", ".webloc", ".desktop"})


def with_listing_metadata(header: Header, announced: Entry, now: datetime | None) -> Header:
    """Return *header* with missing title, date and authors filled in from its listing.

    A date that is ahead of *now* is ignored.
    """
    published = announced.published
    possible = None if published and is_in_future(published, now) else published
    return replace(
        header,
        title=header.title or announced.title,
        published=header.published or possible,
        authors=header.authors or announced.authors,
    )


def with_address(header: Header, url: str) -> Header:
    """Return *header* with the article's address: its canonical one, or *url*.

    A canonical address is used only if it belongs to this page, because templates often give the
    address of a section or a front page. If it is on another site, it is the address of the
    original: the article is a copy and keeps *url*.
    """
    canonical = (resolved(url, header.url) if header.url else "") or url
    if _site(canonical) == _site(url):
        return replace(header, url=canonical if _is_same_page(canonical, url) else url)
    original = canonical if urlsplit(canonical).path.strip("/") else None
    return replace(header, url=url, original=original)


def _is_same_page(canonical: str, url: str) -> bool:
    """Return True if two addresses of a site are one page: path variants or views of it."""
    canonical_parts, parts = urlsplit(clean_url(canonical)), urlsplit(clean_url(url))
    canonical_steps, steps = _steps(canonical_parts.path), _steps(parts.path)
    if canonical_steps == steps:
        canonical_query, query = set(parse_qsl(canonical_parts.query)), set(parse_qsl(parts.query))
        return canonical_query <= query and all(
            _is_view(*parameter) for parameter in query - canonical_query
        )
    if not canonical_steps or not steps or canonical_steps[-1] != steps[-1]:
        return False
    return len(canonical_steps[-1]) >= PAGES.slug_characters and (
        set(canonical_steps) <= set(steps) or set(steps) <= set(canonical_steps)
    )


def _is_view(name: str, value: str) -> bool:
    """Return True if a parameter selects a view of an article; ``page`` only with a number."""
    return name.lower() in _VIEW_PARTS and (name.lower() != "page" or value.isdecimal())


def without_suffix(address: str) -> str:
    """Return a path or an address without the ending of its page's program or format."""
    suffix = next(filter(address.endswith, _SUFFIXES), "")
    return address.removesuffix(suffix)


def _steps(path: str) -> list[str]:
    """Return the parts of *path* without those that only select a view."""
    short_path = without_suffix(path.lower())
    return [part for part in short_path.split("/") if part and part not in _VIEW_PARTS]


def _site(url: str) -> str:
    """Return the host of *url* without ``www.``, ``m.`` or ``amp.``."""
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


class FeedListParser(Parser):
    """The parser of lists of feeds."""

    kind = "lists of feeds"
    endings = frozenset({".opml"})
    media_types = frozenset({"text/x-opml", "application/x-opml+xml"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first tag, else by the name."""
        return Score.SURE if root_of(document.head) == b"opml" else Parser.score(self, document)

    def parse(self, document: Document) -> Iterable[FoundArticle]:
        """Raise NoArticleError with the addresses of the feeds, so that people can add them."""
        if b"<!ENTITY" in document.data:
            raise UnreadableError(f"{document.name} declares entities of its own and was not read.")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        try:
            root = etree.fromstring(document.data, parser)
        except (etree.LxmlError, ValueError) as error:
            raise broken_file(document.name, "OPML") from error
        feeds = {} if root is None else dict(_feeds_of(root))
        if not feeds:
            raise NoArticleError(f"{document.name} lists no feeds. Nothing was added.")
        listed_feeds = ", ".join(
            f"{url} ({name})" for url, name in [*feeds.items()][: FILES.named_feeds]
        )
        ellipsis = ", …" if len(feeds) > FILES.named_feeds else ""
        raise NoArticleError(
            f"{document.name} is a list of feeds ({len(feeds)}) and no article. Watch the feeds "
            f"instead: {listed_feeds}{ellipsis}."
        )


def _feeds_of(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield the address and the name of each feed."""
    for outline in root.iter("{*}outline"):
        url = clean_line(str(outline.get("xmlUrl") or outline.get("xmlurl") or ""))
        if url.startswith(WEB_SCHEMES):
            yield (
                url[:300],
                clean_line(str(outline.get("text") or outline.get("title") or ""))[:80] or url,
            )


def item_of(announced: Entry, feed: str) -> Document:
    """Return the article that a *feed* carries as an HTML document."""
    body = announced.content
    if "<" not in body:
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs(body))
    tier = '<meta name="article:content_tier" content="metered">' if is_cut(body) else ""
    page = f"<html>{tier}<article><h1>{escape(announced.title)}</h1>{body}</article></html>"
    return Document(
        page.encode(), feed, content_type="text/html", url=announced.url, announced=announced
    )


class FeedParser(Parser):
    """The parser of feeds and sitemaps; one at an address is watched instead."""

    kind = "feeds"
    endings = frozenset({".xml", ".rss", ".atom"})
    several = True

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first tag."""
        return Score.SURE + 1 if is_listing(document.data) else 0

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the items that carry their article, and an error that counts the others."""
        name = document.name
        if document.url:
            raise NoArticleError(f"{name} is a feed or a sitemap and no article. Watch it instead.")
        listing = read_listing(document.data, name, document.charset)
        entries = listing.entries
        if is_address_list(document.head):
            addresses = ", ".join(entry.url for entry in entries[: FILES.named_feeds])
            ellipsis = ", …" if len(entries) > FILES.named_feeds else ""
            raise NoArticleError(
                f"{name} is a list of addresses ({len(entries)}) and no article. Add the addresses "
                f"instead: {addresses}{ellipsis}"
            )
        full_entries = [entry for entry in entries if entry.content]
        for number, entry in enumerate(full_entries, start=1):
            item = replace(entry, outlet=listing.outlet_of(entry))
            yield _read_item(item, f"{name} item {number}", document)
        if listing.unread and not entries:
            raise NoArticleError(
                f"{name} has items with neither a text nor an address ({listing.unread}). "
                "To add them, paste their texts, or add files with what was said."
            )
        if unread_count := len(entries) - len(full_entries):
            yield FoundArticle(
                name,
                problem=NoArticleError(
                    f"{name} only names {unread_count} of its articles. To read them, "
                    "watch the address of the feed."
                ),
            )


def _read_item(entry: Entry, name: str, document: Document) -> FoundArticle:
    """Return the article of one item, or the error in it."""
    page = item_of(entry, name)
    item_url = entry.url if entry.url.startswith(WEB_SCHEMES) else None
    try:
        extract = read_page(page.text(), name, url=item_url, now=document.now)
    except NoArticleError as problem:
        return FoundArticle(name, problem=problem)
    header = with_listing_metadata(replace(extract.header, url=item_url), entry, document.now)
    if entry.outlet:
        header = replace(header, outlet=entry.outlet)
    return FoundArticle(name, replace(extract, header=header))


class ShortcutParser(Parser):
    """The refusal of files that only lead to a page: shortcuts of Windows, macOS and Linux."""

    kind = "shortcuts"
    endings = frozenset()

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure if its name and its address say so."""
        is_shortcut = document.ending in _SHORTCUTS and _target_of(document)
        return Score.SURE if is_shortcut else 0

    def parse(self, document: Document) -> Iterable[FoundArticle]:
        """Raise NoArticleError with the address, so that people can add it."""
        raise NoArticleError(
            f"{document.name} only leads to a page. Add its address instead: {_target_of(document)}"
        )


def _target_of(document: Document) -> str:
    """Return the address in a shortcut; empty if it leads to no page of the web."""
    data = document.data[: DETECTION.file_head_bytes]
    if document.ending == ".webloc":
        try:
            record = plistlib.loads(data)
            addresses = [str(record.get("URL"))]
        except PLIST_ERRORS:
            return ""
    else:
        lines = decode(data, document.name, None).split("\n")
        fields = (line.strip().partition("=") for line in lines)
        addresses = [value for name, _, value in fields if name.partition("[")[0] == "URL"]
    address = clean_line(addresses[0])[: FILES.shortcut_characters] if addresses else ""
    return address if address.startswith(WEB_SCHEMES) else ""
