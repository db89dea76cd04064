"""Days, times and weekdays in texts: one parser for articles, questions and drafts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from ingest.language.languages import words
from ingest.language.limits import DATES

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
_MOMENT_MARKS = str.maketrans("−/", "--")
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
        r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\.?\d)",
        rf"\b(?:the )?(?P<day>{_DAY}) (?:of )?(?P<month>{_MONTH})\b(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{_MONTH}) (?:the )?(?P<day>{_DAY}){_NO_DAY}\b(?:,? (?P<year>\d{{4}})\b)?",
        rf"\b(?P<month>{_MONTH})(?:,? (?:of )?(?P<year>\d{{4}}))?\b",
        rf"{_YEAR_JA}?(?P<month>{_NUMBER}{{1,3}})月(?:(?P<day>{_NUMBER}{{1,3}})日(?!間))?",
        _YEAR_JA,
        rf"(?<![{_DIGITS}十\d])(?P<day>{_NUMBER}{{1,3}})日(?![間目本前後遅早以])",
        rf"(?<![\d.,:/-])(?P<year>(?:19|20)\d\d)s?{_NO_YEAR}\b",
    )
)
"""Patterns of dates, the most specific first; later ones skip text that is matched already."""
_RANGE = re.compile(rf"\b(?P<first>{_DAY}) ?(?:to|and|or|-|until) ?$", re.IGNORECASE)
_AFTER_RANGE = re.compile(
    rf" ?(?:to|and|or|-|until) ?(?P<last>{_DAY})\b(?! ?(?:%|per|percent|million|seats|votes))",
    re.IGNORECASE,
)
_BEFORE_MAY = {"in", "since", "by", "until", "of", "last", "next", "this", "early", "late", "mid"}
"""Words that show that the word behind them is a month."""
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
_AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar", "sun", "sat", "dec", "jan", "jun"})
"""Months that are usually a verb or a name if no day or year is next to them."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date at ``text[start:end]``; missing parts are ``None``."""

    year: int | None
    month: int | None
    day: int | None
    start: int
    end: int

    @property
    def whole(self) -> date | None:
        """Return the calendar day if year, month and day are present."""
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)

    def meets(self, day: Day | date) -> bool:
        """Return True if *day* has no conflicting part, and has the finest part of this day."""
        pairs = ((self.year, day.year), (self.month, day.month), (self.day, day.day))
        if any(
            own_part and other_part and own_part != other_part for own_part, other_part in pairs
        ):
            return False
        finest = next(i for i in (2, 1, 0) if pairs[i][0])
        return pairs[finest][1] is not None


def _month(name: str) -> int:
    """Return the number of a month by its first three letters."""
    return next(i for i, full in enumerate(MONTHS, 1) if full.startswith(name[:3].lower()))


def days_in(text: str) -> list[Day]:
    """Return the dates in *text* in order, including partial ones.

    The formats are ISO, English in either order with figures or words, Japanese with figures or
    kanji, eras (令和8年), a single month or year, and both ends of "1 to 4 October".
    """
    days: list[Day] = []
    is_matched = bytearray(len(text))
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(is_matched[match.start() : match.end()]):
                continue
            for day in _days_of_match(match, text):
                days.append(day)
                is_matched[day.start : day.end] = bytes([1]) * (day.end - day.start)
    return sorted(days, key=lambda day: day.start)


def _days_of_match(match: re.Match[str], text: str) -> Iterator[Day]:
    """Yield the date of *match*, and the other end of its range if it has one."""
    parts = match.groupdict()
    number = _number_of(parts.get("month"))
    year = _year_of(parts)
    day = _number_of(parts.get("day"))
    name = (parts.get("month") or "").lower().rstrip(".")
    if (
        name in _AMBIGUOUS_MONTHS
        and day is None
        and year is None
        and (
            not match.group()[0].isupper()
            or name != "may"
            or not _is_month_context(text, match.start())
        )
    ):
        return
    if not _is_possible(year, number, day):
        return
    yield Day(year, number, day, *match.span())
    if day is None or name == "" or not name.isalpha():
        return
    start = match.start()
    range_start = _RANGE.search(text, max(0, start - DATES.before_date_characters), start)
    range_end = _AFTER_RANGE.match(text, match.end())
    is_day_first = match.start("day") < match.start("month")
    if is_day_first and range_start:
        end_day = _number_of(range_start["first"])
        if _is_possible(year, number, end_day):
            yield Day(year, number, end_day, range_start.start(), start)
    elif not is_day_first and range_end and year is None:
        end_day = _number_of(range_end["last"])
        if _is_possible(year, number, end_day):
            yield Day(year, number, end_day, match.end(), range_end.end())


