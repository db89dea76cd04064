"""What moderators look through: reports, gaps, proposals, lists with pages, failing sources."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.community.reviewing import FeedbackGroup
from bot.discord_ui.moderators import listing
from bot.discord_ui.moderators.review import ApproveButton, as_table
from bot.ledger import Ledger
from bot.ledger.records import (
    AnswerRecord,
    AuditAction,
    CitedRange,
    Feedback,
    FeedbackVerdict,
    NoticeKey,
    NoticeKind,
)
from bot.wording import Wording
from ingest.model import Evidence, Permission, Removal
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.moderators.conftest import FEED, PAGE, panel, row, send, set_value
from tests.bot.discord_ui.reading import seen, shown
from tests.builders import NOW, an_extract, saved
from tests.ingest.newsroom import story

TURNOUT = ("Who won the most seats?", "Which party won the most seats?")
CHESS = ("How many chess clubs are there in Sarnholt?", "Are there chess clubs in Sarnholt?")


def answered(archive, question=None, reason=None):
    """Record an answer, or with a *reason* that there was none."""
    cited = () if reason else (CitedRange(1, 1, 0, 5),)
    kind = "abstention" if reason else "answer"
    return Ledger.of(archive).answers.add(
        AnswerRecord(NOW, kind, reason, "en", question, None, None, None, [], 0, 0, cited)
    )


def said(archive, verdict, *questions, comment=None):
    """Let a different member say *verdict* of an answer to each of *questions*."""
    for n, question in enumerate(questions):
        Ledger.of(archive).feedback.add(
            Feedback(NOW, answered(archive), verdict, f"m{n}", question, comment)
        )


async def test_reports_are_grouped_and_settled(channel, moderator, archive):
    """Alike questions are one group, with what is wrong and no names; Done ends it."""
    said(archive, FeedbackVerdict.WRONG, *TURNOUT, comment="@everyone it was **47**")
    said(archive, FeedbackVerdict.OUTDATED, CHESS[0])
    result = await moderator.slash(channel, "reports")
    text = shown(result)
    assert "2 × Which party won the most seats?" in text
    assert "It is wrong 2" in text
    assert "@everyone it was **47**" in text
    assert "1 × How many chess clubs" in text
    assert "m0" not in text
    sources = await moderator.click(result.response, custom_id="desk:sources:2")
    assert "Quotations" in shown(sources)
    [first, *_] = list(await settled_keys(result))
    left = await moderator.click(result.response, custom_id=first)
    assert "Which party" not in shown(left)
    assert "chess" in shown(left)
    [last] = list(await settled_keys(left))
    assert "No answer is reported." in shown(await moderator.click(left.response, custom_id=last))
    assert [each.kind for each in Ledger.of(archive).audit.last()] == [AuditAction.SETTLED] * 2


async def settled_keys(result):
    """Return the names of the buttons that settle."""
    found = []

    def walk(components):
        for each in components:
            if str(each.get("custom_id", "")).startswith("desk:settle:"):
                found.append(each["custom_id"])
            walk(each.get("components", []))

    walk(result.response.components)
    return found


async def test_gaps_are_what_was_sent_and_what_is_kept(channel, moderator, archive):
    """Where questions are kept, those that nobody spoke of are gaps too."""
    said(archive, FeedbackVerdict.MISSING, CHESS[0])
    answered(archive, CHESS[1], "not_covered")
    answered(archive, "Whom should I vote for?", "advice")
    result = await moderator.slash(channel, "gaps")
    assert "2 × " in shown(result)
    assert "vote for" not in shown(result)
    [key] = await settled_keys(result)
    assert key == "desk:settle:g-f1.a2"
    assert "No question is waiting." in shown(await moderator.click(result.response, custom_id=key))


async def test_a_period_shows_what_is_new(channel, moderator, archive):
    """What was said before it is left out, and its buttons stay within it."""
    ledger = Ledger.of(archive)
    said(archive, FeedbackVerdict.WRONG, TURNOUT[0])
    old, week = answered(archive, CHESS[0]), timedelta(days=8)
    ledger.feedback.add(Feedback(NOW - week, old, FeedbackVerdict.WRONG, "m9", CHESS[0]))
    assert "chess" in shown(await moderator.slash(channel, "reports"))
    result = await moderator.slash(channel, "reports", period=7)
    assert "chess" not in shown(result)
    [key] = await settled_keys(result)
    assert key.startswith("desk:settle:rd7-")
    left = await moderator.click(result.response, custom_id=key)
    assert "No answer is reported." in shown(left)
    assert "chess" in shown(await moderator.slash(channel, "reports", period=30))


async def test_reports_are_exported_as_a_table(channel, moderator, archive):
    """Everything that was said comes along as a file."""
    said(archive, FeedbackVerdict.WRONG, *TURNOUT)
    result = await moderator.slash(channel, "reports", export=True)
    assert "Which party won" in shown(result)
    [file] = result.response.attachments
    assert file.filename == "reports.csv"


def test_a_table_has_every_row_and_no_formula(archive):
    """It opens in a spreadsheet as text, without names."""
    said(archive, FeedbackVerdict.WRONG, *TURNOUT, comment="=1+1, she said")
    groups = [FeedbackGroup(tuple(Ledger.of(archive).feedback.open([FeedbackVerdict.WRONG])))]
    table = list(csv.reader(io.StringIO(as_table(groups).decode("utf-8-sig"))))
    assert table[0] == ["group", "at", "verdict", "question", "comment"]
    assert [row[3] for row in table[1:]] == [TURNOUT[1], TURNOUT[0]]
    assert {row[4] for row in table[1:]} == {"'=1+1, she said"}
    assert "m0" not in str(table)


@pytest.mark.parametrize("name", ["chart.png", "deck.pptx", "clip.mp4"])
async def test_a_file_of_another_kind_is_a_sentence(channel, moderator, archive, name):
    """It is not even fetched."""
    result = await moderator.slash(channel, "add-source", file=(name, b"Some bytes of it."))
    assert f"{name} is of a kind that is not read" in shown(result)


async def test_a_gap_is_filled_from_where_it_is_seen(channel, moderator, archive):
    """Add a source opens a form, and the form ends in a preview."""
    said(archive, FeedbackVerdict.MISSING, CHESS[0])
    result = await moderator.slash(channel, "gaps")
    form = await moderator.click(result.response, label="Add a source")
    preview = await moderator.submit_modal(form, {"url": PAGE, "outlet": "Ledger"})
    assert "Ward 1 decides" in shown(preview)
    await moderator.click(preview.response, label="Keep")
    assert archive.articles.count() == 2


async def test_many_gaps_have_pages(channel, moderator, archive):
    """A message holds forty components and no more."""
    words = ("chess", "ferry", "tax", "school", "hospital", "treaty", "debate", "storm", "poll")
    said(
        archive,
        FeedbackVerdict.MISSING,
        *(f"What about the {w} in Sarnholt and {w}s?" for w in words),
    )
    result = await moderator.slash(channel, "gaps")
    seen_first = shown(result)
    result = await moderator.click(result.response, label="Next")
    assert shown(result) != seen_first


async def test_gaps_that_another_settled_leave_no_empty_page(channel, moderator, archive):
    """Nobody reads that there are no gaps while there are."""
    words = ("chess", "ferry", "tax", "school", "hospital")
    said(
        archive,
        FeedbackVerdict.MISSING,
        *(f"What about the {w} in Sarnholt and {w}s?" for w in words),
    )
    result = await moderator.slash(channel, "gaps")
    feedback = Ledger.of(archive).feedback
    [chess] = [
        gap.id for gap in feedback.open([FeedbackVerdict.MISSING]) if "chess" in gap.question
    ]
    feedback.settle([chess], now=NOW)
    again = await moderator.click(result.response, label="Next")
    assert "1 × What about the ferry" in shown(again)


async def test_a_members_suggestion_is_reviewed(
    simcord_env, channel, alice, moderator, manager, archive
):
    """It is posted where the server reviews; approving it keeps what the preview showed."""
    await set_value(manager, channel, "review", "reviewin:0", channel)
    form = await alice.slash(channel, "suggest")
    await alice.submit_modal(form, {"url": PAGE, "outlet": "Ledger", "note": "It counts wards."})
    posted = channel.last_message
    text = seen([each.to_dict() for each in posted.components])
    assert "A source is proposed" in text
    assert "It counts wards." in text
    assert "alice" not in text
    preview = await moderator.click(posted, label="Preview")
    assert preview.ephemeral
    assert "Ward 1 decides" in shown(preview)
    done = await moderator.click(posted, label="Approve")
    assert "Approved" in shown(done)
    assert archive.articles.count() == 2
    kinds = [each.kind for each in Ledger.of(archive).audit.last()]
    assert kinds == [AuditAction.ADDED, AuditAction.APPROVED, AuditAction.SET]
    late = await panel(moderator, channel, "suggestions")
    assert "Nothing is proposed." in shown(late)


@pytest.mark.parametrize("address", [PAGE, FEED])
async def test_approving_what_is_there_already_changes_nothing(
    channel, alice, moderator, archive, web, address
):
    """It is decided, the moderator reads that nothing was changed, and the log has no deed."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    added = await moderator.slash(channel, "add-source", url=address, outlet="Ledger")
    await moderator.click(added.response, label="Watch" if address == FEED else "Keep")
    form = await alice.slash(channel, "suggest")
    await alice.submit_modal(form, {"url": address, "outlet": "Ledger", "note": ""})
    before = Ledger.of(archive).audit.last()
    listed = await panel(moderator, channel, "suggestions")
    done = await moderator.click(listed.response, label="Approve")
    assert "Nothing was changed." in shown(done)
    assert Ledger.of(archive).audit.last() == before
    late = await panel(moderator, channel, "suggestions")
    assert "Nothing is proposed." in shown(late)


