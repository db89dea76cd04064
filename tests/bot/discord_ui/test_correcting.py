"""Corrections reach whoever read the answer that they correct, once, and nobody else."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from discord import ui

from bot.community.corrections import Corrections
from bot.desk import open_desk
from bot.discord_ui import notifier
from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.escaping import literal
from bot.discord_ui.limits import PACE
from bot.discord_ui.members.correcting import (
    change_text,
    corrected_view,
    is_shown,
    report_newer_coverage,
    send_corrections,
)
from bot.discord_ui.notifier import DelayedChannels
from bot.discord_ui.rendering import Colour, layout
from bot.ledger.records import DueNotice, NoticeKind, ShownAnswer
from bot.settings import BotSettings
from ingest import adding
from ingest.index.cutting import cut
from ingest.model import Kind
from ingest.reading import read_bytes
from tests.bot.community import night
from tests.bot.discord_ui.choosing import withhold
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


def certified(desk, title=ABOUT):
    """Return the article about the certified result, or another one by the start of its title."""
    return next(a for a in desk.archive.articles.listed() if a.header.title.startswith(title))


def changed(desk, change, now=NOW, title=ABOUT):
    """Save the article again as *change* makes it."""
    article = certified(desk, title)
    extract = change(desk.archive.articles.versions(article.id)[-1].extract)
    desk.archive.articles.save(extract, cut(extract.text, extract.header.language), now=now)


def with_note(note, **replaced):
    """Make a change that replaces words, and adds the outlet's *note* if there is one."""

    def change(old):
        text = old.text
        for before, after in replaced.get("words", {}).items():
            assert before in text
            text = text.replace(before, after)
        notes = (*old.corrections, note) if note else old.corrections
        return replace(old, text=text, corrections=notes)

    return change


WAIT = timedelta(minutes=15)
"""How long a correction waits for others of its channel."""


async def looked(env, desk, now, corrections=None):
    """Let the bot look once at what changed; return what it posted and what it edited.

    Without *corrections*, it is a bot that was just started.
    """
    before = len(env.http_requests)
    started = corrections or Corrections(desk.archive, desk.ledger, lambda: now, LASTING)
    await send_corrections(env.bot, started, DelayedChannels())
    await env.settle()
    sent = list(env.http_requests)[before:]
    posts = [r.json for r in sent if r.method == "POST"]
    return posts, [r.json for r in sent if r.method == "PATCH"]


async def told(env, desk, now=NOW):
    """Let the bot look at what changed, at once and when nothing waits any longer."""
    posts, edits = await looked(env, desk, now)
    later_posts, later_edits = await looked(env, desk, now + WAIT)
    return posts + later_posts, edits + later_edits


NOTHING = ([], [])
SILENT = 1 << 12
"""Discord's flag of a message that makes no sound."""
FIGURE = {"62.7": "61.2"}
NOTE = "Correction: Turnout was 61.2 per cent, not 62.7."


async def test_a_corrected_figure_edits_the_answers_and_is_listed_once(
    desk, simcord_env, channel, alice
):
    """Struck out, with the note under it; one silent post leads to both; no one else is told."""
    first = await alice.slash(channel, "ask", question=TURNOUT)
    second = await alice.slash(channel, "ask", question="What was the final turnout?")
    await alice.slash(channel, "ask", question=RALLY)
    assert await told(simcord_env, desk) == NOTHING
    changed(desk, with_note(NOTE, words=FIGURE))
    [post], edits = await told(simcord_env, desk)
    assert len(edits) == 2
    for edit in edits:
        assert "~~" in str(edit)
        assert "61.2 per cent, not 62.7" in str(edit)
        assert "desk:" in str(edit)
    assert post["flags"] & SILENT
    assert "Corrected since these answers were given" in str(post)
    assert "this answer" not in str(post)
    for each in (first, second):
        assert f"/{each.response.id})" in str(post)
    assert await told(simcord_env, desk) == NOTHING


