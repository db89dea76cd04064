"""Replies to interactions, with a second way if Discord refuses one, and errors as replies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any, Self, TypeAlias, TypeVar

import discord
from discord import ui

from bot.community.rules import ServerRules
from bot.discord_ui.escaping import escape, literal, size, title
from bot.discord_ui.limits import CHARACTERS, DISCORD, PACE, SHOWN
from bot.discord_ui.rendering import layout, notice_view
from bot.wording import (
    WordedError,
    Wording,
    in_one_language,
    translated_failure,
)
from ingest.errors import IngestError, ReadingError
from ingest.process.logs import fault_code

logger = logging.getLogger(__name__)

Interaction: TypeAlias = discord.Interaction[Any]
Send: TypeAlias = Callable[[ui.LayoutView], Awaitable[object]]
_Result = TypeVar("_Result")

_PRIVATE_REPLY = "private_reply"
"""Key of the private message that replaced the reply of an interaction, in its extras."""
_SIGN = "…"
"""The text of a message before there is anything to show."""


def report(error: BaseException) -> str:
    """Log *error*, with Discord's own message if it has one, and return its code."""
    return fault_code(error, discord.HTTPException)


def is_outage(error: discord.HTTPException) -> bool:
    """Return True if Discord is out of order, so that the same request may succeed later."""
    return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR


async def if_possible(work: Awaitable[_Result]) -> _Result | None:
    """Await *work*, return its result, and log an error instead of raising it."""
    try:
        return await work
    except Exception as error:
        report(error)
        return None


def error_view(code: str, words: Wording) -> ui.LayoutView:
    """Show that something failed, the next step, and the code of the log entry."""
    return notice_view(words("error", id=code))