async def test_a_second_moderator_has_to_agree(channel, moderator, second, manager, archive):
    """Whoever proposes does not approve; a paste is kept for the other one to look at."""
    await set_value(manager, channel, "desk", "approval:0", "yes")
    opened = await panel(moderator, channel)
    form = await moderator.click(opened.response, label="Paste an article")
    values = {"headline": "Pasted", "outlet": "Courier", "url": "", "text": story(9)}
    preview = await moderator.submit_modal(form, values)
    proposed = await moderator.click(preview.response, label="Keep")
    assert "another moderator has to agree" in shown(proposed)
    assert archive.articles.count() == 1
    mine = await panel(moderator, channel, "suggestions")
    refused = await moderator.click(mine.response, label="Approve")
    assert "Another moderator has to decide" in shown(refused)
    theirs = await panel(second, channel, "suggestions")
    looked = await second.click(theirs.response, label="Preview")
    assert "Pasted" in shown(looked)
    done = await second.click(theirs.response, label="Approve")
    assert "Approved" in shown(done)
    assert archive.articles.listed(outlet="Courier")[0].header.title == "Pasted"
    assert Ledger.of(archive).suggestions.get(1).data is None


async def test_whoever_proposes_does_not_approve_by_being_forgotten(
    channel, moderator, second, manager, archive, desk
):
    """Nobody knows any more whose proposal it is, so nobody is the second moderator."""
    await set_value(manager, channel, "desk", "approval:0", "yes")
    form = await moderator.click(
        (await panel(moderator, channel)).response, label="Paste an article"
    )
    values = {"headline": "Pasted", "outlet": "Courier", "url": "", "text": story(9)}
    preview = await moderator.submit_modal(form, values)
    await moderator.click(preview.response, label="Keep")
    await desk.community.forget(moderator.id)
    for member in (moderator, second):
        opened = await panel(member, channel, "suggestions")
        refused = await member.click(opened.response, label="Approve")
        assert "no longer known" in shown(refused)
        assert "Reject" in labels(refused.response)
    assert archive.articles.count() == 1


