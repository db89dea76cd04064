"""Documents and hints given to reading, the protocol of parsers, and the articles they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from pathlib import PurePath
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from ingest.errors import NoArticleError, ReadingError, UnreadableError
from ingest.language.lines import BETWEEN
from ingest.language.script import EAST_ASIAN, UNKNOWN_LANGUAGE, guessed
from ingest.model import UNVERIFIED_PASTE, Extract, Kind, Moment
from ingest.reading.decoding import decode
from ingest.reading.limits import DETECTION, PAGES
from ingest.reading.text import clean, clean_line, without_signs

_SECTIONS = {
    Kind.OPINION: "opinion opinions editorial editorials commentisfree shasetsu",
    Kind.POLL: "poll polls opinion-poll opinion-polls polling yoron",
    Kind.LIVE: "live live-news live-updates liveblog",
    Kind.ANALYSIS: "analysis",
}
"""Kinds of articles, by the section in their address."""
_EAST_ASIAN_LANGUAGES = frozenset({"ja", "zh", "ko"})


ITEM_MARK = "#item:"
"""Separator between the address of a feed or a page and the key of an item without its own."""


class Score(IntEnum):
    """How certain a parser is that a document is of its kind; 0 if it is not."""

    POSSIBLE = 1
    """It can read the document if no other parser does."""
    BY_NAME = 2
    """It recognises its kind by the file ending or the media type."""
    SURE = 3
    """It finds the signature of its kind in the bytes."""


@dataclass(frozen=True, slots=True)
class Hints:
    """Metadata from the person who adds an input; it takes precedence over the input's own.

    ``mapping`` is for JSON Lines and results: our field name to the file's field name.
    """

    outlet: str | None = None
    url: str | None = None
    title: str | None = None
    published: Moment | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """One article that was read, or the error that explains why it was not."""

    name: str
    extract: Extract | None = None
    problem: ReadingError | None = None


def apply_hints(extract: Extract, hints: Hints, name: str) -> Extract:
    """Apply *hints*, set outlet and language, and raise an error for too short a text.

    Raises:
        NoArticleError: fewer than 40 characters of text are left.
    """
    text = without_signs(clean(extract.text))
    is_withdrawn = extract.header.kind is Kind.RETRACTION
    if is_withdrawn and not text:
        text = clean("\n\n".join(extract.corrections))
    if len(text) < PAGES.article_characters and not (is_withdrawn and text):
        raise NoArticleError(
            f"{name} holds no article: {len(text)} characters of text are left without page "
            f"noise, and an article has at least {PAGES.article_characters}."
        )
    header = extract.header
    url = _address(clean_line(hints.url or header.url or ""))
    host = urlsplit(url).hostname if url else None
    outlet = hints.outlet or _outlet_name(header.outlet) or (host or "").removeprefix("www.")
    title = clean_line(hints.title or header.title) or _shortened(text.split("\n", 1)[0])
    settled_header = replace(
        header,
        title=title,
        outlet=clean_line(outlet) or UNVERIFIED_PASTE,
        url=url,
        kind=header.kind if header.kind is not Kind.NEWS else kind_by_address(url),
        authors=tuple(name for author in header.authors if (name := clean_line(author))),
        agency=clean_line(header.agency or "") or None,
        dateline=clean_line(header.dateline or "") or None,
        published=hints.published or header.published,
        not_before=None if hints.published else header.not_before,
        language=_language_in_script(_language_code(header.language), text)
        or _detected_language(title, text),
    )
    return replace(
        extract,
        header=settled_header,
        text=text,
        captions=tuple(clean(caption) for caption in extract.captions),
        corrections=tuple(clean(correction) for correction in extract.corrections),
    )


def kind_by_address(url: str | None) -> Kind:
    """Return the kind of article that the path of *url* indicates."""
    folders = urlsplit(url or "").path.lower().split("/")[1:]
    return next(
        (kind for kind, names in _SECTIONS.items() if not set(folders).isdisjoint(names.split())),
        Kind.NEWS,
    )


def _detected_language(title: str, text: str) -> str:
    """Return the language of *text*; that of a table, which is names and figures, only if sure."""
    language, probability = guessed(f"{title}\n{text}")
    is_table = all(BETWEEN in line for line in text.split("\n") if line)
    return (
        UNKNOWN_LANGUAGE
        if is_table and probability < DETECTION.table_language_probability
        else language
    )


def _shortened(line: str) -> str:
    """Return *line* as a title: cut between two words if it is longer."""
    title = clean_line(line)
    if len(title) <= PAGES.title_characters:
        return title
    beginning = title[: PAGES.title_characters - 1]
    return f"{beginning.rpartition(' ')[0] or beginning}…"


def _language_code(language: str) -> str | None:
    """Return a declared language as its two-letter code; names of languages are not resolved."""
    short = language.strip().lower().replace("_", "-").split("-")[0]
    return short if len(short) == len("en") and short.isascii() and short.isalpha() else None


def _language_in_script(declared: str | None, text: str) -> str | None:
    """Return the declared language unless *text* is in another script."""
    head = text[:1000]
    is_east_asian = 3 * len(EAST_ASIAN.findall(head)) > len(head)
    return declared if declared and is_east_asian == (declared in _EAST_ASIAN_LANGUAGES) else None


def _address(url: str) -> str | None:
    """Return *url* if it is an HTTP address with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.hostname else None


def _outlet_name(outlet: str) -> str:
    """Return *outlet*, or an empty string if it is the placeholder for pastes."""
    return "" if outlet == UNVERIFIED_PASTE else outlet


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in a listing; ``address`` is the key of the page in the archive, if set.

    ``content`` is the article as HTML or text, if the feed carries it. ``outlet`` is the publisher,
    if a feed of several outlets names it; ``foreign`` is True if the page is on another site than
    most pages of the feed. ``key`` is the identifier that the feed gives the item.
    """

    url: str
    title: str = ""
    published: Moment | None = None
    modified: Moment | None = None
    address: str | None = None
    content: str = ""
    outlet: str = ""
    foreign: bool = False
    key: str = ""
    authors: tuple[str, ...] = ()

    @property
    def post(self) -> bool:
        """Return True if the item has no title, so its content is complete."""
        return bool(self.content and not self.title)

    @property
    def in_feed(self) -> bool:
        """Return True if the item is read from its feed, as it has no page of its own."""
        return ITEM_MARK in self.url


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
        return self.data[: DETECTION.signature_bytes].removeprefix(b"\xef\xbb\xbf").lstrip()

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
        """Return the certainty that *document* is of this kind; 0 if it is not."""
        is_match = document.ending in self.endings or document.content_type in self.media_types
        return Score.BY_NAME if is_match else 0

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


def encrypted_file(name: str) -> UnreadableError:
    """Return the error for a file that only opens with a password or a licence."""
    return UnreadableError(f"{name} is encrypted. Save it without a password.")