async def test_a_note_is_told_once_whatever_the_article_does_next(
    desk, simcord_env, channel, alice
):
    """A later version repeats nobody; a second note on the same words is told."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, with_note(NOTE, words=FIGURE))
    assert await told(simcord_env, desk) != NOTHING
    for number in range(3):
        changed(desk, lambda old, n=number: replace(old, text=f"{old.text}\n\nMore {n} to come."))
        assert await told(simcord_env, desk) == NOTHING
    changed(desk, with_note("Correction: Turnout was 62.7 per cent after all."))
    posts, _ = await told(simcord_env, desk)
    assert len(posts) == 1


@pytest.mark.parametrize(
    "change",
    [
        with_note("Correction: The count took five days, not four."),
        with_note("Correction: The photograph showed another harbour."),
        lambda old: replace(old, text=f"{old.text}\n\nThe count took five days."),
    ],
    ids=["a note on something else", "a note on a picture", "an addition"],
)
async def test_what_touches_no_quoted_word_is_not_told(desk, simcord_env, channel, alice, change):
    """The answer stands as it was."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, change)
    assert await told(simcord_env, desk) == NOTHING


async def test_quoted_words_that_were_rewritten_are_told(desk, simcord_env, channel, alice):
    """A silent edit of the quoted figure too."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, with_note("", words={"62.7": "63.7"}))
    [post], [edit] = await told(simcord_env, desk)
    assert "words changed" in str(post)
    assert "Changed since these answers were given" in str(post)
    assert "~~" in str(edit)


@pytest.mark.parametrize("removed", [True, False])
async def test_a_withdrawal_is_loud_once_and_unmistakable(
    desk, simcord_env, channel, alice, removed
):
    """By moderators or by the outlet: one post with a sound, in red, and the answers begin so."""
    await alice.slash(channel, "ask", question=TURNOUT)
    await alice.slash(channel, "ask", question="What was the final turnout?")
    if removed:
        desk.archive.articles.remove(certified(desk).id, now=NOW)
    else:
        changed(desk, lambda old: replace(old, header=replace(old.header, kind=Kind.RETRACTION)))
    [post], edits = await looked(simcord_env, desk, NOW)
    assert not post.get("flags", 0) & SILENT
    assert "Withdrawn" in str(post)
    assert len(edits) == 2
    for each in (post, *edits):
        assert each["components"][0]["accent_color"] == Colour.WITHDRAWN
    assert await told(simcord_env, desk) == NOTHING


async def test_the_list_is_in_the_language_of_the_server(desk, simcord_env, channel, alice):
    """One question in another language does not make it a stranger's post to all."""
    await alice.slash(channel, "ask", question="投票率は何％でしたか")
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    [post], [edit] = await told(simcord_env, desk)
    assert "Withdrawn" in str(post)
    assert "Withdrawn" not in str(edit)


async def test_a_source_that_an_answer_does_not_show_concerns_nobody_who_read_it(
    desk, simcord_env, channel, alice
):
    """It is behind a button, where it is shown as it is now."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    message = await simcord_env.bot.get_channel(channel.id).fetch_message(result.response.id)
    notice = DueNotice(
        ShownAnswer(1, "1", "2", "en"), 3, 0, NoticeKind.RETRACTED, "t", "Harbour News", None
    )
    hidden = replace(notice, quotes=("Nobody asked about the price of fish in the market.",))
    assert not is_shown(message, hidden)
    assert is_shown(message, replace(hidden, outlet="The Sarnholt Ledger"))
    assert is_shown(message, replace(notice, quotes=("In all, 2,015,554 ballots were cast.",)))
    assert is_shown(message, notice)


async def test_a_count_that_goes_on_is_noted_in_the_answer_alone(desk, simcord_env, channel, alice):
    """Each new state of it is no correction that a channel is told of."""

    def count(change):
        adding.add(
            read_bytes(night.file_at(change), night.NAME, night.OFFICE), desk.archive, now=NOW
        )
        desk.coverage.catch_up()

    count(night.ASKED_AT)
    await alice.slash(channel, "ask", question=night.ASKED)
    count(night.ASKED_AT + 1)
    posts, edits = await told(simcord_env, desk)
    assert posts == []
    assert "votes: 3607" in str(edits)


async def test_who_was_killed_between_begins_again_and_says_nothing_twice(
    desk, simcord_env, channel, alice
):
    """An answer that has the note is left as it is."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, with_note(NOTE, words=FIGURE))
    [notice] = await Corrections(desk.archive, desk.ledger, lambda: NOW, LASTING).due()
    message = await simcord_env.bot.get_channel(channel.id).fetch_message(int(notice.shown.message))
    await message.edit(view=corrected_view(message, [notice]))
    posts, edits = await told(simcord_env, desk)
    assert (len(posts), edits) == (1, [])


