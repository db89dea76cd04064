"""How kanji are read aloud, and how those readings are spelt in Latin letters."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise, product

from sudachipy import Dictionary, SplitMode, Tokenizer

from ingest.language.script import KANJI
from ingest.language.sounds import romaji

_WRITTEN = re.compile(f"[{KANJI}]+")
_READ = re.compile("[ァ-ヴー]+")
_LEAST = 2
"""Characters of a word whose reading says which word it is."""
_WAYS = {
    "ou": ("o", "ou", "oh"),
    "oo": ("o", "oo", "oh"),
    "uu": ("u", "uu"),
    "-": ("",),
    "M": ("m", "n"),
}
"""How a long vowel, and an n before b, m and p, are written: 大田 is Ota, Oota and Ohta."""
_LABIAL = re.compile("N(?=[bmp])")
_DOUBLE = {"c": "t", "x": "s"}
"""What doubles a consonant that is written with two letters."""
_PARTS = re.compile("ou|oo|uu|.")
_HEPBURN = {"xy": "sh", "cy": "ch", "jy": "j", "x": "sh", "c": "ch", "q": "ts", "N": "n"}
_SOUND = re.compile("|".join(_HEPBURN))

_own = threading.local()


@lru_cache(maxsize=4096)
def read_aloud(text: str) -> frozenset[str]:
    """Return how the nouns in kanji of *text* are spelt in Latin letters, alone and two by two.

    Readings are those of SudachiDict; spellings are Hepburn's, long vowels in every usual way.
    """
    if not _WRITTEN.search(text):
        return frozenset()
    words = [
        (each.surface(), each.reading_form(), each.part_of_speech()[0] in {"名詞", "接尾辞"})
        for each in _tokenizer().tokenize(text, SplitMode.C)
    ]
    known = [
        (surface, reading if noun and _WRITTEN.fullmatch(surface) else "")
        for surface, reading, noun in words
    ]
    alone = [(surface, reading) for surface, reading in known if reading]
    both = [(a + b, x + y) for (a, x), (b, y) in pairwise(known) if x and y]
    return frozenset(
        spelling
        for surface, reading in (*alone, *both)
        if len(surface) >= _LEAST and _READ.fullmatch(reading)
        for spelling in hepburn(reading)
    )


def hepburn(reading: str) -> Iterator[str]:
    """Yield the spellings of katakana: ``オオノ`` is ``ono``, ``oono`` and ``ohno``."""
    first, *doubled = map(romaji, reading.split("ッ"))
    sounds = first + "".join(_DOUBLE.get(each[:1], each[:1]) + each for each in doubled)
    ways = [_WAYS.get(part, (part,)) for part in _PARTS.findall(_LABIAL.sub("M", sounds))]
    for way in product(*ways):
        yield _SOUND.sub(lambda match: _HEPBURN[match[0]], "".join(way))


def _tokenizer() -> Tokenizer:
    """Return this thread's tokenizer; one may not be shared."""
    if not hasattr(_own, "tokenizer"):
        _own.tokenizer = _dictionary().tokenizer()
    found: Tokenizer = _own.tokenizer
    return found


@cache
def _dictionary() -> Dictionary:
    """Open SudachiDict, once: 0.1 s."""
    return Dictionary(dict="small")
