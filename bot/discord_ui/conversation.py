"""Questions in messages: a mention in a server, anything in a direct message."""

from __future__ import annotations

import re

import discord
from discord import ui

from bot.answering.followup import Exchange
from bot.answering.question import UnaskableError
from bot.discord_ui.asking import Asking, deliver
from bot.wording import Wording

ORDINARY = frozenset({discord.MessageType.default, discord.MessageType.reply})


def asked_in(message: discord.Message, me: int) -> str | None:
    """Return what *message* asks the bot, without its mention; ``None`` if it does not ask.

    Bots are never answered. Only a mention that somebody typed counts: a reply to the bot's own
    message may be a mere "thanks".
    """
    if message.author.bot or message.type not in ORDINARY:
        return None
    mention = re.compile(rf"<@!?{me}>")
    if message.guild is not None and not mention.search(message.content):
        return None
    return mention.sub(" ", message.content).strip()


async def answer_message(message: discord.Message, text: str, asking: Asking) -> None:
    """Show at once that the bot is at work, then reply."""
    locale = message.guild.preferred_locale if message.guild else None
    sent: discord.Message | None = None

    async def reply(view: ui.LayoutView) -> None:
        nonlocal sent
        if sent is None:
            reference = message.to_reference(fail_if_not_exists=False)
            sent = await message.channel.send(view=view, reference=reference, mention_author=False)
        else:
            sent = await sent.edit(view=view)

    async def post(view: ui.LayoutView) -> None:
        nonlocal sent
        sent = await message.channel.send(view=view)

    try:
        question = asking.question(text)
    except UnaskableError as error:
        view = asking.refusal(error, locale) if text else asking.hint(locale)
        await deliver(view, reply, post, asking.words(locale))
        return
    await show_typing(message.channel)
    before = earlier(message, asking)
    made = await asking.view(question, message.author.id, repeat=False, show=reply, before=before)
    await deliver(made.view, reply, post, Wording.of(question.language))
    if sent is not None:
        asking.remember(sent.id, made.exchange)
    if message.guild is None:
        asking.remember(message.channel.id, made.exchange)
    await asking.stands_in(sent, made, question.language)


def earlier(message: discord.Message, asking: Asking) -> Exchange | None:
    """Return the exchange that *message* replies to; in a direct message, else the last one."""
    replied = message.reference.message_id if message.reference else None
    if replied is not None and replied in asking.exchanges:
        return asking.exchanges[replied]
    return asking.exchanges.get(message.channel.id) if message.guild is None else None


async def show_typing(channel: discord.abc.Messageable) -> None:
    """Show for ten seconds that the bot is writing; an answer does not wait on this to work."""
    try:
        await channel.typing()
    except discord.HTTPException:
        return
