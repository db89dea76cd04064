"""Recognise questions that are declined before any search."""

from __future__ import annotations

import unicodedata

from bot.answering.model import Question, Reason
from bot.answering.understanding.lexicon import lexicon_for
from bot.answering.understanding.requests import taught_classifier
from bot.answering.understanding.small_talk import languages_of_bare_question
from ingest.embedding.memory import Meaning


def guard(question: Question) -> Reason | None:
    """Return the reason to decline *question* by its phrases, or ``None``."""
    text = unicodedata.normalize("NFKC", question.text)
    for name, pattern in lexicon_for(text).guards.items():
        if pattern.search(text):
            return Reason(name)
    return Reason.TOO_VAGUE if languages_of_bare_question(text) else None


def meaning_guard(meaning: Meaning, model: str) -> Reason | None:
    """Return the reason to decline a question by its *meaning*, or ``None``.

    It is known for the embedding *model* that the classifier was taught with; with another one
    phrases alone decline.
    """
    classifier = taught_classifier()
    if meaning.vector is None or model != classifier.model:
        return None
    return classifier.reason(meaning.vector)
