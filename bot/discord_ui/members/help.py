"""The command `/help`: the bot's abilities and the commands that the user may use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

import discord
from discord import app_commands, ui

from bot.discord_ui.asking import Asking
from bot.discord_ui.rendering import GAP, layout, with_buttons
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape
from bot.discord_ui.words import worded
from bot.wording import Wording

_Guards: TypeAlias = Mapping[str, Callable[[Interaction], Awaitable[str | None]]]
"""The guards of restricted commands, each returning the key of a refusal or ``None``."""


def help_command(
    asking: Asking, tree: app_commands.CommandTree[Any], guards: _Guards
) -> app_commands.Command[Any, ..., None]:
    """Make `/help`; it lists the commands of *tree* that *guards* allow its user."""

    @app_commands.command(name="help", description=worded("command_help"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_help(interaction: discord.Interaction) -> None:
        words = words_of(interaction)
        open_to = {name for name, guard in guards.items() if await guard(interaction) is None}
        commands = {
            command.name: await _description_of(command, tree, interaction.locale)
            for command in tree.get_commands(type=discord.AppCommandType.chat_input)
            if command.name not in guards or command.name in open_to
        }
        edition = await asking.desk.community.edition(interaction.guild_id)
        begin = asking.suggested_questions(words, edition)
        view = help_view(words, commands, open_to, begin)
        await interaction.response.send_message(view=view, ephemeral=True)

    return slash_help


async def _description_of(
    command: app_commands.Command[Any, ..., Any] | app_commands.Group,
    tree: app_commands.CommandTree[Any],
    locale: discord.Locale,
) -> str:
    """Return the description of *command* in the language of *locale*."""
    assert tree.translator is not None
    payload = await command.get_translated_payload(tree, tree.translator)
    description = payload.get("description_localizations", {}).get(locale.value)
    return str(description or payload["description"])


def help_view(
    words: Wording,
    commands: Mapping[str, str],
    of_moderators: set[str],
    beginnings: Sequence[ui.Item[Any]],
) -> ui.LayoutView:
    """Show the bot's abilities, *commands* by audience, and suggested questions."""

    def listed(moderators: bool) -> str:
        return "\n".join(
            f"- `/{name}` {escape(description)}"
            for name, description in commands.items()
            if (name in of_moderators) is moderators
        )

    tips = words("help_ways", find=words("command_find"))
    blocks = [escape(words("talk_help")), GAP, escape(tips), GAP]
    blocks.append(f"**{escape(words('help_members'))}**\n{listed(False)}")
    if of_moderators:
        blocks.append(GAP)
        blocks.append(f"**{escape(words('help_moderators'))}**\n{listed(True)}")
    return with_buttons(layout(blocks), beginnings)
