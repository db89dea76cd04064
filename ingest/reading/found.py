"""The input of reading besides bytes (hints), and its output (found articles)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ingest.errors import NoArticleError, ReadingError
from ingest.language.lines import BETWEEN
from ingest.language.script import EAST_ASIAN, UNKNOWN_LANGUAGE, guessed
from ingest.model import UNVERIFIED_PASTE, Extract, Kind, Moment
from ingest.reading.signs import without_signs
from ingest.reading.text import clean, clean_line

_SECTIONS = (
    (re.compile(r"/(?:opinions?|editorials?|commentisfree|shasetsu)(?:/|$)"), Kind.OPINION),
    (re.compile(r"/(?:(?:opinion-)?polls?|polling|yoron)(?:/|$)"), Kind.POLL),
    (re.compile(r"/live(?:-news|-updates|blog)?(?:/|$)"), Kind.LIVE),
    (re.compile(r"/analysis(?:/|$)"), Kind.ANALYSIS),
)
"""Kinds of articles, by the section in their address."""
_EAST_ASIAN_LANGUAGES = frozenset({"ja", "zh", "ko"})
_MIN_CHARACTERS = 40
"""Characters below which a text does not count as an article."""

_TITLE_CHARACTERS = 120
"""Characters of the longest title made of a first line."""
_SURE_LANGUAGE = 0.8
"""Probability from which the language of a table is known."""


ITEM_MARK = "#item:"
"""Separator between a feed's address and the key of an item without an address."""


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
    if len(text) < _MIN_CHARACTERS and not (is_withdrawn and text):
        raise NoArticleError(
            f"{name} holds no article: {len(text)} characters of text are left without page "
            f"noise, and an article has at least {_MIN_CHARACTERS}."
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
    path = urlsplit(url or "").path.lower()
    return next((kind for pattern, kind in _SECTIONS if pattern.search(path)), Kind.NEWS)


def _detected_language(title: str, text: str) -> str:
    """Return the language of *text*; that of a table, which is names and figures, only if sure."""
    language, probability = guessed(f"{title}\n{text}")
    is_table = all(BETWEEN in line for line in text.split("\n") if line)
    return UNKNOWN_LANGUAGE if is_table and probability < _SURE_LANGUAGE else language


def _shortened(line: str) -> str:
    """Return *line* as a title: cut between two words if it is longer."""
    title = clean_line(line)
    if len(title) <= _TITLE_CHARACTERS:
        return title
    beginning = title[: _TITLE_CHARACTERS - 1]
    return f"{beginning.rpartition(' ')[0] or beginning}…"


def _language_code(language: str) -> str | None:
    """Return a declared language as its two-letter code; names of languages are not resolved."""
    short = language.strip().lower().replace("_", "-").split("-")[0]
    return short if re.fullmatch("[a-z]{2}", short) else None


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
    most pages of the feed.
    """

    url: str
    title: str = ""
    published: Moment | None = None
    modified: Moment | None = None
    address: str | None = None
    content: str = ""
    outlet: str = ""
    foreign: bool = False

    @property
    def post(self) -> bool:
        """Return True if the item has no title, so its content is complete."""
        return bool(self.content and not self.title)

    @property
    def in_feed(self) -> bool:
        """Return True if the item has no address outside its feed."""
        return ITEM_MARK in self.url
