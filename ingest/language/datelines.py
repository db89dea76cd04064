"""When an article says that it was published, and the newest day that its text reports on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import dateparser

from ingest.language.dates import MONTHS, Day, clocks_in, days_in, weekdays_in

_ZONES = {
    "UTC": 0,
    "GMT": 0,
    "UT": 0,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "JST": 9,
    "KST": 9,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
_ZONE = re.compile(
    rf"\b(?P<name>{'|'.join(_ZONES)})\b|(?P<hours>[+-]\d{{2}}):?(?P<minutes>\d{{2}})\b"
)
_NUMERIC = re.compile(r"\b(\d{1,2})([/.-])(\d{1,2})\2(\d{4})\b")
_MOST_MONTHS = 12
_PARSING = {
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}
"""Only what states a whole day: nothing is reckoned from the clock."""
_LONGEST = 60
"""Characters of the longest line that is taken for a date line."""
_LABEL = re.compile(
    r"\b(?:first |last )?(?:published|updated|posted|modified|created|date|dated|on|at|from|by"
    r"|edited|written|released|am|pm|a\.m\.|p\.m\.|hrs?|time|local|ist|veröffentlicht|aktualisiert"
    r"|stand|uhr|publié|mis à jour|le|à|et)\b"
    r"|公開|更新|配信|掲載|日時|最終|作成|発行|付|現在|午前|午後",
    re.IGNORECASE,
)
"""Words that stand beside a date on its line, and say nothing else."""
_REST = re.compile(r"[^\w]|_")
_PAST_EN = re.compile(r"\bon (?:[A-Z][a-z]+day,? )?$")
_PAST_JA = re.compile(r"^(?:、|に|の)?[^。]{0,80}(?:した|述べた|語った)")
_FORESEEN = re.compile(r"\b(?:will|due|scheduled|expected|to be|plans?)\b[^.!?]*$")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
"""Seconds, or thousandths, since 1970, of a time between 2001 and 2033."""
_MAIL = re.compile(
    r"(?:[A-Za-z]{2,9},? )?(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}|\d{2}) "
    r"(\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
)
_MONTHS_MAIL = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_ERAS = {"R": 2018, "H": 1988, "S": 1925}
_ERA = re.compile(r"([RHS])(\d{1,2})[./](\d{1,2})[./](\d{1,2})", re.IGNORECASE)
"""An era by its letter: R8.10.19 is 19 October 2026."""
_TURN = 70
"""Years of two digits from which the last century is meant (RFC 5322, 4.3)."""
_HOURS = 24
_OLDEST = 1700
"""The year before which no newspaper was printed every day."""


def stated(text: str) -> date | datetime | None:
    """Return the time or the day that a date line states; ``None`` where it states none.

    A clock time counts only with its zone: without one it is some hour of that day. Figures that
    may be a day and month in either order state nothing. What our own reading does not know is
    left to dateparser.
    """
    if (moment := _exact(text.strip())) is not None:
        return _zoned(moment)
    day = next(_full_days(text), None)
    if day is None:
        day = _read_by_library(text)
    if day is None:
        return None
    clocks, zone = clocks_in(text), _zone_of(text)
    if not clocks or zone is None:
        return day
    hour, minute, *_ = clocks[0]
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    fits = hour < _HOURS or (hour == _HOURS and not minute)
    return midnight + timedelta(hours=hour, minutes=minute) if fits else day


def _exact(text: str) -> date | datetime | None:
    """Read what machines write: ISO 8601, the date of a mail (RFC 5322), seconds since 1970."""
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    try:
        return _iso(text)
    except ValueError:
        pass
    if era := _ERA.fullmatch(text):
        return _day_or_none(_ERAS[era[1].upper()] + int(era[2]), int(era[3]), int(era[4]))
    mail = _MAIL.match(text)
    if mail is None:
        return None
    day, name, year, hour, minute, second = mail.groups()
    zone = _zone_of(text[mail.end("second") if second else mail.end("minute") :])
    month = _MONTHS_MAIL.get(name.lower())
    full = int(year) + (
        2000 if len(year) == 2 and int(year) < _TURN else 1900 if len(year) == 2 else 0
    )
    try:
        on = datetime(full, month or 0, int(day), tzinfo=zone)
    except ValueError:
        return None
    return on + timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))


def is_date_line(text: str) -> bool:
    """Tell whether a line states when something was published and nothing else."""
    line = unicodedata.normalize("NFKC", text)
    if len(line) > _LONGEST:
        return False
    spans = [(d.start, d.end) for d in days_in(line) if d.day]
    bare = _LABEL.sub(" ", _blanked(line, spans)) if spans else _LABEL.sub(" ", line)
    left = _blanked(bare, [c[2:] for c in clocks_in(bare)])
    left = _blanked(left, [w[1:] for w in weekdays_in(left)])
    return not _REST.sub("", _ZONE.sub(" ", left)) and (
        bool(spans) or _LABEL.fullmatch(line.strip()) is not None
    )


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Write spaces over parts of *text*."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _day_or_none(year: int, month: int, day: int) -> date | None:
    """Return a day, if the calendar has it."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(text: str) -> date | datetime:
    """Read an ISO 8601 day or time; slashes are taken for dashes.

    Raises:
        ValueError: *text* is neither.
    """
    plain = text.strip().replace("/", "-")
    is_day = len(plain) == len("YYYY-MM-DD")
    return date.fromisoformat(plain) if is_day else datetime.fromisoformat(plain)


def _zoned(moment: date | datetime) -> date | datetime | None:
    """Return a time that has a zone, the day of one that has none, and nothing long ago."""
    if moment.year < _OLDEST:
        return None
    naive = isinstance(moment, datetime) and moment.tzinfo is None
    return moment.date() if naive and isinstance(moment, datetime) else moment


def _read_by_library(text: str) -> date | None:
    """Let dateparser read a short line whose day and month cannot be mistaken for each other."""
    if len(text) > _LONGEST or not re.search(r"\d{4}", text):
        return None
    if (m := _NUMERIC.search(text)) and max(int(m[1]), int(m[3])) <= _MOST_MONTHS and m[1] != m[3]:
        return None
    found = dateparser.parse(text, settings=_PARSING)
    return found.date() if found is not None and found.year >= _OLDEST else None


def _zone_of(text: str) -> tzinfo | None:
    """Return the zone that a date line names."""
    found = _ZONE.search(text)
    if found is None:
        return None
    if found["name"]:
        return timezone(timedelta(hours=_ZONES[found["name"]])) if _ZONES[found["name"]] else UTC
    hours, minutes = int(found["hours"]), int(found["minutes"])
    try:
        return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
    except ValueError:
        return None


def _full_days(text: str) -> Iterator[date]:
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
    return max(filter(None, (_dated(day, only) for day in _reported(text, days))), default=None)


def _dated(day: Day, year: int | None) -> date | None:
    """Return *day*, in *year* if it states none; ``None`` where that year has no such day."""
    try:
        return date(day.year or year or 0, day.month or 0, day.day or 0)
    except ValueError:
        return None


def _reported(text: str, days: list[Day]) -> Iterator[Day]:
    """Yield the days on which something happened; one without a month is of the month before."""
    current: int | None = None
    for day in days:
        if day.day is None:
            continue
        before, behind = text[max(0, day.start - 60) : day.start], text[day.end : day.end + 120]
        if text[day.end - 1] == "日":
            current = day.month or current
            if _PAST_JA.match(behind) and current:
                yield Day(day.year, current, day.day, day.start, day.end)
        elif _PAST_EN.search(before) and not _FORESEEN.search(before):
            yield day
