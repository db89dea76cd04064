"""What a server sets for itself holds there at once, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import discord
import pytest

from bot.community.curating import Moderator
from bot.community.rules import DigestPlan, QuietHours, ServerRules, Speaks
from bot.discord_ui.moderators.rule_settings import Section
from bot.discord_ui.moderators.settings_panel import UnsetButton, _OptionMenu
from bot.ledger import Ledger
from ingest.language.languages import Language
from tests.bot.discord_ui.choosing import labels, walked
from tests.bot.discord_ui.moderators.conftest import (
    allow,
    member_with,
    panel,
    row,
    send,
    set_value,
    settings,
)
from tests.bot.discord_ui.reading import markdown_of, seen, shown
from tests.bot.discord_ui.speaking import speaking
from tests.builders import an_extract, saved

QUESTION = "Will Marrowen govern with the Lantern Movement?"


def at_me(env, text=QUESTION):
    """Write *text* to the bot."""
    return f"<@{env.bot.user.id}> {text}"


async def test_a_channel_that_is_off_is_quiet(simcord_env, channel, alice, manager, asked):
    """It says so once to whoever mentions it, and to the asker of a command alone."""
    await set_value(manager, channel, "channels", "mode:0", "off")
    await alice.send(channel, at_me(simcord_env))
    assert text_of(channel.last_message).startswith("I do not answer in this channel.")
    message = await alice.send(channel, at_me(simcord_env))
    assert channel.last_message.id == message.id
    result = await alice.slash(channel, "ask", question=QUESTION)
    assert result.ephemeral
    assert "do not answer in this channel" in shown(result)
    assert asked == []


async def test_off_by_default_and_on_in_one_channel(simcord_env, channel, alice, manager, asked):
    """The channel's own mode goes before that of all."""
    await set_value(manager, channel, "channels", "mode:0", "off")
    page = await set_value(manager, channel, "channels", "channel:0", channel)
    own = f"desk:settings-mode:{channel.id}"
    result = await manager.select(page.response, ["on"], custom_id=own)
    assert "answers /ask and mentions" in shown(result)
    await alice.slash(channel, "ask", question=QUESTION)
    assert len(asked) == 1
    page = await set_value(manager, channel, "channels", "channel:0", channel)
    await manager.select(page.response, ["none"], custom_id=own)
    await alice.slash(channel, "ask", question=QUESTION)
    assert len(asked) == 1


async def test_mentions_only_answers_commands_privately(simcord_env, channel, alice, manager):
    """The channel stays clear of what one person wants to know."""
    await set_value(manager, channel, "channels", "mode:0", "mention")
    assert (await alice.slash(channel, "ask", question=QUESTION)).ephemeral
    await alice.send(channel, at_me(simcord_env))
    assert channel.last_message.author.id == simcord_env.bot.user.id


async def test_threads_only_makes_a_thread_of_the_question(simcord_env, channel, alice, manager):
    """And answers where it was asked if there can be none."""
    await set_value(manager, channel, "channels", "mode:0", "thread")
    await alice.send(channel, at_me(simcord_env))
    [thread] = channel.threads
    assert thread.name == QUESTION
    text = seen([each.to_dict() for each in thread.last_message.components])
    assert "cabinet table" in text
    simcord_env.inject_error("POST", "/channels/*/messages/*/threads", status=403, code=50013)
    await alice.send(channel, at_me(simcord_env))
    assert channel.last_message.author.id == simcord_env.bot.user.id


async def test_a_fixed_language_is_the_answers(channel, alice, manager, asked):
    """Whatever the question is in."""
    await set_value(manager, channel, "language", "language:0", "ja")
    await alice.slash(channel, "ask", question=QUESTION)
    assert asked[0].language is Language.JAPANESE


async def test_who_asks_too_much_waits(simcord_env, channel, alice, manager, asked, caplog):
    """They are told once a minute, and others are answered."""
    await set_value(manager, channel, "limits", "limit:member", "2")
    for _ in range(3):
        result = await alice.slash(channel, "ask", question=QUESTION)
    assert "many questions in a minute" in shown(result)
    before = channel.last_message
    for _ in range(3):
        await alice.send(channel, at_me(simcord_env))
    told = [m for m in channel.history() if m.author.id == simcord_env.bot.user.id]
    assert len(asked) == 2
    assert channel.last_message.id != before.id
    assert len([m for m in told if "many questions" in text_of(m)]) <= 2
    await manager.slash(channel, "ask", question=QUESTION)
    assert len(asked) == 3


