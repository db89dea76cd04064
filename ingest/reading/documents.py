"""Documents that are handed in, and the protocol of their parsers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import ClassVar, Protocol

from ingest.errors import UnreadableError
from ingest.reading.decoding import decode
from ingest.reading.found import Entry, FoundArticle, Hints

_HEAD_BYTES = 4096
"""Bytes at the start of a document that are searched for the signature of its kind."""
SURE = 3
"""Score of a parser that finds the signature of its kind in the bytes."""
_BY_NAME = 2
"""Score of a parser that recognises its kind by the file ending or the media type."""
POSSIBLE = 1
"""Score of a parser that can read documents that no other parser reads."""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a file, a page, an attachment or a paste, with its name and metadata.

    ``name`` is shown in messages about the document. ``url`` is the address that it was fetched
    from, with the ``content_type`` and ``charset`` of the HTTP answer; ``announced`` is its entry
    in a listing.
    ``pasted`` text needs no ending. ``first_line`` is the number of the first line where the bytes
    are a part of a larger file.
    """

    data: bytes
    name: str
    hints: Hints = field(default_factory=Hints)
    content_type: str = ""
    charset: str | None = None
    url: str | None = None
    announced: Entry | None = None
    now: datetime | None = None
    pasted: bool = False
    first_line: int = 1

    @property
    def ending(self) -> str:
        """Return the file ending in lower case with its dot; empty if fetched or pasted."""
        return "" if self.url or self.pasted else PurePath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """Return the name of the file without its folder and its ending."""
        return PurePath(self.name).stem

    @property
    def head(self) -> bytes:
        """Return the first bytes, without a byte order mark and leading white space."""
        return self.data[:_HEAD_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip()

    def text(self) -> str:
        """Return the document as text.

        Raises:
            UnreadableError: empty, too large, or no text.
        """
        return decode(self.data, self.name, self.charset)


class Parser(Protocol):
    """A parser of one kind of document; list a subclass in ``registry.py`` or an entry point.

    ``kind`` is the name that people see. ``several`` is True if a document can hold more than one
    article, so an address or a title given with the document applies to none of them.
    ``by_lines`` is True if every line is an article: a file can be of any size and is read in
    parts.
    """

    kind: ClassVar[str]
    endings: ClassVar[frozenset[str]]
    media_types: ClassVar[frozenset[str]] = frozenset()
    several: ClassVar[bool] = False
    by_lines: ClassVar[bool] = False

    def score(self, document: Document) -> int:
        """Return the certainty (0 to 3) that *document* is of this kind; 0 if it is not."""
        is_match = document.ending in self.endings or document.content_type in self.media_types
        return _BY_NAME if is_match else 0

    def parse(self, document: Document) -> Iterable[FoundArticle]:
        """Yield the articles of *document*; a broken part does not stop the others.

        Raises:
            ReadingError: nothing in it can be read; the message gives the reason.
        """
        ...


def broken_file(name: str, kind: str) -> UnreadableError:
    """Return the error for a file that is broken, or that is not of the *kind* its name claims."""
    return UnreadableError(
        f"{name} is a broken {kind} file. Open it, save it again, or paste its text."
    )
