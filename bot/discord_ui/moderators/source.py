"""`/source`: moderators look after the coverage; every entrance checks who comes in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeAlias

import discord
from discord import app_commands, ui

from bot.community.curating import Moderator
from bot.discord_ui.moderators.adding import Paste, preview
from bot.discord_ui.moderators.decisions import UndoButton, audit_page
from bot.discord_ui.moderators.listing import (
    articles_page,
    notices_page,
    quarantine_page,
    sources_page,
)
from bot.discord_ui.moderators.moderation import Moderation, moderator, server_in
from bot.discord_ui.moderators.refreshing import look_now
from bot.discord_ui.moderators.suggestions import suggestions_page
from bot.discord_ui.moderators.views import article_view, done_view, evidence_view
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, respond, tell_result, words_of
from bot.discord_ui.text import title
from bot.discord_ui.words import worded
from bot.ledger.model import AuditAction, AuditEntry
from ingest.errors import IngestError
from ingest.model import Article
from ingest.reading import ENDINGS, Hints

_LARGEST = 8 * 2**20
"""Bytes of the largest attachment that is read."""
_TYPES = {"application/pdf", "application/json", "application/x-ndjson", "application/xhtml+xml"}
"""What attachments may be, besides text of any kind and what is named as such."""
_CHOICES = 25
_LONGEST_NUMBER = 12
_Offered: TypeAlias = list[app_commands.Choice[str]]
_Move: TypeAlias = Callable[[int, Moderator], Awaitable[AuditEntry]]


class SourceGroup(app_commands.Group):
    """The commands of `/source`; the tree lets nobody but moderators reach them."""

    NAME = "source"

    def __init__(self, moderation: Moderation) -> None:
        super().__init__(
            name=self.NAME,
            description=worded("command_source"),
            guild_only=True,
            default_permissions=discord.Permissions(manage_messages=True),
        )
        self.moderation = moderation
        self.desk = moderation.desk

    @app_commands.command(name="add", description=worded("command_source_add"))
    @app_commands.describe(
        url=worded("option_url"), file=worded("option_file"), outlet=worded("option_outlet")
    )
    async def add(
        self,
        interaction: Interaction,
        url: str | None = None,
        file: discord.Attachment | None = None,
        outlet: app_commands.Range[str, 1, 100] | None = None,
    ) -> None:
        """Preview an address or a file."""
        words = words_of(interaction)
        if url is None and file is None:
            await respond(interaction, notice_view(words("add_nothing")))
            return
        if file is not None and file.size > _LARGEST:
            said = words("add_too_large", megabytes=_LARGEST // 2**20)
            await respond(interaction, notice_view(said))
            return
        if file is not None and not _is_read(file):
            await respond(interaction, notice_view(words("add_kind", name=file.filename)))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        if url is not None:
            reading = self.desk.previewer.address(url, outlet)
        else:
            assert file is not None
            reading = self.desk.previewer.data(
                await file.read(), file.filename, Hints(outlet=outlet)
            )
        await preview(interaction, self.moderation, reading)

    @app_commands.command(name="paste", description=worded("command_source_paste"))
    async def paste(self, interaction: Interaction) -> None:
        """Open a form for copied text."""
        await interaction.response.send_modal(Paste(self.moderation, interaction))

    @app_commands.command(name="list", description=worded("command_source_list"))
    @app_commands.describe(search=worded("option_search"))
    async def listing(
        self, interaction: Interaction, search: app_commands.Range[str, 0, 50] = ""
    ) -> None:
        """List articles that may be cited."""
        await tell_result(
            interaction,
            lambda: articles_page(self.moderation, interaction, 0, search.strip()),
        )

    @app_commands.command(name="search", description=worded("command_source_search"))
    @app_commands.describe(question=worded("option_question"))
    async def search(
        self, interaction: Interaction, question: app_commands.Range[str, 1, 500]
    ) -> None:
        """Show the evidence for a question, with its scores."""
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            found = await self.desk.catalogue.found(question, server_in(interaction))
            return evidence_view(found, question, words_of(interaction))

        await tell_result(interaction, work)

    @app_commands.command(name="quarantine", description=worded("command_source_quarantine"))
    async def quarantine(self, interaction: Interaction) -> None:
        """Review what was set aside."""
        by, words = moderator(interaction), words_of(interaction)
        await tell_result(interaction, lambda: quarantine_page(self.moderation, by, words, 0))

    @app_commands.command(name="watched", description=worded("command_source_watched"))
    async def watched(self, interaction: Interaction) -> None:
        """Review what is watched, what fails first."""
        by, words = moderator(interaction), words_of(interaction)
        await tell_result(interaction, lambda: sources_page(self.moderation, by, words, 0))

    @app_commands.command(name="corrections", description=worded("command_source_corrections"))
    async def corrections(self, interaction: Interaction) -> None:
        """List what readers were told of corrections."""
        await tell_result(
            interaction, lambda: notices_page(self.moderation, words_of(interaction), 0)
        )

    @app_commands.command(name="suggestions", description=worded("command_source_suggestions"))
    async def suggestions(self, interaction: Interaction) -> None:
        """Review what was proposed."""
        await tell_result(interaction, lambda: suggestions_page(self.moderation, interaction))

    @app_commands.command(name="show", description=worded("command_source_show"))
    @app_commands.describe(article=worded("option_article"))
    async def show(self, interaction: Interaction, article: str) -> None:
        """Show what is kept of an article."""

        async def work() -> ui.LayoutView:
            number, here = _number_of(article), server_in(interaction)
            found = await self.desk.catalogue.article(number, here)
            hidden = await self.desk.catalogue.is_hidden(number, here)
            return article_view(found, words_of(interaction), hidden=hidden)

        await tell_result(interaction, work)

    @app_commands.command(name="hide", description=worded("command_source_hide"))
    @app_commands.describe(article=worded("option_article"))
    async def hide(self, interaction: Interaction, article: str) -> None:
        """Keep an article out of new answers."""
        await self._moved(interaction, article, self.desk.curator.hide, "hidden_article")

    @app_commands.command(name="remove", description=worded("command_source_remove"))
    @app_commands.describe(article=worded("option_article"))
    async def remove(self, interaction: Interaction, article: str) -> None:
        """Take an article out of every answer."""
        await self._moved(interaction, article, self.desk.curator.remove, "removed_article")

    @app_commands.command(name="restore", description=worded("command_source_restore"))
    @app_commands.describe(article=worded("option_article"))
    async def restore(self, interaction: Interaction, article: str) -> None:
        """Let an article be cited again."""
        await self._moved(interaction, article, self.desk.curator.restore, "restored_article")

    @app_commands.command(name="refresh", description=worded("command_source_refresh"))
    @app_commands.describe(source=worded("option_source"))
    async def refresh(self, interaction: Interaction, source: str) -> None:
        """Look at a source now, and show how it goes."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await tell_result(
            interaction, lambda: look_now(interaction, self.moderation, _number_of(source))
        )

    @app_commands.command(name="log", description=worded("command_source_log"))
    async def log(self, interaction: Interaction) -> None:
        """Show who did what."""
        await tell_result(interaction, lambda: audit_page(self.moderation, interaction, None))

    @remove.autocomplete("article")
    @hide.autocomplete("article")
    @show.autocomplete("article")
    async def standing(self, interaction: Interaction, typed: str) -> _Offered:
        """Offer articles that may be cited."""
        return await self._offered(interaction, typed, removed=False)

    @restore.autocomplete("article")
    async def gone(self, interaction: Interaction, typed: str) -> _Offered:
        """Offer articles that may not."""
        return await self._offered(interaction, typed, removed=True)

    @refresh.autocomplete("source")
    async def known(self, interaction: Interaction, typed: str) -> _Offered:
        """Offer what is watched."""
        if await self.moderation.refusal(interaction) is not None:
            return []
        wanted = typed.casefold()
        found = await self.desk.catalogue.sources(server_in(interaction))
        named = [(f"{s.outlet}: {s.address}", s.id) for s in found]
        return _offered((name, key) for name, key in named if wanted in name.casefold())

    async def _offered(self, interaction: Interaction, typed: str, *, removed: bool) -> _Offered:
        if await self.moderation.refusal(interaction) is not None:
            return []
        here = server_in(interaction)
        found = await self.desk.catalogue.titled(typed, here, removed=removed)
        return _offered((_named(each), each.id) for each in found)

    async def _moved(self, interaction: Interaction, text: str, move: _Move, said: str) -> None:
        words = words_of(interaction)

        async def work() -> ui.LayoutView:
            here = server_in(interaction)
            article = await self.desk.catalogue.article(_number_of(text), here)
            logged = await move(article.id, moderator(interaction))
            alone = logged.kind is AuditAction.HIDDEN and bool(logged.before)
            done = words("hidden_here" if alone else said, title=title(article.header.title, 200))
            return done_view(done, [UndoButton(str(logged.id), words("undo"))])

        await tell_result(interaction, work)


def _offered(found: Iterable[tuple[str, int]]) -> _Offered:
    """Offer names, each within Discord's 100 characters, for numbers."""
    choices = [app_commands.Choice(name=title(name, 99), value=str(key)) for name, key in found]
    return choices[:_CHOICES]


def _named(article: Article) -> str:
    """Name an article in a list of choices."""
    return f"{article.header.outlet}: {article.header.title}"


def _number_of(text: str) -> int:
    """Return the number that was chosen, or typed.

    Raises:
        NoSuchArticleError: it is no number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise _NoSuchArticleError(title(text, 80))
    return int(text)


class _NoSuchArticleError(IngestError):
    """What was typed names no article and no source."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} is none of those that are offered. Choose one of them.")


def _is_read(file: discord.Attachment) -> bool:
    """Tell whether a file is of a kind that can be read, before it is fetched."""
    kind = (file.content_type or "text/plain").partition(";")[0].strip()
    ending = Path(file.filename).suffix.lower()
    return kind.startswith("text/") or kind in _TYPES or ending in ENDINGS
