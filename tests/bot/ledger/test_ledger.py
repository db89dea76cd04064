"""What members say, suggest and were asking; rules; on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.ledger import Ledger
from bot.ledger.ledger_tables import ledger_metadata
from bot.ledger.records import (
    AnswerRecord,
    AuditAction,
    AuditEntry,
    CitedRange,
    Feedback,
    FeedbackVerdict,
    Follow,
    FollowedNews,
    FollowKind,
    Job,
    NoticeKey,
    NoticeKind,
    PendingQuestion,
    Suggestion,
)
from ingest.archive import Archive
from ingest.archive.schema import archive_metadata
from tests.builders import NOW, an_extract, saved

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def archive(archive_url):
    """Open an archive with one article and one answer that cites it."""
    with Archive.open(archive_url) as opened:
        saved(opened, an_extract())
        Ledger.of(opened).answers.add(an_answer())
        yield opened


@pytest.fixture
def ledger(archive):
    """Open what lies beside it."""
    return Ledger.of(archive)


def an_answer():
    """Record an answer that cites the first five letters twice and the next five once."""
    cited = (CitedRange(1, 1, 5, 10), CitedRange(1, 1, 0, 5))
    return AnswerRecord(NOW, "answer", None, "en", None, None, None, None, [], 0, 0, cited)


def said(verdict=FeedbackVerdict.WRONG, member="m", **more):
    """Say something of the answer."""
    return Feedback(NOW, 1, verdict, member, **more)


def test_citations_come_in_their_order(ledger):
    """The first one cited is the first one shown."""
    assert [each.start_at for each in ledger.answers.cited(1)] == [5, 0]
    assert ledger.answers.cited(99) == ()


def test_a_member_says_one_thing_of_an_answer(ledger):
    """What they say later replaces it; others' words stay."""
    assert ledger.feedback.add(said())
    assert ledger.feedback.add(said(FeedbackVerdict.OUTDATED, comment="recount"))
    assert ledger.feedback.add(said(member="other"))
    assert not ledger.feedback.add(replace(said(), answer_id=99))
    found = ledger.feedback.open([FeedbackVerdict.WRONG, FeedbackVerdict.OUTDATED])
    assert [(each.verdict, each.member, each.comment) for each in found] == [
        (FeedbackVerdict.WRONG, "other", None),
        (FeedbackVerdict.OUTDATED, "m", "recount"),
    ]
    assert ledger.feedback.open([FeedbackVerdict.HELPFUL]) == []


def test_what_is_settled_is_listed_no_more(ledger):
    """A moderator deals with it once."""
    ledger.feedback.add(said())
    [found] = ledger.feedback.open([FeedbackVerdict.WRONG])
    assert ledger.feedback.settle([found.id], now=NOW) == 1
    assert ledger.feedback.settle([found.id], now=NOW) == 0
    assert ledger.feedback.open([FeedbackVerdict.WRONG]) == []


def test_a_question_is_known_until_it_is_answered(ledger):
    """One that was cut off is told once and taken once."""
    one = ledger.questions.add(PendingQuestion(NOW, "7", "Who?", "en", "m", token="t"))
    two = ledger.questions.add(PendingQuestion(NOW, "7", "When?", "en", "m", message="8"))
    new = ledger.questions.add(PendingQuestion(NOW, "7", "Now?", "en", "m", owner="there"))
    ledger.questions.remove(one)
    ledger.questions.note_shown(two, "9")
    ledger.leases.take("process there", "there", LATER, now=NOW)
    [cut_off] = ledger.questions.interrupted("other", NOW)
    assert (cut_off.id, cut_off.question, cut_off.shown) == (two, "When?", "9")
    assert ledger.questions.interrupted("other", NOW) == []
    assert ledger.questions.take(two) == cut_off
    assert ledger.questions.take(two) is None
    ledger.questions.put_back(cut_off)
    assert ledger.questions.interrupted("other", NOW) == []
    [left] = ledger.questions.interrupted("other", LATER + timedelta(seconds=1))
    assert (left.id, left.owner) == (new, "other")
    ledger.questions.mark_notified(new)
    assert ledger.questions.interrupted("another", LATER + timedelta(days=1)) == []
    assert ledger.questions.take(two) == cut_off
    assert ledger.questions.take(new).question == "Now?"


