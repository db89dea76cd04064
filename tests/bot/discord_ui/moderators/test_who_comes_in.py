"""Every entrance of moderators against everybody: only the right ones pass, refusals are logged."""

from __future__ import annotations

import discord
import pytest

from bot.discord_ui.buttons import KeyChannelSelect, KeyRoleSelect, KeySelect
from bot.discord_ui.client import MODERATORS_CONTROLS
from bot.discord_ui.moderators import decisions, listing, review, settings_panel, setup
from bot.discord_ui.moderators.decisions import AddButton
from bot.discord_ui.moderators.moderation import DeskManaged
from bot.discord_ui.moderators.rule_settings import RULES
from bot.ledger import Ledger
from bot.ledger.records import AuditAction, AuditEntry
from tests.bot.discord_ui.moderators.conftest import (
    FEED,
    PAGE,
    allow,
    member_with,
    panel,
    row,
    send,
)
from tests.bot.discord_ui.reading import shown
from tests.builders import NOW

SOURCE = (
    ("add-source", {"url": PAGE}),
    ("source", {}),
    ("source", {"find": "article 1"}),
    ("reports", {}),
    ("gaps", {}),
)
MANAGED = (("setup", {}), ("settings", {}), ("settings", {"timezone": "Europe/Berlin"}))
KEYS = {
    "keep": "a" * 12,
    "watch": "a" * 12,
    "discard": "a" * 12,
    "name": "a" * 12,
    "here": "0",
    "role": "0",
    "voting": "0",
    "handover": "0",
    "newhome": "0",
    "settle": "r-f1",
    "review": "g.0",
    "paste": "0",
    "source-listing": "0",
    "source-page": "articles.4.Harbour",
    "settings-set": "channels",
}
OF_MANAGERS = (*settings_panel.SETTINGS_CONTROLS, *setup.SETUP_CONTROLS)
MODERATED = [each for each in MODERATORS_CONTROLS if each not in OF_MANAGERS]
OF_DESK = [each for each in settings_panel.SETTINGS_CONTROLS if issubclass(each, DeskManaged)]
FORMS = (AddButton, decisions.PasteButton)
CHOICES = {
    "source-listing": "articles",
    "settings-section": "overview",
    "settings-outlets": "0",
    "newhome": "1",
}
"""What is chosen in each menu of options."""
OPTIONS = {
    "mode:0": "off",
    "mode:1": "thread",
    "language:0": "ja",
    "limit:member": "2",
    "limit:channel": "5",
    "digest:day": "1",
    "digest:hour": "1",
    "quiet:begin": "1",
    "quiet:end": "1",
    "approval:0": "yes",
}
"""What is chosen in each menu of a rule."""
RULE_KEYS = {
    settings_panel._OptionMenu: [key for key in OPTIONS if key != "approval:0"],
    settings_panel._DeskOptionMenu: ["approval:0"],
    settings_panel._ChannelRuleMenu: ["reviewin:0", "digestin:0"],
    settings_panel._RoleRuleMenu: ["moderators:0"],
}
ROOMS = (decisions, decisions, listing, review, settings_panel, setup, review)


SET = {"was": {"second_moderator": True}, "now": {"second_moderator": False}}


def with_keys(kinds):
    """Return each kind of control with a key that fits it; a menu of rules with that of each."""
    return [(kind, key) for kind in kinds for key in RULE_KEYS.get(kind, [key_of(kind)])]


def key_of(button):
    """Return a key that fits a button."""
    command = button.kind.partition("-")[0]
    return KEYS.get(button.kind, {"source": "1.articles.0", "settings": "0"}.get(command, "1"))


async def use(member, channel, kind, key):
    """Put a control into a message, and let *member* press it or choose in it."""
    value = OPTIONS.get(key) or CHOICES.get(kind.kind)
    options = [[discord.SelectOption(label=value, value=value)]] if value else []
    message, custom_id = await send(channel, kind(key, "x", *options)), kind.id_of(key)
    if issubclass(kind, KeySelect):
        return await member.select(message, [value], custom_id=custom_id)
    if issubclass(kind, KeyChannelSelect):
        return await member.select(message, [channel], custom_id=custom_id)
    if issubclass(kind, KeyRoleSelect):
        return await member.select(message, [member.guild.create_role("any")], custom_id=custom_id)
    return await member.click(message, custom_id=custom_id)


