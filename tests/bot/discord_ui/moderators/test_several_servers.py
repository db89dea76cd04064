"""Several servers on one desk: each looks after what it added, and sets what holds in it."""

from __future__ import annotations

import discord
import pytest

from bot.community.curating import Moderator, NotYoursError
from bot.community.previewing import Preview
from bot.discord_ui.moderators.decisions import UndoButton
from bot.discord_ui.moderators.suggestions import ApproveButton
from bot.ledger.model import AuditAction, FeedbackVerdict
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.moderators.conftest import FEED, PAGE, allow, at_home, send, shown
from tests.bot.discord_ui.moderators.test_reviewing import answered
from tests.bot.discord_ui.reading import seen
from tests.builders import an_extract, saved

ALL = discord.Permissions(manage_messages=True, manage_guild=True)


@pytest.fixture
def here(channel, manager):
    """Return the first server's moderator, and a channel there."""
    return manager, channel


@pytest.fixture
def there(simcord_env, here):
    """Return the second server's moderator, and a channel there."""
    guild = simcord_env.create_guild("Elsewhere")
    role = guild.create_role("mods", permissions=ALL)
    member = guild.add_member(simcord_env.create_user("other"), roles=[role])
    return member, guild.create_text_channel("desk")


@pytest.fixture
def elsewhere(simcord_env, there):
    """Return the second server."""
    return simcord_env._guilds[1]


def told(result):
    """Return what is said beside a message whose button could not do its work."""
    return seen(result.followups[-1].components)


async def added(who, where):
    """Add the page, and keep it."""
    result = await who.slash(where, "source add", url=PAGE)
    return await who.click(result.response, label="Keep")


@pytest.mark.parametrize("command", ["source remove", "source hide"])
async def test_each_server_takes_out_what_it_added_itself(here, there, archive, command):
    """And not what the other one did; nobody has to say which is the first."""
    assert "Kept: 1 new" in shown(await added(*there))
    [article] = [each.id for each in archive.articles.listed() if each.id != 1]
    refused = await here[0].slash(here[1], command, article=str(article))
    assert "was added elsewhere" in shown(refused)
    assert archive.articles.count() == 2
    done = await there[0].slash(there[1], command, article=str(article))
    assert "was added elsewhere" not in shown(done)
    assert archive.articles.count() == 1


async def test_what_maintainers_added_is_nobody_s_to_remove(there, desk, archive):
    """It came by the command line; the verb itself refuses, whoever calls it."""
    with pytest.raises(NotYoursError, match="was added elsewhere"):
        await desk.curator.hide(1, Moderator("1", "2"))
    refused = await there[0].slash(there[1], "source remove", article="1")
    assert "was added elsewhere" in shown(refused)
    assert archive.articles.count() == 1


async def test_a_known_article_is_not_rewritten_from_elsewhere(here, there, archive, desk):
    """Adding it again makes it nobody else's, and its text stays."""
    await added(*here)
    [article] = [each.id for each in archive.articles.listed() if each.id != 1]
    form = await there[0].slash(there[1], "source paste")
    text = "The count in ward one was annulled on Sunday, and nobody won anything at all there."
    values = {"headline": "Ward 1 decides", "outlet": "Ledger", "url": PAGE, "text": text}
    offered = await there[0].submit_modal(form, values)
    refused = await there[0].click(offered.response, label="Keep")
    assert "was added elsewhere" in told(refused)
    assert len(archive.articles.versions(article)) == 1
    refused = await there[0].slash(there[1], "source remove", article=str(article))
    assert "was added elsewhere" in shown(refused)


async def test_the_way_back_is_only_for_those_who_did_it(here, there, archive, desk):
    """A button copied into another server does nothing there."""
    await added(*here)
    [entry] = desk.ledger.audit.last(limit=1)
    copied = await send(there[1], UndoButton(str(entry.id), "Undo"))
    result = await there[0].click(copied, custom_id=f"desk:undo:{entry.id}")
    assert archive.articles.count() == 2
    assert "taken back before" in shown(result)


async def test_a_source_is_looked_after_where_it_is_watched(here, there, desk, web):
    """Neither described anew nor stopped from elsewhere."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    result = await here[0].slash(here[1], "source add", url=FEED, outlet="Ledger")
    await here[0].click(result.response, label="Watch")
    again = await there[0].slash(there[1], "source add", url=FEED, outlet="Other")
    assert "Watched already as source 1, of Ledger." in shown(again)
    assert labels(again.response) == ["Discard"]
    with pytest.raises(NotYoursError):
        await desk.curator.watch(Preview(FEED), "Other", Moderator("1", "2"))
    [source] = desk.archive.sources.watched()
    listed = await there[0].slash(there[1], "source watched")
    refused = await there[0].click(listed.response, label="Stop watching")
    assert "was added elsewhere" in told(refused)
    assert desk.archive.sources.watched() == [source]


async def test_the_log_is_each_server_s_own(here, there):
    """Who did what elsewhere is nobody's business."""
    await added(*here)
    assert "Nobody has done anything" in shown(await there[0].slash(there[1], "source log"))
    assert "added" in shown(await here[0].slash(here[1], "source log"))


