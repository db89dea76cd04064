"""Feeds and sitemaps as files: the articles that they carry."""

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
from ingest.reading.placing import with_listing_metadata


def item_of(announced: Entry, feed: str) -> Document:
    """Return the article that a *feed* carries as an HTML document."""
    body = announced.content
    if "<" not in body:
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs(body))
    page = f"<html><article><h1>{escape(announced.title)}</h1>{body}</article></html>"
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
        return SURE + 1 if is_listing(document.data) else 0

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the items that carry their article, and an error that counts the others."""
        name = document.name
        if document.url:
            raise NoArticleError(f"{name} is a feed or a sitemap and no article. Watch it instead.")
        listing = read_listing(document.data, name)
        entries = listing.entries
        full_entries = [entry for entry in entries if entry.content]
        for number, entry in enumerate(full_entries, start=1):
            item = replace(entry, outlet=listing.outlet_of(entry))
            yield _read_item(item, f"{name} item {number}", document)
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
    item_url = None if entry.in_feed else entry.url
    try:
        extract = read_page(page.text(), name, url=item_url, now=document.now)
    except NoArticleError as problem:
        return FoundArticle(name, problem=problem)
    header = with_listing_metadata(replace(extract.header, url=item_url), entry, document.now)
    if entry.outlet:
        header = replace(header, outlet=entry.outlet)
    return FoundArticle(name, replace(extract, header=header))