def state(archive, server=None):
    """Return what no stranger may change, with the log of one *server* or of all."""
    return (
        archive.articles.count(),
        [(each.kind, each.article_id) for each in Ledger.of(archive).audit.last(place=server)],
        [each.id for each in archive.sources.watched()],
        {**Ledger.of(archive).rules.get(""), "home": None},
        {place: rules for place, rules in Ledger.of(archive).rules.all().items() if rules},
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
    assert every == set(MODERATORS_CONTROLS)
    rules = [key for keys in RULE_KEYS.values() for key in keys if key != "mode:1"]
    assert sorted(rules) == sorted(RULES)


def test_no_command_is_missing_here(simcord_env):
    """Neither is a command."""
    tree = simcord_env.bot.tree
    there = {command.name for command in tree.walk_commands() if command.name in tree.guards}
    assert there == {name for name, _ in (*SOURCE, *MANAGED)}


@pytest.mark.parametrize(("name", "options"), [*SOURCE, *MANAGED])
async def test_a_member_who_sees_a_command_is_refused(
    simcord_env, channel, alice, archive, name, options, caplog
):
    """An administrator may show a command to everybody; the code checks all the same."""
    await allow(simcord_env, alice, "source", "add-source", "reports", "gaps", "settings", "setup")
    before = state(archive)
    result = await alice.slash(channel, name, **options)
    assert result.ephemeral
    assert "Only " in shown(result)
    assert state(archive) == before
    assert f"Refused {alice.id}" in caplog.text


@pytest.mark.parametrize(("button", "key"), with_keys(MODERATORS_CONTROLS))
async def test_a_member_who_presses_a_button_is_refused(
    channel, alice, archive, button, key, caplog
):
    """A message may be seen by people who may not act on it."""
    Ledger.of(archive).audit.add(
        AuditEntry(NOW, "1", str(channel._env.guild.id), AuditAction.SET, detail="", before=SET)
    )
    before = state(archive)
    result = await use(alice, channel, button, key)
    assert result.ephemeral
    assert "Only " in shown(result)
    assert state(archive) == before
    assert f"Refused {alice.id}" in caplog.text


@pytest.mark.parametrize("button", [*MODERATED, settings_panel.UnsetButton])
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
    before = state(archive, home)
    await use(stranger, place, button, key_of(button))
    assert state(archive, home) == before


@pytest.mark.parametrize(("kind", "key"), with_keys(OF_DESK))
async def test_what_holds_everywhere_is_set_at_home_alone(
    simcord_env, channel, archive, kind, key, caplog
):
    """Not even another server's administrator sets it."""
    await simcord_env.bot.desk.curator.home.claim(simcord_env.guild.id)
    stranger, place = elsewhere(simcord_env)
    before = state(archive)
    result = await use(stranger, place, kind, key)
    assert result.ephemeral
    assert "home server" in shown(result)
    assert state(archive) == before
    assert f"Refused {stranger.id}" in caplog.text


async def test_each_server_sets_itself(simcord_env, channel, archive):
    """What is set elsewhere holds there and nowhere else."""
    await simcord_env.bot.desk.curator.home.claim(simcord_env.guild.id)
    stranger, place = elsewhere(simcord_env)
    for kind, key in with_keys(settings_panel.SETTINGS_CONTROLS):
        if kind not in OF_DESK and kind is not settings_panel.UnsetButton:
            await use(stranger, place, kind, key)
    overview = shown(await stranger.slash(place, "settings"))
    assert "Channels: does not answer" in overview
    assert "every server" not in overview
    ledger = Ledger.of(archive)
    assert ledger.rules.get(str(simcord_env.guild.id)) == {}
    assert {key for key, value in ledger.rules.get("").items() if value} == {"home"}


@pytest.mark.parametrize(("name", "options"), [*SOURCE, *MANAGED])
async def test_an_administrator_comes_in(simcord_env, channel, name, options):
    """Who may do everything may do this."""
    boss = member_with(simcord_env, "boss", administrator=True)
    result = await boss.slash(channel, name, **options)
    assert "Only " not in shown(result)


@pytest.mark.parametrize("button", MODERATED)
async def test_a_moderator_comes_in(channel, moderator, button):
    """No button turns away whom it is for."""
    result = await use(moderator, channel, button, key_of(button))
    if button not in FORMS:
        assert "Only " not in shown(result)


async def test_a_moderator_sets_nothing(simcord_env, channel, moderator, archive):
    """Looking after coverage is not managing the server."""
    await allow(simcord_env, moderator, "settings")
    result = await moderator.slash(channel, "settings")
    assert "Only those who may manage this server" in shown(result)
    result = await use(moderator, channel, settings_panel._DeskOptionMenu, "approval:0")
    assert "Only those who may manage this server" in shown(result)
    assert not Ledger.of(archive).rules.get("").get("second_moderator")


@pytest.mark.parametrize(("command", "option"), [("source", "find"), ("add-source", "outlet")])
async def test_autocomplete_offers_a_member_nothing(
    simcord_env, channel, alice, archive, command, option
):
    """Titles and addresses are nobody else's to see."""
    await allow(simcord_env, alice, "source", "add-source")
    assert await alice.autocomplete(channel, command, option, "") == []


@pytest.mark.parametrize("form", [decisions.Paste, decisions.Address])
async def test_a_form_checks_who_sends_it(simcord_env, channel, moderator, archive, form, caplog):
    """Rights may be lost while a form is open."""
    if form is decisions.Paste:
        message = await send(channel, decisions.PasteButton("0", "x"))
        opened = await moderator.click(message, custom_id="desk:paste:0")
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


LINK = {"url": "https://vote.example"}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (setup._RoleButton, {}),
        (setup._VotingButton, LINK),
        (settings_panel.LinkButton, LINK),
    ],
)
async def test_a_form_of_managers_checks_who_sends_it(
    simcord_env, channel, manager, archive, caplog, kind, values
):
    """Whoever no longer manages the server sets nothing, however early the form was opened."""
    opened = await manager.click(await send(channel, kind("0", "x")), custom_id=kind.id_of("0"))
    before = state(archive)
    role = next(r for r in simcord_env.bot.guilds[0].roles if r.name == "managers")
    await role.edit(permissions=discord.Permissions(manage_messages=True))
    filled = values or {"role": [simcord_env.guild.create_role("any")]}
    result = await manager.submit_modal(opened, filled)
    assert "Only those who may manage this server" in shown(result)
    assert state(archive) == before
    assert f"Refused {manager.id}" in caplog.text