class Attached(ui.LayoutView):
    """A view with an image or a file that is sent with it."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(timeout=None)
        self.data, self.name = data, name

    @classmethod
    def over(cls, view: ui.LayoutView, picture: BytesIO, name: str, alt_text: str) -> Self:
        """Put an image above the contents of *view*; *alt_text* describes it."""
        attached = cls(picture.getvalue(), name)
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        gallery.add_item(media=f"attachment://{name}", description=alt_text)
        attached.add_item(gallery)
        for item in view.children:
            attached.add_item(item)
        return attached

    @classmethod
    def under(cls, view: ui.LayoutView, data: bytes, name: str) -> Self:
        """Put a file below the contents of *view*."""
        attached = cls(data, name)
        for item in [*view.children, ui.File[ui.LayoutView](f"attachment://{name}")]:
            attached.add_item(item)
        return attached

    def file(self) -> discord.File:
        """Return the file to send; each sending needs a fresh object."""
        return discord.File(BytesIO(self.data), filename=self.name)


def files_of(view: ui.LayoutView) -> list[discord.File]:
    """Return the files to send with *view*."""
    return [view.file()] if isinstance(view, Attached) else []


def words_of(interaction: Interaction) -> Wording:
    """Return the words in the language of the acting user.

    They are English if that language lacks a message of the command that was sent, or of the
    command by which the kind of the button, menu or form begins: "source" of "source-hide".
    """
    data: Any = interaction.data or {}
    kind = str(data.get("custom_id", "")).partition(":")[2].partition(":")[0]
    name = str(data.get("name", "")).replace("-", "_") or kind.partition("-")[0]
    return in_one_language(Wording.of_locale(str(interaction.locale)), name)


def words_in(server: discord.Guild | None, rules: ServerRules) -> Wording:
    """Return the words in the language that *rules* fix, else that of a server, else English."""
    if rules.language is not None:
        return Wording.of(rules.language)
    return Wording.of_locale(str(server.preferred_locale) if server else None)


async def respond(
    interaction: Interaction, view: ui.LayoutView, *, private: bool = True
) -> discord.Message | None:
    """Reply to *interaction*, acknowledged or not; only a fresh reply can be public."""
    files = files_of(view)
    reply: discord.WebhookMessage | None = interaction.extras.get(_PRIVATE_REPLY)
    if reply is not None:
        return await reply.edit(view=view, attachments=files)
    if interaction.response.is_done():
        return await interaction.edit_original_response(view=view, attachments=files)
    await interaction.response.send_message(view=view, files=files, ephemeral=private)
    return None


async def send_privately(interaction: Interaction, view: ui.LayoutView) -> None:
    """Send *view* as a new message that only the acting user sees."""
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


async def send_notice(interaction: Interaction, key: str, **values: object) -> None:
    """Send the sentence of *key* as a new message that only the acting user sees."""
    await send_privately(interaction, notice_view(words_of(interaction)(key, **values)))


def unread_form_view(texts: Iterable[str], words: Wording) -> ui.LayoutView:
    """Show that a form was not read, and give back the *texts* that were written in it."""
    blocks = [escape(words("form_too_old"))]
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    if lines:
        blocks.append(f"-# {escape(words('form_text'))}")
    for line in lines[: SHOWN.returned_lines]:
        block = f"> {literal(title(line, CHARACTERS.returned_line))}"
        if sum(map(size, (*blocks, block))) > DISCORD.message_characters:
            break
        blocks.append(block)
    return layout(blocks)


async def report_failure(interaction: Interaction, error: Exception) -> None:
    """Report *error* to the acting user; after the token has expired, in the log. Never raises."""
    if is_too_late(interaction):
        return
    if isinstance(error, discord.HTTPException) and error.status == HTTPStatus.UNAUTHORIZED:
        report(error)
        return
    words = words_of(interaction)
    view = failure_view(error, words)
    await deliver(view, partial(send_privately, interaction), show_nowhere, words)


def is_too_late(interaction: Interaction) -> bool:
    """Return True, and log it, if the client is closed: nothing can be sent any more."""
    if interaction.client.is_closed():
        logger.info("An interaction was not answered: the bot had ended.")
        return True
    return False


def failure_view(error: Exception, words: Wording) -> ui.LayoutView:
    """Show *error*: its own sentence if it is for members, else a general one with a code.

    A sentence that names a command of the terminal is for the operator, who finds it in the log.
    """
    if isinstance(error, WordedError):
        return notice_view(error.said(words))
    if isinstance(error, IngestError):
        sentence = translated_failure(str(error), words)
        if isinstance(error, ReadingError) or "`" not in sentence:
            return notice_view(sentence)
    return error_view(report(error), words)


async def edit_reply(client: discord.Client, token: str, view: ui.LayoutView) -> None:
    """Edit the reply to an interaction by its token, also after a restart.

    Raises:
        discord.HTTPException: Discord refuses the edit, for instance after 15 minutes.
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


async def send_once(
    channel: discord.abc.Messageable,
    view: ui.LayoutView,
    nonce: str,
    under: discord.MessageReference | None = None,
) -> discord.Message:
    """Send *view* below a message, or edit what was sent with *nonce* in the last minutes.

    So a message is sent once, although a process ended before it received Discord's reply. Where
    the bot may not read earlier messages it may not reply to one, and sends *view* by itself.
    """
    if under is None:
        sent = await channel.send(view=view, nonce=nonce)
    else:
        try:
            sent = await channel.send(view=view, nonce=nonce, reference=under, mention_author=False)
        except discord.HTTPException as error:
            if error.code != DISCORD.reply_needs_history:
                raise
            return await send_once(channel, view, nonce)
    earlier = _button_ids(component.to_dict() for component in sent.components)
    if earlier == _button_ids(view.to_components()):  # type: ignore[no-untyped-call]
        return sent
    return await sent.edit(view=view)


def _button_ids(components: Iterable[Any]) -> list[str]:
    """Return the ids of the buttons and menus in *components*, the raw ones of a message."""
    return [
        button_id
        for component in components
        for button_id in (
            *([component["custom_id"]] if component.get("custom_id") else ()),
            *_button_ids(component.get("components", ())),
            *_button_ids([component["accessory"]] if component.get("accessory") else ()),
        )
    ]


