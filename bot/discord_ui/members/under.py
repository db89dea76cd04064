"""The buttons under an answer, and under there being none."""

from __future__ import annotations

from typing import Any

from discord import ui

from bot.answering.model import Abstention, Answer
from bot.community.reviewing import GAP_REASONS
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.citations import SourcesButton
from bot.discord_ui.members.feedback import HelpfulButton, MissingButton, ReportButton
from bot.discord_ui.members.follow_up import AgainButton, FollowButton, ThreadButton
from bot.discord_ui.members.suggest import SuggestButton
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
)


def buttons_under(outcome: Answer | Abstention, private: bool) -> list[ui.Item[Any]]:
    """Return what its reader may do with *outcome*; nothing where it is not kept."""
    if outcome.number is None:
        return []
    words, key = Wording.of(outcome.question.language), str(outcome.number)
    if isinstance(outcome, Answer):
        thread = [] if private else [ThreadButton(key, words("thread"))]
        return [
            HelpfulButton(key, words("helpful")),
            ReportButton(key, words("report")),
            SourcesButton(key, words("sources")),
            FollowButton(key, words("follow")),
            *thread,
        ]
    if outcome.reason in GAP_REASONS:
        return [
            MissingButton(key, words("missing")),
            SuggestButton(key, words("suggest")),
            FollowButton(key, words("ask_else")),
        ]
    return [FollowButton(key, words("ask_else"))]
