"""The welcome in a new server, and `/setup`: a list that ticks itself."""

from __future__ import annotations

import discord
import pytest

from bot.community.rules import DeskRules, ServerRules, Speaks
from bot.discord_ui.moderators import setup
from bot.discord_ui.moderators.settings_panel import _DeskOptionMenu
from bot.discord_ui.moderators.setup import welcome
from tests.bot.discord_ui.choosing import labels
from tests.bot.discord_ui.moderators.conftest import send
from tests.bot.discord_ui.reading import said_last, seen, shown

NEW_HOME = "desk:newhome:0"


@pytest.fixture
def owner(simcord_env, channel):
    """Return somebody who may manage the server."""
    rights = discord.Permissions(manage_guild=True, manage_messages=True)
    role = simcord_env.guild.create_role("owners", permissions=rights)
    return simcord_env.guild.add_member(simcord_env.create_user("owner"), roles=[role])


async def test_a_new_server_is_welcomed_once(simcord_env, channel):
    """Where the bot may write; it says what it does and what is to be done."""
    guild = simcord_env.bot.guilds[0]
    await simcord_env.bot.on_guild_join(guild)
    await simcord_env.bot.on_guild_join(guild)
    [message] = channel.history()
    text = said_last(channel)
    assert text.startswith("Hello! I answer questions about the election from coverage")
    assert "☑ Coverage\nArticles that may be cited: 1." in text
    assert "☐ Where I answer\nIn every channel that I can see" in text
    assert "☐ The election authority’s page" in text
    assert labels(_Shown(message)) == [
        "Add a source",
        "In this channel alone",
        "Name a role",
        "Set the page",
        "Hand over",
    ]


async def test_a_server_that_comes_back_is_welcomed_again(simcord_env, desk, channel):
    """Its rules still hold, and whoever invited the bot again reads which those are."""
    guild = simcord_env.bot.guilds[0]
    await simcord_env.bot.on_guild_join(guild)
    rules = ServerRules(everywhere=Speaks.OFF, channels={"5": Speaks.ON}, welcomed=True)
    desk.ledger.rules.set(str(guild.id), rules.values())
    await simcord_env.bot.on_guild_remove(guild)
    for _ in range(2):
        await simcord_env.bot.on_guild_join(guild)
    assert len(channel.history()) == 2
    assert "☑ Where I answer" in said_last(channel)
    assert ServerRules.of(desk.ledger.rules.get(str(guild.id))) == rules


class _Shown:
    """A message's components as they were sent."""

    def __init__(self, message):
        self.components = [each.to_dict() for each in message.components]


async def test_a_server_without_a_channel_to_write_in_is_left_in_peace(simcord_env, caplog, desk):
    """It is only logged."""
    guild = simcord_env.create_guild("Silent")
    await welcome(simcord_env.bot.get_guild(guild.id), simcord_env.bot.moderation)
    assert "No channel for a welcome message" in caplog.text


async def test_the_list_ticks_itself(simcord_env, desk, channel, owner):
    """Each button does one thing, and the list says so."""
    role = simcord_env.guild.create_role("librarians")
    result = await owner.slash(channel, "setup")
    assert result.ephemeral
    here = await owner.click(result.response, label="In this channel alone")
    assert "☑ Where I answer" in shown(here)
    rules = await desk.community.rules(simcord_env.guild.id)
    assert rules.everywhere is Speaks.OFF
    assert rules.channels == {str(channel.id): Speaks.ON}
    form = await owner.click(result.response, label="Name a role")
    named = await owner.submit_modal(form, {"role": [role]})
    assert "☑ Who looks after sources" in shown(named)
    assert (await desk.community.rules(simcord_env.guild.id)).moderator_role == role.id
    form = await owner.click(result.response, label="Set the page")
    wrong = await owner.submit_modal(form, {"url": "the town hall"})
    assert "That is not a web address" in shown(wrong)
    form = await owner.click(result.response, label="Set the page")
    done = await owner.submit_modal(form, {"url": "https://vote.example/how"})
    assert "☑ The election authority’s page" in shown(done)
    kept = DeskRules.of(desk.ledger.rules.get(""))
    assert kept.voting_link == "https://vote.example/how"
    assert len(desk.ledger.audit.last()) == 3


