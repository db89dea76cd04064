"""Similarity of two texts by the runs of words they share."""

from __future__ import annotations

import re
import unicodedata
import zlib
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ingest.language.limits import SIMILARITY
from ingest.language.script import JAPANESE

_UNITS = re.compile(rf"[{JAPANESE}]|[^\W_]+")

_ROLL = np.uint64(0x9E3779B97F4A7C15)
"""An odd multiplier near 2⁶⁴ divided by the golden ratio."""

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """Return the overlapping runs of five words of *text* (five characters in CJK text)."""
    words = units(text)
    return frozenset(zip(*(words[i:] for i in range(SIMILARITY.shingle_words)), strict=False))


def units(text: str) -> list[str]:
    """Return the words of *text*, and its characters in CJK text, normalised in width and case."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _UNITS.findall(plain.casefold())


def containment(shingle_set: Shingles, other_set: Shingles) -> float:
    """Return the share of the smaller set that is in the larger one."""
    smaller = min(len(shingle_set), len(other_set))
    return len(shingle_set & other_set) / smaller if smaller else 0.0


def has_text_of(text: str, pasted: str) -> bool:
    """Return True if *text* contains nearly all of the *pasted* text."""
    paste_shingles = shingles(pasted)
    return bool(paste_shingles) and len(
        paste_shingles & shingles(text)
    ) >= SIMILARITY.paste_share * len(paste_shingles)


def resemblance(shingle_set: Shingles, other_set: Shingles) -> float:
    """Return the share of both sets that they have in common (Jaccard)."""
    union = len(shingle_set | other_set)
    return len(shingle_set & other_set) / union if union else 0.0


def near_in_time(day: date | None, other_day: date | None) -> bool:
    """Return True if two days are at most a week apart, or one is unknown."""
    return day is None or other_day is None or abs(day - other_day) <= SIMILARITY.story_time


def sketch(text: str) -> list[int]:
    """Return the ``SIMILARITY.marks`` smallest 63-bit hashes of a text's shingles: a sketch.

    Broder, "On the resemblance and containment of documents" (1997); the hashes are words' CRCs,
    rolled together and mixed by the finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    """
    words = units(text)
    count = len(words) - SIMILARITY.shingle_words + 1
    if count < 1:
        return []
    code = {word: zlib.crc32(word.encode()) for word in set(words)}
    codes = np.fromiter(map(code.__getitem__, words), np.uint64, len(words))
    runs = np.zeros(count, np.uint64)
    for offset in range(SIMILARITY.shingle_words):
        runs = runs * _ROLL + codes[offset : offset + count]
    smallest: list[int] = np.unique(_mix_bits(runs) >> np.uint64(1))[: SIMILARITY.marks].tolist()
    return smallest


def _mix_bits(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Distribute *values* evenly over 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
