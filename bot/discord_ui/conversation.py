"""Questions in messages: a mention in a server, anything in a direct message."""

from __future__ import annotations

import logging
import re

import discord
from discord import ui

from bot.answering.understanding.followup import Exchange
from bot.answering.understanding.question import UnaskableError
from bot.community.rules import Speaks
from bot.discord_ui.asking import Asking
from bot.discord_ui.history import exchange_in
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import deliver
from bot.discord_ui.text import thread_name
from bot.wording import Wording

logger = logging.getLogger(__name__)

_ORDINARY = frozenset({discord.MessageType.default, discord.MessageType.reply})


def asked_in(message: discord.Message, me: int) -> str | None:
    """Return what *message* asks the bot, without its mention; ``None`` if it does not ask.

    Bots are never answered. Only a mention that somebody typed counts: a reply to the bot's own
    message may be a mere "thanks".
    """
    if message.author.bot or message.type not in _ORDINARY:
        return None
    mention = re.compile(rf"<@!?{me}>")
    if message.guild is not None and not mention.search(message.content):
        return None
    return mention.sub(" ", message.content).strip()


class _ReplyTo:
    """A reply that hangs under a message, or stands in the thread that was made of it."""

    def __init__(self, message: discord.Message) -> None:
        self.message = message
        self.target: discord.abc.Messageable = message.channel
        self.sent: discord.Message | None = None

    async def reply(self, view: ui.LayoutView) -> None:
        """Show *view*, in the place of what was shown before."""
        if self.sent is not None:
            self.sent = await self.sent.edit(view=view)
        elif self.target is not self.message.channel:
            await self.post(view)
        else:
            about = self.message.to_reference(fail_if_not_exists=False)
            self.sent = await self.target.send(view=view, reference=about, mention_author=False)

    async def post(self, view: ui.LayoutView) -> None:
        """Show *view* in a message of its own."""
        self.sent = await self.target.send(view=view)

    async def say(self, view: ui.LayoutView, words: Wording) -> None:
        """Reply, or post where the message is gone. Never raises."""
        await deliver(view, self.reply, self.post, words)


async def answer_message(message: discord.Message, text: str, asking: Asking) -> None:
    """Show at once that the bot is at work, then reply."""
    locale = message.guild.preferred_locale if message.guild else None
    place, words, hanging = Place.of(message), Wording.of_locale(str(locale)), _ReplyTo(message)
    admission = await asking.admit(place, message.author.id, words)
    if admission.refusal:
        if not admission.silent:
            await hanging.say(notice_view(admission.refusal), words)
        return
    try:
        question = asking.question(text, admission.rules)
    except UnaskableError as error:
        said = error if text else UnaskableError("hint")
        await hanging.say(asking.unasked(said, words), words)
        return
    if admission.speaks is Speaks.THREAD and place.parent is None:
        hanging.target = await _thread_on(message, question.text) or hanging.target
    await _show_typing(hanging.target)
    before = await _earlier(message, asking)
    author, channel = message.author.id, place.channel
    async with asking.kept(question, author, channel, message=message.id) as kept:

        async def show(view: ui.LayoutView) -> None:
            first = hanging.sent is None
            await hanging.reply(view)
            if first:
                await kept.note_progress(hanging.sent)

        made = await asking.ask(question, author, repeat=False, show=show, before=before)
        await hanging.say(made.view, Wording.of(question.language))
    await asking.note_shown(hanging.sent, made, question.language)


async def _earlier(message: discord.Message, asking: Asking) -> Exchange | None:
    """Return the exchange that *message* replies to; else the last one of its thread or DM."""
    reference = message.reference
    if reference is not None and reference.message_id is not None:
        if reference.message_id in asking.exchanges:
            return asking.exchanges[reference.message_id]
        if isinstance(reference.resolved, discord.Message):
            return await exchange_in(reference.resolved, asking)
    channel = message.channel
    if channel.id in asking.exchanges:
        return asking.exchanges[channel.id]
    if isinstance(channel, discord.Thread) and isinstance(channel.parent, discord.TextChannel):
        return await _begun(channel.parent, channel.id, asking)
    return None


async def _begun(parent: discord.TextChannel, thread: int, asking: Asking) -> Exchange | None:
    """Return the exchange of the message out of which a thread was made; it has its number."""
    try:
        return await exchange_in(await parent.fetch_message(thread), asking)
    except discord.HTTPException:
        return None


async def _thread_on(message: discord.Message, name: str) -> discord.Thread | None:
    """Make a thread of *message* for its answer; ``None`` where that is not allowed."""
    try:
        return await message.create_thread(name=thread_name(name))
    except (discord.HTTPException, ValueError) as error:
        logger.warning("There can be no thread: %s", error)
        return None


async def _show_typing(channel: discord.abc.Messageable) -> None:
    """Show for ten seconds that the bot is writing; an answer does not wait on this to work."""
    try:
        await channel.typing()
    except discord.HTTPException:
        return
