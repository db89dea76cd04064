"""Full stops that end no sentence: of abbreviations, initials, times of day and ordinals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ingest.language.languages import languages, table

OPENING_MARKS = "“„«‘「『'\"(["
"""Marks that open a quotation or a bracket."""
_WORD_END = ".,;:!?)]”’'\""


@dataclass(frozen=True, slots=True)
class _Abbreviations:
    """The abbreviations of a language, without their full stop.

    ``any`` end no sentence; ``before_numbers`` end none before a number. After one of ``times``,
    those of ``after_times`` continue the sentence ("8 p.m. ET"). ``places`` are initials that may
    end one, unlike those of a name; ``starts`` are words that hardly are a name.
    """

    any: frozenset[str]
    before_numbers: frozenset[str]
    times: frozenset[str]
    after_times: frozenset[str]
    places: frozenset[str]
    starts: frozenset[str]
    has_ordinals: bool

    @classmethod
    @cache
    def of(cls, language: str) -> _Abbreviations:
        """Return those of *language*, an ISO 639-1 code; empty for one without word lists."""
        has_lists = language in languages()
        lists = table(f"{language}/reading").get("sentences", {}) if has_lists else {}
        stopwords = table(f"{language}/questions")["stopwords"] if has_lists else ""

        def entries_of(name: str) -> frozenset[str]:
            return frozenset(lists.get(name, "").split())

        return cls(
            any=entries_of("abbreviations"),
            before_numbers=entries_of("before_numbers"),
            times=entries_of("times"),
            after_times=entries_of("after_times"),
            places=entries_of("places"),
            starts=frozenset(stopwords.split()),
            has_ordinals=lists.get("has_ordinals", False),
        )


def is_continued(ending: str, following: str, language: str, *, lower_case: bool = False) -> bool:
    """Return True if a sentence with this *ending*, a full stop, goes on with *following*.

    Only the last word of the one and the first of the other count. In text that is all in
    *lower_case*, sentences begin so, too.
    """
    word = ending[ending.rfind(" ") + 1 :].lstrip(OPENING_MARKS)
    if not word.endswith(".") or not following:
        return False
    word, lists = word[:-1].replace("’", "'").rpartition("'")[2], _Abbreviations.of(language)
    next_word = (
        following.partition(" ")[0].partition("/")[0].lstrip(OPENING_MARKS).rstrip(_WORD_END)
    )
    if following[0].islower():
        return not lower_case
    if word in lists.any or (word in lists.before_numbers and following[0].isdecimal()):
        return True
    if word in lists.times:
        return next_word in lists.after_times
    may_be_name = following[0].isupper() and next_word.casefold() not in lists.starts
    if lists.has_ordinals and word.isdecimal() and len(word) < len("100"):
        return may_be_name
    return may_be_name and word not in lists.places and _are_initials(word)


def _are_initials(word: str) -> bool:
    """Return True for the initials of a name, such as "J", "J.-L" and "J.D"; "I" is a word."""
    letters = word.replace("-", "").split(".")
    return word != "I" and all(len(letter) == 1 and letter.isupper() for letter in letters)
