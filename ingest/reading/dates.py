"""Dates as articles write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta, timezone
from itertools import chain

from ingest.model import Moment, day_of, parse_moment

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
MONTH = "(?i:" + "|".join(rf"{name[:3]}(?:{name[3:]}|t)?\.?" for name in MONTHS) + ")"
DAY_MONTH = re.compile(rf"\b(\d{{1,2}}) ({MONTH}),? (\d{{4}})\b")
MONTH_DAY = re.compile(rf"\b({MONTH}) (\d{{1,2}}),? (\d{{4}})\b")
JAPANESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
ISO = re.compile(r"\b(\d{4})[-/](\d{1,2})[-/](\d{1,2})\b")
FULL_DAYS = (DAY_MONTH, MONTH_DAY, JAPANESE, ISO)
CLOCK = re.compile(
    r"\b(\d{1,2})[:.](\d{2})\b ?(am|pm|a\.m\.|p\.m\.)?|(\d{1,2})時(?:(\d{2})分)?", re.I
)
ZONES = {"UTC": 0, "GMT": 0, "BST": 1, "CET": 1, "CEST": 2, "JST": 9, "EST": -5, "EDT": -4}
ZONE = re.compile(rf"\b({'|'.join(ZONES)})\b|([+-]\d{{2}}):?(\d{{2}})\b")
WEEKDAY = r"(?:[A-Z][a-z]+day,? )?"
PAST_DAY = re.compile(
    rf"\bon {WEEKDAY}(?:({MONTH}) (\d{{1,2}})|(\d{{1,2}}) ({MONTH}))\b(?:,? (\d{{4}})\b)?"
)
PAST_DAY_JA = re.compile(
    r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:、|に|の)?[^。]{0,80}(?:した|述べた|語った)"
)
YEAR = re.compile(r"\b(20\d\d)\b|(20\d\d)年")
FORESEEN = re.compile(r"\b(?:will|due|scheduled|expected|to be|plans?)\b[^.!?]*$")
NOON = 12
OLDEST = 1700
"""The year before which no newspaper was printed every day."""

Parts = tuple[str | int, str | int, str | int]


def stated(text: str) -> Moment | None:
    """Return the time or the day that a date line states; ``None`` where it states none.

    A clock time counts only with its zone: without one it is some hour of that day.
    """
    try:
        return zoned(parse_moment(text))
    except ValueError:
        pass
    day = next(full_days(text), None)
    if day is None:
        return None
    clock, zone = CLOCK.search(text), ZONE.search(text)
    return day if clock is None or zone is None else at(day, clock, zone)


def zoned(moment: Moment) -> Moment | None:
    """Return a time that has a zone, the day of one that has none, and nothing long ago."""
    if day_of(moment).year < OLDEST:
        return None
    naive = isinstance(moment, datetime) and moment.tzinfo is None
    return day_of(moment) if naive else moment


def at(day: date, clock: re.Match[str], zone: re.Match[str]) -> Moment:
    """Put a clock time and a zone on *day*; nonsense leaves the day."""
    hour, minute = int(clock[1] or clock[4]), int(clock[2] or clock[5] or 0)
    if (clock[3] or "").lower().startswith("p") and hour < NOON:
        hour += NOON
    hours = ZONES[zone[1]] if zone[1] else int(zone[2])
    minutes = 0 if zone[1] else int(zone[3])
    try:
        offset = timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=offset)
    except ValueError:
        return day


def full_days(text: str) -> Iterator[date]:
    """Yield the days that *text* writes with their year."""
    return chain(
        valid((m[3], month(m[2]), m[1]) for m in DAY_MONTH.finditer(text)),
        valid((m[3], month(m[1]), m[2]) for m in MONTH_DAY.finditer(text)),
        valid((m[1], m[2], m[3]) for m in JAPANESE.finditer(text)),
        valid((m[1], m[2], m[3]) for m in ISO.finditer(text)),
    )


def valid(parts: Iterable[Parts]) -> Iterator[date]:
    """Yield those of (year, month, day) that a calendar has."""
    for year, number, day in parts:
        try:
            yield date(int(year), int(number), int(day))
        except ValueError:
            continue


def month(name: str) -> int:
    """Return the number of a month by its first three letters."""
    return next(i for i, full in enumerate(MONTHS, 1) if full.startswith(name[:3].lower()))


def newest_reported(text: str) -> date | None:
    """Return the newest day on which *text* reports that something was said or done.

    Days to come ("ahead of the July 20 elections") do not count; a day without its year takes
    the only year that the text writes out. ``None`` where no such day or no year is written.
    """
    only = only_year(text)
    dated = ((year or only, number, day) for year, number, day in reported(text))
    known = ((year, number, day) for year, number, day in dated if year)
    return max(valid(known), default=None)


def only_year(text: str) -> int | None:
    """Return the year of the full dates in *text*, or else of its years, if there is just one."""
    years = {day.year for day in full_days(text)} or {
        int(m[1] or m[2]) for m in YEAR.finditer(text)
    }
    return years.pop() if len(years) == 1 else None


def reported(text: str) -> Iterator[tuple[int | None, int, int]]:
    """Yield year, if it is written, month and day of what happened "on" a day."""
    for m in PAST_DAY.finditer(text):
        if FORESEEN.search(text, max(0, m.start() - 60), m.start()):
            continue
        yield int(m[5]) if m[5] else None, month(m[1] or m[4]), int(m[2] or m[3])
    current: int | None = None
    for m in PAST_DAY_JA.finditer(text):
        current = int(m[2]) if m[2] else current
        if current:
            yield int(m[1]) if m[1] else None, current, int(m[3])
