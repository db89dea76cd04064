"""Contributions of members: suggested sources, and feedback on answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import discord
from discord import app_commands, ui

from bot.answering.understanding.followup import asks_independently
from bot.community.members import Community
from bot.community.reviewing import FAULTS
from bot.discord_ui.buttons import ANSWER_KEY, Form, KeyButton, text_input
from bot.discord_ui.escaping import escape, safe_address, worded
from bot.discord_ui.limits import CHARACTERS
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import Lengths, entry, layout, notice_view, quotation, with_buttons
from bot.discord_ui.replying import Interaction, send_notice, send_privately, words_of
from bot.ledger.records import FeedbackVerdict
from bot.wording import Wording
from ingest.errors import ForbiddenAddressError
from ingest.fetching.addresses import pasted_address
from ingest.model import Edition

if TYPE_CHECKING:
    from bot.discord_ui.asking import Asking

_LENGTHS = Lengths(quote=400, title=200, claims=0)
_MESSAGE = re.compile(r"/channels/(?:@me|\d{1,20})/\d{1,20}/\d{1,20}/?")
_DISCORD = frozenset({"discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"})


def suggest_command() -> app_commands.Command[Any, ..., None]:
    """Make `/suggest`."""

    @app_commands.command(name="suggest", description=worded("command_suggest"))
    @app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def slash_suggest(interaction: discord.Interaction) -> None:
        await _open_form(interaction)

    return slash_suggest


class SuggestButton(KeyButton, template=rf"desk:suggest:(?P<key>{ANSWER_KEY})"):
    """A button that opens the form for suggesting a source."""

    kind = "suggest"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        await _open_form(interaction)


async def _open_form(interaction: Interaction) -> None:
    """Open the form if the suggestion could be stored, else explain the refusal."""
    community: Community = interaction.client.community
    if Place.of(interaction).server is None:
        await send_notice(interaction, "suggest_in_server")
    elif not await community.may_suggest(interaction.user.id):
        await send_notice(interaction, "suggest_too_many")
    else:
        await interaction.response.send_modal(_Suggest(interaction))


class _Suggest(Form):
    """A form for an address, its publisher and a note."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction, "suggest_title")
        address = text_input("url", CHARACTERS.entered_address)
        outlet = text_input("outlet", CHARACTERS.entered_outlet, required=False)
        note = text_input("note", CHARACTERS.comment, required=False, lines=True)
        self.address = self.field("suggest_address", address)
        self.outlet = self.field("paste_outlet", outlet)
        self.note = self.field("suggest_note", note)

    async def on_submit(self, interaction: Interaction) -> None:
        """Store the suggestion for the moderators; its address is not fetched yet."""
        words = words_of(interaction)
        community: Community = interaction.client.community
        assert interaction.guild_id is not None
        address = _address_in(self.address.value)
        if address is None:
            is_several = len(addresses_in(self.address.value)) > 1
            reason = notice_view(words("link_several" if is_several else "no_address"))
            retry = [SuggestButton("0", words("suggest"))]
            await send_privately(interaction, with_buttons(reason, retry))
            return
        number = await community.suggest(
            address,
            self.outlet.value or None,
            self.note.value or None,
            interaction.user.id,
            interaction.guild_id,
        )
        if number is None:
            await send_notice(interaction, "suggest_too_many")
            return
        await send_notice(interaction, "suggest_kept")
        interaction.client.dispatch("suggestion", number)


def _address_in(text: str) -> str | None:
    """Return the web address that a member pasted; ``None`` if it may not be fetched."""
    try:
        address = pasted_address(text)
    except ForbiddenAddressError:
        return None
    host = urlsplit(address).hostname if safe_address(address) else None
    return address if host and "." in host else None


def addresses_in(text: str) -> list[str]:
    """Return the web addresses that *text* is about, each once.

    Beside them may stand what asks nothing without them: "is this true?", "look at this". A
    question of its own is answered instead.
    """
    words = text.split()
    addresses = {word: address for word in words if (address := _web_address(word))}
    rest = " ".join(word for word in words if word not in addresses)
    if not addresses or asks_independently(rest):
        return []
    return list(dict.fromkeys(addresses.values()))


