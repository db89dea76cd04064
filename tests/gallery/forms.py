"""Every form, as the button under a message opens it, in each language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
from discord import ui

from bot.discord_ui.client import ElectionDeskClient
from bot.discord_ui.members.ask import FollowButton
from bot.discord_ui.members.contributing import ReportButton, SuggestButton
from bot.discord_ui.moderators.decisions import AddButton, PasteButton
from ingest.language.languages import Language
from tests.bot.discord_ui.speaking import speaking

BUTTONS = {
    "form-follow-up": FollowButton,
    "form-report": ReportButton,
    "form-suggest": SuggestButton,
    "form-add": AddButton,
    "form-paste": PasteButton,
}


async def open_forms(
    client: ElectionDeskClient, channel: Any, reader: Any, only: Any
) -> AsyncIterator[tuple[str, Any]]:
    """Yield the name of each picture, and the form that opens when its button is pressed."""
    for language in Language:
        with speaking(language):
            for name, button in BUTTONS.items():
                picture = f"{name}-{language}"
                if only(picture):
                    message = await post(client, channel, button)
                    custom_id = f"desk:{button.kind}:{key_of(button)}"
                    yield picture, await reader.click(message, custom_id=custom_id)


async def post(client: ElectionDeskClient, channel: Any, button: Any) -> discord.Message:
    """Send a message that has the button."""
    view = ui.LayoutView(timeout=None)
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    view.add_item(row.add_item(button(key_of(button), "…")))
    return await client.get_channel(channel.id).send(view=view)


def key_of(button: Any) -> str:
    """Return a key that fits a button."""
    return "0" if button is PasteButton else "1"
