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

WRITTEN = re.compile(f"[{KANJI}]+")
READ = re.compile("[ァ-ヴー]+")
LEAST = 2
"""Characters of a word whose reading says which word it is."""
WAYS = {
    "ou": ("o", "ou", "oh"),
    "oo": ("o", "oo", "oh"),
    "uu": ("u", "uu"),
    "-": ("",),
    "M": ("m", "n"),
}
"""How a long vowel, and an n before b, m and p, are written: 大田 is Ota, Oota and Ohta."""
LABIAL = re.compile("N(?=[bmp])")
DOUBLE = {"c": "t", "x": "s"}
"""What doubles a consonant that is written with two letters."""
PARTS = re.compile("ou|oo|uu|.")
HEPBURN = {"xy": "sh", "cy": "ch", "jy": "j", "x": "sh", "c": "ch", "q": "ts", "N": "n"}
SOUND = re.compile("|".join(HEPBURN))

_own = threading.local()


@lru_cache(maxsize=4096)
def read_aloud(text: str) -> frozenset[str]:
    """Return how the nouns in kanji of *text* are spelt in Latin letters, alone and two by two.

    Readings are those of SudachiDict; spellings are Hepburn's, long vowels in every usual way.
    """
    if not WRITTEN.search(text):
        return frozenset()
    words = [
        (each.surface(), each.reading_form(), each.part_of_speech()[0] in {"名詞", "接尾辞"})
        for each in tokenizer().tokenize(text, SplitMode.C)
    ]
    known = [
        (surface, reading if noun and WRITTEN.fullmatch(surface) else "")
        for surface, reading, noun in words
    ]
    alone = [(surface, reading) for surface, reading in known if reading]
    both = [(a + b, x + y) for (a, x), (b, y) in pairwise(known) if x and y]
    return frozenset(
        spelling
        for surface, reading in (*alone, *both)
        if len(surface) >= LEAST and READ.fullmatch(reading)
        for spelling in hepburn(reading)
    )


def hepburn(reading: str) -> Iterator[str]:
    """Yield the spellings of katakana: ``オオノ`` is ``ono``, ``oono`` and ``ohno``."""
    first, *doubled = map(romaji, reading.split("ッ"))
    sounds = first + "".join(DOUBLE.get(each[:1], each[:1]) + each for each in doubled)
    ways = [WAYS.get(part, (part,)) for part in PARTS.findall(LABIAL.sub("M", sounds))]
    for way in product(*ways):
        yield SOUND.sub(lambda match: HEPBURN[match[0]], "".join(way))


def tokenizer() -> Tokenizer:
    """Return this thread's tokenizer; one may not be shared."""
    if not hasattr(_own, "tokenizer"):
        _own.tokenizer = dictionary().tokenizer()
    found: Tokenizer = _own.tokenizer
    return found


@cache
def dictionary() -> Dictionary:
    """Open SudachiDict, once: 0.1 s."""
    return Dictionary(dict="small")
