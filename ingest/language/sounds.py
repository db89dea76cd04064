"""Foreign names in katakana, and how the same names may be spelt in Latin letters."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from ingest.language.script import KATAKANA

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
_SMALL = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "ya", "ュ": "yu", "ョ": "yo"}
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
_TOGETHER = {
    "ai": "ai|ei|i|y|igh|ay|ey|ie|ae",
    "ei": "ei|a|e|ey|ai|ay",
    "au": "au|ow|ou|aw",
    "ou": "o|ow|ou|au|oa",
}
_MUTE = {"xi", "ci", "ji", "to", "do"}
"""Syllables that may stand for a consonant alone, as every one on u may."""
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
"""Letters that a consonant may begin with."""
_ONE_LETTER = str.maketrans({"x": "sh", "c": "ch", "q": "ts", "N": "n"})
_ALIKE = str.maketrans("lcqvz", "rkkbs")
_DOUBLED = re.compile(r"(.)\1+")
_SYLLABLE = re.compile(
    "(?P<consonants>[kstnhmyrwgzdbpxcqfjv]y?)?(?P<vowels>[aiueo]{1,2})(?P<long>-?)|(?P<nasal>N)"
)
_LONG = "[aeiouyhwr]{0,2}"
_LONG_ENOUGH = 8
"""Letters of a word that nothing else sounds like, however it is spelt."""
_LIKE = 0.4
"""Least likeness of the letters; what fits the sounds may still be another word."""
RUN = re.compile(f"[{KATAKANA}ヴ]{{2,}}")


@lru_cache(maxsize=1024)
def romaji(name: str) -> str:
    """Spell katakana in Latin letters, a long vowel as ``-``: ``プーチン`` is ``pu-ciN``."""
    found: list[str] = []
    for kana in name:
        if kana in _SMALL and found and found[-1]:
            start = found[-1][:-1]
            found[-1] = start + _SMALL[kana]
        else:
            found.append(_KANA.get(kana, ""))
    return "".join(found)


@lru_cache(maxsize=1024)
def spellings(name: str) -> re.Pattern[str]:
    """Return what matches the stem of a Latin word that sounds like the katakana *name*."""
    syllables = list(_SYLLABLE.finditer(romaji(name)))
    parts = [_spelling(each, last=each is syllables[-1]) for each in syllables]
    return re.compile("".join(parts) + "e?")


def _spelling(syllable: re.Match[str], *, last: bool) -> str:
    """Return the expression for one syllable; the *last* may have lost its end to the stemmer."""
    consonants, vowels = syllable["consonants"] or syllable["nasal"] or "", syllable["vowels"] or ""
    sound = consonants + vowels
    pattern = "".join(f"(?:{_CONSONANTS[each]})" for each in consonants)
    if vowels in _TOGETHER:
        pattern += f"(?:{_TOGETHER[vowels]})"
    else:
        pattern += "".join(_VOWELS[each] for each in vowels[:-1])
        mute = sound in _MUTE or (last and vowels in {"a", "e"})
        pattern += f"(?:{_VOWELS[vowels[-1]]})?" if mute else _VOWELS.get(vowels[-1:], "")
    if syllable["long"]:
        pattern += _LONG
    return f"(?:{pattern})?" if last and sound in {"su", "zu"} else pattern


def beginnings(name: str) -> str:
    """Return the letters with which a Latin word may begin that sounds like *name*."""
    return _FIRST.get(romaji(name)[:1], "aeiouyhw")


def likeness(name: str, word: str) -> float:
    """Return how far the letters of *word* are those of *name*, from 0 to 1."""
    plain = romaji(name).replace("-", "").translate(_ONE_LETTER)
    return SequenceMatcher(None, _folded(plain), _folded(word), autojunk=False).ratio()


def _folded(word: str) -> str:
    """Write one letter for those that katakana does not tell apart, and none twice in a row."""
    return _DOUBLED.sub(r"\1", word.translate(_ALIKE))


def sounds_like(name: str, word: str) -> bool:
    """Tell whether the katakana *name* may be the Latin *word*, given as its stem."""
    if not spellings(name).fullmatch(word):
        return False
    return len(word) >= _LONG_ENOUGH or likeness(name, word) >= _LIKE