async def test_what_is_corrected_while_the_bot_is_down_is_told_when_it_is_back(
    desk, simcord_env, channel, alice
):
    """Two corrections of one night make one post, with each note in the answer, and no more."""
    await alice.slash(channel, "ask", question=TURNOUT)
    await simcord_env.restart_bot(ElectionDeskClient(desk))
    changed(desk, with_note(NOTE, words=FIGURE))
    second = "Correction: Turnout was 61.4 per cent, not 61.2."
    changed(desk, with_note(second, words={"61.2": "61.4"}))
    posts, edits = await told(simcord_env, desk)
    assert len(posts) == 1
    assert "61.2 per cent, not 62.7" in str(edits[-1])
    assert await told(simcord_env, desk) == NOTHING


async def test_an_edit_that_is_taken_back_before_anybody_was_told_is_nothing(
    desk, simcord_env, channel, alice
):
    """The article says what was quoted."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, with_note("", words=FIGURE))
    changed(desk, with_note("", words={"61.2": "62.7"}))
    assert await told(simcord_env, desk) == NOTHING


@pytest.mark.parametrize(
    ("change", "sounds"),
    [
        (with_note("", words={"per cent": "per cennt"}), []),
        (with_note("Berichtigung: Die Wahlbeteiligung lag bei 61,2 Prozent.", words=FIGURE), [0]),
    ],
    ids=["typo", "another language"],
)
async def test_a_typo_is_nothing_and_a_note_in_any_language_is_shown(
    desk, simcord_env, channel, alice, change, sounds
):
    """The note is the outlet's own; the words around it are in the language of the answer."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, change)
    posts, edits = await told(simcord_env, desk)
    assert len(posts) == len(edits) == len(sounds)
    for edit in edits:
        assert "61,2 Prozent" in str(edit)
        assert "Corrected since these answers were given" in str(posts)


async def test_old_answers_are_left_alone(desk, simcord_env, channel, alice):
    """After the time that the community sets, nobody is disturbed."""
    await alice.slash(channel, "ask", question=TURNOUT)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    assert await told(simcord_env, desk, NOW + LASTING + timedelta(minutes=1)) == NOTHING


async def test_an_answer_that_is_gone_is_not_tried_again(desk, simcord_env, channel, alice):
    """The message may be deleted, the channel closed: that is logged and ends there."""
    result = await alice.slash(channel, "ask", question=TURNOUT)
    await simcord_env.bot.get_channel(channel.id).get_partial_message(result.response.id).delete()
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    await told(simcord_env, desk)
    assert await told(simcord_env, desk) == NOTHING


async def filled(env, channel, message, characters):
    """Let an answer be as long as Discord allows."""
    shown = await env.bot.get_channel(channel.id).fetch_message(message)
    view = ui.LayoutView.from_message(shown, timeout=None)
    view.stop()
    container = next(item for item in view.children if isinstance(item, ui.Container))
    container.add_item(ui.TextDisplay("y" * (characters - view.content_length())))
    await shown.edit(view=view)


@pytest.mark.parametrize("withdrawn", [True, False])
async def test_an_answer_that_fills_its_message_is_marked_too(
    desk, simcord_env, channel, alice, withdrawn
):
    """What stands at the bottom makes room: Discord would refuse the longer message."""
    asked = await alice.slash(channel, "ask", question=TURNOUT)
    await filled(simcord_env, channel, asked.response.id, 3990)
    if withdrawn:
        desk.archive.articles.remove(certified(desk).id, now=NOW)
    else:
        changed(desk, with_note(NOTE, words=FIGURE))
    [_], [edit] = await told(simcord_env, desk)
    assert "~~" in str(edit)
    assert ("out of the coverage" if withdrawn else "61.2 per cent, not 62.7") in str(edit)
    assert [notice.reached for notice in desk.ledger.notices.last(limit=9)] == [True]


