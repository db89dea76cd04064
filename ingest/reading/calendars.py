"""Calendars (iCalendar, RFC 5545): a line for each event, with its day, time and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from ingest.errors import NoArticleError, UnreadableError
from ingest.language.lines import BETWEEN
from ingest.model import Extract, Header
from ingest.reading.decoding import damage_notes
from ingest.reading.documents import Document, FoundArticle, Parser, Score
from ingest.reading.limits import FILES
from ingest.reading.text import clean, clean_line

_SIGNATURE = b"BEGIN:VCALENDAR"
_PROPERTY = re.compile(
    r"([A-Za-z0-9-]{1,60})((?:;[^\":;\n]{1,100}(?:\"[^\"\n]{0,200}\")?){0,8}):(.*)"
)
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r"TZID=\"?([^\";]{1,60})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class _Time:
    """The day of an event, its time of day if it has one, and the name of its time zone."""

    day: date
    clock: str = ""
    zone: str = ""


@dataclass(slots=True)
class _Event:
    """The properties of an event: each with its parameters and its value."""

    properties: dict[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the text of a property on one line."""
        return clean_line(_unescaped(self.properties.get(name, ("", ""))[1]))

    def time(self, name: str) -> _Time | None:
        """Return the time of a property; ``None`` if it states none."""
        parameters, value = self.properties.get(name, ("", ""))
        match = _TIME.match(value)
        try:
            day = date(*map(int, match.group(1, 2, 3))) if match else None
        except ValueError:
            return None
        if match is None or day is None:
            return None
        zone = _ZONE.search(parameters)
        clock = f"{match[4]}:{match[5]}" if match[4] else ""
        return _Time(day, clock, "UTC" if match[6] else zone[1] if zone else "")


class CalendarParser(Parser):
    """The parser of calendars: dates of elections, counts and debates."""

    kind = "calendars"
    endings = frozenset({".ics", ".ical"})
    media_types = frozenset({"text/calendar"})

    def score(self, document: Document) -> int:
        """Return the score of *document*: sure by its first line, else by the name."""
        is_calendar = document.head[: len(_SIGNATURE)].upper() == _SIGNATURE
        return Score.SURE if is_calendar else Parser.score(self, document)

    def parse(self, document: Document) -> Iterator[FoundArticle]:
        """Yield the article of one calendar, its events in the order of their days."""
        text = document.text().removeprefix("\ufeff")
        calendar, events = _events_of(text, document.name)
        lines = sorted(filter(None, map(_line_of, events)))
        if not lines:
            raise NoArticleError(
                f"{document.name} is a calendar without events. Nothing was added."
            )
        stamps = [stamp.day for event in events if (stamp := event.time("LAST-MODIFIED"))]
        header = Header(
            title=clean_line(_unescaped(calendar.get("X-WR-CALNAME", ""))) or document.stem,
            published=max(stamps, default=None),
        )
        body = "\n\n".join(lines)
        yield FoundArticle(document.name, Extract(header, clean(body), notes=damage_notes(text)))


def _events_of(text: str, name: str) -> tuple[Mapping[str, str], list[_Event]]:
    """Return the properties of the calendar in *text*, and its events.

    Raises:
        UnreadableError: there are too many events.
    """
    calendar: dict[str, str] = {}
    events: list[_Event] = []
    parts: list[str] = []
    unfolded_text = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    for line in unfolded_text.splitlines():
        match = _PROPERTY.match(line)
        if match is None:
            continue
        key = match[1].upper()
        if key == "BEGIN":
            parts.append(match[3].strip().upper())
            if parts[-1] == "VEVENT":
                events.append(_Event())
                if len(events) > FILES.calendar_events:
                    raise UnreadableError(
                        f"{name} has more than {FILES.calendar_events:,} events. Split it."
                    )
        elif key == "END":
            del parts[-1:]
        elif parts[-1:] == ["VEVENT"]:
            events[-1].properties.setdefault(key, (match[2], match[3]))
        elif parts[-1:] == ["VCALENDAR"]:
            calendar.setdefault(key, match[3])
    return calendar, events


def _line_of(event: _Event) -> str:
    """Return the line of an event; empty if it is cancelled or has no day or name."""
    start, name = event.time("DTSTART"), event.text("SUMMARY")
    if start is None or not name or event.text("STATUS").upper() == _CANCELLED:
        return ""
    details = (
        event.text("LOCATION"),
        event.text("DESCRIPTION")[: FILES.event_description_characters],
    )
    return BETWEEN.join((_when(start, event.time("DTEND")), name, *filter(None, details)))


def _when(start: _Time, end: _Time | None) -> str:
    """Return the days and times from *start* to *end*; a day without a time ends before *end*."""
    if not start.clock:
        last_day = end.day - timedelta(days=1) if end and end.day > start.day else start.day
        return f"{start.day}" if last_day <= start.day else f"{start.day} – {last_day}"
    zone = f" ({start.zone})" if start.zone else ""
    if end is None or not end.clock or end == start:
        return f"{start.day} {start.clock}{zone}"
    end_text = end.clock if end.day == start.day else f" {end.day} {end.clock}"
    return f"{start.day} {start.clock}–{end_text}{zone}"


def _unescaped(value: str) -> str:
    """Return the text of a value without the escapes of the format."""
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
