"""Dates in date lines and datelines, and the newest day that a text reports on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from itertools import dropwhile
from typing import TYPE_CHECKING

from ingest.language.dates import MONTHS, WEEKDAYS, Day, clocks_in, days_in, weekdays_in
from ingest.language.languages import phrase_pattern, words
from ingest.language.limits import DATES

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

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
_MONTHS_IN_YEAR = 12
_PARSER_SETTINGS = {
    "PARSERS": ["absolute-time"],
    "REQUIRE_PARTS": ["day", "month", "year"],
    "RETURN_AS_TIMEZONE_AWARE": False,
}
"""Settings of dateparser: accept only complete dates, and none relative to the present."""
_LABEL = phrase_pattern(
    [rf"\b(?:{'|'.join(words()['dates']['labels'])})\b", *words()["dates"]["joined"]]
)
"""Words next to a date in a date line, without other meaning."""
_SHORT_WEEKDAYS = frozenset(
    {*(weekday[:3] for weekday in WEEKDAYS), "tues", "weds", "thur", "thurs"}
)
_PAST_EN = re.compile(r"\bon (?:[A-Z][a-z]+day,? )?$")
_PAST_JA = re.compile(r"^(?:、|に|の)?[^。]{0,80}(?:した|述べた|語った)")
_FUTURE = re.compile(r"\b(?:will|due|scheduled|expected|to be|plans?)\b[^.!?]*$")
_MAIL = re.compile(
    r"(?:[A-Za-z]{2,9},? )?(\d{1,2}) ([A-Za-z]{3})[a-z]* (\d{4}|\d{2}) "
    r"(\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
)
_MONTHS_MAIL = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_ERAS = {"R": 2018, "H": 1988, "S": 1925}
_ERA = re.compile(r"([RHS])(\d{1,2})[./](\d{1,2})[./](\d{1,2})", re.IGNORECASE)
"""An era by its letter: R8.10.19 is 19 October 2026."""
_HOURS = 24
AGENCIES = {
    "AFP": "AFP",
    "AFP-JIJI": "AFP",
    "REUTERS": "Reuters",
    "ROITER": "Reuters",
    "AP": "AP",
    "ASSOCIATED PRESS": "AP",
    "KYODO": "Kyodo",
    "KYODO NEWS": "Kyodo",
    "JIJI": "Jiji",
    "JIJI PRESS": "Jiji",
    "BLOOMBERG": "Bloomberg",
    "XINHUA": "Xinhua",
    "DPA": "dpa",
    "EFE": "EFE",
    "ANSA": "ANSA",
    "共同": "共同",
    "共同通信": "共同",
    "時事": "時事",
    "時事通信": "時事",
    "ロイター": "ロイター",
}

_AGENCY_NAMES = {
    "THE ASSOCIATED PRESS": "ap",
    "AP NEWS": "ap",
    "AP通信": "ap",
    "AGENCE FRANCE-PRESSE": "afp",
    "AGENCE FRANCE PRESSE": "afp",
    "THOMSON REUTERS": "reuters",
    "ロイター": "reuters",
    "ロイター通信": "reuters",
    "路透社": "reuters",
    "共同": "kyodo",
    "共同通信社": "kyodo",
    "時事": "jiji",
    "時事通信社": "jiji",
    "DEUTSCHE PRESSE-AGENTUR": "dpa",
    "AGENCIA EFE": "efe",
    "PA MEDIA": "pa",
    "PRESS ASSOCIATION": "pa",
    "新华社": "xinhua",
    "新華社": "xinhua",
    "연합뉴스": "yonhap",
    "YONHAP NEWS": "yonhap",
}
"""Other names of agencies, for comparing credits; texts are not searched for them."""
_CREDIT_SEPARATORS = str.maketrans(dict.fromkeys(",;&+・、", "/"))

AGENCY = "|".join(sorted(map(re.escape, AGENCIES), key=len, reverse=True))

_CAPITALISED = r"[A-Z][\w.'’-]*"

_DATELINE = (
    rf"^(?P<place>{_CAPITALISED}(?:[ ,]+{_CAPITALISED}){{0,3}})(?:, [A-Z][a-z]+\.? \d{{1,2}})?\s*"
    rf"(?:\((?P<agency>{AGENCY}|[A-Z][A-Za-z ]{{2,20}})\)\s*)?[–—-]+ (?=[A-Z“\"‘0-9])"
)

_DATELINE_JA = (
    rf"^[【（](?P<place>[^】）=＝]{{1,12}}?)??"
    rf"(?:[=＝](?P<agency>{AGENCY})|(?P<alone>{AGENCY}))[】）]\s*"
)
_DATELINE_JA_DAY = (
    r"^[［\[【（(](?P<place>[^］\]】）)\s]{1,12})\s+(?:\S{1,4}日\s+)?"
    rf"(?P<agency>{AGENCY})[］\]】）)]\s*(?:[-－―—]+\s*)?"
)
_DATELINES = tuple(
    (re.compile(pattern), room)
    for pattern, room in ((_DATELINE, 120), (_DATELINE_JA, 60), (_DATELINE_JA_DAY, 60))
)
"""Datelines, each with the characters at the start of a text that can be one."""


def parse_date(text: str) -> date | datetime | None:
    """Return the time or the day in a date line; ``None`` if there is none.

    A clock time counts only with its time zone; without one only the day is returned. Of several
    days the earliest counts, that of publication: the others are those of updates. Figures that
    can be a day and a month in either order are not a date; with full stops the day is first. Lines
    that our own parser does not know are given to dateparser.
    """
    if (moment := _machine_date(text.strip())) is not None:
        return _with_zone(moment)
    days = set(_full_days(text)) or set(_days_by_library(text))
    if len(days) != 1:
        return min(days, default=None)
    day = days.pop()
    clocks, zone = clocks_in(text), _zone_of(text)
    if not clocks or zone is None:
        return day
    hour, minute, *_ = clocks[0]
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    is_valid = hour < _HOURS or (hour == _HOURS and not minute)
    return midnight + timedelta(hours=hour, minutes=minute) if is_valid else day


def _machine_date(text: str) -> date | datetime | None:
    """Return a date in a machine format: ISO 8601, mail (RFC 5322), Unix time, or an era."""
    is_epoch = text.startswith("1") and text.isdecimal() and len(text) in {10, 13}
    if is_epoch:  # seconds or milliseconds since 1970, between 2001 and 2033
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
    full_year = int(year) + (
        2000 if len(year) == 2 and int(year) < DATES.century_turn else 1900 if len(year) == 2 else 0
    )
    try:
        midnight = datetime(full_year, month or 0, int(day), tzinfo=zone)
    except ValueError:
        return None
    return midnight + timedelta(hours=int(hour), minutes=int(minute), seconds=int(second or 0))


def is_date_line(text: str) -> bool:
    """Return True if a line is only a date of publication."""
    line = unicodedata.normalize("NFKC", text)
    if len(line) > DATES.dates_characters:
        return False
    spans = [(day.start, day.end) for day in days_in(line) if day.day]
    spans += [figures.span() for figures in _NUMERIC.finditer(line)]
    unlabelled = _LABEL.sub(" ", _blank_out(line, spans)) if spans else _LABEL.sub(" ", line)
    remainder = _blank_out(unlabelled, [clock[2:] for clock in clocks_in(unlabelled)])
    remainder = _blank_out(remainder, [weekday[1:] for weekday in weekdays_in(remainder)])
    other_words = (word.strip(".,()") for word in _ZONE.sub(" ", remainder).split())
    has_other_words = any(
        word.casefold() not in _SHORT_WEEKDAYS and any(map(str.isalnum, word))
        for word in other_words
    )
    if has_other_words:
        return not spans and _is_day_by_library(line)
    return bool(spans) or _LABEL.fullmatch(line.strip()) is not None


def _is_day_by_library(line: str) -> bool:
    """Return True if dateparser reads all words of *line*, but for labels and times, as days."""
    parts = [part for part in _parts_of(line) if any(map(str.isalnum, part))]
    has_day = all(
        any(word.isdecimal() and len(word) <= 2 for word in part.replace(".", " ").split())
        for part in parts
    )
    return has_day and bool(parts) and None not in map(_day_by_library, parts)


def _parts_of(line: str) -> Iterator[str]:
    """Yield the parts of *line* between labels, without times of day."""
    for part in _LABEL.split(line):
        yield _blank_out(part, [clock[2:] for clock in clocks_in(part)]).strip(" ,.;:·|–—-()")


def _blank_out(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return *text* with the *spans* overwritten by spaces."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _day_or_none(year: int, month: int, day: int) -> date | None:
    """Return a day if it is in the calendar."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _iso(text: str) -> date | datetime:
    """Return an ISO 8601 day or time; slashes count as dashes.

    Raises:
        ValueError: *text* is neither a day nor a time.
    """
    plain = text.strip().replace("/", "-")
    is_day = len(plain) == len("YYYY-MM-DD")
    return date.fromisoformat(plain) if is_day else datetime.fromisoformat(plain)