async def test_a_quotation_as_long_as_its_message_is_cut_for_the_note(
    desk, simcord_env, channel, alice
):
    """It is struck out, and the outlet's note is whole."""
    asked = await alice.slash(channel, "ask", question=TURNOUT)
    message = await simcord_env.bot.get_channel(channel.id).fetch_message(asked.response.id)
    quote = f"In all, {'two million *ballots* were cast, '.rstrip() * 90}"[:3000]
    message = await message.edit(view=layout([f"> **{literal(quote)}**", "-# Ledger"]))
    note = "The ballots were counted twice. " * 18
    notice = DueNotice(
        ShownAnswer(1, "1", "2", "en"),
        3,
        2,
        NoticeKind.CORRECTED,
        "t" * 150,
        "Ledger",
        None,
        note,
        (quote,),
    )
    view = corrected_view(message, [notice])
    assert note.strip() in seen(view)
    assert "In all, two million *ballots* were cast" in seen(view)
    assert "~~" in str(view.to_components())
    assert len(seen(view)) < 4000
    await message.edit(view=view)


async def test_a_withdrawal_is_told_after_any_number_of_notes(desk, simcord_env, channel, alice):
    """A message may have forty parts; the newest note is the one that stays."""
    await alice.slash(channel, "ask", question=TURNOUT)
    for number in range(20):
        changed(desk, with_note(f"Correction: Turnout was 62.7 per cent in {number} halls."))
        posts, [edit] = await told(simcord_env, desk)
        assert len(posts) == 1
        assert f"in {number} halls" in str(edit)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    [post], [edit] = await told(simcord_env, desk)
    assert "Withdrawn" in str(post)
    assert "out of the coverage" in str(edit)


def hall_note(number):
    """Return an outlet's note on the quoted figure, another one for each number."""
    return f"Correction: Turnout was 62.7 per cent in hall {number:03} as well."


async def test_an_hour_of_many_notes_is_a_handful_of_silent_posts(
    desk, simcord_env, channel, alice
):
    """Each note is in its answer at once, and in one post; a bot that is killed loses none."""
    await alice.slash(channel, "ask", question=TURNOUT)
    notes, posts, now = [hall_note(number) for number in range(50)], [], [NOW]

    def started():
        return Corrections(desk.archive, desk.ledger, lambda: now[0], LASTING)

    corrections = started()
    for number, note in enumerate(notes):
        now[0] = NOW + timedelta(minutes=number)
        changed(desk, with_note(note), now[0])
        if number in {7, 33}:
            corrections = started()
        added, edits = await looked(simcord_env, desk, now[0], corrections)
        assert note in str(edits)
        posts += added
    now[0] = NOW + timedelta(minutes=70)
    posts += (await looked(simcord_env, desk, now[0], corrections))[0]
    assert len(posts) == 4
    assert all(post["flags"] & SILENT for post in posts)
    assert [str(posts).count(note.removesuffix(".")) for note in notes] == [1] * len(notes)
    now[0] += timedelta(hours=1)
    assert (await looked(simcord_env, desk, now[0], corrections)) == NOTHING


async def test_who_was_killed_with_many_notes_waiting_edits_nothing_again(
    desk, simcord_env, channel, alice
):
    """An answer has room for a dozen notes; those without room were told in it before."""
    await alice.slash(channel, "ask", question=TURNOUT)
    for number in range(20):
        changed(desk, with_note(hall_note(number)))
    _, edits = await looked(simcord_env, desk, NOW)
    assert len(edits) == 1
    assert hall_note(19) in str(edits)
    assert hall_note(15) not in str(edits)
    assert await looked(simcord_env, desk, NOW) == NOTHING
    changed(desk, with_note(hall_note(20)))
    _, [edit] = await looked(simcord_env, desk, NOW)
    assert hall_note(20) in str(edit)


