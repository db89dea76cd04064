"""Several servers on one desk: each looks after what it added, and sets what holds in it."""

from __future__ import annotations

from dataclasses import replace

import discord
import pytest

from bot.community.curating import (
    Moderator,
    NotYoursError,
    TooManyArticlesError,
    TooManySourcesError,
)
from bot.discord_ui.moderators.decisions import UndoButton
from bot.discord_ui.moderators.listing import (
    _HideButton,
    _RemoveButton,
    _RestoreButton,
    _ShowButton,
)
from bot.discord_ui.moderators.review import ApproveButton
from bot.ledger.records import AuditAction, FeedbackVerdict, NoticeKey, NoticeKind
from ingest.adding import Preview
from ingest.archive.limits import SERVERS
from ingest.index.cutting import cut
from ingest.model import Edition
from tests.bot.discord_ui.choosing import labels, walked
from tests.bot.discord_ui.moderators.conftest import (
    FEED,
    PAGE,
    allow,
    panel,
    row,
    send,
    set_value,
    settings,
)
from tests.bot.discord_ui.moderators.test_reviewing import answered
from tests.bot.discord_ui.reading import said_last, seen, shown
from tests.builders import NOW, an_extract, saved
from tests.ingest.newsroom import story

MENU = "desk:settings-outlets:0"
SECOND_PAGE = "http://ledger.example/2"
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


async def added(who, where, url=PAGE):
    """Add the page, and keep it."""
    result = await who.slash(where, "add-source", url=url)
    return await who.click(result.response, label="Keep")


def cited_in(archive, server):
    """Return the titles of what the answers in a server may cite."""
    found = archive.articles.listed(edition=Edition(str(server.id) if server else ""))
    return sorted(each.header.title for each in found)


async def test_what_a_stranger_adds_is_cited_in_their_server_alone(
    simcord_env, here, there, elsewhere, archive, desk
):
    """Neither at home, nor in a direct message, nor in a third server; what home adds is."""
    third = simcord_env.create_guild("Third")
    kept = await added(*there)
    assert "Kept: 1 new" in shown(kept)
    assert "cited in this server alone" in shown(kept)
    shared = ["Harbour wins 46 seats"]
    both = ["Harbour wins 46 seats", "Ward 1 decides"]
    assert cited_in(archive, elsewhere) == both
    for other in (simcord_env.guild, third, None):
        assert cited_in(archive, other) == shared
    assert "1 new" in shown(await added(*here))
    for other in (simcord_env.guild, third, None):
        assert cited_in(archive, other) == both
    assert [each.article.header.title for each in desk.news.stories.newest(9)].count(
        "Ward 1 decides"
    ) == 1


async def test_a_stranger_never_writes_into_an_article_of_all(here, there, archive):
    """A paste under its address is an article of its own, in its own server."""
    await added(*here)
    [article] = [each.id for each in archive.articles.listed() if each.id != 1]
    form = await there[0].click((await panel(*there)).response, label="Paste an article")
    text = "The count in ward one was annulled on Sunday, and nobody won anything at all there."
    values = {"headline": "Ward 1 decides", "outlet": "Ledger", "url": PAGE, "text": text}
    offered = await there[0].submit_modal(form, values)
    await there[0].click(offered.response, label="Keep")
    assert len(archive.articles.versions(article)) == 1
    assert archive.articles.count(Edition()) == 2


@pytest.mark.parametrize("times", [2])
async def test_the_same_page_twice_is_written_down_once(here, there, archive, desk, times):
    """What changes nothing is neither kept nor logged, and takes nothing from anybody."""
    await added(*here)
    [entry] = desk.ledger.audit.last()
    assert entry.kind is AuditAction.ADDED
    for who, where in (here, there):
        for _ in range(times):
            offered = await who.slash(where, "add-source", url=PAGE)
            assert "Kept already with this text: article 2" in shown(offered)
            assert labels(offered.response) == []
    assert desk.ledger.audit.last() == [entry]


async def test_another_version_is_offered_where_it_would_be_kept(here, there, web):
    """At home it is the article's next version, elsewhere an article of that server's own."""
    await added(*here)
    web.page(PAGE, "Ward 1 decides", f"{story(1)}\n\nThe mayor spoke at noon.")
    at_home = shown(await here[0].slash(here[1], "add-source", url=PAGE))
    assert "Kept already as article 2" in at_home
    elsewhere = await there[0].slash(there[1], "add-source", url=PAGE)
    assert "Kept already" not in shown(elsewhere)
    kept = await there[0].click(elsewhere.response, label="Keep")
    assert "1 new" in shown(kept)
    assert "alone" in shown(kept)


