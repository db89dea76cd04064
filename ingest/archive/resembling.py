"""Whether what a page says now can be a version of what it said before."""

from __future__ import annotations

from itertools import pairwise

from ingest.likeness import containment, shingles, units
from ingest.model import Extract

_KEPT = 0.15
"""Share of the shorter text's runs of words that both have where one is a version of the other."""
_WORDS = 0.3
"""Share of the new text's words that stood in the old one where it tells of the same thing."""
_TITLES = 0.5
"""Share of the shorter title's words that both have where they name the same."""
_SHRUNK = 0.4
"""Share of the old text's length below which a new one is a stub of it."""
_LONG = 250
"""Characters from which a text can shrink to a stub."""
_WORD = 3
"""Letters of a word that tells what a text is about; characters of CJK text count alone."""


def unlike(before: Extract, after: Extract) -> str | None:
    """Say why *after* is not to be believed as the next version; ``None`` where it may be."""
    old, new = len(before.text), len(after.text)
    if old >= _LONG and new < _SHRUNK * old and not after.corrections:
        return f"holds {new} characters where it held {old}"
    if _same_title(before.header.title, after.header.title):
        return None
    if containment(shingles(before.text), shingles(after.text)) >= _KEPT:
        return None
    one, other = _words(before.text), _words(after.text)
    if other and len(one & other) < _WORDS * len(other):
        return f"has another title (“{after.header.title[:80]}”) and another text"
    return None


def _same_title(one: str, other: str) -> bool:
    """Tell whether two titles share most words of the shorter one."""
    first, second = set(units(one)), set(units(other))
    least = min(len(first), len(second))
    return bool(least) and len(first & second) >= _TITLES * least


def _words(text: str) -> set[str]:
    """Return the words that tell what a text is about, and pairs of characters in CJK text."""
    found = units(text)
    pairs = {a + b for a, b in pairwise(found) if not (a + b).isascii()}
    return {word for word in found if len(word) > _WORD} | pairs