def text_of(message):
    """Return what a person reads of a message."""
    return seen([each.to_dict() for each in message.components])


async def test_a_channel_has_a_limit_of_its_own(channel, alice, manager, asked):
    """Many members together are held as well."""
    await set_value(manager, channel, "limits", "limit:channel", "1")
    await alice.slash(channel, "ask", question=QUESTION)
    result = await manager.slash(channel, "ask", question=QUESTION)
    assert "many questions in a minute" in shown(result)
    assert len(asked) == 1


async def test_what_is_set_is_logged_and_taken_back_once(channel, manager, archive):
    """By whoever may set it."""
    result = await set_value(manager, channel, "channels", "mode:0", "off")
    assert "Channels: does not answer" in shown(result)
    back = await manager.click(result.response, label="Undo")
    assert "Channels: answers /ask and mentions for all to see" in shown(back)
    old = await send(channel, UnsetButton("1", "Undo"))
    late = await manager.click(old, custom_id="desk:unset:1")
    assert "left to undo" in shown(late)
    assert "set" in shown(await panel(manager, channel, "log"))


async def linked(manager, channel, url):
    """Let *manager* name the page of the election authority."""
    page = await settings(manager, channel, "desk")
    form = await manager.click(page.response, custom_id="desk:settings-link:0")
    return await manager.submit_modal(form, {"url": url})


async def test_what_holds_everywhere(channel, manager, archive):
    """The voting link, approval and review are for the whole desk."""
    await linked(manager, channel, "https://vote.example/how")
    await set_value(manager, channel, "desk", "approval:0", "yes")
    text = shown(await manager.slash(channel, "settings"))
    assert "https://vote.example/how" in text
    assert "A second moderator has to agree: yes" in text
    wrong = await linked(manager, channel, "javascript:alert(1)")
    assert "not a web address" in shown(wrong)
    unset = await linked(manager, channel, "")
    assert "Election authority: not set" in shown(unset)


async def test_a_budget_without_prices_is_refused(channel, manager, archive):
    """It would bind nothing."""
    page = await settings(manager, channel, "desk")
    assert "PRICE_INPUT" in shown(page)
    assert "Daily budget" not in labels(page.response)


class TestPriced:
    """The maintainers have set prices."""

    @pytest.fixture
    def desk_settings(self):
        return {"PRICE_INPUT": "1", "PRICE_OUTPUT": "2"}

    async def test_a_budget_is_set_and_let_go(self, channel, manager, archive):
        """Without an amount the maintainers' settings hold again; words are none."""
        page = await settings(manager, channel, "desk")
        for given, said in (
            ("5,5", "Daily budget: 5.5"),
            ("a lot", "“a lot” is not an amount"),
            ("-1", "is not an amount"),
            ("NaN", "is not an amount"),
            ("", "Daily budget: not set"),
        ):
            form = await manager.click(page.response, label="Daily budget")
            assert said in shown(await manager.submit_modal(form, {"amount": given}))
        assert Ledger.of(archive).rules.get("")["daily_budget"] is None


async def test_the_log_has_the_way_back(channel, manager, archive):
    """What was done a while ago is taken back out of the log, by whoever may."""
    await set_value(manager, channel, "channels", "mode:0", "off")
    await row(manager, await panel(manager, channel), "remove", 1)
    log = await panel(manager, channel, "log")
    undone = await manager.click(log.response, custom_id="desk:undo:2")
    assert "Undone" in shown(undone)
    log = await panel(manager, channel, "log")
    unset = await manager.click(log.response, custom_id="desk:unset:1")
    assert "Channels: answers /ask and mentions for all to see" in shown(unset)
    log = await panel(manager, channel, "log")
    assert shown(log).count("(undone)") == 2
    assert archive.articles.count() == 1


async def test_a_moderator_is_served_in_their_language(channel, manager):
    """Words, settings and refusals follow the Discord of whoever acts."""
    with speaking(Language.JAPANESE):
        result = await set_value(manager, channel, "channels", "mode:0", "off")
        assert "チャンネル: 答えない" in shown(result)
        empty = await manager.slash(channel, "add-source")
        assert "アドレス" in shown(empty)
    assert "Channels: does not answer" in shown(await manager.slash(channel, "settings"))


