"""The script of a text: the two kinds that share no words, so that neither crowds out the other."""

from __future__ import annotations

import re
from enum import StrEnum

KANA = "぀-ヿ"
KATAKANA = "ァ-ヴー"
KANJI = "㐀-鿿豈-﫿々〆〇"
HANGUL = "가-힯"
JAPANESE = KANA + KANJI
CJK = JAPANESE + HANGUL
"""Ranges for the inside of a character class."""

has_japanese = re.compile(f"[{JAPANESE}]").search
has_cjk = re.compile(f"[{CJK}]").search
_KANJI = re.compile(f"[{KANJI}]")
_KANA_OR_HANGUL = re.compile(f"[{KANA}{HANGUL}]")
EAST_ASIAN = re.compile(f"[{CJK}]")
LETTER = re.compile(r"[^\W\d_]")
_SHARE = 0.2
"""Share of East Asian letters from which a text is in that script; names in it are fewer."""


class Script(StrEnum):
    """Alphabets, whose words are told by spaces, or Chinese, Japanese and Korean writing."""

    ALPHABETIC = "alphabetic"
    EAST_ASIAN = "east-asian"

    @classmethod
    def of_question(cls, text: str) -> Script:
        """Return the script of a question; a foreign name in a Japanese one changes nothing."""
        return cls.EAST_ASIAN if EAST_ASIAN.search(text) else cls.ALPHABETIC

    @classmethod
    def of_text(cls, text: str) -> Script:
        """Return the script that most of *text* is in."""
        if text.isascii() or not EAST_ASIAN.search(text):
            return cls.ALPHABETIC
        many = len(EAST_ASIAN.findall(text)) >= _SHARE * len(LETTER.findall(text))
        return cls.EAST_ASIAN if many else cls.ALPHABETIC

    @property
    def other(self) -> Script:
        """Return the script that this is not."""
        return Script.ALPHABETIC if self is Script.EAST_ASIAN else Script.EAST_ASIAN


def has_kanji_alone(text: str) -> bool:
    """Tell whether *text* may be Chinese or Japanese: it has such signs, and no kana or hangul."""
    return bool(_KANJI.search(text)) and not _KANA_OR_HANGUL.search(text)


def has_simplified(text: str) -> bool:
    """Tell whether *text* has signs of simplified Chinese: those that Japan's JIS X 0208 lacks."""
    signs = "".join(_KANJI.findall(text))
    return signs.encode("shift_jis", "ignore").decode("shift_jis") != signs
