"""Calendars: each event with its day, time, zone and place."""

from datetime import date

import pytest

from ingest.reading import Hints, read_bytes


def one(text, name="elections.ics"):
    [found] = read_bytes(text.encode(), name, Hints())
    return found


def calendar(*events):
    """Write a calendar of *events*, each a list of lines."""
    bodies = "".join(
        "BEGIN:VEVENT\r\n" + "".join(f"{line}\r\n" for line in event) + "END:VEVENT\r\n"
        for event in events
    )
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Elections in Sarnholt\\, 2026\r\n"
        f"BEGIN:VTIMEZONE\r\nTZID:Europe/Holm\r\nEND:VTIMEZONE\r\n{bodies}END:VCALENDAR\r\n"
    )


VOTE = (
    'DTSTART;TZID="Europe/Holm":20261103T080000',
    "DTEND;TZID=Europe/Holm:20261103T200000",
    "SUMMARY:Election day in Sarnholt and the",
    "  islands",
    "LOCATION:Every polling station\\; the list is on the door",
    "LAST-MODIFIED:20261001T120000Z",
    "BEGIN:VALARM",
    "DESCRIPTION:Reminder",
    "END:VALARM",
)


def test_each_event_is_a_line():
    """In the order of days, with what is folded and escaped, and nothing that is cancelled."""
    found = one(
        calendar(
            ("DTSTART:20261105T013000Z", "SUMMARY:Count in Tarn", "DESCRIPTION:Open to all"),
            VOTE,
            ("DTSTART;VALUE=DATE:20261020", "DTEND;VALUE=DATE:20261023", "SUMMARY:Early voting"),
            ("DTSTART:20261104", "SUMMARY:Recount", "STATUS:CANCELLED"),
            ("DTSTART:20269999", "SUMMARY:Never"),
        )
    )
    assert found.extract.text.split("\n\n") == [
        "2026-10-20 – 2026-10-22 · Early voting",
        (
            "2026-11-03 08:00–20:00 (Europe/Holm) · Election day in Sarnholt and the islands"
            " · Every polling station; the list is on the door"
        ),
        "2026-11-05 01:30 (UTC) · Count in Tarn · Open to all",
    ]
    assert found.extract.header.title == "Elections in Sarnholt, 2026"
    assert found.extract.header.published == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (calendar(), "a calendar without events"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY", "a calendar without events"),
        (calendar(*[("SUMMARY:x",)] * 5_001), "more than 5,000 events"),
    ],
)
def test_a_calendar_without_events_is_refused(text, words):
    """Empty, cut off, or without end."""
    assert words in str(one(text).problem)


def test_a_large_calendar_is_read_by_its_first_line():
    """Under any name, in time that grows with its length alone."""
    events = [("DTSTART:20261103", f"SUMMARY:Station {n} opens early") for n in range(4_000)]
    [found] = read_bytes(calendar(*events).encode(), "paste", Hints())
    assert found.extract.text.count("2026-11-03 · Station") == 4_000
