"""Recognise one story in several outlets' copies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache

from ingest.index.passages import sentences
from ingest.language.as_english import plain_english
from ingest.language.dates import days_in, weekdays_in
from ingest.language.names import names_in
from ingest.language.numbers import figures_in
from ingest.language.words import languages, table
from ingest.likeness import Shingles, containment, near_in_time, shingles, units
from ingest.model import Evidence, Passage

_CONTAINMENT = 0.6
"""Share of the shorter passage's 5-grams that must stand in the longer one.

Passages of two copies are cut at different sentences, so the bar lies below the .75 that
whole articles are held to; independent reports of one event stay near .01.
"""
_REWORDED = 0.75
"""Share of the words of the longer of two sentences that the other has too: one statement."""
_SPELT_ALIKE = 0.6
"""Likeness of two spellings of one name: Zelensky, Zelenskyy."""
_LONGEST = 2000
"""Characters of a sentence in which figures and names are compared."""


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
                and not _differ(best.passage, evidence.passage)
            ),
            None,
        )
        if place is None:
            kept.append(evidence)
            cut.append(grams)
        else:
            kept[place] = _with_copy(kept[place], evidence)
    return kept


def _differ(one: Passage, other: Passage) -> bool:
    """Return True if a sentence that two passages share is altered in one of them."""
    language = one.header.language
    told = [
        [passage.text[span.start : span.end] for span in sentences(passage.text, language)]
        for passage in (one, other)
    ]
    rest = [text for text in told[1] if text not in told[0]]
    return any(
        altered(text, reworded, language)
        for text in told[0]
        if text not in told[1]
        for reworded in rest
    )


def altered(one: str, other: str, language: str) -> bool:
    """Return True if two wordings of one sentence give other figures, names or denials."""
    if one == other or not _one_statement(one, other):
        return False
    first, second = (plain_english(text[:_LONGEST], language) for text in (one, other))
    if _denials(one, language) != _denials(other, language):
        return True
    if _exchanged(_figures(first), _figures(second)):
        return True
    return _exchanged_names(_undated(first), _undated(second))


def _one_statement(one: str, other: str) -> bool:
    """Return True if two sentences share most of their words."""
    first, second = Counter(units(one[:_LONGEST])), Counter(units(other[:_LONGEST]))
    longer = max(first.total(), second.total())
    return longer > 0 and (first & second).total() >= _REWORDED * longer


def _figures(text: str) -> list[tuple[str, str]]:
    """Return the figures of a sentence in order, each with its kind."""
    return [(each.kind, str(each.value.normalize())) for each in figures_in(text)]


def _exchanged(one: Sequence[object], other: Sequence[object]) -> bool:
    """Return True if each of two lists has what the other lacks, or the same in another order."""
    first, second = Counter(one), Counter(other)
    if first == second:
        return one != other
    return bool(first - second) and bool(second - first)


def _exchanged_names(one: str, other: str) -> bool:
    """Return True if each of two sentences has a name that the other lacks in any spelling."""
    mine, theirs = _names_only_in(one, other), _names_only_in(other, one)
    alike = (SequenceMatcher(None, a, b).ratio() >= _SPELT_ALIKE for a in mine for b in theirs)
    return bool(mine and theirs) and not any(alike)


def _names_only_in(text: str, other: str) -> list[str]:
    """Return the names of *text* of which *other* has no word."""
    there = set(units(other))
    return [name for name in names_in(text) if there.isdisjoint(units(name))]


def _undated(text: str) -> str:
    """Return *text* without its days: copies turn weekdays into dates."""
    days = [(day.start, day.end) for day in days_in(text)]
    for start, end in (*days, *((start, end) for _, start, end in weekdays_in(text))):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


@cache
def _denying(language: str) -> re.Pattern[str] | None:
    """Return what denies in sentences of *language*, where its words are known."""
    known = table(f"{language}/questions") if language in languages() else {}
    denied = known.get("markers", {}).get("denied")
    return re.compile(denied, re.IGNORECASE) if denied else None


def _denials(text: str, language: str) -> int:
    """Return how many words of a sentence deny."""
    pattern = _denying(language)
    return len(pattern.findall(text)) if pattern else 0


def _with_copy(best: Evidence, copy: Evidence) -> Evidence:
    """Add *copy*'s header to those that *best* lists, once."""
    headers = (*best.copies, copy.passage.header, *copy.copies)
    return replace(best, copies=tuple(dict.fromkeys(headers)))
