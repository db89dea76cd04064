"""The commands `/privacy` and `/forget-me`: stored personal data and its deletion."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui

from bot.desk import Desk
from bot.discord_ui.asking import Asking
from bot.discord_ui.members.personal_data import privacy_view
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import show_result, words_of
from bot.discord_ui.words import worded


def privacy_command(desk: Desk) -> app_commands.Command[Any, ..., None]:
    """Make `/privacy`."""

    @app_commands.command(name="privacy", description=worded("command_privacy"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_privacy(interaction: discord.Interaction) -> None:
        view = privacy_view(
            words_of(interaction),
            keeps_questions=desk.settings.keep_questions,
            has_model=bool(desk.models.writers),
        )
        await interaction.response.send_message(view=view, ephemeral=True)

    return slash_privacy


def forget_command(asking: Asking) -> app_commands.Command[Any, ..., None]:
    """Make `/forget-me`."""

    @app_commands.command(name="forget-me", description=worded("command_forget"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_forget(interaction: discord.Interaction) -> None:
        words = words_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            asking.forget(interaction.channel_id or 0, private=interaction.guild_id is None)
            count = await asking.desk.community.forget(interaction.user.id)
            return notice_view(words("forgotten" if count else "forgotten_nothing", count=count))

        await show_result(interaction, work)

    return slash_forget
