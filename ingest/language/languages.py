"""The languages that people ask in, and that the desk has words of its own in."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Language(StrEnum):
    """A language by its code (ISO 639-1): a folder beside this, and a word list in ``prompts``.

    ``in_english`` is what a model is told that it is called, ``own_name`` what its speakers see.
    """

    in_english: str
    own_name: str

    def __new__(cls, code: str, in_english: str = "", own_name: str = "") -> Self:
        """Make a member that is its code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.in_english, member.own_name = in_english, own_name
        return member

    ENGLISH = "en", "English", "English"
    JAPANESE = "ja", "Japanese", "日本語"
    GERMAN = "de", "German", "Deutsch"
    SPANISH = "es", "Spanish", "español"

    @classmethod
    def of_code(cls, code: str) -> Self | None:
        """Return the language of a code; ``None`` for one that is not known."""
        return next((each for each in cls if each == code), None)
