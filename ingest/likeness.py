"""How alike two texts are: by the runs of words they share."""

from __future__ import annotations

import hashlib
import heapq
import re
import unicodedata
from datetime import date, timedelta

SHINGLE = 5
UNITS = re.compile(r"[぀-ヿ㐀-鿿]|[^\W_]+")
WINDOW = timedelta(days=7)
"""Two texts further apart in time are two stories, however alike."""
MARKS = 24
"""Smallest hashes kept of a text; two texts share of them what they share of all shingles."""

Shingles = frozenset[tuple[str, ...]]


def shingles(text: str) -> Shingles:
    """Cut *text* into overlapping runs of five words (of five characters in CJK text)."""
    units = UNITS.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(zip(*(units[i:] for i in range(SHINGLE)), strict=False))


def containment(one: Shingles, other: Shingles) -> float:
    """Return the share of the smaller set that stands in the larger one."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def resemblance(one: Shingles, other: Shingles) -> float:
    """Return the share of both sets that both have (Jaccard)."""
    either = len(one | other)
    return len(one & other) / either if either else 0.0


def near_in_time(one: date | None, other: date | None) -> bool:
    """Tell whether texts of two days may carry one story: within a week, or a day unknown."""
    return one is None or other is None or abs(one - other) <= WINDOW


def marks(text: str) -> list[int]:
    """Return the :data:`MARKS` smallest 63-bit hashes of *text*'s shingles (bottom-k sketch).

    Broder, "On the resemblance and containment of documents" (1997).
    """
    hashed = {
        int.from_bytes(hashlib.blake2b(" ".join(run).encode(), digest_size=8).digest()) >> 1
        for run in shingles(text)
    }
    return heapq.nsmallest(MARKS, hashed)
