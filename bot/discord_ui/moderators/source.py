"""`/source`: moderators look after the coverage; every entrance checks who comes in."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import discord
from discord import app_commands, ui

from bot.curating import Preview
from bot.discord_ui.moderators.decisions import UndoButton, deeds, previewed
from bot.discord_ui.moderators.moderation import Moderation, moderator
from bot.discord_ui.moderators.views import (
    article_view,
    articles_view,
    done_view,
    sources_view,
)
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, respond, told, words_of
from bot.discord_ui.text import title
from bot.discord_ui.words import worded
from bot.wording import Wording
from ingest.errors import IngestError
from ingest.model import Article
from ingest.reading import Hints

LARGEST = 8 * 2**20
"""Bytes of the largest attachment that is read."""
CHOICES = 25
LONGEST_NUMBER = 12
Offered = list[app_commands.Choice[str]]


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
        words, curator = words_of(interaction), self.moderation.curator
        if url is None and file is None:
            await respond(interaction, notice_view(words("add_nothing")))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        if url is not None:
            await self._preview(interaction, curator.preview_address(url, outlet))
            return
        assert file is not None
        data = await file.read() if file.size <= LARGEST else b""
        hints = Hints(outlet=outlet)
        await self._preview(interaction, curator.preview_bytes(data, file.filename, hints))

    @app_commands.command(name="paste", description=worded("command_source_paste"))
    async def paste(self, interaction: Interaction) -> None:
        """Open a form for copied text."""
        await interaction.response.send_modal(Paste(self, words_of(interaction)))

    @app_commands.command(name="list", description=worded("command_source_list"))
    @app_commands.describe(search=worded("option_search"))
    async def listing(self, interaction: Interaction, search: str = "") -> None:
        """List articles that may be cited."""
        found = await self.moderation.curator.titled(search)
        words = words_of(interaction)
        await respond(interaction, articles_view(found, "articles_heading", "no_articles", words))

    @app_commands.command(name="quarantine", description=worded("command_source_quarantine"))
    async def quarantine(self, interaction: Interaction) -> None:
        """List what was set aside."""
        found = await self.moderation.curator.quarantined()
        words = words_of(interaction)
        await respond(
            interaction, articles_view(found, "quarantine_heading", "no_quarantine", words)
        )

    @app_commands.command(name="watched", description=worded("command_source_watched"))
    async def watched(self, interaction: Interaction) -> None:
        """List what is watched."""
        found = await self.moderation.curator.sources()
        await respond(interaction, sources_view(found, words_of(interaction)))

    @app_commands.command(name="show", description=worded("command_source_show"))
    @app_commands.describe(article=worded("option_article"))
    async def show(self, interaction: Interaction, article: str) -> None:
        """Show what is kept of an article."""

        async def work() -> ui.LayoutView:
            found = await self.moderation.curator.article(number_of(article))
            return article_view(found, words_of(interaction))

        await told(interaction, work)

    @app_commands.command(name="remove", description=worded("command_source_remove"))
    @app_commands.describe(article=worded("option_article"))
    async def remove(self, interaction: Interaction, article: str) -> None:
        """Take an article out of every answer."""

        async def work() -> ui.LayoutView:
            return await self._moved(interaction, number_of(article), "removed_article")

        await told(interaction, work)

    @app_commands.command(name="restore", description=worded("command_source_restore"))
    @app_commands.describe(article=worded("option_article"))
    async def restore(self, interaction: Interaction, article: str) -> None:
        """Let an article be cited again."""

        async def work() -> ui.LayoutView:
            return await self._moved(interaction, number_of(article), "restored_article")

        await told(interaction, work)

    @app_commands.command(name="log", description=worded("command_source_log"))
    async def log(self, interaction: Interaction) -> None:
        """Show who did what."""
        await respond(interaction, await deeds(self.moderation, words_of(interaction), None))

    @remove.autocomplete("article")
    @show.autocomplete("article")
    async def standing(self, interaction: Interaction, typed: str) -> Offered:
        """Offer articles that may be cited."""
        return await self._offered(interaction, typed, removed=False)

    @restore.autocomplete("article")
    async def gone(self, interaction: Interaction, typed: str) -> Offered:
        """Offer articles that may not."""
        return await self._offered(interaction, typed, removed=True)

    async def _offered(self, interaction: Interaction, typed: str, *, removed: bool) -> Offered:
        if self.moderation.refusal(interaction) is not None:
            return []
        found = await self.moderation.curator.titled(typed, removed=removed)
        return [
            app_commands.Choice(name=choice(each), value=str(each.id)) for each in found[:CHOICES]
        ]

    async def _moved(self, interaction: Interaction, number: int, said: str) -> ui.LayoutView:
        curator, words = self.moderation.curator, words_of(interaction)
        article = await curator.article(number)
        move = curator.remove if said == "removed_article" else curator.restore
        deed = await move(number, moderator(interaction))
        text = words(said, title=title(article.header.title, 200))
        return done_view(text, [UndoButton(str(deed.id), words("undo"))])

    async def _preview(self, interaction: Interaction, reading: Awaitable[Preview]) -> None:
        async def work() -> ui.LayoutView:
            return previewed(await reading, self.moderation, words_of(interaction))

        await told(interaction, work)


def number_of(text: str) -> int:
    """Return the number of an article that was chosen, or typed.

    Raises:
        NoSuchArticleError: it is no number.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
        raise NoSuchArticleError(title(text, 80))
    return int(text)


class NoSuchArticleError(IngestError):
    """What was typed names no article."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text} is no article. Choose one of those that are offered.")


def choice(article: Article) -> str:
    """Name an article in a list of choices, within Discord's 100 characters."""
    return title(f"{article.header.outlet}: {article.header.title}", 99)


class Paste(ui.Modal):
    """A form for copied text."""

    def __init__(self, group: SourceGroup, words: Wording) -> None:
        super().__init__(title=words("paste_title"))
        self.group = group
        self.headline: ui.TextInput[Any] = ui.TextInput(
            custom_id="headline", max_length=300, required=False
        )
        self.outlet: ui.TextInput[Any] = ui.TextInput(
            custom_id="outlet", max_length=100, required=False
        )
        self.url: ui.TextInput[Any] = ui.TextInput(custom_id="url", max_length=500, required=False)
        self.body: ui.TextInput[Any] = ui.TextInput(
            custom_id="text", style=discord.TextStyle.paragraph, min_length=40, max_length=4000
        )
        fields = {
            "paste_headline": self.headline,
            "paste_outlet": self.outlet,
            "paste_url": self.url,
            "paste_text": self.body,
        }
        for key, item in fields.items():
            self.add_item(ui.Label(text=words(key), component=item))

    async def on_submit(self, interaction: Interaction) -> None:
        """Preview the text; whoever may not add is turned away here as well."""
        if not await self.group.moderation.admits(interaction):
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        hints = Hints(
            outlet=self.outlet.value or None,
            url=self.url.value or None,
            title=self.headline.value or None,
        )
        data = self.body.value.encode()
        reading = self.group.moderation.curator.preview_bytes(data, "paste.txt", hints)
        await self.group._preview(interaction, reading)
