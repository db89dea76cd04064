"""`/source`: moderators look after the coverage; every entrance checks who comes in."""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import discord
from discord import app_commands, ui

from bot.curating import Curator, Moderator, Preview
from bot.discord_ui.buttons import Action
from bot.discord_ui.coverage import (
    LISTED,
    article_view,
    articles_view,
    deeds_view,
    done_view,
    preview_view,
    sources_view,
)
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.text import title
from bot.discord_ui.words import worded
from bot.wording import Wording
from ingest.errors import IngestError
from ingest.model import Article, Decision
from ingest.reading import Hints

logger = logging.getLogger(__name__)

PREVIEWS = 100
"""Previews that can still be kept; a restart forgets them."""
LARGEST = 8 * 2**20
"""Bytes of the largest attachment that is read."""
CHOICES = 25
LONGEST_NUMBER = 12
Interaction = discord.Interaction[Any]
Offered = list[app_commands.Choice[str]]


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the commands and buttons share: the curator, the one server, the open previews."""

    curator: Curator
    home: int | None = None
    previews: OrderedDict[str, Preview] = field(default_factory=OrderedDict)

    def refusal(self, interaction: Interaction) -> str | None:
        """Return the key of the words that turn somebody away; ``None`` lets them in.

        Coverage is one for all servers, so only one server's moderators look after it.
        """
        rights = interaction.permissions
        if interaction.guild_id is None or not (rights.administrator or rights.manage_messages):
            return "moderating_not_allowed"
        guilds = interaction.client.guilds
        home = self.home or (guilds[0].id if len(guilds) == 1 else None)
        return None if interaction.guild_id == home else "moderating_elsewhere"

    async def admits(self, interaction: Interaction) -> bool:
        """Let a moderator in, and tell everybody else why not."""
        key = self.refusal(interaction)
        if key is None:
            return True
        logger.warning(
            "Refused %s in server %s (%s).", interaction.user.id, interaction.guild_id, key
        )
        await send(interaction, notice_view(words_of(interaction)(key)))
        return False

    def hold(self, preview: Preview) -> str:
        """Keep a preview until somebody decides, and return its key."""
        key = secrets.token_hex(6)
        self.previews[key] = preview
        while len(self.previews) > PREVIEWS:
            self.previews.popitem(last=False)
        return key


def words_of(interaction: Interaction) -> Wording:
    """Return the words in whoever acts' own language."""
    return interaction.client.asking.words(interaction.locale)  # type: ignore[no-any-return]


def moderator(interaction: Interaction) -> Moderator:
    """Say who acts, and where."""
    return Moderator(str(interaction.user.id), str(interaction.guild_id))


async def send(interaction: Interaction, view: ui.LayoutView) -> None:
    """Answer so that only whoever acted sees it."""
    if interaction.response.is_done():
        await interaction.edit_original_response(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


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
            await send(interaction, notice_view(words("add_nothing")))
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
        await send(interaction, articles_view(found, "articles_heading", "no_articles", words))

    @app_commands.command(name="quarantine", description=worded("command_source_quarantine"))
    async def quarantine(self, interaction: Interaction) -> None:
        """List what was set aside."""
        found = await self.moderation.curator.quarantined()
        words = words_of(interaction)
        await send(interaction, articles_view(found, "quarantine_heading", "no_quarantine", words))

    @app_commands.command(name="watched", description=worded("command_source_watched"))
    async def watched(self, interaction: Interaction) -> None:
        """List what is watched."""
        found = await self.moderation.curator.sources()
        await send(interaction, sources_view(found, words_of(interaction)))

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
        await send(interaction, await deeds(self.moderation, words_of(interaction), None))

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


def previewed(preview: Preview, moderation: Moderation, words: Wording) -> ui.LayoutView:
    """Show a preview with the buttons that decide."""
    key = moderation.hold(preview)
    buttons: list[ui.Item[Any]] = []
    if preview.candidates:
        buttons.append(KeepButton(key, words("keep")))
    if preview.entries and preview.outlet:
        buttons.append(WatchButton(key, words("watch")))
    return preview_view(preview, words, [*buttons, DiscardButton(key, words("discard"))])


async def told(interaction: Interaction, work: Callable[[], Awaitable[ui.LayoutView]]) -> None:
    """Do *work* and show what came of it, or the sentence that says what went wrong."""
    try:
        view = await work()
    except IngestError as error:
        view = notice_view(str(error))
    await send(interaction, view)


async def deeds(moderation: Moderation, words: Wording, before: int | None) -> ui.LayoutView:
    """Show one page of who did what."""
    found = await moderation.curator.deeds(before=before, limit=LISTED)
    full = len(found) == LISTED
    buttons: list[ui.Item[Any]] = []
    if full:
        buttons.append(OlderButton(str(found[-1][0].id), words("older")))
    return deeds_view(found, words, buttons)


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


def short(name: str, longest: int) -> ui.TextInput[Any]:
    """Make a line of a form that may stay empty."""
    return ui.TextInput(custom_id=name, max_length=longest, required=False)


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
