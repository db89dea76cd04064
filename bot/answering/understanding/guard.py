"""Recognise questions that are declined before any search."""

from __future__ import annotations

import unicodedata

from bot.answering.model import Question, Reason
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.small_talk import languages_of_bare_question


def guard(question: Question) -> Reason | None:
    """Return the reason to decline *question* by its phrases, or ``None``."""
    text = unicodedata.normalize("NFKC", question.text)
    for name, pattern in lexicon_for(text).guards.items():
        if pattern.search(text):
            return Reason(name)
    return Reason.TOO_VAGUE if languages_of_bare_question(text) else None
