"""The welcome, and `/setup`: a list that ticks itself, each point with its button."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands, ui

from bot.community.curating import NothingToDoError
from bot.community.rules import DESK, ServerRules, Speaks
from bot.discord_ui.buttons import Form, KeyButton
from bot.discord_ui.moderators.adding import AddButton
from bot.discord_ui.moderators.moderation import (
    Moderation,
    admitted,
    moderation_of,
    moderator,
)
from bot.discord_ui.rendering import itemised, notice_view
from bot.discord_ui.replying import Interaction, privately, tell_result, words_in, words_of
from bot.discord_ui.text import escape, link, safe_address, title
from bot.discord_ui.words import worded
from bot.wording import Wording

logger = logging.getLogger(__name__)

_SERVERS, _OFFERED = 100, 25
"""Servers that are looked through for one that may become home, and those that are offered."""
_TICKED, _OPEN = "☑", "☐"


@dataclass(frozen=True, slots=True)
class Setup:
    """How far a server is set up; ``home`` is whether what holds everywhere is set there."""

    articles: int
    rules: ServerRules
    voting_link: str | None
    home: bool

    @property
    def has_channels(self) -> bool:
        """Whether somebody has said where the bot answers."""
        return bool(self.rules.channels) or self.rules.everywhere is not Speaks.ON


def setup_command(moderation: Moderation) -> app_commands.Command[Any, ..., None]:
    """Make `/setup`; the tree lets in who may manage the server."""

    @app_commands.command(name="setup", description=worded("command_setup"))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def slash_setup(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await tell_result(interaction, lambda: _now(interaction, moderation))

    return slash_setup


async def welcome(guild: discord.Guild, moderation: Moderation) -> None:
    """Say once in a new server what is to be set up, where its members are welcomed.

    Never raises for Discord.
    """
    desk, place = moderation.desk, str(guild.id)
    if not await desk.community.welcome(guild.id):
        return
    channel = _channel_in(guild)
    if channel is None:
        logger.warning("There is no channel in server %s to write a welcome in.", place)
        return
    words = words_in(guild)
    home = desk.curator.home.server == guild.id
    state = await _state(moderation, guild.id, home=home)
    try:
        await channel.send(view=setup_view(state, words, welcome=True))
    except discord.HTTPException as error:
        logger.warning("A welcome could not be written: %s", error)


def setup_view(state: Setup, words: Wording, *, welcome: bool = False) -> ui.LayoutView:
    """List what is to be set up, each with how it is now and its button."""
    count = state.articles
    coverage = words("setup_coverage", count=count) if count else words("setup_coverage_none")
    channels = words("setup_channels" if state.has_channels else "setup_channels_all")
    role = state.rules.moderator_role
    who = f"<@&{int(role)}>" if role else escape(words("setup_moderators_default"))
    page = state.voting_link
    voting = link(page, page, instead=words("link")) if page else escape(words("setup_voting_none"))
    points: list[tuple[bool, str, str, list[ui.Item[Any]]]] = [
        (bool(count), "coverage", escape(coverage), [AddButton("0", words("add_source"))]),
        (state.has_channels, "channels", escape(channels), [_HereButton("0", words("setup_here"))]),
        (True, "moderators", who, [_RoleButton("0", words("setup_role"))]),
    ]
    if state.home:
        points.append(
            (page is not None, "voting", voting, [_VotingButton("0", words("setup_link"))])
        )
    hand_over: list[ui.Item[Any]] = (
        [_HandOverButton("0", words("setup_hand_over"))] if state.home else []
    )
    whose = words("setup_home" if state.home else "setup_home_elsewhere")
    points.append((True, "home", escape(whose), hand_over))
    items = [
        (
            f"{_TICKED if done else _OPEN} **{escape(words(f'setup_{name}_heading'))}**\n{said}",
            buttons,
        )
        for done, name, said, buttons in points
    ]
    heading = f"**{escape(words('setup_heading'))}**"
    if welcome:
        heading = f"{escape(words('setup_welcome'))}\n{heading}"
    return itemised(heading, items)


async def _now(interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
    """Show how far it is."""
    home = moderation.at_home(interaction)
    state = await _state(moderation, interaction.guild_id or 0, home=home)
    return setup_view(state, words_of(interaction))


async def _state(moderation: Moderation, server: int, *, home: bool) -> Setup:
    """Read how far a server is set up."""
    community = moderation.desk.community
    community.rules_changed()
    rules = await community.rules(server)
    known = await community.known(rules.edition(server))
    page = (await community.desk_rules()).voting_link or moderation.desk.settings.voting_link
    return Setup(known.summary.articles, rules, page, home)


def _channel_in(guild: discord.Guild) -> discord.TextChannel | None:
    """Return where newcomers are welcomed, else the first channel in which the bot may write."""
    wanted = [guild.system_channel, *guild.text_channels]
    return next(
        (each for each in wanted if each and each.permissions_for(guild.me).send_messages), None
    )


class _SetupButton(KeyButton, template=r"desk:setup"):
    """A button of the list: only whoever may manage the server gets in."""

    async def pressed(self, interaction: Interaction) -> None:
        """Let in, or say why not."""
        moderation = moderation_of(interaction)
        if await admitted(interaction, await self.refusal(interaction, moderation)):
            await self.entered(interaction, moderation)

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Return the key of the words that turn somebody away."""
        return await moderation.settings_refusal(interaction)

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Do what the button says."""
        raise NotImplementedError


class _HereButton(_SetupButton, template=r"desk:here:(?P<key>0)"):
    """Lets the bot answer in this channel alone."""

    kind = "here"

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Set it, and tick it."""
        here = str(interaction.channel_id)
        rules = await moderation.desk.community.rules(interaction.guild_id)
        channels = {**rules.channels, here: Speaks.ON}
        await _set(
            interaction, moderation, replace(rules, everywhere=Speaks.OFF, channels=channels)
        )