@pytest.mark.parametrize("kind", [setup._VotingButton, settings_panel.LinkButton])
async def test_a_form_of_the_desk_is_refused_where_home_was(
    simcord_env, channel, manager, archive, desk, kind
):
    """Home may be handed over while the form is open."""
    opened = await manager.click(await send(channel, kind("0", "x")), custom_id=kind.id_of("0"))
    Ledger.of(archive).rules.set("", {"home": 1})
    desk.curator.home.read()
    before = state(archive)
    result = await manager.submit_modal(opened, LINK)
    assert "home server" in shown(result)
    assert state(archive) == before


@pytest.mark.parametrize("form", ["evidence", "outlet of a preview", "outlet of a suggestion"])
async def test_a_form_of_a_panel_checks_who_sends_it(
    simcord_env, channel, moderator, archive, desk, web, form
):
    """The question, the outlet of a feed: each form asks again who it is."""
    web.feed(FEED, [(PAGE, "Ward 1 decides")])
    if form == "evidence":
        panel_ = await panel(moderator, channel)
        opened = await moderator.select(
            panel_.response, ["evidence"], custom_id="desk:source-listing:0"
        )
    elif form == "outlet of a preview":
        preview = await moderator.slash(channel, "add-source", url=FEED)
        opened = await moderator.click(preview.response, label="Name the outlet")
    else:
        await desk.community.suggest(FEED, None, None, 5, channel._env.guild.id)
        listed = await panel(moderator, channel, "suggestions")
        named = await moderator.click(listed.response, label="Approve")
        opened = await moderator.click(named.response, label="Name the outlet")
    role = next(r for r in simcord_env.bot.guilds[0].roles if r.name == "mods")
    await role.edit(permissions=discord.Permissions.none())
    values = {"question": "Who won?"} if form == "evidence" else {"outlet": "Ledger"}
    result = await moderator.submit_modal(opened, values)
    assert "Only moderators" in shown(result)
    assert all(each.outlet is None for each in Ledger.of(archive).suggestions.open())


async def test_an_expired_token_is_only_logged(simcord_env, channel, moderator, archive, caplog):
    """A private answer goes nowhere else; the deed is done and stands in the log."""
    opened = await panel(moderator, channel)
    simcord_env.inject_error("PATCH", "/webhooks/*/*/messages/@original", status=404, code=10015)
    await row(moderator, opened, "remove", 1)
    assert archive.articles.count() == 0
    assert Ledger.of(archive).audit.last()[0].kind is AuditAction.REMOVED
    assert channel.last_message is None
    assert "10015" in caplog.text


async def test_a_reply_whose_token_has_expired_is_one_line_in_the_log(
    simcord_env, channel, moderator, archive, caplog
):
    """Nothing can be said by that token any more, not even that it has expired."""
    opened = await panel(moderator, channel)
    for method, path in (("PATCH", "/webhooks/*"), ("POST", "/webhooks/*")):
        simcord_env.inject_error(method, path, status=401, code=50027, times=None)
    await row(moderator, opened, "remove", 1)
    assert archive.articles.count() == 0
    assert len(caplog.records) == 1
    assert "50027" in caplog.text


def elsewhere(env):
    """Return an administrator of another server, and a channel there."""
    other = env.create_guild("Elsewhere")
    role = other.create_role("all", permissions=discord.Permissions(administrator=True))
    stranger = other.add_member(env.create_user("stranger"), roles=[role])
    return stranger, other.create_text_channel("desk")


async def test_whoever_manages_one_channel_looks_after_no_coverage(
    simcord_env, channel, moderator, archive
):
    """Its messages are theirs to manage; what the server and all others cite is not."""
    host = simcord_env.guild.add_member(simcord_env.create_user("host"))
    rights = discord.PermissionOverwrite(manage_messages=True)
    room = simcord_env.guild.create_text_channel("room", overwrites={host: rights})
    refused = await host.slash(room, "add-source", url=PAGE)
    assert "Only moderators of this server" in shown(refused)
    copied = await send(room, AddButton("0", "Add a source"))
    refused = await host.click(copied, custom_id="desk:add:0")
    assert "Only moderators of this server" in shown(refused)
    assert "Preview" in shown(await moderator.slash(room, "add-source", url=PAGE))
