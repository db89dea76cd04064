"""What was fetched from an address, as an article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from ingest.identity import clean_url
from ingest.model import Extract
from ingest.reading.documents import Document
from ingest.reading.feedfiles import item_of
from ingest.reading.found import Hints
from ingest.reading.listings import Entry
from ingest.reading.placing import SUFFIX
from ingest.reading.registry import only

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
    return only(
        Document(
            data,
            url,
            hints,
            content_type=content_type,
            charset=charset,
            url=url,
            announced=announced,
            now=now,
        )
    )


def read_item(announced: Entry, feed: str, hints: Hints, now: datetime | None = None) -> Extract:
    """Understand an article that its *feed* carries itself.

    Raises:
        ReadingError: it holds no article.
    """
    return only(replace(item_of(announced, feed), hints=hints, now=now))


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
    begun = {base, SUFFIX.sub("", base)}
    return given != base and any(
        given.startswith(each) and _NEXT.fullmatch(given[len(each) :]) for each in begun
    )
