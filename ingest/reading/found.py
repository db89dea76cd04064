"""What goes into reading besides bytes, and what comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from ingest.errors import NoArticleError, ReadingError
from ingest.language.detecting import language_of
from ingest.language.script import EAST_ASIAN
from ingest.model import UNVERIFIED_PASTE, Extract, Header, Kind, Moment
from ingest.reading.text import clean, clean_line

_SECTIONS = (
    (re.compile(r"/(?:opinions?|editorials?|commentisfree|shasetsu)(?:/|$)"), Kind.OPINION),
    (re.compile(r"/(?:(?:opinion-)?polls?|polling|yoron)(?:/|$)"), Kind.POLL),
    (re.compile(r"/live(?:-news|-updates|blog)?(?:/|$)"), Kind.LIVE),
    (re.compile(r"/analysis(?:/|$)"), Kind.ANALYSIS),
)
"""What a section in an address says of the articles below it."""
_WRITTEN_SO = frozenset({"ja", "zh", "ko"})
_SHORTEST = 40
"""Characters below which a text is no article."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the person who adds an input says of it; it wins over what the input says.

    ``mapping`` is for JSON Lines and results: our field's name to theirs.
    """

    outlet: str | None = None
    url: str | None = None
    title: str | None = None
    published: Moment | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """One thing that was read, or the sentence that says why it was not."""

    name: str
    extract: Extract | None = None
    problem: ReadingError | None = None


def hinted(extract: Extract, hints: Hints, name: str) -> Extract:
    """Apply *hints*, name the outlet and the language, and refuse what is no article.

    Raises:
        NoArticleError: too little text is left.
    """
    text = clean(extract.text)
    withdrawn = extract.header.kind is Kind.RETRACTION
    if withdrawn and not text:
        text = clean("\n\n".join(extract.corrections))
    if len(text) < _SHORTEST and not (withdrawn and text):
        raise NoArticleError(
            f"{name} holds no article: {len(text)} characters of text are left without page "
            f"noise, and an article has at least {_SHORTEST}."
        )
    header = extract.header
    url = _address(clean_line(hints.url or header.url or ""))
    host = urlsplit(url).hostname if url else None
    outlet = hints.outlet or _named(header.outlet) or (host or "").removeprefix("www.")
    title = clean_line(hints.title or header.title) or clean_line(text.split("\n", 1)[0])[:120]
    settled_header = replace(
        header,
        title=title,
        outlet=clean_line(outlet) or UNVERIFIED_PASTE,
        url=url,
        kind=header.kind if header.kind is not Kind.NEWS else section(url),
        authors=tuple(name for each in header.authors if (name := clean_line(each))),
        agency=clean_line(header.agency or "") or None,
        dateline=clean_line(header.dateline or "") or None,
        published=hints.published or header.published,
        not_before=None if hints.published else header.not_before,
        language=_believable(_code(header.language), text) or language_of(f"{title}\n{text}"),
    )
    return replace(
        extract,
        header=settled_header,
        text=text,
        captions=tuple(clean(each) for each in extract.captions),
        corrections=tuple(clean(each) for each in extract.corrections),
    )


def section(url: str | None) -> Kind:
    """Return the kind that the path of an address shows."""
    path = urlsplit(url or "").path.lower()
    return next((kind for pattern, kind in _SECTIONS if pattern.search(path)), Kind.NEWS)


def _code(language: str) -> str | None:
    """Return a declared language as its two letters; a name is not guessed at."""
    short = language.strip().lower().replace("_", "-").split("-")[0]
    return short if re.fullmatch("[a-z]{2}", short) else None


def _believable(declared: str | None, text: str) -> str | None:
    """Return a declared language unless *text* is in another script."""
    head = text[:1000]
    east_asian = 3 * len(EAST_ASIAN.findall(head)) > len(head)
    return declared if declared and east_asian == (declared in _WRITTEN_SO) else None


def _address(url: str) -> str | None:
    """Return *url* where it is one that a reader can open."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in {"http", "https"} and parts.hostname else None


def _named(outlet: str) -> str:
    """Return an outlet that was really named."""
    return "" if outlet == UNVERIFIED_PASTE else outlet


def _header(title: str = "", **fields: object) -> Header:
    """Build a header, leaving out what is empty."""
    return Header(title, **{name: value for name, value in fields.items() if value})  # type: ignore[arg-type]