async def test_a_rejected_suggestion_leaves_nothing(channel, alice, moderator, archive):
    """And cannot be decided again."""
    form = await alice.slash(channel, "suggest")
    await alice.submit_modal(form, {"url": PAGE, "outlet": "", "note": ""})
    listed = await panel(moderator, channel, "suggestions")
    done = await moderator.click(listed.response, label="Reject")
    assert "Nothing was kept" in shown(done)
    assert archive.articles.count() == 1
    old = await send(channel, ApproveButton("1", "Approve"))
    late = await moderator.click(old, custom_id="desk:approve:1")
    assert "decided already" in shown(late)


async def test_a_suggested_feed_needs_its_outlet(channel, alice, moderator, archive, web):
    """Nobody is cited without a name."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    form = await alice.slash(channel, "suggest")
    await alice.submit_modal(form, {"url": FEED, "outlet": "", "note": ""})
    listed = await panel(moderator, channel, "suggestions")
    said_ = await moderator.click(listed.response, label="Approve")
    assert "Name the outlet" in shown(said_)
    assert archive.sources.watched() == []


async def test_a_list_has_pages(channel, moderator, archive):
    """Back and Next, and the search goes along."""
    saved(archive, *(an_extract(f"Text number {n}.", title=f"Ward {n}") for n in range(25)))
    result = await moderator.slash(channel, "source", find="ward")
    assert shown(result).count("Ward ") == 4
    for expected in (4, 4, 4, 4, 4, 1):
        result = await moderator.click(result.response, label="Next")
        assert shown(result).count("Ward ") == expected
    assert "Next" not in labels(result.response)
    result = await moderator.click(result.response, label="Back")
    assert shown(result).count("Ward ") == 4


async def test_what_was_set_aside_is_reviewed_with_buttons(channel, moderator, archive):
    """Restore, and the way back."""
    saved(archive, *(an_extract(story(7), title=f"Title {n}") for n in range(8)))
    result = await panel(moderator, channel, "quarantine")
    assert "Title" in shown(result)
    done = await row(moderator, result, "restore", 9)
    assert "Restored" in shown(done)
    assert archive.articles.get(9).removal is None
    await moderator.click(done.response, label="Undo")
    assert archive.articles.get(9).removal is Removal.QUARANTINED


async def test_hiding_tells_no_reader(channel, moderator, archive):
    """New answers do without it; those that cite it stay as they are."""
    answered(archive)
    Ledger.of(archive).notices.note_shown(1, "5", "6", "en", now=NOW)
    result = await row(moderator, await panel(moderator, channel), "hide", 1)
    assert "Hidden" in shown(result)
    assert archive.articles.count() == 0
    assert Ledger.of(archive).notices.given() == set()
    await moderator.click(result.response, label="Undo")
    assert archive.articles.count() == 1


async def test_a_failing_source_is_reviewed(
    simcord_env, channel, moderator, desk, archive, monkeypatch
):
    """What fails comes first; it is looked at again, or let go, and that is undone."""
    good = archive.sources.watch(FEED, "Ledger", Permission.UNSTATED, 60, now=NOW)
    bad = archive.sources.watch("http://gone.example/", "Courier", Permission.OFFERED, 30, now=NOW)
    archive.sources.checked(good.id, NOW)
    archive.sources.failed(bad.id, NOW, "It answers 500.")
    result = await panel(moderator, channel, "watched")
    text = shown(result)
    assert text.index("It answers 500.") < text.index("Ledger")
    monkeypatch.setattr(listing, "PACE", replace(listing.PACE, job_edit_seconds=0.01))
    archive.sources.ended(bad.id, desk.clock())
    await row(moderator, result, "lookagain", bad.id)
    edits = [r for r in simcord_env.http_requests if r.method == "PATCH"]
    assert any("is looked at now" in str(edit.json) for edit in edits)
    assert archive.sources.get(bad.id).due(NOW)
    result = await panel(moderator, channel, "watched")
    gone = await row(moderator, result, "unwatch", bad.id)
    assert "No longer watched: http://gone.example/" in shown(gone)
    assert len(archive.sources.watched()) == 1
    await moderator.click(gone.response, label="Undo")
    back = archive.sources.watched()[1]
    assert (back.address, back.outlet, back.every) == ("http://gone.example/", "Courier", 30)
    assert back.permission is Permission.OFFERED


async def test_a_look_shows_how_it_goes(
    simcord_env, channel, moderator, desk, archive, monkeypatch
):
    """Beside the panel: asked for, under way, done."""
    monkeypatch.setattr(listing, "PACE", replace(listing.PACE, job_edit_seconds=0.01))
    source = archive.sources.watch(FEED, "Ledger", Permission.UNSTATED, 60, now=NOW)
    watched = await panel(moderator, channel, "watched")
    archive.sources.checked(source.id, NOW, listed=3)
    archive.sources.ended(source.id, desk.clock())
    before = len([r for r in simcord_env.http_requests if r.method == "PATCH"])
    result = await row(moderator, watched, "lookagain", source.id)
    await simcord_env.settle()
    edits = [r for r in simcord_env.http_requests if r.method == "PATCH"][before:]
    assert "is looked at now" in str(edits[0].json)
    assert "Done. Pages looked at: 0; listed: 3" in str(edits[-1].json)
    assert Ledger.of(archive).jobs.take_over("nobody", set()) == []
    assert result.ephemeral


async def test_a_look_goes_on_after_a_restart(simcord_env, channel, desk, archive, monkeypatch):
    """The source is looked at again, and whoever waits is told; one that is gone says so."""
    monkeypatch.setattr(listing, "PACE", replace(listing.PACE, job_edit_seconds=0.01))
    dead = replace(desk.jobs, lease=replace(desk.lease, owner="dead"))
    job = await dead.begin(99, "token", "en")
    [taken] = await desk.jobs.resume(desk.curator)
    assert taken == replace(job, owner=desk.lease.owner)
    assert await desk.jobs.resume(desk.curator) == []
    progress = await desk.jobs.progress(job)
    assert progress.finished
    assert "not watched any more" in str(
        listing.refresh_progress_view(progress, words()).to_components()
    )
    await listing.follow_job(simcord_env.bot, simcord_env.bot.moderation.jobs, job)
    assert Ledger.of(archive).jobs.take_over("nobody", set()) == []


def words():
    """Return the English words."""
    return Wording.default()


async def test_moderators_see_who_was_told(simcord_env, channel, moderator, archive):
    """Where a reader was told of a correction, and where that failed."""
    assert "No reader had to be told" in shown(await panel(moderator, channel, "corrections"))
    answered(archive)
    server = str(simcord_env.guild.id)
    Ledger.of(archive).notices.note_shown(1, str(channel.id), "6", "en", now=NOW, place=server)
    key = NoticeKey(1, 1, 1, NoticeKind.RETRACTED)
    Ledger.of(archive).notices.mark_given(key, now=NOW, reached=True)
    Ledger.of(archive).notices.mark_given(replace(key, version=2), now=NOW, reached=False)
    text = shown(await panel(moderator, channel, "corrections"))
    assert "retracted" in text
    assert "could not be told" in text
    assert "Harbour wins 46 seats" in text


async def test_search_shows_evidence_and_scores(channel, moderator, desk, archive):
    """Why an article was found, as the terminal shows it."""
    [passage] = archive.passages.of_article(1)
    found = [Evidence(passage, 1.0, 0.5, 7.25)]
    object.__setattr__(desk.catalogue, "search", lambda _text, _edition: found)
    opened = await panel(moderator, channel)
    form = await moderator.select(opened.response, ["evidence"], custom_id="desk:source-listing:0")
    text = shown(await moderator.submit_modal(form, {"question": "Who won?"}))
    assert "score 1.00 · words 7.2 · meaning 0.50" in text


@pytest.mark.parametrize("size", [8 * 2**20 + 1])
async def test_a_file_too_large_is_a_sentence(channel, moderator, archive, size):
    """Nothing is read of it."""
    file = ("big.txt", b"x" * size)
    result = await moderator.slash(channel, "add-source", file=file)
    assert "larger than 8 MB" in shown(result)


async def test_a_feed_that_was_proposed_without_its_outlet_is_named(
    desk, channel, moderator, web, archive
):
    """Whoever approves it says whose it is."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    await desk.community.suggest(FEED, None, None, 5, channel._env.guild.id)
    listed = await panel(moderator, channel, "suggestions")
    named = await moderator.click(listed.response, label="Approve")
    form = await moderator.click(named.response, label="Name the outlet")
    suggestion = await moderator.submit_modal(form, {"outlet": "Ledger"})
    assert "Outlet: Ledger" in shown(suggestion)
    await moderator.click(suggestion.response, label="Approve")
    [source] = archive.sources.watched()
    assert (source.address, source.outlet) == (FEED, "Ledger")