async def test_a_list_without_room_for_all_leaves_the_rest_to_the_next(
    desk, simcord_env, channel, alice
):
    """Whatever was corrected while the bot was down is told, each note once."""
    await alice.slash(channel, "ask", question=TURNOUT)
    notes = [hall_note(number) for number in range(25)]
    for note in notes:
        changed(desk, with_note(note))
    corrections = Corrections(desk.archive, desk.ledger, lambda: NOW + WAIT, LASTING)
    first, _ = await looked(simcord_env, desk, NOW, corrections)
    second, _ = await looked(simcord_env, desk, NOW, corrections)
    assert len(first) == len(second) == 1
    posts = str(first + second)
    assert [posts.count(note.removesuffix(".")) for note in notes] == [1] * len(notes)
    assert await looked(simcord_env, desk, NOW, corrections) == NOTHING


async def test_answers_that_wait_for_their_list_are_read_once(desk, simcord_env, channel, alice):
    """A check every ten seconds asks Discord for nothing that it has noted already."""
    await alice.slash(channel, "ask", question=TURNOUT)
    changed(desk, with_note(NOTE, words=FIGURE))
    now = [NOW]
    corrections = Corrections(desk.archive, desk.ledger, lambda: now[0], LASTING)
    await send_corrections(simcord_env.bot, corrections, DelayedChannels())
    before = len(simcord_env.http_requests)
    now[0] = NOW + WAIT - timedelta(seconds=1)
    await send_corrections(simcord_env.bot, corrections, DelayedChannels())
    assert len(simcord_env.http_requests) == before
    now[0] = NOW + WAIT
    await send_corrections(simcord_env.bot, corrections, DelayedChannels())
    sent = list(simcord_env.http_requests)[before:]
    assert [r.method for r in sent if "/messages" in r.path] == ["POST"]


async def test_a_reversal_is_told_at_once_and_hurries_nothing_else(
    desk, simcord_env, channel, alice
):
    """A note that waited is in the loud post of its article; one of another article still waits."""
    await alice.slash(channel, "ask", question=TURNOUT)
    await alice.slash(channel, "ask", question=RALLY)
    changed(desk, with_note("Correction: Turnout was 62.7 per cent with blank ballots."))
    elsewhere = "Correction: About 9,000 people came, of whom some left at once."
    changed(desk, with_note(elsewhere), title="Lantern fills half")
    assert (await looked(simcord_env, desk, NOW))[0] == []
    denial = {"Turnout was 62.7": "Turnout was not 62.7"}
    changed(desk, with_note("Correction: Turnout has to be counted again.", words=denial))
    [loud], _ = await looked(simcord_env, desk, NOW)
    assert not loud.get("flags", 0) & SILENT
    assert "with blank ballots" in str(loud)
    assert "has to be counted again" in str(loud)
    assert "9,000" not in str(loud)
    [silent], edits = await told(simcord_env, desk)
    assert silent["flags"] & SILENT
    assert "9,000 people came" in str(silent)
    assert edits == []


async def test_words_that_go_to_and_fro_are_told_once(desk, simcord_env, channel, alice):
    """An outlet that edits fifty times in an hour posts nothing fifty times."""
    await alice.slash(channel, "ask", question=TURNOUT)
    posts = []
    for number in range(12):
        before, after = ("62.7", "63.7") if number % 2 == 0 else ("63.7", "62.7")
        changed(desk, with_note("", words={before: after}))
        posts += (await told(simcord_env, desk))[0]
    assert len(posts) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/channels/*/messages/*"),
        ("PATCH", "/channels/*/messages/*"),
        ("POST", "/channels/*/messages"),
    ],
    ids=["reading the answer", "editing it", "posting the list"],
)
async def test_a_withdrawal_waits_while_discord_is_out_of_order(
    desk, simcord_env, channel, alice, method, path
):
    """An outage of a minute loses nothing, and nothing is told twice afterwards."""
    await alice.slash(channel, "ask", question=TURNOUT)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    simcord_env.inject_error(method, path, status=503, times=1)
    await looked(simcord_env, desk, NOW)
    assert desk.ledger.notices.last(limit=9) == []
    [post], _ = await told(simcord_env, desk)
    assert "Withdrawn" in str(post)
    assert await told(simcord_env, desk) == NOTHING


