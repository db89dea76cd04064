"""Lists with their pages and their buttons: articles, quarantine, sources, notices."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.community.curating import Moderator
from bot.discord_ui.moderators.actions import Action
from bot.discord_ui.moderators.decisions import UndoButton
from bot.discord_ui.moderators.moderation import Moderation, moderator, server_in
from bot.discord_ui.moderators.views import (
    LISTED,
    ROOM,
    articles_view,
    done_view,
    given_view,
    source_block,
)
from bot.discord_ui.rendering import entry, itemised, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape, phrase, title
from bot.failures import translated_failure
from bot.wording import Wording

_REVIEWED = 5
"""Things in one message that have buttons of their own."""


async def articles_page(
    moderation: Moderation, interaction: Interaction, offset: int, search: str
) -> ui.LayoutView:
    """Show one page of the articles that may be cited."""
    words, here = words_of(interaction), server_in(interaction)
    page = await moderation.desk.catalogue.cited(search, here, offset, LISTED)
    view = articles_view(page.articles, "articles_heading", "no_articles", words)
    return with_buttons(
        view, _turns(_ListButton, offset, LISTED, words, more=page.more, tail=search)
    )


async def quarantine_page(
    moderation: Moderation, by: Moderator, words: Wording, offset: int
) -> ui.LayoutView:
    """Show what was set aside, each with a button that lets it be cited."""
    page = await moderation.desk.catalogue.quarantined(by.place, offset, _REVIEWED)
    if not page.articles and offset == 0:
        return notice_view(words("no_quarantine"))
    items = []
    for each in page.articles:
        told = translated_failure(each.note or each.held or "", words)
        why = f"\n-# {phrase(title(told, 200))}" if told else ""
        text = f"{each.id} · {entry(each.header, words, ROOM)}{why}"
        mine = by.may_change(each.place)
        items.append((text, [_RestoreButton(str(each.id), words("restore"))] if mine else []))
    view = itemised(f"**{escape(words('quarantine_heading'))}**", items)
    return with_buttons(view, _turns(_SetAsideButton, offset, _REVIEWED, words, more=page.more))


async def sources_page(
    moderation: Moderation, by: Moderator, words: Wording, offset: int
) -> ui.LayoutView:
    """Show what is watched, what fails first, each with what can be done about it."""
    every = sorted(
        await moderation.desk.catalogue.sources(by.place), key=lambda s: (s.failure is None, s.id)
    )
    if not every:
        return notice_view(words("no_sources"))
    items = []
    for each in every[offset : offset + _REVIEWED]:
        key = str(each.id)
        look = _LookAgainButton(key, words("look_again"))
        stop = _StopWatchingButton(key, words("stop_watching"))
        buttons = [look, stop] if by.may_change(each.place) else []
        items.append((source_block(each, words), buttons))
    view = itemised(f"**{escape(words('sources_heading'))}**", items)
    more = len(every) > offset + _REVIEWED
    return with_buttons(view, _turns(_WatchedButton, offset, _REVIEWED, words, more=more))


async def notices_page(moderation: Moderation, words: Wording, offset: int) -> ui.LayoutView:
    """Show what readers were told of corrections."""
    found = await moderation.desk.catalogue.notices(offset, LISTED + 1)
    view = given_view(found[:LISTED], words)
    more = len(found) > LISTED
    return with_buttons(view, _turns(_ToldButton, offset, LISTED, words, more=more))


def _turns(
    button: type[_Turn], offset: int, step: int, words: Wording, *, more: bool, tail: str = ""
) -> list[ui.Item[Any]]:
    """Return the buttons to the pages before and behind, as far as there are any."""
    behind = f":{tail}" if tail else ""
    buttons: list[ui.Item[Any]] = []
    if offset:
        buttons.append(button(f"{max(0, offset - step)}{behind}", words("page_before")))
    if more:
        buttons.append(button(f"{offset + step}{behind}", words("page_next")))
    return buttons


class _Turn(Action, template=r"desk:turn"):
    """Turns to a page."""


class _ListButton(_Turn, template=r"desk:list:(?P<key>[0-9]{1,6}(?::.{1,50})?)"):
    """Turns the list of articles; what was searched for stands in its name."""

    kind = "list"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show that page."""
        offset, _, search = self.key.partition(":")
        return await articles_page(moderation, interaction, int(offset), search)


class _SetAsideButton(_Turn, template=r"desk:aside:(?P<key>[0-9]{1,6})"):
    """Turns the list of what was set aside."""

    kind = "aside"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show that page."""
        by, words = moderator(interaction), words_of(interaction)
        return await quarantine_page(moderation, by, words, int(self.key))


class _WatchedButton(_Turn, template=r"desk:watched:(?P<key>[0-9]{1,6})"):
    """Turns the list of what is watched."""

    kind = "watched"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show that page."""
        by, words = moderator(interaction), words_of(interaction)
        return await sources_page(moderation, by, words, int(self.key))


class _ToldButton(_Turn, template=r"desk:told:(?P<key>[0-9]{1,6})"):
    """Turns the list of notices."""

    kind = "told"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show that page."""
        return await notices_page(moderation, words_of(interaction), int(self.key))


class _RestoreButton(Action, template=r"desk:restore:(?P<key>[0-9]{1,12})"):
    """Lets an article be cited that was set aside."""

    kind = "restore"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Restore it, and offer the way back."""
        words, desk = words_of(interaction), moderation.desk
        article = await desk.catalogue.article(int(self.key), server_in(interaction))
        logged = await desk.curator.restore(article.id, moderator(interaction))
        said = words("restored_article", title=title(article.header.title, 200))
        return done_view(said, [UndoButton(str(logged.id), words("undo"))])


class _LookAgainButton(Action, template=r"desk:lookagain:(?P<key>[0-9]{1,12})"):
    """Looks at a source without waiting for its turn."""

    kind = "lookagain"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Let it be looked at."""
        source = await moderation.desk.curator.look_again(int(self.key), moderator(interaction))
        said = words_of(interaction)("looking_again", address=title(source.address, 200))
        return done_view(said, [])


class _StopWatchingButton(Action, template=r"desk:unwatch:(?P<key>[0-9]{1,12})"):
    """Looks at a source no more."""

    kind = "unwatch"
    style = discord.ButtonStyle.danger

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Stop, and offer the way back."""
        words = words_of(interaction)
        logged = await moderation.desk.curator.unwatch(int(self.key), moderator(interaction))
        said = words("unwatched", address=title(logged.detail or "", 200))
        return done_view(said, [UndoButton(str(logged.id), words("undo"))])


LISTING_BUTTONS = (
    _ListButton,
    _SetAsideButton,
    _WatchedButton,
    _ToldButton,
    _RestoreButton,
    _LookAgainButton,
    _StopWatchingButton,
)
