"""The command `/ask`: acknowledge at once, then show the answer in the same place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands, ui

from bot.answering.understanding.followup import Exchange
from bot.answering.understanding.question import LONGEST, UnaskableError
from bot.discord_ui.asking import Admission, Asking
from bot.discord_ui.history import exchange_in, last_exchange
from bot.discord_ui.links import address_in, linked_view
from bot.discord_ui.places import Audience, Place
from bot.discord_ui.rendering import notice_view
from bot.discord_ui.replying import Interaction, post, respond, words_of
from bot.discord_ui.text import title
from bot.discord_ui.words import worded
from bot.wording import WordedError
from ingest.model import parse_moment

_LONGEST_MOMENT = 40
"""Maximum length of a moment in characters."""


def ask_command(asking: Asking) -> app_commands.Command[Any, ..., None]:
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
        question: app_commands.Range[str, 1, LONGEST],
        private: bool | None = None,
        as_of: app_commands.Range[str, 1, _LONGEST_MOMENT] | None = None,
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
        rules = await asking.desk.community.rules(interaction.guild_id)
        language = words_of(interaction).language
        edition = rules.edition(interaction.guild_id)
        questions = asking.desk.suggested_questions.matching(text, language, edition)
        return [app_commands.Choice(name=title(q, 99), value=q) for q in questions]

    return slash_ask


def _moment_in(text: str, now: datetime) -> datetime:
    """Parse a moment of the past; one without a time zone is in UTC.

    Raises:
        WordedError: *text* is no moment, or one in the future.
    """
    try:
        moment = parse_moment(text)
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
        self._interaction = interaction
        self._private = private

    async def reply(self, view: ui.LayoutView, nonce: str | None = None) -> None:
        """Show *view* in place of the view shown before; there is only one reply."""
        del nonce
        self.sent = await respond(self._interaction, view, private=self._private)

    async def post(self, view: ui.LayoutView) -> None:
        """Post *view* in the channel; a private reply has no second place."""
        if not (self._private or Place.of(self._interaction).foreign):
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
    if address := address_in(text):
        in_server = place.server is not None
        view = await linked_view(address, asking, admission.edition, words, in_server=in_server)
        await respond(interaction, view)
        return True
    try:
        question = asking.question(text, admission.rules, words.language)
    except UnaskableError as error:
        await respond(
            interaction, await asking.answer_non_question(error, words, admission.edition)
        )
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
    exchange = await exchange_in(answer_message, asking) if answer_message else None
    return exchange or await last_exchange(interaction.channel, asking)
