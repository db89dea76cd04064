"""Normalise the text of a question: remove markup, and correct typos."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.markup import strip_markup
from ingest.index.analysis import terms
from ingest.language.script import has_japanese

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_MIN_TYPO_LETTERS = 5
"""Letters of the shortest word that is corrected by the words of the coverage."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_Frequency: TypeAlias = Callable[[str], int]
"""A function that returns the number of passages with a term."""


def without_markup(text: str) -> str:
    """Return *text* without markup, mentions and links; unchanged if nothing else is in it."""
    plain_text = " ".join(strip_markup(text).split())
    return plain_text if terms(plain_text) else text


def normalise_query(text: str, frequency: _Frequency) -> str:
    """Return *text* without markup, and with typos replaced by words of the coverage."""
    plain_text = without_markup(text)
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

    return _WORD.sub(correction, text)


def intended_word(word: str, frequency: _Frequency) -> str | None:
    """Return the word of the coverage one letter away from the typo *word*, or ``None``.

    The most frequent candidate wins; of equally frequent ones the shortest.
    """
    letters = word.casefold()
    if (
        len(letters) < _MIN_TYPO_LETTERS
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
