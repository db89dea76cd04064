"""Prove that an archived article contains a quotation: its exact place, or the reason why not.

Letters, figures and names must be those of the article, and words and figures whole (:mod:`.cuts`).
As in :mod:`.ground`, the shapes of quotation marks, dashes and white space do not count, nor does
punctuation at the ends.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce

from bot.answering.limits import PROOFS
from bot.answering.proving.cuts import cuts_word
from bot.answering.proving.ground import FoldedText, fold
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.fetching.identities import WEB_SCHEMES, resolved
from ingest.language.script import has_cjk
from ingest.model import Article, Evidence, Header, Removal, Span, Version
from ingest.reading.text import ends_with_hyphen, join_parts

_ENDS = " \t\n\u3000\"'.,;:…“”‘’„«»‹›「」『』〝〟《》〈〉【】()[]（）［］。、؛،・*_>•"
_INNER_ENDS = _ENDS + "-"
"""Marks between the two halves of a joined quotation: an omission, "[…]", a dash."""
_BEFORE_QUESTION_MARK = " !'»›」』》〉】)]"
_QUESTION_MARKS = frozenset("?؟፧")


class Refusal(StrEnum):
    """The reason why a quotation is not proven."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    NO_ARTICLE = "no_article"
    WITHDRAWN = "withdrawn"
    CUT = "cut"
    JOINED = "joined"
    ALTERED = "altered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class ProvenQuotation:
    """A quotation at its place in one version of an article: ``text[start:end] == quotation``.

    ``digest`` is the SHA-256 of that version's text in UTF-8, to compare with other copies.
    ``newest`` is the number of the newest version; ``current`` is True if it has these words.
    """

    quotation: str
    article_id: int
    version: int
    start: int
    end: int
    digest: str
    header: Header
    read_at: datetime
    newest: int
    current: bool
    corrections: tuple[str, ...] = ()
    """Correction notices of the outlet in the newest version."""


@dataclass(frozen=True, slots=True)
class RefusedQuotation:
    """A quotation that is not proven; ``agrees`` is its longest beginning that an article contains.

    It is empty if that is too short to identify a place. ``continuation`` is the text of the
    article behind it, ``removal`` why the article is withdrawn.
    """

    why: Refusal
    article_id: int | None = None
    agrees: str = ""
    continuation: str = ""
    removal: Removal | None = None


def prove_quotation(
    quotation: str, reference: str, archive: Archive
) -> ProvenQuotation | RefusedQuotation:
    """Prove *quotation* in the article of *reference*: a number, a URL, or a passage id."""
    if (refusal := _refuse_length(quotation)) is not None:
        return refusal
    article = _article_of(reference, archive)
    if article is None:
        return RefusedQuotation(Refusal.NO_ARTICLE)
    if article.removal is not None:
        return RefusedQuotation(Refusal.WITHDRAWN, article.id, removal=article.removal)
    return _prove_in(quotation, archive.articles.versions(article.id))


def prove_anywhere(
    quotation: str, archive: Archive, search: Callable[[str], Sequence[Evidence]]
) -> ProvenQuotation | RefusedQuotation:
    """Prove *quotation* in the first article with it among the results of *search*."""
    if (refusal := _refuse_length(quotation)) is not None:
        return refusal
    evidence = search(quotation[: PROOFS.query_characters])
    nearest = RefusedQuotation(Refusal.NOT_FOUND)
    for article_id in dict.fromkeys(match.passage.article_id for match in evidence):
        outcome = _prove_in(quotation, archive.articles.versions(article_id))
        if isinstance(outcome, ProvenQuotation):
            return outcome
        if len(outcome.agrees) > len(nearest.agrees):
            nearest = outcome
    return nearest


def is_whole(quotation: str, text: str) -> bool:
    """Return True if *text* contains *quotation*, and not only within a word or a figure."""
    return quotation in text and isinstance(_locate(_normalise(quotation), text), Span)


def text_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return the text of an article before and after a quotation, cut at words where it is long."""
    first, last = start - PROOFS.context_characters, end + PROOFS.context_characters
    before, after = text[max(0, first) : start], text[end:last]
    if first > 0:
        before = f"…{before.partition(' ')[2] or before}"
    if last < len(text):
        after = f"{after.rpartition(' ')[0] or after}…"
    return before, after


def _prove_in(quotation: str, versions: Sequence[Version]) -> ProvenQuotation | RefusedQuotation:
    """Prove *quotation* in the newest of an article's *versions*, oldest first, that has it."""
    if (refusal := _refuse_length(quotation)) is not None:
        return refusal
    compared, is_statement = _normalise(quotation), _ends_statement(quotation)
    is_hyphenated = any(map(ends_with_hyphen, map(str.rstrip, quotation.splitlines()[:-1])))
    latest = versions[-1]
    nearest: RefusedQuotation | None = None
    characters_left = PROOFS.searched_characters
    for version in reversed(versions):
        text = version.extract.text
        if nearest is not None and len(text) > characters_left:
            break
        characters_left -= len(text)
        outcome = _locate(compared, text, is_statement=is_statement)
        if isinstance(outcome, RefusedQuotation) and is_hyphenated:
            unwrapped = _locate(
                _normalise(_unwrapped(quotation, text)), text, is_statement=is_statement
            )
            outcome = unwrapped if isinstance(unwrapped, Span) else outcome
        if isinstance(outcome, Span):
            span = _include_punctuation(outcome, quotation, text)
            return ProvenQuotation(
                text[span.start : span.end],
                version.article_id,
                version.number,
                span.start,
                span.end,
                hashlib.sha256(text.encode()).hexdigest(),
                version.extract.header,
                version.read_at,
                latest.number,
                version.number == latest.number,
                latest.extract.corrections,
            )
        nearest = nearest or replace(outcome, article_id=version.article_id)
    return nearest or RefusedQuotation(Refusal.NO_ARTICLE)


