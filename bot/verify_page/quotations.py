"""Public view of an answer's quotations, in context and with their present state."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from bot.answering.proving.archived import ProvenQuotation
from bot.ledger import Ledger
from bot.ledger.model import CitedRange
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.model import Article, Header, Removal, Version

_MAX_QUOTATIONS = 50
"""Maximum number of quotations shown of one answer."""
_CONTEXT_CHARACTERS = 300
"""Number of characters shown before and after a quotation."""
_HIDING_REMOVALS = frozenset({Removal.REMOVED, Removal.HIDDEN, Removal.QUARANTINED, Removal.ERASED})
"""Removals after which an article's text is not shown."""


@dataclass(frozen=True, slots=True)
class SeenQuotation:
    """A quotation with the text before and after it in its version.

    If the article was removed, *header* and the texts are unset. *corrections* are the outlet's own
    corrections since.
    """

    article_id: int
    version: int
    removal: Removal | None = None
    header: Header | None = None
    before: str = ""
    quotation: str = ""
    after: str = ""
    start: int = 0
    end: int = 0
    digest: str = ""
    read_at: datetime | None = None
    newest: int = 0
    current: bool = False
    corrections: tuple[str, ...] = ()


def quotations_of(number: int, archive: Archive, ledger: Ledger) -> list[SeenQuotation]:
    """Return the quotations of an answer, each once; empty if there is no such answer."""
    citations = list(dict.fromkeys(ledger.answers.cited(number)))
    return [_quotation_of(citation, archive) for citation in citations[:_MAX_QUOTATIONS]]


def proven_in_context(proof: ProvenQuotation, archive: Archive) -> SeenQuotation:
    """Return a proven quotation with the text around it."""
    return _quotation_of(
        CitedRange(proof.article_id, proof.version, proof.start, proof.end), archive
    )


def _quotation_of(citation: CitedRange, archive: Archive) -> SeenQuotation:
    """Return the quotation of a citation in its version."""
    erased = SeenQuotation(citation.article_id, citation.version, Removal.ERASED)
    try:
        article = archive.articles.get(citation.article_id)
        versions = archive.articles.versions(citation.article_id)
    except ArticleNotFoundError:
        return erased
    if article.removal in _HIDING_REMOVALS:
        return SeenQuotation(citation.article_id, citation.version, article.removal)
    version = next(
        (candidate for candidate in versions if candidate.number == citation.version), None
    )
    return erased if version is None else _build(citation, article, version, versions[-1])


def _build(
    citation: CitedRange, article: Article, version: Version, newest: Version
) -> SeenQuotation:
    """Build a quotation from *version*; *newest* is the article's newest version."""
    text, start, end = version.extract.text, citation.start_at, citation.end_at
    quotation = text[start:end]
    new_corrections = newest.extract.corrections if newest.number > version.number else ()
    corrections = version.extract.corrections
    return SeenQuotation(
        citation.article_id,
        version.number,
        article.removal,
        version.extract.header,
        _trim_start(
            text[max(0, start - _CONTEXT_CHARACTERS) : start], is_cut=start > _CONTEXT_CHARACTERS
        ),
        quotation,
        _trim_end(
            text[end : end + _CONTEXT_CHARACTERS], is_cut=len(text) - end > _CONTEXT_CHARACTERS
        ),
        start,
        end,
        hashlib.sha256(text.encode()).hexdigest(),
        version.read_at,
        newest.number,
        article.removal is None and quotation in newest.extract.text,
        (
            *corrections,
            *(correction for correction in new_corrections if correction not in corrections),
        ),
    )


def _trim_start(text: str, *, is_cut: bool) -> str:
    """Start *text* at a word if text before it was cut."""
    return f"…{text.partition(' ')[2] or text}" if is_cut else text


def _trim_end(text: str, *, is_cut: bool) -> str:
    """End *text* at a word if text after it was cut."""
    return f"{text.rpartition(' ')[0] or text}…" if is_cut else text
