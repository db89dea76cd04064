"""Whether a change to an article touches what an answer quotes of it; pure.

A reader is told of a correction only where the words or figures of the quotation are touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering.understanding.lexicon import lexicon_for
from bot.ledger.model import NoticeKind
from ingest.index.passages import sentences
from ingest.language.names import names_in
from ingest.language.numbers import figures_in
from ingest.model import Kind, Removal, Version
from ingest.similarity import units

_WITHDRAWN = {
    Removal.RETRACTED: NoticeKind.RETRACTED,
    Removal.REMOVED: NoticeKind.REMOVED,
    Removal.QUARANTINED: NoticeKind.REMOVED,
    Removal.ERASED: NoticeKind.REMOVED,
}
"""What a removal is to a reader; a page that is merely gone from its site changes nothing."""
_STRONGEST = (NoticeKind.REVERSED, NoticeKind.CORRECTED, NoticeKind.CHANGED)
"""What may happen to sentences of one quotation, the gravest first."""
_SAME_SENTENCE = 0.5
"""Share of a quotation's words that a sentence has which says now what it said."""
_SPELT_AS = 0.7
"""Share of the letters of a longer word, by pairs, that another spelling of it has."""
_SHORTEST = 4
"""Letters of the shortest word that may be spelt otherwise and mean the same."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What happened to a quotation: in which version first, and the outlet's note, if any.

    Of a withdrawal the version is 0: it is one, however often the article changes afterwards.
    """

    kind: NoticeKind
    version: int
    note: str = ""


def touches(
    quote: str, cited: Version | None, later: Sequence[Version], removal: Removal | None
) -> list[Touch]:
    """Return what happened to *quote* of the version *cited* in the versions *later* than it.

    Of an article that was erased no version is left.
    """
    if removal in _WITHDRAWN:
        return [Touch(_WITHDRAWN[removal], 0)]
    if cited is None:
        return []
    found: list[Touch] = []
    spans = sentences(quote, cited.extract.header.language)
    said = [quote[span.start : span.end] for span in spans] or [quote]
    known, standing = set(cited.extract.corrections), set(said)
    for version in later:
        notes = [note for note in version.extract.corrections if note not in known]
        known.update(notes)
        stands = {each for each in said if each in version.extract.text}
        gone, standing = standing - stands, stands
        kinds = {_kind_of(each, version, noted=bool(notes)) for each in gone}
        kind = next((each for each in _STRONGEST if each in kinds), None)
        for note in notes:
            if gone:
                found.append(Touch(kind or NoticeKind.CORRECTED, version.number, note))
            elif _mentions(note, quote):
                found.append(Touch(NoticeKind.CORRECTED, version.number, note))
        if gone and not notes and kind is not None:
            found.append(Touch(kind, version.number))
    return found


def _kind_of(quote: str, version: Version, *, noted: bool) -> NoticeKind | None:
    """Tell what it means that a sentence stands in *version* no more; ``None`` if nothing.

    What leaves a live page has only moved on, and another spelling changes nothing.
    """
    now = _counterpart(quote, version)
    if now is None:
        if noted:
            return NoticeKind.REVERSED
        return None if version.extract.header.kind is Kind.LIVE else NoticeKind.CHANGED
    if _only_spelling(quote, now):
        return None
    if _says_of_others(quote, now) or _denies(quote) is not _denies(now):
        return NoticeKind.REVERSED
    return NoticeKind.CORRECTED if noted else NoticeKind.CHANGED


def _counterpart(quote: str, version: Version) -> str | None:
    """Return the sentence that says now what *quote* said, if there is one."""
    text, wanted = version.extract.text, set(units(quote))
    best, share = None, 0.0
    for span in sentences(text, version.extract.header.language):
        sentence = text[span.start : span.end]
        words = set(units(sentence))
        part = len(wanted & words) / max(1, len(wanted), len(words))
        if part > share:
            best, share = sentence, part
    return best if share >= _SAME_SENTENCE else None


def _only_spelling(quote: str, now: str) -> bool:
    """Tell whether two sentences have the same words and figures, differently spelt at most."""
    one, other = units(quote), units(now)
    return len(one) == len(other) and all(map(_spelt_alike, one, other))


def _spelt_alike(one: str, other: str) -> bool:
    """Tell whether two words are the same but for a letter or two; figures have to be equal."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST or not (one.isalpha() and other.isalpha()):
        return False
    pairs, others = _pairs(one), _pairs(other)
    return len(pairs & others) >= _SPELT_AS * max(len(pairs), len(others))


def _pairs(word: str) -> set[str]:
    """Return the pairs of neighbouring letters, and the ends, of a word."""
    marked = f"^{word}$"
    return {marked[i : i + 2] for i in range(len(marked) - 1)}


def _says_of_others(quote: str, now: str) -> bool:
    """Tell whether a sentence now names somebody else in somebody's place."""
    before, after = names_in(quote), names_in(now)
    lost = [name for name in before if not any(_same_name(name, other) for other in after)]
    new = [name for name in after if not any(_same_name(name, other) for other in before)]
    return bool(lost and new)


def _same_name(one: str, other: str) -> bool:
    """Tell whether two names have a word in common, or one spelt alike."""
    return any(_spelt_alike(a, b) for a in _parts(one) for b in _parts(other))


def _parts(name: str) -> list[str]:
    """Return the words of a name as they are without "'s"; one without spaces is one word."""
    return [each.casefold().removesuffix("'s").removesuffix("’s") for each in name.split()]


def _denies(sentence: str) -> bool:
    """Tell whether a sentence denies."""
    return lexicon_for(sentence).shows("denied", sentence)


def _mentions(note: str, quote: str) -> bool:
    """Tell whether an outlet's note speaks of a figure, or a full name, that *quote* has."""
    figures = {each.value for each in figures_in(quote)}
    if any(each.value in figures for each in figures_in(note)):
        return True
    full = {name for name in names_in(quote) if len(units(name)) > 1}
    return any(name in full for name in names_in(note))
