"""Dates in figures, words, kanji and eras; date lines."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ingest.language.datelines import is_date_line, parse_date
from ingest.language.dates import clocks_in, days_in, typed_moment, weekdays_in, word_before


def read(text):
    """Return year, month and day of each date."""
    return [(d.year, d.month, d.day) for d in days_in(text)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on 3 November 2026", [(2026, 11, 3)]),
        ("the third of November 2026", [(2026, 11, 3)]),
        ("November 3rd, 2026", [(2026, 11, 3)]),
        ("2026-11-03", [(2026, 11, 3)]),
        ("令和8年11月3日", [(2026, 11, 3)]),
        ("令和元年5月1日", [(2019, 5, 1)]),
        ("平成30年", [(2018, None, None)]),
        ("二〇二六年十一月三日", [(2026, 11, 3)]),
        ("between 1 and 4 October", [(None, 10, 1), (None, 10, 4)]),
        ("October 1 to 15", [(None, 10, 1), (None, 10, 15)]),
        ("25日の議会選挙", [(None, None, 25)]),
        ("in January 2027", [(2027, 1, None)]),
        ("by 2030", [(2030, None, None)]),
        ("in May", [(None, 5, None)]),
        ("they may march on", []),
        ("since last May", [(None, 5, None)]),
        ("mid-May", [(None, 5, None)]),
        ("a blast May felt", []),
        ("the dolphin May saw", []),
        ("in: May I?", []),
        ("In May", []),
        ("2015 votes", []),
        ("31 February 2026", [(2026, 2, None)]),
        ("2日間", []),
    ],
)
def test_a_date_is_read_as_far_as_it_is_stated(text, days):
    """What a text leaves out stays open, and no other number is taken for a day."""
    assert read(text) == days


@pytest.mark.parametrize(
    ("before", "gaps", "word"),
    [
        ("in ", " ", "in"),
        ("seats within ", " ", "within"),
        ("drop-in ", " ", "in"),
        ("In ", " ", "In"),
        ("mid-", " -", "mid"),
        ("mid-", " ", ""),
        ("in", " ", ""),
        ("in  ", " ", ""),
        ("in\n", " ", ""),
        ("l’été ", " ", "été"),
        ("log_in ", " ", "log_in"),
        ("2nd ", " ", "2nd"),
        (" ", " ", ""),
        ("", " ", ""),
    ],
)
def test_the_word_before_a_place_is_whole(before, gaps, word):
    """No part of a longer word, and nothing across a line or two spaces."""
    assert word_before(f"{before}May", len(before), gaps) == word


def test_times_and_weekdays():
    """Twelve hours and twenty-four, noon, and the kanji of the week."""
    assert [c[:2] for c in clocks_in("at 10 p.m., 20:00, noon, 午後10時半")] == [
        (22, 0),
        (20, 0),
        (12, 0),
        (22, 30),
    ]
    assert [w for w, *_ in weekdays_in("on Monday or 火曜日")] == [0, 1]


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("26 October 2026", date(2026, 10, 26)),
        ("Monday, October 26, 2026", date(2026, 10, 26)),
        ("26.10.2026", date(2026, 10, 26)),
        ("10/26/2026", date(2026, 10, 26)),
        ("10/11/2026", None),
        ("26 octobre 2026", date(2026, 10, 26)),
        ("26. Oktober 2026", date(2026, 10, 26)),
        ("令和8年10月26日", date(2026, 10, 26)),
        ("26 October 2026 14:00 GMT", datetime(2026, 10, 26, 14, tzinfo=UTC)),
        ("3 hours ago", None),
        ("October 2026", None),
        ("by our correspondent", None),
    ],
)
def test_a_date_line_states_a_whole_day_or_nothing(line, moment):
    """Nothing is reckoned from the clock, and no order of day and month is guessed."""
    assert parse_date(line) == moment


@pytest.mark.parametrize(
    "line",
    [
        "2. November 2026",
        "Le 2 novembre 2026",
        "Montag, 2. November 2026, 14:30 Uhr",
        "2 de noviembre de 2026",
        "Publicado em 2 de novembro de 2026 às 14h30",
        "Publié le lundi 2 novembre 2026 à 14h30",
        "입력 2026.11.02 14:30",
        "입력 2026-11-02 오후 2:30 | 수정 2026-11-03 오전 9:00",
        "Опубликовано 2 ноября 2026",
        "发布时间：2026年11月2日 14:30",
        "نُشر في 2 نوفمبر 2026",
        "First published 2 Nov, updated 4 Nov 2026",
        "Updated 4 November 2026; first published 2 November 2026",
        "Aktualisiert am 4. November 2026, veröffentlicht am 2. November 2026",
    ],
)
def test_a_line_of_dates_alone_is_of_the_day_of_publication(line):
    """In any language, and also if the day of an update stands before it."""
    assert is_date_line(line)
    assert parse_date(line) == date(2026, 11, 2)


@pytest.mark.parametrize(
    "line",
    [
        "Holm votes 2 November 2026",
        "Wahl am 2. November 2026",
        "412 Stimmen am 2. November 2026",
        "Le 2 novembre 2026, Holm vote",
        "Zwei Sitze 2026",
    ],
)
def test_a_line_with_other_words_is_no_date_line(line):
    """It says what happens on that day."""
    assert not is_date_line(line)


CENTRAL_EUROPE = timezone(timedelta(hours=1))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-11-05T23:00Z", datetime(2024, 11, 5, 23, tzinfo=UTC)),
        ("2024-11-05 23:00 UTC", datetime(2024, 11, 5, 23, tzinfo=UTC)),
        (" 2024/11/05 23:00 gmt ", datetime(2024, 11, 5, 23, tzinfo=UTC)),
        ("2024-11-05 23:00 +01:00", datetime(2024, 11, 5, 23, tzinfo=CENTRAL_EUROPE)),
        ("2024-11-05 23:00 −01:00", datetime(2024, 11, 6, tzinfo=UTC)),
        ("２０２４－１１－０５　２３：００Ｚ", datetime(2024, 11, 5, 23, tzinfo=UTC)),
        ("٢٠٢٤-١١-٠٥ ٢٣:٠٠Z", datetime(2024, 11, 5, 23, tzinfo=UTC)),
        ("2024-11-05", date(2024, 11, 5)),
    ],
)
def test_a_moment_is_read_as_people_type_it(text, moment):
    """With the keyboard of their language, and the zone behind a space."""
    assert typed_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-11-31 09:00",
        "2024-11-05 25:00",
        "2024-11-05T23:00+99:00",
        "1730847600",
        "0001-01-01T00:00+14:00",
        "0001-01-02T00:00Z",
        "1699-12-31",
    ],
)
def test_what_is_no_moment_is_none(text):
    """Neither is one that no coverage can be of: days around it could not be reckoned."""
    with pytest.raises(ValueError):  # noqa: PT011 - fromisoformat's own texts differ
        typed_moment(text)
