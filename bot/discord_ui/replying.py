"""Ways to answer an interaction, and what is done when Discord no longer takes one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from io import BytesIO
from typing import Any, Self, TypeAlias, TypeVar

import discord
from discord import ui

from bot.discord_ui.errors import error_view, report
from bot.discord_ui.rendering import notice_view
from bot.failures import translated_failure
from bot.wording import WordedError, Wording
from ingest.errors import IngestError

logger = logging.getLogger(__name__)

Interaction: TypeAlias = discord.Interaction[Any]
Send: TypeAlias = Callable[[ui.LayoutView], Awaitable[object]]
_Made = TypeVar("_Made")

QUICKLY = 1.0
"""Seconds in which an answer needs no progress: quotations take a twentieth of that."""


class Attached(ui.LayoutView):
    """A message with a picture or a file of its own; whoever sends it sends that along."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(timeout=None)
        self.data, self.name = data, name

    @classmethod
    def over(cls, view: ui.LayoutView, picture: BytesIO, name: str, described: str) -> Self:
        """Put a picture over what *view* shows; *described* says what it shows to the blind."""
        made = cls(picture.getvalue(), name)
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        gallery.add_item(media=f"attachment://{name}", description=described)
        made.add_item(gallery)
        for item in view.children:
            made.add_item(item)
        return made

    @classmethod
    def under(cls, view: ui.LayoutView, data: bytes, name: str) -> Self:
        """Put a file under what *view* shows."""
        made = cls(data, name)
        for item in [*view.children, ui.File[ui.LayoutView](f"attachment://{name}")]:
            made.add_item(item)
        return made

    def file(self) -> discord.File:
        """Return what is sent along; each sending needs a fresh one."""
        return discord.File(BytesIO(self.data), filename=self.name)


def files_of(view: ui.LayoutView) -> list[discord.File]:
    """Return the files that are sent along with *view*."""
    return [view.file()] if isinstance(view, Attached) else []


def words_of(interaction: Interaction) -> Wording:
    """Return the words in whoever acts' own language."""
    return Wording.of_locale(str(interaction.locale))


def words_in(server: discord.Guild | None) -> Wording:
    """Return the words in the language of a server; English where there is none."""
    return Wording.of_locale(str(server.preferred_locale) if server else None)


async def respond(
    interaction: Interaction, view: ui.LayoutView, *, private: bool = True
) -> discord.Message | None:
    """Reply to *interaction*, whether it was acknowledged or not; a fresh reply may be public."""
    files = files_of(view)
    if interaction.response.is_done():
        return await interaction.edit_original_response(view=view, attachments=files)
    await interaction.response.send_message(view=view, files=files, ephemeral=private)
    return None


async def privately(interaction: Interaction, view: ui.LayoutView) -> None:
    """Tell whoever acts, in a message of its own that nobody else sees."""
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


async def failed(interaction: Interaction, error: Exception) -> None:
    """Tell whoever acts what went wrong. Never raises."""
    words = words_of(interaction)
    view = failure_view(error, words)
    await deliver(view, partial(privately, interaction), show_nowhere, words)


def failure_view(error: Exception, words: Wording) -> ui.LayoutView:
    """Say *error*: its own sentence if it has one, else that something went wrong."""
    if isinstance(error, WordedError):
        return notice_view(error.said(words))
    if isinstance(error, IngestError):
        return notice_view(translated_failure(str(error), words))
    return error_view(report(error), words)


async def edit_reply(client: discord.Client, token: str, view: ui.LayoutView) -> None:
    """Edit the reply to an interaction of which only the token is left, after a restart perhaps.

    Raises:
        discord.HTTPException: Discord does not take it; after a quarter of an hour it never does.
    """
    route = discord.http.Route(
        "PATCH",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        webhook_id=client.application_id,
        webhook_token=token,
    )
    flags = discord.MessageFlags(components_v2=True).value
    components = view.to_components()  # type: ignore[no-untyped-call]
    content = {"components": components, "flags": flags}
    await client.http.request(route, json={**content, "allowed_mentions": {"parse": []}})


async def post(interaction: Interaction, view: ui.LayoutView) -> discord.Message | None:
    """Write in the channel of *interaction*, whose own token no longer works."""
    if isinstance(interaction.channel, discord.abc.Messageable):
        return await interaction.channel.send(view=view, files=files_of(view))
    return None


async def promptly(
    interaction: Interaction, work: Coroutine[Any, Any, _Made], *, private: bool
) -> _Made:
    """Return what *work* makes; Discord is told to wait where that is not there at once."""
    working = asyncio.create_task(work)
    if not (await asyncio.wait({working}, timeout=QUICKLY))[0]:
        await interaction.response.defer(thinking=True, ephemeral=private)
    return await working


async def tell_result(
    interaction: Interaction, work: Callable[[], Awaitable[ui.LayoutView]]
) -> None:
    """Do *work* and show what came of it, or the sentence that says what went wrong.

    Never raises: what is private goes nowhere else when its own place is gone.
    """
    words = words_of(interaction)
    try:
        view = await work()
    except Exception as error:
        view = failure_view(error, words)
    await deliver(view, partial(respond, interaction), show_nowhere, words)


async def show_nowhere(_: ui.LayoutView) -> None:
    """Show nothing: there is no other place for what only one person may see."""


async def deliver(view: ui.LayoutView, first: Send, second: Send, words: Wording) -> None:
    """Send *view* the first way; if Discord no longer takes it there, the second. Never raises.

    An expired or deleted place loses nothing; what Discord refuses for itself becomes an error
    sentence. Missing permission is nobody's error to read: it is only logged.
    """
    try:
        await first(view)
    except discord.Forbidden as error:
        logger.warning("There is no permission to reply: %s", error)
    except discord.HTTPException as error:
        code = report(error)
        gone = error.status in {401, 404}
        try:
            await second(view if gone else error_view(code, words))
        except discord.HTTPException as again:
            report(again)
