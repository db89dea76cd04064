"""Questions in messages: a mention, a reply to an answer, a thread, a direct message."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace

import discord
from discord import ui

from bot.answering.model import Question
from bot.answering.understanding.followup import Exchange, asks_question
from bot.answering.understanding.question import CHECK, UnaskableError
from bot.community.rules import Speaks
from bot.discord_ui.asking import Admission, Asking
from bot.discord_ui.history import exchange_in, is_answer, last_exchange, said_in
from bot.discord_ui.links import address_in, linked_view
from bot.discord_ui.members.find import found_view
from bot.discord_ui.members.follow_up import FollowButton
from bot.discord_ui.members.own import ReaskButton
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import notice_view, with_buttons
from bot.discord_ui.replying import deliver, failure_view, words_in
from bot.discord_ui.text import thread_name
from bot.wording import Wording, in_words_of
from ingest.model import Edition

logger = logging.getLogger(__name__)

_ORDINARY = frozenset({discord.MessageType.default, discord.MessageType.reply})
_POINTING = frozenset({CHECK, "question_empty"})
"""What says nothing by itself, but may mean the message to which it replies: "^"."""
_SAID_TO_ANYBODY = frozenset({"question_empty", "talk_thanks"})
"""What needs no reply unless the bot is called."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """What a message says to the bot, without its mention.

    ``called`` is whether somebody typed its name or writes to it alone; who merely replies to an
    answer, or writes in its thread, may also speak to others there.
    """

    text: str
    called: bool

    @classmethod
    def of(cls, message: discord.Message, me: int) -> Addressed | None:
        """Return what *message* says to the bot; ``None`` if it speaks to others.

        Bots are never answered.
        """
        if message.author.bot or message.type not in _ORDINARY:
            return None
        mention = re.compile(rf"<@!?{me}>")
        text = mention.sub(" ", message.content).strip()
        called = message.guild is None or mention.search(message.content) is not None
        if called or _continues(message, me):
            return cls(text, called)
        return None


def _continues(message: discord.Message, me: int) -> bool:
    """Tell whether *message* goes on from the bot: as a reply, or in a thread that it made."""
    if any(each.id != me for each in message.mentions):
        return False
    reference = message.reference
    if reference is not None:
        about = reference.resolved
        return isinstance(about, discord.Message) and about.author.id == me and is_answer(about)
    return isinstance(message.channel, discord.Thread) and message.channel.owner_id == me


class _ReplyTo:
    """A reply that hangs under a message, or stands by itself in a thread."""

    def __init__(self, channel: discord.abc.Messageable, under: discord.Message | None) -> None:
        self.target = channel
        self.sent: discord.Message | None = None
        self._under = under

    async def reply(self, view: ui.LayoutView) -> None:
        """Show *view*, in the place of what was shown before."""
        if self.sent is not None:
            self.sent = await self.sent.edit(view=view)
        elif self._under is None or self.target is not self._under.channel:
            await self.post(view)
        else:
            about = self._under.to_reference(fail_if_not_exists=False)
            self.sent = await self.target.send(view=view, reference=about, mention_author=False)

    async def post(self, view: ui.LayoutView) -> None:
        """Show *view* in a message of its own."""
        self.sent = await self.target.send(view=view)

    async def say(self, view: ui.LayoutView, words: Wording) -> None:
        """Reply, or post where the message is gone. Never raises."""
        await deliver(view, self.reply, self.post, words)


async def answer_message(message: discord.Message, addressed: Addressed, asking: Asking) -> None:
    """Answer a message, or what it points to; one that cannot be read is told so once."""
    words = words_in(message.guild)
    hanging = _ReplyTo(message.channel, message)
    text = addressed.text
    if not addressed.called:
        if not text:
            await _tell_unread(message, hanging, asking, words)
            return
        if not (message.reference or asks_question(text)):
            return
    admission = await asking.admit(Place.of(message), message.author.id, words)
    if admission.refusal:
        off = admission.speaks is Speaks.OFF and not addressed.called
        if not (off or admission.silent):
            await hanging.say(notice_view(admission.refusal), words)
        return
    if address := address_in(text):
        in_server = message.guild is not None
        known = await linked_view(address, asking, admission.edition, words, in_server=in_server)
        await hanging.say(known, words)
        return
    try:
        question = asking.question(text, admission.rules, words.language)
    except UnaskableError as error:
        await _answer_unasked(message, addressed, hanging, asking, admission, error)
        return
    if admission.speaks is Speaks.THREAD and not isinstance(message.channel, discord.Thread):
        hanging.target = await _thread_on(message, question.text) or hanging.target
    await _answer(message, hanging, asking, question, admission.edition, repeat=False)


async def _answer_unasked(
    message: discord.Message,
    addressed: Addressed,
    hanging: _ReplyTo,
    asking: Asking,
    admission: Admission,
    error: UnaskableError,
) -> None:
    """Answer what is no question: a greeting, or what points to another message."""
    words = words_in(message.guild)
    if not addressed.called and error.key in _SAID_TO_ANYBODY:
        return
    said = error if addressed.text else UnaskableError("hint")
    if error.key in _POINTING and (message.reference or error.key == CHECK):
        await _answer_pointed(message, hanging, asking, admission, error, words)
    else:
        await hanging.say(await asking.unasked(said, words, admission.edition), words)


async def _answer(
    message: discord.Message,
    hanging: _ReplyTo,
    asking: Asking,
    question: Question,
    edition: Edition,
    *,
    repeat: bool,
) -> None:
    """Show at once that the bot is at work, then reply to *message*."""
    await _show_typing(hanging.target)
    before = None if repeat else await _earlier(message, asking)
    place = Place.of(message)
    place = replace(place, threads=place.threads and hanging.target is message.channel)
    await _show_answer(
        hanging,
        asking,
        question,
        message.author.id,
        place,
        edition,
        message=message.id,
        before=before,
        repeat=repeat,
    )
    asking.first("answered", message.id)


async def _show_answer(
    hanging: _ReplyTo,
    asking: Asking,
    question: Question,
    author: int,
    place: Place,
    edition: Edition,
    *,
    message: int | None = None,
    before: Exchange | None = None,
    repeat: bool,
) -> None:
    """Answer *question* where *hanging* is; it is known again if the bot is killed meanwhile."""
    async with asking.kept(question, author, place.channel, message=message) as kept:

        async def show(view: ui.LayoutView) -> None:
            first = hanging.sent is None
            await hanging.reply(view)
            if first:
                await kept.note_progress(hanging.sent)

        made = await asking.ask(
            question,
            author,
            audience=Audience(place),
            repeat=repeat,
            show=show,
            before=before,
            edition=edition,
        )
        await hanging.say(made.view, Wording.of(question.language))
    await asking.note_shown(hanging.sent, made.exchange, made.number, question.language)


async def _answer_pointed(
    message: discord.Message,
    hanging: _ReplyTo,
    asking: Asking,
    admission: Admission,
    error: UnaskableError,
    words: Wording,
) -> None:
    """Answer or look up the message to which somebody replies, where Discord lets it be read."""
    words = in_words_of(error, words)
    reference = message.reference
    about = reference.resolved if reference else None
    said = said_in(about) if isinstance(about, discord.Message) else ""
    if reference is None:
        own = await last_exchange(message.channel, asking) is not None
    else:
        own = isinstance(about, discord.Message) and is_answer(about)
    if own:
        await hanging.say(notice_view(words("check_own")), words)
    elif not said:
        await hanging.say(await asking.unasked(UnaskableError(CHECK), words), words)
    elif asks_question(said):
        try:
            question = asking.question(said, admission.rules, words.language)
        except UnaskableError as unaskable:
            await hanging.say(await asking.unasked(unaskable, words, admission.edition), words)
            return
        await _answer(message, hanging, asking, question, admission.edition, repeat=True)
    else:
        await _show_typing(hanging.target)
        try:
            author = str(message.author.id)
            found = await asking.desk.look_up(said, member=author, edition=admission.edition)
            view = found_view(found, words, private=False)
        except Exception as failure:
            view = failure_view(failure, words)
        await hanging.say(view, words)


async def answer_post(thread: discord.Thread, asking: Asking) -> None:
    """Answer the title of a new forum post, once, where the server has the forum answered so."""
    parent = thread.parent
    if not isinstance(parent, discord.ForumChannel) or not asks_question(thread.name):
        return
    rules = await asking.desk.community.rules(thread.guild.id)
    if rules.channels.get(str(parent.id)) is not Speaks.THREAD or thread.owner_id is None:
        return
    if not asking.first("post", thread.id):
        return
    words = words_in(thread.guild)
    place = Place(thread.guild.id, thread.id, parent.id)
    admission = await asking.admit(place, thread.owner_id, words)
    if admission.refusal:
        return
    try:
        question = asking.question(thread.name, rules, words.language)
    except UnaskableError:
        return
    hanging = _ReplyTo(thread, None)
    await _show_answer(
        hanging, asking, question, thread.owner_id, place, admission.edition, repeat=True
    )


async def offer_again(message: discord.Message, asking: Asking) -> None:
    """Offer once to answer a question as its author has changed it since it was answered."""
    if ("answered", message.id) not in asking.told or not asking.first("edited", message.id):
        return
    words = words_in(message.guild)
    view = notice_view(words("question_edited"))
    again = with_buttons(view, [ReaskButton(str(message.id), words("again"))])
    await _ReplyTo(message.channel, message).say(again, words)


async def _tell_unread(
    message: discord.Message, hanging: _ReplyTo, asking: Asking, words: Wording
) -> None:
    """Say once that a message without a mention cannot be read, with the form that can."""
    if asking.desk.settings.message_content_intent or message.attachments or message.stickers:
        return
    if isinstance(message.channel, discord.Thread):
        where: tuple[object, ...] = (message.channel.id,)
    else:
        where = (message.channel.id, message.author.id)
    if not asking.first("unread", *where):
        return
    view = with_buttons(notice_view(words("unread")), [FollowButton("0", words("follow"))])
    before = await _earlier(message, asking)
    await hanging.say(view, words)
    if hanging.sent is not None:
        asking.remember(hanging.sent.id, before)


async def _earlier(message: discord.Message, asking: Asking) -> Exchange | None:
    """Return the exchange that *message* replies to; else the last one of its thread or DM."""
    reference = message.reference
    if reference is not None and reference.message_id is not None:
        if reference.message_id in asking.exchanges:
            return asking.exchanges[reference.message_id]
        if isinstance(reference.resolved, discord.Message):
            return await exchange_in(reference.resolved, asking)
    return await last_exchange(message.channel, asking)


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
