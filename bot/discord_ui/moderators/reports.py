"""`/reports` and `/gaps`: what readers said, grouped by likeness, without their names."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands, ui

from bot.community.reviewing import FeedbackGroup
from bot.discord_ui.members.citations import SourcesButton
from bot.discord_ui.moderators.actions import Action
from bot.discord_ui.moderators.adding import AddButton
from bot.discord_ui.moderators.moderation import Moderation, moderator, post_for_review
from bot.discord_ui.rendering import itemised, notice_view, with_buttons
from bot.discord_ui.replying import Attached, Interaction, tell_result, words_of
from bot.discord_ui.text import escape, literal, title
from bot.discord_ui.words import worded
from bot.ledger.model import FeedbackVerdict
from bot.wording import Wording

_A_PAGE = 4
"""Groups in one message, within Discord's 40 components."""
_COMMENTS = 3
"""Comments shown of a group."""
_KEYS = 80
"""Characters of keys in a button's name; what does not fit is shown again."""
ABOUT_REPORTS, ABOUT_GAPS = "r", "g"
_ABOUT = r"[rg](?:d[0-9]{1,2})?"
"""What a list is about: its kind, and the days if it is of some."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PERIODS = [
    app_commands.Choice(name=worded("period_day"), value=1),
    app_commands.Choice(name=worded("period_week"), value=7),
    app_commands.Choice(name=worded("period_month"), value=30),
]
"""In days; where none is chosen everything is shown that nobody settled."""


def review_command(
    name: str, kind: str, moderation: Moderation
) -> app_commands.Command[Any, ..., None]:
    """Make `/reports` or `/gaps`; the tree lets nobody but moderators reach it."""

    @app_commands.command(name=name, description=worded(f"command_{name}"))
    @app_commands.describe(period=worded("option_period"), export=worded("option_export"))
    @app_commands.choices(period=_PERIODS)
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def slash_review(
        interaction: discord.Interaction,
        period: app_commands.Choice[int] | None = None,
        export: bool = False,
    ) -> None:
        about = f"{kind}d{period.value}" if period else kind

        async def work() -> ui.LayoutView:
            groups = await _groups(moderation, interaction, about)
            view = groups_view(groups, words_of(interaction), about, 0)
            return Attached.under(view, as_table(groups), f"{name}.csv") if export else view

        await interaction.response.defer(thinking=True, ephemeral=True)
        await tell_result(interaction, work)

    return slash_review


async def _groups(
    moderation: Moderation, interaction: Interaction, about: str
) -> Sequence[FeedbackGroup]:
    """Return what is reported, or not covered, in the days that *about* names: "r", "gd7"."""
    reviewer, places = moderation.desk.reviewer, moderation.places(interaction)
    kind, _, days = about.partition("d")
    read = reviewer.reports if kind == ABOUT_REPORTS else reviewer.gaps
    return await read(places, days=int(days or 0))


async def _review_page(
    moderation: Moderation, interaction: Interaction, about: str, offset: int
) -> ui.LayoutView:
    """Show one page of what is reported, or of what is not covered."""
    groups = await _groups(moderation, interaction, about)
    return groups_view(groups, words_of(interaction), about, offset)


def as_table(groups: Sequence[FeedbackGroup]) -> bytes:
    """Write everything that was said as CSV, in UTF-8 as spreadsheets take it.

    What would be a formula there begins with an apostrophe (OWASP, CSV injection).
    """
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(("group", "at", "verdict", "question", "comment"))
    for number, group in enumerate(groups, start=1):
        for each in group.said:
            said = (each.question or "", each.comment or "")
            plain = (f"'{text}" if text.startswith(_FORMULA) else text for text in said)
            table.writerow((number, each.at.isoformat(), each.verdict, *plain))
    return written.getvalue().encode("utf-8-sig")


def groups_view(
    groups: Sequence[FeedbackGroup], words: Wording, about: str, offset: int
) -> ui.LayoutView:
    """Show groups, each with what can be done about it; *about* names kind and days."""
    kind = about[0]
    named = "reports" if kind == ABOUT_REPORTS else "gaps"
    page = groups[offset : offset + _A_PAGE]
    if not page:
        return notice_view(words(f"no_{named}"))
    items = []
    for place, group in enumerate(page):
        buttons: list[ui.Item[Any]] = [
            _SettleButton(f"{about}-{_fitting(group.keys)}", words("settle")),
            AddButton(str(place), words("add_source")),
        ]
        if kind == ABOUT_REPORTS:
            key = str(group.said[0].answer_id)
            buttons.insert(0, SourcesButton(key, words("sources")))
        items.append((_described(group, words, kind), buttons))
    view = itemised(f"**{escape(words(f'{named}_heading'))}**", items)
    if len(groups) > offset + _A_PAGE:
        with_buttons(view, [_ReviewButton(f"{about}.{offset + _A_PAGE}", words("page_next"))])
    return view


async def post_feedback(client: discord.Client, moderation: Moderation, number: int) -> None:
    """Put what one reader said where the moderators of their server review."""
    group = await moderation.desk.reviewer.said(number)
    if group is None:
        return
    missing = group.said[0].verdict is FeedbackVerdict.MISSING
    kind = ABOUT_GAPS if missing else ABOUT_REPORTS
    await post_for_review(
        client, moderation, group.said[0].place, lambda w: groups_view([group], w, kind, 0)
    )


def _described(group: FeedbackGroup, words: Wording, kind: str) -> str:
    """Say how often, what was asked, what is wrong, and what was remarked."""
    asked = literal(title(group.question, 200)) if group.question else escape(words("no_question"))
    lines = [f"{len(group.said)} × **{asked}**"]
    if kind == ABOUT_REPORTS:
        faults = Counter(each.verdict for each in group.said)
        said = words("list_comma").join(
            f"{words(f'verdict_{verdict}')} {count}" for verdict, count in faults.most_common()
        )
        lines.append(f"-# {escape(said)}")
    comments = [each.comment for each in group.said if each.comment]
    lines += [f"> {literal(title(each, 200))}" for each in comments[:_COMMENTS]]
    newest = discord.utils.format_dt(group.said[0].at, "d")
    return "\n".join([*lines, f"-# {newest}"])


def _fitting(keys: Sequence[str]) -> str:
    """Join as many keys as a button's name holds."""
    joined = ""
    for key in keys:
        longer = f"{joined}.{key}" if joined else key
        if len(longer) > _KEYS:
            break
        joined = longer
    return joined


class _SettleButton(Action, template=rf"desk:settle:(?P<key>{_ABOUT}-[af][0-9]+(?:\.[af][0-9]+)*)"):
    """Marks a group as dealt with."""

    kind = "settle"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Settle it, and show what is left."""
        about, _, keys = self.key.partition("-")
        if await moderation.desk.reviewer.settle(keys.split("."), moderation.places(interaction)):
            await moderation.desk.curator.settled(keys, moderator(interaction))
        return await _review_page(moderation, interaction, about, 0)


class _ReviewButton(Action, template=rf"desk:review:(?P<key>{_ABOUT}\.[0-9]{{1,6}})"):
    """Turns to a page."""

    kind = "review"

    async def act(self, interaction: Interaction, moderation: Moderation) -> ui.LayoutView:
        """Show it."""
        about, _, offset = self.key.partition(".")
        return await _review_page(moderation, interaction, about, int(offset))


REVIEW_BUTTONS = (_SettleButton, _ReviewButton)