async def test_the_panel_is_its_askers_and_outlives_a_restart(simcord_env, channel, manager):
    """Only they see it; its menus work on after a restart, and for nobody who lost the right."""
    opened = await manager.slash(channel, "settings")
    assert opened.ephemeral
    await simcord_env.restart_bot()
    page = await manager.select(opened.response, ["channels"], custom_id="desk:settings-section:0")
    result = await manager.select(page.response, ["off"], custom_id="desk:settings-mode:0")
    assert "Channels: does not answer" in shown(result)
    role = next(r for r in simcord_env.bot.guilds[0].roles if r.name == "managers")
    await role.edit(permissions=discord.Permissions.none())
    refused = await manager.select(result.response, ["on"], custom_id="desk:settings-mode:0")
    assert "Only those who may manage this server" in shown(refused)
    assert (await simcord_env.bot.desk.community.rules(simcord_env.guild.id)).everywhere == "off"


async def test_every_page_fits_into_a_message(simcord_env, channel, manager, archive):
    """Forty components, twenty-five options a menu, in every section, with all that can be set."""
    boss = member_with(simcord_env, "boss", administrator=True)
    saved(
        archive, *(an_extract(f"T{n}", title=f"T{n}", outlet=f"Outlet {n:02}") for n in range(30))
    )
    await set_value(boss, channel, "digest", "digestin:0", channel)
    await set_value(boss, channel, "quiet", "quiet:begin", "22")
    for section in Section:
        page = await settings(boss, channel, section)
        parts = list(walked(page.response.components))
        assert len(parts) <= 40
        assert all(len(each.get("options", [])) <= 25 for each in parts)


async def test_channels_that_are_left_out_of_the_list_are_counted(
    simcord_env, channel, manager, desk
):
    """A server has up to 500, and a message room for few."""
    modes = {str(number): Speaks.OFF for number in range(1, 501)}
    desk.ledger.rules.set(str(simcord_env.guild.id), ServerRules(channels=modes).values())
    desk.community.rules_changed()
    assert "… and 480 more." in shown(await manager.slash(channel, "settings"))


async def test_outlets_are_chosen_a_menu_at_a_time(simcord_env, channel, manager, archive, desk):
    """What stands in another menu stays as it is; one outlet at least is left."""
    saved(
        archive, *(an_extract(f"T{n}", title=f"T{n}", outlet=f"Outlet {n:02}") for n in range(29))
    )
    names = await desk.catalogue.outlets(str(simcord_env.guild.id))
    assert len(names) == 30
    page = await settings(manager, channel, "outlets")
    later = await manager.click(page.response, label="Next")
    menu = next(each for each in walked(later.response.components) if "options" in each)
    kept = [each["value"] for each in menu["options"] if each["label"] != "Outlet 28"]
    result = await manager.select(later.response, kept, custom_id="desk:settings-outlets:25")
    cited = (await desk.community.rules(simcord_env.guild.id)).outlets
    assert cited == tuple(name for name in names if name != "Outlet 28")
    assert "Outlet 28" not in shown(result)
    await manager.click(result.response, label="Cite all outlets")
    assert (await desk.community.rules(simcord_env.guild.id)).outlets == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("mode:0", "shout"),
        ("mode:0", "none"),
        ("mode:1", "shout"),
        ("language:0", "xx"),
        ("limit:member", "999999"),
        ("limit:member", "none"),
        ("limit:channel", "-1"),
        ("digest:day", "7"),
        ("digest:hour", "24"),
        ("digest:hour", "none"),
        ("quiet:begin", "24"),
        ("quiet:end", "-1"),
        ("quiet:end", "none"),
    ],
)
async def test_a_value_that_is_not_offered_changes_nothing(
    channel, manager, desk, simcord_env, key, value
):
    """A forged request meets the same limits as a menu."""
    await set_value(manager, channel, "digest", "digestin:0", channel)
    await set_value(manager, channel, "quiet", "quiet:begin", "22")
    before = await desk.community.rules(simcord_env.guild.id)
    menu = _OptionMenu(key, "x", [discord.SelectOption(label="x", value=value)])
    message = await send(channel, menu)
    await manager.select(message, [value], custom_id=f"desk:settings-{key}")
    assert await desk.community.rules(simcord_env.guild.id) == before


