"""A drafted sentence, the cited sentences that have to support it, and its quotations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from bot.answering.limits import PROOFS
from bot.answering.values import Citation
from ingest.index.cutting import sentences
from ingest.language.as_english import plain_english
from ingest.language.languages import Language
from ingest.language.lines import marked, speaks_to_a_model
from ingest.language.script import has_digit, has_hangul
from ingest.model import Passage, Span

_QUOTATION_MARKS = '"‘’‚‛“”„‟‹›«»「」『』〝〞〟`´′″'
_DASHES = "‐‑‒–—―−"
_PLAIN_MARKS = str.maketrans(
    {**dict.fromkeys(_QUOTATION_MARKS, "'"), **dict.fromkeys(_DASHES, "-"), "〜": "~"}
)
_VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Variation selectors: they choose the shape of a character, such as a kanji in a name."""
_ENDS = " \t\n\"'.,;:!?…「」『』“”‘’。、"
_QUOTATION = re.compile(r"“([^“”]+)”|\"([^\"]+)\"|「([^「」]+)」|『([^『』]+)』|«([^«»]+)»")
_INNER_ENDS = " \t\n\u3000.,;:!?…。、"


def locate(quote: str, text: str, *, any_case: bool = False) -> str | None:
    """Return the wording of *text* that matches *quote*, or ``None``.

    Both are compared in NFKC, with one kind of quotation mark and of dash, single spaces, none
    beside East Asian characters, and without invisible characters. Letters, case and figures must
    be equal; with *any_case* the first letter may differ in case, as in the middle of a sentence.
    Punctuation at the ends is ignored.
    """
    folded_quote = fold(quote.strip(_ENDS))
    if len(folded_quote.text) < PROOFS.quotation_min_characters:
        return None
    folded_text = fold(text)
    place = folded_text.text.find(folded_quote.text)
    if place < 0 and any_case:
        place = folded_text.text.find(folded_quote.text[0].swapcase() + folded_quote.text[1:])
    if place < 0:
        return None
    span = folded_text.span(place, place + len(folded_quote.text))
    return text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class FoldedText:
    """The normalised characters of a text, and the place in the text of each."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Return the span of the original text for a range of normalised characters."""
        return Span(self.places[start], self.places[end - 1] + 1)

    def divides_character(self, start: int, end: int) -> bool:
        """Return True if a range begins or ends within one original character: "2" of "½"."""
        places = self.places
        return (start > 0 and places[start - 1] == places[start]) or (
            end < len(places) and places[end - 1] == places[end]
        )


def fold(text: str) -> FoldedText:
    """Return *text* normalised for comparison (see :func:`locate`)."""
    chars = _folded_characters(text)
    return FoldedText("".join(char for char, _ in chars), tuple(place for _, place in chars))


