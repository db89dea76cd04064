"""The script of a text: the two kinds that share no words, so that neither crowds out the other."""

from __future__ import annotations

import re
from enum import StrEnum

from ingest.model import Passage

EAST_ASIAN = re.compile(r"[぀-ヿ㐀-鿿가-힯]")
LETTER = re.compile(r"[^\W\d_]")
SHARE = 0.2
"""Share of East Asian letters from which a passage is in that script; names in it are fewer."""


class Script(StrEnum):
    """Alphabets, whose words are told by spaces, or Chinese, Japanese and Korean writing."""

    ALPHABETIC = "alphabetic"
    EAST_ASIAN = "east-asian"

    @classmethod
    def of_question(cls, text: str) -> Script:
        """Return the script of a question; a foreign name in a Japanese one changes nothing."""
        return cls.EAST_ASIAN if EAST_ASIAN.search(text) else cls.ALPHABETIC

    @classmethod
    def of(cls, passage: Passage) -> Script:
        """Return the script that most of a passage is in."""
        return cls.of_text(passage.text)

    @classmethod
    def of_text(cls, text: str) -> Script:
        """Return the script that most of *text* is in."""
        if text.isascii() or not EAST_ASIAN.search(text):
            return cls.ALPHABETIC
        many = len(EAST_ASIAN.findall(text)) >= SHARE * len(LETTER.findall(text))
        return cls.EAST_ASIAN if many else cls.ALPHABETIC

    @property
    def other(self) -> Script:
        """Return the script that this is not."""
        return Script.ALPHABETIC if self is Script.EAST_ASIAN else Script.EAST_ASIAN
