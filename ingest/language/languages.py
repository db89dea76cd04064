"""The languages that people ask in, and that the desk has words of its own in."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """A language by its code (ISO 639-1): a folder beside this, and a word list in ``prompts``."""

    ENGLISH = "en"
    JAPANESE = "ja"
    GERMAN = "de"
    SPANISH = "es"