def _folded_characters(text: str) -> list[tuple[str, int]]:
    """Return the normalised characters of *text*, each with its place in the text."""
    characters: list[tuple[str, int]] = []
    for place, char in enumerate(text):
        for folded_char in char if _is_raised_beside_figure(text, place) else _plain(char):
            if not folded_char.isspace():
                is_spaced = len(characters) > 1 and characters[-1][0] == " "
                if is_spaced and _is_written_together(text[characters[-2][1]], char):
                    characters.pop()
                characters.append((folded_char, place))
            elif characters and characters[-1][0] != " ":
                characters.append((" ", place))
    return characters


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Return a character in NFKC with plain marks; empty if it is invisible."""
    if unicodedata.category(char) == "Cf" or char in _VARIANTS:
        return ""
    plain = char.translate(_PLAIN_MARKS)
    return plain if plain != char else unicodedata.normalize("NFKC", char).translate(_PLAIN_MARKS)


def _is_raised_beside_figure(text: str, place: int) -> bool:
    """Return True for "²", "½" or "①" beside a figure, which it does not continue: "46²"."""
    char = text[place]
    if char.isascii() or not char.isnumeric() or char.isdecimal() or not has_digit(_plain(char)):
        return False
    neighbours = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    return any(map(str.isnumeric, neighbours))


def _is_written_together(previous: str, following: str) -> bool:
    """Return True if a space between two characters has no meaning: East Asian, not two figures."""
    if previous.isnumeric() and following.isnumeric():
        return False
    return _is_east_asian(previous) or _is_east_asian(following)


@lru_cache(maxsize=4096)
def _is_east_asian(char: str) -> bool:
    """Return True if a character is of a script without spaces between words, or a mark of one."""
    return unicodedata.east_asian_width(char) in "WF" and not has_hangul(char)


def quotations_in(sentence: str) -> list[str]:
    """Return the texts between quotation marks in *sentence*."""
    quotations = (
        "".join(part for part in match.groups() if part)
        for match in _QUOTATION.finditer(marked(sentence))
    )
    return [quotation.rstrip(_INNER_ENDS).strip() for quotation in quotations]


def _without_quotations(sentence: str) -> str:
    """Return *sentence* without quotations: only the words of the writer."""
    return _QUOTATION.sub(" ", marked(sentence))


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence by the writer, without its passage keys."""

    text: str
    language: Language

    @property
    def unquoted(self) -> str:
        """Return the text without quotations."""
        return _without_quotations(self.text)

    @property
    def plain_text(self) -> str:
        """Return the text without quotations in plain English, for reading figures and dates."""
        return plain_english(self.unquoted, self.language)


@dataclass(frozen=True, slots=True)
class CitedGround:
    """The citations of a sentence; *instructions* is the prompt, which it must not repeat."""

    citations: Sequence[Citation]
    instructions: str = ""

    @property
    def passages(self) -> list[Passage]:
        """Return the cited passages without duplicates."""
        return list({c.passage.id: c.passage for c in self.citations}.values())

    @property
    def cited_texts(self) -> list[str]:
        """Return the sentences around each quotation, one text a citation, without duplicates."""
        return list(dict.fromkeys(_cited_text(citation) for citation in self.citations))

    @property
    def plain_texts(self) -> list[str]:
        """Return :attr:`cited_texts` in plain English, for reading figures and dates."""
        return list(dict.fromkeys(plain_citation(citation) for citation in self.citations))

    @property
    def days(self) -> list[date]:
        """Return the publication dates of the cited passages."""
        return [p.header.day for p in self.passages if p.header.day]


def overlapping_sentences(citation: Citation, neighbours: int = 0) -> list[Span]:
    """Return the sentences that overlap a quotation, and *neighbours* more on either side."""
    passage, end = citation.passage, citation.start + len(citation.quote)
    spans = sentences(passage.text, passage.header.language)
    indexes = [i for i, s in enumerate(spans) if s.start < end and citation.start < s.end]
    if not indexes:
        return [Span(citation.start, end)]
    return list(spans[max(0, indexes[0] - neighbours) : indexes[-1] + 1 + neighbours])


def _cited_text(citation: Citation) -> str:
    """Return the complete sentences that overlap a quotation, as one text."""
    spans = overlapping_sentences(citation)
    return citation.passage.text[spans[0].start : spans[-1].end]


def plain_citation(citation: Citation) -> str:
    """Return the cited sentences in plain English, for reading figures and dates."""
    return plain_english(_cited_text(citation), citation.header.language)


def citation_context(citation: Citation) -> str:
    """Return the cited sentences with one on either side that does not speak to a model."""
    text = citation.passage.text
    cited_ranges = {(s.start, s.end) for s in overlapping_sentences(citation)}
    context = [
        text[s.start : s.end]
        for s in overlapping_sentences(citation, neighbours=1)
        if (s.start, s.end) in cited_ranges or not speaks_to_a_model(text[s.start : s.end])
    ]
    return " ".join(" ".join(context).split())


def title_of(passage: Passage) -> str:
    """Return the title of an article; an empty text if it speaks to a model."""
    return "" if speaks_to_a_model(passage.header.title) else passage.header.title
