"""The commands `/privacy` and `/forget-me`: stored personal data and its deletion."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import app_commands, ui

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.escaping import escape, worded
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, send_notice, show_result, words_of
from bot.wording import Wording


class ForgetButton(KeyButton, template=r"desk:forget:(?P<key>0)"):
    """A button that deletes the stored data of the person who presses it."""

    kind = "forget"

    async def on_press(self, interaction: Interaction) -> None:
        """Delete the data, and report the number of deleted entries privately."""
        count = await interaction.client.asking.forget(interaction)
        await send_notice(interaction, "forgotten" if count else "forgotten_nothing", count=count)


def privacy_view(words: Wording, *, keeps_questions: bool, has_model: bool) -> ui.LayoutView:
    """List the stored personal data, in the user's language."""
    model = "privacy_model" if has_model else "privacy_no_model"
    questions = "privacy_questions_kept" if keeps_questions else "privacy_questions"
    keys = (
        questions,
        "privacy_cut_off",
        "privacy_feedback",
        "privacy_follows",
        "privacy_limits",
        model,
    )
    lines = [f"- {escape(words(key))}" for key in keys]
    heading = f"**{escape(words('privacy_heading'))}**"
    view = layout([heading, "\n".join(lines), f"-# {escape(words('privacy_forget'))}"])
    return with_buttons(view, [ForgetButton("0", words("forget_button"))])


def privacy_command(
    privacy: Callable[[Wording], ui.LayoutView],
) -> app_commands.Command[Any, ..., None]:
    """Make `/privacy`; *privacy* lists the stored personal data."""

    @app_commands.command(name="privacy", description=worded("command_privacy"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def slash_privacy(interaction: discord.Interaction) -> None:
        view = privacy(words_of(interaction))
        await interaction.response.send_message(view=view, ephemeral=True)

    return slash_privacy


def forget_command(
    forget: Callable[[discord.Interaction], Awaitable[int]],
) -> app_commands.Command[Any, ..., None]:
    """Make `/forget-me`; *forget* deletes a person's data and counts the deleted entries."""

    @app_commands.command(name="forget-me", description=worded("command_forget"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def slash_forget(interaction: discord.Interaction) -> None:
        words = words_of(interaction)
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            count = await forget(interaction)
            return notice_view(words("forgotten" if count else "forgotten_nothing", count=count))

        await show_result(interaction, work)

    return slash_forget