def _with_zone(moment: date | datetime) -> date | datetime | None:
    """Return a time with a zone, the day of a time without one, or ``None`` before 1700."""
    if moment.year < DATES.first_year:
        return None
    naive = isinstance(moment, datetime) and moment.tzinfo is None
    return moment.date() if naive and isinstance(moment, datetime) else moment


def _days_by_library(text: str) -> Iterator[date]:
    """Yield the days that dateparser reads in the parts of a short line, or the one behind a label.

    What stands before the first figure that is no time of day may be a label ("Wahl: 2.11.2026").
    """
    if len(text) > DATES.dates_characters:
        return
    days = [day for part in _parts_of(text) if (day := _day_by_library(part))]
    timeless = _blank_out(text, [clock[2:] for clock in clocks_in(text)])
    unlabelled = "".join(dropwhile(lambda character: not character.isdecimal(), timeless))
    yield from days or filter(None, map(_day_by_library, (text, unlabelled)))


@lru_cache
def _day_by_library(text: str) -> date | None:
    """Return dateparser's date for a line of a date alone, unless day and month can be confused."""
    years = re.findall(r"(?<!\d)\d{4}(?!\d)", text)
    if len(text) > DATES.line_characters or max(map(int, years), default=0) < DATES.first_year:
        return None
    if figures := _NUMERIC.search(text):
        if figures[2] == ".":
            return _day_or_none(int(figures[4]), int(figures[3]), int(figures[1]))
        if _is_unclear(figures):
            return None
    parsed = _library().get_date_data(text).date_obj
    return parsed.date() if parsed is not None and parsed.year >= DATES.first_year else None


