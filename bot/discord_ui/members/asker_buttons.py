"""Actions of an asker on their answer: show it to all, delete it, ask again."""

from __future__ import annotations

import discord
from discord import ui

from bot.community.rules import Speaks
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import ANSWER_KEY, KeyButton
from bot.discord_ui.history import exchange_in, first_message_of, replied_message
from bot.discord_ui.members.results import ResultsButton
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import notice_view, with_buttons
from bot.discord_ui.replying import Interaction, send_privately, words_of


class DeleteButton(KeyButton, template=rf"desk:delete:(?P<key>{ANSWER_KEY})"):
    """A button that deletes an answer, for its asker or a person who manages messages."""

    kind = "delete"

    async def on_press(self, interaction: Interaction) -> None:
        """Delete the answer, or report that it belongs to another person."""
        message, pressed_message = await self.message(interaction), interaction.message
        manages = interaction.permissions.manage_messages
        if message is None:
            await send_privately(interaction, notice_view(words_of(interaction)("answer_too_old")))
            return
        if not manages and await _asker_of(message) != interaction.user.id:
            await send_privately(
                interaction, notice_view(words_of(interaction)("delete_not_yours"))
            )
            return
        await interaction.response.defer()
        await interaction.delete_original_response()
        if pressed_message is not None and pressed_message.id != message.id:
            await message.delete()


def _row_in(message: discord.Message) -> int | None:
    """Return the offset of the row in a message's results button, or ``None``."""
    rows = [getattr(component, "children", ()) for component in message.components]
    ids = [getattr(item, "custom_id", None) or "" for row in rows for item in row]
    keys = [custom_id for custom_id in ids if custom_id.startswith(f"desk:{ResultsButton.kind}:")]
    return int(keys[0].rpartition("-")[2]) if keys else None


class ShowButton(KeyButton, template=r"desk:show:(?P<key>[0-9]{1,12})"):
    """A button that shows a private answer to everybody in the channel."""

    kind = "show"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the answer once, in channels with public answers."""
        words, asking, message = words_of(interaction), asking_of(interaction), interaction.message
        assert message is not None
        place = Place.of(interaction)
        rules = await asking.desk.community.rules(place.server)
        if rules.speaks(place.channel, place.parent) is not Speaks.ON:
            await send_privately(interaction, notice_view(words("show_not_here")))
            return
        if not asking.is_first("shown", self.key):
            await send_privately(interaction, notice_view(words("show_done")))
            return
        view = _without_controls(message)
        table = _row_in(message)
        with_buttons(view, asking.make_controls(self.key, words, Audience(place), None, table))
        await interaction.response.send_message(view=view)
        reply = await interaction.original_response()
        exchange = await exchange_in(message, asking)
        await asking.note_shown(reply, exchange, int(self.key), words.language)


class ReaskButton(KeyButton, template=r"desk:reask:(?P<key>[0-9]{1,20})"):
    """A button that asks an edited question again."""

    kind = "reask"
    style = discord.ButtonStyle.primary

    async def on_press(self, interaction: Interaction) -> None:
        """Pass the edited message to the client as a new one, and delete the offer."""
        words = words_of(interaction)
        channel = interaction.channel
        assert isinstance(channel, discord.abc.Messageable)
        try:
            question_message = await channel.fetch_message(int(self.key))
        except discord.NotFound:
            await send_privately(interaction, notice_view(words("again_too_late")))
            return
        if question_message.author.id != interaction.user.id:
            await send_privately(interaction, notice_view(words("reask_not_yours")))
            return
        await interaction.response.defer()
        await interaction.delete_original_response()
        await interaction.client.on_message(question_message)


async def _asker_of(message: discord.Message) -> int | None:
    """Return the id of the person whose question *message* answers, from Discord's data."""
    if message.interaction_metadata is not None:
        return message.interaction_metadata.user.id
    question_message = await replied_message(message)
    if question_message is None and isinstance(message.channel, discord.Thread):
        question_message = await first_message_of(message.channel)
    return question_message.author.id if question_message else None


def _without_controls(message: discord.Message) -> ui.LayoutView:
    """Return the contents of *message* without its buttons."""
    view = ui.LayoutView.from_message(message, timeout=None)
    for row in [item for item in view.children if isinstance(item, ui.ActionRow)]:
        view.remove_item(row)
    return view
