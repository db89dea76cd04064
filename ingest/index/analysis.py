"""Cut text into the terms that words are searched by; the same for coverage and questions."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import Stemmer

from ingest.language.script import CJK

_RUN = re.compile(
    rf"(?P<cjk>[{CJK}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{CJK}][^\W_{CJK}]*)"
)
_RUN_ASCII = re.compile(r"\d+(?:[.,]\d+)*|[a-z][a-z0-9]*")
_COMBINING = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile(r"'s\b")
_PUNCTUATION = str.maketrans("‘’“”–—…", "''\"\"--.")
"""Signs that most English coverage has beyond ASCII, and their plain forms."""

_own = threading.local()


def terms(text: str) -> list[str]:
    """Return the index terms of *text*, in order: word stems, numbers and CJK bigrams.

    Text is folded by NFKC, case and accents. Latin words are stemmed by Snowball's English
    algorithm whatever their language, so that a question finds a name in coverage of another
    language; a CJK run gives its overlapping pairs of characters, a lone character itself.
    """
    plain = text.translate(_PUNCTUATION)
    if plain.isascii():
        runs = _RUN_ASCII.findall(_POSSESSIVE.sub("", plain.lower()))
        return _stems([run.replace(",", "") for run in runs])
    folded = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", plain).casefold())
    bare = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", folded)))
    found: list[str] = []
    for match in _RUN.finditer(bare):
        if run := match["cjk"]:
            found.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        elif number := match["number"]:
            found.append(number.replace(",", ""))
        else:
            found.extend(_stems([match["word"]]))
    return found


def pairs(found: Sequence[str]) -> list[str]:
    """Return each two terms that stand side by side as one: ``interest_rate``.

    What is worded alike in question and coverage shares these; words that only meet share none.
    """
    return [f"{one}_{other}" for one, other in pairwise(found)]


def _stems(words: list[str]) -> list[str]:
    """Stem *words* by this thread's stemmer; one may not be shared."""
    if not hasattr(_own, "stemmer"):
        _own.stemmer = Stemmer.Stemmer("english")
    found: list[str] = _own.stemmer.stemWords(words)
    return found
