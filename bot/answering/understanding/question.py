"""Take a question as somebody typed it."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import lru_cache

from bot.answering.model import Question
from bot.answering.understanding.talk import talk_in
from ingest.language.detecting import UNKNOWN_LANGUAGE, guessed
from ingest.language.languages import Language
from ingest.language.script import has_japanese, has_simplified
from ingest.model import Moment

CHECK, NEWS, PRIVACY = "talk_check", "talk_news", "talk_privacy"
"""Keys of what is said instead of a question and gets more than a sentence."""
LONGEST = 500
"""Characters of the longest question; Discord's own limit for the option is set to it."""
_INVISIBLE = {"Cc", "Cf", "Cs"}
_SURE, _SURE_WITH_LETTERS = 0.8, 0.4
"""How sure it must be that a question is in another language than English, and where it has letters
that English lacks; of 1,496 English questions none reached 0.7."""


class UnaskableError(ValueError):
    """There is no question, or one that is too long; ``key`` names the words that say so.

    ``language`` is that of what was said instead, where that is known, and ``topic`` what news
    are asked for of.
    """

    def __init__(self, key: str, language: Language | None = None, topic: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.language = language
        self.topic = topic


def ask(text: str, *, now: datetime, language: Language | None = None) -> Question:
    """Clean *text* and settle the language to answer in, unless it is given.

    Raises:
        UnaskableError: nothing is left, it is longer than :data:`LONGEST`, or it says hello or asks
            what is new.
    """
    visible = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text)
    clean = " ".join(visible.split())
    if not any(c.isalnum() for c in clean):
        raise UnaskableError("question_empty")
    if len(clean) > LONGEST:
        raise UnaskableError("question_too_long")
    talk = talk_in(clean)
    if talk is not None:
        raise UnaskableError(f"talk_{talk.said}", language or talk.language)
    return Question(clean, now, language or language_asked(clean))


def not_past(moment: Moment, now: datetime) -> str | None:
    """Say what is wrong with *moment* as one of the past; ``None`` if a question may go back to it.

    A day alone is none: it has many minutes, and the coverage of an election changes in each.
    """
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        return f"{moment.isoformat()} names no minute. Write a moment as 2024-11-05T23:00Z."
    if moment > now:
        return f"{moment.isoformat()} has not come yet. Leave it out for what is known now."
    return None


@lru_cache(maxsize=1024)
def language_asked(text: str) -> Language:
    """Return the language of a question that the desk speaks, English in doubt."""
    return Language.of_code(_code_of(text)) or Language.ENGLISH


def language_read(text: str) -> Language:
    """Return the language by whose words a question is read: English where its own are not."""
    asked = language_asked(text)
    return asked if asked.is_read else Language.ENGLISH


def in_unread_language(text: str) -> bool:
    """Tell whether a question is, for all that can be told, in a language that is not read."""
    code = _code_of(text)
    known = Language.of_code(code)
    return code != UNKNOWN_LANGUAGE and not (known and known.is_read)


@lru_cache(maxsize=1024)
def _code_of(text: str) -> str:
    """Return the code of a question's language where that is sure enough.

    Kanji alone are Japanese, unless some are written as in the People's Republic alone.
    """
    code, sure = guessed(text)
    if has_japanese(text) and code != Language.KOREAN:
        return str(
            Language.CHINESE
            if code == Language.CHINESE and has_simplified(text)
            else Language.JAPANESE
        )
    enough = _SURE if text.isascii() else _SURE_WITH_LETTERS
    return code if sure >= enough else UNKNOWN_LANGUAGE
