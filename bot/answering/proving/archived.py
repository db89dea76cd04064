"""Prove that a quotation stands in an archived article: its exact place, or why it does not.

Letters, figures and names must be the article's own. As in :mod:`.quotations` the shapes of
quotation marks, dashes and white space tell nothing; nor do marks and full stops at the ends.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.answering.proving.quotations import FoldedText, folded
from ingest.archive import Archive
from ingest.errors import ArticleNotFoundError
from ingest.language.script import has_cjk
from ingest.model import Article, Evidence, Header, Removal, Span, Version

LONGEST_QUOTATION = 4000
"""Characters of the longest quotation that is looked for."""
_SHORTEST = 2
_CHARACTERS = 2_000_000
"""Characters of one article's versions that are looked through, the newest versions first."""
_PLACES = 1000
"""Places of one text that are looked at: "the" stands in many."""
_SEARCHED = 400
"""Characters of a quotation by which articles are searched for, where none is named."""
_GOES_ON = 80
"""Characters shown of how an article goes on where a quotation leaves it."""
_ENDS = " \t\n\u3000\"'.,;:…“”‘’„«»「」『』。、"
_INNER_ENDS = _ENDS + "[]()［］（）-"
"""What stands between two halves: an omission, "[…]", a dash."""
_DIVIDES = ".,:/٫٬"
"""What stands within a figure: "62.7", "1,146", "20:00"."""
_SIGNS = "+-−–±"
_SHARES = "%％‰٪"
_DENIES = "非不未無反"
"""Kanji that turn the word behind them into its opposite."""
_PART = 8
"""Least letters of a half by which two joined ones are recognised."""
_PART_CJK = 4


class Refusal(StrEnum):
    """Why a quotation is not proven."""

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
    """A quotation as it stands in one version: ``text[start:end] == quotation``.

    ``digest`` is the SHA-256 of that version's text in UTF-8, for whoever has it too. ``newest`` is
    the number of the article's newest version; ``current`` whether that has these words.
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
    """What the outlet has corrected in the newest version, in its own words."""


@dataclass(frozen=True, slots=True)
class RefusedQuotation:
    """A quotation that is not proven; ``agrees`` is how far an article has its words.

    ``goes_on`` is what the article says behind them, ``removal`` why the article is not cited.
    """

    why: Refusal
    article_id: int | None = None
    agrees: str = ""
    goes_on: str = ""
    removal: Removal | None = None


def prove_quotation(
    quotation: str, article: str, archive: Archive
) -> ProvenQuotation | RefusedQuotation:
    """Prove *quotation* in *article*: its number, its address, or the id of a passage of it."""
    if (refused := _unprovable(quotation)) is not None:
        return refused
    found = _article_of(article, archive)
    if found is None:
        return RefusedQuotation(Refusal.NO_ARTICLE)
    if found.removal is not None:
        return RefusedQuotation(Refusal.WITHDRAWN, found.id, removal=found.removal)
    return _prove_in(quotation, archive.articles.versions(found.id))


def prove_anywhere(
    quotation: str, archive: Archive, search: Callable[[str], Sequence[Evidence]]
) -> ProvenQuotation | RefusedQuotation:
    """Prove *quotation* in whichever article has it, among those that *search* finds for it."""
    if (refused := _unprovable(quotation)) is not None:
        return refused
    found = search(quotation[:_SEARCHED])
    nearest = RefusedQuotation(Refusal.NOT_FOUND)
    for article_id in dict.fromkeys(each.passage.article_id for each in found):
        outcome = _prove_in(quotation, archive.articles.versions(article_id))
        if isinstance(outcome, ProvenQuotation):
            return outcome
        if len(outcome.agrees) > len(nearest.agrees):
            nearest = outcome
    return nearest


def _prove_in(quotation: str, versions: Sequence[Version]) -> ProvenQuotation | RefusedQuotation:
    """Prove *quotation* in the newest of an article's *versions*, oldest first, that has it."""
    if (refused := _unprovable(quotation)) is not None:
        return refused
    wanted = _wanted(quotation)
    latest = versions[-1]
    nearest: RefusedQuotation | None = None
    room = _CHARACTERS
    for version in reversed(versions):
        text = version.extract.text
        if nearest is not None and len(text) > room:
            break
        room -= len(text)
        found = _stands(wanted, text)
        if isinstance(found, Span):
            found = _with_ends(found, quotation, text)
            return ProvenQuotation(
                text[found.start : found.end],
                version.article_id,
                version.number,
                found.start,
                found.end,
                hashlib.sha256(text.encode()).hexdigest(),
                version.extract.header,
                version.read_at,
                latest.number,
                version.number == latest.number,
                latest.extract.corrections,
            )
        nearest = nearest or replace(found, article_id=version.article_id)
    return nearest or RefusedQuotation(Refusal.NO_ARTICLE)


