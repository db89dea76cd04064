"""What is behind “More” under an answer: what is not wanted often enough for a button there."""

from __future__ import annotations

from collections.abc import Mapping

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.citations import QuoteButton
from bot.discord_ui.members.feedback import HelpfulButton, MissingButton, ReportButton
from bot.discord_ui.members.follow_up import ThreadButton
from bot.discord_ui.members.own import DeleteButton
from bot.discord_ui.members.suggest import SuggestButton
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import layout, with_buttons
from bot.discord_ui.replying import Interaction, privately, words_of
from bot.discord_ui.text import escape

_ENTRIES: Mapping[str, type[KeyButton]] = {
    each.kind: each
    for each in (
        HelpfulButton,
        ReportButton,
        QuoteButton,
        ThreadButton,
        MissingButton,
        SuggestButton,
        DeleteButton,
    )
}
"""What each entry does: the same as its button, which older messages still have."""


class MoreButton(KeyButton, template=r"desk:more:(?P<key>[0-9]{1,12}(?:-none)?)"):
    """Shows the rest of what can be done with an answer, or, behind "-none", without one."""

    kind = "more"

    async def pressed(self, interaction: Interaction) -> None:
        """Show it to whoever pressed, each with the answer that it is about."""
        words, message = words_of(interaction), interaction.message
        assert message is not None
        number, _, none = self.key.partition("-")
        key = f"{number}.{message.id}"
        private = message.flags.ephemeral
        entries = (_without if none else _with)(interaction, private=private)
        buttons = [_ENTRIES[each](key, words(each)) for each in entries]
        shown = layout([f"-# {escape(words('only_you'))}"])
        await privately(interaction, with_buttons(shown, buttons))


def _with(interaction: Interaction, *, private: bool) -> list[str]:
    """Name what can be done with an answer."""
    if private:
        return [HelpfulButton.kind, QuoteButton.kind]
    threads = [ThreadButton.kind] if Place.of(interaction).threads else []
    shared = [HelpfulButton.kind, ReportButton.kind, QuoteButton.kind]
    return [*shared, *threads, DeleteButton.kind]


def _without(interaction: Interaction, *, private: bool) -> list[str]:
    """Name what can be done where there is no answer."""
    suggest = [SuggestButton.kind] if Place.of(interaction).server is not None else []
    return suggest if private else [MissingButton.kind, *suggest, DeleteButton.kind]
