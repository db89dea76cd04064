"""Look closer at the first passages: what stands together in one sentence?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from ingest.index.analysis import pairs, terms
from ingest.index.passages import sentences
from ingest.index.words import PAIR
from ingest.model import Evidence

CLOSELY = 20
"""Passages that are looked at sentence by sentence; 30 were no better, 10 worse."""
_SENTENCE = 0.6
"""Worth of the best sentence's terms beside the passage's BM25 score (.3 to 1 were equal)."""


def term_weights(question: str, rarity: Callable[[str], float]) -> dict[str, float]:
    """Weigh each term and pair of *question* as the words index does."""
    found = terms(question)
    single = {term: rarity(term) for term in found}
    return {**single, **{pair: PAIR * rarity(pair) for pair in pairs(found)}}


def best_sentence(text: str, language: str, wanted: Mapping[str, float]) -> float:
    """Return the weight of what *wanted* stands in one sentence of *text*, the most of any."""
    return max(
        (
            sum(weight for term, weight in wanted.items() if term in sentence)
            for sentence in sentence_terms(text, language)
        ),
        default=0.0,
    )


@lru_cache(maxsize=1024)
def sentence_terms(text: str, language: str) -> tuple[frozenset[str], ...]:
    """Return the terms and pairs of each sentence; passages that are asked for are so again."""
    found = []
    for span in sentences(text, language):
        own = terms(text[span.start : span.end])
        found.append(frozenset([*own, *pairs(own)]))
    return tuple(found)


def closer(first: Sequence[Evidence], wanted: Mapping[str, float]) -> dict[str, float]:
    """Return the lexical score of each passage with its best sentence's added, by id."""
    return {
        each.passage.id: (each.lexical or 0.0)
        + _SENTENCE * best_sentence(each.passage.text, each.passage.header.language, wanted)
        for each in first
    }