async def post(interaction: Interaction, view: ui.LayoutView) -> discord.Message | None:
    """Post in the channel of *interaction* when its token has expired."""
    if isinstance(interaction.channel, discord.abc.Messageable):
        return await interaction.channel.send(view=view, files=files_of(view))
    return None


async def send_directly(interaction: Interaction, view: ui.LayoutView) -> None:
    """Send a private view as a direct message when the token of *interaction* has expired.

    The buttons are left out: they belong to the place where the question was asked.
    """
    note = notice_view(words_of(interaction)("private_too_late"))
    for item in [item for item in view.children if isinstance(item, ui.ActionRow)]:
        view.remove_item(item)
    await interaction.user.send(view=note)
    await interaction.user.send(view=view, files=files_of(view))


async def defer_if_slow(
    interaction: Interaction, work: Coroutine[Any, Any, _Result], *, private: bool
) -> _Result:
    """Return the result of *work*; after a second, tell Discord to wait for it unless it does."""
    task = asyncio.create_task(work)
    is_done = (await asyncio.wait({task}, timeout=PACE.defer_seconds))[0]
    if not is_done and not interaction.response.is_done():
        await interaction.response.defer(thinking=True, ephemeral=private)
    return await task


async def show_lookup(
    interaction: Interaction,
    work: Coroutine[Any, Any, tuple[ui.LayoutView | None, bool]],
    words: Wording,
    *,
    private: bool,
) -> bool:
    """Show the view of *work*, which also returns True if anything was found.

    Nothing found is shown to its user alone, as an error is and as every *private* view is. Returns
    False if *work* has no view, so that the caller shows something.
    """
    view: ui.LayoutView | None
    try:
        view, is_found = await defer_if_slow(interaction, work, private=private)
    except Exception as error:
        view, is_found = failure_view(error, words), False
    is_hidden = private or not is_found
    if is_hidden and not private and interaction.response.is_done():
        await if_possible(_make_private(interaction))
    if view is not None:
        send = partial(respond, interaction, private=is_hidden)
        await deliver(view, send, partial(send_directly if is_hidden else post, interaction), words)
    return view is not None


async def _make_private(interaction: Interaction) -> None:
    """Replace the public sign that a command takes a while by a private message.

    Discord shows the first message after the sign in its place, so that one says nothing.
    """
    await interaction.edit_original_response(view=layout([_SIGN]))
    interaction.extras[_PRIVATE_REPLY] = await interaction.followup.send(
        view=layout([_SIGN]), ephemeral=True, wait=True
    )
    await interaction.delete_original_response()


async def show_result(
    interaction: Interaction, work: Callable[[], Awaitable[ui.LayoutView]]
) -> None:
    """Show the result of *work*, or the sentence of its error.

    Never raises. A private result is not shown elsewhere if its place is gone.
    """
    words = words_of(interaction)
    try:
        view = await work()
    except Exception as error:
        view = failure_view(error, words)
    await deliver(view, partial(respond, interaction), show_nowhere, words)


async def show_nowhere(_: ui.LayoutView) -> None:
    """Show nothing: a private view has no second place."""


async def deliver(view: ui.LayoutView, first: Send, second: Send, words: Wording) -> None:
    """Send *view* by *first*; if its place no longer exists, by *second*.

    If Discord refuses the view itself, *second* sends an error sentence. What Discord refuses is
    only logged. A connection that is gone raises its error: the next start tells whoever asked.
    """
    try:
        await first(view)
    except discord.Forbidden as error:
        logger.warning("Discord refused a reply for lack of permission: %s", error)
    except discord.HTTPException as error:
        code = report(error)
        is_gone = error.status in {401, 404}
        try:
            await second(view if is_gone else error_view(code, words))
        except discord.HTTPException as second_error:
            report(second_error)
