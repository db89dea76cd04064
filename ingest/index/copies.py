"""Recognise one story in several outlets' copies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from ingest.model import Evidence, Passage

CONTAINMENT = 0.6
"""Share of the shorter passage's 5-grams that must stand in the longer one.

Passages of two copies are cut at different sentences, so the bar lies below the .75 that
whole articles are held to; independent reports of one event stay near .01.
"""
WINDOW = timedelta(days=7)
SHINGLE = 5
UNITS = re.compile(r"[぀-ヿ㐀-鿿]|[^\W_]+")


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Cut *text* into overlapping runs of five words (of five characters in CJK text)."""
    units = UNITS.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(zip(*(units[i:] for i in range(SHINGLE)), strict=False))


def containment(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Return the share of the smaller set that stands in the larger one."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def collapse(ranked: Sequence[Evidence]) -> list[Evidence]:
    """Fold later copies of a story into the best ranked one, which then lists their headers."""
    kept: list[Evidence] = []
    cut: list[frozenset[tuple[str, ...]]] = []
    for evidence in ranked:
        grams = shingles(evidence.passage.text)
        place = next(
            (
                i
                for i, best in enumerate(kept)
                if near_in_time(best.passage, evidence.passage)
                and best.passage.article_id != evidence.passage.article_id
                and containment(cut[i], grams) >= CONTAINMENT
            ),
            None,
        )
        if place is None:
            kept.append(evidence)
            cut.append(grams)
        else:
            kept[place] = with_copy(kept[place], evidence)
    return kept


def with_copy(best: Evidence, copy: Evidence) -> Evidence:
    """Add *copy*'s header to those that *best* lists, once."""
    headers = (*best.copies, copy.passage.header, *copy.copies)
    return replace(best, copies=tuple(dict.fromkeys(headers)))


def near_in_time(one: Passage, other: Passage) -> bool:
    """Tell whether two passages may carry one story: within a week, or a day unknown."""
    if one.header.day is None or other.header.day is None:
        return True
    return abs(one.header.day - other.header.day) <= WINDOW