async def test_every_server_hides_anything_for_itself(
    simcord_env, here, there, elsewhere, archive, desk
):
    """What a maintainer added too, and only there; the way back is there as well."""
    done = await row(there[0], await panel(*there), "hide", 1)
    assert "Hidden in this server" in shown(done)
    assert cited_in(archive, elsewhere) == []
    assert cited_in(archive, simcord_env.guild) == ["Harbour wins 46 seats"]
    seen_there = shown(await there[0].slash(there[1], "source", find="article 1"))
    assert "hidden in this server" in seen_there
    copied = await send(there[1], _HideButton("1.articles.0", "Hide"))
    again = await there[0].click(copied, custom_id="desk:source-hide:1.articles.0")
    assert "It is that way already" in told(again)
    assert len(desk.ledger.audit.last()) == 1
    await row(there[0], await panel(*there, "removed"), "restore", 1)
    assert cited_in(archive, elsewhere) == ["Harbour wins 46 seats"]


async def test_what_home_looks_after_others_do_not_remove(here, there, desk, archive):
    """The verb itself refuses, whoever calls it; home may."""
    with pytest.raises(NotYoursError, match="Only the home server"):
        await desk.curator.remove(1, Moderator("1", "2"))
    opened = await panel(*there)
    assert labels(opened.response)[:3] == ["Show", "Hide", "Add a source"]
    copied = await send(there[1], _RemoveButton("1.articles.0", "Remove"))
    refused = await there[0].click(copied, custom_id="desk:source-remove:1.articles.0")
    assert "Only the home server" in told(refused)
    assert archive.articles.count() == 1
    await row(here[0], await panel(*here), "remove", 1)
    assert archive.articles.count() == 0


async def test_a_second_server_takes_nothing_from_the_first(simcord_env, here, archive):
    """Home keeps its rights when somebody invites the bot elsewhere."""
    page = await settings(*here, "desk")
    form = await here[0].click(page.response, custom_id="desk:settings-link:0")
    await here[0].submit_modal(form, {"url": "https://vote.example"})
    simcord_env.create_guild("Late")
    set_ = await set_value(*here, "desk", "approval:0", "yes")
    assert "vote.example" in shown(set_)
    await row(here[0], await panel(*here), "remove", 1)
    assert archive.articles.count() == 0


async def test_what_is_another_server_s_is_not_to_be_seen(here, there, archive):
    """Not by its number, not in lists, not while somebody types."""
    await added(*there)
    [article] = [each.id for each in archive.articles.listed() if each.id != 1]
    refused = await here[0].slash(here[1], "source", find=f"article {article}")
    assert "Ward 1" not in shown(refused)
    key = f"{article}.articles.0"
    for button in (_ShowButton, _RemoveButton, _HideButton, _RestoreButton):
        copied = await send(here[1], button(key, "x"))
        refused = await here[0].click(copied, custom_id=f"desk:{button.kind}:{key}")
        assert "Ward 1" not in told(refused)
    assert archive.articles.get(article).removal is None
    assert "Ward 1" not in shown(await panel(*here))
    offered = await here[0].autocomplete(here[1], "source", "find", "Ward")
    assert offered == []


async def test_the_way_back_is_only_for_those_who_did_it(here, there, archive, desk):
    """A button copied into another server does nothing there."""
    await added(*here)
    [entry] = desk.ledger.audit.last(limit=1)
    copied = await send(there[1], UndoButton(str(entry.id), "Undo"))
    result = await there[0].click(copied, custom_id=f"desk:undo:{entry.id}")
    assert archive.articles.count() == 2
    assert "left to undo" in shown(result)