async def test_a_channel_that_discord_delays_keeps_no_other_from_its_corrections(
    desk, simcord_env, channel, alice, monkeypatch
):
    """Edits of answers older than an hour have a limit of their own."""
    monkeypatch.setattr(notifier, "PACE", replace(PACE, sending_seconds=0.05))
    other = simcord_env.guild.create_text_channel("other")
    for place in (channel, other):
        await alice.slash(place, "ask", question=TURNOUT)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    limit_ends, edit = asyncio.Event(), discord.Message.edit

    async def edit_late(message, **changes):
        if message.channel.id == channel.id:
            await limit_ends.wait()
        return await edit(message, **changes)

    monkeypatch.setattr(discord.Message, "edit", edit_late)
    corrections = Corrections(desk.archive, desk.ledger, lambda: NOW, LASTING)
    delayed = DelayedChannels()
    for _ in range(2):
        await send_corrections(simcord_env.bot, corrections, delayed)
    assert [len(place.history()) for place in (channel, other)] == [1, 2]
    limit_ends.set()
    async with asyncio.timeout(5):
        while channel.id in delayed:
            await asyncio.sleep(0.01)
    await send_corrections(simcord_env.bot, corrections, delayed)
    assert [len(place.history()) for place in (channel, other)] == [2, 2]


async def test_a_withdrawal_is_told_where_the_answer_may_not_be_edited(
    desk, simcord_env, channel, alice
):
    """In an archived thread, for instance: its readers still learn of it."""
    asked = await alice.slash(channel, "ask", question=TURNOUT)
    desk.archive.articles.remove(certified(desk).id, now=NOW)
    simcord_env.inject_error("PATCH", "/channels/*/messages/*", status=403, code=50083)
    [post], _ = await told(simcord_env, desk)
    assert f"/{asked.response.id})" in str(post)
    assert await told(simcord_env, desk) == NOTHING


NEWER = (
    "The turnout in the assembly election was 64.1 per cent after all, the Electoral Authority said"
    " on Thursday, when it had counted the ballots from abroad as well."
)


@pytest.fixture
async def newer(desk, simcord_env):
    """Let an article appear, and the bot look once; returns what it edited, and posts nothing."""
    await report_newer_coverage(simcord_env.bot, simcord_env.bot.asking, DelayedChannels())

    async def put(
        text=NEWER, title="Ballots from abroad raise the turnout", *, days=0, outlet="Post"
    ):
        day = NOW.date() + timedelta(days=days)
        saved(desk.archive, an_extract(text, title=title, outlet=outlet, published=day), now=NOW)
        desk.coverage.catch_up()
        before = len(simcord_env.http_requests)
        await report_newer_coverage(simcord_env.bot, simcord_env.bot.asking, DelayedChannels())
        await simcord_env.settle()
        sent = list(simcord_env.http_requests)[before:]
        assert [r for r in sent if r.method == "POST"] == []
        return [r for r in sent if r.method == "PATCH"]

    return put


async def test_newer_coverage_is_told_once_under_the_answer_it_changes(
    newer, simcord_env, channel, alice
):
    """It is quoted with its source in the answers on it, once; nobody is posted anything."""
    asked = await alice.slash(channel, "ask", question=TURNOUT)
    await alice.send(channel, f"<@{simcord_env.bot.user.id}> {TURNOUT}")
    mentioned = channel.last_message
    await alice.slash(channel, "ask", question=RALLY)
    edits = await newer()
    edited = {int(edit.path.rsplit("/", 1)[1]) for edit in edits}
    assert edited == {asked.response.id, mentioned.id}
    for edit in edits:
        assert "Newer coverage of this" in str(edit.json)
        assert "64.1 per cent" in str(edit.json)
        assert "62.7 per cent" in str(edit.json)
        assert "desk:" in str(edit.json)
    again = NEWER.replace("64.1", "64.3").replace("Thursday", "Friday")
    assert await newer(again, "Turnout was 64.3 per cent", days=1, outlet="Ledger") == []


ABROAD = "Ballots from abroad"


