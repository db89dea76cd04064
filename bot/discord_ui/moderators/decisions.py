"""The buttons under previews, deeds and logs; each checks who presses it."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.curating import Preview
from bot.discord_ui.moderators.actions import Action
from bot.discord_ui.moderators.moderation import Moderation, moderator
from bot.discord_ui.moderators.views import LISTED, deeds_view, done_view, preview_view
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import title
from bot.wording import Wording
from ingest.model import Decision


def previewed(preview: Preview, moderation: Moderation, words: Wording) -> ui.LayoutView:
    """Show a preview with the buttons that decide."""
    key = moderation.hold(preview)
    buttons: list[ui.Item[Any]] = []
    if preview.candidates:
        buttons.append(KeepButton(key, words("keep")))
    if preview.entries and preview.outlet:
        buttons.append(WatchButton(key, words("watch")))
    return preview_view(preview, words, [*buttons, DiscardButton(key, words("discard"))])


async def deeds(moderation: Moderation, words: Wording, before: int | None) -> ui.LayoutView:
    """Show one page of who did what."""
    found = await moderation.curator.deeds(before=before, limit=LISTED)
    full = len(found) == LISTED
    buttons: list[ui.Item[Any]] = []
    if full:
        buttons.append(OlderButton(str(found[-1][0].id), words("older")))
    return deeds_view(found, words, buttons)


class KeepButton(Action, template=r"desk:keep:(?P<key>[0-9a-f]{12})"):
    """Keeps what was previewed."""

    kind = "keep"
    style = discord.ButtonStyle.primary

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Keep it."""
        words = words_of(interaction)
        preview = moderation.previews.pop(self.key, None)
        if preview is None:
            return notice_view(words("moderating_too_old"))
        kept = [
            each.decision for each in await moderation.curator.keep(preview, moderator(interaction))
        ]
        new, same = kept.count(Decision.NEW), kept.count(Decision.SAME)
        changed = len(kept) - new - same
        return notice_view(words("kept_new", new=new, changed=changed, same=same))


class WatchButton(Action, template=r"desk:watch:(?P<key>[0-9a-f]{12})"):
    """Watches what was previewed."""

    kind = "watch"
    style = discord.ButtonStyle.primary

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Watch it."""
        words = words_of(interaction)
        preview = moderation.previews.pop(self.key, None)
        if preview is None or preview.outlet is None:
            return notice_view(words("moderating_too_old"))
        by = moderator(interaction)
        source = await moderation.curator.watch(preview, preview.outlet, by)
        return notice_view(words("watching", number=source.id))


class DiscardButton(Action, template=r"desk:discard:(?P<key>[0-9a-f]{12})"):
    """Lets a preview go."""

    kind = "discard"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Forget it."""
        moderation.previews.pop(self.key, None)
        return notice_view(words_of(interaction)("discarded"))


class UndoButton(Action, template=r"desk:undo:(?P<key>[0-9]{1,12})"):
    """Takes a deed back."""

    kind = "undo"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Take it back, once."""
        words = words_of(interaction)
        deed = await moderation.curator.undo(int(self.key), moderator(interaction))
        if deed is None or deed.article_id is None:
            return notice_view(words("moderating_done_before"))
        article = await moderation.curator.article(deed.article_id)
        return done_view(words("undone", title=title(article.header.title, 200)), [])


class OlderButton(Action, template=r"desk:older:(?P<key>[0-9]{1,12})"):
    """Turns to the page before."""

    kind = "older"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show older deeds."""
        return await deeds(moderation, words_of(interaction), int(self.key))


BUTTONS = (KeepButton, WatchButton, DiscardButton, UndoButton, OlderButton)
