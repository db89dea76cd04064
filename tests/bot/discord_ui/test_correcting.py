"""Corrections reach whoever read the answer that they correct, once, and nobody else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.community.corrections import Corrections
from bot.desk import open_desk
from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.members.correcting import correct, notice_of_change, tell_newer
from bot.ledger.model import DueNotice, NoticeKind, ShownAnswer
from bot.settings import BotSettings
from ingest.index.passages import cut
from tests.bot.discord_ui.reading import seen
from tests.builders import NOW, an_extract, saved

SAMPLE = Path(__file__).parents[3] / "ingest" / "sample" / "coverage"
LASTING = timedelta(days=7)
ABOUT = "Final count"
TURNOUT = "What was the turnout?"
RALLY = "How many people came to the Lantern rally in Dunmere?"


@pytest.fixture
def desk(read_folder, tmp_path):
    """Open a desk over the sample coverage."""
    settings = BotSettings.of({"DATA_DIR": str(shutil.copytree(read_folder, tmp_path / "data"))})
    with open_desk(settings, holder="the bot", clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def simcord_bot(desk):
    """Return the bot; its answers are remembered with their messages."""
    return ElectionDeskClient(desk)


def certified(desk):
    """Return the article about the certified result."""
    return next(a for a in desk.archive.articles.listed() if a.header.title.startswith(ABOUT))


def changed(desk, change):
    """Save the article again as *change* makes it."""
    article = certified(desk)
    extract = change(desk.archive.articles.versions(article.id)[-1].extract)
    desk.archive.articles.save(extract, cut(extract.text, extract.header.language), now=NOW)


async def told(env, desk, now=NOW):
    """Let the bot look once at what changed, and return the replies that it sent for it."""
    before = len(env.http_requests)
    await correct(env.bot, Corrections(desk.ledger, lambda: now, LASTING))
    await env.settle()
    sent = [r for r in list(env.http_requests)[before:] if r.method == "POST"]
    return [r.json for r in sent]


async def test_answers_that_cited_it_and_no_other_are_told(desk, simcord_env, channel, alice):
    """A correction is told under the two answers that rest on the article, in its own words."""
    first = await alice.slash(channel, "ask", question=TURNOUT)
    second = await alice.slash(channel, "ask", question="What was the final turnout?")
    await alice.slash(channel, "ask", question=RALLY)
    assert await told(simcord_env, desk) == []
    note = "Correction: Turnout was 62.8 per cent."
    changed(desk, lambda old: replace(old, corrections=(*old.corrections, note)))
    sent = await told(simcord_env, desk)
    answered = {first.response.id, second.response.id}
    assert {int(each["message_reference"]["message_id"]) for each in sent} == answered
    assert all("62.8 per cent" in str(each) for each in sent)
    assert await told(simcord_env, desk) == []


async def test_quoted_words_that_were_rewritten_are_told(desk, simcord_env, channel, alice):
    """A silent edit of the quoted figure is told, too; one elsewhere in the article is not."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, lambda old: replace(old, text=f"{old.text}\n\nThe count took five days."))
    assert await told(simcord_env, desk) == []
    changed(desk, lambda old: replace(old, text=old.text.replace("62.7", "63.7")))
    [sent] = await told(simcord_env, desk)
    assert "has changed the words" in str(sent)


async def test_a_removal_is_told(desk, simcord_env, channel, alice):
    """What moderators take away, readers of it learn."""
    await alice.slash(channel, "ask", question=TURNOUT)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    [sent] = await told(simcord_env, desk)
    assert "moderators have taken" in str(sent)


async def test_old_answers_are_left_alone(desk, simcord_env, channel, alice):
    """After the time that the community sets, nobody is disturbed."""
    await alice.slash(channel, "ask", question=TURNOUT)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    assert await told(simcord_env, desk, NOW + LASTING + timedelta(minutes=1)) == []


