"""The buttons under previews, acts and logs; each checks who presses it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import discord
from discord import ui

from bot.community.curating import can_be_undone
from bot.community.previewing import Preview
from bot.discord_ui.buttons import Form
from bot.discord_ui.moderators.actions import Action, Entrance
from bot.discord_ui.moderators.moderation import (
    Moderation,
    moderation_of,
    moderator,
    server_in,
)
from bot.discord_ui.moderators.settings import UnsetButton
from bot.discord_ui.moderators.views import deed_line, done_view, preview_view
from bot.discord_ui.rendering import itemised, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape, title
from bot.ledger.model import AuditAction, AuditEntry
from bot.wording import Wording
from ingest.model import Decision

_DEEDS = 7
"""Deeds in one message, within Discord's 40 components."""


def previewed(preview: Preview, moderation: Moderation, words: Wording) -> ui.LayoutView:
    """Show a preview with the buttons that decide."""
    key = moderation.hold(preview)
    buttons: list[ui.Item[Any]] = []
    if preview.articles:
        buttons.append(KeepButton(key, words("keep")))
    if preview.entries and preview.watched is None:
        name = _NameButton(key, words("name_outlet"))
        buttons.append(WatchButton(key, words("watch")) if preview.outlet else name)
    return preview_view(preview, words, [*buttons, DiscardButton(key, words("discard"))])


async def audit_page(
    moderation: Moderation, interaction: Interaction, before: int | None
) -> ui.LayoutView:
    """Show one page of who did what, each with the way back if there is one."""
    here, home = server_in(interaction), str(moderation.home or "")
    found = await moderation.desk.catalogue.audit(here, home, before=before, limit=_DEEDS)
    return deeds_view(found, here, words_of(interaction))


def deeds_view(found: Sequence[tuple[AuditEntry, str]], here: str, words: Wording) -> ui.LayoutView:
    """Show who did what, newest first; who did it elsewhere is not named in the server *here*."""
    if not found:
        return notice_view(words("no_deeds"))
    items = [
        (deed_line(logged, named, here, words), _way_back(logged, here, words))
        for logged, named in found
    ]
    view = itemised(f"**{escape(words('deeds_heading'))}**", items)
    older = [_OlderButton(str(found[-1][0].id), words("older"))] if len(found) == _DEEDS else []
    return with_buttons(view, older)


def _way_back(logged: AuditEntry, here: str, words: Wording) -> list[ui.Item[Any]]:
    """Return the button that takes an act back, unless it was taken back or cannot be."""
    if logged.place != here or not can_be_undone(logged):
        return []
    button = UnsetButton if logged.kind is AuditAction.SET else UndoButton
    return [button(str(logged.id), words("undo"))]


class _Deciding(Action, template=r"desk:decision"):
    """Decides on a preview; where a second moderator has to agree, it only proposes."""

    style = discord.ButtonStyle.primary

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Decide, or propose."""
        words, community = words_of(interaction), moderation.desk.community
        preview = moderation.previews.get(self.key)
        if preview is None:
            return notice_view(words("moderating_too_old"))
        by = moderator(interaction)
        if (await community.desk_rules()).second_moderator:
            mine = await community.hashed(interaction.user.id)
            number = await moderation.desk.reviewer.propose(preview, mine, by.place)
            interaction.client.dispatch("suggestion", number)
            said = words("proposed", number=number)
        else:
            said = await self.decide(preview, moderation, interaction)
        moderation.previews.pop(self.key, None)
        return notice_view(said)

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Do it, and return the words that say so."""
        raise NotImplementedError


