"""Days, times and weekdays as texts write them: one reading for articles, questions and drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ingest.language.words import words

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = "(?:" + "|".join(rf"{name[:3]}(?:{name[3:]}|t)?\.?" for name in MONTHS) + ")"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_KANJI = "月火水木金土日"
_DIGITS = "〇一二三四五六七八九"
_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    *("tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
    *("seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty-first", "twenty-second"),
    *("twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth", "twenty-seventh"),
    *("twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True)).replace("-", "[- ]")
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORDINAL})"
_NUMBER = f"[0-9{_DIGITS}十]"
_ERA = "|".join(words()["eras"])
_YEAR_JA = rf"(?:(?P<era>{_ERA})(?P<era_year>元|{_NUMBER}{{1,3}})年|(?P<year>{_NUMBER}{{4}})年)"
_NO_DAY = r"(?! ?(?:%|per ?cent|million|\d|:\d|,\d{3}\b))"
_NO_YEAR = r"(?![\d:/%]|[.,]\d|-\d| ?(?:per|votes|seats|people|crowns))"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\d.])",
        rf"\b(?:the )?(?P<day>{_DAY}) (?:of )?(?P<month>{_MONTH})\b(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{_MONTH}) (?:the )?(?P<day>{_DAY}){_NO_DAY}\b(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{_MONTH})(?:,? (?:of )?(?P<year>\d{{4}}))?\b",
        rf"{_YEAR_JA}?(?P<month>{_NUMBER}{{1,3}})月(?:(?P<day>{_NUMBER}{{1,3}})日(?!間))?",
        _YEAR_JA,
        rf"(?<![{_DIGITS}十\d])(?P<day>{_NUMBER}{{1,3}})日(?![間目本前後遅早以])",
        rf"(?<![\d.,:/-])(?P<year>(?:19|20)\d\d)s?{_NO_YEAR}\b",
    )
)
"""The most telling first; what one has read no later one reads again."""
_RANGE = re.compile(rf"\b(?P<first>{_DAY}) ?(?:to|and|or|-|until) ?$", re.IGNORECASE)
_AFTER_RANGE = re.compile(
    rf" ?(?:to|and|or|-|until) ?(?P<last>{_DAY})\b(?! ?(?:%|per|percent|million|seats|votes))",
    re.IGNORECASE,
)
_BEFORE_MAY = re.compile(r"\b(?:in|since|by|until|of|last|next|this|early|late|mid)[ -]$")
_NEAR = 40
"""Characters before a date in which the words stand that belong to it: more than they ever have."""
_CLOCK = re.compile(
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap]\.?m\b\.?)|"
    r"\b(?P<hour24>\d{1,2}):(?P<minute24>\d{2})\b|\b(?P<word>noon|midnight)\b|(?P<word_ja>正午)|"
    r"(?P<half_ja>午前|午後)?(?P<hour_ja>\d{1,2})時(?!間|点|期|代)(?:(?P<minute_ja>\d{1,2})分"
    r"|(?P<half_past>半))?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    rf"\b({'|'.join(WEEKDAYS)})s?\b|(?<![{_WEEKDAY_KANJI}])([{_WEEKDAY_KANJI}])曜|[(（]([{_WEEKDAY_KANJI}])[)）]",
    re.IGNORECASE,
)
_NAMES = frozenset({"may", "march", "mar", "sun", "sat", "dec", "jan", "jun"})
"""Months that are more often a verb or a name where no day or year stands beside them."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as a text states it, ``text[start:end]``; what it leaves out is ``None``."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int

    @property
    def whole(self) -> date | None:
        """The calendar day, where it is stated whole."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def meets(self, other: Day | date) -> bool:
        """Tell whether *other* has every part that this states, or leaves it open."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        if any(mine and theirs and mine != theirs for mine, theirs in pairs):
            return False
        finest = next(i for i in (2, 1, 0) if pairs[i][0])
        return pairs[finest][1] is not None


def _month(name: str) -> int:
    """Return the number of a month by its first three letters."""
    return next(i for i, full in enumerate(MONTHS, 1) if full.startswith(name[:3].lower()))


def days_in(text: str) -> list[Day]:
    """Return the dates of *text* in order, those of which only a part is stated among them.

    Read are ISO, English in either order with figures or words, Japanese with figures or kanji,
    the eras (令和8年), a month or a year alone, and both ends of "1 to 4 October".
    """
    found: list[Day] = []
    read = bytearray(len(text))
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(read[match.start() : match.end()]):
                continue
            for day in _stated_by(match, text):
                found.append(day)
                read[day.start : day.end] = bytes([1]) * (day.end - day.start)
    return sorted(found, key=lambda d: d.start)