def _refuse_length(quotation: str) -> RefusedQuotation | None:
    """Return a refusal if *quotation* is too long or too short, ``None`` otherwise."""
    if len(quotation) > PROOFS.quotation_characters:
        return RefusedQuotation(Refusal.TOO_LONG)
    if len(_normalise(quotation)) < PROOFS.quotation_min_characters:
        return RefusedQuotation(Refusal.EMPTY)
    return None


def _normalise(quotation: str) -> str:
    """Return *quotation* folded, without invisible characters and punctuation at its ends."""
    return fold(unicodedata.normalize("NFC", quotation)).text.strip(_ENDS)


def _ends_statement(quotation: str) -> bool:
    """Return True if *quotation* ends with a full stop; dots of an omission are none."""
    folded_quotation = fold(quotation).text
    end_marks = folded_quotation[len(folded_quotation.rstrip(_ENDS)) :]
    return ".." not in end_marks and ("." in end_marks or "。" in end_marks)


def _unwrapped(quotation: str, text: str) -> str:
    """Return *quotation* without line breaks; a word that one divides is as in *text*."""
    lines = [stripped for line in quotation.splitlines() if (stripped := line.strip())]
    return reduce(lambda start, line: join_parts(start, line, text), lines)


def _include_punctuation(span: Span, quotation: str, text: str) -> Span:
    """Extend *span* by the punctuation at the ends of *quotation* that *text* shares."""
    start, end = span.start, span.end
    quotation = quotation.strip()
    for mark in quotation[len(quotation.rstrip(_ENDS)) :]:
        if text[end : end + 1] != mark:
            break
        end += 1
    for mark in reversed(quotation[: len(quotation) - len(quotation.lstrip(_ENDS))]):
        if start == 0 or text[start - 1] != mark:
            break
        start -= 1
    return Span(start, end)


def _article_of(reference: str, archive: Archive) -> Article | None:
    """Return the article that *reference*, a number, a URL or a passage id, refers to.

    An article that only one server may cite is none: whoever proves a quotation is unknown.
    """
    reference = reference.strip()
    if reference.startswith(WEB_SCHEMES):
        url = resolved(reference, "")
        return archive.articles.find(Header("", url=url)) if url else None
    number, _, _ = reference.removeprefix("#").partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < len("1000000000")):
        return None
    try:
        article = archive.articles.get(int(number))
    except ArticleNotFoundError:
        return None
    return None if article.place else article


def _locate(quotation: str, text: str, *, is_statement: bool = False) -> Span | RefusedQuotation:
    """Return the span of *quotation* in *text*, or the reason why it is not there.

    A quotation that *is_statement* is not in a question, although that has its words.
    """
    folded_text = fold(text)
    is_cut, question_end = False, None
    for place in _find_places(quotation, folded_text.text):
        end = place + len(quotation)
        span = folded_text.span(place, end)
        if folded_text.divides_character(place, end) or cuts_word(text, span):
            is_cut = True
        elif is_statement and _asks(folded_text.text, end):
            question_end = end
        else:
            return span
    if question_end is not None:
        continuation = folded_text.text[
            question_end : question_end + PROOFS.continuation_characters
        ]
        return RefusedQuotation(Refusal.ALTERED, agrees=quotation, continuation=continuation)
    if is_cut:
        return RefusedQuotation(Refusal.CUT, agrees=quotation)
    return _refuse_altered(quotation, folded_text)


def _asks(text: str, end: int) -> bool:
    """Return True if a question mark stands at *end* of a folded *text*, or behind closing marks.

    The Greek one is folded into a semicolon.
    """
    following = text[end : end + PROOFS.continuation_characters]
    mark = following.lstrip(_BEFORE_QUESTION_MARK)[:1]
    is_greek = unicodedata.name(text[end - 1], "").startswith("GREEK")
    return mark in _QUESTION_MARKS or (mark == ";" and is_greek)


def _find_places(quotation: str, text: str) -> Iterator[int]:
    """Yield the first places of *quotation* in *text*."""
    place = text.find(quotation)
    for _ in range(PROOFS.places):
        if place < 0:
            return
        yield place
        place = text.find(quotation, place + 1)


def _refuse_altered(quotation: str, folded_text: FoldedText) -> RefusedQuotation:
    """Return the longest common beginning, and if the remainder is elsewhere in *folded_text*."""
    low, high = 0, len(quotation)
    while low < high:
        middle = (low + high + 1) // 2
        if quotation[:middle] in folded_text.text:
            low = middle
        else:
            high = middle - 1
    agrees = quotation[:low]
    if not _is_half(agrees):  # a letter or a word stands in many places
        return RefusedQuotation(Refusal.ALTERED)
    end = folded_text.text.find(agrees) + low
    continuation = folded_text.text[end : end + PROOFS.continuation_characters]
    joined = any(
        _is_half(remainder) and remainder in folded_text.text
        for remainder in _remainders(quotation, low)
    )
    return RefusedQuotation(
        Refusal.JOINED if joined else Refusal.ALTERED, agrees=agrees, continuation=continuation
    )


def _remainders(quotation: str, agreed: int) -> Iterable[str]:
    """Yield the text of *quotation* after *agreed* characters, and from the start of that word."""
    word = quotation.rfind(" ", 0, agreed) + 1
    return (quotation[place:].strip(_INNER_ENDS) for place in (agreed, word or agreed))


def _is_half(part: str) -> bool:
    """Return True if *part* is long enough to identify its place in an article."""
    return len(part) >= (PROOFS.half_cjk_characters if has_cjk(part) else PROOFS.half_characters)
