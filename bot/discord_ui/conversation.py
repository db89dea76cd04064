"""Questions in messages: a mention, a reply to an answer, a thread, a direct message."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.answering.understanding.followup import asks_or_continues, asks_question
from bot.answering.understanding.question import CHECK
from bot.answering.understanding.small_talk import small_talk_in
from bot.answering.values import Exchange, Question, UnaskableError
from bot.community.rules import Speaks
from bot.discord_ui.escaping import thread_name, without_mentions
from bot.discord_ui.history import is_answer, text_in
from bot.discord_ui.members.ask import FollowButton, ReaskButton
from bot.discord_ui.members.contributing import addresses_in, linked_view
from bot.discord_ui.members.find import lookup_view
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import notice_view, with_buttons
from bot.discord_ui.replying import deliver, failure_view, send_once, words_in
from bot.wording import Wording, in_words_of
from ingest.model import Edition

if TYPE_CHECKING:
    from bot.discord_ui.asking import Admission, Asking

logger = logging.getLogger(__name__)

_TEXT_TYPES = frozenset({discord.MessageType.default, discord.MessageType.reply})
_REFERRING_KEYS = frozenset({CHECK, "question_empty"})
"""Keys of texts that may refer to the message they reply to, such as "^"."""
_IGNORED_KEYS = frozenset({"question_empty", "talk_thanks"})
"""Keys of texts that need no reply unless the bot is called."""


@dataclass(frozen=True, slots=True)
class AddressedMessage:
    """A message to the bot, without the mention.

    ``called`` is True in a direct message or if the text mentions the bot. A reply to an answer, or
    a message in the bot's thread, may also be meant for other people.
    """

    text: str
    called: bool

    @classmethod
    def of(cls, message: discord.Message, me: int) -> AddressedMessage | None:
        """Return *message* as addressed to the bot; ``None`` if it is meant for others.

        Messages by bots are ignored.
        """
        if message.author.bot or message.type not in _TEXT_TYPES:
            return None
        called = message.guild is None or any(m in message.content for m in _mentions(message, me))
        is_meant = called or _own_role(message) is not None or _is_continuation(message, me)
        return replace(cls.again(message), called=called) if is_meant else None

    @classmethod
    def again(cls, message: discord.Message) -> AddressedMessage:
        """Return *message* as one to be answered, with or without a mention."""
        return cls(without_mentions(message.content), called=True)


def _mentions(message: discord.Message, me: int) -> list[str]:
    """Return how *message* may mention the bot: itself, or the role that Discord made for it."""
    role = _own_role(message)
    return [f"<@{me}>", f"<@!{me}>", *([role.mention] if role is not None else [])]


def _own_role(message: discord.Message) -> discord.Role | None:
    """Return the bot's own role if *message* mentions it.

    Discord offers it beside the bot, under the same name, but keeps back the text.
    """
    own = message.guild.self_role if message.guild is not None else None
    return own if own is not None and own in message.role_mentions else None


def _is_continuation(message: discord.Message, me: int) -> bool:
    """Return True if *message* replies to an answer, or is in a thread that the bot opened."""
    if any(user.id != me for user in message.mentions):
        return False
    reference = message.reference
    if reference is not None:
        target = reference.resolved
        return isinstance(target, discord.Message) and target.author.id == me and is_answer(target)
    return isinstance(message.channel, discord.Thread) and message.channel.owner_id == me


def _asks_the_bot(text: str, *, is_reply: bool) -> bool:
    """Return True if a *text* without a mention needs a reply.

    In a thread people talk to each other as well. What replies to an answer and asks nothing is
    about the answer: "called it", "rip Harbour".
    """
    if not is_reply:
        return asks_question(text)
    return (
        asks_or_continues(text) or small_talk_in(text) is not None or len(addresses_in(text)) == 1
    )


class _MessageReply:
    """A reply below a message, or a message by itself in a thread.

    After its author or a moderator deleted the message, ``withdrawn``, nothing more is shown.
    """

    def __init__(
        self, channel: discord.abc.MessageableChannel, under: discord.Message | None
    ) -> None:
        self.target = channel
        self.sent: discord.Message | None = None
        self.withdrawn = False
        self._under = under

    async def reply(self, view: ui.LayoutView, nonce: str | None = None) -> None:
        """Show *view*, in place of the view shown before; *nonce* avoids a second message."""
        if self.withdrawn:
            await self.take_back()
            return
        if self.sent is not None:
            self.sent = await self.sent.edit(view=view)
            return
        under = None
        if self._under is not None and self.target is self._under.channel:
            under = self._under.to_reference(fail_if_not_exists=False)
        self.sent = await send_once(self.target, view, nonce or secrets.token_hex(8), under)

    async def post(self, view: ui.LayoutView) -> None:
        """Post *view* as a new message."""
        if not self.withdrawn:
            self.sent = await self.target.send(view=view)

    async def take_back(self) -> None:
        """Delete the message that shows the progress, if there is one."""
        if self.sent is not None:
            await self.sent.delete()
            self.sent = None

    async def say(self, view: ui.LayoutView, words: Wording) -> None:
        """Reply with *view*; post it if the replied-to message is gone. Never raises."""
        await deliver(view, self.reply, self.post, words)


async def answer_message(
    message: discord.Message, addressed: AddressedMessage, asking: Asking
) -> None:
    """Answer a message or the one it refers to; report once that one cannot be read.

    If it was changed meanwhile, a new answer is offered; if it was deleted, nothing is shown.
    """
    reply = _MessageReply(message.channel, message)
    asking.replies[message.id] = reply
    try:
        await _reply_to(message, addressed, reply, asking)
    finally:
        asking.replies.pop(message.id, None)
    if reply.sent is not None:
        asking.is_first("answered", message.id)
        if ("changed", message.id) in asking.used_keys:
            await _offer_new_answer(message, asking)


async def _reply_to(
    message: discord.Message, addressed: AddressedMessage, reply: _MessageReply, asking: Asking
) -> None:
    """Reply to a message if it needs a reply."""
    words = await _words_for(message.guild, asking)
    text = addressed.text
    if not addressed.called:
        if not text:
            await _report_unreadable(message, reply, asking, words)
            return
        if not _asks_the_bot(text, is_reply=message.reference is not None):
            return
    admission = await asking.admit(Place.of(message), message.author.id, words)
    if admission.refusal:
        off = admission.speaks is Speaks.OFF and not addressed.called
        if not (off or admission.silent):
            await reply.say(notice_view(admission.refusal), words)
        return
    if addresses := addresses_in(text):
        in_server = message.guild is not None
        view = await linked_view(addresses, asking, admission.edition, words, in_server=in_server)
        await reply.say(view, words)
        return
    try:
        question = asking.question(text, admission.rules, words.language)
    except UnaskableError as error:
        await _answer_unasked(message, addressed, reply, asking, admission, error)
        return
    if admission.speaks is Speaks.THREAD and not isinstance(message.channel, discord.Thread):
        reply.target = await _open_thread(message, question.text) or reply.target
    await _answer(message, reply, asking, question, admission.edition, repeat=False)


async def _answer_unasked(
    message: discord.Message,
    addressed: AddressedMessage,
    reply: _MessageReply,
    asking: Asking,
    admission: Admission,
    error: UnaskableError,
) -> None:
    """Answer a text that is no question: a greeting, or a reference to another message."""
    words = words_in(message.guild, admission.rules)
    if not addressed.called and error.key in _IGNORED_KEYS:
        return
    cause = error if addressed.text else UnaskableError("hint")
    if not addressed.text and message.attachments and message.reference is None:
        await reply.say(notice_view(words("files_unread")), words)
    elif error.key in _REFERRING_KEYS and (message.reference or error.key == CHECK):
        await _answer_referenced(message, reply, asking, admission, error, words)
    else:
        await reply.say(await asking.answer_non_question(cause, words, admission.edition), words)


async def _answer(
    message: discord.Message,
    reply: _MessageReply,
    asking: Asking,
    question: Question,
    edition: Edition,
    *,
    repeat: bool,
) -> None:
    """Reply to *message*, with the typing sign until then."""
    place = Place.of(message)
    is_here = reply.target is message.channel
    place = replace(place, threads=place.threads and is_here)

    async def begin() -> Exchange | None:
        await _show_typing(reply.target)
        return None if repeat else await _previous_exchange(message, asking)

    await asking.answer(
        question,
        message.author.id,
        reply,
        audience=Audience(place),
        channel=reply.target.id,
        message=message.id if is_here else None,
        begin=begin,
        edition=edition,
        repeat=repeat,
    )


async def _answer_referenced(
    message: discord.Message,
    reply: _MessageReply,
    asking: Asking,
    admission: Admission,
    error: UnaskableError,
    words: Wording,
) -> None:
    """Answer or look up the message that *message* replies to, as far as it can be read."""
    words = in_words_of(error, words)
    reference = message.reference
    target = reference.resolved if reference else None
    text = text_in(target) if isinstance(target, discord.Message) else ""
    if reference is None:
        is_own = await asking.exchanges.last_in(message.channel) is not None
    else:
        is_own = isinstance(target, discord.Message) and is_answer(target)
    if is_own:
        await reply.say(notice_view(words("check_own")), words)
    elif not text:
        await reply.say(await asking.answer_non_question(UnaskableError(CHECK), words), words)
    elif asks_question(text):
        try:
            question = asking.question(text, admission.rules, words.language)
        except UnaskableError as unaskable:
            await reply.say(
                await asking.answer_non_question(unaskable, words, admission.edition), words
            )
            return
        await _answer(message, reply, asking, question, admission.edition, repeat=True)
    else:
        await _show_typing(reply.target)
        try:
            author = str(message.author.id)
            lookup = await asking.desk.look_up(text, member=author, edition=admission.edition)
            view = lookup_view(lookup, words, private=False)
        except Exception as failure:
            view = failure_view(failure, words)
        await reply.say(view, words)


async def answer_post(thread: discord.Thread, asking: Asking) -> None:
    """Answer the title of a new forum post once, if the server's rules allow it."""
    parent = thread.parent
    if not isinstance(parent, discord.ForumChannel) or not asks_question(thread.name):
        return
    rules = await asking.desk.community.rules(thread.guild.id)
    if rules.channels.get(str(parent.id)) is not Speaks.THREAD or thread.owner_id is None:
        return
    if not asking.is_first("post", thread.id):
        return
    words = words_in(thread.guild, rules)
    place = Place(thread.guild.id, thread.id, parent.id)
    admission = await asking.admit(place, thread.owner_id, words)
    if admission.refusal:
        return
    try:
        question = asking.question(thread.name, rules, words.language)
    except UnaskableError:
        return
    reply = _MessageReply(thread, None)
    await asking.answer(
        question,
        thread.owner_id,
        reply,
        audience=Audience(place),
        channel=thread.id,
        edition=admission.edition,
        repeat=True,
    )


