"""Newspapers and reports as books (EPUB): an article a chapter."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.datelines import stated
from ingest.model import Header
from ingest.reading.decoding import decode
from ingest.reading.documents import SURE, Document, Parser
from ingest.reading.elements import Element
from ingest.reading.found import FoundArticle
from ingest.reading.packed import Package, unzipped
from ingest.reading.pages import read_page
from ingest.reading.text import clean_line

_MOST = 300
"""Chapters of the longest book."""
_PAGES = frozenset({"application/xhtml+xml", "text/html"})


class BookParser(Parser):
    """Books (EPUB)."""

    kind = "EPUB"
    endings = frozenset({".epub"})
    media_types = frozenset({"application/epub+zip"})
    several = True

    def score(self, document: Document) -> int:
        """Tell a book by its type, which stands first, or by the name."""
        told = b"mimetypeapplication/epub+zip" in document.data[:200]
        return SURE + 1 if told else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read each chapter that is an article; covers and contents are none."""
        none = True
        with unzipped(document, self.kind) as package:
            container = package.xml("META-INF/container.xml")
            root = container.find(".//{*}rootfile")
            place = "" if root is None else str(root.get("full-path") or "")
            book = package.xml(place)
            about = _about(book)
            for number, part in enumerate(_chapters(book, place), start=1):
                if number > _MOST:
                    raise UnreadableError(f"{document.name} has more than {_MOST} parts. Split it.")
                found = _chapter(package, part, about, f"{document.name} chapter {number}")
                if found is not None:
                    none = False
                    yield found
        if none:
            raise NoArticleError(f"{document.name} holds no text. Nothing was added.")


def _about(book: Element) -> Header:
    """Return what a book says of itself: its publisher, else its title, and its day."""
    told = {
        name: clean_line("".join(each.itertext()))
        for name in ("title", "publisher", "date", "language")
        if (each := book.find(f".//{{*}}metadata/{{*}}{name}")) is not None
    }
    return Header(
        title=told.get("title", ""),
        outlet=told.get("publisher") or told.get("title", ""),
        published=stated(told.get("date", "")),
        language=told.get("language", "")[:2].lower(),
    )


def _chapters(book: Element, place: str) -> Iterator[str]:
    """Yield the names of a book's pages in their order."""
    items = {
        str(each.get("id")): str(each.get("href") or "")
        for each in book.iter("{*}item")
        if each.get("media-type") in _PAGES and "nav" not in str(each.get("properties") or "")
    }
    for each in book.iter("{*}itemref"):
        if href := items.get(str(each.get("idref"))):
            path = unquote(href.partition("#")[0])
            yield posixpath.normpath(posixpath.join(posixpath.dirname(place), path))


def _chapter(package: Package, part: str, about: Header, name: str) -> FoundArticle | None:
    """Read one chapter; ``None`` where it is no article."""
    try:
        extract = read_page(decode(package.data(part), name), name)
    except (NoArticleError, UnreadableError):
        return None
    own = extract.header
    header = replace(
        own,
        title=own.title or about.title,
        outlet=about.outlet or own.outlet,
        published=own.published or about.published,
        not_before=None if own.published or about.published else own.not_before,
        language=own.language if own.language != "und" else about.language or own.language,
    )
    return FoundArticle(name, replace(extract, header=header))