def test_a_suggestion_is_decided_once(ledger):
    """And what was sent along is not kept any longer."""
    number = ledger.suggestions.add(Suggestion(NOW, "5", "m", "a.txt", data=b"text", outlet="L"))
    assert ledger.suggestions.count_since("m", NOW) == 1
    assert ledger.suggestions.count_since("m", LATER) == 0
    assert [each.id for each in ledger.suggestions.open()] == [number]
    assert ledger.suggestions.decide(number, approved=False, by="7", place="5")
    assert not ledger.suggestions.decide(number, approved=True, by="8", place="5")
    kept = ledger.suggestions.get(number)
    assert (kept.approved, kept.data, kept.outlet) == (False, None, "L")
    assert (kept.decided_by, kept.decided_in) == ("7", "5")
    assert ledger.suggestions.open() == []
    assert ledger.suggestions.get(99) is None


def test_rules_are_kept_by_server(ledger):
    """Each server has its own, and the desk has its own."""
    ledger.rules.set("5", {"per_member": 3})
    ledger.rules.set("", {"voting_link": "https://vote.example"})
    ledger.rules.set("5", {"per_member": 4})
    assert ledger.rules.get("5") == {"per_member": 4}
    assert ledger.rules.get("") == {"voting_link": "https://vote.example"}
    assert ledger.rules.get("6") == {}


def test_the_secret_is_made_once(ledger):
    """Hashes of one person meet after a restart."""
    assert ledger.rules.secret() == ledger.rules.secret()
    assert len(ledger.rules.secret()) == 64


def test_a_member_is_forgotten(ledger):
    """What they said stays, and nothing says that they did."""
    ledger.feedback.add(said())
    ledger.suggestions.add(Suggestion(NOW, "5", "m", "a", address="a"))
    ledger.questions.add(PendingQuestion(NOW, "7", "Who?", "en", "m"))
    assert ledger.forget("m") == 3
    assert ledger.forget("m") == 0
    assert ledger.suggestions.count_since("m", NOW) == 0
    assert ledger.questions.interrupted("other", NOW) == []


def everything(ledger):
    """Write one row into every table that expires, all of today."""
    ledger.feedback.add(said())
    ledger.questions.add(PendingQuestion(NOW, "7", "Who?", "en", "m"))
    ledger.jobs.add(Job(NOW, 3, "token", "ja", "dead"))
    ledger.suggestions.add(Suggestion(NOW, "5", "m", "a", data=b"a file"))
    ledger.notices.note_shown(1, "7", "8", "en", now=NOW)
    ledger.notices.mark_given(NoticeKey(1, 1, 1, NoticeKind.CORRECTED), now=NOW, reached=True)
    follow = ledger.follows.add(Follow(NOW, "m", "7", "5", FollowKind.TOPIC, "ferries", "en"))
    news = FollowedNews(follow, 1, CitedRange(1, 1, 0, 5))
    ledger.follows.note([news], 1, now=NOW)
    ledger.follows.mark_sent([news], [news], now=NOW)
    ledger.digests.mark("5", NOW, now=NOW)
    ledger.spending.add(NOW.date(), "m", 10, 5)


WHERE = {
    "pending": "",
    "jobs": "",
    "feedback.member": "feedback WHERE member != ''",
    "suggestions.member": "suggestions WHERE member != ''",
    "spending.member": "spending WHERE member != ''",
    "follow_news": "",
    "digests": "",
    "answers": "",
    "citations": "",
    "shown": "",
    "notices": "",
    "feedback": "",
    "suggestions": "",
}
_ROW = re.compile(r"^\| .* \| (?P<days>\d+) days? \| (?P<where>.*) \|$")


def promised():
    """Yield what docs/operators.md says is kept, and for how many days."""
    page = (Path(__file__).parents[3] / "docs" / "operators.md").read_text(encoding="utf-8")
    for line in page.splitlines():
        if row := _ROW.match(line):
            for each in re.findall(r"`([a-z_.]+)`", row["where"]):
                yield each, int(row["days"])


def test_every_line_of_the_promise_is_held(ledger):
    """What operators are told is kept so long is there until then, and gone the day after."""
    lines = dict(promised())
    assert lines.keys() == WHERE.keys()
    everything(ledger)

    def there():
        with ledger.database.reading() as connection:
            return {
                each: bool(connection.execute(text(f"SELECT 1 FROM {where or each}")).first())
                for each, where in WHERE.items()
            }

    for days in sorted({0, *lines.values()}):
        ledger.expire(NOW + timedelta(days=days, hours=-1))
        assert there() == {each: kept >= days for each, kept in lines.items()}, days
        ledger.expire(NOW + timedelta(days=days + 1))
    assert not any(there().values())
    assert [each.text for each in ledger.follows.all()] == ["ferries"]
    assert ledger.spending.of(NOW.date()).answers == 1


