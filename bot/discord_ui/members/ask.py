"""`/ask`, the buttons that ask a suggested question, and those that go on from an answer.

A question that a dead process was answering is reported here, with a button that asks it again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui

from bot.answering.limits import QUESTIONS
from bot.answering.values import Exchange, UnaskableError
from bot.community.jobs import ProcessLease
from bot.community.members import Community
from bot.community.suggested_questions import SuggestedQuestions, SuggestedTopic
from bot.discord_ui.buttons import ANSWER_KEY, Form, KeyButton, matching_choices, text_input
from bot.discord_ui.escaping import escape, literal, thread_name, title, worded
from bot.discord_ui.limits import CHARACTERS, DISCORD
from bot.discord_ui.members.contributing import addresses_in, linked_view
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import (
    Interaction,
    defer_if_slow,
    edit_reply,
    if_possible,
    post,
    respond,
    send_directly,
    send_notice,
    send_once,
    send_privately,
    words_of,
)
from bot.ledger.records import PendingQuestion
from bot.wording import WordedError, Wording
from ingest.language.dates import typed_moment

if TYPE_CHECKING:
    from bot.discord_ui.asking import Admission, Asking

logger = logging.getLogger(__name__)

_LATEST = "latest"


def ask_command(
    asking: Asking, community: Community, suggested: SuggestedQuestions
) -> app_commands.Command[Any, ..., None]:
    """Make `/ask`, which suggests questions that the coverage answers."""

    @app_commands.command(name="ask", description=worded("command_ask"))
    @app_commands.rename(as_of="as-of")
    @app_commands.describe(
        question=worded("option_question"),
        private=worded("option_private"),
        as_of=worded("option_as_of"),
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    @app_commands.allowed_installs(guilds=True, users=True)
    async def slash_ask(
        interaction: discord.Interaction,
        question: app_commands.Range[str, 1, QUESTIONS.characters],
        private: bool | None = None,
        as_of: app_commands.Range[str, 1, CHARACTERS.moment] | None = None,
    ) -> None:
        is_private = Place.of(interaction).foreign if private is None else private
        try:
            moment = _moment_in(as_of, asking.desk.clock()) if as_of else None
        except WordedError as error:
            await respond(interaction, notice_view(error.said(words_of(interaction))))
            return
        await answer_here(interaction, question, asking, private=is_private, as_of=moment)

    @slash_ask.autocomplete("question")
    async def suggest_questions(
        interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        edition = await community.edition(Place.of(interaction).server)
        language = words_of(interaction).language
        questions = await suggested.matching(text, language, edition)
        return matching_choices("", questions)

    return slash_ask


def _moment_in(text: str, now: datetime) -> datetime:
    """Parse a moment of the past; one without a time zone is in UTC.

    Raises:
        WordedError: *text* is no moment, or one in the future.
    """
    try:
        moment = typed_moment(text)
    except ValueError as error:
        raise WordedError("as_of_unread", given=text) from error
    if not isinstance(moment, datetime):
        raise WordedError("as_of_unread", given=text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > now:
        raise WordedError("as_of_future", given=text)
    return moment


class _CommandReply:
    """The reply to a command, a button or a form."""

    def __init__(self, interaction: Interaction, *, private: bool) -> None:
        self.sent: discord.Message | None = None
        self.withdrawn = False
        self._interaction = interaction
        self._private = private

    async def reply(self, view: ui.LayoutView, nonce: str | None = None) -> None:
        """Show *view* in place of the view shown before; there is only one reply."""
        del nonce
        self.sent = await respond(self._interaction, view, private=self._private)

    async def post(self, view: ui.LayoutView) -> None:
        """Post *view* in the channel; a private reply is sent as a direct message."""
        if self._private:
            await send_directly(self._interaction, view)
        elif not Place.of(self._interaction).foreign:
            self.sent = await post(self._interaction, view)


async def answer_here(
    interaction: Interaction,
    text: str,
    asking: Asking,
    *,
    private: bool = False,
    answer_message: discord.Message | None = None,
    as_of: datetime | None = None,
    admission: Admission | None = None,
) -> bool:
    """Acknowledge *interaction* at once, then show the answer in its place.

    The question may follow up the answer in *answer_message*, else the last one of its thread.
    With *as_of*, an earlier moment, it follows up nothing: an earlier answer may cite later news.
    An *admission* means that the caller has checked the limits already.

    Returns True if the question was admitted; a refusal is shown.
    """
    place, words = Place.of(interaction), words_of(interaction)
    admission = admission or await asking.admit(place, interaction.user.id, words)
    if admission.refusal:
        await respond(interaction, notice_view(admission.refusal))
        return False
    if addresses := addresses_in(text):
        in_server = place.server is not None
        view = await linked_view(addresses, asking, admission.edition, words, in_server=in_server)
        await respond(interaction, view)
        return True
    try:
        question = asking.question(text, admission.rules, words.language)
    except UnaskableError as error:
        work = asking.answer_non_question(error, words, admission.edition)
        await respond(interaction, await defer_if_slow(interaction, work, private=True))
        return False
    showable = private and not admission.private and place.server is not None
    private = private or admission.private

    async def begin() -> Exchange | None:
        if not interaction.response.is_done():
            await interaction.response.defer(thinking=True, ephemeral=private)
        if as_of is not None:
            return None
        return await _previous_exchange_of(interaction, answer_message, asking)

    await asking.answer(
        question,
        interaction.user.id,
        _CommandReply(interaction, private=private),
        audience=Audience(place, private, showable),
        channel=None if private else place.channel,
        token=interaction.token,
        begin=begin,
        edition=admission.edition,
        as_of=as_of,
        repeat=True,
    )
    return True


async def _previous_exchange_of(
    interaction: Interaction, answer_message: discord.Message | None, asking: Asking
) -> Exchange | None:
    """Return the exchange that a question may follow up."""
    exchanges = asking.exchanges
    exchange = await exchanges.shown_in(answer_message) if answer_message else None
    return exchange or await exchanges.last_in(interaction.channel)


class SuggestedQuestionButton(KeyButton, template=r"desk:begin:(?P<key>[a-z]{1,20}(?::.{1,60})?)"):
    """A button that asks its question for the person who presses it."""

    kind = "begin"
    style = discord.ButtonStyle.primary

    async def on_press(self, interaction: Interaction) -> None:
        """Answer the question like one asked by command."""
        asking: Asking = interaction.client.asking
        words = words_of(interaction)
        kind, _, topic = self.key.partition(":")
        if kind != _LATEST:
            private = interaction.message is not None and interaction.message.flags.ephemeral
            await answer_here(interaction, words(f"ask_{kind}"), asking, private=private)
            return
        admission = await asking.admit(Place.of(interaction), interaction.user.id, words)
        if admission.refusal:
            await send_privately(interaction, notice_view(admission.refusal))
            return
        await interaction.response.defer(thinking=True, ephemeral=True)
        view, _ = await asking.latest(topic, words, admission.edition)
        await interaction.edit_original_response(view=view)


def suggested_question_buttons(
    beginnings: Sequence[SuggestedTopic], words: Wording
) -> list[ui.Item[Any]]:
    """Return a button for each suggested question."""
    return [
        SuggestedQuestionButton(
            f"{beginning.kind}:{beginning.topic}" if beginning.topic else beginning.kind,
            words(f"begin_{beginning.kind}", topic=title(beginning.topic, CHARACTERS.button)),
        )
        for beginning in beginnings
    ]


class FollowButton(KeyButton, template=r"desk:follow:(?P<key>[0-9]{1,12})"):
    """A button that opens a form for the next question."""

    kind = "follow"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the form; the earlier exchange is read when the form is sent."""
        await interaction.response.send_modal(_FollowUp(interaction))


