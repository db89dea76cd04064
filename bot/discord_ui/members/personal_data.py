"""The list of stored personal data, and the button that deletes the data."""

from __future__ import annotations

from discord import ui

from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.rendering import layout, notice_view, with_buttons
from bot.discord_ui.replying import Interaction, send_privately, words_of
from bot.discord_ui.text import escape
from bot.wording import Wording


class ForgetButton(KeyButton, template=r"desk:forget:(?P<key>0)"):
    """A button that deletes the stored data of the person who presses it."""

    kind = "forget"

    async def on_press(self, interaction: Interaction) -> None:
        """Delete the data, and report the number of deleted entries send_privately."""
        words, asking = words_of(interaction), interaction.client.asking
        asking.forget(interaction.channel_id or 0, private=interaction.guild_id is None)
        count = await asking.desk.community.forget(interaction.user.id)
        text = words("forgotten" if count else "forgotten_nothing", count=count)
        await send_privately(interaction, notice_view(text))


def privacy_view(words: Wording, *, keeps_questions: bool, has_model: bool) -> ui.LayoutView:
    """List the stored personal data, in the user's language."""
    model = "privacy_model" if has_model else "privacy_no_model"
    questions = "privacy_questions_kept" if keeps_questions else "privacy_questions"
    keys = (
        questions,
        "privacy_cut_off",
        "privacy_feedback",
        "privacy_follows",
        "privacy_limits",
        model,
    )
    lines = [f"- {escape(words(key))}" for key in keys]
    heading = f"**{escape(words('privacy_heading'))}**"
    view = layout([heading, "\n".join(lines), f"-# {escape(words('privacy_forget'))}"])
    return with_buttons(view, [ForgetButton("0", words("forget_button"))])
