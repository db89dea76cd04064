"""The welcome message and `/setup`: a checklist with a button for each step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import app_commands, ui

from bot.community.curating import NothingToDoError
from bot.community.rules import DESK, ServerRules, Speaks
from bot.discord_ui.buttons import KeyButton, KeySelect
from bot.discord_ui.escaping import escape, link, title, worded
from bot.discord_ui.limits import DISCORD, SHOWN
from bot.discord_ui.moderators.decisions import AddButton
from bot.discord_ui.moderators.moderation import (
    Action,
    DeskManaged,
    Managed,
    ManagerForm,
    Moderation,
    moderator,
)
from bot.discord_ui.moderators.rule_settings import without_lost_role
from bot.discord_ui.moderators.settings_panel import LinkButton
from bot.discord_ui.rendering import item_list, layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, show_result, words_in, words_of
from bot.wording import WordedError, Wording

logger = logging.getLogger(__name__)

_TICKED, _OPEN = "☑", "☐"


@dataclass(frozen=True, slots=True)
class Setup:
    """The setup of a server so far; ``home`` is True for the home server."""

    articles: int
    rules: ServerRules
    voting_link: str | None
    home: bool

    @property
    def has_channels(self) -> bool:
        """Return True if the server's rules restrict the channels."""
        return bool(self.rules.channels) or self.rules.everywhere is not Speaks.ON


def setup_command(moderation: Moderation) -> app_commands.Command[Any, ..., None]:
    """Make `/setup`, for people who may manage the server."""

    @app_commands.command(name="setup", description=worded("command_setup"))
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def slash_setup(interaction: discord.Interaction) -> None:
        await interaction.response.defer(thinking=True, ephemeral=True)
        await show_result(interaction, lambda: _checklist(interaction, moderation))

    return slash_setup


async def welcome(guild: discord.Guild, moderation: Moderation) -> None:
    """Post the setup steps once in a new server, in its welcome channel.

    An error from Discord is logged, not raised.
    """
    if not await moderation.community.note_welcome(guild.id, welcomed=True):
        return
    channel = _channel_in(guild)
    if channel is None:
        logger.warning("No channel for a welcome message in server %s.", guild.id)
        return
    words = words_in(guild, await moderation.community.rules(guild.id))
    setup = await _read_setup(moderation, guild, home=moderation.home == guild.id)
    try:
        await channel.send(view=setup_view(setup, words, welcome=True))
    except discord.HTTPException as error:
        logger.warning("Discord refused a welcome message: %s", error)


def setup_view(setup: Setup, words: Wording, *, welcome: bool = False) -> ui.LayoutView:
    """List the steps of the setup, each with its state and its button."""
    count = setup.articles
    coverage = words("setup_coverage", count=count) if count else words("setup_coverage_none")
    channels = words("setup_channels" if setup.has_channels else "setup_channels_all")
    role = setup.rules.moderator_role
    moderators = f"<@&{int(role)}>" if role else escape(words("setup_moderators_default"))
    page = setup.voting_link
    voting = link(page, page, instead=words("link")) if page else escape(words("setup_voting_none"))
    points: list[tuple[bool, str, str, list[ui.Item[Any]]]] = [
        (bool(count), "coverage", escape(coverage), [AddButton("0", words("add_source"))]),
        (setup.has_channels, "channels", escape(channels), [_HereButton("0", words("setup_here"))]),
        (True, "moderators", moderators, [_RoleButton("0", words("setup_role"))]),
    ]
    if setup.home:
        points.append(
            (page is not None, "voting", voting, [_VotingButton("0", words("setup_link"))])
        )
    hand_over: list[ui.Item[Any]] = (
        [_HandOverButton("0", words("setup_hand_over"))] if setup.home else []
    )
    home_text = words("setup_home" if setup.home else "setup_home_elsewhere")
    points.append((True, "home", escape(home_text), hand_over))
    items = [
        (
            f"{_TICKED if is_done else _OPEN} **{escape(words(f'setup_{name}_heading'))}**\n{text}",
            buttons,
        )
        for is_done, name, text, buttons in points
    ]
    heading = f"**{escape(words('setup_heading'))}**"
    if welcome:
        heading = f"{escape(words('setup_welcome'))}\n{heading}"
    return item_list(heading, items)


