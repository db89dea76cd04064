"""Texts in other alphabetic languages, rewritten so that the English parsers can read them.

A language has a word list (``LANGUAGE/reading.toml``) instead of its own parsers: "7. Oktober 2026"
becomes "7 october 2026", "1,5 Millionen" becomes "1.5 million", and each letter keeps its position
in the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from text_to_num import find_numbers

from ingest.language.languages import (
    PARSED_LANGUAGES,
    entries,
    languages,
    one_of,
    phrase_pattern,
    rewritings,
    table,
)
from ingest.language.numbers import Word, normalise

_TOKEN = re.compile(r"[^\W\d_]+|[^\w\s]+|\d+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rewritten text; ``places`` has for each letter its span in the original."""

    text: str
    original: str
    places: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> Rendered:
        """Return *text* without any change."""
        return cls(text, text, tuple((i, i + 1) for i in range(len(text))))

    def replaced(self, pattern: re.Pattern[str], make: Callable[[re.Match[str]], str]) -> Rendered:
        """Return the text with each match replaced by the result of *make*.

        Every letter of a replacement has the span of its match.
        """
        return self.rewritten(
            (match.start(), match.end(), make(match)) for match in pattern.finditer(self.text)
        )

    def rewritten(self, changes: Iterable[tuple[int, int, str]]) -> Rendered:
        """Return the text with some spans replaced, given in their order."""
        parts: list[str] = []
        places: list[tuple[int, int]] = []
        position = 0
        for start, end, replacement in changes:
            if replacement == self.text[start:end]:
                continue
            original_span = (self.places[start][0], self.places[end - 1][1])
            parts += [self.text[position:start], replacement]
            places += [*self.places[position:start], *[original_span] * len(replacement)]
            position = end
        parts.append(self.text[position:])
        return Rendered("".join(parts), self.original, (*places, *self.places[position:]))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original for a span that is not empty."""
        return self.places[start][0], self.places[end - 1][1]


@dataclass(frozen=True, slots=True)
class _LanguageReading:
    """The rules for rewriting texts in one language."""

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
        """Return the rules of *language*; ``None`` if there are none."""
        if language in PARSED_LANGUAGES or language not in languages():
            return None
        reading: Mapping[str, Any] = table(f"{language}/reading")
        numbers = reading["numbers"]
        group, decimal = f"[{numbers['group']}]", f"[{numbers['decimal']}]"
        words = {
            word: english.replace("-", " ")
            for english, translations in reading["reads_as"].items()
            for word in entries(translations)
        }
        return cls(
            numbers["spelt"],
            frozenset(numbers["pronouns"].split()),
            re.compile(
                rf"(?<![\w.,])\d{{1,3}}(?:{group}\d{{3}})+(?!\d)(?:{decimal}\d+)?"
                rf"|\d+{decimal}\d+"
            ),
            {ord(numbers["group"]): ord(","), ord(numbers["decimal"]): ord(".")},
            rewritings(reading["turns"]),
            words,
            phrase_pattern([one_of(words)]),
        )


def as_english(text: str, language: str | None) -> Rendered:
    """Return *text* with figures, days and the words next to them written as in English."""
    rendered, reading = Rendered.of(text), _LanguageReading.of(language or "en")
    if reading is None:
        return rendered
    rendered = rendered.rewritten(_number_words(rendered.text, reading))
    for pattern, replacement in reading.turns:
        rendered = rendered.replaced(pattern, partial(_expand, replacement))
    rendered = rendered.replaced(
        reading.figure, lambda match: match.group().translate(reading.marks)
    )
    words = reading.words
    return rendered.replaced(
        reading.word, lambda match: words[" ".join(match.group().lower().replace("-", " ").split())]
    )


def plain_english(text: str, language: str | None) -> str:
    """Return *text* normalised and with figures and days written as in English."""
    return as_english(normalise(text), language).text


def _expand(template: str, match: re.Match[str]) -> str:
    """Return *template* with the groups of *match*."""
    return match.expand(template)


def _number_words(text: str, reading: _LanguageReading) -> Iterable[tuple[int, int, str]]:
    """Yield the spans of number words in *text* with their digits, except single pronouns."""
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [text[start:end].lower() for start, end in spans]
    for number in find_numbers([Word(token) for token in tokens], reading.spelt, 0.0):
        number_words = tokens[number.start : number.end]
        single_word = number_words[0] if len(number_words) == 1 else ""
        if not (
            single_word in reading.pronouns or single_word in reading.words or single_word.isdigit()
        ):
            yield spans[number.start][0], spans[number.end - 1][1], number.text
