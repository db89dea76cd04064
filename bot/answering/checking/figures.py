"""The figures and dates of a text, whatever their spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from bot.answering.checking.words import Words
from ingest.reading.dates import MONTH, month

NUMERALS = Words.load()
SMALL = {name: value for value, name in enumerate(NUMERALS.small)}
TENS = {name: 10 * value for value, name in enumerate(NUMERALS.tens, 2)}
ORDINALS = {name: value for value, name in enumerate(NUMERALS.ordinals, 1)}
SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "bn": 10**9}
KANJI = {char: value for value, char in enumerate("〇一二三四五六七八九")}
KANJI_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "億": 10**8, "兆": 10**12}
ONE = "one"
"""A word that is more often a pronoun than a figure."""
WORDS = "|".join(sorted({*SMALL, *TENS}, key=len, reverse=True))
SCALE = "|".join(SCALES)
UNIT = r"%|per ?cent\b|percentage points?\b|points?\b"
BETWEEN = re.compile(r" ?(?:to|and|or|-|から|対|と) ?")
YEARS = (1900, 2100)
SCALED = re.compile(r"[兆億万千一二三四五六七八九十百]|%|パーセント|ポイント")
COUNTED = "人票議席つ割回日年月時党%戸隻件歳カか倍位"

LATIN = re.compile(
    rf"(?P<number>\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?"
    rf"(?:[ -]?(?P<scale>{SCALE})\b)?(?P<percent> ?(?:{UNIT}))?",
    re.IGNORECASE,
)
SPELT = re.compile(
    rf"(?<![a-z])(?P<words>(?:{WORDS})(?:[- ](?:{WORDS}))?)(?: (?P<scale>{SCALE}))?(?![a-z])"
    rf"(?P<percent> ?(?:{UNIT}))?",
    re.IGNORECASE,
)
ORDINAL = re.compile(rf"\b(?P<word>{'|'.join(ORDINALS)})\b", re.IGNORECASE)
HUNDREDS = re.compile(rf"\b(?P<a>a|half a) (?P<scale>dozen|{SCALE})\b", re.IGNORECASE)
JAPANESE = re.compile(
    r"(?P<number>(?:\d[\d,]*(?:\.\d+)?[兆億万千]?)+"
    rf"|[一二三四五六七八九十百千万億]+(?=[{COUNTED}]))"
    r"(?P<percent>%|パーセント|ポイント)?"
)
YEAR = r"(?:,? (?P<year>\d{4}))?"
DAY_MONTH = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<month>{MONTH})\b{YEAR}")
MONTH_DAY = re.compile(rf"\b(?P<month>{MONTH}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b{YEAR}")
MONTH_ONLY = re.compile(rf"\b(?P<month>{MONTH})\b(?: (?P<year>\d{{4}}))?")
JAPANESE_DAY = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?")
ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b")
CLOCK = re.compile(
    r"\b(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap]\.?m\b\.?)|"
    r"\b(?P<hour24>\d{1,2}):(?P<minute24>\d{2})\b|"
    r"(?P<half_ja>午前|午後)?(?P<hour_ja>\d{1,2})時(?!間)(?:(?P<minute_ja>\d{1,2})分)?"
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b|([月火水木金土日])曜", re.IGNORECASE)
MAY = "May"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as a text states it.

    ``kind`` is "share", "ordinal", "year" or "count"; ``unit`` the Japanese counter of what is
    counted, also where an English word says it, or nothing.
    """

    value: Decimal
    kind: str
    start: int
    end: int
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A date as a text states it; what it leaves out is ``None``."""

    year: int | None
    month: int
    day: int | None
    start: int
    end: int

    def meets(self, other: Day | date) -> bool:
        """Tell whether *other* states no other year, month or day, and every part that this has."""
        return (
            self.month == other.month
            and self.day in {None, other.day}
            and (self.year is None or other.year is None or self.year == other.year)
        )


def plain(text: str) -> str:
    """Return *text* in NFKC with plain dashes, of the same meaning to a reader."""
    return unicodedata.normalize("NFKC", text).replace("–", "-").replace("—", " - ")


def days_in(text: str) -> list[Day]:
    """Return the dates of *text* (already :func:`plain`), a month alone among them."""
    found: list[Day] = []
    for pattern in (ISO, DAY_MONTH, MONTH_DAY, JAPANESE_DAY, MONTH_ONLY):
        for m in pattern.finditer(text):
            if any(m.start() < d.end and d.start < m.end() for d in found):
                continue
            parts = m.groupdict()
            number = int(parts["month"]) if parts["month"].isdigit() else month(parts["month"])
            is_verb = pattern is MONTH_ONLY and parts["month"].title() == MAY and not parts["year"]
            if not 1 <= number <= 12 or is_verb:
                continue
            year, day = parts.get("year"), parts.get("day")
            found.append(
                Day(
                    int(year) if year else None,
                    number,
                    int(day) if day else None,
                    m.start(),
                    m.end(),
                )
            )
    return found


def clocks_in(text: str) -> list[tuple[int, int, int, int]]:
    """Return the times of day in *text* as hour, minute, start, end; afternoons from 12 on."""
    found = []
    for m in CLOCK.finditer(text):
        hour = int(m["hour"] or m["hour24"] or m["hour_ja"])
        minute = int(m["minute"] or m["minute24"] or m["minute_ja"] or 0)
        half = (m["half"] or m["half_ja"] or "").lower()
        late = half.startswith("p") or half == "午後"
        hour = hour % 12 + (12 if late else 0) if half else hour
        found.append((hour, minute, m.start(), m.end()))
    return found


def weekdays_in(text: str) -> set[int]:
    """Return the weekdays that *text* names, Monday being 0."""
    return {
        WEEKDAYS.index(m[1].lower()) if m[1] else "月火水木金土日".index(m[2])
        for m in WEEKDAY.finditer(text)
    }


def figures_in(text: str) -> list[Figure]:
    """Return the figures of *text* (already :func:`plain`), dates and times of day left out."""
    taken = [(d.start, d.end) for d in days_in(text)]
    taken += [(start, end) for _, _, start, end in clocks_in(text)]
    found: list[Figure] = []

    for figure in candidates(text):
        if not any(figure.start < end and start < figure.end for start, end in taken):
            taken.append((figure.start, figure.end))
            found.append(replace(figure, kind=kind_of(figure, text), unit=unit_of(figure, text)))
    return together(sorted(found, key=lambda f: f.start), text)


def together(figures: list[Figure], text: str) -> list[Figure]:
    """Give both figures of "from 18 to 15 per cent" the kind of the second."""
    for i, (one, other) in enumerate(pairwise(figures)):
        if other.kind == "share" and one.kind == "count":
            joined = BETWEEN.fullmatch(text[one.end : other.start])
            figures[i] = replace(one, kind="share") if joined else one
    return figures


def kind_of(figure: Figure, text: str) -> str:
    """Tell a year from a count."""
    digits = text[figure.start : figure.end].isdigit()
    year = figure.kind == "count" and digits and YEARS[0] <= figure.value <= YEARS[1]
    counted = any(text.startswith(unit, figure.end) for unit in NUMERALS.units if unit != "年")
    return "year" if year and not counted else figure.kind


def unit_of(figure: Figure, text: str) -> str:
    """Return the counter behind a figure, or that of an English word within the next three."""
    behind = text[figure.end :]
    for unit in sorted(NUMERALS.units, key=len, reverse=True):
        if behind.startswith(unit):
            return unit
    if behind[:1] in COUNTED:
        return behind[:1]
    for word in re.findall(r"[a-z]+", behind.split(",")[0].lower())[:3]:
        for unit, words in NUMERALS.units.items():
            if word in words:
                return unit
    return ""


def candidates(text: str) -> Iterator[Figure]:
    """Yield what may be a figure, the most telling readings first."""
    for m in JAPANESE.finditer(text):
        if SCALED.search(m.group()):
            yield Figure(japanese(m["number"]), "share" if m["percent"] else "count", *m.span())
    for m in LATIN.finditer(text):
        value = Decimal(m["number"].replace(",", "")) * SCALES.get((m["scale"] or "").lower(), 1)
        kind = "share" if m["percent"] else "ordinal" if m["ordinal"] else "count"
        yield Figure(value, kind, *m.span())
    for m in HUNDREDS.finditer(text):
        scale = 12 if m["scale"].lower() == "dozen" else SCALES[m["scale"].lower()]
        yield Figure(Decimal(scale) / (2 if m["a"].lower() != "a" else 1), "count", *m.span())
    for m in SPELT.finditer(text):
        if m["words"].lower() == ONE and not (m["scale"] or m["percent"]):
            continue
        parts = re.split(r"[- ]", m["words"].lower())
        value = Decimal(sum(TENS.get(p, SMALL.get(p, 0)) for p in parts))
        value *= SCALES.get((m["scale"] or "").lower(), 1)
        yield Figure(value, "share" if m["percent"] else "count", *m.span())
    for m in ORDINAL.finditer(text):
        yield Figure(Decimal(ORDINALS[m["word"].lower()]), "ordinal", *m.span())


def japanese(number: str) -> Decimal:
    """Return the value of a number written with kanji scales: 120万, 3億1000万, 二十."""
    if number.isdigit():
        return Decimal(number)
    total, part, digit = Decimal(0), Decimal(0), ""
    for char in number.replace(",", ""):
        if char.isdigit() or char == ".":
            digit += char
        elif char in KANJI:
            digit += str(KANJI[char])
        elif (scale := KANJI_SCALES[char]) < 10**4:
            part += Decimal(digit or 1) * scale
            digit = ""
        else:
            total += (part + Decimal(digit or (0 if part else 1))) * scale
            part, digit = Decimal(0), ""
    return total + part + Decimal(digit or 0)