async def _checklist(interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
    """Return the current checklist."""
    home = moderation.at_home(interaction)
    setup = await _read_setup(moderation, interaction.guild, home=home)
    return setup_view(setup, words_of(interaction))


async def _read_setup(moderation: Moderation, guild: discord.Guild | None, *, home: bool) -> Setup:
    """Read the setup of a server."""
    community = moderation.community
    community.rules_changed()
    server = guild.id if guild else None
    rules = without_lost_role(await community.rules(server), guild)
    overview = await community.known(rules.edition(server))
    page = (await community.desk_rules()).voting_link or moderation.settings.voting_link
    return Setup(overview.summary.articles, rules, page, home)


def _channel_in(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the welcome channel, else the first channel in which the bot may write."""
    candidates = [guild.system_channel, *guild.text_channels]
    return next(
        (
            channel
            for channel in candidates
            if channel and channel.permissions_for(guild.me).send_messages
        ),
        None,
    )


class _HereButton(Managed, KeyButton, template=r"desk:here:(?P<key>0)"):
    """A button that restricts the bot to this channel."""

    kind = "here"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Store the rule, and tick the step."""
        alone = {str(interaction.channel_id): Speaks.ON}
        await _change_rules(interaction, moderation, {"everywhere": Speaks.OFF, "channels": alone})


class _RoleButton(Managed, KeyButton, template=r"desk:role:(?P<key>0)"):
    """A button that sets the moderators' role."""

    kind = "role"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""

        async def store_role(submission: Interaction) -> None:
            await _change_rules(submission, moderation, {"moderator_role": role.values[0].id})

        form = ManagerForm(interaction, "setup_role", self.refusal, store_role)
        role = form.field("setup_moderators_heading", ui.RoleSelect[Any](custom_id="role"))
        await interaction.response.send_modal(form)


class _VotingButton(LinkButton, template=r"desk:voting:(?P<key>0)"):
    """A button of the checklist that sets the page of the election authority."""

    kind = "voting"

    async def next_view(
        self, interaction: Interaction, moderation: Moderation, changed: ui.LayoutView
    ) -> ui.LayoutView:
        """Return the checklist."""
        del changed
        return await _checklist(interaction, moderation)


class _HandOverButton(DeskManaged, KeyButton, template=r"desk:handover:(?P<key>0)"):
    """A button that offers the other servers which the user manages, privately."""

    kind = "handover"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Offer the servers, or say that there are none; asking Discord for each takes its time."""
        del moderation
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_result(interaction, lambda: _servers_view(interaction))


async def _servers_view(interaction: Interaction) -> ui.LayoutView:
    """Return a menu of the other servers that the user manages, or say that there are none."""
    words = words_of(interaction)
    guilds = [
        guild
        for guild in interaction.client.guilds[: SHOWN.servers]
        if guild.id != interaction.guild_id and await _manages(interaction.user.id, guild)
    ]
    if not guilds:
        return notice_view(words("home_nowhere"))
    options = [
        discord.SelectOption(label=title(guild.name, 100), value=str(guild.id))
        for guild in guilds[: DISCORD.menu_options]
    ]
    menu = _NewHomeMenu("0", words("setup_hand_over"), options)
    heading = f"**{escape(words('setup_home_heading'))}**\n{escape(words('setup_home'))}"
    return with_buttons(layout([heading]), [menu])


class _NewHomeMenu(DeskManaged, Action, KeySelect, template=r"desk:newhome:(?P<key>0)"):
    """A menu that makes another server the home server, for people who manage both."""

    kind = "newhome"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Hand over, and say to which server; the channel for reviews stays this server's."""
        new_home = interaction.client.get_guild(int(self.values[0]))
        if new_home is None or not await _manages(interaction.user.id, new_home):
            raise WordedError("settings_not_allowed")
        curator, by = moderation.curator, moderator(interaction)
        desk_rules = await moderation.community.desk_rules()
        rules = await moderation.community.rules(interaction.guild_id)
        if rules.review_channel is None and desk_rules.review_channel is not None:
            rules = replace(rules, review_channel=desk_rules.review_channel)
            await curator.set_rules(rules, by.place, by)
        desk_rules = replace(desk_rules, home=new_home.id, review_channel=None)
        await curator.set_rules(desk_rules, DESK, by)
        await asyncio.to_thread(curator.home.read)
        return notice_view(words_of(interaction)("home_is_now", name=title(new_home.name, 100)))


async def _manages(user: int, guild: discord.Guild) -> bool:
    """Return True if *user* may manage *guild*, if need be by a request to Discord."""
    try:
        member = guild.get_member(user) or await guild.fetch_member(user)
    except discord.HTTPException:
        return False
    rights = member.guild_permissions
    return rights.administrator or rights.manage_guild


async def _change_rules(
    interaction: Interaction, moderation: Moderation, values: Mapping[str, Any]
) -> None:
    """Set fields of a server's rules as they are stored now, and show the updated checklist."""
    by, community = moderator(interaction), moderation.community
    community.rules_changed()
    rules = replace(await community.rules(interaction.guild_id), **values)
    with suppress(NothingToDoError):
        await moderation.curator.set_rules(rules, by.place, by)
    await interaction.response.edit_message(view=await _checklist(interaction, moderation))


SETUP_CONTROLS = (_HereButton, _RoleButton, _VotingButton, _HandOverButton, _NewHomeMenu)
