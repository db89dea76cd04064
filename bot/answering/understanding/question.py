"""Turn the text of a message into a question: clean it, and detect its language."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache, lru_cache

from bot.answering.limits import QUESTIONS
from bot.answering.understanding.small_talk import (
    follow_request_in,
    languages_of_bare_question,
    languages_of_small_talk,
    small_talk_in,
)
from bot.answering.values import Question, UnaskableError
from ingest.language.languages import Language, languages, table
from ingest.language.script import UNKNOWN_LANGUAGE, Kanji, guessed, has_japanese, has_kanji_alone
from ingest.model import Moment

CHECK, NEWS, PRIVACY = "talk_check", "talk_news", "talk_privacy"
"""Catalogue keys of small talk that is answered with more than a sentence."""
_INVISIBLE = {"Cc", "Cf", "Cs"}

_WORD = re.compile(r"[^\W\d_]+")
_KANJI_LANGUAGES = frozenset({Language.CHINESE, Language.TRADITIONAL_CHINESE, Language.JAPANESE})
_CHINESE_CODES = frozenset({"zh", "yue", "wuu"})


def ask(text: str, *, now: datetime, language: Language | None = None) -> Question:
    """Return the question in *text*, cleaned; detect its *language* unless it is given.

    Raises:
        UnaskableError: the text is empty, longer than ``QUESTIONS.characters``, or small talk.
    """
    visible = "".join(" " if unicodedata.category(c) in _INVISIBLE else c for c in text)
    clean = " ".join(visible.split())
    if not any(c.isalnum() for c in clean):
        raise UnaskableError("question_empty")
    if len(clean) > QUESTIONS.characters:
        raise UnaskableError("question_too_long")
    small_talk = small_talk_in(clean) or follow_request_in(clean)
    if small_talk is not None:
        raise UnaskableError(f"talk_{small_talk.kind}", language or small_talk.language)
    return Question(clean, now, language or language_asked(clean))


def not_past(moment: Moment, now: datetime) -> str | None:
    """Return the reason why *moment* is not in the past; ``None`` if it is.

    A day without a time is refused: the coverage of an election changes every minute.
    """
    if not isinstance(moment, datetime):
        return f"{moment.isoformat()} names no minute. Write a moment as 2024-11-05T23:00Z."
    if moment.tzinfo is None:
        time = moment.isoformat(timespec="minutes")
        return f"{time} has no time zone. Write a moment as 2024-11-05T23:00Z."
    if moment > now:
        return f"{moment.isoformat()} has not come yet. Leave it out for what is known now."
    return None


@lru_cache(maxsize=1024)
def language_asked(text: str) -> Language:
    """Return the language of a question among those that the desk speaks, by default English."""
    if bare_in := languages_of_bare_question(text):
        return bare_in[0]
    return Language.of_code(_code_of(text)) or Language.ENGLISH


def may_be_in(language: Language, text: str) -> bool:
    """Return True if *text* is likely in *language*, given that whoever wrote it reads that.

    A phrase that the desk knows is in the languages that have it, whatever it looks like.
    """
    if known_in := {*languages_of_bare_question(text), *languages_of_small_talk(text)}:
        return language in known_in
    if has_kanji_alone(text):
        return language in _KANJI_LANGUAGES
    return guessed(text)[0] == language


def language_read(text: str) -> Language:
    """Return the language whose words interpret a question; English if it has no word lists."""
    language = language_asked(text)
    return language if language.is_read else Language.ENGLISH


def in_unread_language(text: str) -> bool:
    """Return True if a question is in a detected language without word lists."""
    code = _code_of(text)
    language = Language.of_code(code)
    return code != UNKNOWN_LANGUAGE and not (language and language.is_read)


def asked_in_english(text: str) -> bool:
    """Return True if a question is in English, or in no language that is detected."""
    return language_asked(text) is Language.ENGLISH and not in_unread_language(text)


@lru_cache(maxsize=1024)
def _code_of(text: str) -> str:
    """Return the language code of a question if the detection is confident enough.

    Text in kanji alone is Chinese or Japanese, see :func:`_kanji_language`. Letters of full width
    are those of half width: the detector takes them for Chinese.
    """
    text = unicodedata.normalize("NFKC", text)
    code, confidence = guessed(text)
    if _is_cantonese(text):
        return str(Language.TRADITIONAL_CHINESE)
    if has_kanji_alone(text):
        return str(_kanji_language(Kanji.of(text), code, confidence))
    if has_japanese(text) and code != Language.KOREAN:
        return str(Language.JAPANESE)
    threshold = QUESTIONS.language_confidence if text.isascii() else QUESTIONS.non_ascii_confidence
    return code if confidence >= threshold else _language_of_stopwords(text, code)


def _is_cantonese(text: str) -> bool:
    """Return True if *text* has a word that is written in Cantonese alone.

    A single character does only if Japanese lacks it, as it does 咗, but not 係.
    """
    return has_kanji_alone(text) and any(
        spoken in text
        for spoken, written in _written_forms().items()
        if spoken != written and (len(spoken) > 1 or Kanji.of(spoken).chinese)
    )


def in_written_chinese(text: str) -> str:
    """Return *text* with the words of Cantonese as written Chinese has them: 邊個 is 誰."""
    if not _is_cantonese(text):
        return text
    return re.sub("|".join(_written_forms()), lambda word: _written_forms()[word[0]], text)


@cache
def _written_forms() -> dict[str, str]:
    """Return the words of Cantonese with those of written Chinese, the longest first."""
    forms: dict[str, str] = table(f"{Language.TRADITIONAL_CHINESE}/questions")["written"]
    return dict(sorted(forms.items(), key=lambda form: -len(form[0])))


def _language_of_stopwords(text: str, guess: str) -> str:
    """Return the code of the language that has more of the words of *text* as stop words than any.

    They are half of the words, or two and the language is the detector's *guess* too. A few words
    are too short for the detector: it takes "O que dizem as sondagens?" for English.
    """
    words = _WORD.findall(text.casefold())
    counts = {code: sum(word in _stopwords(code) for word in words) for code in languages()}
    best = max(counts.values())
    candidates = [code for code, count in counts.items() if count == best]
    is_many = 2 * best >= len(words) or (best > 1 and candidates[0] == guess)
    is_sure = len(candidates) == 1 and is_many
    return candidates[0] if is_sure else UNKNOWN_LANGUAGE


@cache
def _stopwords(code: str) -> frozenset[str]:
    """Return the stop words of a language."""
    return frozenset(table(f"{code}/questions")["stopwords"].split())


def _kanji_language(kanji: Kanji, code: str, confidence: float) -> Language:
    """Return Chinese or Japanese: by characters that one of them lacks, else as it asks or seems.

    The detector says Chinese of Japanese headlines too (速報), with a confidence up to 0.88.
    """
    likely = code in _CHINESE_CODES and (
        kanji.rare_in_japanese or confidence >= QUESTIONS.chinese_confidence
    )
    if kanji.japanese or not (kanji.chinese or kanji.asks_in_chinese or likely):
        return Language.JAPANESE
    return Language.TRADITIONAL_CHINESE if kanji.traditional else Language.CHINESE
