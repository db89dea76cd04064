"""Suggestions by members and moderators, and the decisions on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.discord_ui.moderators.decisions import OutletForm
from bot.discord_ui.moderators.moderation import (
    Action,
    Moderation,
    ModeratorButton,
    ViewButton,
    moderator,
    post_for_review,
)
from bot.discord_ui.moderators.views import TEXT_LENGTH, preview_view
from bot.discord_ui.rendering import item_list, layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape, link, literal, phrase, title
from bot.ledger.model import Suggestion
from bot.wording import Wording

_PER_MESSAGE = 4
"""Suggestions in one message."""


def suggestions_view(suggestions: Sequence[Suggestion], words: Wording) -> ui.LayoutView:
    """List suggestions with the buttons for deciding on them."""
    if not suggestions:
        return notice_view(words("no_suggestions"))
    items = [
        (_description_of(suggestion, words), _decision_buttons(suggestion, words))
        for suggestion in suggestions[:_PER_MESSAGE]
    ]
    view = item_list(f"**{escape(words('suggestions_heading'))}**", items)
    if (rest_count := len(suggestions) - _PER_MESSAGE) > 0:
        view.add_item(ui.TextDisplay(f"-# {escape(words('preview_more', count=rest_count))}"))
    return view


def review_view(suggestion: Suggestion, words: Wording) -> ui.LayoutView:
    """Show one suggestion in the review channel."""
    heading = f"**{escape(words('suggestion_heading'))}**"
    return with_buttons(
        layout([heading, _description_of(suggestion, words)]), _decision_buttons(suggestion, words)
    )


def _description_of(suggestion: Suggestion, words: Wording) -> str:
    """Describe a suggestion; its text is by a member, so it is shown literally."""
    address = suggestion.address
    source_name = (
        link(title(address, TEXT_LENGTH), address, instead=words("link"))
        if address
        else literal(title(suggestion.name, TEXT_LENGTH))
    )
    lines = [f"{suggestion.id} · {source_name}"]
    if suggestion.outlet:
        lines.append(f"-# {phrase(words('suggestion_outlet', outlet=suggestion.outlet))}")
    if suggestion.note:
        lines.append(f"> {literal(title(suggestion.note, TEXT_LENGTH))}")
    return "\n".join(lines)


def _decision_buttons(suggestion: Suggestion, words: Wording) -> list[ui.Item[Any]]:
    """Return the buttons for deciding on a suggestion."""
    key = str(suggestion.id)
    return [
        _PreviewButton(key, words("preview_button")),
        ApproveButton(key, words("approve")),
        _RejectButton(key, words("reject")),
    ]


async def post_suggestion(client: discord.Client, moderation: Moderation, number: int) -> None:
    """Post a suggestion in the review channel of its server.

    An error from Discord is logged, not raised.
    """
    suggestion = await moderation.desk.reviewer.suggestion(number)
    if suggestion is not None:
        await post_for_review(
            client, moderation, suggestion.place, lambda words: review_view(suggestion, words)
        )


async def _open_suggestion(
    key: str, moderation: Moderation, interaction: Interaction
) -> Suggestion | None:
    """Return an open suggestion on which the user may decide, or ``None``."""
    return await moderation.desk.reviewer.suggestion(int(key), moderation.places(interaction))


class _PreviewButton(ViewButton, template=r"desk:preview:(?P<key>[0-9]{1,12})"):
    """A button that previews a suggestion; nothing is fetched before."""

    kind = "preview"

    async def load_view(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Fetch or read the suggested source."""
        words = words_of(interaction)
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None:
            return notice_view(words("suggestion_decided"))
        preview = await moderation.desk.previewer.suggestion(suggestion)
        return preview_view(preview, words, [])


class ApproveButton(Action, template=r"desk:approve:(?P<key>[0-9]{1,12})"):
    """A button that archives or watches a suggested source."""

    kind = "approve"
    style = discord.ButtonStyle.success

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Approve the suggestion; a required second moderator cannot be its author."""
        words, desk = words_of(interaction), moderation.desk
        community = moderation.desk.community
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None:
            return notice_view(words("suggestion_decided"))
        is_author = suggestion.member == await community.hashed(interaction.user.id)
        if is_author and (await community.desk_rules()).second_moderator:
            return with_buttons(
                notice_view(words("second_needed")), _decision_buttons(suggestion, words)
            )
        preview = await desk.previewer.suggestion(suggestion)
        if preview.entries and not preview.outlet:
            notice = notice_view(words("preview_outlet_needed"))
            name = _NameOutletButton(self.key, words("name_outlet"))
            return with_buttons(notice, [name, *_decision_buttons(suggestion, words)])
        if not await desk.curator.approve(suggestion, preview, moderator(interaction)):
            return notice_view(words("suggestion_decided"))
        return notice_view(words("approved", name=title(suggestion.name, 200)))


class _NameOutletButton(ModeratorButton, template=r"desk:nameof:(?P<key>[0-9]{1,12})"):
    """A button that asks for the outlet of a suggested feed."""

    kind = "nameof"
    style = discord.ButtonStyle.primary

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form; after it the suggestion shows the outlet."""
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None:
            notice = notice_view(words_of(interaction)("suggestion_decided"))
            await interaction.response.edit_message(view=notice)
            return

        async def store_outlet(submission: Interaction, outlet: str) -> None:
            await moderation.desk.reviewer.name(suggestion, outlet)
            view = review_view(replace(suggestion, outlet=outlet), words_of(submission))
            await submission.response.edit_message(view=view)

        await OutletForm(suggestion.name, store_outlet).ask(interaction)


class _RejectButton(Action, template=r"desk:reject:(?P<key>[0-9]{1,12})"):
    """A button that rejects a suggestion."""

    kind = "reject"
    style = discord.ButtonStyle.danger

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Reject the suggestion."""
        words = words_of(interaction)
        suggestion = await _open_suggestion(self.key, moderation, interaction)
        if suggestion is None or not await moderation.desk.curator.reject(
            suggestion, moderator(interaction)
        ):
            return notice_view(words("suggestion_decided"))
        return notice_view(words("rejected", name=title(suggestion.name, 200)))


SUGGESTION_BUTTONS = (_PreviewButton, ApproveButton, _NameOutletButton, _RejectButton)