async def test_an_answer_that_is_gone_is_not_tried_again(desk, simcord_env, channel, alice):
    """The message may be deleted, the channel closed: that is logged and ends there."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    await simcord_env.bot.get_channel(channel.id).get_partial_message(result.response.id).delete()
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    await told(simcord_env, desk)
    assert desk.ledger.notices.due(NOW - LASTING) == []


NEWER = (
    "The turnout in the assembly election was 64.1 per cent after all, the Electoral Authority said"
    " on Thursday, when it had counted the ballots from abroad as well."
)


@pytest.fixture
async def newer(desk, simcord_env):
    """Let an article appear, and the bot look once; returns the replies that it sent for it."""
    await tell_newer(simcord_env.bot, simcord_env.bot.asking)

    async def put(text=NEWER, title="Turnout was 64.1 per cent", *, days=0, outlet="Post"):
        day = NOW.date() + timedelta(days=days)
        saved(desk.archive, an_extract(text, title=title, outlet=outlet, published=day), now=NOW)
        desk.coverage.catch_up()
        before = len(simcord_env.http_requests)
        await tell_newer(simcord_env.bot, simcord_env.bot.asking)
        await simcord_env.settle()
        sent = list(simcord_env.http_requests)[before:]
        return [r.json for r in sent if r.method == "POST"]

    return put


async def test_newer_coverage_is_told_once_under_the_answer_it_changes(
    newer, simcord_env, channel, alice
):
    """It is quoted with its source under the answers on it, without a sound, and once."""
    asked = await alice.slash(channel, "ask", question=TURNOUT)
    mention = await alice.send(channel, f"<@{simcord_env.bot.user.id}> {TURNOUT}")
    await alice.slash(channel, "ask", question=RALLY)
    sent = await newer()
    under = {int(each["message_reference"]["message_id"]) for each in sent}
    assert len(sent) == 2
    assert asked.response.id in under
    assert mention.id not in under
    for each in sent:
        assert "Newer coverage of this" in str(each)
        assert "64.1 per cent" in str(each)
        assert each["enforce_nonce"]
    again = NEWER.replace("64.1", "64.3").replace("Thursday", "Friday")
    assert await newer(again, "Turnout was 64.3 per cent", days=1, outlet="Ledger") == []


async def test_what_is_older_or_on_something_else_is_not_told(newer, channel, alice):
    """An article of before, however late it is added, and one on another matter change nothing."""
    await alice.slash(channel, "ask", question=TURNOUT)
    assert await newer(days=-30) == []
    chess = "There are eleven chess clubs in Sarnholt, the town's sports office said on Monday."
    assert await newer(chess, "Eleven chess clubs") == []


async def test_a_question_that_needs_what_was_said_before_is_let_be(newer, channel, alice):
    """Asked by itself it would be another question."""
    await alice.slash(channel, "ask", question="And what was the turnout?")
    assert await newer() == []


async def test_an_answer_seen_by_one_person_is_let_be(newer, channel, alice):
    """Nobody else may learn what was asked."""
    await alice.slash(channel, "ask", question=TURNOUT, private=True)
    assert await newer() == []


async def test_an_answer_whose_message_is_gone_is_let_be(newer, simcord_env, channel, alice):
    """The question was in it and nowhere else."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    await simcord_env.bot.get_channel(channel.id).get_partial_message(result.response.id).delete()
    assert await newer() == []


CHANGES = [each for each in NoticeKind if each is not NoticeKind.NEWER]


@pytest.mark.parametrize("kind", CHANGES)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_hostile_corrections_stay_letters(kind, language):
    """What an outlet writes in its correction is shown as letters, never as a mention or link."""
    hostile = "@everyone [free](http://evil.example) **x** <@123>"
    notice = DueNotice(
        ShownAnswer(1, "1", "2", language),
        3,
        2,
        kind,
        hostile,
        hostile,
        "http://a.example",
        hostile,
    )
    shown = seen(notice_of_change(notice))
    assert "@everyone" in shown
    assert "<@123>" in shown