async def note_edit(message: discord.Message, addressed: AddressedMessage, asking: Asking) -> None:
    """Offer to answer a message again that became another question after its reply.

    The offer for one that is being answered follows the answer.
    """
    text, words = addressed.text, await _words_for(message.guild, asking)
    if not (addressed.called or _asks_the_bot(text, is_reply=message.reference is not None)):
        return
    try:
        asking.question(text, reader=words.language)
    except UnaskableError:
        return
    if ("answered", message.id) in asking.used_keys:
        await _offer_new_answer(message, asking)
    else:
        asking.is_first("changed", message.id)


async def _offer_new_answer(message: discord.Message, asking: Asking) -> None:
    """Offer to answer an edited message again, until it is."""
    if not asking.is_first("edited", message.id):
        return
    words = await _words_for(message.guild, asking)
    view = notice_view(words("question_edited"))
    offer = with_buttons(view, [ReaskButton(str(message.id), words("again"))])
    await _MessageReply(message.channel, message).say(offer, words)


async def _report_unreadable(
    message: discord.Message, reply: _MessageReply, asking: Asking, words: Wording
) -> None:
    """Say once that messages without a mention cannot be read, with a button that opens a form."""
    if asking.desk.settings.message_content_intent or message.attachments or message.stickers:
        return
    if isinstance(message.channel, discord.Thread):
        key: tuple[object, ...] = (message.channel.id,)
    else:
        key = (message.channel.id, message.author.id)
    if not asking.is_first("unread", *key):
        return
    view = with_buttons(notice_view(words("unread")), [FollowButton("0", words("follow"))])
    previous = await _previous_exchange(message, asking)
    await reply.say(view, words)
    if reply.sent is not None:
        asking.remember(reply.sent.id, previous)