@cache
def _library() -> DateDataParser:
    """Return dateparser for the languages of coverage; all two hundred take 3 s to load."""
    from dateparser.date import DateDataParser  # takes a tenth of a second

    languages = words()["dates"]["languages"].split()
    return DateDataParser(languages=languages, settings=_PARSER_SETTINGS)


def _is_unclear(figures: re.Match[str]) -> bool:
    """Return True if *figures* can be a day and a month in either order."""
    day, sign, month = figures[1], figures[2], figures[3]
    return sign != "." and day != month and max(int(day), int(month)) <= _MONTHS_IN_YEAR


def without_unclear_days(text: str) -> str:
    """Return *text* without the days whose figures can be a day and a month in either order."""
    return _NUMERIC.sub(lambda figures: " " if _is_unclear(figures) else figures[0], text)


def _zone_of(text: str) -> tzinfo | None:
    """Return the time zone in a date line."""
    match = _ZONE.search(text)
    if match is None:
        return None
    if match["name"]:
        return timezone(timedelta(hours=_ZONES[match["name"]])) if _ZONES[match["name"]] else UTC
    hours, minutes = int(match["hours"]), int(match["minutes"])
    try:
        return timezone(timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes))
    except ValueError:
        return None


def _full_days(text: str) -> Iterator[date]:
    """Yield the days in *text* that have a year, or have one in common with another day."""
    days = [day for day in days_in(text) if day.day]
    years = {day.year for day in days if day.year}
    only_year = years.pop() if len(years) == 1 else None
    yield from filter(None, (_in_year(day, only_year) for day in days))


def newest_reported(text: str) -> date | None:
    """Return the newest day on which *text* reports that something was said or done.

    Future days ("ahead of the July 20 elections") do not count; a day without a year gets the year
    in the text, if there is only one. ``None`` if there is no such day or no year.
    """
    days = days_in(text)
    years = {day.year for day in days if day.day and day.year} or {
        day.year for day in days if day.year
    }
    only_year = years.pop() if len(years) == 1 else None
    return max(
        filter(None, (_in_year(day, only_year) for day in _past_days(text, days))), default=None
    )


def _in_year(day: Day, year: int | None) -> date | None:
    """Return *day*, with *year* if it has none; ``None`` if that year has no such day."""
    try:
        return date(day.year or year or 0, day.month or 0, day.day or 0)
    except ValueError:
        return None


def _past_days(text: str, days: list[Day]) -> Iterator[Day]:
    """Yield the days of past events; a Japanese day without a month gets the month before it."""
    current: int | None = None
    for day in days:
        if day.day is None:
            continue
        text_before, text_behind = (
            text[max(0, day.start - 60) : day.start],
            text[day.end : day.end + 120],
        )
        if text[day.end - 1] == "日":
            current = day.month or current
            if _PAST_JA.match(text_behind) and current:
                yield Day(day.year, current, day.day, day.start, day.end)
        elif _PAST_EN.search(text_before) and not _FUTURE.search(text_before):
            yield day


def starts_with_dateline(text: str) -> bool:
    """Return True if *text* begins with a place, a day or an agency, as reports do."""
    return without_dateline(text)[1:] != (None, None)


def without_dateline(body: str) -> tuple[str, str | None, str | None]:
    """Return the body without its dateline, the place, and the agency in the dateline."""
    matches = (pattern.match(body[:room]) for pattern, room in _DATELINES)
    match = next(filter(None, matches), None)
    if match is None:
        return body, None, None
    groups = match.groupdict()
    agency = groups["agency"] or groups.get("alone")
    return body[match.end() :].lstrip(), groups["place"], usual_spelling(agency)


def usual_spelling(agency: str | None) -> str | None:
    """Return the usual spelling of *agency*."""
    return AGENCIES.get(agency.upper(), agency) if agency else None


def agency_name(credit: str) -> str:
    """Return a name that is the same for an agency in all languages, to compare credits."""
    name = usual_spelling(credit.strip()) or ""
    return _AGENCY_NAMES.get(name.upper(), name.casefold())


def agency_names(credit: str) -> set[str]:
    """Return the names, as of :func:`agency_name`, of all agencies in a credit: "dpa/AFP"."""
    names = credit.translate(_CREDIT_SEPARATORS).split("/")
    return {agency_name(name) for name in names if name.strip()}