def _unprovable(quotation: str) -> RefusedQuotation | None:
    """Refuse what is no quotation at all."""
    if len(quotation) > LONGEST_QUOTATION:
        return RefusedQuotation(Refusal.TOO_LONG)
    if len(_wanted(quotation)) < _SHORTEST:
        return RefusedQuotation(Refusal.EMPTY)
    return None


def _wanted(quotation: str) -> str:
    """Return what of *quotation* is compared: nothing invisible, no marks at its ends."""
    composed = unicodedata.normalize("NFC", quotation)
    visible = "".join(c for c in composed if unicodedata.category(c) != "Cf")
    return folded(visible.strip(_ENDS)).text.strip(_ENDS)


def _with_ends(span: Span, quotation: str, text: str) -> Span:
    """Take in the marks at the ends of a quotation that the text has there, too."""
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
    """Return the article that a number, an address or a passage's id names."""
    reference = reference.strip()
    if reference.startswith(("http://", "https://")):
        return archive.articles.find(Header("", url=reference))
    number, _, _ = reference.removeprefix("#").partition(":")
    if not (number.isascii() and number.isdecimal() and len(number) < len("1000000000")):
        return None
    try:
        return archive.articles.get(int(number))
    except ArticleNotFoundError:
        return None


def _stands(wanted: str, text: str) -> Span | RefusedQuotation:
    """Return where *wanted* stands whole in *text*, or why it does not."""
    whole = folded(text)
    cut = False
    for at in _places(wanted, whole.text):
        span = whole.span(at, at + len(wanted))
        if not _cuts(text, span.start) and not _cuts(text, span.end):
            return span
        cut = True
    if cut:
        return RefusedQuotation(Refusal.CUT, agrees=wanted)
    return _departed(wanted, whole)


def _places(wanted: str, text: str) -> Iterator[int]:
    """Yield the first places where *wanted* stands."""
    at = text.find(wanted)
    for _ in range(_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(wanted, at + 1)


def _departed(wanted: str, whole: FoldedText) -> RefusedQuotation:
    """Say how far a text has *wanted*, and whether the rest stands elsewhere in it."""
    least, most = 0, len(wanted)
    while least < most:
        middle = (least + most + 1) // 2
        if wanted[:middle] in whole.text:
            least = middle
        else:
            most = middle - 1
    if least == 0:
        return RefusedQuotation(Refusal.ALTERED)
    agrees = wanted[:least]
    end = whole.text.find(agrees) + least
    goes_on = whole.text[end : end + _GOES_ON]
    joined = _is_half(agrees) and any(
        _is_half(rest) and rest in whole.text for rest in _rests(wanted, least)
    )
    return RefusedQuotation(
        Refusal.JOINED if joined else Refusal.ALTERED, agrees=agrees, goes_on=goes_on
    )


def _rests(wanted: str, agreed: int) -> Iterable[str]:
    """Return what a quotation goes on with: from where it departs, and from the word there."""
    word = wanted.rfind(" ", 0, agreed) + 1
    return (wanted[place:].strip(_INNER_ENDS) for place in (agreed, word or agreed))


def _is_half(part: str) -> bool:
    """Return True if *part* is long enough to be recognised."""
    return len(part) >= (_PART_CJK if has_cjk(part) else _PART)


def _cuts(text: str, place: int) -> bool:
    """Return True if *place* lies within a word or a figure of *text*."""
    if place in {0, len(text)}:
        return False
    left, right = text[place - 1], text[place]
    before, after = text[max(0, place - 2) : place - 1], text[place + 1 : place + 2]
    if left.isnumeric() and right.isnumeric():
        return True
    if left.isdigit() and (right in _SHARES or (right in _DIVIDES and after.isdigit())):
        return True
    if right.isdigit() and left in _DIVIDES:
        return before.isdigit()
    if right.isdigit() and left in _SIGNS:
        return not before.isalnum()
    if has_cjk(left) or has_cjk(right):
        return left in _DENIES and has_cjk(right) is not None
    return _is_letter(left) and _is_letter(right)


def _is_letter(char: str) -> bool:
    """Return True for letters, figures and the accents that join them."""
    return char.isalnum() or unicodedata.category(char).startswith("M")