def _stated_by(match: re.Match[str], text: str) -> Iterator[Day]:
    """Yield the date of *match*, and the other end of a range that it is one end of."""
    parts = match.groupdict()
    number = _number_of(parts.get("month"))
    year = _year_of(parts)
    day = _number_of(parts.get("day"))
    name = (parts.get("month") or "").lower().rstrip(".")
    if (
        name in _NAMES
        and day is None
        and year is None
        and (
            not match.group()[0].isupper()
            or name != "may"
            or not _dated_before(text, match.start())
        )
    ):
        return
    if not _possible(year, number, day):
        return
    yield Day(year, number, day, *match.span())
    if day is None or name == "" or not name.isalpha():
        return
    start = match.start()
    before = _RANGE.search(text, max(0, start - _NEAR), start)
    behind = _AFTER_RANGE.match(text, match.end())
    day_first = match.start("day") < match.start("month")
    if day_first and before:
        other = _number_of(before["first"])
        if _possible(year, number, other):
            yield Day(year, number, other, before.start(), start)
    elif not day_first and behind and year is None:
        other = _number_of(behind["last"])
        if _possible(year, number, other):
            yield Day(year, number, other, match.end(), behind.end())


def _dated_before(text: str, place: int) -> bool:
    """Tell whether a word before *place* makes "May" a month."""
    return _BEFORE_MAY.search(text, max(0, place - _NEAR), place) is not None


def _number_of(written: str | None) -> int | None:
    """Return what a day, a month or a year of an era is in figures."""
    if not written:
        return None
    bare = written.lower().replace(" ", "-")
    if bare in _ORDINALS:
        return _ORDINALS.index(bare) + 1
    if bare == "元":
        return 1
    if bare[:3].isalpha() and bare[0].isascii():
        return _month(bare)
    digits = re.sub(r"(?:st|nd|rd|th)$", "", bare)
    return int(digits) if digits.isdecimal() else _kanji(digits)


def _kanji(written: str) -> int | None:
    """Return a small number of kanji digits: 十二, 二十, 二〇二六."""
    tens, ten, ones = written.rpartition("十")
    if not ten:
        figures = "".join(str(_DIGITS.index(c)) if c in _DIGITS else c for c in written)
        return int(figures) if figures.isdecimal() else None
    return 10 * (_kanji(tens) or 1 if tens else 1) + (_kanji(ones) or 0 if ones else 0)


def _year_of(parts: dict[str, str | None]) -> int | None:
    """Return the year that is stated, be it of an era."""
    if era := parts.get("era"):
        return int(words()["eras"][era]) + (_number_of(parts["era_year"]) or 0)
    return _number_of(parts.get("year"))


def _possible(year: int | None, number: int | None, day: int | None) -> bool:
    """Tell whether a calendar can have such a day; of a leap year where no year is stated."""
    try:
        date(
            2000 if year is None else year,
            1 if number is None else number,
            1 if day is None else day,
        )
    except ValueError:
        return False
    return True


def clocks_in(text: str) -> list[tuple[int, int, int, int]]:
    """Return the times of day in *text* as hour, minute, start, end; afternoons from 12 on."""
    found = []
    for m in _CLOCK.finditer(text):
        if named := (m["word"] or m["word_ja"] or "").lower():
            found.append((0 if named == "midnight" else 12, 0, m.start(), m.end()))
            continue
        hour = int(m["hour"] or m["hour24"] or m["hour_ja"])
        minute = int(
            m["minute"] or m["minute24"] or m["minute_ja"] or (30 if m["half_past"] else 0)
        )
        half = (m["half"] or m["half_ja"] or "").lower()
        late = half.startswith("p") or half == "午後"
        hour = hour % 12 + (12 if late else 0) if half else hour
        found.append((hour, minute, m.start(), m.end()))
    return found


def weekdays_in(text: str) -> list[tuple[int, int, int]]:
    """Return the weekdays that *text* names as weekday, start, end, Monday being 0."""
    return [
        (WEEKDAYS.index(m[1].lower()) if m[1] else _WEEKDAY_KANJI.index(m[2] or m[3]), *m.span())
        for m in _WEEKDAY.finditer(text)
    ]
