"""Pages that Safari saves with everything inside (.webarchive)."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from dataclasses import replace
from xml.parsers.expat import ExpatError

from ingest.reading.decoding import damage, decode
from ingest.reading.documents import SURE, Document, Parser, broken
from ingest.reading.found import FoundArticle
from ingest.reading.pages import read_page

_BROKEN = (
    *(plistlib.InvalidFileException, ExpatError, ValueError, TypeError, LookupError),
    *(OverflowError, RecursionError, AttributeError, MemoryError),
)
"""What broken property lists make the standard library raise."""


class WebArchiveParser(Parser):
    """Pages saved by Safari."""

    kind = "web archives"
    endings = frozenset({".webarchive"})
    media_types = frozenset({"application/x-webarchive"})

    def score(self, document: Document) -> int:
        """Tell an archive by its main part, or by the name."""
        data = document.data
        told = data.startswith(b"bplist00") and b"WebMainResource" in data
        return SURE if told else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Read the page, which stands where it was saved from."""
        try:
            main = plistlib.loads(document.data)["WebMainResource"]
            data, url = bytes(main["WebResourceData"]), str(main.get("WebResourceURL") or "")
            charset = str(main.get("WebResourceTextEncodingName") or "") or None
        except _BROKEN as error:
            raise broken(document.name, "webarchive") from error
        text = decode(data, document.name, charset)
        own = url if url.startswith(("http://", "https://")) else None
        extract = read_page(text, document.name, url=own, now=document.now)
        header = replace(extract.header, url=extract.header.url or own)
        yield FoundArticle(document.name, replace(extract, header=header, notes=damage(text)))
