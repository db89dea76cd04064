"""The controls below an outcome: one row of buttons, with the others behind “More”."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.answering.model import Reason
from bot.community.reviewing import GAP_REASONS
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.asker_buttons import DeleteButton, ReaskButton, ShowButton
from bot.discord_ui.members.citations import QuoteButton, SourcesButton
from bot.discord_ui.members.feedback import HelpfulButton, MissingButton, ReportButton
from bot.discord_ui.members.follow_up import AgainButton, FollowButton, ThreadButton
from bot.discord_ui.members.following import TellMeButton, UnfollowButton
from bot.discord_ui.members.menu import MoreButton
from bot.discord_ui.members.personal_data import ForgetButton
from bot.discord_ui.members.question_buttons import SuggestedQuestionButton
from bot.discord_ui.members.results import ResultsButton
from bot.discord_ui.members.suggest import SuggestButton
from bot.discord_ui.places import Audience
from bot.wording import Wording

MEMBERS_BUTTONS: tuple[type[KeyButton], ...] = (
    HelpfulButton,
    ReportButton,
    MissingButton,
    SourcesButton,
    FollowButton,
    ThreadButton,
    AgainButton,
    SuggestButton,
    ShowButton,
    DeleteButton,
    ReaskButton,
    TellMeButton,
    UnfollowButton,
    QuoteButton,
    MoreButton,
    SuggestedQuestionButton,
    ForgetButton,
    ResultsButton,
)


def buttons_under(
    key: str, words: Wording, audience: Audience, reason: Reason | None, table: int | None = None
) -> list[ui.Item[Any]]:
    """Return the buttons below outcome *key*; *reason* is given if there is no answer.

    With *table*, the offset of a row of results in the first quotation, one button opens the whole
    table. Actions on a private message have their own button: “More” could not find that message.
    """
    private, place = audience.private, audience.place
    delete = [] if private else [DeleteButton(key, words("delete"))]
    foreign = delete if place.foreign else []
    if reason is None:
        return [
            SourcesButton(key, words("sources")),
            *([] if table is None else [ResultsButton(f"{key}-{table}", words("results"))]),
            FollowButton(key, words("follow")),
            *([ReportButton(key, words("report"))] if private else []),
            *([ShowButton(key, words("show"))] if audience.showable else []),
            *foreign,
            MoreButton(key, words("menu")),
        ]
    follow = FollowButton(key, words("ask_else"))
    if reason not in GAP_REASONS:
        return [follow, *delete]
    tell_me, more_button = (
        TellMeButton(key, words("tellme")),
        MoreButton(f"{key}-none", words("menu")),
    )
    if private:
        missing_button = MissingButton(key, words("missing"))
        return [tell_me, missing_button, *([more_button] if place.server is not None else [])]
    return [tell_me, follow, *foreign, more_button]
