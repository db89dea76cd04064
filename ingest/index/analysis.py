"""Splitting of text into search terms; the same for coverage and questions."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import Stemmer

from ingest.index.limits import PASSAGES
from ingest.language.script import CJK

_RUN = re.compile(
    rf"(?P<cjk>[{CJK}]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<word>[^\W\d_{CJK}][^\W_{CJK}]*)"
)
_RUN_ASCII = re.compile(r"\d+(?:[.,]\d+)*|[a-z][a-z0-9]*")
_COMBINING = re.compile("[\u0300-\u036f]")
_POSSESSIVE = re.compile(r"'s\b")
_PUNCTUATION = str.maketrans("‘’“”–—…", "''\"\"--.")
"""Typographic characters of English coverage, and their ASCII forms."""

_thread = threading.local()


def terms(text: str) -> list[str]:
    """Return the index terms of *text*, in order: word stems, numbers and CJK bigrams.

    Text is folded by NFKC, case and accents. Latin words are stemmed by Snowball's English
    algorithm in every language, so that a question finds a name in coverage of another language;
    a CJK run gives its overlapping pairs of characters, a single character gives itself.
    """
    plain = text.translate(_PUNCTUATION)
    if plain.isascii():
        runs = _RUN_ASCII.findall(_POSSESSIVE.sub("", plain.lower()))
        return _stems([run.replace(",", "") for run in runs])
    folded = _POSSESSIVE.sub("", unicodedata.normalize("NFKC", plain).casefold())
    bare = unicodedata.normalize("NFC", _COMBINING.sub("", unicodedata.normalize("NFD", folded)))
    index_terms: list[str] = []
    for match in _RUN.finditer(bare):
        if run := match["cjk"]:
            index_terms.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        elif number := match["number"]:
            index_terms.append(number.replace(",", ""))
        else:
            index_terms.extend(_stems([match["word"]]))
    return index_terms


def pairs(index_terms: Sequence[str]) -> list[str]:
    """Return each two adjacent terms as one term: ``interest_rate``.

    A question and a passage with the same wording share pairs; the same words apart share none.
    """
    return [f"{term}_{following}" for term, following in pairwise(index_terms)]


def _stems(words: list[str]) -> list[str]:
    """Stem *words* with the stemmer of this thread; a stemmer is not thread-safe."""
    if not hasattr(_thread, "stemmer"):
        _thread.stemmer = Stemmer.Stemmer("english", PASSAGES.stems_cached)
    stems: list[str] = _thread.stemmer.stemWords(words)
    return stems
