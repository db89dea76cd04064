"""Readings of kanji, their spellings in Latin letters, and countries' names in English."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import pairwise, product

from babel import Locale
from sudachipy import Dictionary, SplitMode, Tokenizer

from ingest.language.script import KANJI
from ingest.language.sounds import romaji


@cache
def english_places() -> Mapping[str, str]:
    """Return the English name of each country by its Japanese name."""
    japanese, english = Locale("ja").territories, Locale("en").territories
    return {
        unicodedata.normalize("NFKC", name): english[code]
        for code, name in japanese.items()
        if len(code) == 2 and code in english
    }


_KANJI_RUN = re.compile(f"[{KANJI}]+")
_KATAKANA_RUN = re.compile("[ァ-ヴー]+")
_MIN_CHARACTERS = 2
"""Characters of the shortest word that is identified by its reading."""
_SPELLINGS = {
    "ou": ("o", "ou", "oh"),
    "oo": ("o", "oo", "oh"),
    "uu": ("u", "uu"),
    "-": ("",),
    "M": ("m", "n"),
}
"""Spellings of long vowels, and of n before b, m and p: 大田 is Ota, Oota and Ohta."""
_LABIAL = re.compile("N(?=[bmp])")
_DOUBLE = {"c": "t", "x": "s"}
"""Letters that double a consonant of two letters."""
_PARTS = re.compile("ou|oo|uu|.")
_HEPBURN = {"xy": "sh", "cy": "ch", "jy": "j", "x": "sh", "c": "ch", "q": "ts", "N": "n"}
_SOUND = re.compile("|".join(_HEPBURN))

_thread_state = threading.local()


@lru_cache(maxsize=4096)
def read_aloud(text: str) -> frozenset[str]:
    """Return the Latin spellings of the kanji nouns in *text*, single and in pairs.

    Readings are from SudachiDict; spellings are Hepburn's, with all usual spellings of long vowels.
    """
    if not _KANJI_RUN.search(text):
        return frozenset()
    words = [
        (token.surface(), token.reading_form(), token.part_of_speech()[0] in {"名詞", "接尾辞"})
        for token in _tokenizer().tokenize(text, SplitMode.C)
    ]
    nouns = [
        (surface, reading if noun and _KANJI_RUN.fullmatch(surface) else "")
        for surface, reading, noun in words
    ]
    single_nouns = [(surface, reading) for surface, reading in nouns if reading]
    noun_pairs = [(a + b, x + y) for (a, x), (b, y) in pairwise(nouns) if x and y]
    return frozenset(
        spelling
        for surface, reading in (*single_nouns, *noun_pairs)
        if len(surface) >= _MIN_CHARACTERS and _KATAKANA_RUN.fullmatch(reading)
        for spelling in hepburn(reading)
    )


def hepburn(reading: str) -> Iterator[str]:
    """Yield the spellings of katakana: ``オオノ`` is ``ono``, ``oono`` and ``ohno``."""
    first_part, *doubled = map(romaji, reading.split("ッ"))
    sounds = first_part + "".join(_DOUBLE.get(part[:1], part[:1]) + part for part in doubled)
    options = [_SPELLINGS.get(part, (part,)) for part in _PARTS.findall(_LABIAL.sub("M", sounds))]
    for choice in product(*options):
        yield _SOUND.sub(lambda match: _HEPBURN[match[0]], "".join(choice))


def _tokenizer() -> Tokenizer:
    """Return the tokenizer of this thread, because tokenizers cannot be shared."""
    if not hasattr(_thread_state, "tokenizer"):
        _thread_state.tokenizer = _dictionary().tokenizer()
    tokenizer: Tokenizer = _thread_state.tokenizer
    return tokenizer


@cache
def _dictionary() -> Dictionary:
    """Open SudachiDict once; it takes 0.1 s."""
    return Dictionary(dict="small")
