"""Recognise one story in several outlets' copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.likeness import Shingles, containment, near_in_time, shingles
from ingest.model import Evidence

_CONTAINMENT = 0.6
"""Share of the shorter passage's 5-grams that must stand in the longer one.

Passages of two copies are cut at different sentences, so the bar lies below the .75 that
whole articles are held to; independent reports of one event stay near .01.
"""


def collapse(ranked: Sequence[Evidence]) -> list[Evidence]:
    """Fold later copies of a story into the best ranked one, which then lists their headers."""
    kept: list[Evidence] = []
    cut: list[Shingles] = []
    for evidence in ranked:
        grams = shingles(evidence.passage.text)
        place = next(
            (
                i
                for i, best in enumerate(kept)
                if near_in_time(best.passage.header.day, evidence.passage.header.day)
                and best.passage.article_id != evidence.passage.article_id
                and containment(cut[i], grams) >= _CONTAINMENT
            ),
            None,
        )
        if place is None:
            kept.append(evidence)
            cut.append(grams)
        else:
            kept[place] = _with_copy(kept[place], evidence)
    return kept


def _with_copy(best: Evidence, copy: Evidence) -> Evidence:
    """Add *copy*'s header to those that *best* lists, once."""
    headers = (*best.copies, copy.passage.header, *copy.copies)
    return replace(best, copies=tuple(dict.fromkeys(headers)))
