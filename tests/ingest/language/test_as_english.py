"""German, read by its word list: figures, days, periods, each at its own place.

Written by hand from how German papers write; no sentence was made by what reads it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.index.scope import question_scope
from ingest.language.as_english import as_english
from ingest.language.dates import clocks_in, days_in, weekdays_in
from ingest.language.numbers import figures_in, normalise

TODAY = date(2026, 11, 2)


def read(text):
    """Return what is read of each figure, and the words that it stands in."""
    rendered = as_english(normalise(text), "de")
    return [
        (
            figure.value,
            figure.kind,
            figure.unit,
            figure.bound,
            text[slice(*rendered.span(figure.start, figure.end))],
        )
        for figure in figures_in(rendered.text)
    ]


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit", "bound", "said"),
    [
        ("Sie bekam 1.234.567 Stimmen.", 1234567, "count", "ballots", "", "1.234.567"),
        ("Die Wahlbeteiligung lag bei 62,7 Prozent.", "62.7", "share", "", "", "62,7 Prozent"),
        (
            "Mehr als drei Millionen Menschen kamen.",
            3000000,
            "count",
            "",
            "least",
            "drei Millionen",
        ),
        ("Rund zwanzigtausend blieben zu Hause.", 20000, "count", "", "about", "zwanzigtausend"),
        ("Das Bündnis gewann dreiundzwanzig Mandate.", 23, "count", "seats", "", "dreiundzwanzig"),
        ("Es kostet 3,2 Milliarden Euro.", 3200000000, "count", "euros", "", "3,2 Milliarden"),
        ("Es sind 2 Billionen Kronen.", 2000000000000, "count", "crowns", "", "2 Billionen"),
        ("Höchstens 40 Sitze sind möglich.", 40, "count", "seats", "most", "40"),
        ("Das sind 3 Prozentpunkte mehr.", 3, "points", "", "", "3 Prozentpunkte"),
        ("Die Hälfte der Sitze ist vergeben.", 50, "share", "", "", "Hälfte"),
        ("Zwei Drittel der Mitglieder stimmten zu.", None, "share", "", "", "Zwei Drittel"),
        ("Der Zug fährt mit 1,5 Stunden Verspätung.", "1.5", "count", "hours", "", "1,5"),
        ("Sie gewann 12 Sitze hinzu.", 12, "count", "seats", "", "12"),
    ],
)
def test_a_figure_is_read_with_its_kind_unit_and_bound(text, value, kind, unit, bound, said):
    """Dots divide thousands and a comma decimals; a Milliarde is a billion."""
    [found] = read(text)
    assert found[1:4] == (kind, unit, bound)
    assert value is None or found[0] == Decimal(value)
    assert found[4] == said


@pytest.mark.parametrize(
    "text",
    [
        "Eine Frau sagte das.",
        "Einer der Kandidaten ging.",
        "Das ist ein Anfang.",
        "Beide lehnten ab.",
    ],
)
def test_an_article_is_no_figure(text):
    """Where "ein" stands alone it is an article and no number."""
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("am 7. Oktober 2026", date(2026, 10, 7)),
        ("am Dienstag, 3. März 2026,", date(2026, 3, 3)),
        ("Stand 07.10.2026", date(2026, 10, 7)),
        ("seit dem 1. August 2025", date(2025, 8, 1)),
        ("bis 31. Mai 2026", date(2026, 5, 31)),
    ],
)
def test_a_day_is_read(text, day):
    """The day comes first, with a full stop that ends nothing."""
    assert [each.whole for each in days_in(as_english(text, "de").text)] == [day]


def test_times_and_weekdays_are_read():
    """Um 18.30 Uhr, am Montag."""
    text = as_english("Am Montag um 18.30 Uhr und am Sonnabend um 8 Uhr", "de").text
    assert [(hour, minute) for hour, minute, *_ in clocks_in(text)] == [(18, 30), (8, 0)]
    assert [day for day, *_ in weekdays_in(text)] == [0, 5]


@pytest.mark.parametrize(
    ("question", "since", "until", "topic"),
    [
        (
            "Was geschah gestern in Sarnholt?",
            date(2026, 11, 1),
            date(2026, 11, 1),
            "Was geschah in Sarnholt?",
        ),
        (
            "Was gab es letzte Woche zur Koalition?",
            date(2026, 10, 26),
            None,
            "Was gab es zur Koalition?",
        ),
        (
            "Was wurde vor drei Tagen gesagt?",
            date(2026, 10, 30),
            date(2026, 10, 30),
            "Was wurde gesagt?",
        ),
        ("Was hieß es in den letzten zwei Wochen?", date(2026, 10, 19), None, "Was hieß es ?"),
        ("Was sagte sie diesen Monat?", date(2026, 11, 1), None, "Was sagte sie ?"),
    ],
)
def test_a_period_is_read_and_the_topic_stays_german(question, since, until, topic):
    """What is searched for are the question's own words, without its period."""
    found = question_scope(question, [], TODAY, "de")
    assert (found.bound.since, found.bound.until) == (since, until)
    assert " ".join(found.topic.split()) == topic


def test_a_month_is_read():
    """Im Oktober asks for what was in it."""
    found = question_scope("Was geschah im Oktober 2026?", [], TODAY, "de")
    assert [(each.since, each.until) for each in found.days] == [
        (date(2026, 10, 1), date(2026, 10, 31))
    ]


def test_other_languages_are_read_as_they_are():
    """English and Japanese have readers of their own; what is not known is left alone."""
    for language in ("en", "ja", "it", None):
        assert (
            as_english("1.234 Stimmen am 7. Oktober", language).text
            == "1.234 Stimmen am 7. Oktober"
        )


@given(
    st.text(st.sampled_from("aeiou 0123456789.,-:äß\nUhr ein drei Millionen Prozent")), st.text()
)
def test_every_letter_knows_its_place(text, more):
    """Whatever is rendered, each letter of it stands for a part of the text, in order."""
    text += more
    rendered = as_english(text, "de")
    assert len(rendered.places) == len(rendered.text)
    assert all(0 <= start < end <= len(text) for start, end in rendered.places)
    assert list(rendered.places) == sorted(rendered.places)
