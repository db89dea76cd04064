"""Decide if a page's new text can be a version of its old text."""

from __future__ import annotations

from itertools import pairwise

from ingest.language.similarity import containment, shingles, units
from ingest.model import Extract

_SHARED_RUNS = 0.15
"""Minimum share of the shorter text's word runs that two versions of one text have in common."""
_SHARED_WORDS = 0.3
"""Minimum share of the new text's words that occur in the old one if the subject is the same."""
_SHARED_TITLE_WORDS = 0.5
"""Minimum share of the shorter title's words that two titles of one article have in common."""
_STUB_LENGTH = 0.4
"""Share of the old text's length below which the new text is a stub."""
_LONG_CHARACTERS = 250
"""Length in characters from which a text can shrink to a stub."""
_SHORT_WORD_LETTERS = 3
"""Longest word that is ignored in comparing contents; CJK characters are compared in pairs."""


def mismatch_reason(before: Extract, after: Extract) -> str | None:
    """Return the reason why *after* cannot be the next version of *before*, or None."""
    old, new = len(before.text), len(after.text)
    if old >= _LONG_CHARACTERS and new < _STUB_LENGTH * old and not after.corrections:
        return f"holds {new} characters where it held {old}"
    if _same_title(before.header.title, after.header.title):
        return None
    if containment(shingles(before.text), shingles(after.text)) >= _SHARED_RUNS:
        return None
    old_words, new_words = _content_words(before.text), _content_words(after.text)
    if new_words and len(old_words & new_words) < _SHARED_WORDS * len(new_words):
        return f"has another title (“{after.header.title[:80]}”) and another text"
    return None


def _same_title(title: str, other_title: str) -> bool:
    """Return True if two titles share most words of the shorter one."""
    words, other_words = set(units(title)), set(units(other_title))
    shorter = min(len(words), len(other_words))
    return bool(shorter) and len(words & other_words) >= _SHARED_TITLE_WORDS * shorter


def _content_words(text: str) -> set[str]:
    """Return the long words of a text, and pairs of characters in CJK text."""
    words = units(text)
    pairs = {a + b for a, b in pairwise(words) if not (a + b).isascii()}
    return {word for word in words if len(word) > _SHORT_WORD_LETTERS} | pairs