def _is_month_context(text: str, position: int) -> bool:
    """Return True if a word before *position* shows that "May" is a month."""
    return word_before(text, position, " -") in _BEFORE_MAY


def word_before(text: str, end: int, gaps: str = " ") -> str:
    """Return the word that one of *gaps* parts from *end*; empty if there is none so near."""
    before = text[max(0, end - DATES.before_date_characters) : end]
    if before[-1:] not in tuple(gaps):
        return ""
    letters = takewhile(lambda char: char.isalnum() or char == "_", reversed(before[:-1]))
    return "".join(letters)[::-1]


def _number_of(text: str | None) -> int | None:
    """Return the number of a day, a month or a year of an era."""
    if not text:
        return None
    word = text.lower().replace(" ", "-")
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1
    if word == "元":
        return 1
    if word[:3].isalpha() and word[0].isascii():
        return _month(word)
    digits = word.rstrip("dhnrst")  # 1st, 2nd, 3rd, 4th
    return int(digits) if digits.isdecimal() else _kanji_value(digits)


def _kanji_value(text: str) -> int | None:
    """Return the value of a small number in kanji digits: 十二, 二十, 二〇二六."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        figures = "".join(
            str(_DIGITS.index(character)) if character in _DIGITS else character
            for character in text
        )
        return int(figures) if figures.isdecimal() else None
    return 10 * (_kanji_value(tens) or 1 if tens else 1) + (_kanji_value(ones) or 0 if ones else 0)


def _year_of(parts: dict[str, str | None]) -> int | None:
    """Return the year in *parts*, converted from an era if necessary."""
    if era := parts.get("era"):
        return int(words()["eras"][era]) + (_number_of(parts["era_year"]) or 0)
    return _number_of(parts.get("year"))


def _is_possible(year: int | None, number: int | None, day: int | None) -> bool:
    """Return True if the calendar can have such a day; without a year, in a leap year."""
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
    """Return the times of day in *text* as (hour, minute, start, end), afternoons from 12 on."""
    clocks = []
    for match in _CLOCK.finditer(text):
        if word := (match["word"] or match["word_ja"] or "").lower():
            clocks.append((0 if word == "midnight" else 12, 0, match.start(), match.end()))
            continue
        hour = int(match["hour"] or match["hour24"] or match["hour_ja"])
        minute = int(
            match["minute"]
            or match["minute24"]
            or match["minute_ja"]
            or (30 if match["half_past"] else 0)
        )
        half = (match["half"] or match["half_ja"] or "").lower()
        is_afternoon = half.startswith("p") or half == "午後"
        hour = hour % 12 + (12 if is_afternoon else 0) if half else hour
        clocks.append((hour, minute, match.start(), match.end()))
    return clocks


def weekdays_in(text: str) -> list[tuple[int, int, int]]:
    """Return the weekdays in *text* as (weekday, start, end), with Monday as 0."""
    return [
        (WEEKDAYS.index(m[1].lower()) if m[1] else _WEEKDAY_KANJI.index(m[2] or m[3]), *m.span())
        for m in _WEEKDAY.finditer(text)
    ]


def typed_moment(text: str) -> date | datetime:
    """Parse a moment that somebody typed: "2024-11-05 23:00 +01:00", "2024-11-05T23:00Z".

    Digits may be of any script, and a space or "UTC" may stand before or for the zone.

    Raises:
        ValueError: *text* is no moment, or one before there were newspapers.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper().translate(_MOMENT_MARKS)
    plain = "".join(str(unicodedata.decimal(char, char)) for char in plain)
    for name in ("UTC", "GMT"):
        plain = plain.replace(name, "Z") if plain.endswith(name) else plain
    for sign in "Z+-":
        plain = plain.replace(f" {sign}", sign)
    is_day = len(plain) == len("YYYY-MM-DD")
    moment = date.fromisoformat(plain) if is_day else datetime.fromisoformat(plain)
    if moment.year < DATES.first_year:
        raise ValueError(text)
    return moment
