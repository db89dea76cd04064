"""The controls under an answer, and under there being none: three buttons, and a menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord import ui

from bot.answering.model import Reason
from bot.community.reviewing import GAP_REASONS
from bot.discord_ui.buttons import KeyButton
from bot.discord_ui.members.citations import QuoteButton, SourcesButton
from bot.discord_ui.members.feedback import HelpfulButton, MissingButton, ReportButton
from bot.discord_ui.members.follow_up import AgainButton, FollowButton, ThreadButton
from bot.discord_ui.members.following import TellMeButton, UnfollowButton
from bot.discord_ui.members.kept import ForgetButton
from bot.discord_ui.members.menu import AnswerMenu
from bot.discord_ui.members.own import DeleteButton, ReaskButton, ShowButton
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
    ForgetButton,
)


def buttons_under(
    key: str, words: Wording, audience: Audience, reason: Reason | None
) -> list[ui.Item[Any]]:
    """Return what the readers of answer *key* may do with it; *reason* is why there is none."""
    delete = [] if audience.private else [DeleteButton.kind]
    if reason is None:
        thread = audience.place.threads and not audience.private
        entries = [
            HelpfulButton.kind,
            QuoteButton.kind,
            *([ThreadButton.kind] if thread else []),
            *([ShowButton.kind] if audience.showable else []),
            *delete,
        ]
        return [
            SourcesButton(key, words("sources")),
            FollowButton(key, words("follow")),
            ReportButton(key, words("report")),
            *_menu(key, entries, words),
        ]
    follow = FollowButton(key, words("ask_else"))
    if reason not in GAP_REASONS:
        return [follow, *_menu(key, delete, words)]
    suggest = [SuggestButton.kind] if audience.place.server is not None else []
    entries = [*suggest, *delete]
    return [
        MissingButton(key, words("missing")),
        TellMeButton(key, words("tellme")),
        follow,
        *_menu(key, entries, words),
    ]


def _menu(key: str, entries: Sequence[str], words: Wording) -> list[ui.Item[Any]]:
    """Return the menu of what there is, if there is anything."""
    return [AnswerMenu(key, entries, words)] if entries else []