async def test_in_this_channel_alone_means_no_other(simcord_env, desk, channel, owner):
    """What other channels were set to before does not go on."""
    other = simcord_env.guild.create_text_channel("night")
    result = await owner.slash(channel, "setup")
    rules = ServerRules(channels={str(other.id): Speaks.ON}, per_member=3)
    desk.ledger.rules.set(str(simcord_env.guild.id), rules.values())
    await owner.click(result.response, label="In this channel alone")
    rules = await desk.community.rules(simcord_env.guild.id)
    assert rules.speaks(channel.id) is Speaks.ON
    assert rules.speaks(other.id) is Speaks.OFF
    assert rules.per_member == 3


async def test_a_second_server_sets_only_what_holds_in_it(simcord_env, channel):
    """The election authority's page holds everywhere."""
    other = simcord_env.create_guild("Elsewhere")
    place = other.create_text_channel("desk")
    role = other.create_role("all", permissions=discord.Permissions(administrator=True))
    boss = other.add_member(simcord_env.create_user("boss"), roles=[role])
    text = shown(await boss.slash(place, "setup"))
    assert "Where I answer" in text
    assert "election authority" not in text
    assert "Another server. What is added here is cited here alone" in text


async def test_home_is_handed_over_by_who_manages_both(simcord_env, desk, channel, owner):
    """And what holds everywhere is set there from then on."""
    other = simcord_env.create_guild("Dunmere")
    place = other.create_text_channel("desk")
    here = await owner.slash(channel, "setup")
    assert "☑ Home server\nThis server." in shown(here)
    nowhere = await owner.click(here.response, label="Hand over")
    assert "no other server" in shown(nowhere)
    role = other.create_role("all", permissions=discord.Permissions(manage_guild=True))
    other.add_member(owner.user, roles=[role])
    offered = await owner.click(here.response, label="Hand over")
    assert offered.ephemeral
    done = await owner.select(offered.response, [str(other.id)], custom_id=NEW_HOME)
    assert "The home server is now Dunmere" in shown(done)
    assert desk.curator.home.server == other.id
    elsewhere = await owner.slash(channel, "settings")
    assert "What is set for every server" not in shown(elsewhere)
    menu = _DeskOptionMenu("approval:0", "x", [discord.SelectOption(label="x", value="yes")])
    refused = await owner.select(
        await send(channel, menu), ["yes"], custom_id="desk:settings-approval:0"
    )
    assert "home server alone" in shown(refused)
    del place


async def test_home_is_handed_over_however_slow_discord_is(
    simcord_env, desk, channel, owner, monkeypatch
):
    """Each server is asked for its member; Discord drops a reply that takes three seconds."""
    other = simcord_env.create_guild("Dunmere")
    role = other.create_role("all", permissions=discord.Permissions(manage_guild=True))
    other.add_member(owner.user, roles=[role])
    manages = setup._manages

    async def manages_slowly(user, guild):
        simcord_env.backend.advance_clock(4)
        return await manages(user, guild)

    monkeypatch.setattr(setup, "_manages", manages_slowly)
    checklist = await owner.slash(channel, "setup")
    offered = await owner.click(checklist.response, label="Hand over")
    assert "Home server" in shown(offered)
    done = await owner.select(offered.response, [str(other.id)], custom_id=NEW_HOME)
    assert "The home server is now Dunmere" in shown(done)
    assert desk.curator.home.server == other.id


async def test_home_is_not_handed_to_a_server_that_one_no_longer_manages(
    simcord_env, desk, channel, owner, monkeypatch
):
    """The menu may be older than the loss of the role."""
    other = simcord_env.create_guild("Dunmere")
    role = other.create_role("all", permissions=discord.Permissions(manage_guild=True))
    other.add_member(owner.user, roles=[role])
    checklist = await owner.slash(channel, "setup")
    offered = await owner.click(checklist.response, label="Hand over")

    async def manages_no_longer(user, guild):
        return False

    monkeypatch.setattr(setup, "_manages", manages_no_longer)
    refused = await owner.select(offered.response, [str(other.id)], custom_id=NEW_HOME)
    assert "Only those who may manage this server" in seen(refused.followups[-1].components)
    assert desk.curator.home.server == simcord_env.guild.id
