"""Spellings of Japanese names in Latin letters: katakana, readings of kanji, and countries."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import groupby, pairwise, product

from babel import Locale
from sudachipy import Dictionary, SplitMode, Tokenizer

from ingest.language.limits import FORMS
from ingest.language.script import KATAKANA, Kanji

_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サ*スセソ",
    "t": "タ**テト",
    "n": "ナニヌネノ",
    "h": "ハヒ*ヘホ",
    "m": "マミムメモ",
    "y": "ヤ*ユ*ヨ",
    "r": "ラリルレロ",
    "w": "ワ***ヲ",
    "g": "ガギグゲゴ",
    "z": "ザ*ズゼゾ",
    "d": "ダ**デド",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "x": "*シ***",
    "c": "*チ***",
    "q": "**ツ**",
    "f": "**フ**",
    "j": "*ジ***",
    "v": "**ヴ**",
}
"""Each consonant with a, i, u, e, o; x is sh, c is ch and q is ts."""
_KANA = {
    kana: row + vowel
    for row, five in _ROWS.items()
    for kana, vowel in zip(five, "aiueo", strict=True)
    if kana != "*"
}
_KANA |= {"ヂ": "ji", "ヅ": "zu", "ン": "N", "ッ": "", "ー": "-"}
_SMALL_KANA = {
    "ァ": "a",
    "ィ": "i",
    "ゥ": "u",
    "ェ": "e",
    "ォ": "o",
    "ャ": "ya",
    "ュ": "yu",
    "ョ": "yo",
}
_CONSONANTS = {
    "k": "c[hck]?|k[hk]?|q|x",
    "s": "s[szc]?|c|z|th|ts|x",
    "t": "tt?h?|th|dt",
    "n": "nn?|kn",
    "h": "h|wh|j|kh|x",
    "m": "mm?",
    "y": "[yij]?",
    "r": "rr?|ll?|rh|wr",
    "w": "[wuov]?",
    "g": "gg?|gh|gu",
    "z": "z|s[sz]?|th|[dt]s|dz|x",
    "d": "dd?|th|dt",
    "b": "bb?|v",
    "p": "pp?",
    "x": "sh|sch|ss?|c[ih]?|t|th|x",
    "c": "ch|tch|tt?|cz?",
    "q": "t?zz?|t?s|tt?|ds",
    "f": "ff?|ph|h|v",
    "j": "j|d?g|zh?|d[iyj]?|s",
    "v": "v|w|f|b",
    "N": "nn?|mm?|ng",
}
_VOWELS = {
    "a": "[aeou]h?",
    "i": "[iyeaj]{1,2}",
    "u": "[ouwey]{0,2}",
    "e": "[aeiy]{1,2}",
    "o": "[oauwhe]{1,2}",
}
_VOWEL_PAIRS = {
    "ai": "ai|ei|i|y|igh|ay|ey|ie|ae",
    "ei": "ei|a|e|ey|ai|ay",
    "au": "au|ow|ou|aw",
    "ou": "o|ow|ou|au|oa",
}
_MUTE = {"xi", "ci", "ji", "to", "do"}
"""Syllables that can represent only a consonant, as every syllable with u can."""
_FIRST = {
    "k": "ckqx",
    "s": "sczt",
    "t": "td",
    "n": "nk",
    "h": "hwjkx",
    "m": "m",
    "y": "yij",
    "r": "rlw",
    "w": "wuov",
    "g": "g",
    "z": "zstdx",
    "d": "dt",
    "b": "bv",
    "p": "p",
    "x": "sctx",
    "c": "tc",
    "q": "tzsd",
    "f": "fphv",
    "j": "jgzds",
    "v": "vwfb",
    "N": "n",
}
"""Latin letters that the spelling of a consonant can begin with."""
_LETTER_TO_SOUND = str.maketrans({"x": "sh", "c": "ch", "q": "ts", "N": "n"})
_SIMILAR_LETTERS = str.maketrans("lcqvz", "rkkbs")
_SYLLABLE = re.compile(
    "(?P<consonants>[kstnhmyrwgzdbpxcqfjv]y?)?(?P<vowels>[aiueo]{1,2})(?P<long>-?)|(?P<nasal>N)"
)
_LONG = "[aeiouyhwr]{0,2}"
RUN = re.compile(f"[{KATAKANA}]{{2,}}")
_SPELLINGS = {
    "ou": ("o", "ou", "oh"),
    "oo": ("o", "oo", "oh"),
    "uu": ("u", "uu"),
    "-": ("",),
    **{f"N{labial}": (f"m{labial}", f"n{labial}") for labial in "bmp"},
}
"""Spellings of long vowels, and of n before b, m and p: 大田 is Ota, Oota and Ohta."""
_DOUBLE = {"c": "t", "x": "s"}
"""Letters that double a consonant of two letters."""
_PARTS = re.compile("ou|oo|uu|N[bmp]|.")
_HEPBURN = {"xy": "sh", "cy": "ch", "jy": "j", "x": "sh", "c": "ch", "q": "ts", "N": "n"}
_SOUND = re.compile("|".join(_HEPBURN))
_thread_state = threading.local()


@lru_cache(maxsize=1024)
def romaji(name: str) -> str:
    """Return katakana in Latin letters, with a long vowel as ``-``: ``プーチン`` is ``pu-ciN``."""
    syllables: list[str] = []
    for kana in name:
        if kana in _SMALL_KANA and syllables and syllables[-1]:
            start = syllables[-1][:-1]
            syllables[-1] = start + _SMALL_KANA[kana]
        else:
            syllables.append(_KANA.get(kana, ""))
    return "".join(syllables)


@lru_cache(maxsize=1024)
def spellings(name: str) -> re.Pattern[str]:
    """Return a pattern for the stems of Latin words that sound like the katakana *name*."""
    syllables = list(_SYLLABLE.finditer(romaji(name)))
    parts = [_spelling(syllable, is_last=syllable is syllables[-1]) for syllable in syllables]
    return re.compile("".join(parts) + "e?")


def _spelling(syllable: re.Match[str], *, is_last: bool) -> str:
    """Return the pattern of one syllable; the stemmer may have cut the end of the *is_last* one."""
    consonants, vowels = syllable["consonants"] or syllable["nasal"] or "", syllable["vowels"] or ""
    sound = consonants + vowels
    pattern = "".join(f"(?:{_CONSONANTS[letter]})" for letter in consonants)
    if vowels in _VOWEL_PAIRS:
        pattern += f"(?:{_VOWEL_PAIRS[vowels]})"
    else:
        pattern += "".join(_VOWELS[letter] for letter in vowels[:-1])
        is_mute = sound in _MUTE or (is_last and vowels in {"a", "e"})
        pattern += f"(?:{_VOWELS[vowels[-1]]})?" if is_mute else _VOWELS.get(vowels[-1:], "")
    if syllable["long"]:
        pattern += _LONG
    return f"(?:{pattern})?" if is_last and sound in {"su", "zu"} else pattern


def beginnings(name: str) -> str:
    """Return the first letters that a Latin word with the sound of *name* can have."""
    return _FIRST.get(romaji(name)[:1], "aeiouyhw")


def likeness(name: str, word: str) -> float:
    """Return the similarity of the letters of *word* and *name*, from 0 to 1."""
    letters = romaji(name).replace("-", "").translate(_LETTER_TO_SOUND)
    return SequenceMatcher(None, _fold(letters), _fold(word), autojunk=False).ratio()


def _fold(word: str) -> str:
    """Return *word* with one letter for similar ones in katakana, and without doubled letters."""
    return "".join(letter for letter, _ in groupby(word.translate(_SIMILAR_LETTERS)))


def sounds_like(name: str, word: str) -> bool:
    """Return True if the katakana *name* can be the Latin *word*, given as its stem."""
    if not spellings(name).fullmatch(word):
        return False
    return len(word) >= FORMS.unique_letters or likeness(name, word) >= FORMS.letter_similarity


@cache
def english_places() -> Mapping[str, str]:
    """Return the English name of each country by its Japanese name."""
    japanese, english = Locale("ja").territories, Locale("en").territories
    return {
        unicodedata.normalize("NFKC", name): english[code]
        for code, name in japanese.items()
        if len(code) == 2 and code in english
    }


@lru_cache(maxsize=4096)
def read_aloud(text: str) -> frozenset[str]:
    """Return the Latin spellings of the kanji nouns in *text*, single and in pairs.

    Readings are from SudachiDict; spellings are Hepburn's, with all usual spellings of long vowels.
    """
    if not Kanji.of(text).characters:
        return frozenset()
    words = [
        (token.surface(), token.reading_form(), token.part_of_speech()[0] in {"名詞", "接尾辞"})
        for token in _tokenizer().tokenize(text, SplitMode.C)
    ]
    nouns = [
        (surface, reading if noun and Kanji.of(surface).characters == surface else "")
        for surface, reading, noun in words
    ]
    single_nouns = [(surface, reading) for surface, reading in nouns if reading]
    noun_pairs = [(a + b, x + y) for (a, x), (b, y) in pairwise(nouns) if x and y]
    return frozenset(
        spelling
        for surface, reading in (*single_nouns, *noun_pairs)
        if len(surface) >= FORMS.read_characters and RUN.fullmatch(reading)
        for spelling in hepburn(reading)
    )


def hepburn(reading: str) -> Iterator[str]:
    """Yield the spellings of katakana: ``オオノ`` is ``ono``, ``oono`` and ``ohno``."""
    first_part, *doubled = map(romaji, reading.split("ッ"))
    sounds = first_part + "".join(_DOUBLE.get(part[:1], part[:1]) + part for part in doubled)
    options = [_SPELLINGS.get(part, (part,)) for part in _PARTS.findall(sounds)]
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