async def _previous_exchange(message: discord.Message, asking: Asking) -> Exchange | None:
    """Return the exchange that *message* replies to, else the last one of its thread or DM."""
    reference = message.reference
    if reference is not None and reference.message_id is not None:
        recent = asking.exchanges.recent(reference.message_id)
        if recent is not None:
            return recent
        if isinstance(reference.resolved, discord.Message):
            return await asking.exchanges.shown_in(reference.resolved)
    return await asking.exchanges.last_in(message.channel)


async def _open_thread(message: discord.Message, name: str) -> discord.Thread | None:
    """Open a thread on *message* for its answer; ``None`` if that is not allowed."""
    if not Place.of(message).threads:
        return None
    try:
        return await message.create_thread(name=thread_name(name))
    except (discord.HTTPException, ValueError) as error:
        logger.warning("Could not open a thread: %s", error)
        return None


async def _words_for(server: discord.Guild | None, asking: Asking) -> Wording:
    """Return the words in the language of a server, by its rules."""
    rules = await asking.desk.community.rules(server.id if server else None)
    return words_in(server, rules)


async def _show_typing(channel: discord.abc.Messageable) -> None:
    """Show the typing sign for ten seconds; a failure does not delay the answer."""
    try:
        await channel.typing()
    except discord.HTTPException:
        return
