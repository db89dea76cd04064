"""Normalise the text of a question: remove markup, and correct typos."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TypeAlias

from bot.answering.limits import QUESTIONS
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.question import in_written_chinese
from bot.answering.understanding.small_talk import WORD, strip_markup
from ingest.index.cutting import terms
from ingest.language.script import has_japanese

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_ENDS_ONCE = re.compile(r"[^?？!！.。…\s]\s?[?？]$")
"""The end of a question that has one mark."""
_ENDS = " ?？!！.。…"
"""Marks at the end of a question."""
_Frequency: TypeAlias = Callable[[str], int]
"""A function that returns the number of passages with a term."""


def without_markup(text: str) -> str:
    """Return *text* without markup, mentions and links; unchanged if nothing else is in it.

    Cantonese becomes written Chinese.
    """
    plain_text = in_written_chinese(strip_markup(text))
    return plain_text if terms(plain_text) else text


def bare_question(text: str) -> str:
    """Return *text* without the framing of its question: "hey, can you tell me … please"."""
    bare = text
    for pattern in lexicon_for(text).follow_up.get("framing", ()):
        bare = pattern.sub("", bare)
    return bare if terms(bare) else text


def read_form(text: str, coverage: Iterable[str]) -> str:
    """Return a question as the reader sees it: with one question mark, and the capitals of names.

    If it is all in small letters, each word gets the form that *coverage*, the texts that were
    found, uses most often. Japanese needs neither capitals nor the mark, and stays as it is.
    """
    if has_japanese(text):
        return text
    ending, bare = "?", text.rstrip(_ENDS)
    if _ENDS_ONCE.search(text):
        ending, bare = text[-1], text[:-1]
    if bare == bare.lower() and bare != bare.upper():
        forms: dict[str, Counter[str]] = defaultdict(Counter)
        asked = {word.casefold() for word in WORD.findall(bare)}
        for word in chain.from_iterable(map(WORD.findall, coverage)):
            if (key := word.casefold()) in asked:
                forms[key][word] += 1
        bare = WORD.sub(lambda match: _usual_form(match[0], forms), bare)
    return f"{bare[:1].upper()}{bare[1:]}{ending}"


def _usual_form(word: str, forms: Mapping[str, Counter[str]]) -> str:
    """Return the form of *word* that is used in more than half of the cases, else *word* itself."""
    counts = forms.get(word.casefold(), Counter())
    form, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=(word, 0))
    return form if 2 * count > counts.total() else word


def normalise_query(text: str, frequency: _Frequency) -> str:
    """Return *text* bare of markup and framing, with typos replaced by words of the coverage."""
    plain_text = bare_question(without_markup(text))
    return correct_typos(plain_text, frequency) if terms(plain_text) else text


def correct_typos(text: str, frequency: _Frequency) -> str:
    """Replace typos: words that neither the coverage nor the lexicon has."""
    lexicon = lexicon_for(text)

    def correction(match: re.Match[str]) -> str:
        word = match[0]
        word_terms = terms(word)
        forms = {*word_terms, word.casefold()}
        familiar = any(form in lexicon.groups or form in lexicon.stopwords for form in forms)
        if familiar or any(map(frequency, word_terms)):
            return word
        stopwords = _swapped(word.casefold()) & lexicon.stopwords
        return min(stopwords, default=None) or intended_word(word, frequency) or word

    return WORD.sub(correction, text)


def intended_word(word: str, frequency: _Frequency) -> str | None:
    """Return the word of the coverage one letter away from the typo *word*, or ``None``.

    The most frequent candidate wins; of equally frequent ones the shortest.
    """
    letters = word.casefold()
    if (
        len(letters) < QUESTIONS.typo_letters
        or not letters.isascii()
        or not letters.isalpha()
        or has_japanese(word)
    ):
        return None
    frequencies = {
        candidate: max(map(frequency, terms(candidate)), default=0)
        for candidate in _one_edit_away(letters)
    }
    best = max(frequencies, key=lambda word: (frequencies[word], -len(word), word))
    return best if frequencies[best] > 0 else None


def _one_edit_away(word: str) -> set[str]:
    """Return all words one edit away: deletion, swap, replacement, insertion (Norvig, 2007)."""
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deletions = {a + b[1:] for a, b in splits if b}
    replacements = {a + c + b[1:] for a, b in splits if b for c in _ALPHABET}
    insertions = {a + c + b for a, b in splits for c in _ALPHABET}
    return (deletions | _swapped(word) | replacements | insertions) - {word}


def _swapped(word: str) -> set[str]:
    """Return *word* with each two neighbouring letters swapped: "wehn" gives "when"."""
    return {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
