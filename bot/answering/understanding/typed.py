"""A question as people type it in a chat, and the words in it that coverage would use."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.markup import bare
from ingest.index.analysis import terms
from ingest.language.script import has_japanese

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_SHORTEST = 5
"""Letters of a word from which it may be mistyped."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


_Frequency: TypeAlias = Callable[[str], int]
"""Tells in how many passages a term stands."""


def heard(text: str, known: _Frequency) -> str:
    """Return *text* as it is searched: bare of markup, typos replaced by the coverage's words."""
    shown = " ".join(bare(text).split())
    return corrected(shown, known) if terms(shown) else text


def corrected(text: str, known: _Frequency) -> str:
    """Replace each word that neither the coverage nor the lexicon has, if it is a typo."""
    lexicon = lexicon_for(text)

    def right(match: re.Match[str]) -> str:
        word = match[0]
        found = terms(word)
        forms = {*found, word.casefold()}
        familiar = any(form in lexicon.groups or form in lexicon.stopwords for form in forms)
        if familiar or any(map(known, found)):
            return word
        small = _swapped(word.casefold()) & lexicon.stopwords
        return min(small, default=None) or meant(word, known) or word

    return _WORD.sub(right, text)


def meant(word: str, known: _Frequency) -> str | None:
    """Return the word of the coverage that *word* is mistyped for, one letter away, if any.

    Of several the most frequent is taken, and of equals the shortest.
    """
    small = word.casefold()
    if len(small) < _SHORTEST or not small.isascii() or not small.isalpha() or has_japanese(word):
        return None
    found = {each: max(map(known, terms(each)), default=0) for each in _one_away(small)}
    best = max(found, key=lambda each: (found[each], -len(each), each))
    return best if found[best] > 0 else None


def _one_away(word: str) -> set[str]:
    """Return every word one letter away: left out, doubled, exchanged, swapped (Norvig, 2007)."""
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    without = {a + b[1:] for a, b in parts if b}
    changed = {a + c + b[1:] for a, b in parts if b for c in _ALPHABET}
    more = {a + c + b for a, b in parts for c in _ALPHABET}
    return (without | _swapped(word) | changed | more) - {word}


def _swapped(word: str) -> set[str]:
    """Return every word that two letters side by side of *word* make, swapped: "wehn" is "when"."""
    return {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}
