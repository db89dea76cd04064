"""What members and moderators proposed, and the decision on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.discord_ui.moderators.actions import Action, Entrance, Look
from bot.discord_ui.moderators.decisions import OutletForm
from bot.discord_ui.moderators.moderation import Moderation, moderator, post_for_review
from bot.discord_ui.moderators.views import TEXT, preview_view
from bot.discord_ui.rendering import itemised, layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape, link, literal, phrase, title
from bot.ledger.model import Suggestion
from bot.wording import Wording

_LISTED = 4
"""Suggestions in one message."""


async def suggestions_page(moderation: Moderation, interaction: Interaction) -> ui.LayoutView:
    """Show what nobody decided on yet, oldest first."""
    found = await moderation.desk.reviewer.suggestions(moderation.places(interaction))
    return suggestions_view(found, words_of(interaction))


def suggestions_view(found: Sequence[Suggestion], words: Wording) -> ui.LayoutView:
    """List suggestions, each with the buttons that decide on it."""
    if not found:
        return notice_view(words("no_suggestions"))
    items = [(_described(each, words), _decisions(each, words)) for each in found[:_LISTED]]
    view = itemised(f"**{escape(words('suggestions_heading'))}**", items)
    if (more := len(found) - _LISTED) > 0:
        view.add_item(ui.TextDisplay(f"-# {escape(words('preview_more', count=more))}"))
    return view


def review_view(suggestion: Suggestion, words: Wording) -> ui.LayoutView:
    """Show one suggestion where moderators review."""
    heading = f"**{escape(words('suggestion_heading'))}**"
    return with_buttons(
        layout([heading, _described(suggestion, words)]), _decisions(suggestion, words)
    )


def _described(suggestion: Suggestion, words: Wording) -> str:
    """Say what is proposed; its text is somebody's, so it is shown letter by letter."""
    address = suggestion.address
    named = (
        link(title(address, TEXT), address, instead=words("link"))
        if address
        else literal(title(suggestion.name, TEXT))
    )
    lines = [f"{suggestion.id} · {named}"]
    if suggestion.outlet:
        lines.append(f"-# {phrase(words('suggestion_outlet', outlet=suggestion.outlet))}")
    if suggestion.note:
        lines.append(f"> {literal(title(suggestion.note, TEXT))}")
    return "\n".join(lines)


def _decisions(suggestion: Suggestion, words: Wording) -> list[ui.Item[Any]]:
    """Return the buttons that decide."""
    key = str(suggestion.id)
    return [
        _PreviewButton(key, words("preview_button")),
        ApproveButton(key, words("approve")),
        _RejectButton(key, words("reject")),
    ]


async def post_suggestion(client: discord.Client, moderation: Moderation, number: int) -> None:
    """Put a suggestion where its server's moderators review.

    Never raises for Discord.
    """
    suggestion = await moderation.desk.reviewer.suggestion(number)
    if suggestion is not None:
        await post_for_review(
            client, moderation, suggestion.place, lambda words: review_view(suggestion, words)
        )


async def _open(key: str, moderation: Moderation, interaction: Interaction) -> Suggestion | None:
    """Return a suggestion that is open and that whoever acts may decide on."""
    return await moderation.desk.reviewer.suggestion(int(key), moderation.places(interaction))


class _PreviewButton(Look, template=r"desk:preview:(?P<key>[0-9]{1,12})"):
    """Shows what a suggestion holds; until somebody asks nothing is fetched."""

    kind = "preview"

    async def look(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Fetch or read it."""
        words = words_of(interaction)
        suggestion = await _open(self.key, moderation, interaction)
        if suggestion is None:
            return notice_view(words("suggestion_decided"))
        found = await moderation.desk.previewer.suggestion(suggestion)
        return preview_view(found, words, [])


class ApproveButton(Action, template=r"desk:approve:(?P<key>[0-9]{1,12})"):
    """Keeps or watches what was proposed."""

    kind = "approve"
    style = discord.ButtonStyle.success

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Approve; not by whoever proposed it where a second moderator has to."""
        words, desk = words_of(interaction), moderation.desk
        community = moderation.desk.community
        suggestion = await _open(self.key, moderation, interaction)
        if suggestion is None:
            return notice_view(words("suggestion_decided"))
        mine = suggestion.member == await community.hashed(interaction.user.id)
        if mine and (await community.desk_rules()).second_moderator:
            return with_buttons(notice_view(words("second_needed")), _decisions(suggestion, words))
        found = await desk.previewer.suggestion(suggestion)
        if found.entries and not found.outlet:
            said = notice_view(words("preview_outlet_needed"))
            name = _NameOutletButton(self.key, words("name_outlet"))
            return with_buttons(said, [name, *_decisions(suggestion, words)])
        if not await desk.curator.approve(suggestion, found, moderator(interaction)):
            return notice_view(words("suggestion_decided"))
        return notice_view(words("approved", name=title(suggestion.name, 200)))


class _NameOutletButton(Entrance, template=r"desk:nameof:(?P<key>[0-9]{1,12})"):
    """Names the outlet of a feed that was proposed without."""

    kind = "nameof"
    style = discord.ButtonStyle.primary

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form; the suggestion is then shown with its outlet."""
        suggestion = await _open(self.key, moderation, interaction)
        if suggestion is None:
            gone = notice_view(words_of(interaction)("suggestion_decided"))
            await interaction.response.edit_message(view=gone)
            return

        async def named(sent: Interaction, outlet: str) -> None:
            await moderation.desk.reviewer.name(suggestion, outlet)
            view = review_view(replace(suggestion, outlet=outlet), words_of(sent))
            await sent.response.edit_message(view=view)

        await OutletForm(suggestion.name, named).ask(interaction)


class _RejectButton(Action, template=r"desk:reject:(?P<key>[0-9]{1,12})"):
    """Turns down what was proposed."""

    kind = "reject"
    style = discord.ButtonStyle.danger

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Reject."""
        words = words_of(interaction)
        suggestion = await _open(self.key, moderation, interaction)
        if suggestion is None or not await moderation.desk.curator.reject(
            suggestion, moderator(interaction)
        ):
            return notice_view(words("suggestion_decided"))
        return notice_view(words("rejected", name=title(suggestion.name, 200)))


SUGGESTION_BUTTONS = (_PreviewButton, ApproveButton, _NameOutletButton, _RejectButton)
