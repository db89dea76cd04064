"""The languages that people ask in and that the desk has messages for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Self

from ingest.language.script import has_cjk

_FOLDER = Path(__file__).parent
PARSED_LANGUAGES = ("en", "ja")
"""Languages with their own parsers; texts in others are first rewritten word by word in English."""


@cache
def words() -> Mapping[str, Any]:
    """Return the word lists for reading English and Japanese texts and web pages."""
    lists: dict[str, Any] = {}
    for name in (*(f"{language}/reading" for language in PARSED_LANGUAGES), "pages"):
        lists = _merge(lists, table(name))
    return lists


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one word list by its file name without the ending; cached."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def languages() -> tuple[str, ...]:
    """Return the codes (ISO 639-1) of the languages with word lists, English first."""
    codes = sorted(file.parent.name for file in _FOLDER.glob("*/reading.toml"))
    return ("en", *(code for code in codes if code != "en"))


def _merge(base: Mapping[str, Any], addition: Mapping[str, Any]) -> dict[str, Any]:
    """Return two tables joined: strings by appending, lists by extending, tables key by key."""
    result = dict(base)
    for key, value in addition.items():
        old_value = result.get(key)
        if isinstance(old_value, dict):
            result[key] = _merge(old_value, value)
        elif isinstance(old_value, str):
            result[key] = f"{old_value} {value}"
        elif isinstance(old_value, list):
            result[key] = [*old_value, *value]
        else:
            result[key] = value
    return result


def entries(text: str) -> list[str]:
    """Return the entries of a list; a dash inside an entry stands for a space."""
    return [entry.replace("-", " ") for entry in text.split()]


def one_of(entries: Iterable[str]) -> str:
    """Return a pattern for any of *entries*, longest first; Latin entries only as whole words."""
    sorted_entries = sorted(entries, key=lambda entry: (-len(entry), entry))
    return "|".join(_entry_pattern(entry) for entry in sorted_entries)


def phrase_pattern(
    phrases: Iterable[str], *, before: str = "", behind: str = ""
) -> re.Pattern[str]:
    """Return a pattern for one of *phrases* in any case; all arguments are expressions."""
    return re.compile(f"{before}(?:{'|'.join(phrases)}){behind}", re.IGNORECASE)


def rewritings(turns: Iterable[Mapping[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the pattern and the replacement of each of *turns*, the entries of a word list."""
    return tuple((phrase_pattern([turn["from"]]), turn["to"]) for turn in turns)


def _entry_pattern(entry: str) -> str:
    """Return *entry* as a regular expression, with word boundaries if it is in Latin letters."""
    pattern = re.escape(entry).replace(r"\ ", r"[\s-]+")
    if has_cjk(entry) or not entry[-1].isalpha():
        return pattern
    return rf"(?<![a-z]){pattern}(?![a-z])" if entry[0].isalpha() else rf"{pattern}(?![a-z])"


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
