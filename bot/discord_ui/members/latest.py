"""The command `/latest`: the newest stories, or the latest coverage of a topic."""

from __future__ import annotations

from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.answering.understanding.question import LONGEST
from bot.discord_ui.asking import Asking
from bot.discord_ui.choices import matching_choices
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import deliver, post, respond, words_of
from bot.discord_ui.words import worded


def latest_command(asking: Asking) -> app_commands.Command[Any, ..., None]:
    """Make `/latest`."""

    @app_commands.command(name="latest", description=worded("command_latest"))
    @app_commands.describe(topic=worded("option_topic"))
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_latest(
        interaction: discord.Interaction, topic: app_commands.Range[str, 1, LONGEST] | None = None
    ) -> None:
        words = words_of(interaction)
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await respond(interaction, notice_view(admission.refusal))
            return
        await interaction.response.defer(thinking=True, ephemeral=admission.private)
        view = await asking.latest(topic or "", words, admission.edition)
        await deliver(view, partial(respond, interaction), partial(post, interaction), words)

    @slash_latest.autocomplete("topic")
    async def suggest_topics(_: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return matching_choices(text, asking.desk.suggested_questions.topics, include_text=True)

    return slash_latest
