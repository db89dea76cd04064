"""Find the Latin spellings of a Japanese name: a country, a sound, a reading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from bot.answering.understanding.lexicon import Lexicon
from ingest.index.analysis import terms
from ingest.language.sounds import RUN, beginnings, english_places, likeness, read_aloud, spellings

SHORTEST_NAME = 4
"""Letters of the shortest Latin word matched with Japanese; shorter ones match by chance."""
_MAX_SPELLINGS = 3
"""Latin words that a name in katakana is matched with."""
_SIMILARITY_MARGIN = 0.25
"""Greatest difference between the similarity of a spelling and that of the best one."""
_FREQUENCY_WEIGHT = 0.1
"""Bonus in similarity for a word that is ten times as frequent."""


class Vocabulary(Protocol):
    """The terms of the coverage and their frequencies."""

    def rarity(self, term: str) -> float:
        """Return the rarity of a term; higher for a rarer one."""
        ...

    def frequency(self, term: str) -> int:
        """Return the number of passages with a term."""
        ...

    def beginning(self, letter: str) -> Sequence[tuple[str, int]]:
        """Return the terms that begin with *letter*, each with its number of passages."""
        ...


@lru_cache(maxsize=4096)
def reading_stems(text: str) -> frozenset[str]:
    """Return the stems of the readings of the kanji in *text*."""
    return frozenset(term for spelling in read_aloud(text) for term in terms(spelling))


def latin_forms(run: str, lexicon: Lexicon, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the stems of the Latin words that may stand for *run* in the coverage.

    These are the name of a country, or the spelling of a reading. A name in katakana is compared
    with the words of the coverage; the most similar and most frequent ones are returned.
    """
    if place := english_places().get(run):
        return frozenset(terms(place)[-1:])
    if not RUN.fullmatch(run):
        readings = (stem for stem in reading_stems(run) if len(stem) >= SHORTEST_NAME)
        return frozenset(stem for stem in readings if vocabulary.frequency(stem))
    frequencies = {
        word: count for letter in beginnings(run) for word, count in vocabulary.beginning(letter)
    }
    similarities = {
        word: likeness(run, word)
        for word in frequencies
        if spellings(run).fullmatch(word) and word not in lexicon.stopwords
    }
    threshold = max(similarities.values(), default=0.0) - _SIMILARITY_MARGIN
    scores = {
        w: x + _FREQUENCY_WEIGHT * math.log10(frequencies[w])
        for w, x in similarities.items()
        if x >= threshold
    }
    return frozenset(sorted(scores, key=lambda word: -scores[word])[:_MAX_SPELLINGS])
