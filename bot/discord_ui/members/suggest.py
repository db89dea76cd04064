"""Suggestions of sources by members; moderators decide on them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import discord
from discord import app_commands, ui

from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import ANSWER_KEY, Form, KeyButton
from bot.discord_ui.rendering import notice_view, with_buttons
from bot.discord_ui.replying import Interaction, send_privately, words_of
from bot.discord_ui.text import safe_address
from bot.discord_ui.words import worded

_ADDRESS_LENGTH, _OUTLET_LENGTH, _NOTE_LENGTH = 500, 100, 500
"""Maximum lengths of the fields of a suggestion in characters."""


def suggest_command() -> app_commands.Command[Any, ..., None]:
    """Make `/suggest`."""

    @app_commands.command(name="suggest", description=worded("command_suggest"))
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_suggest(interaction: discord.Interaction) -> None:
        await _open_form(interaction)

    return slash_suggest


class SuggestButton(KeyButton, template=rf"desk:suggest:(?P<key>{ANSWER_KEY})"):
    """A button that opens the form for suggesting a source."""

    kind = "suggest"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        await _open_form(interaction)


async def _open_form(interaction: Interaction) -> None:
    """Open the form if the suggestion could be stored, else explain the refusal."""
    words, community = words_of(interaction), asking_of(interaction).desk.community
    if interaction.guild_id is None:
        await send_privately(interaction, notice_view(words("suggest_in_server")))
    elif not await community.may_suggest(interaction.user.id):
        await send_privately(interaction, notice_view(words("suggest_too_many")))
    else:
        await interaction.response.send_modal(_Suggest(interaction))


class _Suggest(Form):
    """A form for an address, its publisher and a note."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(title=words_of(interaction)("suggest_title"))
        self.address: ui.TextInput[Any] = ui.TextInput(custom_id="url", max_length=_ADDRESS_LENGTH)
        self.outlet: ui.TextInput[Any] = ui.TextInput(
            custom_id="outlet", max_length=_OUTLET_LENGTH, required=False
        )
        self.note: ui.TextInput[Any] = ui.TextInput(
            custom_id="note",
            style=discord.TextStyle.paragraph,
            max_length=_NOTE_LENGTH,
            required=False,
        )
        self.field("suggest_address", self.address, interaction)
        self.field("paste_outlet", self.outlet, interaction)
        self.field("suggest_note", self.note, interaction)

    async def on_submit(self, interaction: Interaction) -> None:
        """Store the suggestion for the moderators; its address is not fetched yet."""
        words = words_of(interaction)
        community = asking_of(interaction).desk.community
        assert interaction.guild_id is not None
        address = _address_in(self.address.value)
        if address is None:
            retry = [SuggestButton("0", words("suggest"))]
            await send_privately(interaction, with_buttons(notice_view(words("no_address")), retry))
            return
        number = await community.suggest(
            address,
            self.outlet.value or None,
            self.note.value or None,
            interaction.user.id,
            interaction.guild_id,
        )
        if number is None:
            await send_privately(interaction, notice_view(words("suggest_too_many")))
            return
        await send_privately(interaction, notice_view(words("suggest_kept")))
        interaction.client.dispatch("suggestion", number)


def _address_in(text: str) -> str | None:
    """Return *text* as a web address, with https:// if that is missing; ``None`` if it is none."""
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    host = urlsplit(address).hostname if safe_address(address) else None
    return address if host and "." in host else None
