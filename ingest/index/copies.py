"""Detection of copies of one story in several outlets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache, lru_cache

from ingest.index.cutting import sentences
from ingest.index.limits import COPIES
from ingest.language.as_english import plain_english
from ingest.language.dates import days_in, weekdays_in
from ingest.language.languages import languages, phrase_pattern, table
from ingest.language.names import names_in
from ingest.language.numbers import figures_in
from ingest.language.similarity import Shingles, containment, near_in_time, shingles, units
from ingest.model import Evidence


def collapse(ranked: Sequence[Evidence]) -> list[Evidence]:
    """Merge copies of a story into the best ranked passage, with the headers of the copies."""
    merged: list[Evidence] = []
    grams_of: list[Shingles] = []
    for evidence in ranked:
        grams = shingles(evidence.passage.text)
        position = next(
            (
                i
                for i, best in enumerate(merged)
                if near_in_time(best.passage.header.day, evidence.passage.header.day)
                and best.passage.article_id != evidence.passage.article_id
                and containment(grams_of[i], grams) >= COPIES.containment
                and not _differ(
                    best.passage.text, evidence.passage.text, best.passage.header.language
                )
            ),
            None,
        )
        if position is None:
            merged.append(evidence)
            grams_of.append(grams)
        else:
            merged[position] = _with_copy(merged[position], evidence)
    return merged


@lru_cache(maxsize=1024)
def _differ(text: str, copy: str, language: str) -> bool:
    """Return True if a sentence that two passages share is altered in one of them."""
    sentence_lists = [
        [version[span.start : span.end] for span in sentences(version, language)]
        for version in (text, copy)
    ]
    copy_only = [text for text in sentence_lists[1] if text not in sentence_lists[0]]
    return any(
        altered(sentence, reworded, language)
        for sentence in sentence_lists[0]
        if sentence not in sentence_lists[1]
        for reworded in copy_only
    )


def altered(sentence: str, reworded: str, language: str) -> bool:
    """Return True if two wordings of one sentence give other figures, names or denials."""
    if sentence == reworded or not _one_statement(sentence, reworded):
        return False
    plain, plain_reworded = (
        plain_english(text[: COPIES.sentence_characters], language) for text in (sentence, reworded)
    )
    if _negation_count(sentence, language) != _negation_count(reworded, language):
        return True
    if _exchanged(_figures(plain), _figures(plain_reworded)):
        return True
    return _exchanged_names(_undated(plain), _undated(plain_reworded))


def _one_statement(sentence: str, reworded: str) -> bool:
    """Return True if two sentences share most of their words."""
    words, reworded_words = (
        Counter(units(sentence[: COPIES.sentence_characters])),
        Counter(units(reworded[: COPIES.sentence_characters])),
    )
    longer = max(words.total(), reworded_words.total())
    return longer > 0 and (words & reworded_words).total() >= COPIES.shared_words * longer


def _figures(text: str) -> list[tuple[str, str]]:
    """Return the figures of a sentence in order, each with its kind."""
    return [(figure.kind, str(figure.value.normalize())) for figure in figures_in(text)]


def _exchanged(items: Sequence[object], other_items: Sequence[object]) -> bool:
    """Return True if both lists have an item that the other lacks, or the order differs."""
    counts, reworded_counts = Counter(items), Counter(other_items)
    if counts == reworded_counts:
        return items != other_items
    return bool(counts - reworded_counts) and bool(reworded_counts - counts)


def _exchanged_names(sentence: str, reworded: str) -> bool:
    """Return True if each of two sentences has a name that the other lacks in any spelling."""
    names, reworded_names = _names_only_in(sentence, reworded), _names_only_in(reworded, sentence)
    alike = (
        SequenceMatcher(None, a, b).ratio() >= COPIES.spelling_ratio
        for a in names
        for b in reworded_names
    )
    return bool(names and reworded_names) and not any(alike)


def _names_only_in(text: str, other_text: str) -> list[str]:
    """Return the last words of the names of *text* that *other_text* does not have.

    Only the last word counts: two people may share a first name, and one person may be named
    without it or with a title.
    """
    words = set(units(other_text))
    last_words = (name.split()[-1] for name in names_in(text))
    return [word for word in last_words if words.isdisjoint(units(word))]


def _undated(text: str) -> str:
    """Return *text* with its dates blanked: copies turn weekdays into dates."""
    days = [(day.start, day.end) for day in days_in(text)]
    for start, end in (*days, *((start, end) for _, start, end in weekdays_in(text))):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text


@cache
def _negation_pattern(language: str) -> re.Pattern[str] | None:
    """Return the pattern of negation words in *language*, or None if there is none."""
    word_table = table(f"{language}/questions") if language in languages() else {}
    pattern = word_table.get("markers", {}).get("denied")
    return phrase_pattern([pattern]) if pattern else None


def _negation_count(text: str, language: str) -> int:
    """Return the number of negation words in a sentence."""
    pattern = _negation_pattern(language)
    return len(pattern.findall(text)) if pattern else 0


def _with_copy(best: Evidence, copy: Evidence) -> Evidence:
    """Add *copy*'s header to those that *best* lists, once."""
    headers = (*best.copies, copy.passage.header, *copy.copies)
    return replace(best, copies=tuple(dict.fromkeys(headers)))
