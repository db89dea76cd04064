"""The quotations of an answer as anybody may see them: in context, with what became of them."""

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

_MOST = 50
"""Quotations of one answer that are shown."""
_CONTEXT = 300
"""Characters shown before and behind a quotation."""
_HIDDEN = frozenset({Removal.REMOVED, Removal.HIDDEN, Removal.QUARANTINED, Removal.ERASED})
"""Why an article's words are not shown: the desk's own people took it out."""


@dataclass(frozen=True, slots=True)
class SeenQuotation:
    """A quotation between what stands around it in its version.

    Of an article that was taken out only that is known: *header* and the words are missing.
    *corrections* are what its outlet has corrected since, in its own words.
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
    """Return the quotations of an answer, each once; nothing if there is no such answer."""
    cited = list(dict.fromkeys(ledger.answers.cited(number)))
    return [_seen(each, archive) for each in cited[:_MOST]]


def proven_in_context(proof: ProvenQuotation, archive: Archive) -> SeenQuotation:
    """Return a proven quotation with what stands around it."""
    return _seen(CitedRange(proof.article_id, proof.version, proof.start, proof.end), archive)


def _seen(cited: CitedRange, archive: Archive) -> SeenQuotation:
    """Find a quotation again in its version."""
    missing = SeenQuotation(cited.article_id, cited.version, Removal.ERASED)
    try:
        article = archive.articles.get(cited.article_id)
        versions = archive.articles.versions(cited.article_id)
    except ArticleNotFoundError:
        return missing
    if article.removal in _HIDDEN:
        return SeenQuotation(cited.article_id, cited.version, article.removal)
    version = next((each for each in versions if each.number == cited.version), None)
    return missing if version is None else _placed(cited, article, version, versions[-1])


def _placed(
    cited: CitedRange, article: Article, version: Version, newest: Version
) -> SeenQuotation:
    """Show a quotation in *version* of an article whose newest is *newest*."""
    text, start, end = version.extract.text, cited.start_at, cited.end_at
    quotation = text[start:end]
    since = newest.extract.corrections if newest.number > version.number else ()
    said = version.extract.corrections
    return SeenQuotation(
        cited.article_id,
        version.number,
        article.removal,
        version.extract.header,
        _from_a_word(text[max(0, start - _CONTEXT) : start], cut=start > _CONTEXT),
        quotation,
        _to_a_word(text[end : end + _CONTEXT], cut=len(text) - end > _CONTEXT),
        start,
        end,
        hashlib.sha256(text.encode()).hexdigest(),
        version.read_at,
        newest.number,
        article.removal is None and quotation in newest.extract.text,
        (*said, *(each for each in since if each not in said)),
    )


def _from_a_word(text: str, *, cut: bool) -> str:
    """Begin at a word where there was more before."""
    return f"…{text.partition(' ')[2] or text}" if cut else text


def _to_a_word(text: str, *, cut: bool) -> str:
    """End at a word where there is more behind."""
    return f"{text.rpartition(' ')[0] or text}…" if cut else text
