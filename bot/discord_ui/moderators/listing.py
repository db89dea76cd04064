"""Paged lists with their buttons: articles, quarantine, sources, notices."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.community.curating import Moderator
from bot.discord_ui.moderators.actions import Action
from bot.discord_ui.moderators.decisions import UndoButton
from bot.discord_ui.moderators.moderation import Moderation, moderator, server_in
from bot.discord_ui.moderators.views import (
    ENTRY_LENGTHS,
    PAGE_SIZE,
    articles_view,
    corrections_view,
    done_view,
    source_block,
)
from bot.discord_ui.rendering import entry, item_list, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, words_of
from bot.discord_ui.text import escape, phrase, title
from bot.wording import Wording, translated_failure

_PER_MESSAGE = 5
"""Items with their own buttons in one message."""


async def articles_page(
    moderation: Moderation, interaction: Interaction, offset: int, search: str
) -> ui.LayoutView:
    """Show one page of the articles that may be cited."""
    words, server = words_of(interaction), server_in(interaction)
    page = await moderation.desk.catalogue.cited(search, server, offset, PAGE_SIZE)
    view = articles_view(page.articles, "articles_heading", "no_articles", words)
    return with_buttons(
        view, _page_buttons(_ListButton, offset, PAGE_SIZE, words, has_more=page.more, tail=search)
    )


async def quarantine_page(
    moderation: Moderation, by: Moderator, words: Wording, offset: int
) -> ui.LayoutView:
    """Show one page of the quarantined articles, with buttons that release them."""
    page = await moderation.desk.catalogue.quarantined(by.place, offset, _PER_MESSAGE)
    if not page.articles and offset == 0:
        return notice_view(words("no_quarantine"))
    items = []
    for article in page.articles:
        problem = translated_failure(article.note or article.held or "", words)
        why = f"\n-# {phrase(title(problem, 200))}" if problem else ""
        text = f"{article.id} · {entry(article.header, words, ENTRY_LENGTHS)}{why}"
        is_own = by.may_change(article.place)
        items.append((text, [_RestoreButton(str(article.id), words("restore"))] if is_own else []))
    view = item_list(f"**{escape(words('quarantine_heading'))}**", items)
    return with_buttons(
        view, _page_buttons(_QuarantineButton, offset, _PER_MESSAGE, words, has_more=page.more)
    )


async def sources_page(
    moderation: Moderation, by: Moderator, words: Wording, offset: int
) -> ui.LayoutView:
    """Show one page of the watched sources, failing ones first, with their buttons."""
    sources = sorted(
        await moderation.desk.catalogue.sources(by.place), key=lambda s: (s.failure is None, s.id)
    )
    if not sources:
        return notice_view(words("no_sources"))
    items = []
    for source in sources[offset : offset + _PER_MESSAGE]:
        key = str(source.id)
        refresh_button = _RefreshButton(key, words("look_again"))
        stop_button = _StopWatchingButton(key, words("stop_watching"))
        buttons = [refresh_button, stop_button] if by.may_change(source.place) else []
        items.append((source_block(source, words), buttons))
    view = item_list(f"**{escape(words('sources_heading'))}**", items)
    has_more = len(sources) > offset + _PER_MESSAGE
    return with_buttons(
        view, _page_buttons(_SourcesPageButton, offset, _PER_MESSAGE, words, has_more=has_more)
    )


async def notices_page(moderation: Moderation, words: Wording, offset: int) -> ui.LayoutView:
    """Show one page of the notices of corrections."""
    notices = await moderation.desk.catalogue.notices(offset, PAGE_SIZE + 1)
    view = corrections_view(notices[:PAGE_SIZE], words)
    has_more = len(notices) > PAGE_SIZE
    return with_buttons(
        view, _page_buttons(_NoticesButton, offset, PAGE_SIZE, words, has_more=has_more)
    )


def _page_buttons(
    button: type[_PageButton],
    offset: int,
    step: int,
    words: Wording,
    *,
    has_more: bool,
    tail: str = "",
) -> list[ui.Item[Any]]:
    """Return the buttons for the previous and the next page, as far as there are any."""
    suffix = f":{tail}" if tail else ""
    buttons: list[ui.Item[Any]] = []
    if offset:
        buttons.append(button(f"{max(0, offset - step)}{suffix}", words("page_before")))
    if has_more:
        buttons.append(button(f"{offset + step}{suffix}", words("page_next")))
    return buttons


class _PageButton(Action, template=r"desk:turn"):
    """A button that shows another page."""


class _ListButton(_PageButton, template=r"desk:list:(?P<key>[0-9]{1,6}(?::.{1,50})?)"):
    """A button for a page of the articles; its custom id has the search text."""

    kind = "list"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        offset, _, search = self.key.partition(":")
        return await articles_page(moderation, interaction, int(offset), search)


class _QuarantineButton(_PageButton, template=r"desk:aside:(?P<key>[0-9]{1,6})"):
    """A button for a page of the quarantined articles."""

    kind = "aside"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        by, words = moderator(interaction), words_of(interaction)
        return await quarantine_page(moderation, by, words, int(self.key))


class _SourcesPageButton(_PageButton, template=r"desk:watched:(?P<key>[0-9]{1,6})"):
    """A button for a page of the watched sources."""

    kind = "watched"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        by, words = moderator(interaction), words_of(interaction)
        return await sources_page(moderation, by, words, int(self.key))


class _NoticesButton(_PageButton, template=r"desk:told:(?P<key>[0-9]{1,6})"):
    """A button for a page of the notices."""

    kind = "told"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show the page."""
        return await notices_page(moderation, words_of(interaction), int(self.key))


class _RestoreButton(Action, template=r"desk:restore:(?P<key>[0-9]{1,12})"):
    """A button that releases a quarantined article for citation."""

    kind = "restore"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Release the article, with a button that undoes this."""
        words, desk = words_of(interaction), moderation.desk
        article = await desk.catalogue.article(int(self.key), server_in(interaction))
        audit_entry = await desk.curator.restore(article.id, moderator(interaction))
        text = words("restored_article", title=title(article.header.title, 200))
        return done_view(text, [UndoButton(str(audit_entry.id), words("undo"))])


class _RefreshButton(Action, template=r"desk:lookagain:(?P<key>[0-9]{1,12})"):
    """A button that fetches a source at once."""

    kind = "lookagain"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Mark the source as due."""
        source = await moderation.desk.curator.look_again(int(self.key), moderator(interaction))
        text = words_of(interaction)("looking_again", address=title(source.address, 200))
        return done_view(text, [])


class _StopWatchingButton(Action, template=r"desk:unwatch:(?P<key>[0-9]{1,12})"):
    """A button that stops watching a source."""

    kind = "unwatch"
    style = discord.ButtonStyle.danger

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Stop watching, with a button that undoes this."""
        words = words_of(interaction)
        audit_entry = await moderation.desk.curator.unwatch(int(self.key), moderator(interaction))
        text = words("unwatched", address=title(audit_entry.detail or "", 200))
        return done_view(text, [UndoButton(str(audit_entry.id), words("undo"))])


LISTING_BUTTONS = (
    _ListButton,
    _QuarantineButton,
    _SourcesPageButton,
    _NoticesButton,
    _RestoreButton,
    _RefreshButton,
    _StopWatchingButton,
)
