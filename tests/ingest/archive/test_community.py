"""What members say, suggest and were asking; rules; on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.archive import Archive
from ingest.recorded import (
    AnswerRecord,
    CitedRange,
    Feedback,
    Job,
    Pending,
    Suggestion,
    Verdict,
)
from tests.builders import NOW, an_extract, saved

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def archive(archive_url):
    """Open an archive with one article and one answer that cites it."""
    with Archive.open(archive_url) as opened:
        saved(opened, an_extract())
        opened.record(an_answer())
        yield opened


def an_answer():
    """Record an answer that cites the first five letters twice and the next five once."""
    cited = (CitedRange(1, 1, 5, 10), CitedRange(1, 1, 0, 5))
    return AnswerRecord(NOW, "answer", None, "en", None, None, None, None, [], 0, 0, cited)


def said(verdict=Verdict.WRONG, member="m", **more):
    """Say something of the answer."""
    return Feedback(NOW, 1, verdict, member, **more)


def test_citations_come_in_their_order(archive):
    """The first one cited is the first one shown."""
    assert [each.start_at for each in archive.cited(1)] == [5, 0]
    assert archive.cited(99) == ()


def test_a_member_says_one_thing_of_an_answer(archive):
    """What they say later replaces it; others' words stay."""
    assert archive.say(said())
    assert archive.say(said(Verdict.OUTDATED, comment="recount"))
    assert archive.say(said(member="other"))
    assert not archive.say(replace(said(), answer_id=99))
    found = archive.feedback([Verdict.WRONG, Verdict.OUTDATED])
    assert [(each.verdict, each.member, each.comment) for each in found] == [
        (Verdict.WRONG, "other", None),
        (Verdict.OUTDATED, "m", "recount"),
    ]
    assert archive.feedback([Verdict.HELPFUL]) == []


def test_what_is_settled_is_listed_no_more(archive):
    """A moderator deals with it once."""
    archive.say(said())
    [found] = archive.feedback([Verdict.WRONG])
    assert archive.settle([found.id], now=NOW) == 1
    assert archive.settle([found.id], now=NOW) == 0
    assert archive.feedback([Verdict.WRONG]) == []


def test_a_question_is_known_until_it_is_answered(archive):
    """One that was cut off is told once and taken once."""
    one = archive.begin(Pending(NOW, "7", "Who?", "en", "m", token="t"))
    two = archive.begin(Pending(NOW, "7", "When?", "en", "m", message="8"))
    new = archive.begin(Pending(LATER, "7", "Now?", "en", "m"))
    archive.finish(one)
    archive.stands(two, "9")
    [cut_off] = archive.interrupted(LATER)
    assert (cut_off.id, cut_off.question, cut_off.shown) == (two, "When?", "9")
    assert archive.interrupted(LATER) == []
    assert archive.take(two) == cut_off
    assert archive.take(two) is None
    archive.give_back(cut_off)
    assert archive.interrupted(LATER) == []
    assert archive.take(two) == cut_off
    assert archive.take(new).question == "Now?"


def test_a_suggestion_is_decided_once(archive):
    """And what was sent along is not kept any longer."""
    number = archive.suggest(Suggestion(NOW, "5", "m", "a.txt", data=b"text", outlet="L"))
    assert archive.suggested("m", NOW) == 1
    assert archive.suggested("m", LATER) == 0
    assert [each.id for each in archive.open_suggestions()] == [number]
    assert archive.decide(number, approved=False)
    assert not archive.decide(number, approved=True)
    kept = archive.suggestion(number)
    assert (kept.approved, kept.data, kept.outlet) == (False, None, "L")
    assert archive.open_suggestions() == []
    assert archive.suggestion(99) is None


def test_rules_are_kept_by_server(archive):
    """Each server has its own, and the desk has its own."""
    archive.set_rules("5", {"per_member": 3})
    archive.set_rules("", {"voting_link": "https://vote.example"})
    archive.set_rules("5", {"per_member": 4})
    assert archive.rules("5") == {"per_member": 4}
    assert archive.rules("") == {"voting_link": "https://vote.example"}
    assert archive.rules("6") == {}


def test_the_secret_is_made_once(archive):
    """Hashes of one person meet after a restart."""
    assert archive.secret() == archive.secret()
    assert len(archive.secret()) == 64


def test_a_member_is_forgotten(archive):
    """What they said stays, and nothing says that they did."""
    archive.say(said())
    archive.suggest(Suggestion(NOW, "5", "m", "a", address="a"))
    archive.begin(Pending(NOW, "7", "Who?", "en", "m"))
    assert archive.forget("m") == 3
    assert archive.forget("m") == 0
    assert archive.suggested("m", NOW) == 0
    assert archive.interrupted(LATER) == []


def test_who_said_what_expires(archive):
    """After its time nothing can be traced, and a question that was cut off is gone."""
    archive.say(said())
    number = archive.begin(Pending(NOW, "7", "Who?", "en", "m"))
    archive.expire(NOW, asked_before=NOW)
    assert archive.feedback([Verdict.WRONG])[0].member == "m"
    archive.expire(LATER, asked_before=LATER)
    assert archive.feedback([Verdict.WRONG])[0].member == ""
    assert archive.take(number) is None


def test_a_job_is_known_until_it_is_dismissed(archive):
    """A look at a source that somebody waits for survives a restart."""
    number = archive.employ(Job(NOW, 3, "token", "ja"))
    assert archive.jobs() == [Job(NOW, 3, "token", "ja", number)]
    archive.dismiss(number)
    assert archive.jobs() == []


def test_articles_are_counted_by_day(archive):
    """Removed ones count for nothing, and days long past are left out."""
    day = an_extract().header.published
    saved(archive, an_extract("Another text of that day.", title="b"))
    saved(archive, an_extract("An old text.", title="c", published=day - timedelta(days=40)))
    assert archive.by_day(30) == {day: 2}
    archive.remove(1, now=NOW)
    assert archive.by_day(60) == {day: 1, day - timedelta(days=40): 1}
