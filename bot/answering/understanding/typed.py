"""A question as people type it in a chat, and the words in it that coverage would use."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.markup import bare
from ingest.index.analysis import terms
from ingest.language.script import has_japanese

_WORD = re.compile(r"[^\W_]+(?:[’'][^\W_]+)*")
_SPELLINGS = (
    (re.compile(r"is(e|ed|es|ing|ation)$"), r"iz\1"),
    (re.compile(r"iz(e|ed|es|ing|ation)$"), r"is\1"),
    (re.compile(r"our(s|ed|ing|ite)?$"), r"or\1"),
    (re.compile(r"or(s|ed|ing|ite)?$"), r"our\1"),
    (re.compile(r"tre$"), "ter"),
    (re.compile(r"ter$"), "tre"),
    (re.compile(r"ence$"), "ense"),
    (re.compile(r"ense$"), "ence"),
    (re.compile(r"ll(ed|ing|or)$"), r"l\1"),
)
"""British and American endings, both ways."""
_SHORTEST = 5
"""Letters of a word from which it may be mistyped."""
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


_Frequency: TypeAlias = Callable[[str], int]
"""Tells in how many passages a term stands."""


def heard(text: str, known: _Frequency) -> str:
    """Return *text* as coverage words it: bare of markup, chat words and typos written out."""
    shown = bare(text)
    said = " ".join(_written_out(shown, lexicon_for(shown).chat).split())
    return corrected(said, known) if terms(said) else text


def corrected(text: str, known: _Frequency) -> str:
    """Replace each word that neither the coverage nor the lexicon has, if it is a typo."""
    lexicon = lexicon_for(text)

    def right(match: re.Match[str]) -> str:
        word = match[0]
        found = {*terms(word), *spelt(word)}
        forms = {*found, word.casefold()}
        familiar = any(each in lexicon.groups or each in lexicon.stopwords for each in forms)
        if familiar or any(map(known, found)):
            return word
        small = _swapped(word.casefold()) & lexicon.stopwords
        return min(small, default=None) or meant(word, known) or word

    return _WORD.sub(right, text)


def _written_out(text: str, chat: Mapping[str, str]) -> str:
    """Replace the words of a chat by those that coverage has: "ppl" by "people"."""
    return _WORD.sub(lambda m: chat.get(m[0].casefold().replace("’", "'"), m[0]), text)


def spelt(word: str) -> set[str]:
    """Return the index terms of *word* in British and American spelling."""
    small = word.casefold()
    return {
        term
        for pattern, other in _SPELLINGS
        if pattern.search(small)
        for term in terms(pattern.sub(other, small))
    }


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
