"""Newspapers and reports as books (EPUB): one article for each chapter."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.datelines import parse_date
from ingest.model import Extract, Header
from ingest.reading.decoding import decode
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.elements import Element
from ingest.reading.limits import FILES
from ingest.reading.packages import Package, open_package
from ingest.reading.pages import read_page
from ingest.reading.text import clean_line

_PAGES = frozenset({"application/xhtml+xml", "text/html"})
_PROGRAM = "calibre"
"""The publisher of whatever this program makes of a newspaper's pages."""


class BookParser(Parser):
    """The parser of books (EPUB)."""

    kind = "EPUB"
    endings = frozenset({".epub"})
    media_types = frozenset({"application/epub+zip"})
    several = True

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its media type in the archive, else by name."""
        is_book = b"mimetypeapplication/epub+zip" in document.data[:200]
        return Score.SURE + 1 if is_book else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield each chapter that is an article, so no covers and tables of contents."""
        titles: set[str] = set()
        with open_package(document, self.kind) as package:
            container = package.xml("META-INF/container.xml")
            root = container.find(".//{*}rootfile")
            book_path = "" if root is None else str(root.get("full-path") or "")
            book = package.xml(book_path)
            metadata = _metadata_of(book)
            for number, part in enumerate(_chapters(book, book_path), start=1):
                if number > FILES.book_chapters:
                    raise UnreadableError(
                        f"{document.name} has more than {FILES.book_chapters} parts. Split it."
                    )
                name = f"{document.name} chapter {number}"
                extract = _chapter(package, part, metadata, name)
                if extract is None:
                    continue
                header = extract.header
                if header.title in titles:  # such as the book's; the first line names the chapter
                    extract = replace(extract, header=replace(header, title=""))
                titles.add(header.title)
                yield FoundArticle(name, extract)
        if not titles:
            raise NoArticleError(f"{document.name} holds no text. Nothing was added.")


def _metadata_of(book: Element) -> Header:
    """Return the metadata of a book: its publisher or title, its date and its language."""
    values = {
        name: clean_line("".join(element.itertext()))
        for name in ("title", "publisher", "date", "language")
        if (element := book.find(f".//{{*}}metadata/{{*}}{name}")) is not None
    }
    publisher = values.get("publisher", "")
    if publisher == _PROGRAM:
        name, _, day = values.get("title", "").rpartition(" [")  # "The Ledger [Sat, 07 Nov 2026]"
        publisher = name if day.endswith("]") else values.get("title", "")
    return Header(
        title=values.get("title", ""),
        outlet=publisher or values.get("title", ""),
        published=parse_date(values.get("date", "")),
        language=values.get("language", "")[:2].lower(),
    )


def _chapters(book: Element, book_path: str) -> Iterator[str]:
    """Yield the names of a book's pages in reading order."""
    items = {
        str(item.get("id")): str(item.get("href") or "")
        for item in book.iter("{*}item")
        if item.get("media-type") in _PAGES and "nav" not in str(item.get("properties") or "")
    }
    for item in book.iter("{*}itemref"):
        if href := items.get(str(item.get("idref"))):
            path = unquote(href.partition("#")[0])
            yield posixpath.normpath(posixpath.join(posixpath.dirname(book_path), path))


def _chapter(package: Package, part: str, book_header: Header, name: str) -> Extract | None:
    """Return the article in one chapter; ``None`` if there is none."""
    try:
        extract = read_page(decode(package.data(part), name), name)
    except (NoArticleError, UnreadableError):
        return None
    chapter_header = extract.header
    header = replace(
        chapter_header,
        title=chapter_header.title or book_header.title,
        outlet=book_header.outlet or chapter_header.outlet,
        published=chapter_header.published or book_header.published,
        not_before=None
        if chapter_header.published or book_header.published
        else chapter_header.not_before,
        language=chapter_header.language
        if chapter_header.language != "und"
        else book_header.language or chapter_header.language,
    )
    return replace(extract, header=header)
