"""Every entrance of moderators against everybody: only the right ones pass, refusals are logged."""

from __future__ import annotations

import discord
import pytest

from bot.discord_ui.moderators import (
    adding,
    decisions,
    listing,
    reports,
    settings,
    setup,
    suggestions,
)
from bot.discord_ui.moderators.adding import AddButton
from bot.discord_ui.moderators.buttons import MODERATORS_BUTTONS
from bot.ledger import Ledger
from bot.ledger.model import AuditAction, AuditEntry
from tests.bot.discord_ui.moderators.conftest import PAGE, allow, member_with, send, shown
from tests.builders import NOW

SOURCE = (
    ("source add", {"url": PAGE}),
    ("source paste", {}),
    ("source list", {}),
    ("source search", {"question": "Who won?"}),
    ("source show", {"article": "1"}),
    ("source hide", {"article": "1"}),
    ("source remove", {"article": "1"}),
    ("source restore", {"article": "1"}),
    ("source refresh", {"source": "1"}),
    ("source watched", {}),
    ("source quarantine", {}),
    ("source corrections", {}),
    ("source suggestions", {}),
    ("source log", {}),
    ("reports", {}),
    ("gaps", {}),
)
SETTINGS = (
    ("settings show", {}),
    ("settings everywhere", {"mode": "off"}),
    ("settings language", {"language": "ja"}),
    ("settings limits", {"per_member": 2}),
    ("settings review", {}),
    ("settings moderators", {}),
    ("settings outlets", {}),
    ("settings digest", {}),
    ("settings quiet", {}),
)
MANAGED = (("setup", {}), ("settings preview", {}))
DESK = (
    ("settings voting-link", {"url": "https://vote.example"}),
    ("settings approval", {"second": True}),
)
KEYS = {
    "keep": "a" * 12,
    "watch": "a" * 12,
    "discard": "a" * 12,
    "name": "a" * 12,
    "here": "0",
    "role": "0",
    "voting": "0",
    "handover": "0",
    "list": "10:Harbour",
    "settle": "r-f1",
    "review": "g.0",
}
OF_MANAGERS = (settings.UnsetButton, *setup.SETUP_BUTTONS)
MODERATED = [each for each in MODERATORS_BUTTONS if each not in OF_MANAGERS]
ROOMS = (adding, decisions, listing, reports, settings, setup, suggestions)


SET = {"was": {"second_moderator": True}, "now": {"second_moderator": False}}


def key_of(button):
    """Return a key that fits a button."""
    return KEYS.get(button.kind, "1")


def state(archive):
    """Return what no stranger may change."""
    return (
        archive.articles.count(),
        [(each.kind, each.article_id) for each in Ledger.of(archive).audit.last()],
        [each.id for each in archive.sources.watched()],
        {**Ledger.of(archive).rules.get(""), "home": None},
        len(Ledger.of(archive).suggestions.open()),
    )


def test_no_entrance_is_missing_here():
    """A button that somebody adds later is tried like the others."""
    every = {
        each
        for room in ROOMS
        for each in vars(room).values()
        if isinstance(each, type) and hasattr(each, "kind") and each.__module__ == room.__name__
    }
    assert every == set(MODERATORS_BUTTONS)


def test_no_command_is_missing_here(simcord_env):
    """Neither is a command."""
    tried = {name for name, _ in (*SOURCE, *SETTINGS, *DESK)} | {
        "settings channel",
        "settings budget",
        "settings preview",
        "setup",
    }
    tree = simcord_env.bot.tree
    there = {
        command.qualified_name
        for command in tree.walk_commands()
        if command.root_parent is not None or command.name in tree.guards
        if not isinstance(command, discord.app_commands.Group)
    }
    assert there == tried


@pytest.mark.parametrize(("name", "options"), [*SOURCE, *SETTINGS, *MANAGED, *DESK])
async def test_a_member_who_sees_a_command_is_refused(
    simcord_env, channel, alice, archive, name, options, caplog
):
    """An administrator may show a command to everybody; the code checks all the same."""
    await allow(simcord_env, alice, "source", "reports", "gaps", "settings", "setup")
    before = state(archive)
    result = await alice.slash(channel, name, **options)
    assert result.ephemeral
    assert "Only " in shown(result)
    assert state(archive) == before
    assert f"Refused {alice.id}" in caplog.text


@pytest.mark.parametrize("button", MODERATORS_BUTTONS)
async def test_a_member_who_presses_a_button_is_refused(channel, alice, archive, button, caplog):
    """A message may be seen by people who may not act on it."""
    Ledger.of(archive).audit.add(
        AuditEntry(NOW, "1", str(channel._env.guild.id), AuditAction.SET, detail="", before=SET)
    )
    before, key = state(archive), key_of(button)
    message = await send(channel, button(key, "x"))
    result = await alice.click(message, custom_id=f"desk:{button.kind}:{key}")
    assert result.ephemeral
    assert "Only " in shown(result)
    assert state(archive) == before
    assert f"Refused {alice.id}" in caplog.text


