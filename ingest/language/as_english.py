"""Texts in other alphabetic languages, as the readers of figures and days read them: in English.

A language is read by its words (``LANGUAGE/reading.toml``) and not by readers of its own: what is
"7. Oktober 2026" or "1,5 Millionen" becomes "7 october 2026" and "1.5 million", each letter with
the place that it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from text_to_num import find_numbers

from ingest.language.numbers import Word, plain
from ingest.language.words import READ_AS_THEY_ARE, entries, languages, one_of, table

_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s]+|\d+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it is read; ``places`` says of each letter what it stands for in the original."""

    text: str
    original: str
    places: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Rendered:
        """Take *text* as it is."""
        return cls(text, text, tuple((i, i + 1) for i in range(len(text))))

    def replaced(self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], str]) -> Rendered:
        """Write what *make* says for each match; all of it stands for all of the match."""
        return self.rewritten((m.start(), m.end(), make(m)) for m in pattern.finditer(self.text))

    def rewritten(self, changes: Iterable[tuple[int, int, str]]) -> Rendered:
        """Write other texts for some spans, in their order."""
        out: list[str] = []
        places: list[tuple[int, int]] = []
        at = 0
        for start, end, said in changes:
            if said == self.text[start:end]:
                continue
            whole = (self.places[start][0], self.places[end - 1][1])
            out += [self.text[at:start], said]
            places += [*self.places[at:start], *[whole] * len(said)]
            at = end
        out.append(self.text[at:])
        return Rendered("".join(out), self.original, (*places, *self.places[at:]))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original of a span that is not empty."""
        return self.places[start][0], self.places[end - 1][1]


@dataclass(frozen=True, slots=True)
class _LanguageReading:
    """How one language is read."""

    spelt: str
    pronouns: frozenset[str]
    figure: re.Pattern[str]
    marks: Mapping[int, int]
    turns: tuple[tuple[re.Pattern[str], str], ...]
    words: Mapping[str, str]
    word: re.Pattern[str]

    @classmethod
    @cache
    def of(cls, language: str) -> _LanguageReading | None:
        """Read the folder of *language*; ``None`` for one that is read as it is, or not known."""
        if language in READ_AS_THEY_ARE or language not in languages():
            return None
        found: Mapping[str, Any] = table(f"{language}/reading")
        numbers = found["numbers"]
        group, decimal = re.escape(numbers["group"]), re.escape(numbers["decimal"])
        words = {
            own: english.replace("-", " ")
            for english, written in found["reads_as"].items()
            for own in entries(written)
        }
        return cls(
            numbers["spelt"],
            frozenset(numbers["pronouns"].split()),
            re.compile(
                rf"(?<![\w.,])\d{{1,3}}(?:{group}\d{{3}})+(?:{decimal}\d+)?|\d+{decimal}\d+"
            ),
            {ord(numbers["group"]): ord(","), ord(numbers["decimal"]): ord(".")},
            tuple((re.compile(each["from"], re.IGNORECASE), each["to"]) for each in found["turns"]),
            words,
            re.compile(one_of(words), re.IGNORECASE),
        )


def as_english(text: str, language: str | None) -> Rendered:
    """Return *text* with figures, days and the words beside them as English writes them."""
    rendered, reading = Rendered.of(text), _LanguageReading.of(language or "en")
    if reading is None:
        return rendered
    rendered = rendered.rewritten(_spelt_out(rendered.text, reading))
    for pattern, turned in reading.turns:
        rendered = rendered.replaced(pattern, partial(_expanded, turned))
    rendered = rendered.replaced(reading.figure, lambda m: m.group().translate(reading.marks))
    words = reading.words
    return rendered.replaced(reading.word, lambda m: words[" ".join(m.group().lower().split())])


def plain_english(text: str, language: str | None) -> str:
    """Return *text* as figures and days are read in it: plain, and as English writes them."""
    return as_english(plain(text), language).text


def _expanded(template: str, match: re.Match[str]) -> str:
    """Return *template* with the groups of *match*."""
    return match.expand(template)


def _spelt_out(text: str, reading: _LanguageReading) -> Iterable[tuple[int, int, str]]:
    """Yield the number words of *text* with their digits; a pronoun alone is none."""
    spans = [m.span() for m in _TOKEN.finditer(text)]
    tokens = [text[start:end].lower() for start, end in spans]
    for found in find_numbers([Word(each) for each in tokens], reading.spelt, 0.0):
        said = tokens[found.start : found.end]
        alone = said[0] if len(said) == 1 else ""
        if not (alone in reading.pronouns or alone in reading.words or alone.isdigit()):
            yield spans[found.start][0], spans[found.end - 1][1], found.text