class _FollowUp(Form):
    """A form for a question that may refer to the answer above it."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction, "follow_title")
        question = text_input("question", QUESTIONS.characters, lines=True)
        self.question = self.field("follow_label", question)

    async def on_submit(self, interaction: Interaction) -> None:
        """Answer the question; its only context is the verified exchange."""
        asking: Asking = interaction.client.asking
        message = interaction.message
        private = message is not None and message.flags.ephemeral
        await answer_here(
            interaction, self.question.value, asking, private=private, answer_message=message
        )


class ThreadButton(KeyButton, template=rf"desk:thread:(?P<key>{ANSWER_KEY})"):
    """A button that opens a thread on an answer."""

    kind = "thread"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the thread, or explain why that is not possible."""
        asking: Asking = interaction.client.asking
        words = words_of(interaction)
        message = await self.message(interaction)
        is_allowed = interaction.permissions.create_public_threads and Place.of(interaction).threads
        if message is None or not (isinstance(message.channel, discord.TextChannel) and is_allowed):
            await send_notice(interaction, "thread_not_here")
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        question = await asking.exchanges.question_of(message) or words("follow_title")
        try:
            thread = await message.channel.create_thread(
                name=thread_name(question),
                message=message,
                auto_archive_duration=DISCORD.thread_archive_minutes,
            )
            reads_messages = interaction.client.intents.message_content
            view = _thread_view(str(self.number), words, reads_messages=reads_messages)
            await thread.send(view=view)
        except discord.HTTPException as error:
            logger.warning("Could not open a thread: %s", error)
            exists = error.code == DISCORD.thread_exists
            text = words("thread_exists" if exists else "thread_not_here")
            await interaction.edit_original_response(view=notice_view(text))
            return
        asking.remember(thread.id, await asking.exchanges.shown_in(message))
        confirmation = notice_view(words("thread_made"))
        await interaction.edit_original_response(view=confirmation)