def _web_address(word: str) -> str | None:
    """Return *word* as a web address, without the marks around it; ``None`` if it is none."""
    address = word.strip("<>()[]*_|\"'“”„«».,;!?")
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None


async def linked_view(
    addresses: Sequence[str], asking: Asking, edition: Edition, words: Wording, *, in_server: bool
) -> ui.LayoutView:
    """Show the archived article at an address and its beginning, or offer to suggest it.

    Of several *addresses* none is looked up.
    """
    if len(addresses) > 1:
        return notice_view(words("link_several"))
    [address] = addresses
    parts = urlsplit(address)
    if parts.hostname in _DISCORD and _MESSAGE.fullmatch(parts.path):
        return notice_view(words("link_message", find=words("command_find")))
    match = await asking.desk.catalogue.at(address, edition)
    if match is None:
        buttons: Sequence[ui.Item[Any]] = (
            [SuggestButton("0", words("suggest"))] if in_server else []
        )
        return with_buttons(notice_view(words("link_not_kept")), buttons)
    article, beginning = match
    blocks = [
        f"**{escape(words('link_kept'))}**",
        entry(article.header, words, _LENGTHS),
        f"> {quotation(beginning, words, _LENGTHS)}",
    ]
    return layout([block for block in blocks if beginning or not block.startswith("> ")])


class HelpfulButton(KeyButton, template=rf"desk:helpful:(?P<key>{ANSWER_KEY})"):
    """A button that marks an answer as helpful."""

    kind = "helpful"

    async def on_press(self, interaction: Interaction) -> None:
        """Store the feedback without the user's name."""
        await _store(interaction, self.number, FeedbackVerdict.HELPFUL, "helpful_kept")


class ReportButton(KeyButton, template=rf"desk:report:(?P<key>{ANSWER_KEY})"):
    """A button that opens a form about a fault in an answer."""

    kind = "report"

    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        await interaction.response.send_modal(_Report(self, interaction))


class _Report(Form):
    """A form for the kind of fault and a comment."""

    def __init__(self, button: ReportButton, interaction: Interaction) -> None:
        super().__init__(interaction, "report_title")
        self.button = button
        self.fault: ui.Select[Any] = ui.Select(
            custom_id="fault",
            options=[
                discord.SelectOption(label=self.words(f"verdict_{fault}"), value=str(fault))
                for fault in FAULTS
            ],
        )
        comment = text_input("comment", CHARACTERS.comment, required=False, lines=True)
        self.field("report_fault", self.fault)
        self.comment = self.field("report_comment", comment)

    async def on_submit(self, interaction: Interaction) -> None:
        """Store the report for the moderators, with the question and without the user's name."""
        verdict = FeedbackVerdict(self.fault.values[0])
        number, message = self.button.number, await self.button.message(interaction)
        comment = self.comment.value
        await _store(interaction, number, verdict, "report_kept", message=message, comment=comment)


class MissingButton(KeyButton, template=rf"desk:missing:(?P<key>{ANSWER_KEY})"):
    """A button that reports a question without an answer to the moderators."""

    kind = "missing"

    async def on_press(self, interaction: Interaction) -> None:
        """Store the question without the user's name."""
        message = await self.message(interaction)
        verdict = FeedbackVerdict.MISSING
        await _store(interaction, self.number, verdict, "missing_kept", message=message)


async def _store(
    interaction: Interaction,
    number: int,
    verdict: FeedbackVerdict,
    thanks_key: str,
    *,
    message: discord.Message | None = None,
    comment: str | None = None,
) -> None:
    """Store the feedback on the answer in *message*, and thank the user privately."""
    asking: Asking = interaction.client.asking
    community: Community = interaction.client.community
    question = await asking.exchanges.question_of(message) if message is not None else None
    feedback_id = await community.say(
        number,
        verdict,
        interaction.user.id,
        question=question,
        comment=comment,
        place=Place.of(interaction).server,
    )
    await send_notice(interaction, thanks_key if feedback_id else "answer_too_old")
    if feedback_id and verdict is not FeedbackVerdict.HELPFUL:
        interaction.client.dispatch("feedback", feedback_id)