async def test_a_source_is_looked_after_where_it_is_watched(here, there, elsewhere, desk, web):
    """Others may watch it for themselves; neither describes nor stops what is the other's."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    result = await here[0].slash(here[1], "add-source", url=FEED, outlet="Ledger")
    await here[0].click(result.response, label="Watch")
    again = await there[0].slash(there[1], "add-source", url=FEED, outlet="Other")
    assert "Watched already as source 1, of Ledger." in shown(again)
    assert labels(again.response) == ["Discard"]
    await desk.curator.watch(Preview(FEED), "Other", Moderator("1", elsewhere.id))
    assert [(e.outlet, e.place, e.address) for e in desk.archive.sources.watched()] == [
        ("Ledger", "", FEED),
        ("Other", str(elsewhere.id), FEED),
    ]
    with pytest.raises(NotYoursError):
        await desk.curator.unwatch(1, Moderator("1", "2"))
    listed = await panel(*there, "watched")
    assert labels(listed.response)[:3] == ["Look now", "Stop watching", "Add a source"]


async def test_a_server_that_is_not_home_watches_a_few_sources(there, desk):
    """Whoever runs the bot pays for what is fetched."""
    by = Moderator("1", "2")
    for number in range(10):
        await desk.curator.watch(Preview(f"http://ledger.example/{number}.xml"), "Ledger", by)
    with pytest.raises(TooManySourcesError):
        await desk.curator.watch(Preview(FEED), "Ledger", by)


async def test_a_server_that_is_not_home_adds_a_bounded_number_of_articles(
    here, there, elsewhere, archive, desk, web, monkeypatch
):
    """What it removes stays stored, so it counts; home adds more, and nothing is half added."""
    monkeypatch.setattr("ingest.archive.articles.SERVERS", replace(SERVERS, articles=1))
    await added(*there)
    [article] = [listed.id for listed in archive.articles.listed() if listed.id != 1]
    await desk.curator.remove(article, Moderator("1", str(elsewhere.id)))
    count, entries = archive.articles.count(), len(desk.ledger.audit.last(limit=9))
    web.page(SECOND_PAGE, "Ward 2 decides", story(2))
    refused = await added(*there, SECOND_PAGE)
    assert str(TooManyArticlesError()) in told(refused)
    assert "5,000" in told(refused)
    assert archive.articles.count() == count
    assert len(desk.ledger.audit.last(limit=9)) == entries
    await added(*here, SECOND_PAGE)
    assert archive.articles.count() == count + 1


async def test_sources_that_are_taken_back_count_too(there, archive, desk):
    """Stopping ten and undoing that does not make twenty; a proposal waits until there is room."""
    by = Moderator("1", "2")
    for number in range(10):
        await desk.curator.watch(Preview(f"http://ledger.example/{number}.xml"), "Ledger", by)
    stopped = [await desk.curator.unwatch(s.id, by) for s in archive.sources.watched()]
    for number in range(10, 20):
        await desk.curator.watch(Preview(f"http://ledger.example/{number}.xml"), "Ledger", by)
    for entry in stopped:
        with pytest.raises(TooManySourcesError):
            await desk.curator.undo(entry.id, by)
    assert len(archive.sources.watched()) == 10
    await desk.curator.unwatch(archive.sources.watched()[0].id, by)
    assert await desk.curator.undo(stopped[0].id, by)


async def test_a_proposed_feed_waits_until_there_is_room(there, elsewhere, desk, web):
    """It is still open after the refusal."""
    by = Moderator("1", str(elsewhere.id))
    for number in range(10):
        await desk.curator.watch(Preview(f"http://ledger.example/{number}.xml"), "Ledger", by)
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    await desk.community.suggest(FEED, "Ledger", None, 5, elsewhere.id)
    listed = await panel(*there, "suggestions")
    refused = await there[0].click(listed.response, label="Approve")
    assert "may watch 10 sources" in told(refused)
    assert len(desk.ledger.suggestions.open()) == 1
    await desk.curator.unwatch(desk.archive.sources.watched()[0].id, by)
    await there[0].click(listed.response, label="Approve")
    assert desk.ledger.suggestions.open() == []
    assert FEED in {source.address for source in desk.archive.sources.watched()}


async def test_a_server_sees_the_corrections_of_its_own_answers(
    simcord_env, here, there, elsewhere, archive, desk
):
    """Neither the channels of another server nor the titles of what that one added."""
    extract = an_extract("A secret of one server alone, which it never showed.", title="A secret")
    place = str(simcord_env.guild.id)
    own = archive.articles.save(extract, cut(extract.text, "en"), now=NOW, place=place).article_id
    for article, where in ((1, here), (own, here), (1, there)):
        number = answered(archive)
        server = simcord_env.guild.id if where is here else elsewhere.id
        await desk.community.note_shown(number, where[1].id, 6, "en", server)
        key = NoticeKey(number, article, 0, NoticeKind.REMOVED)
        desk.ledger.notices.mark_given(key, now=NOW, reached=True)
    mine, theirs = [shown(await panel(*who, "corrections")) for who in (here, there)]
    assert mine.count("removed") == 2
    assert "A secret" in mine
    assert theirs.count("removed") == 1
    assert "A secret" not in theirs


async def test_a_server_s_log_shows_all_that_is_cited_there(here, there):
    """What home did to it, without who it was; and home learns nothing of the others."""
    await added(*here)
    theirs = await panel(*there, "log")
    assert "the home server · added: Ward 1 decides" in shown(theirs)
    assert labels(theirs.response) == []
    await row(there[0], await panel(*there), "hide", 1)
    mine = await panel(*here, "log")
    assert "hid" not in shown(mine)
    assert labels(mine.response) == ["Undo"]


async def test_home_comes_back_as_it_left(simcord_env, here, there, desk):
    """It is remembered by its number; nobody becomes home meanwhile."""
    await here[0].slash(here[1], "setup")
    home = simcord_env.guild.id
    assert desk.curator.home.server == home
    await simcord_env.bot.on_guild_join(simcord_env.bot.guilds[1])
    assert desk.curator.home.server == home
    desk.curator.home.server = None
    desk.curator.home.read()
    assert desk.curator.home.server == home


async def test_suggestions_go_to_the_server_where_they_were_made(
    simcord_env, here, there, elsewhere, desk
):
    """Into its review channel, and onto its moderators' list."""
    review = elsewhere.create_text_channel("review")
    await set_value(*there, "review", "reviewin:0", review)
    member = elsewhere.add_member(simcord_env.create_user("reader"))
    form = await member.slash(there[1], "suggest")
    await member.submit_modal(form, {"url": PAGE, "outlet": "", "note": "please"})
    assert "A source is proposed" in seen([c.to_dict() for c in review.last_message.components])
    assert "Nothing is proposed" in shown(await panel(*here, "suggestions"))
    stolen = await send(here[1], ApproveButton("1", "Approve"))
    decided = await here[0].click(stolen, custom_id="desk:approve:1")
    assert "decided already" in shown(decided)
    assert desk.ledger.suggestions.open() != []
    await there[0].click(review.last_message, label="Approve")
    assert desk.ledger.suggestions.open() == []