class _RoleButton(_SetupButton, template=r"desk:role:(?P<key>0)"):
    """Names the role that looks after the coverage."""

    kind = "role"

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""
        role: ui.RoleSelect[Any] = ui.RoleSelect(custom_id="role")

        async def chosen(sent: Interaction) -> None:
            rules = await moderation.desk.community.rules(sent.guild_id)
            await _set(sent, moderation, replace(rules, moderator_role=role.values[0].id))

        form = _SetupForm(words_of(interaction)("setup_role"), chosen)
        form.field("setup_moderators_heading", role, interaction)
        await interaction.response.send_modal(form)


class _VotingButton(_SetupButton, template=r"desk:voting:(?P<key>0)"):
    """Names the election authority's page, where what holds everywhere is set."""

    kind = "voting"

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Let in who may set what holds everywhere."""
        return await moderation.desk_refusal(interaction)

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""
        page: ui.TextInput[Any] = ui.TextInput(custom_id="url", max_length=500)

        async def written(sent: Interaction) -> None:
            if safe_address(page.value.strip()) is None:
                await privately(sent, notice_view(words_of(sent)("no_address")))
                return
            desk = await moderation.desk.community.desk_rules()
            changed = replace(desk, voting_link=page.value.strip())
            with suppress(NothingToDoError):
                await moderation.desk.curator.set_rules(changed, DESK, moderator(sent))
            await sent.response.edit_message(view=await _now(sent, moderation))

        form = _SetupForm(words_of(interaction)("setup_link"), written)
        form.field("suggest_address", page, interaction)
        await interaction.response.send_modal(form)


class _HandOverButton(_SetupButton, template=r"desk:handover:(?P<key>0)"):
    """Lets another server be home, for whoever manages both."""

    kind = "handover"

    async def refusal(self, interaction: Interaction, moderation: Moderation) -> str | None:
        """Let in who may set what holds everywhere."""
        return await moderation.desk_refusal(interaction)

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Offer the servers, or say that there is none."""
        words = words_of(interaction)
        found = [
            guild
            for guild in interaction.client.guilds[:_SERVERS]
            if guild.id != interaction.guild_id and await _manages(interaction.user.id, guild)
        ]
        if not found:
            await privately(interaction, notice_view(words("home_nowhere")))
            return
        offered = [
            discord.SelectOption(label=title(each.name, 100), value=str(each.id))
            for each in found[:_OFFERED]
        ]
        chosen: ui.Select[Any] = ui.Select(custom_id="server", options=offered)

        async def handed_over(sent: Interaction) -> None:
            new = sent.client.get_guild(int(chosen.values[0]))
            refused = await moderation.desk_refusal(sent)
            if new is None or not await _manages(sent.user.id, new):
                refused = refused or "settings_not_allowed"
            if not await admitted(sent, refused):
                return
            assert new is not None
            desk = moderation.desk
            rules = replace(await desk.community.desk_rules(), home=new.id)
            await desk.curator.set_rules(rules, DESK, moderator(sent))
            await asyncio.to_thread(desk.curator.home.read)
            said = words_of(sent)("home_is_now", name=title(new.name, 100))
            await sent.response.edit_message(view=notice_view(said))

        form = _SetupForm(words("setup_hand_over"), handed_over)
        form.field("setup_home_heading", chosen, interaction)
        await interaction.response.send_modal(form)


async def _manages(user: int, guild: discord.Guild) -> bool:
    """Tell whether somebody may manage a server; Discord is asked where it is not known."""
    try:
        member = guild.get_member(user) or await guild.fetch_member(user)
    except discord.HTTPException:
        return False
    rights = member.guild_permissions
    return rights.administrator or rights.manage_guild


class _SetupForm(Form):
    """A form of the list; whoever sends it is checked again."""

    def __init__(self, title: str, done: Callable[[Interaction], Awaitable[None]]) -> None:
        super().__init__(title=title)
        self._done = done

    async def on_submit(self, interaction: Interaction) -> None:
        """Take what was written, if whoever sent it still may."""
        moderation = moderation_of(interaction)
        if await admitted(interaction, await moderation.settings_refusal(interaction)):
            await self._done(interaction)


async def _set(interaction: Interaction, moderation: Moderation, rules: ServerRules) -> None:
    """Keep a server's rules, and show the list with its tick."""
    by = moderator(interaction)
    with suppress(NothingToDoError):
        await moderation.desk.curator.set_rules(rules, by.place, by)
    await interaction.response.edit_message(view=await _now(interaction, moderation))


SETUP_BUTTONS = (_HereButton, _RoleButton, _VotingButton, _HandOverButton)
