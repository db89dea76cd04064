"""Pages that Safari saves with their pictures in one file (.webarchive)."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from dataclasses import replace
from xml.parsers.expat import ExpatError

from ingest.reading.decoding import damage_notes, decode
from ingest.reading.documents import SURE, Document, Parser, broken_file
from ingest.reading.found import FoundArticle
from ingest.reading.pages import read_page

_PLIST_ERRORS = (
    *(plistlib.InvalidFileException, ExpatError, ValueError, TypeError, LookupError),
    *(OverflowError, RecursionError, AttributeError, MemoryError),
)
"""Errors that the standard library raises for broken property lists."""


class WebArchiveParser(Parser):
    """The parser of pages saved by Safari."""

    kind = "web archives"
    endings = frozenset({".webarchive"})
    media_types = frozenset({"application/x-webarchive"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its main resource, else by the name."""
        data = document.data
        is_archive = data.startswith(b"bplist00") and b"WebMainResource" in data
        return SURE if is_archive else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of the page at the address it was saved from."""
        try:
            main = plistlib.loads(document.data)["WebMainResource"]
            data, url = bytes(main["WebResourceData"]), str(main.get("WebResourceURL") or "")
            charset = str(main.get("WebResourceTextEncodingName") or "") or None
        except _PLIST_ERRORS as error:
            raise broken_file(document.name, "webarchive") from error
        text = decode(data, document.name, charset)
        page_url = url if url.startswith(("http://", "https://")) else None
        extract = read_page(text, document.name, url=page_url, now=document.now)
        header = replace(extract.header, url=extract.header.url or page_url)
        yield FoundArticle(document.name, replace(extract, header=header, notes=damage_notes(text)))
