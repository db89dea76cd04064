"""What is handed in, and the protocol of what reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import ClassVar, Protocol

from ingest.errors import UnreadableError
from ingest.reading.decoding import decode
from ingest.reading.found import FoundArticle, Hints
from ingest.reading.listings import Entry

_HEAD = 4096
"""Bytes at the start of a document by which its kind is told."""
SURE = 3
"""Score of a parser that finds its kind's signature in the bytes."""
_NAMED = 2
"""Score of a parser whose kind is named by the ending or the media type."""
POSSIBLE = 1
"""Score of a parser that reads what nothing else does."""


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a file, a page, an attachment or a paste, and what came with them.

    ``name`` stands in sentences about it. ``url`` is the address that it was fetched from, with
    the ``content_type`` and ``charset`` of the answer, and what its listing ``announced`` of it.
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
        """The ending of the name, in small letters with its dot; empty for what was fetched."""
        return "" if self.url or self.pasted else PurePath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The name of the file without its folder and its ending."""
        return PurePath(self.name).stem

    @property
    def head(self) -> bytes:
        """The first bytes, without a byte order mark and white space."""
        return self.data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()

    def text(self) -> str:
        """Return the document as text.

        Raises:
            UnreadableError: empty, too large, or no text.
        """
        return decode(self.data, self.name, self.charset)


class Parser(Protocol):
    """Reads one kind of document; subclass it, and list it in ``registry.py`` or an entry point.

    ``kind`` is what people call it. ``several`` says that a document may hold more than one
    article: an address or a title that is said of it is then nobody's. ``by_lines`` says that
    every line is an article by itself: a file may be of any size, and is read in parts.
    """

    kind: ClassVar[str]
    endings: ClassVar[frozenset[str]]
    media_types: ClassVar[frozenset[str]] = frozenset()
    several: ClassVar[bool] = False
    by_lines: ClassVar[bool] = False

    def score(self, document: Document) -> int:
        """Return how sure it is that *document* is of this kind; 0 if it is not."""
        named = document.ending in self.endings or document.content_type in self.media_types
        return _NAMED if named else 0

    def parse(self, document: Document) -> Iterable[FoundArticle]:
        """Read *document*; a part that cannot be read costs no other.

        Raises:
            ReadingError: nothing of it can be read; the sentence says why.
        """
        ...


def broken(name: str, kind: str) -> UnreadableError:
    """Return the sentence for a file that is broken, or not of the *kind* that its name says."""
    return UnreadableError(
        f"{name} is a broken {kind} file. Open it, save it again, or paste its text."
    )
