"""What a question names: outlets, days, and periods counted back from a day that is passed in."""

from datetime import date, datetime, timedelta, timezone

import pytest

from ingest.index.scope import question_scope
from ingest.model import Header, Scope

TODAY = date(2026, 11, 4)  # a Wednesday
OUTLETS = ("The Sarnholt Ledger", "Courier", "FOX News - Health", "ブレノック新聞", "Time")


def names(question):
    return question_scope(question, OUTLETS, TODAY)


@pytest.mark.parametrize(
    ("question", "outlets"),
    [
        ("What did the ledger say?", ()),
        ("What did Sarnholt Ledger reporters find?", ("The Sarnholt Ledger",)),
        ("What did The Sarnholt Ledger say?", ("The Sarnholt Ledger",)),
        ("according to 'the sarnholt ledger'", ("The Sarnholt Ledger",)),
        ("Does the Courier agree with Fox News?", ("Courier", "FOX News - Health")),
        ("Which courier brought the ballots in time?", ()),
        ("ブレノック新聞によると投票率は？", ("ブレノック新聞",)),
    ],
)
def test_outlets_are_known_by_their_names(question, outlets):
    """A name of one word counts with its capitals alone: "in time" names no magazine."""
    assert names(question).outlets == outlets


@pytest.mark.parametrize(
    ("question", "since"),
    [
        ("What changed since last week?", date(2026, 10, 26)),
        ("Any recounts this week?", date(2026, 11, 2)),
        ("What was reported in the last 3 days?", date(2026, 11, 1)),
        ("Polls of the past two weeks", date(2026, 10, 21)),
        ("What happened last month?", date(2026, 10, 1)),
        ("先週の世論調査は？", date(2026, 10, 26)),
        ("過去3日の報道", date(2026, 11, 1)),
    ],
)
def test_a_period_counted_back_bounds_what_may_answer(question, since):
    """Whoever asks about last week is not answered with last year."""
    assert names(question).bound == Scope(since=since)
    assert names(question).days == ()


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened today?", 4, 4),
        ("What did she say yesterday?", 3, 3),
        ("昨日何があった？", 3, 3),
        ("Who resigned the day before yesterday?", 2, 2),
        ("Who spoke last night?", 3, 4),
    ],
)
def test_today_and_yesterday_are_one_day_each(question, first, last):
    """What happened today is no answer about yesterday; of a night the morning reports."""
    bound = Scope(since=date(2026, 11, first), until=date(2026, 11, last))
    assert names(question).bound == bound


@pytest.mark.parametrize(
    ("hour", "offset", "asked", "is_today"),
    [(1, 9, 29, True), (1, 9, 28, False), (22, -10, 29, True), (22, -10, 30, False)],
)
def test_an_article_is_of_the_day_at_its_outlet(hour, offset, asked, is_today):
    """One in the morning in Japan is still the day before in UTC, ten at night in Hawaii the next.

    The offset of the published time gives the outlet's day; the day that is asked about is the
    asker's.
    """
    zone = timezone(timedelta(hours=offset))
    header = Header("Mayor resigns", published=datetime(2026, 11, 29, hour, tzinfo=zone))
    bound = question_scope("Who resigned today?", (), date(2026, 11, asked)).bound
    assert bound is not None
    assert bound.holds(header) is is_today


@pytest.mark.parametrize(
    ("question", "scope"),
    [
        (
            "the report of October 20, 2026",
            Scope(since=date(2026, 10, 20), until=date(2026, 10, 20)),
        ),
        ("What was said on 20 October?", Scope(since=date(2026, 10, 20), until=date(2026, 10, 20))),
        (
            "What did they say on December 5?",
            Scope(since=date(2025, 12, 5), until=date(2025, 12, 5)),
        ),
        ("10月20日に何があった？", Scope(since=date(2026, 10, 20), until=date(2026, 10, 20))),
        ("What happened in October?", Scope(since=date(2026, 10, 1), until=date(2026, 10, 31))),
        ("Polls Of October", Scope(since=date(2026, 10, 1), until=date(2026, 10, 31))),
        ("in December 2024", Scope(since=date(2024, 12, 1), until=date(2024, 12, 31))),
        ("7月の調査", Scope(since=date(2026, 7, 1), until=date(2026, 7, 31))),
        ("What changed since October 20?", Scope(since=date(2026, 10, 20))),
        ("10月20日以降の動き", Scope(since=date(2026, 10, 20))),
        ("polls before 5 October 2026", Scope(until=date(2026, 10, 5))),
    ],
)
def test_a_day_that_is_written_out_is_preferred(question, scope):
    """A report of the day after may answer as well, so nothing is shut out."""
    assert names(question).days == (scope,)
    assert names(question).bound is None


@pytest.mark.parametrize(
    "question",
    [
        "What did USA Today report?",
        "the last days of the campaign",
        "Who may win?",
        "Who won the October election?",
        "What changed within October?",
        "31 February 2026",
        "13月の天気",
        "",
    ],
)
def test_what_only_looks_like_a_period_is_none(question):
    """A newspaper's name, a manner of speaking and a day that never was bound nothing."""
    assert (names(question).bound, names(question).days) == (None, ())


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What was the turnout since last week?", "What was the turnout since ?"),
        ("Did the Courier report on 25 October 2026 on tax?", "Did the report on on tax?"),
        ("昨日の投票率は？", "の投票率は？"),
        ("Courier", "Courier"),
    ],
)
def test_the_topic_is_what_is_left(question, topic):
    """No sentence needs to say "last week" to answer a question about it."""
    assert " ".join(names(question).topic.split()) == topic


def test_an_article_without_a_day_lies_in_no_period():
    """A missing date is never taken for the right one."""
    assert not Scope(since=TODAY).holds(Header("t"))
    assert Scope().holds(Header("t"))
    assert Scope(outlets=("A",)).holds(Header("t", outlet="A"))
    assert not Scope(outlets=("A",)).holds(Header("t", outlet="B"))
    assert Scope(until=TODAY).holds(Header("t", published=TODAY))