async def test_a_channel_that_discord_delays_keeps_no_other_from_newer_coverage(
    desk, simcord_env, channel, alice, monkeypatch
):
    """Each answer has it once, the delayed one as soon as the limit ends."""
    monkeypatch.setattr(notifier, "PACE", replace(PACE, sending_seconds=0.05))
    other = simcord_env.guild.create_text_channel("other")
    await report_newer_coverage(simcord_env.bot, simcord_env.bot.asking, DelayedChannels())
    for place in (channel, channel, other):
        await alice.slash(place, "ask", question=TURNOUT)
    saved(desk.archive, an_extract(NEWER, title=ABROAD, outlet="Post", published=NOW.date()))
    desk.coverage.catch_up()
    limit_ends, edit = asyncio.Event(), discord.Message.edit

    async def edit_late(message, **changes):
        if message.channel.id == channel.id:
            await limit_ends.wait()
        return await edit(message, **changes)

    def newer_in(place):
        return [str(message.components).count("Newer coverage") for message in place.history()]

    monkeypatch.setattr(discord.Message, "edit", edit_late)
    delayed = DelayedChannels()
    for _ in range(2):
        await report_newer_coverage(simcord_env.bot, simcord_env.bot.asking, delayed)
    assert (newer_in(channel), newer_in(other)) == ([0, 0], [1])
    limit_ends.set()
    async with asyncio.timeout(5):
        while channel.id in delayed:
            await asyncio.sleep(0.01)
    for _ in range(2):
        await report_newer_coverage(simcord_env.bot, simcord_env.bot.asking, delayed)
    assert (newer_in(channel), newer_in(other)) == ([1, 1], [1])
    assert await simcord_env.bot.asking.desk.news.outdated.doubted() == ([], None)


async def test_newer_coverage_that_is_corrected_is_struck_out_where_it_was_added(
    newer, desk, simcord_env, channel, alice
):
    """What the bot wrote under an answer by itself must not stay there when it proves wrong."""
    await alice.slash(channel, "ask", question=TURNOUT)
    assert await newer()
    note = "Correction: Turnout was 63.9 per cent, not 64.1."
    changed(desk, with_note(note, words={"64.1": "63.9"}), title=ABROAD)
    posts, [edit] = await told(simcord_env, desk)
    lines = str(edit).split("\\n")
    assert [line for line in lines if "~~" in line and "64.1 per cent" in line]
    assert not [line for line in lines if "~~" in line and "62.7 per cent" in line]
    assert "not 64.1" in str(edit)
    assert [post["flags"] & SILENT for post in posts] == [SILENT]
    assert await told(simcord_env, desk) == NOTHING


async def test_newer_coverage_that_is_withdrawn_is_told_loudly(
    newer, desk, simcord_env, channel, alice
):
    """Nobody may go on with it."""
    await alice.slash(channel, "ask", question=TURNOUT)
    assert await newer()

    def withdrawn(old):
        header = replace(old.header, kind=Kind.RETRACTION)
        return replace(old, header=header, text="The Post has withdrawn a report on the turnout.")

    changed(desk, withdrawn, title=ABROAD)
    [post], [edit] = await told(simcord_env, desk)
    assert "Please do not rely on it" in str(edit)
    assert not post.get("flags", 0) & SILENT


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
    shown = seen(layout([change_text(notice)]))
    assert "@everyone" in shown
    assert "<@123>" in shown


@pytest.mark.parametrize("taken", ["send_messages", "view_channel"])
async def test_what_is_corrected_while_the_bot_may_not_write_is_told_once_it_may(
    simcord_env, desk, channel, alice, taken
):
    """The answer is marked as soon as it can be; the withdrawal after it is told, loud and once."""
    await alice.slash(channel, "ask", question="What was the turnout?")
    withhold(simcord_env, channel, taken)
    await simcord_env.settle()
    changed(desk, with_note(NOTE, words=FIGURE))
    posts, edits = await told(simcord_env, desk)
    assert posts == []
    assert len(edits) == (taken == "send_messages")
    withhold(simcord_env, channel)
    await simcord_env.settle()
    posts, edits = await told(simcord_env, desk)
    assert len(posts) == 1
    assert posts[0]["flags"] & SILENT
    assert await told(simcord_env, desk) == NOTHING
