"""How alike two texts are: by the runs of words they share."""

from __future__ import annotations

import re
import unicodedata
import zlib
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest.language.script import JAPANESE

_SHINGLE = 5
_UNITS = re.compile(rf"[{JAPANESE}]|[^\W_]+")
_OF_IT = 0.75
"""Share of a paste's runs of words that stand in the page of which it is said to be."""
_WINDOW = timedelta(days=7)
"""Two texts further apart in time are two stories, however alike."""
_MARKS = 24
"""Smallest hashes kept of a text; two texts share of them what they share of all shingles."""

_ROLL = np.uint64(0x9E3779B97F4A7C15)
"""An odd multiplier near 2⁶⁴ divided by the golden ratio."""

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """Cut *text* into overlapping runs of five words (of five characters in CJK text)."""
    words = units(text)
    return frozenset(zip(*(words[i:] for i in range(_SHINGLE)), strict=False))


def units(text: str) -> list[str]:
    """Return the words of *text*, and in CJK text its characters, whatever their width or case."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _UNITS.findall(plain.casefold())


def containment(one: Shingles, other: Shingles) -> float:
    """Return the share of the smaller set that stands in the larger one."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def has_text_of(text: str, pasted: str) -> bool:
    """Tell whether *text* holds nearly all that somebody pasted as being of it."""
    own = shingles(pasted)
    return bool(own) and len(own & shingles(text)) >= _OF_IT * len(own)


def resemblance(one: Shingles, other: Shingles) -> float:
    """Return the share of both sets that both have (Jaccard)."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def near_in_time(one: date | None, other: date | None) -> bool:
    """Tell whether texts of two days may carry one story: within a week, or a day unknown."""
    return one is None or other is None or abs(one - other) <= _WINDOW


def sketch(text: str) -> list[int]:
    """Return the :data:`_MARKS` smallest 63-bit hashes of *text*'s shingles (bottom-k sketch).

    Broder, "On the resemblance and containment of documents" (1997); the hashes are words' CRCs,
    rolled together and mixed by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    """
    words = units(text)
    count = len(words) - _SHINGLE + 1
    if count < 1:
        return []
    code = {word: zlib.crc32(word.encode()) for word in set(words)}
    codes = np.fromiter(map(code.__getitem__, words), np.uint64, len(words))
    runs = np.zeros(count, np.uint64)
    for at in range(_SHINGLE):
        runs = runs * _ROLL + codes[at : at + count]
    smallest: list[int] = np.unique(_mixed(runs) >> np.uint64(1))[:_MARKS].tolist()
    return smallest


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread *values* evenly over 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
