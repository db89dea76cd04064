"""The buttons below previews, results and the audit log; each checks its user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import discord
from discord import ui

from bot.community.curating import can_be_undone
from bot.discord_ui.buttons import Form
from bot.discord_ui.moderators.moderation import (
    Action,
    Moderation,
    ModeratorButton,
    moderation_of,
    moderator,
    server_in,
)
from bot.discord_ui.moderators.settings import UnsetButton
from bot.discord_ui.moderators.views import audit_line, done_view, preview_view
from bot.discord_ui.rendering import item_list, notice_view
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape, title
from bot.ledger.model import AuditAction, AuditEntry
from bot.wording import Wording
from ingest.adding import Preview
from ingest.model import Decision


def preview_with_buttons(preview: Preview, moderation: Moderation, words: Wording) -> ui.LayoutView:
    """Show a preview with the buttons for deciding on it."""
    key = moderation.store_preview(preview)
    buttons: list[ui.Item[Any]] = []
    if preview.articles:
        buttons.append(KeepButton(key, words("keep")))
    if preview.entries and preview.watched is None:
        name = _NameButton(key, words("name_outlet"))
        buttons.append(WatchButton(key, words("watch")) if preview.outlet else name)
    return preview_view(preview, words, [*buttons, DiscardButton(key, words("discard"))])


def audit_view(
    entries: Sequence[tuple[AuditEntry, str]], server: str, words: Wording
) -> ui.LayoutView:
    """List audit entries, newest first; people who acted in another server are not named."""
    if not entries:
        return notice_view(words("no_deeds"))
    items = [
        (audit_line(entry, name, server, words), _undo_buttons(entry, server, words))
        for entry, name in entries
    ]
    return item_list(f"**{escape(words('deeds_heading'))}**", items)


def _undo_buttons(entry: AuditEntry, server: str, words: Wording) -> list[ui.Item[Any]]:
    """Return the undo button of an audit entry; none if it is undone, foreign or final."""
    if entry.place != server or not can_be_undone(entry):
        return []
    button = UnsetButton if entry.kind is AuditAction.SET else UndoButton
    return [button(str(entry.id), words("undo"))]


class _DecisionButton(Action, template=r"desk:decision"):
    """A button that decides on a preview, or proposes it if a second moderator has to agree."""

    style = discord.ButtonStyle.primary

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Decide, or propose."""
        words, community = words_of(interaction), moderation.desk.community
        preview = moderation.previews.get(self.key)
        if preview is None:
            return notice_view(words("moderating_too_old"))
        by = moderator(interaction)
        if (await community.desk_rules()).second_moderator:
            member = await community.hashed(interaction.user.id)
            number = await moderation.desk.reviewer.propose(preview, member, by.place)
            interaction.client.dispatch("suggestion", number)
            text = words("proposed", number=number)
        else:
            text = await self.decide(preview, moderation, interaction)
        moderation.previews.pop(self.key, None)
        return notice_view(text)

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Carry out the decision, and return the sentence about it."""
        raise NotImplementedError


class KeepButton(_DecisionButton, template=r"desk:keep:(?P<key>[0-9a-f]{12})"):
    """A button that adds the preview_with_buttons articles to the archive."""

    kind = "keep"

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Add the articles, and count the new, changed and unchanged ones."""
        saved = await moderation.desk.curator.keep(preview, moderator(interaction))
        decisions = [article.decision for article in saved]
        new_count, same_count = decisions.count(Decision.NEW), decisions.count(Decision.SAME)
        changed_count = len(decisions) - new_count - same_count
        words = words_of(interaction)
        text = words("kept_new", new=new_count, changed=changed_count, same=same_count)
        is_local = len(decisions) > same_count and not moderation.at_home(interaction)
        return f"{text} {words('kept_here')}" if is_local else text


class WatchButton(_DecisionButton, template=r"desk:watch:(?P<key>[0-9a-f]{12})"):
    """A button that starts watching the preview_with_buttons feed or sitemap."""

    kind = "watch"

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Start watching the source."""
        assert preview.outlet is not None
        source = await moderation.desk.curator.watch(
            preview, preview.outlet, moderator(interaction)
        )
        return words_of(interaction)("watching", number=source.id)


class OutletForm(Form):
    """A form for the name of an outlet whose feed or sitemap is to be watched."""

    def __init__(self, address: str, name: Callable[[Interaction, str], Awaitable[None]]) -> None:
        """Suggest the host of *address* as the name; *name* receives the input."""
        super().__init__(title=Wording.default()("name_outlet"))
        self._name = name
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        self.outlet: ui.TextInput[Any] = ui.TextInput(
            custom_id="outlet", max_length=100, default=host or None
        )

    async def ask(self, interaction: Interaction) -> None:
        """Open the form in the language of the user."""
        self.title = words_of(interaction)("name_outlet")
        self.field("paste_outlet", self.outlet, interaction)
        await interaction.response.send_modal(self)

    async def on_submit(self, interaction: Interaction) -> None:
        """Pass on the input if the user is still a moderator."""
        if await moderation_of(interaction).admits(interaction):
            await self._name(interaction, self.outlet.value.strip())


class _NameButton(ModeratorButton, template=r"desk:name:(?P<key>[0-9a-f]{12})"):
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
            view = preview_with_buttons(
                replace(preview, outlet=outlet), moderation, words_of(submission)
            )
            await submission.response.edit_message(view=view)

        await OutletForm(preview.name, show_named).ask(interaction)


class DiscardButton(Action, template=r"desk:discard:(?P<key>[0-9a-f]{12})"):
    """A button that drops a preview."""

    kind = "discard"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Drop the preview."""
        moderation.previews.pop(self.key, None)
        return notice_view(words_of(interaction)("discarded"))


class UndoButton(Action, template=r"desk:undo:(?P<key>[0-9]{1,12})"):
    """A button that undoes an action."""

    kind = "undo"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Undo the action once; settings have their own button."""
        return done_view(await undo_sentence(int(self.key), interaction, moderation), [])


async def undo_sentence(number: int, interaction: Interaction, moderation: Moderation) -> str:
    """Undo an action that is no setting, and return the sentence about it."""
    words, desk = words_of(interaction), moderation.desk
    entry = await desk.catalogue.entry(number)
    is_setting = entry is not None and entry.kind is AuditAction.SET
    undone = None if is_setting else await desk.curator.undo(number, moderator(interaction))
    if undone is None:
        return words("moderating_done_before")
    name = undone.detail or ""
    if undone.article_id is not None:
        server = server_in(interaction)
        name = (await desk.catalogue.article(undone.article_id, server)).header.title
    return words("undone", title=title(name, 200))


DECISION_BUTTONS = (KeepButton, WatchButton, _NameButton, DiscardButton, UndoButton)
