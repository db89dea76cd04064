"""The menu “More” below an answer, with the less frequent actions."""

from __future__ import annotations

from collections.abc import Mapping

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.asker_buttons import DeleteButton
from bot.discord_ui.members.citations import QuoteButton
from bot.discord_ui.members.feedback import HelpfulButton, MissingButton, ReportButton
from bot.discord_ui.members.follow_up import ThreadButton
from bot.discord_ui.members.suggest import SuggestButton
from bot.discord_ui.places import Place
from bot.discord_ui.rendering import layout, with_buttons
from bot.discord_ui.replying import Interaction, send_privately, words_of
from bot.discord_ui.text import escape

_ENTRIES: Mapping[str, type[KeyButton]] = {
    button.kind: button
    for button in (
        HelpfulButton,
        ReportButton,
        QuoteButton,
        ThreadButton,
        MissingButton,
        SuggestButton,
        DeleteButton,
    )
}
"""The button behind each entry; older messages have the same buttons themselves."""


class MoreButton(KeyButton, template=r"desk:more:(?P<key>[0-9]{1,12}(?:-none)?)"):
    """A button that shows further actions for an answer, or with "-none" for a missing answer."""

    kind = "more"

    async def on_press(self, interaction: Interaction) -> None:
        """Show the actions to the user, each with the key of the answer."""
        words, message = words_of(interaction), interaction.message
        assert message is not None
        number, _, suffix = self.key.partition("-")
        key = f"{number}.{message.id}"
        private = message.flags.ephemeral
        entries = (_gap_actions if suffix else _answer_actions)(interaction, private=private)
        buttons = [_ENTRIES[kind](key, words(kind)) for kind in entries]
        menu = layout([f"-# {escape(words('only_you'))}"])
        await send_privately(interaction, with_buttons(menu, buttons))


def _answer_actions(interaction: Interaction, *, private: bool) -> list[str]:
    """Return the kinds of the actions for an answer."""
    if private:
        return [HelpfulButton.kind, QuoteButton.kind]
    threads = [ThreadButton.kind] if Place.of(interaction).threads else []
    shared = [HelpfulButton.kind, ReportButton.kind, QuoteButton.kind]
    return [*shared, *threads, DeleteButton.kind]


def _gap_actions(interaction: Interaction, *, private: bool) -> list[str]:
    """Return the kinds of the actions for a question without an answer."""
    suggest = [SuggestButton.kind] if Place.of(interaction).server is not None else []
    return suggest if private else [MissingButton.kind, *suggest, DeleteButton.kind]
