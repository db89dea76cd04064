"""Files that only lead to a page: shortcuts of Windows, macOS and Linux."""

from __future__ import annotations

import plistlib
from collections.abc import Iterable

from ingest.errors import NoArticleError
from ingest.reading.decoding import decode
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.limits import DETECTION, FILES
from ingest.reading.mail import PLIST_ERRORS
from ingest.reading.text import clean_line

_SHORTCUTS = frozenset({".url", ".webloc", ".desktop"})


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
    return address if address.startswith(("http://", "https://")) else ""
