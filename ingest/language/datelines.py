"""When an article says that it was published, and the newest day that its text reports on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import dateparser

from ingest.language.dates import Day, clocks_in, days_in

ZONES = {"UTC": 0, "GMT": 0, "BST": 1, "CET": 1, "CEST": 2, "JST": 9, "EST": -5, "EDT": -4}
ZONE = re.compile(
    rf"\b(?P<name>{'|'.join(ZONES)})\b|(?P<hours>[+-]\d{{2}}):?(?P<minutes>\d{{2}})\b"
)
NUMERIC = re.compile(r"\b(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b")
MOST_MONTHS = 12
PARSING = {
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}
"""Only what states a whole day: nothing is reckoned from the clock."""
LONGEST = 60
"""Characters of the longest line that is taken for a date line."""
PAST_EN = re.compile(r"\bon (?:[A-Z][a-z]+day,? )?$")
PAST_JA = re.compile(r"^(?:、|に|の)?[^。]{0,80}(?:した|述べた|語った)")
FORESEEN = re.compile(r"\b(?:will|due|scheduled|expected|to be|plans?)\b[^.!?]*$")
OLDEST = 1700
"""The year before which no newspaper was printed every day."""


def stated(text: str) -> date | datetime | None:
    """Return the time or the day that a date line states; ``None`` where it states none.

    A clock time counts only with its zone: without one it is some hour of that day. Figures that
    may be a day and month in either order state nothing. What our own reading does not know is
    left to dateparser.
    """
    try:
        return zoned(iso(text))
    except ValueError:
        pass
    day = next(full_days(text), None)
    if day is None:
        day = read_by_library(text)
    if day is None:
        return None
    clocks, zone = clocks_in(text), zone_of(text)
    if not clocks or zone is None:
        return day
    hour, minute, *_ = clocks[0]
    try:
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    except ValueError:
        return day


def iso(text: str) -> date | datetime:
    """Read an ISO 8601 day or time; slashes are taken for dashes.

    Raises:
        ValueError: *text* is neither.
    """
    plain = text.strip().replace("/", "-")
    is_day = len(plain) == len("YYYY-MM-DD")
    return date.fromisoformat(plain) if is_day else datetime.fromisoformat(plain)


def zoned(moment: date | datetime) -> date | datetime | None:
    """Return a time that has a zone, the day of one that has none, and nothing long ago."""
    if moment.year < OLDEST:
        return None
    naive = isinstance(moment, datetime) and moment.tzinfo is None
    return moment.date() if naive and isinstance(moment, datetime) else moment


def read_by_library(text: str) -> date | None:
    """Let dateparser read a short line whose day and month cannot be mistaken for each other."""
    if len(text) > LONGEST:
        return None
    if (m := NUMERIC.search(text)) and max(int(m[1]), int(m[3])) <= MOST_MONTHS and m[1] != m[3]:
        return None
    found = dateparser.parse(text, settings=PARSING)
    return found.date() if found is not None and found.year >= OLDEST else None


def zone_of(text: str) -> tzinfo | None:
    """Return the zone that a date line names."""
    found = ZONE.search(text)
    if found is None:
        return None
    if found["name"]:
        return timezone(timedelta(hours=ZONES[found["name"]])) if ZONES[found["name"]] else UTC
    hours, minutes = int(found["hours"]), int(found["minutes"])
    try:
        return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
    except ValueError:
        return None


def full_days(text: str) -> Iterator[date]:
    """Yield the days that *text* writes with their year."""
    yield from (whole for day in days_in(text) if (whole := day.whole))


def newest_reported(text: str) -> date | None:
    """Return the newest day on which *text* reports that something was said or done.

    Days to come ("ahead of the July 20 elections") do not count; a day without its year takes
    the only year that the text writes out. ``None`` where no such day or no year is written.
    """
    days = days_in(text)
    years = {d.year for d in days if d.day and d.year} or {d.year for d in days if d.year}
    only = years.pop() if len(years) == 1 else None
    return max(filter(None, (dated(day, only) for day in reported(text, days))), default=None)


def dated(day: Day, year: int | None) -> date | None:
    """Return *day*, in *year* if it states none; ``None`` where that year has no such day."""
    try:
        return date(day.year or year or 0, day.month or 0, day.day or 0)
    except ValueError:
        return None


def reported(text: str, days: list[Day]) -> Iterator[Day]:
    """Yield the days on which something happened; one without a month is of the month before."""
    current: int | None = None
    for day in days:
        if day.day is None:
            continue
        before, behind = text[max(0, day.start - 60) : day.start], text[day.end : day.end + 120]
        if text[day.end - 1] == "日":
            current = day.month or current
            if PAST_JA.match(behind) and current:
                yield Day(day.year, current, day.day, day.start, day.end)
        elif PAST_EN.search(before) and not FORESEEN.search(before):
            yield day