class KeepButton(_Deciding, template=r"desk:keep:(?P<key>[0-9a-f]{12})"):
    """Keeps what was previewed."""

    kind = "keep"

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Keep it."""
        saved = await moderation.desk.curator.keep(preview, moderator(interaction))
        kept = [each.decision for each in saved]
        new, same = kept.count(Decision.NEW), kept.count(Decision.SAME)
        changed = len(kept) - new - same
        words = words_of(interaction)
        said = words("kept_new", new=new, changed=changed, same=same)
        alone = len(kept) > same and not moderation.at_home(interaction)
        return f"{said} {words('kept_here')}" if alone else said


class WatchButton(_Deciding, template=r"desk:watch:(?P<key>[0-9a-f]{12})"):
    """Watches what was previewed."""

    kind = "watch"

    async def decide(
        self, preview: Preview, moderation: Moderation, interaction: Interaction
    ) -> str:
        """Watch it."""
        assert preview.outlet is not None
        source = await moderation.desk.curator.watch(
            preview, preview.outlet, moderator(interaction)
        )
        return words_of(interaction)("watching", number=source.id)


class OutletForm(Form):
    """The name of the outlet whose feed or sitemap is to be watched."""

    def __init__(self, address: str, name: Callable[[Interaction, str], Awaitable[None]]) -> None:
        """Ask for it, with the site's as a beginning; *name* is told what was written."""
        super().__init__(title=Wording.default()("name_outlet"))
        self._name = name
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        self.outlet: ui.TextInput[Any] = ui.TextInput(
            custom_id="outlet", max_length=100, default=host or None
        )

    async def ask(self, interaction: Interaction) -> None:
        """Open the form in the language of whoever pressed."""
        self.title = words_of(interaction)("name_outlet")
        self.field("paste_outlet", self.outlet, interaction)
        await interaction.response.send_modal(self)

    async def on_submit(self, interaction: Interaction) -> None:
        """Tell what was written, if whoever sent it still may."""
        if await moderation_of(interaction).admits(interaction):
            await self._name(interaction, self.outlet.value.strip())


class _NameButton(Entrance, template=r"desk:name:(?P<key>[0-9a-f]{12})"):
    """Names the outlet of a feed, so that it can be watched."""

    kind = "name"
    style = discord.ButtonStyle.primary

    async def entered(self, interaction: Interaction, moderation: Moderation) -> None:
        """Open the form; the preview then has the button that watches."""
        words, preview = words_of(interaction), moderation.previews.get(self.key)
        if preview is None:
            await interaction.response.edit_message(view=notice_view(words("moderating_too_old")))
            return

        async def named(sent: Interaction, outlet: str) -> None:
            view = previewed(replace(preview, outlet=outlet), moderation, words_of(sent))
            await sent.response.edit_message(view=view)

        await OutletForm(preview.name, named).ask(interaction)


class DiscardButton(Action, template=r"desk:discard:(?P<key>[0-9a-f]{12})"):
    """Lets a preview go."""

    kind = "discard"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Forget it."""
        moderation.previews.pop(self.key, None)
        return notice_view(words_of(interaction)("discarded"))


class UndoButton(Action, template=r"desk:undo:(?P<key>[0-9]{1,12})"):
    """Takes an act back."""

    kind = "undo"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Take it back, once; what was set has a button of its own."""
        words, desk = words_of(interaction), moderation.desk
        known = await desk.catalogue.entry(int(self.key))
        setting = known is not None and known.kind is AuditAction.SET
        logged = None if setting else await desk.curator.undo(int(self.key), moderator(interaction))
        if logged is None:
            return notice_view(words("moderating_done_before"))
        named = logged.detail or ""
        if logged.article_id is not None:
            here = server_in(interaction)
            named = (await desk.catalogue.article(logged.article_id, here)).header.title
        return done_view(words("undone", title=title(named, 200)), [])


class _OlderButton(Action, template=r"desk:older:(?P<key>[0-9]{1,12})"):
    """Turns to the page before."""

    kind = "older"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show older acts."""
        return await audit_page(moderation, interaction, int(self.key))


DECISION_BUTTONS = (KeepButton, WatchButton, _NameButton, DiscardButton, UndoButton, _OlderButton)
