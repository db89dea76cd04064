"""How Latin coverage may spell what a question names in Japanese: a country, a sound, a reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from bot.answering.understanding.lexicon import Lexicon
from ingest.index.analysis import terms
from ingest.language.places import english_places
from ingest.language.readings import read_aloud
from ingest.language.sounds import RUN, beginnings, likeness, spellings

SHORTEST_NAME = 4
"""Letters of a Latin word that is looked for in Japanese; shorter ones sound like anything."""
_SPELLINGS = 3
"""Latin words that a name in katakana may be."""
_NEARLY = 0.25
"""How much less like it a word's letters may be than those of the likest."""
_OFTEN = 0.1
"""What a word that stands ten times as often gains on one whose letters are more like."""


class Vocabulary(Protocol):
    """Which terms the coverage has, and how often."""

    def rarity(self, term: str) -> float:
        """Return how rare a term is, more for a rarer one."""
        ...

    def frequency(self, term: str) -> int:
        """Return in how many passages a term stands."""
        ...

    def beginning(self, letter: str) -> Sequence[tuple[str, int]]:
        """Return the terms that begin with *letter*, and in how many passages each stands."""
        ...


@lru_cache(maxsize=4096)
def read_as(text: str) -> frozenset[str]:
    """Return the stems of what the kanji of *text* are read as."""
    return frozenset(term for spelling in read_aloud(text) for term in terms(spelling))


def latin_forms(run: str, lexicon: Lexicon, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the stems by which Latin coverage may name what *run* names.

    That is a country's name, or the spelling of a reading. A name in katakana is looked for among
    the coverage's own words, those first that are most like it and stand most often.
    """
    if place := english_places().get(run):
        return frozenset(terms(place)[-1:])
    if not RUN.fullmatch(run):
        read = (each for each in read_as(run) if len(each) >= SHORTEST_NAME)
        return frozenset(each for each in read if vocabulary.frequency(each))
    every = {word: count for each in beginnings(run) for word, count in vocabulary.beginning(each)}
    like = {
        word: likeness(run, word)
        for word in every
        if spellings(run).fullmatch(word) and word not in lexicon.stopwords
    }
    least = max(like.values(), default=0.0) - _NEARLY
    found = {w: x + _OFTEN * math.log10(every[w]) for w, x in like.items() if x >= least}
    return frozenset(sorted(found, key=lambda word: -found[word])[:_SPELLINGS])
