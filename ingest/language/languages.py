"""The languages that people ask in and that the desk has messages for."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from ingest.language.words import languages


class Language(StrEnum):
    """A language of the desk, with a word list in ``prompts``.

    Its value is its code (ISO 639-1), with the script (ISO 15924) where one is written in two.

    ``in_english`` is its name in prompts for a model, ``own_name`` the name that its speakers see.
    """

    in_english: str
    own_name: str

    def __new__(cls, code: str, in_english: str = "", own_name: str = "") -> Self:
        """Return a member whose value is its code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.in_english, member.own_name = in_english, own_name
        return member

    ENGLISH = "en", "English", "English"
    JAPANESE = "ja", "Japanese", "日本語"
    GERMAN = "de", "German", "Deutsch"
    SPANISH = "es", "Spanish", "español"
    FRENCH = "fr", "French", "français"
    PORTUGUESE = "pt", "Portuguese", "português"
    KOREAN = "ko", "Korean", "한국어"
    CHINESE = "zh", "Chinese", "简体中文"
    TRADITIONAL_CHINESE = "zh-Hant", "traditional Chinese", "繁體中文"
    ARABIC = "ar", "Arabic", "العربية"

    @property
    def code(self) -> str:
        """Return its code without the script, as articles are marked with it."""
        return self.partition("-")[0]

    @property
    def is_read(self) -> bool:
        """Return True if questions and figures in it are parsed, by the word lists in this room."""
        return str(self) in languages()

    @classmethod
    def of_code(cls, code: str) -> Self | None:
        """Return the language of a code; ``None`` for an unknown code."""
        return next((language for language in cls if language == code), None)