async def test_each_menu_sets_its_rule_and_can_unset_it(channel, manager, desk, simcord_env):
    """The parts of a rule are made by the first of its menus, and go with it."""

    async def after(section, control, value):
        await set_value(manager, channel, section, control, value)
        return await desk.community.rules(simcord_env.guild.id)

    assert (await after("language", "language:0", "de")).language is Language.GERMAN
    assert (await after("language", "language:0", "none")).language is None
    assert (await after("limits", "limit:member", "15")).per_member == 15
    assert (await after("limits", "limit:channel", "300")).per_channel == 300
    assert (await after("quiet", "quiet:begin", "22")).quiet == QuietHours(22, 7)
    assert (await after("quiet", "quiet:end", "6")).quiet == QuietHours(22, 6)
    assert (await after("quiet", "quiet:begin", "0")).quiet == QuietHours(0, 6)
    assert (await after("quiet", "quiet:begin", "none")).quiet is None
    now = desk.clock()
    plan = (await after("digest", "digestin:0", channel)).digest
    assert plan == DigestPlan(channel.id, 18, now)
    assert (await after("digest", "digest:day", "6")).digest == DigestPlan(channel.id, 18, now, 6)
    assert (await after("digest", "digest:hour", "0")).digest == DigestPlan(channel.id, 0, now, 6)
    assert (await after("digest", "digest:day", "none")).digest == DigestPlan(channel.id, 0, now)
    assert (await after("review", "reviewin:0", channel)).review_channel is None
    assert (await desk.community.desk_rules()).review_channel == channel.id


async def test_only_a_changed_plan_begins_anew(channel, manager, desk, simcord_env, monkeypatch):
    """Another rule leaves the digest as it is due; another hour counts from the change on."""
    guild = simcord_env.guild.id
    await set_value(manager, channel, "digest", "digestin:0", channel)
    set_at = (await desk.community.rules(guild)).digest.set_at
    later = set_at + timedelta(days=1)
    monkeypatch.setattr(simcord_env.bot.moderation.community, "clock", lambda: later)
    await set_value(manager, channel, "language", "language:0", "de")
    await manager.slash(channel, "settings", timezone="Asia/Tokyo")
    await set_value(manager, channel, "quiet", "quiet:begin", "22")
    assert (await desk.community.rules(guild)).digest.set_at == set_at
    await set_value(manager, channel, "digest", "digest:hour", "6")
    assert (await desk.community.rules(guild)).digest == DigestPlan(channel.id, 6, later)


async def test_a_role_or_a_channel_that_was_deleted_is_told_where_it_was_set(
    simcord_env, channel, manager, moderator, desk
):
    """Nobody keeps a right by it, and Discord would show an unknown number in its place."""
    guild = simcord_env.guild
    role, review = guild.create_role("librarians"), guild.create_text_channel("review")
    librarian = guild.add_member(simcord_env.create_user("lib"), roles=[role])
    await allow(simcord_env, librarian, "source")
    await set_value(manager, channel, "moderators", "moderators:0", role)
    await set_value(manager, channel, "review", "reviewin:0", review)
    assert "no longer there" not in shown(await settings(manager, channel, "review"))
    simcord_env.backend.delete_role(guild.id, role.id)
    simcord_env.backend.delete_channel(review.id)
    await simcord_env.settle()
    assert "That channel is no longer there." in shown(await settings(manager, channel, "review"))
    roles = await settings(manager, channel, "moderators")
    checklist = await manager.slash(channel, "setup")
    for page in (roles, checklist):
        assert str(role.id) not in str(markdown_of(page.response.components))
        assert "Whoever may manage messages" in shown(page)
    assert "Only moderators" in shown(await librarian.slash(channel, "source"))


async def test_the_log_shows_no_number_of_a_server_and_no_key(
    channel, moderator, manager, desk, simcord_env
):
    """What was set is named in words, and settled reports need none."""
    await set_value(manager, channel, "limits", "limit:member", "2")
    await desk.curator.settled("f1.a2", Moderator(str(moderator.id), str(simcord_env.guild.id)))
    log = shown(await panel(moderator, channel, "log"))
    assert "set: What is set in this server" in log
    assert log.rstrip().split("\n")[1].endswith("settled")
    assert str(simcord_env.guild.id) not in log


@pytest.mark.parametrize("text", ["", "hello"])
async def test_what_is_no_question_is_answered_in_the_fixed_language_too(
    simcord_env, channel, alice, manager, text
):
    """For all to read, as answers are, whatever the language of the server is in Discord."""
    await set_value(manager, channel, "language", "language:0", "de")
    await alice.send(channel, at_me(simcord_env, text))
    said = seen([part.to_dict() for part in channel.last_message.components])
    assert "Berichterstattung" in said