async def test_a_review_thread_is_written_in_the_language_of_its_server(
    simcord_env, there, elsewhere, desk, monkeypatch
):
    """A thread belongs to a server as a channel does, and its moderators read there."""
    review = elsewhere.create_text_channel("review")
    await simcord_env.bot.get_channel(review.id).create_thread(
        name="proposals", type=discord.ChannelType.public_thread
    )
    [thread] = review.threads
    rules = await desk.community.rules(elsewhere.id)
    desk.ledger.rules.set(str(elsewhere.id), replace(rules, review_channel=thread.id).values())
    desk.community.rules_changed()
    server = simcord_env.bot.get_guild(elsewhere.id)
    monkeypatch.setattr(server, "preferred_locale", discord.Locale.german)
    member = elsewhere.add_member(simcord_env.create_user("reader"))
    form = await member.slash(there[1], "suggest")
    await member.submit_modal(form, {"url": PAGE, "outlet": "", "note": "bitte"})
    assert "Eine Quelle ist vorgeschlagen" in seen(
        [component.to_dict() for component in thread.last_message.components]
    )


async def test_reports_are_read_where_they_were_made(simcord_env, here, there, elsewhere, desk):
    """With the question, so nowhere else; and they come to the review channel by themselves."""
    review = elsewhere.create_text_channel("review")
    await set_value(*there, "review", "reviewin:0", review)
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


async def test_a_role_lets_in(simcord_env, here, archive):
    """Not everybody who looks after coverage manages messages."""
    manager, channel = here
    role = simcord_env.guild.create_role("librarians")
    member = simcord_env.guild.add_member(simcord_env.create_user("lib"), roles=[role])
    await allow(simcord_env, member, "source")
    assert "Only moderators" in shown(await member.slash(channel, "source"))
    set_ = await set_value(manager, channel, "moderators", "moderators:0", role)
    assert "Looks after the coverage" in shown(set_)
    assert "Only moderators" not in shown(await member.slash(channel, "source"))
    await set_value(manager, channel, "moderators", "moderators:0")
    assert "Only moderators" in shown(await member.slash(channel, "source"))


async def test_a_server_chooses_its_outlets(there, elsewhere, desk, archive):
    """What is cited here may be left out there."""
    saved(archive, an_extract(title="Another", url="https://courier.example/1", outlet="Courier"))
    who, where = there
    page = await settings(who, where, "outlets")
    [menu] = [each for each in walked(page.response.components) if each.get("custom_id") == MENU]
    values = {each["label"]: each["value"] for each in menu["options"]}
    assert values.keys() == {"Courier", *desk.archive.outlets.names()}
    chosen = await who.select(page.response, [values["Courier"]], custom_id=MENU)
    assert "Outlets that may be cited: Courier" in shown(chosen)
    place = elsewhere.id
    assert (await desk.community.rules(place)).outlets == ("Courier",)
    assert (await desk.community.known(Edition(outlets=("Courier",)))).summary.articles == 1
    refused = await who.select(chosen.response, [], custom_id=MENU)
    assert "At least one outlet" in told(refused)
    all_again = await who.click(chosen.response, label="Cite all outlets")
    assert "Outlets that may be cited: all" in shown(all_again)
    others = [value for name, value in values.items() if name != "Courier"]
    without = await who.select(all_again.response, others, custom_id=MENU)
    assert "Courier" not in shown(without)
    every = await who.select(without.response, list(values.values()), custom_id=MENU)
    assert "Outlets that may be cited: all" in shown(every)


