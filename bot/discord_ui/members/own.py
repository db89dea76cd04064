"""What whoever asked may do with their answer: show it to all, take it away, ask it anew."""

from __future__ import annotations

import discord
from discord import ui

from bot.community.rules import Speaks
from bot.discord_ui.asking import asking_of
from bot.discord_ui.buttons import ANSWER_KEY, KeyButton
from bot.discord_ui.history import beginning_of, exchange_in, replied_to
from bot.discord_ui.members.results import ResultsButton
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import notice_view, with_buttons
from bot.discord_ui.replying import Interaction, privately, words_of


class DeleteButton(KeyButton, template=rf"desk:delete:(?P<key>{ANSWER_KEY})"):
    """Takes an answer away; whoever asked may, and who manages messages."""

    kind = "delete"

    async def pressed(self, interaction: Interaction) -> None:
        """Take it away, or say whose it is."""
        message, own = await self.message(interaction), interaction.message
        manages = interaction.permissions.manage_messages
        if message is None:
            await privately(interaction, notice_view(words_of(interaction)("answer_too_old")))
            return
        if not manages and await _asker_of(message) != interaction.user.id:
            await privately(interaction, notice_view(words_of(interaction)("delete_not_yours")))
            return
        await interaction.response.defer()
        await interaction.delete_original_response()
        if own is not None and own.id != message.id:
            await message.delete()


def _row_in(message: discord.Message) -> int | None:
    """Return the place of the row to whose table a button of a message leads, if one does."""
    rows = [getattr(each, "children", ()) for each in message.components]
    named = [getattr(item, "custom_id", None) or "" for row in rows for item in row]
    keys = [each for each in named if each.startswith(f"desk:{ResultsButton.kind}:")]
    return int(keys[0].rpartition("-")[2]) if keys else None


class ShowButton(KeyButton, template=r"desk:show:(?P<key>[0-9]{1,12})"):
    """Shows to all in a channel what only its asker sees."""

    kind = "show"

    async def pressed(self, interaction: Interaction) -> None:
        """Show it once, where answers are shown to all."""
        words, asking, message = words_of(interaction), asking_of(interaction), interaction.message
        assert message is not None
        place = Place.of(interaction)
        rules = await asking.desk.community.rules(place.server)
        if rules.speaks(place.channel, place.parent) is not Speaks.ON:
            await privately(interaction, notice_view(words("show_not_here")))
            return
        if not asking.first("shown", self.key):
            await privately(interaction, notice_view(words("show_done")))
            return
        view = _without_controls(message)
        table = _row_in(message)
        with_buttons(view, asking.under(self.key, words, Audience(place), None, table))
        await interaction.response.send_message(view=view)
        sent = await interaction.original_response()
        exchange = await exchange_in(message, asking)
        await asking.note_shown(sent, exchange, int(self.key), words.language)


class ReaskButton(KeyButton, template=r"desk:reask:(?P<key>[0-9]{1,20})"):
    """Asks a question as its author has changed it."""

    kind = "reask"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        """Let the client take the message as if it were new; the offer goes."""
        words = words_of(interaction)
        channel = interaction.channel
        assert isinstance(channel, discord.abc.Messageable)
        try:
            asked = await channel.fetch_message(int(self.key))
        except discord.NotFound:
            await privately(interaction, notice_view(words("again_too_late")))
            return
        if asked.author.id != interaction.user.id:
            await privately(interaction, notice_view(words("reask_not_yours")))
            return
        await interaction.response.defer()
        await interaction.delete_original_response()
        await interaction.client.on_message(asked)


async def _asker_of(message: discord.Message) -> int | None:
    """Return who asked what *message* answers: Discord itself knows."""
    if message.interaction_metadata is not None:
        return message.interaction_metadata.user.id
    asked = await replied_to(message)
    if asked is None and isinstance(message.channel, discord.Thread):
        asked = await beginning_of(message.channel)
    return asked.author.id if asked else None


def _without_controls(message: discord.Message) -> ui.LayoutView:
    """Return what *message* shows, without its buttons."""
    view = ui.LayoutView.from_message(message, timeout=None)
    for row in [each for each in view.children if isinstance(each, ui.ActionRow)]:
        view.remove_item(row)
    return view
