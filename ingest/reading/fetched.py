"""Documents fetched from an address, as articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from ingest.fetching.identities import clean_url
from ingest.model import Extract
from ingest.reading.documents import Document
from ingest.reading.feedfiles import item_of
from ingest.reading.found import Hints
from ingest.reading.listings import Entry
from ingest.reading.placing import SUFFIX
from ingest.reading.registry import read_single

_HEAD_BYTES = 8192
"""Bytes at the start of a page that are searched for a redirect."""
_IN_NOSCRIPT = "ancestor::noscript"
_REFRESH = re.compile(
    r"(\d{1,3})(?:\.\d{0,3})?\s{0,5}[;,]\s{0,5}url\s{0,5}=\s{0,5}(\S.*)", re.I | re.S
)
_MAX_WAIT_SECONDS = 10
"""Seconds of the longest delay of a redirect that is followed."""
SENT_ON = 3
"""Redirects that are followed in a row."""
_PAGE_SUFFIX = re.compile(
    r"/(?:page/)?\d{1,2}|[?&](?:page|p|pg)=\d{1,2}|[-_](?:p|page)?\d{1,2}(?:\.html?)?"
)
"""Suffix that the address of a further page has after the address of the first."""


def read_fetched(
    data: bytes,
    url: str,
    content_type: str,
    charset: str | None,
    hints: Hints,
    announced: Entry | None = None,
    now: datetime | None = None,
) -> Extract:
    """Return the article at *url*; gaps are filled from its *announced* entry in a listing.

    Raises:
        ReadingError: the document holds no article, or opts out of archiving.
    """
    return read_single(
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
    """Return an article that its *feed* carries.

    Raises:
        ReadingError: the item holds no article.
    """
    return read_single(replace(item_of(announced, feed), hints=hints, now=now))


def sent_on(data: bytes, url: str) -> str | None:
    """Return the target of a page's redirect (``<meta http-equiv="refresh">``), if there is one."""
    try:
        head = lxml.html.document_fromstring(data[:_HEAD_BYTES])
    except (ParserError, XMLSyntaxError, ValueError):
        return None
    contents = [
        (meta.get("content") or "").strip()
        for meta in head.iter("meta")
        if (meta.get("http-equiv") or "").lower() == "refresh" and not meta.xpath(_IN_NOSCRIPT)
    ]
    target = _REFRESH.match(contents[0]) if contents else None
    if target is None or int(target[1]) > _MAX_WAIT_SECONDS:
        return None
    redirect_url = urljoin(url, target[2].strip(" '\""))
    return None if clean_url(redirect_url) == clean_url(url) else redirect_url


def one_after_another(pages: Sequence[Extract]) -> Extract:
    """Return one extract of the pages of an article; repeated paragraphs are left out."""
    first_page = pages[0]
    paragraphs: dict[str, None] = {}
    for page in pages:
        paragraphs |= dict.fromkeys(page.text.split("\n\n"))
    return replace(
        first_page,
        text="\n\n".join(paragraphs),
        captions=tuple(dict.fromkeys(caption for page in pages for caption in page.captions)),
        corrections=tuple(dict.fromkeys(note for page in pages for note in page.corrections)),
        notes=tuple(note for page in pages for note in page.notes),
    )


def is_next_page(url: str, first_url: str) -> bool:
    """Return True if *url* can only be a further page of the article that begins at *first_url*."""
    base_url, page_url = clean_url(first_url), clean_url(url)
    base_urls = {base_url, SUFFIX.sub("", base_url)}
    return page_url != base_url and any(
        page_url.startswith(prefix) and _PAGE_SUFFIX.fullmatch(page_url[len(prefix) :])
        for prefix in base_urls
    )