async def send_report(env, desk, server, question):
    """Let a member of *server*, or without one in a direct message, report an answer."""
    number = await desk.community.say(
        answered(desk.archive), FeedbackVerdict.WRONG, 5, question=question, place=server
    )
    await env.bot.on_feedback(number)


async def test_what_is_reported_after_home_moved_reaches_no_channel_of_the_old_home(
    simcord_env, here, there, elsewhere, desk
):
    """A member's question is not read in another server, nor one of a direct message."""
    manager, channel = here
    review = simcord_env.guild.create_text_channel("review")
    await set_value(manager, channel, "review", "reviewin:0", review)
    await send_report(simcord_env, desk, None, "Who won at home?")
    assert "Who won at home?" in said_last(review)
    for way in ("terminal", "menu"):
        rules = await desk.community.desk_rules()
        if way == "menu":
            role = elsewhere.create_role("owners", permissions=ALL)
            elsewhere.add_member(manager.user, roles=[role])
            offered = await manager.click(
                (await manager.slash(channel, "setup")).response, label="Hand over"
            )
            await manager.select(offered.response, [str(elsewhere.id)], custom_id="desk:newhome:0")
        else:
            desk.ledger.rules.set("", replace(rules, home=elsewhere.id).values())
        desk.curator.home.read()
        desk.community.rules_changed()
        before = len(review.history())
        await send_report(simcord_env, desk, elsewhere.id, "Who won elsewhere?")
        await send_report(simcord_env, desk, None, "Who won in private?")
        assert len(review.history()) == before
        desk.ledger.rules.set("", rules.values())
        desk.curator.home.read()
        desk.community.rules_changed()
    rules = await desk.community.rules(simcord_env.guild.id)
    assert rules.review_channel == review.id, "its own reports go on coming to the old home"


async def test_whoever_reviews_reads_the_language_that_the_server_fixed(
    simcord_env, there, elsewhere, desk
):
    """Whatever its language in Discord is: proposals and reports."""
    review = elsewhere.create_text_channel("review")
    await set_value(*there, "review", "reviewin:0", review)
    await set_value(*there, "language", "language:0", "de")
    member = elsewhere.add_member(simcord_env.create_user("reader"))
    form = await member.slash(there[1], "suggest")
    await member.submit_modal(form, {"url": PAGE, "outlet": "", "note": "bitte"})
    assert "Eine Quelle ist vorgeschlagen" in said_last(review)
    await send_report(simcord_env, desk, elsewhere.id, "Wer hat gewonnen?")
    assert labels(review.last_message)[-1] == "Quelle hinzufügen"


@pytest.mark.parametrize("gone", ["removed", "at the start"])
async def test_a_home_that_is_gone_is_told_to_the_maintainer_and_taken_by_nobody(
    simcord_env, here, there, elsewhere, desk, caplog, gone
):
    """Others go on with what is theirs; a command of the terminal names the next home."""
    home = simcord_env.guild.id
    await here[0].slash(here[1], "setup")
    simcord_env.backend.remove_guild(home)
    await simcord_env.settle()
    if gone == "at the start":
        caplog.clear()
        await simcord_env.bot.on_ready()
    assert f"I am not in the home server, {home}." in caplog.text
    assert "python -m bot home NUMBER" in caplog.text
    await simcord_env.bot.on_guild_join(simcord_env.bot.get_guild(elsewhere.id))
    desk.curator.home.read()
    assert desk.curator.home.server == home
    checklist = shown(await there[0].slash(there[1], "setup"))
    assert "Another server. What is added here is cited here alone" in checklist
    shared = await row(there[0], await panel(*there), "hide", 1)
    assert "Hidden in this server" in shown(shared)
    rules = await desk.community.desk_rules()
    desk.ledger.rules.set("", replace(rules, home=elsewhere.id).values())
    desk.curator.home.read()
    caplog.clear()
    await simcord_env.bot.on_ready()
    assert "home server" not in caplog.text
    await row(there[0], await panel(*there, "removed"), "restore", 1)
    await row(there[0], await panel(*there), "remove", 1)
    assert desk.archive.articles.count() == 0