async def test_suggestions_go_to_the_server_where_they_were_made(
    simcord_env, here, there, elsewhere, desk
):
    """Into its review channel, and onto its moderators' list."""
    review = elsewhere.create_text_channel("review")
    await there[0].slash(there[1], "settings review", channel=review)
    member = elsewhere.add_member(simcord_env.create_user("reader"))
    form = await member.slash(there[1], "suggest")
    await member.submit_modal(form, {"url": PAGE, "outlet": "", "note": "please"})
    assert "A source is proposed" in seen([c.to_dict() for c in review.last_message.components])
    assert "Nothing is proposed" in shown(await here[0].slash(here[1], "source suggestions"))
    stolen = await send(here[1], ApproveButton("1", "Approve"))
    decided = await here[0].click(stolen, custom_id="desk:approve:1")
    assert "decided already" in shown(decided)
    assert desk.ledger.suggestions.open() != []
    await there[0].click(review.last_message, label="Approve")
    assert desk.ledger.suggestions.open() == []


async def test_reports_are_read_where_they_were_made(simcord_env, here, there, elsewhere, desk):
    """With the question, so nowhere else; and they come to the review channel by themselves."""
    review = elsewhere.create_text_channel("review")
    await there[0].slash(there[1], "settings review", channel=review)
    number = answered(desk.archive)
    guild = elsewhere.id
    kept = await desk.community.say(
        number, FeedbackVerdict.WRONG, 5, question="Who won?", place=guild
    )
    await simcord_env.bot.on_feedback(kept)
    assert "Who won?" in seen([c.to_dict() for c in review.last_message.components])
    assert "No answer is reported" in shown(await here[0].slash(here[1], "reports"))
    result = await there[0].slash(there[1], "reports")
    assert "Who won?" in shown(result)
    await there[0].click(result.response, label="Done")
    assert "No answer is reported" in shown(await there[0].slash(there[1], "reports"))


async def test_one_server_may_look_after_everything(simcord_env, here, there, desk, archive):
    """Where a maintainer says so, others still add, and it removes what they did."""
    at_home(simcord_env, simcord_env.guild, adding_elsewhere=True)
    await added(*there)
    [article] = [each.id for each in archive.articles.listed() if each.id != 1]
    await here[0].slash(here[1], "source remove", article=str(article))
    assert archive.articles.count() == 1
    assert desk.ledger.audit.last(limit=1)[0].kind is AuditAction.REMOVED
    undone = await there[0].slash(there[1], "source restore", article="1")
    assert "was added elsewhere" in shown(undone)


async def test_a_home_alone_keeps_the_others_out(simcord_env, here, there, desk):
    """As long as nobody lets them in."""
    at_home(simcord_env, simcord_env.guild)
    refused = await there[0].slash(there[1], "source add", url=PAGE)
    assert "ADDING_ELSEWHERE" in shown(refused)


async def test_what_holds_everywhere_is_set_at_home_alone(there):
    """Where there is no home, nobody's moderators spend the others' money."""
    refused = await there[0].slash(there[1], "settings approval", second=True)
    assert "MODERATED_IN" in shown(refused)


async def test_a_role_lets_in(simcord_env, here, archive):
    """Not everybody who looks after coverage manages messages."""
    manager, channel = here
    role = simcord_env.guild.create_role("librarians")
    member = simcord_env.guild.add_member(simcord_env.create_user("lib"), roles=[role])
    await allow(simcord_env, member, "source")
    assert "Only moderators" in shown(await member.slash(channel, "source list"))
    set_ = await manager.slash(channel, "settings moderators", role=role)
    assert "Looks after the coverage" in shown(set_)
    assert "Only moderators" not in shown(await member.slash(channel, "source list"))
    await manager.slash(channel, "settings moderators")
    assert "Only moderators" in shown(await member.slash(channel, "source list"))


async def test_a_server_chooses_its_outlets(there, elsewhere, desk, archive):
    """What is cited here may be left out there."""
    saved(archive, an_extract(title="Another", url="https://courier.example/1", outlet="Courier"))
    who, where = there
    offered = await who.autocomplete(where, "settings outlets", "also", "")
    assert {each["value"] for each in offered} == {"Courier", *desk.archive.outlets.names()}
    shown_ = shown(await who.slash(where, "settings outlets", also="Courier"))
    assert "Outlets that may be cited: Courier" in shown_
    place = elsewhere.id
    assert (await desk.community.rules(place)).outlets == ("Courier",)
    assert (await desk.community.known(("Courier",))).summary.articles == 1
    assert "No outlet by the name" in shown(
        await who.slash(where, "settings outlets", also="Nobody")
    )
    all_again = shown(await who.slash(where, "settings outlets"))
    assert "Outlets that may be cited: all" in all_again
    without = shown(await who.slash(where, "settings outlets", without="Courier"))
    assert "Courier" not in without
    await who.slash(where, "settings outlets")