@pytest.mark.parametrize("button", [*MODERATED, settings.UnsetButton])
async def test_a_button_from_another_server_changes_nothing_that_is_shared(
    simcord_env, channel, archive, button
):
    """What home looks after stays as it is, and what it set; somebody may copy any button."""
    home = str(simcord_env.guild.id)
    ledger = Ledger.of(archive)
    before = {"was": {"second_moderator": True}, "now": {"second_moderator": False}}
    ledger.audit.add(AuditEntry(NOW, "1", home, AuditAction.SET, detail="", before=before))
    stranger, place = elsewhere(simcord_env)
    await simcord_env.bot.desk.curator.home.claim(simcord_env.guild.id)
    before, key = state(archive), key_of(button)
    message = await send(place, button(key, "x"))
    await stranger.click(message, custom_id=f"desk:{button.kind}:{key}")
    assert state(archive) == before


@pytest.mark.parametrize(("name", "options"), DESK)
async def test_what_holds_everywhere_is_set_at_home_alone(
    simcord_env, channel, archive, name, options, caplog
):
    """Not even another server's administrator sets it."""
    await simcord_env.bot.desk.curator.home.claim(simcord_env.guild.id)
    stranger, place = elsewhere(simcord_env)
    before = state(archive)
    result = await stranger.slash(place, name, **options)
    assert result.ephemeral
    assert "home server" in shown(result)
    assert state(archive) == before
    assert f"Refused {stranger.id}" in caplog.text


@pytest.mark.parametrize(("name", "options"), SETTINGS)
async def test_each_server_sets_itself(simcord_env, channel, archive, name, options):
    """What is set elsewhere holds there and nowhere else."""
    stranger, place = elsewhere(simcord_env)
    result = await stranger.slash(place, name, **options)
    assert "What is set in this server" in shown(result)
    assert "every server" not in shown(result)
    assert Ledger.of(archive).rules.get(str(simcord_env.guild.id)) == {}


@pytest.mark.parametrize(
    ("name", "options"), [each for each in SOURCE if each[0] != "source paste"]
)
async def test_an_administrator_comes_in(simcord_env, channel, name, options):
    """Who may do everything may do this."""
    boss = member_with(simcord_env, "boss", administrator=True)
    result = await boss.slash(channel, name, **options)
    assert "Only " not in shown(result)


@pytest.mark.parametrize("button", MODERATED)
async def test_a_moderator_comes_in(channel, moderator, button):
    """No button turns away whom it is for."""
    key = key_of(button)
    message = await send(channel, button(key, "x"))
    result = await moderator.click(message, custom_id=f"desk:{button.kind}:{key}")
    if button is not AddButton:
        assert "Only " not in shown(result)


async def test_a_moderator_sets_nothing(simcord_env, channel, moderator, archive):
    """Looking after coverage is not managing the server."""
    await allow(simcord_env, moderator, "settings")
    result = await moderator.slash(channel, "settings approval", second=True)
    assert "Only those who may manage this server" in shown(result)
    assert not Ledger.of(archive).rules.get("").get("second_moderator")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("source remove", "article"),
        ("source hide", "article"),
        ("source restore", "article"),
        ("source refresh", "source"),
    ],
)
async def test_autocomplete_offers_a_member_nothing(
    simcord_env, channel, alice, archive, command, option
):
    """Titles and addresses are nobody else's to see."""
    await allow(simcord_env, alice, "source")
    assert await alice.autocomplete(channel, command, option, "") == []


@pytest.mark.parametrize("form", [adding.Paste, adding.Address])
async def test_a_form_checks_who_sends_it(simcord_env, channel, moderator, archive, form, caplog):
    """Rights may be lost while a form is open."""
    if form is adding.Paste:
        opened = await moderator.slash(channel, "source paste")
        values = {"headline": "", "outlet": "", "url": "", "text": "x" * 60}
    else:
        message = await send(channel, AddButton("1", "x"))
        opened = await moderator.click(message, custom_id="desk:add:1")
        values = {"url": PAGE, "outlet": ""}
    role = next(r for r in simcord_env.bot.guilds[0].roles if r.name == "mods")
    await role.edit(permissions=discord.Permissions.none())
    result = await moderator.submit_modal(opened, values)
    assert "Only moderators" in shown(result)
    assert f"Refused {moderator.id}" in caplog.text


async def test_an_expired_token_is_only_logged(simcord_env, channel, moderator, archive, caplog):
    """A private answer goes nowhere else; the deed is done and stands in the log."""
    simcord_env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)
    await moderator.slash(channel, "source remove", article="1")
    assert archive.articles.count() == 0
    assert Ledger.of(archive).audit.last()[0].kind is AuditAction.REMOVED
    assert channel.last_message is None
    assert "10062" in caplog.text


def elsewhere(env):
    """Return an administrator of another server, and a channel there."""
    other = env.create_guild("Elsewhere")
    role = other.create_role("all", permissions=discord.Permissions(administrator=True))
    stranger = other.add_member(env.create_user("stranger"), roles=[role])
    return stranger, other.create_text_channel("desk")
