"""The command `/source`: moderators manage the coverage; each command checks its user."""

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
from bot.discord_ui.moderators.refreshing import refresh_now
from bot.discord_ui.moderators.suggestions import suggestions_page
from bot.discord_ui.moderators.views import article_view, done_view, evidence_view
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, respond, show_result, words_of
from bot.discord_ui.text import title
from bot.discord_ui.words import worded
from bot.ledger.model import AuditAction, AuditEntry
from ingest.errors import IngestError
from ingest.model import Article
from ingest.reading import ENDINGS, Hints

_ATTACHMENT_BYTES = 8 * 2**20
"""Bytes of the largest attachment that is read."""
_TYPES = {"application/pdf", "application/json", "application/x-ndjson", "application/xhtml+xml"}
"""Types of attachments besides text; the ending of the name counts as well."""
_CHOICE_COUNT = 25
_NUMBER_LENGTH = 12
_Choices: TypeAlias = list[app_commands.Choice[str]]
_Move: TypeAlias = Callable[[int, Moderator], Awaitable[AuditEntry]]


class SourceGroup(app_commands.Group):
    """The commands of `/source`; the tree guards them."""

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
        if file is not None and file.size > _ATTACHMENT_BYTES:
            text = words("add_too_large", megabytes=_ATTACHMENT_BYTES // 2**20)
            await respond(interaction, notice_view(text))
            return
        if file is not None and not _is_readable(file):
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
        await show_result(
            interaction,
            lambda: articles_page(self.moderation, interaction, 0, search.strip()),
        )

    @app_commands.command(name="search", description=worded("command_source_search"))
    @app_commands.describe(question=worded("option_question"))
    async def search(
        self, interaction: Interaction, question: app_commands.Range[str, 1, 500]
    ) -> None:
        """Show the evidence for a question with its scores."""
        await interaction.response.defer(thinking=True, ephemeral=True)

        async def work() -> ui.LayoutView:
            evidence = await self.desk.catalogue.found(question, server_in(interaction))
            return evidence_view(evidence, question, words_of(interaction))

        await show_result(interaction, work)

    @app_commands.command(name="quarantine", description=worded("command_source_quarantine"))
    async def quarantine(self, interaction: Interaction) -> None:
        """List quarantined articles."""
        by, words = moderator(interaction), words_of(interaction)
        await show_result(interaction, lambda: quarantine_page(self.moderation, by, words, 0))

    @app_commands.command(name="watched", description=worded("command_source_watched"))
    async def watched(self, interaction: Interaction) -> None:
        """List watched sources, failing ones first."""
        by, words = moderator(interaction), words_of(interaction)
        await show_result(interaction, lambda: sources_page(self.moderation, by, words, 0))

    @app_commands.command(name="corrections", description=worded("command_source_corrections"))
    async def corrections(self, interaction: Interaction) -> None:
        """List notices of corrections."""
        await show_result(
            interaction, lambda: notices_page(self.moderation, words_of(interaction), 0)
        )

    @app_commands.command(name="suggestions", description=worded("command_source_suggestions"))
    async def suggestions(self, interaction: Interaction) -> None:
        """List open suggestions."""
        await show_result(interaction, lambda: suggestions_page(self.moderation, interaction))

    @app_commands.command(name="show", description=worded("command_source_show"))
    @app_commands.describe(article=worded("option_article"))
    async def show(self, interaction: Interaction, article: str) -> None:
        """Show the archived data of an article."""

        async def work() -> ui.LayoutView:
            number, server = _number_of(article), server_in(interaction)
            archived = await self.desk.catalogue.article(number, server)
            hidden = await self.desk.catalogue.is_hidden(number, server)
            return article_view(archived, words_of(interaction), hidden=hidden)

        await show_result(interaction, work)

    @app_commands.command(name="hide", description=worded("command_source_hide"))
    @app_commands.describe(article=worded("option_article"))
    async def hide(self, interaction: Interaction, article: str) -> None:
        """Exclude an article from new answers."""
        await self._act_on(interaction, article, self.desk.curator.hide, "hidden_article")

    @app_commands.command(name="remove", description=worded("command_source_remove"))
    @app_commands.describe(article=worded("option_article"))
    async def remove(self, interaction: Interaction, article: str) -> None:
        """Remove an article from all answers."""
        await self._act_on(interaction, article, self.desk.curator.remove, "removed_article")

    @app_commands.command(name="restore", description=worded("command_source_restore"))
    @app_commands.describe(article=worded("option_article"))
    async def restore(self, interaction: Interaction, article: str) -> None:
        """Allow an article to be cited again."""
        await self._act_on(interaction, article, self.desk.curator.restore, "restored_article")

    @app_commands.command(name="refresh", description=worded("command_source_refresh"))
    @app_commands.describe(source=worded("option_source"))
    async def refresh(self, interaction: Interaction, source: str) -> None:
        """Fetch a source now, and show the progress."""
        await interaction.response.defer(thinking=True, ephemeral=True)
        await show_result(
            interaction, lambda: refresh_now(interaction, self.moderation, _number_of(source))
        )

    @app_commands.command(name="log", description=worded("command_source_log"))
    async def log(self, interaction: Interaction) -> None:
        """Show the audit log."""
        await show_result(interaction, lambda: audit_page(self.moderation, interaction, None))

    @remove.autocomplete("article")
    @hide.autocomplete("article")
    @show.autocomplete("article")
    async def suggest_citable(self, interaction: Interaction, text: str) -> _Choices:
        """Suggest articles that may be cited."""
        return await self._choices(interaction, text, removed=False)

    @restore.autocomplete("article")
    async def suggest_removed(self, interaction: Interaction, text: str) -> _Choices:
        """Suggest hidden and removed articles."""
        return await self._choices(interaction, text, removed=True)

    @refresh.autocomplete("source")
    async def suggest_sources(self, interaction: Interaction, text: str) -> _Choices:
        """Suggest watched sources."""
        if await self.moderation.refusal(interaction) is not None:
            return []
        folded = text.casefold()
        sources = await self.desk.catalogue.sources(server_in(interaction))
        names = [(f"{s.outlet}: {s.address}", s.id) for s in sources]
        return _choices((name, key) for name, key in names if folded in name.casefold())

    async def _choices(self, interaction: Interaction, text: str, *, removed: bool) -> _Choices:
        """Suggest articles with *text* in their title or outlet, citable or *removed* ones."""
        if await self.moderation.refusal(interaction) is not None:
            return []
        server = server_in(interaction)
        articles = await self.desk.catalogue.titled(text, server, removed=removed)
        return _choices((_choice_text(article), article.id) for article in articles)

    async def _act_on(self, interaction: Interaction, text: str, move: _Move, key: str) -> None:
        """Apply *move* to an article, and show the sentence of *key* with an undo button."""
        words = words_of(interaction)

        async def work() -> ui.LayoutView:
            server = server_in(interaction)
            article = await self.desk.catalogue.article(_number_of(text), server)
            entry = await move(article.id, moderator(interaction))
            is_local = entry.kind is AuditAction.HIDDEN and bool(entry.before)
            sentence = words(
                "hidden_here" if is_local else key, title=title(article.header.title, 200)
            )
            return done_view(sentence, [UndoButton(str(entry.id), words("undo"))])

        await show_result(interaction, work)


def _choices(names: Iterable[tuple[str, int]]) -> _Choices:
    """Return choices for pairs of a name and a number; names fit Discord's 100 characters."""
    choices = [app_commands.Choice(name=title(name, 99), value=str(key)) for name, key in names]
    return choices[:_CHOICE_COUNT]


def _choice_text(article: Article) -> str:
    """Return the text of an article in a list of choices."""
    return f"{article.header.outlet}: {article.header.title}"


def _number_of(text: str) -> int:
    """Return the number that was chosen or typed.

    Raises:
        _NoSuchArticleError: *text* is no number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER_LENGTH):
        raise _NoSuchArticleError(title(text, 80))
    return int(text)


class _NoSuchArticleError(IngestError):
    """The input matches no article and no source."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} is none of those that are offered. Choose one of them.")


def _is_readable(file: discord.Attachment) -> bool:
    """Return True if a file is of a readable type; this is checked before the download."""
    kind = (file.content_type or "text/plain").partition(";")[0].strip()
    ending = Path(file.filename).suffix.lower()
    return kind.startswith("text/") or kind in _TYPES or ending in ENDINGS
