"""Feeds and sitemaps that are handed in: the articles that they carry themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from ingest.errors import NoArticleError
from ingest.reading.documents import SURE, Document, Parser
from ingest.reading.found import FoundArticle
from ingest.reading.listings import Entry, is_listing, read_listing
from ingest.reading.pages import read_page
from ingest.reading.paragraphs import paragraphs
from ingest.reading.placing import supplemented


def item_of(announced: Entry, feed: str) -> Document:
    """Return what a *feed* carries of an article as a page."""
    body = announced.content
    if "<" not in body:
        body = "".join(f"<p>{escape(each)}</p>" for each in paragraphs(body))
    page = f"<html><article><h1>{escape(announced.title)}</h1>{body}</article></html>"
    return Document(
        page.encode(), feed, content_type="text/html", url=announced.url, announced=announced
    )


class FeedParser(Parser):
    """Feeds and sitemaps; one that stands at an address is watched instead."""

    kind = "feeds"
    endings = frozenset({".xml", ".rss", ".atom"})
    several = True

    def score(self, document: Document) -> int:
        """Tell a listing by how it begins."""
        return SURE + 1 if is_listing(document.data) else 0

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read the items that carry their article; of the others say how they are read."""
        name = document.name
        if document.url:
            raise NoArticleError(f"{name} is a feed or a sitemap and no article. Watch it instead.")
        entries = read_listing(document.data, name).entries
        carried = [entry for entry in entries if entry.content]
        for number, entry in enumerate(carried, start=1):
            yield _read_item(entry, f"{name} item {number}", document)
        if missing := len(entries) - len(carried):
            yield FoundArticle(
                name,
                problem=NoArticleError(
                    f"{name} only names {missing} of its articles. To read them, "
                    "watch the address of the feed."
                ),
            )


def _read_item(entry: Entry, name: str, document: Document) -> FoundArticle:
    """Read one item; what goes wrong with it costs no other."""
    page = item_of(entry, name)
    own = None if entry.in_feed else entry.url
    try:
        extract = read_page(page.text(), name, url=own, now=document.now)
    except NoArticleError as problem:
        return FoundArticle(name, problem=problem)
    header = supplemented(replace(extract.header, url=own), entry, document.now)
    if entry.outlet:
        header = replace(header, outlet=entry.outlet)
    return FoundArticle(name, replace(extract, header=header))