def test_every_table_has_its_line_in_the_promise():
    """An operator finds each table of the database among those that are kept so long."""
    page = (Path(__file__).parents[3] / "docs" / "operators.md").read_text(encoding="utf-8")
    section = page.partition("## How long data is stored")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)(?:\.[a-z_]+)?`", section))
    tables = {*archive_metadata.tables, *ledger_metadata.tables}
    assert tables - named == set()


def test_what_stays_for_good_outlives_every_period(archive, ledger):
    """Audit, rules, and what the archive holds; erasing takes the vectors' texts as well."""
    ledger.audit.add(AuditEntry(NOW, "m", "5", AuditAction.ADDED, article_id=1))
    ledger.rules.set("5", {"per_member": 4})
    ledger.expire(NOW + timedelta(days=4000))
    assert ledger.rules.get("5") == {"per_member": 4}
    assert [entry.kind for entry in ledger.audit.last()] == [AuditAction.ADDED]
    assert archive.articles.versions(1)
    assert archive.changes.last()
    archive.articles.erase(1, now=NOW)
    with ledger.database.reading() as connection:
        for table in ("articles", "versions", "passages"):
            rows = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            assert rows <= (table == "articles"), table


def test_leases_of_dead_processes_go(ledger):
    """A process that is killed at every end leaves no line a start."""
    ledger.leases.take("process a", "a", NOW + timedelta(seconds=15), now=NOW)
    ledger.expire(NOW + timedelta(seconds=10))
    assert ledger.leases.owners(NOW) == {"a"}
    ledger.expire(NOW + timedelta(seconds=16))
    assert ledger.leases.owners(NOW) == set()


def test_a_job_is_known_until_it_is_dismissed(ledger):
    """A look at a source that somebody waits for survives a restart."""
    number = ledger.jobs.add(Job(NOW, 3, "token", "ja", "dead"))
    assert ledger.jobs.take_over("new", {"new", "dead"}) == []
    assert ledger.jobs.take_over("new", {"new"}) == [Job(NOW, 3, "token", "ja", "new", number)]
    assert ledger.jobs.take_over("new", {"new"}) == []
    ledger.jobs.remove(number)
    assert ledger.jobs.take_over("other", set()) == []


def test_articles_are_counted_by_day(archive):
    """Removed ones count for nothing, and days long past are left out."""
    day = an_extract().header.published
    saved(archive, an_extract("Another text of that day.", title="b"))
    saved(archive, an_extract("An old text.", title="c", published=day - timedelta(days=40)))
    assert archive.articles.by_day(30) == {day: 2}
    archive.articles.remove(1, now=NOW)
    assert archive.articles.by_day(60) == {day: 1, day - timedelta(days=40): 1}


def test_erasing_an_article_reaches_what_answers_kept_of_it(archive, ledger):
    """In the same transaction, whichever process erases; other answers keep what they have."""
    dropped = [{"text": "Harbour won 46 seats.", "failing": "figure", "detail": ""}]
    kept = replace(an_answer(), question="How many seats?", dropped=dropped, detail="said")
    citing = ledger.answers.add(kept)
    [other] = saved(archive, an_extract("Another text of another article.", title="Other"))
    cited = (CitedRange(other.article_id, 1, 0, 7),)
    ledger.answers.add(replace(kept, citations=cited))
    archive.articles.erase(1, now=NOW)
    newest, blanked, _ = ledger.answers.last()
    assert (newest.question, newest.dropped) == ("How many seats?", dropped)
    assert (blanked.question, blanked.dropped, blanked.detail) == (None, [], None)
    assert ledger.answers.cited(citing) == kept.citations


def test_a_removal_blanks_nothing(archive, ledger):
    """It can be taken back."""
    ledger.answers.add(replace(an_answer(), question="How many seats?"))
    archive.articles.remove(1, now=NOW)
    assert ledger.answers.last()[0].question == "How many seats?"


def test_a_ledger_is_opened_by_two_at_once_and_again(archive):
    """Its own migrations run once."""
    first, second = Ledger.of(archive), Ledger.of(archive)
    number = first.answers.add(an_answer())
    assert second.answers.cited(number)
