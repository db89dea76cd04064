"""The controls below an outcome: one row of buttons, with the others behind “More”."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.answering.values import Reason
from bot.community.members import Community
from bot.community.reviewing import GAP_REASONS, Catalogue
from bot.community.rules import Speaks
from bot.discord_ui.buttons import ANSWER_KEY, KeyButton
from bot.discord_ui.escaping import escape
from bot.discord_ui.history import first_message_of, replied_message
from bot.discord_ui.members.ask import (
    AgainButton,
    FollowButton,
    ReaskButton,
    SuggestedQuestionButton,
    ThreadButton,
)
from bot.discord_ui.members.citations import QuoteButton, SourcesButton
from bot.discord_ui.members.contributing import (
    HelpfulButton,
    MissingButton,
    ReportButton,
    SuggestButton,
)
from bot.discord_ui.members.follow_commands import (
    FollowingPageButton,
    TellMeButton,
    UnfollowButton,
)
from bot.discord_ui.members.privacy import ForgetButton
from bot.discord_ui.members.result_views import ResultsButton
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import layout, with_buttons
from bot.discord_ui.replying import Interaction, send_notice, send_privately, words_of
from bot.wording import Wording

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking


class _DeleteButton(KeyButton, template=rf"desk:delete:(?P<key>{ANSWER_KEY})"):
    """A button that deletes an answer, for its asker or a person who manages messages."""

    kind = "delete"

    async def on_press(self, interaction: Interaction) -> None:
        """Delete the answer, or report that it belongs to another person."""
        message, pressed_message = await self.message(interaction), interaction.message
        manages = interaction.permissions.manage_messages
        if message is None:
            await send_notice(interaction, "answer_too_old")
            return
        if not manages and await _asker_of(message) != interaction.user.id:
            await send_notice(interaction, "delete_not_yours")
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


class _ShowButton(KeyButton, template=r"desk:show:(?P<key>[0-9]{1,12})"):
    """A button that shows a private answer to everybody in the channel."""

    kind = "show"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the answer once, in channels with public answers; after an error once more."""
        asking: Asking = interaction.client.asking
        community: Community = interaction.client.community
        catalogue: Catalogue = interaction.client.catalogue
        words, message = words_of(interaction), interaction.message
        assert message is not None
        place = Place.of(interaction)
        rules = await community.rules(place.server)
        if rules.speaks(place.channel, place.parent) is not Speaks.ON or not place.writable:
            await send_notice(interaction, "show_not_here")
            return
        edition = rules.edition(place.server)
        if await catalogue.cites_withheld(int(self.key), edition):
            await send_notice(interaction, "show_withdrawn")
            return
        if not asking.is_first("shown", self.key):
            await send_notice(interaction, "show_done")
            return
        view = _without_controls(message)
        table = _row_in(message)
        with_buttons(view, asking.make_controls(self.key, words, Audience(place), None, table))
        try:
            await interaction.response.send_message(view=view)
        except Exception:
            asking.used_keys.pop(("shown", self.key), None)
            raise
        reply = await interaction.original_response()
        exchange = await asking.exchanges.shown_in(message)
        await asking.note_shown(reply, exchange, int(self.key), words.language)


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


_ENTRIES: Mapping[str, type[KeyButton]] = {
    button.kind: button
    for button in (
        HelpfulButton,
        ReportButton,
        QuoteButton,
        ThreadButton,
        MissingButton,
        SuggestButton,
        _DeleteButton,
    )
}
"""The button behind each entry; older messages have the same buttons themselves."""


class _MoreButton(KeyButton, template=r"desk:more:(?P<key>[0-9]{1,12}(?:-none)?)"):
    """A button that shows further actions for an answer, or with "-none" for a missing answer."""

    kind = "more"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the actions to the user, each with the key of the answer."""
        words, message = words_of(interaction), interaction.message
        assert message is not None
        number, _, suffix = self.key.partition("-")
        key = f"{number}.{message.id}"
        private = message.flags.ephemeral or Place.of(interaction).foreign
        entries = (_gap_actions if suffix else _answer_actions)(interaction, private=private)
        buttons = [_ENTRIES[kind](key, words(kind)) for kind in entries]
        menu = layout([f"-# {escape(words('only_you'))}"])
        await send_privately(interaction, with_buttons(menu, buttons))


def _answer_actions(interaction: Interaction, *, private: bool) -> list[str]:
    """Return the kinds of the actions for an answer."""
    if private:
        return [HelpfulButton.kind, QuoteButton.kind]
    threads = [ThreadButton.kind] if Place.of(interaction).threads else []
    shared = [HelpfulButton.kind, ReportButton.kind, QuoteButton.kind]
    return [*shared, *threads, _DeleteButton.kind]


def _gap_actions(interaction: Interaction, *, private: bool) -> list[str]:
    """Return the kinds of the actions for a question without an answer."""
    suggest = [SuggestButton.kind] if Place.of(interaction).server is not None else []
    return suggest if private else [MissingButton.kind, *suggest, _DeleteButton.kind]


MEMBERS_BUTTONS: tuple[type[KeyButton], ...] = (
    HelpfulButton,
    ReportButton,
    MissingButton,
    SourcesButton,
    FollowButton,
    ThreadButton,
    AgainButton,
    SuggestButton,
    _ShowButton,
    _DeleteButton,
    ReaskButton,
    TellMeButton,
    UnfollowButton,
    FollowingPageButton,
    QuoteButton,
    _MoreButton,
    SuggestedQuestionButton,
    ForgetButton,
    ResultsButton,
)


def buttons_under(
    key: str, words: Wording, audience: Audience, reason: Reason | None, table: int | None = None
) -> list[ui.Item[Any]]:
    """Return the buttons below outcome *key*; *reason* is given if there is no answer.

    With *table*, the offset of a row of results in the first quotation, one button opens the whole
    table. Where the message is private or the bot is no member, actions on it have their own
    button: “More” could not find it.
    """
    private, place = audience.private, audience.place
    delete = [] if private else [_DeleteButton(key, words("delete"))]
    foreign = delete if place.foreign else []
    is_lost = private or place.foreign
    if reason is None:
        return [
            SourcesButton(key, words("sources")),
            *([] if table is None else [ResultsButton(f"{key}-{table}", words("results"))]),
            FollowButton(key, words("follow")),
            *([ReportButton(key, words("report"))] if is_lost else []),
            *([_ShowButton(key, words("show"))] if audience.showable else []),
            *foreign,
            _MoreButton(key, words("menu")),
        ]
    follow = FollowButton(key, words("ask_else"))
    if reason not in GAP_REASONS:
        return [follow, *delete]
    tell_me, more_button = (
        TellMeButton(key, words("tellme")),
        _MoreButton(f"{key}-none", words("menu")),
    )
    if is_lost:
        missing_button = MissingButton(key, words("missing"))
        suggest = [more_button] if place.server is not None else []
        return [tell_me, missing_button, *suggest, *foreign]
    return [tell_me, follow, more_button]
