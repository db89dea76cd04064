"""What was fetched from an address, as an article."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from html import escape
from urllib.parse import parse_qsl, urljoin, urlsplit

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from ingest.errors import NoArticleError
from ingest.identity import clean_url
from ingest.isolation import isolated
from ingest.model import Extract, Header
from ingest.reading.declarations import is_ahead
from ingest.reading.decoding import decode
from ingest.reading.found import Hints, hinted
from ingest.reading.listings import Entry, is_listing
from ingest.reading.pages import read_page
from ingest.reading.paragraphs import paragraphs
from ingest.reading.pastes import read_paste
from ingest.reading.pdf import read_pdf

_HTML = frozenset({"text/html", "application/xhtml+xml"})
_VIEWS = frozenset(
    {"amp", "amphtml", "m", "mobile", "print", "printable", "page", "view", "output", "outputtype"}
    | {"ref", "src", "from", "share", "single", "fullpage", "all", "desktop", "lite", "text"}
)
"""Parts of addresses, and parameters, that choose how one article is shown."""
_SUFFIX = re.compile(r"\.(?:amp\.html?|amp|html?|php|aspx?|jsp)$")
_HEAD = 8192
"""Bytes at the start of a page in which it may send a browser on."""
_ASIDE = "ancestor::noscript"
_SENT = re.compile(
    r"(\d{1,3})(?:\.\d{0,3})?\s{0,5}[;,]\s{0,5}url\s{0,5}=\s{0,5}(\S.*)", re.I | re.S
)
_PATIENCE = 10
"""Seconds of the longest wait before a page sends a browser on."""
SENT_ON = 3
"""Times that a page may be sent on in a row."""
_NEXT = re.compile(
    r"/(?:page/)?\d{1,2}|[?&](?:page|p|pg)=\d{1,2}|[-_](?:p|page)?\d{1,2}(?:\.html?)?"
)
"""What the address of a further page has behind that of the first."""
_SLUG = 8
"""Characters of the last part of a path from which it names one article."""


def read_fetched(
    data: bytes,
    url: str,
    content_type: str,
    charset: str | None,
    hints: Hints,
    announced: Entry | None = None,
    now: datetime | None = None,
) -> Extract:
    """Understand what *url* holds; what its listing *announced* fills the gaps.

    Raises:
        ReadingError: it holds no article, or asks not to be kept.
    """
    extract = _understood(data, url, content_type, charset, now)
    header = placed(extract.header, url)
    if announced is not None:
        header = _filled(header, announced, now)
    return hinted(replace(extract, header=header), hints, url)


def read_item(announced: Entry, feed: str, hints: Hints, now: datetime | None = None) -> Extract:
    """Understand an article that its *feed* carries itself.

    Raises:
        ReadingError: it holds no article.
    """
    body = announced.content
    if "<" not in body:
        body = "".join(f"<p>{escape(each)}</p>" for each in paragraphs(body))
    page = f"<html><article><h1>{escape(announced.title)}</h1>{body}</article></html>"
    extract = read_page(page, feed, url=announced.url, now=now)
    header = _filled(replace(extract.header, url=announced.url), announced, now)
    return hinted(replace(extract, header=header), hints, feed)


def _filled(header: Header, announced: Entry, now: datetime | None) -> Header:
    """Fill the gaps of a header by what its listing announced, if that can be."""
    published = announced.published
    possible = None if published and is_ahead(published, now) else published
    return replace(
        header,
        title=header.title or announced.title,
        published=header.published or possible,
    )


def _understood(
    data: bytes, url: str, content_type: str, charset: str | None, now: datetime | None
) -> Extract:
    """Read PDF, plain text or a page."""
    if data.startswith(b"%PDF-") or content_type == "application/pdf":
        return isolated(url, read_pdf, data, url)
    if is_listing(data):
        raise NoArticleError(f"{url} is a feed or a sitemap and no article. Watch it instead.")
    text = decode(data, url, charset)
    if _is_data(text):
        raise NoArticleError(f"{url} answers with data for programs (JSON) and no article.")
    if content_type == "text/plain":
        return _told_of_damage(read_paste(text), text)
    if content_type not in _HTML and "<" not in text[:2000]:
        raise NoArticleError(f"{url} is neither a page nor text ({content_type or 'no type'}).")
    return _told_of_damage(read_page(text, url, url=url, now=now), text)


def _is_data(text: str) -> bool:
    """Tell whether *text* is JSON."""
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _told_of_damage(extract: Extract, text: str) -> Extract:
    """Note how many bytes of a text could not be read."""
    bad = text.count("\ufffd")
    if not bad:
        return extract
    note = f"{bad} bytes could not be read; each stands as \ufffd."
    return replace(extract, notes=(*extract.notes, note))


def placed(header: Header, url: str) -> Header:
    """Say where an article stands: where it was found, or at its canonical address.

    A canonical address counts only where it is that of this very page: templates name sections,
    front pages and each other. One of another site is the original's; the article is a copy that
    was taken over, and stays where it was found.
    """
    canonical = urljoin(url, header.url) if header.url else url
    if _site(canonical) == _site(url):
        return replace(header, url=canonical if _same_page(canonical, url) else url)
    original = canonical if urlsplit(canonical).path.strip("/") else None
    return replace(header, url=url, original=original)


def _same_page(canonical: str, url: str) -> bool:
    """Tell whether two addresses of a site are one page: variants of a path, or views of it."""
    one, two = urlsplit(clean_url(canonical)), urlsplit(clean_url(url))
    first, second = _steps(one.path), _steps(two.path)
    if first == second:
        given, asked = set(parse_qsl(one.query)), set(parse_qsl(two.query))
        return given <= asked and all(_is_view(*each) for each in asked - given)
    if not first or not second or first[-1] != second[-1]:
        return False
    return len(first[-1]) >= _SLUG and (set(first) <= set(second) or set(second) <= set(first))


def _is_view(name: str, value: str) -> bool:
    """Tell whether a parameter chooses how an article is shown; a page with a name is one."""
    return name.lower() in _VIEWS and (name.lower() != "page" or value.isdecimal())


def _steps(path: str) -> list[str]:
    """Return the parts of a path without those that only choose a view."""
    bare = _SUFFIX.sub("", path.lower())
    return [part for part in bare.split("/") if part and part not in _VIEWS]


def _site(url: str) -> str:
    """Return the host without what only tells its machines apart."""
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.").removeprefix("m.").removeprefix("amp.")


def sent_on(data: bytes, url: str) -> str | None:
    """Return where a page sends a browser on to (``<meta http-equiv="refresh">``), if it does."""
    try:
        head = lxml.html.document_fromstring(data[:_HEAD])
    except (ParserError, XMLSyntaxError, ValueError):
        return None
    told = [
        (each.get("content") or "").strip()
        for each in head.iter("meta")
        if (each.get("http-equiv") or "").lower() == "refresh" and not each.xpath(_ASIDE)
    ]
    target = _SENT.match(told[0]) if told else None
    if target is None or int(target[1]) > _PATIENCE:
        return None
    further = urljoin(url, target[2].strip(" '\""))
    return None if clean_url(further) == clean_url(url) else further


def one_after_another(pages: Sequence[Extract]) -> Extract:
    """Join the pages of one article; what each of them repeats stands once."""
    first = pages[0]
    seen: dict[str, None] = {}
    for page in pages:
        seen |= dict.fromkeys(page.text.split("\n\n"))
    return replace(
        first,
        text="\n\n".join(seen),
        captions=tuple(dict.fromkeys(each for page in pages for each in page.captions)),
        corrections=tuple(dict.fromkeys(each for page in pages for each in page.corrections)),
        notes=tuple(note for page in pages for note in page.notes),
    )


def is_next_page(url: str, first: str) -> bool:
    """Tell whether *url* can only be a further page of the article that begins at *first*."""
    base, given = clean_url(first), clean_url(url)
    begun = {base, _SUFFIX.sub("", base)}
    return given != base and any(
        given.startswith(each) and _NEXT.fullmatch(given[len(each) :]) for each in begun
    )