def _thread_view(key: str, words: Wording, *, reads_messages: bool) -> ui.LayoutView:
    """Return the first message of a thread on answer *key*, with a button if it is needed."""
    if reads_messages:
        return notice_view(words("thread_begins_read"))
    view = notice_view(words("thread_begins"))
    return with_buttons(view, [FollowButton(key, words("follow"))])


class AgainButton(KeyButton, template=r"desk:again:(?P<key>[0-9]{1,12})"):
    """A button that asks an interrupted question again."""

    kind = "again"
    style = discord.ButtonStyle.primary

    async def on_press(self, interaction: Interaction) -> None:
        """Answer the question in a new message; after a refusal the button still works."""
        asking: Asking = interaction.client.asking
        community: Community = interaction.client.community
        pending = await community.take(int(self.key))
        if pending is None:
            await send_notice(interaction, "again_too_late")
            return
        private, as_of = not pending.channel, pending.as_of
        if not await answer_here(
            interaction, pending.question, asking, private=private, as_of=as_of
        ):
            await community.give_back(pending)


async def recover(client: discord.Client, lease: ProcessLease) -> None:
    """Notify the askers of the questions of dead processes. Never raises.

    It is recorded after it is shown: showing it again changes nothing.
    """
    questions = await if_possible(lease.interrupted())
    for question in questions or ():
        await if_possible(_report_interruption(client, lease, question))


async def _report_interruption(
    client: discord.Client, lease: ProcessLease, question: PendingQuestion
) -> None:
    """Show the notice at the place of the answer; what Discord refuses is not tried again."""
    try:
        await _show_interruption(client, question, interrupted_view(question))
    except discord.HTTPException as error:
        logger.warning("Discord refused the notice of an interrupted question: %s", error)
    await lease.mark_notified(question)


async def _show_interruption(
    client: discord.Client, question: PendingQuestion, view: ui.LayoutView
) -> None:
    """Show *view* in the reply to the question, else in the channel.

    Raises:
        discord.HTTPException: Discord refuses it.
    """
    if question.token is not None:
        try:
            await edit_reply(client, question.token, view)
        except discord.HTTPException as error:
            if error.code == DISCORD.unknown_message or not question.channel:
                raise
        else:
            return
    if not question.channel:
        return
    channel = client.get_partial_messageable(int(question.channel))
    if question.shown is not None:
        await channel.get_partial_message(int(question.shown)).edit(view=view)
        return
    under = None
    if question.message is not None:
        under = discord.MessageReference(
            message_id=int(question.message),
            channel_id=int(question.channel),
            fail_if_not_exists=False,
        )
    await send_once(channel, view, question.nonce, under)


def interrupted_view(question: PendingQuestion) -> ui.LayoutView:
    """Show the question and the interruption, with a button that asks again."""
    words = Wording.of(question.language)
    blocks = [
        f"**{literal(title(question.question, CHARACTERS.question))}**",
        escape(words("interrupted")),
    ]
    return with_buttons(layout(blocks), [AgainButton(str(question.id), words("again"))])


class ReaskButton(KeyButton, template=r"desk:reask:(?P<key>[0-9]{1,20})"):
    """A button that asks an edited question again."""

    kind = "reask"
    style = discord.ButtonStyle.primary

    async def on_press(self, interaction: Interaction) -> None:
        """Answer the edited message like a new one, and delete the offer."""
        channel = interaction.channel
        assert isinstance(channel, discord.abc.Messageable)
        try:
            question_message = await channel.fetch_message(int(self.key))
        except discord.NotFound:
            await send_notice(interaction, "again_too_late")
            return
        if question_message.author.id != interaction.user.id:
            await send_notice(interaction, "reask_not_yours")
            return
        await interaction.response.defer()
        await interaction.delete_original_response()
        await interaction.client.ask_again(question_message)
