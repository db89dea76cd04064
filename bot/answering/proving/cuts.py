"""Places at which a text must not be cut: within a word, a figure, or a negation.

Half a word or half a figure is another one: "won" of "won't", "46" of "46–48", "146" of "1 146".
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import takewhile

from ingest.language.languages import PARSED_LANGUAGES, entries, languages, table, words
from ingest.language.script import has_cjk, has_hangul
from ingest.model import Span

_SEPARATORS = ".,:/٫٬・．，：'’"
"""Marks within a figure: "62.7", "1,146", "20:00", "1’146"."""
_HYPHENS = "-‐‑־"
_RANGE_MARKS = _HYPHENS + "‒–—−~〜～"
"""Marks between the two figures of a range: "46–48"."""
_SIGNS = "+＋-−–±"
_PERCENT_SIGNS = "%％‰٪"
_APOSTROPHES = "'’"
_NEGATING_PREFIXES = "非不未無反否无没沒"
"""Kanji that turn the following word into its opposite."""


def cuts_word(text: str, span: Span) -> bool:
    """Return True if *span* begins or ends within a word or a figure of *text*.

    Korean words take their particles at the end, and a quotation may leave these out.
    """
    before, after = _around(text, span.start)
    is_inside_korean = has_hangul(before[-1:]) and has_hangul(after[:1])
    return bool(is_inside_korean) or any(
        _divides_word(*_around(text, place)) for place in (span.start, span.end)
    )


def _around(text: str, place: int) -> tuple[str, str]:
    """Return the text before and after *place*, as far as a figure or a word may go."""
    length = len("1.000.000.000.000.000")
    return text[max(0, place - length) : place], text[place : place + length]


def _divides_word(before: str, after: str) -> bool:
    """Return True if a word or a figure goes on from *before* to *after*."""
    if not before or not after:
        return False
    return (
        _divides_figure(before, after)
        or _divides_compound(before, after)
        or _divides_negation(before, after)
        or _divides_letters(before[-1], after[0])
    )


def _divides_figure(before: str, after: str) -> bool:
    """Return True if a figure, its scale or its percent sign goes on after *before*."""
    previous, following = before[-1], after[0]
    if previous.isdigit() and _is_measured(after.removeprefix(" ")):
        return True
    if " " in {previous, following}:
        return _divides_group(before, after)
    marks = _SEPARATORS + _RANGE_MARKS
    return (
        (previous.isnumeric() and following.isnumeric())
        or (previous.isdigit() and following in marks and after[1:2].isdigit())
        or (following.isdigit() and previous in marks and before[-2:-1].isdigit())
        or (following.isdigit() and previous in _SIGNS and not before[-2:-1].isalnum())
    )


def _is_measured(after: str) -> bool:
    """Return True if *after* begins with a percent sign or a scale such as "million"."""
    word = "".join(takewhile(str.isalpha, after)).casefold()
    joined_scales = entries(table("numerals")["scales"]["joined"])
    return after.startswith((*_PERCENT_SIGNS, *joined_scales)) or word in _scale_words()


def _divides_group(before: str, after: str) -> bool:
    """Return True if a space between *before* and *after* separates the thousands of a figure."""
    thousands = "".join(takewhile(str.isdigit, reversed(before.rstrip())))
    group = "".join(takewhile(str.isdigit, after.lstrip()))
    return 0 < len(thousands) <= len(group) == len("000")


def _divides_compound(before: str, after: str) -> bool:
    """Return True if a hyphen within a word stands at the end of *before* or the start of *after*.

    "partisan" is the opposite of "non-partisan".
    """
    if after[0] in _HYPHENS:
        return before[-1].isalnum() and after[1:2].isalnum()
    return before[-1] in _HYPHENS and before[-2:-1].isalnum() and after[0].isalnum()


def _divides_negation(before: str, after: str) -> bool:
    """Return True if "n't" ends in *after*, or French "n'" ends *before*."""
    if after[0] in _APOSTROPHES:
        ending = "".join(takewhile(str.isalpha, after[1:]))
        return before[-1] in "nN" and ending in {"t", "T"}
    word = before[-2:-1]
    is_elided = before[-1] in _APOSTROPHES and word in {"n", "N"}
    return is_elided and not before[-3:-2].isalpha() and after[0].isalpha()


def _divides_letters(previous: str, following: str) -> bool:
    """Return True if *previous* and *following* are two letters of one word."""
    if _is_katakana(previous) and _is_katakana(following):
        return True
    if has_cjk(previous) or has_cjk(following):
        return previous in _NEGATING_PREFIXES and has_cjk(following) is not None
    return _is_letter(previous) and _is_letter(following)


def _is_letter(char: str) -> bool:
    """Return True if *char* is a letter, a digit, an accent or a joiner between letters."""
    return char.isalnum() or unicodedata.category(char).startswith(("M", "Cf"))


def _is_katakana(char: str) -> bool:
    """Return True if *char* is a letter of katakana: a word of these is never written apart."""
    return "ァ" <= char <= "ヺ" or char == "ー"


@cache
def _scale_words() -> frozenset[str]:
    """Return the words for thousand, million and so on in all languages with word lists."""
    scales = words()["scales"]
    readings = [
        table(f"{code}/reading")["reads_as"] for code in languages() if code not in PARSED_LANGUAGES
    ]
    own_words = {
        entry
        for reads_as in readings
        for scale in scales
        for entry in entries(reads_as.get(scale, ""))
    }
    other_words = entries(table("numerals")["scales"]["words"])
    return frozenset(own_words.union(scales, other_words))
