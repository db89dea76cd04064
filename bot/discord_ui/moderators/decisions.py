"""The buttons below previews, results and the audit log; each checks its user."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.community.curating import NothingToDoError
from bot.discord_ui.buttons import Form, KeyButton, text_input
from bot.discord_ui.escaping import title
from bot.discord_ui.moderators.moderation import (
    Action,
    Moderated,
    Moderation,
    OutletForm,
    moderator,
    server_in,
)
from bot.discord_ui.moderators.views import done_view, preview_view
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, show_result, words_of
from bot.ledger.records import AuditAction
from bot.wording import Wording
from ingest.adding import Preview
from ingest.model import Decision
from ingest.reading import Hints


def _preview_with_buttons(
    preview: Preview, moderation: Moderation, words: Wording
) -> ui.LayoutView:
    """Show a preview with the buttons for deciding on it."""
    key = moderation.store_preview(preview)
    buttons: list[ui.Item[Any]] = []
    if any(not article.unchanged for article in preview.articles):
        buttons.append(KeepButton(key, words("keep")))
    if preview.entries and preview.watched is None:
        name = _NameButton(key, words("name_outlet"))
        buttons.append(WatchButton(key, words("watch")) if preview.outlet else name)
    if buttons or preview.watched is not None:
        buttons.append(DiscardButton(key, words("discard")))
    return preview_view(preview, words, buttons)


class _DecisionButton(Action, KeyButton, template=r"desk:decision"):
    """A button that decides on a preview, or proposes it if a second moderator has to agree."""

    style = discord.ButtonStyle.primary

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Decide or propose, once; after an error it can be done again."""
        preview = moderation.claim_preview(self.key)
        if preview is None:
            return notice_view(words_of(interaction)("moderating_too_old"))
        try:
            return notice_view(await self._decide_or_propose(preview, moderation, interaction))
        except Exception:
            moderation.previews.keep(self.key, preview)
            raise

    async def _decide_or_propose(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Carry out or propose the decision, and return the sentence about it."""
        community, by = moderation.community, moderator(interaction)
        if (await community.desk_rules()).second_moderator:
            member = await community.hashed(interaction.user.id)
            number = await moderation.reviewer.propose(preview, member, by.place)
            interaction.client.dispatch("suggestion", number)
            return words_of(interaction)("proposed", number=number)
        return await self.decide(preview, moderation, interaction)

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Carry out the decision, and return the sentence about it."""
        raise NotImplementedError


class KeepButton(_DecisionButton, template=r"desk:keep:(?P<key>[0-9a-f]{12})"):
    """A button that adds the previewed articles to the archive."""

    kind = "keep"

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Add the articles, and count the new and changed ones.

        Raises:
            NothingToDoError: others kept all of them since the preview was shown.
        """
        saved = await moderation.curator.keep(preview, moderator(interaction))
        decisions = [item.decision for item in saved if item.decision is not Decision.SAME]
        if not decisions:
            raise NothingToDoError
        new_count = decisions.count(Decision.NEW)
        words = words_of(interaction)
        text = words("kept_new", new=new_count, changed=len(decisions) - new_count)
        return text if moderation.at_home(interaction) else f"{text} {words('kept_here')}"


class WatchButton(_DecisionButton, template=r"desk:watch:(?P<key>[0-9a-f]{12})"):
    """A button that starts watching the previewed feed or sitemap."""

    kind = "watch"

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Start watching the source."""
        assert preview.outlet is not None
        source = await moderation.curator.watch(preview, preview.outlet, moderator(interaction))
        return words_of(interaction)("watching", number=source.id)


class _NameButton(Moderated, KeyButton, template=r"desk:name:(?P<key>[0-9a-f]{12})"):
    """A button that asks for the outlet of a feed, so that the feed can be watched."""

    kind = "name"
    style = discord.ButtonStyle.primary

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form; after it the preview has the button for watching."""
        words, preview = words_of(interaction), moderation.previews.get(self.key)
        if preview is None:
            await interaction.response.edit_message(view=notice_view(words("moderating_too_old")))
            return

        async def show_named(submission: Interaction, outlet: str) -> None:
            view = _preview_with_buttons(
                replace(preview, outlet=outlet), moderation, words_of(submission)
            )
            await submission.response.edit_message(view=view)

        form = OutletForm(interaction, preview.name, show_named)
        await interaction.response.send_modal(form)


class DiscardButton(Action, KeyButton, template=r"desk:discard:(?P<key>[0-9a-f]{12})"):
    """A button that drops a preview."""

    kind = "discard"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Drop the preview."""
        moderation.claim_preview(self.key)
        return notice_view(words_of(interaction)("discarded"))


class UndoButton(Action, KeyButton, template=r"desk:undo:(?P<key>[0-9]{1,12})"):
    """A button that undoes an action."""

    kind = "undo"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Undo the action once; settings have their own button."""
        return done_view(await undo_sentence(int(self.key), interaction, moderation), [])


async def undo_sentence(number: int, interaction: Interaction, moderation: Moderation) -> str:
    """Undo an action that is no setting, and return the sentence about it."""
    words, catalogue = words_of(interaction), moderation.catalogue
    entry = await catalogue.entry(number)
    is_setting = entry is not None and entry.kind is AuditAction.SET
    undone = None if is_setting else await moderation.curator.undo(number, moderator(interaction))
    if undone is None:
        return words("moderating_done_before")
    name = undone.detail or ""
    if undone.article_id is not None:
        server = server_in(interaction)
        name = (await catalogue.article(undone.article_id, server)).header.title
    return words("undone", title=title(name, 200))


DECISION_BUTTONS = (KeepButton, WatchButton, _NameButton, DiscardButton, UndoButton)


async def preview(
    interaction: Interaction, moderation: Moderation, reading: Awaitable[Preview]
) -> None:
    """Show the preview from *reading*, or the sentence of its error."""

    async def work() -> ui.LayoutView:
        compared = await moderation.curator.compared(await reading, moderator(interaction))
        return _preview_with_buttons(compared, moderation, words_of(interaction))

    await show_result(interaction, work)


class _AddingForm(Form):
    """A form for moderators alone."""

    def __init__(self, title: str, moderation: Moderation, interaction: Interaction) -> None:
        super().__init__(interaction, title)
        self.moderation = moderation

    async def on_submit(self, interaction: Interaction) -> None:
        """Check the user again, then show a preview."""
        if await self.moderation.admits(interaction):
            await interaction.response.defer(thinking=True, ephemeral=True)
            await preview(interaction, self.moderation, self.reading())

    def reading(self) -> Awaitable[Preview]:
        """Read the input of the form."""
        raise NotImplementedError


class Paste(_AddingForm):
    """A form for copied text."""

    def __init__(self, moderation: Moderation, interaction: Interaction) -> None:
        super().__init__("paste_title", moderation, interaction)
        headline = text_input("headline", 300, required=False)
        self.headline = self.field("paste_headline", headline)
        self.outlet = self.field("paste_outlet", text_input("outlet", 100, required=False))
        self.url = self.field("paste_url", text_input("url", 500, required=False))
        self.body = self.field("paste_text", text_input("text", 4000, lines=True))
        self.body.min_length = 40

    def reading(self) -> Awaitable[Preview]:
        """Read the text as a pasted article."""
        hints = Hints(
            outlet=self.outlet.value or None,
            url=self.url.value or None,
            title=self.headline.value or None,
        )
        return self.moderation.previewer.data(self.body.value.encode(), "paste.txt", hints)


class Address(_AddingForm):
    """A form for the address of a page, a feed or a sitemap."""

    def __init__(self, moderation: Moderation, interaction: Interaction) -> None:
        super().__init__("add_title", moderation, interaction)
        self.url = self.field("suggest_address", text_input("url", 500))
        self.outlet = self.field("paste_outlet", text_input("outlet", 100, required=False))

    def reading(self) -> Awaitable[Preview]:
        """Fetch the address."""
        return self.moderation.previewer.address(self.url.value, self.outlet.value or None)


class AddButton(Moderated, KeyButton, template=r"desk:add:(?P<key>[0-9]{1,12})"):
    """A button that opens the form for an address."""

    kind = "add"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""
        await interaction.response.send_modal(Address(moderation, interaction))


class PasteButton(Moderated, KeyButton, template=r"desk:paste:(?P<key>0)"):
    """A button that opens the form for copied text."""

    kind = "paste"

    async def run(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form."""
        await interaction.response.send_modal(Paste(moderation, interaction))
